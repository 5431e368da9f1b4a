"""What may happen to a request at any time: withdrawal, correction, reopening, reading what is masked."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from requests_app.models import AssistanceRequest, Dispatch, FieldOutcome, RestrictedDetails, Reveal, User
from requests_app.models._base import Revised
from requests_app.vocabulary import Action, RefusalKind, RetentionClass, Status
from requests_app.workflow._conditions import Reason
from requests_app.workflow._corrections import note_correction
from requests_app.workflow._submissions import Refused, Submission
from requests_app.workflow._transition import Turn, begin, finish, transition
from requests_app.workflow.intake import CASE_COLUMNS, RESTRICTED_COLUMNS, digits_of

REVEAL_LASTS = timedelta(minutes=10)

# What may be corrected, by the table it lies in. Evidence and calls have acts of their own.
CORRECTABLE: dict[type[Revised], tuple[str, ...]] = {
    AssistanceRequest: CASE_COLUMNS,
    RestrictedDetails: RESTRICTED_COLUMNS,
    Dispatch: (
        "dispatched_at",
        "officers",
        "first_arrival_at",
        "cleared_at",
        "commander_arrived_at",
        "commander_left_at",
    ),
    FieldOutcome: (
        "local_arrests",
        "citations",
        "handed_to_federal",
        "federal_arrests_seen",
        "force_used",
        "injuries",
        "officer_minutes",
    ),
}


@transition
def withdraw(
    case_id: int,
    *,
    actor: User,
    reason: str,
    occurred_at: datetime | None = None,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """The requester takes the request back. After a decision this is only noted: no decision is erased."""
    turn = begin(Action.WITHDRAW, case_id, actor=actor, occurred_at=occurred_at, submission=submission)
    case = turn.case
    case.withdrawn_at = turn.occurred_at
    if case.status not in (Status.DECIDED, Status.IN_FIELD, Status.CLOSED):
        case.status_reason = reason
        turn.move_to(Status.WITHDRAWN)
    return finish(turn, reason=reason)


@transition
def correct(
    case_id: int,
    *,
    actor: User,
    changes: Mapping[str, object],
    reason: str,
    occurred_at: datetime | None = None,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Change recorded facts, with the reason. The old values stay in the history.

    `changes` maps column names of `CORRECTABLE` to new values; what does not differ is left alone.
    """
    turn = begin(
        Action.CORRECT,
        case_id,
        actor=actor,
        occurred_at=occurred_at,
        submission=submission,
        stale_matters=True,
    )
    if not reason.strip():
        raise Refused(RefusalKind.INPUT, Reason("reason_missing", "Say why this is corrected.", "reason"))
    corrected: list[str] = []
    for model, columns in CORRECTABLE.items():
        wanted = {name: changes[name] for name in columns if name in changes}
        if wanted:
            corrected += _correct_row(turn, model, wanted, reason)
    if not corrected:
        raise Refused(RefusalKind.INPUT, Reason("nothing_changed", "Nothing differs from what is recorded."))
    return finish(
        turn, reason=reason, details={"fields": corrected}, public={"corrected_fields": len(corrected)}
    )


def _correct_row(turn: Turn, model: type[Revised], wanted: Mapping[str, object], reason: str) -> list[str]:
    row = turn.case if model is AssistanceRequest else _part(turn, model)
    restricted = model is RestrictedDetails
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        old, new = getattr(row, name), wanted[name]
        note_correction(
            turn,
            field=f"{model._meta.model_name}.{name}",
            old=old,
            new=new,
            reason=reason,
            restricted=restricted,
        )
        setattr(row, name, new)
    if isinstance(row, RestrictedDetails):
        row.callback_digits = digits_of(row.callback_number)
    if changed and row is not turn.case:
        turn.save(row, reason=reason)
    return changed


def _part(turn: Turn, model: type[Revised]) -> Revised:
    rows: Any = model._default_manager  # every one of these models belongs to a case
    row: Revised | None = rows.filter(case=turn.case).first()
    if row is None:
        raise Refused(
            RefusalKind.INPUT,
            Reason(
                "nothing_recorded", f"There is no {model._meta.verbose_name} to correct. Record it first."
            ),
        )
    return row


@transition
def reopen(
    case_id: int, *, actor: User, reason: str, submission: Submission | None = None
) -> AssistanceRequest:
    """Take the request up again on new facts. A new decision will supersede the one before."""
    turn = begin(Action.REOPEN, case_id, actor=actor, submission=submission)
    case = turn.case
    case.claimed_by, case.claimed_at = actor, turn.now
    case.status_reason = reason
    turn.move_to(Status.UNDER_REVIEW)
    return finish(turn, reason=reason)


@transition
def reveal(
    case_id: int, *, actor: User, reason: str, submission: Submission | None = None
) -> AssistanceRequest:
    """Show this person the restricted fields for ten minutes. The reading is the act."""
    turn = begin(Action.REVEAL, case_id, actor=actor, submission=submission)
    expires_at = turn.now + REVEAL_LASTS
    turn.add(Reveal(case=turn.case, user=actor, reason=reason, entered_at=turn.now, expires_at=expires_at))
    return finish(turn, reason=reason, touch=False)


@transition
def hold(
    case_id: int,
    *,
    actor: User,
    legal_hold: bool,
    retention_class: RetentionClass,
    retain_until: date | None,
    reason: str,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Set legal hold and retention. Nothing is erased by this or any other act of the workflow."""
    turn = begin(Action.HOLD, case_id, actor=actor, submission=submission)
    case = turn.case
    case.legal_hold, case.retention_class, case.retain_until = legal_hold, str(retention_class), retain_until
    return finish(
        turn, reason=reason, details={"legal_hold": legal_hold, "retention_class": str(retention_class)}
    )
