"""What machines read about the data: Frictionless Data Packages, and a catalog after DCAT-US 1.1."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from requests_app.publication._about_data import BEFORE_ALL, LICENCE, PUBLISHER
from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.publication.data_tables import Column, Table

Json = dict[str, Any]

NAME = "louisville-ice-assistance-register"
TITLE = "ICE-assistance register of Louisville"
ABOUT = "Requests by immigration officials for help from Metro Police, and what was decided."
MADE_UP = "Demonstration: nothing here is a real case. "
KEYWORDS = ["police", "immigration", "ICE", "oversight", "Louisville", "Kentucky"]
DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class File:
    """A file of a package, below the folder of its datapackage.json. `table` says what its columns are.

    `content` makes the bytes: whoever lists files alone asks for none.
    """

    name: str
    media_type: str
    content: Callable[[], bytes]
    title: str
    table: Table | None = None


# --- Frictionless Data Package, version 1 -----------------------------------------------------


def package_of_release(publication: Publication, release: PublishedRelease, files: Iterable[File]) -> Json:
    return {
        **_package(
            publication,
            f"{NAME}-{str(release.quarter).lower()}-{release.number}",
            f"{TITLE}: {release.quarter}, release {release.number}",
            release.published_at,
            files,
        ),
        "version": f"{release.quarter}.{release.number}",
        "homepage": f"{publication.site_url}/en/{release.page}",
    }


def package_of_all(publication: Publication, files: Iterable[File]) -> Json:
    moment = max((release.published_at for release in publication.releases), default=BEFORE_ALL)
    title = f"{TITLE}: the latest release of each quarter"
    package = _package(publication, NAME, title, moment, files)
    return {**package, "homepage": f"{publication.site_url}/en/data/"}


def _package(
    publication: Publication, name: str, title: str, created: datetime, files: Iterable[File]
) -> Json:
    return {
        "profile": "data-package",
        "name": name,
        "title": title,
        "description": _about(publication),
        "created": moment_in_json(created),
        "licenses": [LICENCE],
        "contributors": [{"title": PUBLISHER, "role": "publisher"}],
        "keywords": KEYWORDS,
        "resources": [_resource(file) for file in files],
    }


def _resource(file: File) -> Json:
    suffix, content = file.name.rpartition(".")[2], file.content()
    resource = {
        "name": re.sub(r"[^a-z0-9]+", "-", file.name if file.table is None else file.table.name),
        "path": file.name,
        "title": file.title,
        "format": suffix,
        "mediatype": file.media_type,
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if file.table is None:
        # Not a table: the library would try to read a workbook, or JSON, as one.
        return {**resource, "profile": "data-resource", "type": "file"}
    return {
        **resource,
        "profile": "tabular-data-resource",
        "description": file.table.words,
        "encoding": "utf-8",
        "dialect": DIALECT,
        "schema": schema_of(file.table),
    }


def schema_of(table: Table) -> Json:
    return {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }


def _field(column: Column) -> Json:
    constraints: Json = {"required": column.required}
    if column.codes:
        constraints["enum"] = list(column.codes)
    return {
        "name": column.name,
        "type": column.type,
        "description": column.words,
        "constraints": constraints,
    }


# --- DCAT-US 1.1 ------------------------------------------------------------------------------


def catalog(publication: Publication, files: Mapping[PublishedRelease, Iterable[File]]) -> Json:
    """One dataset for each table of each release; `files` are those that a release consists of."""
    schema = "https://project-open-data.cio.gov/v1.1"
    return {
        "@context": f"{schema}/schema/catalog.jsonld",
        "@id": f"{publication.site_url}/data.json",
        "@type": "dcat:Catalog",
        "conformsTo": f"{schema}/schema",
        "describedBy": f"{schema}/schema/catalog.json",
        "dataset": [
            dataset
            for release, found in files.items()
            for dataset in _datasets(publication, release, list(found))
        ],
    }


def _datasets(publication: Publication, release: PublishedRelease, files: list[File]) -> Iterator[Json]:
    folder = f"{publication.site_url}/{release.folder}"
    whole = [file for file in files if file.table is None]
    for file in files:
        if file.table is not None:
            yield _dataset(publication, release, file.table, [file, *whole], folder)


def _dataset(
    publication: Publication, release: PublishedRelease, table: Table, files: Iterable[File], folder: str
) -> Json:
    quarter = release.quarter
    return {
        "@type": "dcat:Dataset",
        "identifier": f"{folder}{table.name}",
        "title": f"{TITLE}: {table.title}. {quarter}, release {release.number}",
        "description": f"{_about(publication)} {table.words}",
        "keyword": KEYWORDS,
        "issued": moment_in_json(release.published_at),
        "modified": moment_in_json(release.published_at),  # a release never changes
        "publisher": {
            "@type": "org:Organization",
            "name": PUBLISHER,
            "subOrganizationOf": {"@type": "org:Organization", "name": "Louisville Metro Government"},
        },
        "contactPoint": contact(publication),
        "accessLevel": "public",
        "license": LICENCE["path"],
        "language": ["en-US", "es-US"],
        "spatial": "Louisville, Kentucky",
        "temporal": f"{quarter.starts_at:%Y-%m-%d}/{quarter.ends_at - DAY:%Y-%m-%d}",
        "landingPage": f"{publication.site_url}/en/{release.page}",
        "describedBy": f"{folder}datapackage.json",
        "describedByType": "application/json",
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "title": file.title,
                "downloadURL": f"{folder}{file.name}",
                "mediaType": file.media_type,
                "format": file.name.rpartition(".")[2].upper(),
            }
            for file in files
        ],
    }


def contact(publication: Publication) -> Json:
    """Who answers for the data. The standard wants a mailbox: else it is one at the address of the site."""
    host = urlsplit(publication.site_url).hostname or "localhost"
    mailbox = settings.PUBLIC_CONTACT if "@" in settings.PUBLIC_CONTACT else f"register@{host}"
    return {"@type": "vcard:Contact", "fn": f"{PUBLISHER}, open data", "hasEmail": f"mailto:{mailbox}"}


def _about(publication: Publication) -> str:
    return f"{MADE_UP if publication.demonstration else ''}{ABOUT}"


def moment_in_json(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
