"""Servers that refuse to start: each refusal by the real process, and the process that does start."""

import contextlib
import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from louisville_ice.postgres import die_with_parent
from louisville_ice.startup import loopback_only
from tests import cluster
from tests.conftest import free_port

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DOES_NOT_BOOT = 3
SECONDS = 60
EVERYWHERE = "0.0.0.0"  # noqa: S104  what must not be answered from elsewhere has to be bound there
GUNICORN = [sys.executable, "-m", "gunicorn", "louisville_ice.wsgi", "--worker-class", "gthread"]
GUNICORN += ["--no-control-socket", "--log-level", "warning"]
WORKER = [sys.executable, "manage.py", "procrastinate", "worker"]

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def production(committed_db, cluster_urls):
    """What a real server has in its environment."""
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FACTOR_KEYS": "ZmFjdG9yLWtleS1vZi1vbmUtdGVzdC1vbmx5LTAxMjM=",
        "ALLOWED_HOSTS": "register.louisville.test",
        "DATABASE_URL": cluster.in_database(cluster_urls["application"], committed_db),
        "EMAIL_URL": "smtp://127.0.0.1:1",
    }


def started(command, environment, *, cwd=BASE_DIR):
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )


def refused(environment, command=None, **words):
    """What the process said before it ended by itself."""
    command = command or [*GUNICORN, "--bind", f"127.0.0.1:{free_port()}"]
    process = started(command, {**environment, **words})
    try:
        said, _ = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert process.returncode == DOES_NOT_BOOT, said
    assert "The register does not start:" in said
    return said


@contextlib.contextmanager
def serving(environment, *, address="127.0.0.1"):
    """gunicorn, when it listens; answers with its port."""
    port = free_port()
    process = started([*GUNICORN, "--bind", f"{address}:{port}"], environment)
    try:
        deadline = time.monotonic() + SECONDS
        while True:
            assert process.poll() is None, process.stdout.read()
            with contextlib.suppress(OSError):
                status(port, "/healthz", headers={"X-Forwarded-Proto": "https"})
                break
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


def status(port, path, *, host="127.0.0.1", headers=None):
    connection = http.client.HTTPConnection(host, port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Host": "register.louisville.test", **(headers or {})})
        return connection.getresponse().status


# --- what starts -------------------------------------------------------------------------------


def test_a_server_that_is_set_up_as_it_should_be_starts(production):
    with serving({**production, "BEHIND_HTTPS_PROXY": "true"}) as port:
        assert status(port, "/readyz") == 200


def test_a_worker_that_is_set_up_as_it_should_be_starts(production):
    process = started([*WORKER, "--one-shot"], production)
    try:
        said, _ = process.communicate(timeout=SECONDS)
    finally:
        process.kill()

    assert process.returncode == 0, said


def test_a_worker_of_gunicorn_tells_its_children_no_connection(production, superuser_connection):
    """What the start asked of the database is closed before the server forks."""
    with serving({**production, "BEHIND_HTTPS_PROXY": "true"}):
        rows = superuser_connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE usename = 'register_app' AND datname = current_database()"
        )
        assert rows.fetchone() == (0,)


# --- what does not -----------------------------------------------------------------------------

REFUSALS = {
    "debugging": ({"DEBUG": "true"}, "DEBUG is on"),
    "no key": ({"SECRET_KEY": ""}, "SECRET_KEY setting must not be empty"),
    "a short key": ({"SECRET_KEY": "short"}, "too short or too plain"),
    "a plain key": ({"SECRET_KEY": "ab" * 40}, "too short or too plain"),
    "Django's example of a key": (
        {"SECRET_KEY": f"django-insecure-{'x1Z-' * 3}{'qwertyuiop' * 4}"},
        "known to",
    ),
    "the tests' key": (
        {"SECRET_KEY": "only-for-tests-and-worth-nothing-outside-of-them-0123456789"},
        "known to everybody",
    ),
    "a short former key": ({"SECRET_KEY_FALLBACKS": "short"}, "too short or too plain"),
    "no key of factors": ({"FACTOR_KEYS": ""}, "FACTOR_KEYS is not set"),
    "the owner's password": ({"DATABASE_OWNER_URL": "postgresql://a@/b"}, "DATABASE_OWNER_URL is set"),
    "the ledger's password": ({"DATABASE_LEDGER_URL": "postgresql://a@/b"}, "DATABASE_LEDGER_URL is set"),
    "the auditor's password": ({"DATABASE_AUDITOR_URL": "postgresql://a@/b"}, "DATABASE_AUDITOR_URL is set"),
    "the superuser's password": (
        {"DATABASE_SUPERUSER_URL": "postgresql://a@/b"},
        "DATABASE_SUPERUSER_URL is set",
    ),
    "no database": ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
}


@pytest.mark.parametrize(("words", "complaint"), REFUSALS.values(), ids=REFUSALS)
def test_a_server_refuses(production, words, complaint):
    assert complaint in refused(production, **words)


@pytest.mark.parametrize("name", ["debugging", "a short key", "the owner's password"])
def test_a_job_worker_refuses(production, name):
    words, complaint = REFUSALS[name]

    assert complaint in refused(production, WORKER, **words)


