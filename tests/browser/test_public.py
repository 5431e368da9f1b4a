"""The public pages in a browser: without script, by keyboard, narrow and wide, light and dark, on paper."""

from datetime import UTC, datetime, timedelta

import pytest

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.vocabulary import CallRecorded, Verification
from tests.factories import ASSIST, confirm_warrant, make_request

MOMENT = datetime(2024, 2, 10, 15, tzinfo=UTC)

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
FIRST, SECOND = "/statistics/2024-Q1/", "/statistics/2024-Q2/"
PAGES = [FIRST, "/statistics/2017-Q3/", "/policy/", "/about/"]


@pytest.fixture
def closed(live_server, demonstration, dispatcher, commander):
    """A request of the first quarter of 2024, from the call to the report, an act a minute."""
    with clock(MOMENT):
        case = make_request(dispatcher, received_at=MOMENT - timedelta(minutes=1))
    call = {"recorded": CallRecorded.YES, "started_at": MOMENT, "recorder_reference": "REC-1"}
    verified = {"verification": Verification.VERIFIED_CALLBACK, "method": "Directory"}
    acts = (
        lambda: workflow.log(case.pk, actor=dispatcher),
        lambda: workflow.claim(case.pk, actor=commander),
        lambda: workflow.verify_caller(case.pk, actor=commander, **verified),
        lambda: workflow.record_call(case.pk, actor=commander, **call),
        lambda: confirm_warrant(case, commander),
        lambda: workflow.decide(case.pk, actor=commander, choice=ASSIST),
        lambda: workflow.dispatch(case.pk, actor=dispatcher, units=["412"], officers=2),
        lambda: workflow.officer_arrives(case.pk, actor=dispatcher),
        lambda: workflow.report_outcome(case.pk, actor=commander, report=workflow.Report(officer_minutes=90)),
    )
    for minute, act in enumerate(acts, start=1):
        with clock(MOMENT + timedelta(minutes=minute)):
            act()
    return case


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_every_page_is_accessible_and_fits(page, closed, assert_accessible, colours, size):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)

    for address in PAGES:
        page.goto(address)

        assert_accessible(page)
        assert fits(page), address


def test_no_table_is_wider_than_a_phone(page, closed):
    page.set_viewport_size(NARROW)
    for address in PAGES:
        page.goto(address)

        wide = page.evaluate(
            """[...document.querySelectorAll("table")]
                 .filter((table) => table.getBoundingClientRect().right > window.innerWidth)
                 .map((table) => table.caption.textContent)"""
        )

        assert wide == [], address


def test_it_leads_from_quarter_to_quarter_by_keyboard(page, closed):
    page.goto(FIRST)

    page.get_by_role("link", name="April to June 2024 →").focus()
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{SECOND}")
    assert page.get_by_role("heading", level=1).inner_text() == "Statistics, April to June 2024"


def test_every_entry_of_the_contents_leads_somewhere(page, closed):
    for address in PAGES:
        page.goto(address)

        broken = page.evaluate(
            """[...document.querySelectorAll("main a[href^='#']")]
                 .map((link) => link.getAttribute("href").slice(1))
                 .filter((id) => !document.getElementById(id))"""
        )

        assert broken == [], address


def test_it_needs_no_script_and_sets_no_cookie(browser, closed, live_server):
    visitor = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = visitor.new_page()

    for address in PAGES:
        assert page.goto(address).ok

    page.goto(FIRST)
    assert page.get_by_text("1 request by immigration officials was logged").is_visible()
    assert visitor.cookies() == []
    visitor.close()


def test_paper_shows_the_figures_and_no_links_of_the_page(page, closed):
    page.goto(FIRST)
    page.emulate_media(media="print")

    assert page.get_by_role("table", name="Decisions").is_visible()
    assert not page.get_by_role("navigation", name="On this page").is_visible()
    assert not page.get_by_role("navigation", name="Quarters").is_visible()
