"""The pages about figures in a browser: both languages, light and dark, narrow and wide, without script."""

import pytest

from tests.published import make_publication

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
ROWS = "quarters/2025-Q4/rows/"


@pytest.fixture(autouse=True)
def site(settings, tmp_path, live_server):
    """Rendered as it is asked for: writing every page would take longer than looking at a few."""
    settings.PUBLIC_DIR = tmp_path
    publication = make_publication("2025-Q3", "2025-Q4")
    (tmp_path / "publication.json").write_bytes(publication.to_bytes())


def test_the_other_colours_and_paper_are_accessible_too(page, assert_accessible):
    for size, media in (
        (WIDE, {"color_scheme": "light"}),
        (NARROW, {"color_scheme": "dark"}),
        (WIDE, {"media": "print", "color_scheme": "light"}),
    ):
        page.set_viewport_size(size)
        page.emulate_media(**media)
        for path in ("es/quarters/2025-Q4/figures/outcomes/", f"en/{ROWS}"):
            page.goto(f"/{path}")
            assert_accessible(page)


def numbers(page):
    return [int(text) for text in page.locator("[data-rows] tbody tr:visible th").all_inner_texts()]


def test_a_click_on_a_heading_sorts_and_says_so(page):
    page.goto(f"/en/{ROWS}")
    before = numbers(page)
    heading = page.get_by_role("columnheader", name="Decision")

    heading.get_by_role("button").click()
    decisions = page.locator('[data-rows] td[data-label="Decision"]').all_inner_texts()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert decisions == sorted(decisions)
    assert sorted(numbers(page)) == before

    heading.get_by_role("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert page.locator('[data-rows] td[data-label="Decision"]').all_inner_texts() == sorted(
        decisions, reverse=True
    )

    page.get_by_role("button", name="No.").click()
    assert numbers(page) == before
    assert heading.get_attribute("aria-sort") is None


def test_words_in_the_box_leave_the_rows_that_have_them(page):
    page.goto(f"/es/{ROWS}")

    page.get_by_label("Mostrar solo filas con estas palabras").fill("DENEGAR")

    shown = page.locator("[data-rows] tbody tr:visible")
    assert 0 < shown.count() < len(page.locator("[data-rows] tbody tr").all())
    assert all("Denegar" in text for text in shown.all_inner_texts())
    assert page.get_by_role("status").inner_text() == f"Filas mostradas: {shown.count()}"


def test_everything_is_there_without_script_and_no_cookie_is_set(browser, live_server):
    visitor = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = visitor.new_page()
    page.goto(f"/en/{ROWS}")

    page.get_by_label("Decision").select_option(label="Decline")
    page.get_by_role("button", name="Search").click()

    page.wait_for_url("**/rows/search/?**outcome=decline**")
    assert set(page.locator('td[data-label="Decision"]').all_inner_texts()) == {"Decline"}
    page.get_by_role("link", name="Español").click()
    assert set(page.locator('td[data-label="Decisión"]').all_inner_texts()) == {"Denegar"}
    page.goto("/en/quarters/2025-Q4/figures/outcomes/")
    assert page.get_by_role("img", name="Decisions").first.is_visible()
    assert page.get_by_role("table", name="Decisions", exact=True).is_visible()
    assert visitor.cookies() == []
    visitor.close()


def test_nothing_moves_when_styles_and_charts_come(page):
    page.set_viewport_size(NARROW)
    page.goto("/en/", wait_until="networkidle")

    moved = page.evaluate(
        """new Promise((resolve) => {
             let sum = 0;
             new PerformanceObserver((list) => {
               list.getEntries().forEach((entry) => { sum += entry.value; });
             }).observe({ type: "layout-shift", buffered: true });
             requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
           })"""
    )

    assert moved == 0


def test_paper_shows_the_figures_and_no_navigation(page):
    page.goto("/en/quarters/2025-Q4/")
    page.emulate_media(media="print")

    assert page.get_by_role("table", name="Decisions").is_visible()
    assert page.locator("nav:visible").count() == 0
    assert page.locator(".figure__links:visible").count() == 0


def test_a_figure_stands_in_somebody_elses_page(page, live_server):
    answer = page.goto("/en/embed/2025-Q4/outcomes/")

    assert "x-frame-options" not in answer.headers
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    link = page.get_by_role("link", name="ICE-assistance register of Louisville")
    assert link.get_attribute("href") == "/en/quarters/2025-Q4/figures/outcomes/"
