"""What the register does with accounts by itself, once a day."""

from datetime import datetime, timedelta

from requests_app.accounts._act import act, begin, record, save
from requests_app.accounts.lifecycle import active_administrators
from requests_app.accounts.presence import last_sign_ins
from requests_app.accounts.sessions import drop_sessions
from requests_app.models import User
from requests_app.vocabulary import Action, Role

UNUSED_FOR = timedelta(days=90)


def disable_unused(*, now: datetime) -> list[User]:
    """Accounts without a sign-in for ninety days, and temporary ones past their last day."""
    system = User.objects.system()
    last = last_sign_ins()
    disabled = []
    for account in User.objects.filter(is_system=False, is_active=True):
        over = account.ends_at is not None and account.ends_at <= now
        used_at = max(last.get(account.pk, account.created_at), _activated_at(account))
        if over or used_at < now - UNUSED_FOR:
            disabled.append(_disable(account, actor=system, over=over))
    return [account for account in disabled if account is not None]


def _activated_at(account: User) -> datetime:
    confirmed = account.steps.filter(confirmed_at__isnull=False).order_by("-confirmed_at").first()
    return confirmed.confirmed_at if confirmed else account.created_at  # type: ignore[return-value]


@act
def _disable(account: User, *, actor: User, over: bool) -> User | None:
    account = begin(Action.DISABLE_UNUSED, actor=actor, account=account)
    if not account.is_active:
        return None
    if Role.ADMINISTRATOR in account.roles and active_administrators() == 1:
        return None  # without any, nobody could ever be let in again
    reason = "The last day of a temporary account is over." if over else "Not used for 90 days."
    account.is_active = False
    save(account, actor=actor, reason=reason)
    drop_sessions(account)
    record(Action.DISABLE_UNUSED, actor=actor, account=account, reason=reason)
    return account
