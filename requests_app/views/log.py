"""The files of the sealed log, and the verifier that checks them. No database.

A web server in front may serve the files of /tlog/ from the folder itself; the answers here are the same.
"""

from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from requests_app import merkle, published_log
from requests_app.conditional import unless_known
from requests_app.published_log import CHECKPOINT, POLICY

PLAIN, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
# A tile never changes; what does is asked for anew after so many seconds.
FOR_EVER = "public, max-age=31536000, immutable"
KEPT = {CHECKPOINT: "public, max-age=5", POLICY: "public, max-age=300"}


@require_safe
def log_verifier(request: HttpRequest) -> HttpResponseBase:
    """The very file that the register itself works with."""
    response = HttpResponse(Path(merkle.__file__).read_bytes(), content_type=PLAIN)
    response["Content-Disposition"] = 'attachment; filename="verifier.py"'
    response["Cache-Control"] = KEPT[POLICY]
    response["Access-Control-Allow-Origin"] = "*"
    return unless_known(request, response)


@require_safe
def tlog(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the log. Entries are never served, whatever they are called."""
    found = published_log.published_file(path)
    if found is None:
        return HttpResponseNotFound("The log has no such file.\n", content_type=PLAIN)
    response = HttpResponse(found.content, content_type=PLAIN if path in KEPT else BYTES)
    response["Cache-Control"] = KEPT.get(path, FOR_EVER)
    response["Access-Control-Allow-Origin"] = "*"
    return unless_known(request, response, etag=found.etag, changed_at=found.changed_at)
