"""The pages of the data and of the API in a browser, and what they say of the present publication."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from requests_app.publication import data_files, data_pages, html_addresses
from requests_app.publication.api import description
from tests.published import SITE_URL, make_publication

PATHS = [f"/{language}/{path}" for language in ("en", "es") for path in ("data/", "data/api/")]


@pytest.fixture(scope="module")
def publication():
    return make_publication()


@pytest.fixture(scope="module")
def html(publication) -> dict[str, str]:
    found = html_addresses(publication, data_pages.pages(publication))
    return {f"/{address.path}": address.render().decode() for address in found}


@pytest.fixture
def public_folder(publication, tmp_path: Path, settings) -> None:
    settings.PUBLIC_DIR = tmp_path
    (tmp_path / "publication.json").write_bytes(publication.to_bytes())


@pytest.mark.parametrize("size", [(320, 640), (1280, 800)], ids=["narrow", "wide"])
def test_the_pages_are_accessible_and_fit(page, live_server, public_folder, assert_accessible, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in PATHS:
        page.goto(path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_every_download_is_there(publication, html):
    there = {f"/{address.path}" for address in data_files.addresses(publication)}
    for language in ("en", "es"):
        links = {
            link
            for link in re.findall('href="([^"]+)"', html[f"/{language}/data/"])
            if link.startswith("/data")
        }
        assert links <= there
        assert there - links == set()


def test_the_page_of_data_has_the_fingerprint_of_every_release(publication, html):
    assert all(release.sha256 in html["/en/data/"] for release in publication.releases)


@pytest.mark.parametrize("path", ["/en/data/api/", "/es/data/api/"])
def test_the_manual_has_every_address_and_parameter_of_the_description(html, path):
    for address, methods in description()["paths"].items():
        assert f"GET {address}" in html[path]
        for parameter in methods["get"]["parameters"]:
            assert f"<code>{parameter['name']}</code>" in html[path]


def test_every_example_of_the_manual_is_answered_as_it_says(client, html, public_folder):
    found = re.findall(
        r"<code>curl (.+?)</code></pre>\s*<pre[^>]*><code>(.+?)</code>", html["/en/data/api/"], re.DOTALL
    )
    assert len(found) == len(description()["paths"])
    for command, answer in found:
        response = client.get(unescape(command).strip("'").removeprefix(SITE_URL))
        shown = [line for line in unescape(answer).splitlines() if line != "…"]
        given = json.dumps(response.json(), ensure_ascii=False, indent=2).splitlines()
        assert response.status_code == 200
        assert given[: len(shown)] == shown
