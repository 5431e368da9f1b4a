"""What another site, or a guess, could make a browser send: no token, another method, a made-up id."""

import contextlib
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.signin.middleware import PUBLIC
from requests_app.vocabulary import Role
from tests import factories
from tests.security.surface import (
    ACTS,
    PEOPLE,
    act_url,
    addresses,
    answers_for,
    ended_quarter,
    example_words,
    fresh,
    picture,
)

pytestmark = pytest.mark.django_db

# Takes what browsers report, without a token: it stores nothing and answers nothing.
NEEDS_NO_TOKEN: frozenset[str] = frozenset()
READING = ("GET", "HEAD")


@pytest.fixture
def given(cast, demonstration):
    """A true word for everything that may stand in an address, in a register with every kind of row."""
    quarter = ended_quarter(cast.dispatcher)
    factories.make_duty(cast.commander)
    factories.make_closed(cast.dispatcher, cast.commander)
    case = ACTS["answer"].case(cast)
    return example_words(case, quarter)


def strict(client: Client) -> Client:
    client.handler.enforce_csrf_checks = True
    return client


# --- forms of other sites ----------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
def test_no_address_takes_a_post_without_a_token(who, given, client_of):
    client, before = strict(client_of(who)), picture()

    wrong = {}
    for one in addresses(given):
        answer = client.post(one.url, {"reason": "Planted"})
        refused = answer.status_code == 403 and "stale" in answer.content.decode()
        if one.name in PUBLIC:  # answered before tokens are looked for, and never to a POST
            refused = answer.status_code == 405
        if not refused and one.name not in NEEDS_NO_TOKEN:
            wrong[one.name] = answer.status_code

    assert wrong == {}
    assert picture() == before


def test_with_its_token_the_same_form_is_taken(cast, client_of):
    """Or the test above would show nothing."""
    case = ACTS["withdraw"].case(cast)
    client = strict(client_of("dispatcher"))
    _, answers = answers_for(client, case, "withdraw")

    assert client.post(act_url(case, "withdraw"), answers).status_code == 302


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://testserver.evil.example", "null", "http://testserver:81"]
)
def test_another_origin_is_refused_even_with_the_token(cast, client_of, origin):
    case = ACTS["withdraw"].case(cast)
    client = strict(client_of("dispatcher"))
    _, answers = answers_for(client, case, "withdraw")

    assert client.post(act_url(case, "withdraw"), answers, headers={"origin": origin}).status_code == 403


def test_the_token_of_another_session_is_refused(cast, client_of):
    case = ACTS["withdraw"].case(cast)
    client, other = strict(client_of("dispatcher")), strict(client_of("commander"))
    _, answers = answers_for(client, case, "withdraw")
    _, others = answers_for(other, case, "withdraw")

    sent = {**answers, "csrfmiddlewaretoken": others["csrfmiddlewaretoken"]}
    assert client.post(act_url(case, "withdraw"), sent).status_code == 403


# --- looking changes nothing -------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("method", READING)
def test_looking_at_every_address_writes_nothing(who, method, given, client_of):
    client = client_of(who)
    found = addresses(given)
    before = picture()

    for one in found:
        answer = client.generic(method, one.url)
        assert answer.status_code < 500, one

    assert picture() == before


def test_asking_for_more_in_the_address_writes_nothing(given, cast, client_of):
    """What a form would post, put into the address of every act."""
    before = picture()
    for verb, act in ACTS.items():
        query = {"idempotency_key": "0b3c9d4e-0000-4000-8000-000000000000", "revision": "1", **act.answers}
        query |= {"_method": "POST", "csrfmiddlewaretoken": "x" * 64}
        answer = client_of(act.who).get(f"/requests/{given['public_id']}/{verb}/", query)
        assert answer.status_code in {200, 409}, verb

    assert picture() == before


# --- other methods -----------------------------------------------------------------------------


METHODS = ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "POSTX")


