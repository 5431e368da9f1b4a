"""The lock on the password path: set by the register, released by another person of another role."""

from django.db.models import QuerySet

from requests_app import ledger, permissions
from requests_app.accounts._act import NotPossible, act, begin, record, save
from requests_app.models import RosterEntry, SignInLock, User
from requests_app.querysets import NOW
from requests_app.vocabulary import Action, LockCause, Role


def standing_locks() -> QuerySet[SignInLock]:
    return SignInLock.objects.filter(released_at__isnull=True).select_related("account")


def find_lock(account: User) -> SignInLock | None:
    return standing_locks().filter(account=account).first()


@act
def lock(account: User, *, cause: LockCause) -> SignInLock | None:
    """By the register itself. None when the lock stands already."""
    system = User.objects.system()
    account = begin(Action.LOCK, actor=system, account=account)
    if find_lock(account) is not None:
        return None
    standing = save(SignInLock(account=account, cause=cause), actor=system, reason=cause.label)
    record(Action.LOCK, actor=system, account=account, reason=cause.label)
    return standing


@act
def unlock(standing: SignInLock, *, actor: User, reason: str) -> SignInLock:
    account = begin(Action.UNLOCK, actor=actor, account=standing.account)
    # The roles of now, not those that the page saw.
    against = reason_against_unlocking(User.objects.get(pk=actor.pk), account)
    if against:
        raise NotPossible(against)
    if not release_standing(account, actor=actor, reason=reason):
        raise NotPossible("This account is not locked any more.")
    record(Action.UNLOCK, actor=actor, account=account, reason=reason)
    standing.refresh_from_db()
    return standing


def may_unlock(actor: User, account: User) -> bool:
    return reason_against_unlocking(actor, account) is None


def reason_against_unlocking(actor: User, account: User) -> str | None:
    """Why not: oneself, one of the same role, or an officer who is not on duty."""
    if actor == account:
        return "Nobody unlocks their own account."
    others = {role for role in actor.roles if permissions.allows([role], Action.UNLOCK)} - account.roles
    if not others:
        return "Somebody of another role must unlock this account."
    if others == {Role.COMMANDING_OFFICER} and not is_on_duty(actor):
        return "You are not on duty. Somebody of this shift must unlock the account."
    return None


def is_on_duty(officer: User) -> bool:
    turns = RosterEntry.objects.filter(officer=officer, cancelled=False)
    return turns.filter(starts_at__lte=NOW, ends_at__gt=NOW).exists()


def release_standing(account: User, *, actor: User, reason: str) -> bool:
    """Part of an act; it records nothing itself."""
    standing = standing_locks().filter(account=account).select_for_update(of=("self",)).first()
    if standing is None:
        return False
    standing.released_by, standing.released_at = actor, ledger.now()
    save(standing, actor=actor, reason=reason)
    return True
