"""The identity provider's word on who signed in, and every check of it. No network, no session.

OpenID Connect Core 3.1.3.7. Signed with the provider's own key, meant for us, for this one sign-in, for now,
and after a second factor: what fails one check says nothing.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import jwt

# With these, who can check a signature cannot make one: no `none`, no shared secret.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
SECOND_FACTOR = "second factor"
LEEWAY_SECONDS = 30
NEVER = 0.0  # the provider does not say when: long ago
LONGEST_SUBJECT = 255  # the standard's

REASONS: dict[type[jwt.PyJWTError], str] = {
    jwt.InvalidIssuerError: "issuer",
    jwt.InvalidAudienceError: "audience",
    jwt.ExpiredSignatureError: "expired",
    jwt.InvalidSignatureError: "signature",
}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a good token of this sign-in says."""

    issuer: str
    client_id: str
    nonce: str
    second_factors: Collection[str]
    longest_ago: float  # seconds since the person last showed who they are


@dataclass(frozen=True)
class Proof:
    subject: str
    shown_at: float  # seconds since 1970; NEVER when the provider did not say


class NotProven(Exception):
    """The word for the ledger; never shown."""


def read(token: str, *, keys: object, expected: Expected) -> Proof:
    claims = _claims(token, keys=keys, expected=expected)
    _require(claims["nonce"] == expected.nonce, "nonce")
    _require(_is_meant_for(claims, expected.client_id), "audience")
    subject = claims["sub"]
    _require(0 < len(subject) <= LONGEST_SUBJECT, "subject")
    _require(bool(_methods(claims) & set(expected.second_factors)), SECOND_FACTOR)
    shown_at = _shown_at(claims)
    _require(shown_at == NEVER or time.time() - shown_at <= expected.longest_ago + LEEWAY_SECONDS, "too old")
    return Proof(subject, shown_at)


def _claims(token: str, *, keys: object, expected: Expected) -> dict[str, Any]:
    """Signature, issuer, audience, expiry; what PyJWT checks."""
    try:
        header = jwt.get_unverified_header(token)
        algorithm = str(header["alg"])
        _require(algorithm in ALGORITHMS, "algorithm")
        return jwt.decode(
            token,
            key=_key(keys, header.get("kid"), algorithm).key,
            algorithms=[algorithm],
            issuer=expected.issuer,
            audience=expected.client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED, "enforce_minimum_key_length": True},
        )
    except jwt.PyJWTError as error:
        raise NotProven(REASONS.get(type(error), "token")) from error


def _key(keys: object, key_id: object, algorithm: str) -> jwt.PyJWK:
    """The provider's key of this id, made for signing with this algorithm."""
    listed = keys.get("keys") if isinstance(keys, dict) else None
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("kid") == key_id and one.get("use", "sig") == "sig":
            _require(one.get("alg", algorithm) == algorithm, "algorithm")
            return jwt.PyJWK(one, algorithm)
    raise NotProven("key")


def _is_meant_for(claims: dict[str, Any], client_id: str) -> bool:
    """A token for several audiences must have been issued to us."""
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
        return False
    return claims.get("azp", client_id) == client_id


def _methods(claims: dict[str, Any]) -> set[str]:
    methods = claims.get("amr", [])
    listed = methods if isinstance(methods, list) else [methods]
    return {str(one) for one in [*listed, claims.get("acr", "")]}


def _shown_at(claims: dict[str, Any]) -> float:
    """When the person last showed who they are; one seconds ahead of our clock is now."""
    said = claims.get("auth_time", NEVER)
    _require(isinstance(said, int | float) and not isinstance(said, bool), "auth_time")
    now = time.time()
    _require(0 <= said <= now + LEEWAY_SECONDS, "auth_time")
    return float(min(said, now))


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise NotProven(why)
