"""How every form that acts on a case is shown, sent, refused and answered: one way for all."""

import hashlib
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from requests_app import workflow
from requests_app.access import get_case, person
from requests_app.forms._act import ActForm
from requests_app.forms._base import RegisterForm
from requests_app.models import AssistanceRequest, User
from requests_app.views._step_up import refuse_unless_fresh
from requests_app.vocabulary import Action, RefusalKind, Status

STATUS_CODES = {
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.ILLEGAL: 409,
    RefusalKind.STALE: 409,
    RefusalKind.POLICY: 422,
    RefusalKind.INPUT: 422,
}
NOT_PART_OF_WHAT_WAS_SAID = {"csrfmiddlewaretoken", "idempotency_key", "revision"}

View = Callable[..., HttpResponse]
Answers = Mapping[str, object]


def nothing_more(request: HttpRequest, case: AssistanceRequest, form: ActForm) -> Answers:
    return {}


def nothing_before(request: HttpRequest, case: AssistanceRequest) -> Answers:
    return {}


def never_weighty(form: ActForm) -> bool:
    return False


def to_the_case(request: HttpRequest, case: AssistanceRequest) -> str:
    return reverse("requests_app:request_detail", args=[case.public_id])


def act_view(
    form_class: type[ActForm],
    *,
    template: str = "requests_app/request_act.html",
    shown: Callable[[HttpRequest, AssistanceRequest, ActForm], Answers] = nothing_more,
    filled: Callable[[HttpRequest, AssistanceRequest], Answers] = nothing_before,
    leads_to: Callable[[HttpRequest, AssistanceRequest], str] = to_the_case,
    is_weighty: Callable[[ActForm], bool] = never_weighty,
) -> View:
    """The view of one act: GET shows its form, POST carries it out and leads on, back to the case at first.

    `shown` adds what stands around the form, `filled` what its fields hold when it is opened; what
    `is_weighty` says yes to needs a fresh second factor.
    """

    @login_required
    @require_http_methods(["GET", "POST"])
    def view(request: HttpRequest, public_id: str) -> HttpResponse:
        user = person(request)
        case = _case_for(user, public_id, form_class.act, tries=request.method == "POST")
        if request.method == "GET" and form_class.act not in workflow.permitted_actions(
            user, case, now=timezone.now()
        ):
            return not_possible_now(request, case, form_class.act)
        data, before = (request.POST, {}) if request.method == "POST" else (None, filled(request, case))
        form = form_class(data, case=case, user=user, now=timezone.now(), initial=before)
        if request.method == "GET":
            return show_act(request, case, form, template=template, more=shown(request, case, form))
        status = carry_out(request, case, form, is_weighty=is_weighty)
        if status is None:
            messages.success(request, f"{form_class.act.label}: done.")
            return redirect(leads_to(request, case))
        more = shown(request, case, form)
        return show_act(request, case, form, template=template, more=more, status=status)

    view.__name__ = f"request_{verb(form_class.act)}"
    view.__doc__ = form_class.act.meaning
    return view


def _case_for(user: User, public_id: str, action: Action, *, tries: bool) -> AssistanceRequest:
    """As `get_case`. No page offers what a role does not allow: who tries it all the same is written down."""
    try:
        return get_case(user, public_id, action)
    except PermissionDenied:
        if tries:
            reason = workflow.Reason("role", f"Your role does not allow “{action.label}”.")
            refusal = workflow.Refused(RefusalKind.FORBIDDEN, reason)
            workflow.record_refusal(action, get_case(user, public_id).pk, actor=user, refusal=refusal)
        raise


def carry_out(
    request: HttpRequest,
    case: AssistanceRequest,
    form: ActForm,
    *,
    is_weighty: Callable[[ActForm], bool] = never_weighty,
) -> int | None:
    """Do it. None when it is done (now, or by the same form before); else the status code of the answer.

    After a refusal the form holds the reasons and everything that was typed.
    """
    if not form.is_valid():
        return 422
    if is_weighty(form) and refuse_unless_fresh(request, form):
        return 403
    try:
        workflow.attempt(
            workflow.TRANSITIONS[form.act],
            case.pk,
            actor=person(request),
            submission=submission_of(request, form),
            **form.given(),
        )
    except workflow.AlreadyDone:
        return None
    except workflow.Refused as refusal:
        form.refuse(refusal)
        if refusal.kind == RefusalKind.STALE:
            case.refresh_from_db(fields=["revision"])
            form.renew_revision(case.revision)
        return STATUS_CODES[refusal.kind]
    return None


def submission_of(request: HttpRequest, form: RegisterForm) -> workflow.Submission:
    """The form's key, and a digest of what was said with it."""
    said = sorted(
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_PART_OF_WHAT_WAS_SAID
        for value in values
    )
    return workflow.Submission(
        key=form.cleaned_data["idempotency_key"],
        digest=hashlib.sha256(repr([request.path, *said]).encode("utf-8", "surrogatepass")).digest(),
        revision=form.cleaned_data["revision"],
    )


def show_act(
    request: HttpRequest,
    case: AssistanceRequest,
    form: ActForm,
    *,
    template: str,
    more: Answers,
    status: int = 200,
) -> HttpResponse:
    return render(request, template, {**more, "case": case, "form": form, "act": form.act}, status=status)


def not_possible_now(request: HttpRequest, case: AssistanceRequest, action: Action) -> HttpResponse:
    """The page for a move that the case's present state does not have: what stands, and a way back."""
    context = {
        "case": case,
        "act": action,
        "status_label": Status(case.status).label,
        "reasons": reasons_against(person(request), case, action),
    }
    return render(request, "requests_app/request_not_possible.html", context, status=409)


def reasons_against(user: User, case: AssistanceRequest, action: Action) -> list[str]:
    """Why not, beyond the status: who has the request, or who must do this instead."""
    standing = workflow.Standing(
        case=case, user=user, roles=user.roles, now=timezone.now(), limits=workflow.read_limits()
    )
    if case.status not in workflow.MOVES[action].sources:
        return []
    found = [condition(standing) for condition in workflow.CONDITIONS.get(action, ())]
    return [reason.message for reason in found if reason is not None]


def verb(action: Action) -> str:
    """`decide` of `request:decide`: the name of the transition, the view and the URL."""
    return action.value.partition(":")[2]
