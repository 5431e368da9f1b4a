"""Makes a demonstration, once: people, a year and a half of requests, and what waits at this moment."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Literal, NamedTuple

from django.conf import settings
from django.db import connection

from requests_app import ledger, releases
from requests_app.demonstration._accounts import (
    Cast,
    make_cast,
    make_directory,
    make_roster,
)
from requests_app.demonstration._clock import clock
from requests_app.demonstration._play import DAY, HOUR, Play, Script
from requests_app.demonstration._programme import programme
from requests_app.demonstration._today import TODAY
from requests_app.models import AssistanceRequest, DirectoryNumber, Installation, User
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import LOUISVILLE, CorrectionReason, InstallationKind, Status

QUARTERS = 6

# Jobs of requests that wait no more would send mail about the past as soon as a worker starts.
FORGET_JOBS = """
DELETE FROM procrastinate_jobs j
WHERE j.queue_name = 'pages' AND j.status = 'todo' AND NOT EXISTS (
    SELECT 1 FROM requests_app_assistancerequest c LEFT JOIN requests_app_page p ON p.case_id = c.id
    WHERE c.status = %s AND c.acknowledged_at IS NULL
      AND (c.id = (j.args ->> 'case_id')::bigint OR p.id = (j.args ->> 'page_id')::bigint)
)
"""


class CannotDemonstrate(Exception):
    """Why no demonstration is made here, in words for the person at the terminal."""


def is_whole() -> bool:
    """True when the database is a demonstration and was made to the end.

    The numbers to call back are written last, and so say that nothing is missing.
    """
    return _kind() == InstallationKind.DEMONSTRATION and DirectoryNumber.objects.exists()


def make(*, say: Callable[[str], object]) -> None:
    """Fill an empty database. Raises CannotDemonstrate where that is not what it is."""
    _refuse_unless_possible()
    Installation.objects.get_or_create(pk=1, defaults={"kind": InstallationKind.DEMONSTRATION})
    now = datetime.now(UTC)
    start = _first_day(now)
    before = start - timedelta(days=7)
    with connection.cursor() as cursor:
        # Thousands of small transactions of no worth: they need not wait for the disk.
        cursor.execute("SET synchronous_commit TO off")
    with clock(before):
        cast = make_cast()
        make_roster(cast, start=before, end=now + timedelta(days=366))
    say("Playing a year and a half of requests.")
    _perform(_all_scripts(cast, start=start, now=now), until=now)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_JOBS, [Status.WAITING])
        cursor.execute("RESET synchronous_commit")
    with clock(now):
        make_directory(cast)


def _kind() -> str:
    return Installation.objects.values_list("kind", flat=True).first() or ""


def _refuse_unless_possible() -> None:
    kind = _kind()
    if not settings.DEBUG:
        raise CannotDemonstrate(
            "A demonstration is made only where DEBUG is on, so that none is ever made in a real register by"
            " mistake. Set DEBUG=true for this one command."
        )
    if kind == InstallationKind.REAL:
        raise CannotDemonstrate("This is a real register. Use an empty database for a demonstration.")
    people = User.objects.filter(is_system=False).exists()
    if not people and not AssistanceRequest.objects.exists():
        return
    if kind == InstallationKind.DEMONSTRATION:
        raise CannotDemonstrate(
            "Making this demonstration was interrupted, and what is missing cannot be added. Start again with"
            " an empty database."
        )
    raise CannotDemonstrate(
        "This database holds accounts or requests and is no demonstration. Use an empty database."
    )


def _first_day(now: datetime) -> datetime:
    """The beginning of the quarter so many quarters ago."""
    quarter = Quarter.containing(now)
    for _ in range(QUARTERS):
        quarter = quarter.previous
    return quarter.starts_at


# --- what is played ----------------------------------------------------------------------------

Cue = tuple[datetime, int, Play, Script]


class Plan(NamedTuple):
    """How the release of a quarter goes: when, and when its calls for service become known."""

    after_days: float = 3
    calls_known: Literal["before", "later", "never"] = "before"


# The first quarter is late, the second is published again, and of the fourth nobody knows the calls.
PLANS = {0: Plan(after_days=20), 1: Plan(calls_known="later"), 3: Plan(calls_known="never")}
USUAL_CALLS, MORE_CALLS = 68_400, 1_310


def _all_scripts(cast: Cast, *, start: datetime, now: datetime) -> list[Cue]:
    numbers = count(1)
    cues: list[Cue] = []

    def add(at: datetime, script: Callable[[Play], Script]) -> None:
        play = Play(cast, numbers)
        cues.append((at, len(cues), play, script(play)))

    for at, script in _programmed(start, now):
        add(at, script)
    for minutes, script in TODAY:
        add(now - timedelta(minutes=minutes), script)
    quarter, place = Quarter.containing(start), 0
    while quarter.ends_at < now:
        script = _releases(quarter, PLANS.get(place, Plan()), calls=USUAL_CALLS + MORE_CALLS * place)
        add(quarter.public_from + timedelta(days=1), script)
        quarter, place = quarter.next, place + 1
    return cues


def _programmed(start: datetime, now: datetime) -> Iterator[tuple[datetime, Callable[[Play], Script]]]:
    """The programme over the days up to yesterday, evenly."""
    scenes = programme()
    first = start.astimezone(LOUISVILLE).date() + timedelta(days=2)
    days = (now.astimezone(LOUISVILLE).date() - first).days - 2
    for place, one in enumerate(scenes):
        day = first + timedelta(days=round(place * days / (len(scenes) - 1)))
        yield datetime.combine(day, time.fromisoformat(one.at), tzinfo=LOUISVILLE), one.script


def _look(play: Play) -> Script:
    play.register_looks()
    yield from ()


def _releases(quarter: Quarter, plan: Plan, *, calls: int) -> Callable[[Play], Script]:
    """One of oversight freezes the quarter, the other publishes; what takes too long is found before."""

    def script(play: Play) -> Script:
        if plan.calls_known == "before":
            _enter_calls(play, quarter, calls)
        yield plan.after_days * DAY
        releases.find_late_releases(ledger.now())
        yield HOUR
        yield from _published(play, quarter)
        if plan.calls_known == "later":
            yield 30 * DAY
            _enter_calls(play, quarter, calls)
            yield HOUR
            yield from _published(play, quarter, reason=CorrectionReason.CALLS_FOR_SERVICE)

    return script


def _published(play: Play, quarter: Quarter, *, reason: str = "") -> Script:
    code, first, second = str(quarter), play.cast.oversight, play.cast.second_oversight
    frozen = releases.freeze_period(code, actor=first, reason=reason, note="Read against the requests.")
    yield DAY
    releases.release_period(code, frozen.sha256, actor=second, note="Looked at again, and agreed.")


def _enter_calls(play: Play, quarter: Quarter, calls: int) -> None:
    releases.enter_calls(
        str(quarter),
        calls=calls,
        source="Demonstration: an invented number, counted by nobody",
        url="https://register.example/calls-for-service",
        actor=play.cast.oversight,
    )


def _perform(cues: list[Cue], *, until: datetime) -> None:
    """Every act in the order of time, whichever request it belongs to; the future is not played.

    When a script is over, the register looks once more whether the review came in time.
    """
    heapq.heapify(cues)
    earliest = datetime.min.replace(tzinfo=UTC)
    while cues:
        at, place, play, script = heapq.heappop(cues)
        if at > until:
            continue
        # No two acts at one moment: the ledger's order is the order of time.
        play.now = max(at, earliest)
        earliest = play.now + timedelta(seconds=1)
        with clock(play.now):
            wait = next(script, None)
        if wait is not None:
            heapq.heappush(cues, (at + timedelta(minutes=wait), place, play, script))
        elif at < (due := play.review_due_at or at):
            heapq.heappush(cues, (due + timedelta(minutes=1), place, play, _look(play)))
