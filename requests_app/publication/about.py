"""What the register is, how people are protected in it, and what its words mean."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from requests_app.publication._about_data import LICENCE
from requests_app.publication._address import HtmlPage
from requests_app.publication._publication import Publication
from requests_app.statistics.definitions import K
from requests_app.vocabulary import Choice, Outcome, Role, Status

LISTS: tuple[tuple[str, type[Choice]], ...] = (
    (_("Roles"), Role),
    (_("Where a request stands"), Status),
    (_("What may be decided"), Outcome),
)


def pages(_publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("about/", "publication/texts/about.html", _context)


def _context() -> dict[str, Any]:
    glossary = [
        (gettext(heading), [(gettext(word.label), gettext(word.meaning)) for word in choice])
        for heading, choice in LISTS
    ]
    return {"glossary": glossary, "k": str(K), "licence_url": LICENCE["path"]}
