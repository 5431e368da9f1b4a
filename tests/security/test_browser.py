"""What our pages and scripts ask a browser to do, and what they must not."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve

from requests_app.signin.middleware import PUBLIC
from tests import factories
from tests.security.surface import ACTS, PEOPLE, addresses, ended_quarter, example_words

BASE = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((BASE / "static" / "js").glob("*.js"))
# Elements that run something else than scripts of ours, or load from where nobody looked.
FORBIDDEN = {"object", "embed", "applet", "iframe", "frame", "base", "portal", "audio", "video"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        loads = {"src", "srcset", "data", "poster"} | ({"href"} if tag == "link" else set())
        self.targets += [value or "" for name, value in attrs if name in loads]


def read(page: str) -> _Page:
    found = _Page()
    found.feed(page)
    return found


@pytest.fixture
def pages(cast, demonstration, client_of):
    """Every page that anybody can open, as (who, address, answer)."""
    quarter = ended_quarter(cast.dispatcher)
    factories.make_closed(cast.dispatcher, cast.commander)
    found = addresses(example_words(ACTS["answer"].case(cast), quarter))
    answers = []
    for who in PEOPLE:
        client = client_of(who)
        answers += [(who, one.url, client.get(one.url)) for one in found]
    return [one for one in answers if one[2].status_code == 200 and "html" in one[2].headers["Content-Type"]]


@pytest.mark.django_db
def test_every_page_is_plain_loads_from_here_and_shows_the_way_out(pages):
    """One walk for three things, because it is long. Fragments are parts of a page that has the way out."""
    assert len(pages) > 100
    for who, url, answer in pages:
        page = answer.content.decode()
        found = read(page)
        assert not found.tags & FORBIDDEN, (who, url)
        for target in found.targets:
            own = target.removeprefix(settings.SITE_URL)  # public pages name their address in full
            assert re.match(r"/(?!/)", own), (who, url, target)
        if who != "visitor" and "<html" in page and resolve(url.partition("?")[0]).view_name not in PUBLIC:
            assert re.search(r'action="(/account/logout/|/admin/logout/)"', page), (who, url)


@pytest.mark.django_db
def test_answers_for_scripts_are_not_taken_for_pages(cast, client_of):
    """Opened by themselves they are plain data, or run nothing."""
    case = factories.make_request(cast.dispatcher)
    asked = {
        f"/requests/{case.public_id}/autosave/": ("dispatcher", "application/json"),
        "/requests/new/autosave/": ("dispatcher", "application/json"),
        "/wall/counts/": ("dispatcher", "text/html; charset=utf-8"),
        "/queue/rows/": ("commander", "text/html; charset=utf-8"),
    }

    for url, (who, kind) in asked.items():
        headers = client_of(who).get(url).headers
        assert headers["Content-Type"] == kind
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


# --- scripts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_put_in_text_as_text(script):
    """Two places put in a fragment of the server's, escaped there; everything else is textContent."""
    text = script.read_text()

    written = re.findall(r"(\w+)\.(?:innerHTML|outerHTML)\s*=(?!=)", text)
    assert written in ([], {"request_new.js": ["duplicates"], "wall.js": ["wall"]}.get(script.name, []))
    for word in ("insertAdjacentHTML", "document.write", "createContextualFragment", "setHTMLUnsafe"):
        assert word not in text
    for word in (r"\beval\(", r"new Function", r"setTimeout\(\s*[\"'`]", r"setInterval\(\s*[\"'`]"):
        assert not re.search(word, text)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_keep_nothing_in_the_browser(script):
    text = script.read_text()

    for word in (
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "caches.",
        "serviceWorker",
    ):
        assert word not in text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_write_no_property_named_from_outside(script):
    """No `a[b] = c` and no merging of what was read into an object: nothing reaches a prototype."""
    text = script.read_text()

    assert not re.search(r"\w\[[^\]\"'\d][^\]]*\]\s*=(?!=)", text)
    for target in re.findall(r"Object\.assign\(([^,]*),", text):
        assert target.endswith(".dataset")  # attributes of an element, which hold text alone
    for word in ("__proto__", "Object.setPrototypeOf", "structuredClone", "for (const key in"):
        assert word not in text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_listen_to_no_other_window(script):
    text = script.read_text()

    assert "postMessage" not in text
    assert not re.search(r"addEventListener\(\s*[\"']message", text)
