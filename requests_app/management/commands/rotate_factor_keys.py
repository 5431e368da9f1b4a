"""Put every secret of a second factor under the first key of FACTOR_KEYS. Safe to run twice."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app.signin.key_rotation import rotate_secrets, unreadable_secrets


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of all authenticator apps with the first key of FACTOR_KEYS. Afterwards the"
        " other keys can be taken away. Restart web server and worker with the new list before."
    )

    def handle(self, **options: object) -> None:
        if not settings.FACTOR_KEYS:
            raise CommandError("FACTOR_KEYS is not set.")
        lost = unreadable_secrets()
        if lost:
            raise CommandError(
                f"No key of FACTOR_KEYS opens {lost} secrets. A key is missing from the list."
                " Nothing was changed."
            )
        rotated, kept = rotate_secrets()
        self.stdout.write(
            self.style.SUCCESS(f"{rotated} secrets are under the first key now, {kept} were already.")
        )
