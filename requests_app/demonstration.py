"""What only a demonstration may do: set the clock, and make cases that never happened.

That a database is a demonstration is written in it when it is made, and never changes.
"""

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
