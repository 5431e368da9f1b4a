"""The policy explorer: the link is the case, the engine is the judge, and whatever else comes is refused."""

import json
import random
import string
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils.html import escape

from requests_app import hammering, publication
from requests_app.policy import evaluate, load_version, parse_facts, versions
from requests_app.publication import explorer
from requests_app.publication.explorer_examples import EXAMPLES
from requests_app.publication.explorer_link import (
    FIELDS,
    LONGEST,
    MOST_DOCUMENTS,
    NotUnderstood,
    Problem,
    facts_of,
    query_of,
)
from requests_app.vocabulary import RequestType
from tests.policy.random_facts import random_facts
from tests.published import make_publication

ENGLISH, SPANISH = "/en/policy/explorer/", "/es/policy/explorer/"
SCENARIOS = json.loads((Path(__file__).parent.parent / "policy" / "scenarios.json").read_bytes())
KNOCK = "asked=knock_and_talk"


@pytest.fixture
def ask():
    """None of these tests asks for a database: an answer that needed one would fail."""
    client = Client()
    return lambda query, **headers: client.get(f"{ENGLISH}?{query}", headers=headers)


# --- the link is the case ---------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one["id"])
def test_a_link_of_the_facts_gives_the_verdict_of_the_scenario(scenario):
    facts = parse_facts(scenario["facts"])
    expected = scenario["expected"]

    again = facts_of(query_of(facts))
    column = explorer._columns(again, "2017-09-22")[0]

    assert again == facts
    assert column.verdict.outcome == expected["outcome"]
    assert list(column.verdict.grounds) == expected["grounds"]
    assert column.verdict.dispatch == expected["dispatch"]
    assert list(column.verdict.flags) == sorted(expected["flags"])


@pytest.mark.parametrize("scenario", SCENARIOS[:12], ids=lambda one: one["id"])
def test_the_page_shows_all_of_the_verdict_under_every_version(scenario, ask):
    facts = parse_facts(scenario["facts"])

    page = ask(query_of(facts)).content.decode()

    for version in versions():
        verdict = evaluate(facts, version)
        words = [verdict.outcome.label, *verdict.flags, load_version(version).sha256]
        words += [ground.label for ground in verdict.grounds]
        words += [load_version(version).titles[flag] for flag in verdict.flags]
        words += [found.message for found in verdict.findings]
        words += [found.citation for found in verdict.findings]
        assert [word for word in words if escape(word) not in page] == []


def test_three_hundred_random_cases_go_round():
    chance = random.Random(5)  # noqa: S311  it keeps no secret
    cases = [parse_facts(random_facts(chance)) for _ in range(600)]
    cases = [facts for facts in cases if len(facts.documents) <= MOST_DOCUMENTS][:300]

    assert len(cases) == 300
    assert [facts for facts in cases if facts_of(query_of(facts)) != facts] == []
    assert max(len(query_of(facts)) for facts in cases) < LONGEST


def test_what_has_its_default_may_be_left_out():
    assert facts_of("direction=inbound") == facts_of("&".join(every_default()))
    assert query_of(facts_of("&".join(every_default()))) == "direction=inbound"


def every_default():
    return [f"{key}={field.default}" for key, field in FIELDS.items()]


def test_the_form_with_everything_chosen_is_understood(ask):
    chosen = [f"{key}={max(field.values, key=len)}" for key, field in FIELDS.items()]
    chosen += [f"asked={one.value}" for one in RequestType]
    chosen += ["received_at=2026-01-15T12%3A00%3A00-05%3A00"]

    assert ask("&".join(chosen)).status_code == 200


def test_a_case_with_more_documents_than_the_page_takes_has_no_link():
    facts = facts_of("document1=detainer&document2=detainer&document3=detainer").as_dict()
    facts["documents"] = [*facts["documents"], facts["documents"][0]]

    with pytest.raises(ValueError, match="fewer documents"):
        query_of(parse_facts(facts))


# --- what it says -----------------------------------------------------------------------------


def test_without_a_case_there_is_a_form_and_no_verdict(ask):
    page = ask("").content.decode()

    assert 'name="asked"' in page
    assert "verdict-2017-09-22" not in page


def test_every_fact_of_the_contract_has_its_field(ask):
    page = ask("").content.decode()

    names = [*FIELDS, "asked", "received_at"]
    assert [name for name in names if f'name="{name}"' not in page] == []


def test_the_form_stands_as_the_case_does(ask):
    page = ask(f"{KNOCK}&channel=chat&ended=yes").content.decode()

    assert 'value="chat" selected' in page
    assert 'name="ended" value="yes" checked' in page
    assert 'name="asked" value="knock_and_talk" checked' in page
    assert 'name="asked" value="perimeter" checked' not in page


def test_the_ordinance_is_never_in_force_and_marked_as_not_confirmed(ask):
    page = ask(KNOCK).content.decode()

    assert page.count(">In force<") == page.count(">Not in force<") == 1
    assert page.index(">In force<") < page.index(">Not in force<") < page.index("not confirmed by counsel")


def test_it_says_in_what_the_versions_differ(ask):
    same = ask(KNOCK).content.decode()
    other = ask("document1=immigration_crime_warrant&confirmation1=confirmed_active").content.decode()

    assert "They differ in what is allowed." not in same
    assert "They differ in what is allowed." in other
    assert "in this version alone" in other


