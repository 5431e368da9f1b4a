"""The one shape of an act on an account: lock the account, look again, change, record."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, transaction

from requests_app import ledger, permissions
from requests_app.models import RoleGrant, User
from requests_app.models._base import Revised
from requests_app.vocabulary import Action, RefusalKind

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Revised)


class NotPossible(Exception):
    """The act did not happen, and nothing was written; the message is for the person who tried."""


def act(function: Callable[P, R]) -> Callable[P, R]:
    """A whole unit of its own; a broken constraint becomes its sentence."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic(durable=True):
                return function(*args, **kwargs)
        except IntegrityError as error:
            raise NotPossible(_sentence_of(error)) from error

    return run


def begin(action: Action, *, actor: User, account: User) -> User:
    """The account, locked, once the actor's role is looked up anew."""
    ledger.set_actor(actor)
    _require(action, actor)
    return User.objects.select_for_update().get(pk=account.pk, is_system=False)


def begin_without_account(action: Action, *, actor: User) -> None:
    ledger.set_actor(actor)
    _require(action, actor)


def save(row: M, *, actor: User, reason: str) -> M:
    row._history_user = actor  # type: ignore[attr-defined]
    row._change_reason = reason  # type: ignore[attr-defined]
    row.save()
    ledger.note_row(row)
    return row


def record(
    action: Action,
    *,
    actor: User,
    account: User | None,
    reason: str = "",
    refusal: str = "",
    **details: object,
) -> None:
    """The entry of the ledger, last in its transaction. Who it is about stands in the private part."""
    now = ledger.now()
    ledger.record(
        ledger.Act(
            actor=actor,
            action=action,
            occurred_at=now,
            entered_at=now,
            reason=reason,
            refusal=refusal,
            details={"account": account.badge_number if account else None, **details},
        )
    )


@act
def record_refusal(action: Action, *, actor: User, account: User | None, reason: str) -> None:
    """Somebody tried what is not possible, the asker's own confirmation for one: oversight may want to know.

    In a transaction of its own, after the act's was undone.
    """
    ledger.set_actor(actor)
    record(action, actor=actor, account=account, reason=reason, refusal=RefusalKind.ILLEGAL)


def _require(action: Action, actor: User) -> None:
    """Roles as they stand in this transaction, not as the page saw them."""
    if actor.is_system and action in permissions.SYSTEM_ACTIONS:
        return
    grants = RoleGrant.objects.held().filter(user_id=actor.pk)
    if not permissions.allows(grants.values_list("role", flat=True), action):
        raise NotPossible(f"Your role does not allow “{action.label}”.")


def _sentence_of(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    name = diagnosis.constraint_name if diagnosis else ""
    for model in apps.get_app_config("requests_app").get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return str(constraint.get_violation_error_message())
    if name and "badge_number" in name:
        return "This badge number has an account already. Badge numbers are never reused."
    raise error
