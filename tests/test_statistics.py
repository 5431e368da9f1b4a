"""The figures for the public: what is counted, in which quarter, and what can never be among them."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import get_args, get_origin, get_type_hints

import pytest

from requests_app import statistics, workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest
from requests_app.statistics import Quarter
from requests_app.statistics._counts import minutes_of
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Channel,
    Choice,
    Component,
    Confirmation,
    DeviationKind,
    Direction,
    DiscoveredBy,
    DispatchMode,
    Division,
    DocumentClass,
    FieldAction,
    Ground,
    Outcome,
    PlaceKind,
    ReasonCode,
    RequestType,
    ReviewFinding,
    Status,
    Verification,
)
from tests.factories import (
    ASSIST,
    confirm_warrant,
    make_closed,
    make_decidable,
    make_decided,
    make_release,
    make_request,
)

FIRST, SECOND = Quarter(2026, 1), Quarter(2026, 2)
IN_FIRST = datetime(2026, 2, 10, 15, tzinfo=UTC)
IN_SECOND = datetime(2026, 5, 10, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NO_GROUND = workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.NO_GROUND)


def at(moment, make, *people, **given):
    """A case made while the register's clock stands at this moment, received a minute before."""
    given.setdefault("received_at", moment - MINUTE)
    with clock(moment):
        return make(*people, **given)


def later(moment, act, case, **given):
    with clock(moment):
        return act(case.pk, **given)


def logged(dispatcher, **given):
    return workflow.log(make_request(dispatcher, **given).pk, actor=dispatcher)


def of_first():
    return statistics.conduct([FIRST])[0]


# --- quarters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "quarter"),
    [
        (datetime(2026, 1, 1, 4, 59, 59, tzinfo=UTC), "2025-Q4"),
        (datetime(2026, 1, 1, 5, tzinfo=UTC), "2026-Q1"),
        (datetime(2026, 7, 1, 3, 59, 59, tzinfo=UTC), "2026-Q2"),
        (datetime(2026, 7, 1, 4, tzinfo=UTC), "2026-Q3"),
    ],
)
def test_a_quarter_begins_at_midnight_in_louisville(moment, quarter):
    assert str(Quarter.containing(moment)) == quarter


def test_a_quarter_ends_where_the_next_begins():
    assert Quarter(2025, 4).ends_at == Quarter(2026, 1).starts_at == datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert (Quarter(2025, 4).next, Quarter(2026, 1).previous) == (Quarter(2026, 1), Quarter(2025, 4))


def test_a_quarter_is_public_thirty_days_after_its_end():
    assert FIRST.public_from == FIRST.ends_at + timedelta(days=30)


@pytest.mark.parametrize(
    "code", ["", "2026", "2026-Q0", "2026-Q5", "2026-q1", " 2026-Q1", "٢٠٢٦-Q1", "2026-Q1\n"]
)
def test_a_quarter_is_written_in_one_way(code):
    assert Quarter.of("2026-Q1") == FIRST
    with pytest.raises(ValueError, match="is no quarter"):
        Quarter.of(code)


# --- what is counted --------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_request_counts_in_the_quarter_in_which_it_was_received(demonstration, dispatcher):
    midnight = FIRST.ends_at
    at(midnight, logged, dispatcher, received_at=midnight - timedelta(microseconds=1))
    at(midnight, logged, dispatcher, received_at=midnight)

    first, second = statistics.conduct([FIRST, SECOND])

    assert (first.requests.total, second.requests.total) == (1, 1)


