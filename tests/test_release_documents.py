"""The document of a release: what stands in it, that it is canonical, and what stops it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
from django.db import connection, transaction

from requests_app import ledger, releases, workflow
from requests_app.demonstration import clock
from requests_app.models import FrozenQuarter, LedgerEntry
from requests_app.statistics import Quarter, conduct
from requests_app.statistics.breakdowns import COLUMNS
from requests_app.statistics.rows import figures_of, rows_of
from requests_app.vocabulary import CallRecorded, Component, CorrectionReason, Division, RefusalKind
from tests.factories import (
    DECLINE,
    make_closed,
    make_decidable,
    make_release,
    make_request,
    second_oversight,
    take_up,
)

pytestmark = pytest.mark.django_db

LAST = Quarter(2025, 4)
IN_QUARTER = datetime(2025, 11, 10, 15, tzinfo=UTC)
RIPE = LAST.public_from + timedelta(days=1, hours=2, seconds=7, microseconds=11)
CODE = str(LAST)


@pytest.fixture
def cases(demonstration, dispatcher, commander):
    """Two requests of the fourth quarter of 2025: one closed, one decided by nobody."""
    with clock(IN_QUARTER):
        closed = make_closed(dispatcher, commander, received_at=IN_QUARTER - timedelta(minutes=1))
    with clock(IN_QUARTER + timedelta(days=1)):
        waiting = make_request(dispatcher, received_at=IN_QUARTER + timedelta(hours=23))
        workflow.log(waiting.pk, actor=dispatcher)
    return closed, waiting


@pytest.fixture
def second(database):
    return second_oversight()


def frozen_at(moment, actor, quarter=CODE, **given):
    """The frozen quarter, and its document as anybody would read it."""
    with clock(moment):
        frozen = releases.freeze_period(quarter, actor=actor, **given)
    return frozen, json.loads(bytes(frozen.document))


# --- what stands in it ------------------------------------------------------------------------


def test_the_bytes_are_canonical_and_the_digest_is_theirs(cases, oversight):
    frozen, document = frozen_at(RIPE, oversight)

    assert bytes(frozen.document) == rfc8785.dumps(document)
    assert frozen.sha256 == hashlib.sha256(frozen.document).hexdigest()


def test_what_is_frozen_is_published_and_the_log_has_its_digest(cases, oversight, second):
    frozen, _ = frozen_at(RIPE, oversight)
    with clock(RIPE + timedelta(hours=1)):
        release = releases.release_period(CODE, frozen.sha256, actor=second)

    assert bytes(release.published.document) == bytes(frozen.document)
    told = LedgerEntry.objects.latest("id").public["sha256"]
    assert told == hashlib.sha256(bytes(release.published.document)).hexdigest()


def test_the_figures_are_those_of_the_conduct(cases, oversight):
    _, document = frozen_at(RIPE, oversight)

    (found,) = conduct([LAST])
    expected = figures_of(found)
    del expected["releases"]
    assert document["figures"] == expected


def test_there_is_a_row_for_each_request_and_oversight_knows_which(cases, oversight):
    frozen, document = frozen_at(RIPE, oversight)

    assert [row["number"] for row in document["rows"]] == [1, 2]
    by_number = dict(zip(frozen.numbers, document["rows"], strict=True))
    closed, waiting = cases
    assert by_number[closed.number]["outcome"] == "assist"
    assert by_number[waiting.number]["outcome"] == ""
    assert len(document["rows"]) == len(rows_of(LAST)["cases"])


def test_it_says_what_it_is_of_and_how_it_came_to_be(cases, oversight):
    frozen, document = frozen_at(RIPE, oversight)

    words = {name: part for name, part in document.items() if not isinstance(part, dict | list)}
    assert words == {
        "format": 1,
        "demonstration": True,
        "quarter": CODE,
        "number": 1,
        "frozen_at": f"{frozen.entered_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "reason": "",
        "replaces": "",
        "in_use_since": CODE,
        "policy_in_force": "2017-09-22",
        "calls_for_service": None,
    }
    assert document["differences"] == []


def test_freezing_twice_gives_the_same_but_for_the_moment(cases, oversight):
    _, first = frozen_at(RIPE, oversight)
    _, again = frozen_at(RIPE + timedelta(days=3), oversight)

    assert first.pop("frozen_at") != again.pop("frozen_at")
    assert first == again


def test_nothing_of_a_person_a_place_or_a_time_is_in_it(cases, oversight):
    frozen, _ = frozen_at(RIPE, oversight, note="Canary note")

    content = bytes(frozen.document).decode()
    numbers = [case.number for case in cases]
    assert [word for word in ("anary", "CAD-1", "D-101", "2025-11", *numbers) if word in content] == []


def test_the_last_number_of_calls_for_service_counts(cases, oversight):
    for calls in (68_000, 69_500):
        with clock(RIPE):
            releases.enter_calls(
                CODE, calls=calls, source="Annual report", url="https://example.org/r", actor=oversight
            )

    _, document = frozen_at(RIPE, oversight)

    expected = {"calls": 69_500, "source": "Annual report", "url": "https://example.org/r"}
    assert document["calls_for_service"] == expected


def test_it_says_what_is_missing(cases, oversight, dispatcher, commander):
    with clock(IN_QUARTER + timedelta(days=2)):
        case = make_decidable(dispatcher, commander, received_at=IN_QUARTER + timedelta(days=2))
        for recorded in (CallRecorded.YES, CallRecorded.FAILED, CallRecorded.NO):
            workflow.record_call(
                case.pk, actor=commander, recorded=recorded, started_at=case.entered_at, recorder_reference=""
            )

    _, document = frozen_at(RIPE, oversight)

    assert document["missing"] == {
        "recordings_without_reference": 1,
        "calls_not_recorded": 2,
        "dispatch_records_unmatched": None,
        "months_without_attestation": None,
    }


def test_a_release_that_is_late_already_when_it_is_frozen_says_so(cases, oversight):
    _, document = frozen_at(LAST.ends_at + timedelta(days=46), oversight)

    assert document["figures"]["oversight"]["of_the_quarter"] == {"released_late": 1}


# --- the year ---------------------------------------------------------------------------------


def test_the_last_quarter_of_a_year_tells_the_harm_of_the_year(cases, oversight):
    _, document = frozen_at(RIPE, oversight)

    year = document["year"]
    assert (year["year"], year["harm"]) == (2025, {"reported": 1, "force_used": 0, "injuries": 0})


def test_tables_of_so_few_requests_are_withheld(cases, oversight):
    _, document = frozen_at(RIPE, oversight)

    tables = document["year"]["breakdowns"]
    assert [table["withheld"] for table in tables] == [True] * len(tables) != []


def test_no_other_quarter_tells_of_the_year(cases, oversight):
    _, document = frozen_at(RIPE + timedelta(days=100), oversight, "2026-Q1")

    assert document["year"] is None


# --- corrections ------------------------------------------------------------------------------


def test_a_correction_names_what_differs_and_what_it_replaces(cases, oversight, second, dispatcher):
    first, _ = frozen_at(RIPE, oversight)
    with clock(RIPE + timedelta(days=1)):
        releases.release_period(CODE, first.sha256, actor=second)
        changes = {"component": Component.CBP}
        workflow.correct(cases[1].pk, actor=dispatcher, changes=changes, reason="Misheard.")

    _, document = frozen_at(RIPE + timedelta(days=2), oversight, reason=CorrectionReason.FACTS_CORRECTED)

    assert (document["number"], document["reason"]) == (2, "facts_corrected")
    assert document["replaces"] == first.sha256
    found = {one["figure"]: (one["before"], one["after"]) for one in document["differences"]}
    assert found == {
        "oversight.corrections": (0, 1),
        "oversight.deviations.late_commander_contact": (0, 1),
        "oversight.requests_corrected": (0, 1),
        "requests.components.cbp": (0, 1),
        "requests.components.ero": (2, 1),
        "rows": (1, 1),
    }


def test_a_number_of_calls_that_became_known_is_a_difference(cases, oversight, second):
    with clock(RIPE):
        make_release(CODE, oversight, second)
        releases.enter_calls(
            CODE, calls=68_000, source="Annual report", url="https://example.org/r", actor=oversight
        )

    _, document = frozen_at(RIPE + timedelta(days=1), oversight, reason=CorrectionReason.CALLS_FOR_SERVICE)

    found = {one["figure"]: (one["before"], one["after"]) for one in document["differences"]}
    assert found["calls_for_service.calls"] == (0, 68_000)
    assert "rows" not in found


def test_totals_of_yearly_tables_that_changed_are_differences(cases, oversight, second, commander):
    with clock(RIPE):
        make_release(CODE, oversight, second)
        waiting = take_up(cases[1], commander)
        workflow.decide(waiting.pk, actor=commander, choice=DECLINE)

    _, document = frozen_at(RIPE + timedelta(days=1), oversight, reason=CorrectionReason.CASES_WENT_ON)

    found = {one["figure"]: (one["before"], one["after"]) for one in document["differences"]}
    for table in ("division_outcome", "place_kind_outcome", "month_outcome"):
        assert found[f"year.breakdowns.{table}.all.decline"] == (0, 1)
        assert found[f"year.breakdowns.{table}.all.other"] == (1, 0)
    assert [name for name in found if name.startswith("year.breakdowns") and ".all." not in name] == []


# --- what stops it ----------------------------------------------------------------------------


def weak(document):
    """A table with a hidden number that is the total of its row less the others."""
    rows = list(Division.codes())
    cells = [[20, 20, 20] for _ in rows]
    cells[0][0] = None
    table = {
        "name": "division_outcome",
        "rows": rows,
        "columns": list(COLUMNS),
        "cells": cells,
        "row_totals": [60] * len(rows),
        "column_totals": [20 * len(rows)] * 3,
        "withheld": False,
    }
    return {**document, "year": {**document["year"], "breakdowns": [table]}}


def plant(actor, frozen, document):
    """Freeze this instead, past the register."""
    content = rfc8785.dumps(document)
    with transaction.atomic():
        ledger.set_actor(actor)
        return FrozenQuarter.objects.create(
            quarter=frozen.quarter,
            number=frozen.number,
            document=content,
            sha256=hashlib.sha256(content).hexdigest(),
            numbers=frozen.numbers,
            frozen_by=actor,
            entered_at=ledger.now(),
        )


def test_a_planted_weakness_is_not_published_and_the_number_is_named(cases, oversight, second):
    frozen, document = frozen_at(RIPE, oversight)
    with clock(RIPE + timedelta(hours=1)):
        planted = plant(oversight, frozen, weak(document))

    with clock(RIPE + timedelta(hours=2)), pytest.raises(workflow.Refused) as refused:
        releases.release_period(CODE, planted.sha256, actor=second)

    assert refused.value.kind == RefusalKind.ILLEGAL
    assert {reason.code for reason in refused.value.reasons} == {"tells_too_much"}
    assert f"table division_outcome of 2025, row {Division.codes()[0]}, column {COLUMNS[0]}" in str(
        refused.value
    )
    assert LedgerEntry.objects.latest("id").details["codes"][0] == "tells_too_much"


def test_a_weakness_in_what_is_public_stops_the_next_freezing(cases, oversight, second):
    frozen, document = frozen_at(RIPE, oversight)
    with clock(RIPE + timedelta(hours=1)):
        planted = plant(oversight, frozen, weak(document))
        publish_past_the_register(planted, second)

    with pytest.raises(workflow.Refused, match="table division_outcome of 2025"):
        frozen_at(RIPE + timedelta(days=100), oversight, "2026-Q1")

    assert not FrozenQuarter.objects.filter(quarter="2026-Q1").exists()


PUBLISH = """
WITH r AS (
    INSERT INTO requests_app_release (quarter, number, released_by_id, entered_at, note)
    VALUES (%s, 1, %s, register_now(), '') RETURNING id
)
INSERT INTO requests_app_releasedocument (release_id, frozen_id, document, entered_at)
SELECT r.id, %s, %s, register_now() FROM r
"""


def publish_past_the_register(frozen, actor):
    with transaction.atomic():
        ledger.set_actor(actor)
        with connection.cursor() as cursor:
            words = [frozen.quarter, actor.pk, frozen.pk, bytes(frozen.document)]
            cursor.execute(PUBLISH, words)
