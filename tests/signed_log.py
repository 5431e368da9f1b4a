"""A published log, signed by itself and one witness, of all that the ledger of a test holds."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from requests_app import merkle
from requests_app.models import LedgerEntry

ORIGIN, WITNESS = "log.example/register", "witness.example"
SEEN_AT = 1_790_000_000


def key_of(name: str, kind: int, key: Ed25519PrivateKey) -> merkle.VerifierKey:
    raw, public = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return merkle.VerifierKey(name, kind, key.public_key().public_bytes(raw, public))


class SignedLog:
    """Signs all that the ledger holds, whatever the number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.log = key_of(ORIGIN, merkle.ED25519, self._keys[0])
        self.witness = key_of(WITNESS, merkle.COSIGNATURE, self._keys[1])
        self.policy = f"log {self.log}\nwitness one {self.witness}\nquorum one\n"

    def publish(self) -> int:
        """Answers with the size."""
        leaves = LedgerEntry.objects.exclude(position=None).order_by("position__index")
        hashes = [merkle.leaf_hash(bytes(leaf)) for leaf in leaves.values_list("leaf", flat=True)]
        tree = merkle.Tree(hashes)
        for level, index, width in merkle.tiles_of(tree.size):
            path = self.folder / merkle.tile_path(level, index, width)
            path.parent.mkdir(parents=True, exist_ok=True)
            places = range(index * 256, index * 256 + width)
            path.write_bytes(b"".join(tree.hash_at(8 * level, place) for place in places))
        (self.folder / "checkpoint").write_text(str(self._signed(tree)))
        (self.folder / "policy").write_text(self.policy)
        return tree.size

    def _signed(self, tree: merkle.Tree) -> merkle.Note:
        text = merkle.Checkpoint(ORIGIN, tree.size, merkle.root(tree.size, tree.hash_at)).text()
        message = merkle.cosigned_message(text, SEEN_AT)
        seen = SEEN_AT.to_bytes(8, "big") + self._keys[1].sign(message)
        by_log = merkle.Signature(ORIGIN, self.log.id, self._keys[0].sign(text.encode()))
        return merkle.Note(text, (by_log, merkle.Signature(WITNESS, self.witness.id, seen)))
