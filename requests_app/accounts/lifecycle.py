"""An account's life: made by one administrator, activated by another, never deleted."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from requests_app import ledger
from requests_app.accounts._act import (
    NotPossible,
    act,
    begin,
    begin_without_account,
    record,
    save,
)
from requests_app.accounts.factors import take_sign_in_away
from requests_app.accounts.locks import release_standing
from requests_app.accounts.sessions import drop_sessions
from requests_app.models import AccountStep, RoleGrant, User
from requests_app.vocabulary import Action, Role, StepKind

LAST_ADMINISTRATOR = "One active administrator must remain. Give another person the role first."


@act
def create_account(
    *,
    actor: User,
    badge_number: str,
    display_name: str,
    email: str = "",
    ends_at: datetime | None = None,
    reason: str,
) -> User:
    """An account nobody can sign in to yet; another administrator is asked to activate it."""
    begin_without_account(Action.CREATE_ACCOUNT, actor=actor)
    account = User(
        badge_number=badge_number.strip().upper(),
        display_name=display_name,
        email=email,
        ends_at=ends_at,
        is_active=False,
        password=make_password(None),
    )
    save(account, actor=actor, reason=reason)
    _ask(StepKind.ACTIVATE, account, actor=actor, reason=reason)
    record(Action.CREATE_ACCOUNT, actor=actor, account=account, reason=reason)
    return account


@act
def propose_activation(account: User, *, actor: User, reason: str) -> AccountStep:
    account = begin(Action.PROPOSE_ACTIVATION, actor=actor, account=account)
    if account.is_active:
        raise NotPossible("This account is active already.")
    step = _ask(StepKind.ACTIVATE, account, actor=actor, reason=reason)
    record(Action.PROPOSE_ACTIVATION, actor=actor, account=account, reason=reason)
    return step


@act
def propose_reset(account: User, *, actor: User, reason: str) -> AccountStep:
    """`reason` says how the person showed who they are: by being there, with their badge."""
    account = begin(Action.PROPOSE_RESET, actor=actor, account=account)
    if not account.is_active:
        raise NotPossible("This account is not active. Ask for its activation instead.")
    if account == actor:
        raise NotPossible("Nobody resets their own sign-in. Ask another administrator.")
    step = _ask(StepKind.RESET_SIGN_IN, account, actor=actor, reason=reason)
    record(Action.PROPOSE_RESET, actor=actor, account=account, reason=reason)
    return step


@act
def confirm_step(step: AccountStep, *, actor: User) -> AccountStep:
    """The second person. From here the account has no password and no factor, and enrols by its link."""
    account = begin(Action.CONFIRM_STEP, actor=actor, account=step.account)
    step = _open_step(step)
    if actor == step.proposed_by:
        raise NotPossible("Another administrator than the one who asked must confirm this.")
    if actor == account:
        raise NotPossible("Nobody confirms a step of their own account.")
    if account.ends_at is not None and account.ends_at <= ledger.now():
        raise NotPossible("The last day of this temporary account is over. Set a later one first.")
    step.confirmed_by, step.confirmed_at = actor, ledger.now()
    label = StepKind(step.kind).label
    account.is_active = True
    take_sign_in_away(account, actor=actor, reason=label)
    release_standing(account, actor=actor, reason=label)
    save(step, actor=actor, reason=label)
    record(
        Action.CONFIRM_STEP,
        actor=actor,
        account=account,
        step=step.kind,
        asked_by=step.proposed_by.badge_number,
    )
    return step


@act
def withdraw_step(step: AccountStep, *, actor: User, reason: str) -> AccountStep:
    account = begin(Action.WITHDRAW_STEP, actor=actor, account=step.account)
    step = _open_step(step)
    step.withdrawn_at = ledger.now()
    save(step, actor=actor, reason=reason)
    record(Action.WITHDRAW_STEP, actor=actor, account=account, reason=reason, step=step.kind)
    return step


@act
def deactivate(account: User, *, actor: User, reason: str) -> User:
    """Out at once: the account, its sessions, and what was asked for it."""
    account = begin(Action.DEACTIVATE, actor=actor, account=account)
    if not account.is_active:
        raise NotPossible("This account is not active.")
    if account == actor:
        raise NotPossible("Nobody deactivates their own account. Ask another administrator.")
    if Role.ADMINISTRATOR in account.roles and active_administrators() == 1:
        raise NotPossible(LAST_ADMINISTRATOR)
    account.is_active = False
    save(account, actor=actor, reason=reason)
    ended = drop_sessions(account)
    for step in account.steps.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True):
        step.withdrawn_at = ledger.now()
        save(step, actor=actor, reason=reason)
    record(Action.DEACTIVATE, actor=actor, account=account, reason=reason, sessions_ended=ended)
    return account


@act
def new_enrolment_link(account: User, *, actor: User, reason: str) -> User:
    """Only for a person who has not set a password since the last confirmed step: nobody else's is touched.

    A new unusable password makes the earlier link worthless.
    """
    account = begin(Action.NEW_ENROLMENT_LINK, actor=actor, account=account)
    if not account.is_active or account.has_usable_password():
        raise NotPossible("This person has a password. Ask for a sign-in reset instead.")
    account.password = make_password(None)
    save(account, actor=actor, reason=reason)
    record(Action.NEW_ENROLMENT_LINK, actor=actor, account=account, reason=reason)
    return account


def active_administrators() -> int:
    held = RoleGrant.objects.held().filter(role=Role.ADMINISTRATOR)
    return held.values("user").distinct().count()


def _ask(kind: StepKind, account: User, *, actor: User, reason: str) -> AccountStep:
    return save(
        AccountStep(account=account, kind=kind, proposed_by=actor, reason=reason), actor=actor, reason=reason
    )


def _open_step(step: AccountStep) -> AccountStep:
    step = AccountStep.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=step.pk)
    if not step.is_open:
        raise NotPossible("This was settled meanwhile.")
    return step
