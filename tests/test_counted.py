"""The rows of a quarter put together by PostgreSQL, the public rows made of them, and the canonical form."""

import json
from datetime import date

import psycopg
import pytest
import rfc8785
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import figures
from requests_app.models import AssistanceRequest
from requests_app.statistics import Quarter, counted
from requests_app.statistics.canonical import canonical
from requests_app.statistics.counted import CASES, rows_counted, words_of
from requests_app.statistics.counting import count_quarter
from requests_app.statistics.public_rows import numbers_in_order, public_rows
from requests_app.statistics.rows import counted_in, rows_of
from tests import cluster

# Making the demonstration takes some twenty seconds of an idle machine, and every test waits for that.
pytestmark = pytest.mark.timeout(300)

# What a year and a half of requests may not bring by itself, as the superuser, past every wall.
ODD = """
SET event_triggers = off;
ALTER TABLE requests_app_assistancerequest DISABLE TRIGGER ALL;
ALTER TABLE requests_app_commandercall DISABLE TRIGGER ALL;
ALTER TABLE requests_app_decision DISABLE TRIGGER ALL;
ALTER TABLE requests_app_document DISABLE TRIGGER ALL;
ALTER TABLE requests_app_deviation DISABLE TRIGGER ALL;
UPDATE requests_app_commandercall call SET started_at = c.received_at + (ARRAY[
        interval '-1 microsecond', '0', '1 microsecond', '1 minute', '1 minute 1 microsecond', '36 hours'
    ])[mod(call.id, 6) + 1], entered_at = c.received_at + interval '2 days', ended_at = NULL
FROM requests_app_assistancerequest c WHERE c.id = call.case_id;
UPDATE requests_app_decision d SET decided_at = s.dispatched_at
FROM requests_app_dispatch s WHERE s.case_id = d.case_id AND d.sequence = 1 AND mod(d.id, 3) = 0
    AND s.dispatched_at <= d.entered_at;
UPDATE requests_app_document SET struck = true WHERE mod(id, 4) = 0;
UPDATE requests_app_deviation SET stands = false WHERE mod(id, 4) = 0;
UPDATE requests_app_deviation SET found_at = timestamptz '2026-01-01' + interval '1 day' * mod(id, 2);
INSERT INTO requests_app_deviation (quarter, kind, found_at, stands, explanation, revision)
SELECT %(quarter)s, kind, now(), n < 3, '', 1
FROM unnest(ARRAY['released_late', 'entered_late', 'not_recorded']) WITH ORDINALITY AS k(kind, n)
ON CONFLICT DO NOTHING;
UPDATE requests_app_assistancerequest SET entered_at = %(ends_at)s
WHERE id = (SELECT max(id) FROM requests_app_assistancerequest
    WHERE received_at >= %(starts_at)s AND received_at < %(ends_at)s AND logged_at IS NOT NULL);
"""


@pytest.fixture(scope="module")
def quarters(demonstration_db, cluster_urls):
    """The quarters of a whole demonstration to which odd moments were added; tests only look."""
    moments = AssistanceRequest.objects.values_list("received_at", flat=True)
    found = sorted({Quarter.containing(moment) for moment in moments})
    words = {"quarter": str(found[2]), "starts_at": found[2].starts_at, "ends_at": found[2].ends_at}
    with psycopg.connect(cluster.in_database(cluster_urls["superuser"], demonstration_db)) as superuser:
        psycopg.ClientCursor(superuser).execute(ODD, words)
    return found


@pytest.fixture(scope="module")
def all_cases(quarters):
    return [case for quarter in quarters for case in rows_counted(quarter)["cases"]]


def without_policy(rows):
    """Which policy was in force is told by the counted rows alone."""
    for case in rows["cases"]:
        for decision in case["decisions"]:
            del decision["policy_version"]
    return rows


# --- as the rows that the models give ----------------------------------------------------------


def test_it_counts_what_the_models_give(quarters):
    assert len(quarters) >= 6
    for quarter in quarters:
        assert without_policy(rows_counted(quarter)) == rows_of(quarter)


