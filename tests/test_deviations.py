"""Each deviation appears by itself when policy was not followed, and not otherwise."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest, Threshold, User
from requests_app.vocabulary import (
    CadAbsence,
    CallRecorded,
    Channel,
    Corroboration,
    DangerLevel,
    DeviationKind,
    FieldAction,
    Ground,
    Outcome,
    ReasonCode,
    RequestType,
    ReviewFinding,
    Verification,
)
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

START = timezone.now().replace(microsecond=0) - timedelta(days=40)
DECLINE = workflow.Choice(
    outcome=Outcome.DECLINE, reason_code=ReasonCode.NO_GROUND, reason_text="Nothing shown."
)
ORDINARY = workflow.Choice(outcome=Outcome.ORDINARY_SERVICE, reason_text="A collision, as anyone would get.")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class Life:
    """A case told minute by minute under the demonstration's clock."""

    def __init__(self, dispatcher: User, commander: User, **over: object) -> None:
        self.dispatcher, self.commander = dispatcher, commander
        with clock(START):
            intake = factories.make_intake(**{"received_at": START - minutes(1), **over})
            self.case = workflow.save_intake(None, actor=dispatcher, intake=intake)

    def at(self, minute: float, act, /, *, actor: User, **given: object) -> "Life":  # type: ignore[no-untyped-def]
        with clock(START + minutes(minute)):
            act(self.case.pk, actor=actor, **given)
        return self

    def logged(self, minute: float = 1) -> "Life":
        return self.at(minute, workflow.log, actor=self.dispatcher)

    def claimed(self, minute: float = 2) -> "Life":
        return self.at(minute, workflow.claim, actor=self.commander)

    def called(self, minute: float = 4, **over: object) -> "Life":
        given = {
            "recorded": CallRecorded.YES,
            "recorder_reference": "REC-1",
            "started_at": START + minutes(minute - 1),
            **over,
        }
        return self.at(minute, workflow.record_call, actor=self.commander, **given)

    def verified(self, minute: float = 5) -> "Life":
        given = {"verification": Verification.VERIFIED_CALLBACK, "method": "Directory"}
        return self.at(minute, workflow.verify_caller, actor=self.commander, **given)

    def confirmed(self, minute: float = 6) -> "Life":
        with clock(START + minutes(minute)):
            factories.confirm_warrant(self.case, self.commander)
        return self

    def danger(self, minute: float = 6) -> "Life":
        assessment = workflow.Assessment(
            danger_level=DangerLevel.CLEAR, danger_corroboration=Corroboration.OWN_EYES
        )
        return self.at(minute, workflow.set_evidence, actor=self.commander, assessment=assessment)

    def decided(self, minute: float = 8, choice: workflow.Choice = factories.ASSIST) -> "Life":
        return self.at(minute, workflow.decide, actor=self.commander, choice=choice)

    def sent(self, minute: float = 10) -> "Life":
        return self.at(minute, workflow.dispatch, actor=self.dispatcher, units=["412"], officers=2)

    def arrived(self, minute: float = 15) -> "Life":
        return self.at(minute, workflow.officer_arrives, actor=self.dispatcher)

    def attended(self, minute: float = 20) -> "Life":
        return self.at(minute, workflow.commander_arrives, actor=self.commander)

    def closed(self, minute: float = 90, *done: FieldAction) -> "Life":
        report = workflow.Report(actions_taken=done or [FieldAction.SERVE_CRIMINAL_WARRANT])
        return self.at(minute, workflow.report_outcome, actor=self.commander, report=report)

    def seen_at(self, minute: float) -> set[str]:
        self.at(minute, workflow.find_deviations, actor=User.objects.system())
        return factories.kinds(self.case)

    @property
    def kinds(self) -> set[str]:
        return factories.kinds(self.case)


@pytest.fixture
def life(dispatcher, commander):
    return lambda **over: Life(dispatcher, commander, **over)


