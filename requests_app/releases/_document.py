"""Makes the document of a release: everything that the public will ever read of a quarter, in one reading.

Every request is read by one statement, and figures and rows are both made of what it gave, so they agree
whatever is entered meanwhile.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from requests_app import workflow
from requests_app.models import CallsForService, CommanderCall, Installation, ReleaseDocument
from requests_app.releases._periods import in_use_since
from requests_app.statistics.canonical import canonical
from requests_app.statistics.conduct import harm
from requests_app.statistics.counting import count_quarter
from requests_app.statistics.quarters import Quarter
from requests_app.statistics.rows import counted_in
from requests_app.vocabulary import CallRecorded, InstallationKind

Json = dict[str, Any]

FORMAT = 1
LAST_OF_YEAR = 4
# What a release says of its quarter. A correction differs in some of it; the rest says how it came to be.
CONTENT = ("figures", "rows", "year", "calls_for_service", "missing")


@dataclass(frozen=True)
class Made:
    """A document, its canonical bytes, and the numbers of the requests in the order of its rows."""

    document: Json
    content: bytes
    numbers: list[str]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Before:
    """A release that is published already."""

    document: Json
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> "Before":
        return cls(json.loads(content), hashlib.sha256(content).hexdigest())


def make_document(
    quarter: Quarter,
    *,
    number: int,
    reason: str,
    now: datetime,
    earlier: Sequence[Json],
    before: Before | None,
) -> Made:
    """What would be published of the quarter now. `earlier` are the documents of all releases so far."""
    counted = count_quarter(quarter)
    document: Json = {
        "format": FORMAT,
        "demonstration": Installation.objects.filter(kind=InstallationKind.DEMONSTRATION).exists(),
        "quarter": str(quarter),
        "number": number,
        "frozen_at": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "reason": reason,
        "replaces": before.sha256 if before else "",
        "in_use_since": str(in_use_since(now)),
        "policy_in_force": workflow.policy_in_force(),
        "figures": {name: part for name, part in counted.figures.items() if name != "releases"},
        "rows": counted.rows,
        "year": _year(quarter, now=now, earlier=earlier),
        "calls_for_service": _calls_for_service(quarter),
        "missing": _missing(quarter, counted.figures["decisions"]["calls"]),
    }
    document["differences"] = differences(before.document, document) if before else []
    return Made(document, canonical(document), counted.numbers)


def published_documents() -> list[Json]:
    """All releases that were ever published, in their order."""
    documents = ReleaseDocument.objects.order_by("pk").values_list("document", flat=True)
    return [json.loads(bytes(document)) for document in documents]


def _year(quarter: Quarter, *, now: datetime, earlier: Sequence[Json]) -> Json | None:
    """Force and injuries of the whole year, and tables too fine for a quarter: with its last quarter."""
    if quarter.number != LAST_OF_YEAR:
        return None
    from requests_app.statistics import breakdowns  # noqa: PLC0415  brings scipy, which only this act needs

    found = harm(quarter.year, at=now)
    return {
        "year": quarter.year,
        "harm": {name: value for name, value in asdict(found).items() if name != "year"} if found else None,
        "breakdowns": breakdowns.year_tables(quarter.year, earlier),
    }


def _calls_for_service(quarter: Quarter) -> Json | None:
    row = CallsForService.objects.filter(quarter=str(quarter)).order_by("pk").last()
    return {"calls": row.calls, "source": row.source, "url": row.url} if row else None


def _missing(quarter: Quarter, calls: Mapping[str, int]) -> Json:
    """What ought to be there. None where the register has nothing yet to tell it by."""
    unnamed = CommanderCall.objects.filter(
        case__in=counted_in(quarter), recorded=CallRecorded.YES, recorder_reference=""
    )
    return {
        "recordings_without_reference": unnamed.count(),
        "calls_not_recorded": sum(calls.values()) - calls.get(CallRecorded.YES, 0),
        "dispatch_records_unmatched": None,
        "months_without_attestation": None,
    }


# --- what a correction changes ----------------------------------------------------------------


def differences(before: Json, after: Json) -> list[Json]:
    """Every figure that is not as it was, by its name; and how many rows went and came.

    A code that does not occur stands for none of its kind.
    """
    found = []
    old, new = dict(_numbers(before)), dict(_numbers(after))
    for name in sorted({*old, *new}):
        was, is_now = old.get(name, 0), new.get(name, 0)
        if was != is_now:
            found.append({"figure": name, "before": was, "after": is_now})
    went, came = _rows_only_in(before, after), _rows_only_in(after, before)
    if went or came:
        found.append({"figure": "rows", "before": went, "after": came})
    return found


def says_the_same(before: Json, after: Json) -> bool:
    return all(before[part] == after[part] for part in CONTENT)


def leaves(part: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """What stands in nested objects, with dotted names."""
    if not isinstance(part, dict):
        yield name, part
        return
    for key in sorted(part):
        yield from leaves(part[key], f"{name}.{key}" if name else key)


def _numbers(document: Json) -> Iterator[tuple[str, Any]]:
    """The leaves of a document that have a name of their own; those of `figures` go without its name."""
    yield from leaves(document["figures"])
    yield from leaves(document["missing"], "missing")
    if document["calls_for_service"]:
        yield from leaves(document["calls_for_service"], "calls_for_service")
    if document["year"]:
        yield from leaves(document["year"]["harm"], "year.harm")
        for table in document["year"]["breakdowns"]:
            yield from _cells(table, f"year.breakdowns.{table['name']}")


def _cells(table: Json, name: str) -> Iterator[tuple[str, int | None]]:
    """Each cell and total of a yearly table; None where it is hidden."""
    hidden = [None] * len(table["columns"])
    lines = table["cells"] or [hidden] * len(table["rows"])
    totals = table["row_totals"] or [None] * len(table["rows"])
    for row, cells, total in zip(table["rows"], lines, totals, strict=True):
        for column, number in zip((*table["columns"], "all"), (*cells, total), strict=True):
            yield f"{name}.{row}.{column}", number
    for column, number in zip(table["columns"], table["column_totals"], strict=True):
        yield f"{name}.all.{column}", number


def _rows_only_in(one: Json, other: Json) -> int:
    return (_rows(one) - _rows(other)).total()


def _rows(document: Json) -> Counter[str]:
    bare = ({name: value for name, value in row.items() if name != "number"} for row in document["rows"])
    return Counter(json.dumps(row, sort_keys=True) for row in bare)
