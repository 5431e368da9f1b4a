"""The row of each request as the public sees it: what was asked, what became of it, nothing to know it by.

Within a list, the order of entry would tell of time, so lists are sorted too.
"""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from requests_app.figures import columns, types_in_force, was_ordinary
from requests_app.statistics.counted import Json
from requests_app.vocabulary import CallRecorded

WORST_FIRST = (CallRecorded.NO, CallRecorded.REFUSED_BY_CALLER, CallRecorded.FAILED, CallRecorded.YES)
UNDECIDED: Json = {"outcome": "", "grounds": [], "reason": "", "policy_version": ""}

NAMES = (
    *("component", "types", "outcome", "grounds", "reason", "recorded", "attended"),
    *("deviations", "policy_version"),
)
TYPES = ("types_by_review", "types_by_commander", "types_at_intake")
CASE = ("component", *TYPES, "decisions", "calls", "dispatch", "deviations")
DECISION = ("outcome", "grounds", "reason", "policy_version")

Codes = tuple[str, ...]
Said = tuple[str | Codes, ...]
Alike = dict[tuple[Any, ...], list[str]]  # what is entered, lists in order of entry, and of which requests

RECORDED, KIND = itemgetter("recorded"), itemgetter("kind")


def public_rows(cases: list[Json]) -> list[Json]:
    """From the cases of `rows_counted`: ordered by what they say, never by time, and numbered from 1."""
    alike: Alike = {}
    gather(alike, cases)
    return in_order(alike)[0]


def numbers_in_order(cases: list[Json]) -> list[str]:
    """The requests' own numbers in the order of the public rows: for staff only, never to be published."""
    alike: Alike = {}
    gather(alike, cases)
    return in_order(alike)[1]


def gather(alike: Alike, cases: list[Json]) -> None:
    """Puts the numbers of these requests to what is entered of them."""
    for case, entered in zip(cases, _as_entered(cases), strict=True):
        alike.setdefault(entered, []).append(case["number"])


def in_order(alike: Alike) -> tuple[list[Json], list[str]]:
    """The public rows, and the requests' own numbers in the order of these.

    Many say the same, so sorting what they say is soon done.
    """
    found: dict[Said, list[str]] = {}
    for entered, numbers in alike.items():
        found.setdefault(_said(*entered), []).extend(numbers)
    rows: list[Json] = []
    in_their_order: list[str] = []
    for said, numbers in sorted(found.items()):
        row = {name: list(one) if type(one) is tuple else one for name, one in zip(NAMES, said, strict=True)}
        rows += [{**row, "number": place} for place, _ in enumerate(numbers, len(rows) + 1)]
        in_their_order += sorted(numbers)
    return rows, in_their_order


def _as_entered(cases: list[Json]) -> Iterator[tuple[Any, ...]]:
    """What makes the row of each request, its lists in their order of entry. Column by column, for speed."""
    case = columns(cases, *CASE)
    decisions = columns([made[-1] if made else UNDECIDED for made in case["decisions"]], *DECISION)
    return zip(
        case["component"],
        map(tuple, map(types_in_force, *(case[name] for name in TYPES))),
        decisions["outcome"],
        map(tuple, decisions["grounds"]),
        decisions["reason"],
        [tuple(map(RECORDED, calls)) for calls in case["calls"]],
        [
            _attended(*sent) if sent[0] else ""
            for sent in zip(case["dispatch"], case["decisions"], strict=True)
        ],
        [tuple(map(KIND, found)) for found in case["deviations"]],
        decisions["policy_version"],
        strict=True,
    )


def _said(
    component: str,
    types: Codes,
    outcome: str,
    grounds: Codes,
    reason: str,
    recorded: Codes,
    attended: str,
    deviations: Codes,
    policy_version: str,
) -> Said:
    return (
        *(component, tuple(sorted(types)), outcome, tuple(sorted(grounds)), reason),
        *(_worst(recorded), attended, tuple(sorted(deviations)), policy_version),
    )


def _worst(recorded: Codes) -> str:
    """Of all calls, because one call that was not recorded is what the policy forbids."""
    return min(recorded, key=WORST_FIRST.index, default="")


def _attended(dispatch: Json, decisions: list[Json]) -> str:
    """Of officers who were sent."""
    if was_ordinary(decisions):
        return "not_needed"
    return "yes" if dispatch["commander_came"] else "no"
