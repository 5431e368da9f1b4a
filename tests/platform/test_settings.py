"""Settings are safe when nothing is said, and raise when something odd is said."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
NAMES = (
    "ALLOWED_HOSTS",
    "BEHIND_HTTPS_PROXY",
    "DATABASE_OWNER_URL",
    "DATABASE_POOL_SIZE",
    "DATABASE_PUBLIC_URL",
    "DATABASE_URL",
    "DEBUG",
    "EMAIL_URL",
    "PLAIN_HTTP_ON_LOOPBACK",
    "SECRET_KEY",
    "STATIC_COLLECTED",
)


@pytest.fixture
def settings_with(monkeypatch):
    """The settings module as it is in an environment of these words alone."""

    def load(**words):
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, word in words.items():
            monkeypatch.setenv(name, word)
        return runpy.run_path(str(BASE_DIR / "louisville_ice" / "settings.py"))

    return load


def test_nothing_said_is_safe(settings_with):
    found = settings_with()

    assert found["DEBUG"] is False
    assert found["SECRET_KEY"] == ""
    assert found["ALLOWED_HOSTS"] == []
    assert found["DATABASES"] == {}
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SESSION_COOKIE_SECURE"] is True


@pytest.mark.parametrize("word", ["yes", "on", "", "flase"])
def test_it_refuses_a_third_word_for_a_switch(settings_with, word):
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be true or false"):
        settings_with(DEBUG=word)


def test_it_refuses_plain_http_for_another_host(settings_with):
    with pytest.raises(ImproperlyConfigured, match="localhost alone"):
        settings_with(PLAIN_HTTP_ON_LOOPBACK="true", ALLOWED_HOSTS="localhost,register.example.org")


def test_it_refuses_another_kind_of_database(settings_with):
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL"):
        settings_with(DATABASE_URL="sqlite:///register.sqlite3")


def test_it_takes_a_socket_folder_from_the_url(settings_with):
    database = settings_with(DATABASE_URL="postgresql://app:word@/register?host=/run/a")["DATABASES"][
        "default"
    ]

    assert (database["USER"], database["PASSWORD"], database["NAME"]) == ("app", "word", "register")
    assert database["OPTIONS"]["host"] == "/run/a"
    assert "statement_timeout=5s" in database["OPTIONS"]["options"]
    assert database["OPTIONS"]["pool"]["max_size"] == 4


def test_the_owner_gets_no_statement_timeout_and_no_pool(settings_with):
    owner = settings_with(DATABASE_OWNER_URL="postgresql://owner@/register")["DATABASES"]["owner"]

    assert "statement_timeout" not in owner["OPTIONS"]["options"]
    assert "pool" not in owner["OPTIONS"]


def test_the_public_alias_only_reads(settings_with):
    public = settings_with(DATABASE_PUBLIC_URL="postgresql://public@/register")["DATABASES"]["public"]

    assert public["USER"] == "public"
    assert "default_transaction_read_only=on" in public["OPTIONS"]["options"]
    assert "statement_timeout=5s" in public["OPTIONS"]["options"]


def test_a_pool_gives_up_soon_and_hands_out_no_dead_connection(settings_with):
    database = settings_with(DATABASE_URL="postgresql://app@/register")["DATABASES"]["default"]

    assert database["OPTIONS"]["pool"]["timeout"] == 2
    assert database["CONN_HEALTH_CHECKS"] is True


def test_the_policy_allows_nothing_inline(settings_with):
    directives = settings_with()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]

    assert directives["default-src"] == ["'none'"]
    assert not any("unsafe" in str(value) for value in directives.values())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"DEBUG": "true"}, "security.W018"),
        ({"SECRET_KEY": "short"}, "security.W009"),
        ({"PLAIN_HTTP_ON_LOOPBACK": "true", "ALLOWED_HOSTS": "localhost"}, "register.W001"),
        ({"STATIC_COLLECTED": "false"}, "register.W002"),
        ({"DATABASE_OWNER_URL": "postgresql://owner@/register"}, "register.W003"),
        ({"DATABASE_LEDGER_URL": "postgresql://ledger@/register"}, "register.W003"),
        ({"DATABASE_AUDITOR_URL": "postgresql://auditor@/register"}, "register.W003"),
        ({"DATABASE_SUPERUSER_URL": "postgresql://postgres@/register"}, "register.W003"),
        ({"DATABASE_PUBLIC_URL": ""}, "register.W004"),
    ],
)
def test_the_deployment_check_complains_of(words, complaint):
    good = {
        "SECRET_KEY": "qRZ3yoT8-lq6U2bXk_v0eBHc1PjIwN7sAgd9mFtVhYuLxCzD5MnOEKSrWpJaQfGi",
        "ALLOWED_HOSTS": "register.example.org",
        "DATABASE_URL": "postgresql://app@/register",
        "DATABASE_PUBLIC_URL": "postgresql://public@/register",
        "STATIC_COLLECTED": "true",
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    done = subprocess.run(command, cwd=BASE_DIR, env=good | words, capture_output=True, text=True)

    assert done.returncode == 1
    assert complaint in done.stderr
