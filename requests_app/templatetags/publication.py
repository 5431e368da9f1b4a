"""Tags of the public pages: numbers and times in words, and data about the page for search engines."""

import json
from datetime import datetime
from typing import Any

from django import template
from django.template.base import NodeList
from django.template.loader_tags import BlockNode
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from requests_app import statistics
from requests_app.statistics import Quarter
from requests_app.statistics.figures import Figure

register = template.Library()

# What would end the element, or begin another: written as JSON writes any character.
ESCAPED = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


@register.filter
def number(value: int) -> str:
    """1,234 in both languages."""
    return statistics.number(value)


@register.filter
def months(quarter: Quarter) -> str:
    """ "January to March 2026", or "enero a marzo de 2026"."""
    return statistics.months_of(quarter)


@register.filter
def day(at: datetime) -> str:
    """The day in Louisville, in words."""
    return statistics.day(timezone.localtime(at).date())


@register.filter
def clock(at: datetime) -> str:
    """Day, hour and zone in Louisville: in autumn an hour comes twice."""
    local = timezone.localtime(at)
    words = {"day": statistics.day(local.date()), "clock": f"{local:%H:%M}", "zone": f"{local:%Z}"}
    return gettext("%(day)s, %(clock)s %(zone)s") % words


@register.filter
def cards(figure: Figure) -> bool:
    """Whether a phone shows the rows of its table as cards: more than three columns are too many."""
    return len(figure.columns) > 3


@register.filter
def share_heading(figure: Figure) -> str:
    """The heading over the shares, which stand after the numbers."""
    return figure.columns[1 + len(figure.rows[0].cells)]


@register.filter
def last_heading(figure: Figure) -> str:
    return figure.columns[-1]


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """As `clock`, and so that a machine can read it too."""
    machine = timezone.localtime(at).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', machine, clock(at))


@register.simple_tag(takes_context=True)
def page_description(context: template.Context) -> SafeString:
    """The page's description block a second time, for previews."""
    return BlockNode("description", NodeList()).render(context)


@register.simple_tag
def data_block(value: dict[str, Any]) -> SafeString:
    """JSON-LD: data that no browser runs."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True).translate(ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  # nosec B308 B703 # escaped above
