"""One address of the public site, and how a page of HTML gets its bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from requests_app.publication._publication import Publication
from requests_app.vocabulary import LOUISVILLE

HTML = "text/html; charset=utf-8"
LANGUAGES: tuple[str, ...] = ("en", "es")


@dataclass(frozen=True)
class Address:
    """`path` has no slash in front; one that ends with a slash is a folder, written as its index.html."""

    path: str
    content_type: str
    render: Callable[[], bytes]

    @property
    def file_name(self) -> str:
        return f"{self.path}index.html" if self.path.endswith("/") else self.path


@dataclass(frozen=True)
class HtmlPage:
    """A page in every language. `path` is below the language; `context` is asked for in that language."""

    path: str
    template: str
    context: Callable[[], Mapping[str, Any]]
    is_listed: bool = True  # in the sitemap, and for search engines

    def address(self, publication: Publication, language: str) -> Address:
        return Address(f"{language}/{self.path}", HTML, partial(html, publication, self, language))


def html_addresses(publication: Publication, pages: Iterable[HtmlPage]) -> Iterator[Address]:
    for page in pages:
        for language in LANGUAGES:
            yield page.address(publication, language)


def html(publication: Publication, page: HtmlPage, language: str) -> bytes:
    """Rendered without a request: nobody's name, session or token can stand on the page."""
    with translation.override(language), timezone.override(LOUISVILLE):
        context = {
            "language": language,
            "languages": [(code, dict(settings.LANGUAGES)[code]) for code in LANGUAGES],
            "page": page,
            "canonical": f"{publication.site_url}/{language}/{page.path}",
            "publication": publication,
            "site_url": publication.site_url,
            **page.context(),
        }
        return render_to_string(page.template, context).encode()
