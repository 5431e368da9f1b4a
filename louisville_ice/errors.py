"""Pages of errors that come before anybody knows who asks, or when the database cannot say it.

They are made without the request: to ask who is there could fail again.
"""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import page_not_found

RETRY_SECONDS = 60


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a host that is not ours, for one, which is found out before sign-in is."""
    return HttpResponse(render_to_string("400.html"), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. A visitor's does without the database: nobody makes it work by asking for nothing."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and hasattr(request, "user"):
        return page_not_found(request, exception)
    return HttpResponse(render_to_string("404.html"), status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 when the database is what failed, so that people and proxies come again.

    Django calls it while it handles the error.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable()
    return HttpResponse(render_to_string("500.html"), status=500)


def unavailable() -> HttpResponse:
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
