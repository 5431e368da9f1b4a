"""The lines for nginx in docs/operating.md, in a real nginx: the same answers as the register's own."""

import shutil
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from django.test import Client

from requests_app import publication
from tests import nginx
from tests.published import make_publication

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
# Said by every web server in its own way; which form of the file it is, is compared by its bytes.
OWN = {"Date", "Server", "Connection", "Accept-Ranges", "ETag", "Content-Length", "Last-Modified"}
LOOKED_AT_ANEW = 2  # seconds; a file that nginx keeps open may be as old as one
CHECKPOINT = "example.org/log\n64\nAAAA\n"


@pytest.fixture(scope="module")
def folder():
    """Below a folder that nginx's own user may enter."""
    path = Path(tempfile.mkdtemp(prefix="register-nginx-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def address(folder):
    tiles = folder / "tlog" / "tile" / "0"
    tiles.mkdir(parents=True)
    (tiles / "000").write_bytes(b"\x00" * 32)
    (folder / "tlog" / "checkpoint").write_text(CHECKPOINT)
    with nginx.serving(folder, public=folder / "public", tlog=folder / "tlog") as address:
        yield address


@pytest.fixture
def site(settings, folder, address):
    settings.PUBLIC_DIR = folder / "public"
    publication.publish(make_publication("2025-Q4", "2026-Q1"), at=AT)
    return address


def ask(url, **headers):
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  our own nginx
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


@pytest.mark.parametrize("path", ["en/", "es/quarters/", "sitemap.xml", "robots.txt"])
def test_it_answers_as_the_register_does(site, settings, path):
    status, headers, body = ask(f"{site}/{path}")
    own = Client().get(f"/{path}")

    assert (status, body) == (200, own.content)
    assert {name: value for name, value in headers.items() if name not in OWN | ONLY_WITH_TLS} == {
        name: value for name, value in own.headers.items() if name not in OWN | ONLY_WITH_TLS
    }


# Tests run without HTTPS, so the register says these in production alone (tests/security/test_headers.py).
ONLY_WITH_TLS = {"Strict-Transport-Security", "Content-Security-Policy"}


def test_its_security_policy_is_the_registers_own(site):
    own = Client().get("/en/").headers["Content-Security-Policy"]
    said = ask(f"{site}/en/")[1]["Content-Security-Policy"]

    assert parts(said) - parts(own) == {"upgrade-insecure-requests"}
    assert parts(own) <= parts(said)


def parts(policy):
    return {part.strip() for part in policy.split(";") if part.strip()}


def test_it_serves_every_address_of_the_site(site):
    for path in publication.paths():
        if not path.endswith(("policy/explorer/", "rows/search/")):
            assert ask(f"{site}/{path}")[0] == 200, path


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", None)])
def test_it_hands_out_the_compressed_files(site, coding, unpack):
    _, headers, body = ask(f"{site}/en/", **{"Accept-Encoding": coding})

    assert (headers["Content-Encoding"], headers["Vary"]) == (coding, "Accept-Encoding")
    assert unpack is None or unpack(body) == ask(f"{site}/en/")[2]


def test_who_has_it_already_gets_304_with_a_strong_etag(site):
    etag = ask(f"{site}/en/")[1]["ETag"]

    assert not etag.startswith("W/")
    assert ask(f"{site}/en/", **{"If-None-Match": etag})[0] == 304


def test_a_new_tree_is_served_soon(site, settings):
    before = ask(f"{site}/en/")

    publication.publish(make_publication("2025-Q4", "2026-Q1", demonstration=True), at=AT)
    until = time.monotonic() + LOOKED_AT_ANEW
    while (after := ask(f"{site}/en/"))[2] == before[2] and time.monotonic() < until:
        pass

    assert before[2] != after[2]
    assert before[1]["ETag"] != after[1]["ETag"]


def test_what_is_no_file_goes_to_the_register(site):
    assert ask(f"{site}/en/nothing/")[0] == 502
    assert ask(f"{site}/en/policy/explorer/?channel=911")[0] == 502


def test_nothing_but_the_site_lies_open(site):
    for path in ("en/../../publication.json", "publication.json", "trees/", "en/../../lock", "data/"):
        assert ask(f"{site}/{path}")[0] in (400, 404, 502), path


def test_it_serves_the_log(site):
    status, headers, body = ask(f"{site}/tlog/checkpoint")

    assert (status, body.decode()) == (200, CHECKPOINT)
    assert headers["Cache-Control"] == "public, max-age=5"
    assert ask(f"{site}/tlog/tile/0/000")[1]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ask(f"{site}/tlog/tile/0/001")[0] == 404
    assert ask(f"{site}/tlog/anything")[0] == 404
