"""Yearly tables with place or month: counted, hidden, repeated, and judged with all that was published."""

import copy
import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import pytest

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.statistics import breakdowns
from requests_app.statistics.breakdowns import (
    BREAKDOWNS,
    COLUMNS,
    MONTHS,
    OTHER,
    State,
    carry_over,
    judge,
    yearly,
)
from requests_app.statistics.definitions import K
from requests_app.statistics.suppression import TOTAL
from requests_app.vocabulary import Division, Outcome, PlaceKind
from tests.factories import DECLINE, make_decidable, make_decided, make_request

DIVISION, KIND, MONTH = BREAKDOWNS

# --- years of requests that might have been ---------------------------------------------------

DIVISION_WEIGHTS = (22, 18, 15, 12, 10, 8, 6, 4, 2, 3)
KIND_WEIGHTS = (40, 12, 20, 5, 6, 2, 3, 1, 3, 5, 3)
OUTCOMES = ("assist", "decline", "refer", "record_only", "ordinary_service", "")
OUTCOME_WEIGHTS = (33, 38, 14, 6, 7, 2)


@dataclass(frozen=True)
class Record:
    month: int
    division: str
    kind: str
    outcome: str

    @property
    def quarter(self):
        return (self.month + 2) // 3

    @property
    def column(self):
        return COLUMNS.index(self.outcome if self.outcome in COLUMNS else OTHER)


def record(random):
    return Record(
        month=random.randint(1, 12),
        division=random.choices(Division.codes(), DIVISION_WEIGHTS)[0],
        kind=random.choices(PlaceKind.codes(), KIND_WEIGHTS)[0],
        outcome=random.choices(OUTCOMES, OUTCOME_WEIGHTS)[0],
    )


def records_of_a_year(about, random):
    """A year's requests: as many as chance has it, around this number."""
    return [record(random) for _ in range(round(random.gauss(about, about**0.5)))]


def grid(breakdown, records):
    row_of = {
        DIVISION: lambda one: one.division,
        KIND: lambda one: one.kind,
        MONTH: lambda one: f"{one.month:02d}",
    }[breakdown]
    counts = [[0] * len(COLUMNS) for _ in breakdown.rows]
    for one in records:
        counts[breakdown.rows.index(row_of(one))][one.column] += 1
    return counts


def document(year, quarter, records, earlier):
    """A release as it would be frozen now, with as much of it as is judged."""
    inside = [one for one in records if one.quarter == quarter]
    outcomes = [one.outcome for one in inside if one.outcome]
    tables = [yearly(each, year, grid(each, records), earlier) for each in BREAKDOWNS] if quarter == 4 else []
    code = f"{year}-Q{quarter}"
    made = {
        "quarter": code,
        "number": 1 + sum(one["quarter"] == code for one in earlier),
        "figures": {
            "requests": {"total": len(inside)},
            "decisions": {"outcomes": {code: outcomes.count(code) for code in dict.fromkeys(outcomes)}},
        },
        "year": {"year": year, "harm": None, "breakdowns": tables} if quarter == 4 else None,
    }
    return json.loads(json.dumps(made))


def publish(year, quarters, records, history):
    for quarter in quarters:
        history.append(document(year, quarter, records, history))


def corrected(records, random, how_many=3):
    """The same year with a few requests changed: outcome, place, month, one gone and one found later."""
    changed = list(records)
    for place in random.sample(range(len(changed)), how_many):
        other = record(random)
        changed[place] = replace(changed[place], outcome=other.outcome, division=other.division)
        changed[place] = replace(changed[place], month=other.month, kind=other.kind)
    changed.pop(random.randrange(len(changed)))
    return [*changed, record(random)]


@cache
def five_years(about):
    """All releases of five years: each quarter, then corrections and every quarter once more."""
    random, history = Random(about), []  # noqa: S311 - requests for a test
    truth = {}
    for year in range(2026, 2031):
        records = records_of_a_year(about, random)
        publish(year, (1, 2), records, history)
        records = corrected(records, random)
        publish(year, (1, 2, 3, 4), records, history)
        records = corrected(records, random)
        publish(year, (1, 2, 3, 4), records, history)
        publish(year, (4,), corrected(records, random), history)
        truth[year] = records
    return history, truth


def tables(document):
    return {table["name"]: table for table in document["year"]["breakdowns"]}


def first_with_tables(history, year=2026):
    return next(one for one in history if one["quarter"] == f"{year}-Q4")


def before(history, document):
    return history[: history.index(document)]


