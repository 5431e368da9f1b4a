"""What the signer keeps, so that it depends on nobody's word about what it has signed.

`key`; `checkpoint`, the last one signed; `leaves`, the hashes of all leaves under it; `cosigned`, the same
checkpoint with what witnesses added. Leaves are written before the checkpoint, so that whenever the power
goes, there is at most a tail of leaves that nothing was signed for.
"""

import contextlib
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from requests_app.merkle import (
    ED25519,
    EMPTY_ROOT,
    HASH_BYTES,
    Checkpoint,
    Invalid,
    Note,
    Signature,
    Tree,
    VerifierKey,
    each_hash,
    root,
    verify_signature,
)
from requests_app.state_folder import KEY, SigningKey, StateFolder, sync_folder

CHECKPOINT, LEAVES, COSIGNED = "checkpoint", "leaves", "cosigned"


class Refused(Exception):
    """Nothing is signed; each reason is a sentence."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))


def signed_by(note: Note, key: VerifierKey) -> bool:
    """Whether this key signed the note. A false signature of it raises Invalid."""
    for signature in note.signatures:
        if (signature.name, signature.id) == (key.name, key.id):
            verify_signature(note.text, signature, key)
            return True
    return False


class State:
    """To be had from `opened`, which holds the lock."""

    def __init__(self, folder: StateFolder) -> None:
        self._folder = folder
        self.key: SigningKey = folder.key(ED25519)
        self.note = self._own_note()

    @classmethod
    @contextlib.contextmanager
    def opened(cls, path: Path) -> Iterator["State"]:
        folder = StateFolder(path)
        with folder.locked():
            yield cls(folder)

    @property
    def origin(self) -> str:
        return self.key.verifier.name

    @property
    def checkpoint(self) -> Checkpoint:
        if self.note is None:
            return Checkpoint(self.origin, 0, EMPTY_ROOT)
        return Checkpoint.parse(self.note.text)

    @property
    def signed_at(self) -> float:
        """When the last checkpoint was signed, 0 if never."""
        path = self._folder.path / CHECKPOINT
        return path.stat().st_mtime if path.exists() else 0.0

    @cached_property
    def kept(self) -> bytes:
        """The hashes of the leaves under the checkpoint. A tail that was never signed is cut off."""
        path, size = self._folder.path / LEAVES, self.checkpoint.size
        content = path.read_bytes() if path.exists() else b""
        length = HASH_BYTES * size
        if len(content) < length:
            raise Refused(
                f"{path} holds {len(content) // HASH_BYTES} leaves, and {size} were signed. "
                "Restore the newest copy of the state, or run `adopt`."
            )
        if len(content) > length:
            os.truncate(path, length)
        return content[:length]

    @cached_property
    def tree(self) -> Tree:
        tree = Tree(each_hash(self.kept))
        if root(tree.size, tree.hash_at) != self.checkpoint.root:
            raise Refused(
                f"{self._folder.path / LEAVES} does not lead to the root of the checkpoint beside it. "
                "Restore the newest copy of the state, or run `adopt`."
            )
        return tree

    def extend(self, added: bytes, checkpoint: Checkpoint) -> None:
        """Sign the longer log, and keep it before anybody can see it."""
        note = Note(checkpoint.text(), (self.key.sign(checkpoint.text()),))
        kept = self.kept
        self._write_leaves(added, at=len(kept))
        self._keep(note)
        self.__dict__["kept"] = kept + added

    def replace(self, leaves: bytes, note: Note) -> None:
        """Take over another's record of the same log; it must begin with what is kept here."""
        self._write_leaves(leaves, at=0)
        self._keep(note)
        for name in ("kept", "tree"):
            self.__dict__.pop(name, None)

    def change_key(self, key: SigningKey) -> None:
        """The last checkpoint has both signatures before the old key goes, so that one always fits."""
        if self.note is not None:
            self._keep(self.note.with_signatures(key.sign(self.note.text)))
        self._folder.write(KEY, key.secret())
        self.key = key

    def cosigned(self) -> Note:
        """The last checkpoint with the cosignatures that it has so far."""
        if self.note is None:
            raise Refused("Nothing was signed yet.")
        content = self._folder.read(COSIGNED)
        if content is None:
            return self.note
        with contextlib.suppress(Invalid):  # only a copy of what witnesses said: they can be asked again
            note = Note.parse(content)
            if note.text == self.note.text:
                return self.note.with_signatures(*note.signatures)
        return self.note

    def keep_cosignatures(self, signatures: list[Signature]) -> None:
        if signatures:
            self._folder.write(COSIGNED, str(self.cosigned().with_signatures(*signatures)).encode())

    def _own_note(self) -> Note | None:
        content = self._folder.read(CHECKPOINT)
        if content is None:
            return None
        try:
            note = Note.parse(content)
            if signed_by(note, self.key.verifier) and Checkpoint.parse(note.text).origin == self.origin:
                return note
        except Invalid as wrong:
            raise Refused(f"The checkpoint in {self._folder.path} is damaged: {wrong}") from wrong
        raise Refused(f"The checkpoint in {self._folder.path} was not signed with the key beside it.")

    def _write_leaves(self, hashes: bytes, *, at: int) -> None:
        path = self._folder.path / LEAVES
        with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b") as file:
            file.seek(at)
            file.write(hashes)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self._folder.path)

    def _keep(self, note: Note) -> None:
        self._folder.write(CHECKPOINT, str(note).encode())
        self.note = note
