"""Where a request comes from. Headers of a proxy count only as far as we were told to trust proxies."""

import ipaddress

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest

NETWORK_BITS = {4: 24, 6: 48}
BROWSER_LENGTH = 200


def address_of(request: HttpRequest) -> str | None:
    """The client's address, as far as ALLAUTH_TRUSTED_PROXY_COUNT proxies are believed; none by default."""
    return get_client_ip(request)


def network_of(request: HttpRequest) -> str:
    """The part of the address that a whole office shares; empty where there is no address."""
    found = address_of(request)
    if found is None:
        return ""
    address = ipaddress.ip_address(found)
    return str(ipaddress.ip_network((address, NETWORK_BITS[address.version]), strict=False))


def browser_of(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "").replace("\0", "")[:BROWSER_LENGTH]
