"""Sign-in through the department's identity provider (OpenID Connect). Off unless settings name an issuer.

django-allauth leads the conversation: state, PKCE, code for token. It would believe a token that it fetched
itself, link accounts, and take parameters from the address; here it does none of these.
"""

import secrets
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from requests_app import accounts
from requests_app.accounts.identities import PROVIDER, identity_key
from requests_app.models import User
from requests_app.signin import id_token, step_up
from requests_app.signin.networks import network_of

DISCOVERY = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
TIMEOUT_SECONDS = 5
LONGEST_AGO = 12 * 60 * 60  # seconds: as long as a session of our own
BACKEND = "requests_app.signin.backends.PasswordBackend"


def is_on() -> bool:
    return bool(settings.OIDC_ISSUER)


def identity_provider(request: HttpRequest) -> dict[str, str]:
    """For every template: what the button says. Settings name this context processor."""
    return {"identity_provider": settings.OIDC_NAME if is_on() else ""}


def origin(address: str) -> tuple[str, str] | None:
    """None for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.scheme, parts.netloc


class IdentityRefused(OAuth2Error):
    """Nobody is signed in. `why` is for the ledger, not for the page."""

    def __init__(self, why: str, *, account: User | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.account = account


class OwnAddressesOnly(requests.Session):
    """Speaks with the issuer's own host, quickly, and follows nobody elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxy and no password of the machine's
        self.verify = settings.OIDC_CA_BUNDLE or True

    def request(self, method: str, url: str, **words: Any) -> requests.Response:  # type: ignore[override]
        if origin(url) != origin(settings.OIDC_ISSUER):
            raise IdentityRefused("address")
        return super().request(method, url, **{**words, "timeout": TIMEOUT_SECONDS, "allow_redirects": False})


class ProvenLogin(SocialLogin):
    """A sign-in whose token passed every check."""

    proof: id_token.Proof


class DepartmentAdapter(OpenIDConnectOAuth2Adapter):
    """One conversation with the provider, in which every answer is checked."""

    nonce = ""
    _discovered: dict[str, Any] | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        if self._discovered is None:
            found = _fetch(settings.OIDC_ISSUER.rstrip("/") + DISCOVERY)
            _require(found.get("issuer") == settings.OIDC_ISSUER, "issuer of the discovery")
            for name in ENDPOINTS:
                address = found.get(name)
                is_own = isinstance(address, str) and origin(address) == origin(settings.OIDC_ISSUER)
                _require(is_own, f"{name} of the discovery")
            self._discovered = found
        return self._discovered

    @property
    def basic_auth(self) -> bool:
        methods = self.openid_config.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_post" not in methods

    def get_access_token_data(self, *args: Any, **words: Any) -> dict[str, Any]:
        """The ID token alone: the other one is not used, and goes no further than this."""
        try:
            answer = super().get_access_token_data(*args, **words)
        except (KeyError, TypeError, ValueError) as error:
            raise IdentityRefused("no token") from error
        _require(isinstance(answer.get("id_token"), str), "no token")
        return {"access_token": "", "id_token": answer["id_token"]}  # nosec B105 # no password: it is not used

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **words: Any
    ) -> ProvenLogin:
        """Whoever the token proves."""
        try:
            proof = id_token.read(
                words["response"]["id_token"],
                keys=_fetch(self.openid_config["jwks_uri"]),
                expected=_expected(self.nonce),
            )
        except id_token.NotProven as error:
            raise IdentityRefused(str(error)) from error
        names = {"issuer": settings.OIDC_ISSUER, "subject": proof.subject}
        account = SocialAccount(provider=PROVIDER, uid=identity_key(**names), extra_data=names)
        proven = ProvenLogin(account=account, provider=self.get_provider())
        proven.proof = proof
        return proven


class DepartmentProvider(OpenIDConnectProvider):
    """Settings name this class. Nothing of the way to the provider is taken from the address."""

    oauth2_adapter_class = DepartmentAdapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        nonce = secrets.token_urlsafe(32)
        asked = {"nonce": nonce, "max_age": str(LONGEST_AGO)}
        if request.user.is_authenticated:
            # A weighty act wants a factor that is shown now, not one of this morning.
            asked |= {"max_age": "0", "prompt": "login"}
        given = super().get_redirect_from_request_kwargs(request)
        return {
            "process": AuthProcess.LOGIN,
            "next_url": given.get("next_url"),
            "scope": ["openid"],
            "auth_params": asked,
            "nonce": nonce,
        }


