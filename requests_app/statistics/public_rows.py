"""The row of each request as the public sees it: what was asked, what became of it, nothing to know it by.

Within a list, the order of entry would tell of time, so lists are sorted too.
"""

from requests_app.figures import types_in_force, was_ordinary
from requests_app.statistics.counted import Json
from requests_app.vocabulary import CallRecorded

WORST_FIRST = (CallRecorded.NO, CallRecorded.REFUSED_BY_CALLER, CallRecorded.FAILED, CallRecorded.YES)
UNDECIDED: Json = {"outcome": "", "grounds": [], "reason": "", "policy_version": ""}

NAMES = (
    *("component", "types", "outcome", "grounds", "reason", "recorded", "attended"),
    *("deviations", "policy_version"),
)
Said = tuple[str | tuple[str, ...], ...]


def public_rows(cases: list[Json]) -> list[Json]:
    """From the cases of `rows_counted`: ordered by what they say, never by time, and numbered from 1."""
    rows: list[Json] = []
    for said, numbers in _in_order(cases):
        row = {name: list(one) if type(one) is tuple else one for name, one in zip(NAMES, said, strict=True)}
        rows += [{"number": place, **row} for place, _ in enumerate(numbers, len(rows) + 1)]
    return rows


def numbers_in_order(cases: list[Json]) -> list[str]:
    """The requests' own numbers in the order of the public rows: for staff only, never to be published."""
    return [number for _, numbers in _in_order(cases) for number in sorted(numbers)]


def _in_order(cases: list[Json]) -> list[tuple[Said, list[str]]]:
    """What is said, and of which requests: many say the same, so sorting what they say is soon done."""
    found: dict[Said, list[str]] = {}
    for case in cases:
        found.setdefault(_said(case), []).append(case["number"])
    return sorted(found.items())


def _said(case: Json) -> Said:
    in_force = case["decisions"][-1] if case["decisions"] else UNDECIDED
    return (
        case["component"],
        _sorted(types_in_force(case)),
        in_force["outcome"],
        _sorted(in_force["grounds"]),
        in_force["reason"],
        _recorded(case["calls"]),
        _attended(case) if case["dispatch"] else "",
        _sorted([deviation["kind"] for deviation in case["deviations"]]),
        in_force["policy_version"],
    )


def _sorted(codes: list[str]) -> tuple[str, ...]:
    return tuple(sorted(codes)) if len(codes) > 1 else tuple(codes)


def _recorded(calls: list[Json]) -> str:
    """The worst of the calls, because one call that was not recorded is what the policy forbids."""
    return min([call["recorded"] for call in calls], key=WORST_FIRST.index, default="")


def _attended(case: Json) -> str:
    """Of officers who were sent."""
    if was_ordinary(case):
        return "not_needed"
    return "yes" if case["dispatch"]["commander_came"] else "no"