def test_it_says_all_reasons_at_once_and_no_secret(production):
    said = refused(production, DEBUG="true", SECRET_KEY="only-for-tests" * 5, FACTOR_KEYS="")

    assert len(re.findall("^- ", said, re.MULTILINE)) == 3
    assert "only-for-tests" not in said
    assert production["DATABASE_URL"] not in said


def test_it_refuses_before_a_server_forks(production):
    assert "DEBUG is on" in refused(
        production, [*GUNICORN, "--preload", "--bind", "127.0.0.1:0"], DEBUG="true"
    )


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_it_refuses_a_cache_of_one_process(production, tmp_path, backend):
    settings = tmp_path / "one_cache.py"
    settings.write_text(
        "from louisville_ice.settings import *\n"
        f"CACHES = {{'default': {{'BACKEND': 'django.core.cache.backends.{backend}'}}}}\n"
    )
    words = {"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "one_cache"}

    for command in (None, WORKER):
        assert "is not shared by processes" in refused(production, command, **words)


def test_it_refuses_a_demonstration(production, demonstration):
    for command in (None, WORKER):
        assert "holds a demonstration" in refused(production, command)


def test_it_refuses_a_demonstration_even_where_only_localhost_is_a_name(production, demonstration):
    assert "holds a demonstration" in refused(production, ALLOWED_HOSTS="localhost")


def test_it_refuses_a_demonstration_without_https_under_another_name(production, demonstration):
    assert "ALLOWED_HOSTS may name localhost alone" in refused(production, PLAIN_HTTP_ON_LOOPBACK="true")


def test_it_refuses_a_database_whose_roles_were_never_granted(production, superuser_connection):
    superuser_connection.execute("DROP EVENT TRIGGER register_guard_ddl")
    superuser_connection.execute("DROP EVENT TRIGGER register_guard_drop")
    superuser_connection.execute("DROP SCHEMA register_guard CASCADE")

    assert "are the roles granted?" in refused(production)


def test_it_refuses_when_the_database_does_not_answer(production):
    words = "postgresql://register_app:a-password@127.0.0.1:1/register"

    said = refused(production, DATABASE_URL=words)

    assert "The database cannot be used" in said
    assert "a-password" not in said


def test_it_refuses_a_server_that_trusts(production, superuser_connection):
    """The first line of pg_hba.conf that fits decides; it is put back and read again afterwards."""
    ((rules,),) = superuser_connection.execute("SELECT current_setting('hba_file')").fetchall()
    kept = Path(rules).read_text()
    name = superuser_connection.info.dbname
    try:
        for role in ("register_app", "register_auditor"):
            Path(rules).write_text(f"local {name} {role} trust\n{kept}")
            superuser_connection.execute("SELECT pg_reload_conf()")
            _wait_for_rule(superuser_connection, role)
            assert f"lets {role} in without a true password" in refused(production)
    finally:
        Path(rules).write_text(kept)
        superuser_connection.execute("SELECT pg_reload_conf()")


def _wait_for_rule(connection, role):
    words = {"host": connection.info.host, "dbname": connection.info.dbname, "user": role}
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(**words, password="wrong").close()
            return
        time.sleep(0.05)
    pytest.fail("The server did not read its rules again.")


# --- this machine alone ------------------------------------------------------------------------


def loopback(production):
    return {**production, "PLAIN_HTTP_ON_LOOPBACK": "true", "ALLOWED_HOSTS": "localhost", "DEBUG": "true"}


def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent: it only asks for the way
        return probe.getsockname()[0]


def test_a_demonstration_bound_to_every_address_answers_this_machine_alone(production, demonstration):
    address = own_address()
    assert not address.startswith("127.")

    with serving(loopback(production), address=EVERYWHERE) as port:
        headers = {"Host": "localhost"}
        assert status(port, "/readyz", headers=headers) == 200
        assert status(port, "/readyz", host=address, headers=headers) == 403
        assert status(port, "/", host=address, headers={**headers, "X-Forwarded-For": "127.0.0.1"}) == 403


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("127.0.0.1", "page"),
        ("127.9.9.9", "page"),
        ("::1", "page"),
        ("", "page"),
        ("192.0.2.7", "refused"),
        ("::ffff:192.0.2.7", "refused"),
        ("2001:db8::1", "refused"),
        ("localhost", "refused"),
    ],
)
def test_without_https_it_looks_at_the_address(settings, address, answer):
    settings.PLAIN_HTTP_ON_LOOPBACK = True
    guarded = loopback_only(lambda environ, start_response: [b"page"])

    found = b"".join(guarded({"REMOTE_ADDR": address}, lambda status, headers: None))

    assert (found == b"page") == (answer == "page")


HEAVY = """
import sys, django
django.setup()
from django.urls import get_resolver
assert get_resolver().url_patterns
print(*{"numpy", "scipy"} & set(sys.modules))
"""


def test_a_server_does_not_load_what_only_freezing_needs():
    """Some seventy megabytes and half a second of every process."""
    words = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}

    done = subprocess.run(
        [sys.executable, "-c", HEAVY], cwd=BASE_DIR, env=words, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""
