"""Tags of the pages: form controls in the look of the house, times in words, labels of codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.template.base import NodeList
from django.template.loader_tags import BlockNode
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app.vocabulary import Outcome, Status

register = template.Library()

# --- form controls ----------------------------------------------------------------------------

# First match wins: a RadioSelect is a ChoiceWidget, a DateTimeInput a TextInput.
CONTROL_KINDS: tuple[tuple[type[forms.Widget], str, str], ...] = (
    (forms.CheckboxSelectMultiple, "options", "checkbox"),
    (forms.RadioSelect, "options", "radio"),
    (forms.CheckboxInput, "checkbox", "usa-checkbox__input"),
    (forms.Select, "single", "usa-select"),
    (forms.Textarea, "single", "usa-textarea"),
    (forms.FileInput, "single", "usa-file-input"),
    (forms.Widget, "single", "usa-input"),
)


@register.filter
def control_kind(field: BoundField) -> str:
    """How the control is laid out: hidden, options, checkbox or single."""
    return "hidden" if field.is_hidden else _kind_of(field.field.widget)[0]


@register.filter
def option_kind(field: BoundField) -> str:
    """radio or checkbox, of a control made of options."""
    return _kind_of(field.field.widget)[1]


@register.filter
def has_tiles(field: BoundField) -> bool:
    return hasattr(field.field.widget, "meanings")


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The bare control with its class; an error shows on it too."""
    kind, css_class = _kind_of(field.field.widget)
    classes = [css_class, field.field.widget.attrs.get("class", "")]
    if field.errors and kind == "single":
        classes.append(f"{css_class}--error")
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.simple_tag
def option_control(option: BoundWidget, kind: str, tiles: bool) -> SafeString:
    css_class = f"usa-{kind}__input"
    option.data["attrs"]["class"] = f"{css_class} {css_class}--tile" if tiles else css_class
    return option.tag()


def _kind_of(widget: forms.Widget) -> tuple[str, str]:
    return next((kind, css_class) for cls, kind, css_class in CONTROL_KINDS if isinstance(widget, cls))


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; `target` is the id of the control, or empty."""

    label: str
    message: str
    target: str


@register.simple_tag
def problems(form: forms.BaseForm) -> list[Problem]:
    """Everything that is wrong with a form, in the order of its fields."""
    found = [Problem("", str(message), "") for message in form.non_field_errors()]
    for field in form:
        label, target = ("", "") if field.is_hidden else (str(field.label), _target_id(field))
        found += [Problem(label, str(message), target) for message in field.errors]
    return found


@register.simple_tag
def problems_of_formset(formset: Iterable[forms.BaseForm]) -> list[Problem]:
    found = [Problem("", message, "") for message in formset.non_form_errors()]  # type: ignore[attr-defined]
    return found + [problem for form in formset for problem in problems(form)]


def _target_id(field: BoundField) -> str:
    return field.id_for_label or f"{field.auto_id}_0"


# --- codes in words ---------------------------------------------------------------------------


@register.inclusion_tag("requests_app/_components/_status_tag.html")
def status_tag(code: str) -> dict[str, str]:
    """Where a request stands, as a word in a colour."""
    return {"kind": code, "label": dict(Status.choices())[code]}


@register.inclusion_tag("requests_app/_components/_status_tag.html")
def outcome_tag(code: str) -> dict[str, str]:
    """What was decided or what the policy gives, as a word in a colour."""
    return {"kind": code, "label": dict(Outcome.choices())[code]}


# --- times ------------------------------------------------------------------------------------


@register.filter
def duration(span: timedelta | None) -> str:
    """A span of time in words: "under a minute", "12 min", "1 h 05 min", "3 d 4 h"."""
    if span is None:
        return ""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"


@register.simple_tag
def moment(at: datetime | None, seconds: bool = False) -> SafeString | str:
    """A time as Louisville reads it, marked up so that a machine can read it too."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    # With its zone: in autumn an hour comes twice.
    clock = f"{local:%H:%M:%S %Z}" if seconds else f"{local:%H:%M %Z}"
    machine = local.isoformat(timespec="seconds")
    return format_html(
        '<time datetime="{}">{} {}, {}, {}</time>', machine, f"{local:%b}", local.day, local.year, clock
    )


@register.inclusion_tag("requests_app/_components/_waiting_clock.html")
def waiting_clock(since: datetime, now: datetime, due: datetime | None = None) -> dict[str, Any]:
    """How long something has waited and whether that is too long, in words and colour."""
    return {
        "since": since,
        "due": due,
        "waited": duration(now - since),
        "band": _band(since, now, due),
        "remark": _remark(now, due),
    }


def _band(since: datetime, now: datetime, due: datetime | None) -> str:
    """on_time, soon (more than half of the time has gone), or late."""
    if due is None:
        return "none"
    if now > due:
        return "late"
    return "soon" if now - since > due - now else "on_time"


def _remark(now: datetime, due: datetime | None) -> str:
    if due is None:
        return ""
    return f"late by {duration(now - due)}" if now > due else f"{duration(due - now)} left"


# --- the page ---------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def page_title(context: template.Context) -> SafeString:
    """The page's title block a second time, so that the heading and the window's title always agree."""
    return BlockNode("title", NodeList()).render(context)
