"""Tables of the register: columns, constraints and indexes. Whatever writes is in `workflow`."""

from requests_app.models._base import REGISTER_NOW, Revised, Tracked
from requests_app.models.account import AccountStep, RoleReview, SignInLock, Training
from requests_app.models.call import CommanderCall, Page, PageAttempt
from requests_app.models.decision import Decision, Endorsement
from requests_app.models.dispatch import Dispatch, FieldOutcome
from requests_app.models.evidence import Document, Evidence
from requests_app.models.ledger import (
    LedgerEntry,
    LedgerErasure,
    LedgerErasureProposal,
    LedgerHead,
    LedgerPosition,
    LedgerPrivate,
)
from requests_app.models.reference import (
    DirectoryNumber,
    IdempotencyKey,
    Installation,
    NumberCounter,
    PolicyInForce,
    Threshold,
)
from requests_app.models.release import CallsForService, FrozenQuarter, Release, ReleaseDocument
from requests_app.models.request import AssistanceRequest, Correction, RestrictedDetails, Reveal
from requests_app.models.review import Deviation, Review
from requests_app.models.roster import RosterEntry
from requests_app.models.session import Session
from requests_app.models.user import SYSTEM_BADGE, RoleGrant, User

TRACKED_MODELS: tuple[type[Revised], ...] = (
    User,
    RoleGrant,
    AssistanceRequest,
    RestrictedDetails,
    Evidence,
    Document,
    Page,
    CommanderCall,
    Dispatch,
    FieldOutcome,
    Deviation,
    Review,
    RosterEntry,
    Threshold,
    DirectoryNumber,
    PolicyInForce,
    AccountStep,
    SignInLock,
    Training,
)

_APPEND_ONLY_MODELS = (
    Decision,
    Endorsement,
    PageAttempt,
    Correction,
    Reveal,
    Release,
    FrozenQuarter,
    ReleaseDocument,
    CallsForService,
    RoleReview,
    Installation,
    IdempotencyKey,
    LedgerEntry,
    LedgerPrivate,
    LedgerPosition,
    LedgerErasureProposal,
    LedgerErasure,
)

# Rows are added and never changed: walls in the migrations, and no privilege of the application.
APPEND_ONLY_TABLES: tuple[str, ...] = (
    *(model._meta.db_table for model in _APPEND_ONLY_MODELS),
    *(model.history.model._meta.db_table for model in TRACKED_MODELS),
)

__all__ = [
    "APPEND_ONLY_TABLES",
    "REGISTER_NOW",
    "SYSTEM_BADGE",
    "TRACKED_MODELS",
    "AccountStep",
    "AssistanceRequest",
    "CallsForService",
    "CommanderCall",
    "Correction",
    "Decision",
    "Deviation",
    "DirectoryNumber",
    "Dispatch",
    "Document",
    "Endorsement",
    "Evidence",
    "FieldOutcome",
    "FrozenQuarter",
    "IdempotencyKey",
    "Installation",
    "LedgerEntry",
    "LedgerErasure",
    "LedgerErasureProposal",
    "LedgerHead",
    "LedgerPosition",
    "LedgerPrivate",
    "NumberCounter",
    "Page",
    "PageAttempt",
    "PolicyInForce",
    "Release",
    "ReleaseDocument",
    "RestrictedDetails",
    "Reveal",
    "Review",
    "Revised",
    "RoleGrant",
    "RoleReview",
    "RosterEntry",
    "Session",
    "SignInLock",
    "Threshold",
    "Tracked",
    "Training",
    "User",
]
