"""Asks witnesses to cosign a checkpoint (C2SP tlog-witness, add-checkpoint). One that fails stops nothing."""

import contextlib
import hashlib
import socket
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from requests_app.merkle import (
    Checkpoint,
    Invalid,
    Note,
    Signature,
    Tree,
    VerifierKey,
    Witness,
    consistency_proof,
    verify_signature,
)
from requests_app.signer._state import signed_by

STEP_SECONDS = 10  # to connect, and for each packet
ANSWER_SECONDS = 20  # for the whole of an answer, however slowly it comes
LONGEST_ANSWER_BYTES = 64 * 1024
CLOCK_SECONDS = 600  # so far may a witness's clock be ahead of ours
SIZE_TYPE = "text/x.tlog.size"


class Unwilling(Exception):
    """Why this witness did not cosign."""


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes


def ask_all(
    witnesses: Iterable[Witness], note: Note, tree: Tree, old: int, *, complain: Callable[[str], None]
) -> list[Signature]:
    """`old` is the size that each probably signed last. What goes wrong is said to `complain`."""
    asked = list(witnesses)
    if not asked:
        return []

    def ask_one(witness: Witness) -> Signature | None:
        try:
            return _ask(witness, note, tree, old)
        except (Unwilling, Invalid) as why:
            complain(f"The witness {witness.name} did not sign: {why}")
            return None

    with ThreadPoolExecutor(len(asked)) as pool:
        return [signature for signature in pool.map(ask_one, asked) if signature]


def last_signed(witnesses: Iterable[Witness], key: VerifierKey) -> dict[str, Checkpoint]:
    """By name, what a witness shows of this log with a signature of this key. Others are left out."""
    asked = list(witnesses)

    def look(witness: Witness) -> Checkpoint | None:
        path = f"/{hashlib.sha256(key.name.encode()).hexdigest()}/checkpoint"
        try:
            answer = _exchange(witness, "GET", path)
            note = Note.parse(answer.body) if answer.status == HTTPStatus.OK else None
            return Checkpoint.parse(note.text) if note and signed_by(note, key) else None
        except (Unwilling, Invalid):
            return None  # what it cannot prove counts for nothing; that it is away is said when it is to sign

    with ThreadPoolExecutor(max(1, len(asked))) as pool:
        found = dict(zip((each.name for each in asked), pool.map(look, asked), strict=True))
    return {name: held for name, held in found.items() if held}


def _ask(witness: Witness, note: Note, tree: Tree, old: int) -> Signature:
    size = Checkpoint.parse(note.text).size
    for _ in range(2):
        answer = _exchange(witness, "POST", "/add-checkpoint", _submission(note, tree, old, size))
        if answer.status == HTTPStatus.OK:
            return _cosignature(witness, note, answer)
        if answer.status != HTTPStatus.CONFLICT:
            break
        old = _size_it_has(answer)
        if old > size:
            raise Unwilling(
                f"it has already signed {old} entries of this log, and here are {size}. Either this state "
                "was set back, or somebody else signs with this key."
            )
    words = answer.body[:200].decode(errors="replace").strip()
    raise Unwilling(f"it answered {answer.status}. {words}".strip())


def _submission(note: Note, tree: Tree, old: int, size: int) -> bytes:
    lines = [f"old {old}"]
    lines += [b64encode(each).decode() for each in consistency_proof(old, size, tree.hash_at)]
    return ("\n".join(lines) + f"\n\n{note}").encode()


def _size_it_has(answer: Answer) -> int:
    text = answer.body.decode(errors="replace")
    if answer.content_type != SIZE_TYPE or not (
        text[:-1].isdecimal() and text.isascii() and text[-1] == "\n"
    ):
        raise Unwilling("it answered 409 without the size that it has.")
    return int(text[:20])


def _cosignature(witness: Witness, note: Note, answer: Answer) -> Signature:
    try:
        lines = answer.body.decode()
        offered = Note.parse(note.text + "\n" + lines).signatures
    except (UnicodeDecodeError, Invalid) as wrong:
        raise Unwilling("its answer is not a list of signatures.") from wrong
    for signature in offered:
        if (signature.name, signature.id) == (witness.key.name, witness.key.id):
            seconds = verify_signature(note.text, signature, witness.key) or 0
            if not 0 < seconds <= time.time() + CLOCK_SECONDS:
                raise Unwilling(
                    "the time of its signature lies in the future; one of the two clocks is wrong."
                )
            return signature
    raise Unwilling("none of its signatures was made with its key in the policy.")


def _exchange(witness: Witness, method: str, path: str, body: bytes | None = None) -> Answer:
    """Straight to the witness: no proxy, no redirect."""
    address = urlsplit(witness.url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise Unwilling("the policy gives no address of it that begins with http:// or https://.")
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname, address.port, timeout=STEP_SECONDS)
    try:
        connection.connect()
        with _deadline(connection.sock):
            headers = {"Content-Type": "text/plain; charset=utf-8"} if body else {}
            connection.request(method, address.path.rstrip("/") + path, body, headers)
            response = connection.getresponse()
            content = response.read(LONGEST_ANSWER_BYTES)
            return Answer(response.status, response.headers.get("Content-Type", ""), content)
    except (OSError, HTTPException, ValueError) as error:
        raise Unwilling(
            f"it cannot be reached at {witness.url} ({error or type(error).__name__})."
        ) from error
    finally:
        connection.close()


@contextlib.contextmanager
def _deadline(sock: socket.socket) -> Iterator[None]:
    """The time limit of a socket begins anew with each packet; this one does not."""

    def end() -> None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(ANSWER_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
