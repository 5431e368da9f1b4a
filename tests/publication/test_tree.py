"""The public site as files: whole, swapped in at once, and the same bytes as Django renders."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest

from requests_app import publication
from requests_app.publication._site import Site
from tests.published import make_publication

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
PLAIN: frozenset[str] = frozenset()


@pytest.fixture
def folder(public_site):
    return public_site


@pytest.fixture
def small(settings, tmp_path):
    """A folder for a site with nothing released, which is written quickly."""
    settings.PUBLIC_DIR = tmp_path / "public"
    return tmp_path / "public"


def empty_site(**given):
    return replace(make_publication("2026-Q1", **given), releases=())


# --- the same bytes ---------------------------------------------------------------------------


def test_every_file_is_what_django_renders(folder):
    addresses = Site(make_publication()).addresses

    for path, address in addresses.items():
        assert publication.find(path, encodings=PLAIN).content == address.render(), path


def test_where_the_files_are_not_there_django_renders_the_same(folder, settings, tmp_path):
    settings.PUBLIC_DIR = tmp_path
    (tmp_path / "publication.json").write_bytes((folder / "publication.json").read_bytes())

    for path in ("en/", "es/", "sitemap.xml"):
        settings.PUBLIC_DIR = folder
        from_file = publication.find(path, encodings=PLAIN)
        settings.PUBLIC_DIR = tmp_path
        rendered = publication.find(path, encodings=PLAIN)
        assert (rendered.content, rendered.etag) == (from_file.content, from_file.etag)


def test_compressed_forms_hold_the_same(folder):
    tree = (folder / "current").resolve()
    for path in tree.rglob("index.html"):
        body = path.read_bytes()
        assert gzip.decompress(path.with_name("index.html.gz").read_bytes()) == body
        assert brotli.decompress(path.with_name("index.html.br").read_bytes()) == body


def test_every_form_has_an_etag_of_its_own(folder):
    etags = {publication.find("en/", encodings=frozenset(codes)).etag for codes in ((), ("gzip",), ("br",))}

    assert len(etags) == 3
    assert not any(etag.startswith("W/") for etag in etags)


def test_a_publication_is_read_back_as_it_was_written():
    one = make_publication()

    again = publication.Publication.from_bytes(one.to_bytes())

    assert [release.content for release in again.releases] == [release.content for release in one.releases]
    assert again.to_bytes() == one.to_bytes()


# --- writing ----------------------------------------------------------------------------------


def test_nothing_is_written_when_nothing_changed(small):
    assert publication.publish(empty_site(), at=AT)

    assert not publication.publish(empty_site(), at=AT + timedelta(days=1))


def test_a_page_that_stayed_the_same_keeps_its_time(small):
    publication.publish(empty_site(), at=AT)
    first = publication.find("robots.txt", encodings=PLAIN)

    publication.publish(empty_site(demonstration=True), at=AT + timedelta(days=1))

    assert publication.find("robots.txt", encodings=PLAIN).changed_at == first.changed_at
    assert publication.find("en/", encodings=PLAIN).changed_at == AT + timedelta(days=1)


def test_other_bytes_get_a_later_time_even_when_the_clock_went_back(small):
    publication.publish(empty_site(), at=AT)

    publication.publish(empty_site(demonstration=True), at=AT - timedelta(days=1))

    assert publication.find("en/", encodings=PLAIN).changed_at == AT + timedelta(seconds=1)


def test_what_an_interrupted_attempt_left_is_not_served(small):
    publication.publish(empty_site(), at=AT)
    before = publication.find("en/", encodings=PLAIN).content
    torn = publication.PublishedRelease(b'{"number":1,"quarter":"2026-Q1"}', AT)

    with pytest.raises(KeyError):
        publication.publish(replace(empty_site(), releases=(torn,)), at=AT)

    assert publication.find("en/", encodings=PLAIN).content == before
    assert publication.publish(empty_site(demonstration=True), at=AT)


def test_old_trees_are_removed_but_for_the_one_before(small):
    for number in range(4):
        publication.publish(empty_site(site_url=f"https://{number}.example.org"), at=AT)

    assert len([path for path in (small / "trees").iterdir() if path.is_dir()]) == 2


def test_the_link_leads_to_a_tree_that_its_list_describes(small):
    publication.publish(empty_site(), at=AT)

    tree = (small / "current").resolve()
    listed = json.loads(Path(f"{tree}.json").read_bytes())

    assert {line["file"] for line in listed.values()} == {
        str(path.relative_to(tree))
        for path in tree.rglob("*")
        if path.is_file() and path.suffix not in (".gz", ".br")
    }


def test_before_the_first_publication_the_site_says_so(small):
    assert b"No quarter is public yet" in publication.find("en/", encodings=PLAIN).content
    assert publication.find("en/nothing/", encodings=PLAIN) is None
