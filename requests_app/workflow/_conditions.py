"""What an act asks beyond role and status: each condition is one sentence, or nothing.

The same conditions decide which buttons a page shows and, under the lock, whether the act is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from requests_app.models import AssistanceRequest, Decision, LedgerErasureProposal, User
from requests_app.vocabulary import (
    LOUISVILLE,
    OPEN_STATUSES,
    Action,
    Channel,
    DiscoveredBy,
    EndorsementKind,
    RefusalKind,
    Role,
    Status,
    ThresholdKey,
)
from requests_app.workflow._facts import is_emergency
from requests_app.workflow._limits import Limits


@dataclass(frozen=True)
class Reason:
    """One reason of a refusal: a code, a sentence for the person, and the field it belongs to."""

    code: str
    message: str
    field: str = ""
    kind: RefusalKind = RefusalKind.ILLEGAL


@dataclass(frozen=True)
class Standing:
    """Who wants to act on which case, as it is now."""

    case: AssistanceRequest
    user: User
    roles: frozenset[str]
    now: datetime
    limits: Limits


# Audit records are kept for a year at least (CJIS AU-11); the database counts a calendar year.
KEPT_AT_LEAST = timedelta(days=366)

Condition = Callable[[Standing], Reason | None]


def effective_decision(case: AssistanceRequest) -> Decision | None:
    """The decision in force: the last one."""
    return max(case.decisions.all(), key=lambda decision: decision.sequence, default=None)


def endorsed(decision: Decision, *kinds: EndorsementKind) -> bool:
    return any(word.kind in kinds for word in decision.endorsements.all())


def has_claimed(standing: Standing) -> Reason | None:
    """While a request is under review, it is handled by the officer who has claimed it."""
    case = standing.case
    if case.status != Status.UNDER_REVIEW or case.claimed_by_id == standing.user.pk:
        return None
    holder = case.claimed_by.display_name if case.claimed_by else "another officer"
    return Reason(
        "claimed_by_another",
        f"{holder} has this request. Ask them to give it back, or give it back yourself.",
    )


def is_not_own_intake(standing: Standing) -> Reason | None:
    """Who logged a request does not decide it, but when called directly or when nobody else answers."""
    if standing.case.logged_by_id != standing.user.pk or may_decide_own_intake(standing):
        return None
    return Reason(
        "own_intake",
        "You logged this request, so another officer decides it. If it is an emergency and nobody"
        f" acknowledges within {_minutes(standing, ThresholdKey.OWN_INTAKE)} minutes, you may.",
        kind=RefusalKind.FORBIDDEN,
    )


def _minutes(standing: Standing, key: ThresholdKey) -> int:
    return int(standing.limits.get(key, emergency=True).total_seconds() // 60)


def may_decide_own_intake(standing: Standing) -> bool:
    """The exceptions of the separation of duties; the deviation stands all the same."""
    case = standing.case
    if case.channel == Channel.COMMANDER_DIRECT:
        return True
    alone = not any(page.acknowledged_at and page.officer_id != standing.user.pk for page in case.pages.all())
    waited = case.logged_at is not None and standing.now - case.logged_at >= standing.limits.get(
        ThresholdKey.OWN_INTAKE, emergency=True
    )
    return is_emergency(case) and alone and waited


def awaits_second_word(standing: Standing) -> Reason | None:
    """Only a decline under clear danger asks for a second officer, and only once."""
    decision = effective_decision(standing.case)
    if decision is None or not decision.needs_agreement:
        return Reason("no_agreement_needed", "This decision needs no second officer.")
    if endorsed(decision, EndorsementKind.AGREES, EndorsementKind.DISAGREES):
        return Reason("second_word_given", "A second officer has spoken already.")
    if standing.user.pk in (decision.decided_by_id, decision.entered_by_id):
        return Reason(
            "own_decision", "Another officer than the one who decided must agree.", kind=RefusalKind.FORBIDDEN
        )
    return None


def awaits_confirmation(standing: Standing) -> Reason | None:
    """A radio decision is confirmed by the officer it is entered for."""
    decision = effective_decision(standing.case)
    if decision is None or not decision.is_by_radio:
        return Reason("not_by_radio", "There is no radio decision to confirm.")
    if endorsed(decision, EndorsementKind.CONFIRMS_RADIO):
        return Reason("confirmed_already", "This decision is confirmed already.")
    if decision.decided_by_id != standing.user.pk:
        return Reason(
            "not_your_decision",
            f"Only {decision.decided_by.display_name} can confirm this decision.",
            kind=RefusalKind.FORBIDDEN,
        )
    return None


def took_no_part(standing: Standing) -> Reason | None:
    """Who logged, decided or commanded a request does not review it."""
    case = standing.case
    took_part = {case.logged_by_id, case.taken_by_id}
    for decision in case.decisions.all():
        took_part |= {decision.decided_by_id, decision.entered_by_id}
    dispatch = getattr(case, "dispatch", None)
    if dispatch is not None:
        took_part.add(dispatch.commander_id)
    if standing.user.pk in took_part:
        return Reason(
            "took_part",
            "You took part in this request, so another person reviews it.",
            kind=RefusalKind.FORBIDDEN,
        )
    return None


def has_review(standing: Standing) -> Reason | None:
    if any(not review.follow_up for review in standing.case.reviews.all()):
        return None
    return Reason("no_review", "Review the request first; then you can ask for follow-up.")


def has_open_question(standing: Standing) -> Reason | None:
    if any(review.follow_up and not review.answer for review in standing.case.reviews.all()):
        return None
    return Reason("no_question", "Oversight has asked nothing that is still open.")


def has_unexplained_deviation(standing: Standing) -> Reason | None:
    if any(row.stands and not row.explanation for row in standing.case.deviations.all()):
        return None
    return Reason("nothing_to_explain", "Every deviation of this request is explained.")


def is_unacknowledged(standing: Standing) -> Reason | None:
    mine = [page for page in standing.case.pages.all() if page.officer_id == standing.user.pk]
    if standing.case.acknowledged_at is None or any(page.acknowledged_at is None for page in mine):
        return None
    return Reason("acknowledged_already", "This page is acknowledged already.")


def is_unanswered(standing: Standing) -> Reason | None:
    """The register pages the next officer while nobody has answered; a person may at any time."""
    if not standing.user.is_system or standing.case.acknowledged_at is None:
        return None
    return Reason("answered", "An officer has answered already, so nobody else is paged.")


def was_found_late(standing: Standing) -> Reason | None:
    """Oversight enters what was found later, and takes no live call."""
    if standing.roles & {Role.DISPATCHER, Role.COMMANDING_OFFICER}:
        return None
    if standing.case.discovered_by != DiscoveredBy.LIVE:
        return None
    return Reason(
        "oversight_takes_no_calls",
        "Oversight enters only requests that were found later. Say how it was found.",
        field="discovered_by",
        kind=RefusalKind.FORBIDDEN,
    )


def officers_are_out(standing: Standing) -> Reason | None:
    dispatch = getattr(standing.case, "dispatch", None)
    if dispatch is not None and dispatch.cleared_at is None:
        return None
    return Reason("nobody_out", "No officers are recorded as sent, or they have left already.")


def commander_has_not_come(standing: Standing) -> Reason | None:
    dispatch = getattr(standing.case, "dispatch", None)
    if dispatch is None:
        return Reason("nobody_out", "No officers are recorded as sent.")
    if dispatch.commander_arrived_at is not None:
        return Reason("commander_came", "The commanding officer's arrival is recorded already.")
    return None


def is_masked(standing: Standing) -> Reason | None:
    """Who logged a request or has claimed it reads the restricted fields plainly while it is open."""
    if not reads_plainly(standing.user, standing.case):
        return None
    return Reason("not_masked", "You see these fields already.")


def reads_plainly(user: User, case: AssistanceRequest) -> bool:
    involved = (case.taken_by_id, case.logged_by_id, case.claimed_by_id)
    return case.status in OPEN_STATUSES and user.pk in involved


def is_past_its_day(standing: Standing) -> Reason | None:
    """A hold wins over every date; without a date nothing is over."""
    case = standing.case
    if case.legal_hold:
        return Reason("legal_hold", "A legal hold keeps this request. Nothing of it is erased.")
    if case.retain_until is None:
        return Reason("no_retention_date", "Set until when this request is kept. Nothing is erased before.")
    if case.entered_at > standing.now - KEPT_AT_LEAST:
        return Reason("kept_a_year", "What the ledger keeps is kept for a year at least.")
    if case.retain_until >= standing.now.astimezone(LOUISVILLE).date():
        return Reason("kept_until", f"This request is kept until {case.retain_until:%Y-%m-%d}.")
    return None


def open_proposal(case: AssistanceRequest) -> LedgerErasureProposal | None:
    """The last request for erasure, while nobody has confirmed it."""
    return case.erasure_proposals.filter(erasure=None).last()


def is_not_proposed(standing: Standing) -> Reason | None:
    if open_proposal(standing.case) is None:
        return None
    return Reason("proposed_already", "Erasure was asked for already. Another person confirms it.")


def another_proposed(standing: Standing) -> Reason | None:
    proposal = open_proposal(standing.case)
    if proposal is None:
        return Reason(
            "nothing_proposed", "Nobody has asked for erasure. Ask for it; another person confirms."
        )
    if proposal.proposed_by_id == standing.user.pk:
        return Reason(
            "own_proposal",
            "You asked for this erasure. Another person of oversight confirms it.",
            kind=RefusalKind.FORBIDDEN,
        )
    return None


CONDITIONS: dict[Action, tuple[Condition, ...]] = {
    Action.SAVE_INTAKE: (was_found_late,),
    Action.LOG: (was_found_late,),
    Action.PAGE: (is_unanswered,),
    Action.ACKNOWLEDGE: (is_unacknowledged,),
    Action.VERIFY_CALLER: (has_claimed,),
    Action.RECORD_CALL: (has_claimed,),
    Action.SET_EVIDENCE: (has_claimed,),
    Action.RECLASSIFY: (has_claimed,),
    Action.REQUEST_INFORMATION: (has_claimed,),
    Action.DECIDE: (has_claimed, is_not_own_intake),
    Action.CONFIRM: (awaits_confirmation,),
    Action.AGREE: (awaits_second_word,),
    Action.DISAGREE: (awaits_second_word,),
    Action.COMMANDER_ABSENT: (commander_has_not_come,),
    Action.STAND_DOWN: (officers_are_out,),
    Action.REVEAL: (is_masked,),
    Action.EXPLAIN: (has_unexplained_deviation,),
    Action.REVIEW: (took_no_part,),
    Action.FOLLOW_UP: (has_review,),
    Action.ANSWER: (has_open_question,),
    Action.PROPOSE_ERASURE: (is_past_its_day, is_not_proposed),
    Action.ERASE: (is_past_its_day, another_proposed),
}
