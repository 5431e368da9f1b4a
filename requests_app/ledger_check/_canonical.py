"""Whether bytes are canonical JSON (RFC 8785), quickly: the compiled parts of the standard library decide
nearly always, and `rfc8785` decides where those two could differ.
"""

import json
from json.encoder import JSONEncoder
from typing import Any

import rfc8785

# All whole numbers of so few digits have one spelling in both.
PLAIN_DIGITS = 15


class _Unsure(Exception):
    """The quick way cannot tell."""


def _whole(digits: str) -> int:
    if len(digits) > PLAIN_DIGITS:
        raise _Unsure
    return int(digits)


def _refuse(number: str) -> float:
    raise _Unsure


_read = json.JSONDecoder(parse_int=_whole, parse_float=_refuse, parse_constant=_refuse).raw_decode
_encode = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def decode(content: bytes) -> dict[str, Any]:
    """The object that the bytes say. Raises ValueError where they are not canonical, or no object."""
    text = content.decode()
    try:
        told, _ = _read(text)  # what stands behind it is seen below
        quick = _is_basic(text)
    except _Unsure:
        told, quick = json.loads(text), False
    if not isinstance(told, dict) or (_encode(told) if quick else _slowly(told)) != text:
        raise ValueError("not canonical")
    return told


def rearranged(text: str) -> bytes:
    """The canonical bytes of JSON that was written with other spaces, or in another order."""
    try:
        told, _ = _read(text)
    except _Unsure:
        return rfc8785.dumps(json.loads(text))
    return (_encode(told) if _is_basic(text) else _slowly(told)).encode()


def _is_basic(text: str) -> bool:
    """Python sorts names by code points and RFC 8785 by UTF-16 units: the same, if no character needs two."""
    return text.isascii() or len(text.encode("utf-16-le")) == 2 * len(text)


def _slowly(told: Any) -> str:
    try:
        return rfc8785.dumps(told).decode()
    except rfc8785.CanonicalizationError as error:
        raise ValueError("no canonical form") from error
