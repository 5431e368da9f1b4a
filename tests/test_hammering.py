"""Who asks too often is told to wait, and nobody else is."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from requests_app import hammering


@pytest.fixture(autouse=True)
def nobody_has_asked():
    hammering.forget()
    yield
    hammering.forget()


@pytest.fixture
def ask(settings):
    settings.PUBLIC_REQUESTS_PER_MINUTE = 3
    view = hammering.unhammered(lambda request: HttpResponse("answered"))
    return lambda address: view(RequestFactory(REMOTE_ADDR=address).get("/"))


def test_it_refuses_the_one_beyond_the_limit_and_says_when_to_come_back(ask):
    answers = [ask("192.0.2.1") for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert "Too many requests" in answers[-1].content.decode()
    assert "Demasiadas solicitudes" in answers[-1].content.decode()
    assert answers[-1]["Cache-Control"] == "no-store"


def test_another_address_is_another_client(ask):
    for _ in range(4):
        ask("192.0.2.1")

    assert ask("192.0.2.2").status_code == 200


def test_all_addresses_of_one_small_network_are_one_client(ask):
    answers = [ask(f"2001:db8:0:1::{number}") for number in range(1, 5)]

    assert answers[-1].status_code == 429
    assert ask("2001:db8:0:2::1").status_code == 200


def test_a_header_does_not_make_another_client(ask, settings):
    view = hammering.unhammered(lambda request: HttpResponse("answered"))
    claims = [{"X-Forwarded-For": f"192.0.2.{number}"} for number in range(10, 14)]

    answers = [view(RequestFactory(REMOTE_ADDR="192.0.2.1").get("/", headers=claim)) for claim in claims]

    assert answers[-1].status_code == 429


def test_the_memory_of_addresses_does_not_grow_for_ever(ask, monkeypatch):
    monkeypatch.setattr(hammering, "MOST_ADDRESSES", 5)
    for number in range(1, 30):
        ask(f"192.0.2.{number}")

    assert len(hammering._counts.events) <= 6
