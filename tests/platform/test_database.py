"""What the test database is like: the real roles, the real walls, a real commit where one is asked for."""

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from requests_app.models import Session


@pytest.mark.django_db
def test_it_is_the_application_role_that_tests_run_as():
    names = ("current_user", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, " + ", ".join(f"current_setting('{name}')" for name in names[1:])
        )
        row = cursor.fetchone()

    assert row == ("register_app", "5s", "2s", "15s")


@pytest.mark.django_db
def test_it_refuses_the_application_a_truncate():
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
        cursor.execute("TRUNCATE requests_app_session")


def test_it_commits_for_real_in_a_clone(committed_db, superuser_connection):
    Session.objects.create(session_key="seen", session_data="", expire_date=timezone.now())

    keys = superuser_connection.execute("SELECT session_key FROM requests_app_session").fetchall()
    assert keys == [("seen",)]


def test_it_gives_each_committing_test_a_clean_clone(committed_db):
    assert not Session.objects.exists()


def test_it_keeps_strangers_out_of_a_clone(committed_db, superuser_connection, application_connection):
    superuser_connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
    info = application_connection.info
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(host=info.host, dbname=committed_db, user="stranger", password="stranger")
    finally:
        superuser_connection.execute("DROP ROLE stranger")


def test_it_gives_the_application_no_temporary_tables(application_connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application_connection.execute("CREATE TEMPORARY TABLE requests_app_user ()")


def test_it_gives_the_application_no_tables_of_its_own(application_connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application_connection.execute("CREATE TABLE mine ()")
