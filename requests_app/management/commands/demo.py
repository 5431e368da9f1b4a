"""Makes a demonstration of an empty database, once; and tells how to sign in to it.

How to sign in is told only to whoever sits at a machine that serves itself alone.
"""

import time
from argparse import ArgumentParser

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app import demonstration
from requests_app.signin import encryption, totp


class Command(BaseCommand):
    help = (
        "Fill an empty database with a demonstration: an account for each role, requests over six quarters."
        " Needs DEBUG=true. A database that is a demonstration already is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show-accounts", action="store_true", help="only tell how to sign in")
        parser.add_argument(
            "--code", metavar="BADGE", help="only tell the present six-digit code of an account"
        )

    def handle(self, *, show_accounts: bool, code: str | None, **options: object) -> None:
        if code:
            self._show_code(code.strip().upper())
            return
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
        self._only_on_loopback()
        self.stdout.write("Sign in to the demonstration with a badge number and the password.")
        self.stdout.write(f"  {'Badge number':14}{'Person':20}{'Role':20}")
        for account in demonstration.ACCOUNTS:
            self.stdout.write(f"  {account.badge_number:14}{account.display_name:20}{account.role.label:20}")
        self.stdout.write(f"Password of every account: {demonstration.PASSWORD}")
        self.stdout.write('Its six-digit code, in another terminal: make manage DO="demo --code D-1001"')

    def _show_code(self, badge_number: str) -> None:
        self._only_on_loopback()
        factor = Authenticator.objects.filter(
            user__badge_number=badge_number, type=Authenticator.Type.TOTP
        ).first()
        if factor is None:
            raise CommandError(
                f"{badge_number} is no account of the demonstration. See: demo --show-accounts"
            )
        counter = totp.current_counter()
        left = (counter + 1) * app_settings.TOTP_PERIOD - int(time.time())
        if factor.data.get(totp.LAST_COUNTER, -1) >= counter:
            self.stdout.write(f"The present code was used. Ask again in {left} seconds.")
            return
        code = totp.code_at(encryption.decrypt(factor.data["secret"]), counter)
        self.stdout.write(f"{code}   (works once, for another {left} seconds)")

    def _only_on_loopback(self) -> None:
        if not settings.PLAIN_HTTP_ON_LOOPBACK:
            raise CommandError("How to sign in is told only where the register serves this machine alone.")
        if not demonstration.is_whole():
            raise CommandError("This database holds no demonstration. Make one with: manage.py demo")
