"""History beside ledger: what entries note against the rows as they stand, and the other way round."""

from array import array
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

import psycopg

from requests_app.ledger_check import _canonical
from requests_app.ledger_check._rows import Table, tables
from requests_app.ledger_check._wrong import Wrong
from requests_app.models import (
    TRACKED_MODELS,
    AssistanceRequest,
    CallsForService,
    CommanderCall,
    Correction,
    Decision,
    Deviation,
    Dispatch,
    Document,
    Endorsement,
    Evidence,
    FieldOutcome,
    FrozenQuarter,
    LedgerErasure,
    LedgerErasureProposal,
    Page,
    Release,
    ReleaseDocument,
    RestrictedDetails,
    Reveal,
    Review,
    RoleGrant,
    RoleReview,
)

# Every row of these is noted by an entry, and every role that people gave; a demonstration makes its people
# before it begins. Not asked of other tables: no entry notes what a migration brought (the register's own
# account, the thresholds), what is made at the server's terminal in the register's own name, and the saving
# of a password, which is no content. A form's key and an attempt to reach an officer are no acts.
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
    FrozenQuarter,
    Release,
    ReleaseDocument,
    CallsForService,
    RoleReview,
)
REVISION_BITS = 24
ROWS_AT_A_TIME = 5000
# Rows are looked up by the thousand in tables of millions: one by one.
PLANS = "SET LOCAL enable_hashjoin = {0}; SET LOCAL enable_mergejoin = {0}; SET LOCAL enable_seqscan = {0}"


class Noted(NamedTuple):
    """One of the rows that an entry notes; numbers as they are written."""

    place: int
    actor_id: int
    entered_at: str
    salt: bytes
    id: str
    revision: str
    digest: str
    table: str


class NotedRows:
    """Compares batch by batch, and remembers what was noted."""

    def __init__(self, connection: "psycopg.Connection") -> None:
        self._connection = connection
        self._tables = tables()
        self._keys = {name: array("q") for name in self._tables}
        connection.execute(PLANS.format("off"))

    def check(self, batch: list[Noted]) -> None:
        """Names the first one that is not as noted, whichever table it is of."""
        by_table: dict[str, list[Noted]] = {}
        for noted in batch:
            by_table.setdefault(noted.table, []).append(noted)
        found = [wrong for name, rows in by_table.items() for wrong in self._wrong_in(name, rows)]
        if found:
            raise Wrong(min(found)[1])

    def _wrong_in(self, name: str, rows: list[Noted]) -> Iterator[tuple[int, str]]:
        """The first, if there is one, with its place."""
        table = self._tables.get(name)
        if table is None:
            yield rows[0].place, f"Entry {rows[0].place} notes a row of {name}: there is no such table."
            return
        _, actors, moments, _, ids, revisions, _, _ = zip(*rows, strict=True)
        self._keys[name].extend(map(_key, map(int, ids), map(int, revisions)))
        arrays = [f"{{{','.join(each)}}}" for each in (ids, revisions, map(str, actors), moments)]
        now = self._connection.execute(table.lookup, arrays)
        for noted, (text, is_another) in zip(rows, now, strict=True):
            if text is None:
                difference = "that row is gone"
            elif _digest(table, noted, text) != noted.digest:
                difference = "that row says something else now"
            elif is_another:
                difference = "the history of that row has another person, kind or time than the entry"
            else:
                continue
            yield noted.place, f"Entry {noted.place} notes {_named(noted)}; {difference}."
            return

    def check_all_noted(self, erased: Mapping[int, datetime], *, is_real: bool) -> int:
        """Every row of `ALWAYS_NOTED` is noted once. Answers with how many rows there are.

        `erased` has, by case, the moment of its last erasure: what was noted before it, nobody can read.
        """
        self._connection.execute(PLANS.format("on"))
        count = 0
        for model in (*ALWAYS_NOTED, *((RoleGrant,) if is_real else ())):
            table = self._tables[str(model._meta.model_name)]
            noted = sorted(self._keys[table.name])
            twice = next((one for one, next_one in pairwise(noted) if one == next_one), None)
            if twice is not None:
                raise Wrong(f"Two entries note {_written(table, twice)}.")
            count += self._check_all_noted(table, noted, erased)
        return count

    def _check_all_noted(self, table: Table, noted: list[int], erased: Mapping[int, datetime]) -> int:
        count = at = 0
        with self._connection.cursor(name="keys") as cursor:
            cursor.itersize = ROWS_AT_A_TIME
            for number, revision, case_id, moment in cursor.execute(table.all_keys):
                count += 1
                key = _key(number, revision)
                while at < len(noted) and noted[at] < key:
                    at += 1
                if at < len(noted) and noted[at] == key:
                    continue
                if case_id not in erased or moment is None or moment >= erased[case_id]:
                    raise Wrong(f"No entry notes {_written(table, key)}: it was written past the register.")
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


def _key(number: int, revision: int) -> int:
    return number << REVISION_BITS | revision


def _digest(table: Table, noted: Noted, text: str) -> str:
    content = _canonical.rearranged(text) if table.needs_sorting else text.encode()
    return sha256(noted.salt + content).hexdigest()


def _written(table: Table, key: int) -> str:
    revision = key & ((1 << REVISION_BITS) - 1)
    return f"{table.name} {key >> REVISION_BITS}" + (f", revision {revision}" if revision else "")


def _named(noted: Noted) -> str:
    return f"{noted.table} {noted.id}" + (f", revision {noted.revision}" if noted.revision != "0" else "")
