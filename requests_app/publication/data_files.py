"""The files of the open data, and where they lie: those of each release, and those over all quarters."""

import functools
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.utils import translation

from requests_app.publication._about_data import LICENCE
from requests_app.publication._address import LANGUAGES, Address
from requests_app.publication._publication import DOCUMENT, Publication, PublishedRelease
from requests_app.publication.data_package import (
    File,
    catalog,
    moment_in_json,
    package_of_all,
    package_of_release,
)
from requests_app.publication.data_shape import shaped
from requests_app.publication.data_tables import LIST_NAMES, Table, csv_of, tables_of, tables_of_all
from requests_app.publication.data_workbook import workbook
from requests_app.statistics import definitions

Json = dict[str, Any]

JSON = "application/json"
CSV = "text/csv"
CSV_TYPE = "text/csv; charset=utf-8; header=present"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

WORKBOOK, PACKAGE = "release.xlsx", "datapackage.json"


def addresses(publication: Publication) -> Iterator[Address]:
    for release in publication.releases:
        yield from _of_release(publication, release)
    yield from _of_all(publication)
    yield Address("data.json", JSON, partial(_catalog, publication))


def _of_release(publication: Publication, release: PublishedRelease) -> Iterator[Address]:
    folder = release.folder
    yield Address(release.document_file, JSON, partial(frozen, release))
    yield Address(f"{folder}{WORKBOOK}", XLSX, partial(_workbook, publication, release))
    for table in tables_of(release):
        yield Address(f"{folder}{table.name}.csv", CSV_TYPE, partial(csv_of, table))
    yield Address(f"{folder}{PACKAGE}", JSON, partial(_package_of_release, publication, release))


def _of_all(publication: Publication) -> Iterator[Address]:
    for table in tables_of_all(publication):
        yield Address(f"data/{table.name}.csv", CSV_TYPE, partial(csv_of, table))
    for name, make in JSON_OF_ALL.items():
        yield Address(f"data/{name}", JSON, partial(make, publication))
    yield Address(f"data/{PACKAGE}", JSON, partial(_package_of_all, publication))


def frozen(release: PublishedRelease) -> bytes:
    """The bytes that were frozen, to the last one. ValueError where their shape is not the closed one."""
    shaped(release)
    return release.content


@functools.lru_cache(maxsize=4)
def _workbook(publication: Publication, release: PublishedRelease) -> bytes:
    return workbook(publication, release)


# --- files of packages ------------------------------------------------------------------------


def files_of_release(publication: Publication, release: PublishedRelease) -> list[File]:
    files = [_table(table) for table in tables_of(release)]
    book = partial(_workbook, publication, release)
    return [
        File(DOCUMENT, JSON, partial(frozen, release), "The release document, as it was frozen"),
        *files,
        File(WORKBOOK, XLSX, book, "All tables of the release as a workbook"),
    ]


def files_of_all(publication: Publication) -> list[File]:
    made = {name: partial(make, publication) for name, make in JSON_OF_ALL.items()}
    return [
        *(_table(table) for table in tables_of_all(publication)),
        File("releases.json", JSON, made["releases.json"], "All releases, with digests and links"),
        File("definitions.json", JSON, made["definitions.json"], "Definitions of the figures"),
    ]


def _table(table: Table) -> File:
    return File(f"{table.name}.csv", CSV, partial(csv_of, table), table.title, table)


def _package_of_release(publication: Publication, release: PublishedRelease) -> bytes:
    return _json(package_of_release(publication, release, files_of_release(publication, release)))


def _package_of_all(publication: Publication) -> bytes:
    return _json(package_of_all(publication, files_of_all(publication)))


def _catalog(publication: Publication) -> bytes:
    files = {release: files_of_release(publication, release) for release in publication.releases}
    return _json(catalog(publication, files))


# --- JSON over all ----------------------------------------------------------------------------


def _releases(publication: Publication) -> bytes:
    return _json(
        {
            "licence": LICENCE["name"],
            "demonstration": publication.demonstration,
            "releases": [summary(publication, release) for release in publication.releases],
        }
    )


def summary(publication: Publication, release: PublishedRelease) -> Json:
    document = release.document
    site, folder = publication.site_url, release.folder
    return {
        "quarter": str(release.quarter),
        "number": release.number,
        "published": moment_in_json(release.published_at),
        "frozen": document["frozen_at"],
        "sha256": release.sha256,
        "bytes": len(release.content),
        "reason": document["reason"],
        "replaces": document["replaces"],
        "is_latest": publication.latest(release.quarter) is release,
        "document": f"{site}/{release.document_file}",
        "package": f"{site}/{folder}{PACKAGE}",
        "workbook": f"{site}/{folder}{WORKBOOK}",
        "tables": {table.name: f"{site}/{folder}{table.name}.csv" for table in tables_of(release)},
        "pages": {language: f"{site}/{language}/{release.page}" for language in LANGUAGES},
    }


def _definitions(publication: Publication) -> bytes:
    return _json({"definitions": [definition(name) for name in definitions.NAMES]})


def definition(name: str) -> Json:
    """A definition in each language."""
    closed_list = definitions.definition(name).closed_list
    found: Json = {"figure": name, "codes": LIST_NAMES[closed_list] if closed_list else ""}
    for language in LANGUAGES:
        with translation.override(language):
            one = definitions.definition(name)
        found[language] = {
            "heading": one.heading,
            "counts": one.counts,
            "unit": one.unit,
            "whole": one.whole,
            "leaves_out": one.leaves_out,
        }
    return found


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


JSON_OF_ALL: dict[str, Callable[[Publication], bytes]] = {
    "releases.json": _releases,
    "definitions.json": _definitions,
}
