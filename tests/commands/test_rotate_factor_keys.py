"""Secrets of second factors move to a new key, and still give the same codes."""

import io

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from requests_app.models import LedgerEntry
from requests_app.signin import encryption, key_rotation, totp
from requests_app.vocabulary import Action

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def factors(committed_db, settings, dispatcher, commander, oversight):
    """Three people with an app, under the old key."""
    settings.FACTOR_KEYS = [OLD]
    return [totp.add_factor(person.pk, SECRET) for person in (dispatcher, commander, oversight)]


def rotate():
    said = io.StringIO()
    call_command("rotate_factor_keys", stdout=said)
    return said.getvalue()


def stored():
    return dict(Authenticator.objects.values_list("pk", "data"))


def test_every_secret_opens_with_the_new_key_alone_and_is_the_same(factors, settings):
    settings.FACTOR_KEYS = [NEW, OLD]
    said = rotate()

    settings.FACTOR_KEYS = [NEW]
    assert [encryption.decrypt(data["secret"]) for data in stored().values()] == [SECRET] * 3
    assert "3 secrets are under the first key now, 0 were already" in said
    assert LedgerEntry.objects.get(action=Action.ROTATE_KEYS).details["rotated"] == 3


def test_it_may_run_twice(factors, settings):
    settings.FACTOR_KEYS = [NEW, OLD]
    rotate()
    before = stored()

    assert "0 secrets are under the first key now, 3 were already" in rotate()
    assert stored() == before


def test_a_code_that_was_used_stays_used(factors, settings):
    code = totp.code_at(SECRET, totp.current_counter())
    assert totp.use_code(factors[0], code)
    used = stored()[factors[0].pk][totp.LAST_COUNTER]

    settings.FACTOR_KEYS = [NEW, OLD]
    rotate()

    assert stored()[factors[0].pk][totp.LAST_COUNTER] == used


def test_a_secret_that_no_key_opens_is_counted_and_nothing_is_changed(factors, settings, dispatcher):
    settings.FACTOR_KEYS = [OTHER]
    for factor in factors[:2]:
        factor.data["secret"] = encryption.encrypt(SECRET)
        factor.save()
    before = stored()
    settings.FACTOR_KEYS = [NEW, OLD]

    with pytest.raises(CommandError, match="opens 2 secrets"):
        rotate()

    assert stored() == before
    assert not LedgerEntry.objects.filter(action=Action.ROTATE_KEYS).exists()


def test_it_goes_on_after_a_full_batch(factors, settings, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    settings.FACTOR_KEYS = [NEW, OLD]

    assert "3 secrets" in rotate()


def test_without_keys_it_says_so(committed_db, settings):
    settings.FACTOR_KEYS = []

    with pytest.raises(CommandError, match="FACTOR_KEYS is not set"):
        rotate()
