"""What a bundle says in words and as a table."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from requests_app.vocabulary import Choice

Json = dict[str, Any]


class Opened(Choice):
    """How much of its entries a bundle shows."""

    PUBLIC = "public", "Public parts only", "For anyone: no number of a request, no person, place or day."
    ALL = "all", "With private parts", "Also who did what, when and why: for oversight alone."


# --- the table --------------------------------------------------------------------------------


def _last(row: Json, name: str) -> Any:
    """What the decision in force says."""
    return row["decisions"][-1][name] if row["decisions"] else None


def _first(row: Json, part: str) -> int | None:
    return min((one["minutes"] for one in row[part]), default=None)


def _each(row: Json, part: str, name: str) -> list[str]:
    return [one[name] for one in row[part]]


def _of(row: Json, part: str, name: str) -> Any:
    return row[part][name] if row[part] else None


COLUMNS: dict[str, Callable[[Json], Any]] = {
    "number": lambda row: row["number"],
    "status": lambda row: row["status"],
    "direction": lambda row: row["direction"],
    "component": lambda row: row["component"],
    "channel": lambda row: row["channel"],
    "discovered_by": lambda row: row["discovered_by"],
    "asked_for_at_intake": lambda row: row["types_at_intake"],
    "asked_for_as_last_classified": lambda row: (
        row["types_by_review"] or row["types_by_commander"] or row["types_at_intake"]
    ),
    "papers_named": lambda row: _each(row, "papers", "claimed"),
    "papers_confirmation": lambda row: _each(row, "papers", "confirmation"),
    "calls_recorded": lambda row: _each(row, "calls", "recorded"),
    "minutes_to_call": lambda row: _first(row, "calls"),
    "minutes_to_decision": lambda row: _first(row, "decisions"),
    "outcome": lambda row: _last(row, "outcome"),
    "grounds": lambda row: _last(row, "grounds"),
    "reason": lambda row: _last(row, "reason"),
    "officers_sent": lambda row: _of(row, "dispatch", "officers"),
    "commander_came": lambda row: _of(row, "dispatch", "commander_came"),
    "actions_taken": lambda row: _of(row, "report", "actions"),
    "officer_minutes": lambda row: _of(row, "report", "officer_minutes"),
    "local_arrests": lambda row: _of(row, "report", "local_arrests"),
    "citations": lambda row: _of(row, "report", "citations"),
    "handed_to_federal": lambda row: _of(row, "report", "handed_to_federal"),
    "federal_arrests_seen": lambda row: _of(row, "report", "federal_arrests_seen"),
    "deviations": lambda row: _each(row, "deviations", "kind"),
    "reviews": lambda row: _each(row, "reviews", "finding"),
    "corrections": lambda row: row["corrections"],
    "blocked": lambda row: row["blocked"],
}
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def table_of(rows: Iterable[Json]) -> bytes:
    """One line a request, for people with a spreadsheet; everything in it is in rows.json too."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows([cell(read(row)) for read in COLUMNS.values()] for row in rows)
    return written.getvalue().encode()


def cell(value: Any) -> str:
    """A value as a table shows it; never something that a spreadsheet would run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


# --- the words --------------------------------------------------------------------------------

README = """\
Evidence bundle: {subject}

What this is
  The record of {subject} in the register of requests by immigration officials for help
  from Louisville Metro Police, as of the checkpoint that its log published with
  {size} entries. {opened}

How to check it
  1. python3 -I verify.py bundle .
     It needs Python 3.9 or later and no network. It says YES, or NO with what is wrong.
  2. Compare the key of the log, below, with the one that you know from elsewhere: from
     the witnesses, from an earlier bundle, from a receipt. Better still, bring
     your own copy of verify.py and of the policy:
     python3 -I your-verify.py bundle . --policy your-policy

  The key of the log: {key}

What lies here
  manifest.json   what this bundle is of
  entries.json    acts in the ledger, each with the proof that the log holds it
  checkpoint      the head of the log with its signatures; log-policy says whose count
{more}  cases.csv       the same requests for a spreadsheet
  policy/         the rules that the decisions went by
  SHA256SUMS      a sum of every file

What is not here
  {closed}
"""
REST = {
    "case": "  rows.json       what was done about the request, in codes, counts and minutes\n",
    "quarter": (
        "  rows.json       what was done about each request, in codes, counts and minutes\n"
        "  figures.json    the figures of the quarter\n"
        "  figures.py      derives the figures from the rows, and compares the rows with the entries:\n"
        "                  python3 -I figures.py rows.json figures.json entries.json\n"
    ),
}
CLOSED = {
    Opened.PUBLIC: (
        "The private part of each entry is closed: only its commitment is given. No number,\n"
        "  person, place or day is in this bundle."
    ),
    Opened.ALL: (
        "Who called, their number and the exact place are restricted, and in no bundle. An\n"
        "  entry that states the digest of such a row keeps its private part closed, because so\n"
        "  few words could be guessed from their digest: the saving of an intake and the\n"
        "  correction of a restricted field. What an act of retention erased is closed too."
    ),
}


def readme(manifest: Json, *, key: str) -> str:
    opened = Opened(manifest["opened"])
    return README.format(
        subject=manifest["subject"],
        size=f"{manifest['size']:,}",
        opened=f"It shows: {opened.label.lower()}.",
        key=key,
        more=REST[manifest["kind"]],
        closed=CLOSED[opened],
    )
