"""Every entry in the order of its place: bytes, commitments, columns, order."""

import re
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import psycopg

from requests_app.ledger import FORMAT, quarter_of
from requests_app.ledger_check import _canonical
from requests_app.ledger_check._history import Noted
from requests_app.ledger_check._rows import LONGEST_ACT
from requests_app.ledger_check._wrong import Wrong
from requests_app.models.ledger import SALT_BYTES
from requests_app.vocabulary import Action

STREAM = """
SELECT p.index, p.entry_id, e.id IS NULL, e.actor_id, e.action, e.refusal, e.case_id, e.case_revision,
    e.occurred_at, e.entered_at, e.public_bytes, e.leaf, v.private_bytes, v.public_salt, v.private_salt,
    v.row_salt
FROM requests_app_ledgerposition p
LEFT JOIN requests_app_ledgerentry e ON e.id = p.entry_id
LEFT JOIN requests_app_ledgerprivate v ON v.entry_id = p.entry_id
ORDER BY p.index
"""
# In the order of places as they come, so that nothing has to be sorted or kept.
IN_ORDER = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off"
ENTRIES_AT_A_TIME = 10_000
MOST_REMEMBERED = 10_000
ROW = re.compile(
    r'"id":([1-9][0-9]{0,11}),"revision":([1-9][0-9]{0,6}|null),"sha256":"([0-9a-f]{64})","table":"([a-z]+)"'
)
# All that a filling entry says privately, but for its actor and twice its moment.
FILLING_MIDDLE = b'","occurred_at":"'
FILLING_END = f'","reason":"","rows":[],"v":{FORMAT}}}'.encode()
MOMENT_LENGTH = len("2026-01-01T00:00:00.000000Z")
CASES = "assistancerequest"
NO_REVISION = {"null": "0"}
# Columns, and the names in the private part that say the same.
IN_PRIVATE = {
    "actor_id": "actor",
    "case_id": "case",
    "case_revision": "case_revision",
    "occurred_at": "occurred_at",
    "entered_at": "entered_at",
}


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
    occurred_at: datetime
    entered_at: datetime
    public_bytes: bytes
    leaf: bytes
    private_bytes: bytes | None
    public_salt: bytes | None
    private_salt: bytes | None
    row_salt: bytes | None


PLACE, _, MISSING, ACTOR, ACTION, REFUSAL, CASE_ID, CASE_REVISION, OCCURRED_AT, ENTERED_AT = range(10)
PUBLIC, LEAF, PRIVATE, PUBLIC_SALT, PRIVATE_SALT, _ = range(10, 16)

# The same, as it comes: a name for each column would cost as much as hashing them.
Columns = tuple[Any, ...]


def stream(connection: "psycopg.Connection") -> Generator[list[Columns]]:
    """Some thousand at a time; the next are fetched while these are looked at."""
    with connection.cursor(name="entries", binary=True) as cursor:
        connection.execute(IN_ORDER)
        cursor.execute(STREAM)
        with ThreadPoolExecutor(1) as behind:
            coming = behind.submit(cursor.fetchmany, ENTRIES_AT_A_TIME)
            while batch := coming.result():
                coming = behind.submit(cursor.fetchmany, ENTRIES_AT_A_TIME)
                yield batch


