"""The one shape of a transition: lock, re-check, change, record.

Every public function of this package is decorated with `transition`, opens with `begin` and ends
with `finish`. What stands between is what is particular to the act.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.utils import OperationalError
from psycopg import errors

from requests_app import ledger, permissions
from requests_app.models import AssistanceRequest, Deviation, Page, RoleGrant, User
from requests_app.models._base import Revised
from requests_app.vocabulary import Action, DeviationKind, RefusalKind, Status
from requests_app.workflow import _deviations
from requests_app.workflow._conditions import CONDITIONS, Reason, Standing
from requests_app.workflow._limits import Limits, read_limits
from requests_app.workflow._moves import MOVES
from requests_app.workflow._submissions import Refused, Submission, refuse_replay, remember

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Revised)
N = TypeVar("N", bound=models.Model)


@dataclass
class Turn:
    """A transition under way: the locked case, who acts, and the two times of the act."""

    action: Action
    case: AssistanceRequest
    actor: User
    roles: frozenset[str]
    now: datetime
    occurred_at: datetime
    submission: Submission | None
    limits: Limits

    def save(self, row: M, *, reason: str = "") -> M:
        """Save a row with its history: who, why, and in which revision."""
        row._history_user = self.actor  # type: ignore[attr-defined]
        row._change_reason = reason or self.action.label  # type: ignore[attr-defined]
        row.save()
        ledger.note_row(row)
        return row

    def add(self, row: N) -> N:
        """Save a row that is never changed afterwards."""
        row.save(force_insert=True)
        ledger.note_row(row)
        return row

    def acknowledge_page(self) -> None:
        """The officer who acts has the page; taking a request or its call says so too."""
        for sent in Page.objects.filter(case=self.case, officer=self.actor, acknowledged_at__isnull=True):
            sent.acknowledged_at = self.now
            self.save(sent)
        self.case.acknowledged_at = self.case.acknowledged_at or self.now

    def move_to(self, status: Status) -> None:
        """Set the status; a target that the table of moves does not have is a mistake of ours."""
        if status not in MOVES[self.action].targets | {Status(self.case.status)}:
            raise AssertionError(f"{self.action} does not lead to {status}.")
        self.case.status = status


def transition(function: Callable[P, R]) -> Callable[P, R]:
    """A whole unit of its own: transitions never nest, and a broken constraint becomes a sentence."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic(durable=True):
                return function(*args, **kwargs)
        except IntegrityError as error:
            raise _sentence_of(error) from error
        except OperationalError as error:
            if isinstance(error.__cause__, errors.LockNotAvailable | errors.QueryCanceled):
                raise Refused(
                    RefusalKind.STALE,
                    Reason("busy", "Somebody else is saving this request right now. Try again in a moment."),
                ) from error
            raise

    return run


def begin(
    action: Action,
    case_id: int,
    *,
    actor: User,
    occurred_at: datetime | None = None,
    submission: Submission | None = None,
    stale_matters: bool = False,
) -> Turn:
    """Lock the case, then look again at everything that was true when the page was drawn.

    Raises Refused (not permitted, not possible now, changed meanwhile) or AlreadyDone.
    """
    ledger.set_actor(actor)
    case = AssistanceRequest.objects.select_for_update(of=("self",)).get(pk=case_id)
    turn = _turn(action, case, actor=actor, occurred_at=occurred_at, submission=submission)
    if case.status not in MOVES[action].sources:
        raise Refused(
            RefusalKind.ILLEGAL,
            Reason(
                "illegal_move",
                f"“{action.label}” is not possible now:"
                f" request {case.number} is {Status(case.status).label.lower()}.",
            ),
        )
    standing = Standing(case=case, user=actor, roles=turn.roles, now=turn.now, limits=turn.limits)
    for condition in CONDITIONS.get(action, ()):
        reason = condition(standing)
        if reason is not None:
            raise Refused(reason.kind, reason)
    # Asked last: "look again, then save" is no help to somebody who can no longer save at all.
    if stale_matters and submission is not None and submission.revision not in (None, case.revision):
        raise Refused(
            RefusalKind.STALE,
            Reason(
                "stale",
                f"Request {case.number} was changed since you opened this page. Nothing you typed is lost:"
                " look at what changed, then save again.",
            ),
        )
    return turn


def begin_new(
    action: Action,
    case: AssistanceRequest,
    *,
    actor: User,
    occurred_at: datetime,
    submission: Submission | None,
    lock: Callable[[datetime], None],
) -> Turn:
    """As `begin`, for a case that does not exist yet; `lock` takes what orders such beginnings."""
    ledger.set_actor(actor)
    lock(ledger.now())
    return _turn(action, case, actor=actor, occurred_at=occurred_at, submission=submission)


def _turn(
    action: Action,
    case: AssistanceRequest,
    *,
    actor: User,
    occurred_at: datetime | None,
    submission: Submission | None,
) -> Turn:
    now = ledger.now()  # read after the lock: acts on one case are in order
    refuse_replay(action, actor, submission)
    roles = _roles_now(actor)
    if not _may(actor, roles, action):
        raise Refused(RefusalKind.FORBIDDEN, Reason("role", f"Your role does not allow “{action.label}”."))
    if occurred_at is not None and occurred_at > now:
        raise Refused(
            RefusalKind.INPUT,
            Reason("in_the_future", "This time is in the future. Check the date and time.", "occurred_at"),
        )
    return Turn(
        action=action,
        case=case,
        actor=actor,
        roles=roles,
        now=now,
        occurred_at=occurred_at or now,
        submission=submission,
        limits=read_limits(),
    )