def test_a_request_handled_as_the_policy_says_has_no_deviation(life):
    told = life().logged().claimed().called().verified().confirmed().decided().sent().arrived().attended()

    assert told.closed().seen_at(60 * 24 * 2) == set()


def test_deciding_without_speaking_to_the_requester(life):
    told = life().logged().claimed().decided(choice=DECLINE)

    assert told.kinds == {DeviationKind.NO_COMMANDER_CONTACT}


def test_a_call_entered_afterwards_removes_it(life):
    told = life().logged().claimed().decided(choice=DECLINE)

    told.called(20, started_at=START + minutes(3), reason="Entered after the decision.")

    assert told.kinds == set()
    assert told.case.deviations.get().stands is False


@pytest.mark.parametrize(("minute", "late"), [(5.9, False), (6.1, True)])
def test_an_officer_who_answers_late(life, minute, late):
    told = life().logged(1).claimed(minute)

    assert (DeviationKind.LATE_COMMANDER_CONTACT in told.kinds) is late


def test_the_limit_is_shorter_in_an_emergency_and_is_data(life, administrator):
    told = life(grounds_claimed=[Ground.PUBLIC_DANGER]).logged(1)
    assert DeviationKind.LATE_COMMANDER_CONTACT in told.seen_at(3.5)

    limit = Threshold.objects.get(key="acknowledge")
    limit.emergency_minutes = 5
    factories.save_as(administrator, limit)

    assert DeviationKind.LATE_COMMANDER_CONTACT not in told.seen_at(3.6)


def test_deciding_ones_own_intake(dispatcher, commander):
    told = Life(commander, commander, channel=Channel.COMMANDER_DIRECT).logged().claimed().called()

    told.decided(choice=DECLINE)

    assert told.kinds == {DeviationKind.DECIDED_OWN_INTAKE}


@pytest.mark.parametrize(("minute", "late"), [(60, False), (75, True)])
def test_a_radio_decision_confirmed_too_late(life, commander, minute, late):
    told = life().logged().claimed().called()
    told.at(10, workflow.radio_decision, actor=told.dispatcher, officer_id=commander.pk, choice=DECLINE)

    told.at(minute, workflow.confirm, actor=commander)

    assert (DeviationKind.RADIO_DECISION_UNCONFIRMED in told.seen_at(500)) is late


@pytest.mark.parametrize("recorded", [CallRecorded.FAILED, CallRecorded.NO, CallRecorded.REFUSED_BY_CALLER])
def test_a_call_that_was_not_recorded(life, recorded):
    told = life().logged().claimed().called(recorded=recorded, recorder_reference="")

    assert told.kinds == {DeviationKind.NOT_RECORDED}


def test_recorded_without_the_recorders_reference_after_a_day(life):
    told = life().logged().claimed().called(recorder_reference="")

    assert told.seen_at(60 * 23) == set()
    assert told.seen_at(60 * 25) == {DeviationKind.NOT_RECORDED}


def test_officers_sent_before_the_decision_without_danger(life):
    told = life().logged().claimed().called().verified().sent(6).confirmed(7).decided(8)

    assert DeviationKind.DISPATCHED_BEFORE_DECISION in told.kinds


def test_officers_sent_before_the_decision_under_clear_danger(life):
    assist = workflow.Choice(outcome=Outcome.ASSIST, scope_allowed=[FieldAction.PROTECT_LIFE])
    told = life(grounds_claimed=[Ground.PUBLIC_DANGER], document_class="").logged().sent(1.5).claimed()

    told.called().verified().danger().decided(choice=assist)

    assert told.kinds == set()


def test_officers_sent_although_it_was_declined(life):
    told = life(document_class="").logged().claimed().called().verified().decided(choice=DECLINE).sent()

    assert DeviationKind.NO_GROUND in told.kinds


