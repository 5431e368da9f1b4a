"""The way in when every administrator is locked out: two people at the server, and everybody is told."""

from collections.abc import Sequence

from requests_app import notifications
from requests_app.accounts._act import NotPossible, act, begin, record
from requests_app.accounts.factors import take_sign_in_away
from requests_app.accounts.locks import release_standing
from requests_app.models import RoleGrant, User
from requests_app.models.user import RoleGrantQuerySet
from requests_app.vocabulary import Action, Role

PEOPLE = 2


@act
def break_glass(account: User, *, witnesses: Sequence[User], reason: str, reset: bool) -> User:
    """Unlock an administrator; with `reset` take password and factors away besides, so that they enrol anew.

    The caller has seen the password of each witness. The actor is the register: no role carries this act.
    """
    system = User.objects.system()
    account = begin(Action.BREAK_GLASS, actor=system, account=account)
    _refuse_account(account)
    _refuse_witnesses(witnesses, account)
    was_locked = release_standing(account, actor=system, reason=reason)
    if not was_locked and not reset:
        raise NotPossible("This account is not locked.")
    if reset:
        take_sign_in_away(account, actor=system, reason=reason)
    notifications.queue_break_glass(account.pk, [one.pk for one in witnesses], reset=reset)
    record(
        Action.BREAK_GLASS,
        actor=system,
        account=account,
        reason=reason,
        witnesses=[one.badge_number for one in witnesses],
        was_locked=was_locked,
        reset=reset,
    )
    return account


def _refuse_account(account: User) -> None:
    if not _holders(Role.ADMINISTRATOR).filter(user=account).exists():
        raise NotPossible(
            "This is for active administrators alone. They can help everybody else;"
            " when none is left, create_administrator makes one."
        )


def _refuse_witnesses(witnesses: Sequence[User], account: User) -> None:
    """Their accounts as they stand now."""
    people = {one.pk for one in witnesses}
    if len(people) != PEOPLE or len(witnesses) != PEOPLE:
        raise NotPossible("Two different people must stand by.")
    if account.pk in people:
        raise NotPossible("Nobody stands by for their own account.")
    if set(_holders(*Role).filter(user__in=people).values_list("user", flat=True)) != people:
        raise NotPossible("Both people must be active and hold a role.")


def _holders(*roles: Role) -> RoleGrantQuerySet:
    return RoleGrant.objects.held().filter(role__in=roles, user__is_system=False)
