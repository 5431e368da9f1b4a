"""Everything public: pages, data files and charts, made from the frozen bytes of releases and nothing else.

A page is a function of the publication, its path and so its language: not of a request, a clock, a session or
the database. `publish` writes all of them as files, which a web server hands out; where a file is not there,
Django renders the same bytes.
"""

from requests_app.publication._address import HTML, Address, HtmlPage, html, html_addresses
from requests_app.publication._publication import Publication, PublishedRelease, released
from requests_app.publication._tree import Served, current, find, not_found, paths, publish

__all__ = [
    "HTML",
    "Address",
    "HtmlPage",
    "Publication",
    "PublishedRelease",
    "Served",
    "current",
    "find",
    "html",
    "html_addresses",
    "not_found",
    "paths",
    "publish",
    "released",
]
