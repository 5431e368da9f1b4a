"""What oversight sees and does. Read-only but for its own findings, questions and holds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from requests_app import permissions, scrutiny, workflow
from requests_app.access import get_case, person, require
from requests_app.as_of import Moment, case_as_of
from requests_app.filters import CaseFilter, DeviationFilter, DeviationTab, RefusalFilter, RefusalTab
from requests_app.forms._fields import LocalDateTimeField
from requests_app.forms.oversight import (
    AsOfForm,
    EraseForm,
    FollowUpForm,
    HoldForm,
    ProposeErasureForm,
    ReviewForm,
)
from requests_app.models import AssistanceRequest, Decision, LedgerEntry
from requests_app.views._acts import act_view
from requests_app.views._case import in_full
from requests_app.views._case_facts import decision_rows, panels_of
from requests_app.views._pages import page_of
from requests_app.views._rooms import rooms
from requests_app.views._step_up import hint
from requests_app.vocabulary import Action, Choice, DeviationKind, Role, Status

MICROSECONDS = 1_000_000

# --- cases, refusals, deviations --------------------------------------------------------------


@login_required
@require_safe
def oversight(request: HttpRequest) -> HttpResponse:
    """Every case, narrowed by filters that stand in the address."""
    require(request.user, Action.SEE_OVERSIGHT)
    user, now = person(request), timezone.now()
    narrowed = CaseFilter(request.GET, queryset=scrutiny.cases(user))
    valid = narrowed.form.is_valid()
    found = narrowed.qs if valid else scrutiny.cases(user).none()
    page = page_of(found, request, by=("received_at", "id"), of="request", key="public_id")
    context = {
        "form": narrowed.form,
        "page": page,
        "rows": scrutiny.case_rows(page.rows, now),
        "is_narrowed": bool(narrowed.form.changed_data),
        "tabs": rooms(user, "oversight"),
    }
    return render(request, "requests_app/oversight.html", context, status=200 if valid else 422)


@login_required
@require_safe
def oversight_blocked(request: HttpRequest) -> HttpResponse:
    """Who tried what, and why it was refused; what the policy blocked comes first."""
    require(request.user, Action.SEE_OVERSIGHT)
    user = person(request)
    asked = _with_tab(request.GET, RefusalTab.POLICY)
    narrowed = RefusalFilter(asked, queryset=scrutiny.refusals(user))
    valid = narrowed.form.is_valid()
    page = page_of(narrowed.qs if valid else LedgerEntry.objects.none(), request, by=("id",), of="attempt")
    context = {
        "form": narrowed.form,
        "page": page,
        "attempts": [_attempt(entry) for entry in page.rows],
        "kinds": _kinds(request, RefusalTab, str(asked["tab"])),
        "tabs": rooms(user, "oversight_blocked"),
    }
    return render(request, "requests_app/oversight_blocked.html", context, status=200 if valid else 422)


@login_required
@require_safe
def oversight_deviations(request: HttpRequest) -> HttpResponse:
    """What the policy required and did not happen; what nobody has explained comes first."""
    require(request.user, Action.SEE_OVERSIGHT)
    user = person(request)
    asked = _with_tab(request.GET, DeviationTab.UNEXPLAINED)
    narrowed = DeviationFilter(asked, queryset=scrutiny.deviations(user))
    valid = narrowed.form.is_valid()
    found = narrowed.qs if valid else scrutiny.deviations(user).none()
    page = page_of(found, request, by=("found_at", "id"), of="deviation")
    context = {
        "form": narrowed.form,
        "page": page,
        "deviations": [(row, DeviationKind(row.kind).label) for row in page.rows],
        "kinds": _kinds(request, DeviationTab, str(asked["tab"])),
        "tabs": rooms(user, "oversight_deviations"),
    }
    return render(request, "requests_app/oversight_deviations.html", context, status=200 if valid else 422)


@login_required
@require_safe
def oversight_looks(request: HttpRequest) -> HttpResponse:
    """Who opened masked fields, of which request, when, and for what reason."""
    require(request.user, Action.SEE_OVERSIGHT)
    user = person(request)
    context = {
        "page": page_of(scrutiny.looks(user), request, by=("id",), of="look"),
        "tabs": rooms(user, "oversight_looks"),
    }
    return render(request, "requests_app/oversight_looks.html", context)


def _attempt(entry: LedgerEntry) -> dict[str, Any]:
    """One refused act, with the reasons the person was given."""
    details = entry.details
    return {
        "entry": entry,
        "act": Action(entry.action).label,
        "reasons": sentences(details.get("reason", "")),
    }


def sentences(reason: str) -> list[str]:
    """The reasons of a refusal one by one; the ledger keeps them in one line."""
    return [f"{sentence.rstrip('.')}." for sentence in reason.split("; ") if sentence]


def _with_tab(asked: QueryDict, first: Choice) -> QueryDict:
    if asked.get("tab"):
        return asked
    with_tab = asked.copy()
    with_tab["tab"] = str(first)
    return with_tab


def _kinds(request: HttpRequest, choice: type[Choice], current: str) -> list[dict[str, Any]]:
    """Tabs that keep the other answers of the address, and begin at the newest row again."""
    kept = request.GET.copy()
    for word in ("before", "after"):
        kept.pop(word, None)
    found = []
    for tab in choice:
        kept["tab"] = str(tab)
        found.append({"label": tab.label, "url": f"?{kept.urlencode()}", "is_current": tab == current})
    return found


# --- who may do what --------------------------------------------------------------------------


@login_required
@require_safe
def oversight_permissions(request: HttpRequest) -> HttpResponse:
    """The table that the register itself goes by, and who holds which role today."""
    require(request.user, Action.SEE_OVERSIGHT)
    acts = [
        {
            "label": action.label,
            "meaning": action.meaning,
            "grants": [action in permissions.GRANTS[role] for role in Role],
            "by_itself": action in permissions.SYSTEM_ACTIONS,
        }
        for action in Action
    ]
    held = scrutiny.holders()
    context = {
        "roles": list(Role),
        "acts": acts,
        "held": [(role, held[role]) for role in Role],
        "tabs": rooms(person(request), "oversight_permissions"),
    }
    return render(request, "requests_app/oversight_permissions.html", context)


# --- a case as it stood -----------------------------------------------------------------------


@login_required
@require_safe
def request_as_of(request: HttpRequest, public_id: str) -> HttpResponse:
    """The case as the register held it at the time in the address, beside what it holds now."""
    case = get_case(person(request), public_id, Action.SEE_OVERSIGHT)
    now = timezone.now()
    form = AsOfForm(request.GET if "at" in request.GET else None, now=now, initial={"at": now})
    valid = form.is_valid() or not form.is_bound
    at = form.cleaned_data["at"] if form.is_bound and valid else now
    show_restricted = workflow.may_read_restricted(person(request), case, now=now)
    stood = case_as_of(case, at, show_restricted=show_restricted)
    context = {
        "case": case,
        "form": form,
        "at": at,
        "is_now": not form.is_bound,
        "stood": stood,
        "decision": decision_of(stood.decision),
        "status_label": Status(stood.status).label if stood.status else "",
        "moments": [_moment(moment, at, stood.revision) for moment in stood.moments],
        "can_reveal": not show_restricted
        and Action.REVEAL in workflow.permitted_actions(person(request), case, now=now),
    }
    return render(request, "requests_app/request_as_of.html", context, status=200 if valid else 422)


def _moment(moment: Moment, at: datetime, revision: int) -> dict[str, Any]:
    """A change of the case to go to: the full second after it, as the address can say it."""
    after = (
        moment.at if not moment.at.microsecond else moment.at.replace(microsecond=0) + timedelta(seconds=1)
    )
    text, fold = LocalDateTimeField().prepare_value(after)
    query = QueryDict(mutable=True)
    query["at"] = text
    if fold:
        query["at_fold"] = fold
    return {
        "moment": moment,
        "url": f"?{query.urlencode()}",
        "is_current": moment.number == revision,
    }


def decision_of(decision: Decision | None) -> dict[str, Any] | None:
    return {"outcome": decision.outcome, "rows": decision_rows(decision)} if decision else None


# --- acts -------------------------------------------------------------------------------------


def what_stands(request: HttpRequest, case: AssistanceRequest, form: object) -> Mapping[str, object]:
    """What a reviewer has before them: the whole case, and what was refused on it."""
    whole = in_full(case)
    refusals = scrutiny.refusals(person(request)).filter(case=case)
    return {
        "whole": whole,
        "decision": decision_of(workflow.effective_decision(whole)),
        "panels": panels_of(whole, None),
        "attempts": [_attempt(entry) for entry in refusals],
    }


def with_proposal(request: HttpRequest, case: AssistanceRequest, form: object) -> Mapping[str, object]:
    return {"proposal": workflow.open_proposal(case), **hint(request)}


def erases(form: object) -> bool:
    """What is erased is gone: whoever does it shows anew who they are."""
    return True


request_review = act_view(ReviewForm, template="requests_app/request_review.html", shown=what_stands)
request_follow_up = act_view(FollowUpForm)
request_hold = act_view(HoldForm)
request_propose_erasure = act_view(ProposeErasureForm)
request_erase = act_view(
    EraseForm, template="requests_app/request_erase.html", shown=with_proposal, is_weighty=erases
)
