"""The ground that tests stand on: a database of their own, a server, a browser, a mail server; and the cast.

`db` rolls back after the test. `committed_db` is a fresh clone for a test that really commits: threads,
deferred triggers, the browser. pytest-django's own flush is out of the question: the database refuses
TRUNCATE, and no test gets it switched off.
"""

import contextlib
import email
import email.policy
import io
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connections, reset_queries
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from psycopg.conninfo import conninfo_to_dict

from requests_app import publication
from requests_app.models import User
from requests_app.vocabulary import Role
from tests import cluster, factories
from tests.published import make_publication

# A run is not green when a test that docs/asvs.csv or docs/cjis.csv names is not.
pytest_plugins = ["tests.evidence"]

FOLDER_VARIABLE = "REGISTER_TEST_FOLDER"
COMMITTING_FIXTURES = {"committed_db", "live_server"}
Clones = Callable[..., contextlib.AbstractContextManager[str]]
MISSING_BROWSER = "Chromium is missing. Install it with: apt-get install -y chromium"

# --- the run -----------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return  # a process of pytest-xdist: the first process has made the folder
    folder, alive = cluster.make_folder()
    os.environ[FOLDER_VARIABLE] = str(folder)
    config.add_cleanup(lambda: cluster.remove_folder(folder, alive))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None and (marker.args or marker.kwargs):
            raise pytest.UsageError(f"{item.nodeid}: django_db takes no options here; ask for committed_db.")


# --- the database ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cluster_urls() -> dict[str, str]:
    """URLs of the run's server by role; see tests/cluster.py."""
    return cluster.urls(Path(os.environ[FOLDER_VARIABLE]))


@pytest.fixture(scope="session")
def django_db_setup(
    cluster_urls: dict[str, str], django_test_environment: None, worker_name: str
) -> Iterator[None]:
    """pytest-django's `db` works in this process's own clone, as the application's role."""
    name = f"test_{worker_name}"
    cluster.clone(cluster_urls["postgres"], name)
    _use_database(cluster_urls["application"], name)
    yield
    connections["default"].close()
    cluster.drop(cluster_urls["postgres"], name)


@pytest.fixture(scope="session")
def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _use_database(application_url: str, name: str) -> None:
    """Point Django, and the commands that a test starts as processes, at one database."""
    url = cluster.in_database(application_url, name)
    words = conninfo_to_dict(url)
    connections["default"].close()
    # The dictionary is shared by the connections of all threads: a live server's follow.
    connections["default"].settings_dict |= {
        "NAME": name,
        "USER": words["user"],
        "PASSWORD": words["password"],
        "HOST": words["host"],
    }
    os.environ["DATABASE_URL"] = url


@pytest.fixture(scope="session")
def clones(
    django_db_setup: None, django_db_blocker: Any, cluster_urls: dict[str, str], worker_name: str
) -> Clones:
    """Makes fresh clones: Django works in one for as long as it is open, then it is dropped."""
    numbers = count(1)

    @contextlib.contextmanager
    def make(template: str = cluster.TEMPLATE) -> Iterator[str]:
        own = connections["default"].settings_dict["NAME"]
        name = f"clone_{worker_name}_{next(numbers)}"
        cluster.clone(cluster_urls["postgres"], name, template=template)
        _use_database(cluster_urls["application"], name)
        with django_db_blocker.unblock():
            yield name
        _use_database(cluster_urls["application"], own)
        cluster.drop(cluster_urls["postgres"], name)

    return make


