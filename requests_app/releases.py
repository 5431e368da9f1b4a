"""Periods: which quarters are over, which are published, and the act that publishes one.

Figures of a quarter appear at the earliest thirty days after its end. A quarter with requests that
is published later than the department's limit, or not at all, is a deviation of that quarter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncQuarter

from requests_app import ledger, permissions
from requests_app.models import (
    AssistanceRequest,
    Deviation,
    IdempotencyKey,
    Installation,
    Release,
    Threshold,
    User,
)
from requests_app.vocabulary import Action, DeviationKind, RefusalKind, ThresholdKey
from requests_app.workflow import AlreadyDone, Reason, Refused, Submission, record_refusal

EARLIEST_RELEASE = timedelta(days=30)
QUARTER = re.compile(r"(20\d\d)-Q([1-4])", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Period:
    """A quarter as oversight sees it. `requests` counts what enters the totals."""

    quarter: str
    starts_at: datetime
    ends_at: datetime
    may_be_released_from: datetime
    due_at: datetime
    requests: int = 0
    release: Release | None = None
    deviation: Deviation | None = None

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now

    def may_be_released(self, now: datetime) -> bool:
        return self.release is None and self.may_be_released_from <= now

    def is_overdue(self, now: datetime) -> bool:
        return self.release is None and self.due_at < now and bool(self.requests)


# --- quarters ---------------------------------------------------------------------------------


def quarter_start(quarter: str) -> datetime:
    """The first moment of a quarter in Louisville, in UTC. ValueError when it is not written 2026-Q1."""
    match = QUARTER.fullmatch(quarter)
    if match is None:
        raise ValueError(quarter)
    year, number = int(match[1]), int(match[2])
    return datetime(year, number * 3 - 2, 1, tzinfo=ledger.LOUISVILLE).astimezone(UTC)


def quarter_after(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year + 1}-Q1" if number == 4 else f"{year}-Q{number + 1}"


def period_of(quarter: str, *, limit: timedelta | None = None) -> Period:
    ends_at = quarter_start(quarter_after(quarter))
    return Period(
        quarter=quarter,
        starts_at=quarter_start(quarter),
        ends_at=ends_at,
        may_be_released_from=ends_at + EARLIEST_RELEASE,
        due_at=ends_at + (limit if limit is not None else _limit()),
    )


def quarters_until(now: datetime) -> Iterator[str]:
    """Every quarter from the register's first to the present one."""
    first = min(filter(None, [_first_request(), _installed_at(), now]))
    quarter = ledger.quarter_of(first)
    while quarter_start(quarter) <= now:
        yield quarter
        quarter = quarter_after(quarter)


def periods(now: datetime) -> list[Period]:
    """All quarters, the latest first, each with its requests, its release and its deviation."""
    limit = _limit()
    counts = _counts(AssistanceRequest.objects.counted())
    releases = {row.quarter: row for row in Release.objects.select_related("released_by").order_by("number")}
    deviations = {row.quarter: row for row in _late_quarters()}
    found = []
    for quarter in quarters_until(now):
        bounds = period_of(quarter, limit=limit)
        found.append(
            Period(
                **{
                    **vars(bounds),
                    "requests": counts.get(quarter, 0),
                    "release": releases.get(quarter),
                    "deviation": deviations.get(quarter),
                }
            )
        )
    return found[::-1]


def _counts(cases: QuerySet[AssistanceRequest]) -> dict[str, int]:
    rows = (
        cases.order_by()
        .annotate(start=TruncQuarter("received_at", tzinfo=ledger.LOUISVILLE))
        .values_list("start")
        .annotate(count=Count("pk"))
    )
    return {ledger.quarter_of(start): count for start, count in rows}


def _first_request() -> datetime | None:
    return AssistanceRequest.objects.counted().aggregate(first=Min("received_at"))["first"]


def _installed_at() -> datetime | None:
    return Installation.objects.aggregate(first=Min("created_at"))["first"]


def _late_quarters() -> QuerySet[Deviation]:
    return Deviation.objects.filter(case=None, kind=DeviationKind.RELEASED_LATE)


def _limit() -> timedelta:
    return timedelta(minutes=Threshold.objects.get(key=ThresholdKey.RELEASE).minutes)


# --- the act ----------------------------------------------------------------------------------


def release_period(
    quarter: str, *, actor: User, note: str = "", submission: Submission | None = None
) -> Release:
    """Publish a quarter. Raises Refused or AlreadyDone, as transitions of a request do.

    A refusal that is no slip of the pen is put into the ledger.
    """
    try:
        return _release(quarter, actor=actor, note=note, submission=submission)
    except Refused as refusal:
        if refusal.kind != RefusalKind.INPUT:
            record_refusal(Action.RELEASE_PERIOD, None, actor=actor, refusal=refusal)
        raise


