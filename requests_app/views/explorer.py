"""The policy explorer: the only page of policy that is made for the one who asks, from the link alone."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from requests_app import publication
from requests_app.hammering import unhammered
from requests_app.publication import explorer as pages
from requests_app.publication.explorer_link import NotUnderstood, facts_of
from requests_app.views.public import KEPT, published


@require_safe
@unhammered
def explorer(request: HttpRequest, language: str) -> HttpResponseBase:
    """Without a query it is a page like the others."""
    query = request.META.get("QUERY_STRING", "")
    if not query:
        return published(request, f"{language}/{pages.PATH}")
    shown = publication.current()
    try:
        facts = facts_of(query)
    except NotUnderstood as problem:
        return HttpResponse(pages.refusal(shown, language, problem), status=400)
    response = HttpResponse(pages.answer(shown, language, facts))
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["Cache-Control"] = KEPT
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
