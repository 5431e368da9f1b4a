"""What is public at a moment, as one value that a file can keep: releases, and facts about the register."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from requests_app.models import ReleaseDocument
from requests_app.published_log import PublishedLog, log_of
from requests_app.statistics.quarters import Quarter

Json = dict[str, Any]

DOCUMENT = "release.json"


@dataclass(frozen=True, eq=False)
class PublishedRelease:
    """One release: its bytes as they were frozen, and when they became public."""

    content: bytes
    published_at: datetime

    @cached_property
    def document(self) -> Json:
        return dict(json.loads(self.content))

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def quarter(self) -> Quarter:
        return Quarter.of(self.document["quarter"])

    @property
    def number(self) -> int:
        return int(self.document["number"])

    @property
    def page(self) -> str:
        """Where it is read, below a language."""
        return f"quarters/{self.quarter}/releases/{self.number}/"

    @property
    def folder(self) -> str:
        """Where its files lie, below the site."""
        return f"data/{self.quarter}/{self.number}/"

    @property
    def document_file(self) -> str:
        """Where its bytes lie, below the site."""
        return f"{self.folder}{DOCUMENT}"

    @property
    def is_correction(self) -> bool:
        return self.number > 1


@dataclass(frozen=True, eq=False)
class Publication:
    """All releases in the order in which they became public; and what is live: log and policy in force."""

    releases: tuple[PublishedRelease, ...]
    log: PublishedLog
    policy_in_force: str
    demonstration: bool
    site_url: str

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """The newest first."""
        return tuple(sorted({release.quarter for release in self.releases}, reverse=True))

    def releases_of(self, quarter: Quarter) -> list[PublishedRelease]:
        """The oldest first; none when the quarter is not public."""
        return self._by_quarter.get(quarter, [])

    @cached_property
    def _by_quarter(self) -> dict[Quarter, list[PublishedRelease]]:
        found: dict[Quarter, list[PublishedRelease]] = {}
        for release in self.releases:
            found.setdefault(release.quarter, []).append(release)
        return {quarter: sorted(releases, key=_number) for quarter, releases in found.items()}

    def latest(self, quarter: Quarter) -> PublishedRelease:
        """Raises KeyError when the quarter is not public."""
        return self._by_quarter[quarter][-1]

    def find(self, quarter: Quarter, number: int) -> PublishedRelease | None:
        return next((one for one in self.releases_of(quarter) if one.number == number), None)

    @property
    def newest(self) -> PublishedRelease | None:
        return self.latest(self.quarters[0]) if self.quarters else None

    def before(self, release: PublishedRelease) -> PublishedRelease | None:
        """The quarter before, as it stood when this release came; only where a comparison is fair.

        It is not where the register came into use during that quarter, or after it.
        """
        previous = release.quarter.previous
        if Quarter.of(release.document["in_use_since"]) >= previous:
            return None
        public_then = [one for one in self.releases_of(previous) if one.published_at <= release.published_at]
        return public_then[-1] if public_then else None

    @property
    def newest_first(self) -> list[PublishedRelease]:
        """The latest release of each quarter."""
        return [self.latest(quarter) for quarter in self.quarters]

    @property
    def as_of(self) -> datetime | None:
        """The moment from which the pages speak: the last release or the last seal, whichever is later."""
        moments = [release.published_at for release in self.releases]
        if self.log.signed_at is not None:
            moments.append(self.log.signed_at)
        return max(moments, default=None)

    def to_bytes(self) -> bytes:
        """JSON, with the documents as text, so that not a byte of them changes."""
        kept = {
            "releases": [
                {"document": one.content.decode(), "published_at": _text(one.published_at)}
                for one in self.releases
            ],
            "log": {
                "policy": self.log.policy_text,
                "checkpoint": str(self.log.note) if self.log.note else "",
                "written_at": _text(self.log.written_at) if self.log.written_at else "",
                "problem": self.log.problem,
            },
            "policy_in_force": self.policy_in_force,
            "demonstration": self.demonstration,
            "site_url": self.site_url,
        }
        return json.dumps(kept, sort_keys=True, ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Publication":
        kept = json.loads(content)
        log = kept["log"]
        return cls(
            releases=tuple(
                PublishedRelease(one["document"].encode(), datetime.fromisoformat(one["published_at"]))
                for one in kept["releases"]
            ),
            log=log_of(
                log["policy"],
                log["checkpoint"],
                written_at=datetime.fromisoformat(log["written_at"]) if log["written_at"] else None,
                problem=log["problem"],
            ),
            policy_in_force=kept["policy_in_force"],
            demonstration=kept["demonstration"],
            site_url=kept["site_url"],
        )


def released(using: str) -> tuple[PublishedRelease, ...]:
    """All releases, as the role of this connection reads them: frozen bytes are all that it can read."""
    rows = ReleaseDocument.objects.using(using).order_by("entered_at", "pk")
    found = rows.values_list("document", "entered_at")
    return tuple(PublishedRelease(bytes(document), entered_at) for document, entered_at in found)


def _number(release: PublishedRelease) -> int:
    return release.number


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
