"""The commanding officer's part before the decision: taking the request, the call, the evidence."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from requests_app.models import AssistanceRequest, CommanderCall, Document, User
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Confirmation,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    DocumentClass,
    RefusalKind,
    RequestType,
    Status,
    ThresholdKey,
    Verification,
)
from requests_app.workflow._conditions import Reason
from requests_app.workflow._corrections import change, note_correction, require_reason_when_late
from requests_app.workflow._facts import is_emergency
from requests_app.workflow._submissions import Refused, Submission
from requests_app.workflow._transition import Turn, begin, finish, transition


@dataclass(frozen=True, kw_only=True)
class DocumentFinding:
    """What the officer found out about one paper; `document_id` None is a paper not named before."""

    document_id: int | None
    confirmed_class: DocumentClass | str = ""
    confirmation: Confirmation = Confirmation.UNCONFIRMED
    matches_subject: bool = True
    court: str = ""
    document_number: str = ""
    issued_on: date | None = None
    struck: bool = False


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Crime and danger as far as they are shown; the column names are those of `Evidence`."""

    crime_status: CrimeStatus = CrimeStatus.NONE
    crime_offence: str = ""
    immigration_offence_only: bool = False
    crime_basis: CrimeBasis = CrimeBasis.NONE
    lmpd_case_number: str = ""
    danger_level: DangerLevel = DangerLevel.NONE
    danger_assessment: str = ""
    danger_corroboration: Corroboration = Corroboration.NONE
    danger_ended: bool = False


@transition
def claim(case_id: int, *, actor: User, submission: Submission | None = None) -> AssistanceRequest:
    """Take the request: from here this officer handles it."""
    turn = begin(Action.CLAIM, case_id, actor=actor, submission=submission)
    turn.case.claimed_by, turn.case.claimed_at = actor, turn.now
    turn.acknowledge_page()
    turn.move_to(Status.UNDER_REVIEW)
    return finish(turn)


@transition
def release(
    case_id: int, *, actor: User, reason: str = "", submission: Submission | None = None
) -> AssistanceRequest:
    """Give the request back. Another officer may do so for one who is gone, with a reason."""
    turn = begin(Action.RELEASE, case_id, actor=actor, submission=submission)
    case = turn.case
    if case.claimed_by_id != actor.pk and not reason.strip():
        raise Refused(
            RefusalKind.INPUT,
            Reason("reason_missing", "Say why you give back another officer's request.", "reason"),
        )
    still_missing = case.information_requested_at is not None
    case.claimed_by = case.claimed_at = None
    turn.move_to(Status.INFORMATION_NEEDED if still_missing else Status.WAITING)
    return finish(turn, reason=reason)