@transaction.atomic(durable=True)
def _release(quarter: str, *, actor: User, note: str, submission: Submission | None) -> Release:
    ledger.set_actor(actor)
    limit = _lock_releases()
    now = ledger.now()
    _refuse_replay(actor, submission)
    period = _releasable(quarter, actor=actor, now=now, limit=limit)
    release = Release.objects.create(quarter=quarter, released_by=actor, note=note, entered_at=now)
    is_late = now > period.due_at and _counts_in(period) > 0
    if is_late:
        _mark_late(quarter, actor=actor, now=now)
    if submission is not None:
        IdempotencyKey.objects.create(
            user=actor,
            key=submission.key,
            digest=submission.digest,
            action=Action.RELEASE_PERIOD,
            entered_at=now,
        )
    ledger.record(
        ledger.Act(
            actor=actor,
            action=Action.RELEASE_PERIOD,
            occurred_at=now,
            entered_at=now,
            reason=note,
            details={"period": quarter, "number": release.number, "late": is_late},
            public={"period": quarter, "number": release.number, "late": is_late},
        )
    )
    return release


def _lock_releases() -> timedelta:
    """Releases wait for each other at the row of their time limit."""
    row = Threshold.objects.select_for_update().get(key=ThresholdKey.RELEASE)
    return timedelta(minutes=row.minutes)


def _refuse_replay(actor: User, submission: Submission | None) -> None:
    if submission is None:
        return
    done = IdempotencyKey.objects.filter(user=actor, key=submission.key).first()
    if done is None:
        return
    if done.action == Action.RELEASE_PERIOD and bytes(done.digest) == submission.digest:
        raise AlreadyDone(None)
    raise Refused(
        RefusalKind.STALE, Reason("key_reused", "This page was used already. Open it again and save once more.")
    )


def _releasable(quarter: str, *, actor: User, now: datetime, limit: timedelta) -> Period:
    roles = User.objects.get(pk=actor.pk).roles  # as they stand in this transaction
    if not permissions.allows(roles, Action.RELEASE_PERIOD):
        raise Refused(RefusalKind.FORBIDDEN, Reason("role", "Your role does not allow “Release a period”."))
    if QUARTER.fullmatch(quarter) is None:
        raise Refused(
            RefusalKind.INPUT, Reason("no_such_quarter", "A quarter is written 2026-Q1.", "quarter")
        )
    if quarter not in quarters_until(now):
        raise Refused(
            RefusalKind.ILLEGAL,
            Reason("not_kept", f"The register was not kept in {quarter}, or it has not come yet.", "quarter"),
        )
    period = period_of(quarter, limit=limit)
    if not period.is_over(now):
        raise Refused(RefusalKind.ILLEGAL, Reason("not_over", f"{quarter} is not over.", "quarter"))
    if now < period.may_be_released_from:
        raise Refused(
            RefusalKind.ILLEGAL,
            Reason(
                "too_early",
                f"{quarter} may be released from {_day(period.may_be_released_from)} on, thirty days after its end.",
                "quarter",
            ),
        )
    if Release.objects.filter(quarter=quarter).exists():
        raise Refused(
            RefusalKind.ILLEGAL, Reason("released_already", f"{quarter} is released already.", "quarter")
        )
    return period


def _day(moment: datetime) -> str:
    local = moment.astimezone(ledger.LOUISVILLE)
    return f"{local:%B} {local.day}, {local.year}"


# --- late releases ----------------------------------------------------------------------------


def find_late_releases(now: datetime) -> list[str]:
    """Mark the quarters that ought to have been released by now; answers with those newly marked.

    For the job that looks at what only the passing of time brings about.
    """
    with transaction.atomic(durable=True):
        system = User.objects.system()
        ledger.set_actor(system)
        limit = _lock_releases()
        known = {*_late_quarters().values_list("quarter", flat=True), *_released_quarters()}
        late = [quarter for quarter in quarters_until(now) if quarter not in known]
        late = [quarter for quarter in late if _is_overdue(period_of(quarter, limit=limit), now)]
        for quarter in late:
            _mark_late(quarter, actor=system, now=now)
            _record_late(quarter, actor=system)
    return late


def _released_quarters() -> QuerySet[Release]:
    return Release.objects.values_list("quarter", flat=True)


def _is_overdue(period: Period, now: datetime) -> bool:
    return period.due_at < now and _counts_in(period) > 0


def _counts_in(period: Period) -> int:
    """Requests that the release was to tell of. One that was found after the due day makes no release late."""
    return (
        AssistanceRequest.objects.counted()
        .filter(received_at__gte=period.starts_at, received_at__lt=period.ends_at)
        .filter(entered_at__lte=period.due_at)
        .count()
    )


def _mark_late(quarter: str, *, actor: User, now: datetime) -> None:
    if _late_quarters().filter(quarter=quarter).exists():
        return
    row = Deviation(case=None, quarter=quarter, kind=DeviationKind.RELEASED_LATE, found_at=now)
    row._history_user = actor
    row._change_reason = "Found by the register"
    row.save()


def _record_late(quarter: str, *, actor: User) -> None:
    entered_at = ledger.now()
    ledger.record(
        ledger.Act(
            actor=actor,
            action=Action.SYNC_DEVIATIONS,
            occurred_at=entered_at,
            entered_at=entered_at,
            details={"period": quarter, "deviations": [str(DeviationKind.RELEASED_LATE)]},
            public={"period": quarter, "deviations": [str(DeviationKind.RELEASED_LATE)]},
        )
    )
