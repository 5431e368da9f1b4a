"""The parts that a form's layout is made of, besides the names of its fields."""

from typing import Any, Literal

from crispy_forms.bootstrap import StrictButton
from crispy_forms.layout import Div, Fieldset, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

ButtonLook = Literal["primary", "outline", "danger", "plain"]
BUTTON_CLASSES: dict[ButtonLook, str] = {
    "primary": "",
    "outline": "usa-button--outline",
    "danger": "usa-button--secondary",
    "plain": "usa-button--unstyled",
}


class Send(StrictButton):
    """A button that sends the form. `name` and `value` tell two of them apart on the server."""

    field_classes = "usa-button"

    def __init__(
        self, label: str, *, name: str = "", value: str = "", look: ButtonLook = "primary", **attributes: Any
    ) -> None:
        # An empty name would still be sent by some browsers.
        named = {"name": name, "value": value} if name else {}
        super().__init__(label, css_class=BUTTON_CLASSES[look], type="submit", **named, **attributes)


class LinkBack(LayoutObject):
    """A way out of the form that sends nothing."""

    def __init__(self, label: str, url: str) -> None:
        self.fields: list[Any] = []
        self.label, self.url = label, url

    def render(
        self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        return format_html('<a class="usa-link form-buttons__link" href="{}">{}</a>', self.url, self.label)


class Buttons(Div):
    """The row of buttons under a form."""

    css_class = "form-buttons"


class Columns(Div):
    """Fields side by side where the screen is wide enough, one below the other where it is not."""

    css_class = "form-columns"


class Section(Fieldset):
    """Fields that belong together, under a heading; `hint` is a sentence below it."""

    def __init__(self, legend: str, *fields: Any, hint: str = "", css_class: str = "") -> None:
        super().__init__(legend, *fields, css_class=css_class)
        self.hint = hint


class Folded(LayoutObject):
    """Less-used fields behind a line that opens; open at once if one of them holds something or is wrong."""

    def __init__(self, summary: str, *fields: Any) -> None:
        self.summary = summary
        self.fields = list(fields)

    def render(
        self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        inside = self.get_rendered_fields(form, context, template_pack)
        names = [pointer.name for pointer in self.get_field_names()]
        parts = {
            "summary": self.summary,
            "fields": inside,
            "open": any(_asks_to_be_seen(form, n) for n in names),
        }
        return render_to_string(f"{template_pack}/layout/folded.html", parts)


class Text(LayoutObject):
    """A sentence between fields."""

    def __init__(self, text: str, css_class: str = "form-text") -> None:
        self.fields: list[Any] = []
        self.text, self.css_class = text, css_class

    def render(
        self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        return format_html('<p class="{}">{}</p>', self.css_class, conditional_escape(self.text))


def _asks_to_be_seen(form: BaseForm, name: str) -> bool:
    bound = form[name]
    value = bound.value()
    held = any(value) if isinstance(value, tuple) else value not in (None, "", [], False)
    return bool(bound.errors or getattr(bound, "notes", ()) or held)
