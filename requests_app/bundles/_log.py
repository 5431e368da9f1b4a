"""The published log as a bundle needs it: its last checkpoint, and the tiles that proofs are made of."""

from dataclasses import dataclass

from requests_app import merkle, published_log
from requests_app.published_log import PublishedLog


class NotYet(Exception):
    """There is no bundle now. The message is a sentence for the page."""


@dataclass(frozen=True)
class Sealed:
    """A log with a checkpoint that holds."""

    log: PublishedLog
    checkpoint: bytes
    policy: bytes
    key: str
    size: int
    tiles: merkle.Tiles


def sealed() -> Sealed:
    """Raises NotYet where there is no checkpoint, or none that its own policy accepts as the log's."""
    log = published_log.published()
    if log.note is None or log.witnessed is None:
        raise NotYet(f"{log.problem} The next checkpoint makes bundles possible.")
    return Sealed(
        log=log,
        checkpoint=str(log.note).encode(),
        policy=log.policy_text.encode(),
        key=str(log.witnessed.log),
        size=log.size,
        tiles=log.tiles(),
    )
