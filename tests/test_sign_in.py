"""How passwords are kept. The door itself is tested in tests/security."""

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client

from louisville_ice import settings as own_settings
from requests_app.models import User
from tests import factories

HASHERS = "django.contrib.auth.hashers"


@pytest.mark.usefixtures("committed_db")
def test_a_password_hashed_long_ago_is_hashed_anew_at_sign_in(dispatcher, settings):
    settings.PASSWORD_HASHERS = own_settings.PASSWORD_HASHERS
    dispatcher.password = make_password(factories.PASSWORD, hasher="pbkdf2_sha256")
    dispatcher.save(update_fields=["password"])
    client = Client()
    client.post("/account/notice/")

    answer = client.post(
        "/account/login/", {"login": dispatcher.badge_number, "password": factories.PASSWORD}
    )

    assert answer.status_code == 302
    assert identify_hasher(User.objects.get(pk=dispatcher.pk).password).algorithm == "argon2"


def test_the_register_hashes_with_argon2():
    assert own_settings.PASSWORD_HASHERS[0] == f"{HASHERS}.Argon2PasswordHasher"
    assert settings.PASSWORD_HASHERS != own_settings.PASSWORD_HASHERS  # the tests' own is quick
