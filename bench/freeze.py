"""What counting a quarter to freeze it costs, measured against the bare SQL of it, in one run.

    python bench/freeze.py

Bare: the two statements of `rows_counted`, run by psycopg, the lines fetched and not read. Counting: the
same, read as JSON, all figures derived, the public rows made and put in order, and all of it written in the
canonical form. Both use one connection and are taken in turn. 1,000 and 100,000 requests of five years lie in
a database of their own each. One quarter of the large register is as small as those of the small one, and the
next twice as large as others, so it shows whether the time depends on the quarter alone. Ends with status 1
when freezing takes more than 1.5 times as long as its SQL.
"""

import statistics
import sys
import time
from collections.abc import Callable

from _register import fresh  # first: it sets Django up
from django.db import connection, transaction

from _five_years import LULL, fill, quarters  # isort: skip
from requests_app import figures
from requests_app.statistics import Quarter, conduct
from requests_app.statistics.canonical import canonical
from requests_app.statistics.counted import BESIDE, CASES, rows_counted, words_of
from requests_app.statistics.counting import count_quarter
from requests_app.statistics.rows import figures_of
from requests_app.vocabulary import Role
from tests import factories

COUNTS = (1_000, 100_000)
SECONDS = 12  # of measuring each quarter
MOST_TIMES_BARE = 1.5


def main() -> int:
    good = True
    print(" register  quarter  requests      bare  freezing  ratio  µs a request")
    for count in COUNTS:
        name = f"bench_freeze_{count}"
        with fresh(name) as urls:
            dispatcher = factories.make_user("D-101", Role.DISPATCHER)
            commander = factories.make_user("C-201", Role.COMMANDING_OFFICER)
            fill(urls["superuser"], factories.make_closed(dispatcher, commander), count)
            for quarter in (quarters()[5], LULL, LULL.next):
                check(quarter)
                good = measure(quarter, count) <= MOST_TIMES_BARE and good
    print(f"goal: a ratio of at most {MOST_TIMES_BARE}")
    return 0 if good else 1


def check(quarter: Quarter) -> None:
    """That what is measured gives the figures that the register states."""
    rows = rows_counted(quarter)
    if not rows["cases"] or not (
        count_quarter(quarter).figures == figures.derive(rows) == figures_of(conduct([quarter])[0])
    ):
        raise AssertionError(f"Not what was to be measured: {quarter}")


def bare(quarter: Quarter) -> None:
    words = words_of(quarter)
    for statement in (BESIDE, CASES):
        connection.connection.execute(statement, words).fetchall()


def freeze(quarter: Quarter) -> None:
    counted = count_quarter(quarter)
    canonical({"figures": counted.figures, "rows": counted.rows})


def measure(quarter: Quarter, count: int) -> float:
    """How many times as long as its SQL; the medians over rounds."""
    requests = len(rows_counted(quarter)["cases"])
    ways = (bare, freeze)
    times: dict[Callable[[Quarter], None], list[float]] = {way: [] for way in ways}
    until = time.monotonic() + SECONDS
    with transaction.atomic():
        while time.monotonic() < until or len(times[bare]) < 10:
            for way in ways if len(times[bare]) % 2 else ways[::-1]:
                started = time.perf_counter()
                way(quarter)
                times[way].append(time.perf_counter() - started)
    medians = {way: statistics.median(found[1:]) for way, found in times.items()}  # the first warms up
    ratio = medians[freeze] / medians[bare]
    print(
        f"{count:9,}  {quarter}  {requests:8,} {medians[bare] * 1e3:6.1f} ms {medians[freeze] * 1e3:6.1f} ms"
        f" {ratio:6.2f} {medians[freeze] * 1e6 / requests:13.0f}"
    )
    return ratio


if __name__ == "__main__":
    sys.exit(main())
