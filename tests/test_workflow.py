"""Each act against every status: the legal ones succeed, every other is refused; and what each leaves."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from requests_app import permissions, workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest, Correction, Decision, LedgerEntry, User
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Channel,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    DeviationKind,
    DiscoveredBy,
    FieldAction,
    Ground,
    Outcome,
    ReasonCode,
    RefusalKind,
    RequestType,
    RetentionClass,
    ReviewFinding,
    Role,
    Status,
    Verification,
)
from tests import factories

pytestmark = pytest.mark.django_db


@dataclass
class Cast:
    dispatcher: User
    commander: User
    second_commander: User
    oversight: User
    second_oversight: User


@pytest.fixture
def demonstration_clock(demonstration):
    """The clock of the module; the fixture of the same name marks the database."""
    return clock


@pytest.fixture
def cast(demonstration, dispatcher, commander, second_commander, oversight):
    second_oversight = factories.make_user("O-302", Role.OVERSIGHT, display_name="Oversight Two")
    return Cast(dispatcher, commander, second_commander, oversight, second_oversight)


REPORT = workflow.Report(actions_taken=[FieldAction.SERVE_CRIMINAL_WARRANT])
CLEAR_DANGER = workflow.Assessment(
    danger_level=DangerLevel.CLEAR,
    danger_corroboration=Corroboration.OWN_EYES,
    danger_assessment="Shots heard.",
)


def in_two_years(act: Callable[..., object], case: AssistanceRequest, **given: object) -> object:
    with clock(timezone.now() + timedelta(days=2 * 366)):
        return act(case.pk, **given)


# How each act is done, by whom it is done when all is well.
ACTS: dict[Action, Callable[[AssistanceRequest, Cast], object]] = {
    Action.SAVE_INTAKE: lambda case, cast: workflow.save_intake(
        case.pk, actor=cast.dispatcher, intake=factories.make_intake()
    ),
    Action.ABANDON: lambda case, cast: workflow.abandon(
        case.pk, actor=cast.dispatcher, reason="Wrong number."
    ),
    Action.LOG: lambda case, cast: workflow.log(case.pk, actor=cast.dispatcher),
    Action.PAGE: lambda case, cast: workflow.page(case.pk, actor=cast.dispatcher),
    Action.ACKNOWLEDGE: lambda case, cast: workflow.acknowledge(case.pk, actor=cast.commander),
    Action.CLAIM: lambda case, cast: workflow.claim(case.pk, actor=cast.commander),
    Action.RELEASE: lambda case, cast: workflow.release(case.pk, actor=cast.commander),
    Action.VERIFY_CALLER: lambda case, cast: workflow.verify_caller(
        case.pk, actor=cast.commander, verification=Verification.VERIFIED_AT_SCENE, reason="Seen later."
    ),
    Action.RECORD_CALL: lambda case, cast: workflow.record_call(
        case.pk,
        actor=cast.commander,
        recorded=CallRecorded.YES,
        started_at=case.entered_at,
        recorder_reference="REC-2",
        reason="Entered later.",
    ),
    Action.SET_EVIDENCE: lambda case, cast: workflow.set_evidence(
        case.pk, actor=cast.commander, assessment=CLEAR_DANGER, reason="Seen later."
    ),
    Action.RECLASSIFY: lambda case, cast: workflow.reclassify(
        case.pk, actor=cast.commander, request_types=[RequestType.STANDBY], reason="Asked again."
    ),
    Action.REQUEST_INFORMATION: lambda case, cast: workflow.request_information(
        case.pk, actor=cast.commander, needed="The court."
    ),
    Action.DECIDE: lambda case, cast: workflow.decide(case.pk, actor=cast.commander, choice=factories.ASSIST),
    Action.RADIO_DECISION: lambda case, cast: workflow.radio_decision(
        case.pk, actor=cast.dispatcher, officer_id=cast.commander.pk, choice=factories.DECLINE
    ),
    Action.CONFIRM: lambda case, cast: workflow.confirm(case.pk, actor=cast.commander),
    Action.AGREE: lambda case, cast: workflow.agree(case.pk, actor=cast.second_commander),
    Action.DISAGREE: lambda case, cast: workflow.disagree(
        case.pk, actor=cast.second_commander, reason="Officers were needed."
    ),
    Action.DISPATCH: lambda case, cast: workflow.dispatch(
        case.pk, actor=cast.dispatcher, units=["413"], officers=1
    ),
    Action.OFFICER_ARRIVES: lambda case, cast: workflow.officer_arrives(case.pk, actor=cast.dispatcher),
    Action.COMMANDER_ARRIVES: lambda case, cast: workflow.commander_arrives(case.pk, actor=cast.commander),
    Action.COMMANDER_ABSENT: lambda case, cast: workflow.commander_absent(
        case.pk, actor=cast.dispatcher, reason="At another scene."
    ),
    Action.STAND_DOWN: lambda case, cast: workflow.stand_down(case.pk, actor=cast.dispatcher),
    Action.REPORT_OUTCOME: lambda case, cast: workflow.report_outcome(
        case.pk, actor=cast.commander, report=REPORT
    ),
    Action.WITHDRAW: lambda case, cast: workflow.withdraw(
        case.pk, actor=cast.dispatcher, reason="Rang back."
    ),
    Action.CORRECT: lambda case, cast: workflow.correct(
        case.pk, actor=cast.dispatcher, changes={"cad_event_number": "CAD-9"}, reason="Mistyped."
    ),
    Action.REOPEN: lambda case, cast: workflow.reopen(case.pk, actor=cast.commander, reason="New facts."),
    Action.REVEAL: lambda case, cast: workflow.reveal(case.pk, actor=cast.oversight, reason="Review."),
    Action.EXPLAIN: lambda case, cast: workflow.explain(
        case.pk,
        actor=cast.commander,
        kind=DeviationKind.CAD_NUMBER_MISSING,
        explanation="The system was down.",
    ),
    Action.REVIEW: lambda case, cast: workflow.review(
        case.pk, actor=cast.oversight, finding=ReviewFinding.IN_POLICY, note="Heard the recording."
    ),
    Action.FOLLOW_UP: lambda case, cast: workflow.follow_up(
        case.pk, actor=cast.oversight, question="Why late?"
    ),
    Action.ANSWER: lambda case, cast: workflow.answer(case.pk, actor=cast.commander, text="Traffic."),
    Action.HOLD: lambda case, cast: workflow.hold(
        case.pk,
        actor=cast.oversight,
        legal_hold=True,
        retention_class=RetentionClass.LITIGATION,
        retain_until=None,
        reason="A suit is announced.",
    ),
    Action.PROPOSE_ERASURE: lambda case, cast: in_two_years(
        workflow.propose_erasure, case, actor=cast.oversight, reason="Its time is over."
    ),
    Action.ERASE: lambda case, cast: in_two_years(
        workflow.erase, case, actor=cast.second_oversight, reason="Looked at, and agreed."
    ),
    Action.SYNC_DEVIATIONS: lambda case, cast: workflow.find_deviations(case.pk, actor=User.objects.system()),
}


def declined_under_danger(cast: Cast) -> AssistanceRequest:
    case = factories.make_decidable(cast.dispatcher, cast.commander, confirmed=False)
    workflow.set_evidence(case.pk, actor=cast.commander, assessment=CLEAR_DANGER)
    return workflow.decide(case.pk, actor=cast.commander, choice=factories.DECLINE)


def decided_by_radio(cast: Cast) -> AssistanceRequest:
    case = workflow.log(factories.make_request(cast.dispatcher).pk, actor=cast.dispatcher)
    return workflow.radio_decision(
        case.pk,
        actor=cast.dispatcher,
        officer_id=cast.commander.pk,
        choice=workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.WARRANT_NOT_CONFIRMED),
    )


def bring_on(case: AssistanceRequest, status: Status, cast: Cast) -> AssistanceRequest:
    """From decided to the field and to the end."""
    if status in (Status.IN_FIELD, Status.CLOSED):
        workflow.dispatch(case.pk, actor=cast.dispatcher, units=["412"], officers=2)
    if status == Status.CLOSED:
        workflow.report_outcome(case.pk, actor=cast.commander, report=REPORT)
    return case


def arrange(action: Action, status: Status, cast: Cast) -> AssistanceRequest:
    """A case in this status in which everything is there that the act asks for besides."""
    if action in (Action.AGREE, Action.DISAGREE):
        return bring_on(declined_under_danger(cast), status, cast)
    if action == Action.CONFIRM:
        return bring_on(decided_by_radio(cast), status, cast)
    case = factories.make_case_in(status, dispatcher=cast.dispatcher, commander=cast.commander)
    if action in (Action.COMMANDER_ABSENT, Action.STAND_DOWN):
        workflow.dispatch(case.pk, actor=cast.dispatcher, units=["412"], officers=2)
        if status == Status.CLOSED and action == Action.COMMANDER_ABSENT:
            case.dispatch.refresh_from_db()
    if action == Action.EXPLAIN:
        workflow.correct(
            case.pk, actor=cast.dispatcher, changes={"cad_event_number": ""}, reason="Was wrong."
        )
    if action in (Action.FOLLOW_UP, Action.ANSWER):
        ACTS[Action.REVIEW](case, cast)
    if action == Action.ANSWER:
        ACTS[Action.FOLLOW_UP](case, cast)
    if action in (Action.PROPOSE_ERASURE, Action.ERASE):
        workflow.hold(
            case.pk,
            actor=cast.oversight,
            legal_hold=False,
            retention_class=RetentionClass.STANDARD,
            retain_until=date(2017, 9, 22),
            reason="The schedule.",
        )
    if action == Action.ERASE:
        ACTS[Action.PROPOSE_ERASURE](case, cast)
        # What is erased was committed long ago: let the checks of a commit run now.
        connection.check_constraints()
    return case


LEGAL = [(action, status) for action, move in workflow.MOVES.items() for status in sorted(move.sources)]
# The commander of a closed case came; officers sent from "decided" are in the field at once.
MOVED_ON = {
    (Action.COMMANDER_ABSENT, Status.CLOSED),
    (Action.COMMANDER_ABSENT, Status.DECIDED),
    (Action.STAND_DOWN, Status.DECIDED),
}


@pytest.mark.parametrize(
    ("action", "status"),
    [pair for pair in LEGAL if pair not in MOVED_ON],
    ids=lambda value: value.name.lower(),
)
def test_a_legal_act_succeeds_and_is_in_the_ledger(action, status, cast):
    case = arrange(action, status, cast)

    ACTS[action](AssistanceRequest.objects.get(pk=case.pk), cast)

    after = AssistanceRequest.objects.get(pk=case.pk)
    entry = LedgerEntry.objects.filter(case=case).latest("id")
    assert (entry.action, entry.refusal) == (action, "")
    assert after.status in workflow.MOVES[action].targets | {status}


@pytest.mark.parametrize("status", list(Status))
def test_every_other_act_is_refused_and_changes_nothing(status, cast):
    case = AssistanceRequest.objects.get(
        pk=factories.make_case_in(status, dispatcher=cast.dispatcher, commander=cast.commander).pk
    )
    entries = LedgerEntry.objects.count()

    for action, move in workflow.MOVES.items():
        if status in move.sources:
            continue
        with pytest.raises(workflow.Refused) as refusal:
            ACTS[action](case, cast)
        assert refusal.value.reasons[0].code == "illegal_move", action

    assert AssistanceRequest.objects.get(pk=case.pk).revision == case.revision
    assert LedgerEntry.objects.count() == entries


@pytest.mark.parametrize("action", list(workflow.MOVES), ids=lambda action: action.name.lower())
def test_an_act_is_refused_to_who_does_not_hold_it(action, cast, outsider, administrator):
    status = sorted(workflow.MOVES[action].sources)[0]
    case = arrange(action, status, cast)

    for person in (outsider, administrator):
        with pytest.raises(workflow.Refused) as refusal:
            act_as(person, action, case)
        assert refusal.value.kind == RefusalKind.FORBIDDEN


def act_as(person: User, action: Action, case: AssistanceRequest) -> object:
    if action == Action.SYNC_DEVIATIONS:
        return workflow.find_deviations(case.pk, actor=person)
    return ACTS[action](case, Cast(person, person, person, person, person))


def test_every_action_of_the_table_of_moves_is_granted_or_the_systems():
    granted = set().union(*permissions.GRANTS.values()) | permissions.SYSTEM_ACTIONS

    assert set(workflow.MOVES) <= granted
    assert set(workflow.MOVES) == set(workflow.TRANSITIONS) == set(ACTS)


# --- the four traces --------------------------------------------------------------------------


def test_logging_leaves_row_revision_entry_and_job(cast):
    factories.make_duty(cast.commander)
    case = factories.make_request(cast.dispatcher)

    workflow.log(case.pk, actor=cast.dispatcher)

    case.refresh_from_db()
    revision = case.history.get(revision=case.revision)
    entry = case.ledger_entries.get(case_revision=case.revision)
    assert case.status == Status.WAITING
    assert (revision.status, revision.history_user) == (Status.WAITING, cast.dispatcher)
    assert (entry.action, entry.actor) == (Action.LOG, cast.dispatcher)
    assert case.pages.get().officer == cast.commander
    assert ProcrastinateJob.objects.filter(task_name="requests_app.tasks.send_page").count() == 1


def test_the_reason_is_in_history_and_ledger(cast):
    case = factories.make_request(cast.dispatcher)

    workflow.abandon(case.pk, actor=cast.dispatcher, reason="A test of the line.")

    assert case.history.latest("revision").history_change_reason == "A test of the line."
    assert case.ledger_entries.latest("id").details["reason"] == "A test of the line."


def test_numbers_have_no_gaps_when_an_intake_fails(cast):
    first = factories.make_request(cast.dispatcher)
    with pytest.raises(workflow.Refused):
        factories.make_request(cast.dispatcher, received_at=timezone.now() + timedelta(hours=1))

    second = factories.make_request(cast.dispatcher)

    assert int(second.number[5:]) == int(first.number[5:]) + 1


# --- policy -----------------------------------------------------------------------------------


def test_assisting_without_a_ground_is_refused_and_recorded_as_blocked(cast):
    case = factories.make_decidable(cast.dispatcher, cast.commander, confirmed=False)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.attempt(workflow.decide, case.pk, actor=cast.commander, choice=factories.ASSIST)

    assert refusal.value.kind == RefusalKind.POLICY
    entry = case.ledger_entries.get(refusal=RefusalKind.POLICY)
    assert "no_ground" in entry.details["codes"]
    assert not Decision.objects.filter(case=case).exists()


def test_a_radio_decision_to_assist_without_a_ground_is_refused(cast):
    case = workflow.log(factories.make_request(cast.dispatcher).pk, actor=cast.dispatcher)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.radio_decision(
            case.pk, actor=cast.dispatcher, officer_id=cast.commander.pk, choice=factories.ASSIST
        )

    assert refusal.value.kind == RefusalKind.POLICY


def test_a_decision_keeps_facts_verdict_findings_and_the_policys_hash(cast):
    case = factories.make_decided(cast.dispatcher, cast.commander)

    decision = case.decisions.get()
    facts, verdict = workflow.verdict_on(case, at=decision.entered_at)
    assert decision.facts == facts.as_dict()
    assert decision.verdict["policy_sha256"] == decision.policy_sha256 == verdict.policy_sha256
    assert decision.grounds == [Ground.CRIMINAL_WARRANT]
    assert "findings" in decision.verdict


def test_a_new_decision_supersedes_and_the_old_one_stays(cast):
    case = factories.make_decided(cast.dispatcher, cast.commander)
    workflow.reopen(case.pk, actor=cast.commander, reason="The warrant was recalled.")

    workflow.decide(case.pk, actor=cast.commander, choice=factories.DECLINE)

    first, second = case.decisions.order_by("sequence")
    assert second.supersedes == first
    assert [first.outcome, second.outcome] == [Outcome.ASSIST, Outcome.DECLINE]


def test_declining_under_danger_wants_words_and_a_second_officer(cast):
    case = factories.make_decidable(cast.dispatcher, cast.commander, confirmed=False)
    workflow.set_evidence(case.pk, actor=cast.commander, assessment=CLEAR_DANGER)
    silent = workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.OFFICERS_ASSESSMENT)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.decide(case.pk, actor=cast.commander, choice=silent)
    workflow.decide(case.pk, actor=cast.commander, choice=factories.DECLINE)

    assert refusal.value.reasons[0].field == "reason_text"
    with pytest.raises(workflow.Refused, match="Another officer"):
        workflow.agree(case.pk, actor=cast.commander)
    workflow.agree(case.pk, actor=cast.second_commander)
    with pytest.raises(workflow.Refused, match="already"):
        workflow.disagree(case.pk, actor=cast.second_commander, reason="No.")


def test_a_second_officer_who_disagrees_opens_the_request_again(cast):
    case = declined_under_danger(cast)

    after = workflow.disagree(case.pk, actor=cast.second_commander, reason="Officers were needed.")

    assert (after.status, after.claimed_by) == (Status.UNDER_REVIEW, cast.second_commander)
    assert case.decisions.count() == 1


# --- separation of duties ---------------------------------------------------------------------


def under_review_of_its_logger(cast: Cast, **over: object) -> AssistanceRequest:
    case = factories.make_request(cast.commander, **over)
    workflow.log(case.pk, actor=cast.commander)
    return workflow.claim(case.pk, actor=cast.commander)


NO_GROUND = workflow.Choice(
    outcome=Outcome.DECLINE, reason_code=ReasonCode.NO_GROUND, reason_text="Nothing is shown."
)


def test_who_logged_a_request_does_not_decide_it(cast):
    case = under_review_of_its_logger(cast)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.decide(case.pk, actor=cast.commander, choice=NO_GROUND)

    assert refusal.value.reasons[0].code == "own_intake"


def test_an_officer_who_was_called_directly_may_and_it_is_a_deviation(cast):
    case = under_review_of_its_logger(cast, channel=Channel.COMMANDER_DIRECT)

    workflow.decide(case.pk, actor=cast.commander, choice=NO_GROUND)

    assert DeviationKind.DECIDED_OWN_INTAKE in factories.kinds(case)


def test_nobody_else_answering_an_emergency_for_ten_minutes_lets_the_logger_decide(cast, demonstration_clock):
    start = timezone.now() - timedelta(hours=1)
    with demonstration_clock(start):
        case = under_review_of_its_logger(
            cast, received_at=start - timedelta(minutes=1), grounds_claimed=[Ground.PUBLIC_DANGER]
        )
        with pytest.raises(workflow.Refused):
            workflow.decide(case.pk, actor=cast.commander, choice=NO_GROUND)

    with demonstration_clock(start + timedelta(minutes=11)):
        workflow.decide(case.pk, actor=cast.commander, choice=NO_GROUND)

    assert DeviationKind.DECIDED_OWN_INTAKE in factories.kinds(case)


def test_who_decided_does_not_review(cast):
    both = factories.make_user("B-601", "commanding_officer", "oversight")
    case = factories.make_decided(cast.dispatcher, both)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.review(case.pk, actor=both, finding=ReviewFinding.IN_POLICY, note="Well done.")

    assert refusal.value.reasons[0].code == "took_part"


def test_oversight_takes_no_live_call_and_enters_what_was_found_later(cast):
    with pytest.raises(workflow.Refused) as refusal:
        factories.make_request(cast.oversight)

    case = factories.make_request(cast.oversight, discovered_by=DiscoveredBy.AUDIT)

    assert refusal.value.kind == RefusalKind.FORBIDDEN
    assert case.status == Status.INTAKE


def test_only_the_officer_who_claimed_it_handles_it(cast):
    case = factories.make_decidable(cast.dispatcher, cast.commander)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.decide(case.pk, actor=cast.second_commander, choice=factories.ASSIST)
    workflow.release(case.pk, actor=cast.second_commander, reason="Commander One is off duty.")
    workflow.claim(case.pk, actor=cast.second_commander)
    workflow.decide(case.pk, actor=cast.second_commander, choice=factories.ASSIST)

    assert refusal.value.reasons[0].code == "claimed_by_another"


# --- forms sent twice, and stale --------------------------------------------------------------


def submission(case: AssistanceRequest | None = None, *, said: bytes = b"a") -> workflow.Submission:
    return workflow.Submission(
        key=uuid.uuid4(), digest=said.ljust(32, b"-"), revision=case.revision if case else None
    )


def test_the_same_form_twice_is_one_act(cast):
    case = factories.make_decidable(cast.dispatcher, cast.commander)
    form = submission(case)
    workflow.decide(case.pk, actor=cast.commander, choice=factories.ASSIST, submission=form)

    with pytest.raises(workflow.AlreadyDone) as done:
        workflow.decide(case.pk, actor=cast.commander, choice=factories.ASSIST, submission=form)

    assert done.value.case_id == case.pk
    assert case.decisions.count() == 1


def test_the_same_first_save_twice_is_one_case(cast):
    form = submission()
    case = workflow.save_intake(None, actor=cast.dispatcher, intake=factories.make_intake(), submission=form)

    with pytest.raises(workflow.AlreadyDone) as done:
        workflow.save_intake(None, actor=cast.dispatcher, intake=factories.make_intake(), submission=form)

    assert done.value.case_id == case.pk
    assert AssistanceRequest.objects.count() == 1


def test_one_key_for_two_different_forms_is_refused(cast):
    case = factories.make_request(cast.dispatcher)
    form = submission(case)
    workflow.log(case.pk, actor=cast.dispatcher, submission=form)
    other = workflow.Submission(key=form.key, digest=b"b" * 32)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.log(case.pk, actor=cast.dispatcher, submission=other)

    assert refusal.value.reasons[0].code == "key_reused"


def test_a_stale_form_is_refused(cast):
    case = factories.make_decidable(cast.dispatcher, cast.commander)
    form = submission(case)
    ACTS[Action.RECLASSIFY](case, cast)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.decide(case.pk, actor=cast.commander, choice=factories.ASSIST, submission=form)

    assert refusal.value.kind == RefusalKind.STALE


# --- facts that change afterwards -------------------------------------------------------------


def test_evidence_set_after_the_decision_is_a_correction_with_a_reason(cast):
    case = factories.make_decided(cast.dispatcher, cast.commander)
    crime = workflow.Assessment(crime_status=CrimeStatus.PAST, crime_basis=CrimeBasis.OWN_REPORT)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.set_evidence(case.pk, actor=cast.commander, assessment=crime)
    workflow.set_evidence(case.pk, actor=cast.commander, assessment=crime, reason="The report was found.")

    assert refusal.value.reasons[0].field == "reason"
    assert set(Correction.objects.values_list("field", flat=True)) == {
        "evidence.crime_status",
        "evidence.crime_basis",
    }


def test_a_correction_of_a_restricted_field_shows_no_value(cast):
    case = factories.make_request(cast.dispatcher)

    workflow.correct(
        case.pk, actor=cast.dispatcher, changes={"location": "2 Canary Street"}, reason="Misheard."
    )

    row = case.corrections.get()
    assert (row.is_restricted, row.old, row.new) == (True, "", "")
    assert "Canary" not in bytes(case.ledger_entries.latest("id").private.private_bytes).decode()


def test_times_that_run_backwards_are_refused_with_the_constraints_sentence(cast):
    case = factories.make_in_field(cast.dispatcher, cast.commander)

    with pytest.raises(workflow.Refused, match="cannot arrive before being sent"):
        workflow.officer_arrives(
            case.pk, actor=cast.dispatcher, occurred_at=timezone.now() - timedelta(hours=2)
        )


def test_a_time_in_the_future_is_refused(cast):
    case = factories.make_in_field(cast.dispatcher, cast.commander)

    with pytest.raises(workflow.Refused, match="in the future"):
        workflow.officer_arrives(
            case.pk, actor=cast.dispatcher, occurred_at=timezone.now() + timedelta(hours=2)
        )


def test_another_cases_document_is_refused(cast):
    other = factories.make_request(cast.dispatcher)
    case = factories.make_decidable(cast.dispatcher, cast.commander)
    finding = workflow.DocumentFinding(document_id=other.documents.get().pk)

    with pytest.raises(workflow.Refused, match="no such document"):
        workflow.set_evidence(
            case.pk, actor=cast.commander, assessment=workflow.Assessment(), documents=[finding]
        )


def test_withdrawing_after_the_decision_is_only_noted(cast):
    case = factories.make_decided(cast.dispatcher, cast.commander)

    after = workflow.withdraw(case.pk, actor=cast.dispatcher, reason="Rang back.")

    assert (after.status, bool(after.withdrawn_at)) == (Status.DECIDED, True)


def test_time_running_out_declines_and_never_approves(cast, demonstration_clock):
    start = timezone.now() - timedelta(days=1)
    with demonstration_clock(start):
        case = factories.make_decidable(
            cast.dispatcher, cast.commander, confirmed=False, received_at=start - timedelta(minutes=1)
        )
        workflow.request_information(case.pk, actor=cast.commander, needed="Confirmation by the court.")

    case.refresh_from_db()
    verdicts = [
        workflow.verdict_on(case, at=start + timedelta(minutes=minutes))[1].outcome for minutes in (10, 241)
    ]

    assert verdicts == [Outcome.MORE_INFORMATION, Outcome.DECLINE]
    assert case.status == Status.INFORMATION_NEEDED


# --- paging -----------------------------------------------------------------------------------


def test_when_everybody_was_paged_a_person_goes_round_again_and_the_register_does_not(cast):
    factories.make_duty(cast.commander)
    factories.make_duty(cast.second_commander, order=2)
    case = workflow.log(factories.make_request(cast.dispatcher).pk, actor=cast.dispatcher)
    workflow.page(case.pk, actor=User.objects.system())

    with pytest.raises(workflow.Refused, match="no other commanding officer"):
        workflow.page(case.pk, actor=User.objects.system())
    workflow.page(case.pk, actor=cast.dispatcher)
    workflow.page(case.pk, actor=cast.dispatcher)

    asked = list(case.pages.order_by("order").values_list("officer__badge_number", flat=True))
    assert asked == ["C-201", "C-202", "C-201", "C-202"]


def test_paging_nobody_is_not_called_done(dispatcher):
    case = workflow.log(factories.make_request(dispatcher).pk, actor=dispatcher)

    with pytest.raises(workflow.Refused, match="no other commanding officer"):
        workflow.page(case.pk, actor=dispatcher)


def test_who_reads_the_restricted_fields_plainly_has_nothing_to_reveal(cast):
    case = factories.make_request(cast.dispatcher)

    with pytest.raises(workflow.Refused, match="see these fields already"):
        workflow.reveal(case.pk, actor=cast.dispatcher, reason="To call back.")
