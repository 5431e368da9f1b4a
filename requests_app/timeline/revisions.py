"""Every revision of a case, field by field: what it was, what it became, who, when, why, in words.

Rows of history are read as plain values, one query a table: comparing instances would ask the database
again for every person they name.
"""

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
# Rows of one act are written within a moment, one after the other.
ONE_ACT = timedelta(seconds=1)
Values = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One column. A masked one says that it changed and not what it held."""

    record: str
    label: str
    old: str
    new: str
    masked: bool = False


@dataclass
class Revision:
    """What one act changed. `number` is the case's revision, where the case row is among it."""

    at: datetime
    who: str
    act: str = ""
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
    rows.sort(key=lambda row: row.values["history_date"])
    people = dict(_names(rows))
    acts = {entry.case_revision: entry for entry in _acts(case)}
    revisions = [_revision(group, people, acts, show_restricted) for group in _groups(rows)]
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


def _acts(case: AssistanceRequest) -> Iterable[LedgerEntry]:
    return LedgerEntry.objects.filter(case=case, case_revision__isnull=False).only(
        "case_revision", "action", "occurred_at"
    )


def _groups(rows: Iterable[_Row]) -> list[list[_Row]]:
    """Rows that one person wrote in one moment are one act; the same row twice is two acts."""
    groups: list[list[_Row]] = []
    for row in rows:
        if groups and _belongs(row, groups[-1]):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _belongs(row: _Row, group: list[_Row]) -> bool:
    first = group[0].values
    near = row.values["history_date"] - first["history_date"] < ONE_ACT
    same_person = row.values["history_user_id"] == first["history_user_id"]
    again = any(other.model is row.model and other.values["id"] == row.values["id"] for other in group)
    return near and same_person and not again


def _revision(
    group: list[_Row],
    people: Mapping[int, str],
    acts: Mapping[int | None, LedgerEntry],
    show_restricted: bool,
) -> Revision:
    of_case = next((row.values for row in group if row.model is AssistanceRequest), None)
    told = of_case or group[0].values
    act = acts.get(of_case["revision"]) if of_case else None
    label = Action(act.action).label if act else ""
    reason = told["history_change_reason"] or ""
    return Revision(
        at=told["history_date"],
        who=people.get(told["history_user_id"], ""),
        act=label or reason,
        why=reason if label and reason != label else "",
        number=of_case["revision"] if of_case else None,
        occurred_at=act.occurred_at if act else None,
        changes=[change for row in group for change in _changes(row, people, show_restricted)],
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
