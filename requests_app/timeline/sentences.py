"""The ledger as sentences: one table from action to sentence, and one from refusal to sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from requests_app.models import AssistanceRequest, LedgerEntry
from requests_app.timeline._words import label_of
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Choice,
    DeviationKind,
    FieldAction,
    Outcome,
    RefusalKind,
    RequestType,
    RetentionClass,
    ReviewFinding,
    Status,
    Verification,
)
from requests_app.workflow import CORRECTABLE

# What is in braces comes from the entry's details; {actor} is who did it, {reason} what they gave for it.
SENTENCES: dict[Action, str] = {
    Action.SAVE_INTAKE: "{actor} wrote down the request{times}.",
    Action.ABANDON: "{actor} ended the intake: it became no request.",
    Action.LOG: "{actor} logged the request. Paged: {paged}.",
    Action.PAGE: "{actor} paged the next officer: {paged}.",
    Action.ACKNOWLEDGE: "{actor} acknowledged the page.",
    Action.CLAIM: "{actor} took the request.",
    Action.RELEASE: "{actor} gave the request back.",
    Action.VERIFY_CALLER: "{actor} recorded the caller as: {verification}.",
    Action.RECORD_CALL: "{actor} recorded a call with the requester: {recorded}.",
    Action.SET_EVIDENCE: "{actor} recorded what is shown of warrant, crime and danger.",
    Action.RECLASSIFY: "{actor} said what was really asked for: {request_types}.",
    Action.REQUEST_INFORMATION: "{actor} asked for information that is missing.",
    Action.DECIDE: "{actor} decided: {outcome}. The policy said: {verdict}.",
    Action.RADIO_DECISION: (
        "{actor} entered the decision {decided_by_name} gave by radio: {outcome}. The policy said: {verdict}."
    ),
    Action.CONFIRM: "{actor} confirmed the decision entered in their name.",
    Action.AGREE: "{actor} agreed with declining under clear danger.",
    Action.DISAGREE: "{actor} disagreed with declining under clear danger.",
    Action.DISPATCH: "{actor} recorded officers sent. Units {units}, {officers} officers in all.",
    Action.OFFICER_ARRIVES: "{actor} recorded an officer at the scene.",
    Action.COMMANDER_ARRIVES: "{actor} recorded {commander} at the scene.",
    Action.COMMANDER_ABSENT: "{actor} recorded why the commanding officer did not attend.",
    Action.STAND_DOWN: "{actor} recorded that the officers left the scene.",
    Action.REPORT_OUTCOME: "{actor} reported the outcome: {actions_taken}.",
    Action.WITHDRAW: "{actor} recorded that the requester took the request back.",
    Action.CORRECT: "{actor} corrected: {fields}.",
    Action.REOPEN: "{actor} reopened the request on new facts.",
    Action.REVEAL: "{actor} read the restricted fields.",
    Action.REVIEW: "{actor} reviewed the request: {finding}.",
    Action.FOLLOW_UP: "{actor} asked the department a question.",
    Action.ANSWER: "{actor} answered oversight's question.",
    Action.EXPLAIN: "{actor} explained a deviation: {kind}.",
    Action.PROPOSE_ERASURE: "{actor} asked to erase what the ledger keeps privately of this request.",
    Action.ERASE: "{actor} erased what the ledger kept privately of this request.",
    Action.HOLD: "{actor} set how long this is kept: {retention_class}{legal_hold}.",
    Action.VIEW: "{actor} read the request.",
    Action.EXPORT_BUNDLE: "{actor} took out an evidence bundle.",
    Action.PAD: "{actor} filled up the log.",
    Action.FREEZE_PERIOD: "{actor} froze the figures of a quarter.",
    Action.RELEASE_PERIOD: "{actor} published the figures of a quarter.",
    Action.ENTER_CALLS: "{actor} entered how many calls for service a quarter had.",
    Action.SEE_OVERSIGHT: "{actor} opened the pages of oversight.",
    Action.SEE_QUEUE: "{actor} opened the queue.",
    Action.SEE_WALL: "{actor} opened the wall page.",
    Action.MANAGE_ACCOUNTS: "{actor} changed accounts or roles.",
    Action.MANAGE_ROSTER: "{actor} changed the duty roster.",
    Action.MANAGE_REFERENCE: "{actor} changed the reference lists.",
    Action.CREATE_ACCOUNT: "{actor} made an account.",
    Action.PROPOSE_ACTIVATION: "{actor} asked for the activation of an account.",
    Action.PROPOSE_RESET: "{actor} asked for a reset of a sign-in.",
    Action.CONFIRM_STEP: "{actor} confirmed what another administrator asked for.",
    Action.WITHDRAW_STEP: "{actor} took back what was asked for.",
    Action.DEACTIVATE: "{actor} deactivated an account.",
    Action.NEW_ENROLMENT_LINK: "{actor} made a new enrolment link.",
    Action.LINK_IDENTITY: "{actor} linked an identity of the provider.",
    Action.PROPOSE_ROLE: "{actor} proposed a role.",
    Action.CONFIRM_ROLE: "{actor} confirmed a role.",
    Action.END_ROLE: "{actor} ended a role.",
    Action.REVIEW_ROLES: "{actor} looked at the roles of a person.",
    Action.RECORD_TRAINING: "{actor} recorded a training.",
    Action.END_SESSION: "{actor} ended sessions.",
    Action.UNLOCK: "{actor} unlocked a sign-in.",
    Action.SIGN_IN: "{actor} signed in.",
    Action.SIGN_OUT: "{actor} signed out.",
    Action.CONFIRM_IDENTITY: "{actor} showed a second factor again.",
    Action.ADD_FACTOR: "{actor} added a second factor.",
    Action.REMOVE_FACTOR: "{actor} removed a second factor.",
    Action.SET_PASSWORD: "{actor} set their own password.",
    Action.FAIL_SIGN_IN: "{actor} let nobody in: a wrong password or code.",
    Action.LOCK: "{actor} locked a sign-in.",
    Action.ALERT_NETWORKS: "{actor} found one account open from two networks.",
    Action.DISABLE_UNUSED: "{actor} disabled an account.",
    Action.BREAK_GLASS: "{actor} let an administrator in, on the word of two people at the server.",
    Action.ROTATE_KEYS: "{actor} encrypted the second factors anew.",
    Action.SYNC_DEVIATIONS: "{actor} looked for what the policy required and did not happen.",
}

REFUSALS: dict[RefusalKind, str] = {
    RefusalKind.FORBIDDEN: "{actor} tried “{act}”, and was not permitted.",
    RefusalKind.ILLEGAL: "{actor} tried “{act}”, which was not possible then.",
    RefusalKind.STALE: "{actor} tried “{act}”, but the request had changed meanwhile.",
    RefusalKind.POLICY: "{actor} tried “{act}”, and the policy blocked it.",
    RefusalKind.INPUT: "{actor} tried “{act}” with something missing.",
}

# What a detail of the ledger is a code of.
CODES: dict[str, type[Choice]] = {
    "outcome": Outcome,
    "verdict": Outcome,
    "verification": Verification,
    "recorded": CallRecorded,
    "request_types": RequestType,
    "actions_taken": FieldAction,
    "finding": ReviewFinding,
    "kind": DeviationKind,
    "retention_class": RetentionClass,
}
DECISIONS = frozenset({Action.DECIDE, Action.RADIO_DECISION, Action.CONFIRM, Action.AGREE, Action.DISAGREE})
# Said to the minute: two times within one are shown as one.
SAME_TIME = timedelta(minutes=1)
ERASED = "(no longer kept)"


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `entered_at` is there when it differs from when it happened."""

    at: datetime
    sentence: str
    entered_at: datetime | None = None
    detail: str = ""
    kind: str = "plain"


