"""History beside ledger: what entries note against the rows as they stand, and the other way round."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import psycopg

from requests_app.ledger_check import _canonical
from requests_app.ledger_check._rows import Table, tables
from requests_app.ledger_check._wrong import Wrong
from requests_app.models import (
    TRACKED_MODELS,
    AssistanceRequest,
    CommanderCall,
    Correction,
    Decision,
    Deviation,
    Dispatch,
    Document,
    Endorsement,
    Evidence,
    FieldOutcome,
    LedgerErasure,
    LedgerErasureProposal,
    Page,
    Release,
    RestrictedDetails,
    Reveal,
    Review,
    RoleReview,
)

# Every row of these is noted by an entry. Not asked of other tables: no entry notes what a migration brought
# (the register's own account, the thresholds), what is made at the server's terminal, and the saving of a
# password, which is no content. A form's key and an attempt to reach an officer are no acts.
ALWAYS_NOTED = (
    AssistanceRequest,
    RestrictedDetails,
    Evidence,
    Document,
    Page,
    CommanderCall,
    Dispatch,
    FieldOutcome,
    Deviation,
    Review,
    Decision,
    Endorsement,
    Correction,
    Reveal,
    LedgerErasureProposal,
    LedgerErasure,
    Release,
    RoleReview,
)
# Statements end after five seconds and idle transactions after fifteen; the rest is for a machine that stood
# still. Whatever is dated further apart was not one act.
LONGEST_ACT_SECONDS = 600
REVISION_BITS = 24
ROWS_AT_A_TIME = 5000


@dataclass(frozen=True, slots=True)
class Noted:
    """One of the rows that an entry notes."""

    place: int
    actor_id: int
    entered: float  # seconds
    row: dict[str, Any]


class NotedRows:
    """Compares batch by batch, and remembers what was noted."""

    def __init__(self, connection: "psycopg.Connection") -> None:
        self._connection = connection
        self._tables = tables()
        self._keys = {name: array("q") for name in self._tables}
        self.count = 0

    def check(self, batch: list[Noted]) -> None:
        """Names the first one that is not as noted, whichever table it is of."""
        by_table: dict[str, list[Noted]] = {}
        for noted in batch:
            by_table.setdefault(str(noted.row["table"]), []).append(noted)
        found = [wrong for name, rows in by_table.items() for wrong in self._wrong_in(name, rows)]
        if found:
            raise Wrong(min(found)[1])
        self.count += len(batch)

    def _wrong_in(self, name: str, rows: list[Noted]) -> Iterator[tuple[int, str]]:
        """The first, if there is one, with its place."""
        table = self._tables.get(name)
        if table is None:
            yield rows[0].place, f"Entry {rows[0].place} notes a row of {name}: there is no such table."
            return
        ids = [int(one.row["id"]) for one in rows]
        revisions = [int(one.row["revision"] or 0) for one in rows]
        self._keys[name].extend(map(_key, ids, revisions))
        now = self._connection.execute(table.lookup, [ids, revisions])
        for noted, row in zip(rows, now, strict=True):
            difference = _difference(table, noted, *row)
            if difference:
                yield noted.place, f"Entry {noted.place} notes {_named(noted.row)}; {difference}."
                return

    def check_all_noted(self, erased: Mapping[int, float]) -> Iterator[int]:
        """Every row of `ALWAYS_NOTED` is noted once. Yields how many rows a table has.

        `erased` has, by case, the moment of its last erasure: what was noted before it, nobody can read.
        """
        for model in ALWAYS_NOTED:
            table = self._tables[str(model._meta.model_name)]
            yield self._check_all_noted(table, sorted(self._keys[table.name]), erased)

    def _check_all_noted(self, table: Table, noted: list[int], erased: Mapping[int, float]) -> int:
        count = at = 0
        with self._connection.cursor(name="keys") as cursor:
            cursor.itersize = ROWS_AT_A_TIME
            for number, revision, case_id, moment in cursor.execute(table.all_keys):
                count += 1
                row = {"table": table.name, "id": number, "revision": revision}
                if at < len(noted) and noted[at] == _key(number, revision):
                    at += 1
                    if noted[at : at + 1] == noted[at - 1 : at]:
                        raise Wrong(f"Two entries note {_named(row)}.")
                elif case_id is None or moment is None or moment >= erased.get(case_id, 0.0):
                    raise Wrong(f"No entry notes {_named(row)}: it was written past the register.")
        return count


def check_living_rows(connection: "psycopg.Connection") -> Iterator[str]:
    """Every row is its last revision, and every history is whole. Yields the names of the tables."""
    for model in TRACKED_MODELS:
        table = Table(model)
        found = connection.execute(table.living).fetchone()
        if found is not None:
            raise Wrong(_not_living(table, *found))
        yield table.name


def _not_living(
    table: Table, number: int, is_gone: bool, has_none: bool, has_gaps: bool, is_behind: bool, last: int
) -> str:
    row = f"{table.name} {number}"
    if is_gone:
        return f"{row} is gone; its history goes to revision {last}."
    if has_none:
        return f"{row} has no history: it was written past the register."
    if has_gaps:
        return f"The history of {row} has not one row for each revision from 1 to {last}."
    if is_behind:
        return f"{row} is not at its last revision, {last}."
    return f"{row} says something else than its last revision, {last}: it was changed past the register."


def _difference(
    table: Table, noted: Noted, text: str | None, actor_id: int | None, kind: str | None, at: float | None
) -> str:
    if text is None:
        return "that row is gone"
    content = _canonical.rearranged(text) if table.needs_sorting else text.encode()
    if sha256(content).hexdigest() != noted.row["sha256"]:
        return "that row says something else now"
    if not table.has_history:
        return ""
    if actor_id != noted.actor_id:
        return "its history names another person than the entry"
    if kind != ("+" if noted.row["revision"] == 1 else "~"):
        return "its history says that it was of another kind"
    if at is None or abs(at - noted.entered) > LONGEST_ACT_SECONDS:
        return "its history is dated at another time than the entry"
    return ""


def _key(number: int, revision: int) -> int:
    return number << REVISION_BITS | revision


def _named(row: Mapping[str, Any]) -> str:
    revision = f", revision {row['revision']}" if row["revision"] else ""
    return f"{row['table']} {row['id']}{revision}"
