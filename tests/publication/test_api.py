"""The public API: answers from frozen bytes, the same for everybody, without session or database."""

import json
from pathlib import Path

import pytest
from django.test import Client

from requests_app.publication import Publication
from requests_app.publication.data_shape import Row
from requests_app.vocabulary import Outcome
from tests.published import make_publication

ADDRESSES = (
    "",
    "releases",
    "releases/2025-Q2",
    "releases/2025-Q2/2",
    "figures/2025-Q4",
    "figures/2025-Q4/outcomes",
    "rows/2025-Q4",
    "definitions",
    "codes",
    "policy_versions",
    "openapi.json",
)


@pytest.fixture
def publication(tmp_path: Path, settings) -> Publication:
    """What is public, in a folder; the tests ask for no database, so none is there."""
    found = make_publication()
    settings.PUBLIC_DIR = tmp_path
    (tmp_path / "publication.json").write_bytes(found.to_bytes())
    return found


@pytest.fixture
def ask(publication: Publication):
    client = Client()

    def asked(path: str, **headers: str):
        return client.get(f"/api/v1/{path}", headers=headers)

    return asked


# --- answers ----------------------------------------------------------------------------------


def test_it_lists_every_release_with_its_fingerprint(ask, publication):
    found = ask("releases").json()["releases"]
    assert [(one["quarter"], one["number"], one["sha256"]) for one in found] == [
        (str(one.quarter), one.number, one.sha256) for one in publication.releases
    ]


def test_it_lists_the_releases_of_a_quarter_and_says_which_is_the_latest(ask):
    found = ask("releases/2025-Q2").json()["releases"]
    assert [(one["number"], one["is_latest"]) for one in found] == [(1, False), (2, True)]


def test_a_release_is_its_document_word_for_word(ask, publication):
    for release in publication.releases:
        found = ask(f"releases/{release.quarter}/{release.number}").json()
        assert found["document"] == release.document


def test_figures_are_those_of_the_latest_release(ask, publication):
    found = ask("figures/2025-Q2").json()
    outcomes = next(one for one in found["figures"] if one["name"] == "outcomes")
    stated = publication.releases_of(publication.quarters[3])[-1].document["figures"]["decisions"]
    by_code = {one["code"]: one["value"] for one in outcomes["values"] if one["code"]}
    assert found["release"] == 2
    assert by_code == stated["outcomes"]


def test_one_figure_comes_with_its_definition_in_both_languages(ask):
    found = ask("figures/2025-Q4/outcomes").json()
    assert found["definition"]["en"]["heading"] == "Decisions"
    assert found["definition"]["es"]["heading"] == "Decisiones"
    assert found["definition"]["codes"] == "outcome"


def test_rows_are_those_of_the_document(ask, publication):
    newest = publication.newest
    assert ask(f"rows/{newest.quarter}").json()["rows"] == newest.document["rows"]


@pytest.mark.parametrize("outcome", Outcome.codes())
def test_rows_can_be_asked_for_by_code(ask, publication, outcome):
    newest = publication.newest
    found = ask(f"rows/{newest.quarter}?outcome={outcome}").json()
    expected = [row for row in newest.document["rows"] if row["outcome"] == outcome]
    assert (found["total"], found["rows"]) == (len(expected), expected)


def test_rows_can_be_asked_for_by_a_code_within_a_list(ask, publication):
    newest = publication.newest
    wanted = newest.document["rows"][0]["types"][0]
    found = ask(f"rows/{newest.quarter}?types={wanted}").json()["rows"]
    assert found == [row for row in newest.document["rows"] if wanted in row["types"]]


def test_pages_of_rows_together_are_all_rows(ask, publication):
    newest = publication.newest
    pages = [ask(f"rows/{newest.quarter}?page_size=5&page={page}").json()["rows"] for page in (1, 2, 3)]
    assert [row for page in pages for row in page] == newest.document["rows"]
    assert ask(f"rows/{newest.quarter}?page_size=5&page=99").json()["rows"] == []


def test_policy_versions_say_which_is_in_force(ask, publication):
    found = ask("policy_versions").json()["versions"]
    assert [one["id"] for one in found if one["is_in_force"]] == [publication.policy_in_force]


def test_codes_have_words_in_both_languages(ask):
    lists = {one["name"]: one["codes"] for one in ask("codes").json()["lists"]}
    decline = next(code for code in lists["outcome"] if code["code"] == "decline")
    assert decline["label"] == {"en": "Decline", "es": "Denegar"}


def test_it_describes_itself(ask):
    found = ask("openapi.json").json()
    assert found["openapi"] == "3.1.0"
    assert {"/api/v1/releases", "/api/v1/rows/{quarter}"} <= set(found["paths"])


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404),
        ("releases/", 404),
        ("releases/2019-Q1", 404),
        ("releases/2025-Q2/3", 404),
        ("figures/2025-Q4/nothing", 404),
        ("releases/2025-Q5", 422),
        ("releases/2025-Q2/0", 422),
        ("releases/2025-Q2/" + "9" * 5000, 422),
        ("rows/2025-Q4?outcome=help", 422),
        ("rows/2025-Q4?page_size=501", 422),
        ("rows/2025-Q4?page=0", 422),
        ("rows/2025-Q4?officer=1", 422),
        ("rows/2025-Q4?page=1&page=2", 422),
        ("releases?page=1", 422),
        ("rows/2025-Q4?" + "&".join(f"p{place}=" for place in range(2000)), 400),
    ],
)
def test_what_it_does_not_know_is_refused_in_words(ask, path, status):
    response = ask(path)
    assert response.status_code == status
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_nothing_can_be_written(publication, method):
    client = Client(enforce_csrf_checks=True)
    assert getattr(client, method)("/api/v1/releases").status_code == 405


def test_a_client_that_hammers_is_told_when_to_come_again(ask, settings):
    settings.PUBLIC_REQUESTS_PER_MINUTE = 0
    response = ask("releases")
    assert response.status_code == 429
    assert int(response["Retry-After"]) >= 1
    assert "Too many" in response.json()["detail"]


# --- headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ADDRESSES)
def test_an_answer_is_for_everybody_and_may_be_kept(ask, path):
    response = ask(path, cookie=f"sessionid={'s' * 32}; csrftoken={'c' * 32}")
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"].startswith("public")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("path", ADDRESSES)
def test_it_says_when_nothing_changed(ask, path):
    first = ask(path)
    for condition in (
        {"If-None-Match": first["ETag"]},
        {"If-Modified-Since": first["Last-Modified"]},
    ):
        again = ask(path, **condition)
        assert (again.status_code, again.content) == (304, b"")
    assert ask(path, **{"If-None-Match": '"other"'}).status_code == 200


def test_head_is_answered_as_get_without_content(publication):
    client = Client()
    got, headed = client.get("/api/v1/releases"), client.head("/api/v1/releases")
    assert headed.status_code == 200
    assert headed["ETag"] == got["ETag"]
    assert headed.content == b""


# --- the closed shape -------------------------------------------------------------------------


def test_a_row_has_the_public_columns_and_no_others(ask):
    found = ask("rows/2025-Q4").json()["rows"][0]
    assert set(found) == set(Row.model_fields)


def test_before_anything_is_public_it_answers_with_nothing(settings, tmp_path):
    settings.PUBLIC_DIR = tmp_path
    client = Client()
    assert json.loads(client.get("/api/v1/releases").content)["releases"] == []
    assert client.get("/api/v1/rows/2025-Q4").status_code == 404
