"""Passwords: what is refused, what must be taken, and what nobody is asked."""

import gzip
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from requests_app.forms.account import FirstPasswordForm, OwnPasswordForm, SignInForm
from requests_app.models import User
from tests import factories

BASE = Path(__file__).resolve().parents[2]
COMMON = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
NEW = "eight white herons on a weir"


def form(user, password):
    return FirstPasswordForm(user, {"new_password1": password, "new_password2": password})


def test_common_passwords_are_refused():
    """Every one of the list that is long enough for us, in any case."""
    stranger = User(badge_number="D-777", display_name="Newcomer")
    common = gzip.decompress(COMMON.read_bytes()).decode().splitlines()
    long_enough = [word for word in common if len(word) >= 12]
    assert len(common) > 3000
    assert long_enough

    for word in long_enough:
        for typed in (word, word.upper()):
            with pytest.raises(ValidationError):
                password_validation.validate_password(typed, stranger)
    # And shorter ones are refused for being short.
    with pytest.raises(ValidationError):
        password_validation.validate_password(common[0], stranger)


@pytest.mark.django_db
def test_a_change_wants_the_password_before(signed_in, dispatcher):
    client = signed_in(dispatcher)

    for old in ("", "no", factories.PASSWORD.upper(), NEW):
        sent = {"old_password": old, "new_password1": NEW, "new_password2": NEW}
        assert client.post("/account/password/", sent).status_code == 422

    dispatcher.refresh_from_db()
    assert dispatcher.check_password(factories.PASSWORD)


@pytest.mark.parametrize("length", [64, 128, 200])
def test_long_passwords_are_taken_whole(length):
    password = ("ab cd " * 40)[:length].strip().ljust(length, "x")
    stranger = User(badge_number="D-777", display_name="Newcomer")

    checked = form(stranger, password)

    assert checked.is_valid(), checked.errors
    assert checked.cleaned_data["new_password1"] == password


def password_forms() -> list[forms.Form]:
    person = User(badge_number="D-777", display_name="Newcomer")
    return [SignInForm(), OwnPasswordForm(person), FirstPasswordForm(person)]


def test_fields_of_passwords_hide_and_take_managers():
    """Hidden, filled by password managers, and open to paste: no script looks at it."""
    found = [
        (name, field) for one in password_forms() for name, field in one.fields.items() if "password" in name
    ]

    assert len(found) == 6
    for name, field in found:
        assert field.widget.input_type == "password", name
        assert field.widget.attrs["autocomplete"] in {"current-password", "new-password"}, name
    for script in (BASE / "static" / "js").glob("*.js"):
        assert "paste" not in script.read_text(), script


def test_nobody_is_asked_for_a_hint_or_a_secret_answer():
    names = {name for one in password_forms() for name in one.fields}
    columns = {column.name for column in User._meta.get_fields()}

    assert names <= {"login", "password", "remember", "old_password", "new_password1", "new_password2"}
    assert not [word for word in columns | names if "hint" in word or "question" in word or "answer" in word]


def test_nothing_wants_kinds_of_characters():
    """The rules there are: likeness to oneself, length, the list, digits alone, words of this house."""
    rules = [one["NAME"].rpartition(".")[2] for one in settings.AUTH_PASSWORD_VALIDATORS]

    assert sorted(rules) == [
        "CommonPasswordValidator",
        "MinimumLengthValidator",
        "NotTooLongValidator",
        "NumericPasswordValidator",
        "OwnWordsValidator",
        "UserAttributeSimilarityValidator",
    ]
