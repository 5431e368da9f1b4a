"""Public pages are answered before anything looks for a session, a token or the database.

So a broken cookie changes nothing, and nobody notices there that the database is away.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve

from requests_app.signin.middleware import PUBLIC

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class VisitorsMiddleware:
    """Stands below headers and static files, above everything that asks who comes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        match = _match(request.path_info)
        if match is None or match.view_name not in PUBLIC:
            return self.get_response(request)
        request.get_host()  # refuses a name that is not ours, as every other page does
        request.resolver_match = match
        answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        if isinstance(answer, HttpResponse) and not answer.has_header("Content-Length"):
            answer.headers["Content-Length"] = str(len(answer.content))
        return answer


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None