@pytest.mark.django_db
def test_exercises_abandoned_and_unlogged_intakes_enter_no_total(demonstration, dispatcher):
    with clock(IN_FIRST):
        intake = make_request(dispatcher, received_at=IN_FIRST - MINUTE)
        abandoned = make_request(dispatcher, received_at=IN_FIRST - MINUTE)
        workflow.abandon(abandoned.pk, actor=dispatcher, reason="Wrong number.")
        exercise = workflow.save_intake(
            None,
            actor=dispatcher,
            intake=workflow.Intake(
                received_at=IN_FIRST - MINUTE,
                what_was_said="A drill.",
                types_at_intake=[RequestType.STANDBY],
                cad_event_number="1",
            ),
            is_exercise=True,
        )
        workflow.log(exercise.pk, actor=dispatcher)

    found = of_first()

    assert intake.status == Status.INTAKE
    assert found.requests.total == 0
    assert (found.beside.exercises, found.beside.abandoned, found.beside.unlogged) == (1, 1, 1)


@pytest.mark.django_db
def test_what_was_asked_is_counted_by_code(demonstration, dispatcher):
    given = {"component": Component.HSI, "channel": Channel.CHAT, "direction": Direction.OUTBOUND}
    at(IN_FIRST, logged, dispatcher, **given)
    at(IN_FIRST, logged, dispatcher, types_at_intake=[RequestType.STANDBY, RequestType.PERIMETER])

    found = of_first().requests

    assert found.directions == {Direction.INBOUND: 1, Direction.OUTBOUND: 1}
    assert found.components == {Component.ERO: 1, Component.HSI: 1}
    assert found.channels == {Channel.NON_EMERGENCY_LINE: 1, Channel.CHAT: 1}
    assert found.types_at_intake == {
        RequestType.PERIMETER: 1,
        RequestType.SERVE_WARRANT: 1,
        RequestType.STANDBY: 1,
    }
    assert found.statuses == {Status.WAITING: 2}


@pytest.mark.django_db
def test_the_first_and_the_last_classification_are_both_counted(demonstration, dispatcher, commander):
    case = at(IN_FIRST, make_decidable, dispatcher, commander)
    later(
        IN_FIRST,
        workflow.reclassify,
        case,
        actor=commander,
        request_types=[RequestType.KNOCK_AND_TALK],
        reason="So.",
    )

    found = of_first().requests

    assert found.types_at_intake == {RequestType.SERVE_WARRANT: 1}
    assert found.types_in_force == {RequestType.KNOCK_AND_TALK: 1}


@pytest.mark.django_db
def test_a_request_found_later_counts_in_its_own_quarter_and_as_found_later(demonstration, oversight):
    at(IN_SECOND, logged, oversight, received_at=IN_FIRST, discovered_by=DiscoveredBy.MEDIA)

    first, second = statistics.conduct([FIRST, SECOND])

    assert (first.requests.total, first.requests.late) == (1, 1)
    assert first.requests.found_later == {DiscoveredBy.MEDIA: 1}
    assert (second.requests.total, second.beside.of_earlier_quarters) == (0, 1)


@pytest.mark.django_db
def test_a_live_request_entered_after_its_quarter_is_found_later_too(demonstration, dispatcher):
    at(IN_SECOND, logged, dispatcher, received_at=IN_FIRST)

    found = of_first().requests

    assert (found.total, found.entered_after_quarter, found.found_later) == (1, 1, {})


# --- decisions --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_last_decision_counts(demonstration, dispatcher, commander):
    case = at(IN_FIRST, make_decided, dispatcher, commander, choice=NO_GROUND, confirmed=False)
    moment = IN_FIRST + timedelta(hours=1)
    later(moment, workflow.reopen, case, actor=commander, reason="A warrant came in.")
    with clock(moment):
        confirm_warrant(case, commander)
        workflow.decide(case.pk, actor=commander, choice=ASSIST)

    found = of_first().decisions

    assert found.outcomes == {Outcome.ASSIST: 1}
    assert found.grounds == found.main_grounds == {Ground.CRIMINAL_WARRANT: 1}
    assert found.reasons == {}


