"""What the documentation says of limits, keys and ways in is what the register does."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from requests_app import idle
from requests_app.models import Threshold
from requests_app.signin import middleware, step_up
from requests_app.vocabulary import ThresholdKey
from requests_app.workflow import RESTRICTED_COLUMNS

BASE = Path(__file__).resolve().parents[2]


def words_of(name: str) -> str:
    return re.sub(r"\s+", " ", (BASE / "docs" / f"{name}.md").read_text())


@pytest.mark.django_db
def test_the_time_limits_of_the_manual_are_those_of_the_register():
    """Every one of the register's, with its minutes and those in danger."""
    rows = re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \|$", (BASE / "docs/administrator.md").read_text(), re.M)

    written = {label: (int(minutes), int(danger)) for label, minutes, danger in rows}
    assert written == {
        ThresholdKey(one.key).label: (one.minutes, one.emergency_minutes) for one in Threshold.objects.all()
    }
    assert len(written) == len(ThresholdKey)


def test_the_defence_of_passwords_is_written_down():
    """How many, in what time, what then, who opens it, and why a stranger cannot close the department."""
    text = words_of("security")

    assert settings.AXES_FAILURE_LIMIT == 5
    assert settings.AXES_COOLOFF_TIME.total_seconds() == 15 * 60
    for said in (
        "a lock after five tries",
        "counts wrong passwords and codes of a name, from anywhere, in fifteen minutes",
        "stands until a person of another role on the same shift releases it",
        "unlockers are on every shift, passkeys are not affected",
    ):
        assert said in text, said


def test_the_life_of_a_session_is_written_down():
    """And where it is shorter than what others ask for, with the reason."""
    text = words_of("security")

    assert idle.IDLE_SECONDS == 15 * 60
    assert settings.SESSION_COOKIE_AGE == 12 * 60 * 60
    assert step_up.FRESH_SECONDS == 10 * 60
    assert "idle 15 minutes, whole 12 hours" in text
    assert "a second factor within ten minutes" in text
    assert "Twelve hours and fifteen minutes (CJIS) against longer (NIST 800-63B): the shorter." in text


def test_the_ways_in_are_written_down():
    """Four doors in the code; each in the manual with what it asks for."""
    signing_in, operating = words_of("signing-in"), words_of("operating")

    doors = {"account_login", "mfa_login_webauthn", "enrol"}
    assert doors <= middleware.DOORS
    assert len(middleware.DOORS) == len(doors) + 1
    assert "Two factors, always: a password and something you have, or a passkey" in signing_in
    assert "An administrator hands you a link, in person. It works once, and for one day." in signing_in
    assert "Signature, issuer, audience, expiry, nonce and second factor are checked each time" in operating


def test_what_ends_with_the_identity_provider_is_written_down():
    text = words_of("operating")

    assert "The provider's second factor counts as ours, from `auth_time` on. Older than ten minutes" in text
    assert "Older than twelve hours it does not let in." in text
    assert "Signing out here does not sign out there" in text


def test_the_restricted_fields_are_written_down():
    """docs/privacy.md names each, who reads it plainly, and how others come to read it."""
    text = words_of("privacy")
    named = {
        "requester_name": "caller's name",
        "requester_badge": "badge",
        "callback_number": "call-back number",
        "identity_refused": "whether they refused to say",
        "location": "exact place",
    }

    assert set(named) == set(RESTRICTED_COLUMNS)
    (row,) = re.findall(r"\| \*\*restricted\*\*: (.*?) \|", text)
    for words in named.values():
        assert words in row
    assert "They are shown plainly to who took or logged the request" in text


def test_keys_are_written_down():
    """Each key: what it protects, how it is made, where it lives, who holds it, when and how it changes."""
    text = words_of("operating")

    for key in ("FACTOR_KEYS", "SECRET_KEY", "OIDC_CLIENT_SECRET"):
        assert f"| `{key}` |" in text
    for said in (
        "owned by root, mode 0600",
        "Never in the database, in the repository, in a ticket or beside a backup.",
        "A sealed copy is with two people",
        "once a year, and at once when one may have been seen",
        "manage.py rotate_factor_keys",
    ):
        assert said in text, said


def test_what_the_register_talks_to_is_written_down():
    """Database, mail, proxy and identity provider; and nothing that a person may name."""
    text = words_of("operating")

    for part in ("| PostgreSQL", "| an SMTP server |", "| a proxy with HTTPS |"):
        assert part in text
    assert "must all be on the issuer's host; the register speaks with no other" in text
    for variable in ("DATABASE_URL", "EMAIL_URL", "OIDC_ISSUER"):
        assert f"`{variable}`" in text
