"""A code of an authenticator app works once, in every process, whatever becomes of the cache.

The last period that was used stands in the factor's row and is compared under the row's lock (RFC 6238, 5.2).
"""

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction
from django.utils.crypto import constant_time_compare

from requests_app.signin.encryption import decrypt, encrypt

LAST_COUNTER = "last_counter"


def current_counter() -> int:
    """The number of the present period of thirty seconds."""
    return int(time.time()) // app_settings.TOTP_PERIOD


def code_at(secret: str, counter: int) -> str:
    return format_hotp_value(hotp_value(secret, counter))


@transaction.atomic
def use_code(factor: Authenticator, code: str) -> bool:
    """True once for each period: the code is right, and no code of this period or a later one was used."""
    locked = Authenticator.objects.select_for_update().get(pk=factor.pk)
    counter = current_counter()
    if counter <= locked.data.get(LAST_COUNTER, -1):
        return False
    if not constant_time_compare(_digits(code), code_at(decrypt(locked.data["secret"]), counter)):
        return False
    locked.data[LAST_COUNTER] = counter
    locked.save(update_fields=["data"])
    return True


def enrol(factor: Authenticator, *, used: bool) -> None:
    """Remember the period whose code proved the enrolment: it was seen once already."""
    if used:
        factor.data[LAST_COUNTER] = current_counter()
        factor.save(update_fields=["data"])


def add_factor(user_id: int, secret: str) -> Authenticator:
    """A factor with a known secret: for the demonstration and for tests."""
    return Authenticator.objects.create(
        user_id=user_id, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)}
    )


def _digits(code: str) -> str:
    """Apps show "123 456"; people type it so."""
    return "".join(code.split())
