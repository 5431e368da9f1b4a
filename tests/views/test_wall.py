"""The wall: counts and clocks of what waits, and nothing of any request."""

import re
from datetime import timedelta

import pytest

from requests_app import workflow
from requests_app.vocabulary import Ground, Status
from requests_app.wall import wall_of
from tests import factories

WALL, COUNTS = "/wall/", "/wall/counts/"


@pytest.fixture
def screen(signed_in, dispatcher):
    return signed_in(dispatcher)


def place(user, status):
    return next(place for place in wall_of(user).places if place.status == status)


def version_of(answer):
    return re.search(r'data-version="(\w+)"', answer.content.decode())[1]


def make_waiting(dispatcher, **over):
    return workflow.log(factories.make_request(dispatcher, **over).pk, actor=dispatcher)


def test_it_counts_what_waits_by_status(dispatcher, commander):
    for status in (Status.INTAKE, Status.WAITING, Status.WAITING, Status.INFORMATION_NEEDED, Status.IN_FIELD):
        factories.make_case_in(status, dispatcher=dispatcher, commander=commander)

    counts = {place.status: place.count for place in wall_of(dispatcher).places}

    assert counts == {
        Status.WAITING: 2,
        Status.UNDER_REVIEW: 0,
        Status.INFORMATION_NEEDED: 1,
        Status.INTAKE: 1,
        Status.IN_FIELD: 1,
    }


def test_it_shows_how_long_the_oldest_has_waited(dispatcher):
    first, second = make_waiting(dispatcher), make_waiting(dispatcher)

    waiting = place(dispatcher, Status.WAITING)

    assert waiting.since == first.logged_at < second.logged_at
    assert waiting.due == first.logged_at + timedelta(minutes=5)


def test_an_emergency_sets_the_nearest_limit(dispatcher):
    make_waiting(dispatcher)
    urgent = make_waiting(dispatcher, grounds_claimed=[Ground.PUBLIC_DANGER])

    waiting = place(dispatcher, Status.WAITING)

    assert waiting.emergencies == 1
    assert waiting.due == urgent.logged_at + timedelta(minutes=2)


def test_it_says_how_many_are_exercises(screen, dispatcher):
    workflow.save_intake(None, actor=dispatcher, intake=factories.make_intake(), is_exercise=True)

    assert b"of these 1 exercise" in screen.get(WALL).content


@pytest.mark.parametrize("address", [WALL, COUNTS])
def test_it_holds_nothing_of_any_request(screen, dispatcher, address):
    case = make_waiting(dispatcher)

    content = screen.get(address).content.decode()

    for said in (case.number, case.public_id, "Canary", "CAD-1", "24-CR", "Serve", "ERO", "door"):
        assert said not in content


def test_it_answers_204_while_nothing_has_changed(screen, dispatcher):
    make_waiting(dispatcher)
    version = version_of(screen.get(WALL))

    unchanged = screen.get(COUNTS, {"version": version})
    make_waiting(dispatcher)
    changed = screen.get(COUNTS, {"version": version})

    assert unchanged.status_code == 204
    assert unchanged.content == b""
    assert changed.status_code == 200
    assert version_of(changed) != version


def test_a_waiting_request_that_is_claimed_changes_the_wall(screen, dispatcher, commander):
    case = make_waiting(dispatcher)
    version = version_of(screen.get(WALL))

    workflow.claim(case.pk, actor=commander)

    assert screen.get(COUNTS, {"version": version}).status_code == 200


@pytest.mark.parametrize("version", ["", "0" * 16, "\0", "x" * 5000])
def test_a_strange_version_gets_the_counts(screen, version):
    assert screen.get(COUNTS, {"version": version}).status_code == 200


def test_without_script_it_can_be_told_to_refresh_itself(screen):
    assert b'<a class="usa-link" href="?refresh=30">' in screen.get(WALL).content
    assert "Refresh" not in screen.get(WALL)
    assert screen.get(f"{WALL}?refresh=30")["Refresh"] == "30"
    assert "Refresh" not in screen.get(f"{WALL}?refresh=0")


def test_it_leads_a_visitor_to_sign_in_and_tells_a_script_401(client, db):
    assert client.get(WALL).status_code == 302
    assert client.get(COUNTS).status_code == 401


def test_it_is_not_for_administrators(signed_in, administrator):
    assert signed_in(administrator).get(WALL).status_code == 403
    assert signed_in(administrator).get(COUNTS).status_code == 403


@pytest.mark.parametrize("address", [WALL, COUNTS])
def test_it_is_only_read(screen, address):
    assert screen.post(address).status_code == 405


def test_its_cost_does_not_grow_with_what_waits(screen, dispatcher, django_assert_max_num_queries):
    for _ in range(5):
        make_waiting(dispatcher)
    screen.get(COUNTS)

    # Session, person, roles, limits, requests.
    with django_assert_max_num_queries(5):
        screen.get(COUNTS)
