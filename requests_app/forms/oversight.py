"""Forms of oversight: what it finds, what it asks, how long a request is kept, what leaves."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from requests_app.bundles import Opened
from requests_app.forms._act import ActForm
from requests_app.forms._base import (
    Buttons,
    FilterForm,
    Folded,
    GuardedForm,
    LocalDateTimeField,
    RegisterForm,
    Send,
    TextField,
    choice_field,
    choices_field,
    count_field,
    reason_field,
)
from requests_app.models import AssistanceRequest
from requests_app.vocabulary import Action, CorrectionReason, RequestType, RetentionClass, ReviewFinding

LAST_YEAR_KEPT = 2200
MOST_CALLS = 2_000_000  # of a quarter; the whole city has some 70,000


class ReviewForm(ActForm):
    act = Action.REVIEW
    notice = (
        "Your finding is added to the record under your name. It changes no fact and no decision, and a later"
        " review stands beside it."
    )
    submit_label = "Record the review"

    finding = choice_field(ReviewFinding, label="Finding")
    note = TextField(
        label="What the finding rests on",
        max_length=4000,
        multiline=True,
        help_text="What you read and heard, and what you make of it. No name of a person who was sought.",
    )
    request_types = choices_field(
        RequestType,
        label="What was really asked for",
        required=False,
        look="list",
        help_text="Only if you see it differently. All three classifications are kept.",
    )

    def build_layout(self) -> Layout:
        return Layout(
            "finding",
            "note",
            Folded("Classify the request differently", "request_types"),
            Buttons(Send(self.submit_label)),
        )


class FollowUpForm(ActForm):
    act = Action.FOLLOW_UP
    notice = "The department sees the question on the request and answers it there."
    submit_label = "Ask"

    question = TextField(label="What the department is to answer", max_length=2000, multiline=True)


class HoldForm(ActForm):
    act = Action.HOLD
    notice = "Nothing is erased by this. A legal hold keeps the request whatever its date says."
    submit_label = "Save"

    legal_hold = forms.BooleanField(label="Legal hold", required=False)
    retention_class = choice_field(RetentionClass, label="Retention", look="list")
    retain_until = forms.DateField(
        label="Keep until",
        required=False,
        help_text="Empty means no date is set.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a date that exists, like 2031-11-22."},
    )
    reason = reason_field(max_length=1000)

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        return {
            "legal_hold": case.legal_hold,
            "retention_class": case.retention_class,
            "retain_until": case.retain_until,
        }

    def clean_retain_until(self) -> date | None:
        until: date | None = self.cleaned_data["retain_until"]
        if until is None or until == self.case.retain_until:
            return until
        if not timezone.localdate(self.now) <= until <= date(LAST_YEAR_KEPT, 12, 31):
            raise ValidationError(f"Enter a day from today on, in {LAST_YEAR_KEPT} at the latest.")
        return until


class ProposeErasureForm(ActForm):
    act = Action.PROPOSE_ERASURE
    notice = (
        "Nothing is erased yet: another person of oversight has to confirm it. Erased is what the ledger"
        " keeps privately of this request: who did what and why. That it happened stays in the log."
    )
    submit_label = "Ask for erasure"

    reason = reason_field(max_length=1000)


class EraseForm(ActForm):
    act = Action.ERASE
    notice = (
        "What the ledger keeps privately of this request, who did what and why, is erased and cannot be"
        " brought back. That it happened stays in the log."
    )
    submit_label = "Erase for ever"

    reason = reason_field(max_length=1000)


class _QuarterForm(RegisterForm):
    """Asks for a quarter, and offers those with which the act may succeed."""

    quarter = forms.ChoiceField(label="Quarter")

    def __init__(
        self,
        *args: Any,
        known: Sequence[tuple[str, str]],
        offered: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Any `known` quarter is passed on: why nothing can be done about it is the register's to say."""
        super().__init__(*args, **kwargs)
        quarter = self.fields["quarter"]
        quarter.choices = known  # type: ignore[attr-defined]
        quarter.widget.choices = offered


class FreezePeriodForm(_QuarterForm):
    """Which of the quarters that are ripe is frozen, and why once more."""

    submit_label = "Freeze this quarter"

    reason = choice_field(
        CorrectionReason,
        label="Why it is published again",
        required=False,
        look="select",
        blank_label="This is its first release",
        help_text="Only for a quarter that is released already. Everybody reads it.",
    )
    note = TextField(
        label="Internal note",
        max_length=1000,
        multiline=True,
        required=False,
        help_text="For the register alone. It is never published.",
    )


class CallsForServiceForm(_QuarterForm):
    """How many calls of any kind a quarter had, and who says so."""

    submit_label = "Save the number"

    calls = count_field(label="Calls for service", min_value=1, max_value=MOST_CALLS, required=True)
    source = TextField(label="Source", max_length=200, help_text="Who counted them, and where it says so.")
    url = forms.URLField(
        label="Link to the source",
        max_length=500,
        assume_scheme="https",
        help_text="A public address that begins with https://. Everybody can follow it.",
        error_messages={"invalid": "Enter a whole address, like https://example.org/calls."},
    )


class PublishForm(RegisterForm):
    """Publishes what this very page shows: the digest goes with it."""

    submit_label = "Publish this release"

    sha256 = TextField(max_length=64, widget=forms.HiddenInput)
    note = TextField(
        label="Internal note",
        max_length=1000,
        multiline=True,
        required=False,
        help_text="What you looked at, for the register alone. It is never published.",
    )

    def renew_sha256(self, sha256: str) -> None:
        """Before showing the form again beside a document: the next try is for that one."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data[self.add_prefix("sha256")] = sha256
        self.data = data


class BundleForm(GuardedForm):
    """How much of its entries an evidence bundle shows."""

    submit_label = "Take out the bundle"

    opened = choice_field(Opened, label="What the bundle shows", meanings=True)


class AsOfForm(FilterForm):
    """The time at which a request is looked at. It stands in the address."""

    submit_label = "Show"

    at = LocalDateTimeField(
        label="As it stood at", help_text="Louisville time. Everything entered by then is shown."
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at > self.now:
            raise ValidationError("This time is in the future. Check the date and time.")
        return at
