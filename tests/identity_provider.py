"""An identity provider on this machine: discovery, keys, authorize, token; strict where a good one is.

A test may make it lie: `claims` changes what a token says, `forge` makes the token itself, `documents` stands
in for discovery, keys and tokens.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "register", "a secret between the two"
KEY_ID = "key-1"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def unpadded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def as_they_are(claims: dict[str, Any]) -> dict[str, Any]:
    return claims


@dataclass
class IdentityProvider:
    """Whoever comes is signed in as `subject`, with these methods, so many seconds ago."""

    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    subject: str = "subject-of-d-101"
    methods: list[str] = field(default_factory=lambda: ["pwd", "otp"])
    signed_in_ago: int | None = 0
    claims: Callable[[dict[str, Any]], dict[str, Any]] = as_they_are
    forge: Callable[["IdentityProvider", dict[str, Any]], str] | None = None
    documents: dict[str, Any] = field(default_factory=dict)  # path → what to answer instead
    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)  # what each visitor of /authorize brought
    paths: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def jwks(self) -> dict[str, Any]:
        words = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**words, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the visitor is sent back to."""
        self.asked.append(asked)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, posted: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A code is good once, for whoever has the secret and the verifier of its challenge."""
        asked = self.codes.pop(posted.get("code", ""), None)
        challenge = unpadded(hashlib.sha256(posted.get("code_verifier", "").encode()).digest())
        good = (
            asked is not None
            and posted.get("client_secret") == CLIENT_SECRET
            and posted.get("redirect_uri") == asked["redirect_uri"]
            and hmac.compare_digest(challenge, asked["code_challenge"])
        )
        if not good or asked is None:
            return 400, {"error": "invalid_grant"}
        claims = self.claims(self.honest_claims(asked))
        token = self.forge(self, claims) if self.forge else self.sign(claims)
        return 200, {"access_token": "never used", "token_type": "Bearer", "id_token": token}

    def honest_claims(self, asked: dict[str, str]) -> dict[str, Any]:
        now = int(time.time())
        shown = {} if self.signed_in_ago is None else {"auth_time": now - self.signed_in_ago}
        return {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "amr": self.methods,
            **shown,
        }

    def sign(self, claims: dict[str, Any], *, key: rsa.RSAPrivateKey | None = None, **header: str) -> str:
        return jwt.encode(claims, key or self.key, "RS256", headers={"kid": KEY_ID, **header})


class _Speaker(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.paths.append(parts.path)
        if parts.path == "/authorize":
            self.send_response(302)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_header("Location", self.provider.authorize(asked))
            self.end_headers()
            return
        documents = {
            "/.well-known/openid-configuration": self.provider.discovery(),
            "/jwks": self.provider.jwks(),
            **self.provider.documents,
        }
        self._answer(200 if parts.path in documents else 404, documents.get(parts.path, {}))

    def do_POST(self) -> None:
        self.provider.paths.append(self.path)
        length = int(self.headers["Content-Length"])
        posted = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        said = self.provider.documents.get(self.path)
        self._answer(*(self.provider.token(posted) if said is None else (200, said)))

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """The test says what went wrong."""


class RunningProvider:
    """`with RunningProvider() as provider:` answers on a free port of this machine."""

    def __enter__(self) -> IdentityProvider:
        provider = IdentityProvider()
        speaker = type("Speaker", (_Speaker,), {"provider": provider})
        self.server = ThreadingHTTPServer(("localhost", 0), speaker)
        provider.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        return provider

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
