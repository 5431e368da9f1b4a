"""All secrets of second factors under the first key of FACTOR_KEYS, so that the others can go."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet

from requests_app.accounts.factors import keys_rotated
from requests_app.signin import encryption

BATCH = 200


def unreadable_secrets() -> int:
    """How many no key opens. They are lost unless their key is found."""
    return sum(not _opens(data["secret"]) for data in _secrets().values_list("data", flat=True).iterator())


def rotate_secrets() -> tuple[int, int]:
    """How many are under the first key now that were not, and how many were. May be run again."""
    rotated = kept = 0
    for keys in _batches():
        changed = _rotate(keys)
        rotated, kept = rotated + changed, kept + len(keys) - changed
    keys_rotated(rotated=rotated, kept=kept)
    return rotated, kept


@transaction.atomic
def _rotate(keys: list[int]) -> int:
    """Under the lock that using a code takes too: no code becomes good again."""
    changed = 0
    for factor in _secrets().filter(pk__in=keys).select_for_update().order_by("pk"):
        if not encryption.is_current(factor.data["secret"]):
            factor.data["secret"] = encryption.rotate(factor.data["secret"])
            factor.save(update_fields=["data"])
            changed += 1
    return changed


def _batches() -> Iterator[list[int]]:
    last = 0
    while found := list(_secrets().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield found
        last = found[-1]


def _secrets() -> QuerySet:
    return Authenticator.objects.filter(type=Authenticator.Type.TOTP)


def _opens(token: str) -> bool:
    try:
        encryption.decrypt(token)
    except ImproperlyConfigured:
        return False
    return True
