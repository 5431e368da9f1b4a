"""Every figure of a quarter, derived a second time from its rows by the file that lies in the bundles."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from requests_app import figures
from requests_app.models import AssistanceRequest, LedgerEntry
from requests_app.statistics import Quarter, conduct
from requests_app.statistics.rows import counted_in, figures_of, rows_of

# Making the demonstration takes some twenty seconds of an idle machine, and every test waits for that.
pytestmark = pytest.mark.timeout(300)

ALONE = Path(figures.__file__)


@pytest.fixture(scope="module")
def quarters(demonstration_db):
    """The quarters of a whole demonstration; the tests that ask for them only look."""
    moments = AssistanceRequest.objects.values_list("received_at", flat=True)
    return sorted({Quarter.containing(moment) for moment in moments})


@pytest.fixture(scope="module")
def all_rows(quarters):
    """The rows of all quarters: every kind of event occurs in one of them.

    And one of them once more without what oversight classified, which goes before what the officer did.
    """
    found = [rows_of(quarter) for quarter in quarters]
    reclassified = copy.deepcopy(next(rows for rows in found if any(map(by_commander, rows["cases"]))))
    for case in filter(by_commander, reclassified["cases"]):
        case["types_by_review"] = []
    return [*found, reclassified]


def by_commander(case):
    return case["types_by_commander"]


def stated(quarter):
    return figures_of(conduct([quarter])[0])


def test_it_derives_every_figure_of_every_quarter(quarters):
    assert len(quarters) >= 6
    for quarter in quarters:
        assert figures.derive(rows_of(quarter)) == stated(quarter)


def test_rows_without_numbers_give_the_same_figures(quarters):
    for quarter in quarters:
        assert figures.derive(rows_of(quarter, numbered=False)) == stated(quarter)


def test_rows_without_numbers_name_no_request(quarters):
    numbers = set(AssistanceRequest.objects.values_list("number", flat=True))
    for quarter in quarters:
        written = json.dumps(rows_of(quarter, numbered=False))
        assert [number for number in numbers if number in written] == []


def test_rows_without_numbers_are_ordered_by_what_they_say(quarters):
    rows = rows_of(quarters[1], numbered=False)["cases"]
    bare = [{name: value for name, value in row.items() if name != "number"} for row in rows]
    assert bare == sorted(bare, key=lambda row: json.dumps(row, sort_keys=True))


def test_a_quarter_in_which_nothing_came_has_figures_too(quarters):
    before = quarters[0].previous.previous
    assert figures.derive(rows_of(before)) == stated(before)


def test_the_number_of_queries_does_not_grow_with_the_requests(quarters, django_assert_num_queries):
    for quarter in (quarters[0].previous.previous.previous, quarters[1]):
        with django_assert_num_queries(4 if not rows_of(quarter)["cases"] else 11):
            rows_of(quarter)


# --- nothing in a row is there for nothing ------------------------------------------------------


def leaves(part, path=()):
    """Where every value of the rows stands."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from leaves(value, (*path, name))
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from leaves(value, (*path, place))
    else:
        yield path, part


def other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 100_000
    return "changed"


def changed(rows, path, value):
    rows = copy.deepcopy(rows)
    place = rows
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return rows


def kind_of(path):
    """The path without its places in lists: one kind of value."""
    return ".".join(step for step in path if isinstance(step, str))


def test_a_change_of_any_kind_of_value_changes_a_figure(all_rows):
    felt = {}
    for rows in all_rows:
        before = figures.derive(rows)
        for path, value in leaves(rows):
            if value is not None and not felt.get(kind_of(path)):
                felt[kind_of(path)] = figures.derive(changed(rows, path, other(value))) != before

    # A number names the request, and counts for nothing.
    assert sorted(kind for kind, was in felt.items() if not was) == ["beside.number", "cases.number"]
    assert {"cases.papers.matches", "cases.decisions.minutes", "cases.report.actions", "late"} <= set(felt)


