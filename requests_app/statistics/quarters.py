"""Calendar quarters as Louisville lives them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

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
