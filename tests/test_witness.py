"""The witness over HTTP, as a process: every answer of the protocol, and what it never signs."""

import hashlib
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from requests_app.merkle import EMPTY_ROOT, Checkpoint, Note, Signature, VerifierKey, verify_signature
from requests_app.state_folder import StateFolder
from requests_app.witness import Witness
from tests.witnesses import ROOT, MadeUpLog, WitnessProcess, environment, log_key, say, submission

SIZE = "text/x.tlog.size"
TEXT = "text/plain; charset=utf-8"


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """One process for the tests that each bring a log of their own; it knows forty of them."""
    keys = [log_key(f"log.example/{number}") for number in range(40)]
    witness = WitnessProcess.make(tmp_path_factory.mktemp("witness"), "w1")
    witness.serve(*(key.verifier for key in keys))
    yield witness, iter(keys)
    witness.stop()


@pytest.fixture
def witness(started):
    return started[0]


@pytest.fixture
def key(started):
    return next(started[1])


@pytest.fixture
def log(key):
    return MadeUpLog(key, 256)


def path_of(log):
    return f"/{hashlib.sha256(log.key.verifier.name.encode()).hexdigest()}/checkpoint"


def evidence(witness, ending):
    return {path.name: path.read_bytes() for path in witness.state.glob(f"split-view-*.{ending}")}


# --- what it signs -----------------------------------------------------------------------------


def test_it_signs_the_first_checkpoint_that_it_sees(witness, log):
    before = int(time.time())

    reply = witness.submit(log.submission(0, 64))

    assert (reply.status, reply.kind) == (200, TEXT)
    signature = Signature.parse(reply.text.removesuffix("\n"))
    seconds = verify_signature(log.note(64).text, signature, VerifierKey.parse(witness.vkey))
    assert before <= seconds <= int(time.time())


def test_it_signs_what_has_grown_out_of_it(witness, log):
    assert [witness.submit(log.submission(old, new)).status for old, new in ((0, 64), (64, 192))] == [
        200,
        200,
    ]


def test_it_signs_the_same_checkpoint_again(witness, log):
    witness.submit(log.submission(0, 64))

    assert witness.submit(log.submission(64, 64)).status == 200


def test_it_signs_an_empty_log(witness, log):
    assert log.checkpoint(0).root == EMPTY_ROOT
    assert witness.submit(log.submission(0, 0)).status == 200
    assert witness.submit(log.submission(0, 64)).status == 200


def test_it_shows_the_last_checkpoint_that_it_signed(witness, log):
    assert witness.get(path_of(log)).status == 404
    witness.submit(log.submission(0, 64))
    witness.submit(log.submission(64, 128))

    reply = witness.get(path_of(log))

    note = Note.parse(reply.text)
    assert (reply.status, reply.kind) == (200, TEXT)
    assert Checkpoint.parse(note.text) == log.checkpoint(128)
    by_log, by_witness = note.signatures
    assert verify_signature(note.text, by_log, log.key.verifier) is None
    assert verify_signature(note.text, by_witness, VerifierKey.parse(witness.vkey))


def test_it_leaves_out_signatures_of_keys_that_it_does_not_know(witness, log):
    stranger = log_key("stranger.example")
    note = log.note(64).with_signatures(stranger.sign(log.note(64).text))

    assert witness.submit(submission(0, [], note)).status == 200
    assert "stranger.example" not in witness.get(path_of(log)).text


# --- what it refuses ---------------------------------------------------------------------------


def test_it_answers_409_with_its_size_to_another_old_size(witness, log):
    witness.submit(log.submission(0, 128))

    for old in (0, 64):
        reply = witness.submit(log.submission(old, 192))
        assert (reply.status, reply.kind, reply.text) == (409, SIZE, "128\n")


def test_it_answers_409_with_zero_where_it_never_signed(witness, log):
    reply = witness.submit(log.submission(64, 128))

    assert (reply.status, reply.kind, reply.text) == (409, SIZE, "0\n")


def test_it_does_not_know_a_log_that_it_was_not_told_of(witness):
    assert witness.submit(MadeUpLog(log_key("log.example/other"), 64).submission(0, 64)).status == 404


def test_it_refuses_a_checkpoint_that_the_log_did_not_sign(witness, log):
    other = MadeUpLog(log_key(log.key.verifier.name), 64)

    assert witness.submit(other.submission(0, 64)).status == 403
    assert witness.get(path_of(log)).status == 404


def test_it_refuses_a_false_signature_of_the_right_key(witness, log):
    true = log.note(64).signatures[0]
    false = Signature(true.name, true.id, bytes([true.blob[0] ^ 1]) + true.blob[1:])

    assert witness.submit(submission(0, [], Note(log.note(64).text, (false,)))).status == 403


