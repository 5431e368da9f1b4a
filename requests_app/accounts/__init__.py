"""What is done with accounts: each act one transaction, one actor, one entry of the ledger.

Two persons stand behind whatever lets somebody in: one asks, another confirms.
"""

from requests_app.accounts._act import NotPossible, record_refusal
from requests_app.accounts.lifecycle import (
    confirm_step,
    create_account,
    deactivate,
    new_enrolment_link,
    propose_activation,
    propose_reset,
    withdraw_step,
)
from requests_app.accounts.locks import (
    find_lock,
    may_unlock,
    reason_against_unlocking,
    standing_locks,
    unlock,
)
from requests_app.accounts.overview import (
    Alert,
    Person,
    State,
    find_person,
    open_steps,
    people,
    recent_alerts,
    roles_to_review,
)
from requests_app.accounts.presence import (
    alert_networks,
    confirmed_identity,
    factor_added,
    factor_removed,
    last_sign_ins,
    password_set,
    sign_in_failed,
    signed_in,
    signed_out,
)
from requests_app.accounts.roles import (
    confirm_role,
    end_role,
    propose_role,
    proposed_roles,
    review_roles,
    reviews_due,
)
from requests_app.accounts.sessions import end_all_sessions, end_session
from requests_app.accounts.training import logged_untrained, record_training, was_trained
from requests_app.accounts.upkeep import disable_unused

__all__ = [
    "Alert",
    "NotPossible",
    "Person",
    "State",
    "alert_networks",
    "confirm_role",
    "confirm_step",
    "confirmed_identity",
    "create_account",
    "deactivate",
    "disable_unused",
    "end_all_sessions",
    "end_role",
    "end_session",
    "factor_added",
    "factor_removed",
    "find_lock",
    "find_person",
    "last_sign_ins",
    "logged_untrained",
    "may_unlock",
    "new_enrolment_link",
    "open_steps",
    "password_set",
    "people",
    "propose_activation",
    "propose_reset",
    "propose_role",
    "proposed_roles",
    "reason_against_unlocking",
    "recent_alerts",
    "record_refusal",
    "record_training",
    "review_roles",
    "reviews_due",
    "roles_to_review",
    "sign_in_failed",
    "signed_in",
    "signed_out",
    "standing_locks",
    "unlock",
    "was_trained",
    "withdraw_step",
]
