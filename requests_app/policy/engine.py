"""What the policy allows: facts and a policy version in, a verdict out. No clock, no database, no framework.

The order of work is fixed here; which rows there are, and what they say, is in the policy file.
"""

from dataclasses import dataclass

from requests_app.policy.conditions import Conditions, Reading, met
from requests_app.policy.facts import Facts
from requests_app.policy.loading import IN_FORCE, load_version
from requests_app.policy.version import Finding, GroundRule, PolicyVersion, Row, Words
from requests_app.vocabulary import Choice, Ground, Outcome


class Dispatch(Choice):
    """Whether and when officers may be sent."""

    NONE = "none", "No officers"
    AFTER_DECISION = "after_decision", "After the decision"
    MAY_PRECEDE_DECISION = "may_precede_decision", "May go before the decision"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy allows on these facts. `findings` are those that block first, then those that warn."""

    policy_version: str
    policy_sha256: str
    outcome: Outcome
    grounds: tuple[Ground, ...]
    primary_ground: Ground | None
    dispatch: Dispatch
    commander_must_attend: bool
    flags: tuple[str, ...]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "policy_version": self.policy_version,
            "policy_sha256": self.policy_sha256,
            "outcome": self.outcome.value,
            "grounds": [ground.value for ground in self.grounds],
            "primary_ground": self.primary_ground.value if self.primary_ground else None,
            "dispatch": self.dispatch.value,
            "commander_must_attend": self.commander_must_attend,
            "flags": list(self.flags),
            "findings": [finding.as_dict() for finding in self.findings],
        }


class _Found:
    """The findings collected so far."""

    __slots__ = ("blocking", "warning")

    def __init__(self) -> None:
        self.blocking: list[Finding] = []
        self.warning: list[Finding] = []

    def add(self, words: Words, *, blocks: bool) -> None:
        if blocks:
            self.blocking.append(words.blocking)
        else:
            self.warning.append(words.warning)


def evaluate(facts: Facts, version: str = IN_FORCE) -> Verdict:
    """The verdict of a policy version; `LookupError` if there is no version with this id."""
    policy = load_version(version)
    reading, found = Reading(facts), _Found()
    for first in policy.first:
        if met(first.when, reading):
            reading.flags.add(first.flag)
            found.add(first.words, blocks=True)
            return _verdict(policy, first.outcome, reading, found)
    open_words = _assess_grounds(policy, facts, reading)
    reading.urgent = _any_met(policy.urgent, reading)
    _apply(policy.remarks, reading, found)
    for words in open_words:
        found.add(words, blocks=not reading.holding)
    _apply(policy.flags, reading, found)
    return _verdict(policy, _take_step(policy, facts, reading, found), reading, found)


def _assess_grounds(policy: PolicyVersion, facts: Facts, reading: Reading) -> list[Words]:
    """Notes which grounds hold and whether facts are missing; returns why the other claims do not hold."""
    why_not: list[Words] = []
    for ground in policy.grounds:
        if ground.reads_documents:
            is_claimed, unmet = bool(facts.documents), _unmet_by_documents(ground, facts)
        else:
            is_claimed = met(ground.claimed_when, reading)
            unmet = _unmet_by_facts(ground, reading) if is_claimed else []
        if not is_claimed:
            why_not += _only_named(ground, reading)
        elif ground.not_counted is not None:
            why_not.append(ground.not_counted)
        elif unmet:
            why_not += unmet
        else:
            reading.holding.append(ground.code)
    return why_not


def _unmet_by_documents(ground: GroundRule, facts: Facts) -> list[Words]:
    """Nothing as soon as one document meets every need; else what each kind of document lacks."""
    unmet: dict[Words, None] = {}
    for document in facts.documents:
        lacking = ground.lacking.get(document)
        if lacking is None:
            return []
        unmet[lacking] = None
    return list(unmet)


def _unmet_by_facts(ground: GroundRule, reading: Reading) -> list[Words]:
    unmet = [
        need for need in ground.needs if reading.fact[need.fact] not in need.takes and met(need.when, reading)
    ]
    if unmet and all(need.may_still_be_shown for need in unmet):
        reading.facts_missing = True
    return [need.words[reading.fact[need.fact]] for need in unmet]


def _only_named(ground: GroundRule, reading: Reading) -> list[Words]:
    """A type was asked that speaks of this ground, and nothing is entered for it."""
    if ground.named is None or ground.named_by.isdisjoint(reading.asked):
        return []
    return [ground.named]


def _take_step(policy: PolicyVersion, facts: Facts, reading: Reading, found: _Found) -> Outcome:
    """The outcome of the first step that applies, unless one of its gates waits."""
    step = next(step for step in policy.steps if met(step.when, reading))
    if not _apply(step.gates, reading, found):
        return step.outcome
    if not facts.timed_out:
        return Outcome.MORE_INFORMATION
    _apply((policy.timed_out,), reading, found)
    return Outcome.DECLINE


def _apply(rows: tuple[Row, ...], reading: Reading, found: _Found) -> bool:
    """Sets the flags and collects the findings of the rows that apply; true when any of them blocks."""
    any_blocks = False
    for row in rows:
        if not met(row.when, reading):
            continue
        blocks = row.blocks.now(reading)
        any_blocks = any_blocks or blocks
        if row.flag is not None:
            reading.flags.add(row.flag)
        if row.words is not None:
            found.add(row.words, blocks=blocks)
    return any_blocks


def _any_met(rows: tuple[Conditions, ...], reading: Reading) -> bool:
    return any(met(conditions, reading) for conditions in rows)


def _verdict(policy: PolicyVersion, outcome: Outcome, reading: Reading, found: _Found) -> Verdict:
    assists = outcome is Outcome.ASSIST
    by_rank = [ground for ground in policy.primary_order if ground in reading.holding]
    return Verdict(
        policy_version=policy.id,
        policy_sha256=policy.sha256,
        outcome=outcome,
        grounds=tuple(reading.holding) if assists else (),
        primary_ground=by_rank[0] if assists else None,
        dispatch=_dispatch(policy, reading) if assists else Dispatch.NONE,
        commander_must_attend=assists,
        flags=tuple(sorted(reading.flags)),
        findings=(*found.blocking, *found.warning),
    )


def _dispatch(policy: PolicyVersion, reading: Reading) -> Dispatch:
    return Dispatch.MAY_PRECEDE_DECISION if _any_met(policy.may_precede, reading) else Dispatch.AFTER_DECISION
