"""The open data: the frozen bytes, tables that say the same as they do, descriptions that programs accept."""

import csv
import hashlib
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from frictionless import validate
from jsonschema import Draft202012Validator

from requests_app.publication import data_files
from requests_app.publication.data_measures import MEASURES
from requests_app.publication.data_tables import CLOSED_LISTS, breakdowns_of, csv_of, rows_of, safe
from requests_app.statistics import definitions
from requests_app.statistics.canonical import canonical
from tests.published import SITE_URL, make_document, make_publication, make_release

# A table of a year: one number shown, the others hidden; and one that is withheld as a whole.
BREAKDOWNS = [
    {
        "name": "place_kind_outcome",
        "rows": ["residence", "road"],
        "columns": ["assist", "decline"],
        "cells": [[12, None], [None, 20]],
        "row_totals": [None, None],
        "column_totals": [25, 33],
        "withheld": False,
    },
    {
        "name": "month_outcome",
        "rows": ["01", "02"],
        "columns": ["assist", "decline"],
        "cells": [],
        "row_totals": [],
        "column_totals": [25, 33],
        "withheld": True,
    },
]


def made(publication) -> dict[str, bytes]:
    return {address.path: address.render() for address in data_files.addresses(publication)}


@pytest.fixture(scope="module")
def publication():
    return make_publication()


@pytest.fixture(scope="module")
def files(publication) -> dict[str, bytes]:
    return made(publication)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def with_year(**given):
    document = make_document("2025-Q4")
    year = {"year": 2025, "harm": document["year"]["harm"], "breakdowns": BREAKDOWNS}
    return make_release({**document, "year": year, **given})


def publication_of(release):
    return make_publication().__class__(
        releases=(release,),
        log=make_publication().log,
        policy_in_force="2017-09-22",
        demonstration=False,
        site_url=SITE_URL,
    )


# --- frozen bytes -----------------------------------------------------------------------------


def test_a_release_is_given_out_byte_for_byte(publication, files):
    for release in publication.releases:
        given = files[f"data/{release.quarter}/{release.number}/release.json"]
        assert given == release.content
        assert hashlib.sha256(given).hexdigest() == release.sha256


def test_the_same_publication_gives_the_same_bytes(publication, files):
    from_file = type(publication).from_bytes(publication.to_bytes())
    assert made(from_file) == files


def test_the_list_of_releases_has_their_digests_and_links_to_files_that_are_there(publication, files):
    listed = json.loads(files["data/releases.json"])["releases"]
    assert [one["sha256"] for one in listed] == [release.sha256 for release in publication.releases]
    for one in listed:
        links = [one["document"], one["package"], one["workbook"], *one["tables"].values()]
        assert all(link.removeprefix(f"{SITE_URL}/") in files for link in links)


# --- tables -----------------------------------------------------------------------------------


def test_rows_parse_back_to_the_rows_of_the_document(publication, files):
    for release in publication.releases:
        found = read(files[f"data/{release.quarter}/{release.number}/rows.csv"])
        for row in found:
            assert (row.pop("quarter"), row.pop("release")) == (str(release.quarter), str(release.number))
        assert found == [
            {name: " | ".join(cell) if isinstance(cell, list) else str(cell) for name, cell in row.items()}
            for row in release.document["rows"]
        ]


def leaves(part, name=""):
    if not isinstance(part, dict):
        return {name: part}
    return {
        path: value
        for key in part
        for path, value in leaves(part[key], f"{name}.{key}" if name else key).items()
    }


def test_figures_are_all_numbers_of_the_document_each_once(publication, files):
    for release in publication.releases:
        document = release.document
        rows = read(files[f"data/{release.quarter}/{release.number}/figures.csv"])
        expected = leaves(
            {
                **document["figures"],
                "missing": document["missing"],
                "calls_for_service": {"calls": document["calls_for_service"]["calls"]},
                **({"year": {"harm": document["year"]["harm"]}} if document["year"] else {}),
            }
        )
        del expected["quarter"]
        found = {row["path"]: int(row["value"]) if row["value"] else None for row in rows}
        assert found == expected
        assert len(rows) == len(expected)