def shown(table):
    """The numbers with place or month that stand in a table."""
    cells = {
        (row, column): number
        for row, line in enumerate(table["cells"])
        for column, number in enumerate(line)
        if number is not None
    }
    totals = {(row, TOTAL): number for row, number in enumerate(table["row_totals"]) if number is not None}
    return cells | totals


def words(findings):
    return [str(finding) for finding in findings]


# --- five years -------------------------------------------------------------------------------


def test_at_46_requests_a_year_every_table_is_withheld():
    history, _ = five_years(46)
    found = [table for one in history if one["year"] for table in one["year"]["breakdowns"]]

    assert len(found) == 5 * 3 * len(BREAKDOWNS)
    assert all(table["withheld"] and table["cells"] == table["row_totals"] == [] for table in found)
    assert judge(history[-1], history[:-1]) == []


def test_at_400_requests_a_year_most_tables_can_be_shown():
    history, _ = five_years(400)
    found = [table for one in history if one["year"] for table in one["year"]["breakdowns"]]

    assert sum(not table["withheld"] for table in found) > len(found) / 2


def test_five_years_of_releases_with_corrections_give_nothing_away():
    history, _ = five_years(400)

    # Those with tables; the others add nothing that the next one does not repeat.
    for place, one in enumerate(history):
        if one["year"]:
            assert judge(one, history[:place]) == []


def test_five_years_are_judged_in_a_second_or_so():
    history, _ = five_years(400)
    began = time.perf_counter()
    judge(history[-1], history[:-1])

    assert time.perf_counter() - began < 5


def test_a_number_once_hidden_is_named_when_a_later_release_shows_it():
    history, _ = five_years(400)
    planted = copy.deepcopy(history[-1])
    table, place = planted_number(planted, hidden=True)
    table["cells"][place[0]][place[1]] = 12

    assert any("shown in only one of this and release" in one for one in words(judge(planted, history[:-1])))


def planted_number(document, *, hidden):
    """A table that is shown, and the place of a cell in it that is hidden, or is not."""
    for table in tables(document).values():
        for row, line in enumerate(table["cells"]):
            for column, number in enumerate(line):
                if (number is None) == hidden and number != 0:
                    return table, (row, column)
    raise AssertionError("No table is shown.")


# --- one request more or less -----------------------------------------------------------------


def test_no_single_request_can_be_taken_out_and_seen_in_the_next_release():
    """For each request: the year without it, as a correction of what was published with it."""
    random, history = Random(7), []  # noqa: S311 - requests for a test
    records = records_of_a_year(400, random)
    publish(2026, (1, 2, 3, 4), records, history)
    published = tables(history[-1])
    assert not all(table["withheld"] for table in published.values())

    for place in range(len(records)):
        without = records[:place] + records[place + 1 :]
        for each in BREAKDOWNS:
            again = yearly(each, 2026, grid(each, without), history)
            assert small_differences(published[each.name], again) == []


def small_differences(old, new):
    if old["withheld"] or new["withheld"]:
        return []
    then, now = shown(old), shown(new)
    assert then.keys() == now.keys()
    return [place for place in then if 0 < abs(then[place] - now[place]) < K]


def test_without_carrying_over_a_single_request_would_be_seen():
    """The test above can fail: the tables of both years, each made as if it were the first."""
    random = Random(7)  # noqa: S311 - requests for a test
    records = records_of_a_year(400, random)
    first, second = (yearly(DIVISION, 2026, grid(DIVISION, some), []) for some in (records, records[1:]))
    then, now = shown(first), shown(second)

    assert any(0 < abs(then[place] - now[place]) < K for place in then.keys() & now.keys())


def test_a_planted_live_difference_is_found_and_named():
    history, _ = five_years(400)
    planted = copy.deepcopy(history[-1])
    table, (row, column) = planted_number(planted, hidden=False)
    table["cells"][row][column] += 1

    found = words(judge(planted, history[:-1]))

    assert (
        f"release 2030-Q4 number {planted['number']}, table {table['name']} of 2030,"
        f" row {table['rows'][row]}, column {table['columns'][column]}: differs by 1 from"
    ) in " ".join(found)


# --- a table is repeated as it was, or much has changed ---------------------------------------

PLAIN = [[60, 70, 50], [40, 55, 45], [5, 30, 25], [30, 8, 40]] + [[0, 0, 0]] * 6


def plain_history(counts=PLAIN):
    """One year of which the division table alone is looked at."""
    return [planted_document(yearly(DIVISION, 2026, counts, []))]


