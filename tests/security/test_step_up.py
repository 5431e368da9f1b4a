"""Weighty acts want a second factor that is at most ten minutes old; everything else goes on."""

import time
from uuid import uuid4

import pytest
from django.test import Client

from requests_app import releases
from requests_app.models import Decision, LedgerEntry, Release
from requests_app.signin import totp
from requests_app.vocabulary import Action
from tests import factories
from tests.security.surface import ended_quarter

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CONFIRM = "/account/2fa/reauthenticate/"
ASSIST = {"outcome": "assist", "scope_allowed": ["serve_criminal_warrant"]}
DECLINE = {"outcome": "decline", "reason_code": "officers_assessment", "reason_text": "By daylight."}


def signed_in_ago(user, seconds: float) -> Client:
    """A session whose second factor was shown so long ago, and which was used all the time."""
    session = factories.session_for(user)
    shown_at = time.time() - seconds
    session["account_authentication_methods"] = [
        {"method": "password", "at": shown_at},
        {"method": "mfa", "at": shown_at},
    ]
    session.save()
    client = Client()
    client.cookies["sessionid"] = session.session_key
    return client


@pytest.fixture
def case(dispatcher, commander):
    totp.add_factor(commander.pk, SECRET)
    return factories.make_decidable(dispatcher, commander)


def decide(client, case, answers):
    form = {"idempotency_key": str(uuid4()), "revision": case.revision, **answers}
    return client.post(f"/requests/{case.public_id}/decide/", form)


def confirm(client, next_page="/queue/", code=None):
    code = code or totp.code_at(SECRET, totp.current_counter())
    return client.post(f"{CONFIRM}?next={next_page}", {"code": code, "next": next_page})


def test_with_a_fresh_factor_an_officer_decides_to_assist(case, commander):
    answer = decide(signed_in_ago(commander, 590), case, ASSIST)

    assert answer.status_code == 302
    assert Decision.objects.get(case=case).outcome == "assist"


def test_after_ten_minutes_deciding_to_assist_waits_and_nothing_typed_is_lost(case, commander):
    client = signed_in_ago(commander, 601)
    answer = decide(client, case, {**ASSIST, "note_to_officers": "Mind the dog."})
    page = answer.content.decode()

    assert answer.status_code == 403
    assert not Decision.objects.filter(case=case).exists()
    assert 'value="assist"' in page
    assert 'value="serve_criminal_warrant" ' in page
    assert 'target="_blank"' in page
    assert CONFIRM in page


def test_the_page_says_so_before_anything_is_typed(case, commander):
    page = signed_in_ago(commander, 601).get(f"/requests/{case.public_id}/decide/").content.decode()

    assert "Deciding to assist needs a second factor" in page


def test_confirming_with_a_code_makes_it_possible(case, commander):
    client = signed_in_ago(commander, 601)
    confirmed = confirm(client, f"/requests/{case.public_id}/decide/")

    assert confirmed.url == f"/requests/{case.public_id}/decide/"
    assert decide(client, case, ASSIST).status_code == 302
    assert LedgerEntry.objects.get(action=Action.CONFIRM_IDENTITY).actor == commander


def test_confirming_changes_the_key_of_the_session(case, commander):
    client = signed_in_ago(commander, 601)
    taken = client.cookies["sessionid"].value
    confirm(client)
    thief = Client()
    thief.cookies["sessionid"] = taken

    assert client.cookies["sessionid"].value != taken
    assert client.get("/queue/").status_code == 200
    assert thief.get("/queue/").status_code == 302


def test_a_wrong_code_confirms_nothing(case, commander):
    client = signed_in_ago(commander, 601)
    right = totp.code_at(SECRET, totp.current_counter())
    confirm(client, code=f"{(int(right) + 1) % 10**6:06}")

    assert decide(client, case, ASSIST).status_code == 403
    assert LedgerEntry.objects.filter(action=Action.FAIL_SIGN_IN).count() == 1


def test_a_password_confirms_nothing(case, commander):
    """Whoever found the screen open may have found the password beside it."""
    client = signed_in_ago(commander, 601)
    client.post("/account/reauthenticate/", {"password": factories.PASSWORD})

    assert decide(client, case, ASSIST).status_code == 403


def test_declining_needs_no_step_up(case, commander):
    assert decide(signed_in_ago(commander, 3600), case, DECLINE).status_code == 302


def test_publishing_waits_for_a_fresh_factor(oversight, dispatcher, demonstration):
    frozen = releases.freeze_period(ended_quarter(dispatcher), actor=factories.second_oversight())
    totp.add_factor(oversight.pk, SECRET)
    address = f"/oversight/periods/{frozen.quarter}/frozen/"
    posted = {"idempotency_key": str(uuid4()), "sha256": frozen.sha256, "note": "Looked at."}

    assert signed_in_ago(oversight, 601).post(address, posted).status_code == 403
    assert not Release.objects.exists()
    assert signed_in_ago(oversight, 1).post(address, posted).status_code == 302
    assert Release.objects.get().released_by == oversight


@pytest.mark.parametrize("path", ["/account/2fa/totp/deactivate/", "/account/2fa/webauthn/add/"])
def test_changing_ones_factors_waits_for_a_fresh_factor(case, commander, path):
    stale = signed_in_ago(commander, 601).get(path)
    fresh = signed_in_ago(commander, 1).get(path)

    assert (stale.status_code, fresh.status_code) == (302, 200)
    assert stale.url.startswith(CONFIRM)


def test_the_only_factor_is_never_taken_away(case, commander):
    client = signed_in_ago(commander, 1)

    client.post("/account/2fa/totp/deactivate/")

    assert commander.authenticator_set.count() == 1
