"""Derives the figures of one quarter from its rows, a second time and on its own.

Standard library only, and Python 3.9 or later, because this file also lies in every evidence bundle of a
quarter, where anyone can run it: `python3 -I figures.py rows.json figures.json entries.json`. It was written
from the words of the figures, not from the code of `statistics.conduct`; a test holds the two together.
"""

from __future__ import annotations

import json
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import Any

Row = dict[str, Any]

# A request received in the quarter that is left out of every total, by what it is.
LEFT_OUT = {"abandoned": "abandoned", "intake": "unlogged"}

MINUTES = itemgetter("minutes")


def derive(rows: Row) -> Row:
    """All figures of the quarter whose rows these are."""
    cases = rows["cases"]
    return {
        "quarter": rows["quarter"],
        "releases": rows["releases"],
        "requests": _requests(cases),
        "beside": _beside(rows["beside"]),
        "decisions": _decisions(cases),
        "field": _field([case for case in cases if case["dispatch"]], cases),
        "oversight": {**_oversight(cases), "of_the_quarter": _each(rows["late"])},
    }


def differences(derived: Any, stated: Any, name: str = "") -> list[str]:
    """The names of the figures in which the two differ."""
    if isinstance(derived, dict) and isinstance(stated, dict):
        found = []
        for part in sorted({*derived, *stated}):
            where = f"{name}.{part}" if name else part
            found += differences(derived.get(part), stated.get(part), where)
        return found
    # `True == 1` in Python, and not in a figure.
    return [] if derived == stated and type(derived) is type(stated) else [name]


# --- counting ---------------------------------------------------------------------------------


def _each(codes: Iterable[str]) -> dict[str, int]:
    """How often each code occurs; an empty code is none."""
    found = Counter(codes)
    del found[""]
    return dict(found)


def _all(cases: list[Row], part: str) -> list[Any]:
    """Whatever the requests hold of one kind, in one list."""
    return [one for case in cases for one in case[part]]


def _minutes(values: list[int]) -> Row:
    ordered = sorted(values)
    return {
        "counted": len(values),
        "median": _stayed_within(ordered, 50),
        "nine_in_ten": _stayed_within(ordered, 90),
    }


def _stayed_within(ordered: list[int], percent: int) -> int | None:
    """The smallest value that occurs which at least so many in a hundred do not exceed."""
    hundredfold = range(100, 100 * len(ordered) + 1, 100)
    return ordered[bisect_left(hundredfold, percent * len(ordered))] if ordered else None


# --- what came in -----------------------------------------------------------------------------


def _requests(cases: list[Row]) -> Row:
    found_later = [case["discovered_by"] for case in cases if case["discovered_by"] != "live"]
    entered_late = [case for case in cases if case["entered_after_quarter"]]
    return {
        "total": len(cases),
        "directions": _each(case["direction"] for case in cases),
        "components": _each(case["component"] for case in cases),
        "channels": _each(case["channel"] for case in cases),
        "statuses": _each(case["status"] for case in cases),
        "types_at_intake": _each(_all(cases, "types_at_intake")),
        "types_in_force": _each(code for case in cases for code in types_in_force(case)),
        "found_later": _each(found_later),
        "entered_after_quarter": sum(case["discovered_by"] == "live" for case in entered_late),
    }


def types_in_force(case: Row) -> list[str]:
    """As oversight classified it, or else the officer, or else the dispatcher."""
    found: list[str] = case["types_by_review"] or case["types_by_commander"] or case["types_at_intake"]
    return found


def _beside(others: list[Row]) -> Row:
    found = {"exercises": 0, "abandoned": 0, "unlogged": 0, "of_earlier_quarters": 0}
    for other in others:
        if other["of_earlier_quarter"]:
            found["of_earlier_quarters"] += other["logged"] and not other["exercise"]
        elif other["exercise"]:
            found["exercises"] += other["logged"]
        elif other["status"] in LEFT_OUT:
            found[LEFT_OUT[other["status"]]] += 1
    return found


