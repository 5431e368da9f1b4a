"""Which quarters there are, and how far each of them is on its way to the public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MINYEAR, datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncQuarter

from requests_app.models import (
    AssistanceRequest,
    CallsForService,
    Deviation,
    FrozenQuarter,
    Installation,
    Release,
    Threshold,
)
from requests_app.statistics.quarters import CODE, Quarter
from requests_app.statistics.rows import counted_in
from requests_app.vocabulary import LOUISVILLE, DeviationKind, ThresholdKey

# The bytes and the numbers are as long as the quarter had requests; a list needs neither.
LONG = ("document", "numbers")


@dataclass(frozen=True, kw_only=True)
class Period:
    """A quarter as oversight sees it.

    `requests` counts what enters the totals; `frozen` waits for a second person to publish it.
    """

    quarter: Quarter
    due_at: datetime
    requests: int = 0
    releases: tuple[Release, ...] = ()
    frozen: FrozenQuarter | None = None
    calls: CallsForService | None = None
    deviation: Deviation | None = None

    @property
    def release(self) -> Release | None:
        """The last one."""
        return self.releases[-1] if self.releases else None

    @property
    def next_number(self) -> int:
        return self.release.number + 1 if self.release else 1

    @property
    def documents(self) -> list[FrozenQuarter]:
        """What there is to look at: what was published, and last what waits.

        Releases from before figures were frozen have no document, and nobody can read them.
        """
        public = [one.published.frozen for one in self.releases if hasattr(one, "published")]
        return [*public, self.frozen] if self.frozen else public

    @property
    def is_public(self) -> bool:
        return self.release is not None and hasattr(self.release, "published")

    def is_over(self, now: datetime) -> bool:
        return self.quarter.ends_at <= now

    def may_be_frozen(self, now: datetime) -> bool:
        return self.quarter.public_from <= now

    def is_overdue(self, now: datetime) -> bool:
        return self.release is None and self.due_at < now and bool(self.requests)


def periods(now: datetime) -> list[Period]:
    """All quarters of the register, the latest first, in a fixed number of queries."""
    limit = time_limit()
    counts = counted_quarters()
    releases = _by_quarter(_releases())
    frozen = {row.quarter: row for row in _frozen()}
    calls = {row.quarter: row for row in CallsForService.objects.order_by("pk")}
    deviations = {row.quarter: row for row in late_quarters()}
    found = []
    for quarter in sorted(known_quarters(counts, now), reverse=True):
        code = str(quarter)
        released = releases.get(code, ())
        found.append(
            Period(
                quarter=quarter,
                due_at=quarter.ends_at + limit,
                requests=counts.get(quarter, 0),
                releases=released,
                frozen=_open(frozen.get(code), released),
                calls=calls.get(code),
                deviation=deviations.get(code),
            )
        )
    return found


def period_of(code: str, now: datetime) -> Period | None:
    """The quarter with this code, or None where the register was not kept in it."""
    return next((period for period in periods(now) if str(period.quarter) == code), None)


def releases_of(code: str) -> QuerySet[Release]:
    """The releases of a quarter in their order, each with who froze what was published."""
    return _releases().filter(quarter=code)


def _releases() -> QuerySet[Release]:
    with_document = Release.objects.select_related("released_by", "published__frozen__frozen_by")
    unread = ("published__document", *(f"published__frozen__{name}" for name in LONG))
    return with_document.defer(*unread).order_by("quarter", "number")


def _frozen() -> QuerySet[FrozenQuarter]:
    return FrozenQuarter.objects.select_related("frozen_by").defer(*LONG).order_by("pk")


def _by_quarter(releases: Iterable[Release]) -> dict[str, tuple[Release, ...]]:
    found: dict[str, tuple[Release, ...]] = {}
    for release in releases:
        found[release.quarter] = (*found.get(release.quarter, ()), release)
    return found


def _open(frozen: FrozenQuarter | None, releases: tuple[Release, ...]) -> FrozenQuarter | None:
    """The last frozen document of a quarter, unless it is published, or was frozen for a number that is."""
    published = releases[-1].number if releases else 0
    return frozen if frozen is not None and frozen.number > published else None


# --- which quarters there are -----------------------------------------------------------------


def known_quarter(code: str, now: datetime) -> Quarter | None:
    """The quarter with this code, if the register was kept in it; without counting what is in the others."""
    quarter = Quarter.of(code) if CODE.fullmatch(code) else None
    if quarter is None or quarter.year < MINYEAR or Quarter.containing(now) < quarter:
        return None
    return quarter if in_use_since(now) <= quarter or counted_in(quarter).exists() else None


def known_quarters(counted: Iterable[Quarter], now: datetime) -> set[Quarter]:
    """Those with requests, however old, and every one since the register is in use."""
    quarters, quarter = set(counted), in_use_since(now)
    while quarter.starts_at <= now:
        quarters.add(quarter)
        quarter = quarter.next
    return quarters


def counted_quarters() -> dict[Quarter, int]:
    """How many requests enter the totals of each quarter."""
    rows = (
        AssistanceRequest.objects.counted()
        .order_by()
        .annotate(start=TruncQuarter("received_at", tzinfo=LOUISVILLE))
        .values_list("start")
        .annotate(count=Count("pk"))
    )
    return {Quarter.containing(start): count for start, count in rows}


def in_use_since(now: datetime) -> Quarter:
    """The quarter in which the register came into use."""
    entered = AssistanceRequest.objects.counted().aggregate(first=Min("entered_at"))["first"]
    installed = Installation.objects.aggregate(first=Min("created_at"))["first"]
    return Quarter.containing(min(filter(None, [entered, installed, now])))


# --- when they are due ------------------------------------------------------------------------


def late_quarters() -> QuerySet[Deviation]:
    return Deviation.objects.filter(case=None, kind=DeviationKind.RELEASED_LATE)


def time_limit(*, lock: bool = False) -> timedelta:
    """From the end of a quarter to the day its release is due. Releases wait for each other at this row."""
    rows = Threshold.objects.select_for_update() if lock else Threshold.objects
    return timedelta(minutes=rows.get(key=ThresholdKey.RELEASE).minutes)
