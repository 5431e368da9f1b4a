"""What is known of a request when the policy is asked: the facts, and the only way to read them.

Pure Python: no framework, no clock, no database. Reading is strict, because a decision is later judged on
exactly these facts: every key is required, nothing unknown is let through, and nothing is guessed.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

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

Code = TypeVar("Code", bound=Choice)


class FactsError(ValueError):
    """Facts that break the contract, one error at a time.

    `path` names the place: `documents[0].confirmation`; empty for the whole; the containing object for a key
    that is unknown or given twice; the key itself when it is missing. Neither path nor message ever holds
    anything that was given, so both may be logged and shown.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message

    def as_dict(self) -> dict[str, object]:
        return {"error": {"path": self.path, "message": self.message}}


@dataclass(frozen=True, slots=True)
class Requester:
    component: Component
    verification: Verification


@dataclass(frozen=True, slots=True)
class Document:
    document_class: DocumentClass
    confirmation: Confirmation
    matches_subject: bool

    def as_dict(self) -> dict[str, object]:
        return {
            "document_class": self.document_class.value,
            "confirmation": self.confirmation.value,
            "matches_subject": self.matches_subject,
        }


@dataclass(frozen=True, slots=True)
class Crime:
    status: CrimeStatus
    immigration_offence_only: bool
    basis: CrimeBasis
    open_lmpd_case: bool


@dataclass(frozen=True, slots=True)
class Danger:
    level: DangerLevel
    corroboration: Corroboration
    ended: bool


@dataclass(frozen=True, slots=True)
class Commander:
    contacted: bool
    call_recorded: CallRecorded


@dataclass(frozen=True, slots=True)
class Facts:
    """Build these with `parse_facts`: the constructor checks nothing.

    `received_at` stays as it was written: the facts are kept with each decision, and no rule reads it.
    """

    received_at: str
    direction: Direction
    jurisdiction: Jurisdiction
    channel: Channel
    requester: Requester
    request_types: tuple[RequestType, ...]
    documents: tuple[Document, ...]
    crime: Crime
    danger: Danger
    commander: Commander
    timed_out: bool

    def as_dict(self) -> dict[str, object]:
        """The JSON object these facts were read from; `parse_facts` of it gives equal facts."""
        return {
            "received_at": self.received_at,
            "direction": self.direction.value,
            "jurisdiction": self.jurisdiction.value,
            "channel": self.channel.value,
            "requester": {
                "component": self.requester.component.value,
                "verification": self.requester.verification.value,
            },
            "request_types": [asked.value for asked in self.request_types],
            "documents": [document.as_dict() for document in self.documents],
            "crime": {
                "status": self.crime.status.value,
                "immigration_offence_only": self.crime.immigration_offence_only,
                "basis": self.crime.basis.value,
                "open_lmpd_case": self.crime.open_lmpd_case,
            },
            "danger": {
                "level": self.danger.level.value,
                "corroboration": self.danger.corroboration.value,
                "ended": self.danger.ended,
            },
            "commander": {
                "contacted": self.commander.contacted,
                "call_recorded": self.commander.call_recorded.value,
            },
            "timed_out": self.timed_out,
        }


def parse_facts(given: object) -> Facts:
    """Facts from a decoded JSON object; `FactsError` at the first thing that is wrong."""
    top = _object(given, "", _TOP_KEYS)
    return Facts(
        received_at=_moment(top["received_at"], "received_at"),
        direction=_code(top["direction"], "direction", _DIRECTIONS),
        jurisdiction=_code(top["jurisdiction"], "jurisdiction", _JURISDICTIONS),
        channel=_code(top["channel"], "channel", _CHANNELS),
        requester=_requester(top["requester"]),
        request_types=_request_types(top["request_types"]),
        documents=_documents(top["documents"]),
        crime=_crime(top["crime"]),
        danger=_danger(top["danger"]),
        commander=_commander(top["commander"]),
        timed_out=_boolean(top["timed_out"], "timed_out"),
    )


