"""axe on every kind of public page: both languages; light, dark and print; a phone and a desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.test_lighthouse import KINDS

CASE = "policy/explorer/?channel=911"
# A page in its other colours differs in its colours alone.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
NARROW, WIDE = 320, 1280
FIRST, SECOND = KINDS[:10], (*KINDS[10:], "embed/2025-Q2/outcomes/")


@pytest.fixture
def site(public_site, live_server):
    return live_server.url


def look(page, options=None):
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


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_in_an_answer_of_the_explorer(site, page: Page, language):
    for scheme, width in (("light", WIDE), ("dark", NARROW)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{site}/{language}/{CASE}")
        look(page)
