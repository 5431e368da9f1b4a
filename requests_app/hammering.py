"""Refuses a client that asks too often for what is worked out anew each time: explorer, search, API.

Pages that are files are not counted. Each process counts for itself and in memory alone, so an address is
forgotten after a minute, and several processes together let through several times as much.
"""

import functools
import ipaddress
import math
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from requests_app.signin.networks import address_of

# One household or office may use all addresses of such a network.
NETWORK_BITS_IPV6 = 64
# The store keeps the name of an address for ever: past so many it begins anew.
MOST_ADDRESSES = 50_000
WORDS = (
    "Too many requests. Try again in {seconds} s.\nDemasiadas solicitudes. Intente de nuevo en {seconds} s.\n"
)

View = Callable[..., HttpResponseBase]

_counts = MemoryStorage()
_limiter = MovingWindowRateLimiter(_counts)


def unhammered(view: View) -> View:
    """The view, but 429 for an address that asked more than PUBLIC_REQUESTS_PER_MINUTE times."""

    @functools.wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        limit, client = RateLimitItemPerMinute(settings.PUBLIC_REQUESTS_PER_MINUTE), _client(request)
        if len(_counts.events) > MOST_ADDRESSES:
            _counts.reset()
        if _limiter.hit(limit, client):
            return view(request, *args, **kwargs)
        return _refusal(limit, client)

    return counted


def forget() -> None:
    """As if nobody had asked yet."""
    _counts.reset()


def _client(request: HttpRequest) -> str:
    found = address_of(request)
    if found is None:
        return ""
    address = ipaddress.ip_address(found)
    if address.version == 4:
        return found
    return str(ipaddress.ip_network((address, NETWORK_BITS_IPV6), strict=False))


def _refusal(limit: RateLimitItem, client: str) -> HttpResponse:
    opens_at = _limiter.get_window_stats(limit, client).reset_time
    seconds = max(1, math.ceil(opens_at - time.time()))
    response = HttpResponse(
        WORDS.format(seconds=seconds), content_type="text/plain; charset=utf-8", status=429
    )
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