# --- what was decided -------------------------------------------------------------------------


def _decisions(cases: list[Row]) -> Row:
    decided = [case for case in cases if case["decisions"]]
    last = [case["decisions"][-1] for case in decided]
    open_ended = [case["status"] for case in cases if not case["decisions"]]
    theirs = [case for case in cases if case["direction"] == "inbound"]
    timed = [case for case in theirs if case["discovered_by"] == "live"]
    return {
        "outcomes": _each(decision["outcome"] for decision in last),
        "withdrawn_undecided": open_ended.count("withdrawn"),
        "undecided": len(open_ended) - open_ended.count("withdrawn"),
        "grounds": _each(_all(last, "grounds")),
        "main_grounds": _each(decision["main_ground"] for decision in last),
        "reasons": _each(decision["reason"] for decision in last),
        "papers": _papers(_all(cases, "papers")),
        "to_contact": _minutes(_first(timed, "calls")),
        "to_decision": _minutes(_first(timed, "decisions")),
        "calls": _each(call["recorded"] for call in _all(cases, "calls")),
        "decided_without_call": sum(not case["calls"] for case in theirs if case["decisions"]),
    }


def _first(cases: list[Row], part: str) -> list[int]:
    """Minutes until the first of its kind, for each request that has one."""
    return [min(map(MINUTES, case[part])) for case in cases if case[part]]


def _papers(papers: list[Row]) -> Row:
    found: dict[str, Row] = {}
    for paper in papers:
        claim = found.setdefault(
            paper["claimed"],
            {"named": 0, "as_claimed": 0, "of_another_class": 0, "not_valid": 0, "unconfirmed": 0},
        )
        claim["named"] += 1
        claim[_came_of(paper)] += 1
    return found


def _came_of(paper: Row) -> str:
    if paper["confirmed"] and paper["confirmed"] != paper["claimed"]:
        return "of_another_class"
    if not paper["matches"] or paper["confirmation"] in {"recalled", "not_extraditable"}:
        return "not_valid"
    return "as_claimed" if paper["confirmation"] == "confirmed_active" else "unconfirmed"


# --- what happened in the field ---------------------------------------------------------------


def _field(sent: list[Row], cases: list[Row]) -> Row:
    dispatches = [case["dispatch"] for case in sent]
    wanted = [case["dispatch"]["commander_came"] for case in sent if not was_ordinary(case)]
    reports = [case["report"] for case in cases if case["report"]]
    summed = ("officer_minutes", "local_arrests", "citations", "handed_to_federal", "federal_arrests_seen")
    return {
        "modes": _each(_mode(case) for case in sent),
        "officers": sum(dispatch["officers"] for dispatch in dispatches),
        "ordinary_service": len(sent) - len(wanted),
        "commander_attended": wanted.count(True),
        "commander_did_not": wanted.count(False),
        "reported": len(reports),
        "actions": _each(_all(reports, "actions")),
        **{name: sum(report[name] for report in reports) for name in summed},
    }


def _mode(case: Row) -> str:
    """Did the officers go after a decision, or before it: under danger, or in breach of the policy?"""
    for decision in case["decisions"]:
        if decision["before_officers_went"]:
            return "after_decision"
    if case["decisions"]:
        in_breach = not case["decisions"][0]["officers_may_go_first"]
    else:
        in_breach = any(one["kind"] == "dispatched_before_decision" for one in case["deviations"])
    return "before_decision_in_breach" if in_breach else "emergency_before_decision"


def was_ordinary(case: Row) -> bool:
    """Whether they went for a service that anyone would get, for which no commander has to come."""
    governing = None
    for decision in case["decisions"]:
        if governing is None or decision["before_officers_went"]:
            governing = decision
    return governing is not None and governing["outcome"] == "ordinary_service"


# --- what oversight looks at ------------------------------------------------------------------