class Entries:
    """Checks entry after entry, and keeps what the next are compared with."""

    def __init__(
        self, *, people: dict[int, str], numbers: dict[int, str], erasures: dict[int, int], is_real: bool
    ) -> None:
        """Badges and request numbers by their rows' ids, and by case the last entry that was erased."""
        self._people, self._numbers, self._erasures, self._is_real = people, numbers, erasures, is_real
        self._agreed: set[tuple[bytes, str, str, int, int]] = set()
        self._starts: dict[int, bytes] = {}
        self._revisions: dict[int, int] = {}
        self._latest = datetime.min.replace(tzinfo=UTC)
        self.size = self.erased = 0

    def check(self, batch: list[Columns], noted: list[Noted]) -> None:
        """Appends the rows that the entries note; `size` tells how many entries were right, if one is Wrong.

        What can be told of all of them at once is: places, order, commitments. Where one is not right, it is
        looked for one by one.
        """
        if self._are_right(batch):
            for columns in batch:
                self._check_content(columns, noted)
                self.size += 1
            return
        for columns in batch:
            self._check_alone(Entry._make(columns))
            self._check_content(columns, noted)
            self.size += 1

    def _are_right(self, batch: list[Columns]) -> bool:
        by_column = list(zip(*batch, strict=True))
        are_dense = by_column[PLACE] == tuple(range(self.size, self.size + len(batch)))
        if not are_dense or True in by_column[MISSING] or None in by_column[PRIVATE]:
            return False
        entered = by_column[ENTERED_AT]
        latest = max(self._latest, *entered)
        if self._is_real and latest - min(entered) > LONGEST_ACT:
            return False
        hashed = zip(*(by_column[at] for at in (PUBLIC_SALT, PUBLIC, PRIVATE_SALT, PRIVATE)), strict=True)
        committed = [
            sha256(public_salt + public).digest() + sha256(private_salt + private).digest()
            for public_salt, public, private_salt, private in hashed
        ]
        lengths = {*map(len, by_column[PUBLIC_SALT]), *map(len, by_column[PRIVATE_SALT])}
        if committed != list(by_column[LEAF]) or lengths != {SALT_BYTES}:
            return False
        self._latest = latest
        return True

    def _check_alone(self, entry: Entry) -> None:
        if entry.place != self.size:
            raise Wrong(f"Place {self.size} of the log is empty: the next entry is at place {entry.place}.")
        if entry.is_missing:
            raise Wrong(f"Entry {entry.place} is gone: nothing is left of row {entry.entry_id}.")
        if entry.entered_at > self._latest:
            self._latest = entry.entered_at
        elif self._is_real and self._latest - entry.entered_at > LONGEST_ACT:
            raise Wrong(
                f"Entry {entry.place} was entered at {_text(entry.entered_at)},"
                f" {self._latest - entry.entered_at} before an entry with an earlier place."
            )
        if entry.private_bytes is not None:
            _check_commitments(entry, entry.private_bytes)
        elif entry.case_id is None or entry.entry_id > self._erasures.get(entry.case_id, 0):
            raise Wrong(f"Entry {entry.place}: its private part is gone, and no act of two people let it go.")

    def _check_content(self, columns: Columns, noted: list[Noted]) -> None:
        """What the bytes say, beside the columns. Most entries of a log that is filled up say nothing."""
        entered_at = columns[ENTERED_AT]
        # No quarter begins within an hour.
        told = (columns[PUBLIC], columns[ACTION], columns[REFUSAL], entered_at.toordinal(), entered_at.hour)
        if told not in self._agreed:
            self._check_public(Entry._make(columns))
            if len(self._agreed) == MOST_REMEMBERED:
                self._agreed.clear()
            self._agreed.add(told)
        if columns[ACTION] == Action.PAD and self._says_nothing(columns):
            return
        entry = Entry._make(columns)
        self._check_revision(entry)
        if entry.private_bytes is None:
            self.erased += 1
        else:
            noted += self._check_private(entry, entry.private_bytes)

    def _says_nothing(self, columns: Columns) -> bool:
        """A filling entry, and no more than that."""
        content = columns[PRIVATE]
        start = self._filling_start(columns[ACTOR])
        moment = content[len(start) : len(start) + MOMENT_LENGTH] if content else b""
        try:
            is_its_own = datetime.fromisoformat(moment.decode()) == columns[ENTERED_AT]
        except ValueError:
            return False
        of_no_case = columns[CASE_ID] is None and columns[CASE_REVISION] is None
        at_once = columns[OCCURRED_AT] == columns[ENTERED_AT]
        filling = start + moment + FILLING_MIDDLE + moment + FILLING_END
        return is_its_own and of_no_case and at_once and content == filling

    def _filling_start(self, actor_id: int) -> bytes:
        start = self._starts.get(actor_id)
        if start is None:
            words = (
                f'{{"actor":"{self._people.get(actor_id)}","case":null,"case_revision":null,"entered_at":"'
            )
            start = self._starts[actor_id] = words.encode()
        return start

    def _check_revision(self, entry: Entry) -> None:
        if entry.case_id is None or entry.case_revision is None:
            return
        before = self._revisions.get(entry.case_id, 0)
        if entry.case_revision != before + 1:
            raise Wrong(
                f"Entry {entry.place} makes revision {entry.case_revision} of request"
                f" {self._numbers.get(entry.case_id)}, and the one before it in the log is {before}."
            )
        self._revisions[entry.case_id] = entry.case_revision

    def _check_public(self, entry: Entry) -> None:
        public = _decoded(entry, "public", entry.public_bytes)
        told = tuple(public.get(name) for name in ("action", "refusal", "quarter"))
        columns = (entry.action, entry.refusal, quarter_of(entry.entered_at))
        if told != columns:
            _raise_difference(entry, ("action", "refusal", "entered_at (its quarter)"), columns, told)

    def _check_private(self, entry: Entry, content: bytes) -> list[Noted]:
        entered_at = _text(entry.entered_at)
        private, rows = _decoded_with_rows(entry, content)
        told = tuple(map(private.get, IN_PRIVATE.values()))
        columns = (
            self._people.get(entry.actor_id),
            self._numbers.get(entry.case_id) if entry.case_id else None,
            entry.case_revision,
            entered_at if entry.occurred_at == entry.entered_at else _text(entry.occurred_at),
            entered_at,
        )
        if told != columns:
            _raise_difference(entry, tuple(IN_PRIVATE), columns, told)
        made = str(entry.case_id), str(entry.case_revision), CASES
        if entry.case_revision is not None and made not in [(row[0], row[1], row[3]) for row in rows]:
            raise Wrong(
                f"Entry {entry.place} makes revision {entry.case_revision} of request {columns[1]},"
                " and that row is not among those that it notes."
            )
        salt = entry.row_salt or b""
        if len(salt) != SALT_BYTES:
            raise Wrong(f"Entry {entry.place} has lost the salt of the rows that it notes.")
        act = entry.place, entry.actor_id, entered_at, salt
        return [Noted(*act, row[0], NO_REVISION.get(row[1], row[1]), row[2], row[3]) for row in rows]

    def check_last_revisions(self, cases: Iterable[tuple[int, str, int]]) -> None:
        """Each request (id, number, revision) is where its last entry left it."""
        for case_id, number, revision in cases:
            made = self._revisions.pop(case_id, 0)
            if made != revision:
                raise Wrong(f"Request {number} is at revision {revision}; its entries end with {made}.")
        for case_id, made in self._revisions.items():
            raise Wrong(f"Entries end with revision {made} of a request {case_id} that is gone.")


