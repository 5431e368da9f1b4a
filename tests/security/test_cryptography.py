"""Ciphers, hashes and random numbers: from libraries, large enough, and replaceable."""

import ast
import base64
import hashlib
import math
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from argon2 import extract_parameters
from argon2.low_level import Type
from cryptography.fernet import Fernet
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.core.exceptions import ImproperlyConfigured
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH

from louisville_ice import settings as production
from requests_app import ledger
from requests_app.models.ledger import SALT_BYTES
from requests_app.signin import encryption
from requests_app.signin.sessions import SessionStore

BASE = Path(__file__).resolve().parents[2]
OURS = ("louisville_ice", "requests_app")
# What our own code may take ciphers, hashes and random numbers from.
ALLOWED = {"hashlib", "hmac", "secrets", "cryptography.fernet"}
# The log is signed with Ed25519, and with nothing else.
SIGNATURES = {
    "cryptography.exceptions",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
}
KINDS = {"hashlib", "hmac", "secrets", "random", "crypt", "cryptography", "Crypto", "nacl", "OpenSSL", "jwt"}


def crypto_imports() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package in OURS:
        for path in (BASE / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module:
                    names = [node.module]
                for name in names:
                    if name.split(".")[0] in KINDS:
                        found.setdefault(name, set()).add(path.name)
    return found


def test_ciphers_come_from_libraries():
    """PyJWT checks the signatures of an identity provider, with the cryptography library beneath."""
    found = crypto_imports()

    assert found
    others = {name for name in found if name not in ALLOWED | SIGNATURES}
    assert others <= {"jwt", "jwt.algorithms", "jwt.exceptions"}, found


def test_signatures_are_made_in_the_signer_the_witness_and_nowhere_else():
    found = crypto_imports()

    files = set().union(*(found[name] for name in SIGNATURES))
    assert files == {"merkle.py", "state_folder.py"}


def test_secrets_are_sealed_by_fernet_alone():
    """AES-128 in CBC mode with PKCS#7, authenticated by HMAC-SHA-256 before anything is decrypted."""
    token = encryption.encrypt("canary")

    raw = base64.urlsafe_b64decode(token)
    assert raw[0] == 0x80
    assert b"canary" not in raw
    assert encryption.encrypt("canary") != token
    others = {name for name in crypto_imports() if name.startswith("cryptography")} - SIGNATURES
    assert others == {"cryptography.fernet"}


@pytest.mark.parametrize("place", [0, 5, 12, 30, -1])
def test_a_changed_secret_is_refused(place):
    raw = bytearray(base64.urlsafe_b64decode(encryption.encrypt("canary")))
    raw[place] ^= 1

    with pytest.raises(ImproperlyConfigured):
        encryption.decrypt(base64.urlsafe_b64encode(bytes(raw)).decode())


def test_keys_and_hashes_can_be_replaced(settings):
    """A new key first in the list seals, the old one still opens; a password of an old hash still fits."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FACTOR_KEYS = [old]
    sealed = encryption.encrypt("canary")

    settings.FACTOR_KEYS = [new, old]
    again = encryption.rotate(sealed)
    settings.FACTOR_KEYS = [new]

    assert encryption.decrypt(again) == "canary"
    with pytest.raises(ImproperlyConfigured):
        encryption.decrypt(sealed)
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    assert check_password("a word", make_password("a word", hasher="pbkdf2_sha256"))


@pytest.mark.django_db
def test_nothing_has_less_than_128_bits():
    session = SessionStore()._get_new_session_key()

    assert len(set(VALID_KEY_CHARS)) ** len(session) >= 2**128
    assert math.log2(len(CSRF_ALLOWED_CHARS)) * CSRF_SECRET_LENGTH >= 128
    assert SALT_BYTES * 8 >= 128
    assert len(base64.urlsafe_b64decode(Fernet.generate_key())) * 8 == 256  # 128 to seal, 128 to sign


@pytest.mark.django_db
def test_the_secret_of_an_app_is_random_and_long():
    made = {generate_totp_secret() for _ in range(50)}

    assert len(made) == 50
    assert min(len(base64.b32decode(one)) for one in made) * 8 >= 128


def test_passwords_are_hashed_by_argon2id():
    """As production does; the tests of sign-in use a quick one. OWASP's least: 19 MiB, two passes."""
    first = production.PASSWORD_HASHERS[0]
    assert first.endswith("Argon2PasswordHasher")

    argon2 = Argon2PasswordHasher()
    stored = argon2.encode("a word", argon2.salt())

    parameters = extract_parameters(stored.removeprefix("argon2"))
    assert parameters.type is Type.ID
    assert (parameters.memory_cost >= 19 * 1024, parameters.time_cost >= 2) == (True, True)
    assert argon2.encode("a word", argon2.salt()) != stored


def test_commitments_are_sha_256():
    """The database checks each against the stored bytes: tests/test_walls.py."""
    salt, content = b"s" * SALT_BYTES, b"content"

    assert ledger.commitment(salt, content) == hashlib.sha256(salt + content).digest()
    assert len(ledger.commitment(salt, content)) * 8 == 256
