"""What a signer or a witness keeps on its own machine: its key, and files that outlive a power cut.

The folder is closed to everybody else, and a key that anybody else could have read is not used.
"""

import contextlib
import fcntl
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from requests_app.merkle import COSIGNATURE, Invalid, Signature, VerifierKey, cosigned_message

KEY = "key"
HEADER = "PRIVATE+KEY+"


class Unusable(Exception):
    """The folder, its key or a file in it cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class SigningKey:
    verifier: VerifierKey
    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def make(cls, name: str, type_of_key: int) -> "SigningKey":
        private = Ed25519PrivateKey.generate()
        verifier = VerifierKey(name, type_of_key, private.public_key().public_bytes_raw())
        try:
            return cls(VerifierKey.parse(str(verifier)), private)
        except Invalid as wrong:
            raise Unusable(f"{name!r} cannot be the name of a key.") from wrong

    @classmethod
    def parse(cls, secret: bytes) -> "SigningKey":
        """What `secret` wrote. No message of this names a part of it."""
        try:
            name, identity, encoded = secret.decode().removeprefix(HEADER).strip().split("+", 2)
            content = b64decode(encoded, validate=True)
            private = Ed25519PrivateKey.from_private_bytes(content[1:])
        except ValueError:
            raise Unusable("The key is damaged. Restore it from its sealed copy.") from None
        verifier = VerifierKey(name, content[0], private.public_key().public_bytes_raw())
        if verifier.id.hex() != identity:
            raise Unusable("The key is damaged: name and id do not fit. Restore it from its sealed copy.")
        return cls(verifier, private)

    def secret(self) -> bytes:
        """The form in which tools for signed notes keep keys."""
        content = bytes([self.verifier.type]) + self.private.private_bytes_raw()
        name, identity = self.verifier.name, self.verifier.id.hex()
        return f"{HEADER}{name}+{identity}+{b64encode(content).decode()}\n".encode()

    def sign(self, text: str) -> Signature:
        return self._signature(self.private.sign(text.encode()))

    def cosign(self, text: str, time: int) -> Signature:
        message = cosigned_message(text, time)
        return self._signature(time.to_bytes(8, "big") + self.private.sign(message))

    def _signature(self, blob: bytes) -> Signature:
        return Signature(self.verifier.name, self.verifier.id, blob)


class StateFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Make the folder, closed to others; one that is there must be so already."""
        if not self.path.exists():
            self.path.mkdir(mode=0o700, parents=True)
            sync_folder(self.path.parent)
        self.check()

    def check(self) -> None:
        try:
            _check_owned(self.path.lstat(), self.path, stat.S_ISDIR)
        except FileNotFoundError:
            raise Unusable(f"{self.path} is missing. `new-key` makes it.") from None

    @contextlib.contextmanager
    def locked(self, name: str = "lock") -> Iterator[None]:
        """One process or thread at a time; the others wait."""
        self.check()
        descriptor = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        write_durably(self.path / name, content, mode=0o600)

    def keep_key(self, name: str, type_of_key: int) -> VerifierKey:
        """Make a key. It never takes the place of another."""
        with self.locked():
            if (self.path / KEY).exists():
                raise Unusable(f"{self.path} has a key already. Nothing was changed.")
            key = SigningKey.make(name, type_of_key)
            self.write(KEY, key.secret())
        return key.verifier

    def key(self, type_of_key: int) -> SigningKey:
        self.check()
        path = self.path / KEY
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise Unusable(f"{path} cannot be read: {error.strerror}. `new-key` makes a key.") from error
        with open(descriptor, "rb") as file:
            _check_owned(os.fstat(descriptor), path, stat.S_ISREG)
            key = SigningKey.parse(file.read())
        if key.verifier.type != type_of_key:
            kind = "witness" if key.verifier.type == COSIGNATURE else "log"
            raise Unusable(f"{path} is the key of a {kind}.")
        return key


def _check_owned(found: os.stat_result, path: Path, of_kind: Callable[[int], bool]) -> None:
    if not of_kind(found.st_mode):
        raise Unusable(f"{path} is not what it must be: a plain folder with a plain file in it, no link.")
    if found.st_uid != os.geteuid():
        raise Unusable(f"{path} belongs to another user (number {found.st_uid}). It is not used.")
    if found.st_mode & 0o077:
        closed = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise Unusable(
            f"{path} is open to others, who may have read the key. Find out who could. If nobody did: "
            f"chmod {closed} {path}. Otherwise make a new key."
        )


def write_durably(path: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all, whenever the power goes; on disk when this returns. One writer at a time."""
    draft = path.with_name(f".{path.name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(draft, flags, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
