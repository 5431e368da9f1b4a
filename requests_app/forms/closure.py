"""Forms of what may happen to a request at any time: withdrawing, correcting, reopening, explaining."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from requests_app.forms._act import ActForm
from requests_app.forms._base import (
    Buttons,
    Columns,
    LocalDateTimeField,
    Section,
    Send,
    Text,
    TextField,
    choice_field,
    count_field,
    reason_field,
)
from requests_app.forms._fields import IdempotencyKeyField
from requests_app.forms.field import COUNT_MAX, MINUTES_MAX, WhenForm, when_field
from requests_app.models import AssistanceRequest, Dispatch, FieldOutcome, RestrictedDetails
from requests_app.models._base import Revised
from requests_app.vocabulary import (
    Action,
    CadAbsence,
    Channel,
    Component,
    DeviationKind,
    Direction,
    DiscoveredBy,
    Division,
    PlaceKind,
)
from requests_app.workflow import CORRECTABLE, may_read_restricted

AS_SHOWN_MAX_LENGTH = 80_000


class WithdrawForm(WhenForm):
    act = Action.WITHDRAW
    notice = "The requester takes the request back. A decision that was made stays in the record."
    submit_label = "Record withdrawal"

    reason = reason_field(label="What the requester said", max_length=1000)
    occurred_at = when_field()


class ReopenForm(ActForm):
    act = Action.REOPEN
    notice = (
        "You take the request up again and handle it. The decision before stays in the record; a new one"
        " supersedes it."
    )
    submit_label = "Reopen and take it"

    reason = reason_field(label="What is new", max_length=1000)


class RevealForm(ActForm):
    act = Action.REVEAL
    notice = (
        "You see who called and the exact place for ten minutes. That you read them, and why, is recorded and"
        " shown to oversight."
    )
    submit_label = "Show for ten minutes"

    reason = reason_field(label="Why you need to read them", max_length=500)


class ExplainForm(ActForm):
    """The deviations that stand and that nobody has explained."""

    act = Action.EXPLAIN
    notice = "The deviation stands all the same. Oversight reads the explanation."
    submit_label = "Explain"

    kind = choice_field(DeviationKind, label="Which deviation")
    explanation = reason_field(label="How it came about")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.case.deviations.all()
        kinds = [DeviationKind(row.kind) for row in rows if row.stands and not row.explanation]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.initial.setdefault("kind", kinds[0])


class AnswerForm(ActForm):
    """The answer to oversight's oldest open question, which is shown above it."""

    act = Action.ANSWER
    submit_label = "Answer"

    text = TextField(label="Answer", max_length=4000, multiline=True)

    def build_layout(self) -> Layout:
        asked = [row for row in self.case.reviews.all() if row.follow_up and not row.answer]
        question = [Text(f"Oversight asks: {min(asked, key=lambda row: row.pk).follow_up}")] if asked else []
        return Layout(*question, "text", Buttons(Send(self.submit_label)))


# --- correction -------------------------------------------------------------------------------

GROUPS: dict[type[Revised], tuple[str, str]] = {
    AssistanceRequest: ("What came in", ""),
    RestrictedDetails: (
        "Who called, and where",
        "Restricted: the list of corrections never shows them.",
    ),
    Dispatch: ("In the field", ""),
    FieldOutcome: ("Outcome", ""),
}


