"""The yearly tables with place or month: a fixed list, counted, suppressed, judged with all that is public.

At some 46 requests a year no table of this list can be shown safely, and each is withheld, in words. The list
has three columns and no more, because the city's total of a column is exact and public: a rare outcome as a
column of its own would by that alone bound each of its cells, and no table could ever be shown.

Documents are the releases as they are published, and always come in the order of their publication.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractMonth

from requests_app.models import AssistanceRequest, Decision
from requests_app.statistics.attack import (
    Cell,
    Contradiction,
    Finding,
    Moved,
    Statement,
    known_within,
    recovered,
)
from requests_app.statistics.definitions import K
from requests_app.statistics.quarters import Quarter
from requests_app.statistics.suppression import TOTAL, Block, Place, Table, suppress
from requests_app.vocabulary import LOUISVILLE, Division, Outcome, PlaceKind

Json = Mapping[str, Any]
Grid = Sequence[Sequence[int]]

OTHER = "other"  # any other outcome in force, or none yet
COLUMNS: tuple[str, ...] = (Outcome.ASSIST.value, Outcome.DECLINE.value, OTHER)
MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Breakdown:
    """One table of the list: what its rows are, and the column of a request that says so."""

    name: str
    rows: tuple[str, ...]
    row_of_case: Combinable


BREAKDOWNS = (
    Breakdown("division_outcome", tuple(Division.codes()), F("division")),
    Breakdown("place_kind_outcome", tuple(PlaceKind.codes()), F("place_kind")),
    Breakdown("month_outcome", MONTHS, ExtractMonth("received_at", tzinfo=LOUISVILLE)),
)


# --- counting ---------------------------------------------------------------------------------


def year_tables(year: int, earlier: Sequence[Json]) -> list[Json]:
    """The tables of a local year as they may be published after these documents."""
    return [yearly(breakdown, year, counts(breakdown, year), earlier) for breakdown in BREAKDOWNS]


def counts(breakdown: Breakdown, year: int) -> list[list[int]]:
    """Requests received in the year by row, and by the decision in force, the last one. One query."""
    last = Decision.objects.filter(case=OuterRef("pk")).order_by("-sequence").values("outcome")[:1]
    found = (
        AssistanceRequest.objects.counted()
        .filter(received_at__gte=Quarter(year, 1).starts_at, received_at__lt=Quarter(year, 4).ends_at)
        .order_by()
        .annotate(row=breakdown.row_of_case, in_force=Subquery(last))
        .values_list("row", "in_force")
        .annotate(count=Count("pk"))
    )
    grid = [[0] * len(COLUMNS) for _ in breakdown.rows]
    for row, outcome, count in found:
        code = row if isinstance(row, str) else f"{row:02d}"
        column = outcome if outcome in COLUMNS else OTHER
        grid[breakdown.rows.index(code)][COLUMNS.index(column)] += count
    return grid


def yearly(breakdown: Breakdown, year: int, grid: Grid, earlier: Sequence[Json]) -> Json:
    """The table of these counts: new, or where the year has been published already, most often as it was."""
    truth = truth_of(breakdown, grid)
    known = _known_quarters(year, earlier)
    agrees = _agrees(breakdown, truth, known)
    before = [state for state in _states(earlier) if (state.year, state.name) == (year, breakdown.name)]
    if not before:
        return written(breakdown, truth, suppress(truth) if agrees else None)
    hidden = before[-1].published.hidden
    if not agrees or any(truth.numbers[place] == 0 for place in hidden):
        return before[-1].table
    table = written(breakdown, truth, truth.without(hidden))
    return carry_over(State(year, table, "", _all_quarters(breakdown, truth)), before[-1])


def truth_of(breakdown: Breakdown, grid: Grid) -> Table:
    """The numbers of a table with those sums that the exact figures of the city give away."""
    return Table.of(grid, [_months_of(number) for number in QUARTERS] if breakdown.rows == MONTHS else ())


def written(breakdown: Breakdown, truth: Table, shown: Table | None) -> Json:
    """The table as it stands in a release; withheld where nothing of it may be shown."""
    return {
        "name": breakdown.name,
        "rows": list(breakdown.rows),
        "columns": list(COLUMNS),
        "cells": [list(line) for line in shown.cells] if shown else [],
        "row_totals": list(shown.row_totals) if shown else [],
        "column_totals": [sum(column) for column in zip(*(b.totals for b in truth.blocks), strict=True)],
        "withheld": shown is None,
    }


def _months_of(quarter: int) -> range:
    return range(3 * quarter - 3, 3 * quarter)


def _all_quarters(breakdown: Breakdown, truth: Table) -> dict[int, tuple[int, ...]]:
    """What the counts say of each quarter, where the table is fine enough to tell."""
    if breakdown.rows != MONTHS:
        return {}
    return {number: block.totals for number, block in zip(QUARTERS, truth.blocks, strict=True)}


def _agrees(breakdown: Breakdown, truth: Table, known: Mapping[int, tuple[int, ...]]) -> bool:
    """Whether the quarters add up as they were released; the fourth is released together with the table.

    Where a correction of an earlier quarter is not released yet, the months would tell of it first.
    """
    counted = _all_quarters(breakdown, truth)
    return all(known.get(number, totals) == totals for number, totals in counted.items() if number < 4)


# --- what is public of one table --------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """A table as one release has it, with the exact figures of the quarters as they then were public."""

    year: int
    table: Json
    release: str
    quarters: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.table["name"]

    @property
    def published(self) -> Table:
        rows = self.table["rows"]
        blocks = [Block(tuple(range(len(rows))), tuple(self.table["column_totals"]))]
        if tuple(rows) == MONTHS:
            blocks += [Block(tuple(_months_of(one)), tuple(line)) for one, line in self.quarters.items()]
        cells = tuple(tuple(line) for line in self.table["cells"])
        return Table(cells, tuple(self.table["row_totals"]), tuple(blocks))

    def words(self, place: Place) -> str:
        row, column = place
        named = "total" if column == TOTAL else f"column {self.table['columns'][column]}"
        return f"{self.release}, table {self.name} of {self.year}, row {self.table['rows'][row]}, {named}"

    def is_alike(self, other: "State") -> bool:
        return dict(self.table) == dict(other.table)


def _states(documents: Sequence[Json]) -> list[State]:
    """Every table that was ever shown, once for each time that it said something else."""
    states: list[State] = []
    latest: dict[tuple[int, str], State] = {}
    for count, document in enumerate(documents, 1):
        for year, table in _tables(document):
            release = f"release {document['quarter']} number {document['number']}"
            state = State(year, table, release, _known_quarters(year, documents[:count]))
            before = latest.get((year, state.name))
            if before is None or not state.is_alike(before):
                latest[year, state.name] = state
                states.append(state)
    return states


def _tables(document: Json) -> Iterator[tuple[int, Json]]:
    """The tables of a release that are not withheld, with their year."""
    year = document["year"]
    for table in year["breakdowns"] if year else ():
        if not table["withheld"]:
            yield year["year"], table


def _known_quarters(year: int, documents: Iterable[Json]) -> dict[int, tuple[int, ...]]:
    """What the latest release of each quarter of the year says of our columns, for the whole city."""
    known: dict[int, tuple[int, ...]] = {}
    for document in documents:
        written_year, _, number = document["quarter"].partition("-Q")
        if int(written_year) == year:
            figures = document["figures"]
            named = [figures["decisions"]["outcomes"].get(code, 0) for code in COLUMNS[:-1]]
            known[int(number)] = (*named, figures["requests"]["total"] - sum(named))
    return known


# --- a second release of the same year --------------------------------------------------------


def carry_over(new: State, before: State) -> Json:
    """The table to publish where an earlier one is public: that one, as it was, unless much has changed.

    A change of a few would tell the place or the month of one request that was corrected.
    """
    if not _changes(new, before) or _small_changes(new, before) or _too_small(new):
        return before.table
    statements, targets = _knowledge([before, new])
    try:
        return before.table if known_within(statements, targets, K) else new.table
    except Contradiction:
        return before.table


def _changes(new: State, before: State) -> dict[Place, tuple[int | None, int | None]]:
    """The numbers with place or month that differ, as they were and as they are."""
    then, now = before.published.numbers, new.published.numbers
    return {
        place: (then.get(place), now.get(place))
        for place in sorted(then.keys() | now.keys())
        if then.get(place) != now.get(place)
    }


def _small_changes(new: State, before: State) -> list[Finding]:
    """The changes that tell of less than K requests, or show what the other release hides."""
    findings = []
    for place, (then, now) in _changes(new, before).items():
        if then is None or now is None:
            findings.append(Finding(new.words(place), f"shown in only one of this and {before.release}"))
        elif abs(now - then) < K:
            findings.append(
                Finding(
                    new.words(place), f"differs by {abs(now - then)} from {before.release}, less than {K}"
                )
            )
    return findings


def _too_small(state: State) -> list[Finding]:
    """Numbers that should not be shown at all."""
    return [
        Finding(state.words(place), f"shows {number}, which is less than {K}")
        for place, number in state.published.numbers.items()
        if number is not None and 0 < number < K
    ]


# --- judging ----------------------------------------------------------------------------------


def judge(document: Json, earlier: Sequence[Json]) -> list[Finding]:
    """What speaks against publishing this document after those: nothing may, or it is not published."""
    states = _states([*earlier, document])
    findings: list[Finding] = []
    for state in _states([document]):
        findings += [*_stranger(state), *_too_small(state)]
        for before in _states(earlier):
            if (state.year, state.name) == (before.year, before.name):
                findings += _small_changes(state, before)
    for key in dict.fromkeys((state.year, state.name) for state in states):
        findings += _attacked([state for state in states if (state.year, state.name) == key])
    return findings


def _stranger(state: State) -> Iterator[Finding]:
    """A table that is not of the list."""
    listed = {breakdown.name: breakdown.rows for breakdown in BREAKDOWNS}
    shape = tuple(state.table["rows"]), tuple(state.table["columns"])
    if shape != (listed.get(state.name), COLUMNS):
        where = f"{state.release}, table {state.name} of {state.year}"
        yield Finding(where, "is not in the list of tables that may be published")


def _attacked(states: Sequence[State]) -> list[Finding]:
    """The attacker's findings in the states of one table, all at once."""
    statements, targets = _knowledge(states)
    try:
        return recovered(statements, targets, K)
    except Contradiction as contradiction:
        last = states[-1]
        where = f"{last.release}, table {last.name} of {last.year}"
        return [Finding(where, f"does not fit what else is public. {contradiction}")]


def _knowledge(states: Sequence[State]) -> tuple[list[Statement], dict[Cell, str]]:
    """The statements of all states of one table, and the hidden numbers in words.

    Two states differ by what was corrected between them. The attacker takes it that no hidden number moved
    further than the number that visibly moved furthest.
    """
    statements: list[Statement] = []
    targets: dict[Cell, str] = {}
    for count, state in enumerate(states):
        published = state.published
        statements += published.statements(count)
        targets |= {(count, *place): state.words(place) for place in sorted(published.hidden)}
        if count:
            before = states[count - 1]
            furthest = _furthest(state, before)
            statements += [
                Moved((count - 1, *place), (count, *place), furthest)
                for place in sorted(published.hidden | before.published.hidden)
            ]
    return statements, targets


def _furthest(new: State, before: State) -> int:
    columns = zip(new.table["column_totals"], before.table["column_totals"], strict=True)
    visible = [abs(now - then) for now, then in columns]
    visible += [abs((now or 0) - (then or 0)) for then, now in _changes(new, before).values()]
    return max(visible)
