"""The closed shape of a release document: what open data, workbook and API may give out, and nothing else.

A document with a name, a code or a kind of value that is not written here is refused as a whole: then nothing
is published anew, which is better than a word that nobody meant to publish.
"""

import functools
from typing import Annotated, Literal

from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, Field

from requests_app.publication._publication import PublishedRelease
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Channel,
    Choice,
    Component,
    CorrectionReason,
    DeviationKind,
    Direction,
    DiscoveredBy,
    DispatchMode,
    DocumentClass,
    FieldAction,
    Ground,
    Outcome,
    ReasonCode,
    RequestType,
    ReviewFinding,
    Status,
)

NOTHING = Literal[""]  # there was none: no decision, no call, nobody sent
Count = Annotated[int, Field(ge=0)]
PolicyCode = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[a-z-]{0,40}$")]
Moment = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
QuarterCode = Annotated[str, Field(pattern=r"^[0-9]{4}-Q[1-4]$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ShortText = Annotated[str, Field(max_length=500)]
PathOfFigure = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:]{1,200}$")]


class Attended(Choice):
    """Whether the commanding officer joined officers who were sent."""

    YES = "yes", gettext_noop("Commanding officer attended")
    NO = "no", gettext_noop("Commanding officer did not attend")
    NOT_NEEDED = "not_needed", gettext_noop("Ordinary service: no commanding officer is needed")


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Requests(Shape):
    total: Count
    directions: dict[Direction, Count]
    components: dict[Component, Count]
    channels: dict[Channel, Count]
    statuses: dict[Status, Count]
    types_at_intake: dict[RequestType, Count]
    types_in_force: dict[RequestType, Count]
    found_later: dict[DiscoveredBy, Count]
    entered_after_quarter: Count


class Beside(Shape):
    exercises: Count
    abandoned: Count
    unlogged: Count
    of_earlier_quarters: Count


class Claimed(Shape):
    named: Count
    as_claimed: Count
    of_another_class: Count
    not_valid: Count
    unconfirmed: Count


class Minutes(Shape):
    counted: Count
    median: Count | None
    nine_in_ten: Count | None


class Decisions(Shape):
    outcomes: dict[Outcome, Count]
    withdrawn_undecided: Count
    undecided: Count
    grounds: dict[Ground, Count]
    main_grounds: dict[Ground, Count]
    reasons: dict[ReasonCode, Count]
    papers: dict[DocumentClass, Claimed]
    to_contact: Minutes
    to_decision: Minutes
    calls: dict[CallRecorded, Count]
    decided_without_call: Count


class InTheField(Shape):
    modes: dict[DispatchMode, Count]
    officers: Count
    ordinary_service: Count
    commander_attended: Count
    commander_did_not: Count
    reported: Count
    officer_minutes: Count
    actions: dict[FieldAction, Count]
    local_arrests: Count
    citations: Count
    handed_to_federal: Count
    federal_arrests_seen: Count


class Oversight(Shape):
    deviations: dict[DeviationKind, Count]
    explained: dict[DeviationKind, Count]
    requests_deviating: Count
    of_the_quarter: dict[DeviationKind, Count]
    blocked: dict[Action, Count]
    requests_blocked: Count
    findings: dict[ReviewFinding, Count]
    requests_reviewed: Count
    review_wanted: Count
    questions: Count
    answers: Count
    corrections: Count
    requests_corrected: Count


class Figures(Shape):
    quarter: QuarterCode
    requests: Requests
    beside: Beside
    decisions: Decisions
    field: InTheField
    oversight: Oversight


class Row(Shape):
    """One request: what was asked, what became of it, and nothing to know it by."""

    number: Annotated[int, Field(ge=1)]
    component: Component
    types: list[RequestType]
    outcome: Outcome | NOTHING
    grounds: list[Ground]
    reason: ReasonCode | NOTHING
    recorded: CallRecorded | NOTHING
    attended: Attended | NOTHING
    deviations: list[DeviationKind]
    policy_version: PolicyCode | NOTHING


class Harm(Shape):
    reported: Count
    force_used: Count
    injuries: Count


class Breakdown(Shape):
    name: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    rows: list[Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]]
    columns: list[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]]
    cells: list[list[Count | None]]
    row_totals: list[Count | None]
    column_totals: list[Count]
    withheld: bool


class Year(Shape):
    year: Annotated[int, Field(ge=2017, le=9999)]
    harm: Harm | None
    breakdowns: list[Breakdown]


class CallsForService(Shape):
    calls: Annotated[int, Field(ge=1)]
    source: ShortText
    url: Annotated[str, Field(pattern=r"^https?://", max_length=500)] | NOTHING


class Missing(Shape):
    recordings_without_reference: Count
    calls_not_recorded: Count
    dispatch_records_unmatched: Count | None
    months_without_attestation: Count | None


class Difference(Shape):
    figure: PathOfFigure
    before: int | ShortText | None
    after: int | ShortText | None


class Document(Shape):
    format: Literal[1]
    demonstration: bool
    quarter: QuarterCode
    number: Annotated[int, Field(ge=1)]
    frozen_at: Moment
    reason: CorrectionReason | NOTHING
    replaces: Digest | NOTHING
    in_use_since: QuarterCode
    policy_in_force: PolicyCode
    figures: Figures
    rows: list[Row]
    year: Year | None
    calls_for_service: CallsForService | None
    missing: Missing
    differences: list[Difference]


@functools.lru_cache(maxsize=64)
def shaped(release: PublishedRelease) -> Document:
    """The document of a release. Raises pydantic's ValidationError where it has another shape."""
    return Document.model_validate_json(release.content, strict=True)
