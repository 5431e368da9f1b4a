"""The few kinds of comparison that a policy file may use, and what they are compared with.

Each key under `when` in a policy file is one comparison; a row applies when all of its comparisons are so.
"""

from collections.abc import Callable, Mapping

from requests_app.policy.facts import Document, Facts
from requests_app.vocabulary import (
    CallRecorded,
    Channel,
    Choice,
    Component,
    Confirmation,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    Direction,
    DocumentClass,
    Ground,
    Jurisdiction,
    RequestType,
    Verification,
)

Table = Mapping[str, object]


class PolicyFileError(ValueError):
    """A policy file says something that the engine does not know; it is refused as a whole."""


# The codes of each fact; `bool` for a fact that is true or false.
ClosedLists = Mapping[str, type[Choice] | type[bool]]

# Every fact that a rule may compare.
FACT_CODES: ClosedLists = {
    "direction": Direction,
    "jurisdiction": Jurisdiction,
    "channel": Channel,
    "requester.component": Component,
    "requester.verification": Verification,
    "crime.status": CrimeStatus,
    "crime.immigration_offence_only": bool,
    "crime.basis": CrimeBasis,
    "crime.open_lmpd_case": bool,
    "danger.level": DangerLevel,
    "danger.corroboration": Corroboration,
    "danger.ended": bool,
    "commander.contacted": bool,
    "commander.call_recorded": CallRecorded,
}
DOCUMENT_CODES: ClosedLists = {
    "document_class": DocumentClass,
    "confirmation": Confirmation,
    "matches_subject": bool,
}


class Reading:
    """The facts laid out for comparison, and what the rules have found so far."""

    __slots__ = ("asked", "documents", "fact", "facts_missing", "flags", "holding", "urgent")

    def __init__(self, facts: Facts) -> None:
        crime, danger = facts.crime, facts.danger
        self.fact: dict[str, str | bool] = {
            "direction": facts.direction,
            "jurisdiction": facts.jurisdiction,
            "channel": facts.channel,
            "requester.component": facts.requester.component,
            "requester.verification": facts.requester.verification,
            "crime.status": crime.status,
            "crime.immigration_offence_only": crime.immigration_offence_only,
            "crime.basis": crime.basis,
            "crime.open_lmpd_case": crime.open_lmpd_case,
            "danger.level": danger.level,
            "danger.corroboration": danger.corroboration,
            "danger.ended": danger.ended,
            "commander.contacted": facts.commander.contacted,
            "commander.call_recorded": facts.commander.call_recorded,
        }
        self.asked = frozenset(facts.request_types)
        self.documents = frozenset(facts.documents)
        self.holding: list[Ground] = []
        self.urgent = False
        self.facts_missing = False
        self.flags: set[str] = set()


Condition = Callable[[Reading], bool]
Conditions = tuple[Condition, ...]


def met(conditions: Conditions, reading: Reading) -> bool:
    for condition in conditions:  # noqa: SIM110  a plain loop: this runs some forty times for each verdict
        if not condition(reading):
            return False
    return True


def read_conditions(table: Table) -> Conditions:
    """The comparisons under one `when`; `PolicyFileError` for a word or a code that is not known."""
    found: list[Condition] = []
    for kind, wanted in table.items():
        if kind not in _KINDS:
            raise PolicyFileError(f"unknown comparison {kind!r}")
        found.extend(_KINDS[kind](wanted))
    if not found:
        raise PolicyFileError("a row without a comparison would always apply")
    return tuple(found)


def codes_of(path: str, wanted: object, known: ClosedLists) -> frozenset[str | bool]:
    """The codes named in the file for one fact, each checked against the closed list of that fact."""
    if path not in known:
        raise PolicyFileError(f"unknown fact {path!r}")
    if not isinstance(wanted, list) or not wanted:
        raise PolicyFileError(f"{path}: a list of codes is needed")
    codes = known[path]
    for code in wanted:
        is_known = isinstance(code, bool) if codes is bool else isinstance(code, str) and code in tuple(codes)
        if not is_known:
            raise PolicyFileError(f"{path}: {code!r} is not one of its codes")
    return frozenset(wanted)


