"""What a public page costs nginx, measured against a file of the same bytes beside it, in one run.

    python bench/pages.py

The site is published once from 20 quarters with 1,000 requests, once with 100,000, and served by a real nginx
with the very lines of docs/operating.md. The equal file lies in another folder of the same server, with its
compressed forms, in a location that says nothing but `root` and the type of the file: no headers, and no
leave to keep files open, so pages may come out ahead. wrk asks for both in turn, for whole answers and for
304s. Ends with status 1 when a page reaches less than 0.9 of the requests a second of its equal file, or when
the large register's pages are slower than the small one's.
"""

import itertools
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from _register import publish_into  # isort: skip  first: it sets Django up
from requests_app import publication
from tests import nginx
from tests.published import make_document, make_release

FIRST_YEAR, QUARTERS = 2021, 20
COUNTS = (1_000, 100_000)
PAGES = ("en/", "es/quarters/2025-Q1/", "en/quarters/2025-Q1/figures/outcomes/")
ROUNDS, SECONDS = 7, 1
LEAST_SHARE = 0.9
PLAIN = """
location /plain/ {{ root {folder}; index index.html; brotli_static on; gzip_static on;
  types {{ "text/html; charset=utf-8" html; }} }}
"""


def main() -> int:
    shares: dict[tuple[str, str], list[float]] = {}
    print(" register  page                                     answer  a second   equal file  share")
    for count in COUNTS:
        with tempfile.TemporaryDirectory(prefix="register-pages-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # nginx's own user is to read it
            write(folder, count)
            more = PLAIN.format(folder=folder)
            with nginx.serving(folder, public=folder / "public", tlog=folder, more=more) as address:
                for page, kind in itertools.product(PAGES, ("200", "304")):
                    own, equal = measure(address, page, kind)
                    shares.setdefault((page, kind), []).append(own / equal)
                    print(f"{count:9,}  {page:40} {kind:>6} {own:9,.0f} {equal:12,.0f} {own / equal:6.2f}")
    for (page, kind), (small, large) in shares.items():
        print(f"flat: {page:40} {kind} {large / small:.2f} of the share with 1,000 requests")
    print(f"goal: a share of at least {LEAST_SHARE}, with 1,000 requests and with 100,000")
    worst = min(min(small, large, large / small) for small, large in shares.values())
    return 0 if worst >= LEAST_SHARE else 1


def write(folder: Path, count: int) -> None:
    began = time.perf_counter()
    publish_into(folder / "public", publication_of(count))
    print(f"{count:9,}  {len(publication.paths())} addresses written in {time.perf_counter() - began:.1f} s")
    for page in PAGES:
        copy_beside(folder, page)


def publication_of(count: int) -> publication.Publication:
    codes = [f"{FIRST_YEAR + place // 4}-Q{place % 4 + 1}" for place in range(QUARTERS)]
    releases = [make_release(make_document(code, cases=count // QUARTERS)) for code in codes]
    return publication.Publication(
        releases=tuple(releases),
        log=publication.current().log,
        policy_in_force="2017-09-22",
        demonstration=False,
        site_url="https://register.example.org",
    )


def copy_beside(folder: Path, page: str) -> None:
    """The same bytes, in every form, where no line of the manual applies."""
    source = folder / "public" / "current" / page
    target = folder / "plain" / page
    target.mkdir(parents=True)
    for file in source.glob("index.html*"):
        shutil.copy2(file, target / file.name)


def measure(address: str, page: str, kind: str) -> tuple[float, float]:
    """Requests a second of the page, and of the equal file: medians of rounds taken in turn."""
    urls = [f"{address}/{page}", f"{address}/plain/{page}"]
    found: dict[str, list[float]] = {url: [] for url in urls}
    for _ in range(ROUNDS):
        for url in urls:
            found[url].append(asked(url, kind))
    own, equal = (statistics.median(found[url]) for url in urls)
    return own, equal


def asked(url: str, kind: str) -> float:
    headers = ["-H", "Accept-Encoding: br"]
    if kind == "304":
        request = urllib.request.Request(url, headers={"Accept-Encoding": "br"})  # noqa: S310  our own nginx
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            headers += ["-H", f"If-None-Match: {answer.headers['ETag']}"]
    command = ["wrk", "-t1", "-c16", f"-d{SECONDS}s", *headers, url]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  our own words
    if "Non-2xx" in words and kind == "200":
        raise AssertionError(words)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", words)[1])  # type: ignore[index]


if __name__ == "__main__":
    print(f"measured at {datetime.now(UTC):%Y-%m-%d}")
    sys.exit(main())
