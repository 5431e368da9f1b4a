"""The base of every form: one look, one way to say what is wrong, and nothing in it that cannot be kept.

Forms name their fields and their layout, and clean. They never save: the view hands `entered()` to a
transition of `workflow`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import cached_property

from requests_app.forms._fields import (
    CheckboxTiles,
    IdempotencyKeyField,
    LocalDateTimeField,
    RadioTiles,
    RevisionField,
    SeveralChoicesField,
    TextField,
    choice_field,
    choices_field,
    count_field,
    reason_field,
    refuse_unreadable_text,
)
from requests_app.forms._layout import Buttons, Columns, Folded, LinkBack, Section, Send, Text
from requests_app.vocabulary import Severity

__all__ = [
    "Buttons",
    "CheckboxTiles",
    "Columns",
    "FilterForm",
    "Folded",
    "Layout",
    "LinkBack",
    "LocalDateTimeField",
    "Note",
    "RadioTiles",
    "RegisterForm",
    "Section",
    "Send",
    "SeveralChoicesField",
    "Text",
    "TextField",
    "choice_field",
    "choices_field",
    "count_field",
    "reason_field",
]

_DJANGOS_REQUIRED = forms.Field.default_error_messages["required"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to mind beside a field that does not keep the form from being sent."""

    message: str
    severity: Severity = Severity.WARNS
    citation: str = ""


class NotedBoundField(BoundField):
    """A field with its notes, which screen readers hear with its hint and its error."""

    form: "GuardedForm"

    @property
    def notes(self) -> list[Note]:
        return self.form.notes.get(self.name, [])

    @property
    def aria_describedby(self) -> str | None:
        described_by = super().aria_describedby
        if described_by is None or not self.notes:
            return described_by
        return f"{described_by} {self.auto_id}_notes".strip()


class GuardedForm(forms.Form):
    """Shared by forms that act and forms that filter: the look, the notes, the guard on what is typed."""

    bound_field_class = NotedBoundField
    submit_label: ClassVar[str] = "Save"
    # Words after a label. Required ones are marked; a form that asks for little may mark the others instead.
    mark_required: ClassVar[bool] = True
    mark_optional: ClassVar[bool] = False
    # As wide as its place, for many tiles side by side.
    is_wide: ClassVar[bool] = False

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        self.notes: dict[str | None, list[Note]] = {}
        for name, field in self.fields.items():
            _guard(name, field)

    def add_note(
        self, field: str | None, message: str, severity: Severity = Severity.WARNS, *, citation: str = ""
    ) -> None:
        """Put a note beside a field, or above the form when there is no such field in it."""
        known = field if field in self.fields else None
        self.notes.setdefault(known, []).append(Note(message, severity, citation))

    @property
    def form_notes(self) -> list[Note]:
        return self.notes.get(None, [])

    def build_layout(self) -> Layout:
        """What stands where. Fields left out are not shown; the unseen ones are added by themselves."""
        return Layout(*(field.name for field in self.visible_fields()), Buttons(Send(self.submit_label)))

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_action = self.action
        helper.form_class = "register-form register-form--wide" if self.is_wide else "register-form"
        helper.render_hidden_fields = True
        # Our messages beside the fields say more than a browser's; what is typed may be a person's number.
        helper.attrs = {"novalidate": True, "autocomplete": "off"}
        helper.layout = self.build_layout()
        return helper


class RegisterForm(GuardedForm):
    """A form that acts on a case. It carries a key, so that sending it twice acts once, and a revision."""

    idempotency_key = IdempotencyKeyField()
    revision = RevisionField()

    def entered(self) -> dict[str, Any]:
        """The cleaned answers, without what the form carries unseen."""
        carried = {"idempotency_key", "revision"}
        return {name: value for name, value in self.cleaned_data.items() if name not in carried}

    def renew_revision(self, revision: int) -> None:
        """Before showing a stale form again: what was typed stays, and the next try is against `revision`."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data[self.add_prefix("revision")] = str(revision)
        self.data = data


class FilterForm(GuardedForm):
    """A form that only narrows a list: its answers are in the address."""

    submit_label = "Show"
    mark_required = False

    @cached_property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_method = "get"
        helper.form_class = "register-form filter-form"
        helper.disable_csrf = True
        return helper


def _guard(name: str, field: forms.Field) -> None:
    """Hold a field to the rules that keep bad input from becoming a server error."""
    if type(field) is forms.CharField:
        raise TypeError(f"{name}: use TextField, which limits and cleans what is typed.")
    if isinstance(field, forms.IntegerField) and field.max_value is None:
        raise TypeError(f"{name}: a whole number needs a max_value; the database's columns have one.")
    if isinstance(field, forms.CharField) and not isinstance(field, (TextField, forms.UUIDField)):
        field.validators.append(refuse_unreadable_text)
    if field.error_messages["required"] == _DJANGOS_REQUIRED:
        field.error_messages["required"] = _required_message(field)
    if isinstance(field, forms.ChoiceField):
        # Django's message repeats the value it was given; that value is anything anyone can send.
        field.error_messages["invalid_choice"] = "Choose one of the answers shown."


def _required_message(field: forms.Field) -> str:
    if isinstance(field, forms.ChoiceField):
        return "Choose an answer."
    if isinstance(field, forms.BooleanField):
        return "Tick this to go on."
    return "Fill this in."