@pytest.mark.parametrize(
    ("outcomes", "went_under", "is_ordinary"),
    [
        (["assist", "ordinary_service"], 2, True),
        (["assist", "ordinary_service"], 1, False),
        (["ordinary_service", "assist"], 2, False),
        (["ordinary_service", "assist"], 0, True),
    ],
)
def test_officers_go_under_the_last_decision_before_they_were_sent(
    all_rows, outcomes, went_under, is_ordinary
):
    """Or, when they went before any, under the first that came."""
    sent = next(case for rows in all_rows for case in rows["cases"] if case["dispatch"] and case["decisions"])
    decisions = [
        {**sent["decisions"][0], "outcome": outcome, "before_officers_went": place < went_under}
        for place, outcome in enumerate(outcomes)
    ]
    derived = figures.derive({**all_rows[0], "cases": [{**sent, "decisions": decisions}]})
    assert derived["field"]["ordinary_service"] == is_ordinary


def test_a_row_left_out_changes_a_figure(all_rows):
    for rows in all_rows:
        without = {**rows, "cases": rows["cases"][1:]}
        assert figures.derive(without) != figures.derive(rows)


def test_the_rows_hold_codes_numbers_and_yes_or_no_alone(all_rows):
    for rows in all_rows:
        for path, value in leaves(rows):
            assert value is None or type(value) in (bool, int) or " " not in value, path


# --- the rows beside the ledger -----------------------------------------------------------------


@pytest.fixture(scope="module")
def quarter_and_entries(quarters):
    """The quarter with the most acts of different kinds, and what its entries say publicly."""
    quarter = max(quarters, key=lambda one: len(rows_of(one)["cases"]))
    entries = LedgerEntry.objects.filter(case__in=counted_in(quarter)).order_by("pk")
    return rows_of(quarter), [{"public": bytes(entry.public_bytes).decode()} for entry in entries]


def test_the_rows_of_every_quarter_agree_with_its_entries(quarters):
    for quarter in quarters:
        entries = LedgerEntry.objects.filter(case__in=counted_in(quarter))
        opened = [{"public": bytes(entry.public_bytes).decode()} for entry in entries]
        assert figures.disagreements(rows_of(quarter), opened) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda row: row["decisions"][-1].update(outcome="refer", grounds=[]), "decisions"),
        (lambda row: row["decisions"].clear(), "in the rows"),
        (lambda row: row["reviews"].append({"finding": "in_policy", "asked": 0, "answered": 0}), "reviews"),
        (lambda row: row["reviews"].append({"finding": "x", "asked": 1, "answered": 0}), "questions"),
        (lambda row: row["reviews"].append({"finding": "x", "asked": 1, "answered": 1}), "answers"),
        (lambda row: row["blocked"].append("request:decide"), "blocked"),
    ],
)
def test_a_row_that_no_entry_bears_out_is_named(quarter_and_entries, change, named):
    rows, entries = copy.deepcopy(quarter_and_entries)
    change(next(row for row in rows["cases"] if row["decisions"]))
    assert any(named in sentence for sentence in figures.disagreements(rows, entries))


def test_a_request_that_is_left_out_of_the_rows_is_named(quarter_and_entries):
    rows, entries = quarter_and_entries
    found = figures.disagreements({**rows, "cases": rows["cases"][1:]}, entries)
    assert found[0].startswith("requests: ")


def test_nothing_is_compared_with_what_was_erased(quarter_and_entries):
    rows, entries = quarter_and_entries
    erased = [{"public_commitment": ""}, *entries[1:]]
    assert figures.disagreements({**rows, "cases": []}, erased) == []


# --- the file alone ---------------------------------------------------------------------------


def run_alone(folder, rows, stated):
    (folder / "figures.py").write_bytes(ALONE.read_bytes())
    (folder / "rows.json").write_text(json.dumps(rows))
    (folder / "figures.json").write_text(json.dumps(stated))
    return subprocess.run(
        [sys.executable, "-I", "-S", "figures.py", "rows.json", "figures.json"],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_file_alone_says_yes(quarters, tmp_path):
    quarter = quarters[1]
    done = run_alone(tmp_path, rows_of(quarter), stated(quarter))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("YES: ")
    assert str(quarter) in done.stdout


def test_the_file_alone_names_the_figure_that_differs(quarters, tmp_path):
    false = stated(quarters[1])
    false["decisions"]["to_decision"]["median"] += 1
    done = run_alone(tmp_path, rows_of(quarters[1]), false)
    assert done.returncode == 1
    assert "decisions.to_decision.median" in done.stdout


def test_the_file_alone_names_a_figure_that_is_missing(quarters, tmp_path):
    false = stated(quarters[1])
    del false["oversight"]["corrections"]
    done = run_alone(tmp_path, rows_of(quarters[1]), false)
    assert done.returncode == 1
    assert "oversight.corrections" in done.stdout
