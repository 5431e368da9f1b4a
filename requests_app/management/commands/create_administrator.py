"""The first two accounts of a real register; administrators make all others in the admin site.

Two, because a role is granted by one administrator and approved by another: one alone could admit nobody.
"""

import getpass
import sys
from argparse import ArgumentParser

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from requests_app import ledger
from requests_app.models import Installation, RoleGrant, User
from requests_app.vocabulary import InstallationKind, Role

ENOUGH = 2
# Two runs at the same time: the second waits, and then finds the first one's administrator.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(20170922)"


class Command(BaseCommand):
    help = (
        "Make an administrator's account. Refused when there are two active administrators. An empty database"
        " becomes a real register by it, for good."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("badge_number")
        parser.add_argument("display_name")
        parser.add_argument("--email", default="", help="where mail for this person goes")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input, one line"
        )

    def handle(
        self, *, badge_number: str, display_name: str, email: str, password_stdin: bool, **options: object
    ) -> None:
        _refuse_a_third()
        user = User(badge_number=badge_number.strip().upper(), display_name=display_name, email=email)
        password = _read_line() if password_stdin else _ask()
        _validate(user, password)
        user.set_password(password)
        _save(user)
        self.stdout.write(self.style.SUCCESS(f"{user} can sign in as administrator."))


def _administrators() -> list[User]:
    """Active people who hold the role now, the longest first."""
    grants = RoleGrant.objects.held().filter(role=Role.ADMINISTRATOR)
    return [grant.user for grant in grants.select_related("user").order_by("starts_at", "id")]


def _refuse_a_third() -> None:
    if len(_administrators()) >= ENOUGH:
        raise CommandError("There are two administrators already. They make accounts in the admin site.")


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask on. Give the password with --password-stdin.")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("The same again: "):
        raise CommandError("The two passwords differ.")
    return password


def _read_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _validate(user: User, password: str) -> None:
    try:
        user.full_clean(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


@transaction.atomic
def _save(user: User) -> None:
    """The account and its role. The register grants; who is administrator approves, and the first one does so
    by running this command.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    _refuse_a_third()
    approver = next(iter(_administrators()), user)
    system = User.objects.system()
    ledger.set_actor(system)
    grant = RoleGrant(
        user=user,
        role=Role.ADMINISTRATOR,
        granted_by=system,
        approved_by=approver,
        reason="Made at the server with create_administrator.",
    )
    user._history_user = grant._history_user = system  # type: ignore[attr-defined]
    user.save()
    grant.save()
    Installation.objects.get_or_create(pk=1, defaults={"kind": InstallationKind.REAL})
