"""The row of each request as the public sees it: what was asked, what became of it, nothing to know it by.

Within a list, the order of entry would tell of time, so lists are sorted too.
"""

from requests_app.figures import types_in_force, was_ordinary
from requests_app.statistics.counted import Json
from requests_app.vocabulary import CallRecorded

WORST_FIRST = (CallRecorded.NO, CallRecorded.REFUSED_BY_CALLER, CallRecorded.FAILED, CallRecorded.YES)


def public_rows(cases: list[Json]) -> list[Json]:
    """From the cases of `rows_counted`: ordered by what they say, never by time, and numbered from 1."""
    return [{"number": place, **row} for place, (row, _) in enumerate(_in_order(cases), 1)]


def numbers_in_order(cases: list[Json]) -> list[str]:
    """The requests' own numbers in the order of the public rows: for staff only, never to be published."""
    return [number for _, number in _in_order(cases)]


def _in_order(cases: list[Json]) -> list[tuple[Json, str]]:
    """Rows that say the same are interchangeable; the request's number keeps the order the same each time."""
    rows = [(_row_of(case), case["number"]) for case in cases]
    return sorted(rows, key=lambda row: (*row[0].values(), row[1]))


def _row_of(case: Json) -> Json:
    in_force = case["decisions"][-1] if case["decisions"] else {}
    return {
        "component": case["component"],
        "types": sorted(types_in_force(case)),
        "outcome": in_force.get("outcome", ""),
        "grounds": sorted(in_force.get("grounds", ())),
        "reason": in_force.get("reason", ""),
        "recorded": _recorded(case),
        "attended": _attended(case),
        "deviations": sorted([deviation["kind"] for deviation in case["deviations"]]),
        "policy_version": in_force.get("policy_version", ""),
    }


def _recorded(case: Json) -> str:
    """The worst of the calls, because one call that was not recorded is what the policy forbids."""
    found = {call["recorded"] for call in case["calls"]}
    return next((code.value for code in WORST_FIRST if code in found), "")


def _attended(case: Json) -> str:
    if case["dispatch"] is None:
        return ""
    if was_ordinary(case):
        return "not_needed"
    return "yes" if case["dispatch"]["commander_came"] else "no"
