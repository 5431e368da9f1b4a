"""The ledger's one way in: `record()` writes an act, last in its transaction.

The canonical bytes (RFC 8785 JSON) are made here once and never rebuilt from columns. The leaf is
SHA-256(salt ‖ bytes) of the public part beside the same of the private part; the database checks
both, gives the entry its place when the transaction commits, and refuses any later change.

An act opens with `set_actor()`, names each row that it saved with `note_row()`, and closes with
`record()`: so the entry commits to the content of the rows too, and history that somebody rewrites later
disagrees with it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import rfc8785
from django.db import connection, models

from requests_app.models import AssistanceRequest, User
from requests_app.models.ledger import SALT_BYTES
from requests_app.vocabulary import LOUISVILLE, Action

FORMAT = 2  # 1 did not commit to the rows

# Columns that simple-history adds to the row's own, and the one that no history keeps.
NOT_CONTENT = frozenset(
    {"history_id", "history_date", "history_change_reason", "history_type", "history_user_id", "password"}
)

# One statement: the entry and its private part.
APPEND = """
WITH entry AS (
    INSERT INTO requests_app_ledgerentry
        (actor_id, action, refusal, case_id, case_revision, occurred_at, entered_at, public_bytes, leaf)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    RETURNING id
)
INSERT INTO requests_app_ledgerprivate (entry_id, private_bytes, public_salt, private_salt, row_salt)
SELECT id, %s, %s, %s, %s FROM entry
RETURNING entry_id
"""


@dataclass(frozen=True)
class Rows:
    """What the act of this thread saved so far, and the salt of the digests."""

    noted: tuple[dict[str, object], ...] = ()
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(SALT_BYTES))


_rows: ContextVar[Rows] = ContextVar("rows of the act")


@dataclass(frozen=True, kw_only=True)
class Act:
    """What is put into the ledger.

    `public` may be opened to anyone later: only what describes the agency's conduct, no person, no
    place, no time finer than a quarter. `details` and everything else goes into the private part.
    """

    actor: User
    action: Action
    occurred_at: datetime
    entered_at: datetime
    case: AssistanceRequest | None = None
    case_revision: int | None = None
    refusal: str = ""
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    public: Mapping[str, object] = field(default_factory=dict)


def set_actor(actor: User) -> None:
    """Name the actor for this transaction alone; the database refuses a change without one."""
    _rows.set(Rows())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', %s, true)", [str(actor.pk)])


def now() -> datetime:
    """The register's clock: the database's, so that it agrees with every moment of entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT register_now()")
        (moment,) = cursor.fetchone()
    return moment


def record(act: Act) -> int:
    """Append the act and return its id. Call it last: commits queue for the ledger's head.

    Raises a database error, and so undoes the whole act, when the entry cannot be written.
    """
    public_bytes = rfc8785.dumps(_public_part(act))
    rows = _rows.get()
    private_bytes = rfc8785.dumps(_private_part(act, rows))
    public_salt, private_salt = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(SALT_BYTES)
    leaf = commitment(public_salt, public_bytes) + commitment(private_salt, private_bytes)
    with connection.cursor() as cursor:
        cursor.execute(
            APPEND,
            [
                act.actor.pk,
                str(act.action),
                str(act.refusal),
                act.case.pk if act.case else None,
                act.case_revision,
                act.occurred_at,
                act.entered_at,
                public_bytes,
                leaf,
                private_bytes,
                public_salt,
                private_salt,
                rows.salt,
            ],
        )
        (entry_id,) = cursor.fetchone()
    _rows.set(Rows())  # a further entry of this act notes what is saved from here on
    return int(entry_id)


def note_row(row: models.Model) -> None:
    """The act that is under way saved this row: its entry will commit to the content."""
    rows = _rows.get()
    noted = {
        "table": row._meta.model_name,
        "id": row.pk,
        "revision": getattr(row, "revision", None),
        "sha256": row_digest(row, rows.salt),
    }
    _rows.set(replace(rows, noted=(*rows.noted, noted)))


def row_digest(row: models.Model, salt: bytes) -> str:
    """SHA-256(salt ‖ the row's canonical bytes), in hex; equal for a row and for its line in the history."""
    return commitment(salt, rfc8785.dumps(row_content(row))).hex()


def row_content(row: models.Model) -> dict[str, Any]:
    """The row's columns as plain JSON: moments in UTC, whatever the session's time zone."""
    return {
        field.attname: _plain(field.to_python(getattr(row, field.attname)))
        for field in row._meta.concrete_fields
        if field.attname not in NOT_CONTENT
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)  # a code of a closed list is a kind of str
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    raise TypeError(f"The ledger has no canonical form for {type(value).__name__}.")


def commitment(salt: bytes, content: bytes) -> bytes:
    """32 bytes that bind the content and show nothing of it without the salt."""
    return hashlib.sha256(salt + content).digest()


def quarter_of(moment: datetime) -> str:
    """The local quarter of a moment, as "2026-Q4"."""
    local = moment.astimezone(LOUISVILLE)
    return f"{local.year}-Q{(local.month + 2) // 3}"


def _public_part(act: Act) -> dict[str, Any]:
    return {
        "v": FORMAT,
        "action": str(act.action),
        "refusal": str(act.refusal),
        "quarter": quarter_of(act.entered_at),
        **act.public,
    }


def _private_part(act: Act, rows: Rows) -> dict[str, Any]:
    return {
        "v": FORMAT,
        "actor": act.actor.badge_number,
        "case": act.case.number if act.case else None,
        "case_revision": act.case_revision,
        "occurred_at": _utc(act.occurred_at),
        "entered_at": _utc(act.entered_at),
        "reason": act.reason,
        "rows": list(rows.noted),
        **act.details,
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
