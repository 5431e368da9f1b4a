"""Coming and going: what the ledger keeps of sign-ins, factors and passwords."""

from datetime import datetime

from django.db.models import Max

from requests_app import ledger, notifications
from requests_app.accounts._act import act, record, save
from requests_app.models import LedgerEntry, User
from requests_app.vocabulary import Action, RefusalKind


@act
def signed_in(account: User, *, network: str, methods: list[str]) -> None:
    ledger.set_actor(account)
    record(Action.SIGN_IN, actor=account, account=account, network=network, methods=methods)


@act
def signed_out(account: User) -> None:
    ledger.set_actor(account)
    record(Action.SIGN_OUT, actor=account, account=account)


@act
def sign_in_failed(account: User | None, *, network: str, what: str) -> None:
    """The actor is the register: nobody has shown who they are. An unknown name is not written down,

    for it may be a password in the wrong field.
    """
    system = User.objects.system()
    ledger.set_actor(system)
    record(
        Action.FAIL_SIGN_IN,
        actor=system,
        account=account,
        refusal=RefusalKind.FORBIDDEN,
        network=network,
        what=what,
    )


@act
def confirmed_identity(account: User, *, method: str) -> None:
    ledger.set_actor(account)
    record(Action.CONFIRM_IDENTITY, actor=account, account=account, method=method)


@act
def factor_added(account: User, *, kind: str) -> None:
    ledger.set_actor(account)
    record(Action.ADD_FACTOR, actor=account, account=account, kind=kind)


@act
def factor_removed(account: User, *, kind: str) -> None:
    ledger.set_actor(account)
    record(Action.REMOVE_FACTOR, actor=account, account=account, kind=kind)


@act
def alert_networks(account: User, *, networks: list[str]) -> None:
    """One account is open from two networks: written down, and administrators get a mail."""
    system = User.objects.system()
    ledger.set_actor(system)
    notifications.queue_network_alert(account.pk)
    record(Action.ALERT_NETWORKS, actor=system, account=account, networks=networks)


@act
def password_set(account: User, raw_password: str) -> User:
    """The person's own password, on their own word. Whoever else was signed in with the old one is out."""
    ledger.set_actor(account)
    account.set_password(raw_password)
    account.password_set_at = ledger.now()
    save(account, actor=account, reason=Action.SET_PASSWORD.label)
    record(Action.SET_PASSWORD, actor=account, account=account)
    return account


def last_sign_ins() -> dict[int, datetime]:
    """For each person who ever signed in: when last."""
    entries = LedgerEntry.objects.filter(action=Action.SIGN_IN)
    return dict(entries.values_list("actor").annotate(last=Max("entered_at")).order_by())
