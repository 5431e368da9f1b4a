"""What everybody may read. Who asks makes no difference: the answers are files, or the same bytes rendered.

A web server in front may hand out the files itself (`docs/operating.md`); then nothing here is asked.
"""

import re

from csp.decorators import csp_replace
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotFound,
    HttpResponsePermanentRedirect,
)
from django.http.response import HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from requests_app import publication
from requests_app.conditional import KEPT, unless_known
from requests_app.hammering import unhammered
from requests_app.publication import HTML, pages_rows
from requests_app.statistics.quarters import CODE, Quarter

FOR_MACHINES = re.compile("data/.*|data\\.json|(?:en|es)/feed\\.atom")


@require_safe
def published(request: HttpRequest, path: str) -> HttpResponseBase:
    """One page or file of the public site."""
    found = publication.find(path, encodings=_encodings(request))
    if found is None:
        return HttpResponseNotFound(publication.not_found(path), content_type=HTML)
    response = HttpResponse(found.content, content_type=found.content_type)
    response["Cache-Control"] = KEPT
    response["Vary"] = "Accept-Encoding"
    if found.encoding:
        response["Content-Encoding"] = found.encoding
    if FOR_MACHINES.fullmatch(path):
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return unless_known(request, response, etag=found.etag, changed_at=found.changed_at)


def _encodings(request: HttpRequest) -> frozenset[str]:
    """What the client takes; a coding that it gives no weight is refused by it."""
    accepted = set()
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight):
            accepted.add(coding.strip())
    return frozenset(accepted)


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # its words have an address too
def framed(request: HttpRequest, path: str) -> HttpResponseBase:
    """A single figure, which may stand in anybody's page."""
    response = published(request, path)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@unhammered
def rows_search(request: HttpRequest, language: str, quarter: str) -> HttpResponseBase:
    """Rows by closed lists. What they do not hold is refused, in words and with nothing of it repeated."""
    published_now = publication.current()
    if not CODE.fullmatch(quarter) or Quarter.of(quarter) not in published_now.quarters:
        return HttpResponseNotFound(publication.not_found(f"{language}/"), content_type=HTML)
    query = dict(request.GET.lists())
    body, understood = pages_rows.searched(published_now, Quarter.of(quarter), language, query=query)
    if not understood:
        return HttpResponse(body, status=400)
    response = HttpResponse(body)
    response["Cache-Control"] = KEPT
    return unless_known(request, response)


# --- addresses of before ----------------------------------------------------------------------


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect("/en/")


@require_safe
def statistics_quarter(request: HttpRequest, quarter: str) -> HttpResponse:
    if not CODE.fullmatch(quarter):
        raise Http404("A quarter is written 2026-Q1.")
    return HttpResponsePermanentRedirect(f"/en/quarters/{quarter}/")


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect("/en/policy/")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect("/en/about/")


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect("/en/log/")


@require_safe
def receipt_check(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect("/en/receipt/")
