"""What administrators keep: every save names its actor and reason, and is an entry of the ledger."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from requests_app import ledger, permissions
from requests_app.access import person
from requests_app.forms._fields import LocalDateTimeField, TextField, refuse_unreadable_text
from requests_app.models import User
from requests_app.models._base import Revised
from requests_app.vocabulary import Action

WHY_MAX_LENGTH = 500
# A typed time has no seconds: the present minute is not the past.
A_MOMENT = timedelta(minutes=1)


class RecordedForm(forms.ModelForm):
    """A model's form with the reason of the change, and with every constraint said beside a field.

    `actor` is set on the class that `RecordedAdmin.get_form` makes for one request. `beside` names, for a
    constraint, the field its sentence belongs to and, if the constraint has none of its own, the sentence.
    """

    actor: ClassVar[User]
    beside: ClassVar[Mapping[str, tuple[str, str]]] = {}

    why = TextField(
        label="Why",
        max_length=WHY_MAX_LENGTH,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="Kept with this change in the history and in the ledger.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and not isinstance(field, TextField):
                field.validators.append(refuse_unreadable_text)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and not set(self.changed_data) - {"why"}:
            raise ValidationError("Nothing differs from what is recorded.")
        return cleaned

    def validate_unique(self) -> None:
        """Every constraint too, also those that look at columns which the form does not show."""
        super().validate_unique()
        if set(self.errors) - {NON_FIELD_ERRORS}:
            return
        for constraint in self.instance._meta.constraints:
            try:
                constraint.validate(type(self.instance), self.instance)
            except ValidationError as error:
                self._take_back(error.messages)
                field, sentence = self.beside.get(constraint.name, ("", ""))
                self.add_error(field if field in self.fields else None, sentence or error.messages)

    def _take_back(self, messages: list[str]) -> None:
        """What the model's own check has said above the form is said once, beside the field."""
        above = self.errors.get(NON_FIELD_ERRORS)
        if above is None:
            return
        above.data = [one for one in above.as_data() if one.messages != messages]
        if not above.data:
            del self.errors[NON_FIELD_ERRORS]


class NowOrLater(LocalDateTimeField):
    """When something begins: empty means now, and never in the past."""

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is None:
            return timezone.now()
        if moment < timezone.now() - A_MOMENT:
            raise ValidationError("This cannot begin in the past. Leave it empty for now.")
        return moment


class RecordedAdmin(admin.ModelAdmin):
    """For whoever holds `act`. Nothing is deleted, and no action works on several rows."""

    act: ClassVar[Action]
    form = RecordedForm
    actions = None
    formfield_overrides = {models.DateTimeField: {"form_class": LocalDateTimeField}}
    save_on_top = False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without Django's buttons beside a choice of persons: accounts are made on their own page."""
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if formfield is not None and isinstance(formfield.widget, RelatedFieldWidgetWrapper):
            formfield.widget = formfield.widget.widget
        return formfield

    def may(self, request: HttpRequest) -> bool:
        return permissions.allows(person(request).roles, self.act)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = person(request)  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: Revised, form: Any, change: bool) -> None:
        actor = person(request)
        ledger.set_actor(actor)
        obj._history_user = actor  # type: ignore[attr-defined]
        obj._change_reason = form.cleaned_data["why"]  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)
        ledger.note_row(obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        logged = super().log_addition(request, obj, message)
        self.record(request, obj, "added")
        return logged

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        logged = super().log_change(request, obj, message)
        self.record(request, obj, "changed")
        return logged

    def record(self, request: HttpRequest, obj: Any, what: str) -> None:
        """Last in its transaction, as everywhere: the entry of the ledger."""
        now = ledger.now()
        ledger.record(
            ledger.Act(
                actor=person(request),
                action=self.act,
                occurred_at=now,
                entered_at=now,
                reason=obj._change_reason or "",
                details={
                    "table": obj._meta.model_name,
                    "row": obj.pk,
                    "revision": obj.revision,
                    "what": what,
                    **self.facts(obj),
                },
                public=self.public_facts(obj),
            )
        )

    def facts(self, obj: Any) -> dict[str, object]:
        """What the private part of the entry says of the row; its columns are in the history."""
        return {}

    def public_facts(self, obj: Any) -> dict[str, object]:
        """What may be opened to anyone: how the department goes about it, and no person."""
        return {}


def moment_field(label: str, *, help_text: str = "", required: bool = True) -> LocalDateTimeField:
    return LocalDateTimeField(label=label, help_text=help_text, required=required)


def beginning_field(label: str) -> NowOrLater:
    return NowOrLater(label=label, required=False, help_text="Louisville time. Empty means now.")
