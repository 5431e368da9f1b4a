"""Where data of a case may stand, and for how long anybody can make the register work."""

import ast
import json
import pickle
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from django.db import OperationalError, connection
from django.test import Client

from requests_app.models import Session
from requests_app.signin.sessions import SessionStore
from tests import factories
from tests.security.surface import ACTS, PEOPLE, addresses, ended_quarter, example_words, forms_of

pytestmark = pytest.mark.django_db

BASE = Path(__file__).resolve().parents[2]
SENSITIVE = {"requester_name", "requester_badge", "callback_number", "location", "what_was_said", "reason"}
SENSITIVE |= {"narrative", "note", "password", "code", "text", "explanation", "idempotency_key"}


@pytest.fixture
def pages(cast, demonstration, client_of):
    quarter = ended_quarter(cast.dispatcher)
    found = addresses(example_words(ACTS["answer"].case(cast), quarter))
    answers = []
    for who in PEOPLE:
        client = client_of(who)
        answers += [(who, one.url, client.get(one.url)) for one in found]
    return [one for one in answers if one[2].status_code == 200]


def test_no_form_sends_what_is_sensitive_in_the_address(pages):
    """Forms that narrow a list go by the address; everything that is told is posted."""
    seen = set()
    for who, url, answer in pages:
        for form in forms_of(answer.content.decode()):
            if form.method == "get":
                assert not form.names & SENSITIVE, (who, url, form.names)
                seen |= form.names
            else:
                assert "csrfmiddlewaretoken" in form.names, (who, url)
            assert "?" not in form.action or "next=" in form.action, (who, url, form.action)
    assert "q" in seen


def test_the_cache_holds_nothing_of_a_case(pages):
    """After everybody has looked at everything: counts of tries, and no word of a page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM register_cache")
        kept = cursor.fetchall()

    for key, _value in kept:
        assert "allauth:rl:" in key or "axes" in key, key
    assert "Canary" not in str(kept)


def test_sessions_are_json_and_nothing_is_unpickled(cast):
    """What stands in a session row is JSON; a pickled one is thrown away; our code knows no pickle."""
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"
    assert SessionStore().serializer is JSONSerializer
    session = factories.session_for(cast.dispatcher)
    row = Session.objects.get(session_key=session.session_key)
    assert json.loads(json.dumps(signing.loads(row.session_data, salt=session.key_salt)))

    class Bomb:
        def __reduce__(self):
            return (print, ("exploded",))

    signer = signing.TimestampSigner(salt=session.key_salt)
    row.session_data = signer.sign(signing.b64_encode(pickle.dumps(Bomb())).decode())
    row.save(update_fields=["session_data"])
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert client.get("/requests/").status_code == 302

    for package in ("louisville_ice", "requests_app"):
        for path in (BASE / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [one.name for one in getattr(node, "names", [])] + [getattr(node, "module", "") or ""]
                if isinstance(node, ast.Import | ast.ImportFrom):
                    assert not {"pickle", "marshal", "shelve", "yaml", "dill"} & set(names), path


def test_a_statement_that_takes_too_long_is_ended():
    """Five seconds, two for a lock; the settings of the connection say so to every process."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("5s",)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("2s",)
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        with pytest.raises(OperationalError, match="statement timeout"):
            cursor.execute("SELECT pg_sleep(1)")
