"""Pages without a word of script or style in them, and scripts that keep nothing in the browser."""

import base64
import hashlib
import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests import factories
from tests.security.surface import ACTS, PEOPLE, addresses, ended_quarter, example_words

BASE_DIR = Path(__file__).resolve().parent.parent.parent


class Inline(HTMLParser):
    """Collects what the policy would refuse, and the scripts of the page."""

    LOADING = ("src", "href", "action", "formaction", "data", "poster")
    CODE = re.compile(r"\s*(javascript|data|vbscript):", re.IGNORECASE)
    ELSEWHERE = re.compile(r"\s*(javascript|data|vbscript|https?|blob):|\s*//", re.IGNORECASE)
    DATA = frozenset({"application/json", "application/ld+json"})  # no browser runs it
    NEVER = frozenset({"style", "base", "iframe", "object", "embed", "frame", "applet"})

    def __init__(self):
        super().__init__()
        self.found = []
        self.scripts = []
        self.in_script = False

    def handle_starttag(self, tag, attrs):
        words = dict(attrs)
        if tag in self.NEVER or (tag == "meta" and "http-equiv" in words):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} {name}" for name in words if name == "style" or name.startswith("on")]
        for name in self.LOADING:
            # A link may lead to another site; what a page loads and sends may not.
            leads = (tag, name) == ("a", "href") or words.get("rel") in ("canonical", "alternate")
            forbidden = self.CODE if leads else self.ELSEWHERE
            if forbidden.match(words.get(name) or ""):
                self.found.append(f"{tag} {name}={words[name]}")
        if tag == "script":
            self.in_script = words.get("type") not in self.DATA
            if "src" in words:
                self.scripts.append((words["src"], words.get("integrity")))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self.in_script = self.in_script and tag != "script"

    def handle_data(self, data):
        if self.in_script and data.strip():
            self.found.append(f"script: {data.strip()[:60]}")


def read(html):
    page = Inline()
    page.feed(html)
    page.close()
    return page


@pytest.mark.parametrize(
    "planted",
    [
        "<p style='color:red'>",
        "<a onclick='x()'>",
        "<script>x()</script>",
        "<style>p{}</style>",
        "<a href=' JavaScript:x()'>",
        "<form action='https://elsewhere.example/'>",
        "<img src='//elsewhere.example/a.png'>",
        "<base href='/'>",
        "<br style='x'/>",
        "<link rel='stylesheet' href='https://elsewhere.example/a.css'>",
        "<link rel='preload' href='https://elsewhere.example/a.woff2'>",
        "<script type='text/javascript'>x()</script>",
    ],
)
def test_the_search_below_finds(planted):
    """Or it would show nothing."""
    assert read(f"<main>{planted}</main>").found


def test_data_and_the_address_of_the_page_are_no_part_of_what_it_loads():
    data = "<script type='application/ld+json'>{}</script>"
    assert not read(f"{data}<link rel='canonical' href='https://elsewhere.example/'>").found


@pytest.fixture
def every_address(cast, demonstration):
    quarter = ended_quarter(cast.dispatcher)
    factories.make_duty(cast.commander)
    factories.make_closed(cast.dispatcher, cast.commander)
    words = example_words(ACTS["answer"].case(cast), quarter)
    # A word that the table does not know leads to a page of an error: that is a page too.
    return addresses(defaultdict(lambda: "1", words))


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_has_a_word_of_script_or_style_in_it(who, every_address, client_of):
    client = client_of(who)
    client.raise_request_exception = False
    wrong, read_pages = {}, 0

    for one in every_address:
        if one.name.endswith(("logout", "readyz", "healthz")):
            continue
        answer = client.get(one.url)
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.content:
            page = read(answer.content.decode())
            read_pages += 1
            if page.found or _loose(page.scripts):
                wrong[one.url] = (page.found, _loose(page.scripts))
        for cookie in answer.cookies.values():
            assert cookie["httponly"], one.url

    assert wrong == {}
    assert read_pages > 5


def _loose(scripts):
    """Scripts of our own pages that a browser would run in whatever form they came."""
    return [
        src
        for src, integrity in scripts
        # Django's admin site writes its own pages.
        if not src.startswith(("/static/admin/", "/admin/")) and integrity != _hash_of(src)
    ]


def _hash_of(src):
    content = Path(finders.find(src.removeprefix("/static/"))).read_bytes()
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_no_template_writes_into_a_script_element():
    templates = [*BASE_DIR.glob("templates/**/*.html"), *BASE_DIR.glob("requests_app/**/*.html")]
    inside = re.compile(r"<(script|style)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)

    found = {
        str(path.relative_to(BASE_DIR)): match.group(0)
        for path in templates
        for match in inside.finditer(path.read_text())
        if match.group(2).strip()
    }

    assert templates
    assert found == {}


@pytest.mark.parametrize(
    "word",
    ["localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.open", "eval(", "Function("],
)
def test_no_script_of_ours_keeps_anything_in_the_browser_or_makes_code(word):
    scripts = list((BASE_DIR / "static" / "js").glob("*.js"))

    assert scripts
    assert [path.name for path in scripts if word in path.read_text()] == []
