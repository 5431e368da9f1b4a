"""Periods: which quarters are over, which are published, and the act that publishes one.

Figures of a quarter appear at the earliest thirty days after its end. A quarter with requests that
is published later than the department's limit, or not at all, is a deviation of that quarter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import LOUISVILLE, Action, DeviationKind, RefusalKind, ThresholdKey
from requests_app.workflow import AlreadyDone, Reason, Refused, Submission, record_refusal


@dataclass(frozen=True, kw_only=True)
class Period:
    """A quarter as oversight sees it. `requests` counts what enters the totals."""

    quarter: Quarter
    due_at: datetime
    requests: int = 0
    release: Release | None = None
    deviation: Deviation | None = None

    def is_over(self, now: datetime) -> bool:
        return self.quarter.ends_at <= now

    def may_be_released(self, now: datetime) -> bool:
        return self.release is None and self.quarter.public_from <= now

    def is_overdue(self, now: datetime) -> bool:
        return self.release is None and self.due_at < now and bool(self.requests)


def periods(now: datetime) -> list[Period]:
    """All quarters of the register, the latest first, each with its requests, its release, its deviation."""
    limit = _limit()
    counts = _counts()
    releases = {row.quarter: row for row in Release.objects.select_related("released_by").order_by("number")}
    deviations = {row.quarter: row for row in _late_quarters()}
    return [
        Period(
            quarter=quarter,
            due_at=quarter.ends_at + limit,
            requests=counts.get(quarter, 0),
            release=releases.get(str(quarter)),
            deviation=deviations.get(str(quarter)),
        )
        for quarter in sorted(_quarters(counts, now), reverse=True)
    ]


def _quarters(counted: Iterable[Quarter], now: datetime) -> set[Quarter]:
    """Those with requests, however old, and every one since the register is in use."""
    quarters, quarter = set(counted), Quarter.containing(_in_use_since(now))
    while quarter.starts_at <= now:
        quarters.add(quarter)
        quarter = quarter.next
    return quarters


def _counts() -> dict[Quarter, int]:
    rows = (
        AssistanceRequest.objects.counted()
        .order_by()
        .annotate(start=TruncQuarter("received_at", tzinfo=LOUISVILLE))
        .values_list("start")
        .annotate(count=Count("pk"))
    )
    return {Quarter.containing(start): count for start, count in rows}


def _in_use_since(now: datetime) -> datetime:
    entered = AssistanceRequest.objects.counted().aggregate(first=Min("entered_at"))["first"]
    installed = Installation.objects.aggregate(first=Min("created_at"))["first"]
    return min(filter(None, [entered, installed, now]))


def _late_quarters() -> QuerySet[Deviation]:
    return Deviation.objects.filter(case=None, kind=DeviationKind.RELEASED_LATE)


def _limit() -> timedelta:
    return timedelta(minutes=Threshold.objects.get(key=ThresholdKey.RELEASE).minutes)


# --- the act ----------------------------------------------------------------------------------


def release_period(
    quarter: str, *, actor: User, note: str = "", submission: Submission | None = None
) -> Release:
    """Publish a quarter. Raises Refused or AlreadyDone, as transitions of a request do.

    The refusal is put into the ledger, in a transaction of its own.
    """
    try:
        return _release(quarter, actor=actor, note=note, submission=submission)
    except Refused as refusal:
        record_refusal(Action.RELEASE_PERIOD, None, actor=actor, refusal=refusal)
        raise


@transaction.atomic(durable=True)
def _release(code: str, *, actor: User, note: str, submission: Submission | None) -> Release:
    ledger.set_actor(actor)
    limit = _lock_releases()
    now = ledger.now()
    _refuse_replay(actor, submission)
    quarter = _releasable(code, actor=actor, now=now)
    release = Release.objects.create(quarter=code, released_by=actor, note=note, entered_at=now)
    ledger.note_row(release)
    is_late = _is_late(quarter, now=now, limit=limit)
    if is_late:
        _mark_late(code, actor=actor, now=now)
    if submission is not None:
        IdempotencyKey.objects.create(
            user=actor,
            key=submission.key,
            digest=submission.digest,
            action=Action.RELEASE_PERIOD,
            entered_at=now,
        )
    told = {"period": code, "number": release.number, "late": is_late}
    ledger.record(
        ledger.Act(
            actor=actor,
            action=Action.RELEASE_PERIOD,
            occurred_at=now,
            entered_at=now,
            reason=note,
            details=told,
            public=told,
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
        RefusalKind.STALE,
        Reason("key_reused", "This page was used already. Open it again and save once more."),
    )


def _releasable(code: str, *, actor: User, now: datetime) -> Quarter:
    roles = User.objects.get(pk=actor.pk).roles  # as they stand in this transaction
    if not permissions.allows(roles, Action.RELEASE_PERIOD):
        raise Refused(RefusalKind.FORBIDDEN, Reason("role", "Your role does not allow “Release a period”."))
    quarter = next((one for one in _quarters(_counts(), now) if str(one) == code), None)
    if quarter is None:
        raise _not_now("not_kept", "The register was not kept in this quarter, or it has not come yet.")
    if now < quarter.ends_at:
        raise _not_now("not_over", f"{quarter} is not over.")
    if now < quarter.public_from:
        ripe = _day(quarter.public_from)
        raise _not_now("too_early", f"{quarter} may be released from {ripe} on, thirty days after its end.")
    if Release.objects.filter(quarter=code).exists():
        raise _not_now("released_already", f"{quarter} is released already.")
    return quarter


def _not_now(code: str, sentence: str) -> Refused:
    return Refused(RefusalKind.ILLEGAL, Reason(code, sentence, "quarter"))


def _day(moment: datetime) -> str:
    local = moment.astimezone(LOUISVILLE)
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
        settled = {*_late_quarters().values_list("quarter", flat=True)}
        settled |= {*Release.objects.values_list("quarter", flat=True)}
        quarters = [quarter for quarter in sorted(_counts()) if str(quarter) not in settled]
        late = [str(quarter) for quarter in quarters if _is_late(quarter, now=now, limit=limit)]
        for quarter in late:
            _mark_late(quarter, actor=system, now=now)
            _record_late(quarter, actor=system)
    return late


def _is_late(quarter: Quarter, *, now: datetime, limit: timedelta) -> bool:
    """Past its due day, with requests to tell of. One that was found later makes no release late."""
    due_at = quarter.ends_at + limit
    if now <= due_at:
        return False
    return (
        AssistanceRequest.objects.counted()
        .filter(received_at__gte=quarter.starts_at, received_at__lt=quarter.ends_at, entered_at__lte=due_at)
        .exists()
    )


def _mark_late(quarter: str, *, actor: User, now: datetime) -> None:
    if _late_quarters().filter(quarter=quarter).exists():
        return
    row = Deviation(case=None, quarter=quarter, kind=DeviationKind.RELEASED_LATE, found_at=now)
    row._history_user = actor  # type: ignore[attr-defined]
    row._change_reason = "Found by the register"  # type: ignore[attr-defined]
    row.save()
    ledger.note_row(row)


def _record_late(quarter: str, *, actor: User) -> None:
    entered_at = ledger.now()
    told = {"period": quarter, "deviations": [str(DeviationKind.RELEASED_LATE)]}
    ledger.record(
        ledger.Act(
            actor=actor,
            action=Action.SYNC_DEVIATIONS,
            occurred_at=entered_at,
            entered_at=entered_at,
            details=told,
            public=told,
        )
    )