def test_it_refuses_an_old_size_above_the_new(witness, log):
    assert witness.submit(submission(128, [], log.note(64))).status == 400


def test_it_refuses_a_proof_where_none_is_needed(witness, log):
    assert witness.submit(submission(0, [bytes(32)], log.note(64))).status == 422


def test_it_refuses_an_empty_log_with_a_root(witness, log):
    text = f"{log.key.verifier.name}\n0\n{'A' * 43}=\n"

    assert witness.submit(submission(0, [], Note(text, (log.key.sign(text),)))).status == 422


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"\n\n",
        b"old 00\n\n{note}",
        b"old -1\n\n{note}",
        b"old 99999999999999999999\n\n{note}",
        b"new 0\n\n{note}",
        b"old 0\nnot base64\n\n{note}",
        b"old 0\nAAAA\n\n{note}",
        b"old 0\n" + 64 * (b"A" * 43 + b"=\n") + b"\n{note}",
        b"old 0\n\nno note\n",
        b"old 0\n\n\xff{note}",
    ],
)
def test_it_answers_400_to_what_is_no_submission(witness, log, body):
    assert witness.submit(body.replace(b"{note}", str(log.note(64)).encode())).status == 400


def test_it_reads_no_more_than_64_kib(witness, log):
    assert witness.submit(log.submission(0, 64) + b"x" * 65536).status == 413


def test_other_addresses_and_methods_are_refused(witness, log):
    assert witness.get("/").status == 404
    assert witness.get("/../key").status == 404
    assert witness.get("/add-checkpoint").status == 405
    assert witness.get(path_of(log), "POST", b"x").status == 405


# --- split views -------------------------------------------------------------------------------


def test_it_keeps_both_sides_when_two_logs_of_one_size_are_signed(witness, log, key):
    other = MadeUpLog(key, 256, forked_at=10)
    witness.submit(log.submission(0, 64))
    before = evidence(witness, "submitted")

    assert witness.submit(other.submission(64, 64)).status == 422

    new = evidence(witness, "submitted").keys() - before.keys()
    assert [evidence(witness, "submitted")[name] for name in new] == [other.submission(64, 64)]
    (name,) = (each.replace("submitted", "cosigned") for each in new)
    assert Checkpoint.parse(Note.parse(evidence(witness, "cosigned")[name]).text) == log.checkpoint(64)
    assert f"ALARM. {key.verifier.name}: two different logs of 64 entries" in witness.printed
    assert Checkpoint.parse(Note.parse(witness.get(path_of(log)).text).text) == log.checkpoint(64)


def test_it_keeps_both_sides_when_a_longer_log_has_another_beginning(witness, log, key):
    other = MadeUpLog(key, 256, forked_at=10)
    witness.submit(log.submission(0, 64))
    before = evidence(witness, "submitted")

    assert witness.submit(other.submission(64, 128)).status == 422

    new = evidence(witness, "submitted").keys() - before.keys()
    assert [evidence(witness, "submitted")[name] for name in new] == [other.submission(64, 128)]
    assert f"ALARM. {key.verifier.name}: nothing shows" in witness.printed


def test_it_notices_a_split_view_behind_a_wrong_old_size(witness, log, key):
    other = MadeUpLog(key, 256, forked_at=10)
    witness.submit(log.submission(0, 64))
    before = evidence(witness, "submitted")

    assert witness.submit(other.submission(0, 64)).status == 409
    assert len(evidence(witness, "submitted").keys() - before.keys()) == 1


def test_the_same_contradiction_is_kept_once(witness, log, key):
    other = MadeUpLog(key, 256, forked_at=10)
    witness.submit(log.submission(0, 64))
    before = evidence(witness, "submitted")

    for _ in range(3):
        witness.submit(other.submission(64, 128))

    assert len(evidence(witness, "submitted").keys() - before.keys()) == 1


# --- its state ---------------------------------------------------------------------------------


def test_two_at_the_same_time_cannot_set_it_back(witness, log):
    sizes = [64, 128, 192, 256]
    for old, new in zip([0, *sizes], sizes, strict=False):
        with ThreadPoolExecutor(8) as pool:
            offered = [new, *sizes[: sizes.index(new)]] * 4
            bodies = [log.submission(min(old, size), size) for size in offered]
            statuses = list(pool.map(lambda body: witness.submit(body).status, bodies))
        assert statuses.count(200) >= 1
        assert Checkpoint.parse(Note.parse(witness.get(path_of(log)).text).text) == log.checkpoint(new)