class _Words(dict[str, str]):
    """What a sentence may ask for; a detail that the retention act erased says so."""

    def __missing__(self, key: str) -> str:
        return ERASED


def timeline_of(case: AssistanceRequest) -> list[Entry]:
    """Every act on the case and every refusal, in the order they were entered. One query."""
    rows = LedgerEntry.objects.filter(case=case).select_related("actor", "private").order_by("id")
    entries, status = [], ""
    for saved in _runs_of_saves(rows):
        entry, status = tell(saved, status)
        entries.append(entry)
    return entries


def _runs_of_saves(rows: Iterable[LedgerEntry]) -> list[list[LedgerEntry]]:
    """Autosave enters one act after the other: a run of one person's saves is told once."""
    runs: list[list[LedgerEntry]] = []
    for row in rows:
        if runs and _continues(runs[-1][-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _continues(before: LedgerEntry, row: LedgerEntry) -> bool:
    saves = all(one.action == Action.SAVE_INTAKE and not one.refusal for one in (before, row))
    return saves and before.actor_id == row.actor_id


def tell(run: Sequence[LedgerEntry], status_before: str) -> tuple[Entry, str]:
    row = run[0]
    details = row.details
    words = _words(row, details, saves=len(run))
    differs = abs(row.entered_at - row.occurred_at) >= SAME_TIME
    entry = Entry(
        at=row.occurred_at,
        sentence="",
        entered_at=row.entered_at if differs else None,
        kind=_kind(row, details),
    )
    if row.refusal:
        sentence = REFUSALS[RefusalKind(row.refusal)].format_map(words)
        return replace(entry, sentence=sentence, detail=details.get("reason", "")), status_before
    status = run[-1].details.get("status", status_before)
    lines = [details.get("reason", ""), *_deviations(details)]
    if status_before and status != status_before:
        lines.append(f"Now: {Status(status).label.lower()}.")
    sentence = SENTENCES[Action(row.action)].format_map(words)
    return replace(entry, sentence=sentence, detail="\n".join(filter(None, lines))), status


def _kind(row: LedgerEntry, details: Mapping[str, object]) -> str:
    if row.refusal:
        return "refused"
    if row.action in DECISIONS:
        return "decision"
    return "deviation" if details.get("deviations") else "plain"


def _words(row: LedgerEntry, details: Mapping[str, object], *, saves: int) -> _Words:
    words = _Words({name: _in_words(name, value) for name, value in details.items()})
    words["actor"] = "The register" if row.actor.is_system else row.actor.display_name
    words["act"] = Action(row.action).label
    words["times"] = f", saved {saves} times" if saves > 1 else ""
    return words


def _in_words(name: str, value: object) -> str:
    if name == "fields" and isinstance(value, list):
        return ", ".join(_field_label(str(column)) for column in value)
    if name == "legal_hold":
        return ", under legal hold" if value else ""
    if isinstance(value, list):
        return ", ".join(_in_words(name, one) for one in value) or "nothing"
    return CODES[name](str(value)).label if name in CODES and value else str(value)


def _field_label(column: str) -> str:
    model = next(model for model, columns in CORRECTABLE.items() if column in columns)
    return label_of(model, column)


def _deviations(details: Mapping[str, object]) -> list[str]:
    """What the register found at the end of the act, and what it no longer finds."""
    found = [f"Deviation found: {label}." for label in _labels(details.get("deviations"))]
    return found + [
        f"No longer a deviation: {label}." for label in _labels(details.get("deviations_removed"))
    ]


def _labels(kinds: object) -> list[str]:
    return [DeviationKind(kind).label for kind in kinds] if isinstance(kinds, list) else []
