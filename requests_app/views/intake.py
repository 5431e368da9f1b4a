"""From the call to the page: the dispatcher's screen, and the wall."""

from uuid import uuid5

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from requests_app import accounts, workflow
from requests_app.access import get_case, person, require
from requests_app.forms.intake import AbandonForm, LogForm, PageForm, RadioDecisionForm, SaveIntakeForm
from requests_app.idle import is_locked, signed_in_or_401
from requests_app.models import AssistanceRequest, User
from requests_app.views._acts import STATUS_CODES, act_view, not_possible_now, submission_of
from requests_app.vocabulary import Action, RefusalKind, Role
from requests_app.wall import wall_of

# A screen without script that is told to refresh itself.
REFRESH_SECONDS = "30"

request_abandon = act_view(AbandonForm)
request_log = act_view(LogForm)
request_page = act_view(PageForm)
request_radio_decision = act_view(RadioDecisionForm, template="requests_app/request_radio_decision.html")


# --- pages ------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    require(request.user, Action.SAVE_INTAKE)
    return _intake_page(request, AssistanceRequest(), template="requests_app/request_new.html")


@login_required
@require_http_methods(["GET", "POST"])
def request_save_intake(request: HttpRequest, public_id: str) -> HttpResponse:
    case = get_case(person(request), public_id, Action.SAVE_INTAKE)
    permitted = workflow.permitted_actions(person(request), case, now=timezone.now())
    if request.method == "GET" and Action.SAVE_INTAKE not in permitted:
        return not_possible_now(request, case, Action.SAVE_INTAKE)
    return _intake_page(request, case, template="requests_app/request_save_intake.html")


def _intake_page(request: HttpRequest, case: AssistanceRequest, *, template: str) -> HttpResponse:
    form = _form(request, case)
    status = 200
    if request.method == "POST":
        saved, status = _save(request, form)
        if saved is not None:
            return _go_on(request, form, saved)
    known = case.pk is not None
    context = {
        "case": case if known else None,
        "form": form,
        "duplicates": _duplicates(request, case) if known else [],
        "is_untrained": _is_untrained(person(request)),
    }
    return render(request, template, context, status=status)


def _is_untrained(user: User) -> bool:
    """A dispatcher is told, and kept from nothing: a call does not wait for a course."""
    today = timezone.localdate()
    return Role.DISPATCHER in user.roles and not accounts.was_trained(user, on=today)


def _go_on(request: HttpRequest, form: SaveIntakeForm, case: AssistanceRequest) -> HttpResponse:
    """After a save without script: to the case when the officer is paged, else on with the call."""
    if "page" in request.POST:
        refusal = _page(request, form, case)
        if refusal is None:
            messages.success(request, f"{case.number} is saved and the commanding officer is paged.")
            return redirect("requests_app:request_detail", public_id=case.public_id)
        messages.error(request, f"{case.number} is saved, but nobody was paged. {refusal}")
    else:
        messages.success(request, f"Saved as {case.number}.")
    return redirect("requests_app:request_save_intake", public_id=case.public_id)


# --- what the page's script asks for ------------------------------------------------------------


@never_cache
@signed_in_or_401
@require_http_methods(["GET", "POST"])
def request_new_autosave(request: HttpRequest) -> HttpResponse:
    require(request.user, Action.SAVE_INTAKE)
    return _autosave(request, AssistanceRequest())


@never_cache
@signed_in_or_401
@require_http_methods(["GET", "POST"])
def request_autosave(request: HttpRequest, public_id: str) -> HttpResponse:
    return _autosave(request, get_case(person(request), public_id, Action.SAVE_INTAKE))


def _autosave(request: HttpRequest, case: AssistanceRequest) -> HttpResponse:
    """GET tells who is signed in and gives a fresh token, after a sign-in in another tab; POST saves."""
    if request.method == "GET":
        return JsonResponse({"badge": person(request).badge_number, "csrf_token": get_token(request)})
    form = _form(request, case)
    saved, status = _save(request, form)
    if saved is None:
        return JsonResponse(_why_not(form, case), status=status)
    refusal = _page(request, form, saved) if "page" in request.POST else None
    return JsonResponse({**_what_stands(request, form, saved), "not_paged": refusal or ""})


def _why_not(form: SaveIntakeForm, case: AssistanceRequest) -> dict[str, object]:
    """What is wrong, by field; everything else goes with no field. Nothing was saved."""
    hidden = {"idempotency_key", "revision"}
    errors = {name: list(found) for name, found in form.errors.items() if name not in hidden | {"__all__"}}
    return {
        "errors": errors,
        "labels": {name: str(form.fields[name].label) for name in errors},
        "others": [
            str(message) for name in ("__all__", *sorted(hidden)) for message in form.errors.get(name, [])
        ],
        "codes": form.refused_for,
        "revision": case.revision if case.pk else None,
    }


