"""What a policy version is made of, once its file is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from requests_app.policy.conditions import Conditions, Reading
from requests_app.policy.facts import Document
from requests_app.vocabulary import Ground, Outcome, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the policy has to say about the facts, with the dotted path of the fact it speaks of."""

    code: str
    citation: str
    message: str
    field: str
    severity: Severity

    def as_dict(self) -> dict[str, str]:
        return {
            "code": self.code,
            "citation": self.citation,
            "message": self.message,
            "field": self.field,
            "severity": self.severity.value,
        }


class Blocks(StrEnum):
    """When a row keeps officers from being sent."""

    ALWAYS = "always"
    NEVER = "never"
    UNLESS_URGENT = "unless_urgent"
    WITHOUT_GROUND = "without_ground"

    def now(self, reading: Reading) -> bool:
        if self is Blocks.UNLESS_URGENT:
            return not reading.urgent
        if self is Blocks.WITHOUT_GROUND:
            return not reading.holding
        return self is Blocks.ALWAYS


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What is said when a row applies: as a finding that blocks, and as one that only warns."""

    blocking: Finding
    warning: Finding


@dataclass(frozen=True, slots=True)
class Row:
    """A flag, a remark or a gate. A remark has no flag; a gate that only waits has neither flag nor words."""

    flag: str | None
    when: Conditions
    blocks: Blocks
    words: Words | None


@dataclass(frozen=True, slots=True)
class First:
    """A row that is looked at before all others and ends the matter, with its flag alone."""

    flag: str
    when: Conditions
    outcome: Outcome
    words: Words


@dataclass(frozen=True, slots=True)
class Need:
    """One comparison that a ground's evidence must pass; `words` by the code that does not pass."""

    when: Conditions
    fact: str
    takes: frozenset[str | bool]
    may_still_be_shown: bool
    words: Mapping[str | bool, Words]


@dataclass(frozen=True, slots=True)
class GroundRule:
    """When a ground holds: it is claimed, and every need is met.

    A rule that reads documents is claimed by any document and met by one that meets every need; `lacking`
    says of every other possible document what it lacks. A rule with `not_counted` words never holds: it is
    assessed only to see whether facts are missing.
    """

    code: Ground
    reads_documents: bool
    claimed_when: Conditions
    named_by: frozenset[str | bool]
    named: Words | None
    needs: tuple[Need, ...]
    lacking: Mapping[Document, Words]
    not_counted: Words | None
    evidence: tuple[str, ...]
    citation: str


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    when: Conditions
    outcome: Outcome
    gates: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A point of the policy, for the public policy page."""

    number: int
    heading: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One policy file. `sha256` is that of its bytes; `notice` is shown wherever the version is named."""

    id: str
    sha256: str
    title: str
    status: str
    notice: str
    effective_from: date | None
    effective_to: date | None
    citations: tuple[Citation, ...]
    paragraphs: tuple[Paragraph, ...]
    titles: Mapping[str, str]
    first: tuple[First, ...]
    grounds: tuple[GroundRule, ...]
    primary_order: tuple[Ground, ...]
    urgent: tuple[Conditions, ...]
    may_precede: tuple[Conditions, ...]
    remarks: tuple[Row, ...]
    flags: tuple[Row, ...]
    steps: tuple[Step, ...]
    timed_out: Row