@transition
def verify_caller(
    case_id: int,
    *,
    actor: User,
    verification: Verification,
    method: str = "",
    occurred_at: datetime | None = None,
    reason: str = "",
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Record whether the caller is who they say. Call back on a directory number, never the one offered."""
    turn = begin(Action.VERIFY_CALLER, case_id, actor=actor, occurred_at=occurred_at, submission=submission)
    require_reason_when_late(turn, reason)
    unverified = verification == Verification.UNVERIFIED
    values: dict[str, object] = {
        "verification": str(verification),
        "verification_method": method,
        "verified_by": None if unverified else actor,
        "verified_at": None if unverified else turn.occurred_at,
    }
    _assess(turn, values, reason=reason)
    return finish(turn, reason=reason, details={"verification": str(verification)})


@transition
def record_call(
    case_id: int,
    *,
    actor: User,
    recorded: CallRecorded,
    started_at: datetime,
    ended_at: datetime | None = None,
    recorder_reference: str = "",
    note: str = "",
    call_id: int | None = None,
    reason: str = "",
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Record a call between officer and requester, or complete one that was recorded before."""
    turn = begin(Action.RECORD_CALL, case_id, actor=actor, occurred_at=started_at, submission=submission)
    if call_id is None:
        require_reason_when_late(turn, reason)
        turn.save(
            CommanderCall(
                case=turn.case,
                commander=actor,
                started_at=started_at,
                ended_at=ended_at,
                recorded=str(recorded),
                recorder_reference=recorder_reference,
                note=note,
                entered_at=turn.now,
            ),
            reason=reason,
        )
    else:
        _complete_call(
            turn,
            call_id,
            {
                "started_at": started_at,
                "ended_at": ended_at,
                "recorded": str(recorded),
                "recorder_reference": recorder_reference,
                "note": note,
            },
            reason=reason,
        )
    turn.acknowledge_page()
    return finish(
        turn, reason=reason, details={"recorded": str(recorded)}, public={"recorded": str(recorded)}
    )


def _complete_call(turn: Turn, call_id: int, values: dict[str, object], *, reason: str) -> None:
    call = CommanderCall.objects.filter(case=turn.case, pk=call_id).first()
    if call is None:
        raise Refused(
            RefusalKind.INPUT, Reason("no_such_call", "This request has no such call. Open the page again.")
        )
    # Adding what was empty (the recorder's reference, the end) is no correction.
    corrects = any(getattr(call, name) not in (None, "", value) for name, value in values.items())
    if corrects:
        require_reason_when_late(turn, reason)
    change(
        turn, call, values, reason=reason, as_correction=corrects and turn.case.status != Status.UNDER_REVIEW
    )


@transition
def set_evidence(
    case_id: int,
    *,
    actor: User,
    assessment: Assessment,
    documents: Sequence[DocumentFinding] = (),
    reason: str = "",
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Record what is shown of warrant, crime and danger. Claims stay beside it, as they were made."""
    turn = begin(Action.SET_EVIDENCE, case_id, actor=actor, submission=submission, stale_matters=True)
    require_reason_when_late(turn, reason)
    _assess(turn, {name: _plain(value) for name, value in asdict(assessment).items()}, reason=reason)
    for finding in documents:
        _find_document(turn, finding, reason=reason)
    return finish(turn, reason=reason)


def _assess(turn: Turn, values: dict[str, object], *, reason: str) -> None:
    late = turn.case.status != Status.UNDER_REVIEW
    change(turn, turn.case.evidence, values, reason=reason, as_correction=late)


def _plain(value: object) -> object:
    """Enum members as the plain codes that columns hold."""
    return str(value) if isinstance(value, str) else value


def _find_document(turn: Turn, finding: DocumentFinding, *, reason: str) -> None:
    late = turn.case.status != Status.UNDER_REVIEW
    if finding.document_id is None:
        document = Document(case=turn.case, claimed_class=str(finding.confirmed_class), entered_at=turn.now)
    else:
        found = Document.objects.filter(case=turn.case, pk=finding.document_id).first()
        if found is None:
            raise Refused(
                RefusalKind.INPUT,
                Reason("no_such_document", "This request has no such document. Open the page again."),
            )
        document = found
    settled = finding.confirmation != Confirmation.UNCONFIRMED
    newly_settled = settled and document.confirmation != finding.confirmation
    values: dict[str, object] = {
        "confirmed_class": str(finding.confirmed_class) or (document.claimed_class if settled else ""),
        "confirmation": str(finding.confirmation),
        "matches_subject": finding.matches_subject,
        "court": finding.court,
        "document_number": finding.document_number,
        "issued_on": finding.issued_on,
        "struck": finding.struck,
        "confirmed_by": (turn.actor if newly_settled else document.confirmed_by) if settled else None,
        "confirmed_at": (turn.now if newly_settled else document.confirmed_at) if settled else None,
    }
    if document.pk is None:
        for name, value in values.items():
            setattr(document, name, value)
        turn.save(document, reason=reason)
        if late:
            note_correction(turn, field="document", old="", new=document.claimed_class, reason=reason)
        return
    change(turn, document, values, reason=reason, as_correction=late)


@transition
def reclassify(
    case_id: int,
    *,
    actor: User,
    request_types: Sequence[RequestType],
    reason: str = "",
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Say what was really asked for. What the dispatcher wrote down first is kept."""
    turn = begin(Action.RECLASSIFY, case_id, actor=actor, submission=submission)
    require_reason_when_late(turn, reason)
    types = [str(code) for code in request_types]
    late = turn.case.status != Status.UNDER_REVIEW
    change(turn, turn.case, {"types_by_commander": types}, reason=reason, as_correction=late)
    return finish(turn, reason=reason, details={"request_types": types})


@transition
def request_information(
    case_id: int, *, actor: User, needed: str, submission: Submission | None = None
) -> AssistanceRequest:
    """Wait for facts that are missing; when the time runs out, the policy declines and never approves."""
    turn = begin(Action.REQUEST_INFORMATION, case_id, actor=actor, submission=submission)
    case = turn.case
    case.information_needed = needed
    case.information_requested_at = turn.now
    limit = turn.limits.get(ThresholdKey.INFORMATION, emergency=is_emergency(case))
    case.information_due_at = case.information_due_at or turn.now + limit
    turn.move_to(Status.INFORMATION_NEEDED)
    return finish(turn, reason=needed)
