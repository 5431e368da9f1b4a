"""Sign-in through an identity provider: a real conversation with one that runs beside the tests; and lies."""

import base64
import hmac
import json
import runpy
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from requests_app.accounts import NotPossible
from requests_app.accounts.identities import link_identity, unlink_identity
from requests_app.accounts.locks import lock
from requests_app.models import LedgerEntry, Session
from requests_app.signin import step_up, totp
from requests_app.vocabulary import Action, LockCause
from tests import factories
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, KEY_ID, RunningProvider, new_key, unpadded

NOTICE, LOGIN = "/account/notice/", "/account/login/"
START, CALLBACK = "/account/oidc/department/login/", "/account/oidc/department/login/callback/"


@pytest.fixture(scope="module")
def running():
    with RunningProvider() as provider:
        yield provider


@pytest.fixture
def provider(running, settings):
    """The provider as it is when nobody lies, and settings that name it."""
    fresh = type(running)(key=running.key, port=running.port)
    for name, value in vars(fresh).items():
        setattr(running, name, value)
    settings.OIDC_ISSUER = running.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    return running


@pytest.fixture
def linked(dispatcher, administrator, provider):
    """The dispatcher, known to the provider."""
    link(dispatcher, administrator, provider.issuer, provider.subject)
    return dispatcher


def link(account, administrator, issuer, subject):
    return link_identity(
        account, actor=administrator, issuer=issuer, subject=subject, reason="Shown with the badge."
    )


@pytest.fixture
def visitor() -> Client:
    client = Client()
    client.post(NOTICE)
    return client


def start(client, **posted):
    """The address at the provider that the browser is sent to."""
    answer = client.post(START, posted)
    assert answer.status_code == 302, answer.content
    return answer.url


