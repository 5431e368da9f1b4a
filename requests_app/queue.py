"""The commanding officer's queue: which requests stand in which tab, and what each row says.

Everything is read in a fixed number of queries, whatever the number of rows. No restricted field is
read here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import BooleanField, Case, Count, Exists, F, Max, OuterRef, Q, Value, When
from django.utils import timezone

from requests_app import accounts, checklist, workflow
from requests_app.models import AssistanceRequest, Decision, Page, User
from requests_app.policy import PolicyVersion, Verdict, evaluate, load_version
from requests_app.querysets import AssistanceRequestQuerySet
from requests_app.vocabulary import (
    OPEN_STATUSES,
    Action,
    CallRecorded,
    Choice,
    DangerLevel,
    EndorsementKind,
    Outcome,
    RequestType,
    Status,
    ThresholdKey,
)

MOST_ROWS = 100
UNDECIDED = (Status.WAITING, Status.UNDER_REVIEW, Status.INFORMATION_NEEDED)
# What a row offers, in this order; everything else is one step further, on the request's own page.
ROW_ACTIONS = (
    Action.ACKNOWLEDGE,
    Action.CLAIM,
    Action.DECIDE,
    Action.AGREE,
    Action.DISAGREE,
    Action.CONFIRM,
)


class Tab(Choice):
    """The parts of the queue, as they stand in the address."""

    WAITING = "waiting", "Waiting"
    MINE = "mine", "Mine"
    INFORMATION = "information", "Information needed"
    DECIDED = "decided", "Decided today"
    ALL = "all", "All open"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests each tab holds, and when the last of those waiting was logged."""

    by_tab: dict[Tab, int]
    newest_waiting: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """Since when a request waits, and until when the next step is due. Empty when nothing is waited for."""

    since: datetime | None = None
    due: datetime | None = None
    due_for: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Whether the last call with the caller is recorded, in words."""

    words: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the queue shows it."""

    case: AssistanceRequest
    is_emergency: bool
    asked_for: str
    grounds_claimed: str
    outcome: Outcome
    outcome_detail: str
    is_decided: bool
    recording: Recording
    clock: Clock
    remark: str
    actions: tuple[Action, ...]


# --- which requests ----------------------------------------------------------------------------


def in_tab(tab: Tab, user: User, *, now: datetime) -> AssistanceRequestQuerySet:
    """The requests of a tab: emergencies that are undecided first, then the oldest."""
    cases = AssistanceRequest.objects.visible_to(user).filter(_belongs(tab, user, now))
    if tab == Tab.DECIDED:
        return cases.order_by("-decided_at", "-id")
    danger = ~Q(evidence__danger_level=DangerLevel.NONE) & Q(evidence__danger_ended=False)
    first = Case(
        When(danger & Q(status__in=UNDECIDED), then=Value(0)),
        When(status__in=UNDECIDED, then=Value(1)),
        default=Value(2),
    )
    return cases.order_by(first, F("logged_at").asc(nulls_last=True), "received_at", "id")


def count_tabs(user: User, *, now: datetime) -> Counts:
    """All counts in one query."""
    relevant = Q(status__in=OPEN_STATUSES) | _belongs(Tab.DECIDED, user, now)
    found = (
        AssistanceRequest.objects.visible_to(user)
        .filter(relevant)
        .aggregate(
            newest=Max("logged_at", filter=_belongs(Tab.WAITING, user, now)),
            **{tab.value: Count("pk", filter=_belongs(tab, user, now)) for tab in Tab},
        )
    )
    return Counts(by_tab={tab: found[tab.value] for tab in Tab}, newest_waiting=found["newest"])


