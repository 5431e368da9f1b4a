"""Rows of a quarter: all of them in words, a search with a closed grammar, a sample to repeat."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from requests_app.publication._site import Site
from requests_app.publication.rows import (
    FILTERS,
    ONE_LINER,
    SHOWN,
    SORTS,
    NotUnderstood,
    Search,
    lines,
    sample,
    seed,
)
from requests_app.published_log import PublishedLog, published
from requests_app.vocabulary import CallRecorded, Component, DeviationKind, Outcome
from tests.published import make_document, make_publication, make_release
from tests.signed_log import SignedLog

NOT_SEALED = PublishedLog(Path("no_folder"))
ADDRESS = "/en/quarters/2026-Q1/rows/search/"


@pytest.fixture
def publication(tmp_path, settings):
    found = make_publication("2025-Q4", "2026-Q1")
    settings.PUBLIC_DIR = tmp_path
    (tmp_path / "publication.json").write_bytes(found.to_bytes())
    return found


@pytest.fixture
def rows(publication):
    return publication.newest.document["rows"]


def ask(query="", address=ADDRESS):
    return Client().get(f"{address}{query}")


def numbers(page):
    """Of the rows of the table, in their order."""
    return [int(number) for number in re.findall(r'<th scope="row">([0-9]+)</th>', page)]


# --- the page ---------------------------------------------------------------------------------


def test_it_has_every_row_as_it_was_frozen(publication, rows):
    page = Site(publication).addresses["en/quarters/2026-Q1/rows/"].render().decode()

    assert numbers(page) == [row["number"] for row in rows]


def test_a_row_is_said_in_words():
    row = {
        "number": 7,
        "component": "ero",
        "types": ["perimeter", "traffic_stop"],
        "outcome": "",
        "grounds": [],
        "reason": "",
        "recorded": "",
        "attended": "",
        "deviations": [],
        "policy_version": "",
    }
    with translation.override("en"):
        said = dict(lines([row])[0].cells)

    assert said["Agency or part of it"] == Component.ERO.label
    assert "; " in said["What was asked"]
    assert said["Decision"] == "No decision yet"
    assert said["Call recorded"] == "No call"
    assert said["Commander came"] == "No officer was sent"
    assert said["Deviations"] == "None"


def test_a_page_of_very_many_rows_shows_the_first_and_says_so():
    row = make_document("2026-Q1")["rows"][0]
    many = [{**row, "number": number} for number in range(1, SHOWN + 2)]
    publication = make_publication("2026-Q1")
    release = make_release(make_document("2026-Q1", rows=many))
    object.__setattr__(publication, "releases", (release,))

    page = Site(publication).addresses["en/quarters/2026-Q1/rows/"].render().decode()

    assert len(numbers(page)) == SHOWN
    assert f"This page shows the first {SHOWN} of {SHOWN + 1} rows." in page


# --- the search -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [*Component.codes()])
def test_it_finds_the_rows_of_a_component(rows, code):
    page = ask(f"?component={code}").content.decode()

    assert numbers(page) == [row["number"] for row in rows if row["component"] == code]


@pytest.mark.parametrize("code", ["assist", "decline", "none"])
def test_it_finds_the_rows_of_a_decision(rows, code):
    wanted = "" if code == "none" else code

    assert numbers(ask(f"?outcome={code}").content.decode()) == [
        row["number"] for row in rows if row["outcome"] == wanted
    ]


def test_several_words_must_all_fit(rows):
    query = f"?recorded={CallRecorded.YES}&deviation=none&outcome={Outcome.DECLINE}&component="

    assert numbers(ask(query).content.decode()) == [
        row["number"]
        for row in rows
        if row["recorded"] == "yes" and not row["deviations"] and row["outcome"] == "decline"
    ]


def test_it_finds_a_deviation_among_several(rows):
    for kind in {kind for row in rows for kind in row["deviations"]}:
        assert numbers(ask(f"?deviation={DeviationKind(kind)}").content.decode()) == [
            row["number"] for row in rows if kind in row["deviations"]
        ]


@pytest.mark.parametrize("sort", SORTS)
def test_it_sorts_by_what_a_column_says_and_loses_nothing(rows, sort):
    found = numbers(ask(f"?sort={sort}").content.decode())

    assert sorted(found) == [row["number"] for row in rows]
    if sort == "component":
        labels = [Component(rows[number - 1]["component"]).label.casefold() for number in found]
        assert labels == sorted(labels)


@pytest.mark.parametrize(
    "query",
    [
        "?place=3",
        "?component=ero&component=hsi",
        "?component=ero&component=",
        "?component=ERO",
        "?component=ero%20",
        "?outcome=perimeter",
        "?deviation=any",
        "?sort=-number",
        "?sort=policy_version",
        "?=",
        "?component=%00",
        "?component=%FF",
        "?component[]=ero",
        "?<script>=1",
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_not_in_the_grammar_is_refused_and_not_repeated(publication, query, language):
    answer = ask(query, f"/{language}/quarters/2026-Q1/rows/search/")
    page = unescape(answer.content.decode())

    assert answer.status_code == 400
    assert {"en": "This search was not understood", "es": "No se entendió esta búsqueda"}[language] in page
    assert f'lang="{language}"' in page
    assert "<script>" not in page
    assert "place" not in page.lower() or query != "?place=3"


@pytest.mark.parametrize("quarter", ["2025-Q1", "2026-Q5", "2026", "x"])
def test_a_quarter_that_is_not_public_is_not_found(publication, quarter):
    assert ask(address=f"/en/quarters/{quarter}/rows/search/").status_code == 404


def test_it_asks_nobody_who_they_are(publication):
    client = Client()
    client.cookies["sessionid"] = "a" * 32

    answer = client.get(ADDRESS, {"outcome": "assist"})

    assert answer.status_code == 200
    assert not answer.cookies
    assert answer.content == ask("?outcome=assist").content
    assert client.post(ADDRESS).status_code == 405


def test_the_other_language_repeats_the_search(publication):
    page = unescape(ask("?outcome=assist&sort=component").content.decode())

    assert 'href="/es/quarters/2026-Q1/rows/search/?outcome=assist&sort=component"' in page


def test_every_choice_of_the_form_is_understood():
    for one in FILTERS:
        for value, _ in one.options:
            assert Search.of({one.name: [value]}).wanted == {one.name: value}


def test_a_word_twice_is_not_understood_even_when_it_says_the_same():
    with pytest.raises(NotUnderstood):
        Search.of({"component": ["ero", "ero"]})


# --- the sample -------------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path, settings, db):
    folder = tmp_path / "log"
    folder.mkdir()
    SignedLog(folder).publish()
    settings.TLOG_DIR = folder
    return published()


def drawn_by_the_command(release, log, folder):
    """As anybody would: the page's line, in a folder with the file of the release."""
    (folder / "release.json").write_bytes(release.content)
    code = (ONE_LINER % {"root": log.root}).removeprefix('python3 -c "').removesuffix('"')
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_the_command_on_the_page_draws_the_same_rows(log, tmp_path):
    publication = make_publication("2026-Q1", log=log)
    release = publication.newest
    page = Site(publication).addresses["en/quarters/2026-Q1/rows/"].render().decode()

    drawn = sample(release, log)

    assert log.root
    assert len(drawn) == 5
    assert drawn == drawn_by_the_command(release, log, tmp_path)
    assert ONE_LINER % {"root": log.root} in unescape(page)
    assert [int(number) for number in re.findall(r"<li>Row ([0-9]+):", page)] == drawn


def test_without_a_seal_the_release_alone_is_the_seed(publication, tmp_path):
    release = publication.newest

    assert seed(release, publication.log) == release.sha256
    assert sample(release, publication.log) == drawn_by_the_command(release, publication.log, tmp_path)


def test_another_release_or_another_seal_draws_other_rows(log):
    release = make_release(make_document("2026-Q1", cases=40))
    other = make_release(make_document("2026-Q1", cases=40, frozen_at="2026-05-03T10:00:00Z"))

    assert sample(release, log) != sample(other, log)
    assert sample(release, log) != sample(release, NOT_SEALED)
