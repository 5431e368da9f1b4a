"""Changing recorded facts: while under review an assessment, afterwards a correction with a reason."""

from collections.abc import Mapping
from datetime import datetime

from requests_app.models import Correction
from requests_app.models._base import Revised
from requests_app.vocabulary import LOUISVILLE, RefusalKind, Status
from requests_app.workflow._conditions import Reason
from requests_app.workflow._submissions import Refused
from requests_app.workflow._transition import Turn


def require_reason_when_late(turn: Turn, reason: str) -> None:
    """After the review a change of facts is a correction, and says why."""
    if turn.case.status != Status.UNDER_REVIEW and not reason.strip():
        raise Refused(
            RefusalKind.INPUT,
            Reason("reason_missing", "The request is decided: say why this is corrected now.", "reason"),
        )


def change(
    turn: Turn, row: Revised, values: Mapping[str, object], *, reason: str, as_correction: bool
) -> list[str]:
    """Set the columns that differ, save the row, and write each difference down as a correction if it is one.

    Returns the names of the changed columns.
    """
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return []
    if as_correction:
        for name in changed:
            note_correction(
                turn, field=_label(row, name), old=getattr(row, name), new=values[name], reason=reason
            )
    for name in changed:
        setattr(row, name, values[name])
    if row is not turn.case:
        turn.save(row, reason=reason)
    return changed


def note_correction(
    turn: Turn, *, field: str, old: object, new: object, reason: str, restricted: bool = False
) -> Correction:
    """One changed fact in the register of corrections; values of restricted fields stay out of it."""
    return turn.add(
        Correction(
            case=turn.case,
            field=field,
            is_restricted=restricted,
            old="" if restricted else shown(old),
            new="" if restricted else shown(new),
            reason=reason,
            corrected_by=turn.actor,
            occurred_at=turn.occurred_at,
            entered_at=turn.now,
        )
    )


def shown(value: object) -> str:
    """A value as a correction shows it: local time, words for yes and no, a list with commas."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(LOUISVILLE).strftime("%Y-%m-%d %H:%M %Z")
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


def _label(row: Revised, name: str) -> str:
    return f"{row._meta.model_name}.{name}"
