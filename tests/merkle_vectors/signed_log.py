"""A log of a few entries, with its signer, three witnesses, receipts and bundles, made from fixed seeds."""

import base64
import hashlib
import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from requests_app import merkle

NAME = "register.example/log"
SIGNED_AT = 1_790_000_000
FIGURES = '''"""Counts, in the shape of a bundle's figures.py."""


def derive(rows):
    return {"requests": {"total": len(rows["history"])}, "open": [row["id"] for row in rows["history"]]}
'''


@dataclass(frozen=True)
class Signer:
    key: merkle.VerifierKey
    private: Ed25519PrivateKey

    def sign(self, text: str, *, at: int = SIGNED_AT) -> merkle.Signature:
        if self.key.type == merkle.ED25519:
            blob = self.private.sign(text.encode())
        else:
            blob = at.to_bytes(8, "big") + self.private.sign(merkle.cosigned_message(text, at))
        return merkle.Signature(self.key.name, self.key.id, blob)


def make_signer(name: str, type_of_key: int) -> Signer:
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return Signer(merkle.VerifierKey(name, type_of_key, private.public_key().public_bytes_raw()), private)


LOG = make_signer(NAME, merkle.ED25519)
STRANGER = make_signer("stranger.example", merkle.ED25519)
WITNESSES = {
    word: make_signer(f"{word}.example/witness", merkle.COSIGNATURE) for word in ("audit", "paper", "council")
}
POLICY = "\n".join(
    [
        "# Two of the three witnesses must have signed.",
        f"log {LOG.key} https://register.example/tlog/",
        *(f"witness {word} {signer.key}" for word, signer in WITNESSES.items()),
        "group two-of-three 2 audit paper council",
        "quorum two-of-three",
        "",
    ]
)


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def make_row(index: int) -> dict:
    return {
        "table": "decision",
        "id": index,
        "revision": 1,
        "row": {"id": index, "outcome": "assist", "note": f"É {index}", "late": False, "by": None},
    }


def row_salt_of(index: int) -> bytes:
    return hashlib.sha256(b"row %d" % index).digest()


def make_opening(index: int) -> dict[str, str]:
    row = make_row(index)
    digest = hashlib.sha256(row_salt_of(index) + merkle.canonical_json(row.pop("row"))).hexdigest()
    private = {
        "v": 2,
        "case": f"2026-{index:04}",
        "entered_at": f"2026-09-01T12:00:{index % 60:02}.000000Z",
        "rows": [{**row, "sha256": digest}],
    }
    public = {"v": 2, "action": "request:log", "refusal": "", "quarter": "2026-Q3"}
    return {
        "public": merkle.canonical_json(public).decode(),
        "public_salt": in_base64(hashlib.sha256(b"public %d" % index).digest()),
        "private": merkle.canonical_json(private).decode(),
        "private_salt": in_base64(hashlib.sha256(b"private %d" % index).digest()),
    }


def closed(opening: dict[str, str], part: str) -> dict[str, str]:
    """The opening with one part given by its commitment."""
    salt = base64.b64decode(opening[f"{part}_salt"])
    commitment = hashlib.sha256(salt + opening[part].encode()).digest()
    left = {name: text for name, text in opening.items() if not name.startswith(part)}
    return {**left, f"{part}_commitment": in_base64(commitment)}


def make_tree(size: int) -> merkle.Tree:
    return merkle.Tree(merkle.leaf_hash(merkle.opened_leaf(make_opening(index))) for index in range(size))


def make_checkpoint(
    tree: merkle.Tree, *, size: int | None = None, witnesses: str = "audit paper"
) -> merkle.Note:
    size = tree.size if size is None else size
    text = merkle.Checkpoint(NAME, size, merkle.root(size, tree.hash_at)).text()
    signers = [LOG, *(WITNESSES[word] for word in witnesses.split())]
    return merkle.Note(text, tuple(signer.sign(text) for signer in signers))


def make_proof(tree: merkle.Tree, index: int, opening: dict[str, str] | None = None) -> merkle.Proof:
    extra = json.dumps(opening or make_opening(index), ensure_ascii=False).encode()
    hashes = tuple(merkle.inclusion_proof(index, tree.size, tree.hash_at))
    return merkle.Proof(index, hashes, make_checkpoint(tree), extra)


def publish(folder, tree: merkle.Tree) -> None:
    """Writes the log as the signer does: checkpoint, policy and tiles."""
    for level, index, width in merkle.tiles_of(tree.size):
        path = folder / merkle.tile_path(level, index, width)
        path.parent.mkdir(parents=True, exist_ok=True)
        first = merkle.TILE_WIDTH * index
        path.write_bytes(b"".join(tree.hash_at(8 * level, first + place) for place in range(width)))
    (folder / "checkpoint").write_text(str(make_checkpoint(tree)))
    (folder / "policy").write_text(POLICY)


def make_bundle(
    tree: merkle.Tree, indexes, *, kind: str = "quarter", opened: str = "all"
) -> dict[str, bytes]:
    """The files of a bundle; `summed` gives them their SHA256SUMS."""
    openings = {index: make_opening(index) for index in indexes}
    if opened == "public":
        openings = {index: closed(opening, "private") for index, opening in openings.items()}
    else:
        openings = {
            index: {**opening, "row_salt": in_base64(row_salt_of(index))}
            for index, opening in openings.items()
        }
    proofs = {index: merkle.inclusion_proof(index, tree.size, tree.hash_at) for index in indexes}
    entries = [
        {"index": index, "proof": [in_base64(each) for each in proofs[index]], **openings[index]}
        for index in indexes
    ]
    history = [make_row(index) for index in indexes] if opened == "all" else []
    manifest = {
        "kind": kind,
        "subject": "2026-Q3" if kind == "quarter" else "2026-0003",
        "opened": opened,
        "policy_versions": ["2017-09-22"],
        "size": tree.size,
    }
    files = {
        "README.txt": b"Evidence.\n",
        "checkpoint": str(make_checkpoint(tree)).encode(),
        "log-policy": POLICY.encode(),
        "manifest.json": json.dumps(manifest).encode(),
        "entries.json": json.dumps(entries).encode(),
        "rows.json": json.dumps({"history": history}).encode(),
        "cases.csv": b"number\r\n",
        "policy/2017-09-22.toml": b"id = '2017-09-22'\n",
        "verify.py": b"# the verifier\n",
    }
    if kind == "quarter":
        figures = {"requests": {"total": len(history)}, "open": [row["id"] for row in history]}
        files |= {"figures.json": json.dumps(figures).encode(), "figures.py": FIGURES.encode()}
    return summed(files)


def summed(files: dict[str, bytes]) -> dict[str, bytes]:
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
        if name != "SHA256SUMS"
    ]
    return {**files, "SHA256SUMS": "".join(lines).encode()}
