"""Calendar quarters as Louisville lives them, and which of them the public may see."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min
from django.db.models.functions import TruncQuarter

from requests_app.models import AssistanceRequest
from requests_app.vocabulary import LOUISVILLE

PUBLIC_AFTER = timedelta(days=30)
CODE = re.compile(r"(?P<year>[0-9]{4})-Q(?P<number>[1-4])")
MONTHS = ("January to March", "April to June", "July to September", "October to December")


@dataclass(frozen=True, order=True)
class Quarter:
    """Three local months; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def containing(cls, moment: datetime) -> "Quarter":
        local = moment.astimezone(LOUISVILLE)
        return cls(local.year, (local.month + 2) // 3)

    @classmethod
    def of(cls, code: str) -> "Quarter":
        """The quarter that is written so: "2026-Q1". Raises ValueError."""
        written = CODE.fullmatch(code)
        if written is None:
            raise ValueError(f"{code!r} is no quarter: it is written 2026-Q1.")
        return cls(int(written["year"]), int(written["number"]))

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def label(self) -> str:
        return f"{MONTHS[self.number - 1]} {self.year}"

    @property
    def starts_at(self) -> datetime:
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=LOUISVILLE)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is no longer part of it."""
        return self.next.starts_at

    @property
    def public_from(self) -> datetime:
        """Local midnight: the sum is made on the local clock, so a change of the clock moves nothing."""
        return self.ends_at + PUBLIC_AFTER

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)


# The policy was adopted on 22 September 2017.
FIRST_POLICY = Quarter(2017, 3)


@dataclass(frozen=True)
class Published:
    """What the public may see at a moment: quarters that ended thirty days before it, or longer.

    `quarters`, newest first, are those the register can speak of: since it came into use, and earlier ones of
    which a request was found later. Of any other past quarter it must not say that there was nothing.
    """

    at: datetime
    quarters: tuple[Quarter, ...]
    in_use_since: Quarter | None

    def find(self, code: str) -> Quarter | None:
        """The quarter with this code, if the public may ask for it: none before there was a policy."""
        if not CODE.fullmatch(code):
            return None
        quarter = Quarter.of(code)
        is_past = FIRST_POLICY <= quarter < Quarter.containing(self.at) and quarter.public_from <= self.at
        return quarter if is_past or quarter in self.quarters else None

    def older(self, quarter: Quarter) -> Quarter | None:
        return next((one for one in self.quarters if one < quarter), None)

    def newer(self, quarter: Quarter) -> Quarter | None:
        return next((one for one in reversed(self.quarters) if one > quarter), None)

    def before(self, quarter: Quarter) -> Quarter | None:
        """The quarter before, if the register was in use for all of it: only then a comparison is fair."""
        since = self.in_use_since
        return quarter.previous if since is not None and since < quarter.previous else None

    @property
    def next_from(self) -> datetime:
        """When the next quarter becomes public."""
        ended = Quarter.containing(self.at).previous
        return ended.public_from if ended.public_from > self.at else ended.next.public_from


def published(*, at: datetime) -> Published:
    counted = AssistanceRequest.objects.counted()
    first_entry = counted.aggregate(first=Min("entered_at"))["first"]
    if first_entry is None:
        return Published(at, (), None)
    received = counted.annotate(quarter=TruncQuarter("received_at", tzinfo=LOUISVILLE))
    starts = received.values_list("quarter", flat=True).order_by("quarter").distinct()
    in_use_since = Quarter.containing(first_entry)
    quarters = {Quarter.containing(start) for start in starts}
    later = in_use_since
    while later.public_from <= at:
        quarters.add(later)
        later = later.next
    public = sorted((quarter for quarter in quarters if quarter.public_from <= at), reverse=True)
    return Published(at, tuple(public), in_use_since)