def back_from(address):
    """What the provider sends the browser back to, as a path with its query."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def through_provider(client, **posted):
    return client.get(back_from(start(client, **posted)))


def is_in(client) -> bool:
    return client.get("/requests/").status_code == 200


def refusals():
    return [entry.details["what"] for entry in LedgerEntry.objects.filter(action=Action.FAIL_SIGN_IN)]


def assert_refused(client, answer, why):
    assert answer.status_code == 403
    assert not is_in(client)
    assert not Session.objects.filter(user__isnull=False).exists()
    assert refusals() == [f"identity provider: {why}"]
    assert not LedgerEntry.objects.filter(action=Action.SIGN_IN).exists()


# --- off by default ----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", [START, CALLBACK, f"{CALLBACK}?state=x&code=y"])
def test_it_is_off_by_default(visitor, path):
    assert visitor.get(path).status_code == 404
    assert visitor.post(path).status_code in (404, 405)
    assert b"Sign in through" not in visitor.get(LOGIN).content


def test_a_provider_in_the_database_opens_no_door(superuser_connection, visitor):
    """The application cannot write this table; whoever can has not made a way in by it."""
    superuser_connection.execute(
        "INSERT INTO socialaccount_socialapp (provider, provider_id, name, client_id, secret, key, settings)"
        " VALUES ('openid_connect', 'department', 'Planted', 'x', 'x', '', '{\"server_url\": \"http://x\"}')"
    )

    assert visitor.get(START).status_code == 404
    assert visitor.post(START).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["openid_connect", "google", "Department"])
def test_no_other_provider_has_an_address(visitor, provider, name):
    assert visitor.get(f"/account/oidc/{name}/login/").status_code == 404
    assert visitor.get(f"/account/oidc/{name}/login/callback/?state=x&code=y").status_code == 404


# --- settings ----------------------------------------------------------------------------------

SETTINGS = Path(__file__).parents[2] / "louisville_ice" / "settings.py"
GOOD = {
    "OIDC_ISSUER": "https://login.department.example/tenant",
    "OIDC_CLIENT_ID": "register",
    "OIDC_CLIENT_SECRET": "x",
}


@pytest.fixture
def settings_with(monkeypatch):
    def load(words):
        for name in ("PLAIN_HTTP_ON_LOOPBACK", "OIDC_SECOND_FACTOR", *GOOD):
            monkeypatch.delenv(name, raising=False)
        for name, word in words.items():
            monkeypatch.setenv(name, word)
        return runpy.run_path(str(SETTINGS))

    return load


def test_nothing_said_is_no_provider(settings_with):
    found = settings_with({})

    assert found["OIDC_ISSUER"] == ""
    assert found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] == ["'self'"]


def test_forms_may_lead_to_the_provider_and_nowhere_else(settings_with):
    directives = settings_with(GOOD)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]

    assert directives["form-action"] == ["'self'", "https://login.department.example"]


@pytest.mark.parametrize("name", GOOD)
def test_half_a_provider_is_refused(settings_with, name):
    with pytest.raises(ImproperlyConfigured, match="or none of them"):
        settings_with({**GOOD, name: ""})


@pytest.mark.parametrize(
    ("issuer", "loopback"),
    [
        ("http://login.department.example", "false"),
        ("http://login.department.example", "true"),
        ("http://localhost:9000", "false"),
        ("http://localhost.evil.example", "true"),
        ("ftp://localhost", "true"),
        ("login.department.example", "false"),
        ("https://", "false"),
    ],
)
def test_a_provider_without_https_is_refused(settings_with, issuer, loopback):
    with pytest.raises(ImproperlyConfigured, match="https"):
        settings_with({**GOOD, "OIDC_ISSUER": issuer, "PLAIN_HTTP_ON_LOOPBACK": loopback})


def test_a_provider_on_this_machine_may_do_without_https(settings_with):
    found = settings_with({**GOOD, "OIDC_ISSUER": "http://localhost:9000", "PLAIN_HTTP_ON_LOOPBACK": "true"})

    assert found["OIDC_ISSUER"] == "http://localhost:9000"


@pytest.mark.parametrize("words", ["", ","])
def test_a_second_factor_cannot_be_switched_off(settings_with, words):
    with pytest.raises(ImproperlyConfigured, match="OIDC_SECOND_FACTOR"):
        settings_with({**GOOD, "OIDC_SECOND_FACTOR": words})


# --- the good way ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_linked_person_signs_in_and_lands_where_they_wanted(visitor, linked):
    answer = through_provider(visitor, next="/requests/new/")

    assert (answer.status_code, answer.url) == (302, "/requests/new/")
    assert is_in(visitor)
    entry = LedgerEntry.objects.get(action=Action.SIGN_IN)
    assert entry.actor == linked
    assert entry.details["methods"] == ["oidc", "mfa"]
    assert refusals() == []


@pytest.mark.django_db
def test_the_button_is_shown_after_the_notice(visitor, provider):
    assert b"Sign in through the department" in visitor.get(LOGIN).content
    assert Client().post(START).url.startswith(NOTICE)
    assert Client().get(START).url.startswith(NOTICE)


@pytest.mark.django_db
def test_a_look_at_the_way_in_starts_nothing(visitor, provider):
    page = visitor.get(START)

    assert page.status_code == 200
    assert b'method="post"' in page.content
    assert provider.paths == []


@pytest.mark.django_db
def test_it_asks_with_state_nonce_and_pkce_and_for_nothing_else(visitor, provider):
    first, second = (parse_qs(urlsplit(start(visitor)).query) for _ in range(2))

    assert first["scope"] == ["openid"]
    assert first["code_challenge_method"] == ["S256"]
    assert set(first) == {
        "client_id",
        "redirect_uri",
        "scope",
        "response_type",
        "state",
        "nonce",
        "max_age",
        "code_challenge",
        "code_challenge_method",
    }
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
    assert len(first["nonce"][0]) >= 40


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["scope=admin", "auth_params=nonce%3Dmine%26prompt%3Dnone", "process=connect", "action=rerequest"],
)
def test_the_address_cannot_change_what_is_asked(visitor, provider, query):
    parts = parse_qs(urlsplit(visitor.post(f"{START}?{query}").url).query)

    assert parts["scope"] == ["openid"]
    assert parts["nonce"] != ["mine"]
    assert "prompt" not in parts


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_it_leads_to_no_other_site(visitor, linked, target):
    assert through_provider(visitor, next=target).url == "/"


@pytest.mark.django_db
def test_the_session_has_a_new_key_afterwards(visitor, linked):
    name = django_settings.SESSION_COOKIE_NAME
    before = visitor.cookies[name].value

    through_provider(visitor)

    assert visitor.cookies[name].value != before
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.django_db
def test_nothing_of_the_provider_is_kept_but_issuer_and_subject(visitor, linked, provider):
    provider.claims = lambda claims: {**claims, "email": "canary@example.org", "name": "Canary"}

    through_provider(visitor)

    kept = SocialAccount.objects.get()
    assert kept.extra_data == {"issuer": provider.issuer, "subject": provider.subject}
    assert not SocialToken.objects.exists()


@pytest.mark.django_db
def test_a_person_with_an_authenticator_app_is_not_asked_for_its_code_too(visitor, linked):
    totp.add_factor(linked.pk, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")

    through_provider(visitor)

    assert is_in(visitor)


@pytest.mark.django_db
def test_a_lock_on_the_password_does_not_lock_this_way(visitor, linked):
    lock(linked, cause=LockCause.PASSWORD)

    through_provider(visitor)

    assert is_in(visitor)


# --- lies --------------------------------------------------------------------------------------

OTHER_KEY = new_key()


def changed(**over):
    return {"claims": lambda claims: {**claims, **over}}


def without(name):
    return {"claims": lambda claims: {key: value for key, value in claims.items() if key != name}}


def crafted(header, claims, sign):
    content = f"{unpadded(json.dumps(header).encode())}.{unpadded(json.dumps(claims).encode())}"
    return f"{content}.{unpadded(sign(content.encode()))}"


def unsigned(provider, claims):
    return crafted({"alg": "none", "typ": "JWT", "kid": KEY_ID}, claims, lambda content: b"")


def public_key_as_secret(provider, claims):
    header = {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}
    return crafted(header, claims, lambda said: hmac.digest(provider.public_pem, said, "sha256"))


def changed_after_signing(provider, claims):
    header, _, signature = provider.sign({**claims, "sub": "somebody else"}).split(".")
    return f"{header}.{unpadded(json.dumps(claims).encode())}.{signature}"


def client_secret_as_key(provider, claims):
    header = {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}
    return crafted(header, claims, lambda said: hmac.digest(CLIENT_SECRET.encode(), said, "sha256"))


LIES = {
    "wrong issuer": (changed(iss="https://evil.example"), "issuer"),
    "issuer with a slash more": ({"claims": lambda c: {**c, "iss": c["iss"] + "/"}}, "issuer"),
    "no issuer": (without("iss"), "token"),
    "wrong audience": (changed(aud="another client"), "audience"),
    "several audiences, not issued to us": (changed(aud=[CLIENT_ID, "other"]), "audience"),
    "several audiences, issued to another": (changed(aud=[CLIENT_ID, "other"], azp="other"), "audience"),
    "issued to another": (changed(azp="other"), "audience"),
    "no audience": (without("aud"), "token"),
    "wrong nonce": (changed(nonce="of another sign-in"), "nonce"),
    "no nonce": (without("nonce"), "token"),
    "another key": ({"forge": lambda p, claims: p.sign(claims, key=OTHER_KEY)}, "signature"),
    "an unknown key": ({"forge": lambda p, claims: p.sign(claims, kid="key-2")}, "key"),
    "changed after signing": ({"forge": changed_after_signing}, "signature"),
    "not signed": ({"forge": unsigned}, "algorithm"),
    "signed with the public key": ({"forge": public_key_as_secret}, "algorithm"),
    "signed with the client's secret": ({"forge": client_secret_as_key}, "algorithm"),
    "no token at all": ({"forge": lambda p, claims: "nonsense"}, "token"),
    "expired": ({"claims": lambda c: {**c, "exp": c["iat"] - 120, "iat": c["iat"] - 400}}, "expired"),
    "without end": (without("exp"), "token"),
    "from the future": ({"claims": lambda c: {**c, "iat": c["iat"] + 3600, "exp": c["iat"] + 7200}}, "token"),
    "without a beginning": (without("iat"), "token"),
    "no second factor": ({"methods": ["pwd"]}, "second factor"),
    "no word on factors": (without("amr"), "second factor"),
    "a factor within a word": (changed(amr="pwd otpish"), "second factor"),
    "unknown subject": ({"subject": "subject-of-nobody"}, "unknown subject"),
    "no subject": (without("sub"), "token"),
    "empty subject": ({"subject": ""}, "subject"),
    "subject of another kind": (changed(sub=101), "token"),
    "too long a subject": ({"subject": "s" * 256}, "subject"),
    "signed in yesterday": ({"signed_in_ago": 86_400}, "too old"),
    "will sign in tomorrow": ({"signed_in_ago": -86_400}, "auth_time"),
    "signed in at no time": (changed(auth_time="now"), "auth_time"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("lie", "why"), LIES.values(), ids=LIES.keys())
def test_a_lie_signs_nobody_in(visitor, linked, provider, lie, why):
    for name, value in lie.items():
        setattr(provider, name, value)

    answer = through_provider(visitor)

    assert_refused(visitor, answer, why)


@pytest.mark.django_db
def test_what_makes_the_lies_lies_is_the_lie(visitor, linked, provider):
    """The same way, told truly: without this the table above could be refused for any reason."""
    provider.claims = lambda claims: {**claims, "aud": [CLIENT_ID], "azp": CLIENT_ID}

    through_provider(visitor)

    assert is_in(visitor)


@pytest.mark.django_db
@pytest.mark.parametrize("said", [{"amr": ["hwk"]}, {"amr": "mfa"}, {"amr": [], "acr": "mfa"}])
def test_a_second_factor_may_be_said_in_several_ways(visitor, linked, provider, said):
    provider.claims = lambda claims: {**claims, **said}

    through_provider(visitor)

    assert is_in(visitor)


@pytest.mark.django_db
def test_the_department_says_which_words_mean_a_second_factor(visitor, linked, settings):
    settings.OIDC_SECOND_FACTOR = ["urn:department:piv"]

    assert_refused(visitor, through_provider(visitor), "second factor")


@pytest.mark.django_db
def test_who_lacks_a_second_factor_is_told(visitor, linked, provider):
    provider.methods = ["pwd"]

    assert b"A second factor is missing" in through_provider(visitor).content


# --- who it is ---------------------------------------------------------------------------------


def deactivate(account):
    account.is_active = False
    factories.save_as(account, account)


def end(account):
    account.ends_at = timezone.now() - timedelta(hours=1)
    factories.save_as(account, account)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [deactivate, end])
def test_who_may_not_enter_gets_the_page_of_an_unknown_person(visitor, linked, provider, change):
    change(linked)

    answer = through_provider(visitor)

    assert_refused(visitor, answer, "account is not active")
    provider.subject = "subject-of-nobody"
    assert bare(through_provider(visitor)) == bare(answer)


def bare(answer):
    """The page without the clock that it shows."""
    return answer.content.decode().partition("<main")[2]


@pytest.mark.django_db
def test_the_same_subject_of_another_issuer_is_another_person(visitor, dispatcher, administrator, provider):
    link(dispatcher, administrator, "https://another.example", provider.subject)

    assert_refused(visitor, through_provider(visitor), "unknown subject")


@pytest.mark.django_db
def test_a_mail_address_finds_nobody(visitor, dispatcher, provider):
    provider.claims = lambda claims: {
        **claims,
        "email": dispatcher.email,
        "email_verified": True,
        "preferred_username": dispatcher.badge_number,
    }

    assert_refused(visitor, through_provider(visitor), "unknown subject")
    assert not SocialAccount.objects.exists()


@pytest.mark.django_db
def test_an_unlinked_person_is_unknown(visitor, linked, administrator):
    unlink_identity(linked, actor=administrator, reason="Left.")

    assert_refused(visitor, through_provider(visitor), "unknown subject")


@pytest.mark.django_db
def test_a_deactivated_person_is_out_at_the_next_request(visitor, linked):
    through_provider(visitor)
    assert is_in(visitor)

    deactivate(linked)

    assert not is_in(visitor)


# --- the conversation --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["state=made-up&code=x", "code=x", "", "state=&code=", "error=access_denied"]
)
def test_a_return_without_our_state_is_refused(visitor, linked, provider, query):
    start(visitor)
    provider.paths.clear()

    answer = visitor.get(f"{CALLBACK}?{query}")

    assert_refused(visitor, answer, "state")
    assert provider.paths == []


@pytest.mark.django_db
def test_a_return_in_another_browser_is_refused(visitor, linked):
    """Somebody else's link does not sign this browser in."""
    path = back_from(start(visitor))
    other = Client()
    other.post(NOTICE)

    assert_refused(other, other.get(path), "state")


