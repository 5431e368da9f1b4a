"""Makes the database's roles, grants each what it may do and nothing else, and guards the walls."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from psycopg import sql

from louisville_ice import roles
from requests_app import guard, privileges
from requests_app.models import APPEND_ONLY_TABLES

FIRST_MIGRATION = "There are no tables yet. Migrate, and run this command again."


class Command(BaseCommand):
    help = (
        "Make the six roles of the database, give every table its owner, grant each role what it may do, and"
        " guard the walls, as the superuser of DATABASE_SUPERUSER_URL. Run it with --open-ledger before"
        " every migrate and without it after; running it again changes nothing."
    )
    # It is what makes the database right; the checks of the database would stop it before it could.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--create", action="store_true", help="make the database too, where it is missing"
        )
        parser.add_argument(
            "--open-ledger",
            action="store_true",
            help="before a migrate: give the ledger back to the owner and lift the guard",
        )
        parser.add_argument("--dry-run", action="store_true", help="print the SQL and change nothing")

    def handle(self, *args: Any, create: bool, open_ledger: bool, dry_run: bool, **options: Any) -> None:
        superuser_url, urls = _urls()
        if not dry_run:
            make = roles.create_roles_and_database if create else roles.create_roles
            make(superuser_url, urls)
        database = roles.database_of(urls["owner"])
        with _connected(superuser_url, database) as connection:
            run = _Run(connection, roles.names_of(urls), dry_run=dry_run)
            words = run.open() if open_ledger else run.close()
        for statement in run.statements if dry_run else ():
            self.stdout.write(f"{statement};")
        self.stdout.write(words)


class _Run:
    """One transaction: it all holds, or nothing was done. Dry, it is rolled back."""

    def __init__(self, connection: "psycopg.Connection", names: Mapping[str, str], *, dry_run: bool) -> None:
        self.connection, self.names, self.dry_run = connection, names, dry_run
        self.statements: list[str] = []

    def open(self) -> str:
        with self.connection.transaction(force_rollback=self.dry_run):
            self._execute(guard.lower())
            self._execute(privileges.open_ledger(self.connection, self.names))
        return "The ledger is open. Migrate, and run grant_database_roles."

    def close(self) -> str:
        with self.connection.transaction(force_rollback=self.dry_run):
            if not privileges.tables_of(self.connection):
                self._execute(privileges.open_ledger(self.connection, self.names))
                return FIRST_MIGRATION
            self._refuse_gaps()
            self._execute(guard.lower())
            self._execute(privileges.close(self.connection, self.names))
            changed = self._changed()
            rows = self.connection.execute(guard.PROTECTED, [list(APPEND_ONLY_TABLES)])
            protected = [name for (name,) in rows]
            self._execute(guard.raise_again(protected, self.names))
        words = f"{len(self.names)} roles and {len(protected)} guarded tables are in place."
        return "\n".join([*(f"Since the last time: {breach}." for breach in changed), words])

    def _refuse_gaps(self) -> None:
        """A wall that is missing now would be kept missing."""
        gaps = [gap for (gap,) in self.connection.execute(guard.UNWALLED, [list(APPEND_ONLY_TABLES)])]
        if gaps:
            raise CommandError(f"No wall refuses: {', '.join(gaps)}. Migrate first; nothing was changed.")

    def _changed(self) -> list[str]:
        """What is not as it was when the roles were last granted; nothing where they never were."""
        known = self.connection.execute("SELECT to_regproc('register_guard.breaches') IS NOT NULL").fetchone()
        if known != (True,):
            return []
        rows = self.connection.execute("SELECT * FROM register_guard.breaches()")
        return [breach for (breach,) in rows]

    def _execute(self, statements: Iterator[sql.Composable]) -> None:
        for statement in statements:
            words = statement.as_string(self.connection)
            self.statements.append(words)
            self.connection.execute(words.encode())


def _urls() -> tuple[str, dict[str, str]]:
    superuser_url = os.environ.get(roles.SUPERUSER_VARIABLE)
    if not superuser_url:
        raise CommandError(f"{roles.SUPERUSER_VARIABLE} is not set: only a superuser grants the roles.")
    try:
        return superuser_url, roles.urls_from(os.environ)
    except roles.RolesError as reason:
        raise CommandError(str(reason)) from reason


def _connected(superuser_url: str, database: str) -> "psycopg.Connection":
    try:
        connection = roles.connect_to_database(superuser_url, database)
    except psycopg.OperationalError as error:
        raise CommandError(
            f"The database {database} cannot be reached (--create makes it): {error}"
        ) from error
    if not connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:  # type: ignore[index]
        connection.close()
        raise CommandError(f"{roles.SUPERUSER_VARIABLE} does not name a superuser.")
    return connection
