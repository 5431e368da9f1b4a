"""Pages of the rows of a quarter: all of them, and a search in them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext

from requests_app.publication._address import HtmlPage, html
from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.publication.rows import (
    COLUMNS,
    FILTERS,
    ONE_LINER,
    SHOWN,
    SORTS,
    NotUnderstood,
    Search,
    headings,
    lines,
    sample,
)
from requests_app.statistics import Quarter


def pages(publication: Publication) -> Iterator[HtmlPage]:
    for quarter in publication.quarters:
        yield HtmlPage(
            f"quarters/{quarter}/rows/", "publication/rows.html", partial(_rows, publication, quarter)
        )


def _rows(publication: Publication, quarter: Quarter) -> dict[str, Any]:
    release = publication.latest(quarter)
    drawn = sample(release, publication.log)
    chosen = [row for row in release.document["rows"] if row["number"] in drawn]
    return {
        **_table(release, release.document["rows"]),
        "search": _form(Search()),
        "sample": [
            (line.number, " · ".join(cell for _, cell in line.cells if cell)) for line in lines(chosen)
        ],
        "seal": publication.log.root,
        "one_liner": ONE_LINER % {"root": publication.log.root},
    }


def _table(release: PublishedRelease, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "release": release,
        "quarter": release.quarter,
        "headings": headings(),
        "lines": lines(rows[:SHOWN]),
        "found": len(rows),
        "all": len(release.document["rows"]),
        "is_cut": len(rows) > SHOWN,
    }


def _form(search: Search) -> dict[str, Any]:
    filters = [
        (one.name, gettext(one.label), search.wanted.get(one.name, ""), one.options) for one in FILTERS
    ]
    return {"filters": filters, "sort": search.sort, "sorts": [(one, gettext(COLUMNS[one])) for one in SORTS]}


# --- the search, which no file can hold -------------------------------------------------------


def searched(
    publication: Publication,
    quarter: Quarter,
    language: str,
    *,
    query: Mapping[str, Sequence[str]],
) -> tuple[bytes, bool]:
    """The page of what is found, and whether the search was understood.

    Raises KeyError when the quarter is not public.
    """
    release = publication.latest(quarter)

    def context() -> dict[str, Any]:
        search = Search.of(query)
        given = "&".join(f"{name}={value}" for name, value in sorted(search.wanted.items()))
        address = f"?{given}{'&' if given else ''}sort={search.sort}"
        return {
            **_table(release, search.found_in(release.document["rows"])),
            "search": _form(search),
            "query": address,
        }

    path = f"quarters/{quarter}/rows/search/"
    try:
        page = HtmlPage(path, "publication/rows_search.html", context, is_listed=False)
        return html(publication, page, language), True
    except NotUnderstood as wrong:
        refused = HtmlPage(
            path, "publication/rows_refused.html", partial(_refused, quarter, str(wrong)), False
        )
        return html(publication, refused, language), False


def _refused(quarter: Quarter, reason: str) -> dict[str, Any]:
    return {"quarter": quarter, "reason": reason}
