"""`python -m requests_app.signer sign`, for a terminal that has the environment of manage.py."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app.signer.__main__ import main


class Command(BaseCommand):
    help = "Sign what the ledger has now, ask the witnesses, and publish. See docs/witness.md."
    requires_system_checks = []  # the signer's role reads nothing that they look at

    def handle(self, **options: object) -> None:
        status = main(["sign", "--public", str(settings.TLOG_DIR)])
        if status:
            raise CommandError("Not signed, or witnessed by too few: see above.", returncode=status)
