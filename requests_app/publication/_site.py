"""Every address of the public site, by its path."""

from collections.abc import Callable, Iterable
from functools import partial
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # nosec B405 # writes, reads nothing

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

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"

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
    root = Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for page in html_pages:
        if not page.is_listed:
            continue
        urls = {language: f"{publication.site_url}/{language}/{page.path}" for language in LANGUAGES}
        for url in urls.values():
            entry = SubElement(root, "url")
            SubElement(entry, "loc").text = url
            for language, other in urls.items():
                SubElement(entry, "xhtml:link", {"rel": "alternate", "hreflang": language, "href": other})
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def robots(publication: Publication) -> bytes:
    """Pages at work are for nobody's index."""
    closed = ("/account/", "/admin/", "/requests/", "/queue/", "/wall/", "/people/", "/oversight/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return "\n".join([*lines, "", f"Sitemap: {publication.site_url}/sitemap.xml", ""]).encode()