def test_of_two_logs_that_come_at_once_only_one_is_signed(witness, log, key):
    other = MadeUpLog(key, 256, forked_at=0)

    with ThreadPoolExecutor(8) as pool:
        bodies = [one.submission(0, 64) for one in (log, other)] * 8
        replies = list(pool.map(witness.submit, bodies))

    assert [reply.status for reply in replies].count(200) == 1
    assert evidence(witness, "submitted")


def test_a_process_that_was_killed_knows_what_it_signed(tmp_path):
    log = MadeUpLog(log_key(), 128)
    witness = WitnessProcess.make(tmp_path, "w1")
    witness.serve(log.key.verifier)
    assert witness.submit(log.submission(0, 128)).status == 200
    witness.kill()

    witness.serve(log.key.verifier)
    try:
        assert witness.submit(log.submission(0, 64)).text == "128\n"
    finally:
        witness.stop()


@pytest.fixture
def in_process(tmp_path):
    """The application itself, where a test sets its clock or breaks its files."""
    say("new-key", "--name", "w1", "--state", str(tmp_path / "w1"))
    key, times = log_key(), []
    application = Witness(StateFolder(tmp_path / "w1"), [key.verifier], clock=lambda: times[-1])
    return application, MadeUpLog(key, 128), times


class Input:
    def __init__(self, body):
        self.read = lambda size: body[:size]


def call(application, body):
    statuses = []
    words = {"PATH_INFO": "/add-checkpoint", "REQUEST_METHOD": "POST", "wsgi.input": Input(body)}
    application(words, lambda status, headers: statuses.append(status))
    return statuses[0]


def test_it_does_not_sign_while_its_clock_is_behind_what_it_said(in_process):
    application, log, times = in_process
    times.append(2000)
    assert call(application, log.submission(0, 64)) == "200 OK"

    times.append(1999)
    assert call(application, log.submission(64, 128)) == "503 Service Unavailable"
    times.append(2000)
    assert call(application, log.submission(64, 128)) == "200 OK"


def test_it_does_not_begin_anew_where_its_memory_is_damaged(in_process, tmp_path):
    application, log, times = in_process
    times.append(2000)
    call(application, log.submission(0, 64))
    (stored,) = (tmp_path / "w1").glob("*.checkpoint")
    stored.write_bytes(stored.read_bytes()[:-20])

    assert call(application, log.submission(0, 64)) == "500 Internal Server Error"


def test_several_keys_of_one_log_are_trusted_at_once(tmp_path):
    say("new-key", "--name", "w1", "--state", str(tmp_path / "w1"))
    old, new = log_key(), log_key()
    application = Witness(StateFolder(tmp_path / "w1"), [old.verifier, new.verifier])

    assert call(application, MadeUpLog(old, 64).submission(0, 64)) == "200 OK"
    assert call(application, MadeUpLog(new, 128).submission(64, 128)) == "200 OK"


# --- its key and its words ---------------------------------------------------------------------


def run(*words):
    return subprocess.run(
        [sys.executable, "-m", "requests_app.witness", *words],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )


def test_its_key_is_made_once_and_closed_to_others(tmp_path):
    state = tmp_path / "w1"
    vkey = say("new-key", "--name", "w1", "--state", str(state))

    again = run("new-key", "--name", "w1", "--state", str(state))

    assert VerifierKey.parse(vkey.strip()).type == 4
    assert (state.stat().st_mode & 0o777, (state / "key").stat().st_mode & 0o777) == (0o700, 0o600)
    assert (again.returncode, "has a key already" in again.stderr) == (1, True)
    assert say("vkey", "--state", str(state)) == vkey


@pytest.mark.parametrize("name", ["a b", "a+b", ""])
def test_a_name_that_no_key_can_have_is_refused(tmp_path, name):
    done = run("new-key", "--name", name, "--state", str(tmp_path / "w1"))

    assert done.returncode == 1
    assert "cannot be the name of a key" in done.stderr


def test_it_does_not_serve_with_a_key_that_others_can_read(tmp_path):
    say("new-key", "--name", "w1", "--state", str(tmp_path / "w1"))
    (tmp_path / "w1" / "key").chmod(0o640)

    done = run("serve", "--state", str(tmp_path / "w1"), "--log", str(log_key().verifier))

    assert done.returncode == 1
    assert "is open to others" in done.stderr


def test_it_needs_neither_django_nor_a_database():
    words = "import json, sys, requests_app.witness; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=ROOT, env=environment(), capture_output=True, check=True
    )

    assert {"django", "psycopg"} & set(json.loads(done.stdout)) == set()
