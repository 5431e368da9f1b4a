"""The public folder: tiles and policy first, the checkpoint last, which names nothing that is not there."""

from pathlib import Path

from requests_app.merkle import (
    TILE_WIDTH,
    Checkpoint,
    Invalid,
    Note,
    Tree,
    each_hash,
    read_tile,
    root,
    tile_path,
    tiles_of,
)
from requests_app.signer._state import Refused, State, signed_by
from requests_app.state_folder import write_durably

CHECKPOINT, POLICY = "checkpoint", "policy"
READABLE = 0o644
MOVE_AWAY = "If the log is to begin here, move that folder away first"


def published(public: Path) -> Note | None:
    try:
        return Note.parse((public / CHECKPOINT).read_bytes())
    except FileNotFoundError:
        return None
    except Invalid as wrong:
        raise Refused(
            f"{public / CHECKPOINT} is damaged: {wrong} Remove it; `cosign` publishes anew."
        ) from wrong


def check_published(public: Path, state: State) -> int:
    """The size of what is published; Refused unless the log that is kept here has grown out of it."""
    note = published(public)
    if note is None:
        return 0
    there, here = Checkpoint.parse(note.text), state.checkpoint
    has_grown = there.origin == here.origin and there.size <= here.size
    if has_grown and root(there.size, state.tree.hash_at) == there.root:
        return there.size
    if not signed_by(note, state.key.verifier):
        raise Refused(
            f"{public} holds the log {there.origin} of {there.size} entries, which is not the one that is "
            f"kept here. Is it the right folder, the right key? {MOVE_AWAY}."
        )
    if there.size <= here.size:
        raise Refused(
            f"{public} holds a checkpoint of {there.size} entries, signed with this key, that contradicts "
            "what is kept here. Somebody signed two histories with one key. Keep both as evidence."
        )
    raise Refused(
        f"{there.size} entries were published with this key, and the state here knows of {here.size}: it was "
        "lost or set back. Restore its newest copy. If there is none, `adopt` takes over what was published."
    )


def publish(public: Path, tree: Tree, note: Note, policy: bytes, *, since: int) -> None:
    """Writes the tiles that a log of `since` did not have, then the rest. All is readable for everybody."""
    _make_folder(public)
    for level, index, width in tiles_of(tree.size, since=since):
        path = public / tile_path(level, index, width)
        _make_folder(path.parent)
        hashes = (tree.hash_at(8 * level, TILE_WIDTH * index + number) for number in range(width))
        write_durably(path, b"".join(hashes), mode=READABLE)
    write_durably(public / POLICY, policy, mode=READABLE)
    write_durably(public / CHECKPOINT, str(note).encode(), mode=READABLE)


def published_leaves(public: Path, checkpoint: Checkpoint) -> bytes:
    """The hashes of the leaves from the tiles, once they are found to lead to the checkpoint's root."""

    def read(path: str) -> bytes:
        return (public / path).read_bytes()

    leaves = b"".join(
        read_tile(read, 0, index, width) for level, index, width in tiles_of(checkpoint.size) if level == 0
    )
    tree = Tree(each_hash(leaves))
    if root(tree.size, tree.hash_at) != checkpoint.root:
        raise Refused(f"The tiles in {public} do not lead to the root of the checkpoint there.")
    return leaves


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
