"""Every entry in the order of its place: bytes, commitments, columns, order."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

import psycopg

from requests_app.ledger import FORMAT
from requests_app.ledger_check import _canonical
from requests_app.ledger_check._history import LONGEST_ACT_SECONDS, Noted
from requests_app.ledger_check._wrong import Wrong
from requests_app.models.ledger import SALT_BYTES

STREAM = """
COPY (
    SELECT p.index, p.entry_id, e.id IS NULL, e.actor_id, e.action, e.refusal, e.case_id, e.case_revision,
        to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        to_char(e.entered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        extract(epoch FROM e.entered_at)::float8,
        to_char(e.entered_at AT TIME ZONE 'America/Kentucky/Louisville', 'YYYY"-Q"Q'),
        e.public_bytes, e.leaf, v.private_bytes, v.public_salt, v.private_salt
    FROM requests_app_ledgerposition p
    LEFT JOIN requests_app_ledgerentry e ON e.id = p.entry_id
    LEFT JOIN requests_app_ledgerprivate v ON v.entry_id = p.entry_id
    ORDER BY p.index
) TO STDOUT (FORMAT BINARY)
"""
TYPES = [
    "int8",
    "int8",
    "bool",
    "int8",
    *["text"] * 2,
    "int8",
    "int4",
    *["text"] * 2,
    "float8",
    "text",
    *["bytea"] * 5,
]
# Merged in the order of places, so that nothing has to be sorted or kept.
IN_ORDER = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off"


class Entry(NamedTuple):
    """The columns of the three tables that an entry lies in."""

    place: int
    entry_id: int
    is_missing: bool
    actor_id: int
    action: str
    refusal: str
    case_id: int | None
    case_revision: int | None
    occurred_at: str
    entered_at: str
    entered: float
    quarter: str
    public_bytes: bytes
    leaf: bytes
    private_bytes: bytes | None
    public_salt: bytes | None
    private_salt: bytes | None


def stream(connection: "psycopg.Connection") -> Iterator[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER)
        with cursor.copy(STREAM) as copy:
            copy.set_types(TYPES)
            yield from map(Entry._make, copy.rows())


class Entries:
    """Checks one entry after the other; `check` answers with the rows that the entry notes."""

    def __init__(
        self, *, people: dict[int, str], numbers: dict[int, str], erasures: dict[int, int], is_real: bool
    ) -> None:
        """Badges and request numbers by their rows' ids, and by case the last entry that was erased."""
        self._people, self._numbers, self._erasures, self._is_real = people, numbers, erasures, is_real
        self._public: dict[bytes, tuple[str, str, str]] = {}
        self._revisions: dict[int, int] = {}
        self._latest = 0.0
        self.size = self.erased = 0

    def check(self, entry: Entry) -> list[Noted]:
        if entry.place != self.size:
            raise Wrong(f"Place {self.size} of the log is empty: the next entry is at place {entry.place}.")
        self.size += 1
        if entry.is_missing:
            raise Wrong(f"Entry {entry.place} is gone: nothing is left of row {entry.entry_id}.")
        self._check_order(entry)
        self._check_public(entry)
        if entry.private_bytes is None:
            self._check_erasure(entry)
            return []
        _check_commitments(entry)
        return self._check_private(entry, entry.private_bytes)

    def _check_order(self, entry: Entry) -> None:
        """Places follow the order of commits, and each moment of entry lies within its transaction."""
        if entry.entered > self._latest:
            self._latest = entry.entered
        elif self._is_real and self._latest - entry.entered > LONGEST_ACT_SECONDS:
            raise Wrong(
                f"Entry {entry.place} was entered at {entry.entered_at},"
                f" {self._latest - entry.entered:.0f} seconds before an entry with an earlier place."
            )
        if entry.case_revision is None:
            return
        before = self._revisions.get(entry.case_id or 0, 0)
        if entry.case_revision != before + 1:
            raise Wrong(
                f"Entry {entry.place} makes revision {entry.case_revision} of request"
                f" {self._numbers.get(entry.case_id or 0)}, and revision {before} was the one before."
            )
        self._revisions[entry.case_id or 0] = entry.case_revision

    def _check_public(self, entry: Entry) -> None:
        told = self._public.get(entry.public_bytes)
        if told is None:
            if len(self._public) == 10_000:  # most say the same; what does not is forgotten
                self._public.clear()
            public = _decoded(entry, "public", entry.public_bytes)
            told = self._public[entry.public_bytes] = (
                str(public.get("action")),
                str(public.get("refusal")),
                str(public.get("quarter")),
            )
        columns = (entry.action, entry.refusal, entry.quarter)
        if told != columns:
            _raise_difference(entry, ("action", "refusal", "quarter of entered_at"), columns, told)

    def _check_private(self, entry: Entry, private_bytes: bytes) -> list[Noted]:
        private = _decoded(entry, "private", private_bytes)
        told = (
            private.get("actor"),
            private.get("case"),
            private.get("case_revision"),
            private.get("occurred_at"),
            private.get("entered_at"),
        )
        columns = (
            self._people.get(entry.actor_id),
            self._numbers.get(entry.case_id) if entry.case_id else None,
            entry.case_revision,
            entry.occurred_at,
            entry.entered_at,
        )
        if told != columns:
            names = ("actor_id", "case_id", "case_revision", "occurred_at", "entered_at")
            _raise_difference(entry, names, columns, told)
        rows = private.get("rows")
        if not isinstance(rows, list) or not all(map(_is_row, rows)):
            raise Wrong(f"Entry {entry.place} does not say which rows its act saved.")
        return [Noted(entry.place, entry.actor_id, entry.entered, row) for row in rows]

    def _check_erasure(self, entry: Entry) -> None:
        self.erased += 1
        if entry.case_id is None or entry.entry_id > self._erasures.get(entry.case_id, 0):
            raise Wrong(f"Entry {entry.place}: its private part is gone, and no act of two people let it go.")


def _check_commitments(entry: Entry) -> None:
    public_salt, private_salt = entry.public_salt or b"", entry.private_salt or b""
    public = sha256(public_salt + entry.public_bytes).digest()
    private = sha256(private_salt + (entry.private_bytes or b"")).digest()
    if public + private == entry.leaf and len(public_salt) == len(private_salt) == SALT_BYTES:
        return
    parts = [
        part
        for part, true in (("public", public == entry.leaf[:32]), ("private", private == entry.leaf[32:]))
        if not true
    ]
    raise Wrong(
        f"Entry {entry.place} does not commit to its bytes: leaf, salt or bytes of the"
        f" {' and the '.join(parts) or 'two'} part{'s' * (len(parts) != 1)} were changed."
    )


def _is_row(row: Any) -> bool:
    return type(row) is dict and type(row.get("id")) is int and {"table", "revision", "sha256"} <= row.keys()


def _decoded(entry: Entry, part: str, content: bytes) -> dict[str, Any]:
    try:
        told = _canonical.decode(content)
    except ValueError as error:
        raise Wrong(f"Entry {entry.place}: its {part} part is not in canonical form.") from error
    if told.get("v") != FORMAT:
        raise Wrong(f"Entry {entry.place}: its {part} part has format {told.get('v')}, not {FORMAT}.")
    return told


def _raise_difference(
    entry: Entry, names: tuple[str, ...], columns: tuple[object, ...], told: tuple[object, ...]
) -> None:
    for name, column, committed in zip(names, columns, told, strict=True):
        if column != committed:
            raise Wrong(
                f"Entry {entry.place}: its column {name} says {column}, its committed bytes say {committed}."
            )
