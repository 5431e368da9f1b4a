"""Let an administrator in when no other administrator can: two people, at the server's terminal."""

import getpass
import sys
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app.accounts import NotPossible
from requests_app.accounts.break_glass import PEOPLE, break_glass
from requests_app.models import User
from requests_app.signin import enrolment
from requests_app.signin.at_terminal import prove
from requests_app.signin.locks import forget_failures

TRIES = 3
LONGEST_REASON = 500
ORDINALS = ("First", "Second")


class Command(BaseCommand):
    help = (
        "Unlock an administrator's account and let them enrol anew. Two other people type badge number and"
        " password. It is written down, and every administrator and oversight person gets a mail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", required=True, help="badge number of the administrator")
        parser.add_argument("--reason", required=True, help="why no administrator could do it")
        parser.add_argument(
            "--unlock", action="store_true", help="only unlock: the password and the second factors stay"
        )

    def handle(self, *, account: str, reason: str, unlock: bool, **options: object) -> None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise CommandError("This is done at a terminal, by two people who are there.")
        if not reason.strip() or len(reason) > LONGEST_REASON:
            raise CommandError(f"Give a reason of at most {LONGEST_REASON} characters.")
        locked_out = User.objects.filter(badge_number=account.strip().upper(), is_system=False).first()
        if locked_out is None:
            raise CommandError("There is no account of this badge number.")
        witnesses: list[User] = []
        while len(witnesses) < PEOPLE:
            witnesses.append(self._witness(ORDINALS[len(witnesses)], but=[locked_out, *witnesses]))
        try:
            break_glass(locked_out, witnesses=witnesses, reason=reason.strip(), reset=not unlock)
        except NotPossible as error:
            raise CommandError(str(error)) from error
        forget_failures(locked_out)
        self._say(User.objects.get(pk=locked_out.pk), unlock=unlock)

    def _witness(self, ordinal: str, *, but: list[User]) -> User:
        """Somebody else than those of `but`, who knows their password."""
        for _ in range(TRIES):
            badge_number = input(f"{ordinal} person, badge number: ").strip().upper()
            if badge_number in {one.badge_number for one in but}:
                self.stdout.write("It must be another person.")
                continue
            found = prove(badge_number, getpass.getpass("Password: "))
            if found is not None:
                return found
            self.stdout.write("They do not belong together, or this account is locked or not active.")
        raise CommandError("Nothing was changed.")

    def _say(self, account: User, *, unlock: bool) -> None:
        self.stdout.write(self.style.SUCCESS(f"{account} is unlocked."))
        if not unlock:
            hours = settings.PASSWORD_RESET_TIMEOUT // 3600
            self.stdout.write("Password and second factors are gone, all sessions are ended.")
            self.stdout.write(f"To enrol anew, once, within {hours} hours:")
            self.stdout.write(f"{settings.SITE_URL}{enrolment.link_for(account)}")
        self.stdout.write("Every administrator and oversight person gets a mail.")