def test_parts_of_a_whole_add_up_to_it(publication, files):
    rows = read(files["data/2025-Q4/1/figures.csv"])
    for figure in ("components", "channels", "statuses", "calls", "dispatches"):
        parts = [row for row in rows if row["figure"] == figure and row["code"]]
        assert sum(int(row["value"]) for row in parts) == int(parts[0]["whole"])


def test_every_figure_is_defined():
    assert {measure.figure for measure in MEASURES} <= set(definitions.NAMES)


def test_the_files_over_all_quarters_have_the_latest_release_of_each(publication, files):
    found = Counter((row["quarter"], row["release"]) for row in read(files["data/rows.csv"]))
    latest = [publication.latest(quarter) for quarter in publication.quarters]
    assert found == {(str(one.quarter), str(one.number)): len(one.document["rows"]) for one in latest}


def test_every_code_has_words_in_both_languages(files):
    rows = read(files["data/codes.csv"])
    assert len(rows) == sum(len(list(codes)) for codes in CLOSED_LISTS.values())
    assert all(row["label_en"] and row["label_es"] for row in rows)


def test_every_definition_stands_in_both_languages(files):
    rows = read(files["data/definitions.csv"])
    assert {(row["figure"], row["language"]) for row in rows} == {
        (name, language) for name in definitions.NAMES for language in ("en", "es")
    }
    assert all(all(row.values()) for row in rows)


def test_hidden_numbers_of_yearly_tables_are_empty_and_said_to_be_hidden():
    rows = read(csv_of(breakdowns_of([with_year()])))
    found = {
        (row["table"], row["row"], row["column"]): (row["value"], row["shown"])
        for row in rows
        if row["column"] == "assist"
    }
    assert found == {
        ("place_kind_outcome", "residence", "assist"): ("12", "shown"),
        ("place_kind_outcome", "road", "assist"): ("", "hidden"),
        ("place_kind_outcome", "total", "assist"): ("25", "shown"),
        ("month_outcome", "01", "assist"): ("", "withheld"),
        ("month_outcome", "02", "assist"): ("", "withheld"),
        ("month_outcome", "total", "assist"): ("25", "shown"),
    }


def test_lines_end_as_the_standard_says(files):
    content = files["data/rows.csv"]
    assert content.count(b"\r\n") == content.count(b"\n") == len(read(content)) + 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_looks_like_a_formula_is_made_safe(text):
    assert safe(text) == f"'{text}"


def test_other_texts_and_numbers_stay_as_they_are():
    assert [safe(cell) for cell in ("a=1", "", -1, None)] == ["a=1", "", -1, None]


# --- the closed shape -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [(), ("rows", 0), ("figures",), ("figures", "field"), ("missing",), ("year",), ("calls_for_service",)],
)
def test_a_name_that_nobody_meant_to_publish_stops_the_file(place):
    document = make_document("2025-Q4")
    part = document
    for step in place:
        part = part[step]
    part["canary"] = "Somebody's name"
    release = make_release(document)
    with pytest.raises(ValueError, match="canary"):
        data_files.frozen(release)
    with pytest.raises(ValueError, match="canary"):
        csv_of(rows_of([release]))


@pytest.mark.parametrize("column", ["component", "outcome", "policy_version"])
def test_a_word_that_is_no_code_stops_the_file(column):
    document = make_document("2025-Q4")
    document["rows"][0][column] = "Somebody's name"
    with pytest.raises(ValueError, match=column):
        data_files.frozen(make_release(document))


# --- descriptions -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory) -> Path:
    """Everything as files, as it is published."""
    root = tmp_path_factory.mktemp("public")
    more = made(publication_of(with_year()))
    year = {f"year/{path}": content for path, content in more.items()}
    for path, content in {**files, **year}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return root


