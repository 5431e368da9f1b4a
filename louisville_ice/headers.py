"""What every answer tells the browser. The words of the policy stand in the settings.

`HeadersMiddleware` is the outermost, so that static files, redirects and refusals carry the headers too.
`PrivatePagesMiddleware` stands behind the static files, which anybody may keep.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from requests_app.signin.middleware import ASKS_NOBODY

METHODS = ("GET", "HEAD", "POST")
SIGN_IN_PAGES = "/account/"
SIGN_OUT = "account_logout"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class HeadersMiddleware:
    """Django's own middlewares say most of it, but not on the refusals that they make themselves."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.headers = {
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Cross-Origin-Resource-Policy": settings.CROSS_ORIGIN_RESOURCE_POLICY,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "X-Content-Type-Options": "nosniff",
        }

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


class PrivatePagesMiddleware:
    """No copy is kept of what a signed-in person sees; no method is answered that no page uses."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        known = request.method in METHODS
        response = self.get_response(request) if known else HttpResponseNotAllowed(METHODS)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            _say_405(response)
        if _is_private(request, response):
            response.headers["Cache-Control"] = "no-store"
        if _has_signed_out(request, response):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _say_405(response: HttpResponseNotAllowed) -> None:
    # Made without the request, as other pages of errors: see louisville_ice.errors.
    response.content = render_to_string("405.html").encode()
    response.headers["Content-Length"] = str(len(response.content))


def _is_private(request: HttpRequest, response: HttpResponseBase) -> bool:
    """By the cookie, not by the person: it must be right when the database cannot say who asks."""
    if request.resolver_match and request.resolver_match.view_name in ASKS_NOBODY:
        return False  # the same for everybody, whatever cookies they bring
    session = settings.SESSION_COOKIE_NAME
    return (
        session in request.COOKIES
        or session in response.cookies
        or request.path_info.startswith(SIGN_IN_PAGES)
    )


def _has_signed_out(request: HttpRequest, response: HttpResponseBase) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name == SIGN_OUT and request.method == "POST" and response.status_code < 400
