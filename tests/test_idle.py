"""The idle lock: when a session is locked, what it still shows, and what counts as an act of the person."""

import time
from urllib.parse import quote

import pytest
from django.urls import reverse

from requests_app import idle
from tests import factories

JUST_NOW, LONG_AGO = 0, idle.IDLE_SECONDS + 1
WALL, COUNTS, NEW = "/wall/", "/wall/counts/", "/requests/new/"
AUTOSAVE = "/requests/new/autosave/"


@pytest.fixture
def idle_for(signed_in, dispatcher):
    """A signed-in client whose last act was so many seconds ago."""

    def client_idle_for(seconds):
        client = signed_in(dispatcher)
        set_last_act(client, time.time() - seconds)
        return client

    return client_idle_for


def set_last_act(client, at):
    session = client.session
    session[idle.LAST_ACT] = int(at)
    session.save()


def last_act(client):
    return client.session.get(idle.LAST_ACT)


def test_it_leads_an_idle_session_to_sign_in_and_back(idle_for):
    answer = idle_for(LONG_AGO).get(f"{NEW}?a=1")

    assert answer.status_code == 302
    assert answer.url == f"/account/login/?next={quote(f'{NEW}?a=1')}"


def test_it_leaves_a_session_alone_that_acted_a_moment_ago(idle_for):
    assert idle_for(idle.IDLE_SECONDS - 5).get(NEW).status_code == 200


@pytest.mark.parametrize("address", [reverse("requests_app:statistics"), "/requests/", "/admin/"])
def test_it_locks_every_other_page(idle_for, address):
    answer = idle_for(LONG_AGO).get(address)

    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")


def test_it_locks_acts_too(idle_for):
    answer = idle_for(LONG_AGO).post(NEW, {"what_was_said": "A call."})

    assert answer.status_code == 302


@pytest.mark.parametrize("address", [WALL, COUNTS])
def test_the_wall_goes_on(idle_for, address):
    assert idle_for(LONG_AGO).get(address).status_code == 200


def test_the_wall_of_a_locked_session_says_so(idle_for):
    assert b"This screen is locked" in idle_for(LONG_AGO).get(WALL).content


@pytest.mark.parametrize("address", ["/queue/rows/", AUTOSAVE])
def test_it_answers_scripts_with_401_instead_of_a_page(idle_for, address):
    answer = idle_for(LONG_AGO).get(address)

    assert answer.status_code == 401
    assert b"You are signed out" in answer.content


def test_it_answers_a_swapped_fragment_with_401(idle_for):
    assert idle_for(LONG_AGO).get("/requests/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("address", [WALL, COUNTS, "/queue/rows/"])
def test_a_screen_that_refreshes_itself_is_nobodys_act(idle_for, address):
    client = idle_for(600)
    before = last_act(client)

    client.get(address)

    assert last_act(client) == before


def test_a_page_that_a_person_opens_is_an_act(idle_for):
    client = idle_for(600)

    client.get(NEW)

    assert time.time() - last_act(client) < 10


def test_typing_is_an_act(idle_for):
    client = idle_for(600)

    client.post(AUTOSAVE, {"what_was_said": "A call."})

    assert time.time() - last_act(client) < 10


def test_it_writes_the_session_at_most_once_a_minute(idle_for):
    client = idle_for(idle.STAMP_SECONDS - 5)
    before = last_act(client)

    client.get(NEW)

    assert last_act(client) == before


def test_it_starts_counting_with_the_first_page_even_one_that_refreshes_itself(signed_in, dispatcher):
    client = signed_in(dispatcher)

    client.get(COUNTS)

    assert time.time() - last_act(client) < 10


def test_signing_in_again_unlocks_the_session(idle_for, dispatcher):
    factories.enrol_app(dispatcher)
    client = idle_for(LONG_AGO)

    page = client.get("/account/login/")
    answer = factories.enter(client, dispatcher, next=NEW)

    assert page.status_code == 200
    assert answer.url == NEW
    assert client.get(NEW).status_code == 200


def test_somebody_else_may_sign_in_on_a_locked_screen(idle_for, commander):
    factories.enrol_app(commander)
    client = idle_for(LONG_AGO)

    factories.enter(client, commander)

    assert client.get(NEW).status_code == 200
    assert client.session["_auth_user_id"] == str(commander.pk)


def test_a_wrong_password_unlocks_nothing(idle_for, dispatcher):
    client = idle_for(LONG_AGO)

    client.post("/account/login/", {"login": dispatcher.badge_number, "password": "wrong"})

    assert client.get(NEW).status_code == 302


def test_the_page_of_sign_in_does_not_greet_who_was_locked_out(idle_for, dispatcher):
    assert dispatcher.display_name.encode() not in idle_for(LONG_AGO).get("/account/login/").content


def test_a_locked_session_can_be_signed_out(idle_for):
    client = idle_for(LONG_AGO)

    client.post("/account/logout/")

    assert "_auth_user_id" not in client.session


def test_visitors_have_no_session_to_lock(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert answer.status_code == 200
    assert "sessionid" not in answer.cookies
