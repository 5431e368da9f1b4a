"""Whatever is typed is text: on every page, in every statement, in every mail."""

import html
import re
from html.parser import HTMLParser

import pytest

from requests_app.models import AssistanceRequest, User
from tests import factories
from tests.security.surface import (
    ACTS,
    BASE,
    act_url,
    addresses,
    answers_for,
    example_words,
    fresh,
    picture,
)

pytestmark = pytest.mark.django_db

# Ends whatever it may stand in, and begins elements and attributes that no template has.
MARKUP = (
    """x'"></textarea></title></script--><canary-a b=c>'"><img src=x onerror=canary()> onfocus='canary()'"""
)
SQL = "x'); DROP TABLE requests_app_assistancerequest; -- \" OR 1=1 %s %(a)s {0} $1 \\"
TEMPLATE = "{{ 7|add:'7' }}{% debug %}{# c #}${7*7}<%= 7 %>{7}"
HIDDEN = {"idempotency_key", "revision", "csrfmiddlewaretoken", "as_shown", "cad_event_number"}
# Who reads what the acts have left behind.
READERS = ("dispatcher", "commander", "second_commander", "oversight", "administrator")


class _Elements(HTMLParser):
    """Every element and attribute that a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.found += [name for name, _value in attrs]


def elements(page: str) -> set[str]:
    reader = _Elements()
    reader.feed(page)
    return set(reader.found)


def typed_into(verb, word, cast, client_of):
    """The act done with this word in each of its text fields, cut to what the field takes."""
    act = ACTS[verb]
    case = act.case(cast)
    client = client_of(act.who)
    form, answers = answers_for(client, case, verb)
    page = client.get(act_url(case, verb)).context["form"]
    for name in set(form.texts) & set(page.fields) - HIDDEN:
        field = page.fields[name]
        if type(field).__name__ == "TextField":
            answers[name] = word[: field.max_length or len(word)]
    if "document_new_confirmed_class" in page.fields:
        answers["document_new_confirmed_class"] = "detainer"
    answer = client.post(act_url(case, verb), fresh(answers))
    assert answer.status_code == 302, (verb, answer.context["form"].errors)
    return case


def pages_about(cases, cast, client_of):
    """Every address of each case, and every list, for everybody who may read; an act for who may do it."""
    acts = {act_url(case, verb): act.who for case in cases for verb, act in ACTS.items()}
    seen = {one.url for case in cases for one in addresses(example_words(case, "2026-Q1"))}
    for who in READERS:
        client = client_of(who)
        for url in sorted(seen):
            if acts.get(url, who) != who:
                continue
            answer = client.get(url)
            if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
                yield who, url, answer.content.decode()


def test_stored_markup_is_text_on_every_page(cast, client_of):
    cases = [typed_into(verb, MARKUP, cast, client_of) for verb in ACTS]
    factories.save_as(
        User.objects.system(),
        _renamed(cast.dispatcher, MARKUP[:80]),
    )

    shown = 0
    for who, url, page in pages_about(cases[::4], cast, client_of):
        found = elements(page)
        assert not {"canary-a", "onerror", "onfocus", "onfocus='canary()'"} & found, (who, url)
        shown += "canary-a" in page
    assert shown > 50


def _renamed(user, name):
    user.display_name = name
    return user


def test_text_is_stored_as_typed_and_encoded_when_it_is_shown(cast, client_of):
    case = typed_into("withdraw", MARKUP, cast, client_of)

    stored = AssistanceRequest.objects.get(pk=case.pk)
    page = client_of("commander").get(f"/requests/{case.public_id}/").content.decode()

    assert stored.status_reason == MARKUP
    assert MARKUP not in page
    assert html.escape(MARKUP) in page


def test_what_is_encoded_twice_is_decoded_once(cast, client_of):
    twice = "&lt;b&gt; %3Cb%3E %253Cb%253E \\u003cb\\u003e &#60;b&#62; =?utf-8?q?b?="
    case = typed_into("withdraw", twice, cast, client_of)

    stored = AssistanceRequest.objects.get(pk=case.pk)
    page = client_of("commander").get(f"/requests/{case.public_id}/").content.decode()

    assert stored.status_reason == twice
    assert html.escape(twice) in page
    # And in an address: a doubly encoded slash is no slash.
    assert client_of("commander").get(f"/requests/{case.public_id}%252Fdecide/").status_code == 404


def test_template_words_that_are_typed_are_only_shown(cast, client_of):
    case = typed_into("withdraw", TEMPLATE, cast, client_of)

    page = client_of("commander").get(f"/requests/{case.public_id}/").content.decode()

    assert html.escape(TEMPLATE) in page


@pytest.mark.parametrize("verb", ACTS)
def test_sql_in_every_text_field_is_kept_as_text(verb, cast, client_of):
    tables = set(picture())

    typed_into(verb, SQL, cast, client_of)

    assert set(picture()) == tables
    assert AssistanceRequest.objects.exists()


def test_sql_in_an_address_finds_nothing(cast, client_of):
    factories.make_decided(cast.dispatcher, cast.commander)
    for url in ("/requests/", "/oversight/", "/queue/", "/oversight/blocked/", "/oversight/deviations/"):
        for word in (SQL, "' OR ''='", "1) OR (1=1", "\x00", "%' --"):
            names = ("q", "number", "before", "after", "show", "tab", "status", "quarter", "kind", "version")
            answer = client_of("commander" if url == "/queue/" else "oversight").get(
                url, dict.fromkeys(names, word)
            )
            assert answer.status_code in {200, 404, 422}, (url, word)


def test_no_link_leads_out_of_http(cast, client_of):
    """Addresses that run a script, in every field that a person types into: none becomes a link."""
    words = "javascript:canary() data:text/html,canary vbscript:canary https://evil.example/canary"
    cases = [typed_into(verb, words, cast, client_of) for verb in ("save_intake", "withdraw", "review")]

    for who, url, page in pages_about(cases, cast, client_of):
        for link in re.findall(r'(?:href|src|action|formaction)\s*=\s*"([^"]*)"', page):
            address = html.unescape(link)
            assert re.match(r"https?://|/(?!/)|#|\?|$", address), (who, url, link)
            assert "evil.example" not in address, (who, url, link)


def test_no_template_writes_into_a_script():
    for template in (BASE / "templates").rglob("*.html"):
        text = template.read_text()
        for script in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL):
            assert not script.strip(), template
        assert not re.search(r"\son(click|load|error|submit|change|input|focus|blur|key\w+|mouse\w+)=", text)
        assert "<style" not in text, template
