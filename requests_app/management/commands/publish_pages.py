"""`manage.py publish_pages`: write the public site anew, where something it is made from has changed."""

from typing import Any

from django.core.management.base import BaseCommand

from requests_app import publishing


class Command(BaseCommand):
    help = "Write the public pages and data files. Run it after each upgrade; the worker does it otherwise."

    def handle(self, *args: Any, **options: Any) -> None:
        written = publishing.publish_now()
        self.stdout.write(
            "The public pages are written anew." if written else "The public pages are up to date."
        )
