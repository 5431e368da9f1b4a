"""The conduct figures of a quarter: what was asked of the police and what they did, exact and city-wide.

Every figure is a count, a number of minutes or a code of a closed list. Nothing here can hold a person, a
place, a number of a request, a time of day or a word that somebody typed (`tests/test_statistics.py`).

All figures of a quarter are about the requests *received* in it, whenever the rest of their life took place,
so that all shares have the same whole. A request that was found later counts in the quarter it belongs to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from requests_app.models import (
    AssistanceRequest,
    Decision,
    Deviation,
    Dispatch,
    Document,
    FieldOutcome,
    Release,
)
from requests_app.policy import Dispatch as DispatchAllowed
from requests_app.statistics._counts import Counts, Minutes, minutes_of, tally
from requests_app.statistics._records import counted_cases, received_in
from requests_app.statistics.quarters import PUBLIC_AFTER, Quarter
from requests_app.vocabulary import (
    LOUISVILLE,
    Action,
    CallRecorded,
    Channel,
    Component,
    Confirmation,
    DeviationKind,
    Direction,
    DiscoveredBy,
    DispatchMode,
    DocumentClass,
    FieldAction,
    Ground,
    Outcome,
    ReasonCode,
    RequestType,
    ReviewFinding,
    Status,
)

Cases = Sequence[AssistanceRequest]

# --- what came in -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What the totals leave out, and what this quarter brought to light about earlier ones."""

    exercises: int
    abandoned: int
    unlogged: int
    of_earlier_quarters: int


@dataclass(frozen=True, kw_only=True)
class Requests:
    """A request may ask for several things, so the types add up to more than the requests."""

    total: int
    directions: Counts[Direction]
    components: Counts[Component]
    channels: Counts[Channel]
    types_at_intake: Counts[RequestType]
    types_in_force: Counts[RequestType]
    found_later: Counts[DiscoveredBy]
    entered_after_quarter: int
    statuses: Counts[Status]

    @property
    def late(self) -> int:
        return sum(self.found_later.values()) + self.entered_after_quarter


def _requests(cases: Cases) -> Requests:
    live = [case for case in cases if case.discovered_by == DiscoveredBy.LIVE]
    return Requests(
        total=len(cases),
        directions=tally(Direction, (case.direction for case in cases)),
        components=tally(Component, (case.component for case in cases)),
        channels=tally(Channel, (case.channel for case in cases)),
        types_at_intake=tally(RequestType, (code for case in cases for code in case.types_at_intake)),
        types_in_force=tally(RequestType, (code for case in cases for code in case.request_types)),
        found_later=tally(
            DiscoveredBy, (case.discovered_by for case in cases if case.discovered_by != DiscoveredBy.LIVE)
        ),
        entered_after_quarter=sum(
            Quarter.containing(case.entered_at) > Quarter.containing(case.received_at) for case in live
        ),
        statuses=tally(Status, (case.status for case in cases)),
    )


def _beside(quarters: Sequence[Quarter]) -> dict[Quarter, Beside]:
    """One query for all quarters."""
    logged, real = Q(logged_at__isnull=False), Q(is_exercise=False)
    wanted: dict[str, Count] = {}
    for place, quarter in enumerate(quarters):
        inside = received_in([quarter])
        entered = Q(entered_at__gte=quarter.starts_at, entered_at__lt=quarter.ends_at)
        conditions = {
            "exercises": inside & logged & ~real,
            "abandoned": inside & real & Q(status=Status.ABANDONED),
            "unlogged": inside & real & Q(status=Status.INTAKE),
            "of_earlier_quarters": entered & logged & real & Q(received_at__lt=quarter.starts_at),
        }
        wanted |= {f"{name}_{place}": Count("pk", filter=condition) for name, condition in conditions.items()}
    found = AssistanceRequest.objects.aggregate(**wanted)
    return {
        quarter: Beside(
            exercises=found[f"exercises_{place}"],
            abandoned=found[f"abandoned_{place}"],
            unlogged=found[f"unlogged_{place}"],
            of_earlier_quarters=found[f"of_earlier_quarters_{place}"],
        )
        for place, quarter in enumerate(quarters)
    }


# --- what was decided -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """Papers that requesters named as of one class, by what became of the claim; the parts add up."""

    named: int
    as_claimed: int
    of_another_class: int
    not_valid: int
    unconfirmed: int


CLAIM_ENDS = ("as_claimed", "of_another_class", "not_valid", "unconfirmed")


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """By the decision in force, the last one. Several grounds may hold; one of them is the main one."""

    outcomes: Counts[Outcome]
    withdrawn_undecided: int
    undecided: int
    grounds: Counts[Ground]
    main_grounds: Counts[Ground]
    reasons: Counts[ReasonCode]
    papers: Mapping[DocumentClass, Claimed]
    to_contact: Minutes
    to_decision: Minutes
    calls: Counts[CallRecorded]
    decided_without_call: int

    @property
    def decided(self) -> int:
        return sum(self.outcomes.values())


