"""What the ledger costs a transition, measured against the same transition without it, in one run.

    python bench/ledger.py

Without: the entry and its private part are not written, rows are not digested, and the two triggers that ask
for an entry and give it its place are switched off; all else is as ever: locks, checks, policy, history and
its triggers. Each kind works in a PostgreSQL database of its own, in the same server, with 1 and with 8
writers, each a process with a request of its own; rounds are taken in turn. The server does not wait for the
disk, which would cost both the same and hide the difference. Prints the medians, and ends with status 1 when
the ledger makes a transition more than 1.4 times as long.
"""

import multiprocessing
import statistics
import sys
import time
from multiprocessing.connection import Connection

import psycopg
from _register import fresh, point_at
from django.db import connections

from requests_app import ledger, workflow
from requests_app.models import User
from requests_app.vocabulary import Role
from tests import factories

WRITERS = (1, 8)
ROUNDS = 15
TRANSITIONS = {1: 40, 8: 12}  # of each writer in a round
MOST_TIMES_WITHOUT = 1.4
WITHOUT = """
SET event_triggers = off;
ALTER TABLE requests_app_assistancerequest DISABLE TRIGGER require_ledger;
ALTER TABLE requests_app_ledgerentry DISABLE TRIGGER place_entry
"""


def main() -> int:
    good = True
    with fresh("bench_ledger") as urls:
        cases = prepare(max(WRITERS))
        connections.close_all()
        copy(urls, "bench_ledger", "bench_without")
        for count in WRITERS:
            medians = measure(urls, cases[:count])
            times = medians["with"] / medians["without"]
            good = good and times <= MOST_TIMES_WITHOUT
            for kind, seconds in medians.items():
                print(f"{count} writers, {kind:8} {seconds * 1e3:8.2f} ms a transition")
            print(f"{count} writers, ratio    {times:8.2f} goal {MOST_TIMES_WITHOUT}")
        check_entries(urls)
    return 0 if good else 1


def prepare(count: int) -> list[int]:
    dispatcher = factories.make_user("D-101", Role.DISPATCHER)
    commander = factories.make_user("C-201", Role.COMMANDING_OFFICER)
    return [factories.make_decided(dispatcher, commander).pk for _ in range(count)]


def copy(urls: dict[str, str], name: str, twin: str) -> None:
    """The same register once more, in which nothing asks for an entry."""
    with psycopg.connect(urls["postgres"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {twin} TEMPLATE {name}")
    with psycopg.connect(
        urls["superuser"].replace(f"@/{name}?", f"@/{twin}?"), autocommit=True
    ) as connection:
        connection.execute(WITHOUT)


def check_entries(urls: dict[str, str]) -> None:
    """That one kind wrote entries, and the other the same history without any."""
    counts = {}
    for name in ("bench_ledger", "bench_without"):
        with psycopg.connect(urls["superuser"].replace("@/bench_ledger?", f"@/{name}?")) as connection:
            counts[name] = connection.execute(
                "SELECT (SELECT count(*) FROM requests_app_ledgerentry WHERE action = 'request:correct'),"
                " (SELECT count(*) FROM requests_app_correction)"
            ).fetchone()
    (entries, changes), without = counts["bench_ledger"], counts["bench_without"]
    if entries != changes or without != (0, changes):
        raise AssertionError(f"Not what was to be measured: {counts}")


def measure(urls: dict[str, str], cases: list[int]) -> dict[str, float]:
    """Seconds of a transition: the median over rounds."""
    names = {"with": "bench_ledger", "without": "bench_without"}
    url = urls["application"]
    writers = {
        kind: [Writer(url.replace("@/bench_ledger?", f"@/{name}?"), name, kind, case) for case in cases]
        for kind, name in names.items()
    }
    times: dict[str, list[float]] = {kind: [] for kind in writers}
    transitions = TRANSITIONS[len(cases)]
    for number in range(ROUNDS + 1):
        for kind, of_this_kind in sorted(writers.items(), reverse=bool(number % 2)):
            started = time.perf_counter()
            for writer in of_this_kind:
                writer.pipe.send(transitions)
            for writer in of_this_kind:
                writer.pipe.recv()
            if number:  # the first round only warms up
                times[kind].append((time.perf_counter() - started) / transitions / len(of_this_kind))
    for of_this_kind in writers.values():
        for writer in of_this_kind:
            writer.pipe.send(0)
            writer.process.join()
    return {kind: statistics.median(found) for kind, found in times.items()}


class Writer:
    """A process that carries out as many transitions as it is told to."""

    def __init__(self, url: str, name: str, kind: str, case_id: int) -> None:
        spawning = multiprocessing.get_context("spawn")
        self.pipe, other = spawning.Pipe()
        self.process = spawning.Process(target=write, args=(other, url, name, kind, case_id))
        self.process.start()
        self.pipe.recv()


def write(pipe: Connection, url: str, name: str, kind: str, case_id: int) -> None:
    point_at(url, name)
    if kind == "without":
        ledger.record = lambda act: 0
        ledger.note_row = lambda row: None
    actor = User.objects.get(badge_number="D-101")
    number = 0
    pipe.send("ready")
    while count := pipe.recv():
        for _ in range(count):
            number += 1
            changes = {"cad_event_number": f"CAD-{kind}-{number}"}
            workflow.correct(case_id, actor=actor, changes=changes, reason="As dispatch says.")
        pipe.send(count)


if __name__ == "__main__":
    sys.exit(main())