def test_every_kind_of_row_was_compared(quarters, all_cases):
    """Else the comparison would say little."""
    lists = {name for case in all_cases for name, value in case.items() if value and type(value) is list}
    assert {"decisions", "calls", "papers", "deviations", "reviews", "blocked"} <= lists
    assert max(case["corrections"] for case in all_cases) > 0
    assert {call["minutes"] for case in all_cases for call in case["calls"]} == {0, 1, 2, 36 * 60}
    assert any(len(case["decisions"]) > 1 for case in all_cases)
    assert any(len(case["deviations"]) > 1 for case in all_cases)
    assert any(case["entered_after_quarter"] for case in all_cases)
    rows = [rows_counted(quarter) for quarter in quarters]
    assert max(len(one["late"]) for one in rows) > 1
    beside = [row for one in rows for row in one["beside"]]
    assert (
        {row["of_earlier_quarter"] for row in beside} == {row["exercise"] for row in beside} == {True, False}
    )


def test_a_quarter_in_which_nothing_came_has_rows_too(quarters):
    before = quarters[0].previous.previous
    assert rows_counted(before) == rows_of(before)


@pytest.mark.parametrize("lines", [1, 2, counted.LINES])
def test_counting_some_at_a_time_gives_what_all_rows_give(quarters, monkeypatch, lines):
    monkeypatch.setattr(counted, "LINES", lines)
    for quarter in (quarters[0].previous.previous, *quarters):
        rows = rows_counted(quarter)
        found = count_quarter(quarter)
        assert found.figures == figures.derive(rows)
        assert found.rows == public_rows(rows["cases"])
        assert found.numbers == numbers_in_order(rows["cases"])


def test_values_are_of_the_same_types(quarters):
    """`True == 1` in Python, and not in a row."""
    for quarter in quarters:
        counted, loaded = without_policy(rows_counted(quarter)), rows_of(quarter)
        assert json.dumps(counted, sort_keys=True) == json.dumps(loaded, sort_keys=True)


def test_it_takes_two_statements(quarters, django_assert_num_queries):
    """Django counts one of them: what is streamed is not told to it."""
    for quarter in (quarters[0].previous.previous, quarters[1]):
        with django_assert_num_queries(1):
            rows_counted(quarter)


def test_a_decision_names_the_policy_under_which_it_was_made(quarters):
    for quarter in quarters:
        cases = counted_in(quarter).order_by("pk").prefetch_related("decisions")
        made = [[decision.policy_version for decision in case.decisions.all()] for case in cases]
        counted = rows_counted(quarter)["cases"]
        assert [[one["policy_version"] for one in case["decisions"]] for case in counted] == made