def test_the_version_that_is_in_force_comes_first():
    shown = make_publication(policy_in_force="2017-10-26-ordinance")

    page = explorer.answer(shown, "en", facts_of(KNOCK)).decode()

    assert page.index('id="verdict-2017-10-26-ordinance"') < page.index('id="verdict-2017-09-22"')
    assert page.index('id="verdict-2017-10-26-ordinance"') < page.index(">In force<")


def test_every_citation_leads_to_its_text_unless_it_is_a_rule_of_the_register():
    for version in versions():
        for citation in load_version(version).citations:
            assert (citation.words in explorer.TEXT_OF) != citation.words.startswith("Working rule"), citation


def test_every_finding_that_is_cited_leads_to_a_paragraph_of_the_policy_page(ask):
    page = ask(KNOCK).content.decode()
    policy = Client().get("/en/policy/").content.decode()

    assert 'href="/en/policy/#text-2017-09-22-3"' in page
    for version, numbers in explorer.TEXT_OF.values():
        for number in numbers:
            assert f'id="{explorer.text_id(version, number)}"' in policy


@pytest.mark.parametrize(("title", "query"), EXAMPLES)
def test_an_example_is_a_link_that_is_marked_where_one_stands(ask, title, query):
    page = ask(query).content.decode()

    assert f'href="{ENGLISH}?{escape(query)}" aria-current="true">{escape(title)}<' in page


def test_it_says_the_same_in_spanish():
    page = Client().get(f"{SPANISH}?{KNOCK}").content.decode()

    assert '<html lang="es">' in page
    assert "Denegar" in page
    assert "la policía no toca puertas" in page
    assert "Traducción; vale el texto en inglés." in page


# --- what it refuses --------------------------------------------------------------------------

CANARY = "qqcanaryqq"


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        (f"{CANARY}=1", Problem.UNKNOWN_NAME),
        (f"channel={CANARY}", Problem.UNKNOWN_VALUE),
        (f"asked={CANARY}", Problem.UNKNOWN_VALUE),
        (f"received_at={CANARY}", Problem.UNKNOWN_VALUE),
        ("received_at=2026-02-30T00:00:00Z", Problem.UNKNOWN_VALUE),
        ("channel=", Problem.UNKNOWN_VALUE),
        ("ended=true", Problem.UNKNOWN_VALUE),
        ("channel=911&channel=911", Problem.REPEATED),
        ("document4=detainer", Problem.UNKNOWN_NAME),
        ("channel", Problem.NOT_PAIRS),
        ("&", Problem.NOT_PAIRS),
        ("channel=%FF", Problem.NOT_PAIRS),
        ("&".join(["asked=other"] * 150), Problem.NOT_PAIRS),
        (f"channel={'9' * LONGEST}", Problem.TOO_LONG),
    ],
)
def test_it_refuses_in_both_languages_and_repeats_nothing(ask, query, problem):
    answer = ask(query)
    page = answer.content.decode()

    with pytest.raises(NotUnderstood) as caught:
        facts_of(query)
    assert caught.value.problem is problem
    assert answer.status_code == 400
    assert escape(problem.value) in page
    assert "Elija los hechos en la página" in page
    assert CANARY not in page
    assert "999" not in page


def test_random_garbage_is_refused_or_understood_and_never_an_error():
    chance = random.Random(11)  # noqa: S311  it keeps no secret
    client = Client()
    letters = string.ascii_letters + string.digits + "=&%+;?/#<>\"'é\x00 "
    names = [*FIELDS, "asked", "received_at", "word"]

    def part():
        if chance.random() < 0.5:
            return "".join(chance.choice(letters) for _ in range(chance.randint(0, 20)))
        field = FIELDS.get(chance.choice(names))
        value = chance.choice(field.values) if field else "x"
        return f"{chance.choice(names)}={value}"

    for _ in range(400):
        query = "&".join(part() for _ in range(chance.randint(1, 4)))
        status = client.get(ENGLISH, QUERY_STRING=query).status_code
        assert status in (200, 400), query


# --- who asks makes no difference -------------------------------------------------------------


def test_no_header_and_no_cookie_changes_a_byte(ask):
    plain = ask(KNOCK)
    cookie = f"{django_settings.SESSION_COOKIE_NAME}={'a' * 32}; csrftoken={'b' * 32}"

    other = ask(KNOCK, **{"Cookie": cookie, "Accept-Language": "es", "User-Agent": "x", "Referer": "x"})

    assert (other.content, dict(other.headers)) == (plain.content, dict(plain.headers))
    assert not plain.cookies
    assert "Vary" not in plain.headers or "Cookie" not in plain.headers["Vary"]


def test_who_has_it_already_is_told_so(ask):
    first = ask(KNOCK)

    answer = ask(KNOCK, **{"If-None-Match": first.headers["ETag"]})

    assert (answer.status_code, answer.content) == (304, b"")


def test_without_a_case_it_is_the_page_of_the_publication(ask):
    shown = publication.current()
    (page,) = explorer.pages(shown)

    assert ask("").content == publication.html(shown, page, "en")


def test_nothing_can_be_sent_to_it():
    assert Client().post(f"{ENGLISH}?{KNOCK}").status_code == 405


def test_who_hammers_is_told_to_wait(ask, settings):
    settings.PUBLIC_REQUESTS_PER_MINUTE = 2
    hammering.forget()
    try:
        answers = [ask(KNOCK) for _ in range(3)]
    finally:
        hammering.forget()

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