def _may(actor: User, roles: frozenset[str], action: Action) -> bool:
    if actor.is_system:
        return action in permissions.SYSTEM_ACTIONS
    return permissions.allows(roles, action)


def _roles_now(actor: User) -> frozenset[str]:
    """Roles as they stand in this transaction, not as the page saw them."""
    grants = RoleGrant.objects.held().filter(user_id=actor.pk)
    return frozenset(grants.values_list("role", flat=True))


def finish(
    turn: Turn,
    *,
    reason: str = "",
    details: Mapping[str, object] | None = None,
    public: Mapping[str, object] | None = None,
    touch: bool = True,
    save_case: bool = True,
) -> AssistanceRequest:
    """Save the case with its history, remember the form, and write the ledger last.

    `touch=False` is for acts that leave the case row as it is: a page, a reveal, a found deviation.
    `save_case=False` is for the first save, which had to come before the rows that name the case.
    """
    case = turn.case
    due_before = case.review_due_at
    found = _settle_deviations(turn)
    # A deviation that appears brings the review forward, and the case row has to say so.
    touch = touch or case.review_due_at != due_before
    if touch and save_case:
        turn.save(case, reason=reason)
    remember(turn.submission, turn.action, actor=turn.actor, now=turn.now, case=case)
    ledger.record(
        ledger.Act(
            actor=turn.actor,
            action=turn.action,
            case=case,
            case_revision=case.revision if touch else None,
            occurred_at=turn.occurred_at,
            entered_at=turn.now,
            reason=reason,
            details={"status": str(case.status), **found, **(details or {})},
            public={} if case.is_exercise else dict(public or {}),
        )
    )
    return case


def _settle_deviations(turn: Turn) -> dict[str, object]:
    """Write down what policy required and did not happen; unmark what a correction removed.

    Returns what changed, for the ledger.
    """
    case = turn.case
    if case.status in (Status.INTAKE, Status.ABANDONED) or case.pk is None:
        return {}
    now_found = _deviations.find(case, now=turn.now, limits=turn.limits)
    known = {DeviationKind(deviation.kind): deviation for deviation in case.deviations.all()}
    changed: dict[str, object] = {}
    appeared = sorted(kind for kind in now_found if kind not in known or not known[kind].stands)
    removed = sorted(kind for kind, row in known.items() if row.stands and kind not in now_found)
    for kind in appeared:
        row = known.get(kind) or Deviation(case=case, kind=kind, found_at=turn.now)
        row.stands = True
        turn.save(row, reason="Found by the register")
    for kind in removed:
        known[kind].stands = False
        turn.save(known[kind], reason="No longer so on the facts as corrected")
    if appeared:
        changed["deviations"] = [str(kind) for kind in appeared]
    if removed:
        changed["deviations_removed"] = [str(kind) for kind in removed]
    case.review_due_at = _deviations.review_due(case, deviates=bool(now_found), limits=turn.limits)
    return changed


def attempt(
    act: Callable[..., AssistanceRequest], case_id: int | None, *, actor: User, **given: object
) -> AssistanceRequest:
    """The door for views: a refusal is put into the ledger, in a transaction of its own, and raised again.

    What a person mistyped is no refusal and is not recorded.
    """
    try:
        return act(case_id, actor=actor, **given)
    except Refused as refusal:
        if refusal.kind != RefusalKind.INPUT:
            record_refusal(action_of(act), case_id, actor=actor, refusal=refusal)
        raise


def action_of(act: Callable[..., object]) -> Action:
    """The action a transition is named for: one verb, one name."""
    return Action(f"request:{act.__name__}")


@transaction.atomic(durable=True)
def record_refusal(action: Action, case_id: int | None, *, actor: User, refusal: Refused) -> None:
    """Write who tried what, and why it was not done."""
    ledger.set_actor(actor)
    now = ledger.now()
    ledger.record(
        ledger.Act(
            actor=actor,
            action=action,
            case=AssistanceRequest.objects.get(pk=case_id) if case_id else None,
            refusal=refusal.kind,
            occurred_at=now,
            entered_at=now,
            reason=str(refusal),
            details={"codes": [reason.code for reason in refusal.reasons]},
        )
    )


def _sentence_of(error: IntegrityError) -> Refused:
    """The sentence of the constraint that was broken; an unknown one is a mistake of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = diagnosis.constraint_name if diagnosis else ""
    if name == "idempotencykey_once_for_each_person":
        return Refused(
            RefusalKind.STALE, Reason("sent_twice", "This form was sent twice; the first one counts.")
        )
    for constraint in _constraints(apps.get_app_config("requests_app").get_models()):
        if constraint.name == name:
            return Refused(RefusalKind.INPUT, Reason(name, str(constraint.get_violation_error_message())))
    raise error


def _constraints(registered: Iterable[type[models.Model]]) -> Iterable[models.BaseConstraint]:
    for model in registered:
        yield from model._meta.constraints
