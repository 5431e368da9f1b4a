"""The register looks at its own ledger and log, and writes to who keeps watch when something is wrong."""

import pytest

from requests_app import tasks
from requests_app.models import LedgerEntry
from tests import factories
from tests.signed_log import SignedLog


@pytest.fixture
def watchers(committed_db, oversight, administrator):
    return [oversight, administrator]


@pytest.fixture
def case(committed_db, dispatcher, commander):
    return factories.make_decided(dispatcher, commander)


@pytest.fixture
def folder(settings, tmp_path):
    settings.TLOG_DIR = tmp_path / "tlog"
    settings.TLOG_DIR.mkdir()
    return settings.TLOG_DIR


def recipients(message):
    return sorted(message["To"].split(", "))


def test_a_whole_ledger_worries_nobody(case, watchers, folder, smtp_server):
    SignedLog(folder).publish()

    tasks.verify_ledger(0)

    assert smtp_server == []


def test_who_keeps_watch_hears_of_a_ledger_that_was_changed(
    case, watchers, folder, smtp_server, superuser_connection
):
    last = LedgerEntry.objects.latest("id")
    superuser_connection.execute("ALTER EVENT TRIGGER register_guard_ddl DISABLE")
    superuser_connection.execute("ALTER TABLE requests_app_ledgerentry DISABLE TRIGGER ALL")
    superuser_connection.execute(
        "UPDATE requests_app_ledgerentry SET public_bytes = public_bytes || ' '::bytea WHERE id = %s",
        [last.pk],
    )

    tasks.verify_ledger(0)

    (message,) = smtp_server
    assert message["Subject"] == "Register: the ledger is not whole"
    assert recipients(message) == sorted(one.email for one in watchers)
    assert "Entry " in message.get_content()


def test_who_keeps_watch_hears_when_nothing_was_ever_signed(watchers, folder, smtp_server):
    tasks.watch_log(0)

    (message,) = smtp_server
    assert message["Subject"] == "Register: the log is not signed"
    assert recipients(message) == sorted(one.email for one in watchers)
    assert "has not been signed yet" in message.get_content()


def test_who_keeps_watch_hears_when_the_last_signature_is_old(case, watchers, folder, smtp_server):
    SignedLog(folder).publish()  # its witness signed in September 2026

    tasks.watch_log(0)

    (message,) = smtp_server
    assert "It was last signed on 2026-09-21" in message.get_content()


def test_a_demonstration_writes_to_nobody_of_its_log(demonstration, watchers, folder, smtp_server):
    tasks.watch_log(0)

    assert smtp_server == []