class CorrectForm(WhenForm):
    """Recorded facts as they stand, to be changed; only what the person changed is sent.

    The form carries the values it was drawn with. When somebody else changes the case meanwhile, what this
    person left alone follows the case, and what they typed stays, with a note of what it is now.
    """

    act = Action.CORRECT
    notice = (
        "Change what was recorded wrongly. The old value stays in the history, with your name and reason."
    )
    submit_label = "Save corrections"
    mark_required = False

    # What came in.
    received_at = LocalDateTimeField(label="Received at")
    discovered_by = choice_field(DiscoveredBy, label="How it was found", look="select")
    direction = choice_field(Direction, label="Direction", look="select")
    channel = choice_field(Channel, label="Channel", look="select")
    component = choice_field(Component, label="Who asks", look="select")
    what_was_said = TextField(label="What was said", max_length=4000, multiline=True, required=False)
    requested_for = LocalDateTimeField(label="Wanted for (empty: at once)", required=False)
    persons_sought = count_field(label="Persons sought", max_value=COUNT_MAX)
    division = choice_field(Division, label="Division", look="select")
    place_kind = choice_field(PlaceKind, label="Kind of place", look="select")
    cad_event_number = TextField(label="CAD event number", max_length=32, required=False)
    cad_absence = choice_field(
        CadAbsence,
        label="Why there is no CAD number",
        look="select",
        required=False,
        blank_label="There is one, or not said",
    )
    # Restricted.
    requester_name = TextField(label="Requester's name", max_length=120, required=False)
    requester_badge = TextField(label="Requester's badge", max_length=40, required=False)
    callback_number = TextField(label="Call-back number", max_length=40, required=False)
    identity_refused = forms.BooleanField(label="Refused to say who calls", required=False)
    location = TextField(label="Location", max_length=300, required=False)
    # In the field.
    dispatched_at = LocalDateTimeField(label="Sent at")
    officers = count_field(label="How many officers", max_value=COUNT_MAX, required=True)
    first_arrival_at = LocalDateTimeField(label="First officer arrived", required=False)
    cleared_at = LocalDateTimeField(label="Left the scene", required=False)
    commander_arrived_at = LocalDateTimeField(label="Commander arrived", required=False)
    commander_left_at = LocalDateTimeField(label="Commander left", required=False)
    # Outcome.
    local_arrests = count_field(label="Local arrests", max_value=COUNT_MAX, required=True)
    citations = count_field(label="Citations", max_value=COUNT_MAX, required=True)
    handed_to_federal = count_field(
        label="Persons handed to federal custody", max_value=COUNT_MAX, required=True
    )
    federal_arrests_seen = count_field(label="Federal arrests seen", max_value=COUNT_MAX, required=True)
    force_used = forms.BooleanField(label="Force was used", required=False)
    injuries = count_field(label="Persons injured", max_value=COUNT_MAX, required=True)
    officer_minutes = count_field(label="Officer minutes", max_value=MINUTES_MAX, required=True)

    occurred_at = when_field("When the mistake was noticed")
    reason = reason_field(label="Why this is corrected", max_length=1000)
    as_shown = TextField(
        label="",
        max_length=AS_SHOWN_MAX_LENGTH,
        widget=forms.HiddenInput,
        error_messages={"required": IdempotencyKeyField.default_error_messages["required"]},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recorded = _recorded(self.rows())
        self.shown = self._shown_values()
        correctable = {column for columns in CORRECTABLE.values() for column in columns}
        for column in correctable - self.shown.keys():
            del self.fields[column]

    def rows(self) -> dict[type[Revised], Revised]:
        """The rows of the case that this person may correct now."""
        found: dict[type[Revised], Revised | None] = {
            AssistanceRequest: self.case,
            RestrictedDetails: RestrictedDetails.objects.filter(case=self.case).first()
            if may_read_restricted(self.user, self.case, now=self.now)
            else None,
            Dispatch: Dispatch.objects.filter(case=self.case).first(),
            FieldOutcome: FieldOutcome.objects.filter(case=self.case).first(),
        }
        return {model: row for model, row in found.items() if row is not None}

    def _shown_values(self) -> dict[str, object]:
        """What the page showed: for a new form what is recorded, else what it carries of that."""
        if not self.is_bound:
            self.initial.update(self.recorded, as_shown=_as_text(self.recorded))
            return {column: _plain(value) for column, value in self.recorded.items()}
        carried = _carried(self.data.get("as_shown", ""))
        return {column: value for column, value in carried.items() if column in self.recorded}

    def clean_as_shown(self) -> str:
        carried = _carried(self.cleaned_data["as_shown"])
        if not carried:
            raise ValidationError(IdempotencyKeyField.default_error_messages["required"])
        if carried.keys() - self.recorded.keys():
            # What may no longer be read is not sent back to the page either.
            sent: Any = self.data
            kept = sent.copy()
            kept["as_shown"] = json.dumps(self.shown)
            self.data = kept
            raise ValidationError(
                "The restricted fields are hidden again. Nothing was saved; show them first, then correct."
            )
        return self.cleaned_data["as_shown"]

    def build_layout(self) -> Layout:
        sections = [
            Section(GROUPS[model][0], *_in_pairs(columns), hint=GROUPS[model][1])
            for model, all_columns in CORRECTABLE.items()
            if (columns := [column for column in all_columns if column in self.fields])
        ]
        why = Section("The correction", "reason", "occurred_at")
        return Layout(*sections, why, Buttons(Send(self.submit_label)))

    def given(self) -> dict[str, Any]:
        changes = {
            column: _for_column(self.cleaned_data[column])
            for column, value in self.shown.items()
            if _plain(self.cleaned_data[column]) != value
        }
        return {
            "changes": changes,
            "reason": self.cleaned_data["reason"],
            "occurred_at": self.when(),
        }

    def renew_revision(self, revision: int) -> None:
        """Somebody was faster: follow what this person left alone, and note what they typed over."""
        super().renew_revision(revision)
        self.case.refresh_from_db()
        recorded = {column: value for column, value in _recorded(self.rows()).items() if column in self.shown}
        # `renew_revision` has put a copy that may be changed in the place of what was sent.
        data: Any = self.data
        for column, value in recorded.items():
            if _plain(value) != self.shown[column]:
                self._follow(data, column, value)
        data["as_shown"] = _as_text(recorded)

    def _follow(self, data: Any, column: str, value: object) -> None:
        field = self.fields[column]
        if _plain(self.cleaned_data[column]) == self.shown[column]:
            _put(data, column, field, value)
            self.add_note(column, "Somebody changed this meanwhile. It is shown as it stands now.")
        else:
            now = _readable(field, value)
            self.add_note(column, f"Somebody changed this meanwhile to: {now}. Yours is not saved yet.")


def _recorded(rows: Mapping[type[Revised], Revised]) -> dict[str, object]:
    return {column: getattr(row, column) for model, row in rows.items() for column in CORRECTABLE[model]}


def _plain(value: object) -> object:
    """A value as JSON carries it; a cleaned answer and a column that say the same are equal."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0).timestamp()
    if isinstance(value, str):
        return str(value)
    return value


def _for_column(value: object) -> object:
    """Enum members as the plain codes that columns hold."""
    return str(value) if isinstance(value, str) else value


def _as_text(recorded: Mapping[str, object]) -> str:
    return json.dumps({column: _plain(value) for column, value in recorded.items()})


def _carried(text: str) -> dict[str, object]:
    """What the page says it showed, or nothing when that was tampered with."""
    try:
        carried = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return carried if isinstance(carried, dict) else {}


def _put(data: Any, name: str, field: forms.Field, value: object) -> None:
    """Let the form show this value instead of what was sent."""
    prepared = field.prepare_value(value)
    if isinstance(prepared, tuple):
        data[name], data[f"{name}_fold"] = prepared
    elif isinstance(field, forms.BooleanField):
        data.pop(name, None)
        if value:
            data[name] = "on"
    else:
        data[name] = "" if value is None else str(value)


def _readable(field: forms.Field, value: object) -> str:
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    prepared = field.prepare_value(value)
    text = prepared[0].replace("T", " ") if isinstance(prepared, tuple) else prepared
    return str(text) if text not in (None, "") else "nothing"


def _in_pairs(columns: list[str]) -> list[Any]:
    """Short fields two in a row; long text alone."""
    placed: list[Any] = []
    waiting: list[str] = []
    for column in columns:
        if column in ("what_was_said", "location", "identity_refused", "force_used"):
            placed += [*_row(waiting), column]
            waiting = []
            continue
        waiting.append(column)
        if len(waiting) == 2:
            placed += _row(waiting)
            waiting = []
    return [*placed, *_row(waiting)]


def _row(columns: list[str]) -> list[Any]:
    return [Columns(*columns)] if columns else []
