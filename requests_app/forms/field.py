"""Forms of what happens in the field. What really happened can always be recorded."""

import re
from collections.abc import Collection, Mapping
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
    TextField,
    choices_field,
    count_field,
    reason_field,
)
from requests_app.models import AssistanceRequest, Decision, FieldOutcome, RoleGrant
from requests_app.vocabulary import SCOPE_ACTIONS, Action, FieldAction, Outcome, Role
from requests_app.workflow import Report, effective_decision

UNIT_MAX_LENGTH = 12
UNITS_AT_ONCE = 30
COUNT_MAX = 999
MINUTES_MAX = 100_000


def when_field(label: str = "When it happened") -> LocalDateTimeField:
    """The first of the two times of an act; the second is the clock of the register."""
    return LocalDateTimeField(
        label=label, required=False, help_text="Louisville time. Left empty, it is now."
    )


class WhenForm(ActForm):
    """An act that has a time of its own."""

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        return {"occurred_at": _to_the_minute(self.now)}

    def when(self) -> datetime | None:
        """When it happened; None is now. This very minute is now too: seconds that nobody typed must not put
        acts of one minute in the wrong order.
        """
        said: datetime | None = self.cleaned_data["occurred_at"]
        return None if said == _to_the_minute(self.now) else said

    def given(self) -> dict[str, Any]:
        return {**self.entered(), "occurred_at": self.when()}


def _to_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


