"""The files of the sealed log for everybody. Its page is one of the publication."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings

from requests_app import merkle
from tests.factories import session_for
from tests.witnessed_log import WitnessedLog


@pytest.fixture
def signed_log(db, settings, tmp_path):
    settings.TLOG_DIR = tmp_path / "tlog"
    one = WitnessedLog(settings.TLOG_DIR)
    one.publish([bytes([index]) * 64 for index in range(70)])
    return one


@pytest.mark.parametrize("address", ["/log/verifier.py", "/tlog/checkpoint"])
def test_it_sets_no_cookie(signed_log, client, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert not answer.cookies


@pytest.mark.parametrize("page", ["log", "receipt"])
def test_the_pages_have_moved_to_where_the_public_pages_are(client, page):
    answer = client.get(f"/{page}/")

    assert (answer.status_code, answer["Location"]) == (301, f"/en/{page}/")


# --- the files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("checkpoint", "text/plain; charset=utf-8", "public, max-age=5"),
        ("policy", "text/plain; charset=utf-8", "public, max-age=300"),
        ("tile/0/000.p/128", "application/octet-stream", "public, max-age=31536000, immutable"),
    ],
)
def test_a_file_is_served_as_it_lies_there(signed_log, client, path, kind, kept):
    answer = client.get(f"/tlog/{path}")

    assert answer.content == (signed_log.folder / path).read_bytes()
    assert (answer["Content-Type"], answer["Cache-Control"]) == (kind, kept)
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_full_tiles_and_higher_levels_are_served(signed_log, client):
    signed_log.publish([bytes([index % 251]) * 64 for index in range(70_000)])

    for path in (
        "tile/0/000",
        "tile/0/272",
        "tile/0/273.p/128",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ):
        assert client.get(f"/tlog/{path}").content == (signed_log.folder / path).read_bytes(), path


def test_a_reader_that_has_it_already_gets_304(signed_log, client):
    first = client.get("/tlog/checkpoint")

    by_tag = client.get("/tlog/checkpoint", headers={"If-None-Match": first["ETag"]})
    by_time = client.get("/tlog/checkpoint", headers={"If-Modified-Since": first["Last-Modified"]})
    signed_log.publish([bytes(64)] * 3)
    after = client.get("/tlog/checkpoint", headers={"If-None-Match": first["ETag"]})

    assert (by_tag.status_code, by_time.status_code, after.status_code) == (304, 304, 200)
    assert by_tag.content == b""


def test_head_tells_the_length_and_no_content(signed_log, client):
    answer = client.head("/tlog/checkpoint")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer["Content-Length"]) == (signed_log.folder / "checkpoint").stat().st_size


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nothing",
        "checkpoint/",
        "checkpoint%00",
        "checkpoint%0A",
        "policy.bak",
        "../policy",
        "..%2Fpolicy",
        "%2e%2e/policy",
        "tile/../policy",
        "tile/0/../../policy",
        "/checkpoint",
        ".checkpoint.draft",
        "tile",
        "tile/0",
        "tile/0/0",
        "tile/0/000",
        "tile/00/000.p/128",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p",
        "tile/0/000.p/0128",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/127",
        "tile/0/x000/000.p/128/",
        "tile/0/\u0660\u0660\u0660.p/128",
        "tile/entries/000",
        "tile/entries/000.p/128",
        "tile/data/000",
        "state.json",
    ],
)
def test_anything_else_is_not_there_entries_above_all(signed_log, client, path):
    entries = signed_log.folder / "tile" / "entries" / "000.p"
    entries.mkdir(parents=True)
    (entries / "128").write_bytes(b"no entry is ever served")
    (signed_log.folder / "state.json").write_text("{}")

    answer = client.get(f"/tlog/{path}")

    assert answer.status_code == 404
    if path and path != "checkpoint%0A" and not path.startswith("/"):
        assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_no_other_method_is_answered(signed_log, client):
    assert client.post("/tlog/checkpoint").status_code == 405
    assert client.put("/tlog/checkpoint").status_code == 405


def test_a_file_touches_neither_database_nor_session(
    signed_log, dispatcher, client, django_assert_num_queries
):
    """Also for somebody who is signed in."""
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session_for(dispatcher).session_key

    with django_assert_num_queries(0):
        answer = client.get("/tlog/checkpoint")

    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_the_verifier_is_the_very_file_that_the_register_runs(client, db):
    answer = client.get("/log/verifier.py")

    assert answer.content == Path(merkle.__file__).read_bytes()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert 'filename="verifier.py"' in answer["Content-Disposition"]
    assert client.get("/log/verifier.py", headers={"If-None-Match": answer["ETag"]}).status_code == 304
