"""What every page has around its content: wide and narrow, light and dark, by keyboard, on paper."""

import pytest

PAGES = ["/account/notice/", "/no-such-page/"]
SIGN_IN = "/account/login/"
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_it_is_accessible_and_does_not_scroll_sideways(page, assert_accessible, address, colours, size):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)

    page.goto(address)

    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_first_tab_leads_past_the_navigation(page):
    page.goto("/no-such-page/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main-content"


def agree(page):
    """The notice stands before the page of sign-in."""
    page.goto(SIGN_IN)
    page.get_by_role("button", name="I agree, go to sign-in").click()


def test_the_heading_and_the_title_agree(page):
    agree(page)

    assert page.locator("h1").all_inner_texts() == ["Sign in"]
    assert page.title() == "Sign in · ICE-assistance register"


def test_errors_take_the_focus_and_lead_to_their_fields(page):
    agree(page)

    page.get_by_role("button", name="Sign in", exact=True).click()

    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.id") == "error_summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "login"


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_the_page_of_sign_in_is_accessible(page, assert_accessible, colours, size):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)

    agree(page)

    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_everything_can_be_touched(page):
    page.set_viewport_size(NARROW)
    agree(page)

    for target in page.locator("main input:visible, main button, header a, footer a").all():
        assert target.bounding_box()["height"] >= 36


def test_paper_shows_no_controls_of_the_site(page):
    page.goto("/account/login/")

    page.emulate_media(media="print")

    assert page.get_by_text("ICE-assistance register", exact=True).is_visible()
    assert not page.get_by_role("link", name="Staff sign-in").is_visible()


def test_it_moves_nothing_for_those_who_asked_for_stillness(page):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/account/login/")

    moving = page.evaluate(
        """[...document.querySelectorAll("*")]
             .flatMap((element) => getComputedStyle(element).transitionDuration.split(","))
             .filter((time) => parseFloat(time) > 0).length"""
    )

    assert moving == 0


def test_the_signed_in_person_sees_who_they_are_and_the_servers_clock(page, sign_in, dispatcher):
    sign_in(page, dispatcher)
    page.goto("/no-such-page/")

    assert page.locator(".person-menu__summary").inner_text().split("\n")[0] == dispatcher.display_name
    first = page.locator("[data-clock]").inner_text()
    page.wait_for_function("first => document.querySelector('[data-clock]').innerText !== first", arg=first)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_persons_menu_works_by_keyboard(page, sign_in, dispatcher, assert_accessible, colours):
    sign_in(page, dispatcher)
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(NARROW)
    page.goto("/no-such-page/")

    page.locator(".person-menu__summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")

    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert page.evaluate("document.activeElement.className") == "person-menu__summary"


def test_signing_out_is_a_form_of_its_own(page, sign_in, dispatcher):
    sign_in(page, dispatcher)
    page.goto("/no-such-page/")
    page.locator(".person-menu__summary").click()

    page.get_by_role("button", name="Sign out").click()

    page.goto("/no-such-page/")
    assert page.get_by_role("link", name="Staff sign-in").is_visible()
