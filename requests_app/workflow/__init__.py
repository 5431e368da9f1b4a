"""The only place that changes a case: one function for each act, all in the same shape.

`MOVES` is the life of a request as data. A view calls `attempt(act, case_id, actor=…, …)`; a job or
a command calls the act itself. Acts open their own transaction, so they never nest.
"""

from collections.abc import Callable

from requests_app.models import AssistanceRequest
from requests_app.vocabulary import Action
from requests_app.workflow._conditions import (
    CONDITIONS,
    Reason,
    Standing,
    effective_decision,
    endorsed,
    may_decide_own_intake,
    open_proposal,
)
from requests_app.workflow._facts import facts_of, is_emergency, is_urgent, policy_in_force, verdict_on
from requests_app.workflow._limits import Limits, read_limits
from requests_app.workflow._moves import MOVES, Move
from requests_app.workflow._passing_time import deviating_by_now
from requests_app.workflow._permitted import may_read_restricted, permitted_actions
from requests_app.workflow._submissions import AlreadyDone, Refused, Submission, refuse_replay, remember
from requests_app.workflow._transition import action_of, attempt, record_refusal
from requests_app.workflow.assessment import (
    Assessment,
    DocumentFinding,
    claim,
    reclassify,
    record_call,
    release,
    request_information,
    set_evidence,
    verify_caller,
)
from requests_app.workflow.closure import CORRECTABLE, correct, hold, reopen, reveal, withdraw
from requests_app.workflow.decision import Choice, agree, confirm, decide, disagree, radio_decision
from requests_app.workflow.field import (
    Report,
    commander_absent,
    commander_arrives,
    dispatch,
    officer_arrives,
    report_outcome,
    stand_down,
)
from requests_app.workflow.intake import (
    CASE_COLUMNS,
    RESTRICTED_COLUMNS,
    Intake,
    abandon,
    acknowledge,
    log,
    page,
    possible_duplicates,
    save_intake,
)
from requests_app.workflow.oversight import answer, explain, find_deviations, follow_up, review
from requests_app.workflow.retention import erase, propose_erasure

# One verb, one name: the act of an action is the function of its verb.
TRANSITIONS: dict[Action, Callable[..., AssistanceRequest]] = {
    action_of(act): act
    for act in (
        save_intake,
        abandon,
        log,
        page,
        acknowledge,
        claim,
        release,
        verify_caller,
        record_call,
        set_evidence,
        reclassify,
        request_information,
        decide,
        radio_decision,
        confirm,
        agree,
        disagree,
        dispatch,
        officer_arrives,
        commander_arrives,
        commander_absent,
        stand_down,
        report_outcome,
        withdraw,
        correct,
        reopen,
        reveal,
        explain,
        review,
        follow_up,
        answer,
        hold,
        propose_erasure,
        erase,
        find_deviations,
    )
}

__all__ = [
    "CASE_COLUMNS",
    "CONDITIONS",
    "CORRECTABLE",
    "MOVES",
    "RESTRICTED_COLUMNS",
    "TRANSITIONS",
    "AlreadyDone",
    "Assessment",
    "Choice",
    "DocumentFinding",
    "Intake",
    "Limits",
    "Move",
    "Reason",
    "Refused",
    "Report",
    "Standing",
    "Submission",
    "abandon",
    "acknowledge",
    "action_of",
    "agree",
    "answer",
    "attempt",
    "claim",
    "commander_absent",
    "commander_arrives",
    "confirm",
    "correct",
    "decide",
    "deviating_by_now",
    "disagree",
    "dispatch",
    "effective_decision",
    "endorsed",
    "erase",
    "explain",
    "facts_of",
    "find_deviations",
    "follow_up",
    "hold",
    "is_emergency",
    "is_urgent",
    "log",
    "may_decide_own_intake",
    "may_read_restricted",
    "officer_arrives",
    "open_proposal",
    "page",
    "permitted_actions",
    "policy_in_force",
    "possible_duplicates",
    "propose_erasure",
    "radio_decision",
    "read_limits",
    "reclassify",
    "record_call",
    "record_refusal",
    "refuse_replay",
    "release",
    "remember",
    "reopen",
    "report_outcome",
    "request_information",
    "reveal",
    "review",
    "save_intake",
    "set_evidence",
    "stand_down",
    "verdict_on",
    "verify_caller",
    "withdraw",
]
