"""The page that takes an evidence bundle out: for oversight alone, and not without an entry in the ledger."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.models import LedgerEntry, User
from requests_app.vocabulary import Action
from tests import factories
from tests.security.test_step_up import signed_in_ago
from tests.signed_log import SignedLog

FEBRUARY = datetime(2026, 2, 10, 15, tzinfo=UTC)


@pytest.fixture
def log(committed_db, tmp_path, settings):
    settings.TLOG_DIR = tmp_path
    return SignedLog(tmp_path)


@pytest.fixture
def case(log, dispatcher):
    """A request of the first quarter of 2026, in a log that has been published."""
    factories.make_demonstration()
    with clock(FEBRUARY):
        case = factories.make_request(dispatcher, received_at=FEBRUARY - timedelta(minutes=1))
        case = workflow.log(case.pk, actor=dispatcher)
    log.publish()
    return case


def address(kind, case):
    names = {"request": case.public_id, "oversight": "2026-Q1"}
    return reverse(f"requests_app:{kind}_bundle", args=[names[kind]])


def exports():
    return LedgerEntry.objects.filter(action=Action.EXPORT_BUNDLE)


KINDS = pytest.mark.parametrize("kind", ["request", "oversight"])


@KINDS
@pytest.mark.parametrize("opened", ["public", "all"])
def test_oversight_gets_the_zip_and_the_ledger_an_entry(case, oversight, signed_in, kind, opened):
    answer = signed_in(oversight).post(address(kind, case), {"opened": opened})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    subject = "2026-Q1" if kind == "oversight" else case.number if opened == "all" else "request"
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-{subject}-{opened}.zip"'
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert exports().get().details["bundle_sha256"] == hashlib.sha256(answer.content).hexdigest()


@KINDS
def test_the_page_says_what_is_in_it_and_as_of_which_checkpoint(case, oversight, signed_in, kind):
    page = signed_in(oversight).get(address(kind, case)).content.decode()

    assert "As of the checkpoint of" in page
    assert "witness.example" in page
    assert "in no bundle" in page
    assert not exports().exists()


@KINDS
@pytest.mark.parametrize("who", ["dispatcher", "commander", "administrator", "outsider"])
def test_nobody_else_gets_a_zip(case, kind, who, request, signed_in):
    user = request.getfixturevalue(who)
    answer = signed_in(user).post(address(kind, case), {"opened": "public"})

    assert answer.status_code in (403, 404)
    assert not exports().filter(refusal="").exists()


@KINDS
def test_a_visitor_is_asked_to_sign_in(case, client, kind):
    answer = client.post(address(kind, case), {"opened": "public"})
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


@KINDS
def test_private_parts_want_a_fresh_second_factor(case, oversight, kind):
    factories.enrol_app(oversight)
    client = signed_in_ago(oversight, 601)

    assert (
        "A bundle with private parts needs a second factor"
        in client.get(address(kind, case)).content.decode()
    )
    assert client.post(address(kind, case), {"opened": "all"}).status_code == 403
    assert not exports().exists()
    assert client.post(address(kind, case), {"opened": "public"}).status_code == 200


@KINDS
@pytest.mark.parametrize("posted", [{}, {"opened": "everything"}, {"opened": "\x00"}])
def test_it_asks_what_is_to_be_shown(case, oversight, signed_in, kind, posted):
    answer = signed_in(oversight).post(address(kind, case), posted)
    assert answer.status_code == 422
    assert not exports().exists()


@KINDS
def test_what_waits_for_its_checkpoint_is_said_and_offered_no_form(case, oversight, signed_in, kind):
    workflow.find_deviations(case.pk, actor=User.objects.system())
    client = signed_in(oversight)
    page = client.get(address(kind, case)).content.decode()

    assert "no checkpoint covers yet" in page
    assert 'name="opened"' not in page
    assert client.post(address(kind, case), {"opened": "public"}).status_code == 409


def test_without_any_checkpoint_the_page_says_so(log, dispatcher, oversight, signed_in):
    case = factories.make_request(dispatcher)
    page = signed_in(oversight).get(address("request", case)).content.decode()
    assert "The log has not been signed yet. The next checkpoint" in page


@pytest.mark.parametrize("quarter", ["2016-Q1", "2999-Q4", "2026-Q5", "x"])
def test_a_quarter_that_the_register_does_not_know_is_not_there(case, oversight, signed_in, quarter):
    url = reverse("requests_app:oversight_bundle", args=[quarter])
    assert signed_in(oversight).get(url).status_code == 404
    assert signed_in(oversight).post(url, {"opened": "all"}).status_code == 404


def test_oversight_finds_the_way_to_it_and_a_dispatcher_sees_none(case, oversight, dispatcher, signed_in):
    detail = reverse("requests_app:request_detail", args=[case.public_id])
    assert address("request", case) in signed_in(oversight).get(detail).content.decode()
    assert address("request", case) not in signed_in(dispatcher).get(detail).content.decode()
    periods = signed_in(oversight).get(reverse("requests_app:oversight_periods")).content.decode()
    assert address("oversight", case) in periods


def test_the_timeline_shows_who_took_a_bundle_out(case, oversight, signed_in):
    client = signed_in(oversight)
    client.post(address("request", case), {"opened": "public"})
    detail = reverse("requests_app:request_detail", args=[case.public_id])
    assert "Oversight One took out an evidence bundle." in client.get(detail).content.decode()
