"""Grants the application's database role what it may do, and nothing else."""

import os
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError

from louisville_ice.roles import create_roles_and_database, role_of
from requests_app import privileges


class Command(BaseCommand):
    help = (
        "Grant the role of DATABASE_URL what the application may do with each table, as the owner of "
        "DATABASE_OWNER_URL. Run it after every migrate; running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--create",
            action="store_true",
            help="first make both roles and the database, as the superuser of DATABASE_SUPERUSER_URL",
        )
        parser.add_argument("--dry-run", action="store_true", help="print the SQL and change nothing")

    def handle(self, *args: Any, create: bool, dry_run: bool, **options: Any) -> None:
        owner_url, application_url = _url("DATABASE_OWNER_URL"), _url("DATABASE_URL")
        if role_of(owner_url) == role_of(application_url):
            raise CommandError("DATABASE_URL and DATABASE_OWNER_URL name the same role: there must be two.")
        if create and not dry_run:
            superuser_url = _url("DATABASE_SUPERUSER_URL")
            create_roles_and_database(superuser_url, owner_url=owner_url, application_url=application_url)
        with psycopg.connect(owner_url) as connection:
            run = privileges.planned if dry_run else privileges.grant
            statements = run(connection, application=role_of(application_url))
        if dry_run:
            self.stdout.write(";\n".join(statements) + ";")
        else:
            self.stdout.write(f"{role_of(application_url)}: {len(statements)} grants in place.")


def _url(variable: str) -> str:
    if not os.environ.get(variable):
        raise CommandError(f"{variable} is not set.")
    return os.environ[variable]