def _text(moment: datetime) -> str:
    """As entries write it."""
    return f"{moment.isoformat(timespec='microseconds')[:26]}Z"


def _check_commitments(entry: Entry, private_bytes: bytes) -> None:
    public_salt, private_salt = entry.public_salt or b"", entry.private_salt or b""
    public = sha256(public_salt + entry.public_bytes).digest()
    private = sha256(private_salt + private_bytes).digest()
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


def _decoded_with_rows(entry: Entry, content: bytes) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    """The private part, and the rows that it notes: id, revision, digest, table, as they are written.

    Rows have one form, and are the longest part; so they are read apart, and the rest is decoded.
    """
    before, opening, rest = content.partition(b'"rows":[')
    listed, closing, after = rest.partition(b"]")
    rows = (
        [ROW.fullmatch(row) for row in listed[1:-1].decode(errors="replace").split("},{")] if listed else []
    )
    if listed and (listed[:1] + listed[-1:] != b"{}" or None in rows):
        raise Wrong(f"Entry {entry.place} does not say which rows its act saved.")
    private = _decoded(entry, "private", before + opening + closing + after)
    if opening in after or private.get("rows") != []:
        raise Wrong(f"Entry {entry.place} does not say which rows its act saved.")
    return private, [row.groups() for row in rows if row]


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
