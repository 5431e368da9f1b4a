"""The dispatcher's page in a browser: saving by itself, a lost network, an ended session, no script."""

import re

import pytest
from playwright.sync_api import Page, expect

from requests_app import workflow
from requests_app.models import AssistanceRequest, IdempotencyKey, Session
from requests_app.models import Page as Paging
from requests_app.vocabulary import Status
from tests import factories

NEW = "/requests/new/"
NARROW, DESK = {"width": 320, "height": 640}, {"width": 1366, "height": 768}


@pytest.fixture
def desk(page, sign_in, dispatcher) -> Page:
    """The new page, open at a dispatcher's desk."""
    page.set_viewport_size(DESK)
    sign_in(page, dispatcher)
    page.goto(NEW)
    return page


def status(page):
    return page.locator("[data-save-status]")


def has_saved(page):
    expect(status(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d:\d\d as \d{4}-\d{4}\.$"))


def the_case():
    return AssistanceRequest.objects.get()


# --- saving by itself -------------------------------------------------------------------------


def test_it_saves_by_itself_what_is_typed(desk):
    desk.get_by_label("What was said").fill("Wants officers at the door.")

    has_saved(desk)
    case = the_case()
    assert case.what_was_said == "Wants officers at the door."
    assert desk.url.endswith(f"/requests/{case.public_id}/save_intake/")
    assert desk.locator("h1").inner_text() == f"Request {case.number}: taking the call"
    assert desk.title().startswith(f"Request {case.number}: taking the call · ")


def test_it_makes_no_request_of_a_page_that_is_only_looked_at(desk):
    desk.get_by_label("Name").focus()
    desk.keyboard.press("Tab")
    desk.evaluate("window.dispatchEvent(new Event('blur'))")
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(status(desk)).to_have_text("Nothing is typed yet; nothing is saved.")
    assert not AssistanceRequest.objects.exists()


def test_what_is_saved_later_belongs_to_the_same_request(desk):
    desk.get_by_label("Name").fill("Canary")
    has_saved(desk)
    desk.get_by_label("Address or place").fill("1 Canary Street")
    desk.get_by_label("Address or place").blur()

    expect(desk.locator("[name=revision]")).to_have_value("2")
    assert the_case().restricted.location == "1 Canary Street"


def test_after_loading_again_everything_is_there(desk):
    desk.get_by_label("What was said").fill("Wants officers at the door.")
    has_saved(desk)

    desk.reload()

    expect(desk.get_by_label("What was said")).to_have_value("Wants officers at the door.")
    desk.get_by_label("What was said").fill("Wants nothing any more.")
    expect(desk.locator("[name=revision]")).to_have_value("2")


def test_it_marks_a_wrong_field_softly_and_saves_when_it_is_right(desk):
    desk.get_by_text("Less used").click()
    desk.get_by_label("How many people are sought").fill("-3")
    desk.get_by_label("What was said").fill("Two people.")

    expect(status(desk)).to_contain_text("Not saved: check How many people are sought.")
    expect(desk.locator("#id_persons_sought_error")).to_have_text("Enter 0 or more.")
    expect(desk.get_by_label("What was said")).to_be_focused()
    assert not AssistanceRequest.objects.exists()
    desk.get_by_label("How many people are sought").fill("2")
    has_saved(desk)
    expect(desk.locator("#id_persons_sought_error")).to_have_count(0)
    assert the_case().persons_sought == 2


def test_a_possible_duplicate_is_shown_while_the_call_goes_on(desk, dispatcher):
    other = factories.make_request(dispatcher)

    desk.get_by_label("Call-back number").fill("5025550100")

    expect(desk.locator("#duplicates")).to_contain_text(other.number)
    has_saved(desk)


def test_two_people_on_one_call_are_told_and_nothing_is_lost(desk, dispatcher):
    desk.get_by_label("What was said").fill("Typed here.")
    has_saved(desk)
    case = the_case()
    workflow.save_intake(case.pk, actor=dispatcher, intake=factories.make_intake(what_was_said="Elsewhere."))

    desk.get_by_label("What was said").fill("Typed here, and more.")

    expect(status(desk)).to_contain_text("was changed since you opened this page")
    desk.get_by_role("button", name="Save mine over it").click()
    has_saved(desk)
    case.refresh_from_db()
    assert case.what_was_said == "Typed here, and more."


def test_it_pages_with_control_and_enter_and_shows_the_request(desk, commander):
    desk.get_by_label("What was said").fill("Wants officers at the door.")
    desk.keyboard.press("Control+Enter")

    desk.wait_for_url(re.compile(r"/requests/[0-9a-z]{16}/$"))
    assert the_case().status == Status.WAITING
    assert Paging.objects.get().officer == commander
    expect(desk.locator("main")).to_contain_text(commander.display_name)


def test_after_somebody_else_paged_it_the_page_says_so_and_keeps_the_text(desk, dispatcher, commander):
    desk.get_by_label("What was said").fill("Typed here.")
    has_saved(desk)
    workflow.log(the_case().pk, actor=dispatcher)

    desk.get_by_label("What was said").fill("Typed here, and more.")

    expect(status(desk)).to_contain_text("is not possible now")
    expect(desk.get_by_role("button", name="Save mine over it")).to_be_hidden()
    expect(desk.get_by_label("What was said")).to_have_value("Typed here, and more.")
    desk.on("dialog", lambda dialog: dialog.accept())


# --- a lost network ---------------------------------------------------------------------------


def test_a_lost_network_loses_nothing_and_makes_one_request(desk, context):
    desk.get_by_label("Name").fill("Canary")
    has_saved(desk)

    context.set_offline(True)
    desk.get_by_label("Address or place").fill("1 Canary Street")
    expect(status(desk)).to_contain_text("Not saved: no connection, trying again")
    desk.get_by_label("What was said").fill("Typed without a network.")
    context.set_offline(False)

    expect(desk.locator("[name=revision]")).to_have_value("3")
    has_saved(desk)
    case = the_case()
    assert case.restricted.requester_name == "Canary"
    assert case.restricted.location == "1 Canary Street"
    assert case.what_was_said == "Typed without a network."


def test_a_first_save_without_a_network_makes_one_request(desk, context):
    context.set_offline(True)
    desk.get_by_label("What was said").fill("Typed without a network.")
    expect(status(desk)).to_contain_text("Not saved: no connection, trying again")
    context.set_offline(False)

    has_saved(desk)
    assert the_case().what_was_said == "Typed without a network."


def test_a_lost_answer_makes_no_second_request(desk):
    """The server saves, and the network drops before the page hears of it."""
    keys = []

    def lose_the_first_answer(route):
        keys.append(re.search(r"idempotency_key=([\w-]+)", route.request.post_data)[1])
        if len(keys) == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    desk.route("**/autosave/", lose_the_first_answer)
    desk.get_by_label("What was said").fill("Saved, but nobody heard.")

    has_saved(desk)
    assert the_case().revision == 1
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_a_lost_answer_to_paging_pages_once(desk, commander):
    tries = []

    def lose_the_first_answer(route):
        tries.append(route)
        if len(tries) == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    desk.get_by_label("What was said").fill("Wants officers at the door.")
    has_saved(desk)
    desk.route("**/autosave/", lose_the_first_answer)
    desk.get_by_role("button", name="Save and page").click()

    desk.wait_for_url(re.compile(r"/requests/[0-9a-z]{16}/$"))
    assert Paging.objects.count() == 1


def test_the_page_asks_before_it_is_left_unsaved(desk, context):
    context.set_offline(True)
    desk.get_by_label("What was said").fill("Not saved yet.")
    expect(status(desk)).to_contain_text("Not saved")
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    desk.evaluate("location.reload()")

    expect(desk.get_by_label("What was said")).to_have_value("Not saved yet.")
    assert asked == ["beforeunload"]
    context.set_offline(False)
    has_saved(desk)


# --- an ended session -------------------------------------------------------------------------


def test_an_ended_session_keeps_what_is_typed_and_saves_it_once_after_signing_in(desk, context, dispatcher):
    factories.enrol_app(dispatcher)
    desk.get_by_label("Name").fill("Canary")
    has_saved(desk)
    sent = []
    desk.on("request", lambda request: sent.append(request) if request.method == "POST" else None)

    Session.objects.all().delete()
    desk.get_by_label("What was said").fill("Typed after the session ended.")
    expect(status(desk)).to_have_text("Signed out: sign in again in another tab, nothing is lost.")
    with context.expect_page() as opened:
        desk.get_by_role("link", name="Sign in in another tab").click()
    sign_in_by_hand(opened.value, dispatcher)
    opened.value.close()

    has_saved(desk)
    expect(desk.locator("[name=revision]")).to_have_value("2")
    assert the_case().what_was_said == "Typed after the session ended."
    assert len({key_of(request) for request in sent}) == 1
    assert IdempotencyKey.objects.count() == 2


def sign_in_by_hand(page, user):
    page.get_by_role("button", name="I agree, go to sign-in").click()
    page.get_by_label("Badge number").fill(user.badge_number)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Six-digit code").fill(factories.code_now())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/" not in url)


def key_of(request):
    return re.search(r"idempotency_key=([\w-]+)", request.post_data)[1]


def test_it_saves_nothing_in_the_name_of_somebody_else(desk, context, commander):
    factories.enrol_app(commander)
    desk.get_by_label("Name").fill("Canary")
    has_saved(desk)

    Session.objects.all().delete()
    desk.get_by_label("What was said").fill("Typed by the dispatcher.")
    expect(status(desk)).to_contain_text("Signed out")
    other = context.new_page()
    other.goto("/account/login/")
    sign_in_by_hand(other, commander)

    expect(status(desk)).to_contain_text("C-201 is signed in now. Sign in as D-101 again")
    assert the_case().what_was_said == ""
    desk.on("dialog", lambda dialog: dialog.accept())


# --- keys -------------------------------------------------------------------------------------


def focused(page):
    return page.evaluate("document.activeElement.name")


def test_it_begins_in_the_first_question(desk):
    assert focused(desk) == "component"


def test_a_key_answers_a_question_with_one_answer_and_goes_on(desk):
    desk.keyboard.press("3")

    assert desk.locator("[name=component]:checked").input_value() == "cbp"
    assert focused(desk) == "requester_name"


def test_keys_toggle_where_several_answers_are_possible(desk):
    desk.locator("[name=types_at_intake]").first.focus()

    for key in ("5", "9", "u", "5"):
        desk.keyboard.press(key)

    ticked = desk.locator("[name=types_at_intake]:checked")
    assert [box.input_value() for box in ticked.all()] == ["standby", "ordinary_service"]


def test_keys_do_nothing_but_write_in_a_text(desk):
    desk.get_by_label("Name").focus()
    desk.keyboard.type("3 canaries, u 5")

    assert desk.get_by_label("Name").input_value() == "3 canaries, u 5"
    assert desk.locator("[name=component]:checked").input_value() == "ero"
    assert desk.locator("[name=types_at_intake]:checked").count() == 0


def test_enter_goes_to_the_next_question_and_sends_nothing(desk):
    visited = []
    for _ in range(7):
        visited.append(focused(desk) or desk.evaluate("document.activeElement.className"))
        desk.keyboard.press("Enter")

    assert visited == [
        "component",
        "requester_name",
        "types_at_intake",
        "grounds_claimed",
        "location",
        "division",
        "phrase",
    ]
    assert not AssistanceRequest.objects.exists()


def test_a_claimed_warrant_asks_two_more(desk):
    desk.locator("[name=grounds_claimed]").first.focus()
    expect(desk.get_by_label("Its number")).to_be_hidden()

    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    desk.keyboard.press("4")

    assert desk.locator("[name=document_class]:checked").input_value() == "administrative_warrant"
    assert focused(desk) == "document_number"


def test_danger_tells_the_dispatcher_to_send_officers_at_once(desk):
    told = desk.get_by_text("Send officers now, under the ordinary 911 rules")
    expect(told).to_be_hidden()
    desk.locator("[name=grounds_claimed]").first.focus()

    desk.keyboard.press("3")

    expect(told).to_be_visible()


def test_a_sentence_is_put_in_and_taken_back_by_its_key(desk):
    text = desk.get_by_label("What was said")
    text.fill("She is calm.")
    desk.locator(".phrase").first.focus()

    desk.keyboard.press("2")
    assert text.input_value() == "She is calm. Wants officers before agents go to the door. "
    desk.keyboard.press("2")
    assert text.input_value() == "She is calm."


def test_the_sentences_are_one_stop_of_the_tab_key(desk):
    sentence = desk.locator(".phrase").nth(1).get_attribute("data-phrase")
    desk.locator(".phrase").first.focus()
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    assert focused(desk) == "what_was_said"
    desk.keyboard.press("Shift+Tab")

    assert desk.evaluate("document.activeElement.dataset.key") == "2"
    assert desk.get_by_label("What was said").input_value().strip() == sentence


# --- without script ---------------------------------------------------------------------------


@pytest.fixture
def plain(browser, live_server, dispatcher, sign_in):
    """A browser that runs no script."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    sign_in(page, dispatcher)
    page.goto(NEW)
    yield page
    context.close()


def tick(page, words):
    page.locator("label", has_text=words).first.click()


def test_without_script_a_whole_call_is_taken_and_paged(plain, commander):
    tick(plain, "ICE HSI")
    plain.get_by_label("Name").fill("Canary")
    plain.get_by_label("Call-back number").fill("5025550147")
    tick(plain, "Serve a warrant")
    tick(plain, "A warrant or other paper")
    tick(plain, "Criminal warrant")
    plain.get_by_label("Its number").fill("24-CR-000001")
    plain.get_by_label("What was said").fill("Wants officers at the door.")
    plain.get_by_role("button", name="Save", exact=True).click()

    assert plain.locator("h1").inner_text() == f"Request {the_case().number}: taking the call"
    assert plain.get_by_label("Its number").input_value() == "24-CR-000001"
    plain.get_by_role("button", name="Save and page").click()

    case = the_case()
    assert case.status == Status.WAITING
    assert case.component == "hsi"
    assert Paging.objects.get().officer == commander


def test_without_script_nothing_typed_is_lost_when_something_is_wrong(plain):
    tick(plain, "CBP")
    plain.get_by_label("Name").fill("Canary")
    tick(plain, "Stand by")
    tick(plain, "Danger to the public now")
    plain.get_by_label("What danger").fill("Shots.")
    plain.get_by_label("Address or place").fill("1 Canary Street")
    tick(plain, "Third")
    plain.get_by_label("What was said").fill("x" * 4001)
    plain.get_by_label("CAD number").fill("26-1")
    plain.get_by_label("Received at").fill("2099-01-01T10:00")
    plain.get_by_role("button", name="Save and page").click()

    assert plain.locator("#error_summary").is_visible()
    assert not AssistanceRequest.objects.exists()
    assert plain.locator("[name=component]:checked").input_value() == "cbp"
    assert plain.get_by_label("Name").input_value() == "Canary"
    assert plain.locator("[name=types_at_intake]:checked").input_value() == "standby"
    assert plain.locator("[name=grounds_claimed]:checked").input_value() == "public_danger"
    assert plain.get_by_label("What danger").input_value() == "Shots."
    assert plain.get_by_label("Address or place").input_value() == "1 Canary Street"
    assert plain.locator("[name=division]:checked").input_value() == "3"
    assert len(plain.get_by_label("What was said").input_value()) == 4001
    assert plain.get_by_label("CAD number").input_value() == "26-1"


def test_without_script_no_key_is_promised(plain):
    assert plain.locator(".option-key:visible, .phrase:visible, .intake-help:visible").count() == 0


def test_without_script_danger_and_the_paper_are_asked_about_all_the_same(plain):
    assert not plain.get_by_label("Its number").is_visible()

    tick(plain, "A warrant or other paper")
    tick(plain, "Danger to the public now")

    assert plain.get_by_label("Its number").is_visible()
    assert plain.get_by_text("Send officers now, under the ordinary 911 rules").is_visible()


# --- how it looks -----------------------------------------------------------------------------


def test_the_main_part_stands_on_a_desk_screen_without_scrolling(demonstration, desk):
    last = desk.get_by_label("CAD number").bounding_box()
    bar = desk.locator(".save-bar").bounding_box()

    assert last["y"] + last["height"] <= bar["y"]
    assert bar["y"] + bar["height"] <= DESK["height"]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, DESK], ids=["narrow", "desk"])
def test_it_is_accessible_with_everything_open(desk, assert_accessible, colours, size):
    desk.emulate_media(color_scheme=colours)
    desk.set_viewport_size(size)
    for words in ("A warrant or other paper", "A crime", "Danger to the public now"):
        tick(desk, re.compile(words))
    desk.get_by_text("Less used").click()
    desk.get_by_label("How many people are sought").fill("-1")
    desk.get_by_label("How many people are sought").blur()
    expect(desk.locator("#id_persons_sought_error")).to_be_visible()

    assert_accessible(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    desk.on("dialog", lambda dialog: dialog.accept())


@pytest.mark.parametrize("size", [NARROW, DESK], ids=["narrow", "desk"])
def test_the_wall_is_accessible_and_tells_of_a_new_request(
    page, sign_in, dispatcher, assert_accessible, size
):
    page.set_viewport_size(size)
    sign_in(page, dispatcher)
    page.goto("/wall/")
    waiting = page.locator(".wall__place--waiting .wall__count")
    expect(waiting).to_have_text("0")

    workflow.log(factories.make_request(dispatcher).pk, actor=dispatcher)

    expect(waiting).to_have_text("1")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_wall_says_loudly_that_its_figures_are_old(page, context, sign_in, dispatcher):
    sign_in(page, dispatcher)
    page.goto("/wall/")

    context.set_offline(True)
    expect(page.locator("[data-wall-status]")).to_contain_text("No connection. These figures are old")
    context.set_offline(False)
    expect(page.locator("[data-wall-status]")).to_contain_text("As of ")

    Session.objects.all().delete()
    expect(page.locator("[data-wall-status]")).to_contain_text("Signed out")


def test_the_radio_decision_is_accessible(page, sign_in, dispatcher, commander, assert_accessible):
    case = workflow.log(factories.make_request(dispatcher).pk, actor=dispatcher)
    sign_in(page, dispatcher)

    page.goto(f"/requests/{case.public_id}/radio_decision/")

    assert_accessible(page)
