"""The pages about figures: what stands now, the quarters, their releases, rows and single figures."""

from collections.abc import Iterator
from typing import Any

from requests_app.publication._address import HtmlPage
from requests_app.publication._publication import Publication


def pages(publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("", "publication/home.html", lambda: _home(publication))


def _home(publication: Publication) -> dict[str, Any]:
    return {"newest": publication.newest}
