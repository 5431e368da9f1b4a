"""Default deny: whoever is signed in without a second factor gets nothing but the way to show one.

Before sign-in stands the notice, which is acknowledged once for each session.
"""

from collections.abc import Callable
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from requests_app.models import User
from requests_app.signin import step_up
from requests_app.signin.sessions import NOTICE_SEEN

HEALTH = frozenset({"healthz", "readyz"})
# The same for everybody, and of nobody's session or database.
PUBLIC = frozenset(
    {
        "requests_app:tlog",
        "requests_app:published",
        "requests_app:framed",
        "requests_app:explorer",
        "requests_app:rows_search",
        "requests_app:api",
    }
)
# Answered without asking who comes.
ASKS_NOBODY = HEALTH | PUBLIC
# Ways in. Each wants the notice to have been acknowledged.
DOORS = frozenset({"account_login", "mfa_login_webauthn", "openid_connect_login", "enrol"})
WITHOUT_FACTOR = frozenset({"account_logout", "notice"})
ADDS_FACTOR = frozenset({"mfa_activate_totp", "mfa_add_webauthn"})
ENROLMENT = ADDS_FACTOR | {"mfa_index"}
AGED_PASSWORD = frozenset({"password_change", "password_change_done", "mfa_reauthenticate"})

View = Callable[..., HttpResponse]


class SecondFactorMiddleware:
    """Stands behind sign-in and idle lock; what is not on its lists is refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: object, kwargs: object
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ASKS_NOBODY:
            return None
        if name in DOORS and not request.session.get(NOTICE_SEEN):
            return _to("notice", next=request.get_full_path())
        if not isinstance(request.user, User) or name in WITHOUT_FACTOR:
            return None
        if not step_up.has_second_factor(request):
            return _enrol_or_leave(request, name)
        if name in ADDS_FACTOR and step_up.is_of_provider(request) and not step_up.is_fresh(request):
            # allauth asks nothing of a person who has no factor here yet; this one has one elsewhere.
            return redirect(step_up.address(request, back_to=request.path))
        if _password_is_too_old(request.user) and name not in ENROLMENT | AGED_PASSWORD:
            return _to("password_change")
        return None


def _enrol_or_leave(request: HttpRequest, name: str) -> HttpResponse | None:
    """The first factor is enrolled now; who has one already must sign in with it."""
    if Authenticator.objects.filter(user_id=request.user.pk).exists():
        request.session.flush()  # no entry in the ledger: a GET writes nothing but session rows
        request.user = AnonymousUser()
        return _to("account_login", next=request.get_full_path())
    return None if name in ENROLMENT else _to("mfa_index")


def _password_is_too_old(user: User) -> bool:
    if not settings.PASSWORD_MAX_AGE_DAYS or user.password_set_at is None:
        return False
    return user.password_set_at < timezone.now() - timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)


def _to(name: str, **query: str) -> HttpResponse:
    answer = redirect(name)
    if query:
        answer["Location"] += f"?{urlencode(query)}"
    return answer
