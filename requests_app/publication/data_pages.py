"""The pages of the open data: every download with what it holds, and the manual of the API."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from pydantic import BaseModel

from requests_app.publication import api_answers as answers
from requests_app.publication._about_data import LICENCE
from requests_app.publication._address import HtmlPage
from requests_app.publication._publication import DOCUMENT, Publication, PublishedRelease
from requests_app.publication.api import PREFIX, description
from requests_app.publication.data_files import PACKAGE, WORKBOOK
from requests_app.publication.data_tables import (
    Column,
    Table,
    breakdowns_of,
    codes_of,
    definitions_of,
    figures_of,
    has_breakdowns,
    rows_of,
    tables_of,
)

# A longer answer is cut in the manual.
LINES_SHOWN = 24

Json = Mapping[str, Any]


def pages(publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("data/", "publication/data/data.html", lambda: _data(publication))
    yield HtmlPage("data/api/", "publication/data/api.html", lambda: _api(publication))


# --- downloads --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Download:
    """One thing to take home: what it is, what it holds, and its file."""

    title: str
    words: str
    path: str
    label: str


@dataclass(frozen=True)
class Field:
    """A column in words. `codes` is the name of the closed list that its codes come from."""

    name: str
    words: str
    kind: str
    codes: str


@dataclass(frozen=True)
class Dictionary:
    """What the columns of a file hold."""

    name: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Files:
    """A release with the addresses of its files."""

    release: PublishedRelease
    files: tuple[tuple[str, str], ...]


def _data(publication: Publication) -> dict[str, Any]:
    newest = publication.newest
    return {
        "newest": newest,
        "of_newest": list(_of_newest(newest)) if newest else [],
        "of_all": list(_of_all()),
        "dictionaries": [_dictionary(table) for table in _tables_in_words()],
        "releases": [_files(release) for release in reversed(publication.releases)],
        "example": newest.folder if newest else "",
        "licence": LICENCE,
    }


def _of_newest(release: PublishedRelease) -> Iterator[Download]:
    folder = f"/{release.folder}"
    yield Download(
        gettext("Everything as a workbook"),
        gettext("All tables of the quarter in one file for Excel, LibreOffice or Numbers, with definitions."),
        f"{folder}{WORKBOOK}",
        gettext("Download the workbook (XLSX)"),
    )
    yield _csv(rows_of([release]), folder, gettext("Download the rows (CSV)"))
    yield _csv(figures_of([release]), folder, gettext("Download the figures (CSV)"))
    if has_breakdowns(release):
        yield _csv(breakdowns_of([release]), folder, gettext("Download the yearly tables (CSV)"))
    yield Download(
        gettext("The release itself"),
        gettext("The document from which every page, table and chart is made, byte for byte as frozen."),
        f"/{release.document_file}",
        gettext("Download the release (JSON)"),
    )


def _of_all() -> Iterator[Download]:
    yield _csv(rows_of([]), "/data/", gettext("Download all rows (CSV)"))
    yield _csv(figures_of([]), "/data/", gettext("Download all figures (CSV)"))
    yield _csv(definitions_of(), "/data/", gettext("Download the definitions (CSV)"))
    yield _csv(codes_of(), "/data/", gettext("Download the codes (CSV)"))
    yield Download(
        gettext("Data package"),
        gettext(
            "Describes all these files for programs: columns, types, digests (Frictionless Data Package)."
        ),
        f"/data/{PACKAGE}",
        gettext("Download the description (JSON)"),
    )


def _csv(table: Table, folder: str, label: str) -> Download:
    return Download(gettext(table.title), gettext(table.words), f"{folder}{table.name}.csv", label)


def _tables_in_words() -> list[Table]:
    return [rows_of([]), figures_of([]), breakdowns_of([]), definitions_of(), codes_of()]


def _dictionary(table: Table) -> Dictionary:
    fields = tuple(
        Field(column.name, gettext(column.words), _kind(column), column.closed_list)
        for column in table.columns
    )
    return Dictionary(f"{table.name}.csv", gettext(table.title), fields)


def _kind(column: Column) -> str:
    if column.closed_list:
        return gettext("code")
    return gettext("whole number") if column.type == "integer" else gettext("text")


def _files(release: PublishedRelease) -> Files:
    folder = f"/{release.folder}"
    names = [DOCUMENT, *(f"{table.name}.csv" for table in tables_of(release)), WORKBOOK, PACKAGE]
    return Files(release, tuple((name, f"{folder}{name}") for name in names))


# --- the manual of the API --------------------------------------------------------------------


@dataclass(frozen=True)
class Parameter:
    """What stands in the address, or behind its question mark."""

    name: str
    words: str
    is_in_path: bool
    codes: tuple[str, ...]
    limits: str


@dataclass(frozen=True)
class Operation:
    """One address of the API with an example: what to ask, and what the present publication answers."""

    name: str
    path: str
    words: str
    parameters: tuple[Parameter, ...]
    example: str
    answer: str
    is_cut: bool


def _api(publication: Publication) -> dict[str, Any]:
    examples = _examples(publication)
    return {
        "address": f"{publication.site_url}{PREFIX}",
        "openapi": f"{PREFIX}openapi.json",
        "operations": [
            _operation(publication, path, methods["get"], examples)
            for path, methods in description()["paths"].items()
        ],
    }


def _operation(
    publication: Publication, path: str, described: Json, examples: Mapping[str, "Example"]
) -> Operation:
    name, words = described["operationId"], described["summary"]
    found = examples.get(name)
    lines = _lines(found.answer()) if found else []
    return Operation(
        name,
        path,
        gettext(words),
        tuple(_parameter(one) for one in described["parameters"]),
        f"curl '{publication.site_url}{PREFIX}{found.path}'" if found else "",
        "\n".join(lines[:LINES_SHOWN]),
        len(lines) > LINES_SHOWN,
    )


def _lines(answer: BaseModel) -> list[str]:
    return json.dumps(answer.model_dump(mode="json"), ensure_ascii=False, indent=2).splitlines()


def _parameter(described: Json) -> Parameter:
    schema, words = described["schema"], described["description"]
    codes = [code for part in (schema, *schema.get("allOf", ())) for code in part.get("enum", ())]
    ends = {"smallest": schema.get("minimum"), "largest": schema.get("maximum")}
    return Parameter(
        described["name"],
        gettext(words),
        described["in"] == "path",
        tuple(codes),
        gettext("%(smallest)s to %(largest)s") % ends if None not in ends.values() else "",
    )


@dataclass(frozen=True)
class Example:
    path: str
    answer: Callable[[], BaseModel]


def _examples(publication: Publication) -> dict[str, Example]:
    """What to ask, by operation; where nothing is public yet, of those that have an answer already."""
    newest = publication.newest
    found = {
        "index": Example("", lambda: answers.index(publication)),
        "releases": Example("releases", lambda: answers.releases(publication)),
        "definitions": Example("definitions", answers.all_definitions),
        "codes": Example("codes", answers.codes),
        "policy_versions": Example("policy_versions", lambda: answers.policy_versions(publication)),
    }
    return found | _examples_of(publication, newest) if newest else found


def _examples_of(publication: Publication, release: PublishedRelease) -> dict[str, Example]:
    quarter, number = str(release.quarter), release.number
    return {
        "releases_of_quarter": Example(
            f"releases/{quarter}", lambda: answers.releases_of_quarter(publication, quarter)
        ),
        "release": Example(
            f"releases/{quarter}/{number}", lambda: answers.release(publication, quarter, number)
        ),
        "figures": Example(f"figures/{quarter}", lambda: answers.figures(publication, quarter)),
        "figure": Example(
            f"figures/{quarter}/outcomes", lambda: answers.figure(publication, quarter, "outcomes")
        ),
        "rows": Example(
            f"rows/{quarter}?outcome=assist&page_size=2",
            lambda: answers.rows(publication, quarter, codes={"outcome": "assist"}, page=1, page_size=2),
        ),
    }
