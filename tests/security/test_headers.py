"""What every kind of answer tells the browser, asked of the site as production serves it."""

import re
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client

from requests_app import workflow
from requests_app.vocabulary import Role
from tests import factories
from tests.security import production

CONTENT_POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "upgrade-insecure-requests",
}
ON_EVERY_ANSWER = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TWO_YEARS = "max-age=63072000; includeSubDomains; preload"
TOKEN = "t" * 32  # Django takes any token that cookie and form agree on


@dataclass(frozen=True)
class Ground:
    site: production.Site
    sessions: dict[str, str]
    words: dict[str, str]

    def ask(self, path, *, who="visitor", token=False, headers=None, **how):
        """`token` sends what a form of ours would send with its fields."""
        sent = dict(headers or {})
        if token:
            sent |= {
                "Origin": f"https://{self.site.proxy.host}",
                "X-CSRFToken": TOKEN,
                "Cookie": f"{production.CSRF_COOKIE}={TOKEN}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
        return self.site.ask(
            path.format(**self.words), session_key=self.sessions.get(who, ""), headers=sent, **how
        )


@pytest.fixture(scope="module")
def ground(module_db, tmp_path_factory):
    dispatcher = factories.make_user("D-101", Role.DISPATCHER, display_name="Dispatcher One")
    administrator = factories.make_user("A-401", Role.ADMINISTRATOR, display_name="Administrator One")
    case = workflow.log(factories.make_request(dispatcher).pk, actor=dispatcher)
    people = {"dispatcher": dispatcher, "administrator": administrator}
    sessions = {who: factories.session_for(user).session_key for who, user in people.items()}
    words = {"case": f"/requests/{case.public_id}", "key": str(uuid4()), "revision": str(case.revision)}
    with production.serving(tmp_path_factory.mktemp("headers") / "gunicorn.log") as site:
        yield Ground(site, sessions, words)


@dataclass(frozen=True)
class Kind:
    """One kind of answer: how it is asked for, and what status shows that it is the one."""

    path: str
    status: int
    who: str = "visitor"
    method: str = "GET"
    body: str = ""
    scheme: str = "https"
    token: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    def of(self, ground):
        answer = ground.ask(
            self.path,
            who=self.who,
            method=self.method,
            body=self.body.format(**ground.words),
            scheme=self.scheme,
            token=self.token,
            headers=dict(self.headers),
        )
        assert answer.status == self.status, answer.text[:500]
        return answer


BAD_HOST = (("Host", "elsewhere.example"),)
IN_2100 = (("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"),)
PUBLIC = {
    "public page": Kind("/en/", 200),
    "public page, HEAD": Kind("/en/", 200, method="HEAD"),
    "public page to a signed-in person": Kind("/en/", 200, "dispatcher"),
    "redirect": Kind("/", 302),
    "redirect to the slash": Kind("/statistics", 301),
    "redirect to sign-in": Kind("/requests/", 302),
    "style": Kind("/static/css/site.css", 200),
    "script": Kind("/static/js/site.js", 200),
    "script that the browser has": Kind("/static/js/site.js", 304, headers=IN_2100),
    "part of a file": Kind("/static/js/site.js", 206, headers=(("Range", "bytes=0-9"),)),
    "no such file": Kind("/static/js/none.js", 404),
    "a file by another method": Kind("/static/js/site.js", 405, method="TRACE"),
    "alive": Kind("/healthz", 200),
    "ready": Kind("/readyz", 200),
    "400, another host": Kind("/en/", 400, headers=BAD_HOST),
    "401": Kind("/queue/rows/", 401),
    "403, no token": Kind("/about/", 403, method="POST", body="a=b"),
    "404": Kind("/nothing-here/", 404),
    "405, POST": Kind("/about/", 405, method="POST", body="a=b", token=True),
    "405, TRACE": Kind("/about/", 405, method="TRACE"),
    "405, PUT": Kind("/about/", 405, method="PUT", body="a=b", token=True),
    "405, OPTIONS": Kind("/about/", 405, method="OPTIONS"),
    "500": Kind("/broken/", 500),
    "503": Kind("/outage/", 503),
}
PRIVATE = {
    "page": Kind("{case}/", 200, "dispatcher"),
    "page, HEAD": Kind("{case}/", 200, "dispatcher", "HEAD"),
    "start": Kind("/", 302, "dispatcher"),
    "queue of a script": Kind("/wall/counts/", 200, "dispatcher"),
    "admin site": Kind("/admin/", 200, "administrator"),
    "admin list": Kind("/admin/requests_app/user/", 200, "administrator"),
    "400, another host": Kind("{case}/", 400, "dispatcher", headers=BAD_HOST),
    "403, role": Kind("/oversight/", 403, "dispatcher"),
    "403, no token": Kind("{case}/withdraw/", 403, "dispatcher", "POST", "reason=Planted"),
    "404": Kind("/requests/none/", 404, "dispatcher"),
    "404, no such page": Kind("/nothing-here/", 404, "dispatcher"),
    "405, GET": Kind("/account/sessions/end/", 405, "dispatcher"),
    "405, TRACE": Kind("{case}/", 405, "dispatcher", "TRACE"),
    "409": Kind(
        "{case}/log/", 409, "dispatcher", "POST", "idempotency_key={key}&revision={revision}", token=True
    ),
    "500": Kind("/broken/", 500, "dispatcher"),
    "503": Kind("/outage/", 503, "dispatcher"),
}
SIGN_IN = {
    "notice": Kind("/account/notice/", 200),
    "sign-in": Kind("/account/login/", 302),
    "sign-in of the admin site": Kind("/admin/login/", 302),
    "passkeys": Kind("/account/2fa/webauthn/login/", 302),
}
PLAIN = {
    "redirect to HTTPS": Kind("/statistics/", 301, scheme="http"),
    "redirect of a file": Kind("/static/js/site.js", 301, scheme="http"),
    "400, another host": Kind("/statistics/", 400, scheme="http", headers=BAD_HOST),
    "alive": Kind("/healthz", 200, scheme="http"),
}
EVERY_KIND = {
    f"{group}: {name}": kind
    for group, kinds in (("public", PUBLIC), ("private", PRIVATE), ("account", SIGN_IN), ("plain", PLAIN))
    for name, kind in kinds.items()
}


# --- every kind of answer ------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY_KIND)
def test_it_says_the_whole_policy_once_on(ground, name):
    answer = EVERY_KIND[name].of(ground)

    # Their order is no matter.
    (policy,) = answer.headers.get_all("Content-Security-Policy")
    assert set(policy.split("; ")) == CONTENT_POLICY
    assert {header: answer.headers.get_all(header) for header in ON_EVERY_ANSWER} == {
        header: [value] for header, value in ON_EVERY_ANSWER.items()
    }


@pytest.mark.parametrize("name", EVERY_KIND)
def test_https_is_promised_over_https_alone_on(ground, name):
    kind = EVERY_KIND[name]

    promised = kind.of(ground).headers.get_all("Strict-Transport-Security")

    assert promised == ([TWO_YEARS] if kind.scheme == "https" else None)


@pytest.mark.parametrize("name", EVERY_KIND)
def test_it_opens_nothing_to_other_sites_and_names_no_version_on(ground, name):
    headers = EVERY_KIND[name].of(ground).headers

    assert not [header for header in headers if header.lower().startswith("access-control-")]
    assert headers.get("Server") == "gunicorn"
    assert "X-Powered-By" not in headers


@pytest.mark.parametrize("name", [name for name, kind in EVERY_KIND.items() if kind.status not in (304, 301)])
def test_text_says_its_charset_on(ground, name):
    answer = EVERY_KIND[name].of(ground)

    kind_of_content = answer.headers.get("Content-Type", "")
    assert answer.text == "" or re.fullmatch(r"text/[a-z]+; charset=\"?utf-8\"?", kind_of_content)


@pytest.mark.parametrize(
    "name", [name for name, kind in EVERY_KIND.items() if kind.status in (403, 404, 405)]
)
def test_a_refusal_is_a_page_for_people_on(ground, name):
    kind = EVERY_KIND[name]
    answer = kind.of(ground)

    served_by_files = kind.path.startswith("/static/") and kind.status == 405
    assert kind.method == "HEAD" or served_by_files or "<h1" in answer.text


# --- what must not be kept ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in EVERY_KIND if name.startswith(("private", "account"))])
def test_no_copy_is_kept_of(ground, name):
    assert EVERY_KIND[name].of(ground).headers.get_all("Cache-Control") in (
        ["no-store"],
        # The admin site's own door.
        ["max-age=0, no-cache, no-store, must-revalidate, private"],
    )


def test_files_are_the_same_for_everybody_and_may_be_kept(ground):
    answer = ground.ask("/static/js/site.js", who="dispatcher")

    assert "no-store" not in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_sign_out_clears_what_the_browser_has_kept(ground):
    key = factories.session_for(factories.User.objects.get(badge_number="D-101")).session_key
    token = Kind("/account/logout/", 302, "leaver", "POST", "a=b", token=True)
    leaving = Ground(ground.site, {"leaver": key}, ground.words)

    assert token.of(leaving).headers.get_all("Clear-Site-Data") == ['"cache", "storage"']
    # The old cookie leads nowhere.
    assert leaving.ask("/requests/", who="leaver").status == 302


def test_nothing_else_clears_it(ground):
    assert {name: kind.of(ground).headers.get("Clear-Site-Data") for name, kind in EVERY_KIND.items()} == (
        dict.fromkeys(EVERY_KIND)
    )


# --- cookies --------------------------------------------------------------------------------------


def test_cookies_are_for_this_host_https_and_no_script(ground):
    notice = ground.ask("/account/notice/", method="POST", body="next=/", token=True)
    seen = production.cookies_of(notice) | production.cookies_of(ground.ask("{case}/", who="dispatcher"))

    assert set(seen) == {production.SESSION_COOKIE, production.CSRF_COOKIE}
    for line in seen.values():
        words = {word.strip().lower() for word in line.split(";")[1:]}
        assert {"httponly", "secure", "path=/", "samesite=lax"} <= words
        assert not [word for word in words if word.startswith("domain")]


# --- what others claim ----------------------------------------------------------------------------


@pytest.fixture
def https(settings, db):
    """This process as production sets it, without a proxy in front."""
    settings.SECURE_SSL_REDIRECT = True
    return Client()


@pytest.mark.parametrize(
    "claim",
    [
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Ssl": "on"},
        {"Front-End-Https": "on"},
        {"Forwarded": "proto=https"},
    ],
)
def test_nobody_is_believed_who_says_that_it_was_https(https, claim):
    assert https.get("/statistics/", headers=claim).status_code == 301


@pytest.mark.parametrize("claim", ["X-Forwarded-Host", "X-Host", "X-Original-Url", "X-Rewrite-Url"])
def test_nobody_is_believed_who_names_another_host(ground, claim):
    for scheme in ("http", "https"):
        answer = ground.ask("/requests/", scheme=scheme, headers={claim: "elsewhere.example"})

        assert answer.status in (301, 302)
        assert answer.headers["Location"].startswith((f"https://{ground.site.proxy.host}/", "/account/"))


@pytest.mark.parametrize(
    "path",
    [
        "/.git/HEAD",
        "/.git/config",
        "/static/.git/HEAD",
        "/static/../.git/HEAD",
        "/static/%2e%2e/.git/HEAD",
        "/static/..%2f.git/HEAD",
        "/static//etc/passwd",
        "/static/",
        "/static/js/",
        "/.env",
        "/var/credentials.json",
        "/louisville_ice/settings.py",
        "/static/../louisville_ice/settings.py",
        "/robots.txt~",
        "/server-status",
        "/__debug__/",
    ],
)
def test_no_file_of_ours_is_served_but_static_ones(ground, path):
    assert ground.ask(path).status in (400, 404)
