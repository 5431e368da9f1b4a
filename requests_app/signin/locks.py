"""Wrong passwords and codes: django-axes counts, the fifth in fifteen minutes makes a lock that stands.

The settings of axes name `name_tried`; its signal and allauth's arrive here.
"""

from typing import Any

from allauth.mfa.signals import authentication_failed
from axes.handlers.proxy import AxesProxyHandler
from axes.signals import user_locked_out
from axes.utils import reset
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from requests_app import accounts
from requests_app.accounts.locks import lock
from requests_app.models import User
from requests_app.signin.networks import network_of
from requests_app.vocabulary import LockCause

TRIES_CODE = "tries_code"


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str | None:
    """The badge number that was tried: allauth names it `username` in credentials and `login` in the form."""
    if credentials and credentials.get("username"):
        name = str(credentials["username"])
    elif request is not None:
        name = request.POST.get("login", "")
    else:
        name = ""
    return name.replace("\0", "").strip().upper()[:60] or None


@receiver(user_login_failed)
def record_wrong_password(sender: object, request: HttpRequest | None = None, **words: Any) -> None:
    if request is None or hasattr(request, TRIES_CODE):
        return
    name = name_tried(request, words.get("credentials"))
    accounts.sign_in_failed(_account(name), network=network_of(request), what="password")


@receiver(authentication_failed)
def count_wrong_code(sender: object, request: HttpRequest, user: User, **words: Any) -> None:
    """axes does not know of second factors: it is told here, and counts both together."""
    accounts.sign_in_failed(user, network=network_of(request), what="code")
    setattr(request, TRIES_CODE, True)
    AxesProxyHandler.user_login_failed(
        sender=count_wrong_code, credentials={"username": user.badge_number}, request=request
    )


@receiver(user_locked_out)
def lock_account(sender: object, request: HttpRequest, username: str | None, **words: Any) -> None:
    """A name without an account is counted all the same, and nothing is locked."""
    account = _account(username)
    if account is not None:
        lock(account, cause=LockCause.CODE if hasattr(request, TRIES_CODE) else LockCause.PASSWORD)


def forget_failures(account: User) -> None:
    """After an unlock the count begins anew."""
    reset(username=account.badge_number)


def _account(name: str | None) -> User | None:
    return User.objects.filter(badge_number=name, is_system=False).first() if name else None
