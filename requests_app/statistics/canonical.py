"""Canonical JSON (RFC 8785) of what is released, quickly."""

from typing import Any

import orjson
import rfc8785

# Every character that needs two units of UTF-16 begins so in UTF-8, and nothing else does.
BEYOND_PLANE = b"\xf0\xf1\xf2\xf3\xf4"
OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER  # as the library, none beyond 53 bits
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)


def canonical(document: object) -> bytes:
    """The bytes that `rfc8785` gives for a document of texts and whole numbers. Raises ValueError for others.

    Written with sorted names and no spaces, a document without fractions has the canonical form already,
    unless a name has a character that needs two units of UTF-16, by which RFC 8785 sorts names: then the
    library writes it.
    """
    _refuse_fractions([document])
    try:
        content = orjson.dumps(document, option=OPTIONS)
    except orjson.JSONEncodeError as wrong:
        raise ValueError(f"This has no canonical form: {wrong}.") from wrong
    if content.isascii() or not any(byte in content for byte in BEYOND_PLANE):
        return content
    return rfc8785.dumps(orjson.loads(content))


def _refuse_fractions(part: Any) -> None:
    """`orjson` would write them, and what is no number as null."""
    for value in part.values() if isinstance(part, dict) else part:
        if type(value) is str:  # most are
            continue
        if isinstance(value, float):
            raise ValueError(f"{value} is no whole number.")
        if isinstance(value, dict | list | tuple):
            _refuse_fractions(value)
