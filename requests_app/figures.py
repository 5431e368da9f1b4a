"""Derives the figures of one quarter from its rows, a second time and on its own.

Standard library only, and Python 3.9 or later, because this file also lies in every evidence bundle of a
quarter, where anyone can run it: `python3 -I figures.py rows.json figures.json entries.json`. It was written
from the words of the figures, not from the code of `statistics.conduct`; a test holds the two together.
"""

# ruff: noqa: B905  `strict` of zip came with Python 3.10.

from __future__ import annotations

import json
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, compress
from operator import itemgetter
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Columns = dict[str, Sequence[Any]]

# A request received in the quarter that is left out of every total, by what it is.
LEFT_OUT = {"abandoned": "abandoned", "intake": "unlogged"}

SUMMED = ("officer_minutes", "local_arrests", "citations", "handed_to_federal", "federal_arrests_seen")
NAMES = (
    *("status", "direction", "component", "channel", "discovered_by", "entered_after_quarter"),
    *("types_at_intake", "types_by_commander", "types_by_review", "decisions", "calls", "papers"),
    *("dispatch", "report", "deviations", "reviews", "review_wanted", "corrections", "blocked"),
)

MINUTES, RECORDED = itemgetter("minutes"), itemgetter("recorded")
PAPER = itemgetter("claimed", "confirmed", "confirmation", "matches")


def derive(rows: Row) -> Row:
    """All figures of the quarter whose rows these are."""
    return finish(rows, count(rows["cases"]))


def count(rows: list[Row]) -> Row:
    """What these requests come to, which may be some of many: numbers, and minutes one by one."""
    cases = columns(rows, *NAMES)
    return {
        "requests": _requests(cases),
        "decisions": _decisions(cases),
        "field": _field([case for case in rows if case["dispatch"]], cases["report"]),
        "oversight": _oversight(cases),
    }


def add(total: Row, more: Row) -> None:
    """Puts what further requests come to into the total."""
    for name, value in more.items():
        if isinstance(value, dict):
            add(total.setdefault(name, {}), value)
        elif name in total:
            total[name] += value
        else:
            total[name] = value