class UnitsField(TextField):
    """Call signs of units, with commas or blanks between them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=UNITS_AT_ONCE * (UNIT_MAX_LENGTH + 2), **kwargs)

    def clean(self, value: Any) -> list[str]:
        units = list(dict.fromkeys(re.split(r"[\s,;]+", super().clean(value).upper().strip(" ,;"))))
        if any(len(unit) > UNIT_MAX_LENGTH for unit in units):
            raise ValidationError(f"A unit has at most {UNIT_MAX_LENGTH} letters and digits.", code="unit")
        if len(units) > UNITS_AT_ONCE:
            raise ValidationError(f"Enter at most {UNITS_AT_ONCE} units at once.", code="units")
        if not any(units):
            raise ValidationError(self.error_messages["required"], code="required")
        return units


class DispatchForm(WhenForm):
    """Units sent; more of them later are added to the same dispatch."""

    act = Action.DISPATCH
    notice = "Recording what was done is never refused. Units sent later are added to the ones before."
    submit_label = "Record officers sent"

    units = UnitsField(label="Units sent", help_text="With commas or blanks between, like 412, 415.")
    officers = count_field(label="How many officers", min_value=1, max_value=COUNT_MAX, required=True)
    occurred_at = when_field()


class OfficerArrivesForm(WhenForm):
    act = Action.OFFICER_ARRIVES
    notice = "The earliest time that is recorded counts as the first arrival."
    submit_label = "Record arrival"

    occurred_at = when_field()


class CommanderArrivesForm(WhenForm):
    """An officer records the own arrival; a dispatcher names the officer."""

    act = Action.COMMANDER_ARRIVES
    notice = "The commanding officer joins the officers at the scene."
    submit_label = "Record arrival"

    # Badge numbers, not keys: a page shows no primary key.
    officer = forms.ChoiceField(label="Which commanding officer")
    occurred_at = when_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grants = RoleGrant.objects.held().filter(role=Role.COMMANDING_OFFICER)
        officers = {grant.user.badge_number: grant.user for grant in grants.select_related("user")}
        self.officers = dict(sorted(officers.items(), key=lambda pair: pair[1].display_name))
        field = self.fields["officer"]
        field.choices = [  # type: ignore[attr-defined]
            ("", "Choose…"),
            *((badge, str(officer)) for badge, officer in self.officers.items()),
        ]
        field.required = Role.COMMANDING_OFFICER not in self.user.roles

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        expected = case.claimed_by or self.user
        return {**super().initial_for(case), "officer": expected.badge_number}

    def given(self) -> dict[str, Any]:
        badge = self.cleaned_data["officer"]
        return {
            "officer_id": self.officers[badge].pk if badge else None,
            "occurred_at": self.when(),
        }


class CommanderAbsentForm(ActForm):
    act = Action.COMMANDER_ABSENT
    notice = (
        "The policy wants the commanding officer at the scene. Not attending is a deviation, and stays one;"
        " this says why."
    )
    submit_label = "Record why"

    reason = reason_field(label="Why the commanding officer did not attend", max_length=1000)


class StandDownForm(WhenForm):
    act = Action.STAND_DOWN
    notice = "All officers, and the commanding officer with them, have left the scene."
    submit_label = "Record stand-down"

    occurred_at = when_field()


class ReportOutcomeForm(WhenForm):
    """What was done, from the same list as the scope; what lies outside it is marked and never refused."""

    act = Action.REPORT_OUTCOME
    notice = (
        "Record what really happened; nothing is refused. What the decision did not allow shows as a"
        " deviation. The request is closed with this report."
    )
    submit_label = "Report and close"
    is_wide = True

    actions_taken = choices_field(
        FieldAction,
        label="What officers did",
        required=False,
        help_text="Nothing ticked means that officers did nothing.",
    )
    local_arrests = count_field(label="Local arrests", max_value=COUNT_MAX)
    citations = count_field(label="Citations", max_value=COUNT_MAX)
    handed_to_federal = count_field(label="Persons handed to federal custody", max_value=COUNT_MAX)
    federal_arrests_seen = count_field(label="Federal arrests seen", max_value=COUNT_MAX)
    injuries = count_field(label="Persons injured", max_value=COUNT_MAX)
    officer_minutes = count_field(label="Minutes of all officers together", max_value=MINUTES_MAX)
    force_used = forms.BooleanField(label="Force was used", required=False)
    narrative = TextField(
        label="What happened",
        max_length=4000,
        multiline=True,
        required=False,
        help_text="No name, nationality or immigration status of a person.",
    )
    occurred_at = when_field()

    COUNTS = (
        "local_arrests",
        "citations",
        "handed_to_federal",
        "federal_arrests_seen",
        "injuries",
        "officer_minutes",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = _allowed(effective_decision(self.case))
        field: Any = self.fields["actions_taken"]
        field.choices = sorted(field.choices, key=lambda choice: choice[0] not in allowed)
        field.widget.meanings = {
            action.value: "Allowed" if action in allowed else "Outside what was allowed"
            for action in FieldAction
        }

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        before: FieldOutcome | None = getattr(case, "field_outcome", None)
        columns = (*self.COUNTS, "actions_taken", "force_used", "narrative") if before else ()
        return {**super().initial_for(case), **{column: getattr(before, column) for column in columns}}

    def build_layout(self) -> Layout:
        return Layout(
            "actions_taken",
            Section(
                "How many",
                Columns("local_arrests", "citations"),
                Columns("handed_to_federal", "federal_arrests_seen"),
                Columns("injuries", "officer_minutes"),
                hint="Left empty means none.",
            ),
            "force_used",
            "narrative",
            "occurred_at",
            Buttons(Send(self.submit_label)),
        )

    def given(self) -> dict[str, Any]:
        entered = self.entered()
        del entered["occurred_at"]
        answers = {column: entered[column] or 0 for column in self.COUNTS}
        return {"report": Report(**{**entered, **answers}), "occurred_at": self.when()}


def _allowed(decision: Decision | None) -> Collection[str]:
    """What may be done without exceeding the scope; an ordinary service has no scope of its own."""
    if decision is None:
        return ()
    if decision.outcome == Outcome.ORDINARY_SERVICE:
        return (*SCOPE_ACTIONS, FieldAction.OTHER)
    return decision.scope_allowed