@pytest.mark.django_db
def test_requests_without_a_decision_are_withdrawn_or_undecided(demonstration, dispatcher, commander):
    case = at(IN_FIRST, logged, dispatcher)
    later(IN_FIRST, workflow.withdraw, case, actor=dispatcher, reason="They rang back.")
    at(IN_FIRST, logged, dispatcher)
    at(IN_FIRST, make_decided, dispatcher, commander, choice=NO_GROUND, confirmed=False)

    found = of_first().decisions

    assert (found.withdrawn_undecided, found.undecided, found.decided) == (1, 1, 1)
    assert found.reasons == {ReasonCode.NO_GROUND: 1}


@pytest.mark.parametrize(
    ("finding", "end"),
    [
        ({}, "as_claimed"),
        ({"confirmed_class": DocumentClass.ADMINISTRATIVE_WARRANT}, "of_another_class"),
        ({"confirmation": Confirmation.RECALLED}, "not_valid"),
        ({"confirmation": Confirmation.NOT_EXTRADITABLE}, "not_valid"),
        ({"matches_subject": False}, "not_valid"),
        ({"confirmation": Confirmation.UNCONFIRMED}, "unconfirmed"),
    ],
)
@pytest.mark.django_db
def test_a_claimed_warrant_counts_by_what_became_of_it(demonstration, dispatcher, commander, finding, end):
    case = at(IN_FIRST, make_decidable, dispatcher, commander, confirmed=False)
    whole = {
        "document_id": case.documents.get().pk,
        "confirmed_class": DocumentClass.CRIMINAL_WARRANT,
        "confirmation": Confirmation.CONFIRMED_ACTIVE,
    }
    document = workflow.DocumentFinding(**{**whole, **finding})
    given = {"assessment": workflow.Assessment(), "documents": [document]}
    later(IN_FIRST, workflow.set_evidence, case, actor=commander, **given)

    claim = of_first().decisions.papers[DocumentClass.CRIMINAL_WARRANT]

    ends = {
        name
        for name in ("as_claimed", "of_another_class", "not_valid", "unconfirmed")
        if getattr(claim, name)
    }
    assert (claim.named, ends) == (1, {end})


@pytest.mark.django_db
def test_a_paper_that_was_struck_does_not_count(demonstration, dispatcher, commander):
    case = at(IN_FIRST, make_decidable, dispatcher, commander, confirmed=False)
    document = workflow.DocumentFinding(document_id=case.documents.get().pk, struck=True)
    given = {"assessment": workflow.Assessment(), "documents": [document]}
    later(IN_FIRST, workflow.set_evidence, case, actor=commander, **given)

    assert of_first().decisions.papers == {}


# --- minutes ----------------------------------------------------------------------------------


def minutes(*values):
    found = minutes_of(timedelta(minutes=value) for value in values)
    return found.counted, found.median, found.nine_in_ten


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), (0, None, None)),
        ((7,), (1, 7, 7)),
        ((9, 1), (2, 1, 9)),
        ((5, 1, 3), (3, 3, 5)),
        (range(1, 11), (10, 5, 9)),
        (range(1, 12), (11, 6, 10)),
        ((0.1, 1.5), (2, 1, 2)),
        ((-3,), (1, 0, 0)),
    ],
)
def test_median_and_ninth_decile_are_values_that_occurred(values, expected):
    assert minutes(*values) == expected


@pytest.mark.django_db
def test_minutes_run_from_the_request_to_the_first_call_and_the_first_decision(
    demonstration, dispatcher, commander
):
    case = at(IN_FIRST, make_decidable, dispatcher, commander, received_at=IN_FIRST - 3.5 * MINUTE)
    for wait in (10, 30):
        moment = IN_FIRST + wait * MINUTE
        if wait == 30:
            later(moment, workflow.reopen, case, actor=commander, reason="New facts.")
        later(moment, workflow.decide, case, actor=commander, choice=ASSIST)

    found = of_first().decisions

    assert (found.to_contact.counted, found.to_contact.median) == (1, 4)
    assert (found.to_decision.counted, found.to_decision.median) == (1, 14)


