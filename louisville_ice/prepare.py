"""Brings the database of `make run` up to date, in one process: each start of Django takes a second.

Run as `python -m louisville_ice.prepare FILE`; FILE gets the words that tell how to sign in.
"""

import io
import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command, get_commands

from louisville_ice.roles import SUPERUSER_VARIABLE

NO_DEMONSTRATION = "Sign in with an account of this register.\n"
SWITCH = "DEMONSTRATION"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "louisville_ice.settings")
    django.setup()
    if os.environ.get(SUPERUSER_VARIABLE):
        migrate()
    elif a_migration_waits("default"):  # only a superuser lifts the guard of the walls
        sys.exit(f"The database waits for a migration: set {SUPERUSER_VARIABLE} and the URLs of all roles.")
    Path(sys.argv[1]).write_text(demonstration())


def migrate() -> None:
    """The order of every migration: open, migrate, grant. Granting alone mends what was interrupted."""
    if a_migration_waits("owner"):
        print("Migrating the database.", flush=True)
        call_command("grant_database_roles", open_ledger=True, stdout=io.StringIO())
        call_command("migrate", database="owner", verbosity=0)
        call_command("createcachetable", database="owner", verbosity=0)
    call_command("grant_database_roles", stdout=io.StringIO())


def a_migration_waits(database: str) -> bool:
    try:
        call_command("migrate", database=database, check_unapplied=True, verbosity=0)
    except SystemExit:
        return True
    return False


def demonstration() -> str:
    """How to sign in to the demonstration, made now where it is missing and may be."""
    if os.environ.get(SWITCH) == "false" or "demo" not in get_commands():
        return NO_DEMONSTRATION
    accounts = io.StringIO()
    try:
        call_command("demo")
        call_command("demo", "--show-accounts", stdout=accounts)
    except CommandError as refusal:
        print(f"No demonstration here: {refusal}", flush=True)
        return NO_DEMONSTRATION
    return accounts.getvalue()


if __name__ == "__main__":
    main()
