"""The door as people use it: notice, password, code, passkey, in a real browser."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from requests_app.models import LedgerEntry
from requests_app.signin import totp
from requests_app.vocabulary import Action
from tests import factories

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now() -> str:
    return totp.code_at(SECRET, totp.current_counter())


@pytest.fixture
def authenticator(page: Page):
    """The browser's own virtual authenticator: a phone whose finger is always there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def agree(page: Page, address: str = "/account/login/") -> None:
    page.goto(address)
    page.get_by_role("button", name="I agree, go to sign-in").click()


def give_password(page: Page, badge: str) -> None:
    page.get_by_label("Badge number").fill(badge)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_dispatcher_signs_in_with_password_and_code(page, dispatcher, assert_accessible):
    totp.add_factor(dispatcher.pk, SECRET)
    page.goto("/requests/")
    expect(page.locator("h1")).to_have_text("Before you sign in")
    assert_accessible(page)
    page.get_by_role("button", name="I agree, go to sign-in").click()
    assert_accessible(page)
    give_password(page, dispatcher.badge_number)
    expect(page.locator("h1")).to_have_text("Your second factor")
    assert_accessible(page)
    page.get_by_label("Six-digit code").fill(code_now())
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(re.compile(r"/requests/$"))


def test_a_wrong_password_is_said_and_the_badge_number_stays(page, dispatcher, assert_accessible):
    agree(page)
    page.get_by_label("Badge number").fill("D-101")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_text("You cannot be signed in with this").first).to_be_visible()
    expect(page.get_by_label("Badge number")).to_have_value("D-101")
    assert_accessible(page)


def test_a_first_sign_in_enrols_an_app(page, dispatcher, assert_accessible):
    agree(page)
    give_password(page, dispatcher.badge_number)
    expect(page.locator("h1")).to_have_text("Your second factors")
    assert_accessible(page)
    page.get_by_role("link", name="Enrol an app").click()
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    assert_accessible(page)
    secret = page.locator(".qr-secret").inner_text()
    page.get_by_label("Six-digit code").fill(totp.code_at(secret, totp.current_counter()))
    page.get_by_role("button", name="Enrol this app").click()
    page.get_by_role("link", name="Go to your start page").click()

    expect(page).to_have_url(re.compile(r"/requests/|/wall/|/$"))
    expect(page.get_by_role("link", name="New request").first).to_be_visible()


def test_a_passkey_alone_signs_in_a_captain(
    page: Page, context: BrowserContext, commander, authenticator, assert_accessible
):
    """Enrolled once with the password; from then on one touch, also while the password is locked."""
    agree(page)
    give_password(page, commander.badge_number)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill("duty phone")
    assert_accessible(page)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("link", name="1 passkey")).to_be_visible()
    page.goto("/queue/")
    page.locator(".person-menu__summary").click()
    page.get_by_role("button", name="Sign out").click()

    agree(page, "/account/login/?next=/queue/")
    for _ in range(5):
        page.get_by_label("Badge number").fill("C-201")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("You cannot be signed in with this").first).to_be_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.locator("h1")).to_have_text(re.compile("Queue"))
    signed_in = LedgerEntry.objects.filter(action=Action.SIGN_IN, actor=commander)
    assert [entry.details["methods"] for entry in signed_in] == [["password"], ["mfa"]]


def test_a_passkey_confirms_who_is_there(page: Page, dispatcher, authenticator, assert_accessible):
    agree(page)
    give_password(page, dispatcher.badge_number)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill("desk key")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("link", name="1 passkey")).to_be_visible()

    page.goto("/account/2fa/webauthn/reauthenticate/?next=/wall/")
    assert_accessible(page)
    page.get_by_role("button", name="Use your passkey").click()

    expect(page).to_have_url(re.compile(r"/wall/$"))


def test_a_device_without_passkeys_says_so_in_words(page: Page, dispatcher):
    agree(page)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")  # and no authenticator
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "u2f", "transport": "usb", "automaticPresenceSimulation": True}},
    )
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert").filter(has_text="The passkey was not used")).to_be_visible(
        timeout=90_000
    )