@pytest.mark.parametrize("given", [{"direction": Direction.OUTBOUND}, {"discovered_by": DiscoveredBy.AUDIT}])
@pytest.mark.django_db
def test_contacts_that_police_made_and_requests_found_later_are_not_timed(
    demonstration, dispatcher, commander, given
):
    choice = workflow.Choice(outcome=Outcome.RECORD_ONLY)
    at(IN_FIRST, make_decided, dispatcher, commander, choice=choice, confirmed=False, **given)

    found = of_first().decisions

    assert found.outcomes == {Outcome.RECORD_ONLY: 1}
    assert (found.to_contact.counted, found.to_decision.counted) == (0, 0)


@pytest.mark.django_db
def test_calls_are_counted_by_whether_they_were_recorded(demonstration, dispatcher, commander):
    case = at(IN_FIRST, make_decidable, dispatcher, commander)
    later(
        IN_FIRST,
        workflow.record_call,
        case,
        actor=commander,
        recorded=CallRecorded.FAILED,
        started_at=IN_FIRST,
    )

    assert of_first().decisions.calls == {CallRecorded.YES: 1, CallRecorded.FAILED: 1}


@pytest.mark.django_db
def test_a_decision_without_any_call_is_counted(demonstration, dispatcher, commander):
    with clock(IN_FIRST):
        case = logged(dispatcher, received_at=IN_FIRST - MINUTE)
        workflow.claim(case.pk, actor=commander)
        workflow.decide(case.pk, actor=commander, choice=NO_GROUND)

    assert of_first().decisions.decided_without_call == 1


# --- the field --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_officers_sent_after_the_decision(demonstration, dispatcher, commander):
    at(IN_FIRST, make_closed, dispatcher, commander)

    found = of_first().field

    assert found.modes == {DispatchMode.AFTER_DECISION: 1}
    assert (found.officers, found.officer_minutes, found.reported) == (2, 60, 1)
    assert (found.commander_attended, found.commander_did_not) == (1, 0)
    assert found.actions == {FieldAction.SERVE_CRIMINAL_WARRANT: 1}


def sent_first(dispatcher, commander, *, danger):
    """Officers are sent while the request waits; a decision comes ten minutes later."""
    claim = {"danger_articulated": "Shots."} if danger else {}
    case = at(IN_FIRST, logged, dispatcher, **claim)
    later(IN_FIRST, workflow.dispatch, case, actor=dispatcher, units=["412"], officers=3)
    with clock(IN_FIRST + 10 * MINUTE):
        workflow.claim(case.pk, actor=commander)
        workflow.verify_caller(
            case.pk, actor=commander, verification=Verification.VERIFIED_CALLBACK, method="Directory"
        )
        workflow.record_call(
            case.pk,
            actor=commander,
            recorded=CallRecorded.YES,
            started_at=IN_FIRST,
            recorder_reference="REC",
        )
        confirm_warrant(case, commander)
        if danger:
            workflow.set_evidence(
                case.pk,
                actor=commander,
                assessment=workflow.Assessment(danger_level="clear", danger_corroboration="own_eyes"),
            )
        choice = dataclasses.replace(ASSIST, scope_allowed=[FieldAction.PROTECT_LIFE])
        workflow.decide(case.pk, actor=commander, choice=choice)
    return case


@pytest.mark.parametrize(
    ("danger", "mode"),
    [(True, DispatchMode.EMERGENCY_BEFORE_DECISION), (False, DispatchMode.BEFORE_DECISION_IN_BREACH)],
)
@pytest.mark.django_db
def test_officers_sent_before_the_decision(demonstration, dispatcher, commander, danger, mode):
    case = sent_first(dispatcher, commander, danger=danger)

    found = of_first()

    assert found.field.modes == {mode: 1}
    in_breach = DeviationKind.DISPATCHED_BEFORE_DECISION in found.oversight.deviations
    assert in_breach is not danger, "the register's own finding agrees"
    assert case.dispatch.officers == found.field.officers == 3


