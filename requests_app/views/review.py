"""The commanding officer's queue and the acts of review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from requests_app import checklist, workflow
from requests_app import queue as requests_in_queue
from requests_app.access import get_case, person, require
from requests_app.forms._act import ActForm
from requests_app.forms.review import (
    AcknowledgeForm,
    AgreeForm,
    ClaimForm,
    ConfirmForm,
    DecideForm,
    DisagreeForm,
    ReclassifyForm,
    RecordCallForm,
    ReleaseForm,
    RequestInformationForm,
    SetEvidenceForm,
    VerifyCallerForm,
)
from requests_app.idle import signed_in_or_401
from requests_app.models import AssistanceRequest, Decision, RestrictedDetails, User
from requests_app.policy import load_version
from requests_app.queue import MOST_ROWS, Row, Tab
from requests_app.timeline import Revision, revisions_of, timeline_of
from requests_app.views._acts import act_view, verb
from requests_app.views._step_up import hint
from requests_app.vocabulary import (
    Action,
    Channel,
    Component,
    Division,
    Outcome,
    PlaceKind,
    ReasonCode,
    Verification,
)

Shown = Mapping[str, object]

# --- the queue ---------------------------------------------------------------------------------

ROW_LABELS = {
    Action.ACKNOWLEDGE: "Acknowledge",
    Action.CLAIM: "Take",
    Action.DECIDE: "Decide",
    Action.AGREE: "Agree",
    Action.DISAGREE: "Disagree",
    Action.CONFIRM: "Confirm",
}
# Done from the row itself; the others lead to a page where something is read or said first.
DONE_IN_THE_ROW = frozenset({Action.ACKNOWLEDGE, Action.CLAIM})


@dataclass(frozen=True, slots=True)
class RowMove:
    """A button or link of a row; `key` makes a button that is pressed twice act once."""

    label: str
    url: str
    key: UUID | None


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(user, Action.SEE_QUEUE)
    return render(request, "requests_app/queue.html", _queue_shown(user, _tab_of(request)))


@never_cache
@signed_in_or_401
@require_GET
def queue_rows(request: HttpRequest) -> HttpResponse:
    """What the open queue asks for every few seconds: 204 while nothing that it shows has changed."""
    user, tab, now = person(request), _tab_of(request), timezone.now()
    require(user, Action.SEE_QUEUE)
    counts = requests_in_queue.count_tabs(user, now=now)
    if request.GET.get("version") == requests_in_queue.version_of(tab, user, counts, now=now):
        return HttpResponse(status=204)
    return render(request, "requests_app/_queue_rows.html", _queue_shown(user, tab))


def _tab_of(request: HttpRequest) -> Tab:
    try:
        return Tab(request.GET.get("tab", Tab.WAITING))
    except ValueError:
        raise Http404("The queue has no such tab.") from None


def _queue_shown(user: User, tab: Tab) -> Shown:
    now = timezone.now()
    counts = requests_in_queue.count_tabs(user, now=now)
    rows = requests_in_queue.rows_of(tab, user, now=now)
    return {
        "tab": tab,
        "tabs": [_tab_shown(one, tab, counts.by_tab[one]) for one in Tab],
        "rows": [(row, [_move(row, action) for action in row.actions]) for row in rows],
        "counts": counts,
        "waiting": counts.by_tab[Tab.WAITING],
        "version": requests_in_queue.version_of(tab, user, counts, now=now),
        "not_shown": max(counts.by_tab[tab] - MOST_ROWS, 0),
        "now": now,
    }


def _tab_shown(tab: Tab, current: Tab, count: int) -> Shown:
    url = f"{reverse('requests_app:queue')}?tab={tab}"
    return {"label": tab.label, "url": url, "is_current": tab == current, "count": count}


def _move(row: Row, action: Action) -> RowMove:
    key = uuid4() if action in DONE_IN_THE_ROW else None
    return RowMove(ROW_LABELS[action], _act_url(row.case, action), key)


def _act_url(case: AssistanceRequest, action: Action) -> str:
    return reverse(f"requests_app:request_{verb(action)}", args=[case.public_id])


# --- where an act leads, and what stands around its form ----------------------------------------


def _to_the_queue_or_case(request: HttpRequest, case: AssistanceRequest) -> str:
    """Who acknowledges in the queue stays there."""
    if request.POST.get("came_from") == "queue":
        return reverse("requests_app:queue")
    return reverse("requests_app:request_detail", args=[case.public_id])


def _to_the_decision(request: HttpRequest, case: AssistanceRequest) -> str:
    """Back to the decision while the officer is at it, else to the case."""
    user = person(request)
    as_it_is = get_case(user, case.public_id)
    if Action.DECIDE in workflow.permitted_actions(user, as_it_is, now=timezone.now()):
        return _act_url(case, Action.DECIDE)
    return reverse("requests_app:request_detail", args=[case.public_id])


def _with_changes(request: HttpRequest, case: AssistanceRequest, form: ActForm) -> Shown:
    return {"changes": _changes_since_opened(request, case)}


def _changes_since_opened(request: HttpRequest, case: AssistanceRequest) -> list[Revision]:
    """What others changed between the opening of a form and its sending, newest first."""
    opened_at = request.POST.get("revision", "")
    if not (opened_at.isascii() and opened_at.isdigit()):
        return []
    case.refresh_from_db(fields=["revision"])
    if int(opened_at) >= case.revision:
        return []
    revisions = revisions_of(case, show_restricted=False)
    return [one for one in revisions if one.number is not None and one.number > int(opened_at)]


def _with_decision(request: HttpRequest, case: AssistanceRequest, form: ActForm) -> Shown:
    decision = workflow.effective_decision(case)
    words = _decision_in_words(decision) if decision else []
    return {**_with_changes(request, case, form), "decision": decision, "decision_rows": words}


def _decision_in_words(decision: Decision) -> list[Shown]:
    policy = Outcome(decision.verdict["outcome"]).label
    rows = [
        ("Decided", Outcome(decision.outcome).label),
        ("Policy said", f"{policy} (version {decision.policy_version})"),
        ("Why", ReasonCode(decision.reason_code).label if decision.reason_code else ""),
        ("Reason in words", decision.reason_text),
        ("Referred to", decision.referred_to),
        ("Decided by", decision.decided_by.display_name),
        ("Entered by", decision.entered_by.display_name if decision.is_by_radio else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _with_caller(request: HttpRequest, case: AssistanceRequest, form: ActForm) -> Shown:
    """Who the caller says they are. Not the number they offered: it must not be the one that is called."""
    caller = _restricted_of(case, person(request), now=form.now)
    return {**_with_changes(request, case, form), "caller": caller}


def _restricted_of(case: AssistanceRequest, user: User, *, now: datetime) -> RestrictedDetails | None:
    return case.restricted if workflow.may_read_restricted(user, case, now=now) else None


def _with_verdict(request: HttpRequest, case: AssistanceRequest, form: ActForm) -> Shown:
    """Everything the decision rests on: the grounds, what the policy says, what happened so far."""
    user = person(request)
    if request.method == "POST":
        # Another officer may have been faster: what is shown is how the request stands now.
        case = get_case(user, case.public_id)
    _facts, verdict = workflow.verdict_on(case, at=form.now)
    policy = load_version(verdict.policy_version)
    return {
        **_with_changes(request, case, form),
        "verdict": verdict,
        "verdict_grounds": checklist.in_short(verdict.grounds),
        "policy": policy,
        "checks": checklist.checks(case, verdict, policy),
        "points": checklist.open_points(verdict, policy),
        "links": _links_to_facts(user, case, now=form.now),
        "waits": requests_in_queue.clock_of(case, workflow.read_limits()),
        "is_emergency": workflow.is_emergency(case),
        "summary": _summary(case, _restricted_of(case, user, now=form.now)),
        "entries": timeline_of(case)[::-1],
        "now": form.now,
        **hint(request),
    }


def _links_to_facts(user: User, case: AssistanceRequest, *, now: datetime) -> dict[str, str]:
    """The forms that set the facts, by verb, as far as this officer may use them now."""
    permitted = workflow.permitted_actions(user, case, now=now)
    setting = {*checklist.SETS_FACT.values(), Action.REQUEST_INFORMATION}
    return {verb(action): _act_url(case, action) for action in permitted if action in setting}


def _summary(case: AssistanceRequest, restricted: RestrictedDetails | None) -> list[Shown]:
    """What was asked, in the words of the intake."""
    later = timezone.localtime(case.requested_for) if case.requested_for else None
    rows = [
        ("Asked for", requests_in_queue.asked_for(case)),
        ("What was said", case.what_was_said),
        ("Ground claimed", checklist.in_short(case.grounds_claimed)),
        ("Who asks", Component(case.component).label),
        ("Caller", Verification(case.evidence.verification).label),
        ("Call with you", requests_in_queue.recording_of(case).words),
        ("Came in by", Channel(case.channel).label),
        ("Kind of place", PlaceKind(case.place_kind).label),
        ("Division", Division(case.division).label),
        ("Asked for a later time", f"{later:%b} {later.day}, {later:%Y, %H:%M}" if later else ""),
    ]
    shown: list[Shown] = [{"label": label, "value": value} for label, value in rows if value]
    where = {
        "label": "Exact place",
        "value": restricted.location if restricted else "",
        "masked": not restricted,
    }
    return [*shown, where]


def _earlier_call(request: HttpRequest, case: AssistanceRequest) -> Shown:
    """The values of the call that `?call=` names, to be completed; nothing for any other word."""
    for call in case.calls.all():
        if str(call.pk) == request.GET.get("call"):
            columns = ("started_at", "ended_at", "recorded", "recorder_reference", "note")
            return {"call_id": call.pk, **{name: getattr(call, name) for name in columns}}
    return {}


def _with_calls(request: HttpRequest, case: AssistanceRequest, form: ActForm) -> Shown:
    calls, chosen = list(case.calls.all()), str(form["call_id"].value() or "")
    completing = next((call for call in calls if str(call.pk) == chosen), None)
    return {**_with_changes(request, case, form), "calls": calls, "completing": completing}


def _decides_to_assist(form: ActForm) -> bool:
    """Officers go out on this word: whoever gives it shows anew who they are."""
    return form.cleaned_data["outcome"] == Outcome.ASSIST


# --- the acts ----------------------------------------------------------------------------------

PLAIN = "requests_app/_review_act.html"

request_acknowledge = act_view(
    AcknowledgeForm, template=PLAIN, shown=_with_changes, leads_to=_to_the_queue_or_case
)
request_claim = act_view(ClaimForm, template=PLAIN, shown=_with_changes, leads_to=_to_the_decision)
request_release = act_view(ReleaseForm, template=PLAIN, shown=_with_changes)
request_verify_caller = act_view(
    VerifyCallerForm,
    template="requests_app/request_verify_caller.html",
    shown=_with_caller,
    leads_to=_to_the_decision,
)
request_record_call = act_view(
    RecordCallForm,
    template="requests_app/request_record_call.html",
    shown=_with_calls,
    filled=_earlier_call,
    leads_to=_to_the_decision,
)
request_set_evidence = act_view(
    SetEvidenceForm,
    template="requests_app/request_set_evidence.html",
    shown=_with_changes,
    leads_to=_to_the_decision,
)
request_reclassify = act_view(ReclassifyForm, template=PLAIN, shown=_with_changes, leads_to=_to_the_decision)
request_request_information = act_view(RequestInformationForm, template=PLAIN, shown=_with_changes)
request_decide = act_view(
    DecideForm,
    template="requests_app/request_decide.html",
    shown=_with_verdict,
    is_weighty=_decides_to_assist,
)
request_confirm = act_view(ConfirmForm, template="requests_app/request_agree.html", shown=_with_decision)
request_agree = act_view(AgreeForm, template="requests_app/request_agree.html", shown=_with_decision)
request_disagree = act_view(DisagreeForm, template="requests_app/request_agree.html", shown=_with_decision)
