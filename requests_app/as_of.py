"""A case as the register held it at a chosen time, beside what it holds now.

Revisions are dated by the database clock. Two of one row may bear the same time, so the last one is
told by its revision, never by its date. Nothing is written, and masked values are never read out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Prefetch

from requests_app.models import (
    AssistanceRequest,
    Decision,
    Endorsement,
    RestrictedDetails,
    User,
)
from requests_app.timeline import in_words, label_of
from requests_app.timeline.revisions import NOT_SHOWN, TABLES

SEVERAL = frozenset({"document", "page", "commandercall", "deviation", "review"})
Values = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column: what it held then and, where that differs, what it holds now."""

    label: str
    then: str
    now: str
    masked: bool = False

    @property
    def has_changed(self) -> bool:
        return self.then != self.now


@dataclass(frozen=True)
class Part:
    """One row of one table; `existed` is false for a row that was made later."""

    heading: str
    columns: list[Column]
    existed: bool = True


@dataclass(frozen=True)
class Moment:
    """A time at which the case row changed, to go to."""

    at: datetime
    number: int
    why: str


@dataclass(frozen=True)
class CaseAsOf:
    """`status` is empty when the case was not in the register yet."""

    status: str
    revision: int
    last_change: datetime | None
    changed_by: str
    decision: Decision | None
    later_decisions: int
    parts: list[Part] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)


def case_as_of(case: AssistanceRequest, at: datetime, *, show_restricted: bool) -> CaseAsOf:
    """In a fixed number of queries, however many revisions there are."""
    histories = {model: _revisions(model, case) for model in TABLES}
    people = _people(histories)
    of_case = histories[AssistanceRequest][case.pk]
    then = last_revision(of_case, at)
    words = Endorsement.objects.filter(entered_at__lte=at).select_related("officer")
    decisions = list(
        Decision.objects.filter(case=case)
        .select_related("decided_by", "entered_by")
        .prefetch_related(Prefetch("endorsements", words))
        .order_by("sequence")
    )
    entered = [decision for decision in decisions if decision.entered_at <= at]
    return CaseAsOf(
        status=then["status"] if then else "",
        revision=then["revision"] if then else 0,
        last_change=then["history_date"] if then else None,
        changed_by=people.get(then["history_user_id"], "") if then else "",
        decision=entered[-1] if entered else None,
        later_decisions=len(decisions) - len(entered),
        parts=[
            part
            for model, rows in histories.items()
            for part in _parts(model, rows, at, people, masked=_masks(model, show_restricted))
        ],
        moments=[
            Moment(row["history_date"], row["revision"], row["history_change_reason"] or "")
            for row in of_case
        ],
    )


def _masks(model: type[models.Model], show_restricted: bool) -> bool:
    return model is RestrictedDetails and not show_restricted


def _revisions(model: type[models.Model], case: AssistanceRequest) -> dict[int, list[Values]]:
    """Every revision of every row of the case in this table, by row, in the order of revisions."""
    own_key = "id" if model is AssistanceRequest else "case_id"
    history = model.history.model.objects.filter(**{own_key: case.pk})  # type: ignore[attr-defined]
    rows: dict[int, list[Values]] = {}
    for values in history.order_by("id", "revision").values():
        rows.setdefault(values["id"], []).append(values)
    return rows


def last_revision(revisions: Iterable[Values], at: datetime) -> Values | None:
    """What the row held at that time; None when it was not there yet."""
    held = [values for values in revisions if values["history_date"] <= at]
    return max(held, key=lambda values: values["revision"], default=None)


def _people(histories: Mapping[type[models.Model], Mapping[int, list[Values]]]) -> dict[int, str]:
    """Names of everybody whom a row names, in one query."""
    named: set[int] = set()
    for model, rows in histories.items():
        keys = ["history_user_id", *(c.attname for c in _columns(model) if isinstance(c, models.ForeignKey))]
        for revisions in rows.values():
            named |= {values[key] for values in revisions for key in keys if values[key]}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=named)}


def _parts(
    model: type[models.Model],
    rows: Mapping[int, list[Values]],
    at: datetime,
    people: Mapping[int, str],
    *,
    masked: bool,
) -> Iterable[Part]:
    numbered = model._meta.model_name in SEVERAL
    for place, revisions in enumerate(rows.values(), start=1):
        then = last_revision(revisions, at)
        heading = f"{TABLES[model]} {place}" if numbered else TABLES[model]
        if then is None:
            yield Part(heading, [], existed=False)
            continue
        compared = (
            _compare(model, column, then, revisions[-1], people, masked=masked) for column in _columns(model)
        )
        yield Part(heading, [column for column in compared if column.then or column.has_changed])


def _compare(
    model: type[models.Model],
    column: models.Field,
    then: Values,
    now: Values,
    people: Mapping[int, str],
    *,
    masked: bool,
) -> Column:
    held, holds = (in_words(column, values[column.attname], people) for values in (then, now))
    if masked and (held or holds):
        # That it changed is no secret; what it held is.
        return Column(label_of(model, column.name), "hidden", "hidden" if held == holds else "", masked=True)
    return Column(label_of(model, column.name), held, holds)


def _columns(model: type[models.Model]) -> list[models.Field]:
    return [column for column in model._meta.concrete_fields if column.name not in NOT_SHOWN]
