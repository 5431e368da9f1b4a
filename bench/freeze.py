"""What freezing a quarter costs, measured against the bare SQL of it, in one run.

    python bench/freeze.py

Counting. Bare: the two statements of `rows_counted`, run by psycopg, the lines fetched and not read. Counted:
the same, read as JSON, all figures derived, the public rows made and put in order, and figures and rows
written in the canonical form. Both use one connection and are taken in turn.

The whole act: `releases.freeze_period`, from its form to its commit. Bare: every statement that it sent, sent
again by psycopg, what it inserts included, the moment of entry alone being a new one.

1,000 and 100,000 requests of five years lie in a database of their own each, without the triggers of the
tables that were filled. One quarter of the large register is as small as those of the small one, and the next
twice as large as others, so it shows whether the time depends on the quarter alone. A ratio is the median of
the rounds' own ratios, because the load of a machine may change from round to round. Ends with status 1 when
counting takes more than 1.5 times as long as its SQL. The act is shown beside it: of a small quarter it is
some ten milliseconds of Django, whatever the quarter holds.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from _register import fresh  # first: it sets Django up
from django.db import connection, transaction

from _five_years import LULL, fill, quarters  # isort: skip
from requests_app import figures, releases
from requests_app.models import FrozenQuarter, User
from requests_app.statistics import Quarter, conduct
from requests_app.statistics.canonical import canonical
from requests_app.statistics.counted import BESIDE, CASES, rows_counted, words_of
from requests_app.statistics.counting import count_quarter
from requests_app.statistics.rows import figures_of
from requests_app.vocabulary import Role
from tests import factories

COUNTS = (1_000, 100_000)
SECONDS, FEWEST = 5, 8  # of measuring one thing of a quarter, and how many rounds there are at least
MOST_TIMES_BARE = 1.5

Times = tuple[float, float]  # bare, and as it is done


def main() -> int:
    good = True
    print("what       register  quarter  requests       bare       taken  ratio  µs a request")
    for count in COUNTS:
        with fresh(f"bench_freeze_{count}") as urls:
            dispatcher = factories.make_user("D-101", Role.DISPATCHER)
            commander = factories.make_user("C-201", Role.COMMANDING_OFFICER)
            oversight = factories.make_user("O-301", Role.OVERSIGHT)
            fill(urls["superuser"], factories.make_closed(dispatcher, commander), count)
            for quarter in (quarters()[5], LULL, LULL.next):
                check(quarter)
                requests = len(rows_counted(quarter)["cases"])
                about = f"{count:8,}  {quarter}  {requests:8,}"
                releases.freeze_period(str(quarter), actor=oversight)  # notes that it is late, the first time
                for name, one_round in (("counting", counting), ("the act", partial(act, actor=oversight))):
                    met = report(f"{name:10} {about}", requests, rounds(one_round, quarter))
                    good = good and (met or name != "counting")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"goal: a ratio of at most {MOST_TIMES_BARE}; load: {load} for {os.cpu_count()} processors")
    return 0 if good else 1


def check(quarter: Quarter) -> None:
    """That what is measured gives the figures that the register states."""
    rows = rows_counted(quarter)
    if not rows["cases"] or not (
        count_quarter(quarter).figures == figures.derive(rows) == figures_of(conduct([quarter])[0])
    ):
        raise AssertionError(f"Not what was to be measured: {quarter}")


def rounds(one_round: Callable[[Quarter, bool], Times], quarter: Quarter) -> list[Times]:
    found: list[Times] = []
    until = time.monotonic() + SECONDS
    while time.monotonic() < until or len(found) < FEWEST:
        found.append(one_round(quarter, len(found) % 2 == 0))
    return found[1:]  # the first warms up


def report(about: str, requests: int, found: list[Times]) -> bool:
    bare, taken = (statistics.median(times) for times in zip(*found, strict=True))
    ratio = statistics.median(taken / bare for bare, taken in found)
    print(
        f"{about} {bare * 1e3:7.1f} ms {taken * 1e3:8.1f} ms {ratio:6.2f} {taken * 1e6 / requests:13.0f}",
        flush=True,
    )
    return ratio <= MOST_TIMES_BARE


def timed(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


# --- counting ---------------------------------------------------------------------------------


def counting(quarter: Quarter, bare_first: bool) -> Times:
    with transaction.atomic():
        if bare_first:
            return timed(partial(bare, quarter)), timed(partial(counted, quarter))
        taken = timed(partial(counted, quarter))
        return timed(partial(bare, quarter)), taken


def bare(quarter: Quarter) -> None:
    words = words_of(quarter)
    for statement in (BESIDE, CASES):
        connection.connection.execute(statement, words).fetchall()


def counted(quarter: Quarter) -> None:
    found = count_quarter(quarter)
    canonical({"figures": found.figures, "rows": found.rows})


# --- the whole act ----------------------------------------------------------------------------


def act(quarter: Quarter, _: bool, *, actor: User) -> Times:
    """The act comes first, because its statements are not known before."""
    sent: list[tuple[str, Any]] = []
    frozen: list[FrozenQuarter] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        if sql == BESIDE:  # what follows it is streamed, which Django does not tell
            sent.append((CASES, words_of(quarter)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        taken = timed(lambda: frozen.append(releases.freeze_period(str(quarter), actor=actor)))
    return timed(partial(again, sent, frozen[0].entered_at)), taken


def again(sent: list[tuple[str, Any]], entered_at: datetime) -> None:
    """The database lets no moment be entered but that of its clock."""
    with transaction.atomic():
        now = connection.connection.execute("SELECT register_now()").fetchone()[0]
        for sql, params in sent:
            if isinstance(params, list | tuple):
                params = [now if value == entered_at else value for value in params]
            found = connection.connection.execute(sql, params)
            if found.description:
                found.fetchall()


if __name__ == "__main__":
    sys.exit(main())