def test_every_table_has_an_index_for_it(quarters):
    """A small table is read as a whole whatever there is, unless the database is told not to."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN {CASES}", words_of(quarters[1]))
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    assert "Seq Scan" not in plan


# --- the public rows ---------------------------------------------------------------------------


def case_of(**over):
    return {
        "number": "2026-0001",
        "component": "ero",
        "types_at_intake": ["perimeter"],
        "types_by_commander": [],
        "types_by_review": [],
        "decisions": [],
        "calls": [],
        "dispatch": None,
        "deviations": [],
        **over,
    }


def decision(outcome="decline", **over):
    return {
        "outcome": outcome,
        "grounds": [],
        "reason": "no_ground",
        "before_officers_went": True,
        "policy_version": "2017-09-22",
        **over,
    }


def row(**over):
    (found,) = public_rows([case_of(**over)])
    return found


def test_a_public_row_holds_these_words_alone():
    assert row(
        decisions=[decision("refer"), decision("assist", grounds=["crime", "a"], reason="")],
        calls=[{"recorded": "yes"}],
        dispatch={"commander_came": True},
        deviations=[{"kind": "late_contact"}, {"kind": "a"}],
    ) == {
        "number": 1,
        "component": "ero",
        "types": ["perimeter"],
        "outcome": "assist",
        "grounds": ["a", "crime"],
        "reason": "",
        "recorded": "yes",
        "attended": "yes",
        "deviations": ["a", "late_contact"],
        "policy_version": "2017-09-22",
    }


def test_what_did_not_happen_is_an_empty_word():
    found = row()
    assert [found[name] for name in ("outcome", "reason", "recorded", "attended", "policy_version")] == [
        ""
    ] * 5
    assert (found["grounds"], found["deviations"]) == ([], [])


def test_the_types_are_those_in_force():
    types = {"types_by_commander": ["other", "detainer"], "types_at_intake": ["perimeter"]}
    assert row(**types)["types"] == ["detainer", "other"]
    assert row(**types, types_by_review=["standby"])["types"] == ["standby"]


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        (["yes", "yes"], "yes"),
        (["yes", "failed"], "failed"),
        (["failed", "refused_by_caller", "yes"], "refused_by_caller"),
        (["no", "refused_by_caller", "failed"], "no"),
    ],
)
def test_of_several_calls_the_worst_is_said(calls, said):
    assert row(calls=[{"recorded": code} for code in calls])["recorded"] == said


@pytest.mark.parametrize(
    ("outcomes", "came", "said"),
    [
        (["assist"], True, "yes"),
        (["assist"], False, "no"),
        ([], False, "no"),
        (["ordinary_service"], False, "not_needed"),
        (["assist", "ordinary_service"], True, "not_needed"),
    ],
)
def test_a_commander_need_not_come_to_an_ordinary_service(outcomes, came, said):
    decisions = [decision(outcome) for outcome in outcomes]
    assert row(decisions=decisions, dispatch={"commander_came": came})["attended"] == said


def test_there_is_a_row_for_each_request(quarters):
    for quarter in quarters:
        cases = rows_counted(quarter)["cases"]
        assert [one["number"] for one in public_rows(cases)] == list(range(1, len(cases) + 1))


def test_the_order_of_entry_changes_no_byte(all_cases):
    assert public_rows(all_cases[::-1]) == public_rows(all_cases)
    reordered = [case | {"number": str(place)} for place, case in enumerate(all_cases[::-1])]
    assert public_rows(reordered) == public_rows(all_cases)


def test_the_order_within_lists_changes_no_byte(all_cases):
    names = ("types_at_intake", "types_by_commander", "types_by_review", "deviations", "calls")
    turned = [case | {name: case[name][::-1] for name in names} for case in all_cases]
    assert public_rows(turned) == public_rows(all_cases)


def test_staff_find_the_request_of_each_row(all_cases):
    by_number = {case["number"]: case for case in all_cases}
    found = [public_rows([by_number[number]])[0] for number in numbers_in_order(all_cases)]
    assert [one | {"number": 0} for one in found] == [one | {"number": 0} for one in public_rows(all_cases)]
    assert sorted(by_number) == sorted(numbers_in_order(all_cases))


def test_no_public_row_names_a_request(all_cases):
    written = json.dumps(public_rows(all_cases))
    assert [case["number"] for case in all_cases if case["number"] in written] == []


# --- the canonical form ------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]))
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None)
@given(documents)
def test_the_canonical_form_is_that_of_the_library(document):
    assert canonical(document) == rfc8785.dumps(document)


def test_names_are_in_the_order_of_their_utf_16():
    assert canonical({"\ue000": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ue000":1}'.encode()


@pytest.mark.parametrize(
    "value",
    [1.5, 1.0, -0.0, 1e300, float("nan"), float("inf"), 2**53, -(2**53), date(2026, 1, 1), {1: 2}],
)
def test_it_refuses_what_has_no_canonical_form(value):
    with pytest.raises(ValueError, match=r"whole number|no canonical form"):
        canonical({"figures": [{"median": (value,)}]})


def test_it_refuses_half_a_character():
    with pytest.raises(ValueError, match="surrogates"):
        canonical({"word": "\ud800"})


def test_the_rows_of_a_quarter_have_the_canonical_form_of_the_library(quarters):
    document = {"rows": public_rows(rows_counted(quarters[1])["cases"])}
    assert canonical(document) == rfc8785.dumps(document)
