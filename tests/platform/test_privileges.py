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

# Roles belong to the whole server: tests that change one, or look at all, run one after the other.
pytestmark = pytest.mark.xdist_group("roles")

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def found_ids():
    return sorted({message.id for message in checks.run_checks(tags=["database"], databases=["default"])})


@pytest.fixture
def command(committed_db, cluster_urls):
    """Runs grant_database_roles on the test's clone as a process of its own, as an administrator would."""

    def run(*words, **changed):
        return subprocess.run(
            [sys.executable, "manage.py", "grant_database_roles", *words],
            cwd=BASE_DIR,
            env={**os.environ, **cluster.environment(cluster_urls, committed_db), **changed},
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


def test_it_reports_a_missing_privilege(committed_db, superuser_connection):
    superuser_connection.execute("REVOKE INSERT ON requests_app_ledgerentry FROM register_app")

    assert "register.E004" in found_ids()


def test_it_reports_an_extra_privilege_even_on_one_column(committed_db, owner_connection):
    owner_connection.execute("GRANT UPDATE (reason_text) ON requests_app_decision TO register_app")

    assert "register.E005" in found_ids()


def test_it_reports_a_privilege_that_comes_through_everybody(committed_db, owner_connection):
    owner_connection.execute("GRANT DELETE ON requests_app_decision TO PUBLIC")

    assert "register.E005" in found_ids()


def test_it_reports_an_application_that_owns_a_table(committed_db, superuser_connection):
    superuser_connection.execute("ALTER TABLE django_content_type OWNER TO register_app")

    assert "register.E009" in found_ids()


def test_granting_again_mends_what_is_missing_and_takes_what_is_extra(
    owner_connection, superuser_connection, command
):
    superuser_connection.execute("REVOKE INSERT ON requests_app_ledgerentry FROM register_app")
    superuser_connection.execute("GRANT SELECT (password) ON requests_app_user TO register_auditor")
    superuser_connection.execute("GRANT CREATE ON SCHEMA public TO register_owner")
    superuser_connection.execute("ALTER TABLE django_content_type OWNER TO register_app")
    owner_connection.execute("GRANT UPDATE (reason_text) ON requests_app_decision TO register_app")
    owner_connection.execute("GRANT DELETE ON requests_app_decision TO PUBLIC")

    done = command()

    assert done.returncode == 0, done.stderr
    assert found_ids() == ["register.E007"]


def test_a_dry_run_prints_the_statements_and_changes_nothing(superuser_connection, command):
    superuser_connection.execute("REVOKE INSERT ON requests_app_ledgerentry FROM register_app")

    done = command("--dry-run")

    assert (
        'GRANT INSERT, SELECT ON TABLE "public"."requests_app_ledgerentry" TO "register_app";' in done.stdout
    )
    assert "register.E004" in found_ids()


def test_a_later_table_belongs_to_nobody_but_the_owner_until_the_roles_are_granted(
    owner_connection, superuser_connection, command
):
    superuser_connection.execute("GRANT CREATE ON SCHEMA public TO register_owner")
    owner_connection.execute("CREATE TABLE later (word text)")
    assert "register.E004" in found_ids()

    assert command().returncode == 0

    assert found_ids() == ["register.E007"]
    rights = superuser_connection.execute("SELECT relacl::text FROM pg_class WHERE relname = 'later'")
    assert "register_app=arw/" in rights.fetchone()[0]


def test_creating_again_changes_nothing(command):
    done = command("--create")

    assert done.returncode == 0, done.stderr
    assert found_ids() == ["register.E007"]


def test_a_database_with_two_roles_and_no_guard_is_brought_over(command, superuser_connection, committed_db):
    """As the earlier version left it: all of it the owner's, the database too."""
    assert command("--open-ledger").returncode == 0
    for statement in (
        "DROP SCHEMA register_guard CASCADE",
        f"ALTER DATABASE {committed_db} OWNER TO register_owner",
        f"REVOKE CONNECT ON DATABASE {committed_db} FROM register_auditor, register_public, register_ledger",
        "ALTER DEFAULT PRIVILEGES FOR ROLE register_owner GRANT SELECT, INSERT ON TABLES TO register_app",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC",
    ):
        superuser_connection.execute(statement)
    assert "register.E008" in found_ids()

    assert command("--open-ledger").returncode == 0
    done = command()

    assert done.returncode == 0, done.stderr
    assert found_ids() == ["register.E007"]


def test_it_refuses_one_role_for_two(command, committed_db, cluster_urls):
    done = command(DATABASE_URL=cluster.in_database(cluster_urls["owner"], committed_db))

    assert done.returncode == 1
    assert "there must be six roles" in done.stderr


def test_it_refuses_urls_of_two_databases(command, cluster_urls):
    done = command(DATABASE_URL=cluster_urls["application"])

    assert done.returncode == 1
    assert "different databases" in done.stderr


def test_it_asks_for_what_is_not_set(command):
    done = command(DATABASE_AUDITOR_URL="", DATABASE_PUBLIC_URL="")

    assert done.returncode == 1
    assert "Set DATABASE_AUDITOR_URL, DATABASE_PUBLIC_URL" in done.stderr


def test_it_refuses_to_work_as_anybody_but_a_superuser(command, committed_db, cluster_urls):
    done = command(
        "--dry-run", DATABASE_SUPERUSER_URL=cluster.in_database(cluster_urls["owner"], committed_db)
    )

    assert done.returncode == 1
    assert "does not name a superuser" in done.stderr


# --- what the check says of each role ----------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "id", "words"),
    [
        (
            "REVOKE SELECT ON requests_app_decision FROM register_auditor",
            "E004",
            "register_auditor may not SELECT",
        ),
        ("GRANT SELECT (password) ON requests_app_user TO register_auditor", "E005", "may read password"),
        ("GRANT INSERT ON requests_app_page TO register_auditor", "E005", "register_auditor may INSERT"),
        ("GRANT SELECT ON requests_app_page TO register_public", "E005", "register_public may SELECT"),
        (
            "REVOKE SELECT ON requests_app_releasedocument FROM register_public",
            "E004",
            "register_public may not SELECT",
        ),
        ("GRANT UPDATE ON requests_app_ledgerhead TO register_owner", "E005", "register_owner may UPDATE"),
        (
            "REVOKE SELECT ON requests_app_ledgerhead FROM register_owner",
            "E004",
            "register_owner may not SELECT",
        ),
        ("GRANT SELECT ON requests_app_page TO register_ledger", "E005", "register_ledger may SELECT"),
        ("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM register_app", "E004", "takes no number from"),
        ("GRANT UPDATE ON ALL SEQUENCES IN SCHEMA public TO register_auditor", "E005", "may move"),
        ("GRANT CREATE ON SCHEMA public TO register_owner", "E003", "register_owner may make tables"),
        ("DROP EVENT TRIGGER register_guard_drop", "E008", "register_guard_drop is missing"),
        ("ALTER EVENT TRIGGER register_guard_ddl DISABLE", "E008", "register_guard_ddl is missing, off"),
        ("ALTER EVENT TRIGGER register_guard_ddl ENABLE", "E008", "register_guard_ddl is missing, off"),
        (
            "CREATE OR REPLACE FUNCTION register_guard.refuse_breach() RETURNS event_trigger"
            " LANGUAGE plpgsql AS 'BEGIN END'",
            "E008",
            "or not that of this version",
        ),
        ("DROP SCHEMA register_guard CASCADE", "E008", "were never granted"),
        (
            "DROP EVENT TRIGGER register_guard_ddl;"
            " ALTER TABLE requests_app_decision DISABLE TRIGGER wall_append_only",
            "E010",
            "trigger requests_app_decision.wall_append_only is changed",
        ),
        (
            "DROP EVENT TRIGGER register_guard_ddl;"
            " ALTER TABLE requests_app_ledgerentry OWNER TO register_owner",
            "E009",
            "requests_app_ledgerentry belongs to register_owner, and must to register_ledger",
        ),
    ],
)
def test_the_check_reports(committed_db, superuser_connection, statement, id, words):
    superuser_connection.execute(statement)

    found = checks.run_checks(tags=["database"], databases=["default"])
    assert [message.msg for message in found if message.id == f"register.{id}" and words in message.msg]


@pytest.mark.parametrize(
    ("power", "words"),
    [
        ("SUPERUSER", "is a superuser"),
        ("CREATEDB", "may make databases"),
        ("CREATEROLE", "may make roles"),
        ("REPLICATION", "may replicate"),
        ("BYPASSRLS", "passes row security by"),
    ],
)
def test_the_check_reports_a_role_with_powers(committed_db, superuser_connection, power, words):
    superuser_connection.execute(f"ALTER ROLE register_auditor {power}")
    try:
        found = checks.run_checks(tags=["database"], databases=["default"])
    finally:
        superuser_connection.execute(f"ALTER ROLE register_auditor NO{power}")

    assert f"The role register_auditor {words}." in [message.msg for message in found]


def test_the_check_reports_a_role_that_is_a_member_of_another(committed_db, superuser_connection):
    superuser_connection.execute("GRANT register_ledger TO register_owner")
    try:
        found = checks.run_checks(tags=["database"], databases=["default"])
    finally:
        superuser_connection.execute("REVOKE register_ledger FROM register_owner")

    assert "The role register_owner is a member of another role." in [message.msg for message in found]