@pytest.mark.django_db
def test_officers_sent_without_any_decision_are_judged_by_the_registers_finding(demonstration, dispatcher):
    case = at(IN_FIRST, logged, dispatcher)
    later(IN_FIRST, workflow.dispatch, case, actor=dispatcher, units=["412"], officers=1)

    assert of_first().field.modes == {DispatchMode.BEFORE_DECISION_IN_BREACH: 1}


@pytest.mark.django_db
def test_a_commander_who_did_not_come_is_counted(demonstration, dispatcher, commander):
    case = at(IN_FIRST, make_decided, dispatcher, commander)
    later(IN_FIRST, workflow.dispatch, case, actor=dispatcher, units=["412"], officers=1)

    found = of_first().field

    assert (found.commander_attended, found.commander_did_not, found.ordinary_service) == (0, 1, 0)


@pytest.mark.django_db
def test_an_ordinary_service_needs_no_commander(demonstration, dispatcher, commander):
    choice = workflow.Choice(outcome=Outcome.ORDINARY_SERVICE)
    asked = {"types_at_intake": [RequestType.ORDINARY_SERVICE], "confirmed": False, "document_class": ""}
    case = at(IN_FIRST, make_decided, dispatcher, commander, choice=choice, **asked)
    later(IN_FIRST, workflow.dispatch, case, actor=dispatcher, units=["412"], officers=1)

    found = of_first().field

    assert (found.commander_attended, found.commander_did_not, found.ordinary_service) == (0, 0, 1)


@pytest.mark.django_db
def test_force_and_injuries_are_counted_by_the_year_and_only_when_it_is_public(
    demonstration, dispatcher, commander
):
    case = at(IN_FIRST, make_decided, dispatcher, commander)
    report = workflow.Report(actions_taken=[FieldAction.OTHER], force_used=True, injuries=2)
    later(IN_FIRST, workflow.report_outcome, case, actor=commander, report=report)
    public = datetime(2027, 1, 31, 5, tzinfo=UTC)

    assert statistics.harm(2026, at=public - MINUTE) is None
    assert statistics.harm(2026, at=public) == statistics.Harm(
        year=2026, reported=1, force_used=1, injuries=2
    )
    assert statistics.harm(2025, at=public) == statistics.Harm(
        year=2025, reported=0, force_used=0, injuries=0
    )


# --- oversight --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_deviations_that_stand_are_counted_and_those_explained(demonstration, dispatcher, commander):
    case = at(IN_FIRST, make_decided, dispatcher, commander)
    later(IN_FIRST, workflow.dispatch, case, actor=dispatcher, units=["412"], officers=1)
    later(IN_FIRST, workflow.commander_absent, case, actor=commander, reason="Another call.")
    kind = DeviationKind.COMMANDER_DID_NOT_ATTEND
    later(IN_FIRST, workflow.explain, case, actor=commander, kind=kind, explanation="Another call.")

    found = of_first().oversight
    assert (found.deviations, found.explained, found.requests_deviating) == ({kind: 1}, {kind: 1}, 1)

    later(IN_FIRST, workflow.commander_arrives, case, actor=commander)
    assert of_first().oversight.deviations == {}


@pytest.mark.django_db
def test_attempts_that_policy_blocked_are_counted(demonstration, dispatcher, commander):
    case = at(IN_FIRST, make_decidable, dispatcher, commander, confirmed=False)
    for _ in range(2):
        with clock(IN_FIRST), pytest.raises(workflow.Refused):
            workflow.attempt(workflow.decide, case.pk, actor=commander, choice=ASSIST)
    with clock(IN_FIRST), pytest.raises(workflow.Refused):
        workflow.attempt(workflow.claim, case.pk, actor=dispatcher)

    found = of_first().oversight

    assert (found.blocked, found.requests_blocked) == ({Action.DECIDE: 2}, 1)


