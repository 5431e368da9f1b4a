"""The application's privileges: granted by one command, reported by one check, right table by table."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks
from django.db import connection

from requests_app.models import APPEND_ONLY_TABLES
from requests_app.privileges import READ_ONLY_TABLES, expected_privileges
from tests import cluster

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def found_ids():
    return sorted({message.id for message in checks.run_checks(tags=["database"], databases=["default"])})


@pytest.fixture
def command(committed_db, cluster_urls):
    """Runs grant_database_roles on the test's clone as a process of its own, as an administrator would."""

    def run(*words):
        return subprocess.run(
            [sys.executable, "manage.py", "grant_database_roles", *words],
            cwd=BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "louisville_ice.settings",
                "DATABASE_OWNER_URL": cluster.in_database(cluster_urls["owner"], committed_db),
                "DATABASE_SUPERUSER_URL": cluster_urls["postgres"],
            },
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.django_db
def test_the_database_check_finds_nothing_amiss_but_the_quick_test_server():
    assert found_ids() == ["register.E007"]


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted({*APPEND_ONLY_TABLES} - READ_ONLY_TABLES))
def test_the_application_only_adds_to(table):
    held = []
    with connection.cursor() as cursor:
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            cursor.execute("SELECT has_table_privilege(%s, %s)", [table, privilege])
            held += [privilege] if cursor.fetchone()[0] else []

    assert held == ["SELECT", "INSERT"]


def test_the_ledger_is_placed_by_the_database_alone():
    assert expected_privileges("requests_app_ledgerposition") == {"SELECT"}
    assert expected_privileges("requests_app_ledgerhead") == {"SELECT"}


def test_a_table_of_nobody_knows_what_is_never_emptied():
    assert expected_privileges("anything_new") == {"SELECT", "INSERT", "UPDATE"}


def test_it_reports_a_missing_privilege(committed_db, owner_connection):
    owner_connection.execute("REVOKE INSERT ON requests_app_ledgerentry FROM register_app")

    assert "register.E004" in found_ids()


def test_it_reports_an_extra_privilege_even_on_one_column(committed_db, owner_connection):
    owner_connection.execute("GRANT UPDATE (reason_text) ON requests_app_decision TO register_app")

    assert "register.E005" in found_ids()


def test_it_reports_a_privilege_that_comes_through_everybody(committed_db, owner_connection):
    owner_connection.execute("GRANT DELETE ON requests_app_decision TO PUBLIC")

    assert "register.E005" in found_ids()


def test_it_reports_an_application_that_owns_a_table(committed_db, superuser_connection):
    superuser_connection.execute("ALTER TABLE django_session OWNER TO register_app")

    assert "register.E003" in found_ids()


def test_granting_again_mends_what_is_missing_and_takes_what_is_extra(owner_connection, command):
    owner_connection.execute("REVOKE INSERT ON requests_app_ledgerentry FROM register_app")
    owner_connection.execute("GRANT UPDATE (reason_text) ON requests_app_decision TO register_app")
    owner_connection.execute("GRANT DELETE ON requests_app_decision TO PUBLIC")

    done = command()

    assert done.returncode == 0, done.stderr
    assert found_ids() == ["register.E007"]


def test_a_dry_run_prints_the_statements_and_changes_nothing(owner_connection, command):
    owner_connection.execute("REVOKE INSERT ON requests_app_ledgerentry FROM register_app")

    done = command("--dry-run")

    assert (
        'GRANT INSERT, SELECT ON TABLE "public"."requests_app_ledgerentry" TO "register_app";' in done.stdout
    )
    assert "register.E004" in found_ids()


def test_a_later_table_can_be_added_to_but_not_changed(owner_connection, application_connection):
    owner_connection.execute("CREATE TABLE later (word text)")

    row = application_connection.execute(
        "SELECT has_table_privilege('later', 'INSERT'), has_table_privilege('later', 'UPDATE')"
    ).fetchone()
    assert row == (True, False)


def test_creating_again_changes_nothing(command):
    done = command("--create")

    assert done.returncode == 0, done.stderr
    assert found_ids() == ["register.E007"]


def test_it_refuses_one_role_for_both(command, committed_db, cluster_urls, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", cluster.in_database(cluster_urls["owner"], committed_db))

    done = command()

    assert done.returncode == 1
    assert "there must be two" in done.stderr