def planted_document(table, *, number=1, outcomes=None, total=0):
    return {
        "quarter": "2026-Q4",
        "number": number,
        "figures": {"requests": {"total": total}, "decisions": {"outcomes": outcomes or {}}},
        "year": {"year": 2026, "harm": None, "breakdowns": [table]},
    }


def with_more(row, column, more, counts=PLAIN):
    return [
        [number + more * ((row, column) == (r, c)) for c, number in enumerate(line)]
        for r, line in enumerate(counts)
    ]


def test_a_correction_of_a_few_leaves_the_published_table_as_it_was():
    history = plain_history()

    assert yearly(DIVISION, 2026, with_more(0, 0, 3), history) == tables(history[0])["division_outcome"]


def test_a_correction_of_many_is_shown():
    history = plain_history()
    assert (0, 0) in shown(tables(history[0])["division_outcome"])

    table = yearly(DIVISION, 2026, with_more(0, 0, 12), history)

    assert shown(table)[0, 0] == 72
    assert judge(planted_document(table, number=2), history) == []


def test_a_correction_that_empties_a_hidden_cell_leaves_the_table_as_it_was():
    history = plain_history()
    counts = with_more(2, 0, -5, with_more(2, 1, 5, with_more(0, 0, 12)))
    assert shown(tables(history[0])["division_outcome"]).keys().isdisjoint({(2, 0), (2, 1)})

    assert yearly(DIVISION, 2026, counts, history) == tables(history[0])["division_outcome"]


def test_many_and_a_few_together_leave_the_table_as_it_was():
    history = plain_history()
    old = tables(history[0])["division_outcome"]
    new = {**old, "cells": copy.deepcopy(old["cells"]), "row_totals": list(old["row_totals"])}
    new["cells"][0][0] += 20
    new["cells"][1][1] += 1

    assert carry_over(State(2026, new, "new"), State(2026, old, "old")) is old


def test_a_withheld_table_may_be_shown_later():
    sparse = [[1, 2, 1]] * 10
    history = [planted_document(yearly(DIVISION, 2026, sparse, []))]
    assert tables(history[0])["division_outcome"]["withheld"]

    table = yearly(DIVISION, 2026, PLAIN, history)

    assert not table["withheld"]
    assert judge(planted_document(table, number=2), history) == []


# --- planted weaknesses -----------------------------------------------------------------------


def planted(cells, row_totals, column_totals, *, rows=None, name="division_outcome"):
    blank = [[0, 0, 0]] * (10 - len(cells)) if rows is None else []
    return {
        "name": name,
        "rows": list(rows or Division.codes()),
        "columns": list(COLUMNS),
        "cells": [*cells, *blank],
        "row_totals": [*row_totals, *[0] * len(blank)],
        "column_totals": column_totals,
        "withheld": False,
    }


def test_a_hidden_number_beside_its_total_is_recovered_and_named():
    table = planted([[None, 30, 20], [25, 15, 12]], [54, 52], [29, 45, 32])

    assert words(judge(planted_document(table), [])) == [
        "release 2026-Q4 number 1, table division_outcome of 2026, row 1, column assist:"
        " the hidden number is exactly 4"
    ]


def test_a_hidden_total_is_recovered_where_its_parts_are_shown():
    table = planted([[12, 13, 14], [25, 15, 12]], [None, 52], [37, 28, 26])

    assert "row 1, total: the hidden number is exactly 39" in words(judge(planted_document(table), []))[0]


def test_a_small_number_that_is_shown_is_named():
    table = planted([[3, 30, 20], [25, 15, 12]], [53, 52], [28, 45, 32])

    assert words(judge(planted_document(table), [])) == [
        "release 2026-Q4 number 1, table division_outcome of 2026, row 1, column assist:"
        " shows 3, which is less than 11"
    ]


def test_numbers_that_do_not_add_up_are_named():
    table = planted([[20, 30, 20], [25, 15, 12]], [70, 52], [46, 45, 32])

    assert "does not fit what else is public" in words(judge(planted_document(table), []))[0]


def test_a_table_that_is_not_of_the_list_is_named():
    table = planted([[20, 30, 20], [25, 15, 12]], [70, 52], [45, 45, 32], name="division_component")

    assert "is not in the list" in words(judge(planted_document(table), []))[0]


def months_and_quarters():
    """Two months hidden in two columns: safe by the year's totals, not by those of their quarters."""
    counts = [[20, 20, 20] for _ in MONTHS]
    cells = [list(line) for line in counts]
    for month in (0, 3):
        for column in (0, 1):
            cells[month][column] = None
    table = planted(cells, [60] * 12, [240] * 3, rows=MONTHS, name="month_outcome")
    quarters = [
        {
            "quarter": f"2026-Q{number}",
            "number": 1,
            "figures": {
                "requests": {"total": 180},
                "decisions": {"outcomes": {"assist": 60, "decline": 60, "refer": 60}},
            },
            "year": None,
        }
        for number in (1, 2, 3)
    ]
    return table, quarters


