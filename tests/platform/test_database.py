"""What the test database is like: the real roles, the real walls."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_it_is_the_application_role_that_tests_run_as():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, current_setting('statement_timeout'), current_setting('lock_timeout')"
        )
        row = cursor.fetchone()

    assert row == ("register_app", "5s", "2s")


def test_it_commits_for_real_in_a_clone(committed_db, superuser_connection):
    assert superuser_connection.execute("SELECT current_database()").fetchone() == (committed_db,)
