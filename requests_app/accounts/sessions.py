"""Open sessions of an account: seen and ended by the person, ended by the register."""

from requests_app import ledger
from requests_app.accounts._act import act, record
from requests_app.models import Session, User
from requests_app.vocabulary import Action


@act
def end_session(session: Session, *, actor: User) -> None:
    """By the person whose session it is; the caller has looked it up among theirs."""
    ledger.set_actor(actor)
    Session.objects.filter(pk=session.pk, user=actor).delete()
    record(Action.END_SESSION, actor=actor, account=actor, network=session.network)


@act
def end_all_sessions(account: User, *, but: str | None, actor: User) -> int:
    """Sign a person out everywhere, except in the session of this key."""
    ledger.set_actor(actor)
    ended, _ = Session.objects.filter(user=account).exclude(session_key=but or "").delete()
    record(Action.END_SESSION, actor=actor, account=account, sessions_ended=ended)
    return ended


def drop_sessions(account: User) -> int:
    """Part of an act; it records nothing itself."""
    return Session.objects.filter(user=account).delete()[0]