@pytest.mark.django_db
def test_a_state_is_of_no_use_after_ten_minutes(visitor, linked, monkeypatch):
    path = back_from(start(visitor))
    now = time.time()
    monkeypatch.setattr("allauth.socialaccount.internal.statekit.time.time", lambda: now + 601)

    answer = visitor.get(path)
    monkeypatch.undo()

    assert_refused(visitor, answer, "state")


@pytest.mark.django_db
def test_a_return_is_good_once(visitor, linked):
    path = back_from(start(visitor))
    visitor.get(path)
    key = visitor.cookies[django_settings.SESSION_COOKIE_NAME].value

    again = visitor.get(path)

    assert again.status_code == 403
    assert refusals() == ["identity provider: state"]
    assert visitor.cookies[django_settings.SESSION_COOKIE_NAME].value == key
    assert LedgerEntry.objects.filter(action=Action.SIGN_IN).count() == 1


@pytest.mark.django_db
def test_a_code_of_another_sign_in_is_refused(visitor, linked):
    """The thief's code, in the victim's conversation: PKCE binds the code to who asked."""
    thief = Client()
    thief.post(NOTICE)
    stolen = parse_qs(urlsplit(back_from(start(thief))).query)["code"][0]
    own = parse_qs(urlsplit(back_from(start(visitor))).query)["state"][0]

    answer = visitor.get(CALLBACK, {"state": own, "code": stolen})

    assert_refused(visitor, answer, "no token")