def test_ordinary_service_needs_no_ground(life):
    told = life(document_class="", types_at_intake=[RequestType.ORDINARY_SERVICE], grounds_claimed=[])
    told.logged().claimed().called().verified().decided(choice=ORDINARY).sent().arrived().closed()

    assert told.kinds == set()


def test_officers_sent_on_a_warrant_nobody_had_confirmed(life):
    told = life().logged().claimed().called().verified().sent(6)

    assert DeviationKind.WARRANT_NOT_CONFIRMED in told.kinds


def assisted(life) -> Life:  # type: ignore[no-untyped-def]
    return life().logged().claimed().called().verified().confirmed().decided().sent().arrived()


def test_a_commander_who_did_not_come(life):
    told = assisted(life).at(
        30, workflow.commander_absent, actor=life().dispatcher, reason="At another scene."
    )

    assert told.kinds == {DeviationKind.COMMANDER_DID_NOT_ATTEND}


@pytest.mark.parametrize(("minute", "late"), [(44, False), (46, True)])
def test_a_commander_who_came_late(life, minute, late):
    told = assisted(life).attended(minute)

    assert (DeviationKind.COMMANDER_ATTENDED_LATE in told.kinds) is late


def test_officers_sent_to_an_unverified_caller_without_urgency(life):
    told = life().logged().claimed().called().sent(6)

    assert DeviationKind.DISPATCHED_TO_UNVERIFIED_CALLER in told.kinds


@pytest.mark.parametrize(
    ("done", "exceeded"),
    [
        ([FieldAction.SERVE_CRIMINAL_WARRANT], False),
        ([FieldAction.SERVE_CRIMINAL_WARRANT, FieldAction.KNOCK_OR_CLEAR_FOR_FEDERAL], True),
        ([FieldAction.TAKE_REPORT], True),
    ],
)
def test_doing_more_than_the_decision_allowed(life, done, exceeded):
    told = assisted(life).attended().closed(90, *done)

    assert (DeviationKind.SCOPE_EXCEEDED in told.kinds) is exceeded


def test_an_entry_made_more_than_an_hour_after_receipt(life):
    assert life(received_at=START - minutes(61)).logged().kinds == {DeviationKind.ENTERED_LATE}
    assert life(received_at=START - minutes(59)).logged().kinds == set()


def test_a_missing_cad_number_unless_it_is_said_why(life):
    assert life(cad_event_number="").logged().kinds == {DeviationKind.CAD_NUMBER_MISSING}
    assert life(cad_event_number="", cad_absence=CadAbsence.CAD_DOWN).logged().kinds == set()


def test_officers_sent_without_a_cad_number_whatever_the_reason(life):
    told = life(cad_event_number="", cad_absence=CadAbsence.CAD_DOWN).logged().sent()

    assert DeviationKind.CAD_NUMBER_MISSING in told.kinds


def test_a_request_that_was_classified_wrongly_at_first(life):
    told = life().logged().claimed()

    told.at(5, workflow.reclassify, actor=told.commander, request_types=[RequestType.KNOCK_AND_TALK])

    assert told.kinds == {DeviationKind.RECLASSIFIED}


def test_a_review_that_is_overdue_stays_a_deviation_once_made(life, oversight):
    told = life().logged().claimed().called().decided(choice=DECLINE)
    week = 60 * 24 * 7

    assert told.seen_at(week) == set()
    assert told.seen_at(week + 10) == {DeviationKind.REVIEW_OVERDUE}
    finding = {"finding": ReviewFinding.IN_POLICY, "note": "Late."}
    told.at(week + 20, workflow.review, actor=oversight, **finding)
    assert told.kinds == {DeviationKind.REVIEW_OVERDUE}


def test_a_deviation_makes_the_review_due_sooner(life):
    told = life().logged().claimed().decided(choice=DECLINE)

    due = AssistanceRequest.objects.get(pk=told.case.pk).review_due_at

    assert due - (START + minutes(8)) < timedelta(hours=73)
