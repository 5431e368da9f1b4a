"""The sealed log for everybody: its page, its files, and what it says when something is wrong."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app import merkle
from tests.factories import session_for
from tests.witnessed_log import WITNESSES, WitnessedLog

PAGE = "/log/"
HOUR = 60 * 60


@pytest.fixture
def signed_log(db, settings, tmp_path):
    settings.TLOG_DIR = tmp_path / "tlog"
    one = WitnessedLog(settings.TLOG_DIR)
    one.publish([bytes([index]) * 64 for index in range(70)])
    return one


@pytest.fixture
def read(client):
    def words(address=PAGE):
        return " ".join(client.get(address).content.decode().split())

    return words


# --- the page ------------------------------------------------------------------------------------


def test_it_says_who_signed_how_much_and_that_it_is_in_order(signed_log, read):
    page = read()

    assert "The seal is in order" in page
    assert "3 signed; needed: 2 of 3." in page
    assert all(name in page for name in WITNESSES)
    assert page.count("has not signed") == 0
    assert '<dd class="summary-list__value"> 128' in page


def test_it_shows_the_key_the_verifiers_digest_and_three_commands(signed_log, read):
    page = read()

    # In HTML the plus signs of a key are written as they are.
    assert signed_log.log_key.vkey in page
    assert "python3 -I verifier.py checkpoint checkpoint --policy policy" in page
    assert f"curl --remote-name-all {django_settings.SITE_URL}/log/verifier.py" in page


@pytest.mark.parametrize(("hours", "is_late"), [(25, False), (27, True)])
def test_after_26_hours_it_says_in_words_that_the_seal_is_too_old(signed_log, read, hours, is_late):
    signed_log.publish([bytes(64)], at=int(time.time()) - hours * HOUR)

    page = read()

    assert ("The seal is too old" in page) == is_late
    assert ("The seal is in order" in page) != is_late


def test_one_witness_with_a_wrong_clock_does_not_make_an_old_seal_fresh(signed_log, read):
    """The middle of the times counts."""
    old = int(time.time()) - 40 * HOUR
    signed_log.publish([bytes(64)], at=old)
    path = signed_log.folder / "checkpoint"
    note = merkle.Note.parse(path.read_bytes())
    fresh = signed_log.witness_keys[WITNESSES[0]].line(note.text, at=int(time.time()))
    path.write_text(str(note.with_signatures(merkle.Signature.parse(fresh.rstrip("\n")))))

    assert "The seal is too old" in read()


def test_too_few_witnesses_are_said_and_named(signed_log, read):
    signed_log.publish([bytes(64)], signed_by=["newsroom"])

    page = read()

    assert "Too few witnesses signed" in page
    assert "1 of 3 signed; needed: 2 of 3." in page
    assert page.count("has not signed") == 2
    assert "The seal is in order" not in page


def test_without_any_witness_the_time_is_called_the_files(signed_log, read):
    signed_log.publish([bytes(64)], signed_by=[])

    assert "The time of the file on our server: no witness has signed." in read()


def test_a_time_in_the_future_is_said(signed_log, read):
    signed_log.publish([bytes(64)], at=int(time.time()) + 2 * HOUR)

    assert "The time of the seal is wrong" in read()


def test_a_time_beyond_the_calendar_is_no_error(signed_log, read):
    signed_log.publish([bytes(64)], at=2**63 - 1)

    assert "The time of the seal is wrong" in read()


def test_before_the_first_seal_it_says_so(db, read):
    assert "The log has not been signed yet." in read()


def torn(folder: Path, damage: str) -> None:
    checkpoint, policy = folder / "checkpoint", folder / "policy"
    content = checkpoint.read_bytes()
    if damage == "no checkpoint":
        checkpoint.unlink()
    elif damage == "no policy":
        policy.unlink()
    elif damage == "half a checkpoint":
        checkpoint.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        checkpoint.write_bytes(b"")
        policy.write_bytes(b"")
    elif damage == "no text":
        checkpoint.write_bytes(b"\xff\x00" * 50)
    elif damage == "a folder":
        checkpoint.unlink()
        checkpoint.mkdir()
    elif damage == "a circle":
        checkpoint.unlink()
        checkpoint.symlink_to("checkpoint")
    elif damage == "flipped":
        checkpoint.write_bytes(content.replace(b"128", b"129"))


@pytest.mark.parametrize(
    "damage",
    [
        "no checkpoint",
        "no policy",
        "half a checkpoint",
        "empty",
        "no text",
        "a folder",
        "a circle",
        "flipped",
    ],
)
@pytest.mark.parametrize("address", [PAGE, "/receipt/", "/statistics/"])
def test_a_torn_folder_is_said_and_no_error(signed_log, client, damage, address):
    torn(signed_log.folder, damage)

    answer = client.get(address)

    assert answer.status_code == 200
    assert "The seal is in order" not in answer.content.decode()


def test_a_new_checkpoint_is_seen_at_once(signed_log, read):
    read()
    signed_log.publish([bytes(64)] * 200)

    assert '<dd class="summary-list__value"> 256' in read()


@pytest.mark.parametrize("address", [PAGE, "/receipt/"])
def test_it_asks_the_database_nothing_but_whether_this_is_a_demonstration(signed_log, client, address):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address)

    assert [one for one in asked.captured_queries if "requests_app_installation" not in one["sql"]] == []


@pytest.mark.parametrize("address", [PAGE, "/receipt/", "/log/verifier.py", "/tlog/checkpoint"])
def test_it_sets_no_cookie(signed_log, client, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert not answer.cookies


def test_the_statistics_say_when_the_log_was_last_signed(signed_log, read):
    signed_at = timezone.localtime(timezone.now() - timedelta(hours=2))
    signed_log.publish([bytes(64)], at=int(signed_at.timestamp()), signed_by=WITNESSES[:2])

    assert f"{signed_at:%H:%M %Z}</time>, by 2 of 3 witnesses." in read("/statistics/")


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
