"""axe on every kind of public page: both languages; light, dark and print; a phone and a desk."""

import os
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from requests_app import publication
from tests.browser.test_lighthouse import EVERY_PAGE, KINDS

# What is made for the one who asks.
ANSWERS = ("policy/explorer/?channel=911", "quarters/2025-Q4/rows/search/?outcome=unheard")
EVERYTHING = {"resultTypes": ["violations"]}
# A page in its other colours differs in its colours alone.
COLOURS = {**EVERYTHING, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
NARROW, WIDE = 320, 1280
LOOKS = (("screen", "light"), ("screen", "dark"), ("print", "light"))
FIRST, SECOND = KINDS[:10], (*KINDS[10:], "embed/2025-Q2/outcomes/")


@pytest.fixture
def site(public_site, live_server):
    return live_server.url


def look(page, options=EVERYTHING):
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


@pytest.mark.parametrize("kinds", [FIRST, SECOND], ids=["first", "second"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing(site, page: Page, language, kinds):
    for path in kinds:
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.emulate_media(media="screen", color_scheme="light")
        page.goto(f"{site}/{language}/{path}")
        look(page)
        page.set_viewport_size({"width": NARROW, "height": 700})
        look(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, path
        if language == "es":
            continue  # its colours are those of the English page
        page.emulate_media(media="screen", color_scheme="dark")
        look(page, COLOURS)
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.emulate_media(media="print", color_scheme="light")
        look(page, COLOURS)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_on_any_page_whatever_it_looks_like(site, page: Page, language):
    """The front page in each run; `make every-page` looks at all, which takes long."""
    every = [path for path in publication.paths() if path.startswith(f"{language}/") and path.endswith("/")]
    assert len(every) > 100
    for path in every if EVERY_PAGE in os.environ else every[:1]:
        page.goto(f"{site}/{path}")
        for width, (media, scheme) in product((NARROW, WIDE), LOOKS):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(media=media, color_scheme=scheme)
            look(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_in_an_answer(site, page: Page, language, answer):
    for scheme, width in (("light", WIDE), ("dark", NARROW)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{site}/{language}/{answer}")
        look(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
