"""The kinds of field that the forms use: text that can be kept, choices of closed lists, local times."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.forms.widgets import ChoiceWidget
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from requests_app.vocabulary import Choice

DIGIT_KEYS = "1234567890"
FIRST_YEAR, LAST_YEAR = 2000, 2100
REASON_MAX_LENGTH = 2000

# A byte that is not UTF-8 arrives as U+FFFD; a lone surrogate cannot be stored or sent at all.
_UNREADABLE = re.compile("[\ufffd\ud800-\udfff]")
# Invisible marks that turn the reading direction could make a record read differently from what it says.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE_ONLY = re.compile(r"[\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]*")
_LOCAL_TIME = re.compile(r"(\d{4,6}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d{1,6})?", re.ASCII)


# --- text -------------------------------------------------------------------------------------


def refuse_unreadable_text(value: str) -> None:
    if _UNREADABLE.search(value):
        raise ValidationError(
            "Contains characters that could not be read; please type it again.", code="unreadable"
        )
    if _CONTROL.search(value):
        raise ValidationError(
            "Contains control characters, which cannot be kept; please type it again.",
            code="control_character",
        )


class TextField(forms.CharField):
    """Text of limited length without control characters; line ends become newlines, blanks around it go."""

    default_error_messages = {
        "one_line": "Must be on one line.",
    }

    def __init__(self, *, max_length: int, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(max_length=max_length, **kwargs)
        self.multiline = self.multiline or isinstance(self.widget, forms.Textarea)
        self.validators = [v for v in self.validators if not isinstance(v, _REPLACED_VALIDATORS)]
        self.validators += [TextLengthValidator(max_length), refuse_unreadable_text]

    def to_python(self, value: Any) -> str:
        with_newlines = value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
        text = super().to_python(with_newlines) or ""
        return "" if _INVISIBLE_ONLY.fullmatch(text) else text

    def validate(self, value: Any) -> None:
        super().validate(value)
        if not self.multiline and ("\n" in value or "\t" in value):
            raise ValidationError(self.error_messages["one_line"], code="one_line")


class TextLengthValidator(MaxLengthValidator):
    message = "Too long: use at most %(limit_value)d characters; this has %(show_value)d."


_REPLACED_VALIDATORS = (MaxLengthValidator, ProhibitNullCharactersValidator)


def reason_field(
    *,
    label: str = "Reason",
    help_text: str = "",
    required: bool = True,
    max_length: int = REASON_MAX_LENGTH,
) -> TextField:
    """Why something was done: a few lines of plain text."""
    return TextField(
        label=label, help_text=help_text, required=required, max_length=max_length, multiline=True
    )


# --- choices ----------------------------------------------------------------------------------


class _Tiles(ChoiceWidget):
    """What radio and checkbox tiles share: a key for each option, and its meaning under its label."""

    keys: str = ""
    meanings: Mapping[str, str] = {}

    def create_option(
        self,
        name: str,
        value: Any,
        label: int | str,
        selected: bool,
        index: int,
        subindex: int | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        option["meaning"] = self.meanings.get(str(value), "")
        if index < len(self.keys):
            option["key"] = self.keys[index]
            option["attrs"]["data-key"] = self.keys[index]
        return option


class RadioTiles(_Tiles, forms.RadioSelect):
    """Radio buttons as large touch targets."""


class CheckboxTiles(_Tiles, forms.CheckboxSelectMultiple):
    """Checkboxes as large touch targets."""


Look = Literal["tiles", "list", "select"]


def choice_field(
    members: Iterable[Choice],
    *,
    label: str,
    required: bool = True,
    help_text: str = "",
    blank_label: str | None = None,
    look: Look = "tiles",
    keys: bool | str = False,
    meanings: bool = False,
) -> forms.TypedChoiceField:
    """One of a closed list (an enum, or some of its members); the cleaned value is the member, or "".

    `blank_label` names an extra first option that means no answer. `keys` puts the digits 1 to 9 and 0, or
    the given characters, on the options in their order.
    """
    members = tuple(members)
    if blank_label is None and look == "select":
        blank_label = "Choose…"
    blank = [] if blank_label is None else [("", blank_label)]
    return forms.TypedChoiceField(
        choices=[*blank, *_pairs(members)],
        coerce=_by_code(members),
        empty_value="",
        label=label,
        required=required,
        help_text=help_text,
        widget=_choice_widget(members, look=look, keys=keys, meanings=meanings, several=False),
    )


class SeveralChoicesField(forms.TypedMultipleChoiceField):
    """Members of a closed list, each once, in the order of the list whatever order they came in."""

    def __init__(self, members: Sequence[Choice], **kwargs: Any) -> None:
        self.members = members
        super().__init__(choices=_pairs(members), coerce=_by_code(members), empty_value=[], **kwargs)

    def clean(self, value: Any) -> list[Choice]:
        chosen = set(super().clean(value))
        return [member for member in self.members if member in chosen]


def choices_field(
    members: Iterable[Choice],
    *,
    label: str,
    required: bool = True,
    help_text: str = "",
    look: Literal["tiles", "list"] = "tiles",
    keys: bool | str = False,
    meanings: bool = False,
) -> SeveralChoicesField:
    """Several of a closed list; the cleaned value is a list of members."""
    members = tuple(members)
    return SeveralChoicesField(
        members,
        label=label,
        required=required,
        help_text=help_text,
        widget=_choice_widget(members, look=look, keys=keys, meanings=meanings, several=True),
    )


def _pairs(members: Sequence[Choice]) -> list[tuple[str, str]]:
    return [(member.value, member.label) for member in members]


def _by_code(members: Sequence[Choice]) -> Callable[[Any], Choice]:
    by_code = {member.value: member for member in members}

    def member_of(code: Any) -> Choice:
        try:
            return by_code[code]
        except KeyError:
            raise ValueError(code) from None

    return member_of


def _choice_widget(
    members: tuple[Choice, ...], *, look: Look, keys: bool | str, meanings: bool, several: bool
) -> ChoiceWidget:
    if look == "select":
        return forms.Select()
    if look == "list":
        return forms.CheckboxSelectMultiple() if several else forms.RadioSelect()
    widget: _Tiles = CheckboxTiles() if several else RadioTiles()
    widget.keys = DIGIT_KEYS if keys is True else keys or ""
    widget.meanings = {member.value: member.meaning for member in members} if meanings else {}
    return widget


def count_field(
    *, label: str, max_value: int, min_value: int = 0, required: bool = False, help_text: str = ""
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=min_value,
        max_value=max_value,
        required=required,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter a whole number.",
            "min_value": f"Enter {min_value} or more.",
            "max_value": f"Enter {max_value} or less.",
        },
    )


# --- times ------------------------------------------------------------------------------------


class LocalDateTimeWidget(forms.DateTimeInput):
    """A local date and time; for an hour that came twice also the question which of the two is meant.

    Its value is the pair of what was typed and the answer to that question ("", "0" or "1").
    """

    input_type = "datetime-local"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> tuple[str, str]:
        return data.get(name) or "", data.get(f"{name}_fold") or ""

    def format_value(self, value: tuple[str, str]) -> str:
        return value[0]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        text, fold = value or ("", "")
        attrs = {**(attrs or {}), "step": "1"} if text.count(":") == 2 else attrs
        typed = super().render(name, (text, fold), attrs, renderer)
        local = parse_local(text)
        if local is None or not came_twice(local):
            return typed
        own_id = (attrs or {}).get("id", name)
        context = {"input": typed, "name": name, "id": own_id, "fold": fold, "local": local}
        own_words = render_to_string("uswds/local_date_time.html", context)
        return SafeString(own_words)  # nosec B703 # a template has escaped every value


class LocalDateTimeField(forms.Field):
    """Local time in, aware UTC out. An hour that never was is refused, one that came twice asked about."""

    widget = LocalDateTimeWidget
    default_error_messages = {
        "required": "Enter the date and time.",
        "invalid": "Enter a date and time that exist, like 2026-11-22 17:45.",
        "year": f"Enter a year from {FIRST_YEAR} to {LAST_YEAR}.",
        "missing_hour": "%(time)s did not exist on %(day)s: the clocks went forward over it. Check the time.",
        "came_twice": "%(time)s came twice on %(day)s, when the clocks went back. Choose which one is meant.",
    }

    def prepare_value(self, value: Any) -> tuple[str, str]:
        if not isinstance(value, datetime):
            return value if isinstance(value, tuple) else ("", "")
        local = timezone.localtime(value, _edge_zone()) if timezone.is_aware(value) else value
        naive = local.replace(tzinfo=None, microsecond=0)
        fold = str(local.fold) if came_twice(naive) else ""
        return naive.isoformat(timespec="seconds" if naive.second else "minutes"), fold

    def to_python(self, value: Any) -> datetime | None:
        text, fold = self.prepare_value(value)
        if not text.strip():
            return None
        local = parse_local(text)
        if local is None:
            code = "year" if _year_is_the_fault(text) else "invalid"
            raise ValidationError(self.error_messages[code], code=code)
        self._refuse_unclear(local, fold)
        return local.replace(tzinfo=_edge_zone(), fold=int(fold == "1")).astimezone(UTC)

    def _refuse_unclear(self, local: datetime, fold: str) -> None:
        shown = {"time": f"{local:%H:%M}", "day": f"{local:%B} {local.day}, {local.year}"}
        if _did_not_exist(local):
            raise ValidationError(self.error_messages["missing_hour"], code="missing_hour", params=shown)
        if came_twice(local) and fold not in ("0", "1"):
            raise ValidationError(self.error_messages["came_twice"], code="came_twice", params=shown)


def parse_local(text: str) -> datetime | None:
    """The naive local time that the text says, or None when it says none in the years we keep."""
    match = _LOCAL_TIME.fullmatch(text.strip())
    if match is None or _year_is_the_fault(text):
        return None
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}")
    except ValueError:
        return None


def came_twice(local: datetime) -> bool:
    first, second = (local.replace(tzinfo=_edge_zone(), fold=fold) for fold in (0, 1))
    return first.utcoffset() != second.utcoffset() and not _did_not_exist(local)


def _did_not_exist(local: datetime) -> bool:
    there_and_back = local.replace(tzinfo=_edge_zone()).astimezone(UTC).astimezone(_edge_zone())
    return there_and_back.replace(tzinfo=None) != local


def _year_is_the_fault(text: str) -> bool:
    match = _LOCAL_TIME.fullmatch(text.strip())
    return match is not None and not FIRST_YEAR <= int(match[1].split("-")[0]) <= LAST_YEAR


def _edge_zone() -> tzinfo:
    return timezone.get_default_timezone()


# --- what every form carries unseen -----------------------------------------------------------


class IdempotencyKeyField(forms.UUIDField):
    """A key per rendered form, so that the same form sent twice acts once; kept when the form comes back."""

    default_error_messages = {
        "required": "This page was not sent whole. Nothing was saved; please send it again.",
        "invalid": "This page was not sent whole. Nothing was saved; please send it again.",
    }

    def __init__(self) -> None:
        super().__init__(initial=uuid4, widget=forms.HiddenInput)

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return UUID(str(data))
        except ValueError:
            return uuid4()


class RevisionField(forms.IntegerField):
    """The revision of the case that the person was looking at."""

    default_error_messages = {
        "invalid": "This page is out of date. Nothing was saved; please open the request again.",
    }

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
