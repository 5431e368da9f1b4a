"""Public pages know nothing of who asks: whatever query, header or cookie comes, not a byte is another.

None of these tests asks for a database: an answer that needed one would fail.
"""

import random
import string

import brotli
import pytest
from django.conf import settings as django_settings
from django.test import Client

from requests_app import hammering, publication

REQUESTS = 10_000
HEADERS = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Forwarded",
    "From",
    "HX-Request",
    "Origin",
    "Referer",
    "User-Agent",
    "Via",
    "X-CSRFToken",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Original-URL",
    "X-Requested-With",
    "X-Unknown",
)
COOKIES = ("sessionid", "__Host-sessionid", "csrftoken", "django_language", "messages", "other")
# Every answer of these paths is made on the fly, from a fixed grammar that refuses the rest.
WITH_A_GRAMMAR = ("policy/explorer/", "rows/search/")
SEARCH = "es/quarters/2025-Q2/rows/search/"
LETTERS = string.ascii_letters + string.digits + "-_.~%&=;:/+ é\x00<>\"'"


@pytest.fixture
def site(public_site):
    """The paths of a site of five quarters, but for those with a grammar of their own."""
    return [path for path in publication.paths() if not path.endswith(WITH_A_GRAMMAR)]


def word(chance, length=12):
    return "".join(chance.choice(LETTERS) for _ in range(chance.randint(1, length)))


def any_headers(chance):
    found = {
        name: word(chance).replace("\x00", "").strip()
        for name in chance.sample(HEADERS, chance.randint(0, 4))
    }
    found = {name: value.encode("latin-1", "replace").decode("latin-1") for name, value in found.items()}
    if chance.random() < 0.5:
        # Too short, too long or of the right length: what cannot be one of ours is cleared elsewhere.
        letters = "".join(
            chance.choice(string.ascii_letters) for _ in range(chance.choice((1, 20, 32, 64, 200)))
        )
        found["Cookie"] = f"{chance.choice(COOKIES)}={letters}"
    return found


def test_ten_thousand_random_queries_and_headers_change_no_byte(site):
    chance, client = random.Random(20_171_026), Client()  # noqa: S311  it keeps no secret
    plain = {}

    for _ in range(REQUESTS):
        path = chance.choice(site)
        if path not in plain:
            first = client.get(f"/{path}")
            assert first.status_code == 200, path
            plain[path] = (first.content, dict(first.headers))
        query = {word(chance): word(chance, 40) for _ in range(chance.randint(0, 3))}
        answer = client.get(f"/{path}", query, headers=any_headers(chance))
        assert answer.status_code == 200
        assert (answer.content, dict(answer.headers)) == plain[path], path
        assert not answer.cookies

    assert len(plain) > 100


def test_no_answer_sets_a_cookie_or_depends_on_one(site):
    client = Client()
    for path in site:
        headers = client.get(f"/{path}").headers
        assert "Set-Cookie" not in headers
        assert headers["Vary"] == "Accept-Encoding"
        assert "private" not in headers["Cache-Control"]


def test_no_page_holds_a_token_a_nonce_or_a_name(site):
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "a" * 32
    for path in site:
        page = client.get(f"/{path}").content
        for secret in (b"csrfmiddlewaretoken", b"nonce=", b"sessionid", b"/account/logout/", b"a" * 32):
            assert secret not in page, (path, secret)


def test_a_compressed_answer_holds_the_same(site):
    client = Client()
    for path in site:
        whole, compressed = client.get(f"/{path}"), client.get(f"/{path}", headers={"Accept-Encoding": "br"})
        if "Content-Encoding" in compressed.headers:
            assert brotli.decompress(compressed.content) == whole.content
        else:
            assert compressed.content == whole.content


def test_who_has_it_already_is_told_so(site):
    client = Client()
    for path in site:
        first = client.get(f"/{path}")
        by_etag = client.get(f"/{path}", headers={"If-None-Match": first.headers["ETag"]})
        by_time = client.get(f"/{path}", headers={"If-Modified-Since": first.headers["Last-Modified"]})
        assert (by_etag.status_code, by_etag.content) == (304, b""), path
        assert (by_time.status_code, by_time.content) == (304, b""), path


@pytest.mark.parametrize(
    "path", ["en/policy/explorer/", "es/quarters/2025-Q2/rows/search/", "api/v1/releases"]
)
def test_what_is_worked_out_each_time_is_not_for_clients_that_hammer(site, settings, path):
    settings.PUBLIC_REQUESTS_PER_MINUTE = 3
    hammering.forget()
    client = Client()

    answers = [client.get(f"/{path}") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["Retry-After"]) <= 60
    assert client.get("/en/").status_code == 200
    hammering.forget()


@pytest.mark.parametrize(
    "path", ["en/policy/explorer/?channel=911", "es/quarters/2025-Q2/rows/search/?outcome=decline"]
)
def test_who_has_an_answer_already_is_told_so(site, path):
    first = Client().get(f"/{path}")
    again = Client().get(f"/{path}", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_can_be_sent_to_a_public_page(site, method):
    assert getattr(Client(), method)("/en/").status_code == 405


def test_what_is_not_public_has_no_address(site):
    client = Client()
    for path in ("en/../publication.json", "en/../../trees/", "data/2026-Q1/9/release.json", "en/index.html"):
        assert client.get(f"/{path}").status_code in (400, 404), path
