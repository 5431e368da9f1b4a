"""To the department's identity provider and back. Without one in the settings there is nothing here."""

from allauth.account.utils import get_next_redirect_url
from allauth.core.ratelimit import consume_or_429
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from requests import RequestException

from requests_app.accounts.identities import PROVIDER
from requests_app.signin import oidc


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The button, and the way out. Whoever is signed in already shows a factor anew."""
    adapter = _adapter(request, provider_id)
    if request.method == "GET":
        context = {"name": settings.OIDC_NAME, "next": get_next_redirect_url(request)}
        return render(request, "account/identity_sign_in.html", context)
    if too_many := consume_or_429(request, action="login"):
        return too_many
    provider = adapter.get_provider()
    try:
        return provider.redirect_from_request(request)
    except (OAuth2Error, RequestException) as error:
        return render_authentication_error(request, provider, exception=error)


@never_cache
@require_GET
def returned(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The one GET that writes: it signs in, or its refusal is written down."""
    adapter = _adapter(request, provider_id)
    if too_many := consume_or_429(request, action="login"):
        return too_many
    return oidc.DepartmentCallback.adapter_view(adapter)(request)


def _adapter(request: HttpRequest, provider_id: str) -> oidc.DepartmentAdapter:
    if provider_id != PROVIDER or not oidc.is_on():
        raise Http404("No identity provider of this name.")
    return oidc.DepartmentAdapter(request, provider_id)
