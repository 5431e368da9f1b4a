"""What checking a whole ledger costs, measured against hashing the same bytes, in one run.

    python bench/verify.py [ENTRIES]

Loads a million entries by COPY into a PostgreSQL of its own, copies of a real life of a request with all its
rows and history, and filling entries between; publishes the log of it, and runs `manage.py verify_ledger`.
The yardstick hashes the same bytes in memory, entry by entry: both commitments, the hash of the leaf, the
nodes of the tree, the digest of each row that the entry notes. The check is measured end to end: start of
Python, two connections, PostgreSQL's own work, which has the second core. Ends with status 1 when it takes
more than eight times as long, or more than 500 MB, or when a proof reads more than two tiles of a level.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
from _register import ROOT, fresh  # first: it sets Django up
from psycopg import sql

from _million import Life, fill  # isort: skip
from requests_app import signer
from requests_app.ledger_check._rows import tables
from requests_app.merkle import (
    PAD,
    Note,
    Policy,
    Tiles,
    inclusion_proof,
    tiles_of,
    verify_inclusion,
)
from requests_app.models import LedgerEntry
from requests_app.vocabulary import Action, Role
from tests import factories

ENTRIES = 1_000_000
MOST_TIMES_HASHING = 8
MOST_MEGABYTES = 500
PROOFS = 1000
IN_MEMORY = 50_000  # entries; hashed again and again until they are as many as the ledger has
# Some 200 requests a year, four times what was counted in 2017, of twelve acts each, in a log that is filled
# up to a multiple of 64 every day: one entry in ten is an act on a request, with the two rows that it saved.
SHARE_OF_ACTS = 0.1


def main() -> int:
    entries = (int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES) // PAD * PAD
    with tempfile.TemporaryDirectory() as folder, fresh("bench_verify") as urls:
        log = prepare(Path(folder), urls, entries)
        parts = sample(urls["auditor"], min(entries, IN_MEMORY))
        before = hash_all(parts, entries)
        seconds, megabytes = verify(urls["auditor"], log)
        hashing = (before + hash_all(parts, entries)) / 2
        print(f"hashing the same bytes in memory {hashing:9.1f} s")
        print(
            f"verify_ledger, end to end        {seconds:9.1f} s {seconds / hashing:6.1f} times hashing;"
            f" goal {MOST_TIMES_HASHING}"
        )
        print(f"memory                           {megabytes:9.0f} MB; goal {MOST_MEGABYTES}")
        tiles, levels = prove(log)
        print(f"an inclusion proof reads at most {tiles:9} tiles of {levels} levels, and no entry")
    good = seconds <= MOST_TIMES_HASHING * hashing and megabytes <= MOST_MEGABYTES and tiles <= 2 * levels
    return 0 if good else 1


def prepare(folder: Path, urls: dict[str, str], entries: int) -> Path:
    """The register with its ledger, and the folder of the log that the signer published."""
    started = time.monotonic()
    dispatcher = factories.make_user("D-101", Role.DISPATCHER)
    commander = factories.make_user("C-201", Role.COMMANDING_OFFICER)
    life = Life(factories.make_closed(dispatcher, commander))
    key = signer.new_key(folder / "signer", "bench.example/tlog")
    (folder / "policy").write_text(f"log {key}\nquorum none\n")
    with psycopg.connect(urls["signer"], autocommit=True) as connection:
        connection.execute("SELECT register_pad_ledger(0)")
    pad = LedgerEntry.objects.filter(action=Action.PAD).latest("id")
    lives = int((entries - LedgerEntry.objects.count()) * SHARE_OF_ACTS / len(life.acts))
    fill(urls["superuser"], life, pad, lives=lives, entries=entries)
    places = signer.Places(folder / "signer", folder / "tlog", folder / "policy", urls["signer"])
    print(signer.told(signer.sign(places)))
    rows = sum(len(act.noted) for act in life.acts)
    print(
        f"{entries} entries, {lives} requests of {len(life.acts)} acts and {rows} rows;"
        f" prepared in {time.monotonic() - started:.0f} s"
    )
    return folder / "tlog"


@dataclass(frozen=True, slots=True)
class Bytes:
    """What is hashed of an entry, as it is stored; and of the rows that it notes."""

    public_salt: bytes
    public: bytes
    private_salt: bytes
    private: bytes
    row_salt: bytes
    rows: list[bytes]


def sample(url: str, count: int) -> list[Bytes]:
    """Of the last entries."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT public_salt, public_bytes, private_salt, private_bytes, row_salt"
            " FROM requests_app_ledgerposition p JOIN requests_app_ledgerentry e ON e.id = p.entry_id"
            " JOIN requests_app_ledgerprivate v ON v.entry_id = e.id ORDER BY index DESC LIMIT %s",
            [count],
        )
        entries = [Bytes(*row, []) for row in found]
        by_table: dict[str, list[tuple[int, int, int]]] = {}
        for at, entry in enumerate(entries):
            for row in json.loads(entry.private)["rows"]:
                by_table.setdefault(row["table"], []).append((at, row["id"], row["revision"] or 0))
        for name, rows in by_table.items():
            places, ids, revisions = (list(column) for column in zip(*rows, strict=True))
            table = tables()[name]
            revision = sql.SQL("AND h.revision = k.revision" if table.has_history else "")
            statement = sql.SQL(
                "SELECT {} FROM unnest(%s::bigint[], %s::int[]) WITH ORDINALITY AS k(id, revision, n)"
                " JOIN {} h ON h.{} = k.id {} ORDER BY k.n"
            ).format(table.text, table.source, table.key, revision)
            texts = connection.execute(statement, [ids, revisions])
            for at, (text,) in zip(places, texts, strict=True):
                entries[at].rows.append(text.encode())
    return entries