def finish(rows: Row, found: Row) -> Row:
    """The figures, where all requests come to what was found; of the rows, what is beside them is read."""
    decisions = found["decisions"]
    return {
        "quarter": rows["quarter"],
        "releases": rows["releases"],
        "requests": found["requests"],
        "beside": _beside(rows["beside"]),
        "decisions": {
            **decisions,
            **{name: _minutes(decisions[name]) for name in ("to_contact", "to_decision")},
        },
        "field": found["field"],
        "oversight": {**found["oversight"], "of_the_quarter": _each(rows["late"])},
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


def columns(rows: Sequence[Row], *names: str) -> Columns:
    """What the rows say under each of these names, which are two or more.

    A column is counted much sooner than thousands of rows are asked, one after the other, for one name.
    """
    return dict(zip(names, zip(*map(itemgetter(*names), rows)))) if rows else dict.fromkeys(names, ())


def _each(codes: Iterable[str]) -> dict[str, int]:
    """How often each code occurs; an empty code is none."""
    found = Counter(codes)
    del found[""]
    return dict(found)


def _all(lists: Iterable[Sequence[Any]]) -> list[Any]:
    """Whatever the requests hold of one kind, in one list."""
    return list(chain.from_iterable(lists))


def _having(found: Iterable[Any]) -> int:
    """How many requests have any of it."""
    return sum(map(bool, found))


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


def _requests(cases: Columns) -> Row:
    types = cases["types_by_review"], cases["types_by_commander"], cases["types_at_intake"]
    discovered = cases["discovered_by"]
    entered_late = compress(discovered, cases["entered_after_quarter"])
    return {
        "total": len(discovered),
        "directions": _each(cases["direction"]),
        "components": _each(cases["component"]),
        "channels": _each(cases["channel"]),
        "statuses": _each(cases["status"]),
        "types_at_intake": _each(_all(cases["types_at_intake"])),
        "types_in_force": _each(_all(map(types_in_force, *types))),
        "found_later": _each(how for how in discovered if how != "live"),
        "entered_after_quarter": sum(how == "live" for how in entered_late),
    }


def types_in_force(by_review: list[str], by_commander: list[str], at_intake: list[str]) -> list[str]:
    """As oversight classified it, or else the officer, or else the dispatcher."""
    return by_review or by_commander or at_intake


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


def _decisions(cases: Columns) -> Row:
    last = [decisions[-1] for decisions in cases["decisions"] if decisions]
    said = columns(last, "outcome", "grounds", "main_ground", "reason")
    open_ended = [status for status, made in zip(cases["status"], cases["decisions"]) if not made]
    theirs = zip(cases["direction"], cases["decisions"], cases["calls"])
    return {
        "outcomes": _each(said["outcome"]),
        "withdrawn_undecided": open_ended.count("withdrawn"),
        "undecided": len(open_ended) - open_ended.count("withdrawn"),
        "grounds": _each(_all(said["grounds"])),
        "main_grounds": _each(said["main_ground"]),
        "reasons": _each(said["reason"]),
        "papers": _papers(_all(cases["papers"])),
        "to_contact": _first(cases, "calls"),
        "to_decision": _first(cases, "decisions"),
        "calls": _each(map(RECORDED, _all(cases["calls"]))),
        "decided_without_call": sum(way == "inbound" for way, made, calls in theirs if made and not calls),
    }


def _first(cases: Columns, part: str) -> list[int]:
    """Minutes until the first of its kind, for each request that has one, came from them, and came live."""
    asked = zip(cases["direction"], cases["discovered_by"], cases[part])
    timed = [found for way, how, found in asked if found and way == "inbound" and how == "live"]
    return [min(map(MINUTES, found)) for found in timed]


def _papers(papers: list[Row]) -> Row:
    found: dict[str, Row] = {}
    for (claimed, confirmed, confirmation, matches), count in Counter(map(PAPER, papers)).items():
        claim = found.setdefault(
            claimed,
            {"named": 0, "as_claimed": 0, "of_another_class": 0, "not_valid": 0, "unconfirmed": 0},
        )
        claim["named"] += count
        if confirmed and confirmed != claimed:
            claim["of_another_class"] += count
        else:
            claim[_came_of(confirmation, matches)] += count
    return found


def _came_of(confirmation: str, matches: bool) -> str:
    """Of a paper that was of the class that was claimed."""
    if not matches or confirmation in {"recalled", "not_extraditable"}:
        return "not_valid"
    return "as_claimed" if confirmation == "confirmed_active" else "unconfirmed"


# --- what happened in the field ---------------------------------------------------------------


def _field(sent: list[Row], reports: Iterable[Row | None]) -> Row:
    wanted = [case["dispatch"]["commander_came"] for case in sent if not was_ordinary(case["decisions"])]
    reported = columns([report for report in reports if report], "actions", *SUMMED)
    return {
        "modes": _each(map(_mode, sent)),
        "officers": sum(case["dispatch"]["officers"] for case in sent),
        "ordinary_service": len(sent) - len(wanted),
        "commander_attended": wanted.count(True),
        "commander_did_not": wanted.count(False),
        "reported": len(reported["actions"]),
        "actions": _each(_all(reported["actions"])),
        **{name: sum(reported[name]) for name in SUMMED},
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


def was_ordinary(decisions: list[Row]) -> bool:
    """Whether they went for a service that anyone would get, for which no commander has to come."""
    governing = None
    for decision in decisions:
        if governing is None or decision["before_officers_went"]:
            governing = decision
    return governing is not None and governing["outcome"] == "ordinary_service"


# --- what oversight looks at ------------------------------------------------------------------


def _oversight(cases: Columns) -> Row:
    deviations = columns(_all(cases["deviations"]), "kind", "explained")
    reviews = columns(_all(cases["reviews"]), "finding", "asked", "answered")
    return {
        "deviations": _each(deviations["kind"]),
        "explained": _each(compress(deviations["kind"], deviations["explained"])),
        "requests_deviating": _having(cases["deviations"]),
        "blocked": _each(_all(cases["blocked"])),
        "requests_blocked": _having(cases["blocked"]),
        "findings": _each(reviews["finding"]),
        "requests_reviewed": _having(cases["reviews"]),
        "review_wanted": sum(cases["review_wanted"]),
        "questions": sum(reviews["asked"]),
        "answers": sum(reviews["answered"]),
        "corrections": sum(cases["corrections"]),
        "requests_corrected": sum(count > 0 for count in cases["corrections"]),
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
    reviews = _all(case["reviews"] for case in cases)
    decisions = _all(case["decisions"] for case in cases)
    return {
        "requests": Counter({"logged": len(cases)}),
        "decisions": Counter(_decision(one["outcome"], one["grounds"], one["reason"]) for one in decisions),
        "reviews": Counter(review["finding"] for review in reviews),
        "questions of oversight": Counter({"asked": sum(review["asked"] for review in reviews)}),
        "answers to oversight": Counter({"given": sum(review["answered"] for review in reviews)}),
        "attempts that the policy blocked": Counter(_all(case["blocked"] for case in cases)),
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
