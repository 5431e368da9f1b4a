"""A register as it is on its first day."""

import pytest
from django.test import Client

from requests_app.models import User

pytestmark = pytest.mark.django_db


def test_an_empty_register_has_no_account_that_opens():
    """The register's own account alone: it has no password, and nobody enters as it."""
    (only,) = User.objects.all()
    assert only.is_system
    assert not only.has_usable_password()

    client = Client()
    client.post("/account/notice/")
    for password in ("", "SYSTEM", "system", "admin", "password", only.password):
        answer = client.post("/account/login/", {"login": only.badge_number, "password": password})
        assert answer.status_code != 302
    assert client.get("/account/sessions/").status_code == 302
