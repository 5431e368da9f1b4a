"""Deviations that the register finds by itself: what policy required, and did not happen.

`find` only looks. It is asked at the end of every transition, and by a job for those that only
the passing of time brings about.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from requests_app.models import (
    AssistanceRequest,
    CommanderCall,
    Decision,
    Dispatch,
    FieldOutcome,
    LedgerEntry,
)
from requests_app.policy import Dispatch as Dispatching
from requests_app.policy import Verdict, evaluate
from requests_app.vocabulary import (
    NEVER_IN_SCOPE,
    CallRecorded,
    Confirmation,
    DeviationKind,
    Direction,
    DiscoveredBy,
    DocumentClass,
    EndorsementKind,
    FieldAction,
    Ground,
    Outcome,
    RefusalKind,
    Status,
    ThresholdKey,
    Verification,
)
from requests_app.workflow._facts import facts_of, is_emergency, is_urgent, policy_in_force
from requests_app.workflow._limits import Limits

CRIMINAL_WARRANTS = (DocumentClass.CRIMINAL_WARRANT, DocumentClass.CRIMINAL_SEARCH_WARRANT)


@dataclass(frozen=True)
class Record:
    """A case with the rows that the tests below look at."""

    case: AssistanceRequest
    now: datetime
    limits: Limits
    decisions: list[Decision]
    calls: list[CommanderCall]
    dispatch: Dispatch | None
    outcome: FieldOutcome | None

    @property
    def governing(self) -> Decision | None:
        """The decision under which officers went: the last before they were sent, else the first."""
        if self.dispatch is None or not self.decisions:
            return self.decisions[-1] if self.decisions else None
        before = [row for row in self.decisions if row.decided_at <= self.dispatch.dispatched_at]
        return before[-1] if before else self.decisions[0]

    @property
    def grounds(self) -> list[str]:
        """The grounds that hold: by the decision in question, else by the policy now."""
        if self.governing is not None:
            return list(self.governing.verdict["grounds"])
        return [str(ground) for ground in self.verdict.grounds]

    @cached_property
    def verdict(self) -> Verdict:
        """What the policy in force says of the case now."""
        return evaluate(facts_of(self.case, at=self.now), policy_in_force())

    @property
    def may_precede(self) -> bool:
        """The policy let officers go before the decision."""
        if self.governing is not None:
            return bool(self.governing.verdict["dispatch"] == Dispatching.MAY_PRECEDE_DECISION)
        return self.verdict.dispatch == Dispatching.MAY_PRECEDE_DECISION

    @property
    def is_ordinary_service(self) -> bool:
        return self.governing is not None and self.governing.outcome == Outcome.ORDINARY_SERVICE


def find(case: AssistanceRequest, *, now: datetime, limits: Limits) -> set[DeviationKind]:
    """Every deviation of the case as it stands. Reads the case's rows anew."""
    record = Record(
        case=case,
        now=now,
        limits=limits,
        decisions=list(
            Decision.objects.filter(case=case).order_by("sequence").prefetch_related("endorsements")
        ),
        calls=list(CommanderCall.objects.filter(case=case)),
        dispatch=Dispatch.objects.filter(case=case).first(),
        outcome=FieldOutcome.objects.filter(case=case).first(),
    )
    return {kind for kind, deviates in TESTS.items() if deviates(record)}


def review_due(case: AssistanceRequest, *, deviates: bool, limits: Limits) -> datetime | None:
    """When oversight must have reviewed the case: sooner after danger, a deviation or a blocked attempt."""
    ended_at = case.decided_at or case.withdrawn_at
    if ended_at is None:
        return None
    blocked = LedgerEntry.objects.filter(case=case, refusal=RefusalKind.POLICY).exists()
    return ended_at + limits.get(ThresholdKey.REVIEW, emergency=deviates or blocked or is_emergency(case))


def no_commander_contact(record: Record) -> bool:
    if not record.decisions or record.case.direction == Direction.OUTBOUND:
        return False
    first = record.decisions[0].decided_at
    return not any(call.started_at <= first for call in record.calls)


def late_commander_contact(record: Record) -> bool:
    case = record.case
    if case.logged_at is None or case.discovered_by != DiscoveredBy.LIVE:
        return False
    answered = [call.started_at for call in record.calls]
    if case.acknowledged_at:
        answered.append(case.acknowledged_at)
    if not answered and case.status != Status.WAITING:
        return False
    limit = record.limits.get(ThresholdKey.ACKNOWLEDGE, emergency=is_emergency(case))
    return min(answered, default=record.now) - case.logged_at > limit


def decided_own_intake(record: Record) -> bool:
    return any(decision.is_own_intake for decision in record.decisions)


def radio_decision_unconfirmed(record: Record) -> bool:
    limit = record.limits.get(ThresholdKey.RADIO_CONFIRMATION)
    for decision in record.decisions:
        if not decision.is_by_radio:
            continue
        words = [word for word in decision.endorsements.all() if word.kind == EndorsementKind.CONFIRMS_RADIO]
        confirmed_at = words[0].entered_at if words else record.now
        if confirmed_at - decision.decided_at > limit:
            return True
    return False


