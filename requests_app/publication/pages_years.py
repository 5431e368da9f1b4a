"""Pages of closed years: force and injuries, and the tables that are too fine for a quarter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext

from requests_app.publication._address import HtmlPage
from requests_app.publication._breakdown_words import column_in_words, row_in_words, table_in_words
from requests_app.publication._over_time import figures_of
from requests_app.publication._publication import Publication, PublishedRelease


def pages(publication: Publication) -> Iterator[HtmlPage]:
    for quarter in publication.quarters:
        release = publication.latest(quarter)
        if release.document["year"]:
            path = f"years/{quarter.year}/"
            yield HtmlPage(path, "publication/year.html", partial(_year, publication, release))


@dataclass(frozen=True)
class Breakdown:
    """A table of the year in words; without lines it is withheld."""

    name: str
    heading: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    totals: tuple[tuple[str, str], ...]


def _year(publication: Publication, release: PublishedRelease) -> dict[str, Any]:
    year = release.document["year"]
    return {
        "year": year["year"],
        "release": release,
        "harm": figures_of(publication, release).get("harm"),
        "breakdowns": [_breakdown(table) for table in year["breakdowns"]],
    }


def _breakdown(table: Mapping[str, Any]) -> Breakdown:
    columns = tuple(column_in_words(code) for code in table["columns"])
    all_columns = (*columns, gettext("All"))
    lines: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    if not table["withheld"]:
        whole = zip(table["rows"], table["cells"], table["row_totals"], strict=True)
        lines = tuple(
            (row_in_words(table["name"], code), _cells(all_columns, (*cells, total)))
            for code, cells, total in whole
        )
    sums = (*table["column_totals"], sum(table["column_totals"]))
    name = table["name"]
    return Breakdown(name, table_in_words(name), all_columns, lines, _cells(all_columns, sums))


def _cells(columns: tuple[str, ...], numbers: tuple[int | None, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((column, _shown(number)) for column, number in zip(columns, numbers, strict=True))


def _shown(number: int | None) -> str:
    if number is None:
        return gettext("hidden")
    return f"{number:,}" if number else gettext("none")
