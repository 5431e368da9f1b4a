"""The three grounds beside the facts that show them or do not, as an officer goes through them.

What holds is the verdict's to say; here it is only laid out, with the words of the policy file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from requests_app.models import AssistanceRequest, Document, Evidence
from requests_app.policy import Finding, PolicyVersion, Verdict
from requests_app.policy.version import GroundRule
from requests_app.vocabulary import (
    Action,
    Choice,
    Confirmation,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    DocumentClass,
    Ground,
)

# Words short enough for a row; the full ones stand in the policy.
SHORT_WORDS = {
    Ground.CRIMINAL_WARRANT: "Criminal warrant",
    Ground.CRIME: "Crime",
    Ground.PUBLIC_DANGER: "Public danger",
    Ground.JUDICIAL_WARRANT: "Judge's warrant",
    Ground.RISK_OF_VIOLENCE: "Risk of violence",
}
DOCUMENT_GROUNDS = frozenset({Ground.CRIMINAL_WARRANT, Ground.JUDICIAL_WARRANT})

# Which form sets the fact that a finding speaks of.
SETS_FACT = {
    "documents": Action.SET_EVIDENCE,
    "crime": Action.SET_EVIDENCE,
    "danger": Action.SET_EVIDENCE,
    "requester": Action.VERIFY_CALLER,
    "commander": Action.RECORD_CALL,
    "request_types": Action.RECLASSIFY,
    "channel": Action.CORRECT,
    "direction": Action.CORRECT,
    "jurisdiction": Action.CORRECT,
}
# These speak of what is asked, and it is evidence that answers them.
ANSWERED_BY_EVIDENCE = frozenset({"NO_GROUND", "STATE_FACTS"})


class GroundState(Choice):
    """How far a ground is shown."""

    HOLDS = "holds", "Holds"
    FAILS = "fails", "Does not hold"
    MISSING = "missing", "Facts are missing"
    NOT_CLAIMED = "not_claimed", "Not claimed"
    NOT_ASKED = "not_asked", "Not looked at"


@dataclass(frozen=True, slots=True)
class Shown:
    """One recorded fact in words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class GroundCheck:
    """One ground: how it stands, why, what is recorded for it, and what the policy wants to see."""

    ground: Ground
    title: str
    state: GroundState
    findings: tuple[Finding, ...]
    facts: tuple[Shown, ...]
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A finding that is about no ground; `verb` names the act that can change what it speaks of."""

    title: str
    finding: Finding
    verb: str


def checks(case: AssistanceRequest, verdict: Verdict, policy: PolicyVersion) -> list[GroundCheck]:
    """Every ground of the policy version, in its order."""
    return [_check(rule, case, verdict, policy) for rule in policy.grounds]


def open_points(verdict: Verdict, policy: PolicyVersion) -> list[OpenPoint]:
    """What the policy has to say besides the grounds: those that block first."""
    grounds = {rule.code.value for rule in policy.grounds}
    return [
        OpenPoint(policy.titles.get(finding.code, ""), finding, verb_for(finding))
        for finding in verdict.findings
        if finding.code not in grounds
    ]


def verb_for(finding: Finding) -> str:
    """`set_evidence`, `verify_caller` …: the act whose form sets the fact that the finding speaks of."""
    if finding.code in ANSWERED_BY_EVIDENCE:
        return "set_evidence"
    act = SETS_FACT.get(finding.field.partition(".")[0])
    return act.value.partition(":")[2] if act else ""


def in_short(codes: Iterable[str]) -> str:
    """Grounds by their short words: "Criminal warrant, crime"."""
    words = [SHORT_WORDS[Ground(code)] for code in codes]
    return ", ".join([*words[:1], *(word[0].lower() + word[1:] for word in words[1:])])


def _check(rule: GroundRule, case: AssistanceRequest, verdict: Verdict, policy: PolicyVersion) -> GroundCheck:
    findings = tuple(finding for finding in verdict.findings if finding.code == rule.code)
    return GroundCheck(
        ground=rule.code,
        title=rule.code.label,
        state=_state(rule, case, verdict, policy, findings),
        findings=findings,
        facts=tuple(_facts(rule.code, case)),
        wanted=rule.evidence,
    )


def _state(
    rule: GroundRule,
    case: AssistanceRequest,
    verdict: Verdict,
    policy: PolicyVersion,
    findings: tuple[Finding, ...],
) -> GroundState:
    if any(first.flag in verdict.flags for first in policy.first):
        return GroundState.NOT_ASKED
    if not _is_claimed(rule.code, case):
        # The kind of help that was asked for speaks of a ground that nothing is entered for.
        return GroundState.MISSING if findings else GroundState.NOT_CLAIMED
    if not findings:
        return GroundState.HOLDS
    return GroundState.MISSING if _may_still_be_shown(rule, verdict, findings) else GroundState.FAILS


def _is_claimed(ground: Ground, case: AssistanceRequest) -> bool:
    if ground in DOCUMENT_GROUNDS:
        return any(not document.struck for document in case.documents.all())
    if ground == Ground.CRIME:
        return case.evidence.crime_status != CrimeStatus.NONE
    return case.evidence.danger_level != DangerLevel.NONE


def _may_still_be_shown(rule: GroundRule, verdict: Verdict, findings: tuple[Finding, ...]) -> bool:
    if rule.reads_documents:
        return "CONFIRM_WARRANT" in verdict.flags
    open_needs = {
        (words.blocking.field, words.blocking.message)
        for need in rule.needs
        if need.may_still_be_shown
        for words in need.words.values()
    }
    return all((finding.field, finding.message) in open_needs for finding in findings)


def _facts(ground: Ground, case: AssistanceRequest) -> Iterator[Shown]:
    if not _is_claimed(ground, case):
        return iter(())
    if ground in DOCUMENT_GROUNDS:
        return _documents(document for document in case.documents.all() if not document.struck)
    return _crime(case.evidence) if ground == Ground.CRIME else _danger(case.evidence)


def _documents(documents: Iterable[Document]) -> Iterator[Shown]:
    for document in documents:
        claimed = DocumentClass(document.document_class).label
        words = [claimed if document.confirmed_class else f"{claimed} (claimed)"]
        words.append(Confirmation(document.confirmation).label.lower())
        words.append("matches" if document.matches_subject else "is for another person or place")
        words += [part for part in (document.court, document.document_number) if part]
        yield Shown("Document", "; ".join(words))


def _crime(evidence: Evidence) -> Iterator[Shown]:
    yield Shown("Crime", CrimeStatus(evidence.crime_status).label)
    yield Shown("Offence", evidence.crime_offence or "Not recorded")
    yield Shown("Only an immigration offence", "Yes" if evidence.immigration_offence_only else "No")
    yield Shown("Shown by", CrimeBasis(evidence.crime_basis).label)
    yield Shown("LMPD case", evidence.lmpd_case_number or "None open")


def _danger(evidence: Evidence) -> Iterator[Shown]:
    yield Shown("Danger", DangerLevel(evidence.danger_level).label)
    yield Shown("In the caller's words", evidence.danger_articulated or "Not recorded")
    yield Shown("Shown by", Corroboration(evidence.danger_corroboration).label)
    yield Shown("Your assessment", evidence.danger_assessment or "Not recorded")
    yield Shown("Ended", "Yes" if evidence.danger_ended else "No")
