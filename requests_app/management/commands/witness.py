"""`python -m requests_app.witness`, beside the other commands."""

from argparse import REMAINDER, ArgumentParser

from django.core.management.base import BaseCommand

from requests_app.witness import main


class Command(BaseCommand):
    help = "Run a witness of the log: new-key, vkey, serve. It uses no database. See docs/witness.md."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs=REMAINDER)

    def handle(self, *, words: list[str], **options: object) -> None:
        raise SystemExit(main(words))
