"""The receipt's page of a request: whole, not yet, erased, or wrong; and its file."""

import secrets
import time

import pytest
from django.urls import reverse

from requests_app import workflow
from requests_app.models import AssistanceRequest
from requests_app.receipts import receipt_of
from tests.factories import make_request
from tests.witnessed_log import WitnessedLog


@pytest.fixture
def signed_log(committed_db, settings, tmp_path):
    settings.TLOG_DIR = tmp_path / "tlog"
    return WitnessedLog(settings.TLOG_DIR)


@pytest.fixture
def case(signed_log, dispatcher, commander):
    return workflow.log(make_request(dispatcher).pk, actor=dispatcher)


@pytest.fixture
def read(signed_in, dispatcher):
    def words(case: AssistanceRequest) -> str:
        return " ".join(signed_in(dispatcher).get(address(case)).content.decode().split())

    return words


def address(case: AssistanceRequest, name: str = "request_receipt") -> str:
    return reverse(f"requests_app:{name}", args=[case.public_id])


def test_the_case_page_leads_to_it(signed_in, dispatcher, case):
    page = signed_in(dispatcher).get(address(case, "request_detail")).content.decode()

    assert f'href="{address(case)}"' in page


def test_it_shows_number_place_leaf_witnesses_and_the_code(read, case, signed_log):
    signed_log.publish()
    receipt = receipt_of(case)

    page = read(case)

    assert case.number in page
    assert f"{receipt.index} <span" in page
    assert receipt.leaf in page
    assert receipt.log.root in page
    assert page.count("signed <time") == 3
    assert 'role="img" aria-label="QR code with the whole receipt"' in page


def test_its_file_is_the_proof(signed_in, dispatcher, case, signed_log):
    signed_log.publish()

    answer = signed_in(dispatcher).get(address(case, "request_receipt_file"))

    assert answer.content.decode() == str(receipt_of(case).proof)
    assert answer["Content-Disposition"] == f'attachment; filename="{case.number}.tlog-proof"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_before_the_seal_it_says_when_it_comes_and_what_is_final(read, case, signed_log, dispatcher):
    signed_log.publish([])
    page = read(case)

    assert "The next seal is due by <time" in page
    assert receipt_of(case).leaf in page
    assert "<svg" not in page


def test_a_seal_that_has_not_come_is_said(read, case, signed_log):
    signed_log.publish([], at=int(time.time()) - 25 * 60 * 60)

    assert "The next seal was due by <time" in read(case)


def test_without_a_file_it_leads_back_to_the_page(signed_in, dispatcher, case):
    answer = signed_in(dispatcher).get(address(case, "request_receipt_file"))

    assert (answer.status_code, answer["Location"]) == (302, address(case))


def test_too_few_witnesses_are_said(read, case, signed_log):
    signed_log.publish(signed_by=["newsroom"])

    assert "A verifier refuses this receipt." in read(case)


def test_a_false_log_is_said_loudly(read, case, signed_log):
    signed_log.publish([secrets.token_bytes(64) for _ in range(100)])
    page = read(case)

    assert "The sealed log does not hold this entry" in page
    assert "Tell oversight and the administrator at once." in page
    assert "<svg" not in page


def test_an_intake_is_not_called_logged(read, signed_log, dispatcher):
    signed_log.publish()
    page = read(make_request(dispatcher))

    assert "First written down" in page
    assert "This request has not been logged" in page


def test_nothing_of_the_caller_or_the_place_is_on_it(read, case, signed_log):
    signed_log.publish()

    page = read(case)

    for word in ("Canary", "Street", "555-0100"):
        assert word not in page
