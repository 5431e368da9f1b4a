"""Who sits at the server's terminal: badge number and password, by the rules of the page of sign-in."""

from django.contrib.auth import authenticate
from django.http import HttpRequest

from requests_app.models import User


def prove(badge_number: str, password: str) -> User | None:
    """None when they do not belong together, or the account is locked or not active.

    A wrong try is written down and counted as any other; the fifth in fifteen minutes locks the account.
    """
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "manage.py"}
    account = authenticate(request, username=badge_number.strip().upper(), password=password)
    return account if isinstance(account, User) else None
