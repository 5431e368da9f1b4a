"""A witness of the log, which any outside body can run: C2SP tlog-witness over HTTP, one file of state a log.

It remembers the last checkpoint of each log that it is told to watch, and signs a new one only where the log
shows that it has grown out of the old. So nobody can be shown another past than everybody else, as long as
witnesses are not all in one hand. It needs no database and no Django: `python -m requests_app.witness`.
"""

import hashlib
import logging
import re
import sys
import time
from argparse import ArgumentParser, Namespace
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from requests_app.merkle import (
    COSIGNATURE,
    ED25519,
    EMPTY_ROOT,
    HASH_BYTES,
    MAX_PROOF_HASHES,
    Checkpoint,
    Invalid,
    Note,
    Signature,
    VerifierKey,
    verify_consistency,
    verify_signature,
)
from requests_app.state_folder import StateFolder, Unusable

LONGEST_BODY_BYTES = 64 * 1024
TEXT, SIZE_TYPE = "text/plain; charset=utf-8", "text/x.tlog.size"
THREADS = 4
OLD_SIZE = re.compile(r"old (0|[1-9][0-9]{0,18})")
READ_PATH = re.compile(r"/([0-9a-f]{64})/checkpoint")

log = logging.getLogger("witness")


@dataclass(frozen=True)
class Answer:
    status: HTTPStatus
    text: str
    content_type: str = TEXT


class Refused(Exception):
    """Not cosigned; the answer says why."""

    def __init__(self, status: HTTPStatus, text: str, content_type: str = TEXT) -> None:
        super().__init__(text)
        self.answer = Answer(status, text if content_type == SIZE_TYPE else f"{text}\n", content_type)


@dataclass(frozen=True)
class Submission:
    old: int
    proof: tuple[bytes, ...]
    note: Note
    body: bytes

    @property
    def origin(self) -> str:
        return self.note.text.partition("\n")[0]

    @classmethod
    def parse(cls, body: bytes) -> "Submission":
        try:
            head, blank, note = body.decode().partition("\n\n")
            first, *lines = head.split("\n")
            old = OLD_SIZE.fullmatch(first)
            if not blank or not old or len(lines) > MAX_PROOF_HASHES:
                raise ValueError(
                    "the first line must be the old size, then 63 hashes at most and an empty line."
                )
            return cls(int(old[1]), tuple(_hash(line) for line in lines), Note.parse(note), body)
        except (ValueError, Invalid) as wrong:
            raise Refused(HTTPStatus.BAD_REQUEST, f"This is no submission: {wrong}") from wrong

    def checkpoint(self) -> Checkpoint:
        try:
            return Checkpoint.parse(self.note.text)
        except Invalid as wrong:
            empty = self.note.text.split("\n")[1:2] == [
                "0"
            ]  # whose root the protocol gives a status of its own
            status = HTTPStatus.UNPROCESSABLE_ENTITY if empty else HTTPStatus.BAD_REQUEST
            raise Refused(status, str(wrong)) from wrong


def _hash(line: str) -> bytes:
    content = b64decode(line, validate=True)
    if len(content) != HASH_BYTES or b64encode(content).decode() != line:
        raise ValueError(f"{line[:60]!r} is no hash.")
    return content


