"""A second, independent writer of the published log, for tests: keys, tiles, checkpoint, policy.

Written from the public formats alone: it shares no line with requests_app.merkle or the signer.
"""

import base64
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from requests_app.models import LedgerPosition

LOG, COSIGNER = b"\x01", b"\x04"
ORIGIN = "register.example/log"
WITNESSES = ("internal-audit", "civilian-review", "newsroom")
QUORUM = 2


def leaves_of_database() -> list[bytes]:
    """The leaf data of every committed entry, in the order of the log."""
    return [
        bytes(leaf) for leaf in LedgerPosition.objects.order_by("index").values_list("entry__leaf", flat=True)
    ]


@dataclass
class Key:
    name: str
    kind: bytes
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_in_base64(self.kind + self.public)}"

    def line(self, text: str, *, at: int | None = None) -> str:
        """Its signature line under a note; with a time it is a cosignature."""
        if at is None:
            blob = self.private.sign(text.encode())
        else:
            signed = f"cosignature/v1\ntime {at}\n{text}".encode()
            blob = at.to_bytes(8, "big") + self.private.sign(signed)
        return f"— {self.name} {_in_base64(self.id + blob)}\n"


@dataclass
class WitnessedLog:
    """The folder that a signer and witnesses with these keys would publish. `publish` writes it."""

    folder: Path
    leaves: list[bytes] = field(default_factory=list)
    witnesses: Sequence[str] = WITNESSES
    quorum: int = QUORUM
    log_key: Key = field(default_factory=lambda: Key(ORIGIN, LOG))
    witness_keys: dict[str, Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.witnesses:
            self.witness_keys.setdefault(name, Key(f"{name}.example/witness", COSIGNER))

    @property
    def policy(self) -> str:
        lines = [f"log {self.log_key.vkey} https://register.example/tlog"]
        lines += [f"witness {name} {key.vkey}" for name, key in self.witness_keys.items()]
        if self.witnesses:
            lines.append(f"group enough {self.quorum} {' '.join(self.witnesses)}")
        return "\n".join([*lines, f"quorum {'enough' if self.witnesses else 'none'}"]) + "\n"

    def publish(
        self,
        leaves: Iterable[bytes] | None = None,
        *,
        signed_by: Iterable[str] | None = None,
        at: int | None = None,
    ) -> int:
        """Fills up to a multiple of 64, writes everything, and answers with the size.

        Without `leaves`, those of the database. `at` is what the witnesses' clocks say.
        """
        known = leaves_of_database() if leaves is None else list(leaves)
        self.leaves = [*known, *(secrets.token_bytes(64) for _ in range(-len(known) % 64))]
        hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in self.leaves]
        shutil.rmtree(self.folder / "tile", ignore_errors=True)
        for path, content in tiles_of(hashes):
            _write(self.folder / path, content)
        _write(self.folder / "policy", self.policy.encode())
        _write(self.folder / "checkpoint", self.checkpoint(hashes, signed_by=signed_by, at=at).encode())
        return len(self.leaves)

    def checkpoint(
        self, hashes: Sequence[bytes], *, signed_by: Iterable[str] | None = None, at: int | None = None
    ) -> str:
        text = f"{self.log_key.name}\n{len(hashes)}\n{_in_base64(root_of(hashes))}\n"
        names = self.witnesses if signed_by is None else signed_by
        moment = int(time.time()) if at is None else at
        lines = [self.log_key.line(text), *(self.witness_keys[name].line(text, at=moment) for name in names)]
        return text + "\n" + "".join(lines)


def root_of(hashes: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, of the hashes of the leaves."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root_of(hashes[:half]) + root_of(hashes[half:])).digest()


def tiles_of(hashes: Sequence[bytes]) -> Iterable[tuple[str, bytes]]:
    """Path and content of every tile: C2SP tlog-tiles."""
    level = 0
    while hashes:
        for number in range(-(-len(hashes) // 256)):
            part = hashes[256 * number : 256 * (number + 1)]
            width = "" if len(part) == 256 else f".p/{len(part)}"
            yield f"tile/{level}/{_number_in_path(number)}{width}", b"".join(part)
        full = len(hashes) // 256
        hashes = [root_of(hashes[256 * number : 256 * (number + 1)]) for number in range(full)]
        level += 1


def _number_in_path(number: int) -> str:
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, as a signer does it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(content)
    os.replace(draft, path)


def _in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
