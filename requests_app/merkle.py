"""The ledger's tree, proofs, notes and signatures; the same file is the verifier that anyone can run.

It needs Python 3.9 or later and nothing else. It reads the files it is given and never the network:

    python3 -I verify.py receipt 2026-0012.tlog-proof --policy policy
    python3 -I verify.py checkpoint checkpoint --policy policy
    python3 -I verify.py consistency old-checkpoint checkpoint --policy policy
    python3 -I verify.py tiles tlog --policy policy

It says YES and leaves with 0, or NO with the first thing that is wrong and leaves with 1. The policy says
whose signatures count: take it, and this file, from a place that you trust. The formats are public: RFC 6962
(tree and proofs), C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof, tlog-policy,
RFC 8032 (Ed25519), RFC 8785 (canonical JSON).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

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
        raise Invalid(f"The first {old_size} of the {new_size} entries are others: the past was rewritten.")


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
            self._tiles[level, index] = Tree(_hashes(content))
        return self._tiles[level, index]


def _hashes(content: bytes) -> Iterator[bytes]:
    return (content[start : start + HASH_BYTES] for start in range(0, len(content), HASH_BYTES))


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
    except UnicodeEncodeError as error:
        raise Invalid("half a character has no canonical form.") from error


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
