"""Quarters that are released late, or not at all: a deviation of the quarter, marked once."""

from datetime import datetime, timedelta

from django.db import transaction

from requests_app import ledger
from requests_app.models import AssistanceRequest, Deviation, Release, User
from requests_app.releases._periods import counted_quarters, late_quarters, time_limit
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import Action, DeviationKind


def find_late_releases(now: datetime) -> list[str]:
    """Mark the quarters that ought to have been released by now; answers with those newly marked.

    For the job that looks at what only the passing of time brings about.
    """
    with transaction.atomic(durable=True):
        system = User.objects.system()
        ledger.set_actor(system)
        limit = time_limit(lock=True)
        settled = {*late_quarters().values_list("quarter", flat=True)}
        settled |= {*Release.objects.values_list("quarter", flat=True)}
        quarters = [quarter for quarter in sorted(counted_quarters()) if str(quarter) not in settled]
        late = [str(quarter) for quarter in quarters if is_late(quarter, now=now, limit=limit)]
        for quarter in late:
            mark_late(quarter, actor=system, now=now)
            _record_late(quarter, actor=system)
    return late


def is_late(quarter: Quarter, *, now: datetime, limit: timedelta) -> bool:
    """Past its due day, with requests to tell of. One that was found later makes no release late."""
    due_at = quarter.ends_at + limit
    if now <= due_at:
        return False
    return (
        AssistanceRequest.objects.counted()
        .filter(received_at__gte=quarter.starts_at, received_at__lt=quarter.ends_at, entered_at__lte=due_at)
        .exists()
    )


def mark_late(quarter: str, *, actor: User, now: datetime) -> None:
    """Once for each quarter; to be noted by the entry of the act that is under way."""
    if late_quarters().filter(quarter=quarter).exists():
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
