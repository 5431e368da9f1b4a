"""Every address of the public site, by its path."""

from collections.abc import Callable, Iterable
from functools import partial
from io import StringIO

from django.utils.xmlutils import SimplerXMLGenerator

from requests_app.publication import (
    about,
    data_files,
    data_pages,
    explorer,
    feed,
    log_pages,
    pages,
    policy_pages,
    story,
)
from requests_app.publication._address import LANGUAGES, Address, HtmlPage, html_addresses
from requests_app.publication._publication import Publication

NAMESPACES = {
    "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
}

# Each makes its own part of the site. No two may make the same path.
PAGES: tuple[Callable[[Publication], Iterable[HtmlPage]], ...] = (
    pages.pages,
    policy_pages.pages,
    explorer.pages,
    story.pages,
    about.pages,
    log_pages.pages,
    data_pages.pages,
)
FILES: tuple[Callable[[Publication], Iterable[Address]], ...] = (
    data_files.addresses,
    feed.addresses,
)


class Site:
    """All addresses of a publication. Making the site renders nothing."""

    def __init__(self, publication: Publication) -> None:
        html_pages = [page for part in PAGES for page in part(publication)]
        found = [
            *html_addresses(publication, html_pages),
            *(address for part in FILES for address in part(publication)),
            Address("sitemap.xml", "application/xml", partial(sitemap, publication, html_pages)),
            Address("robots.txt", "text/plain; charset=utf-8", partial(robots, publication)),
        ]
        self.addresses = {address.path: address for address in found}
        if len(self.addresses) != len(found):
            paths = [address.path for address in found]
            raise ValueError(f"Two pages at one address: {sorted({p for p in paths if paths.count(p) > 1})}")


def sitemap(publication: Publication, html_pages: Iterable[HtmlPage]) -> bytes:
    """Each page in each language, and where its other languages are."""
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("urlset", NAMESPACES)  # type: ignore[arg-type]  # a mapping is all that it asks for
    for page in html_pages:
        if page.is_listed:
            _listed(xml, {code: f"{publication.site_url}/{code}/{page.path}" for code in LANGUAGES})
    xml.endElement("urlset")
    xml.endDocument()
    return out.getvalue().encode()


def _listed(xml: SimplerXMLGenerator, urls: dict[str, str]) -> None:
    for url in urls.values():
        xml.startElement("url", {})  # type: ignore[arg-type]
        xml.addQuickElement("loc", url)
        for language, other in urls.items():
            xml.addQuickElement("xhtml:link", "", {"rel": "alternate", "hreflang": language, "href": other})
        xml.endElement("url")
        xml.characters("\n")


def robots(publication: Publication) -> bytes:
    """Pages at work are for nobody's index."""
    closed = ("/account/", "/admin/", "/requests/", "/queue/", "/wall/", "/people/", "/oversight/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return "\n".join([*lines, "", f"Sitemap: {publication.site_url}/sitemap.xml", ""]).encode()
