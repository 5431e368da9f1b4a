"""Second factors of an account, as rows of django-allauth."""

from allauth.mfa.models import Authenticator

from requests_app import ledger
from requests_app.accounts._act import act, record
from requests_app.models import User
from requests_app.vocabulary import Action


def remove_all_factors(account: User) -> int:
    """Part of an act; it records nothing itself."""
    return Authenticator.objects.filter(user=account).delete()[0]


@act
def keys_rotated(*, rotated: int, kept: int) -> None:
    """Written down once the secrets of second factors are under the first key."""
    system = User.objects.system()
    ledger.set_actor(system)
    record(Action.ROTATE_KEYS, actor=system, account=None, rotated=rotated, kept=kept)
