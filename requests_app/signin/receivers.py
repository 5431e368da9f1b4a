"""What follows from signing in and out: the session knows where it is, the ledger knows who came."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from requests_app import accounts
from requests_app.models import User
from requests_app.signin import alerts, sessions, step_up, totp
from requests_app.signin.networks import address_of, browser_of, network_of


@receiver(user_logged_in)
def remember_session(sender: object, request: HttpRequest, user: User, **words: Any) -> None:
    network = network_of(request)
    now = timezone.now()
    request.session[sessions.BEGAN] = int(now.timestamp())
    request.session[sessions.STARTED_AT] = now.isoformat()
    request.session[sessions.ADDRESS] = address_of(request)
    request.session[sessions.NETWORK] = network
    request.session[sessions.BROWSER] = browser_of(request)
    methods = [str(record["method"]) for record in get_authentication_records(request, user)]
    accounts.signed_in(user, network=network, methods=methods)
    alerts.notice_second_network(user, network=network)


@receiver(user_logged_out)
def record_sign_out(sender: object, request: HttpRequest, user: User | None, **words: Any) -> None:
    if user is not None:
        accounts.signed_out(user)


@receiver(authenticator_added)
def record_added_factor(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **words: Any
) -> None:
    """Enrolling proves that the person has the factor: the session counts as confirmed by it."""
    totp.enrol(authenticator, used=authenticator.type == Authenticator.Type.TOTP)
    record_authentication(
        request, user, step_up.SECOND_FACTOR, id=authenticator.pk, type=authenticator.type, enrolled=True
    )
    accounts.factor_added(user, kind=authenticator.type)


@receiver(authenticator_removed)
def record_removed_factor(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **words: Any
) -> None:
    """Whoever signed in elsewhere with it is out."""
    accounts.factor_removed(user, kind=authenticator.type)
    accounts.end_all_sessions(user, but=request.session.session_key, actor=user)


@receiver(authenticator_used)
def record_confirmation(
    sender: object,
    request: HttpRequest,
    user: User,
    authenticator: Authenticator,
    reauthenticated: bool = False,
    **words: Any,
) -> None:
    """A key that somebody took before is worth nothing after."""
    if reauthenticated:
        request.session.cycle_key()
        accounts.confirmed_identity(user, method=authenticator.type)
