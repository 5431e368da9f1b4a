"""Every number of a release as one line: its figure, what it counts, in what unit, and of which whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from requests_app.publication._publication import PublishedRelease
from requests_app.publication.data_shape import shaped
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Channel,
    Choice,
    Component,
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

Json = Mapping[str, Any]


class Unit(Choice):
    """What a number counts."""

    REQUESTS = "requests", gettext_noop("Requests")
    DECISIONS = "decisions", gettext_noop("Decisions to assist")
    PAPERS = "papers", gettext_noop("Papers that requesters named")
    CALLS = "calls", gettext_noop("Calls of a commanding officer with a requester")
    CALLS_FOR_SERVICE = "calls_for_service", gettext_noop("Calls for service of any kind")
    MINUTES = "minutes", gettext_noop("Minutes")
    DISPATCHES = "dispatches", gettext_noop("Dispatches")
    OFFICERS = "officers", gettext_noop("Officers")
    REPORTS = "reports", gettext_noop("Reports from a scene")
    PEOPLE = "people", gettext_noop("People")
    DEVIATIONS = "deviations", gettext_noop("Deviations")
    ATTEMPTS = "attempts", gettext_noop("Attempts that the policy blocked")
    REVIEWS = "reviews", gettext_noop("Reviews")
    QUESTIONS = "questions", gettext_noop("Questions of oversight, and answers")
    FACTS = "facts", gettext_noop("Recorded facts")
    RECORDS = "records", gettext_noop("Records")
    MONTHS = "months", gettext_noop("Months")


class Claim(Choice):
    """What became of a paper that a requester named."""

    NAMED = "named", gettext_noop("Papers named, of this class")
    AS_CLAIMED = "as_claimed", gettext_noop("Confirmed as claimed")
    OF_ANOTHER_CLASS = "of_another_class", gettext_noop("Confirmed to be of another class")
    NOT_VALID = "not_valid", gettext_noop("Not in force, or about somebody else")
    UNCONFIRMED = "unconfirmed", gettext_noop("Not confirmed")


@dataclass(frozen=True)
class Measure:
    """A number, or numbers by code, at one path of a document; `whole` is the path of what it is a part of.

    A whole that is counted by code is the sum over its codes.
    """

    figure: str
    path: str
    unit: Unit
    what: str
    closed_list: type[Choice] | None = None
    whole: str = ""


@dataclass(frozen=True)
class Line:
    """One number. `value` is None where nobody has counted yet; that is not the same as none."""

    figure: str
    path: str
    what: str
    code: str
    label: str
    value: int | None
    unit: Unit
    whole: int | None


ALL, SENT, SEEN = "requests.total", "field.modes", "field.reported"

MEASURES: tuple[Measure, ...] = (
    Measure("requests", ALL, Unit.REQUESTS, gettext_noop("All requests of the quarter")),
    Measure(
        "requests",
        "requests.directions",
        Unit.REQUESTS,
        gettext_noop("Who contacted whom"),
        Direction,
        ALL,
    ),
    Measure(
        "types",
        "requests.types_at_intake",
        Unit.REQUESTS,
        gettext_noop("What was asked for, as it was first logged"),
        RequestType,
        ALL,
    ),
    Measure(
        "types",
        "requests.types_in_force",
        Unit.REQUESTS,
        gettext_noop("What was asked for, as it was last classified"),
        RequestType,
        ALL,
    ),
    Measure("components", "requests.components", Unit.REQUESTS, gettext_noop("Who asked"), Component, ALL),
    Measure(
        "channels", "requests.channels", Unit.REQUESTS, gettext_noop("How the request came"), Channel, ALL
    ),
    Measure(
        "per_100k",
        "calls_for_service.calls",
        Unit.CALLS_FOR_SERVICE,
        gettext_noop("All calls for service of the quarter"),
    ),
    Measure("outcomes", "decisions.outcomes", Unit.REQUESTS, gettext_noop("Decision in force"), Outcome, ALL),
    Measure(
        "outcomes",
        "decisions.withdrawn_undecided",
        Unit.REQUESTS,
        gettext_noop("Withdrawn before a decision"),
        whole=ALL,
    ),
    Measure(
        "outcomes", "decisions.undecided", Unit.REQUESTS, gettext_noop("Without a decision yet"), whole=ALL
    ),
    Measure(
        "grounds",
        "decisions.grounds",
        Unit.DECISIONS,
        gettext_noop("Each ground that held"),
        Ground,
        "decisions.main_grounds",
    ),
    Measure(
        "grounds",
        "decisions.main_grounds",
        Unit.DECISIONS,
        gettext_noop("The main ground"),
        Ground,
        "decisions.main_grounds",
    ),
    Measure(
        "reasons",
        "decisions.reasons",
        Unit.REQUESTS,
        gettext_noop("Reason for declining"),
        ReasonCode,
        "decisions.reasons",
    ),
    Measure(
        "papers",
        "decisions.papers",
        Unit.PAPERS,
        gettext_noop("Papers by the class that was claimed"),
        DocumentClass,
    ),
    Measure(
        "calls",
        "decisions.calls",
        Unit.CALLS,
        gettext_noop("Whether the call was recorded"),
        CallRecorded,
        "decisions.calls",
    ),
    Measure(
        "calls",
        "decisions.decided_without_call",
        Unit.REQUESTS,
        gettext_noop("Decided without such a call"),
    ),
    Measure(
        "minutes",
        "decisions.to_contact.counted",
        Unit.REQUESTS,
        gettext_noop("Requests whose time to the call was counted"),
    ),
    Measure(
        "minutes",
        "decisions.to_contact.median",
        Unit.MINUTES,
        gettext_noop("From request to call: half of them stayed within"),
    ),
    Measure(
        "minutes",
        "decisions.to_contact.nine_in_ten",
        Unit.MINUTES,
        gettext_noop("From request to call: nine in ten stayed within"),
    ),
    Measure(
        "minutes",
        "decisions.to_decision.counted",
        Unit.REQUESTS,
        gettext_noop("Requests whose time to the decision was counted"),
    ),
    Measure(
        "minutes",
        "decisions.to_decision.median",
        Unit.MINUTES,
        gettext_noop("From request to decision: half of them stayed within"),
    ),
    Measure(
        "minutes",
        "decisions.to_decision.nine_in_ten",
        Unit.MINUTES,
        gettext_noop("From request to decision: nine in ten stayed within"),
    ),
    Measure(
        "dispatches",
        SENT,
        Unit.DISPATCHES,
        gettext_noop("When officers went"),
        DispatchMode,
        SENT,
    ),
    Measure("dispatches", "field.officers", Unit.OFFICERS, gettext_noop("Officers sent")),
    Measure(
        "dispatches",
        "field.officer_minutes",
        Unit.MINUTES,
        gettext_noop("Minutes of officers, added up, as reported"),
    ),
    Measure(
        "attendance",
        "field.commander_attended",
        Unit.DISPATCHES,
        gettext_noop("Commanding officer attended"),
        whole=SENT,
    ),
    Measure(
        "attendance",
        "field.commander_did_not",
        Unit.DISPATCHES,
        gettext_noop("Commanding officer did not attend"),
        whole=SENT,
    ),
    Measure(
        "attendance",
        "field.ordinary_service",
        Unit.DISPATCHES,
        gettext_noop("Ordinary service: no commanding officer is needed"),
        whole=SENT,
    ),
    Measure("actions", SEEN, Unit.REPORTS, gettext_noop("All reports from a scene")),
    Measure("actions", "field.actions", Unit.REPORTS, gettext_noop("What officers did"), FieldAction, SEEN),
    Measure("scene", "field.local_arrests", Unit.PEOPLE, gettext_noop("Arrested by Metro Police")),
    Measure("scene", "field.citations", Unit.PEOPLE, gettext_noop("Cited by Metro Police")),
    Measure("scene", "field.handed_to_federal", Unit.PEOPLE, gettext_noop("Handed over to federal custody")),
    Measure(
        "scene",
        "field.federal_arrests_seen",
        Unit.PEOPLE,
        gettext_noop("Arrested by federal agents, as officers saw"),
    ),
    Measure("harm", "year.harm.reported", Unit.REPORTS, gettext_noop("All reports from a scene of the year")),
    Measure(
        "harm",
        "year.harm.force_used",
        Unit.REPORTS,
        gettext_noop("Reports of force by officers, of the year"),
        whole="year.harm.reported",
    ),
    Measure("harm", "year.harm.injuries", Unit.PEOPLE, gettext_noop("People injured, of the year")),
    Measure(
        "deviations",
        "oversight.deviations",
        Unit.DEVIATIONS,
        gettext_noop("Deviations that stand"),
        DeviationKind,
    ),
    Measure(
        "deviations",
        "oversight.explained",
        Unit.DEVIATIONS,
        gettext_noop("Deviations that officers explained"),
        DeviationKind,
        "oversight.deviations",
    ),
    Measure(
        "deviations",
        "oversight.requests_deviating",
        Unit.REQUESTS,
        gettext_noop("Requests with a deviation"),
        whole=ALL,
    ),
    Measure(
        "deviations",
        "oversight.of_the_quarter",
        Unit.DEVIATIONS,
        gettext_noop("Deviations of the quarter as a whole"),
        DeviationKind,
    ),
    Measure(
        "blocked",
        "oversight.blocked",
        Unit.ATTEMPTS,
        gettext_noop("What was tried and blocked"),
        Action,
        "oversight.blocked",
    ),
    Measure(
        "blocked",
        "oversight.requests_blocked",
        Unit.REQUESTS,
        gettext_noop("Requests with a blocked attempt"),
        whole=ALL,
    ),
    Measure(
        "reviews",
        "oversight.findings",
        Unit.REVIEWS,
        gettext_noop("What oversight found"),
        ReviewFinding,
        "oversight.findings",
    ),
    Measure(
        "reviews",
        "oversight.requests_reviewed",
        Unit.REQUESTS,
        gettext_noop("Requests that were reviewed"),
        whole=ALL,
    ),
    Measure(
        "reviews",
        "oversight.review_wanted",
        Unit.REQUESTS,
        gettext_noop("Requests that are to be reviewed"),
        whole=ALL,
    ),
    Measure("reviews", "oversight.questions", Unit.QUESTIONS, gettext_noop("Questions asked")),
    Measure(
        "reviews",
        "oversight.answers",
        Unit.QUESTIONS,
        gettext_noop("Questions answered"),
        whole="oversight.questions",
    ),
    Measure(
        "late",
        "requests.found_later",
        Unit.REQUESTS,
        gettext_noop("How requests were found that were not logged live"),
        DiscoveredBy,
        ALL,
    ),
    Measure(
        "late",
        "requests.entered_after_quarter",
        Unit.REQUESTS,
        gettext_noop("Logged live, and entered after the quarter"),
        whole=ALL,
    ),
    Measure(
        "late",
        "beside.of_earlier_quarters",
        Unit.REQUESTS,
        gettext_noop("Requests of earlier quarters, entered in this one"),
    ),
    Measure("corrections", "oversight.corrections", Unit.FACTS, gettext_noop("Facts that were corrected")),
    Measure(
        "corrections",
        "oversight.requests_corrected",
        Unit.REQUESTS,
        gettext_noop("Requests with a corrected fact"),
        whole=ALL,
    ),
    Measure(
        "statuses",
        "requests.statuses",
        Unit.REQUESTS,
        gettext_noop("Where the record stood when the quarter was frozen"),
        Status,
        ALL,
    ),
    Measure("left_out", "beside.exercises", Unit.RECORDS, gettext_noop("Exercises")),
    Measure("left_out", "beside.abandoned", Unit.RECORDS, gettext_noop("Abandoned intakes")),
    Measure(
        "left_out", "beside.unlogged", Unit.RECORDS, gettext_noop("Intakes that are still being written")
    ),
    Measure(
        "missing",
        "missing.recordings_without_reference",
        Unit.CALLS,
        gettext_noop("Recordings without the recorder's reference"),
        whole="decisions.calls",
    ),
    Measure(
        "missing",
        "missing.calls_not_recorded",
        Unit.CALLS,
        gettext_noop("Calls that were not recorded"),
        whole="decisions.calls",
    ),
    Measure(
        "missing",
        "missing.dispatch_records_unmatched",
        Unit.RECORDS,
        gettext_noop("Dispatch records that nobody could match with a request"),
    ),
    Measure(
        "missing",
        "missing.months_without_attestation",
        Unit.MONTHS,
        gettext_noop("Months without an attestation"),
    ),
)


# --- reading ----------------------------------------------------------------------------------


def lines(release: PublishedRelease) -> Iterator[Line]:
    """All numbers of a release in the order of its figures; a code that does not occur has no line."""
    shaped(release)  # refuses what nobody meant to publish
    document = release.document
    beside = {name: document[name] for name in ("calls_for_service", "year", "missing")}
    tree = {**document["figures"], **beside}
    for measure in MEASURES:
        yield from _lines_of(measure, tree)


def _lines_of(measure: Measure, tree: Json) -> Iterator[Line]:
    found = _at(tree, measure.path)
    if measure.closed_list is DocumentClass:
        yield from _papers(measure, found)
    elif measure.closed_list is not None:
        whole = _amount(_at(tree, measure.whole))
        for code in measure.closed_list:
            if code in found:
                path = f"{measure.path}.{code}"
                label = code.label
                yield Line(
                    measure.figure, path, measure.what, code.value, label, found[code], measure.unit, whole
                )
    elif found is not ABSENT:
        whole = _amount(_at(tree, measure.whole))
        yield Line(measure.figure, measure.path, measure.what, "", "", found, measure.unit, whole)


def _papers(measure: Measure, found: Json) -> Iterator[Line]:
    """Each class of papers by what became of them; the whole is the papers that were named of the class."""
    for code in DocumentClass:
        for claim in Claim if code in found else ():
            path = f"{measure.path}.{code}.{claim}"
            value, named = found[code][claim], found[code][Claim.NAMED]
            whole = None if claim is Claim.NAMED else named
            yield Line(measure.figure, path, claim.label, code.value, code.label, value, measure.unit, whole)


ABSENT: Json = {}  # where a document has no such part: no year is closed, no calls for service are known


def _at(tree: Json, path: str) -> Any:
    found: Any = tree
    for name in path.split(".") if path else ():
        if found is None or name not in found:
            return ABSENT
        found = found[name]
    return found if path else None


def _amount(found: Any) -> int | None:
    if isinstance(found, Mapping):
        return sum(found.values())
    return found