@pytest.fixture
def committed_db(request: pytest.FixtureRequest, clones: Clones) -> Iterator[str]:
    """A fresh clone in which commits are real; answers with its name. Dropped afterwards."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        pytest.fail("A test asks for db or for committed_db, not for both.")
    with clones() as name:
        yield name


@pytest.fixture(scope="module")
def module_db(clones: Clones) -> Iterator[str]:
    """As `committed_db`, for a module whose tests only look at what one fixture has put in at some cost."""
    with clones() as name:
        yield name


@pytest.fixture(scope="module")
def demonstration_db(clones: Clones, cluster_urls: dict[str, str]) -> Iterator[str]:
    """As `module_db`, with what `manage.py demo` makes. It is made once in a run: that takes many seconds."""
    with cluster.turn(Path(os.environ[FOLDER_VARIABLE])):
        if not cluster.exists(cluster_urls["postgres"], cluster.DEMONSTRATION):
            _make_demonstration(clones, cluster_urls["postgres"])
    with clones(cluster.DEMONSTRATION) as name:
        yield name


def _make_demonstration(clones: Clones, postgres_url: str) -> None:
    settings.DEBUG = True  # pytest-django's own fixture for settings lives for one test alone
    try:
        with clones() as made:
            call_command("demo", stdout=io.StringIO())
            connections["default"].close()
            cluster.clone(postgres_url, cluster.DEMONSTRATION, template=made)
    finally:
        settings.DEBUG = False
        reset_queries()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """For fixtures that put rows in: whichever database the test asked for."""
    committing = COMMITTING_FIXTURES & set(request.fixturenames)
    request.getfixturevalue("committed_db" if committing else "db")


@pytest.fixture
def transactional_db() -> None:
    pytest.fail("transactional_db empties tables by TRUNCATE, which is refused here: ask for committed_db.")


@pytest.fixture
def superuser_connection(
    committed_db: str, cluster_urls: dict[str, str]
) -> Iterator["psycopg.Connection[Any]"]:
    """psycopg, autocommit, as the superuser of the test's clone: for attacks."""
    with _raw_connection(cluster_urls["superuser"], committed_db) as connection:
        yield connection


@pytest.fixture
def owner_connection(committed_db: str, cluster_urls: dict[str, str]) -> Iterator["psycopg.Connection[Any]"]:
    """psycopg, autocommit, as the owner of the tables of the test's clone: for attacks."""
    with _raw_connection(cluster_urls["owner"], committed_db) as connection:
        yield connection


@pytest.fixture
def application_connection(
    committed_db: str, cluster_urls: dict[str, str]
) -> Iterator["psycopg.Connection[Any]"]:
    """psycopg, autocommit, as the application's role in the test's clone: for attacks without Django."""
    with _raw_connection(cluster_urls["application"], committed_db) as connection:
        yield connection


@pytest.fixture
def ledger_owner_connection(
    committed_db: str, cluster_urls: dict[str, str]
) -> Iterator["psycopg.Connection[Any]"]:
    """psycopg, autocommit, as the owner of the ledger of the test's clone: for attacks."""
    with _raw_connection(cluster_urls["ledger"], committed_db) as connection:
        yield connection


@pytest.fixture
def auditor_connection(
    committed_db: str, cluster_urls: dict[str, str]
) -> Iterator["psycopg.Connection[Any]"]:
    """psycopg, autocommit, as the auditor of the test's clone."""
    with _raw_connection(cluster_urls["auditor"], committed_db) as connection:
        yield connection


@pytest.fixture
def public_connection(committed_db: str, cluster_urls: dict[str, str]) -> Iterator["psycopg.Connection[Any]"]:
    """psycopg, autocommit, as the role of the public pages in the test's clone."""
    with _raw_connection(cluster_urls["public"], committed_db) as connection:
        yield connection


