"""Oversight's pages and the admin site in a real browser: wide and narrow, light and dark, by keyboard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.models import AssistanceRequest, Review, User
from requests_app.vocabulary import DeviationKind
from tests.factories import (
    ASSIST,
    DECLINE,
    make_closed,
    make_decidable,
    make_decided,
    make_request,
)

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


@pytest.fixture
def cases(committed_db, dispatcher, commander):
    """A handful of cases with something to look at in each."""
    make_closed(dispatcher, commander)
    late = make_decided(
        dispatcher, commander, DECLINE, received_at=timezone.now() - timedelta(hours=2), cad_event_number=""
    )
    workflow.explain(
        late.pk,
        actor=commander,
        kind=DeviationKind.ENTERED_LATE,
        explanation="The line was down for an hour; the paper form was typed in afterwards.",
    )
    workflow.correct(late.pk, actor=dispatcher, changes={"persons_sought": 2}, reason="Misheard.")
    blocked = make_decidable(dispatcher, commander, confirmed=False)
    with pytest.raises(workflow.Refused):
        workflow.attempt(workflow.decide, blocked.pk, actor=commander, choice=ASSIST)
    make_request(dispatcher)
    return AssistanceRequest.objects.order_by("number")


def addresses(case):
    pages = [
        "oversight",
        "oversight_blocked",
        "oversight_deviations",
        "oversight_looks",
        "oversight_permissions",
        "oversight_periods",
    ]
    acts = ["request_as_of", "request_review", "request_hold"]
    return [reverse(f"requests_app:{page}") for page in pages] + [
        reverse(f"requests_app:{act}", args=[case.public_id]) for act in acts
    ]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_it_is_accessible_and_does_not_scroll_sideways(
    page, sign_in, oversight, cases, assert_accessible, colours, size
):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)
    sign_in(page, oversight)

    for address in addresses(cases[1]):
        page.goto(address)

        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def test_filters_stand_in_the_address_and_can_be_passed_on(page, sign_in, oversight, cases):
    sign_in(page, oversight)
    page.goto("/oversight/")

    page.get_by_label("Decision", exact=True).select_option("decline")
    page.get_by_role("button", name="Show").click()

    assert "outcome=decline" in page.url
    assert page.locator("tbody tr").count() == 1
    assert page.get_by_label("Decision", exact=True).input_value() == "decline"


def test_it_works_by_keyboard_alone(page, sign_in, oversight, cases):
    sign_in(page, oversight)
    page.goto("/oversight/")

    page.get_by_label("Number").focus()
    page.keyboard.type(cases[2].number[-4:])
    page.keyboard.press("Enter")
    page.wait_for_url("**number=**")
    assert page.locator("tbody tr").count() == 1

    page.locator("tbody a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{cases[2].public_id}/")


def test_a_review_is_written_without_script(browser, live_server, sign_in, oversight, cases):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, oversight)
    page.goto(reverse("requests_app:request_review", args=[cases[1].public_id]))

    page.get_by_label("What the finding rests on").fill("Read the record.")
    page.get_by_role("button", name="Record the review").click()
    assert "Choose an answer." in page.locator("main").inner_text()
    page.get_by_text("Within policy", exact=True).click()
    page.get_by_role("button", name="Record the review").click()

    page.wait_for_url(f"**/requests/{cases[1].public_id}/")
    assert Review.objects.get().note == "Read the record."
    context.close()


def test_one_goes_back_in_time_by_the_list_of_revisions(page, sign_in, oversight, cases):
    sign_in(page, oversight)
    page.goto(reverse("requests_app:request_as_of", args=[cases[1].public_id]))
    assert "Revision" in page.locator("main").inner_text()

    page.locator(".moment-list a").first.click()

    assert "at=" in page.url
    assert page.locator(".moment-list [aria-current]").count() == 1


# --- the admin site ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_the_admin_site_keeps_to_the_content_policy(page, sign_in, administrator, dispatcher, size):
    """The browser's complaints fail this test, among them anything inline."""
    page.set_viewport_size(size)
    sign_in(page, administrator)

    for model in ("user", "rolegrant", "rosterentry", "threshold", "directorynumber", "policyinforce"):
        assert page.goto(f"/admin/requests_app/{model}/").status == 200
    for model in ("rosterentry", "directorynumber", "policyinforce"):
        assert page.goto(f"/admin/requests_app/{model}/add/").status == 200
        assert page.get_by_role("link", name="Back to the register").is_visible()


def test_the_name_and_the_last_day_of_an_account_are_changed(page, sign_in, administrator, dispatcher):
    """With real commits: whatever the database checks at the end of a transaction is checked here."""
    sign_in(page, administrator)
    page.goto(f"/admin/requests_app/user/{dispatcher.pk}/change/")

    page.get_by_label("Display name").fill("Dispatcher Renamed")
    page.get_by_label("Ends").fill("2031-01-01T07:00")
    page.get_by_label("Why").fill("A temporary post.")
    page.get_by_role("button", name="Save", exact=True).click()

    page.wait_for_url("**/admin/requests_app/user/")
    account = User.objects.get(pk=dispatcher.pk)
    assert (account.display_name, account.ends_at.isoformat()) == (
        "Dispatcher Renamed",
        "2031-01-01T12:00:00+00:00",
    )
    assert account.history.latest().history_change_reason == "A temporary post."
