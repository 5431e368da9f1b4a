"""A weighty act wants a fresh second factor: one that was shown in this session at most ten minutes ago."""

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse

from requests_app.accounts.identities import PROVIDER

FRESH_SECONDS = 10 * 60
SECOND_FACTOR = "mfa"
OF_PROVIDER = "oidc"


def has_second_factor(request: HttpRequest) -> bool:
    """The person of this session has shown a second factor in it."""
    return bool(_factors(request))


def is_fresh(request: HttpRequest) -> bool:
    shown = [float(record["at"]) for record in _factors(request)]
    return bool(shown) and 0 <= time.time() - max(shown) <= FRESH_SECONDS


def address(request: HttpRequest, *, back_to: str = "") -> str:
    """Where to show a factor again: where it was shown before; a passkey first, where there is one."""
    if is_of_provider(request):
        page = reverse("openid_connect_login", args=[PROVIDER])
    elif is_mfa_enabled(request.user, [Authenticator.Type.WEBAUTHN]):
        page = reverse("mfa_reauthenticate_webauthn")
    else:
        page = reverse("mfa_reauthenticate")
    return f"{page}?{urlencode({REDIRECT_FIELD_NAME: back_to or request.get_full_path()})}"


def is_of_provider(request: HttpRequest) -> bool:
    """The factor of this session was shown to the identity provider, last."""
    factors = _factors(request)
    return bool(settings.OIDC_ISSUER and factors and factors[-1].get("type") == OF_PROVIDER)


def _factors(request: HttpRequest) -> list[dict[str, Any]]:
    records = get_authentication_records(request, request.user)
    return [record for record in records if record.get("method") == SECOND_FACTOR]
