"""What the signer has published of the log, read from its one folder: policy, checkpoint and tiles.

Nothing here asks the database. A folder that is empty, torn or false is told in a sentence: `published()`
never raises.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median_low

from django.conf import settings

from requests_app import merkle
from requests_app.merkle import Invalid, Note, Policy, Witnessed

EVERY = timedelta(days=1)  # the signer's rhythm, also when nothing happened
LATE_AFTER = timedelta(hours=26)
CLOCKS_DIFFER = timedelta(minutes=10)  # a time that is further ahead than this is no honest mistake
LAST_SECOND = int(datetime(9999, 12, 1, tzinfo=UTC).timestamp())  # of the calendar, in every time zone

CHECKPOINT, POLICY = "checkpoint", "policy"
NUMBER_OF_TILE = "(?:x[0-9]{3}/){0,6}[0-9]{3}"
WIDTH_OF_TILE = "[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]"
TILE = re.compile(f"tile/(?:[0-9]|[1-5][0-9]|6[0-3])/{NUMBER_OF_TILE}(?:\\.p/(?:{WIDTH_OF_TILE}))?")

NOT_YET = "The log has not been signed yet."

Stamp = tuple[int, int, int] | None  # of a file: it is read again when any of the three has changed


@dataclass(frozen=True)
class Cosigner:
    """One witness of the policy; without a time it has not signed."""

    name: str
    key_name: str
    at: datetime | None


@dataclass(frozen=True, eq=False)
class PublishedLog:
    """The last checkpoint and what the policy finds in it. With a `problem` there is no `witnessed`."""

    folder: Path
    policy: Policy | None = None
    policy_text: str = ""
    note: Note | None = None
    witnessed: Witnessed | None = None
    written_at: datetime | None = None
    problem: str = NOT_YET

    @property
    def size(self) -> int:
        return self.witnessed.checkpoint.size if self.witnessed else 0

    @property
    def root(self) -> str:
        return self.witnessed.checkpoint.root.hex() if self.witnessed else ""

    @property
    def keys(self) -> list[str]:
        """The keys of the log, to compare with those that somebody noted elsewhere."""
        return [str(log.key) for log in self.policy.logs] if self.policy else []

    @property
    def known_note(self) -> Note:
        """The checkpoint with the signatures that the policy knows; others tell its reader nothing."""
        if self.policy is None or self.note is None:
            raise Invalid(self.problem)
        return self.policy.known_in(self.note)

    @property
    def cosigners(self) -> list[Cosigner]:
        times = self.witnessed.times if self.witnessed else {}
        witnesses = self.policy.witnesses if self.policy else ()
        return [
            Cosigner(one.name, one.key.name, _moment(times[one.name]) if one.name in times else None)
            for one in witnesses
        ]

    @property
    def signatures(self) -> int:
        """How many witnesses signed."""
        return len(self.witnessed.times) if self.witnessed else 0

    @property
    def signed_at(self) -> datetime | None:
        """The witnesses' word, not ours: the middle one of their times, so that no single clock decides.

        Where no witness signed it is the time of the file.
        """
        if self.witnessed and self.witnessed.times:
            return _moment(median_low(self.witnessed.times.values()))
        return self.written_at

    @property
    def due_at(self) -> datetime | None:
        return self.signed_at + EVERY if self.signed_at else None

    def is_late(self, now: datetime) -> bool:
        return self.signed_at is None or now - self.signed_at > LATE_AFTER

    def is_of_the_future(self, now: datetime) -> bool:
        return self.signed_at is not None and self.signed_at - now > CLOCKS_DIFFER

    def tiles(self) -> merkle.Tiles:
        return merkle.Tiles(_reader(self.folder), self.size)

    def hashes_to(self, index: int, leaf: bytes) -> tuple[bytes, ...]:
        """The inclusion proof of the entry, checked. Raises Invalid, in words, when the log has it not so."""
        if self.witnessed is None:
            raise Invalid(self.problem)
        checkpoint = self.witnessed.checkpoint
        hashes = merkle.inclusion_proof(index, checkpoint.size, self.tiles().hash_at)
        merkle.verify_inclusion(merkle.leaf_hash(leaf), index, checkpoint.size, hashes, checkpoint.root)
        return tuple(hashes)


def published() -> PublishedLog:
    """The log as it lies in the folder now. The signatures are checked once for each new file."""
    folder = Path(settings.TLOG_DIR)
    try:
        return _read(folder, _stamp(folder / POLICY), _stamp(folder / CHECKPOINT))
    except OSError:  # not remembered: the next look may succeed
        return PublishedLog(folder, problem="The log cannot be read at the moment.")


@dataclass(frozen=True)
class PublishedFile:
    content: bytes
    changed_at: datetime
    etag: str


def published_file(name: str) -> PublishedFile | None:
    """One file of the log for whoever asks: checkpoint, policy or a tile, and nothing else in the folder."""
    if name not in (CHECKPOINT, POLICY) and not TILE.fullmatch(name):
        return None
    path = Path(settings.TLOG_DIR) / name
    try:
        content, status = path.read_bytes(), path.stat()
    except OSError:
        return None
    changed_at = datetime.fromtimestamp(int(status.st_mtime), UTC)
    return PublishedFile(content, changed_at, f'"{status.st_mtime_ns:x}-{len(content):x}"')


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


@functools.lru_cache(maxsize=8)
def _read(folder: Path, policy: Stamp, checkpoint: Stamp) -> PublishedLog:
    """The stamps are what the memory goes by; the files are read here."""
    log = PublishedLog(folder)
    if policy is None or checkpoint is None:
        return log
    written_at = datetime.fromtimestamp(checkpoint[0] // 1_000_000_000, UTC)
    policy_text, checkpoint_text = (folder / POLICY).read_bytes(), (folder / CHECKPOINT).read_bytes()
    return _checked(folder, policy_text, checkpoint_text, written_at)


def _checked(folder: Path, policy: bytes, checkpoint: bytes, written_at: datetime | None) -> PublishedLog:
    try:
        rules, note = Policy.parse(policy), Note.parse(checkpoint)
        witnessed = rules.check(note)
    except Invalid as wrong:
        return PublishedLog(folder, problem=f"The log is not in order: {wrong}")
    return PublishedLog(folder, rules, policy.decode(), note, witnessed, written_at, problem="")


def log_of(policy: str, checkpoint: str, *, written_at: datetime | None, problem: str) -> PublishedLog:
    """The log as somebody kept it: its two texts, or the problem that there was."""
    folder = Path(settings.TLOG_DIR)
    if problem:
        return PublishedLog(folder, problem=problem)
    return _checked(folder, policy.encode(), checkpoint.encode(), written_at)


def _reader(folder: Path) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Invalid(f"{path} of the log cannot be read.") from error

    return read


def _moment(seconds: int) -> datetime:
    """A witness may write any second; what lies beyond the calendar is its end."""
    return datetime.fromtimestamp(min(seconds, LAST_SECOND), UTC)
