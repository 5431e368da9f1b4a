"""A case of the policy explorer as the words of a link, and back: a fixed grammar that refuses the rest.

`asked` may stand several times, every other name once. What is left out has its default.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext_noop as _

from requests_app.policy import Document, Facts, FactsError, parse_facts
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
    Jurisdiction,
    RequestType,
    Verification,
)

MOST_DOCUMENTS = 3
LONGEST = 3000  # of a query; a form with everything chosen is shorter
MOST_PAIRS = 100
YES, NO, NONE = "yes", "no", "none"
ASKED, RECEIVED_AT = "asked", "received_at"
# No rule of any version reads when a request came in.
ANY_MOMENT = "2026-01-15T12:00:00-05:00"


@dataclass(frozen=True)
class Field:
    """One fact. `codes` is `bool` for yes or no; `default` is how it is written."""

    key: str
    path: str
    codes: type[Choice] | type[bool]
    default: str
    label: str

    @property
    def values(self) -> list[str]:
        return [value for value, _label in self.choices]

    @property
    def choices(self) -> list[tuple[str, str]]:
        if self.codes is bool:
            return [(YES, _("Yes")), (NO, _("No"))]
        first = [(NONE, _("No document"))] if self.codes is DocumentClass else []
        return first + [(code.value, code.label) for code in self.codes]

    def value_of(self, words: str) -> str | bool:
        return words == YES if self.codes is bool else words

    def words_of(self, value: object) -> str:
        return (YES if value else NO) if self.codes is bool else str(value)


CONTACT = (
    Field("direction", "direction", Direction, Direction.INBOUND, _("Who made the contact?")),
    Field("jurisdiction", "jurisdiction", Jurisdiction, Jurisdiction.LMPD, _("Whose area is the scene in?")),
    Field("channel", "channel", Channel, Channel.NON_EMERGENCY_LINE, _("How did the request come in?")),
    Field(
        "verification",
        "requester.verification",
        Verification,
        Verification.VERIFIED_CALLBACK,
        _("Is the caller who they say they are?"),
    ),
)
CRIME = (
    Field("crime", "crime.status", CrimeStatus, CrimeStatus.NONE, _("Is a crime spoken of?")),
    Field("basis", "crime.basis", CrimeBasis, CrimeBasis.NONE, _("What shows the crime?")),
    Field(
        "immigration_only",
        "crime.immigration_offence_only",
        bool,
        NO,
        _("Is it an immigration offence and nothing else?"),
    ),
    Field("open_case", "crime.open_lmpd_case", bool, NO, _("Has LMPD an open case on it?")),
)
DANGER = (
    Field("danger", "danger.level", DangerLevel, DangerLevel.NONE, _("Is there a danger to the public?")),
    Field(
        "shown_by", "danger.corroboration", Corroboration, Corroboration.NONE, _("Who else shows the danger?")
    ),
    Field("ended", "danger.ended", bool, NO, _("Has the danger ended?")),
)
COMMANDER = (
    Field(
        "contacted", "commander.contacted", bool, YES, _("Has a commanding officer spoken with the caller?")
    ),
    Field("recorded", "commander.call_recorded", CallRecorded, CallRecorded.YES, _("Is that call recorded?")),
    Field("timed_out", "timed_out", bool, NO, _("Has the time for missing facts run out?")),
)
UNREAD = (Field("component", "requester.component", Component, Component.ERO, _("Which agency asks?")),)
SINGLE = (*CONTACT, *CRIME, *DANGER, *COMMANDER, *UNREAD)


def document_fields(number: int) -> tuple[Field, Field, Field]:
    return (
        Field(f"document{number}", "document_class", DocumentClass, NONE, _("What kind of document?")),
        Field(
            f"confirmation{number}",
            "confirmation",
            Confirmation,
            Confirmation.UNCONFIRMED,
            _("Is it confirmed?"),
        ),
        Field(f"matches{number}", "matches_subject", bool, YES, _("Does it match the person or the place?")),
    )


DOCUMENTS = tuple(document_fields(number) for number in range(1, MOST_DOCUMENTS + 1))
FIELDS = {field.key: field for field in (*SINGLE, *(field for three in DOCUMENTS for field in three))}
ASKED_LABEL = _("What is asked?")
RECEIVED_AT_LABEL = _("When did it come in?")


class Problem(Enum):
    """Why a link is not understood. None of these repeats what was given."""

    TOO_LONG = _("The address is longer than any case needs.")
    NOT_PAIRS = _("The part after the question mark is not written as name=value, joined by &.")
    UNKNOWN_NAME = _("The address has a name that this page does not know.")
    REPEATED = _("One fact is given more than once.")
    UNKNOWN_VALUE = _("One fact has a value that it cannot have.")


class NotUnderstood(ValueError):
    """`label` is that of the fact at fault, or empty."""

    def __init__(self, problem: Problem, label: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.label = label


# --- from a link to facts ---------------------------------------------------------------------


def facts_of(query: str) -> Facts:
    """The case of a query string. Raises NotUnderstood."""
    given, asked = _read(query)
    received_at = given.pop(RECEIVED_AT, ANY_MOMENT)
    words = {key: given.get(key, field.default) for key, field in FIELDS.items()}
    tree: dict[str, object] = {
        RECEIVED_AT: received_at,
        "request_types": asked,
        "documents": list(_documents(words)),
    }
    for field in SINGLE:
        _put(tree, field.path, field.value_of(words[field.key]))
    try:
        return parse_facts(tree)
    except FactsError as error:
        raise NotUnderstood(Problem.UNKNOWN_VALUE, RECEIVED_AT_LABEL) from error


def _read(query: str) -> tuple[dict[str, str], list[str]]:
    if len(query) > LONGEST:
        raise NotUnderstood(Problem.TOO_LONG)
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_PAIRS
        )
    except ValueError as error:
        raise NotUnderstood(Problem.NOT_PAIRS) from error
    given: dict[str, str] = {}
    asked = []
    for key, value in pairs:
        if key == ASKED:
            _demand_known(value, RequestType.codes(), ASKED_LABEL)
            asked.append(value)
            continue
        label, values = _known(key)
        if key in given:
            raise NotUnderstood(Problem.REPEATED, label)
        if values:
            _demand_known(value, values, label)
        given[key] = value
    return given, asked


def _known(key: str) -> tuple[str, list[str]]:
    """The label of a name, and the values that it may have; none where a rule of its own decides."""
    if key == RECEIVED_AT:
        return RECEIVED_AT_LABEL, []
    field = FIELDS.get(key)
    if field is None:
        raise NotUnderstood(Problem.UNKNOWN_NAME)
    return field.label, field.values


def _demand_known(value: str, values: list[str], label: str) -> None:
    if value not in values:
        raise NotUnderstood(Problem.UNKNOWN_VALUE, label)


def _documents(words: dict[str, str]) -> Iterator[dict[str, object]]:
    for three in DOCUMENTS:
        if words[three[0].key] != NONE:
            yield {field.path: field.value_of(words[field.key]) for field in three}


def _put(tree: dict[str, object], path: str, value: object) -> None:
    *above, name = path.split(".")
    for part in above:
        tree = tree.setdefault(part, {})  # type: ignore[assignment]
    tree[name] = value


# --- from facts to a link ---------------------------------------------------------------------


def query_of(facts: Facts) -> str:
    """The shortest query with this case. ValueError where it has more documents than the page takes."""
    words = words_of(facts)
    pairs = [(ASKED, asked.value) for asked in facts.request_types]
    pairs += [(key, value) for key, value in words.items() if value != _default(key)]
    # Something must stand in it: an empty query is the page without a case.
    return urlencode(pairs or [("direction", words["direction"])], safe=":")


def words_of(facts: Facts) -> dict[str, str]:
    """How every field of the form says it, but for what is asked."""
    if len(facts.documents) > MOST_DOCUMENTS:
        raise ValueError("The page takes fewer documents.")
    tree = facts.as_dict()
    words = {field.key: field.words_of(_at(tree, field.path)) for field in SINGLE}
    for three, document in zip(DOCUMENTS, facts.documents, strict=False):
        words |= _words_of_document(three, document)
    words[RECEIVED_AT] = facts.received_at
    return words


def _words_of_document(three: tuple[Field, Field, Field], document: Document) -> dict[str, str]:
    said = document.as_dict()
    return {field.key: field.words_of(said[field.path]) for field in three}


def _at(tree: object, path: str) -> object:
    for part in path.split("."):
        tree = tree[part]  # type: ignore[index]
    return tree


def _default(key: str) -> str:
    return ANY_MOMENT if key == RECEIVED_AT else FIELDS[key].default