@pytest.mark.parametrize(
    "package",
    ["data/datapackage.json", "data/2025-Q2/2/datapackage.json", "year/data/2025-Q4/1/datapackage.json"],
)
def test_frictionless_finds_the_package_valid(folder, package):
    report = validate(str(folder / package))
    assert report.valid, report.flatten(["type", "note"])


def test_frictionless_would_find_a_changed_byte(folder, tmp_path):
    source = folder / "data/2025-Q2/2"
    for file in source.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes().replace(b"decline", b"declinf"))
    assert not validate(str(tmp_path / "datapackage.json")).valid


def test_a_package_has_size_and_digest_of_each_file(files):
    package = json.loads(files["data/2025-Q2/2/datapackage.json"])
    assert package["licenses"][0]["name"] == "CC0-1.0"
    for resource in package["resources"]:
        content = files[f"data/2025-Q2/2/{resource['path']}"]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


TEXT = {"type": "string", "minLength": 1}
# What DCAT-US 1.1 requires of a catalog and a dataset, and of what they hold; two codes are for federal
# agencies alone.
DCAT = {
    "type": "object",
    "required": ["conformsTo", "dataset"],
    "properties": {
        "conformsTo": {"const": "https://project-open-data.cio.gov/v1.1/schema"},
        "dataset": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": [
                    *("title", "description", "keyword", "modified", "publisher"),
                    *("contactPoint", "identifier", "accessLevel"),
                ],
                "properties": {
                    "title": TEXT,
                    "description": TEXT,
                    "identifier": TEXT,
                    "keyword": {"type": "array", "minItems": 1, "items": TEXT},
                    "modified": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*Z$"},
                    "accessLevel": {"enum": ["public", "restricted public", "non-public"]},
                    "license": {"type": "string", "format": "uri"},
                    "publisher": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {"@type": {"const": "org:Organization"}, "name": TEXT},
                    },
                    "contactPoint": {
                        "type": "object",
                        "required": ["fn", "hasEmail"],
                        "properties": {
                            "@type": {"const": "vcard:Contact"},
                            "fn": TEXT,
                            "hasEmail": {"type": "string", "pattern": "^mailto:[^@]+@[^@]+$"},
                        },
                    },
                    "temporal": {"type": "string", "pattern": "^[0-9-]{10}/[0-9-]{10}$"},
                    "distribution": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["downloadURL", "mediaType"],
                            "properties": {
                                "@type": {"const": "dcat:Distribution"},
                                "downloadURL": {"type": "string", "pattern": "^https://"},
                                "mediaType": {"type": "string", "pattern": "^[a-z]+/[a-z0-9.+-]+$"},
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_the_catalog_has_what_the_standard_requires(files):
    assert not list(Draft202012Validator(DCAT).iter_errors(json.loads(files["data.json"])))


def test_the_catalog_has_each_table_of_each_release_and_every_file_is_there(publication, files):
    datasets = json.loads(files["data.json"])["dataset"]
    identifiers = [one["identifier"] for one in datasets]
    assert len(set(identifiers)) == len(identifiers) == 2 * len(publication.releases)
    for dataset in datasets:
        for file in dataset["distribution"]:
            assert file["downloadURL"].removeprefix(f"{SITE_URL}/") in files


def test_before_anything_is_public_there_are_files_without_rows():
    files = made(publication_of_nothing())
    assert read(files["data/rows.csv"]) == []
    assert json.loads(files["data/releases.json"])["releases"] == []
    assert json.loads(files["data.json"])["dataset"] == []


def publication_of_nothing():
    found = make_publication()
    return type(found)((), found.log, found.policy_in_force, demonstration=False, site_url=SITE_URL)


def test_a_document_that_was_frozen_stays_canonical(publication):
    for release in publication.releases:
        assert canonical(release.document) == release.content
