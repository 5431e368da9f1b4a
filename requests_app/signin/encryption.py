"""The secrets of second factors, encrypted with a key that the database does not hold.

FACTOR_KEYS lists Fernet keys: the first encrypts, all decrypt. To rotate: put a new key first, run
`manage.py rotate_factor_keys`, take the old key away.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def encrypt(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises ImproperlyConfigured when no key of the list opens it: a key is missing, not the code wrong."""
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ImproperlyConfigured("No key of FACTOR_KEYS opens this secret: a key is missing.") from error


def rotate(token: str) -> str:
    """The same secret under the first key."""
    return _keys().rotate(token.encode()).decode()


def is_current(token: str) -> bool:
    """True when the first key made it, so that no other is needed for it."""
    try:
        Fernet(settings.FACTOR_KEYS[0]).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def _keys() -> MultiFernet:
    if not settings.FACTOR_KEYS:
        raise ImproperlyConfigured("FACTOR_KEYS is not set: second factors cannot be read or made.")
    return MultiFernet([Fernet(key) for key in settings.FACTOR_KEYS])
