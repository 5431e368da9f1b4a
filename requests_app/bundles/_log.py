"""The log as it was published: the last checkpoint, and the tiles that proofs are made of."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from requests_app import merkle


class NotYet(Exception):
    """There is no bundle now. The message is a sentence for the page."""


@dataclass(frozen=True)
class Published:
    """The last checkpoint in the public folder, with what it says."""

    checkpoint: bytes
    policy: bytes
    witnessed: merkle.Witnessed
    tiles: merkle.Tiles

    @property
    def seen_by(self) -> list[tuple[str, datetime]]:
        """Which witnesses signed, and when."""
        return [(name, datetime.fromtimestamp(at, UTC)) for name, at in self.witnessed.times.items()]

    @property
    def size(self) -> int:
        return self.witnessed.checkpoint.size


def published() -> Published:
    """Raises NotYet where there is no checkpoint, or none that its own policy accepts as the log's."""
    folder = Path(settings.TLOG_DIR)
    try:
        checkpoint, policy = (folder / "checkpoint").read_bytes(), (folder / "policy").read_bytes()
    except (FileNotFoundError, NotADirectoryError) as missing:
        raise NotYet(
            "The log has published no checkpoint. The first one makes bundles possible."
        ) from missing
    try:
        witnessed = merkle.Policy.parse(policy).check(merkle.Note.parse(checkpoint))
    except merkle.Invalid as wrong:
        raise NotYet(f"The published checkpoint does not hold: {wrong}") from wrong
    tiles = merkle.Tiles(lambda path: (folder / path).read_bytes(), witnessed.checkpoint.size)
    return Published(checkpoint, policy, witnessed, tiles)
