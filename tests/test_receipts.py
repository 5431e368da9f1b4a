"""Receipts: the entry that logged a request, opened, with a proof that others' software accepts."""

import json
import secrets
import subprocess
import sys
from datetime import date, timedelta

import pytest
import zxingcpp

from requests_app import merkle, receipts, workflow
from requests_app.merkle import Note, Policy, Proof
from requests_app.models import LedgerEntry
from requests_app.receipts import receipt_of
from requests_app.vocabulary import Action, RetentionClass, Role
from requests_app.workflow import Refused
from tests.factories import make_duty, make_old, make_request, make_user
from tests.witnessed_log import COSIGNER, WITNESSES, Key, WitnessedLog

VERSION_OF_A_MILLION = 30
DARK, LIGHT = 0, 255


@pytest.fixture
def signed_log(committed_db, settings, tmp_path):
    """Nothing is published until the test says so."""
    settings.TLOG_DIR = tmp_path / "tlog"
    return WitnessedLog(settings.TLOG_DIR)


@pytest.fixture
def case(signed_log, dispatcher, commander):
    make_duty(commander)
    return workflow.log(make_request(dispatcher).pk, actor=dispatcher)


# --- what it proves -----------------------------------------------------------------------------


def test_a_receipt_says_number_and_time_and_the_verifier_agrees(signed_log, case):
    signed_log.publish()

    proof = receipt_of(case).proof

    found = merkle.check_receipt(Proof.parse(str(proof)), Policy.parse(signed_log.policy))
    assert (found.number, found.action, found.witnessed.quorum_met) == (case.number, "request:log", True)
    assert found.entered_at == f"{case.logged_at:%Y-%m-%dT%H:%M:%S.%fZ}"


def test_the_downloadable_verifier_says_yes_on_a_machine_of_its_own(signed_log, case, tmp_path):
    signed_log.publish()
    receipt = tmp_path / f"{case.number}.tlog-proof"
    receipt.write_text(str(receipt_of(case).proof))

    command = [sys.executable, "-I", "-S", merkle.__file__, "receipt", receipt]
    answer = subprocess.run(
        [*command, "--policy", signed_log.folder / "policy"], capture_output=True, text=True, cwd=tmp_path
    )

    assert answer.stdout.startswith(f"YES: request {case.number}, request:log"), answer
    assert answer.returncode == 0


@pytest.mark.parametrize("entries", [1, 63, 64, 255, 256, 257, 1000, 70_000])
def test_the_proof_holds_at_every_size_of_the_log(signed_log, case, entries):
    leaf = bytes(receipt_of(case).entry.leaf)
    place = receipt_of(case).index
    leaves = [leaf if index == place else secrets.token_bytes(64) for index in range(max(entries, place + 1))]

    signed_log.publish(leaves)

    assert merkle.check_receipt(receipt_of(case).proof, Policy.parse(signed_log.policy)).index == place


def test_it_carries_no_signature_that_the_policy_does_not_know(signed_log, case):
    signed_log.publish()
    stranger = Key("stranger.example", COSIGNER)
    note = Note.parse((signed_log.folder / "checkpoint").read_bytes())
    (signed_log.folder / "checkpoint").write_text(str(note) + stranger.line(note.text, at=1))

    names = [one.name for one in receipt_of(case).proof.note.signatures]

    assert names == [signed_log.log_key.name, *(f"{name}.example/witness" for name in WITNESSES)]


# --- which entry ---------------------------------------------------------------------------------


def test_a_refused_try_to_log_is_not_what_the_receipt_is_of(signed_log, dispatcher, oversight):
    case = make_request(dispatcher)
    with pytest.raises(Refused):
        workflow.attempt(workflow.log, case.pk, actor=oversight)
    workflow.log(case.pk, actor=dispatcher)
    tries = LedgerEntry.objects.filter(case=case, action=Action.LOG)

    assert [entry.refusal != "" for entry in tries] == [True, False]
    assert receipt_of(case).entry.refusal == ""
    assert receipt_of(case).is_of_logging


def test_an_intake_has_the_receipt_of_its_first_entry(signed_log, dispatcher):
    case = make_request(dispatcher)
    signed_log.publish()

    receipt = receipt_of(case)

    assert receipt.entry.action == Action.SAVE_INTAKE
    assert not receipt.is_of_logging
    assert receipt.proof


def test_it_is_one_query(signed_log, case, django_assert_num_queries):
    signed_log.publish()

    with django_assert_num_queries(1):
        receipt_of(case)


# --- when there is none ---------------------------------------------------------------------------


def test_before_the_first_checkpoint_place_and_leaf_are_known(signed_log, case):
    receipt = receipt_of(case)

    assert receipt.proof is None
    assert receipt.index == LedgerEntry.objects.get(case=case, action=Action.LOG).position.index
    assert receipt.log.problem == "The log has not been signed yet."


def test_what_came_after_the_checkpoint_waits_for_the_next(signed_log, case, dispatcher):
    signed_log.publish()
    size = receipt_of(case).log.size
    cases = [make_request(dispatcher) for _ in range(size)]

    late = receipt_of(cases[-1])

    assert late.index >= size
    assert late.proof is None
    assert late.due_at == late.log.signed_at + timedelta(days=1)


