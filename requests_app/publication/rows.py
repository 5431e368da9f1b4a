"""The rows of a release in words, the search among them by closed lists, and a sample for whoever audits."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop

from requests_app.publication._publication import PublishedRelease
from requests_app.published_log import PublishedLog
from requests_app.vocabulary import (
    CallRecorded,
    Choice,
    Component,
    DeviationKind,
    Ground,
    Outcome,
    ReasonCode,
    RequestType,
)

Json = dict[str, Any]

# A quarter has a dozen rows. Should it ever have thousands, a page of them all would be of no use to anybody.
SHOWN = 500
SAMPLED = 5

# --- words ------------------------------------------------------------------------------------

COLUMNS = {
    "number": gettext_noop("No."),
    "component": gettext_noop("Agency or part of it"),
    "types": gettext_noop("What was asked"),
    "outcome": gettext_noop("Decision"),
    "because": gettext_noop("Ground or reason"),
    "recorded": gettext_noop("Call recorded"),
    "attended": gettext_noop("Commander came"),
    "deviations": gettext_noop("Deviations"),
    "policy_version": gettext_noop("Policy"),
}
ATTENDED = {
    "yes": gettext_noop("Yes"),
    "no": gettext_noop("No"),
    "not_needed": gettext_noop("Not needed"),
    "": gettext_noop("No officer was sent"),
}
NO_DECISION = gettext_noop("No decision yet")
NO_CALL = gettext_noop("No call")
NO_DEVIATION = gettext_noop("None")


@dataclass(frozen=True)
class Line:
    """A row in words: its number, and a cell under each other heading."""

    number: int
    cells: tuple[tuple[str, str], ...]


def headings() -> list[tuple[str, str]]:
    """The name of each column and its heading."""
    return [(name, gettext(heading)) for name, heading in COLUMNS.items()]


def lines(rows: Iterable[Json]) -> list[Line]:
    columns = [heading for name, heading in headings() if name != "number"]
    return [Line(row["number"], tuple(zip(columns, _cells(row), strict=True))) for row in rows]


def _cells(row: Json) -> tuple[str, ...]:
    attended = ATTENDED[row["attended"]]
    return (
        _words(Component, [row["component"]]),
        _words(RequestType, row["types"]),
        _words(Outcome, [row["outcome"]]) or gettext(NO_DECISION),
        _words(Ground, row["grounds"]) or _words(ReasonCode, [row["reason"]]),
        _words(CallRecorded, [row["recorded"]]) or gettext(NO_CALL),
        gettext(attended),
        _words(DeviationKind, row["deviations"]) or gettext(NO_DEVIATION),
        row["policy_version"],
    )


def _words(choice: type[Choice], codes: Sequence[str]) -> str:
    """An empty code says nothing."""
    return "; ".join(gettext(choice(code).label) for code in codes if code)


# --- search -----------------------------------------------------------------------------------

NOT_ANY = "none"  # of a row that has no decision, no call or no deviation
SORTS = ("number", "component", "types", "outcome", "recorded", "attended", "deviations")


@dataclass(frozen=True)
class Filter:
    """A word of the search, the column it looks at, and every value that it may have."""

    name: str
    label: str
    column: str
    choice: type[Choice]
    none: str = ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """In the active language."""
        none = [(NOT_ANY, gettext(self.none))] if self.none else []
        return [*((code.value, gettext(code.label)) for code in self.choice), *none]

    def fits(self, row: Json, wanted: str) -> bool:
        said = row[self.column]
        if wanted == NOT_ANY:
            return not said
        return wanted in said if isinstance(said, list) else bool(wanted == said)


FILTERS = (
    Filter("component", gettext_noop("Agency or part of it"), "component", Component),
    Filter("outcome", gettext_noop("Decision"), "outcome", Outcome, NO_DECISION),
    Filter("recorded", gettext_noop("Call recorded"), "recorded", CallRecorded, NO_CALL),
    Filter("deviation", gettext_noop("Deviation"), "deviations", DeviationKind, NO_DEVIATION),
)


class NotUnderstood(ValueError):
    """The search says something that is not in its grammar. Nothing of what it says is repeated."""


@dataclass(frozen=True)
class Search:
    """What is looked for: by the name of each filter a value of its list."""

    wanted: Mapping[str, str] = field(default_factory=dict)
    sort: str = "number"

    @classmethod
    def of(cls, query: Mapping[str, Sequence[str]]) -> "Search":
        """Reads a query, strictly; a value left empty looks for nothing. Raises NotUnderstood."""
        allowed = {one.name: {value for value, _ in one.options} for one in FILTERS} | {"sort": set(SORTS)}
        said = {}
        for name, values in query.items():
            if name not in allowed:
                raise NotUnderstood(gettext("The search has a word that it does not know."))
            if len(values) != 1:
                raise NotUnderstood(gettext("The search says one of its words more than once."))
            if values[0] and values[0] not in allowed[name]:
                raise NotUnderstood(gettext("The search has a value that is not in its list."))
            said[name] = values[0]
        sort = said.pop("sort", "") or "number"
        return cls({name: value for name, value in said.items() if value}, sort)

    def found_in(self, rows: Sequence[Json]) -> list[Json]:
        """The rows that fit, by what a column says in the active language; alike ones by number."""
        filters = {one.name: one for one in FILTERS}
        fitting = [
            row for row in rows if all(filters[name].fits(row, value) for name, value in self.wanted.items())
        ]
        if self.sort == "number":
            return fitting
        place = list(COLUMNS).index(self.sort) - 1
        return sorted(fitting, key=lambda row: _cells(row)[place].casefold())


# --- a sample for an audit --------------------------------------------------------------------

# What anybody can run beside the file of the release; the hash of the seal is put in.
ONE_LINER = (
    "python3 -c \"import hashlib, json; content = open('release.json', 'rb').read();"
    " seed = hashlib.sha256(content).hexdigest() + '%(root)s';"
    " drawn = lambda number: hashlib.sha256((seed + ' ' + str(number)).encode()).hexdigest();"
    " numbers = [row['number'] for row in json.loads(content)['rows']];"
    ' print(sorted(sorted(numbers, key=drawn)[:5]))"'
)


def seed(release: PublishedRelease, log: PublishedLog) -> str:
    """Nobody who froze the release could know the seal that came after it."""
    return release.sha256 + log.root


def sample(release: PublishedRelease, log: PublishedLog) -> list[int]:
    """The numbers of the rows that are drawn."""
    start = seed(release, log)
    numbers = [row["number"] for row in release.document["rows"]]
    return sorted(sorted(numbers, key=lambda number: _drawn(start, number))[:SAMPLED])


def _drawn(start: str, number: int) -> str:
    return hashlib.sha256(f"{start} {number}".encode()).hexdigest()