@pytest.mark.django_db
def test_reviews_questions_and_corrections_are_counted(demonstration, dispatcher, commander, oversight):
    case = at(IN_FIRST, make_decided, dispatcher, commander)
    moment = IN_SECOND
    finding = ReviewFinding.IN_POLICY_WITH_REMARKS
    later(moment, workflow.review, case, actor=oversight, finding=finding, note="Slow.")
    later(moment, workflow.follow_up, case, actor=oversight, question="Why so slow?")
    later(moment, workflow.answer, case, actor=commander, text="Two calls at once.")
    changes = {"channel": Channel.FAX, "component": Component.CBP}
    later(moment, workflow.correct, case, actor=commander, changes=changes, reason="Misread.")

    found = of_first().oversight

    assert found.findings == {finding: 1}
    assert (found.requests_reviewed, found.review_wanted, found.questions, found.answers) == (1, 1, 1, 1)
    assert (found.corrections, found.requests_corrected) == (2, 1)


@pytest.mark.django_db
def test_a_release_of_the_quarter_is_counted_and_a_late_one_is_its_deviation(
    demonstration, dispatcher, oversight
):
    at(IN_FIRST, logged, dispatcher)
    with clock(FIRST.ends_at + timedelta(days=60)):
        make_release(str(FIRST), oversight)

    found = of_first()

    assert found.releases == 1
    assert found.oversight.of_the_quarter == {DeviationKind.RELEASED_LATE: 1}
    assert found.oversight.deviations.get(DeviationKind.RELEASED_LATE) is None


# --- what can never be among them -------------------------------------------------------------

# Places, and codes that describe one person or place rather than conduct.
NOT_FOR_THE_PUBLIC = {Division, PlaceKind}


def leaves(kind):
    """Every type that a figure can hold, down to the last."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is not None or parts:
        found = {Mapping} if origin is Mapping else set()
        assert origin is Mapping or origin.__name__ == "UnionType", kind
        return found.union(*(leaves(part) for part in parts)) - {Mapping}
    if dataclasses.is_dataclass(kind):
        return set().union(*(leaves(hint) for hint in get_type_hints(kind).values()))
    return {kind}


@pytest.mark.parametrize("figures", [statistics.Conduct, statistics.Harm])
def test_no_figure_can_hold_a_name_a_number_a_place_or_a_time_of_day(figures):
    for kind in leaves(figures):
        assert kind in (int, type(None)) or issubclass(kind, Choice), kind
        assert kind not in NOT_FOR_THE_PUBLIC


@pytest.mark.django_db
def test_no_column_with_text_a_person_or_a_place_is_read(
    demonstration, dispatcher, commander, oversight, django_assert_max_num_queries
):
    case = at(IN_FIRST, make_closed, dispatcher, commander)
    later(IN_FIRST, workflow.review, case, actor=oversight, finding=ReviewFinding.IN_POLICY, note="Fine.")

    with django_assert_max_num_queries(20) as queries:
        of_first()
        statistics.harm(2026, at=datetime(2027, 3, 1, tzinfo=UTC))

    read = " ".join(query["sql"] for query in queries.captured_queries)
    forbidden = [
        "what_was_said",
        "division",
        "place_kind",
        "display_name",
        "badge_number",
        "restricteddetails",
    ]
    forbidden += ["reason_text", "narrative", "note", "explanation", "document_number", "cad_event_number"]
    forbidden += ["location", "units", "private_bytes", "court", "recorder_reference", "public_id", "_by_id"]
    assert [word for word in forbidden if word in read] == []


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_requests(
    demonstration, dispatcher, commander, django_assert_num_queries
):
    at(IN_FIRST, make_closed, dispatcher, commander)
    with django_assert_num_queries(11):
        statistics.conduct([FIRST, SECOND])

    at(IN_FIRST, make_closed, dispatcher, commander)
    at(IN_SECOND, make_closed, dispatcher, commander)
    with django_assert_num_queries(11):
        statistics.conduct([FIRST, SECOND])
    assert AssistanceRequest.objects.count() == 3
