"""What administrators do with accounts, and how a locked colleague is let in again. No case is seen here.

Whatever lets somebody in takes two people: one asks, another confirms, and `accounts` holds them to it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from requests_app import access, accounts
from requests_app.forms.people import (
    ConfirmRoleForm,
    ConfirmStepForm,
    CreateForm,
    DeactivateForm,
    EndRoleForm,
    NewEnrolmentLinkForm,
    PeopleFilterForm,
    PersonForm,
    ProposeActivationForm,
    ProposeResetForm,
    ProposeRoleForm,
    RecordTrainingForm,
    ReviewRolesForm,
    UnlockForm,
    WithdrawStepForm,
)
from requests_app.models import AccountStep, RoleGrant, Session, SignInLock, User
from requests_app.signin import enrolment, locks, step_up
from requests_app.timeline import local_time
from requests_app.views._step_up import hint, refuse_unless_fresh
from requests_app.vocabulary import Action, Role, StepKind

BADGE_NUMBER = re.compile(r"[A-Z0-9-]{2,20}")
# More than fit on a screen; who looks for somebody types a name.
MOST_ROWS = 200
LAST_LOCKS = 5

View = Callable[..., HttpResponse]
Answer = Callable[[HttpRequest, PersonForm, Any], HttpResponse]


# --- the list -----------------------------------------------------------------------------------


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, under what waits for somebody to act."""
    access.require(request.user, Action.MANAGE_ACCOUNTS)
    actor, now = access.person(request), timezone.now()
    form = PeopleFilterForm(request.GET)
    is_readable = form.is_valid()
    found = _narrowed(accounts.people(), form.cleaned_data) if is_readable else []
    context = {
        "form": form,
        "rows": found[:MOST_ROWS],
        "found": "1 person" if len(found) == 1 else f"{len(found):,} people",
        "not_shown": max(len(found) - MOST_ROWS, 0),
        "waiting": _waiting(actor),
        "due": accounts.roles_to_review(now=now),
        "alerts": accounts.recent_alerts(now=now),
    }
    return render(request, "requests_app/people.html", context, status=200 if is_readable else 422)


def _narrowed(found: list[accounts.Person], answers: Mapping[str, str]) -> list[accounts.Person]:
    words, state, role = answers["q"].casefold(), answers["state"], answers["role"]
    return [
        one
        for one in found
        if words in f"{one.account.badge_number} {one.account.display_name}".casefold()
        and state in ("", one.state)
        and (not role or role in one.roles)
    ]


@dataclass(frozen=True)
class Waiting:
    """Something one administrator asked for. Only another one may confirm it, and never the person."""

    account: User
    what: str
    asked_by: User
    asked_at: datetime
    until: datetime | None
    reason: str
    may_confirm: bool
    confirm_url: str
    take_back_url: str


def _waiting(actor: User, account: User | None = None) -> list[Waiting]:
    steps, grants = accounts.open_steps(), accounts.proposed_roles()
    if account is not None:
        steps, grants = steps.filter(account=account), grants.filter(user=account)
    return [*(_step(one, actor) for one in steps), *(_proposal(one, actor) for one in grants)]


def _step(step: AccountStep, actor: User) -> Waiting:
    return Waiting(
        account=step.account,
        what=StepKind(step.kind).label,
        asked_by=step.proposed_by,
        asked_at=step.proposed_at,
        until=None,
        reason=step.reason,
        may_confirm=actor not in (step.proposed_by, step.account),
        confirm_url=_url("person_confirm_step", step.account, which=step.kind),
        take_back_url=_url("person_withdraw_step", step.account, which=step.kind),
    )


def _proposal(grant: RoleGrant, actor: User) -> Waiting:
    return Waiting(
        account=grant.user,
        what=f"Role: {Role(grant.role).label}",
        asked_by=grant.granted_by,
        asked_at=grant.starts_at,
        until=grant.ends_at,
        reason=grant.reason,
        may_confirm=actor not in (grant.granted_by, grant.user),
        confirm_url=_url("person_confirm_role", grant.user, which=grant.role),
        take_back_url=_url("person_end_role", grant.user, which=f"proposed-{grant.role}"),
    )


def _url(name: str, account: User, *, which: str = "") -> str:
    address = reverse(f"requests_app:{name}", args=[account.badge_number])
    return f"{address}?which={which}" if which else address


# --- one person ---------------------------------------------------------------------------------


