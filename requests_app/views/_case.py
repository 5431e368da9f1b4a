"""The case page put together: the case with all its rows, what stands now, and what this person may do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Prefetch
from django.urls import reverse

from requests_app import accounts, workflow
from requests_app.models import (
    AssistanceRequest,
    CommanderCall,
    Correction,
    Decision,
    Deviation,
    Document,
    Endorsement,
    Page,
    RestrictedDetails,
    Review,
    User,
)
from requests_app.timeline import local_time
from requests_app.views._acts import verb
from requests_app.views._case_facts import Row, decision_rows
from requests_app.vocabulary import Action, EndorsementKind, Outcome, ReasonCode, Role, Status, Verification

# --- the case with all its rows ---------------------------------------------------------------


def in_full(case: AssistanceRequest) -> AssistanceRequest:
    """The case with every row that its page shows, one query a table. `access` has let the person in."""
    endorsements = Prefetch("endorsements", Endorsement.objects.select_related("officer"))
    decisions = Decision.objects.select_related("decided_by", "entered_by").prefetch_related(endorsements)
    pages = Page.objects.select_related("officer").prefetch_related("attempts")
    reviews = Review.objects.select_related("reviewer", "follow_up_by", "answered_by")
    return (
        AssistanceRequest.objects.select_related(
            "taken_by",
            "logged_by",
            "claimed_by",
            "evidence__verified_by",
            "dispatch__commander",
            "field_outcome__reported_by",
        )
        .prefetch_related(
            Prefetch("decisions", decisions),
            Prefetch("pages", pages),
            Prefetch("reviews", reviews),
            Prefetch("documents", Document.objects.select_related("confirmed_by")),
            Prefetch("calls", CommanderCall.objects.select_related("commander")),
            Prefetch("deviations", Deviation.objects.select_related("explained_by")),
            Prefetch("corrections", Correction.objects.select_related("corrected_by")),
        )
        .annotate(logged_untrained=accounts.logged_untrained())
        .get(pk=case.pk)
    )


def restricted_of(user: User, case: AssistanceRequest, *, now: datetime) -> RestrictedDetails | None:
    """The restricted fields, for those who may read them now; nothing for everybody else."""
    if not workflow.may_read_restricted(user, case, now=now):
        return None
    return RestrictedDetails.objects.get(case=case)


@dataclass(frozen=True)
class DecisionPart:
    """One decision of the case in words; only the last one is in force."""

    decision: Decision
    rows: list[Row]
    is_in_force: bool


def decisions_of(case: AssistanceRequest) -> list[DecisionPart]:
    """All decisions, the one in force first: a new one supersedes and never overwrites."""
    in_force = workflow.effective_decision(case)
    newest_first = sorted(case.decisions.all(), key=lambda decision: -decision.sequence)
    return [DecisionPart(one, decision_rows(one), one == in_force) for one in newest_first]


UNDECIDED = (Status.WAITING, Status.UNDER_REVIEW, Status.INFORMATION_NEEDED)

# --- what stands now --------------------------------------------------------------------------


def standing_of(case: AssistanceRequest) -> str:
    """Where the case stands, in one line."""
    return f"{STANDING[Status(case.status)](case)}{_out_already(case)}"


def _out_already(case: AssistanceRequest) -> str:
    """Officers who are out while nothing is decided are said in every line that says so."""
    dispatch = getattr(case, "dispatch", None)
    if dispatch is None or dispatch.cleared_at or case.status not in UNDECIDED:
        return ""
    return " Officers are out already."


def _waiting(case: AssistanceRequest) -> str:
    pages = list(case.pages.all())
    if not pages:
        return "Waiting for a commanding officer. Nobody is left to page: call one."
    answered = [page.officer.display_name for page in pages if page.acknowledged_at]
    if answered:
        return f"{answered[-1]} has the page and has not taken the request yet."
    last = pages[-1]
    return f"{last.officer.display_name} was paged {local_time(last.paged_at)} and has not answered yet."


def _under_review(case: AssistanceRequest) -> str:
    superseded = " The decision before is open again." if case.decided_at else ""
    return f"{_holder(case)} handles it. No decision yet.{superseded}"


def _information_needed(case: AssistanceRequest) -> str:
    due = f" The time runs out {local_time(case.information_due_at)}." if case.information_due_at else ""
    return f"Waiting for: {case.information_needed.rstrip('. ')}.{due}"


def _decided(case: AssistanceRequest) -> str:
    decision = workflow.effective_decision(case)
    if decision is None:
        return ""
    return f"{_decision_in_words(decision)}{_open_words(decision)}"


def _in_field(case: AssistanceRequest) -> str:
    dispatch = getattr(case, "dispatch", None)
    if dispatch is None:
        return _decided(case)
    if dispatch.cleared_at:
        where = "The officers have left the scene; the outcome is not reported yet."
    elif dispatch.first_arrival_at:
        where = "Officers are at the scene."
    else:
        where = "Officers are on their way."
    return f"{where} {_decided(case)}"


def _closed(case: AssistanceRequest) -> str:
    return f"Closed {local_time(case.closed_at)}. {_decided(case)}"


def _withdrawn(case: AssistanceRequest) -> str:
    return f"Taken back by the requester {local_time(case.withdrawn_at)}: {case.status_reason}"


STANDING: dict[Status, Callable[[AssistanceRequest], str]] = {
    Status.INTAKE: lambda case: (
        f"{case.taken_by.display_name} is writing it down. No officer has been paged yet."
    ),
    Status.ABANDONED: lambda case: f"The intake became no request: {case.status_reason}",
    Status.WAITING: _waiting,
    Status.UNDER_REVIEW: _under_review,
    Status.INFORMATION_NEEDED: _information_needed,
    Status.DECIDED: _decided,
    Status.IN_FIELD: _in_field,
    Status.CLOSED: _closed,
    Status.WITHDRAWN: _withdrawn,
}


def _holder(case: AssistanceRequest) -> str:
    return case.claimed_by.display_name if case.claimed_by else "A commanding officer"


def _decision_in_words(decision: Decision) -> str:
    what = Outcome(decision.outcome).label
    if decision.reason_code:
        what += f" ({ReasonCode(decision.reason_code).label.lower()})"
    if decision.referred_to:
        what += f" to {decision.referred_to}"
    return f"{what}, decided by {decision.decided_by.display_name} {local_time(decision.decided_at)}."


def _open_words(decision: Decision) -> str:
    """What is still missing of the decision."""
    said = []
    if decision.is_by_radio and not workflow.endorsed(decision, EndorsementKind.CONFIRMS_RADIO):
        said.append(f" Given by radio; {decision.decided_by.display_name} must confirm it.")
    spoken = workflow.endorsed(decision, EndorsementKind.AGREES, EndorsementKind.DISAGREES)
    if decision.needs_agreement and not spoken:
        said.append(" A second officer must agree, because clear danger holds.")
    return "".join(said)


# --- what this person may do ------------------------------------------------------------------

# What carries a case on from where it stands, most needed first. Everything else that is permitted is
# offered below it.
AT_THE_SCENE = (Action.OFFICER_ARRIVES, Action.COMMANDER_ARRIVES, Action.STAND_DOWN)
NEXT: dict[Status, tuple[Action, ...]] = {
    Status.INTAKE: (Action.SAVE_INTAKE, Action.LOG),
    Status.WAITING: (Action.CLAIM, Action.ACKNOWLEDGE, Action.PAGE, Action.RADIO_DECISION, *AT_THE_SCENE),
    Status.UNDER_REVIEW: (
        Action.RECORD_CALL,
        Action.VERIFY_CALLER,
        Action.DECIDE,
        Action.RADIO_DECISION,
        *AT_THE_SCENE,
    ),
    Status.INFORMATION_NEEDED: (Action.CLAIM, Action.RADIO_DECISION, *AT_THE_SCENE),
    Status.DECIDED: (
        Action.CONFIRM,
        Action.AGREE,
        Action.DISAGREE,
        Action.DISPATCH,
        *AT_THE_SCENE,
        Action.REPORT_OUTCOME,
    ),
    Status.IN_FIELD: (
        Action.CONFIRM,
        *AT_THE_SCENE,
        Action.REPORT_OUTCOME,
    ),
    Status.CLOSED: (
        Action.CONFIRM,
        Action.AGREE,
        Action.DISAGREE,
        Action.ANSWER,
        Action.EXPLAIN,
        Action.REVIEW,
    ),
    Status.WITHDRAWN: (Action.ANSWER, Action.EXPLAIN, Action.REVIEW),
    Status.ABANDONED: (),
}

# The rest, by subject. An action named nowhere here is offered under the last heading.
SUBJECTS: tuple[tuple[str, frozenset[Action]], ...] = (
    (
        "The facts",
        frozenset(
            {
                Action.SAVE_INTAKE,
                Action.VERIFY_CALLER,
                Action.RECORD_CALL,
                Action.SET_EVIDENCE,
                Action.RECLASSIFY,
                Action.REQUEST_INFORMATION,
                Action.REVEAL,
                Action.CORRECT,
            }
        ),
    ),
    (
        "In the field",
        frozenset(
            {
                Action.DISPATCH,
                Action.OFFICER_ARRIVES,
                Action.COMMANDER_ARRIVES,
                Action.COMMANDER_ABSENT,
                Action.STAND_DOWN,
                Action.REPORT_OUTCOME,
            }
        ),
    ),
    (
        "Oversight",
        frozenset(
            {
                Action.REVIEW,
                Action.FOLLOW_UP,
                Action.ANSWER,
                Action.EXPLAIN,
                Action.HOLD,
                Action.PROPOSE_ERASURE,
                Action.ERASE,
            }
        ),
    ),
    ("The request", frozenset()),
)

# Acts whose form needs nothing more than a press: posted from the case page itself.
AT_ONCE: dict[Action, str] = {
    Action.LOG: "Page the commanding officer",
    Action.CLAIM: "Take this request",
    Action.ACKNOWLEDGE: "Acknowledge page",
    Action.PAGE: "Page the next officer",
    Action.CONFIRM: "Confirm: I decided this",
    Action.AGREE: "Agree",
    Action.OFFICER_ARRIVES: "First officer arrived now",
    Action.COMMANDER_ARRIVES: "I am at the scene now",
    Action.STAND_DOWN: "Officers left the scene now",
}
# Needed when the ordinary way fails: offered, and never the button that stands out.
SECOND_CHOICES = frozenset({Action.PAGE, Action.RADIO_DECISION, Action.DISAGREE})
# The same act with more to say, as a link beside the button.
WITH_MORE: dict[Action, str] = {
    Action.CONFIRM: "with a remark",
    Action.AGREE: "with a remark",
    Action.OFFICER_ARRIVES: "at another time",
    Action.COMMANDER_ARRIVES: "at another time",
    Action.STAND_DOWN: "at another time",
}


@dataclass(frozen=True)
class Step:
    """One permitted act. With a key it is posted at once, else its form is opened."""

    action: Action
    label: str
    url: str
    key: UUID | None = None
    more: str = ""
    stands_out: bool = False


@dataclass(frozen=True)
class Steps:
    """Every permitted act, once: what carries the case on, and the rest by subject."""

    first: list[Step]
    others: list[tuple[str, list[Step]]]


def steps_for(user: User, case: AssistanceRequest, *, now: datetime, limits: workflow.Limits) -> Steps:
    """Exactly the acts that the workflow permits this person now."""
    permitted = workflow.permitted_actions(user, case, now=now, limits=limits)
    first = [
        action for action in NEXT[Status(case.status)] if action in permitted and _carries_on(action, case)
    ]
    rest = [action for action in permitted if action not in first]
    named = frozenset().union(*(actions for _, actions in SUBJECTS))
    others = []
    for heading, actions in SUBJECTS:
        offered = [action for action in rest if action in (actions or set(rest) - named)]
        if offered:
            others.append((heading, [_step(action, case) for action in offered]))
    main = next((action for action in first if action not in SECOND_CHOICES), None)
    buttons = [_step(action, case, user=user, stands_out=action == main) for action in first]
    return Steps(buttons, others)


def _carries_on(action: Action, case: AssistanceRequest) -> bool:
    """What is permitted at any time is a next step only while it is missing."""
    dispatch = getattr(case, "dispatch", None)
    decision = workflow.effective_decision(case)
    if action == Action.RECORD_CALL:
        return not case.calls.all()
    if action == Action.VERIFY_CALLER:
        return case.evidence.verification == Verification.UNVERIFIED
    if action == Action.DISPATCH:
        return dispatch is None and decision is not None and decision.outcome == Outcome.ASSIST
    if action == Action.OFFICER_ARRIVES:
        return dispatch is not None and dispatch.first_arrival_at is None and dispatch.cleared_at is None
    if action == Action.COMMANDER_ARRIVES:
        return dispatch is not None and dispatch.commander_arrived_at is None and dispatch.cleared_at is None
    if action == Action.STAND_DOWN:
        return dispatch is not None and dispatch.first_arrival_at is not None
    return True


def _step(
    action: Action, case: AssistanceRequest, *, user: User | None = None, stands_out: bool = False
) -> Step:
    """A link to the act's form; for a first step of a person, the button itself where one press does."""
    url = reverse(f"requests_app:request_{verb(action)}", args=[case.public_id])
    # Who names another officer needs the form.
    names_another = action == Action.COMMANDER_ARRIVES and user and Role.COMMANDING_OFFICER not in user.roles
    if user is None or action not in AT_ONCE or names_another:
        return Step(action, action.label, url, stands_out=stands_out)
    more = WITH_MORE.get(action, "")
    return Step(action, AT_ONCE[action], url, key=uuid4(), more=more, stands_out=stands_out)