class Witness:
    """The WSGI application."""

    def __init__(
        self, state: StateFolder, logs: Iterable[VerifierKey], *, clock: Callable[[], float] = time.time
    ) -> None:
        self._state, self._clock = state, clock
        self._key = state.key(COSIGNATURE)
        self._logs: dict[str, list[VerifierKey]] = {}
        for key in logs:
            self._logs.setdefault(key.name, []).append(key)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        try:
            answer = self._answer(environ)
        except Refused as refused:
            answer = refused.answer
        except (Invalid, OSError) as trouble:  # what lies in its own folder
            log.error("Nothing was signed: %s", trouble)
            answer = Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "The witness has a problem of its own.\n")
        body = answer.text.encode()
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(body)))]
        if answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "POST" if environ["PATH_INFO"] == "/add-checkpoint" else "GET"))
        start_response(f"{answer.status.value} {answer.status.phrase}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        read = READ_PATH.fullmatch(path)
        if path != "/add-checkpoint" and not read:
            raise Refused(HTTPStatus.NOT_FOUND, "There is add-checkpoint, and <hash of origin>/checkpoint.")
        if method != ("GET" if read else "POST"):
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Not with this method.")
        if read:
            return self._latest(read[1])
        if int(environ.get("CONTENT_LENGTH") or 0) > LONGEST_BODY_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A submission has 64 KiB at most.")
        body = environ["wsgi.input"].read(LONGEST_BODY_BYTES + 1)
        if len(body) > LONGEST_BODY_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A submission has 64 KiB at most.")
        return self._add_checkpoint(Submission.parse(body))

    def _latest(self, name: str) -> Answer:
        content = self._state.read(f"{name}.checkpoint")
        if content is None:
            raise Refused(HTTPStatus.NOT_FOUND, "No checkpoint of such a log was signed here.")
        return Answer(HTTPStatus.OK, content.decode())

    def _add_checkpoint(self, submission: Submission) -> Answer:
        log_signatures = self._signatures_of_the_log(submission)
        checkpoint = submission.checkpoint()
        if submission.old > checkpoint.size:
            raise Refused(HTTPStatus.BAD_REQUEST, "The old size is greater than the new.")
        name = hashlib.sha256(submission.origin.encode()).hexdigest()
        # From looking at the last checkpoint until the new one is on disk, nobody else.
        with self._state.locked(f"{name}.lock"):
            stored = self._state.read(f"{name}.checkpoint")
            last = Note.parse(stored) if stored else None
            self._check(submission, checkpoint, last)
            now = self._time(last)
            signature = self._key.cosign(submission.note.text, now)
            note = Note(submission.note.text, (*log_signatures, signature))
            self._state.write(f"{name}.checkpoint", str(note).encode())
        log.info("Signed %s entries of %s.", checkpoint.size, checkpoint.origin)
        return Answer(HTTPStatus.OK, signature.line())

    def _signatures_of_the_log(self, submission: Submission) -> list[Signature]:
        keys = self._logs.get(submission.origin)
        if keys is None:
            raise Refused(HTTPStatus.NOT_FOUND, "This witness does not watch such a log.")
        known = {(key.name, key.id): key for key in keys}
        found = [each for each in submission.note.signatures if (each.name, each.id) in known]
        try:
            for signature in found:
                verify_signature(submission.note.text, signature, known[signature.name, signature.id])
        except Invalid as wrong:
            raise Refused(HTTPStatus.FORBIDDEN, str(wrong)) from wrong
        if not found:
            raise Refused(HTTPStatus.FORBIDDEN, "No key of this log that is known here has signed.")
        return found

    def _check(self, submission: Submission, new: Checkpoint, last: Note | None) -> None:
        old = Checkpoint.parse(last.text) if last else Checkpoint(new.origin, 0, EMPTY_ROOT)
        if last and old.size == new.size and old.root != new.root:
            self._keep_evidence(last, submission, new, f"two different logs of {new.size} entries are signed")
        if submission.old != old.size:
            raise Refused(HTTPStatus.CONFLICT, f"{old.size}\n", SIZE_TYPE)
        try:
            verify_consistency(old.size, old.root, new.size, new.root, submission.proof)
        except Invalid as wrong:
            if last and old.size != new.size:
                words = (
                    f"nothing shows that {new.size} signed entries begin with the {old.size} signed before"
                )
                self._keep_evidence(last, submission, new, words)
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(wrong)) from wrong

    def _keep_evidence(self, last: Note, submission: Submission, new: Checkpoint, words: str) -> None:
        """Both sides, each with the log's own signature; once for each checkpoint."""
        digest = hashlib.sha256(submission.note.text.encode()).hexdigest()
        name = f"split-view-{new.size}-{digest[:16]}"
        if self._state.read(f"{name}.submitted") is None:
            self._state.write(f"{name}.cosigned", str(last).encode())
            self._state.write(f"{name}.submitted", submission.body)
        log.critical("ALARM. %s: %s. Keep the files %s.*", new.origin, words, self._state.path / name)

    def _time(self, last: Note | None) -> int:
        """Now. A clock that went back would let this witness contradict what it said of an earlier moment."""
        now, before = int(self._clock()), self._time_of(last) if last else 0
        if now < before:
            log.error(
                "The clock shows %s, and the last signature was made at %s. Set the clock.", now, before
            )
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "The clock of this witness went back.")
        return now

    def _time_of(self, note: Note) -> int:
        key = self._key.verifier
        own = [each for each in note.signatures if (each.name, each.id) == (key.name, key.id)]
        return max((verify_signature(note.text, each, key) or 0 for each in own), default=0)


class Server(BaseApplication):
    """One process, a few threads. What gunicorn would read from the environment is set here."""

    def __init__(self, witness: Witness, bind: str) -> None:
        self._witness, self._bind = witness, bind
        super().__init__()

    def load_config(self) -> None:
        words = {
            "bind": self._bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "loglevel": "warning",
            "proc_name": "witness",
            "graceful_timeout": 2,
            "control_socket_disable": True,
        }
        for name, word in words.items():
            self.cfg.set(name, word)

    def load(self) -> Witness:
        return self._witness


def main(words: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(words)
    try:
        asked.act(asked)
    except (Unusable, Invalid, OSError) as trouble:
        print(f"Refused. {trouble}", file=sys.stderr, flush=True)
        return 1
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m requests_app.witness", description=__doc__)
    acts = parser.add_subparsers(required=True, metavar="WORD")
    new_key = acts.add_parser("new-key", help="make the key, once, and print what verifies its signatures")
    new_key.add_argument("--name", required=True, help="name of the witness: witness.example.org")
    vkey = acts.add_parser("vkey", help="print what verifies its signatures")
    serve = acts.add_parser("serve", help="answer over HTTP, until the process is ended")
    serve.add_argument(
        "--log", type=VerifierKey.parse, action="append", required=True, metavar="VKEY", dest="logs"
    )
    serve.add_argument("--bind", default="127.0.0.1:8090", metavar="HOST:PORT")
    for one, act in {new_key: _new_key, vkey: _vkey, serve: _serve}.items():
        one.add_argument("--state", type=Path, required=True, help="the witness's own folder")
        one.set_defaults(act=act)
    return parser


def _new_key(asked: Namespace) -> None:
    folder = StateFolder(asked.state)
    folder.make()
    print(folder.keep_key(asked.name, COSIGNATURE))


def _vkey(asked: Namespace) -> None:
    print(StateFolder(asked.state).key(COSIGNATURE).verifier)


def _serve(asked: Namespace) -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    if other := [key.name for key in asked.logs if key.type != ED25519]:
        raise Unusable(f"{other[0]} is not the key of a log.")
    Server(Witness(StateFolder(asked.state), asked.logs), asked.bind).run()


if __name__ == "__main__":
    sys.exit(main())
