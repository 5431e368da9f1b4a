"""While the database is away every page says so at once, instead of waiting for it again and again.

The first request that meets the outage waits for the pool; it is `louisville_ice.errors` that answers it.
"""

import time
from collections.abc import Callable

import psycopg
from django.db import connection
from django.http import HttpRequest, HttpResponse

from louisville_ice.errors import unavailable

SECONDS = 2  # after that, one request tries again
WHERE = ("dbname", "user", "password", "host", "port")
ANSWERS_WITHOUT_DATABASE = frozenset({"/healthz", "/readyz"})


class OutageMiddleware:
    """Stands below the headers and static files, above everything that asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.over = 0.0  # threads may see it late; that costs one of them a moment's wait

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in ANSWERS_WITHOUT_DATABASE:
            return self.get_response(request)
        now = time.monotonic()
        if now < self.over:
            return unavailable()
        if self.over:
            # This request tries; the others keep being told until it knows.
            self.over = now + SECONDS
        response = self.get_response(request)
        if response.status_code == 503 and not _answers():
            self.over = time.monotonic() + SECONDS
        elif self.over:
            self.over = 0.0
        return response


def _answers() -> bool:
    """Asked past the pool, which says only that it has no connection to give."""
    words = {key: word for key, word in connection.get_connection_params().items() if key in WHERE}
    try:
        psycopg.connect(**words, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