@pytest.mark.django_db
def test_a_cancelled_sign_in_is_refused(visitor, linked):
    state = parse_qs(urlsplit(start(visitor)).query)["state"][0]

    answer = visitor.get(CALLBACK, {"state": state, "error": "access_denied"})

    assert_refused(visitor, answer, "cancelled")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "head", "delete"])
def test_only_a_get_returns(visitor, linked, method):
    path = back_from(start(visitor))

    assert getattr(visitor, method)(path).status_code == 405
    assert not is_in(visitor)


@pytest.mark.django_db
def test_the_start_wants_a_token_of_our_own_page(provider):
    client = Client(enforce_csrf_checks=True)

    assert client.post(START).status_code == 403
    assert provider.paths == []


@pytest.mark.django_db
def test_the_start_is_counted_like_other_tries(visitor, provider, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "2/m/ip"}

    answers = [visitor.post(START).status_code for _ in range(3)]

    assert answers == [302, 302, 429]


# --- a provider that is not what it was ---------------------------------------------------------

DISCOVERY = "/.well-known/openid-configuration"
BROKEN = {
    "discovery of another issuer": ({"issuer": "https://evil.example"}, "issuer of the discovery"),
    "keys of another host": ({"jwks_uri": "http://127.0.0.1:1/jwks"}, "jwks_uri of the discovery"),
    "tokens of another host": ({"token_endpoint": "http://evil.example/"}, "token_endpoint of the discovery"),
    "people sent to another host": (
        {"authorization_endpoint": "https://evil.example/"},
        "authorization_endpoint of the discovery",
    ),
    "no address": ({"jwks_uri": "http://["}, "jwks_uri of the discovery"),
    "no keys": ({"jwks_uri": None}, "jwks_uri of the discovery"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("over", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_a_discovery_that_leads_elsewhere_is_refused(visitor, linked, provider, over, why):
    provider.documents = {DISCOVERY: {**provider.discovery(), **over}}

    assert_refused(visitor, visitor.post(START), why)


@pytest.mark.django_db
@pytest.mark.parametrize("keys", [{}, {"keys": "none"}, {"keys": [1]}, {"keys": [{"kid": KEY_ID}]}, [1]])
def test_keys_that_are_none_are_refused(visitor, linked, provider, keys):
    provider.documents = {"/jwks": keys}

    answer = through_provider(visitor)

    assert answer.status_code == 403
    assert len(refusals()) == 1
    assert not is_in(visitor)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said", [{}, [1], "x", {"access_token": "x"}, {"access_token": 1, "id_token": 2, "expires_in": "soon"}]
)
def test_an_answer_without_a_token_is_refused(visitor, linked, provider, said):
    provider.documents = {"/token": said}

    assert_refused(visitor, through_provider(visitor), "no token")


@pytest.mark.django_db
def test_a_shared_secret_among_the_keys_signs_nothing(visitor, linked, provider):
    secret = {"kty": "oct", "kid": KEY_ID, "k": base64.urlsafe_b64encode(b"x" * 64).decode()}
    provider.documents = {"/jwks": {"keys": [secret]}}
    provider.forge = lambda p, claims: crafted(
        {"alg": "HS256", "kid": KEY_ID},
        claims,
        lambda said: hmac.digest(b"x" * 64, said, "sha256"),
    )

    assert_refused(visitor, through_provider(visitor), "algorithm")


@pytest.mark.django_db
def test_a_provider_that_is_away_is_said_and_signs_nobody_in(visitor, linked, settings):
    settings.OIDC_ISSUER = "http://localhost:1"

    assert_refused(visitor, visitor.post(START), "no good answer")


# --- weighty acts ------------------------------------------------------------------------------


def is_fresh(client) -> bool:
    request = type("Asked", (), {"session": client.session})()
    request.user = Session.objects.get(pk=client.session.session_key).user
    return step_up.is_fresh(request)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "fresh"), [(0, True), (9 * 60, True), (11 * 60, False), (11 * 3600, False), (None, False)]
)
def test_a_factor_counts_from_when_it_was_shown(visitor, linked, provider, ago, fresh):
    provider.signed_in_ago = ago

    through_provider(visitor)

    assert is_in(visitor)
    assert is_fresh(visitor) is fresh