@pytest.mark.parametrize("who", ["visitor", "commander", "oversight", "administrator"])
def test_a_method_that_no_page_has_does_nothing(who, given, client_of):
    client, before = client_of(who), picture()

    wrong = {}
    for one in addresses(given):
        reads = client.get(one.url).status_code == 200
        for method in METHODS:
            code = client.generic(method, one.url).status_code
            # Who may not see a page learns no more by another method; a redirect leads to sign-in or home.
            if code not in ({405} if reads else {301, 302, 401, 403, 404, 405, 409}):
                wrong[one.url, method] = code

    assert wrong == {}
    assert picture() == before


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_header_or_a_field_does_not_change_the_method(cast, client_of, header):
    case = ACTS["withdraw"].case(cast)
    client = client_of("dispatcher")
    _, answers = answers_for(client, case, "withdraw")
    before = picture()

    got = client.get(act_url(case, "withdraw"), {**answers, "_method": "POST"}, headers={header: "POST"})

    assert got.status_code == 200
    assert picture() == before


# --- ids that are not theirs -------------------------------------------------------------------

MADE_UP = ["aaaaaaaaaaaaaaaa", "0", "2026-0001", "9" * 40, "..", "1' OR '1'='1", "\x00", "¹", "\r\nX: y"]


@pytest.mark.parametrize("who", ["commander", "oversight", "administrator"])
def test_a_made_up_id_finds_nothing(who, given, client_of):
    """For those who see most: the others are sent away at every address."""
    client, before = client_of(who), picture()

    wrong = {}
    for one in addresses(given):
        for made_up in MADE_UP if one.takes else ():
            with contextlib.suppress(NoReverseMatch):  # a pattern that takes no such word is safe from it
                url = reverse(one.name, kwargs=dict.fromkeys(one.takes, made_up))
                answers = [client.get(url).status_code, client.post(url, {"reason": "Planted"}).status_code]
                if 200 in answers or max(answers) >= 500:
                    wrong[one.name, made_up] = answers

    assert wrong == {}
    assert picture() == before


def test_a_case_that_a_dispatcher_may_no_longer_see_is_gone_for_every_address(cast, demonstration, signed_in):
    """Closed, received more than 72 hours ago, taken by a colleague: 404 as for a case that never was."""
    long_ago = timezone.now() - timedelta(days=9)
    with clock(long_ago):
        case = factories.make_request(cast.dispatcher, received_at=long_ago - timedelta(minutes=1))
        workflow.abandon(case.pk, actor=cast.dispatcher, reason="Hung up.")
    client = signed_in(factories.make_user("D-102", Role.DISPATCHER))
    addresses_of_cases = [
        one for one in addresses(example_words(case, "2026-Q1")) if case.public_id in one.url
    ]
    before = picture()

    found = {
        one.name: (client.get(one.url).status_code, client.post(one.url, {"reason": "x"}).status_code)
        for one in addresses_of_cases
    }

    assert len(found) > 30
    read_only = {name for name, codes in found.items() if codes == (404, 405)}
    assert {codes for name, codes in found.items() if name not in read_only} == {(404, 404)}, found
    assert picture() == before


def test_an_id_inside_a_form_of_another_case_is_refused(cast, client_of):
    """The call and the document of one case, named in the forms of another."""
    mine, other = (factories.make_decidable(cast.dispatcher, cast.commander) for _ in range(2))
    client = client_of("commander")
    _, call = answers_for(client, mine, "record_call")
    call["call_id"] = other.calls.get().pk
    _, evidence = answers_for(client, other, "set_evidence")
    before = picture()

    refused = client.post(act_url(mine, "record_call"), fresh(call))
    client.post(act_url(mine, "set_evidence"), {**fresh(evidence), "revision": "1"})

    assert refused.status_code == 422
    after = picture()
    changed = {table for table in after if after[table] != before[table]}
    assert "requests_app_document" not in changed
    assert "requests_app_commandercall" not in changed
