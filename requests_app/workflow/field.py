"""What happened in the field. Recording it is never refused; a breach shows as a deviation."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from requests_app.models import AssistanceRequest, Dispatch, FieldOutcome, RoleGrant, User
from requests_app.vocabulary import Action, FieldAction, RefusalKind, Role, Status
from requests_app.workflow._conditions import Reason
from requests_app.workflow._submissions import Refused, Submission
from requests_app.workflow._transition import Turn, begin, finish, transition


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was done at the scene; the column names are those of `FieldOutcome`."""

    actions_taken: Sequence[FieldAction] = ()
    local_arrests: int = 0
    citations: int = 0
    handed_to_federal: int = 0
    federal_arrests_seen: int = 0
    force_used: bool = False
    injuries: int = 0
    officer_minutes: int = 0
    narrative: str = ""


@transition
def dispatch(
    case_id: int,
    *,
    actor: User,
    units: Sequence[str],
    officers: int,
    occurred_at: datetime | None = None,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Record units sent. More units later are added to the same dispatch."""
    turn = begin(Action.DISPATCH, case_id, actor=actor, occurred_at=occurred_at, submission=submission)
    row = _dispatch_of(turn)
    row.units = [*row.units, *(unit for unit in units if unit not in row.units)]
    row.officers = row.officers + officers
    row.cleared_at = None
    turn.save(row)
    _out_in_the_field(turn)
    return finish(turn, details={"units": row.units, "officers": row.officers})


@transition
def officer_arrives(
    case_id: int, *, actor: User, occurred_at: datetime | None = None, submission: Submission | None = None
) -> AssistanceRequest:
    """Record when the first officer reached the scene, also when nobody recorded their being sent."""
    turn = begin(Action.OFFICER_ARRIVES, case_id, actor=actor, occurred_at=occurred_at, submission=submission)
    row = _dispatch_of(turn)
    if row.first_arrival_at is None or turn.occurred_at < row.first_arrival_at:
        row.first_arrival_at = turn.occurred_at
    row.officers = row.officers or 1
    turn.save(row)
    _out_in_the_field(turn)
    return finish(turn)


@transition
def commander_arrives(
    case_id: int,
    *,
    actor: User,
    officer_id: int | None = None,
    occurred_at: datetime | None = None,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Record that the commanding officer attends: themselves, or by a dispatcher who names them."""
    turn = begin(
        Action.COMMANDER_ARRIVES, case_id, actor=actor, occurred_at=occurred_at, submission=submission
    )
    row = _dispatch_of(turn)
    row.commander = _commander(turn, officer_id)
    row.commander_arrived_at = min(row.commander_arrived_at or turn.occurred_at, turn.occurred_at)
    if row.commander_left_at and row.commander_left_at < turn.occurred_at:
        row.commander_left_at = None  # came back
    row.commander_absent_reason = ""
    turn.save(row)
    _out_in_the_field(turn)
    return finish(turn, details={"commander": row.commander.display_name})


@transition
def commander_absent(
    case_id: int, *, actor: User, reason: str, submission: Submission | None = None
) -> AssistanceRequest:
    """Record why the commanding officer did not attend."""
    turn = begin(Action.COMMANDER_ABSENT, case_id, actor=actor, submission=submission)
    row = _dispatch_of(turn)
    row.commander_absent_reason = reason
    turn.save(row, reason=reason)
    return finish(turn, reason=reason)


@transition
def stand_down(
    case_id: int, *, actor: User, occurred_at: datetime | None = None, submission: Submission | None = None
) -> AssistanceRequest:
    """Record that the officers, and the commander with them, have left."""
    turn = begin(Action.STAND_DOWN, case_id, actor=actor, occurred_at=occurred_at, submission=submission)
    row = _dispatch_of(turn)
    row.cleared_at = turn.occurred_at
    if row.commander_arrived_at and row.commander_left_at is None:
        row.commander_left_at = max(turn.occurred_at, row.commander_arrived_at)
    turn.save(row)
    return finish(turn)


@transition
def report_outcome(
    case_id: int,
    *,
    actor: User,
    report: Report,
    occurred_at: datetime | None = None,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Record what happened, and close the request."""
    turn = begin(Action.REPORT_OUTCOME, case_id, actor=actor, occurred_at=occurred_at, submission=submission)
    case = turn.case
    row = FieldOutcome.objects.filter(case=case).first()
    if row is None:
        row = FieldOutcome(case=case, occurred_at=turn.occurred_at, entered_at=turn.now)
    for name, value in asdict(report).items():
        setattr(row, name, value)
    row.actions_taken = [str(code) for code in report.actions_taken]
    row.reported_by, row.occurred_at = actor, turn.occurred_at
    turn.save(row)
    case.closed_at = turn.now
    turn.move_to(Status.CLOSED)
    return finish(
        turn, details={"actions_taken": row.actions_taken}, public={"actions_taken": row.actions_taken}
    )


def _dispatch_of(turn: Turn) -> Dispatch:
    """The case's dispatch, or a new one from the moment of this act."""
    found = Dispatch.objects.filter(case=turn.case).first()
    return found or Dispatch(case=turn.case, dispatched_at=turn.occurred_at, officers=0, entered_at=turn.now)


def _out_in_the_field(turn: Turn) -> None:
    """Officers out on a decision are in the field; an open or ended case keeps its status."""
    if turn.case.status == Status.DECIDED:
        turn.move_to(Status.IN_FIELD)


def _commander(turn: Turn, officer_id: int | None) -> User:
    wanted = officer_id or (turn.actor.pk if Role.COMMANDING_OFFICER in turn.roles else None)
    officers = RoleGrant.objects.in_effect().filter(role=Role.COMMANDING_OFFICER).select_related("user")
    grant = officers.filter(user_id=wanted).first() if wanted else None
    if grant is None:
        raise Refused(
            RefusalKind.INPUT,
            Reason("no_such_officer", "Choose the commanding officer who arrived.", "officer"),
        )
    return grant.user
