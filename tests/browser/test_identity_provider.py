"""Through the identity provider and back in a real browser, whose content policy has a word in it too."""

import pytest
from playwright.sync_api import Page

from requests_app.accounts.identities import link_identity
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, RunningProvider


@pytest.fixture
def provider(settings):
    with RunningProvider() as running:
        settings.OIDC_ISSUER = running.issuer
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        yield running


def allow_forms_to(settings, *origins):
    """As settings do where OIDC_ISSUER is set."""
    policy = settings.CONTENT_SECURITY_POLICY
    words = {**policy["DIRECTIVES"], "form-action": ["'self'", *origins]}
    settings.CONTENT_SECURITY_POLICY = {**policy, "DIRECTIVES": words}


def test_a_person_signs_in_through_the_provider(
    page: Page, live_server, provider, settings, dispatcher, administrator, assert_accessible
):
    allow_forms_to(settings, provider.issuer)
    link_identity(
        dispatcher,
        actor=administrator,
        issuer=provider.issuer,
        subject=provider.subject,
        reason="Seen.",
    )

    page.goto("/account/login/?next=/requests/")
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("button", name="Sign in through the department").click()

    page.wait_for_url(f"{live_server.url}/requests/")
    page.goto("/account/oidc/department/login/?next=/requests/")
    assert_accessible(page)


def test_a_person_nobody_linked_is_told_what_to_do(
    page: Page, provider, settings, dispatcher, assert_accessible
):
    allow_forms_to(settings, provider.issuer)

    page.goto("/account/login/")
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("button", name="Sign in through the department").click()

    page.get_by_role("heading", name="You are not signed in").wait_for()
    assert_accessible(page)
