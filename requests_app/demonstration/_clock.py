"""The clock of a demonstration: the same database clock as ever, standing elsewhere for one connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection


@contextmanager
def clock(moment: datetime) -> Iterator[None]:
    """Let the register's clock stand at `moment` for what is done inside, on this connection.

    The database refuses the first act when it is no demonstration.
    """
    _set_clock(moment.isoformat())
    try:
        yield
    finally:
        _set_clock("")


def _set_clock(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.demonstration_clock', %s, false)", [value])
