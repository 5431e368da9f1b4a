"""Policy, explorer, story, about, log and receipt in a browser: two languages, no script, keyboard, paper."""

import pytest

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
EXPLORER = "/en/policy/explorer/"
CASE = f"{EXPLORER}?asked=serve_warrant&document1=immigration_crime_warrant&confirmation1=confirmed_active"
PATHS = [
    *("policy/", "policy/explorer/", "story/", "about/", "log/", "receipt/"),
    CASE.removeprefix("/en/"),
    "policy/explorer/?word=1",
]
LOOKS = [("en", NARROW, "dark"), ("es", WIDE, "light")]


@pytest.mark.parametrize(("language", "size", "colours"), LOOKS, ids=["narrow and dark", "wide and light"])
def test_every_page_is_accessible_and_fits(page, live_server, assert_accessible, language, size, colours):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)

    for path in PATHS:
        page.goto(f"/{language}/{path}")

        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_every_link_within_a_page_leads_somewhere(page, live_server):
    for path in PATHS:
        page.goto(f"/en/{path}")

        broken = page.evaluate(
            """[...document.querySelectorAll("main a[href^='#']")]
                 .map((link) => link.getAttribute("href").slice(1))
                 .filter((id) => !document.getElementById(id))"""
        )

        assert broken == [], path


def test_it_works_without_script_and_the_short_link_shows_the_same(browser, live_server):
    visitor = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = visitor.new_page()
    page.goto(EXPLORER)

    page.get_by_text("Serve a warrant", exact=True).click()
    page.get_by_label("What kind of document?").first.select_option("criminal_warrant")
    page.locator("label[for=confirmation1_confirmed_active]").click()
    page.get_by_role("button", name="Show what the policy says").click()
    said = [one.inner_text() for one in page.locator(".verdict").all()]
    page.get_by_role("link", name="Link to this case").click()

    assert [one.inner_text() for one in page.locator(".verdict").all()] == said
    assert "Assist, within limits" in said[0]
    assert page.url == (
        f"{live_server.url}{EXPLORER}"
        "?asked=serve_warrant&document1=criminal_warrant&confirmation1=confirmed_active"
    )
    assert visitor.cookies() == []
    visitor.close()


def test_the_script_shows_the_rows_of_a_document_once_there_is_one(page, live_server):
    page.goto(EXPLORER)
    confirmed = page.get_by_role("group", name="Is it confirmed?")
    assert confirmed.count() == 0

    page.get_by_label("What kind of document?").first.select_option("detainer")

    assert confirmed.count() == 1
    assert confirmed.is_visible()


def test_an_example_is_reached_by_keyboard(page, live_server):
    page.goto(EXPLORER)

    page.get_by_role("link", name="ICE asks officers to knock on doors").focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**?asked=knock_and_talk")
    assert page.locator("#verdict-2017-09-22").is_visible()


def test_paper_shows_the_verdicts_and_no_form(page, live_server):
    page.goto(CASE)
    page.emulate_media(media="print")

    assert page.locator(".verdict").first.is_visible()
    assert not page.locator(".explorer-form").is_visible()


def test_the_diagram_scrolls_in_a_region_that_the_keyboard_reaches(page, live_server):
    page.set_viewport_size(NARROW)
    page.goto("/en/story/")
    region = page.get_by_role("region", name="Diagram of the life of a request")

    region.focus()
    page.keyboard.press("ArrowRight")

    moved = region.evaluate(
        """async (one) => {
             for (let frame = 0; frame < 120 && !one.scrollLeft; frame += 1)
               await new Promise(requestAnimationFrame);
             return one.scrollLeft;
           }"""
    )
    assert moved > 0


def test_the_receipt_check_speaks_spanish(page, live_server):
    page.goto("/es/receipt/")

    page.get_by_label("Comprobante", exact=True).fill("no es un comprobante")
    page.get_by_role("button", name="Verificar").click()

    page.locator("#result .usa-alert").wait_for()
    said = page.locator("#result").inner_text()
    assert "Este comprobante NO es auténtico" in said
    assert "No empieza con c2sp.org/tlog-proof@v1, o no contiene ningún punto de control." in said
