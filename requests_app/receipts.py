"""The receipt of a request: its entry of the ledger, opened, with the proof that the signed log holds it.

The receipt is a C2SP tlog-proof; its extra data is the opening. The same receipt goes into a QR code, packed.
"""

import base64
import functools
import json
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from django.conf import settings
from django.db.models import Case, Value, When
from django.urls import reverse
from qrcode import constants, util
from qrcode.main import QRCode

from requests_app import merkle, published_log
from requests_app.merkle import Checkpoint, Invalid, Proof
from requests_app.models import AssistanceRequest, LedgerEntry
from requests_app.published_log import PublishedLog
from requests_app.vocabulary import Action

PACKED_FORM = 1
QUIET_MODULES = 4  # that a QR code keeps free around itself
# Any of the eight will do: what is drawn looks random. To try all of them takes longer than the whole page.
MASK = 3


@dataclass(frozen=True)
class CaseReceipt:
    """What can be said of a case's entry in the log today. `problem` is for what must not be."""

    entry: LedgerEntry
    index: int | None  # None until the act that wrote it is committed
    log: PublishedLog
    proof: Proof | None = None
    problem: str = ""

    @property
    def is_erased(self) -> bool:
        return not hasattr(self.entry, "private")

    @property
    def is_covered(self) -> bool:
        return self.index is not None and self.index < self.log.size

    @property
    def is_of_logging(self) -> bool:
        return self.entry.action == Action.LOG

    @property
    def leaf(self) -> str:
        return base64.b64encode(self.entry.leaf).decode()

    @property
    def leaf_hash(self) -> str:
        return merkle.leaf_hash(bytes(self.entry.leaf)).hex()

    @property
    def due_at(self) -> datetime | None:
        return self.log.due_at


def receipt_of(case: AssistanceRequest) -> CaseReceipt:
    """Of the act that logged the request; of the first act, while it is an intake. One query."""
    logged_first = Case(When(action=Action.LOG, then=Value(0)), default=Value(1))
    entry = (
        LedgerEntry.objects.filter(case=case, refusal="")
        .select_related("private", "position")
        .order_by(logged_first, "id")[:1]
        .get()
    )
    position = getattr(entry, "position", None)
    receipt = CaseReceipt(entry, position.index if position else None, published_log.published())
    if receipt.index is None or not receipt.is_covered or receipt.is_erased:
        return receipt
    try:
        hashes = receipt.log.hashes_to(receipt.index, bytes(entry.leaf))
    except Invalid as wrong:
        return replace(receipt, problem=str(wrong))
    extra = merkle.canonical_json(opening_of(entry))
    return replace(receipt, proof=Proof(receipt.index, hashes, receipt.log.known_note, extra))


def opening_of(entry: LedgerEntry) -> dict[str, object]:
    """Both parts in clear, with their salts."""
    private = entry.private
    return {
        "public": bytes(entry.public_bytes).decode(),
        "public_salt": base64.b64encode(private.public_salt).decode(),
        "private": bytes(private.private_bytes).decode(),
        "private_salt": base64.b64encode(private.private_salt).decode(),
    }


# --- the same on paper ---------------------------------------------------------------------------


@dataclass(frozen=True)
class QrCode:
    """A square of `modules`, quiet border included; `path` draws its dark lines, one unit wide."""

    version: int
    modules: int
    path: str
    page: str
    digits: str

    @property
    def address(self) -> str:
        return f"{self.page}#{self.digits}"


def qr_code_of(proof: Proof) -> QrCode:
    """Leads to the page that checks receipts. What stands behind the # is sent to nobody, us included."""
    page = settings.SITE_URL + reverse("requests_app:receipt_check")
    return _qr_code(page, digits_of(packed(proof)))


@functools.lru_cache(maxsize=32)
def _qr_code(page: str, digits: str) -> QrCode:
    drawing: QRCode = QRCode(
        error_correction=constants.ERROR_CORRECT_L, border=QUIET_MODULES, mask_pattern=MASK
    )
    drawing.add_data(util.QRData(f"{page}#".encode(), mode=util.MODE_8BIT_BYTE))
    drawing.add_data(util.QRData(digits.encode(), mode=util.MODE_NUMBER))
    rows = drawing.get_matrix()
    return QrCode(drawing.version, len(rows), "".join(map(_line, range(len(rows)), rows)), page, digits)


def _line(y: int, row: list[bool]) -> str:
    """One row as strokes: where each begins, and how far it goes."""
    edges = [x for x, (before, dark) in enumerate(pairwise([False, *row, False])) if before != dark]
    strokes = zip(edges[::2], edges[1::2], strict=True)
    return "".join(f"M{start} {y}.5h{end - start}" for start, end in strokes)


def packed(proof: Proof) -> bytes:
    """A receipt of ours in few bytes: texts compressed, hashes and signatures as they are.

    static/js/receipt_check.js puts the file together again, byte by byte.
    """
    checkpoint = Checkpoint.parse(proof.note.text)
    opening = json.loads(proof.extra)
    signatures = proof.note.signatures
    texts = [str(proof.index), opening["public"], opening["private"], checkpoint.origin]
    texts += [str(checkpoint.size), *(signature.name for signature in signatures)]
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    text = compressor.compress("\n".join(texts).encode()) + compressor.flush()
    content = bytes([PACKED_FORM]) + len(text).to_bytes(2, "big") + text
    for salt in ("public_salt", "private_salt"):
        content += base64.b64decode(opening[salt])
    content += checkpoint.root
    for signature in signatures:
        blob = signature.id + signature.blob
        content += bytes([len(blob)]) + blob
    return content + b"".join(proof.hashes)


def digits_of(content: bytes) -> str:
    """Seven bytes as seventeen digits: a QR code packs digits tighter than any letters of an address."""
    blocks = (content[start : start + 7] for start in range(0, len(content), 7))
    return "".join(f"{int.from_bytes(block, 'big'):0{DIGITS_FOR[len(block)]}d}" for block in blocks)


# How many digits the greatest number of so many bytes has.
DIGITS_FOR = {length: len(str(256**length - 1)) for length in range(1, 8)}
