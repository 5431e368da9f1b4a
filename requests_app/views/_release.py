"""What a release document says, laid out for the person who is to publish it."""

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from requests_app import releases
from requests_app.models import AssistanceRequest, FrozenQuarter
from requests_app.statistics.public_rows import NAMES

ROWS_ON_A_PAGE = 100
GROUPS = ("requests", "beside", "decisions", "field", "oversight")


def shown(request: HttpRequest, frozen: FrozenQuarter) -> dict[str, Any]:
    """The document in tables. What is laid out here is read from the very bytes that are published."""
    document = json.loads(bytes(frozen.document))
    page = Paginator(document["rows"], ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return {
        "document": document,
        "tables": _tables(document),
        "breakdowns": _breakdowns(document["year"]) if document["year"] else [],
        "columns": [name.replace("_", " ") for name in NAMES],
        "page": page,
        "rows": _rows([*page], frozen.numbers),
    }


def _tables(document: dict[str, Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Every number under the name that it has in the document."""
    found = [(name, [*releases.leaves(document["figures"][name])]) for name in GROUPS]
    found.append(("missing", [*releases.leaves(document["missing"])]))
    if document["calls_for_service"]:
        found.append(("calls_for_service", [*releases.leaves(document["calls_for_service"])]))
    if document["year"]:
        year = f"year {document['year']['year']}"
        found.append((year, [*releases.leaves(document["year"]["harm"], "harm")]))
    return found


def _breakdowns(year: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**table, "lines": [*zip(table["rows"], table["cells"], table["row_totals"], strict=False)]}
        for table in year["breakdowns"]
    ]


def _rows(rows: list[dict[str, Any]], numbers: list[str]) -> list[dict[str, Any]]:
    """Each row with the request that it is: what oversight needs to answer a question about row n."""
    named = {row["number"]: numbers[row["number"] - 1] for row in rows}
    cases = AssistanceRequest.objects.filter(number__in=named.values()).only("number", "public_id")
    by_number = {case.number: case for case in cases}
    return [
        {
            "number": row["number"],
            "case": by_number.get(named[row["number"]]),
            "cells": [_cell(row[name]) for name in NAMES],
        }
        for row in rows
    ]


def _cell(value: str | list[str]) -> str:
    return ", ".join(value) if isinstance(value, list) else value
