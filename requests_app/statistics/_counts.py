"""The three kinds of figure: how many of each code, how many minutes, and nothing else."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from requests_app.vocabulary import Choice

Code = TypeVar("Code", bound=Choice)
Counts = Mapping[Code, int]


def tally(choice: type[Code], codes: Iterable[str]) -> dict[Code, int]:
    """How often each code occurs, in the order of the closed list; what never occurs is left out."""
    found = Counter(codes)
    return {code: found[code] for code in choice if found[code]}


@dataclass(frozen=True)
class Minutes:
    """Whole minutes: the value that half, and that nine in ten, of the counted requests stayed within.

    Both are values that occurred (nearest rank), so nothing is interpolated. None where nothing is counted.
    """

    counted: int
    median: int | None
    nine_in_ten: int | None


def minutes_of(spans: Iterable[timedelta]) -> Minutes:
    """A minute that has begun counts as a whole one; an event that came before the request, as none."""
    minutes = sorted(-(-max(span, timedelta()) // timedelta(minutes=1)) for span in spans)
    return Minutes(len(minutes), _ranked(minutes, 50), _ranked(minutes, 90))


def _ranked(ordered: list[int], percent: int) -> int | None:
    rank = -(-len(ordered) * percent // 100)
    return ordered[rank - 1] if ordered else None