@pytest.mark.django_db
def test_a_person_who_is_signed_in_shows_a_factor_anew(visitor, linked, provider):
    provider.signed_in_ago = 3600
    through_provider(visitor)
    provider.signed_in_ago = 1
    name = django_settings.SESSION_COOKIE_NAME
    before = visitor.cookies[name].value

    answer = through_provider(visitor, next="/requests/")

    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    assert answer.url == "/requests/"
    assert is_fresh(visitor)
    assert visitor.cookies[name].value != before
    assert LedgerEntry.objects.get(action=Action.CONFIRM_IDENTITY).details["method"] == "oidc"
    assert LedgerEntry.objects.filter(action=Action.SIGN_IN).count() == 1


@pytest.mark.django_db
def test_a_weighty_act_leads_to_the_provider_and_back(visitor, linked, provider):
    provider.signed_in_ago = 3600
    through_provider(visitor)

    asked = visitor.get("/account/2fa/webauthn/add/")
    page = visitor.get(asked.url)
    provider.signed_in_ago = 1
    answer = through_provider(visitor, next="/account/2fa/webauthn/add/")

    assert asked.url == f"{START}?next=%2Faccount%2F2fa%2Fwebauthn%2Fadd%2F"
    assert b"Confirm that it is you" in page.content
    assert b'name="next" value="/account/2fa/webauthn/add/"' in page.content
    assert visitor.get(answer.url).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["webauthn/add/", "totp/activate/"])
