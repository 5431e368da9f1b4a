"""The one door: notice, badge number and password, second factor. And what does not open it."""

import time
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from requests_app.models import LedgerEntry, Session
from requests_app.signin import totp
from requests_app.vocabulary import Action
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOTICE, LOGIN, CODE, FACTORS = (
    "/account/notice/",
    "/account/login/",
    "/account/2fa/authenticate/",
    "/account/2fa/",
)


@pytest.fixture
def visitor() -> Client:
    """Somebody who has read the notice."""
    client = Client()
    client.post(NOTICE)
    return client


@pytest.fixture
def enrolled(dispatcher):
    """The dispatcher with an authenticator app."""
    totp.add_factor(dispatcher.pk, SECRET)
    return dispatcher


def code_now() -> str:
    return totp.code_at(SECRET, totp.current_counter())


def wrong_code() -> str:
    return f"{(int(code_now()) + 1) % 10**6:06}"


def password_of(client: Client, user, password=factories.PASSWORD, **more):
    return client.post(LOGIN, {"login": user.badge_number, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/requests/").status_code == 200


# --- the notice --------------------------------------------------------------------------------


def test_sign_in_is_not_shown_before_the_notice_is_acknowledged(enrolled):
    client = Client()

    shown = client.get(LOGIN, {"next": "/queue/"})
    tried = password_of(client, enrolled)

    assert urlsplit(shown.url).path == urlsplit(tried.url).path == NOTICE
    assert parse_qs(urlsplit(shown.url).query)["next"] == ["/account/login/?next=%2Fqueue%2F"]
    assert client.get(CODE).url == LOGIN


def test_the_notice_is_acknowledged_by_a_post_and_leads_on():
    client = Client()

    page = client.get(NOTICE, {"next": "/account/login/?next=/queue/"})
    answer = client.post(NOTICE, {"next": "/account/login/?next=/queue/"})

    assert b"is recorded" in page.content
    assert answer.url == "/account/login/?next=/queue/"
    assert client.get(LOGIN).status_code == 200


# --- two factors -------------------------------------------------------------------------------


def test_password_and_code_let_in(visitor, enrolled):
    first = password_of(visitor, enrolled, next="/requests/")
    between = is_in(visitor)
    second = visitor.post(CODE, {"code": code_now()})

    assert (first.url, between, second.url) == (CODE, False, "/requests/")
    assert is_in(visitor)
    entry = LedgerEntry.objects.get(action=Action.SIGN_IN)
    assert entry.actor == enrolled
    assert entry.details["methods"] == ["password", "mfa"]


def test_a_code_may_be_typed_with_a_space(visitor, enrolled):
    password_of(visitor, enrolled)
    code = code_now()

    assert visitor.post(CODE, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302


def test_a_password_alone_opens_nothing_but_enrolment(visitor, dispatcher):
    """First sign-in: whatever is asked for, the answer is the page of second factors."""
    password_of(visitor, dispatcher)

    for path in (
        "/",
        "/requests/",
        "/requests/new/",
        "/wall/",
        "/admin/",
        "/account/password/",
        "/statistics/",
    ):
        assert visitor.get(path).url == FACTORS, path
    assert visitor.get(FACTORS).status_code == 200
    assert visitor.post("/requests/new/autosave/", {}).url == FACTORS


def test_a_session_without_a_second_factor_is_ended_where_the_person_has_one(dispatcher, enrolled):
    client = Client()
    session = factories.session_for(enrolled)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    client.cookies["sessionid"] = session.session_key

    answer = client.get("/requests/")

    assert answer.url.startswith(LOGIN)
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_the_admin_site_has_no_door_of_its_own(administrator):
    answer = Client().post(
        "/admin/login/", {"username": administrator.badge_number, "password": factories.PASSWORD}
    )

    assert answer.url.startswith(LOGIN)


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "login/code/", "2fa/recovery-codes/"]
)
def test_there_is_no_way_in_but_these(visitor, path):
    assert visitor.get(f"/account/{path}").status_code == 404


# --- codes once --------------------------------------------------------------------------------


def test_a_code_works_once(enrolled):
    code = code_now()
    answers = []
    for _ in range(2):
        client = Client()
        client.post(NOTICE)
        password_of(client, enrolled)
        client.post(CODE, {"code": code})
        answers.append(is_in(client))

    assert answers == [True, False]


def test_a_code_works_once_though_the_cache_is_emptied(enrolled):
    factor = Authenticator.objects.get(user=enrolled)
    code = code_now()

    assert totp.use_code(factor, code)
    assert not totp.use_code(Authenticator.objects.get(pk=factor.pk), code)


def test_an_earlier_code_does_not_work(visitor, enrolled):
    password_of(visitor, enrolled)

    visitor.post(CODE, {"code": totp.code_at(SECRET, totp.current_counter() - 1)})

    assert not is_in(visitor)


def test_secrets_lie_encrypted_in_the_database(enrolled):
    stored = Authenticator.objects.get(user=enrolled).data["secret"]

    assert SECRET not in stored
    assert stored.startswith("gAAAA")


# --- one answer --------------------------------------------------------------------------------


def test_no_answer_tells_whether_an_account_exists(visitor, enrolled, outsider):
    outsider.is_active = False
    outsider.save()
    tries = {
        "wrong password": (enrolled.badge_number, "wrong"),
        "no such account": ("D-999", "wrong"),
        "deactivated, right password": (outsider.badge_number, factories.PASSWORD),
        "the register's own": ("SYSTEM", factories.PASSWORD),
    }
    bodies = {}
    for name, (badge, password) in tries.items():
        answer = visitor.post(LOGIN, {"login": badge, "password": password})
        text = answer.content.decode().replace(badge, "BADGE")
        bodies[name] = (answer.status_code, "".join(line for line in text.splitlines() if "csrf" not in line))

    assert len(set(bodies.values())) == 1
    assert "cannot be signed in" in next(iter(bodies.values()))[1]


@pytest.mark.parametrize("badge", ["D-101", "D-999", "X-501", "SYSTEM"])
def test_every_name_costs_one_hash(visitor, enrolled, outsider, monkeypatch, badge):
    """Counted in hashes, not in seconds: a clock would say what the machine was doing."""
    outsider.is_active = False
    outsider.save()
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *words: hashed.append(1) or encode(*words))

    visitor.post(LOGIN, {"login": badge, "password": "wrong"})

    assert len(hashed) == 1


