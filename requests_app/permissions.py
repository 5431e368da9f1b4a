"""Who may do what: one table from role to actions, and nothing else.

A change of power is one line of this file. Whether an action is legal from a case's present
state is `workflow.MOVES`; whether a person may see a case at all is `querysets.visible_to`.
"""

from collections.abc import Iterable

from requests_app.vocabulary import Action, Role

GRANTS: dict[Role, frozenset[Action]] = {
    Role.DISPATCHER: frozenset(
        {
            Action.VIEW,
            Action.SEE_WALL,
            Action.SAVE_INTAKE,
            Action.ABANDON,
            Action.LOG,
            Action.PAGE,
            Action.RADIO_DECISION,
            Action.DISPATCH,
            Action.OFFICER_ARRIVES,
            Action.COMMANDER_ARRIVES,
            Action.COMMANDER_ABSENT,
            Action.STAND_DOWN,
            Action.WITHDRAW,
            Action.CORRECT,
            Action.REVEAL,
            Action.UNLOCK,
        }
    ),
    Role.COMMANDING_OFFICER: frozenset(
        {
            Action.VIEW,
            Action.SEE_WALL,
            Action.SEE_QUEUE,
            Action.SAVE_INTAKE,
            Action.ABANDON,
            Action.LOG,
            Action.PAGE,
            Action.ACKNOWLEDGE,
            Action.CLAIM,
            Action.RELEASE,
            Action.VERIFY_CALLER,
            Action.RECORD_CALL,
            Action.SET_EVIDENCE,
            Action.RECLASSIFY,
            Action.REQUEST_INFORMATION,
            Action.DECIDE,
            Action.CONFIRM,
            Action.AGREE,
            Action.DISAGREE,
            Action.DISPATCH,
            Action.OFFICER_ARRIVES,
            Action.COMMANDER_ARRIVES,
            Action.COMMANDER_ABSENT,
            Action.STAND_DOWN,
            Action.REPORT_OUTCOME,
            Action.WITHDRAW,
            Action.CORRECT,
            Action.REOPEN,
            Action.REVEAL,
            Action.ANSWER,
            Action.EXPLAIN,
            Action.UNLOCK,
        }
    ),
    Role.OVERSIGHT: frozenset(
        {
            Action.VIEW,
            Action.SEE_OVERSIGHT,
            # Only requests found late (audit, media, complaint): the transition refuses a live one.
            Action.SAVE_INTAKE,
            Action.ABANDON,
            Action.LOG,
            Action.REVEAL,
            Action.REVIEW,
            Action.FOLLOW_UP,
            Action.HOLD,
            Action.PROPOSE_ERASURE,
            Action.ERASE,
            Action.EXPORT_BUNDLE,
            Action.FREEZE_PERIOD,
            Action.RELEASE_PERIOD,
            Action.ENTER_CALLS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Action.MANAGE_ACCOUNTS,
            Action.CREATE_ACCOUNT,
            Action.PROPOSE_ACTIVATION,
            Action.PROPOSE_RESET,
            Action.CONFIRM_STEP,
            Action.WITHDRAW_STEP,
            Action.DEACTIVATE,
            Action.NEW_ENROLMENT_LINK,
            Action.LINK_IDENTITY,
            Action.PROPOSE_ROLE,
            Action.CONFIRM_ROLE,
            Action.END_ROLE,
            Action.REVIEW_ROLES,
            Action.RECORD_TRAINING,
            Action.UNLOCK,
            Action.MANAGE_ROSTER,
            Action.MANAGE_REFERENCE,
        }
    ),
}

# What the register does by itself, under its own account; no person holds these.
SYSTEM_ACTIONS = frozenset(
    {
        Action.PAGE,
        Action.SYNC_DEVIATIONS,
        Action.FAIL_SIGN_IN,
        Action.LOCK,
        Action.ALERT_NETWORKS,
        Action.DISABLE_UNUSED,
        Action.BREAK_GLASS,
        Action.ROTATE_KEYS,
        Action.PAD,
    }
)

# What every person does with their own account, and with no other.
OWN_ACTIONS = frozenset(
    {
        Action.SIGN_IN,
        Action.SIGN_OUT,
        Action.CONFIRM_IDENTITY,
        Action.ADD_FACTOR,
        Action.REMOVE_FACTOR,
        Action.SET_PASSWORD,
        Action.END_SESSION,
    }
)


def allows(roles: Iterable[str], action: Action) -> bool:
    """True when any of the roles carries the action. No role is above the table."""
    return any(action in GRANTS[Role(role)] for role in roles)