def _decisions(cases: Cases) -> Decisions:
    inbound = [case for case in cases if case.direction == Direction.INBOUND]
    timed = [case for case in inbound if case.discovered_by == DiscoveredBy.LIVE]
    in_force = [_rows(case)[-1] for case in cases if _rows(case)]
    undecided = [case for case in cases if not _rows(case)]
    withdrawn = sum(case.status == Status.WITHDRAWN for case in undecided)
    return Decisions(
        outcomes=tally(Outcome, (decision.outcome for decision in in_force)),
        withdrawn_undecided=withdrawn,
        undecided=len(undecided) - withdrawn,
        grounds=tally(Ground, (code for decision in in_force for code in decision.grounds)),
        main_grounds=tally(Ground, (decision.primary_ground for decision in in_force)),
        reasons=tally(ReasonCode, (decision.reason_code for decision in in_force)),
        papers=_papers(cases),
        to_contact=minutes_of(
            min(call.started_at for call in case.calls.all()) - case.received_at
            for case in timed
            if case.calls.all()
        ),
        to_decision=minutes_of(
            min(decision.decided_at for decision in _rows(case)) - case.received_at
            for case in timed
            if _rows(case)
        ),
        calls=tally(CallRecorded, (call.recorded for case in cases for call in case.calls.all())),
        decided_without_call=sum(bool(_rows(case)) and not case.calls.all() for case in inbound),
    )


def _rows(case: AssistanceRequest) -> list[Decision]:
    """The decisions in their order, as they were loaded with the case."""
    return list(case.decisions.all())


def _papers(cases: Cases) -> dict[DocumentClass, Claimed]:
    ends: dict[str, list[str]] = {}
    for document in (document for case in cases for document in case.documents.all()):
        ends.setdefault(document.claimed_class, []).append(_end_of_claim(document))
    return {
        code: Claimed(named=len(ends[code]), **{end: ends[code].count(end) for end in CLAIM_ENDS})
        for code in DocumentClass
        if code in ends
    }


def _end_of_claim(document: Document) -> str:
    """The first thing that fails decides: the class, then validity, then confirmation."""
    if document.confirmed_class not in ("", document.claimed_class):
        return "of_another_class"
    if document.confirmation in (Confirmation.RECALLED, Confirmation.NOT_EXTRADITABLE):
        return "not_valid"
    if not document.matches_subject:
        return "not_valid"
    return "unconfirmed" if document.confirmation == Confirmation.UNCONFIRMED else "as_claimed"


# --- what happened in the field ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Field:
    """Officers sent, and what they did. An ordinary service needs no commanding officer at the scene."""

    modes: Counts[DispatchMode]
    officers: int
    ordinary_service: int
    commander_attended: int
    commander_did_not: int
    reported: int
    officer_minutes: int
    actions: Counts[FieldAction]
    local_arrests: int
    citations: int
    handed_to_federal: int
    federal_arrests_seen: int

    @property
    def dispatches(self) -> int:
        return sum(self.modes.values())


def _field(cases: Cases) -> Field:
    sent = [(case, case.dispatch) for case in cases if hasattr(case, "dispatch")]
    needed = [dispatch for case, dispatch in sent if not _is_ordinary_service(case, dispatch)]
    attended = sum(dispatch.commander_arrived_at is not None for dispatch in needed)
    reports = [case.field_outcome for case in cases if hasattr(case, "field_outcome")]
    return Field(
        modes=tally(DispatchMode, (dispatch_mode(case, dispatch) for case, dispatch in sent)),
        officers=sum(dispatch.officers for _, dispatch in sent),
        ordinary_service=len(sent) - len(needed),
        commander_attended=attended,
        commander_did_not=len(needed) - attended,
        reported=len(reports),
        officer_minutes=sum(report.officer_minutes for report in reports),
        actions=tally(FieldAction, (code for report in reports for code in report.actions_taken)),
        local_arrests=sum(report.local_arrests for report in reports),
        citations=sum(report.citations for report in reports),
        handed_to_federal=sum(report.handed_to_federal for report in reports),
        federal_arrests_seen=sum(report.federal_arrests_seen for report in reports),
    )


def dispatch_mode(case: AssistanceRequest, dispatch: Dispatch) -> DispatchMode:
    """Whether officers went after the decision, before it under danger, or before it in breach.

    Where no decision ever came, the register's own finding, made on the facts of the time, says which.
    """
    decisions = _rows(case)
    if any(decision.decided_at <= dispatch.dispatched_at for decision in decisions):
        return DispatchMode.AFTER_DECISION
    if decisions:
        allowed = decisions[0].verdict["dispatch"] == DispatchAllowed.MAY_PRECEDE_DECISION
    else:
        found = {deviation.kind for deviation in case.deviations.all()}
        allowed = DeviationKind.DISPATCHED_BEFORE_DECISION not in found
    return DispatchMode.EMERGENCY_BEFORE_DECISION if allowed else DispatchMode.BEFORE_DECISION_IN_BREACH