def hash_all(parts: list[Bytes], entries: int) -> float:
    """Seconds for as many entries: commitments, rows, leaf, and the nodes above."""
    started = time.perf_counter()
    peaks: list[tuple[int, bytes]] = []
    for _ in range(entries // len(parts)):
        for entry in parts:
            public = sha256(entry.public_salt + entry.public).digest()
            private = sha256(entry.private_salt + entry.private).digest()
            for row in entry.rows:
                sha256(entry.row_salt + row).hexdigest()
            level, node = 0, sha256(b"\x00" + public + private).digest()
            while peaks and peaks[-1][0] == level:
                node = sha256(b"\x01" + peaks.pop()[1] + node).digest()
                level += 1
            peaks.append((level, node))
    return time.perf_counter() - started


def verify(url: str, log: Path) -> tuple[float, float]:
    """Seconds of the command, start of Python included; and the most megabytes of its processes together."""
    words = [sys.executable, "manage.py", "verify_ledger", "--tlog", str(log)]
    settings = {"DJANGO_SETTINGS_MODULE": "louisville_ice.settings", "DATABASE_URL": url}
    environment = {**os.environ, **settings, "DATABASE_AUDITOR_URL": url}
    started, most = time.perf_counter(), 0.0
    command = subprocess.Popen(words, cwd=ROOT, env=environment)  # noqa: S603  our own command
    while True:
        most = max(most, megabytes_of(command.pid))
        try:
            status = command.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        if status:
            sys.exit(status)
        return time.perf_counter() - started, most


def megabytes_of(process: int) -> float:
    """Of it and of those that it began; what they share is counted for each."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        begun = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0.0
    return pages * resource.getpagesize() / 2**20 + sum(megabytes_of(int(each)) for each in begun)


def prove(log: Path) -> tuple[int, int]:
    """The most tiles that a proof reads, of entries all over the log; and how many levels of tiles it has."""
    policy = Policy.parse((log / "policy").read_bytes())
    checkpoint = policy.check(Note.parse((log / "checkpoint").read_bytes())).checkpoint
    most = 0
    for index in range(0, checkpoint.size, max(1, checkpoint.size // PROOFS)):
        tiles = Tiles(lambda path: (log / path).read_bytes(), checkpoint.size)
        proof = inclusion_proof(index, checkpoint.size, tiles.hash_at)
        most = max(most, tiles.reads)
        verify_inclusion(tiles.hash_at(0, index), index, checkpoint.size, proof, checkpoint.root)
    levels = len({level for level, _, _ in tiles_of(checkpoint.size)})
    return most, levels


if __name__ == "__main__":
    sys.exit(main())