@pytest.mark.parametrize("badge", ["d-101", " D-101 "])
def test_a_badge_number_may_be_typed_in_small_letters(visitor, enrolled, badge):
    answer = visitor.post(LOGIN, {"login": badge, "password": factories.PASSWORD})

    assert answer.url == CODE


# --- where it leads ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://testserver@evil.example/",
        "%2f%2fevil.example",
        "\thttps://evil.example",
    ],
)
def test_nobody_is_sent_elsewhere(visitor, enrolled, address):
    fresh = Client()
    notice = fresh.post(NOTICE, {"next": address})
    password_of(visitor, enrolled, next=address)
    entered = visitor.post(CODE, {"code": code_now()})

    for answer in (notice, entered):
        target = urlsplit(urljoin("http://testserver/account/", answer.url))
        assert (target.scheme, target.netloc) == ("http", "testserver")
        assert not answer.url.startswith(("//", "/\\", "\\"))


# --- the session -------------------------------------------------------------------------------


def test_a_session_key_from_before_is_not_the_one_after(visitor, enrolled):
    """Fixation: a key that somebody planted is worth nothing once its bearer has signed in."""
    planted = visitor.cookies["sessionid"].value
    password_of(visitor, enrolled)
    visitor.post(CODE, {"code": code_now()})

    thief = Client()
    thief.cookies["sessionid"] = planted

    assert visitor.cookies["sessionid"].value != planted
    assert is_in(visitor)
    assert not is_in(thief)


def test_a_made_up_session_key_is_not_taken_over(enrolled):
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    client.post(NOTICE)

    assert client.cookies["sessionid"].value != "a" * 32


def test_sign_out_ends_the_session_on_the_server(dispatcher, signed_in):
    client = signed_in(dispatcher)
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value

    answer = client.post("/account/logout/")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(thief)
    assert not Session.objects.filter(user=dispatcher).exists()
    assert LedgerEntry.objects.filter(action=Action.SIGN_OUT, actor=dispatcher).count() == 1


def test_looking_at_sign_out_signs_nobody_out(dispatcher, signed_in):
    client = signed_in(dispatcher)

    assert client.get("/account/logout/").status_code == 405
    assert is_in(client)
