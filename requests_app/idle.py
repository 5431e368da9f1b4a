"""The two clocks of a session: after fifteen idle minutes the wall alone, after twelve hours nothing.

A screen that refreshes itself is nobody's act. When a session acted last is kept in the session, as whole
seconds since 1970, and written at most once a minute.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from requests_app.signin.middleware import ASKS_NOBODY, DOORS
from requests_app.signin.sessions import BEGAN, NOTICE_SEEN

IDLE_SECONDS = 15 * 60
STAMP_SECONDS = 60
SESSION_SECONDS = 12 * 60 * 60
LAST_ACT = "last_act_at"

LOGOUT = "account_logout"
# Pages of signing in: on a locked screen they are for whoever comes now.
SIGN_IN = DOORS | {"mfa_authenticate", "openid_connect_callback", "notice"}
WALL = frozenset({"requests_app:wall", "requests_app:wall_counts"})
REFRESHED_BY_ITSELF = WALL | {"requests_app:queue_rows"}
ASKED_FOR_BY_A_SCRIPT = frozenset(
    {
        "requests_app:queue_rows",
        "requests_app:wall_counts",
        "requests_app:request_autosave",
        "requests_app:request_new_autosave",
    }
)

View = Callable[..., HttpResponse]


class IdleLockMiddleware:
    """Stands behind sign-in: it asks who the person is before anything is shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Nobody is taken to be there on a locked screen's page of sign-in: who is there now has signed in.
        if _name_of(request) in SIGN_IN and request.user.is_authenticated:
            _stamp(request.session)
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: object, kwargs: object
    ) -> HttpResponse | None:
        name = _name_of(request)
        if name in ASKS_NOBODY or not request.user.is_authenticated:
            return None
        if _is_over(request.session):
            _end(request)
            return None if name in SIGN_IN | WALL else _locked(request, name)
        idle = _idle_seconds(request.session)
        if idle is None:
            _stamp(request.session)
        elif idle > IDLE_SECONDS:
            return _locked(request, name)
        elif idle >= STAMP_SECONDS and name not in REFRESHED_BY_ITSELF:
            _stamp(request.session)
        return None


def _name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _locked(request: HttpRequest, name: str) -> HttpResponse | None:
    if name in WALL or name == LOGOUT:
        return None
    if name in SIGN_IN:
        # For whoever comes now: what the session held of the person before must not mix with theirs.
        _end(request)
        return None
    if name in ASKED_FOR_BY_A_SCRIPT or "HX-Request" in request.headers:
        return signed_out()
    return redirect_to_login(request.get_full_path())


def signed_out() -> HttpResponse:
    """The answer to a script: 401, and why. A page of sign-in would be taken for what was asked for."""
    return HttpResponse(render_to_string("requests_app/_signed_out.html"), status=401)


def signed_in_or_401(view: View) -> View:
    """For addresses that only scripts ask for; people are led to the page of sign-in instead."""

    @wraps(view)
    def guarded(request: HttpRequest, **words: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return signed_out()
        return view(request, **words)

    return guarded


def is_locked(request: HttpRequest) -> bool:
    """True on the wall of a session that has been idle for too long."""
    idle = _idle_seconds(request.session)
    return idle is not None and idle > IDLE_SECONDS


def _idle_seconds(session: SessionBase) -> int | None:
    last = session.get(LAST_ACT)
    return None if last is None else _now() - int(last)


def _end(request: HttpRequest) -> None:
    """Without an entry in the ledger: nobody did anything."""
    seen = request.session.get(NOTICE_SEEN)
    request.session.flush()
    if seen:
        request.session[NOTICE_SEEN] = seen
    request.user = AnonymousUser()


def _is_over(session: SessionBase) -> bool:
    """Twelve hours after its first act, whatever was done in them."""
    return _now() - int(session.setdefault(BEGAN, _now())) > SESSION_SECONDS


def _stamp(session: SessionBase) -> None:
    session[LAST_ACT] = _now()


def _now() -> int:
    return int(timezone.now().timestamp())
