"""How every form that acts on a case is shown, sent, refused and answered: one way for all."""

import hashlib
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from requests_app import workflow
from requests_app.access import get_case
from requests_app.forms._act import ActForm
from requests_app.forms._base import RegisterForm
from requests_app.models import AssistanceRequest
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


def act_view(form_class: type[ActForm], *, template: str = "requests_app/request_act.html") -> View:
    """The view of one act: GET shows its form, POST carries it out and leads back to the case."""

    @login_required
    @require_http_methods(["GET", "POST"])
    def view(request: HttpRequest, public_id: str) -> HttpResponse:
        case = get_case(request.user, public_id, form_class.act)
        if request.method == "GET" and form_class.act not in workflow.permitted_actions(
            request.user, case, now=timezone.now()
        ):
            return not_possible_now(request, case, form_class.act)
        form = form_class(request.POST or None, case=case, user=request.user, now=timezone.now())
        if request.method == "GET":
            return show_act(request, case, form, template=template)
        status = carry_out(request, case, form)
        if status is None:
            messages.success(request, f"{form_class.act.label}: done.")
            return redirect("requests_app:request_detail", public_id=case.public_id)
        return show_act(request, case, form, template=template, status=status)

    view.__name__ = f"request_{verb(form_class.act)}"
    view.__doc__ = form_class.act.meaning
    return view


def carry_out(request: HttpRequest, case: AssistanceRequest, form: ActForm) -> int | None:
    """Do it. None when it is done (now, or by the same form before); else the status code of the answer.

    After a refusal the form holds the reasons and everything that was typed.
    """
    if not form.is_valid():
        return 422
    try:
        workflow.attempt(
            workflow.TRANSITIONS[form.act],
            case.pk,
            actor=request.user,
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
    request: HttpRequest, case: AssistanceRequest, form: ActForm, *, template: str, status: int = 200
) -> HttpResponse:
    return render(request, template, {"case": case, "form": form, "act": form.act}, status=status)


def not_possible_now(request: HttpRequest, case: AssistanceRequest, action: Action) -> HttpResponse:
    """The page for a move that the case's present state does not have: what stands, and a way back."""
    context = {"case": case, "act": action, "status_label": Status(case.status).label}
    return render(request, "requests_app/request_not_possible.html", context, status=409)


def verb(action: Action) -> str:
    """`decide` of `request:decide`: the name of the transition, the view and the URL."""
    return action.value.partition(":")[2]
