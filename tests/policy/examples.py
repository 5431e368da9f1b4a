"""Facts to start from: the plainest request there is, and small changes to it."""

import copy
import json
from pathlib import Path

from tests.policy.random_facts import set_path

SCENARIOS = json.loads((Path(__file__).parent / "scenarios.json").read_text())
PLAIN = {
    "received_at": "2026-03-03T10:00:00-05:00",
    "direction": "inbound",
    "jurisdiction": "lmpd",
    "channel": "911",
    "requester": {"component": "ero", "verification": "verified_callback"},
    "request_types": ["standby"],
    "documents": [],
    "crime": {"status": "none", "immigration_offence_only": False, "basis": "none", "open_lmpd_case": False},
    "danger": {"level": "none", "corroboration": "none", "ended": False},
    "commander": {"contacted": True, "call_recorded": "yes"},
    "timed_out": False,
}


def plain(*changes):
    """The plain facts with changes to dotted paths; later changes win."""
    facts = copy.deepcopy(PLAIN)
    for change in changes:
        for path, value in change.items():
            set_path(facts, path, value)
    return facts


def paper(document_class="criminal_warrant", confirmation="confirmed_active", matches=True):
    return {"document_class": document_class, "confirmation": confirmation, "matches_subject": matches}


def papers(*documents):
    return {"documents": list(documents)}


def asked(*request_types):
    return {"request_types": list(request_types)}
