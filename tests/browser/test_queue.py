"""The queue in a browser: it refreshes itself, moves nothing under the pointer, and can be heard."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from requests_app import workflow
from requests_app.vocabulary import Ground, Status
from tests import factories

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
POLL_MS = 9_000  # one round of refreshing, with room to spare on a busy machine


def make_waiting(dispatcher, **over):
    return workflow.log(factories.make_request(dispatcher, **over).pk, actor=dispatcher)


def make_emergency(dispatcher):
    return make_waiting(dispatcher, grounds_claimed=[Ground.PUBLIC_DANGER], danger_articulated="Shots heard.")


@pytest.fixture
def queue(page, sign_in, dispatcher, commander):
    """The queue, open, with one request that waits."""
    make_waiting(dispatcher)
    sign_in(page, commander)
    page.goto("/queue/")
    return page


def refresh(page):
    """Ask now, as the page does by itself every five seconds; answers with the response."""
    with page.expect_response(lambda response: "/queue/rows/" in response.url) as caught:
        page.evaluate("htmx.trigger('[data-queue]', 'refresh')")
    return caught.value


def row(page, case):
    return page.locator(f"#row-{case.public_id}")


def test_it_asks_by_itself_and_is_answered_with_nothing_while_nothing_changes(queue):
    with queue.expect_response(lambda response: "/queue/rows/" in response.url, timeout=POLL_MS) as caught:
        pass

    assert caught.value.status == 204
    expect(queue.locator("tbody tr")).to_have_count(1)


def test_a_new_request_appears_by_itself(queue, dispatcher):
    new = make_waiting(dispatcher)

    expect(row(queue, new)).to_be_visible(timeout=POLL_MS)
    expect(queue.get_by_role("heading", level=1)).to_have_text("Queue: 2 waiting")
    assert queue.title().startswith("Queue: 2 waiting")
    expect(queue.locator(".tabs__link[aria-current] .tabs__count")).to_have_text("2")
    expect(queue.get_by_role("status").first).to_have_text("1 request appeared, 2 waiting.")


def test_a_request_that_would_push_down_the_one_under_the_pointer_is_held_back(queue, dispatcher):
    under_pointer = queue.locator("tbody tr").first
    under_pointer.hover()
    before = under_pointer.bounding_box()
    emergency = make_emergency(dispatcher)

    refresh(queue)

    assert under_pointer.bounding_box() == before
    expect(row(queue, emergency)).to_have_count(0)
    expect(queue.get_by_role("button", name="1 change: show")).to_be_visible()
    expect(queue.get_by_role("heading", level=1)).to_have_text("Queue: 2 waiting")


def test_what_was_held_back_is_shown_when_the_pointer_leaves(queue, dispatcher):
    queue.locator("tbody tr").first.hover()
    emergency = make_emergency(dispatcher)
    refresh(queue)

    queue.mouse.move(5, 5)

    expect(row(queue, emergency)).to_be_visible()
    expect(queue.locator("[data-queue-held]")).to_be_hidden()
    assert queue.locator("tbody tr").first.get_attribute("id") == f"row-{emergency.public_id}"


def test_what_was_held_back_is_shown_when_asked_for(queue, dispatcher):
    queue.locator("tbody tr").first.get_by_role("button", name="Take").focus()
    emergency = make_emergency(dispatcher)
    refresh(queue)

    queue.get_by_role("button", name="1 change: show").press("Enter")

    expect(row(queue, emergency)).to_be_visible()


def test_a_request_below_the_pointer_appears_at_once_and_moves_nothing(queue, dispatcher):
    under_pointer = queue.locator("tbody tr").first
    under_pointer.hover()
    before = under_pointer.bounding_box()
    new = make_waiting(dispatcher)

    refresh(queue)

    expect(row(queue, new)).to_be_visible()
    assert under_pointer.bounding_box() == before


def test_the_focus_stays_where_it_is(queue, dispatcher):
    take = queue.locator("tbody tr").first.get_by_role("button", name="Take")
    take.focus()
    new = make_waiting(dispatcher)

    refresh(queue)

    expect(row(queue, new)).to_be_visible()
    expect(take).to_be_focused()


def test_a_request_that_was_taken_leaves_the_list(queue, dispatcher, second_commander):
    other = make_waiting(dispatcher)
    refresh(queue)
    workflow.claim(other.pk, actor=second_commander)

    refresh(queue)

    expect(row(queue, other)).to_have_count(0)
    expect(queue.get_by_role("status").first).to_have_text("1 request left this list, 1 waiting.")


def test_a_request_is_taken_by_keyboard_alone(queue):
    take = queue.get_by_role("button", name="Take request")
    while not take.evaluate("element => element === document.activeElement"):
        queue.keyboard.press("Tab")

    queue.keyboard.press("Enter")

    expect(queue.get_by_role("heading", level=1)).to_have_text(re.compile("^Decide on "))


def test_the_sound_is_switched_on_and_plays_for_a_new_request(queue, dispatcher):
    sound = queue.get_by_role("button", name="Sound")
    expect(sound).to_have_attribute("aria-pressed", "false")
    make_waiting(dispatcher)
    refresh(queue)
    assert not sound.get_attribute("data-last-played")

    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    played = sound.get_attribute("data-last-played")
    queue.wait_for_timeout(5)
    make_waiting(dispatcher)
    refresh(queue)

    expect(sound).not_to_have_attribute("data-last-played", played)


def test_signed_out_it_says_so_and_stops_asking(queue):
    queue.context.clear_cookies()

    answer = refresh(queue)

    assert answer.status == 401
    expect(queue.get_by_role("alert").filter(has_text="Signed out")).to_be_visible()
    back = "/account/login/?next=%2Fqueue%2F"
    expect(queue.get_by_role("link", name="Sign in")).to_have_attribute("href", back)
    asked = []
    queue.on("request", lambda request: asked.append(request.url))
    queue.wait_for_timeout(5_500)
    assert asked == []


def test_without_a_network_it_says_that_the_list_may_be_old(queue, complaints):
    queue.route("**/queue/rows/**", lambda route: route.abort())

    queue.evaluate("htmx.trigger('[data-queue]', 'refresh')")

    expect(queue.get_by_role("alert").filter(has_text="No connection")).to_be_visible()
    queue.unroute("**/queue/rows/**")
    refresh(queue)
    expect(queue.locator("[data-queue-stopped]")).to_be_empty()
    assert complaints  # htmx writes a lost network to the console
    complaints.clear()


def test_without_script_a_link_refreshes(browser, browser_context_args, sign_in, dispatcher, commander):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, commander)
    page.goto("/queue/?tab=waiting")
    new = make_waiting(dispatcher)

    page.get_by_role("link", name="Refresh").click()

    expect(row(page, new)).to_be_visible()
    expect(page.get_by_role("button", name="Sound")).to_have_count(0)
    row(page, new).get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue: 1 waiting")
    context.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_it_is_accessible_and_does_not_scroll_sideways(
    queue, assert_accessible, dispatcher, commander, colours, size
):
    make_emergency(dispatcher)
    for status in (Status.UNDER_REVIEW, Status.INFORMATION_NEEDED, Status.DECIDED):
        factories.make_case_in(status, dispatcher=dispatcher, commander=commander)
    queue.emulate_media(color_scheme=colours)
    queue.set_viewport_size(size)

    queue.goto(f"{reverse('requests_app:queue')}?tab=all")

    assert_accessible(queue)
    assert queue.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
