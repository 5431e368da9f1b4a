"""The shape in which people read a figure: a heading, a sentence in plain words, and a plain table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from requests_app.statistics._counts import Code, Counts
from requests_app.statistics._words import number
from requests_app.statistics.conduct import Conduct
from requests_app.statistics.definitions import heading


@dataclass(frozen=True)
class Row:
    """A line of a table: its numbers, their share in percent (drawn as a bar), and what stands beside."""

    label: str
    cells: tuple[str, ...]
    share: int | None = None
    beside: str = ""


@dataclass(frozen=True)
class Figure:
    """What one heading shows. Without rows there is nothing to tabulate, and the sentence says so."""

    name: str
    heading: str
    sentence: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    note: str = ""

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """Each row with its cells under their headings: a phone shows a wide row as a card."""
        return [(row, list(zip(self.columns[1:], row.cells, strict=False))) for row in self.rows]

    @property
    def is_wide(self) -> bool:
        return any(len(row.cells) > 2 for row in self.rows)


Table = tuple[tuple[str, ...], tuple[Row, ...]]
NO_TABLE: Table = ((), ())


def figure(name: str, sentence: str, table: Table = NO_TABLE, *, note: str = "") -> Figure:
    """The figure under the heading that its definition gives it."""
    return Figure(name, heading(name), sentence, *table, note=note)


def counts_of(before: Conduct | None, counts: Callable[[Conduct], Counts[Code]]) -> Counts[Code] | None:
    return counts(before) if before else None


def table(
    what: str,
    now: Counts[Code],
    before: Counts[Code] | None = None,
    *,
    whole: int,
    always: Sequence[Code] = (),
    counted: str = "",
    labels: Mapping[Code, str] | None = None,
) -> Table:
    """Headings and rows of a count by code, with the share of the whole, and the quarter before.

    `counted` heads the numbers, requests where it is empty; `labels` replaces words of a closed list that
    only staff would understand.
    """
    codes = {*now, *(before or {}), *always}
    if not codes:
        return NO_TABLE
    words = labels or {}
    rows = tuple(
        row(
            words.get(code) or gettext(code.label),
            now.get(code, 0),
            None if before is None else before.get(code, 0),
            whole=whole,
        )
        for code in type(next(iter(codes)))
        if code in codes
    )
    then = (gettext("Quarter before"),) if before is not None else ()
    return (what, counted or gettext("Requests"), gettext("Share"), *then), rows


def row(label: str, now: int, before: int | None = None, *, whole: int) -> Row:
    return Row(label, (number(now),), percent(now, whole), "" if before is None else number(before))


def plain_table(columns: tuple[str, ...], lines: dict[str, int]) -> Table:
    """Rows of one number each, without a share; no table when all of them are none."""
    if not any(lines.values()):
        return NO_TABLE
    return columns, tuple(Row(label, (number(value),)) for label, value in lines.items())


def percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
