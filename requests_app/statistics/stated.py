"""Reads the figures that a release document states, strictly: what is not known here is refused as a whole.

A document is frozen for ever. A figure that a later program would read as none, because its name or a code
was not known, would be a false one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from requests_app.statistics.conduct import Conduct, Harm
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import Choice

Document = Mapping[str, Any]


class NotStated(ValueError):
    """The document has not what a figure needs, or something that no figure knows; says where."""


@dataclass(frozen=True, kw_only=True)
class CallsForService:
    """How many calls for service of any kind the quarter had, and who says so."""

    calls: int
    source: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What is known to be missing. None where nobody has compared, or attested, yet."""

    recordings_without_reference: int
    calls_not_recorded: int
    dispatch_records_unmatched: int | None
    months_without_attestation: int | None


def conduct_of(document: Document) -> Conduct:
    """The figures of the quarter, as `conduct` counted them when the quarter was frozen."""
    stated = _part(document, "figures")
    if not isinstance(stated, Mapping) or "releases" in stated:
        raise NotStated("figures: the figures of a quarter, without its releases, are needed")
    whole = {**stated, "releases": _part(document, "number")}
    return _read(Conduct, whole, "figures")


def harm_of(document: Document) -> Harm | None:
    """Force and injuries of the year that the document closes; None in other quarters."""
    year = _part(document, "year")
    stated = None if year is None else _part(year, "harm", of="year")
    if stated is None:
        return None
    return _read(Harm, {**stated, "year": _part(year, "year", of="year")}, "year.harm")


def calls_for_service_of(document: Document) -> CallsForService | None:
    found: CallsForService | None = _read(
        CallsForService | None, _part(document, "calls_for_service"), "calls_for_service"
    )
    if found is not None and not found.calls:
        raise NotStated("calls_for_service.calls: none is no number that anything can be compared with")
    return found


def missing_of(document: Document) -> Missing:
    return _read(Missing, _part(document, "missing"), "missing")


# --- reading ----------------------------------------------------------------------------------


def _part(table: Any, name: str, *, of: str = "the document") -> Any:
    if not isinstance(table, Mapping) or name not in table:
        raise NotStated(f"{of} has no {name}")
    return table[name]


def _read(kind: Any, value: Any, where: str) -> Any:
    """The value as one of this kind: a dataclass, counts by code, a quarter, a whole number, a text."""
    if isinstance(kind, UnionType):
        return None if value is None else _read(get_args(kind)[0], value, where)
    if kind is Quarter:
        return _quarter(value, where)
    if is_dataclass(kind):
        return _record(kind, value, where)
    if get_origin(kind) is not None:
        codes, counted = get_args(kind)
        return _by_code(codes, counted, value, where)
    if type(value) is not kind or (kind is int and value < 0):
        raise NotStated(f"{where}: {'a whole number' if kind is int else 'a text'} is needed")
    return value


def _record(kind: Any, value: Any, where: str) -> Any:
    names = [field.name for field in fields(kind)]
    if not isinstance(value, Mapping):
        raise NotStated(f"{where}: a table is needed")
    for name in sorted({*names} ^ {*value}):
        raise NotStated(f"{where}.{name}: {'is missing' if name in names else 'is not known here'}")
    kinds = get_type_hints(kind)
    return kind(**{name: _read(kinds[name], value[name], f"{where}.{name}") for name in names})


def _by_code(choice: type[Choice], kind: Any, value: Any, where: str) -> dict[Choice, Any]:
    """In the order of the closed list, whatever order the document has."""
    if not isinstance(value, Mapping):
        raise NotStated(f"{where}: a table is needed")
    for code in sorted({*value} - {*choice.codes()}):
        raise NotStated(f"{where}.{code}: no such code")
    return {code: _read(kind, value[code], f"{where}.{code}") for code in choice if code in value}


def _quarter(value: Any, where: str) -> Quarter:
    try:
        return Quarter.of(value)
    except (TypeError, ValueError) as error:
        raise NotStated(f"{where}: a quarter is needed") from error
