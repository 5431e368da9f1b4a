"""Who sits at the server's terminal: badge number and password, by the rules of the page of sign-in."""

import getpass
import sys
from collections.abc import Callable, Collection

from django.contrib.auth import authenticate
from django.http import HttpRequest

from requests_app.models import User

TRIES = 3


def is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(who: str, *, but: Collection[User], say: Callable[[str], object]) -> User | None:
    """Somebody else than those of `but`, who knows their password; None after three tries."""
    for _ in range(TRIES):
        badge_number = input(f"{who}, badge number: ").strip().upper()
        if badge_number in {one.badge_number for one in but}:
            say("It must be another person.")
            continue
        found = _prove(badge_number, getpass.getpass("Password: "))
        if found is not None:
            return found
        say("They do not belong together, or this account is locked or not active.")
    return None


def _prove(badge_number: str, password: str) -> User | None:
    """A wrong try is written down and counted as any other; the fifth in fifteen minutes locks."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "manage.py"}
    account = authenticate(request, username=badge_number, password=password)
    return account if isinstance(account, User) else None
