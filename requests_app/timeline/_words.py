"""Columns and their values in the words of the department, never in codes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

EMPTY: tuple[object, ...] = ("", None, [])

# Where the column's own name does not read well.
LABELS: dict[str, str] = {
    "assistancerequest.is_exercise": "Exercise",
    "assistancerequest.exercise_source": "Source of the exercise",
    "assistancerequest.discovered_by": "How it was found",
    "assistancerequest.component": "Who asks",
    "assistancerequest.requested_for": "Wanted for",
    "assistancerequest.persons_sought": "Persons sought",
    "assistancerequest.place_kind": "Kind of place",
    "assistancerequest.cad_event_number": "CAD event number",
    "assistancerequest.cad_absence": "Why there is no CAD number",
    "assistancerequest.types_at_intake": "Asked for, at intake",
    "assistancerequest.types_by_commander": "Asked for, by the commander",
    "assistancerequest.types_by_review": "Asked for, by oversight",
    "assistancerequest.claimed_by": "Handled by",
    "assistancerequest.claimed_at": "Taken at",
    "assistancerequest.information_due_at": "Information due",
    "assistancerequest.review_due_at": "Review due",
    "assistancerequest.status_reason": "Reason of the status",
    "assistancerequest.retention_class": "Retention",
    "assistancerequest.retain_until": "Keep until",
    "restricteddetails.requester_name": "Requester's name",
    "restricteddetails.requester_badge": "Requester's badge",
    "restricteddetails.callback_number": "Call-back number",
    "restricteddetails.identity_refused": "Refused to say who calls",
    "restricteddetails.location": "Location",
    "evidence.verification": "Caller",
    "evidence.verification_method": "How the caller was verified",
    "evidence.verified_at": "Caller verified at",
    "evidence.verified_by": "Caller verified by",
    "evidence.crime_status": "Crime",
    "evidence.crime_offence": "Offence",
    "evidence.crime_basis": "What shows the crime",
    "evidence.lmpd_case_number": "LMPD case number",
    "evidence.danger_level": "Danger",
    "evidence.danger_articulated": "Danger as the requester put it",
    "evidence.danger_assessment": "Danger as the officer sees it",
    "evidence.danger_corroboration": "What shows the danger",
    "evidence.danger_ended": "Danger has ended",
    "document.claimed_class": "Claimed to be",
    "document.confirmed_class": "Found to be",
    "document.matches_subject": "Matches the person or place",
    "document.struck": "Struck: entered by mistake",
    "document": "Document",
    "page.order": "Place in the line",
    "commandercall.recorded": "Recording",
    "commandercall.recorder_reference": "Recorder's reference",
    "dispatch.dispatched_at": "Sent at",
    "dispatch.first_arrival_at": "First officer arrived",
    "dispatch.cleared_at": "Left the scene",
    "dispatch.commander": "Commanding officer",
    "dispatch.commander_arrived_at": "Commander arrived",
    "dispatch.commander_left_at": "Commander left",
    "dispatch.commander_absent_reason": "Why the commander did not attend",
    "fieldoutcome.actions_taken": "What officers did",
    "fieldoutcome.handed_to_federal": "Persons handed to federal custody",
    "fieldoutcome.federal_arrests_seen": "Federal arrests seen",
    "fieldoutcome.occurred_at": "Ended at",
    "deviation.kind": "Deviation",
    "deviation.stands": "Stands",
    "review.follow_up": "Question",
    "review.follow_up_by": "Asked by",
    "review.follow_up_at": "Asked at",
    "review.occurred_at": "Reviewed at",
}


def label_of(model: type[models.Model], column: str) -> str:
    """The column's name as people read it."""
    path = f"{model._meta.model_name}.{column}"
    if path in LABELS:
        return LABELS[path]
    field: Any = model._meta.get_field(column)
    name = str(field.verbose_name)
    return name[:1].upper() + name[1:]


def in_words(field: models.Field, value: Any, people: Mapping[int, str]) -> str:
    """The value of a column as people read it; `people` are the names of accounts by key."""
    if value in EMPTY:
        return ""
    if isinstance(field, models.ForeignKey):
        return people.get(value, "")
    if isinstance(field, ArrayField):
        return ", ".join(_label(field.base_field, code) for code in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return local_time(value)
    if isinstance(value, date):
        return f"{value:%b} {value.day}, {value.year}"
    return _label(field, value)


def local_time(moment: datetime | None) -> str:
    """A time as Louisville reads it, with its zone: an hour that came twice is told apart."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local:%b} {local.day}, {local.year}, {local:%H:%M %Z}"


def correction_in_words(path: str, text: str) -> str:
    """A value as the register of corrections keeps it, with the labels of its codes."""
    field = _field_of(path)
    if not text:
        return text
    if isinstance(field, ArrayField):
        return ", ".join(_label(field.base_field, code) for code in text.split(", "))
    return _label(field, text)


def correction_label(path: str) -> str:
    """The name of a corrected field, from its table and column."""
    model, _, column = path.partition(".")
    return label_of(apps.get_model("requests_app", model), column) if column else LABELS[path]


def _field_of(path: str) -> Any:
    model, _, column = path.partition(".")
    # A document that was added is known by what it is claimed to be.
    return apps.get_model("requests_app", model)._meta.get_field(column or "claimed_class")


def _label(field: models.Field, value: Any) -> str:
    return str(dict(field.flatchoices).get(value, value))