def test_nobody_adds_a_factor_of_ours_with_an_old_one_of_the_provider(visitor, linked, provider, page):
    provider.signed_in_ago = 3600
    through_provider(visitor)

    assert visitor.post(f"/account/2fa/{page}", {"code": "1"}).url.startswith(START)


@pytest.mark.django_db
@pytest.mark.parametrize("ago", [11 * 60, None])
def test_an_old_factor_confirms_nothing(visitor, linked, provider, ago):
    provider.signed_in_ago = 3600
    through_provider(visitor)
    provider.signed_in_ago = ago

    answer = through_provider(visitor)

    assert answer.status_code == 403
    assert refusals() == ["identity provider: not fresh"]
    assert not is_fresh(visitor)


@pytest.mark.django_db
def test_another_person_confirms_nothing(visitor, linked, provider, commander, administrator):
    through_provider(visitor)
    link(commander, administrator, provider.issuer, "subject-of-c-201")
    provider.subject = "subject-of-c-201"

    answer = through_provider(visitor)

    assert answer.status_code == 403
    assert refusals() == ["identity provider: another person is signed in"]
    assert Session.objects.get(pk=visitor.session.session_key).user == linked


# --- links -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_link_is_an_act_in_the_ledger(linked, administrator, provider):
    entry = LedgerEntry.objects.get(action=Action.LINK_IDENTITY)

    assert entry.actor == administrator
    assert entry.details["account"] == linked.badge_number
    assert entry.details["identity"] == {"issuer": provider.issuer, "subject": provider.subject}


@pytest.mark.django_db
def test_only_an_administrator_links_and_not_themselves(dispatcher, administrator, commander, provider):
    for account, actor in ((dispatcher, commander), (administrator, administrator)):
        with pytest.raises(NotPossible):
            link(account, actor, provider.issuer, "a subject")

    assert not SocialAccount.objects.exists()


@pytest.mark.django_db
def test_a_person_has_one_identity_and_an_identity_one_person(linked, administrator, commander, provider):
    for account, subject in ((linked, "another"), (commander, provider.subject)):
        with pytest.raises(NotPossible):
            link(account, administrator, provider.issuer, subject)

    assert SocialAccount.objects.get().user == linked
