"""Sessions: how long, where, whose; and how they end."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from requests_app.models import LedgerEntry, RoleGrant, Session
from requests_app.signin import totp
from requests_app.vocabulary import Action, Role
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enter(badge: str, **where: str) -> Client:
    """A whole sign-in, from somewhere."""
    client = Client(**where)
    client.post("/account/notice/")
    client.post("/account/login/", {"login": badge, "password": factories.PASSWORD})
    client.post("/account/2fa/authenticate/", {"code": totp.code_at(SECRET, totp.current_counter())})
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/sessions/").status_code == 200


def test_twelve_hours_after_sign_in_a_session_ends_whatever_was_done(dispatcher, signed_in):
    client = signed_in(dispatcher)
    start = timezone.now()
    for minutes in range(10, 12 * 60, 10):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert is_in(client), minutes

    with time_machine.travel(start + timedelta(hours=12, seconds=2)):
        assert not is_in(client)
    assert not is_in(client)


def test_a_session_row_says_whose_it_is_and_from_where(dispatcher):
    totp.add_factor(dispatcher.pk, SECRET)
    enter("D-101", REMOTE_ADDR="198.51.100.7", HTTP_USER_AGENT="A browser")

    row = Session.objects.get(user=dispatcher)
    assert (row.address, row.network, row.browser) == ("198.51.100.7", "198.51.100.0/24", "A browser")


def test_a_person_sees_their_sessions_and_nobody_elses(dispatcher, commander, signed_in):
    client = signed_in(dispatcher)
    signed_in(dispatcher)
    signed_in(commander)

    page = client.get("/account/sessions/")

    assert len(page.context["sessions"]) == 2
    assert page.content.decode().count("End this session") == 1


def test_a_person_ends_one_of_their_sessions(dispatcher, signed_in):
    here, there = signed_in(dispatcher), signed_in(dispatcher)
    mark = Session.objects.get(session_key=there.session.session_key).started_at.isoformat()

    here.post("/account/sessions/end/", {"started_at": mark})

    assert (is_in(here), is_in(there)) == (True, False)
    assert LedgerEntry.objects.get(action=Action.END_SESSION).actor == dispatcher


def test_a_person_ends_all_others(dispatcher, signed_in):
    here, *others = (signed_in(dispatcher) for _ in range(3))

    here.post("/account/sessions/end/", {"others": "1"})

    assert is_in(here)
    assert not any(is_in(other) for other in others)


def test_nobody_ends_a_session_of_somebody_else(dispatcher, commander, signed_in):
    here, theirs = signed_in(dispatcher), signed_in(commander)
    mark = Session.objects.get(session_key=theirs.session.session_key).started_at.isoformat()

    answer = here.post("/account/sessions/end/", {"started_at": mark})

    assert answer.status_code == 404
    assert is_in(theirs)


def test_the_keys_of_sessions_are_on_no_page(dispatcher, signed_in):
    client, other = signed_in(dispatcher), signed_in(dispatcher)
    page = client.get("/account/sessions/").content.decode()

    assert client.session.session_key not in page
    assert other.session.session_key not in page


def test_a_deactivated_person_is_out_at_the_next_request(dispatcher, signed_in):
    client = signed_in(dispatcher)
    dispatcher.is_active = False
    dispatcher.save()

    assert not is_in(client)


def test_a_temporary_account_is_out_when_its_time_is_over(dispatcher, signed_in):
    client = signed_in(dispatcher)
    dispatcher.ends_at = timezone.now() + timedelta(minutes=5)
    dispatcher.save()
    before = is_in(client)

    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert not is_in(client)
    assert before


def test_a_role_that_ended_is_gone_at_the_next_request(dispatcher, signed_in):
    client = signed_in(dispatcher)
    before = client.get("/requests/").status_code
    grant = RoleGrant.objects.get(user=dispatcher)
    grant.ends_at = timezone.now()
    factories.save_as(dispatcher, grant)

    assert (before, client.get("/requests/").status_code) == (200, 403)


def test_a_second_network_raises_an_alert(dispatcher):
    totp.add_factor(dispatcher.pk, SECRET)
    with time_machine.travel(timezone.now() - timedelta(minutes=2)):
        enter("D-101", REMOTE_ADDR="198.51.100.7")
    enter("D-101", REMOTE_ADDR="198.51.100.9")
    same_network = LedgerEntry.objects.filter(action=Action.ALERT_NETWORKS).count()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        enter("D-101", REMOTE_ADDR="203.0.113.5")

    alert = LedgerEntry.objects.get(action=Action.ALERT_NETWORKS)
    assert same_network == 0
    assert alert.details["networks"] == ["198.51.100.0/24", "203.0.113.0/24"]


def test_an_address_in_a_header_is_not_believed(dispatcher):
    totp.add_factor(dispatcher.pk, SECRET)
    enter("D-101", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="203.0.113.99")

    assert Session.objects.get(user=dispatcher).address == "198.51.100.7"


def test_behind_one_trusted_proxy_its_word_counts_and_no_more(dispatcher, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    totp.add_factor(dispatcher.pk, SECRET)
    enter("D-101", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1, 203.0.113.99")

    assert Session.objects.get(user=dispatcher).address == "203.0.113.99"


def test_somebody_else_signs_in_on_a_locked_screen(dispatcher, commander):
    """Nothing of the first person's session is left in the second's."""
    for user in (dispatcher, commander):
        totp.add_factor(user.pk, SECRET)
    client = enter("D-101")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        client.post("/account/login/", {"login": "C-201", "password": factories.PASSWORD})
        client.post("/account/2fa/authenticate/", {"code": totp.code_at(SECRET, totp.current_counter())})
        page = client.get("/queue/")

        assert page.status_code == 200
        assert page.context["user"] == commander


@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_in_without_both_factors_whatever_the_role(role):
    user = factories.make_user("Z-901", role)
    totp.add_factor(user.pk, SECRET)
    client = Client()
    client.post("/account/notice/")
    client.post("/account/login/", {"login": "Z-901", "password": factories.PASSWORD})

    assert not is_in(client)