def _raw_connection(url: str, name: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(cluster.in_database(url, name), autocommit=True)


# --- the server and the browser ----------------------------------------------------------------


@pytest.fixture(autouse=True)
def _live_server_helper() -> None:
    """Takes the place of pytest-django's, which would empty the tables."""


@pytest.fixture
def live_server(committed_db: str) -> Iterator[LiveServerThread]:
    """The site on a free port of this machine, on a clone of its own; `live_server.url` is its address."""
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    server.url = f"http://localhost:{server.port}"  # type: ignore[attr-defined]
    yield server
    server.terminate()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail(MISSING_BROWSER)
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    # Chromium's sandbox refuses to run as root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": executable, "args": [*quiet, *sandbox]}


@pytest.fixture
def browser_context_args(
    browser_context_args: dict[str, Any], live_server: LiveServerThread
) -> dict[str, Any]:
    """Every page starts from our server: `page.goto("/")`."""
    return {**browser_context_args, "base_url": live_server.url, "locale": "en-US"}


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: broken scripts, breaches of the Content-Security-Policy."""
    return []


@pytest.fixture
def context(context: BrowserContext, complaints: list[str]) -> Iterator[BrowserContext]:
    """A context that fails its test when the browser complained."""
    context.on("console", lambda message: complaints.extend(_complaint(message)))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.set_default_timeout(10_000)
    yield context
    assert complaints == []


def _complaint(message: ConsoleMessage) -> list[str]:
    # A page that answers 409 or 422 is reported here too; the test itself looks at the status.
    expected = message.type != "error" or message.text.startswith("Failed to load resource")
    return [] if expected else [message.text]


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Runs axe on the page as it stands and shows what it finds."""

    def check(page: Page) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return check


# --- the public site ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def published_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("public")


@pytest.fixture
def public_site(settings: Any, published_folder: Path) -> Path:
    """Five quarters by chance, published: written once for all tests that only read them."""
    settings.PUBLIC_DIR = published_folder
    publication.publish(make_publication(), at=datetime(2026, 5, 4, 12, tzinfo=UTC))
    return published_folder


# --- mail --------------------------------------------------------------------------------------


class Inbox:
    """Keeps what a real SMTP conversation delivered, in order."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.original_content or b""
        message = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
        message["X-RcptTo"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[list[EmailMessage]]:
    """A real SMTP server on this machine, to which Django sends; answers with the messages it got."""
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    yield inbox.messages
    server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- the cast ----------------------------------------------------------------------------------
# Fixtures that make rows ask for `database`, so that they serve both kinds of test.


@pytest.fixture
def demonstration(database: None) -> None:
    """The database is a demonstration: a test may set its clock with `demonstration.clock`."""
    factories.make_demonstration()


@pytest.fixture
def dispatcher(database: None) -> User:
    return factories.make_user("D-101", Role.DISPATCHER, display_name="Dispatcher One")


@pytest.fixture
def commander(database: None) -> User:
    return factories.make_user("C-201", Role.COMMANDING_OFFICER, display_name="Commander One")


@pytest.fixture
def second_commander(database: None) -> User:
    return factories.make_user("C-202", Role.COMMANDING_OFFICER, display_name="Commander Two")


@pytest.fixture
def oversight(database: None) -> User:
    return factories.make_user("O-301", Role.OVERSIGHT, display_name="Oversight One")


@pytest.fixture
def administrator(database: None) -> User:
    return factories.make_user("A-401", Role.ADMINISTRATOR, display_name="Administrator One")


@pytest.fixture
def outsider(database: None) -> User:
    """Has an account, no role, and must see nothing."""
    return factories.make_user("X-501", display_name="Outsider One")


@pytest.fixture
def client() -> Client:
    return factories.RegisterClient()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A test client signed in as this person."""

    def client(user: User) -> Client:
        one = factories.RegisterClient()
        one.force_login(user)
        return one

    return client


@pytest.fixture
def sign_in(live_server: LiveServerThread) -> Callable[[Page, User], None]:
    """Puts a signed-in session into the browser. That people can really sign in has tests of its own:

    a code works once in thirty seconds, and a suite cannot wait for the next one.
    """

    def go(page: Page, user: User) -> None:
        key = factories.session_for(user).session_key
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url, "httpOnly": True}]
        )
        page.goto("/")

    return go