def parse_line(line: bytes) -> Facts:
    """Facts from one line of JSON in UTF-8, with or without its line end; any defect is a `FactsError`."""
    try:
        return parse_facts(_DECODER.decode(line.decode("utf-8")))
    except FactsError:
        raise
    except UnicodeDecodeError:
        problem = "is not UTF-8 text"
    except ValueError:
        problem = "is not JSON" if line.strip() else "is blank"
    except RecursionError:
        problem = "is nested too deeply"
    except MemoryError:
        problem = "is too large"
    raise FactsError("", problem)


# --- the parts of the facts -------------------------------------------------------------------


def _requester(given: object) -> Requester:
    part = _object(given, "requester", _REQUESTER_KEYS)
    return Requester(
        component=_code(part["component"], "requester.component", _COMPONENTS),
        verification=_code(part["verification"], "requester.verification", _VERIFICATIONS),
    )


def _request_types(given: object) -> tuple[RequestType, ...]:
    if not isinstance(given, list):
        raise FactsError("request_types", _NOT_A_LIST)
    try:
        return tuple([_REQUEST_TYPES[asked] for asked in given])
    except (KeyError, TypeError):
        # Some entry is wrong: only now is it worth knowing which.
        return tuple(_code(asked, f"request_types[{n}]", _REQUEST_TYPES) for n, asked in enumerate(given))


def _documents(given: object) -> tuple[Document, ...]:
    if not isinstance(given, list):
        raise FactsError("documents", _NOT_A_LIST)
    return tuple([_document(document, f"documents[{n}]") for n, document in enumerate(given)])


def _document(given: object, path: str) -> Document:
    part = _object(given, path, _DOCUMENT_KEYS)
    return Document(
        document_class=_code(part["document_class"], f"{path}.document_class", _DOCUMENT_CLASSES),
        confirmation=_code(part["confirmation"], f"{path}.confirmation", _CONFIRMATIONS),
        matches_subject=_boolean(part["matches_subject"], f"{path}.matches_subject"),
    )


def _crime(given: object) -> Crime:
    part = _object(given, "crime", _CRIME_KEYS)
    return Crime(
        status=_code(part["status"], "crime.status", _CRIME_STATUSES),
        immigration_offence_only=_boolean(part["immigration_offence_only"], "crime.immigration_offence_only"),
        basis=_code(part["basis"], "crime.basis", _CRIME_BASES),
        open_lmpd_case=_boolean(part["open_lmpd_case"], "crime.open_lmpd_case"),
    )


def _danger(given: object) -> Danger:
    part = _object(given, "danger", _DANGER_KEYS)
    return Danger(
        level=_code(part["level"], "danger.level", _DANGER_LEVELS),
        corroboration=_code(part["corroboration"], "danger.corroboration", _CORROBORATIONS),
        ended=_boolean(part["ended"], "danger.ended"),
    )


def _commander(given: object) -> Commander:
    part = _object(given, "commander", _COMMANDER_KEYS)
    return Commander(
        contacted=_boolean(part["contacted"], "commander.contacted"),
        call_recorded=_code(part["call_recorded"], "commander.call_recorded", _CALL_RECORDED),
    )


# --- the kinds of value -----------------------------------------------------------------------

# Fixed words only: nothing is ever put into them, so no message can repeat what was given.
_NOT_AN_OBJECT = "must be an object"
_NOT_A_LIST = "must be a list"
_NOT_A_STRING = "must be a string"
_NOT_A_CODE = "is not a code of this field"
_NOT_A_BOOLEAN = "must be a boolean"
_NOT_A_MOMENT = "must be an RFC 3339 date-time with an offset"
_MISSING = "is missing"
_UNKNOWN_KEY = "has a key that is not known here"
_REPEATED_KEY = "has the same key twice"


