"""The door of the public API: reads only, asks nobody's name and no database, says when nothing changed."""

import functools
import re
from copy import copy
from typing import cast

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, URLPattern, URLResolver
from django.urls.resolvers import RegexPattern, ResolverMatch
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from requests_app.conditional import KEPT, unless_known
from requests_app.hammering import unhammered
from requests_app.publication import Publication, current
from requests_app.publication.api import PREFIX, Asked, description
from requests_app.publication.api import api as operations


@csrf_exempt  # nothing is written: what is no reading gets 405, which asks nobody who comes
@require_safe
def api(request: HttpRequest, path: str) -> HttpResponseBase:
    """One answer of the API; `path` is what follows its version."""
    response = _counted(request, path)
    if response.status_code == 429 and not isinstance(response, JsonResponse):
        response = _too_many(response)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@unhammered
def _counted(request: HttpRequest, path: str) -> HttpResponseBase:
    publication = current()
    response = _answer(request, path, publication)
    if response.status_code != 200:
        response["Cache-Control"] = "no-store"
        return response
    response["Cache-Control"] = KEPT
    return unless_known(request, response, changed_at=publication.as_of)


def _answer(request: HttpRequest, path: str, publication: Publication) -> HttpResponse:
    try:
        match = _resolver().resolve(path)
        unknown = _wrong_parameters(request, match)
    except Resolver404:
        return _problem(404, "There is nothing at this address. See /api/v1/openapi.json.")
    except SuspiciousOperation:
        return _problem(400, "The address cannot be read, or has far too many parameters.")
    if unknown:
        return _problem(422, f"Unknown, or given more than once: {', '.join(unknown)}.")
    asked = cast(Asked, copy(request))
    asked.publication = publication
    asked.method = "GET"  # also for HEAD: the content is left out of the answer later
    return cast(HttpResponse, match.func(asked, **match.kwargs))


def _wrong_parameters(request: HttpRequest, match: ResolverMatch) -> list[str]:
    """A name that the description does not know would be a filter that filters nothing."""
    known = _parameters().get(re.sub("<([a-z]+)>", r"{\1}", match.route), frozenset())
    return sorted(name[:40] for name, values in request.GET.lists() if name not in known or len(values) > 1)


@functools.cache
def _parameters() -> dict[str, frozenset[str]]:
    """The names that may stand in a query, by path."""
    return {
        path.removeprefix(PREFIX): frozenset(
            parameter["name"] for parameter in methods["get"]["parameters"] if parameter["in"] == "query"
        )
        for path, methods in description()["paths"].items()
    }


@functools.cache
def _resolver() -> URLResolver:
    patterns: list[URLPattern | URLResolver] = operations.urls[0]
    return URLResolver(RegexPattern("^"), patterns)


def _too_many(refusal: HttpResponseBase) -> HttpResponse:
    seconds = refusal["Retry-After"]
    response = _problem(429, f"Too many requests. Try again in {seconds} s.")
    response["Retry-After"] = seconds
    response["Cache-Control"] = "no-store"
    return response


def _problem(status: int, words: str) -> JsonResponse:
    return JsonResponse({"detail": words}, status=status)
