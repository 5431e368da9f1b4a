"""The tree grown from the register's leaves, beside the checkpoint and the tiles that everybody has."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from requests_app import merkle
from requests_app.ledger_check._wrong import Wrong

HASH = 32
TILE = merkle.TILE_WIDTH * HASH
HEIGHT = merkle.TILE_WIDTH.bit_length() - 1

# (level, index, hashes) of a tile.
TileDone = Callable[[int, int, bytes], None]


class GrowingTree:
    """Holds the unfinished tile of each level and not a hash more; tells each tile that is full."""

    def __init__(self, tile_done: TileDone) -> None:
        self._tile_done = tile_done
        self._tiles = [bytearray()]
        self._full = [0]

    @property
    def size(self) -> int:
        return self._full[0] * merkle.TILE_WIDTH + len(self._tiles[0]) // HASH

    def extend(self, leaves: Iterable[bytes]) -> None:
        self._tiles[0] += b"".join([sha256(b"\x00" + leaf).digest() for leaf in leaves])
        while len(self._tiles[0]) >= TILE:
            self._fill(0)

    def root(self) -> bytes:
        return merkle.root(self.size, self._hash_at)

    def unfinished(self) -> Iterator[tuple[int, int, bytes]]:
        for level, hashes in enumerate(self._tiles):
            if hashes:
                yield level, self._full[level], bytes(hashes)

    def _fill(self, level: int) -> None:
        hashes = bytes(self._tiles[level][:TILE])
        self._tile_done(level, self._full[level], hashes)
        self._full[level] += 1
        del self._tiles[level][:TILE]
        if level + 1 == len(self._tiles):
            self._tiles.append(bytearray())
            self._full.append(0)
        self._tiles[level + 1] += merkle.Tree(merkle.each_hash(hashes)).hash_at(HEIGHT, 0)
        if len(self._tiles[level + 1]) == TILE:
            self._fill(level + 1)

    def _hash_at(self, level: int, index: int) -> bytes:
        """A peak: what is right of the full tiles lies in the unfinished one."""
        tile_level, inner = divmod(level, HEIGHT)
        first = self._full[tile_level] << (HEIGHT - inner)
        return merkle.Tree(merkle.each_hash(self._tiles[tile_level])).hash_at(inner, index - first)


@dataclass(frozen=True)
class Checkpoint:
    """What is signed: size and root, and in words who signed beside the log."""

    size: int
    root: bytes
    signed: str


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """The published checkpoint, if its signatures hold; None where nothing was ever published."""
    if not (folder / "checkpoint").exists():
        if (folder / "tile").exists():
            raise Wrong(f"{folder} holds tiles, and its checkpoint is gone.")
        return None
    try:
        policy = merkle.Policy.parse((folder / "policy").read_bytes())
        witnessed = policy.check(merkle.Note.parse((folder / "checkpoint").read_bytes()))
    except FileNotFoundError as error:
        raise Wrong(f"{folder} holds a checkpoint, and no policy to judge it by.") from error
    except merkle.Invalid as error:
        raise Wrong(f"The published checkpoint: {error}") from error
    checkpoint = witnessed.checkpoint
    return Checkpoint(checkpoint.size, checkpoint.root, _signed(witnessed))


def _signed(witnessed: merkle.Witnessed) -> str:
    names = ", ".join(sorted(witnessed.times)) or "no witness"
    if witnessed.required == "none":
        return f"signed by the log and {names}; the policy asks for no witness"
    met = "as the policy asks" if witnessed.quorum_met else "NOT as the policy asks"
    return f"signed by the log and {names}, {met} ({witnessed.required})"


class Comparison:
    """The register's leaves against what was published, leaf by leaf in the order of places."""

    def __init__(self, folder: Path, checkpoint: Checkpoint | None) -> None:
        self._folder, self._checkpoint = folder, checkpoint
        self._tree = GrowingTree(self._compare)
        # Whether the tile is false or the entry, the signed root says; until then it is a suspicion.
        self.suspicion: Wrong | None = None
        self._to_come = checkpoint.size if checkpoint else 0  # of what was signed
        if checkpoint is not None and checkpoint.size == 0:
            self._settle(checkpoint)

    def extend(self, leaves: list[bytes]) -> None:
        signed, later = leaves[: self._to_come], leaves[self._to_come :]
        self._tree.extend(signed)
        self._to_come -= len(signed)
        if signed and not self._to_come and self._checkpoint is not None:
            self._settle(self._checkpoint)
        self._tree.extend(later)

    def end(self) -> None:
        size = self._tree.size
        if self._checkpoint is not None and self._checkpoint.size > size:
            raise Wrong(
                f"The published checkpoint was signed over {self._checkpoint.size} entries,"
                f" and the register has {size}: the last {self._checkpoint.size - size} are gone."
            )

    def _settle(self, checkpoint: Checkpoint) -> None:
        for tile in self._tree.unfinished():
            self._compare(*tile)
        if self._tree.root() != checkpoint.root:
            if self.suspicion:
                raise self.suspicion
            raise Wrong(
                f"The first {checkpoint.size} entries are not those that were signed: another root."
                " The published tiles agree with the register: they were changed too."
            )
        if self.suspicion:
            self.suspicion = Wrong(
                f"A published tile is damaged; the register agrees with the signed root. {self.suspicion}"
            )
            raise self.suspicion
        self._checkpoint = None

    def _compare(self, level: int, index: int, hashes: bytes) -> None:
        if self._checkpoint is None or self.suspicion:
            return
        width = len(hashes) // HASH
        if ((index * merkle.TILE_WIDTH + width) << (HEIGHT * level)) > self._checkpoint.size:
            return
        try:
            published = merkle.read_tile(self._read, level, index, width)
        except merkle.Invalid as error:
            self.suspicion = Wrong(str(error))
            return
        if published != hashes:
            self.suspicion = Wrong(_difference(level, index, hashes, published))

    def _read(self, path: str) -> bytes:
        return (self._folder / path).read_bytes()


def _difference(level: int, index: int, ours: bytes, published: bytes) -> str:
    width = len(ours) // HASH
    at = next(at for at in range(width) if _hash(ours, at) != _hash(published, at))
    path = merkle.tile_path(level, index, width)
    first = (index * merkle.TILE_WIDTH + at) << (HEIGHT * level)
    if level == 0:
        return f"Entry {first}: its leaf is not the one that was published in {path}."
    last = first + (1 << (HEIGHT * level)) - 1
    return f"Entries {first} to {last}: their hash is not the one that was published in {path}."


def _hash(tile: bytes, at: int) -> bytes:
    return tile[HASH * at : HASH * (at + 1)]