class DepartmentCallback(OAuth2CallbackView):
    """The nonce of this sign-in comes back from the session, with the state, and works once."""

    def _get_state(
        self, request: HttpRequest, provider: DepartmentProvider
    ) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, refusal = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state["nonce"]
        return state, refusal


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Settings name this class. One provider, no sign-up, no finding of accounts by mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """From the settings alone: a row in the database opens no door."""
        if not is_on() or provider != PROVIDER:
            return []
        app = SocialApp(
            provider=DepartmentProvider.id,
            provider_id=PROVIDER,
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True},
        )
        return [app]

    def get_requests_session(self) -> requests.Session:
        return OwnAddressesOnly()

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The token is good. Is it of somebody who may enter? Ends allauth's own way in either case."""
        if not isinstance(sociallogin, ProvenLogin):
            raise IdentityRefused("not proven")
        account = sociallogin.user
        if not isinstance(account, User):
            raise IdentityRefused("unknown subject")
        if account.is_system or not account.may_enter:
            raise IdentityRefused("account is not active", account=account)
        if request.user.is_authenticated:
            _confirm(request, account, sociallogin.proof)
        else:
            _let_in(request, account, sociallogin.proof)
        raise ImmediateHttpResponse(redirect(sociallogin.state.get("next") or settings.LOGIN_REDIRECT_URL))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: DepartmentProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Every refusal ends here: one entry in the ledger, one page."""
        refused = exception if isinstance(exception, IdentityRefused) else _refused(error, exception)
        what = f"identity provider: {refused.why}"
        accounts.sign_in_failed(refused.account, network=network_of(request), what=what)
        wants_factor = refused.why == id_token.SECOND_FACTOR
        context = {"wants_factor": wants_factor, "name": settings.OIDC_NAME}
        page = render(request, "account/identity_refused.html", context, status=403)
        raise ImmediateHttpResponse(page)


def _refused(error: str | None, exception: Exception | None) -> IdentityRefused:
    """allauth's own refusals: no state of ours, an error of the provider's, no answer."""
    if isinstance(exception, requests.RequestException):
        return IdentityRefused("no good answer")
    if isinstance(exception, OAuth2Error):
        return IdentityRefused("no token")
    return IdentityRefused("cancelled" if error == AuthError.CANCELLED else "state")


def _let_in(request: HttpRequest, account: User, proof: id_token.Proof) -> None:
    """allauth's stages would ask for a code of ours besides: the provider has asked for a second factor."""
    _remember(request, account, proof)
    login(request, account, backend=BACKEND)


def _confirm(request: HttpRequest, account: User, proof: id_token.Proof) -> None:
    """A step up: the same person, and a factor that was shown just now."""
    if account != request.user:
        raise IdentityRefused("another person is signed in", account=account)
    if time.time() - proof.shown_at > step_up.FRESH_SECONDS:
        raise IdentityRefused("not fresh", account=account)
    _remember(request, account, proof)
    request.session.cycle_key()
    accounts.confirmed_identity(account, method=step_up.OF_PROVIDER)


def _remember(request: HttpRequest, account: User, proof: id_token.Proof) -> None:
    """The second factor counts from when it was shown, not from when we heard of it."""
    record_authentication(request, account, step_up.OF_PROVIDER, at=proof.shown_at)
    record_authentication(
        request, account, step_up.SECOND_FACTOR, type=step_up.OF_PROVIDER, at=proof.shown_at
    )


def _expected(nonce: str) -> id_token.Expected:
    return id_token.Expected(
        issuer=settings.OIDC_ISSUER,
        client_id=settings.OIDC_CLIENT_ID,
        nonce=nonce,
        second_factors=settings.OIDC_SECOND_FACTOR,
        longest_ago=LONGEST_AGO,
    )


def _fetch(address: str) -> dict[str, Any]:
    with OwnAddressesOnly() as session:
        answer = session.get(address)
        _require(answer.status_code == HTTPStatus.OK, "no good answer")
        found = answer.json()
    _require(isinstance(found, dict), "no good answer")
    return found


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise IdentityRefused(why)
