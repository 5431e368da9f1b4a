"""The pages of people in a real browser: wide and narrow, light and dark; two administrators at work."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import accounts
from requests_app.accounts.locks import lock
from requests_app.models import Session, User
from requests_app.signin.sessions import SessionStore
from requests_app.vocabulary import LockCause, Role
from tests.factories import make_user

NARROW, WIDE = {"width": 375, "height": 700}, {"width": 1280, "height": 800}
WHY = {"reason": "Asked for by the watch commander."}


@pytest.fixture
def second_administrator(database):
    return make_user("A-402", Role.ADMINISTRATOR, display_name="Administrator Two")


@pytest.fixture
def shift(committed_db, administrator, second_administrator, dispatcher, commander):
    """People of every kind, with something that waits, is locked, is due and is worth a question."""
    by = {"actor": administrator}
    accounts.create_account(badge_number="D-777", display_name="Dispatcher Seven", **by, **WHY)
    end = timezone.now() + timedelta(days=90)
    accounts.propose_role(commander, Role.OVERSIGHT, ends_at=end, **by, **WHY)
    accounts.record_training(
        dispatcher, trained_on=timezone.localdate(), trained_by="MetroSafe training unit", **by
    )
    accounts.review_roles(dispatcher, remark="Still on the night shift.", **by)
    lock(dispatcher, cause=LockCause.PASSWORD)
    lock(commander, cause=LockCause.CODE)
    accounts.alert_networks(commander, networks=["10.0.0.0/24", "192.168.7.0/24"])
    left = make_user("D-104", Role.DISPATCHER, display_name="Dispatcher Four")
    accounts.deactivate(left, **by, **WHY)
    return dispatcher


ADDRESSES = [
    "/people/",
    "/people/?state=ended",
    "/people/?q=nobody",
    "/people/new/",
    "/people/locked/",
    "/people/D-101/",
    "/people/D-101/propose_role/",
    "/people/D-101/end_role/",
    "/people/D-101/record_training/",
    "/people/D-101/unlock/",
    "/people/D-777/confirm_step/",
    "/people/D-777/confirm_role/",
    "/people/C-201/confirm_role/",
]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_it_is_accessible_and_does_not_scroll_sideways(
    page, sign_in, shift, second_administrator, assert_accessible, colours, size
):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)
    sign_in(page, second_administrator)

    for address in ADDRESSES:
        page.goto(address)

        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def make_stale(user):
    """Every open session of this person showed its second factor eleven minutes ago."""
    for row in Session.objects.filter(user=user):
        session = SessionStore(row.session_key)
        for record in session["account_authentication_methods"]:
            record["at"] -= 11 * 60
        session.modified = True
        session.save()


def test_two_administrators_let_somebody_in(
    browser, live_server, page, sign_in, administrator, second_administrator, assert_accessible
):
    sign_in(page, administrator)
    page.get_by_role("link", name="Create account").click()
    page.get_by_label("Badge number").fill("d-778")
    page.locator("[name=display_name]").fill("Dispatcher Eight")
    page.get_by_label("Why").fill("New on the day shift.")
    page.get_by_role("button", name="Create account").click()
    assert page.get_by_text("Another administrator must confirm.").is_visible()

    other = browser.new_context(base_url=live_server.url).new_page()
    sign_in(other, second_administrator)
    other.get_by_role("link", name="Confirm Activate the account").click()
    assert other.get_by_text("New on the day shift.").is_visible()
    other.get_by_role("button", name="Confirm").click()

    link = other.locator("#enrolment_link").inner_text()
    assert_accessible(other)
    recruit = browser.new_context(base_url=live_server.url).new_page()
    recruit.goto(link[link.index("/account/enrol/") :])
    assert "/account/notice/" in recruit.url
    other.context.close()
    recruit.context.close()
    assert User.objects.get(badge_number="D-778").is_active


def test_what_was_typed_outlives_a_second_factor_that_grew_old(
    page, sign_in, shift, second_administrator, assert_accessible
):
    page.set_viewport_size(NARROW)
    sign_in(page, second_administrator)
    page.goto("/people/D-101/end_role/")
    page.get_by_label("Why").fill("Moves to another unit.")
    make_stale(second_administrator)

    page.get_by_role("button", name="End role").click()

    assert page.get_by_label("Why").input_value() == "Moves to another unit."
    confirm = page.get_by_role("link", name="Confirm that it is you")
    assert confirm.get_attribute("target") == "_blank"
    assert_accessible(page)
    assert User.objects.get(pk=shift.pk).roles == {Role.DISPATCHER}


def test_a_dispatcher_unlocks_an_officer_from_the_menu(page, sign_in, shift, assert_accessible):
    page.set_viewport_size(NARROW)
    sign_in(page, shift)
    page.locator(".person-menu__summary").click()
    page.get_by_role("link", name="Locked accounts").click()
    page.get_by_text("Nobody unlocks their own account.").wait_for()
    assert_accessible(page)

    page.get_by_role("link", name="Unlock").click()
    page.get_by_label("Why").fill("Rang from the desk; I know the voice.")
    page.get_by_role("button", name="Unlock").click()

    assert page.get_by_text("The account is unlocked.").is_visible()
    assert accounts.find_lock(User.objects.get(badge_number="C-201")) is None


def test_deactivation_is_one_form_on_the_page_of_the_person(page, sign_in, shift, administrator):
    sign_in(page, administrator)
    page.goto(reverse("requests_app:person", args=["D-101"]))

    page.get_by_label("Why").fill("Lost the phone and the badge.")
    page.get_by_role("button", name="Deactivate now").click()

    assert page.get_by_text("The account is deactivated").is_visible()
    assert not User.objects.get(pk=shift.pk).is_active