def _oversight(cases: list[Row]) -> Row:
    deviations, reviews = _all(cases, "deviations"), _all(cases, "reviews")
    return {
        "deviations": _each(one["kind"] for one in deviations),
        "explained": _each(one["kind"] for one in deviations if one["explained"]),
        "requests_deviating": sum(bool(case["deviations"]) for case in cases),
        "blocked": _each(_all(cases, "blocked")),
        "requests_blocked": sum(bool(case["blocked"]) for case in cases),
        "findings": _each(review["finding"] for review in reviews),
        "requests_reviewed": sum(bool(case["reviews"]) for case in cases),
        "review_wanted": sum(case["review_wanted"] for case in cases),
        "questions": sum(review["asked"] for review in reviews),
        "answers": sum(review["answered"] for review in reviews),
        "corrections": sum(case["corrections"] for case in cases),
        "requests_corrected": sum(case["corrections"] > 0 for case in cases),
    }


# --- the rows beside the ledger ---------------------------------------------------------------

DECISIONS = ("request:decide", "request:radio_decision")


def disagreements(rows: Row, entries: list[Row]) -> list[str]:
    """In what the rows differ from what the log's entries say publicly, in words.

    Nothing is compared when an entry is erased, because what it said is not known any more.
    """
    if not all("public" in entry for entry in entries):
        return []
    acts = [json.loads(entry["public"]) for entry in entries]
    said, told = _said([act for act in acts if not act["refusal"]]), _told(rows["cases"])
    refused = [act["action"] for act in acts if act["refusal"] == "policy"]
    said["attempts that the policy blocked"] = Counter(refused)
    return [
        f"{what}: {_in_words(told[what])} in the rows, {_in_words(said[what])} in the entries"
        for what in said
        if said[what] != told[what]
    ]


def _said(acts: list[Row]) -> dict[str, Counter[str]]:
    """By the entries."""
    names = [act["action"] for act in acts]
    decided = [act for act in acts if act["action"] in DECISIONS]
    return {
        "requests": Counter({"logged": names.count("request:log")}),
        "decisions": Counter(
            _decision(act["outcome"], act["grounds"], act["reason_code"]) for act in decided
        ),
        "reviews": Counter(act["finding"] for act in acts if act["action"] == "request:review"),
        "questions of oversight": Counter({"asked": names.count("request:follow_up")}),
        "answers to oversight": Counter({"given": names.count("request:answer")}),
    }


def _told(cases: list[Row]) -> dict[str, Counter[str]]:
    """By the rows, under the same names."""
    reviews = _all(cases, "reviews")
    return {
        "requests": Counter({"logged": len(cases)}),
        "decisions": Counter(
            _decision(one["outcome"], one["grounds"], one["reason"]) for one in _all(cases, "decisions")
        ),
        "reviews": Counter(review["finding"] for review in reviews),
        "questions of oversight": Counter({"asked": sum(review["asked"] for review in reviews)}),
        "answers to oversight": Counter({"given": sum(review["answered"] for review in reviews)}),
        "attempts that the policy blocked": Counter(_all(cases, "blocked")),
    }


def _decision(outcome: str, grounds: list[str], reason: str) -> str:
    return " ".join([outcome, *sorted(grounds), reason]).strip()


def _in_words(counted: Counter[str]) -> str:
    return ", ".join(f"{counted[name]} {name}" for name in sorted(counted)) or "none"


# --- the command line -------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3):
        print("Give the files rows.json, figures.json and, to compare, entries.json.", file=sys.stderr)
        return 2
    rows, stated, *entries = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments)
    found = [f"{name} is not what the rows give" for name in differences(derive(rows), stated)]
    for one in entries:
        found += disagreements(rows, one)
    if found:
        print(f"NO: {'; '.join(found)}.")
        return 1
    print(f"YES: the {len(rows['cases'])} rows give every figure of {rows['quarter']} as stated.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
