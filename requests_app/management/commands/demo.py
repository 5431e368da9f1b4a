"""Makes a demonstration of an empty database, once; and tells how to sign in to it."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from requests_app import demonstration


class Command(BaseCommand):
    help = (
        "Fill an empty database with a demonstration: an account for each role, requests over six quarters."
        " Needs DEBUG=true. A database that is a demonstration already is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show-accounts", action="store_true", help="only tell how to sign in")

    def handle(self, *, show_accounts: bool, **options: object) -> None:
        if show_accounts:
            self._show_accounts()
            return
        if demonstration.is_whole():
            self.stdout.write("The demonstration is there already.")
            return
        try:
            demonstration.make(say=self.stdout.write)
        except demonstration.CannotDemonstrate as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(self.style.SUCCESS("The demonstration is made. See: demo --show-accounts"))

    def _show_accounts(self) -> None:
        if not demonstration.is_whole():
            raise CommandError("This database holds no demonstration. Make one with: manage.py demo")
        self.stdout.write("Sign in to the demonstration with a badge number and the password.")
        self.stdout.write(f"  {'Badge number':14}{'Person':20}{'Role':20}")
        for account in demonstration.ACCOUNTS:
            self.stdout.write(f"  {account.badge_number:14}{account.display_name:20}{account.role.label:20}")
        self.stdout.write(f"Password of every account: {demonstration.PASSWORD}")