def test_the_figures_of_quarters_are_used_against_hidden_months():
    table, quarters = months_and_quarters()
    whole = planted_document(table, total=180, outcomes={"assist": 60, "decline": 60})

    assert len(judge(whole, quarters)) == 4
    assert "row 01, column assist: the hidden number is exactly 20" in words(judge(whole, quarters))[0]
    # Without the first two quarters, the year alone does not tell.
    assert judge(whole, quarters[2:]) == []


def test_months_are_withheld_while_a_correction_of_their_quarter_is_not_released():
    history = []
    random = Random(1)  # noqa: S311 - requests for a test
    records = records_of_a_year(800, random)
    publish(2026, (1, 2, 3), records, history)
    late = [*records, replace(records[0], month=2, outcome="assist")]

    assert yearly(MONTH, 2026, grid(MONTH, late), history)["withheld"]
    publish(2026, (1,), late, history)
    assert not yearly(MONTH, 2026, grid(MONTH, late), history)["withheld"]


def test_a_quarter_corrected_after_the_table_says_nothing_against_it():
    history, truth = five_years(400)
    random = Random(3)  # noqa: S311 - requests for a test
    again = document(2030, 2, corrected(truth[2030], random, how_many=20), history)

    assert again["figures"] != next(one for one in history if one["quarter"] == "2030-Q2")["figures"]
    assert judge(again, history) == []


# --- counting ---------------------------------------------------------------------------------

IN_2026 = datetime(2026, 5, 10, 15, tzinfo=UTC)


def made(make, *people, at, **given):
    with clock(at):
        return make(*people, received_at=at - timedelta(minutes=1), **given)


@pytest.mark.django_db
def test_a_year_is_counted_by_place_month_and_decision_in_force(
    demonstration, dispatcher, commander, django_assert_num_queries
):
    people = dispatcher, commander
    made(make_decided, *people, at=IN_2026, division="3", place_kind="residence")
    made(make_decided, *people, choice=DECLINE, at=IN_2026, division="3")
    twice = made(make_decided, *people, at=IN_2026, division="3")
    with clock(IN_2026 + timedelta(hours=1)):
        workflow.reopen(twice.pk, actor=commander, reason="New facts came in.")
        workflow.decide(twice.pk, actor=commander, choice=DECLINE)
    made(make_decidable, *people, at=IN_2026, division="4")
    made(make_request, dispatcher, at=IN_2026, division="5")
    # The last minute of the year in Louisville is the next year in UTC.
    made(make_decided, *people, at=datetime(2027, 1, 1, 4, 59, tzinfo=UTC), division="8")
    made(make_decided, *people, at=datetime(2027, 1, 1, 5, 2, tzinfo=UTC), division="8")

    with django_assert_num_queries(1):
        by_division = breakdowns.counts(DIVISION, 2026)
    by_month, by_kind = breakdowns.counts(MONTH, 2026), breakdowns.counts(KIND, 2026)

    assert found(DIVISION, by_division) == {
        ("3", Outcome.ASSIST): 1,
        ("3", Outcome.DECLINE): 2,
        ("4", OTHER): 1,
        ("8", Outcome.ASSIST): 1,
    }
    assert found(MONTH, by_month) == {
        ("05", Outcome.ASSIST): 1,
        ("05", Outcome.DECLINE): 2,
        ("05", OTHER): 1,
        ("12", Outcome.ASSIST): 1,
    }
    assert found(KIND, by_kind)["residence", Outcome.ASSIST] == 1
    assert sum(found(KIND, by_kind).values()) == 5


def found(breakdown, counts):
    return {
        (row, column): number
        for row, line in zip(breakdown.rows, counts, strict=True)
        for column, number in zip(COLUMNS, line, strict=True)
        if number
    }


@pytest.mark.django_db
def test_the_tables_of_a_small_year_say_that_they_are_withheld(demonstration, dispatcher, commander):
    made(make_decided, dispatcher, commander, at=IN_2026, division="3")

    assert breakdowns.year_tables(2026, []) == [
        {
            "name": each.name,
            "rows": list(each.rows),
            "columns": ["assist", "decline", "other"],
            "cells": [],
            "row_totals": [],
            "column_totals": [1, 0, 0],
            "withheld": True,
        }
        for each in BREAKDOWNS
    ]