def version_of(tab: Tab, user: User, counts: Counts, *, now: datetime) -> str:
    """A short word for everything a tab shows; it changes when any of it does, and costs no row."""
    own_page = Page.objects.filter(case=OuterRef("pk"), officer=user, acknowledged_at__isnull=True)
    timed_out = Case(
        When(information_due_at__lte=now, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    rows = in_tab(tab, user, now=now).values_list("pk", "revision", Exists(own_page), timed_out)
    seen = [
        tab.value,
        list(rows[:MOST_ROWS]),
        list(counts.by_tab.values()),
        workflow.read_limits().minutes,
        workflow.policy_in_force(),
    ]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:20]


def _belongs(tab: Tab, user: User, now: datetime) -> Q:
    if tab == Tab.WAITING:
        return Q(status=Status.WAITING) | _awaits_second_officer(user)
    if tab == Tab.MINE:
        return Q(claimed_by=user, status__in=[Status.UNDER_REVIEW, Status.DECIDED, Status.IN_FIELD])
    if tab == Tab.INFORMATION:
        return Q(status=Status.INFORMATION_NEEDED)
    if tab == Tab.DECIDED:
        start = start_of_day(now)
        return Q(decided_at__gte=start, decided_at__lt=end_of_day(now))
    return Q(status__in=OPEN_STATUSES)


def _awaits_second_officer(user: User) -> Q:
    """Declined under clear danger by another officer: it waits for a second one as much as any request."""
    unanswered = Decision.objects.filter(
        needs_agreement=True, superseded_by__isnull=True, case__status__in=[Status.DECIDED, Status.IN_FIELD]
    ).exclude(endorsements__kind__in=[EndorsementKind.AGREES, EndorsementKind.DISAGREES])
    others = unanswered.exclude(decided_by=user).exclude(entered_by=user)
    return Q(pk__in=others.values("case_id"))


def start_of_day(now: datetime) -> datetime:
    """The last local midnight; a day may have 23 or 25 hours."""
    return _midnight(now, days=0)


def end_of_day(now: datetime) -> datetime:
    return _midnight(now, days=1)


def _midnight(now: datetime, *, days: int) -> datetime:
    local_day = timezone.localtime(now).date() + timedelta(days=days)
    return datetime.combine(local_day, time(), tzinfo=timezone.get_default_timezone())


# --- what a row says ---------------------------------------------------------------------------


def rows_of(tab: Tab, user: User, *, now: datetime) -> list[Row]:
    """The rows of a tab, at most `MOST_ROWS`."""
    limits, policy = workflow.read_limits(), load_version(workflow.policy_in_force())
    cases = (
        in_tab(tab, user, now=now)
        .for_list()
        .prefetch_related(
            "decisions__decided_by", "decisions__endorsements", "pages", "reviews", "deviations"
        )
        .annotate(logged_untrained=accounts.logged_untrained())
    )
    return [_row(case, user, now=now, limits=limits, policy=policy) for case in cases[:MOST_ROWS]]


def _row(
    case: AssistanceRequest, user: User, *, now: datetime, limits: workflow.Limits, policy: PolicyVersion
) -> Row:
    decision = workflow.effective_decision(case) if case.status not in UNDECIDED else None
    verdict = evaluate(workflow.facts_of(case, at=now), policy.id)
    permitted = workflow.permitted_actions(user, case, now=now, limits=limits)
    return Row(
        case=case,
        is_emergency=workflow.is_emergency(case) and case.status in UNDECIDED,
        asked_for=asked_for(case),
        grounds_claimed=checklist.in_short(case.grounds_claimed) or "None",
        outcome=Outcome(decision.outcome) if decision else verdict.outcome,
        outcome_detail=_of_decision(decision) if decision else _of_verdict(verdict, policy),
        is_decided=decision is not None,
        recording=recording_of(case),
        clock=clock_of(case, limits),
        remark=_remark(case, decision),
        actions=tuple(action for action in ROW_ACTIONS if action in permitted),
    )


def asked_for(case: AssistanceRequest) -> str:
    return ", ".join(RequestType(code).label for code in case.request_types) or "Not said yet"


def clock_of(case: AssistanceRequest, limits: workflow.Limits) -> Clock:
    """The time limits count from the event before: logged, acknowledged, information asked for."""
    if case.status == Status.INFORMATION_NEEDED:
        return Clock(case.information_requested_at, case.information_due_at, "to answer")
    if case.status not in UNDECIDED or case.logged_at is None:
        return Clock()
    emergency = workflow.is_emergency(case)
    if case.acknowledged_at is None:
        due = case.logged_at + limits.get(ThresholdKey.ACKNOWLEDGE, emergency=emergency)
        return Clock(case.logged_at, due, "to acknowledge")
    due = case.acknowledged_at + limits.get(ThresholdKey.DECIDE, emergency=emergency)
    if not emergency and case.requested_for and case.requested_for >= end_of_day(case.logged_at):
        # Asked for a later day: decided on the day it came in.
        due = end_of_day(case.logged_at)
    return Clock(case.logged_at, due, "to decide")


def recording_of(case: AssistanceRequest) -> Recording:
    call = max(case.calls.all(), key=lambda one: one.started_at, default=None)
    if call is None:
        return Recording("No call yet", is_complete=False)
    if call.recorded == CallRecorded.YES and not call.recorder_reference:
        return Recording("Recorded, reference missing", is_complete=False)
    return Recording(CallRecorded(call.recorded).label, is_complete=call.recorded == CallRecorded.YES)


def _of_verdict(verdict: Verdict, policy: PolicyVersion) -> str:
    """Why the policy says so, in a few words."""
    if verdict.outcome == Outcome.ASSIST:
        return f"Holds: {checklist.in_short(verdict.grounds)}"
    codes = [finding.code for finding in verdict.findings if finding.code in policy.titles]
    if verdict.outcome == Outcome.MORE_INFORMATION and codes:
        return "; ".join(_each_once(policy.titles[code] for code in codes))
    return _each_once(finding.message for finding in verdict.findings)[0] if verdict.findings else ""


def _of_decision(decision: Decision) -> str:
    said = Outcome(decision.verdict["outcome"])
    return "As the policy says" if said == decision.outcome else f"Policy said: {said.label}"


def _each_once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _remark(case: AssistanceRequest, decision: Decision | None) -> str:
    """What is still open after a decision, or what is being waited for."""
    if case.status == Status.INFORMATION_NEEDED:
        return f"Missing: {case.information_needed}"
    if decision is None:
        return ""
    kinds = {word.kind for word in decision.endorsements.all()}
    if decision.needs_agreement and not kinds & {EndorsementKind.AGREES, EndorsementKind.DISAGREES}:
        return f"Needs a second officer: {decision.decided_by.display_name} declines under clear danger"
    if decision.is_by_radio and EndorsementKind.CONFIRMS_RADIO not in kinds:
        return f"By radio: {decision.decided_by.display_name} has yet to confirm"
    return ""
