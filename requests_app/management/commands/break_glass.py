"""Let an administrator in when no other administrator can: two people, at the server's terminal."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app.accounts import NotPossible
from requests_app.accounts.break_glass import PEOPLE, break_glass
from requests_app.models import User
from requests_app.signin import at_terminal, enrolment
from requests_app.signin.locks import forget_failures

LONGEST_REASON = 500
WHO = ("First person", "Second person")


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
        if not at_terminal.is_terminal():
            raise CommandError("This is done at a terminal, by two people who are there.")
        if not reason.strip() or len(reason) > LONGEST_REASON:
            raise CommandError(f"Give a reason of at most {LONGEST_REASON} characters.")
        locked_out = User.objects.filter(badge_number=account.strip().upper(), is_system=False).first()
        if locked_out is None:
            raise CommandError("There is no account of this badge number.")
        witnesses: list[User] = []
        while len(witnesses) < PEOPLE:
            witnesses.append(self._witness(WHO[len(witnesses)], but=[locked_out, *witnesses]))
        try:
            break_glass(locked_out, witnesses=witnesses, reason=reason.strip(), reset=not unlock)
        except NotPossible as error:
            raise CommandError(str(error)) from error
        forget_failures(locked_out)
        self._say(User.objects.get(pk=locked_out.pk), unlock=unlock)

    def _witness(self, who: str, *, but: list[User]) -> User:
        found = at_terminal.ask(who, but=but, say=self.stdout.write)
        if found is None:
            raise CommandError("Nothing was changed.")
        return found

    def _say(self, account: User, *, unlock: bool) -> None:
        self.stdout.write(self.style.SUCCESS(f"{account} is unlocked."))
        if not unlock:
            hours = settings.PASSWORD_RESET_TIMEOUT // 3600
            self.stdout.write("Password and second factors are gone, all sessions are ended.")
            self.stdout.write(f"To enrol anew, once, within {hours} hours:")
            self.stdout.write(f"{settings.SITE_URL}{enrolment.link_for(account)}")
        self.stdout.write("Every administrator and oversight person gets a mail.")
