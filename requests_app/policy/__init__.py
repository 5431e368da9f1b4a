"""The department's policy as data, and the one function that applies it: `evaluate`.

Forms, the decision itself, replay, the public explorer and the command line all ask the same function.
"""

from requests_app.policy.engine import Dispatch, Verdict, evaluate
from requests_app.policy.facts import (
    Commander,
    Crime,
    Danger,
    Document,
    Facts,
    FactsError,
    Requester,
    parse_facts,
    parse_line,
)
from requests_app.policy.loading import IN_FORCE, load_version, versions
from requests_app.policy.version import Finding, Paragraph, PolicyVersion

__all__ = [
    "IN_FORCE",
    "Commander",
    "Crime",
    "Danger",
    "Dispatch",
    "Document",
    "Facts",
    "FactsError",
    "Finding",
    "Paragraph",
    "PolicyVersion",
    "Requester",
    "Verdict",
    "evaluate",
    "load_version",
    "parse_facts",
    "parse_line",
    "versions",
]
