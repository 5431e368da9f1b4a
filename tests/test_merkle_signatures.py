"""Plain Ed25519 beside the library's: the same answers, also to what only an attacker signs."""

import hashlib
import importlib.util
import sys

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import merkle
from tests.merkle_vectors import RFC_8032, flipped, from_hex
from tests.merkle_vectors.signed_log import STRANGER


@pytest.fixture(scope="module")
def alone():
    """The same file where `cryptography` is not installed."""
    spec = importlib.util.spec_from_file_location("merkle_alone", merkle.__file__)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "merkle_alone", module)
        patch.setitem(sys.modules, "cryptography.exceptions", None)
        spec.loader.exec_module(module)
    assert not module.HAS_CRYPTOGRAPHY
    return module


def library_says(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("vector", RFC_8032, ids=lambda each: each["public"][:8])
def test_the_signatures_of_rfc_8032_are_true(alone, vector):
    public, message, signature = from_hex([vector["public"], vector["message"], vector["signature"]])

    assert merkle.ed25519_verify(public, message, signature)
    assert alone.ed25519_verify(public, message, signature)


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.data())
def test_plain_python_judges_a_signature_as_the_library_does(alone, seed, message, choose):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    bit = choose.draw(st.integers(0, 511))
    cases = [
        (public, message, signature),
        (flipped(public, bit), message, signature),
        (public, message, flipped(signature, bit)),
        (public, message + b"\0", signature),
    ]

    said = [alone.ed25519_verify(*case) for case in cases]

    assert said == [merkle.ed25519_verify(*case) for case in cases]
    assert said == [library_says(*case) for case in cases] == [True, False, False, False]


@given(st.binary(max_size=70), st.binary(max_size=70))
def test_random_bytes_are_no_signature(alone, public, signature):
    assert not alone.ed25519_verify(public, b"", signature)
    assert not merkle.ed25519_verify(public, b"", signature)


def crafted(*, scalar: int, key_torsion: int, nonce: int, nonce_torsion: int, message: bytes):
    """A signature as no honest signer makes it: its key and its R may have parts of small order."""
    order_8 = merkle._point(merkle.Y_OF_ORDER_8.to_bytes(32, "little"))
    ends = [(scalar, key_torsion), (nonce, nonce_torsion)]
    public, start = (
        merkle._encoded(
            merkle._sum(merkle._multiple(factor, merkle.BASE), merkle._multiple(torsion, order_8))
        )
        for factor, torsion in ends
    )
    k = int.from_bytes(hashlib.sha512(start + public + message).digest(), "little")
    return public, message, start + ((nonce + k * scalar) % merkle.ORDER).to_bytes(32, "little")


def test_plain_python_and_the_library_agree_on_signatures_that_only_an_attacker_makes(alone):
    counted = {True: 0, False: 0}
    for key_torsion in range(8):
        for nonce_torsion in range(8):
            for message in (b"a", b"b", b"c", b"d"):
                case = crafted(
                    scalar=12345,
                    key_torsion=key_torsion,
                    nonce=67890,
                    nonce_torsion=nonce_torsion,
                    message=message,
                )
                said = alone.ed25519_verify(*case)
                assert said == merkle.ed25519_verify(*case) == library_says(*case)
                counted[said] += 1

    # With a cofactor all of them would be true.
    assert counted[False] > counted[True] > 0


@pytest.mark.parametrize("torsion", range(8))
def test_a_key_of_small_order_is_refused(alone, torsion):
    for message in (b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h", b"i"):
        case = crafted(scalar=0, key_torsion=torsion, nonce=5, nonce_torsion=0, message=message)
        assert not merkle.ed25519_verify(*case)
        assert not alone.ed25519_verify(*case)


def test_a_key_in_a_second_spelling_is_refused(alone):
    for y in range(19):
        for sign in (0, 1):
            public = (y + merkle.PRIME | sign << 255).to_bytes(32, "little")
            k = crafted(scalar=0, key_torsion=0, nonce=5, nonce_torsion=0, message=b"")[2]
            assert not merkle.ed25519_verify(public, b"", k)
            assert not alone.ed25519_verify(public, b"", k)
            assert not merkle.plain_ed25519_verify(public, b"", k)


def test_minus_zero_is_no_coordinate_of_a_point():
    for y in (1, merkle.PRIME - 1):
        assert merkle._point(y.to_bytes(32, "little"))
        assert merkle._point((y | 1 << 255).to_bytes(32, "little")) is None


def test_a_signature_in_a_second_spelling_is_refused(alone):
    signature = STRANGER.private.sign(b"x")
    second = int.from_bytes(signature[32:], "little") + merkle.ORDER
    respelled = signature[:32] + second.to_bytes(32, "little")

    assert not merkle.ed25519_verify(STRANGER.key.public, b"x", respelled)
    assert not alone.ed25519_verify(STRANGER.key.public, b"x", respelled)