class _RepeatedKeys:
    """Stands for an object that had the same key twice, until the reader reaches it and can say where."""


def _object(given: object, path: str, keys: tuple[str, ...]) -> dict[str, object]:
    if isinstance(given, _RepeatedKeys):
        raise FactsError(path, _REPEATED_KEY)
    if not isinstance(given, dict):
        raise FactsError(path, _NOT_AN_OBJECT)
    if len(given) > len(keys) or not all(key in keys for key in given):
        raise FactsError(path, _UNKNOWN_KEY)
    for key in keys:
        if key not in given:
            raise FactsError(f"{path}.{key}" if path else key, _MISSING)
    return given


def _code(given: object, path: str, codes: Mapping[str, Code]) -> Code:
    if not isinstance(given, str):
        raise FactsError(path, _NOT_A_STRING)
    code = codes.get(given)
    if code is None:
        raise FactsError(path, _NOT_A_CODE)
    return code


def _boolean(given: object, path: str) -> bool:
    if given is True or given is False:
        return given
    raise FactsError(path, _NOT_A_BOOLEAN)


_MOMENT = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)


def _moment(given: object, path: str) -> str:
    if not isinstance(given, str):
        raise FactsError(path, _NOT_A_STRING)
    match = _MOMENT.fullmatch(given)
    if match is None:
        raise FactsError(path, _NOT_A_MOMENT)
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    last_day = _last_day(year, month)
    if day > last_day:
        raise FactsError(path, _NOT_A_MOMENT)
    if second == 60:
        sign, hours, minutes = match.groups(default="0")[6:]
        offset = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
        # A leap second is the last of a month in UTC, and nothing else may be written with second 60.
        days, minute_utc = divmod(hour * 60 + minute - offset, 24 * 60)
        if minute_utc != 24 * 60 - 1 or day + days not in (0, last_day):
            raise FactsError(path, _NOT_A_MOMENT)
    return given


def _last_day(year: int, month: int) -> int:
    # RFC 3339 begins at year 0, which the standard library's calendar does not have.
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _by_code(codes: type[Code]) -> dict[str, Code]:
    return {member.value: member for member in codes}


_DIRECTIONS = _by_code(Direction)
_JURISDICTIONS = _by_code(Jurisdiction)
_CHANNELS = _by_code(Channel)
_COMPONENTS = _by_code(Component)
_VERIFICATIONS = _by_code(Verification)
_REQUEST_TYPES = _by_code(RequestType)
_DOCUMENT_CLASSES = _by_code(DocumentClass)
_CONFIRMATIONS = _by_code(Confirmation)
_CRIME_STATUSES = _by_code(CrimeStatus)
_CRIME_BASES = _by_code(CrimeBasis)
_DANGER_LEVELS = _by_code(DangerLevel)
_CORROBORATIONS = _by_code(Corroboration)
_CALL_RECORDED = _by_code(CallRecorded)

_TOP_KEYS = tuple(Facts.__dataclass_fields__)
_REQUESTER_KEYS = tuple(Requester.__dataclass_fields__)
_DOCUMENT_KEYS = tuple(Document.__dataclass_fields__)
_CRIME_KEYS = tuple(Crime.__dataclass_fields__)
_DANGER_KEYS = tuple(Danger.__dataclass_fields__)
_COMMANDER_KEYS = tuple(Commander.__dataclass_fields__)


# --- JSON, read strictly ----------------------------------------------------------------------


def _no_repeated_keys(pairs: list[tuple[str, object]]) -> object:
    keys = dict(pairs)
    return keys if len(keys) == len(pairs) else _RepeatedKeys()


def _refuse_constant(_word: str) -> object:
    raise ValueError


def _any_number(_digits: str) -> int:
    """No fact is a number, so none is converted: one of any length costs nothing, and is refused in place."""
    return 0


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_repeated_keys,
    parse_constant=_refuse_constant,
    parse_int=_any_number,
    parse_float=_any_number,
)
