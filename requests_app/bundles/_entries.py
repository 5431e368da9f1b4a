"""What a bundle shows of the ledger: entries with proofs, opened as far as may be, and their rows."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from requests_app import ledger, merkle
from requests_app.bundles._log import NotYet, Sealed
from requests_app.models import (
    AssistanceRequest,
    CallsForService,
    CommanderCall,
    Correction,
    Decision,
    Deviation,
    Dispatch,
    Document,
    Endorsement,
    Evidence,
    FieldOutcome,
    FrozenQuarter,
    LedgerEntry,
    LedgerErasure,
    LedgerErasureProposal,
    Page,
    Release,
    ReleaseDocument,
    Reveal,
    Review,
)

Json = dict[str, Any]

# The rows that may be shown. An entry that names any other row keeps its private part closed.
SHOWN: dict[str, type[models.Model]] = {
    str(model._meta.model_name): model
    for model in (
        AssistanceRequest,
        CallsForService,
        CommanderCall,
        Correction,
        Decision,
        Deviation,
        Dispatch,
        Document,
        Endorsement,
        Evidence,
        FieldOutcome,
        FrozenQuarter,
        LedgerErasure,
        LedgerErasureProposal,
        Page,
        Release,
        ReleaseDocument,
        Reveal,
        Review,
    )
}


def entries_of(wanted: Q, log: Sealed, *, is_all: bool) -> list[Json]:
    """The entries that the checkpoint covers, in their order, each with its proof and what is opened."""
    found = (
        LedgerEntry.objects.filter(wanted, position__index__lt=log.size)
        .select_related("position", "private")
        .order_by("position__index")
    )
    try:
        return [_entry(entry, log, is_all=is_all) for entry in found]
    except merkle.Invalid as wrong:
        raise NotYet(f"The published log is not whole: {wrong}") from wrong


def _entry(entry: LedgerEntry, log: Sealed, *, is_all: bool) -> Json:
    index = entry.position.index
    proof = merkle.inclusion_proof(index, log.size, log.tiles.hash_at)
    return {"index": index, "proof": [_base64(each) for each in proof], **_opening(entry, is_all=is_all)}


def _opening(entry: LedgerEntry, *, is_all: bool) -> Json:
    """Nothing can be opened of an entry whose private part and salts were erased."""
    leaf, private = bytes(entry.leaf), getattr(entry, "private", None)
    half = len(leaf) // 2
    opening: Json = {}
    if private is None:
        opening["public_commitment"] = _base64(leaf[:half])
    else:
        opening["public"] = bytes(entry.public_bytes).decode()
        opening["public_salt"] = _base64(private.public_salt)
    if private is not None and is_all and _may_be_opened(entry.details):
        opening["private"] = bytes(private.private_bytes).decode()
        opening["private_salt"] = _base64(private.private_salt)
        opening["row_salt"] = _base64(private.row_salt)
    else:
        opening["private_commitment"] = _base64(leaf[half:])
    return opening


def _may_be_opened(details: Mapping[str, Any]) -> bool:
    """Only what says which rows it saved, and saved none that is not shown."""
    return "rows" in details and all(row["table"] in SHOWN for row in details["rows"])


def history_of(entries: Iterable[Json]) -> list[Json]:
    """The rows whose digests the opened private parts state, as the history keeps them."""
    wanted: dict[str, set[tuple[int, int | None]]] = {}
    for entry in entries:
        for row in json.loads(entry.get("private", "{}")).get("rows", ()):
            wanted.setdefault(row["table"], set()).add((row["id"], row["revision"]))
    return [row for table in sorted(wanted) for row in _lines(table, wanted[table])]


def _lines(table: str, wanted: set[tuple[int, int | None]]) -> list[Json]:
    model: Any = SHOWN[table]
    ids = {row_id for row_id, _revision in wanted}
    kept = model.history if hasattr(model, "history") else model.objects
    found = {
        (line.id, getattr(line, "revision", None)): ledger.row_content(line)
        for line in kept.filter(id__in=ids)
    }
    return [
        {"table": table, "id": row_id, "revision": revision, "row": found[row_id, revision]}
        for row_id, revision in sorted(wanted, key=lambda named: (named[0], named[1] or 0))
        if (row_id, revision) in found
    ]


def _base64(content: bytes | memoryview) -> str:
    return base64.b64encode(content).decode()
