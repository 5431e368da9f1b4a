"""Second factors of an account, as rows of django-allauth."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from requests_app import ledger
from requests_app.accounts._act import act, record, save
from requests_app.accounts.sessions import drop_sessions
from requests_app.models import User
from requests_app.vocabulary import Action


def take_sign_in_away(account: User, *, actor: User, reason: str) -> None:
    """No password, no factor, no session: the person enrols anew. Part of an act; records nothing."""
    account.password = make_password(None)
    save(account, actor=actor, reason=reason)
    Authenticator.objects.filter(user=account).delete()
    drop_sessions(account)


@act
def keys_rotated(*, rotated: int, kept: int) -> None:
    """Written down once the secrets of second factors are under the first key."""
    system = User.objects.system()
    ledger.set_actor(system)
    record(Action.ROTATE_KEYS, actor=system, account=None, rotated=rotated, kept=kept)
