"""The list of requests: one page of it by keyset, without counting, and what its rows say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.http import urlencode

from requests_app import queue, workflow
from requests_app.access import PUBLIC_ID
from requests_app.models import AssistanceRequest, Deviation, User
from requests_app.policy import evaluate
from requests_app.querysets import AssistanceRequestQuerySet
from requests_app.views._case import UNDECIDED
from requests_app.vocabulary import OPEN_STATUSES, Choice, Outcome

ROWS_A_PAGE = 30


class Show(Choice):
    """Which requests the list shows, as it stands in the address."""

    OPEN = "open", "Open"
    ALL = "all", "All"


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True)
class CaseRow:
    """One request as the list shows it: no restricted field."""

    case: AssistanceRequest
    asked_for: str
    outcome: Outcome | None
    is_decided: bool
    clock: queue.Clock
    is_emergency: bool


@dataclass(frozen=True)
class CaseList:
    """One page of the list with the addresses of its neighbours."""

    rows: list[CaseRow]
    newer_url: str
    older_url: str


def tabs(show: Show | None) -> list[Tab]:
    """Open or all; a search stands in neither."""
    return [Tab(choice.label, _url({"show": choice.value}), choice == show) for choice in Show]


def show_of(query: Mapping[str, str]) -> Show | None:
    """What the address asks for; a search looks through all."""
    if query.get("q", "").strip():
        return None
    return Show.ALL if query.get("show") == Show.ALL else Show.OPEN


def found(user: User, *, show: Show | None, search: str) -> AssistanceRequestQuerySet:
    """The requests of the tab or of the search, of those this person may see."""
    cases = AssistanceRequest.objects.visible_to(user)
    if search:
        event = Q(cad_event_number__in={search, search.upper()})
        return cases.filter(Q(number__startswith=search) | event)
    return cases.filter(status__in=OPEN_STATUSES) if show == Show.OPEN else cases


def page_of(cases: AssistanceRequestQuerySet, query: Mapping[str, str], *, now: datetime) -> CaseList:
    """The page that the address asks for: after one request, before one, or the newest."""
    before, after = _place(cases, query.get("before", "")), _place(cases, query.get("after", ""))
    if before is not None:
        shown, more = _taken(cases.filter(_newer(before)).order_by("received_at", "id"))
        shown.reverse()
        return _listed(shown, query, is_first=not more, is_last=False, now=now)
    older = cases.filter(_older(after)) if after is not None else cases
    shown, more = _taken(older.order_by("-received_at", "-id"))
    return _listed(shown, query, is_first=after is None, is_last=not more, now=now)


def _place(cases: AssistanceRequestQuerySet, public_id: str) -> tuple[datetime, int] | None:
    """Where a request stands in the list; the address names it by its random id."""
    if not PUBLIC_ID.fullmatch(public_id):
        return None
    return cases.filter(public_id=public_id).values_list("received_at", "id").first()


def _older(place: tuple[datetime, int]) -> Q:
    received_at, key = place
    return Q(received_at__lte=received_at) & (Q(received_at__lt=received_at) | Q(id__lt=key))


def _newer(place: tuple[datetime, int]) -> Q:
    received_at, key = place
    return Q(received_at__gte=received_at) & (Q(received_at__gt=received_at) | Q(id__gt=key))


def _taken(cases: AssistanceRequestQuerySet) -> tuple[list[AssistanceRequest], bool]:
    """One page, and whether there is more: one row more is read, nothing is counted."""
    stands = Deviation.objects.filter(case=OuterRef("pk"), stands=True)
    rows = list(cases.for_list().annotate(deviates=Exists(stands))[: ROWS_A_PAGE + 1])
    return rows[:ROWS_A_PAGE], len(rows) > ROWS_A_PAGE


def _listed(
    cases: list[AssistanceRequest], query: Mapping[str, str], *, is_first: bool, is_last: bool, now: datetime
) -> CaseList:
    limits, policy = workflow.read_limits(), workflow.policy_in_force()
    kept = {name: query[name] for name in ("show", "q") if query.get(name)}
    newer = _url({**kept, "before": cases[0].public_id}) if cases and not is_first else ""
    older = _url({**kept, "after": cases[-1].public_id}) if cases and not is_last else ""
    return CaseList([_row(case, limits, policy, now) for case in cases], newer, older)


def _url(query: Mapping[str, str]) -> str:
    return f"{reverse('requests_app:request_list')}?{urlencode(query)}"


def _row(case: AssistanceRequest, limits: workflow.Limits, policy: str, now: datetime) -> CaseRow:
    """The decision where one stands, else what the policy says so far."""
    decision = workflow.effective_decision(case)
    is_open = case.status in UNDECIDED
    outcome = None
    if is_open:
        outcome = evaluate(workflow.facts_of(case, at=now), policy).outcome
    elif decision is not None:
        outcome = Outcome(decision.outcome)
    return CaseRow(
        case=case,
        asked_for=queue.asked_for(case),
        outcome=outcome,
        is_decided=not is_open,
        clock=queue.clock_of(case, limits),
        is_emergency=case.status in OPEN_STATUSES and workflow.is_emergency(case),
    )
