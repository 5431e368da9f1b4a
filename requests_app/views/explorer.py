"""The policy explorer: the only page of policy that is made for the one who asks, from the link alone."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from requests_app import publication
from requests_app.conditional import KEPT, unless_known
from requests_app.hammering import unhammered
from requests_app.publication import explorer as pages
from requests_app.publication.explorer_link import NotUnderstood, facts_of
from requests_app.views.public import published


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
    response["Cache-Control"] = KEPT
    return unless_known(request, response)
