"""The leaves of the log as the database has them now, and in words what is otherwise than it was signed."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg

from requests_app.merkle import HASH_BYTES, LEAF_BYTES, leaf_hash

# By place; a place whose entry is gone comes without leaf.
LEAVES = """
    COPY (
        SELECT p.index, p.entry_id, e.leaf
        FROM public.requests_app_ledgerposition p
        LEFT JOIN public.requests_app_ledgerentry e ON e.id = p.entry_id
        WHERE p.index >= %s AND p.index < %s ORDER BY p.index
    ) TO STDOUT (FORMAT BINARY)
"""
SIZE = "SELECT coalesce(max(index) + 1, 0) FROM public.requests_app_ledgerposition"
PAD = "SELECT public.register_pad_ledger(%s)"
# A stuck transaction must not hold the signer for ever.
OPTIONS = "-c lock_timeout=60s -c idle_in_transaction_session_timeout=60s"
NO_HASH = bytes(HASH_BYTES)
NAMED = 10  # so many differences are named one by one


@dataclass
class Leaves:
    """Hashes of consecutive leaves from place `start` on; NO_HASH where the place or the entry is gone."""

    start: int = 0
    hashes: bytearray = field(default_factory=bytearray)
    entries: "array[int]" = field(default_factory=lambda: array("q"))  # 0: the place is empty

    @property
    def end(self) -> int:
        return self.start + len(self.entries)

    def add(self, place: int, entry: int, leaf: bytes | None) -> None:
        for _ in range(self.end, place):
            self.entries.append(0)
            self.hashes += NO_HASH
        self.entries.append(entry)
        self.hashes += leaf_hash(leaf) if leaf is not None and len(leaf) == LEAF_BYTES else NO_HASH


def connect(url: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(
        url, autocommit=True, connect_timeout=10, options=OPTIONS, application_name="signer"
    )


def read_leaves(connection: "psycopg.Connection[Any]", start: int, end: int) -> Leaves:
    """Streamed: of a million leaves only the hashes come to lie in memory."""
    leaves = Leaves(start)
    with connection.cursor() as cursor, cursor.copy(LEAVES, [start, end]) as copy:
        copy.set_types(["int8", "int8", "bytea"])
        for place, entry, leaf in copy.rows():
            leaves.add(place, entry, leaf)
    return leaves


def size_of(connection: "psycopg.Connection[Any]") -> int:
    return int(connection.execute(SIZE).fetchone()[0])  # type: ignore[index]  # it answers with one row


def fill_up(connection: "psycopg.Connection[Any]", signed: int) -> int:
    return int(connection.execute(PAD, [signed]).fetchone()[0])  # type: ignore[index]


def gaps(leaves: Leaves, end: int) -> list[str]:
    """Why these new leaves cannot be signed."""
    found = [
        f"Place {leaves.start + number} is empty." if entry == 0 else f"Entry {entry} is gone or damaged."
        for number, entry in enumerate(leaves.entries)
        if leaves.hashes[HASH_BYTES * number : HASH_BYTES * (number + 1)] == NO_HASH
    ]
    if leaves.end < end:
        found.append(f"The places from {leaves.end} on are empty.")
    return found[:NAMED]


def differences(kept: bytes, now: Leaves, size: int) -> list[str]:
    """Sentences; none where the database has what was signed. `size` is the log's, of which `now` is part."""
    signed = len(kept) // HASH_BYTES
    found = []
    if size < signed:
        found.append(
            f"The log has {size} entries, and {signed} were signed: it was set back to an earlier state "
            "(a backup?)."
        )
    compared = HASH_BYTES * min(len(now.entries), signed)
    if now.hashes[:compared] != kept[:compared]:
        found += _different_places(kept, now)
    elif len(now.entries) < signed <= size:
        found.append(f"The places from {len(now.entries)} to {signed - 1} are empty.")
    return found


def _different_places(kept: bytes, now: Leaves) -> Iterator[str]:
    end = min(len(now.entries), len(kept) // HASH_BYTES)
    wrong = [place for place in range(end) if _at(now.hashes, place) != _at(kept, place)]
    if moved := _moved(kept, now.hashes, wrong[0], end):
        yield moved
        return
    by_hash = {_at(kept, place): place for place in wrong}
    told = 0
    for place in wrong:
        other = by_hash.get(_at(now.hashes, place))
        exchanged = other is not None and _at(now.hashes, other) == _at(kept, place)
        if exchanged and other is not None and other < place:
            continue  # told with the first of the two
        if told == NAMED:
            yield f"{len(wrong)} of {end} places differ in all."
            break
        told += 1
        yield f"Places {place} and {other} are exchanged." if exchanged else _changed(place, now)
    if wrong[0] > 0 and len(wrong) > 1 and wrong == list(range(wrong[0], end)):
        yield (
            f"From place {wrong[0]} on everything differs: was the log set back to an earlier state "
            "(a backup?) and used since?"
        )


def _changed(place: int, now: Leaves) -> str:
    entry = now.entries[place]
    if entry == 0:
        return f"Place {place} is empty."
    if _at(now.hashes, place) == NO_HASH:
        return f"Entry {entry} is gone or damaged (place {place})."
    return f"Entry {entry} is not what was signed (place {place})."


def _moved(kept: bytes, now: bytes | bytearray, first: int, end: int) -> str:
    """Where one entry was taken out or put in, all that follow stand at another place."""
    here, behind, last = HASH_BYTES * first, HASH_BYTES * (first + 1), HASH_BYTES * end
    if end - first < 3:
        return ""
    if now[here : last - HASH_BYTES] == kept[behind:last]:
        return f"The entry of place {first} was taken out, and what follows was moved up."
    if now[behind:last] == kept[here : last - HASH_BYTES]:
        return f"An entry was put in at place {first}, and what follows was moved down."
    return ""


def _at(hashes: bytes | bytearray, place: int) -> bytes:
    return bytes(hashes[HASH_BYTES * place : HASH_BYTES * (place + 1)])
