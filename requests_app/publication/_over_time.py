"""A figure through all quarters: the first numbers of its table, quarter by quarter, as they stand now."""

import functools
from collections import Counter
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.statistics.figures import Figure, Group, groups
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import Outcome

# The most that colours keep apart, the last of which is all that remains.
SERIES = 4
# Not the first number of a row, but the one that can be compared.
COMPARED = {"minutes": 1, "per_100k": 1}
# Nothing adds these up: each stands for itself.
APART = frozenset({"minutes", "per_100k", "missing", "harm"})


@dataclass(frozen=True)
class QuarterLine:
    quarter: Quarter
    cells: tuple[str, ...]
    sentence: str
    labelled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class OverTime:
    """`series` are the labels of the numbers of each quarter; the oldest quarter comes first."""

    name: str
    heading: str
    unit: str
    measure: str  # the heading under which a quarter's table has these numbers
    series: tuple[str, ...]
    lines: tuple[QuarterLine, ...]
    has_rest: bool = False  # the last of the series is all that remains

    @property
    def adds_up(self) -> bool:
        return self.name not in APART

    @property
    def title(self) -> str:
        return gettext("%(heading)s: all quarters") % {"heading": self.heading}

    @property
    def description(self) -> str:
        """What the chart shows, in words; the table beside it has every number."""
        return gettext(
            "One column for each quarter, the oldest first, numbered by quarter and year. Counted:"
            " %(unit)s. The same numbers are in the table."
        ) % {"unit": self.unit}


def groups_of(publication: Publication, release: PublishedRelease) -> tuple[Group, ...]:
    """Every figure of a release in the active language, put into words once."""
    return _groups(release, publication.before(release), get_language() or "")


@functools.lru_cache(maxsize=256)
def _groups(release: PublishedRelease, before: PublishedRelease | None, _language: str) -> tuple[Group, ...]:
    return groups(release.document, before.document if before else None)


def figures_of(publication: Publication, release: PublishedRelease) -> dict[str, Figure]:
    return {one.name: one for group in groups_of(publication, release) for one in group.figures}


def over_time(publication: Publication, name: str, *, heading: str, unit: str) -> OverTime:
    """The quarters in which there is such a figure."""
    found: list[tuple[Quarter, Figure]] = []
    for quarter in sorted(publication.quarters):
        figure = figures_of(publication, publication.latest(quarter)).get(name)
        if figure is not None:
            found.append((quarter, figure))
    series = _series(name, [figure for _, figure in found])
    rest = (gettext("All others"),) if _remains(name, [figure for _, figure in found], series) else ()
    labels = (*series, *rest)
    lines = tuple(_line(quarter, figure, series, labels) for quarter, figure in found)
    measure = next((figure.columns[1 + COMPARED.get(name, 0)] for _, figure in found if figure.rows), "")
    return OverTime(name, heading, unit, measure, labels, lines, has_rest=bool(rest))


def _series(name: str, found: list[Figure]) -> tuple[str, ...]:
    """The labels that matter most; the rest is one."""
    sums: Counter[str] = Counter()
    for figure in found:
        for row in figure.rows:
            sums[row.label] += _number(_cell(figure, row.cells)) or 0
    if name == "outcomes":
        return gettext(Outcome.ASSIST.label), gettext(Outcome.DECLINE.label)
    most = SERIES if name in APART or len(sums) <= SERIES else SERIES - 1
    wanted = {label for label, _ in sums.most_common(most)}
    return tuple(label for label in sums if label in wanted)


def _remains(name: str, found: list[Figure], series: tuple[str, ...]) -> bool:
    return name not in APART and any(row.label not in series for figure in found for row in figure.rows)


def _line(quarter: Quarter, figure: Figure, series: tuple[str, ...], labels: tuple[str, ...]) -> QuarterLine:
    said = {row.label: _cell(figure, row.cells) for row in figure.rows}
    # A rate or a median that a quarter has not is not known; a count is none.
    absent = gettext("not known") if figure.name in COMPARED else "0"
    cells = [said.get(label, absent) for label in series]
    if len(labels) > len(series):
        rest = sum(_number(cell) or 0 for label, cell in said.items() if label not in series)
        cells.append(f"{rest:,}")
    return QuarterLine(quarter, tuple(cells), figure.sentence, tuple(zip(labels, cells, strict=True)))


def _cell(figure: Figure, cells: tuple[str, ...]) -> str:
    return cells[COMPARED.get(figure.name, 0)]


def _number(cell: str) -> int | None:
    """None where the table has a word."""
    plain = cell.replace(",", "")
    return int(plain) if plain.isdigit() else None
