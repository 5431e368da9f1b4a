"""The ledger's tree, proofs, notes and signatures; the same file is the verifier that anyone can run.

It needs Python 3.9 or later and nothing else. It reads the files it is given and never the network:

    python3 -I verify.py receipt 2026-0012.tlog-proof --policy policy
    python3 -I verify.py checkpoint checkpoint --policy policy
    python3 -I verify.py consistency old-checkpoint checkpoint --policy policy
    python3 -I verify.py tiles tlog --policy policy
    python3 -I verify.py bundle 2026-0012.zip --policy policy

It says YES and leaves with 0, or NO with the first thing that is wrong and leaves with 1. The policy says
whose signatures count: take it, and this file, from a place that you trust. The formats are public: RFC 6962
(tree and proofs), C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-policy,
RFC 8032 (Ed25519), RFC 8785 (canonical JSON).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.abc
import importlib.util
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import gmtime, strftime

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    HAS_CRYPTOGRAPHY = True
except ImportError:  # the verifier alone, on a machine with nothing but Python
    HAS_CRYPTOGRAPHY = False

LEAF_BYTES = 64
HASH_BYTES = 32
SALT_BYTES = 32
TILE_WIDTH = 256
PAD = 64
ED25519, COSIGNATURE = 0x01, 0x04
MAX_SIZE = 2**63 - 1
MAX_PROOF_HASHES = 63
MAX_SIGNATURES = 100
PROOF_HEADER = "c2sp.org/tlog-proof@v1"

# (level, index): the hash of the complete subtree of 2**level leaves that is number `index` at that level.
HashAt = Callable[[int, int], bytes]


class Invalid(Exception):
    """The message is a sentence that says what is wrong, and where."""


@contextmanager
def _within(place: str) -> Iterator[None]:
    try:
        yield
    except Invalid as wrong:
        raise Invalid(f"{place}: {wrong}") from wrong


# --- strict reading: each value has one spelling, so that one changed byte cannot pass -----------


def _text(data: bytes | str, what: str, *, tabs: bool = False) -> str:
    try:
        text = data.decode() if isinstance(data, bytes) else data.encode().decode()
    except UnicodeError as error:
        raise Invalid(f"{what} is not UTF-8 text.") from error
    for character in text:
        if character < " " and character != "\n" and not (tabs and character == "\t"):
            raise Invalid(f"{what} contains the control character U+{ord(character):04X}.")
    if not text.endswith("\n"):
        raise Invalid(f"The last line of {what[0].lower()}{what[1:]} does not end.")
    return text


def _base64(text: str, length: int | None = None) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Invalid(f"{text!r} is not base64.") from error
    if _in_base64(content) != text:
        raise Invalid(f"{text!r} is not the one base64 form of its bytes.")
    if length is not None and len(content) != length:
        raise Invalid(f"{text!r} has {len(content)} bytes, not {length}.")
    return content


def _in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _number(text: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) > MAX_SIZE:
        raise Invalid(f"{text!r} is not a plain number.")
    return int(text)


# --- the tree (RFC 6962) -------------------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


EMPTY_ROOT = hashlib.sha256().digest()


class Tree:
    """A growing tree in memory: per level, one after the other, the hashes of its complete subtrees."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels = [bytearray()]
        self.extend(leaf_hashes)

    @property
    def size(self) -> int:
        return len(self._levels[0]) // HASH_BYTES

    def append(self, hash_of_leaf: bytes) -> None:
        self.extend((hash_of_leaf,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Takes hashes of leaves, not leaves."""
        added = bytearray()
        for hash_of_leaf in leaf_hashes:
            if len(hash_of_leaf) != HASH_BYTES:
                raise ValueError(f"a leaf hash has {HASH_BYTES} bytes, not {len(hash_of_leaf)}")
            added += hash_of_leaf
        self._levels[0] += added
        self._complete()

    def hash_at(self, level: int, index: int) -> bytes:
        if not (level >= 0 and index >= 0 and (index + 1) << level <= self.size):
            raise IndexError(f"no complete subtree {index} at level {level} among {self.size} leaves")
        return bytes(self._levels[level][HASH_BYTES * index : HASH_BYTES * (index + 1)])

    def _complete(self) -> None:
        sha256, pair = hashlib.sha256, 2 * HASH_BYTES
        for level in range(self.size.bit_length() - 1):
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            below, above = self._levels[level], self._levels[level + 1]
            for start in range(2 * len(above), len(below) - pair + 1, pair):
                above += sha256(b"\x01" + below[start : start + pair]).digest()


def root(size: int, hash_at: HashAt) -> bytes:
    return _hash_of(0, size, hash_at)


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root, the leaf's neighbour first."""
    if not 0 <= index < size:
        raise Invalid(f"Entry {index} is not in a tree of {size} entries.")
    _, turns = _way_down(index, size, 1)
    return [_hash_of(start, end, hash_at) for _, start, end in reversed(turns)]


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """The hashes that show that the tree of `old` leaves is the beginning of that of `new`."""
    if not 0 <= old <= new:
        raise Invalid(f"A tree of {old} entries is not the beginning of one of {new}.")
    if old == 0:
        return []
    start, turns = _way_down(old - 1, new, old)
    first = [_hash_of(start, old, hash_at)] if start else []
    return first + [_hash_of(begin, end, hash_at) for _, begin, end in reversed(turns)]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """`leaf` is the hash of the leaf."""
    if not 0 <= index < size:
        raise Invalid(f"Entry {index} is not in a tree of {size} entries.")
    _, turns = _way_down(index, size, 1)
    _check_length(proof, len(turns))
    result = leaf
    for (right, _, _), sibling in zip(reversed(turns), proof):
        result = node_hash(sibling, result) if right else node_hash(result, sibling)
    return result


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise Invalid(f"Entry {index} with its proof does not lead to the root of the {size} entries.")


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    if not 0 <= old_size <= new_size:
        raise Invalid(f"A tree of {old_size} entries is not the beginning of one of {new_size}.")
    if old_size == 0:
        _check_length(proof, 0)
        old, new = EMPTY_ROOT, new_root
    else:
        start, turns = _way_down(old_size - 1, new_size, old_size)
        _check_length(proof, len(turns) + bool(start))
        old = new = proof[0] if start else old_root
        for (right, _, _), sibling in zip(reversed(turns), proof[bool(start) :]):
            old = node_hash(sibling, old) if right else old
            new = node_hash(sibling, new) if right else node_hash(new, sibling)
    if old != old_root:
        raise Invalid(f"The proof does not lead to the root of the first {old_size} entries.")
    if new != new_root:
        raise Invalid(f"The proof does not lead to the root of the {new_size} entries.")


def _way_down(index: int, size: int, stop: int) -> tuple[int, list[tuple[bool, int, int]]]:
    """From the top of the tree towards leaf `index`: where the way stops, and what lies beside it.

    It stops at one leaf (stop 1), or at the subtree that ends at leaf `stop`. Each turn says whether the way
    goes right, and names the subtree on the other side by its first leaf and the leaf after its last.
    """
    start, end, turns = 0, size, []
    while end - start > 1 and end != stop:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < middle:
            turns.append((False, middle, end))
            end = middle
        else:
            turns.append((True, start, middle))
            start = middle
    return start, turns


def _hash_of(start: int, end: int, hash_at: HashAt) -> bytes:
    """The hash of the leaves from `start` to before `end`; to both leads a way down."""
    if start == end:
        return EMPTY_ROOT
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(hash_at(level, start >> level))
        start += 1 << level
    result = peaks.pop()
    while peaks:
        result = node_hash(peaks.pop(), result)
    return result


def _check_length(proof: Sequence[bytes], expected: int) -> None:
    if len(proof) != expected:
        raise Invalid(f"The proof has {len(proof)} hashes; one for this place in this tree has {expected}.")
    if any(len(each) != HASH_BYTES for each in proof):
        raise Invalid(f"A hash of the proof has not {HASH_BYTES} bytes.")


# --- tiles: the tree as files (C2SP tlog-tiles) --------------------------------------------------


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < TILE_WIDTH else "")


def tiles_of(size: int, *, since: int = 0) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile that a tree of `size` needs and one of `since` did not have."""
    level = 0
    while hashes := size >> (8 * level):
        before = since >> (8 * level)
        if hashes > before:
            for index in range(before // TILE_WIDTH, -(-hashes // TILE_WIDTH)):
                yield level, index, min(TILE_WIDTH, hashes - TILE_WIDTH * index)
        level += 1


def read_tile(read: Callable[[str], bytes], level: int, index: int, width: int) -> bytes:
    """`read` takes a path and raises FileNotFoundError; a log may drop a partial tile once it is full."""
    path = tile_path(level, index, width)
    expected = HASH_BYTES * width
    try:
        content = read(path)
    except FileNotFoundError as missing:
        path, expected = tile_path(level, index), HASH_BYTES * TILE_WIDTH
        try:
            content = read(path)
        except FileNotFoundError:
            raise Invalid(f"{tile_path(level, index, width)} is missing.") from missing
    if len(content) != expected:
        raise Invalid(f"{path} has {len(content)} bytes, not {expected}.")
    return content[: HASH_BYTES * width]


class Tiles:
    """The tree of `size` entries, read tile by tile as hashes are asked for. `reads` counts the tiles."""

    def __init__(self, read: Callable[[str], bytes], size: int) -> None:
        self._read, self._size = read, size
        self._tiles: dict[tuple[int, int], Tree] = {}

    @property
    def reads(self) -> int:
        return len(self._tiles)

    def hash_at(self, level: int, index: int) -> bytes:
        if not (level >= 0 and index >= 0 and (index + 1) << level <= self._size):
            raise IndexError(f"no complete subtree {index} at level {level} among {self._size} leaves")
        tile_level, inner_level = divmod(level, 8)
        tile_index, place = divmod(index, TILE_WIDTH >> inner_level)
        return self._tile(tile_level, tile_index).hash_at(inner_level, place)

    def _tile(self, level: int, index: int) -> Tree:
        if (level, index) not in self._tiles:
            width = min(TILE_WIDTH, (self._size >> (8 * level)) - TILE_WIDTH * index)
            content = read_tile(self._read, level, index, width)
            self._tiles[level, index] = Tree(each_hash(content))
        return self._tiles[level, index]


def each_hash(content: bytes | bytearray) -> Iterator[bytes]:
    return (bytes(content[start : start + HASH_BYTES]) for start in range(0, len(content), HASH_BYTES))


# --- Ed25519 (RFC 8032) --------------------------------------------------------------------------

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_1 = pow(2, (PRIME - 1) // 4, PRIME)
Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
# The points under which a signature can be true for many messages: those whose order divides 8.
SMALL_ORDER_Y = {0, 1, PRIME - 1, Y_OF_ORDER_8, PRIME - Y_OF_ORDER_8}

Point = tuple[int, int, int, int]  # x, y, z, t: the coordinates are x/z and y/z, and t/z is their product


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether [S]B = R + [k]A, without cofactor; S < L, all encodings canonical, A not of small order."""
    if len(public) != 32 or len(signature) != 64:
        return False
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= PRIME or y in SMALL_ORDER_Y:
        return False
    if not HAS_CRYPTOGRAPHY:
        return plain_ed25519_verify(public, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def plain_ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """The same equation in plain Python, in milliseconds. Not for secrets: its time depends on the input."""
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus_key = (PRIME - key[0], key[1], key[2], PRIME - key[3])
    return _encoded(_sum(_multiple(s, BASE), _multiple(k, minus_key))) == signature[:32]


def _sum(left: Point, right: Point) -> Point:
    x1, y1, z1, t1 = left
    x2, y2, z2, t2 = right
    a, b = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = 2 * CURVE_D * t1 * t2 % PRIME, 2 * z1 * z2
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _multiple(factor: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = _sum(result, point)
        point = _sum(point, point)
        factor >>= 1
    return result


def _point(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x_squared = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    x = pow(x_squared, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != x_squared:
        x = x * ROOT_OF_MINUS_1 % PRIME
    if y >= PRIME or x * x % PRIME != x_squared or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else PRIME - x
    return x, y, 1, x * y % PRIME


def _encoded(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, PRIME)
    return (y * inverse % PRIME | (x * inverse % PRIME & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little")) or (0, 1, 1, 0)


# --- signed notes (C2SP signed-note), checkpoints and cosignatures ----------------------------------


@dataclass(frozen=True)
class VerifierKey:
    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_in_base64(bytes([self.type]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Invalid(f"{text!r} is not a verifier key: name+id+key.")
        content = _base64(parts[2], 33)
        key = cls(_key_name(parts[0]), content[0], content[1:])
        if key.type not in (ED25519, COSIGNATURE):
            raise Invalid(f"The key of {key.name} has type {key.type}; this verifier knows 1 and 4.")
        if key.id.hex() != parts[1]:
            raise Invalid(f"The key of {key.name} has the id {key.id.hex()}, not {parts[1]!r}.")
        return key


def _key_name(name: str) -> str:
    if not name or "+" in name or any(each.isspace() or each < " " for each in name):
        raise Invalid(f"{name!r} cannot be the name of a key.")
    return name


@dataclass(frozen=True)
class Signature:
    name: str
    id: bytes
    blob: bytes  # what follows the id: the signature, in a cosignature with its time before it

    def line(self) -> str:
        return f"\u2014 {self.name} {_in_base64(self.id + self.blob)}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014":
            raise Invalid(f"{line!r} is not a signature line.")
        content = _base64(words[2])
        if len(content) < 5:
            raise Invalid(f"The signature of {words[1]!r} is too short.")
        return cls(_key_name(words[1]), content[:4], content[4:])


@dataclass(frozen=True)
class Note:
    text: str  # with its final newline
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes | str) -> Note:
        text, blank, lines = _text(data, "The note").rpartition("\n\n")
        if not blank:
            raise Invalid("The note has no blank line between its text and its signatures.")
        signatures = lines.split("\n")[:-1]
        if not 1 <= len(signatures) <= MAX_SIGNATURES:
            raise Invalid(f"The note has {len(signatures)} signatures; 1 to {MAX_SIGNATURES} are read.")
        return cls(text + "\n", tuple(Signature.parse(line) for line in signatures))

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    def with_signatures(self, *signatures: Signature) -> Note:
        """Appends them; a newer signature of a key stands in the place of its older one."""
        by_key = {(each.name, each.id): each for each in (*self.signatures, *signatures)}
        return Note(self.text, tuple(by_key.values()))


def verify_signature(note_text: str, signature: Signature, key: VerifierKey) -> int | None:
    """The time of a cosignature, None for the signature of a log."""
    if (signature.name, signature.id) != (key.name, key.id):
        raise Invalid(f"The signature of {signature.name} was not made with the key {key}.")
    seconds, message, proper = None, note_text.encode(), signature.blob
    if key.type == COSIGNATURE:
        seconds, proper = int.from_bytes(signature.blob[:8], "big"), signature.blob[8:]
        message = cosigned_message(note_text, seconds)
        if seconds > MAX_SIZE:
            raise Invalid(f"The time of the signature of {key.name} is out of bounds.")
    if not ed25519_verify(key.public, message, proper):
        raise Invalid(f"The signature of {key.name} is false.")
    return seconds


def cosigned_message(note_text: str, time: int) -> bytes:
    """What a witness signs: that at this POSIX time the log had grown to this checkpoint."""
    return f"cosignature/v1\ntime {time}\n{note_text}".encode()


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_in_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        lines = _text(text, "The checkpoint").split("\n")
        if len(lines) != 4 or not lines[0]:
            raise Invalid("A checkpoint has three lines: the log's name, the size, the root.")
        checkpoint = cls(lines[0], _number(lines[1]), _base64(lines[2], HASH_BYTES))
        if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
            raise Invalid("The root of an empty log is another.")
        return checkpoint


# --- whose signatures count (C2SP tlog-policy) ------------------------------------------------------


@dataclass(frozen=True)
class Log:
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class Witness:
    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Witnessed:
    """What a policy finds in a checkpoint. The log has signed it; for the witnesses see `quorum_met`."""

    checkpoint: Checkpoint
    log: VerifierKey
    times: Mapping[str, int]  # name of the witness in the policy: when it signed
    quorum_met: bool
    required: str  # in words, "2 of 3"


@dataclass(frozen=True)
class Policy:
    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str  # the name of a witness or group, or "none"

    @classmethod
    def parse(cls, data: bytes | str) -> Policy:
        reader = _PolicyReader()
        for number, line in enumerate(_text(data, "The policy", tabs=True).split("\n")[:-1], 1):
            words = re.findall(r"[^ \t]+", line)
            if words and not words[0].startswith("#"):
                with _within(f"Line {number} of the policy"):
                    reader.read(words)
        if reader.quorum is None:
            raise Invalid("The policy has no quorum line.")
        return cls(tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups.values()), reader.quorum)

    def check(self, note: Note) -> Witnessed:
        checkpoint = Checkpoint.parse(note.text)
        logs, times = self._signers(note)
        log = next((key for key in logs if key.name == checkpoint.origin), None)
        if log is None:
            raise Invalid(f"No log of the policy signed this checkpoint of {checkpoint.origin}.")
        met = self.quorum == "none" or self._has_signed(self.quorum, times)
        return Witnessed(checkpoint, log, times, met, self._required(self.quorum))

    def known_in(self, note: Note) -> Note:
        """The note without signatures of keys that the policy does not name."""
        keys = [log.key for log in self.logs] + [witness.key for witness in self.witnesses]
        known = {(key.name, key.id) for key in keys}
        return Note(note.text, tuple(each for each in note.signatures if (each.name, each.id) in known))

    def _signers(self, note: Note) -> tuple[list[VerifierKey], dict[str, int]]:
        logs: list[VerifierKey] = []
        times: dict[str, int] = {}
        for signature in note.signatures:
            signed_with = (signature.name, signature.id)
            for log in self.logs:
                if (log.key.name, log.key.id) == signed_with:
                    verify_signature(note.text, signature, log.key)
                    logs.append(log.key)
            for witness in self.witnesses:
                if (witness.key.name, witness.key.id) == signed_with:
                    seconds = verify_signature(note.text, signature, witness.key) or 0
                    times[witness.name] = max(seconds, times.get(witness.name, 0))
        return logs, times

    def _has_signed(self, name: str, times: Mapping[str, int]) -> bool:
        for group in self.groups:
            if group.name == name:
                return sum(self._has_signed(each, times) for each in group.members) >= group.threshold
        return name in times

    def _required(self, name: str) -> str:
        groups = {group.name: group for group in self.groups}
        if name not in groups:
            return name
        members = groups[name].members
        inner = "; ".join(self._required(member) for member in members if member in groups)
        return f"{groups[name].threshold} of {len(members)}" + (f" ({inner})" if inner else "")


class _PolicyReader:
    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()

    def read(self, words: list[str]) -> None:
        kind, *rest = words
        if kind == "log" and len(rest) in (1, 2):
            self.logs.append(Log(self._key(rest[0], ED25519, [log.key for log in self.logs]), *rest[1:]))
        elif kind == "witness" and len(rest) in (2, 3):
            known = [witness.key for witness in self.witnesses]
            key = self._key(rest[1], COSIGNATURE, known)
            self.witnesses.append(Witness(self._new_name(rest[0]), key, *rest[2:]))
        elif kind == "group" and len(rest) >= 3:
            self._group(*rest)
        elif kind == "quorum" and len(rest) == 1:
            self._quorum(rest[0])
        else:
            raise Invalid(f"{' '.join(words)!r} is not a line of a policy.")

    def _key(self, text: str, type_of_key: int, known: Sequence[VerifierKey]) -> VerifierKey:
        key = VerifierKey.parse(text)
        if key.type != type_of_key:
            raise Invalid(f"The key of {key.name} has type {key.type}; here it must be {type_of_key}.")
        if any(key.public == other.public for other in known):
            raise Invalid(f"The key of {key.name} stands here a second time.")
        return key

    def _new_name(self, name: str) -> str:
        if name == "none" or name in self._names:
            raise Invalid(f"The name {name!r} is already taken.")
        self._names.add(name)
        return name

    def _group(self, name: str, threshold: str, *members: str) -> None:
        for member in members:
            if member not in self._names:
                raise Invalid(f"{member!r} is not defined above.")
            if member in self._members:
                raise Invalid(f"{member!r} is a member a second time.")
            self._members.add(member)
        count = {"any": 1, "all": len(members)}.get(threshold) or _number(threshold)
        if not 1 <= count <= len(members):
            raise Invalid(f"{count} of {len(members)} members is not a rule.")
        self.groups[name] = Group(self._new_name(name), count, members)

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise Invalid("This is a second quorum.")
        if name != "none" and name not in self._names:
            raise Invalid(f"{name!r} is not defined above.")
        self.quorum = name


# --- a proof as a file (C2SP tlog-proof) ------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    @classmethod
    def parse(cls, data: bytes | str) -> Proof:
        head, blank, note = _text(data, "The proof").partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != PROOF_HEADER:
            raise Invalid(f"The proof does not begin with {PROOF_HEADER} or holds no checkpoint.")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = _base64(lines.pop(0)[6:])
            if not extra:
                raise Invalid("The extra line of the proof is empty.")
        if not lines or not lines[0].startswith("index "):
            raise Invalid("The index line of the proof is missing.")
        index = _number(lines.pop(0)[6:])
        if len(lines) > MAX_PROOF_HASHES:
            raise Invalid(f"The proof has {len(lines)} hashes; no tree needs more than {MAX_PROOF_HASHES}.")
        return cls(index, tuple(_base64(line, HASH_BYTES) for line in lines), Note.parse(note), extra)

    def __str__(self) -> str:
        lines = [PROOF_HEADER]
        if self.extra:
            lines.append(f"extra {_in_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [_in_base64(each) for each in self.hashes]
        return "\n".join(lines) + "\n\n" + str(self.note)


# --- openings: what an entry says, shown under its leaf ---------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """What a receipt proves. What lies in the private part is None where the receipt does not open it."""

    number: str | None
    entered_at: str | None
    action: str
    index: int
    witnessed: Witnessed


def opened_leaf(opening: Mapping[str, object]) -> bytes:
    """The 64 bytes of the leaf, from the parts that are opened and the commitments of those that are not."""
    leaf, used = b"", set()
    for part in ("public", "private"):
        if part in opening:
            used |= {part, f"{part}_salt"}
            salt = _base64(_text_of(opening, f"{part}_salt"), SALT_BYTES)
            leaf += hashlib.sha256(salt + _text_of(opening, part).encode(errors="surrogatepass")).digest()
        else:
            used.add(f"{part}_commitment")
            leaf += _base64(_text_of(opening, f"{part}_commitment"), HASH_BYTES)
    if unknown := set(opening) - used:
        raise Invalid(f"{min(unknown)!r} has no place in this opening.")
    return leaf


def opened_part(opening: Mapping[str, object], part: str) -> dict[str, object] | None:
    """What the public or private part says, None where it is not opened."""
    if part not in opening:
        return None
    text = _text_of(opening, part)
    content = _json_object(text, f"The {part} part")
    if canonical_json(content).decode() != text:
        raise Invalid(f"The {part} part is not in canonical form.")
    return content


def _text_of(opening: Mapping[str, object], name: str) -> str:
    text = opening.get(name)
    if not isinstance(text, str):
        raise Invalid(f"The opening has no {name}.")
    return text


def check_receipt(proof: Proof, policy: Policy) -> Receipt:
    """Raises Invalid unless a log of the policy holds the entry. The caller judges `witnessed.quorum_met`."""
    witnessed = policy.check(proof.note)
    opening = _json_object(proof.extra, "The opening")
    leaf = leaf_hash(opened_leaf(opening))
    size, expected_root = witnessed.checkpoint.size, witnessed.checkpoint.root
    verify_inclusion(leaf, proof.index, size, proof.hashes, expected_root)
    public, private = opened_part(opening, "public"), opened_part(opening, "private") or {}
    if public is None:
        raise Invalid("The receipt does not open the public part of its entry.")
    number, entered_at = private.get("case"), private.get("entered_at")
    return Receipt(
        number if isinstance(number, str) else None,
        entered_at if isinstance(entered_at, str) else None,
        str(public.get("action", "")),
        proof.index,
        witnessed,
    )


def canonical_json(value: object) -> bytes:
    """RFC 8785 for what the register writes: no fractions, no number beyond 2**53."""
    try:
        return _canonical(value).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise Invalid(f"There is no canonical form: {error}.") from error


def _canonical(value: object) -> str:
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise Invalid("names in an object are texts.")
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_canonical(name)}:{_canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(each) for each in value) + "]"
    if isinstance(value, int) and abs(value) >= 2**53:
        raise Invalid(f"{value} is too great for a canonical form.")
    if value is None or isinstance(value, (str, int)):
        return json.dumps(value, ensure_ascii=False)
    raise Invalid(f"{value!r} has no canonical form here.")


def _json(data: bytes | str, what: str) -> object:
    try:
        text = data.decode() if isinstance(data, bytes) else data
        return json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{what} is not JSON: {error}.") from error


def _json_object(data: bytes | str, what: str) -> dict[str, object]:
    content = _json(data, what)
    if not isinstance(content, dict):
        raise Invalid(f"{what} is not a JSON object.")
    return content


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return result


# --- evidence bundles -------------------------------------------------------------------------------

SUMS = "SHA256SUMS"
Stated = dict[bytes, set[tuple[bytes, str]]]  # by table, id and revision of a row: salt and digest
IN_EVERY_BUNDLE = {"README.txt", "checkpoint", "log-policy", "manifest.json", "entries.json", "rows.json"}
IN_EVERY_BUNDLE |= {"cases.csv", "verify.py"}
IN_A_QUARTER = {"figures.json", "figures.py"}
MAX_BUNDLE_BYTES = 2**28
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


def read_bundle(path: Path) -> dict[str, bytes]:
    """The files of a bundle, by name, from a folder or a zip; nothing is unpacked to the disk."""
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.is_file())
        return {each.relative_to(path).as_posix(): each.read_bytes() for each in files}
    with path.open("rb") as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return {each.filename: archive.read(each) for each in _members(archive)}
        except BROKEN_ZIP as error:
            raise Invalid(f"{path} is not a whole zip: {error}.") from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [each for each in archive.infolist() if not each.is_dir()]
    if sum(each.file_size for each in members) > MAX_BUNDLE_BYTES:
        raise zipfile.BadZipFile(f"it unpacks to more than {MAX_BUNDLE_BYTES} bytes")
    if len({each.filename for each in members}) != len(members):
        raise zipfile.BadZipFile("two files have one name")
    if any(each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for each in members):
        raise zipfile.BadZipFile("a file is packed in an unusual way")
    return members


def check_bundle(files: Mapping[str, bytes], policy: Policy | None = None) -> list[str]:
    """Sentences that say what holds; Invalid names the first thing that does not.

    Without `policy` the bundle's own counts. Runs the bundle's figures.py, when its checksum is true.
    """
    _check_sums(files)
    manifest = _manifest(files)
    trusted = Policy.parse(files["log-policy"]) if policy is None else policy
    with _within("checkpoint"):
        witnessed = _signed(files["checkpoint"], trusted)
    if manifest["size"] != witnessed.checkpoint.size:
        raise Invalid(f"manifest.json: the size is not that of the checkpoint, {witnessed.checkpoint.size}.")
    entries, stated = _check_entries(files["entries.json"], witnessed.checkpoint, opened=manifest["opened"])
    rows = _json_object(files["rows.json"], "rows.json")
    records = _check_history(rows, stated)
    said = [
        f"the bundle of {manifest['kind']} {manifest['subject']} is whole; {entries} entries are in the log; "
        f"{records} rows are as their entries state.",
        _described(witnessed),
        "README.txt, cases.csv and the policies are as in SHA256SUMS; no entry speaks of them.",
    ]
    if manifest["kind"] == "quarter":
        _check_figures(files)  # last, because it runs code that came with the bundle
        digest = hashlib.sha256(files["figures.py"]).hexdigest()
        said.append(
            f"Each figure follows from rows.json by figures.py. Compare it with the published: {digest}."
        )
    if policy is None:
        said.append(f"The policy came from the bundle. Compare with the published keys: {_keys(trusted)}.")
    return said


def _keys(policy: Policy) -> str:
    logs = [f"log {log.key}" for log in policy.logs]
    return "; ".join(logs + [f"witness {witness.name} {witness.key}" for witness in policy.witnesses])


def _check_sums(files: Mapping[str, bytes]) -> None:
    if SUMS not in files:
        raise Invalid(f"{SUMS} is missing.")
    listed: dict[str, str] = {}
    for number, line in enumerate(_text(files[SUMS], SUMS).split("\n")[:-1], 1):
        found = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
        if not found or found[2] in listed:
            raise Invalid(
                f"{SUMS}, line {number}: {line!r} is not a checksum and the name of a further file."
            )
        listed[found[2]] = found[1]
    for name in sorted({*listed, *files} - {SUMS}):
        if name not in files:
            raise Invalid(f"{name} is missing; {SUMS} names it.")
        if name not in listed:
            raise Invalid(f"{name} is not named in {SUMS}.")
        if hashlib.sha256(files[name]).hexdigest() != listed[name]:
            raise Invalid(f"{name} is not the file that {SUMS} names: its checksum is another.")


def _manifest(files: Mapping[str, bytes]) -> dict[str, object]:
    if "manifest.json" not in files:
        raise Invalid("manifest.json is missing.")
    manifest = _json_object(files["manifest.json"], "manifest.json")
    allowed = {"kind": ("case", "quarter"), "opened": ("public", "all")}
    for name, values in allowed.items():
        if manifest.get(name) not in values:
            raise Invalid(f"manifest.json: {name} is not one of {', '.join(values)}.")
    if not isinstance(manifest.get("subject"), str) or type(manifest.get("size")) is not int:
        raise Invalid("manifest.json: subject is no text or size no number.")
    needed = IN_EVERY_BUNDLE | (IN_A_QUARTER if manifest["kind"] == "quarter" else set())
    if missing := needed - set(files):
        raise Invalid(f"{min(missing)} is missing.")
    return manifest


def _check_entries(data: bytes, checkpoint: Checkpoint, *, opened: object) -> tuple[int, Stated]:
    """How many entries there are, and what their opened private parts state of rows."""
    entries = _json(data, "entries.json")
    if not isinstance(entries, list):
        raise Invalid("entries.json is not a list.")
    stated: Stated = {}
    last = -1
    for place, entry in enumerate(entries):
        with _within(f"entries.json, item {place}"):
            index, proof, opening = _entry(entry)
            salt = _row_salt(opening)
        with _within(f"entries.json, entry {index}"):
            leaf = leaf_hash(opened_leaf(opening))
            verify_inclusion(leaf, index, checkpoint.size, proof, checkpoint.root)
            opened_part(opening, "public")
            private = opened_part(opening, "private")
            if private is not None and opened == "public":
                raise Invalid("The private part is opened in a bundle that opens public parts alone.")
            if index <= last:
                raise Invalid(f"It stands after entry {last}.")
            for row in _list((private or {}).get("rows", []), "rows"):
                stated.setdefault(_key_of(row), set()).add((salt, str(row.get("sha256"))))
        last = index
    return len(entries), stated


def _entry(entry: object) -> tuple[int, list[bytes], dict[str, object]]:
    if not isinstance(entry, dict):
        raise Invalid("It is not an object.")
    opening = dict(entry)
    index, proof = opening.pop("index", None), opening.pop("proof", None)
    if (
        type(index) is not int
        or not isinstance(proof, list)
        or not all(isinstance(each, str) for each in proof)
    ):
        raise Invalid("It has no index or no proof.")
    return index, [_base64(each, HASH_BYTES) for each in proof], opening


def _row_salt(opening: dict[str, object]) -> bytes:
    """Taken out of the opening: what hides the rows that the private part notes. No leaf commits to it."""
    if "row_salt" not in opening or "private" not in opening:
        return b""
    salt = _base64(_text_of(opening, "row_salt"), SALT_BYTES)
    del opening["row_salt"]
    return salt


def _check_history(rows: dict[str, object], stated: Stated) -> int:
    history = _list(rows.get("history", []), "rows.json: history")
    for place, record in enumerate(history):
        named = [record.get(name) for name in ("table", "id", "revision")]
        with _within(f"rows.json, history[{place}], {named[0]} {named[1]} revision {named[2]}"):
            digests = stated.get(_key_of(record))
            if digests is None:
                raise Invalid("No opened entry speaks of this row.")
            content = canonical_json(record.get("row"))
            if not any(hashlib.sha256(salt + content).hexdigest() == digest for salt, digest in digests):
                raise Invalid("The row is not the one that its entry states.")
    return len(history)


def _list(content: object, what: str) -> list[dict[str, object]]:
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise Invalid(f"{what} is not a list of objects.")
    return content


def _key_of(row: Mapping[str, object]) -> bytes:
    return canonical_json([row.get("table"), row.get("id"), row.get("revision")])


class _Source(importlib.abc.InspectLoader):
    """Loads a module from memory: what was checked is what runs, and nothing is written beside it."""

    def __init__(self, source: str) -> None:
        self._source = source

    def get_source(self, fullname: str) -> str:
        return self._source


def _check_figures(files: Mapping[str, bytes]) -> None:
    """`derive(rows)` must give the figures, and `disagreements(rows, entries)`, if there is one, nothing."""
    stated, rows, entries = (
        _json(files[name], name) for name in ("figures.json", "rows.json", "entries.json")
    )
    loader = _Source(_text(files["figures.py"], "figures.py"))
    spec = importlib.util.spec_from_loader("figures", loader)
    if spec is None:
        raise Invalid("figures.py cannot be loaded.")
    module = sys.modules["figures"] = importlib.util.module_from_spec(spec)
    try:
        loader.exec_module(module)
        derived = json.loads(json.dumps(module.derive(rows)))
        compare = getattr(module, "disagreements", None)
        disagreements = list(compare(rows, entries)) if compare else []
    except (Exception, SystemExit) as error:  # whatever the bundle's code raises is the bundle's fault
        raise Invalid(f"figures.py fails on rows.json: {error!r}.") from error
    finally:
        del sys.modules["figures"]
    if difference := _difference(stated, derived, ""):
        raise Invalid(f"figures.json, {difference}.")
    if disagreements:
        raise Invalid(f"rows.json is not what entries.json says: {disagreements[0]}.")


def _difference(stated: object, derived: object, place: str) -> str | None:
    """The first figure in which the two differ; True is not 1."""
    if isinstance(stated, dict) and isinstance(derived, dict):
        for name in sorted({*stated, *derived}):
            below = f"{place}.{name}" if place else name
            if name not in stated or name not in derived:
                return f"{below}: stands {'there' if name in stated else 'among the derived figures'} alone"
            if found := _difference(stated[name], derived[name], below):
                return found
        return None
    if isinstance(stated, list) and isinstance(derived, list) and len(stated) == len(derived):
        inside = (
            _difference(*pair, f"{place}[{number}]") for number, pair in enumerate(zip(stated, derived))
        )
        return next(filter(None, inside), None)
    if type(stated) is type(derived) and stated == derived:
        return None
    return f"{place or 'the whole'}: {stated!r} stands there, the rows give {derived!r}"


# --- the command line -------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        answer, *more = options.check(options)
    except Invalid as wrong:
        _say(f"NO: {wrong}")
        return 1
    except OSError as error:
        _say(f"NO: {error.filename} cannot be read: {error.strerror}.")
        return 1
    _say(f"YES: {answer}")
    for sentence in more:
        _say(f"  {sentence}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Checks what the register's log has promised. Says YES or NO; uses no network.",
        epilog="Run it as `python3 -I`, so that no file beside it is taken for a part of Python.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, check: Callable[[argparse.Namespace], list[str]], *files: str, help: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help, description=help)
        for each in files:
            added.add_argument(each, type=Path)
        added.add_argument(
            "--policy", type=Path, required=name != "bundle", help="whose signatures count (C2SP tlog-policy)"
        )
        added.set_defaults(check=check)
        return added

    command("receipt", _say_receipt, "FILE", help="a receipt: its entry is in the log")
    command(
        "checkpoint", _say_checkpoint, "FILE", help="a checkpoint: the log and enough witnesses signed it"
    )
    consistency = command(
        "consistency",
        _say_consistency,
        "OLD",
        "NEW",
        help="two checkpoints: the older is the newer's beginning",
    )
    consistency.add_argument("--tiles", type=Path, help="folder with tile/ (else the one in which NEW lies)")
    command("tiles", _say_tiles, "DIR", help="a published log: every tile and the root, recomputed")
    command(
        "bundle",
        _say_bundle,
        "FOLDER_OR_ZIP",
        help="an evidence bundle, file by file. For a quarter it runs the bundle's figures.py, "
        "which is code that came with the bundle, once its checksum is true.",
    )
    return parser


def _say(sentence: str) -> None:
    """Whatever a file says, it moves no cursor: the answer on the screen is ours."""
    shown = "".join(each if each.isprintable() else "\ufffd" for each in sentence)
    encoding = sys.stdout.encoding or "ascii"
    print(shown.encode(encoding, "replace").decode(encoding))


def _policy(path: Path) -> Policy:
    with _within(str(path)):
        return Policy.parse(path.read_bytes())


def _signed(data: bytes, policy: Policy) -> Witnessed:
    witnessed = policy.check(Note.parse(data))
    _demand_quorum(witnessed)
    return witnessed


def _demand_quorum(witnessed: Witnessed) -> None:
    if not witnessed.quorum_met:
        signed = ", ".join(witnessed.times) or "none"
        raise Invalid(f"Too few witnesses signed: {signed}. The policy asks for {witnessed.required}.")


def _described(witnessed: Witnessed) -> str:
    checkpoint = witnessed.checkpoint
    times = (
        ", ".join(f"{name} at {_moment(seconds)}" for name, seconds in witnessed.times.items()) or "nobody"
    )
    return (
        f"Log {checkpoint.origin} with {checkpoint.size} entries, witnessed by {times}; "
        f"the policy asks for {witnessed.required}."
    )


def _moment(seconds: int) -> str:
    try:
        return strftime("%Y-%m-%d %H:%M:%S UTC", gmtime(seconds))
    except (ValueError, OverflowError, OSError):  # beyond the calendar
        return f"second {seconds}"


def _say_receipt(options: argparse.Namespace) -> list[str]:
    policy = _policy(options.policy)
    with _within(str(options.FILE)):
        receipt = check_receipt(Proof.parse(options.FILE.read_bytes()), policy)
        _demand_quorum(receipt.witnessed)
    number = f"request {receipt.number}, " if receipt.number else ""
    moment = f", entered {receipt.entered_at}" if receipt.entered_at else ""
    answer = f"{number}{receipt.action}{moment}, is entry {receipt.index} of the log."
    return [answer, _described(receipt.witnessed)]


def _say_checkpoint(options: argparse.Namespace) -> list[str]:
    policy = _policy(options.policy)
    with _within(str(options.FILE)):
        witnessed = _signed(options.FILE.read_bytes(), policy)
    return ["the checkpoint is signed as the policy asks.", _described(witnessed)]


def _say_consistency(options: argparse.Namespace) -> list[str]:
    """The old checkpoint needs the log's signature alone: it may be older than its witnesses."""
    policy = _policy(options.policy)
    with _within(str(options.OLD)):
        old = policy.check(Note.parse(options.OLD.read_bytes())).checkpoint
    with _within(str(options.NEW)):
        witnessed = _signed(options.NEW.read_bytes(), policy)
    new = witnessed.checkpoint
    if old.origin != new.origin:
        raise Invalid(f"The checkpoints are of two logs: {old.origin} and {new.origin}.")
    if old.size > new.size:
        raise Invalid(f"{options.NEW} has {new.size} entries, fewer than the {old.size} of {options.OLD}.")
    proof: list[bytes] = []
    if old.size < new.size:
        tiles = Tiles(_reader(options.tiles or options.NEW.parent), new.size)
        if root(new.size, tiles.hash_at) != new.root:
            raise Invalid(f"The tiles do not lead to the root in {options.NEW}.")
        proof = consistency_proof(old.size, new.size, tiles.hash_at)
    elif old.root != new.root:
        raise Invalid(f"{options.OLD} and {options.NEW} are two versions of one size: a split view.")
    try:
        verify_consistency(old.size, old.root, new.size, new.root, proof)
    except Invalid as wrong:
        reason = f"{options.NEW} does not begin with the {old.size} entries of {options.OLD}"
        raise Invalid(f"{reason}: the past was rewritten.") from wrong
    return [f"the {new.size} entries begin with the {old.size} of before, unchanged.", _described(witnessed)]


def _say_tiles(options: argparse.Namespace) -> list[str]:
    path = options.DIR / "checkpoint"
    policy = _policy(options.policy)
    with _within(str(path)):
        witnessed = _signed(path.read_bytes(), policy)
    with _within(str(options.DIR)):
        count = check_tiles(_reader(options.DIR), witnessed.checkpoint)
    return [f"{count} tiles are as their leaves demand, up to the root.", _described(witnessed)]


def check_tiles(read: Callable[[str], bytes], checkpoint: Checkpoint) -> int:
    """Recomputes every tile from those of the leaves, and the root; returns how many tiles there are."""
    tiles = list(tiles_of(checkpoint.size))
    tree = Tree()
    for level, index, width in tiles:
        if level == 0:
            tree.extend(each_hash(read_tile(read, level, index, width)))
    whole = root(checkpoint.size, tree.hash_at) == checkpoint.root
    for level, index, width in tiles:
        content = read_tile(read, level, index, width) if level else b""
        for place, found in enumerate(each_hash(content), TILE_WIDTH * index):
            if found != tree.hash_at(8 * level, place):
                # When the leaves do lead to the root, the wrong tile is the one above them.
                above, below = tile_path(level, index, width), tile_path(level - 1, place)
                raise Invalid(
                    f"{above if whole else below} is wrong: {above} does not hold the hash of {below}."
                )
    if not whole:
        last = tile_path(*[tile for tile in tiles if tile[0] == 0][-1])
        raise Invalid(f"{last} is wrong: the tiles do not lead to the root in the checkpoint.")
    return len(tiles)


def _reader(folder: Path) -> Callable[[str], bytes]:
    return lambda path: (folder / path).read_bytes()


def _say_bundle(options: argparse.Namespace) -> list[str]:
    policy = _policy(options.policy) if options.policy else None
    return check_bundle(read_bundle(options.FOLDER_OR_ZIP), policy)


if __name__ == "__main__":
    sys.exit(main())
