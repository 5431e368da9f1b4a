"""Real witnesses on this machine, and a log that a test makes up, to be sent to them."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from louisville_ice.postgres import die_with_parent
from requests_app.merkle import (
    ED25519,
    Checkpoint,
    Note,
    Tree,
    VerifierKey,
    consistency_proof,
    leaf_hash,
    root,
)
from requests_app.state_folder import SigningKey
from tests.conftest import free_port

ROOT = Path(__file__).parent.parent
READY_SECONDS = 30


@dataclass
class WitnessProcess:
    """`python -m requests_app.witness serve`, with its key made by `new-key`."""

    name: str
    state: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @classmethod
    def make(cls, folder: Path, name: str) -> "WitnessProcess":
        state = folder / name
        say("new-key", "--name", name, "--state", str(state))
        return cls(name, state, free_port())

    @property
    def vkey(self) -> str:
        return say("vkey", "--state", str(self.state)).strip()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return self.state.with_suffix(".log").read_text()

    def serve(self, *logs: VerifierKey | str) -> None:
        words = ["serve", "--state", str(self.state), "--bind", f"127.0.0.1:{self.port}"]
        for vkey in logs:
            words += ["--log", str(vkey)]
        with self.state.with_suffix(".log").open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "requests_app.witness", *words],
                cwd=ROOT,
                env=environment(),
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        self._wait()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def kill(self) -> None:
        """And wait until its child, which gunicorn calls a worker, has noticed."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            while True:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                time.sleep(0.02)

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                self.get("/")
            except OSError:
                assert self.process is not None
                assert self.process.poll() is None, self.printed
                assert time.monotonic() < deadline, self.printed
                time.sleep(0.02)
            else:
                return

    def get(self, path: str, method: str = "GET", body: bytes = b"") -> "Reply":
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, body or None)
            response = connection.getresponse()
            kind = response.headers.get("Content-Type", "")
            return Reply(response.status, kind, response.read().decode())

    def submit(self, body: bytes) -> "Reply":
        return self.get("/add-checkpoint", "POST", body)


@dataclass(frozen=True)
class Reply:
    status: int
    kind: str
    text: str


class MadeUpLog:
    """Leaves that are counted, or others; the key of a log signs any size of them."""

    def __init__(self, key: SigningKey, size: int, *, forked_at: int | None = None) -> None:
        forked = size if forked_at is None else forked_at
        leaves = [b"leaf %d" % place if place < forked else b"other %d" % place for place in range(size)]
        self.key, self.tree = key, Tree(leaf_hash(leaf) for leaf in leaves)

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(self.key.verifier.name, size, root(size, self.tree.hash_at))

    def note(self, size: int) -> Note:
        text = self.checkpoint(size).text()
        return Note(text, (self.key.sign(text),))

    def submission(self, old: int, size: int) -> bytes:
        return submission(old, consistency_proof(old, size, self.tree.hash_at), self.note(size))


def log_key(name: str = "log.example/tlog") -> SigningKey:
    return SigningKey.make(name, ED25519)


def submission(old: int | str, proof: list[bytes], note: Note | str) -> bytes:
    lines = [f"old {old}", *(b64encode(each).decode() for each in proof)]
    return ("\n".join(lines) + f"\n\n{note}").encode()


def environment(**words: str) -> dict[str, str]:
    """What a signer or witness gets: none of the test's settings."""
    return {"PATH": os.defpath, **words}


def say(*words: str) -> str:
    command = [sys.executable, "-m", "requests_app.witness", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    return done.stdout
