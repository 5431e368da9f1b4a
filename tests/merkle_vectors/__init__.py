"""Published test vectors of RFC 6962 and RFC 8032, and a small signed log to try things on."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent
RFC_6962 = json.loads((FOLDER / "rfc6962.json").read_text())
RFC_8032 = json.loads((FOLDER / "rfc8032.json").read_text())


def from_hex(texts):
    return [bytes.fromhex(text) for text in texts]


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8 % len(content)] ^= 1 << bit % 8
    return bytes(changed)
