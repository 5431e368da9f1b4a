"""Public answers for those who may have them already: an ETag, the time of the last change, and 304."""

import hashlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

# Asked for anew every five minutes: a release and a seal are seen soon, and a 304 costs nearly nothing.
KEPT = "public, max-age=300"


def etag_of(content: bytes) -> str:
    """The strong ETag of these very bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def unless_known(
    request: HttpRequest, response: HttpResponse, *, etag: str = "", changed_at: datetime | None = None
) -> HttpResponseBase:
    """The answer with its ETag and Last-Modified, or 304 without content for who has it already."""
    response["ETag"] = etag = etag or etag_of(response.content)
    seconds = int(changed_at.timestamp()) if changed_at else None
    if seconds is not None:
        response["Last-Modified"] = http_date(seconds)
    return get_conditional_response(request, etag=etag, last_modified=seconds, response=response) or response
