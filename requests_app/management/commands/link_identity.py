"""Say who a person is at the department's identity provider. An administrator does it, at the server."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app.accounts import NotPossible
from requests_app.accounts.identities import link_identity, unlink_identity
from requests_app.models import User
from requests_app.signin import at_terminal, id_token


class Command(BaseCommand):
    help = (
        "Let a person sign in through the identity provider, as the subject that it names. An administrator"
        " types badge number and password; it is written down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--badge", required=True, help="badge number of the person")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--subject", help="the provider's `sub` of this person, to the letter")
        what.add_argument("--remove", action="store_true", help="the person is nobody there any more")
        parser.add_argument("--reason", required=True, help="how you know who it is")

    def handle(
        self, *, badge: str, subject: str | None, remove: bool, reason: str, **options: object
    ) -> None:
        if not at_terminal.is_terminal():
            raise CommandError("This is done at a terminal, by an administrator who is there.")
        if not reason.strip():
            raise CommandError("Give a reason.")
        if not remove:
            _refuse_subject(subject or "")
        account = User.objects.filter(badge_number=badge.strip().upper(), is_system=False).first()
        if account is None:
            raise CommandError("There is no account of this badge number.")
        actor = at_terminal.ask("Administrator", but=[account], say=self.stdout.write)
        if actor is None:
            raise CommandError("Nothing was changed.")
        try:
            _change(account, actor=actor, subject=subject, reason=reason)
        except NotPossible as error:
            raise CommandError(str(error)) from error
        words = "is not linked any more" if remove else f"signs in as {subject!r} of {settings.OIDC_ISSUER}"
        self.stdout.write(self.style.SUCCESS(f"{account} {words}."))


def _refuse_subject(subject: str) -> None:
    if not settings.OIDC_ISSUER:
        raise CommandError("OIDC_ISSUER is not set: there is no identity provider to link to.")
    if not 0 < len(subject) <= id_token.LONGEST_SUBJECT or subject != subject.strip():
        raise CommandError("Give the subject as the provider does: no spaces around it, at most 255 letters.")


def _change(account: User, *, actor: User, subject: str | None, reason: str) -> None:
    if subject is None:
        unlink_identity(account, actor=actor, reason=reason)
    else:
        link_identity(account, actor=actor, issuer=settings.OIDC_ISSUER, subject=subject, reason=reason)
