"""The register's keys change while people work, as docs/operating.md says."""

import pytest

from requests_app.signin import enrolment

OLD = "the key of last year, which was long enough to be one of ours-0123456789"
NEW = "the key of this year, which is long enough to be one of ours-9876543210"

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in_last_year(settings, signed_in, dispatcher):
    settings.SECRET_KEY = OLD
    return signed_in(dispatcher)


@pytest.fixture
def link(settings, outsider):
    """Of a person who has not set a password yet."""
    settings.SECRET_KEY = OLD
    outsider.set_unusable_password()
    outsider.save()
    return enrolment.link_for(outsider).strip("/").split("/")[2:]


def test_with_the_old_key_as_a_fallback_nobody_is_signed_out(signed_in_last_year, settings, link, outsider):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]

    assert signed_in_last_year.get("/requests/").status_code == 200
    assert enrolment.account_of(*link) == outsider


def test_without_it_sessions_and_links_end_at_once(signed_in_last_year, settings, link):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []

    assert signed_in_last_year.get("/requests/").status_code == 302
    assert enrolment.account_of(*link) is None
