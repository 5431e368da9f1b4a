"""What oversight looks at: every case with what is odd about it, blocked attempts, deviations.

Only reads, in a fixed number of queries. Everything about a case goes through `visible_to`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects

from requests_app.models import (
    AssistanceRequest,
    CommanderCall,
    Correction,
    Decision,
    Deviation,
    LedgerEntry,
    Reveal,
    RoleGrant,
    User,
)
from requests_app.querysets import AssistanceRequestQuerySet
from requests_app.vocabulary import Action, CallRecorded, DeviationKind, Direction, Outcome, RefusalKind, Role

LATE = frozenset(
    {
        DeviationKind.LATE_COMMANDER_CONTACT,
        DeviationKind.COMMANDER_ATTENDED_LATE,
        DeviationKind.ENTERED_LATE,
        DeviationKind.RADIO_DECISION_UNCONFIRMED,
    }
)


@dataclass(frozen=True)
class Flag:
    """Something to look at. The word says it; `kind` is only the colour of its tag."""

    label: str
    kind: str = "waiting"


@dataclass(frozen=True)
class CaseRow:
    """One case of the overview."""

    case: AssistanceRequest
    decision: Decision | None
    flags: list[Flag]
    is_reviewed: bool
    review_is_overdue: bool


# --- cases ------------------------------------------------------------------------------------


def cases(user: User) -> AssistanceRequestQuerySet:
    """Every case this person may see, with what the filters of the overview ask about."""
    in_force = Decision.objects.filter(case=OuterRef("pk")).order_by("-sequence")
    first_entered = Decision.objects.filter(case=OuterRef("case"), sequence=1).values("entered_at")
    return (
        AssistanceRequest.objects.visible_to(user)
        .annotate(
            outcome=Subquery(in_force.values("outcome")[:1]),
            has_blocked_attempt=Exists(
                LedgerEntry.objects.filter(case=OuterRef("pk"), refusal=RefusalKind.POLICY)
            ),
            is_corrected=Exists(
                Correction.objects.filter(case=OuterRef("pk"), entered_at__gt=Subquery(first_entered))
            ),
        )
        .order_by("-received_at", "-id")
    )


def case_rows(found: Sequence[AssistanceRequest], now: datetime) -> list[CaseRow]:
    """What the overview shows of each of one page of `cases`."""
    decisions = Decision.objects.defer("facts", "reason_text").order_by("sequence")
    calls = CommanderCall.objects.only("case_id", "recorded", "recorder_reference")
    standing = Deviation.objects.filter(stands=True).only("case_id", "kind", "explanation")
    prefetch_related_objects(
        found,
        Prefetch("decisions", decisions),
        Prefetch("calls", calls),
        Prefetch("deviations", standing),
        "reviews",
    )
    return [_row(case, now) for case in found]


def _row(case: AssistanceRequest, now: datetime) -> CaseRow:
    decision = max(case.decisions.all(), key=lambda one: one.sequence, default=None)
    is_reviewed = bool(case.reviews.all())
    return CaseRow(
        case=case,
        decision=decision,
        flags=list(_flags(case, decision)),
        is_reviewed=is_reviewed,
        review_is_overdue=not is_reviewed and case.review_due_at is not None and case.review_due_at < now,
    )


def _flags(case: AssistanceRequest, decision: Decision | None) -> Iterable[Flag]:
    kinds = {row.kind for row in case.deviations.all()}
    if decision is not None and decision.outcome != decision.verdict["outcome"]:
        yield Flag(f"Policy said: {Outcome(decision.verdict['outcome']).label.lower()}", "decided")
    if getattr(case, "has_blocked_attempt", False):
        yield Flag("Attempt blocked", "deviation")
    if DeviationKind.DECIDED_OWN_INTAKE in kinds:
        yield Flag("Own intake", "deviation")
    if decision is not None and case.direction == Direction.INBOUND and not _has_recording(case):
        yield Flag("No recording")
    if kinds & LATE:
        yield Flag("Late")
    if getattr(case, "is_corrected", False):
        yield Flag("Edited after decision")
    unexplained = sum(not row.explanation for row in case.deviations.all())
    if unexplained:
        yield Flag(_counted(unexplained, "unexplained"), "deviation")
    elif kinds:
        yield Flag(_counted(len(kinds), "explained"), "closed")


def _counted(count: int, state: str) -> str:
    return f"1 deviation {state}" if count == 1 else f"{count} deviations {state}"


def _has_recording(case: AssistanceRequest) -> bool:
    return any(call.recorded == CallRecorded.YES and call.recorder_reference for call in case.calls.all())


# --- blocked attempts -------------------------------------------------------------------------


def refusals(user: User) -> QuerySet[LedgerEntry]:
    """What people tried and the register refused, newest first; of no case, or of one they may see.

    A wrong password is nobody's attempt at anything here: locks and alerts are the administrators'.
    """
    visible = AssistanceRequest.objects.visible_to(user)
    return (
        LedgerEntry.objects.exclude(refusal="")
        .exclude(action=Action.FAIL_SIGN_IN)
        .filter(Q(case__isnull=True) | Q(case__in=visible))
        .select_related("actor", "case", "private")
        .order_by("-id")
    )


# --- who looked at what -----------------------------------------------------------------------


def looks(user: User) -> QuerySet[Reveal]:
    """Who opened the masked fields of which request, and why, the latest first."""
    visible = AssistanceRequest.objects.visible_to(user)
    return Reveal.objects.filter(case__in=visible).select_related("case", "user").order_by("-id")


# --- deviations -------------------------------------------------------------------------------


def deviations(user: User) -> QuerySet[Deviation]:
    """Of the cases this person may see, and of quarters, newest first."""
    visible = AssistanceRequest.objects.visible_to(user)
    return (
        Deviation.objects.filter(Q(case__isnull=True) | Q(case__in=visible))
        .select_related("case", "explained_by")
        .order_by("-found_at", "-id")
    )


def unexplained(found: QuerySet[Deviation]) -> QuerySet[Deviation]:
    return found.filter(stands=True, explanation="")


# --- who may do what --------------------------------------------------------------------------


def holders() -> dict[Role, list[RoleGrant]]:
    """Who holds which role now, with who granted and who approved it."""
    grants = (
        RoleGrant.objects.held()
        .select_related("user", "granted_by", "approved_by")
        .order_by("user__badge_number")
    )
    held: dict[Role, list[RoleGrant]] = {role: [] for role in Role}
    for grant in grants:
        held[Role(grant.role)].append(grant)
    return held