@login_required
@require_safe
def person(request: HttpRequest, badge_number: str) -> HttpResponse:
    """What is on record about one account, and what can be done with it."""
    access.require(request.user, Action.MANAGE_ACCOUNTS)
    actor = access.person(request)
    found = accounts.find_person(badge_number) if BADGE_NUMBER.fullmatch(badge_number) else None
    if found is None:
        raise Http404("No such account.")
    account = found.account
    grants = list(account.grants.select_related("granted_by", "approved_by").order_by("-starts_at", "-pk"))
    locks_of = SignInLock.objects.filter(account=account).select_related("released_by")
    context = {
        "person": found,
        "account": account,
        "waiting": _waiting(actor, account),
        "grants": [_grant_row(one) for one in grants if one.approved_by is not None],
        "sessions": Session.objects.filter(user=account, expire_date__gt=timezone.now()).count(),
        "locks": locks_of[:LAST_LOCKS],
        "trainings": account.trainings.select_related("recorded_by"),
        "reviews": [_review_row(one) for one in account.role_reviews.select_related("reviewed_by")],
        "offers": _offers(found, actor),
        "deactivation": _deactivation(found, actor),
    }
    return render(request, "requests_app/person.html", context)


def _grant_row(grant: RoleGrant) -> dict[str, Any]:
    is_over = grant.ends_at is not None and grant.ends_at <= timezone.now()
    url = "" if is_over else _url("person_end_role", grant.user, which=grant.role)
    return {"grant": grant, "is_over": is_over, "end_url": url}


def _review_row(review: Any) -> dict[str, Any]:
    return {"review": review, "roles": ", ".join(Role(role).label for role in review.roles) or "None"}


def _offers(found: accounts.Person, actor: User) -> list[dict[str, str]]:
    """The pages of what can be done now; `accounts` has the last word."""
    account, is_own = found.account, found.account == actor
    offered: list[tuple[type[PersonForm], bool]] = [
        (ProposeRoleForm, not is_own),
        (ReviewRolesForm, bool(found.roles) and not is_own),
        (RecordTrainingForm, True),
        (UnlockForm, found.is_locked and accounts.may_unlock(actor, account)),
        (ProposeActivationForm, not account.is_active and found.state != accounts.State.WAITING),
        (NewEnrolmentLinkForm, account.may_enter and not account.has_usable_password()),
        (ProposeResetForm, account.may_enter and not is_own),
    ]
    open_ones = [form for form, is_open in offered if is_open]
    return [{"label": form.act.label, "url": _url(NAMES[form], account)} for form in open_ones]


def _deactivation(found: accounts.Person, actor: User) -> DeactivateForm | None:
    """The one act that stands on the page itself: it may have to be quick."""
    account = found.account
    if not account.is_active or account == actor:
        return None
    return DeactivateForm(account=account, asked={}, action=_url("person_deactivate", account))


# --- acts ---------------------------------------------------------------------------------------


def _to_the_person(request: HttpRequest, form: PersonForm, result: Any) -> HttpResponse:
    messages.success(request, form.done)
    return redirect("requests_app:person", badge_number=_account_of(form).badge_number)


def _to_the_new_person(request: HttpRequest, form: PersonForm, result: User) -> HttpResponse:
    messages.success(request, form.done)
    return redirect("requests_app:person", badge_number=result.badge_number)


def _show_link(request: HttpRequest, form: PersonForm, result: Any) -> HttpResponse:
    """In the answer itself and nowhere else: it is kept by nobody, and seen once."""
    account = User.objects.get(pk=_account_of(form).pk)
    context = {"account": account, "link": f"{settings.SITE_URL}{enrolment.link_for(account)}"}
    return render(request, "requests_app/person_link.html", context)


def _account_of(form: PersonForm) -> User:
    if form.account is None:
        raise TypeError("This act is about an account that exists.")
    return form.account


def _account(badge_number: str) -> User:
    found = User.objects.filter(badge_number=badge_number, is_system=False)
    account = found.first() if BADGE_NUMBER.fullmatch(badge_number) else None
    if account is None:
        raise Http404("No such account.")
    return account


def _act_view(
    form_class: type[PersonForm], does: Callable[..., object], *, then: Answer = _to_the_person
) -> View:
    """The view of one act: GET shows its form, POST carries it out and leads on."""

    @login_required
    @require_http_methods(["GET", "POST"])
    def view(request: HttpRequest, badge_number: str | None = None) -> HttpResponse:
        access.require(request.user, form_class.act)
        account = _account(badge_number) if badge_number else None
        if request.method == "GET" and form_class.is_weighty and not step_up.is_fresh(request):
            return redirect(step_up.address(request))
        data = request.POST if request.method == "POST" else None
        form = form_class(data, account=account, asked=request.GET)
        if request.method == "GET":
            is_settled = getattr(form, "chosen", account) is None and account is not None
            return _show(request, form, status=409 if is_settled else 200, is_settled=is_settled)
        return _carry_out(request, form, does, then)

    view.__name__ = NAMES[form_class]
    view.__doc__ = form_class.act.meaning
    return view


