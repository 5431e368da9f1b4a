"""The decision: what the officer chooses, within what the policy allows, and who must agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from requests_app.models import AssistanceRequest, Decision, Dispatch, Endorsement, RoleGrant, User
from requests_app.policy import Facts, Verdict
from requests_app.vocabulary import (
    Action,
    EndorsementKind,
    FieldAction,
    Ground,
    Outcome,
    ReasonCode,
    RefusalKind,
    Role,
    Severity,
    Status,
)
from requests_app.workflow._conditions import Reason, Standing, effective_decision, is_not_own_intake
from requests_app.workflow._facts import verdict_on
from requests_app.workflow._submissions import Refused, Submission
from requests_app.workflow._transition import Turn, begin, finish, transition


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the officer chose. Scope belongs to assisting, the custodian to referring."""

    outcome: Outcome
    reason_code: ReasonCode | str = ""
    reason_text: str = ""
    scope_allowed: Sequence[FieldAction] = ()
    scope_forbidden: Sequence[FieldAction] = ()
    referred_to: str = ""


@transition
def decide(
    case_id: int,
    *,
    actor: User,
    choice: Choice,
    occurred_at: datetime | None = None,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Decide on the facts as they stand. A new decision supersedes the one before.

    Raises Refused (policy) when help is chosen and no ground holds, whatever the form showed.
    """
    turn = begin(
        Action.DECIDE,
        case_id,
        actor=actor,
        occurred_at=occurred_at,
        submission=submission,
        stale_matters=True,
    )
    own_intake = turn.case.logged_by_id == actor.pk
    decision = _write(turn, choice, decided_by=actor, is_own_intake=own_intake)
    return _settle(turn, decision)


@transition
def radio_decision(
    case_id: int,
    *,
    actor: User,
    officer_id: int,
    choice: Choice,
    occurred_at: datetime | None = None,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Enter the decision an officer gave by radio, under both names; the officer confirms it later."""
    turn = begin(Action.RADIO_DECISION, case_id, actor=actor, occurred_at=occurred_at, submission=submission)
    officer = _commanding_officer(officer_id, actor)
    case = turn.case
    if case.claimed_by_id not in (None, officer.pk):
        raise Refused(
            RefusalKind.ILLEGAL,
            Reason(
                "claimed_by_another", f"{case.claimed_by} has this request.", "officer", RefusalKind.ILLEGAL
            ),
        )
    standing = Standing(case=case, user=officer, roles=turn.roles, now=turn.now, limits=turn.limits)
    reason = is_not_own_intake(standing)
    if reason is not None:
        raise Refused(reason.kind, reason)
    case.claimed_by, case.claimed_at = officer, case.claimed_at or turn.now
    case.acknowledged_at = case.acknowledged_at or turn.now
    decision = _write(turn, choice, decided_by=officer, is_own_intake=case.logged_by_id == officer.pk)
    return _settle(turn, decision)


def _commanding_officer(officer_id: int, actor: User) -> User:
    grant = (
        RoleGrant.objects.held()
        .filter(user_id=officer_id, role=Role.COMMANDING_OFFICER)
        .select_related("user")
        .first()
    )
    if grant is None or grant.user_id == actor.pk:
        raise Refused(
            RefusalKind.INPUT,
            Reason("no_such_officer", "Choose a commanding officer from the list.", "officer"),
        )
    return grant.user


def _write(turn: Turn, choice: Choice, *, decided_by: User, is_own_intake: bool) -> Decision:
    case, logged_by = turn.case, turn.case.logged_by
    if logged_by is None:
        raise AssertionError("Only a logged request is decided.")
    if case.direction == "outbound" and choice.outcome == Outcome.ASSIST:
        raise Refused(
            RefusalKind.POLICY,
            Reason("OUTBOUND", "We contacted them: there is nothing to assist.", "outcome"),
        )
    facts, verdict = verdict_on(case, at=turn.now)
    _refuse_against_policy(choice, verdict)
    danger = Ground.PUBLIC_DANGER in verdict.grounds
    under_danger = danger and choice.outcome == Outcome.DECLINE
    _require_words(choice, verdict, under_danger=under_danger)
    before = effective_decision(case)
    assists = choice.outcome == Outcome.ASSIST
    made = Decision(
        case=case,
        sequence=before.sequence + 1 if before else 1,
        supersedes=before,
        outcome=str(choice.outcome),
        grounds=[str(ground) for ground in verdict.grounds] if assists else [],
        primary_ground=str(verdict.primary_ground) if assists else "",
        reason_code=str(choice.reason_code),
        reason_text=choice.reason_text,
        scope_allowed=[str(code) for code in choice.scope_allowed] if assists else [],
        scope_forbidden=[str(code) for code in choice.scope_forbidden],
        referred_to=choice.referred_to if choice.outcome == Outcome.REFER else "",
        decided_by=decided_by,
        decided_at=turn.occurred_at,
        entered_by=turn.actor,
        entered_at=turn.now,
        logged_by=logged_by,
        is_own_intake=is_own_intake,
        needs_agreement=under_danger,
        **_policy_columns(facts, verdict),
    )
    return turn.add(made)


def _policy_columns(facts: Facts, verdict: Verdict) -> dict[str, object]:
    return {
        "policy_version": verdict.policy_version,
        "policy_sha256": verdict.policy_sha256,
        "facts": facts.as_dict(),
        "verdict": verdict.as_dict(),
    }


def _refuse_against_policy(choice: Choice, verdict: Verdict) -> None:
    """No decision to assist without a ground in the verdict: on the server, in every path."""
    if choice.outcome != Outcome.ASSIST or (verdict.outcome == Outcome.ASSIST and verdict.grounds):
        return
    blocking = [finding for finding in verdict.findings if finding.severity == Severity.BLOCKS]
    reasons = [Reason(finding.code, finding.message, "outcome", RefusalKind.POLICY) for finding in blocking]
    raise Refused(
        RefusalKind.POLICY,
        Reason(
            "no_ground",
            "Officers go only on a ground of the policy, and on the facts recorded none holds.",
            "outcome",
            RefusalKind.POLICY,
        ),
        *reasons,
    )


def _require_words(choice: Choice, verdict: Verdict, *, under_danger: bool) -> None:
    """What must be said with a decision, beside its field."""
    missing: list[Reason] = []
    if choice.outcome == Outcome.ASSIST and not choice.scope_allowed:
        missing.append(
            Reason("scope_missing", "Help is always limited: choose what officers may do.", "scope_allowed")
        )
    if choice.outcome == Outcome.DECLINE and not choice.reason_code:
        missing.append(Reason("reason_missing", "Choose why the request is declined.", "reason_code"))
    if choice.outcome == Outcome.REFER and not choice.referred_to.strip():
        missing.append(Reason("custodian_missing", "Say to whom the request is referred.", "referred_to"))
    if under_danger and not choice.reason_text.strip():
        missing.append(
            Reason(
                "danger_reason_missing",
                "Clear public danger holds: declining needs a written reason and another officer's word.",
                "reason_text",
            )
        )
    differs = choice.outcome != verdict.outcome and verdict.outcome != Outcome.MORE_INFORMATION
    if differs and not under_danger and not choice.reason_text.strip():
        missing.append(
            Reason(
                "difference_unexplained",
                f"The policy says “{verdict.outcome.label}”. Say in your words why you decide otherwise.",
                "reason_text",
            )
        )
    if missing:
        raise Refused(RefusalKind.INPUT, *missing)


def _settle(turn: Turn, decision: Decision) -> AssistanceRequest:
    """Where the case stands after a decision, and what the ledger says of it."""
    case = turn.case
    case.decided_at = decision.decided_at
    case.information_needed, case.information_requested_at, case.information_due_at = "", None, None
    out = Dispatch.objects.filter(case=case, cleared_at__isnull=True).exists()
    turn.move_to(Status.IN_FIELD if out and decision.outcome == Outcome.ASSIST else Status.DECIDED)
    return finish(
        turn,
        reason=decision.reason_text,
        details={
            "decision": decision.sequence,
            "decided_by": decision.decided_by.badge_number,
            "decided_by_name": decision.decided_by.display_name,
            "outcome": decision.outcome,
            "grounds": decision.grounds,
            "reason_code": decision.reason_code,
            "verdict": decision.verdict["outcome"],
            "policy_sha256": decision.policy_sha256,
        },
        public={
            "outcome": decision.outcome,
            "grounds": decision.grounds,
            "reason_code": decision.reason_code,
            "policy_version": decision.policy_version,
        },
    )


@transition
def confirm(
    case_id: int, *, actor: User, reason: str = "", submission: Submission | None = None
) -> AssistanceRequest:
    """The officer confirms the decision that was entered in their name."""
    turn = begin(Action.CONFIRM, case_id, actor=actor, submission=submission)
    _endorse(turn, EndorsementKind.CONFIRMS_RADIO, reason)
    return finish(turn, reason=reason)


@transition
def agree(
    case_id: int, *, actor: User, reason: str = "", submission: Submission | None = None
) -> AssistanceRequest:
    """A second officer agrees with declining under clear danger."""
    turn = begin(Action.AGREE, case_id, actor=actor, submission=submission)
    _endorse(turn, EndorsementKind.AGREES, reason)
    return finish(turn, reason=reason)


@transition
def disagree(
    case_id: int, *, actor: User, reason: str, submission: Submission | None = None
) -> AssistanceRequest:
    """A second officer disagrees: the request is open again, and the decision stays in the record.

    A request whose officers are in the field, or that is closed, keeps its status.
    """
    turn = begin(Action.DISAGREE, case_id, actor=actor, submission=submission)
    _endorse(turn, EndorsementKind.DISAGREES, reason)
    if turn.case.status == Status.DECIDED:
        turn.case.claimed_by, turn.case.claimed_at = actor, turn.now
        turn.move_to(Status.UNDER_REVIEW)
    return finish(turn, reason=reason)


def _endorse(turn: Turn, kind: EndorsementKind, reason: str) -> None:
    decision = effective_decision(turn.case)
    if decision is None:
        raise AssertionError("The conditions of this act ask for a decision.")
    endorsement = Endorsement(
        decision=decision,
        kind=str(kind),
        officer=turn.actor,
        reason=reason,
        occurred_at=turn.occurred_at,
        entered_at=turn.now,
    )
    turn.add(endorsement)
