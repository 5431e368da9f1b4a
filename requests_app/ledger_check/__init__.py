"""Reads the whole ledger again and names the first thing wrong: entries, order, history, what was published.

It changes nothing and trusts no trigger: whoever can switch walls off is who it looks for. A past that was
rewritten as a whole, the published files too, it cannot see: the signer, the witnesses and receipts do.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg

from requests_app.ledger_check._behind import Lookups
from requests_app.ledger_check._entries import LEAF, Columns, Entries, stream
from requests_app.ledger_check._erasures import Erasures
from requests_app.ledger_check._history import ALWAYS_NOTED, Noted, check_living_rows
from requests_app.ledger_check._moment import connect, name_moment
from requests_app.ledger_check._published import Checkpoint, Comparison, read_checkpoint
from requests_app.ledger_check._wrong import Wrong
from requests_app.models import TRACKED_MODELS
from requests_app.vocabulary import InstallationKind

__all__ = ["ALWAYS_NOTED", "Report", "Wrong", "verify"]

COUNTS = """
SELECT (SELECT size FROM requests_app_ledgerhead WHERE id = 1),
    (SELECT count(*) FROM requests_app_ledgerposition), (SELECT count(*) FROM requests_app_ledgerentry)
"""
CASES = "SELECT id, number, revision FROM requests_app_assistancerequest ORDER BY id"
# With as many places as entries, and an entry on each place, no entry has two.
WITHOUT_PLACE = """
SELECT e.id FROM requests_app_ledgerentry e
WHERE NOT EXISTS (SELECT FROM requests_app_ledgerposition p WHERE p.entry_id = e.id)
ORDER BY e.id LIMIT 1
"""

# What is being looked at, how much of it more, and how much there is (0 where nobody knows).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was checked, and found right."""

    entries: int
    erased: int
    noted: int
    rows: int
    tables: int
    checkpoint: Checkpoint | None
    is_real: bool


def verify(conninfo: str, *, tlog: Path, progress: Progress) -> Report:
    """Raises Wrong. The checkpoint is read first: so it is not younger than what is read of the register."""
    checkpoint = read_checkpoint(tlog)
    with connect(conninfo) as first, connect(conninfo, name_moment(first)) as asking:
        total = _check_places(asking)
        is_real = _is_real(asking)
        erasures = Erasures(asking)
        entries = Entries(
            people=_by_id(asking, "SELECT id, badge_number FROM requests_app_user"),
            numbers=_by_id(asking, "SELECT id, number FROM requests_app_assistancerequest"),
            erasures=erasures.last_entries,
            is_real=is_real,
        )
        with Lookups(conninfo, name_moment(asking), entries=total) as lookups:
            walk = _Walk(entries, lookups, Comparison(tlog, checkpoint), erasures)
            with closing(stream(first)) as batches:
                for count in walk.through(batches):
                    progress("entries", count, total)
            entries.check_last_revisions(asking.execute(CASES).fetchall())
            erasures.check_entries()
            rows = lookups.check_all_noted(erasures.moments, is_real=is_real)
        for _ in check_living_rows(asking):
            progress("tables", 1, len(TRACKED_MODELS))
    return Report(
        entries=entries.size,
        erased=entries.erased,
        noted=lookups.count,
        rows=rows,
        tables=len(TRACKED_MODELS),
        checkpoint=checkpoint,
        is_real=is_real,
    )


@dataclass
class _Walk:
    """From the first entry to the last; the rows that entries note are looked up some thousand at a time."""

    entries: Entries
    lookups: Lookups
    comparison: Comparison
    erasures: Erasures

    def through(self, batches: Iterable[list[Columns]]) -> Iterator[int]:
        """Yields how many entries more were looked at."""
        try:
            for batch in batches:
                noted, wrong = self._check(batch)
                self.lookups.check(noted)
                if wrong:
                    self.lookups.wait()  # what stands earlier in the log is named first
                    raise wrong
                yield len(batch)
            self.lookups.wait()
            self.comparison.end()
        except Wrong as wrong:
            raise self.comparison.suspicion or wrong from None
        except psycopg.DataError as error:  # a moment at the end of time, for one
            place = self.entries.size - 1
            raise Wrong(f"After entry {place} the database holds what nobody can read: {error}") from error

    def _check(self, batch: list[Columns]) -> tuple[list[Noted], Wrong | None]:
        """The rows that the entries note up to the first wrong one, and what is wrong with it."""
        noted: list[Noted] = []
        first, found = self.entries.size, None
        try:
            self.entries.check(batch, noted)
        except Wrong as wrong:
            found = wrong
        self.comparison.extend([columns[LEAF] for columns in batch[: self.entries.size - first]])
        self.erasures.record(noted)
        return noted, found


def _check_places(connection: "psycopg.Connection") -> int:
    """One place for each entry, and as many as the head counts. Answers with how many."""
    without = connection.execute(WITHOUT_PLACE).fetchone()
    if without is not None:
        raise Wrong(f"Row {without[0]} of the ledger has no place in the log.")
    head, places, entries = connection.execute(COUNTS).fetchone() or (None, 0, 0)
    if not head == places == entries:
        raise Wrong(f"The ledger's head counts {head} entries; there are {entries}, on {places} places.")
    return int(places)


def _is_real(connection: "psycopg.Connection") -> bool:
    """Only a demonstration may set its clock, so in no other are moments out of order."""
    row = connection.execute("SELECT kind FROM requests_app_installation").fetchone()
    return row is None or row[0] != InstallationKind.DEMONSTRATION


def _by_id(connection: "psycopg.Connection", statement: LiteralString) -> dict[int, str]:
    return dict(connection.execute(statement).fetchall())