def _carry_out(
    request: HttpRequest, form: PersonForm, does: Callable[..., object], then: Answer
) -> HttpResponse:
    if not form.is_valid():
        return _show(request, form, status=422)
    if form.is_weighty and refuse_unless_fresh(request, form):
        return _show(request, form, status=403, **hint(request))
    subject = [] if form.subject is None else [form.subject]
    try:
        result = does(*subject, actor=access.person(request), **form.given())
    except accounts.NotPossible as refusal:
        accounts.record_refusal(
            form.act, actor=access.person(request), account=form.account, reason=str(refusal)
        )
        form.refuse(str(refusal))
        return _show(request, form, status=409)
    return then(request, form, result)


def _show(request: HttpRequest, form: PersonForm, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "form": form,
        "act": form.act,
        "account": form.account,
        "facts": _facts(getattr(form, "chosen", None)),
        **more,
    }
    return render(request, "requests_app/person_act.html", context, status=status)


def _facts(row: AccountStep | RoleGrant | None) -> list[dict[str, str]]:
    """What was asked for, by whom and why: read before it is confirmed."""
    if row is None:
        return []
    if isinstance(row, AccountStep):
        facts = [("Asked for", StepKind(row.kind).label), ("By", str(row.proposed_by))]
        asked_at = row.proposed_at
    else:
        until = local_time(row.ends_at) if row.ends_at else "No end"
        facts = [("Role", Role(row.role).label), ("Until", until), ("By", str(row.granted_by))]
        asked_at = row.starts_at
    facts += [("Since", local_time(asked_at)), ("Why", row.reason)]
    return [{"label": label, "value": value} for label, value in facts]


# Each form with the name of its view, which is the name of its address.
NAMES: dict[type[PersonForm], str] = {
    CreateForm: "person_create",
    ProposeActivationForm: "person_propose_activation",
    ProposeResetForm: "person_propose_reset",
    ConfirmStepForm: "person_confirm_step",
    WithdrawStepForm: "person_withdraw_step",
    DeactivateForm: "person_deactivate",
    NewEnrolmentLinkForm: "person_new_enrolment_link",
    ProposeRoleForm: "person_propose_role",
    ConfirmRoleForm: "person_confirm_role",
    EndRoleForm: "person_end_role",
    ReviewRolesForm: "person_review_roles",
    RecordTrainingForm: "person_record_training",
    UnlockForm: "person_unlock",
}

person_create = _act_view(CreateForm, accounts.create_account, then=_to_the_new_person)
person_propose_activation = _act_view(ProposeActivationForm, accounts.propose_activation)
person_propose_reset = _act_view(ProposeResetForm, accounts.propose_reset)
person_confirm_step = _act_view(ConfirmStepForm, accounts.confirm_step, then=_show_link)
person_withdraw_step = _act_view(WithdrawStepForm, accounts.withdraw_step)
person_deactivate = _act_view(DeactivateForm, accounts.deactivate)
person_new_enrolment_link = _act_view(NewEnrolmentLinkForm, accounts.new_enrolment_link, then=_show_link)
person_propose_role = _act_view(ProposeRoleForm, accounts.propose_role)
person_confirm_role = _act_view(ConfirmRoleForm, accounts.confirm_role)
person_end_role = _act_view(EndRoleForm, accounts.end_role)
person_review_roles = _act_view(ReviewRolesForm, accounts.review_roles)
person_record_training = _act_view(RecordTrainingForm, accounts.record_training)


# --- locked accounts ----------------------------------------------------------------------------


@login_required
@require_safe
def people_locked(request: HttpRequest) -> HttpResponse:
    access.require(request.user, Action.UNLOCK)
    return _show_locked(request)


def _show_locked(request: HttpRequest, *, status: int = 200, error: str = "") -> HttpResponse:
    actor = access.person(request)
    rows = [
        {"lock": lock, "against": accounts.reason_against_unlocking(actor, lock.account)}
        for lock in accounts.standing_locks()
    ]
    return render(request, "requests_app/people_locked.html", {"rows": rows, "error": error}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def person_unlock(request: HttpRequest, badge_number: str) -> HttpResponse:
    """An account that is not locked and one that does not exist look alike to who may only unlock."""
    access.require(request.user, Action.UNLOCK)
    standing = accounts.standing_locks().filter(account__badge_number=badge_number.replace("\0", "")).first()
    if standing is None:
        return _show_locked(request, status=409, error="This account is not locked, or not locked any more.")
    if request.method == "GET" and not step_up.is_fresh(request):
        return redirect(step_up.address(request))
    form = UnlockForm(request.POST if request.method == "POST" else None, lock=standing)
    if request.method == "GET":
        return _show(request, form)
    return _carry_out(request, form, accounts.unlock, _to_the_locked)


def _to_the_locked(request: HttpRequest, form: PersonForm, result: SignInLock) -> HttpResponse:
    """After an unlock the count of wrong tries begins anew."""
    locks.forget_failures(result.account)
    messages.success(request, form.done)
    return redirect("requests_app:people_locked")