def _is_ordinary_service(case: AssistanceRequest, dispatch: Dispatch) -> bool:
    """By the decision under which officers went: the last before they were sent, else the first."""
    decisions = _rows(case)
    before = [decision for decision in decisions if decision.decided_at <= dispatch.dispatched_at]
    governing = [*before[-1:], *decisions[:1]]
    return bool(governing) and governing[0].outcome == Outcome.ORDINARY_SERVICE


# --- what oversight looks at ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Oversight:
    """What did not go as the policy wants, who looked at it, and what was put right."""

    deviations: Counts[DeviationKind]
    explained: Counts[DeviationKind]
    requests_deviating: int
    of_the_quarter: Counts[DeviationKind]
    blocked: Counts[Action]
    requests_blocked: int
    findings: Counts[ReviewFinding]
    requests_reviewed: int
    review_wanted: int
    questions: int
    answers: int
    corrections: int
    requests_corrected: int


def _oversight(cases: Cases, of_the_quarter: Iterable[str]) -> Oversight:
    deviations = [deviation for case in cases for deviation in case.deviations.all()]
    reviews = [review for case in cases for review in case.reviews.all()]
    corrected = [len(case.corrections.all()) for case in cases if case.corrections.all()]
    blocked = [[entry.action for entry in case.ledger_entries.all()] for case in cases]
    return Oversight(
        deviations=tally(DeviationKind, (deviation.kind for deviation in deviations)),
        explained=tally(
            DeviationKind, (deviation.kind for deviation in deviations if deviation.explained_at is not None)
        ),
        requests_deviating=sum(bool(case.deviations.all()) for case in cases),
        of_the_quarter=tally(DeviationKind, of_the_quarter),
        blocked=tally(Action, (action for actions in blocked for action in actions)),
        requests_blocked=sum(bool(actions) for actions in blocked),
        findings=tally(ReviewFinding, (review.finding for review in reviews)),
        requests_reviewed=sum(bool(case.reviews.all()) for case in cases),
        review_wanted=sum(case.review_due_at is not None for case in cases),
        questions=sum(review.follow_up_at is not None for review in reviews),
        answers=sum(review.answered_at is not None for review in reviews),
        corrections=sum(corrected),
        requests_corrected=len(corrected),
    )


# --- the quarter, and the year ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """All figures of one quarter; `releases` says how often the quarter was released."""

    quarter: Quarter
    releases: int
    requests: Requests
    beside: Beside
    decisions: Decisions
    field: Field
    oversight: Oversight


def conduct(quarters: Sequence[Quarter]) -> list[Conduct]:
    """The figures of these quarters, in this order. The number of queries is fixed."""
    cases: dict[Quarter, list[AssistanceRequest]] = {quarter: [] for quarter in quarters}
    for case in counted_cases(quarters):
        cases[Quarter.containing(case.received_at)].append(case)
    codes = [str(quarter) for quarter in quarters]
    late = list(Deviation.objects.filter(quarter__in=codes, stands=True).values_list("quarter", "kind"))
    released = list(Release.objects.filter(quarter__in=codes).values_list("quarter", flat=True))
    beside = _beside(quarters)
    return [
        Conduct(
            quarter=quarter,
            releases=released.count(str(quarter)),
            requests=_requests(cases[quarter]),
            beside=beside[quarter],
            decisions=_decisions(cases[quarter]),
            field=_field(cases[quarter]),
            oversight=_oversight(cases[quarter], (kind for code, kind in late if code == str(quarter))),
        )
        for quarter in quarters
    ]


@dataclass(frozen=True, kw_only=True)
class Harm:
    """Force and injuries of a whole calendar year: a quarter of so few events would tell on one of them."""

    year: int
    reported: int
    force_used: int
    injuries: int


def harm(year: int, *, at: datetime) -> Harm | None:
    """The figures of a local year that ended thirty days ago or longer; None before."""
    start, end = _start_of(year), _start_of(year + 1)
    if at < end + PUBLIC_AFTER:
        return None
    cases = AssistanceRequest.objects.counted().filter(received_at__gte=start, received_at__lt=end)
    found = FieldOutcome.objects.filter(case__in=cases).aggregate(
        reported=Count("pk"),
        force_used=Count("pk", filter=Q(force_used=True)),
        injuries=Sum("injuries", default=0),
    )
    return Harm(year=year, **found)


def _start_of(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=LOUISVILLE)