def test_after_the_erasure_there_is_none(signed_log, dispatcher, commander, oversight):
    second = make_user("O-302", Role.OVERSIGHT)
    case = make_old(dispatcher)
    workflow.hold(
        case.pk,
        actor=oversight,
        legal_hold=False,
        retention_class=RetentionClass.STANDARD,
        retain_until=date(2017, 9, 22),
        reason="The schedule.",
    )
    workflow.propose_erasure(case.pk, actor=oversight, reason="Its time is over.")
    workflow.erase(case.pk, actor=second, reason="Agreed.")
    signed_log.publish()

    receipt = receipt_of(case)

    assert receipt.is_erased
    assert receipt.is_covered
    assert receipt.proof is None


def test_a_log_that_holds_another_entry_in_its_place_is_told(signed_log, case):
    signed_log.publish([secrets.token_bytes(64) for _ in range(200)])

    receipt = receipt_of(case)

    assert receipt.proof is None
    assert "does not lead to the root" in receipt.problem


@pytest.mark.parametrize("damage", ["missing", "short", "folder", "flipped"])
def test_a_damaged_tile_is_told_and_no_error_of_the_page(signed_log, case, damage):
    signed_log.publish()
    (tile,) = (path for path in signed_log.folder.glob("tile/0/**/*") if path.is_file())
    content = tile.read_bytes()
    if damage == "flipped":
        tile.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif damage == "short":
        tile.write_bytes(content[:-1])
    else:
        tile.unlink()
        if damage == "folder":
            tile.mkdir()

    receipt = receipt_of(case)

    assert receipt.proof is None
    assert receipt.problem


# --- what it tells ---------------------------------------------------------------------------------


def test_the_entry_that_it_opens_holds_nothing_restricted_and_no_officer(signed_log, dispatcher, commander):
    """With everything filled in that an intake has, a page that was sent, and a deviation that was found."""
    make_duty(commander)
    case = make_request(
        dispatcher,
        cad_event_number="",
        danger_articulated="Canary danger",
        crime_offence="Canary offence",
        what_was_said="Canary words",
    )
    workflow.log(case.pk, actor=dispatcher)
    signed_log.publish()

    opening = json.loads(receipt_of(case).proof.extra)
    public, private = json.loads(opening["public"]), json.loads(opening["private"])

    assert set(public) == {"v", "action", "refusal", "quarter", "channel", "component"}
    usual = {"v", "actor", "case", "case_revision", "occurred_at", "entered_at", "reason", "rows"}
    assert set(private) <= usual | {"status", "paged", "deviations"}
    assert (private["reason"], private["paged"]) == ("", "a commanding officer")
    assert {frozenset(row) for row in private["rows"]} == {frozenset({"table", "id", "revision", "sha256"})}
    text = receipt_of(case).proof.extra.decode()
    for word in ("Canary", "Street", "555", "Commander", "C-201", "24-CR", "Dispatcher"):
        assert word not in text


# --- the QR code -----------------------------------------------------------------------------------


def picture_of(code, scale=4):
    """The drawing as a phone sees it: rows of dark and light."""
    picture = bytearray([LIGHT]) * (code.modules * scale) ** 2
    for stroke in code.path.split("M")[1:]:
        start, rest = stroke.split(" ")
        row, length = rest.split(".5h")
        for line in range(int(row) * scale, (int(row) + 1) * scale):
            begin = line * code.modules * scale + int(start) * scale
            picture[begin : begin + int(length) * scale] = bytes([DARK]) * (int(length) * scale)
    return memoryview(picture).cast("B", (code.modules * scale, code.modules * scale))


def test_the_code_leads_to_the_page_that_checks_and_carries_the_receipt(signed_log, case, settings):
    settings.SITE_URL = "https://register.example.org"
    signed_log.publish()
    code = receipts.qr_code_of(receipt_of(case).proof)

    (read,) = zxingcpp.read_barcodes(picture_of(code))

    assert read.text == code.address
    page, _, digits = code.address.partition("#")
    assert page == "https://register.example.org/receipt/"
    assert digits == receipts.digits_of(receipts.packed(receipt_of(case).proof))
    assert digits.isdecimal()


def test_a_code_of_a_log_of_a_million_entries_can_be_printed_and_read(signed_log, case):
    """Twenty hashes, the log's signature and three of witnesses; module and version as docs say them."""
    signed_log.publish()
    proof = receipt_of(case).proof
    hashes = tuple(secrets.token_bytes(32) for _ in range(20))
    note = Note(proof.note.text.replace("\n64\n", "\n1000000\n"), proof.note.signatures)

    code = receipts.qr_code_of(Proof(912_345, hashes, note, proof.extra))

    assert len(note.signatures) == 4
    assert code.version <= VERSION_OF_A_MILLION
    (read,) = zxingcpp.read_barcodes(picture_of(code))
    assert read.text == code.address


def test_digits_are_as_many_as_the_greatest_number_needs():
    assert receipts.digits_of(b"\xff" * 7) == "72057594037927935"
    assert receipts.digits_of(b"\x00" * 7) == "0" * 17
    assert [len(receipts.digits_of(bytes(length))) for length in range(1, 9)] == [3, 5, 8, 10, 13, 15, 17, 20]
