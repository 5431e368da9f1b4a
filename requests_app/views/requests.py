"""The list, the case page, its revisions, and the acts anyone involved may do."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from requests_app import permissions, queue, timeline, workflow
from requests_app.access import get_case, person, require
from requests_app.forms.closure import (
    AnswerForm,
    CorrectForm,
    ExplainForm,
    ReopenForm,
    RevealForm,
    WithdrawForm,
)
from requests_app.forms.field import (
    CommanderAbsentForm,
    CommanderArrivesForm,
    DispatchForm,
    OfficerArrivesForm,
    ReportOutcomeForm,
    StandDownForm,
)
from requests_app.forms.search import RequestSearchForm
from requests_app.policy import load_version
from requests_app.views._acts import act_view
from requests_app.views._case import decisions_of, in_full, restricted_of, standing_of, steps_for
from requests_app.views._case_facts import corrections_of, panels_of
from requests_app.views._case_list import found, page_of, show_of, tabs
from requests_app.vocabulary import Action, Role, Status

# Where each role begins; who holds several begins at the first.
START_PAGES: tuple[tuple[Role, str], ...] = (
    (Role.COMMANDING_OFFICER, "requests_app:queue"),
    (Role.DISPATCHER, "requests_app:request_list"),
    (Role.OVERSIGHT, "requests_app:oversight"),
    (Role.ADMINISTRATOR, "requests_app:people"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page of whoever comes: visitors read the statistics, staff go to their work."""
    if not request.user.is_authenticated:
        return redirect("requests_app:statistics")
    for role, page in START_PAGES:
        if role in person(request).roles:
            return redirect(page)
    return render(request, "requests_app/home.html")


@login_required
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Action.VIEW)
    show, now = show_of(request.GET), timezone.now()
    form = RequestSearchForm({"q": request.GET.get("q", "")})
    is_readable = form.is_valid()
    search = form.cleaned_data["q"] if is_readable else ""
    cases = found(user, show=show, search=search)
    context = {
        "form": form,
        "tabs": tabs(show),
        "list": page_of(cases if is_readable else cases.none(), request.GET, now=now),
        "search": search,
        "now": now,
        "may_begin": permissions.allows(user.roles, Action.SAVE_INTAKE),
    }
    status = 200 if is_readable else 422
    return render(request, "requests_app/request_list.html", context, status=status)


@login_required
@require_safe
def request_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    user = person(request)
    case = in_full(get_case(user, public_id))
    now, limits = timezone.now(), workflow.read_limits()
    is_logged = case.status not in (Status.INTAKE, Status.ABANDONED)
    _, verdict = workflow.verdict_on(case, at=now) if is_logged else (None, None)
    context = {
        "case": case,
        "now": now,
        "standing": standing_of(case),
        "clock_of_case": queue.clock_of(case, limits),
        "steps": steps_for(user, case, now=now, limits=limits),
        "panels": panels_of(case, restricted_of(user, case, now=now)),
        "verdict": verdict,
        "policy": load_version(verdict.policy_version) if verdict else None,
        "decisions": decisions_of(case),
        "corrections": corrections_of(case),
        "entries": reversed(timeline.timeline_of(case)),
        "sees_as_of": permissions.allows(user.roles, Action.SEE_OVERSIGHT),
    }
    return render(request, "requests_app/request_detail.html", context)


@login_required
@require_safe
def request_revisions(request: HttpRequest, public_id: str) -> HttpResponse:
    user = person(request)
    case = get_case(user, public_id)
    may_read = workflow.may_read_restricted(user, case, now=timezone.now())
    context = {
        "case": case,
        "revisions": timeline.revisions_of(case, show_restricted=may_read),
        "may_read_restricted": may_read,
    }
    return render(request, "requests_app/request_revisions.html", context)


request_dispatch = act_view(DispatchForm)
request_officer_arrives = act_view(OfficerArrivesForm)
request_commander_arrives = act_view(CommanderArrivesForm)
request_commander_absent = act_view(CommanderAbsentForm)
request_stand_down = act_view(StandDownForm)
request_report_outcome = act_view(ReportOutcomeForm)
request_withdraw = act_view(WithdrawForm)
request_correct = act_view(CorrectForm)
request_reopen = act_view(ReopenForm)
request_reveal = act_view(RevealForm)
request_explain = act_view(ExplainForm)
request_answer = act_view(AnswerForm)
