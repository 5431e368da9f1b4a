"""Rows are looked up while the walk goes on: in another thread, or where they are many in another process."""

import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from types import TracebackType
from typing import Any

import django

from requests_app.ledger_check._history import Noted, NotedRows
from requests_app.ledger_check._moment import connect

# From here on a second process saves more than its start costs.
MANY_ENTRIES = 100_000
MOST_PENDING = 16  # batches that wait for their rows, while the process starts

_own = threading.local()  # the thread's, or the process's


def _begin(conninfo: str, moment: str) -> None:
    _own.connection = connect(conninfo, moment)
    _own.rows = NotedRows(_own.connection)


def _check(noted: list[Noted]) -> None:
    _own.rows.check(noted)


def _check_all_noted(erased: Mapping[int, datetime], is_real: bool) -> int:
    return int(_own.rows.check_all_noted(erased, is_real=is_real))


def _end() -> None:
    _own.connection.close()


class Lookups:
    """What is wrong with a row is raised by a later call, and in the order in which rows were given."""

    def __init__(self, conninfo: str, moment: str, *, entries: int) -> None:
        self._executor: Executor = ThreadPoolExecutor(1)
        if entries >= MANY_ENTRIES:
            # A process of its own begins as any program does: with Django first.
            spawning = get_context("spawn")
            self._executor = ProcessPoolExecutor(1, mp_context=spawning, initializer=django.setup)
        self._pending: deque[Future[Any]] = deque([self._executor.submit(_begin, conninfo, moment)])
        self.count = 0

    def __enter__(self) -> "Lookups":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.submit(_end)
        self._executor.shutdown(wait=True)

    def check(self, noted: list[Noted]) -> None:
        while self._pending and (self._pending[0].done() or len(self._pending) >= MOST_PENDING):
            self._pending.popleft().result()
        self._pending.append(self._executor.submit(_check, noted))
        self.count += len(noted)

    def wait(self) -> None:
        while self._pending:
            self._pending.popleft().result()

    def check_all_noted(self, erased: Mapping[int, datetime], *, is_real: bool) -> int:
        return int(self._executor.submit(_check_all_noted, erased, is_real).result())
