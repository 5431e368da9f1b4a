"""Every revision of a case, field by field: what it was, what it became, who, when, why, in words.

Rows of history are read as plain values, one query a table: comparing instances would ask the database
again for every person they name.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from requests_app.models import (
    AssistanceRequest,
    CommanderCall,
    Deviation,
    Dispatch,
    Document,
    Evidence,
    FieldOutcome,
    LedgerEntry,
    Page,
    RestrictedDetails,
    Review,
    User,
)
from requests_app.timeline._words import in_words, label_of
from requests_app.vocabulary import Action

# Every table that holds a part of a case and keeps its revisions, with the name of a row.
TABLES: dict[type[models.Model], str] = {
    AssistanceRequest: "Request",
    RestrictedDetails: "Restricted fields",
    Evidence: "Evidence",
    Document: "Document",
    Page: "Page",
    CommanderCall: "Call",
    Dispatch: "Dispatch",
    FieldOutcome: "Outcome",
    Deviation: "Deviation",
    Review: "Review",
}
# Identity and what follows from another column: never a change that a person made.
NOT_SHOWN = frozenset({"id", "revision", "public_id", "case", "entered_at", "callback_digits", "quarter"})
# Said to the minute: two times within one are shown as one.
SAME_TIME = timedelta(minutes=1)
Values = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One column. A masked one says that it changed and not what it held."""

    record: str
    label: str
    old: str
    new: str
    masked: bool = False


@dataclass(frozen=True)
class Revision:
    """What one act changed. `number` is the revision of the case, where the act made one."""

    at: datetime
    who: str
    act: str
    why: str = ""
    number: int | None = None
    occurred_at: datetime | None = None
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    """One history row beside the one before it."""

    model: type[models.Model]
    values: Values
    before: Values | None
    record: str


def revisions_of(case: AssistanceRequest, *, show_restricted: bool) -> list[Revision]:
    """All revisions, newest first, in a fixed number of queries however many there are."""
    rows = [row for model in TABLES for row in _rows(model, case)]
    people = dict(_names(rows))
    revisions = [_revision(act, written, people, show_restricted) for act, written in _by_act(rows, case)]
    return [revision for revision in reversed(revisions) if revision.changes]


def _rows(model: type[models.Model], case: AssistanceRequest) -> Iterable[_Row]:
    own_key = "id" if model is AssistanceRequest else "case_id"
    history = model.history.model.objects.filter(**{own_key: case.pk})  # type: ignore[attr-defined]
    latest: dict[int, Values] = {}
    places: dict[int, int] = {}
    for values in history.order_by("history_id").values():
        place = places.setdefault(values["id"], len(places) + 1)
        numbered = model in (Document, Page, CommanderCall)
        yield _Row(
            model, values, latest.get(values["id"]), f"{TABLES[model]} {place}" if numbered else TABLES[model]
        )
        latest[values["id"]] = values


def _names(rows: Iterable[_Row]) -> Iterable[tuple[int, str]]:
    named = {row.values["history_user_id"] for row in rows}
    for row in rows:
        named |= {
            row.values[column.attname]
            for column in _columns(row.model)
            if isinstance(column, models.ForeignKey)
        }
    return ((user.pk, str(user)) for user in User.objects.filter(pk__in=named - {None}))


def _by_act(rows: list[_Row], case: AssistanceRequest) -> Iterable[tuple[LedgerEntry, list[_Row]]]:
    """The rows that each act wrote. Acts on a case wait for each other, and each reads the clock first: what
    is dated after one act's moment of entry and before the next one's belongs to it.
    """
    acts = list(
        LedgerEntry.objects.filter(case=case, refusal="")
        .order_by("entered_at", "id")
        .only("actor", "action", "case_revision", "occurred_at", "entered_at")
    )
    moments = [act.entered_at for act in acts]
    of_revision = {act.case_revision: place for place, act in enumerate(acts)}
    written: list[list[_Row]] = [[] for _ in acts]
    for row in rows:
        place = bisect_right(moments, row.values["history_date"]) - 1
        if row.model is AssistanceRequest:
            place = of_revision[row.values["revision"]]
        written[place].append(row)
    return zip(acts, written, strict=True)


def _revision(
    act: LedgerEntry, written: list[_Row], people: Mapping[int, str], show_restricted: bool
) -> Revision:
    label = Action(act.action).label
    # The case row, where there is one, has the reason of the act as a whole.
    told = sorted(written, key=lambda row: row.model is not AssistanceRequest)
    reason = (told[0].values["history_change_reason"] or "") if told else ""
    return Revision(
        at=act.entered_at,
        who=people.get(act.actor_id, ""),
        act=label,
        why=reason if reason != label else "",
        number=act.case_revision,
        occurred_at=act.occurred_at if abs(act.entered_at - act.occurred_at) >= SAME_TIME else None,
        changes=[change for row in written for change in _changes(row, people, show_restricted)],
    )


def _changes(row: _Row, people: Mapping[int, str], show_restricted: bool) -> Iterable[Change]:
    masked = row.model is RestrictedDetails and not show_restricted
    for column in _columns(row.model):
        new = row.values[column.attname]
        old = row.before[column.attname] if row.before else _nothing(column)
        if old == new:
            continue
        yield Change(
            record=row.record,
            label=label_of(row.model, column.name),
            old="" if masked else in_words(column, old, people),
            new="" if masked else in_words(column, new, people),
            masked=masked,
        )


def _nothing(column: models.Field) -> Any:
    """What a column holds before anybody has said anything: a new row shows only what differs from that."""
    if column.has_default():
        return column.get_default()
    return "" if column.empty_strings_allowed and not column.null else None


def _columns(model: type[models.Model]) -> list[models.Field]:
    return [column for column in model._meta.concrete_fields if column.name not in NOT_SHOWN]