def read_facts(wanted: object) -> list[Condition]:
    """One comparison for each fact named: the fact has one of these codes."""
    if not isinstance(wanted, dict):
        raise PolicyFileError("facts to compare are written as a table")
    return [_fact_is(path, codes_of(path, codes, FACT_CODES)) for path, codes in wanted.items()]


def _fact_is(path: str, codes: frozenset[str | bool]) -> Condition:
    return lambda reading: reading.fact[path] in codes


def _some_document(wanted: object) -> list[Condition]:
    """Some document has, for each of its facts that is named, one of these codes."""
    matching = _documents_with(wanted)
    return [lambda reading: not matching.isdisjoint(reading.documents)]


def _no_document(wanted: object) -> list[Condition]:
    """No document is like this; an empty table means that there is none at all."""
    matching = _documents_with(wanted)
    return [lambda reading: matching.isdisjoint(reading.documents)]


def _documents_with(wanted: object) -> frozenset[Document]:
    if not isinstance(wanted, dict):
        raise PolicyFileError("a document to compare is written as a table")
    named = {name: codes_of(name, codes, DOCUMENT_CODES) for name, codes in wanted.items()}
    return frozenset(
        document
        for document in EVERY_DOCUMENT
        if all(getattr(document, name) in codes for name, codes in named.items())
    )


def _asked(wanted: object) -> list[Condition]:
    """At least one of these types is asked."""
    types = _request_types(wanted)
    return [lambda reading: not types.isdisjoint(reading.asked)]


def _only_asked(wanted: object) -> list[Condition]:
    """Something is asked, and nothing but these."""
    types = _request_types(wanted)
    return [lambda reading: bool(reading.asked) and reading.asked <= types]


def _nothing_asked_but(wanted: object) -> list[Condition]:
    """Nothing is asked, or nothing but these."""
    types = _request_types(wanted)
    return [lambda reading: reading.asked <= types]


def _request_types(wanted: object) -> frozenset[str | bool]:
    return codes_of("request_types", wanted, {"request_types": RequestType})


def _ground(wanted: object) -> list[Condition]:
    """At least one of these grounds holds."""
    grounds = codes_of("ground", wanted, {"ground": Ground})
    return [lambda reading: not grounds.isdisjoint(reading.holding)]


def _flag(wanted: object) -> list[Condition]:
    """At least one of these flags is set already."""
    if not isinstance(wanted, list) or not all(isinstance(flag, str) for flag in wanted):
        raise PolicyFileError("flags are written as a list")
    flags = frozenset(wanted)
    return [lambda reading: not flags.isdisjoint(reading.flags)]


def _any_ground(wanted: object) -> list[Condition]:
    expected = _truth(wanted)
    return [lambda reading: bool(reading.holding) is expected]


def _urgent(wanted: object) -> list[Condition]:
    expected = _truth(wanted)
    return [lambda reading: reading.urgent is expected]


def _facts_missing(wanted: object) -> list[Condition]:
    expected = _truth(wanted)
    return [lambda reading: reading.facts_missing is expected]


def _truth(wanted: object) -> bool:
    if not isinstance(wanted, bool):
        raise PolicyFileError("true or false is needed")
    return wanted


EVERY_DOCUMENT = tuple(
    Document(document_class=document_class, confirmation=confirmation, matches_subject=matches)
    for document_class in DocumentClass
    for confirmation in Confirmation
    for matches in (True, False)
)

_KINDS: dict[str, Callable[[object], list[Condition]]] = {
    "fact": read_facts,
    "document": _some_document,
    "no_document": _no_document,
    "asked": _asked,
    "only_asked": _only_asked,
    "nothing_asked_but": _nothing_asked_but,
    "ground": _ground,
    "any_ground": _any_ground,
    "urgent": _urgent,
    "facts_missing": _facts_missing,
    "flag": _flag,
}