def not_recorded(record: Record) -> bool:
    limit = record.limits.get(ThresholdKey.RECORDING)
    for call in record.calls:
        overdue = record.now - (call.ended_at or call.started_at) > limit
        if call.recorded != CallRecorded.YES or (not call.recorder_reference and overdue):
            return True
    return False


def dispatched_before_decision(record: Record) -> bool:
    if record.dispatch is None or record.may_precede:
        return False
    sent = record.dispatch.dispatched_at
    return not any(decision.decided_at <= sent for decision in record.decisions)


def no_ground(record: Record) -> bool:
    if record.dispatch is None or record.is_ordinary_service:
        return False
    return not record.grounds or (record.governing is not None and record.governing.outcome != Outcome.ASSIST)


def warrant_not_confirmed(record: Record) -> bool:
    if record.dispatch is None:
        return False
    warrants = [
        document
        for document in record.case.documents.all()
        if document.document_class in CRIMINAL_WARRANTS and not document.struck
    ]
    confirmed = any(
        document.confirmation == Confirmation.CONFIRMED_ACTIVE
        and document.matches_subject
        and document.confirmed_at is not None
        and document.confirmed_at <= record.dispatch.dispatched_at
        for document in warrants
    )
    return bool(warrants) and not confirmed and not set(record.grounds) - {Ground.CRIMINAL_WARRANT}


def commander_did_not_attend(record: Record) -> bool:
    dispatch = record.dispatch
    if dispatch is None or dispatch.commander_arrived_at or record.is_ordinary_service:
        return False
    return bool(
        dispatch.commander_absent_reason or dispatch.cleared_at or record.case.status == Status.CLOSED
    )


def commander_attended_late(record: Record) -> bool:
    dispatch = record.dispatch
    if dispatch is None or dispatch.commander_arrived_at is None or dispatch.first_arrival_at is None:
        return False
    limit = record.limits.get(ThresholdKey.COMMANDER_AT_SCENE)
    return dispatch.commander_arrived_at - dispatch.first_arrival_at > limit


def dispatched_to_unverified_caller(record: Record) -> bool:
    urgent = record.may_precede or is_urgent(record.case, record.grounds)
    if record.dispatch is None or record.is_ordinary_service or urgent:
        return False
    evidence = record.case.evidence
    if evidence.verification in (Verification.UNVERIFIED, Verification.FAILED):
        return True
    return evidence.verified_at is not None and evidence.verified_at > record.dispatch.dispatched_at


def scope_exceeded(record: Record) -> bool:
    if record.outcome is None:
        return False
    done = set(record.outcome.actions_taken)
    if record.is_ordinary_service:
        return bool(done & (set(NEVER_IN_SCOPE) - {FieldAction.OTHER}))
    allowed = set(record.decisions[-1].scope_allowed) if record.decisions else set()
    return bool(done - allowed)


def entered_late(record: Record) -> bool:
    limit = record.limits.get(ThresholdKey.ENTRY)
    return record.case.entered_at - record.case.received_at > limit


def cad_number_missing(record: Record) -> bool:
    case = record.case
    return not case.cad_event_number and (record.dispatch is not None or not case.cad_absence)


def reclassified(record: Record) -> bool:
    case = record.case
    return set(case.request_types) != set(case.types_at_intake)


def review_overdue(record: Record) -> bool:
    due = record.case.review_due_at
    if due is None:
        return False
    reviewed = [review.entered_at for review in record.case.reviews.all()]
    return min(reviewed, default=record.now) > due


# A period released late is a deviation of its quarter: see `releases`.
TESTS: dict[DeviationKind, Callable[[Record], bool]] = {
    DeviationKind.NO_COMMANDER_CONTACT: no_commander_contact,
    DeviationKind.LATE_COMMANDER_CONTACT: late_commander_contact,
    DeviationKind.DECIDED_OWN_INTAKE: decided_own_intake,
    DeviationKind.RADIO_DECISION_UNCONFIRMED: radio_decision_unconfirmed,
    DeviationKind.NOT_RECORDED: not_recorded,
    DeviationKind.DISPATCHED_BEFORE_DECISION: dispatched_before_decision,
    DeviationKind.NO_GROUND: no_ground,
    DeviationKind.WARRANT_NOT_CONFIRMED: warrant_not_confirmed,
    DeviationKind.COMMANDER_DID_NOT_ATTEND: commander_did_not_attend,
    DeviationKind.COMMANDER_ATTENDED_LATE: commander_attended_late,
    DeviationKind.DISPATCHED_TO_UNVERIFIED_CALLER: dispatched_to_unverified_caller,
    DeviationKind.SCOPE_EXCEEDED: scope_exceeded,
    DeviationKind.ENTERED_LATE: entered_late,
    DeviationKind.CAD_NUMBER_MISSING: cad_number_missing,
    DeviationKind.RECLASSIFIED: reclassified,
    DeviationKind.REVIEW_OVERDUE: review_overdue,
}
