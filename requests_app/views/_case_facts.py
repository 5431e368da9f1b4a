"""What is recorded of a case, by subject: rows of label and value in words, for the summary lists.

Restricted fields come in only where the view says that this person may read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from requests_app.models import (
    AssistanceRequest,
    CommanderCall,
    Decision,
    Dispatch,
    Document,
    FieldOutcome,
    Page,
    RestrictedDetails,
    User,
)
from requests_app.timeline import correction_in_words, correction_label, in_words, label_of, local_time
from requests_app.vocabulary import (
    CadAbsence,
    Choice,
    CrimeStatus,
    DangerLevel,
    Direction,
    DiscoveredBy,
    DispatchMode,
    Division,
    EndorsementKind,
    FieldAction,
    Ground,
    Outcome,
    PageResult,
    PlaceKind,
    ReasonCode,
    RequestType,
    Verification,
)

# Shorter than this, a time of entry says nothing that the time of receipt does not.
SAME_TIME = timedelta(minutes=1)
RESTRICTED = ("requester_name", "requester_badge", "callback_number", "location")


@dataclass(frozen=True)
class Row:
    """One line of a summary list; a masked one hides its value."""

    label: str
    value: str = ""
    note: str = ""
    masked: bool = False


@dataclass(frozen=True)
class Part:
    """A row of its own kind within a panel, such as one document or one call."""

    heading: str
    rows: list[Row]
    struck: bool = False


@dataclass(frozen=True)
class Panel:
    """One subject of the case page. `key` names its heading in the page."""

    key: str
    heading: str
    rows: list[Row] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    nothing: str = ""
    is_restricted: bool = False


def labels(choice: type[Choice], codes: Sequence[str]) -> str:
    return ", ".join(choice(code).label for code in codes)


def panels_of(case: AssistanceRequest, restricted: RestrictedDetails | None) -> list[Panel]:
    """Every subject that has something to say, in the order a case lives."""
    panels = [
        Panel("asked", "What came in", _asked(case)),
        Panel("caller", "Who called, and where", _caller(restricted), is_restricted=restricted is None),
        Panel("evidence", "Evidence", _evidence(case), [_document(row) for row in case.documents.all()]),
        Panel(
            "calls", "Paging and calls", [], _reached(case), nothing="Nobody is paged, no call is recorded."
        ),
        Panel("field", "In the field", _in_the_field(case), nothing="No officers are recorded as sent."),
        Panel("outcome", "Outcome", _outcome(case)),
        Panel("kept", "How long this is kept", _kept(case)),
    ]
    return [panel for panel in panels if panel.rows or panel.parts or panel.nothing]


def _rows(row: models.Model, *columns: str) -> list[Row]:
    """Columns that say something, in words."""
    return [Row(label_of(type(row), column), value) for column in columns if (value := _value(row, column))]


def _value(row: models.Model, column: str) -> str:
    column_field: Any = row._meta.get_field(column)
    value = getattr(row, column)
    if isinstance(column_field, models.ForeignKey):
        return str(value) if value else ""
    return in_words(column_field, value, {})


# --- what came in -----------------------------------------------------------------------------


def _asked(case: AssistanceRequest) -> list[Row]:
    rows = [
        Row("Received", local_time(case.received_at), _entered(case.received_at, case.entered_at)),
        Row("Who asks", case.get_component_display()),
        Row("Asked for", labels(RequestType, case.request_types), _classifications(case)),
        Row("What was said", case.what_was_said),
    ]
    if case.requested_for:
        rows.append(Row("Wanted for", local_time(case.requested_for)))
    rows += [
        Row("Grounds claimed", labels(Ground, case.grounds_claimed) or "None"),
        Row("Persons sought", "" if case.persons_sought is None else str(case.persons_sought)),
        Row("Place", _place(case)),
        Row("CAD event number", case.cad_event_number, _no_cad_number(case)),
        Row("Channel", _channel(case)),
        Row("Taken by", str(case.taken_by), _logged(case)),
    ]
    if case.discovered_by != DiscoveredBy.LIVE:
        rows.append(Row("How it was found", case.get_discovered_by_display()))
    if case.status_reason:
        rows.append(Row("Reason of the status", case.status_reason))
    return rows


def _entered(at: datetime, entered_at: datetime) -> str:
    return f"Entered {local_time(entered_at)}" if entered_at - at >= SAME_TIME else ""


def _classifications(case: AssistanceRequest) -> str:
    """The first classification is often wrong, so all are shown where they differ."""
    said = [
        ("at intake", case.types_at_intake),
        ("by the commander", case.types_by_commander),
        ("by oversight", case.types_by_review),
    ]
    given = [f"{labels(RequestType, types)} ({who})" for who, types in said if types]
    return "; ".join(given) if len(given) > 1 else ""


def _place(case: AssistanceRequest) -> str:
    """Kind of place and division, as far as they are known."""
    known = [
        case.get_place_kind_display() if case.place_kind != PlaceKind.UNKNOWN else "",
        case.get_division_display() if case.division != Division.UNKNOWN else "",
    ]
    return ", ".join(filter(None, known))


def _no_cad_number(case: AssistanceRequest) -> str:
    return CadAbsence(case.cad_absence).label if case.cad_absence and not case.cad_event_number else ""


def _channel(case: AssistanceRequest) -> str:
    outbound = f" ({Direction.OUTBOUND.label.lower()})" if case.direction == Direction.OUTBOUND else ""
    return f"{case.get_channel_display()}{outbound}"


def _logged(case: AssistanceRequest) -> str:
    if case.logged_by is None:
        return ""
    by = "" if case.logged_by_id == case.taken_by_id else f" by {case.logged_by}"
    return f"Logged{by} {local_time(case.logged_at)}"


def _caller(restricted: RestrictedDetails | None) -> list[Row]:
    if restricted is None:
        return [Row(label_of(RestrictedDetails, column), masked=True) for column in RESTRICTED]
    refused = "Refused to say" if restricted.identity_refused else ""
    return [
        Row(label_of(RestrictedDetails, column), getattr(restricted, column), refused if place == 0 else "")
        for place, column in enumerate(RESTRICTED)
    ]


# --- evidence ---------------------------------------------------------------------------------


def _evidence(case: AssistanceRequest) -> list[Row]:
    evidence = case.evidence
    rows = [
        Row("Caller", evidence.get_verification_display(), _by(evidence.verified_by, evidence.verified_at))
    ]
    if evidence.verification != Verification.UNVERIFIED:
        rows += _rows(evidence, "verification_method")
    rows.append(Row("Crime", evidence.get_crime_status_display()))
    if evidence.crime_status != CrimeStatus.NONE:
        rows += _rows(evidence, "crime_offence", "crime_basis", "lmpd_case_number")
        if evidence.immigration_offence_only:
            rows.append(Row("Kind of offence", "An immigration offence only"))
    danger = evidence.get_danger_level_display()
    rows.append(Row("Danger", f"{danger}, and has ended" if evidence.danger_ended else danger))
    if evidence.danger_level != DangerLevel.NONE:
        rows += _rows(evidence, "danger_articulated", "danger_assessment", "danger_corroboration")
    return rows


def _by(who: User | None, at: datetime | None) -> str:
    return f"{who}, {local_time(at)}" if who else ""


def _document(document: Document) -> Part:
    rows = [
        Row("Claimed to be", document.get_claimed_class_display()),
        Row(
            "Confirmation",
            document.get_confirmation_display(),
            _by(document.confirmed_by, document.confirmed_at),
        ),
    ]
    if document.confirmed_class and document.confirmed_class != document.claimed_class:
        rows.append(Row("Found to be", document.get_confirmed_class_display()))
    if not document.matches_subject:
        rows.append(Row("Matches", "Does not match the person or place"))
    rows += _rows(document, "document_number", "court", "issued_on")
    heading = "Document, struck: entered by mistake" if document.struck else "Document"
    return Part(heading, rows, struck=document.struck)


# --- reaching the officer ---------------------------------------------------------------------


def _reached(case: AssistanceRequest) -> list[Part]:
    pages = [Part(f"Page {page.order}: {page.officer}", _page(page)) for page in case.pages.all()]
    return pages + [Part(f"Call of {call.commander}", _call(call)) for call in case.calls.all()]


def _page(page: Page) -> list[Row]:
    attempts = [
        f"{PageResult(attempt.result).label}, {local_time(attempt.entered_at)}"
        + (f": {attempt.detail}" if attempt.detail else "")
        for attempt in page.attempts.all()
    ]
    return [
        Row("Paged", local_time(page.paged_at), page.get_reason_display()),
        Row("Attempts", "\n".join(attempts) or "On its way"),
        Row("Acknowledged", local_time(page.acknowledged_at) or "Not yet"),
    ]


def _call(call: CommanderCall) -> list[Row]:
    until = f" to {local_time(call.ended_at)}" if call.ended_at else ""
    rows = [
        Row("When", f"{local_time(call.started_at)}{until}", _entered(call.started_at, call.entered_at)),
        Row("Recording", call.get_recorded_display()),
        Row("Recorder's reference", call.recorder_reference),
    ]
    return rows + _rows(call, "note")


# --- the field --------------------------------------------------------------------------------


def dispatch_mode(case: AssistanceRequest) -> DispatchMode | None:
    """Whether officers went before or after the decision."""
    dispatch: Dispatch | None = getattr(case, "dispatch", None)
    if dispatch is None:
        return None
    decisions = list(case.decisions.all())
    if any(decision.decided_at <= dispatch.dispatched_at for decision in decisions):
        return DispatchMode.AFTER_DECISION
    dangerous = case.evidence.danger_level == DangerLevel.CLEAR and not case.evidence.danger_ended
    if decisions:
        dangerous = Ground.PUBLIC_DANGER in decisions[0].verdict["grounds"]
    return DispatchMode.EMERGENCY_BEFORE_DECISION if dangerous else DispatchMode.BEFORE_DECISION_IN_BREACH


def _in_the_field(case: AssistanceRequest) -> list[Row]:
    dispatch: Dispatch | None = getattr(case, "dispatch", None)
    mode = dispatch_mode(case)
    if dispatch is None or mode is None:
        return []
    units = ", ".join(dispatch.units) or "Units not recorded"
    return [
        Row("Officers sent", f"{units}: {dispatch.officers} in all", mode.label),
        Row(
            "Sent", local_time(dispatch.dispatched_at), _entered(dispatch.dispatched_at, dispatch.entered_at)
        ),
        Row("First officer arrived", local_time(dispatch.first_arrival_at)),
        Row("Commanding officer", _commander(dispatch), dispatch.commander_absent_reason),
        Row("Left the scene", local_time(dispatch.cleared_at) or "Still out"),
    ]


def _commander(dispatch: Dispatch) -> str:
    if dispatch.commander is None:
        return "Did not attend" if dispatch.commander_absent_reason else ""
    left = f", left {local_time(dispatch.commander_left_at)}" if dispatch.commander_left_at else ""
    return f"{dispatch.commander}, arrived {local_time(dispatch.commander_arrived_at)}{left}"


def _outcome(case: AssistanceRequest) -> list[Row]:
    outcome: FieldOutcome | None = getattr(case, "field_outcome", None)
    if outcome is None:
        return []
    counted = ("local_arrests", "citations", "handed_to_federal", "federal_arrests_seen", "injuries")
    rows = [Row("What officers did", labels(FieldAction, outcome.actions_taken) or "Nothing")]
    rows += [Row(label_of(FieldOutcome, column), str(getattr(outcome, column))) for column in counted]
    return [
        *rows,
        Row("Force was used", "Yes" if outcome.force_used else "No"),
        Row("Officer minutes", str(outcome.officer_minutes)),
        *_rows(outcome, "narrative"),
        Row(
            "Reported by",
            str(outcome.reported_by),
            f"Ended {local_time(outcome.occurred_at)}. Entered {local_time(outcome.entered_at)}",
        ),
    ]


def _kept(case: AssistanceRequest) -> list[Row]:
    return [
        Row("Legal hold", "Yes" if case.legal_hold else "No"),
        *_rows(case, "retention_class", "retain_until"),
    ]


# --- decisions and corrections ----------------------------------------------------------------


def decision_rows(decision: Decision) -> list[Row]:
    """What was decided, on which grounds, within which limits, and what the policy said then."""
    rows = [Row("Decided by", str(decision.decided_by), _decided(decision))]
    if decision.outcome == Outcome.ASSIST:
        rows += [
            Row("Grounds", labels(Ground, decision.grounds)),
            Row("Officers may", labels(FieldAction, decision.scope_allowed)),
        ]
    if decision.scope_forbidden:
        rows.append(Row("Officers may not", labels(FieldAction, decision.scope_forbidden)))
    if decision.reason_code:
        rows.append(Row("Reason", ReasonCode(decision.reason_code).label))
    rows += _rows(decision, "referred_to")
    if decision.reason_text:
        rows.append(Row("In the officer's words", decision.reason_text))
    rows.append(
        Row(
            "The policy said then",
            Outcome(decision.verdict["outcome"]).label,
            f"Version {decision.policy_version}",
        )
    )
    return rows + _endorsements(decision)


def _decided(decision: Decision) -> str:
    notes = [local_time(decision.decided_at)]
    if decision.is_by_radio:
        notes.append(f"given by radio, entered by {decision.entered_by} {local_time(decision.entered_at)}")
    elif entered := _entered(decision.decided_at, decision.entered_at):
        notes.append(entered)
    if decision.is_own_intake:
        notes.append("logged by the same officer")
    return ", ".join(notes)


def _endorsements(decision: Decision) -> list[Row]:
    words = list(decision.endorsements.all())
    rows = [
        Row(EndorsementKind(word.kind).label, str(word.officer), _said(word.reason, word.occurred_at))
        for word in words
    ]
    kinds = {word.kind for word in words}
    if decision.is_by_radio and EndorsementKind.CONFIRMS_RADIO not in kinds:
        rows.append(Row("Confirmation", "Not confirmed by the officer yet"))
    if decision.needs_agreement and not kinds & {EndorsementKind.AGREES, EndorsementKind.DISAGREES}:
        rows.append(Row("Second officer", "Must still agree or disagree"))
    return rows


def _said(reason: str, at: datetime) -> str:
    return f"{local_time(at)}: {reason}" if reason else local_time(at)


@dataclass(frozen=True)
class CorrectionRow:
    """One corrected field as the list of corrections shows it."""

    label: str
    old: str
    new: str
    masked: bool
    who: str
    at: datetime
    why: str


def corrections_of(case: AssistanceRequest) -> list[CorrectionRow]:
    return [
        CorrectionRow(
            label=correction_label(row.field),
            old=correction_in_words(row.field, row.old),
            new=correction_in_words(row.field, row.new),
            masked=row.is_restricted,
            who=str(row.corrected_by),
            at=row.entered_at,
            why=row.reason,
        )
        for row in case.corrections.all()
    ]
