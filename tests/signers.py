"""A signer as its operator runs it: a process, with folders below the test's own, on the test's database."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from requests_app import signer
from requests_app.merkle import ED25519, Checkpoint, Note, Tree, leaf_hash
from requests_app.state_folder import StateFolder
from tests.witnesses import ROOT, WitnessProcess, environment

ORIGIN = "register.example.org/tlog"
# Ends the process, as kill -9 does, before its n-th step that changes a file or folder of the test.
KILLER = """
import os, runpy, signal, sys
left, folder = int(sys.argv.pop(1)), sys.argv.pop(1)
sys.argv[0] = "signer"

def before(event, words):
    global left
    writes = event == "open" and words[2] & (os.O_WRONLY | os.O_RDWR)
    if (writes or event in ("os.rename", "os.truncate", "os.mkdir")) and str(words[0]).startswith(folder):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(before)
runpy.run_module("requests_app.signer", run_name="__main__")
"""


@dataclass
class SignerProcess:
    folder: Path
    database_url: str
    seen: list[str] = field(default_factory=list)  # every checkpoint that was signed or published

    @property
    def state(self) -> Path:
        return self.folder / "signer"

    @property
    def public(self) -> Path:
        return self.folder / "tlog"

    @property
    def policy(self) -> Path:
        return self.folder / "log-policy"

    @property
    def words(self) -> dict[str, str]:
        return {
            "DATABASE_SIGNER_URL": self.database_url,
            "SIGNER_STATE": str(self.state),
            "TLOG_DIR": str(self.public),
            "TLOG_ORIGIN": ORIGIN,
            "LOG_POLICY": str(self.policy),
        }

    @property
    def places(self) -> signer.Places:
        return signer.Places(self.state, self.public, self.policy, self.database_url)

    @property
    def vkey(self) -> str:
        return str(StateFolder(self.state).key(ED25519).verifier)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return self._run("-m", "requests_app.signer", *words)

    def run_until(self, step: int, *words: str) -> "subprocess.CompletedProcess[str]":
        done = self._run("-c", KILLER, str(step), str(self.folder), *words)
        self.look()
        return done

    def start(self, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "requests_app.signer", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=ROOT, env=environment(**self.words), stdout=pipe, stderr=pipe, text=True
        )

    def sign(self) -> Checkpoint:
        """Without a process of its own, which is quicker."""
        signer.sign(self.places)
        self.look()
        return self.checkpoint()

    def refuse(self, *words: str) -> str:
        """What it says when it signs nothing; that is checked too."""
        before = self.contents()
        done = self.run(*(words or ("sign",)))
        assert done.returncode == 1, done.stdout
        assert self.contents() == before
        return done.stderr

    def write_policy(self, witnesses: Sequence[WitnessProcess] = (), quorum: str = "none") -> None:
        lines = [f"log {self.vkey} https://{ORIGIN}"]
        lines += [f"witness {each.name} {each.vkey} {each.url}" for each in witnesses]
        if quorum.isdecimal():
            lines += [f"group enough {quorum} {' '.join(each.name for each in witnesses)}"]
            quorum = "enough"
        self.policy.write_text("\n".join([*lines, f"quorum {quorum}"]) + "\n")

    def note(self) -> Note:
        return Note.parse((self.public / "checkpoint").read_bytes())

    def checkpoint(self) -> Checkpoint:
        return Checkpoint.parse(self.note().text)

    def signed(self) -> Checkpoint:
        """What it remembers, published or not."""
        return Checkpoint.parse(Note.parse((self.state / "checkpoint").read_bytes()).text)

    def look(self) -> None:
        for path in (self.state / "checkpoint", self.public / "checkpoint"):
            if path.exists():
                self.seen.append(Note.parse(path.read_bytes()).text)

    def contents(self) -> dict[Path, bytes]:
        paths = [*self.state.rglob("*"), *self.public.rglob("*")]
        return {path: path.read_bytes() for path in paths if path.is_file() and path.name != "lock"}

    def back_up(self, name: str) -> None:
        shutil.copytree(self.state, self.folder / name)

    def restore(self, name: str) -> None:
        shutil.rmtree(self.state)
        shutil.copytree(self.folder / name, self.state)

    def verify(self) -> str:
        """What the verifier says that anybody can download."""
        command = [sys.executable, "-I", "requests_app/merkle.py", "tiles", str(self.public)]
        command += ["--policy", str(self.policy)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout

    def _run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, *words]
        return subprocess.run(
            command, cwd=ROOT, env=environment(**self.words), capture_output=True, text=True, timeout=120
        )


def tree_of(connection) -> Tree:
    """The tree of all leaves, as the database has them."""
    rows = connection.execute(
        "SELECT leaf FROM requests_app_ledgerposition p JOIN requests_app_ledgerentry e ON e.id = p.entry_id"
        " ORDER BY index"
    )
    return Tree(leaf_hash(leaf) for (leaf,) in rows)


def names_of(folder: Path) -> set[str]:
    return {os.fspath(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
