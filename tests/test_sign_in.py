"""Signing in and changing one's password, where commits are real."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from requests_app.models import User
from tests import factories

NEW = "a new and rather long password"


@pytest.mark.usefixtures("committed_db")
def test_a_password_hashed_long_ago_is_hashed_anew_at_sign_in(dispatcher, settings):
    hashers = "django.contrib.auth.hashers"
    settings.PASSWORD_HASHERS = [f"{hashers}.PBKDF2PasswordHasher", f"{hashers}.PBKDF2SHA1PasswordHasher"]
    dispatcher.password = make_password(factories.PASSWORD, hasher="pbkdf2_sha1")
    dispatcher.save(update_fields=["password"])

    answer = Client().post(
        "/account/login/", {"username": dispatcher.badge_number, "password": factories.PASSWORD}
    )

    assert answer.status_code == 302
    assert User.objects.get(pk=dispatcher.pk).password.startswith("pbkdf2_sha256$")


@pytest.mark.usefixtures("committed_db")
def test_a_person_changes_their_password_and_it_is_a_revision(dispatcher, signed_in):
    client = signed_in(dispatcher)
    form = {"old_password": factories.PASSWORD, "new_password1": NEW, "new_password2": NEW}

    page = client.get("/account/password/")
    answer = client.post("/account/password/", form)

    after = User.objects.get(pk=dispatcher.pk)
    assert (page.status_code, answer.status_code) == (200, 302)
    assert after.check_password(NEW)
    assert after.history.filter(revision=after.revision).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("badge", ["D-101", "d-101", " D-101 "])
def test_a_badge_number_may_be_typed_in_small_letters(dispatcher, client, badge):
    answer = client.post("/account/login/", {"username": badge, "password": factories.PASSWORD})

    assert answer.status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("badge", ["D-101", "D-999"])
def test_a_wrong_sign_in_does_not_tell_whether_the_account_exists(dispatcher, client, badge):
    answer = client.post("/account/login/", {"username": badge, "password": "wrong"})

    assert b"do not belong together" in answer.content