def _what_stands(request: HttpRequest, form: SaveIntakeForm, case: AssistanceRequest) -> dict[str, object]:
    """What the page has to know after a save; of the request itself, nothing but its number."""
    duplicates = _duplicates(request, case)
    return {
        "number": case.number,
        # A save that is sent again is told the revision that it made, not what others made since.
        "revision": form.cleaned_data["revision"] + 1 if form.case.pk else 1,
        "saved_at": date_format(timezone.localtime(), "H:i:s"),
        "save_url": reverse("requests_app:request_save_intake", args=[case.public_id]),
        "autosave_url": reverse("requests_app:request_autosave", args=[case.public_id]),
        "case_url": reverse("requests_app:request_detail", args=[case.public_id]),
        "abandon_url": reverse("requests_app:request_abandon", args=[case.public_id]),
        "duplicates": render_to_string("requests_app/_duplicates.html", {"duplicates": duplicates}),
    }


# --- saving and paging --------------------------------------------------------------------------


def _form(request: HttpRequest, case: AssistanceRequest) -> SaveIntakeForm:
    if case.pk is None:
        address, autosave_url = request.path, reverse("requests_app:request_new_autosave")
    else:
        address = reverse("requests_app:request_save_intake", args=[case.public_id])
        autosave_url = reverse("requests_app:request_autosave", args=[case.public_id])
    return SaveIntakeForm(
        request.POST if request.method == "POST" else None,
        case=case,
        user=person(request),
        now=timezone.now(),
        action=address,
        autosave_url=autosave_url,
    )


def _save(request: HttpRequest, form: SaveIntakeForm) -> tuple[AssistanceRequest | None, int]:
    """The case as saved, now or by the same form before; or None, with the status code of the refusal."""
    if not form.is_valid():
        return None, 422
    try:
        saved = workflow.attempt(
            workflow.save_intake,
            form.case.pk,
            actor=person(request),
            submission=submission_of(request, form),
            **form.given(),
        )
    except workflow.AlreadyDone as done:
        found = AssistanceRequest.objects.visible_to(person(request)).filter(pk__in=[done.case_id])
        return found.get(), 200
    except workflow.Refused as refusal:
        form.refuse(refusal)
        if refusal.kind == RefusalKind.STALE and form.case.pk:
            form.case.refresh_from_db(fields=["revision"])
            form.renew_revision(form.case.revision)
        return None, STATUS_CODES[refusal.kind]
    return saved, 200


def _page(request: HttpRequest, form: SaveIntakeForm, case: AssistanceRequest) -> str | None:
    """Page the officer. The intake stays saved whatever comes of it; the answer is why nobody was paged."""
    submission = submission_of(request, form)
    own_key = workflow.Submission(key=uuid5(submission.key, "log"), digest=submission.digest)
    try:
        workflow.attempt(workflow.log, case.pk, actor=person(request), submission=own_key)
    except workflow.AlreadyDone:
        return None
    except workflow.Refused as refusal:
        return str(refusal)
    return None


def _duplicates(request: HttpRequest, case: AssistanceRequest) -> list[AssistanceRequest]:
    """Possible duplicates that this person may see."""
    found = workflow.possible_duplicates(case)
    if not found:
        return []
    keys = [other.pk for other in found]
    return list(AssistanceRequest.objects.visible_to(person(request)).filter(pk__in=keys))


# --- the wall -----------------------------------------------------------------------------------


@login_required
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    require(request.user, Action.SEE_WALL)
    context = {
        "wall": wall_of(person(request)),
        "now": timezone.now(),
        "locked": is_locked(request),
        "refresh_seconds": REFRESH_SECONDS,
    }
    answer = render(request, "requests_app/wall.html", context)
    if request.GET.get("refresh") == REFRESH_SECONDS:
        answer["Refresh"] = REFRESH_SECONDS
    return answer


@never_cache
@signed_in_or_401
@require_safe
def wall_counts(request: HttpRequest) -> HttpResponse:
    """The counts alone, or 204 when the screen shows them already."""
    require(request.user, Action.SEE_WALL)
    now_there = wall_of(person(request))
    if request.GET.get("version") == now_there.version:
        return HttpResponse(status=204)
    return render(request, "requests_app/_wall_counts.html", {"wall": now_there, "now": timezone.now()})
