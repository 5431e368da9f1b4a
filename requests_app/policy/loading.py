"""Reads policy files, strictly: a file with a word that is not known here is refused as a whole.

A misspelt rule would otherwise apply to nobody, or to everybody, without a sound.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from requests_app.policy.conditions import (
    DOCUMENT_CODES,
    EVERY_DOCUMENT,
    FACT_CODES,
    Conditions,
    PolicyFileError,
    Table,
    codes_of,
    read_conditions,
)
from requests_app.policy.facts import Document
from requests_app.policy.version import (
    Blocks,
    Citation,
    Finding,
    First,
    GroundRule,
    Need,
    Paragraph,
    PolicyVersion,
    Row,
    Step,
    Words,
)
from requests_app.vocabulary import Ground, Outcome, RequestType, Severity

IN_FORCE = "2017-09-22"

Citations = Mapping[str, Citation]
Member = TypeVar("Member", bound=StrEnum)


@cache
def versions() -> tuple[str, ...]:
    """The ids of all policy versions, oldest first."""
    names = [entry.name for entry in _folder().iterdir()]
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_version(version: str) -> PolicyVersion:
    """The policy version with this id; `LookupError` if there is none."""
    if version not in versions():
        raise LookupError("no such policy version")
    content = _folder().joinpath(f"{version}.toml").read_bytes()
    policy = read_policy(content)
    if policy.id != version:
        raise PolicyFileError(f"{version}: the file says it is another version")
    return policy


def read_policy(content: bytes) -> PolicyVersion:
    """A policy version from the bytes of its file; `PolicyFileError` if it says what is not known here."""
    table = tomllib.loads(content.decode("utf-8"))
    _only(table, _POLICY_WORDS)
    cited = {name: _citation(one) for name, one in _table(table, "citations").items()}
    order = _table(table, "order")
    _only(order, {"primary_ground"})
    policy = PolicyVersion(
        id=_text(table, "id"),
        sha256=hashlib.sha256(content).hexdigest(),
        title=_text(table, "title"),
        status=_text(table, "status"),
        notice=_text(table, "notice"),
        effective_from=_date(table, "effective_from"),
        effective_to=_date(table, "effective_to"),
        citations=tuple(cited.values()),
        paragraphs=tuple(_paragraph(one) for one in _tables(table, "paragraphs")),
        titles={flag: _text(_table(table, "titles"), flag) for flag in _table(table, "titles")},
        first=tuple(_first(one, cited) for one in _tables(table, "first")),
        grounds=tuple(_ground(one, cited) for one in _tables(table, "grounds")),
        primary_order=tuple(_member(Ground, code) for code in _texts(order, "primary_ground")),
        urgent=tuple(_only_when(one) for one in _tables(table, "urgent")),
        may_precede=tuple(_only_when(one) for one in _tables(table, "may_precede_decision")),
        remarks=tuple(_row(one, cited, code="code", blocks="blocks") for one in _tables(table, "remarks")),
        flags=tuple(_row(one, cited, code="flag", blocks="blocks") for one in _tables(table, "flags")),
        steps=tuple(_step(one, cited) for one in _tables(table, "steps")),
        timed_out=_timed_out(_table(table, "timed_out"), cited),
    )
    _check_whole(policy)
    return policy


def _folder() -> Traversable:
    return files("requests_app.policy").joinpath("versions")


def _check_whole(policy: PolicyVersion) -> None:
    counted = {ground.code for ground in policy.grounds if ground.not_counted is None}
    if set(policy.primary_order) != counted or len(policy.primary_order) != len(counted):
        raise PolicyFileError("the order of primary grounds must name each ground that counts, once")
    rows = [*policy.flags, *(gate for step in policy.steps for gate in step.gates), policy.timed_out]
    flags = {row.flag for row in rows if row.flag} | {first.flag for first in policy.first}
    if flags != set(policy.titles):
        raise PolicyFileError("titles must name each flag, once")


# --- the parts of a policy file ---------------------------------------------------------------

_POLICY_WORDS = {
    *("id", "title", "status", "notice", "effective_from", "effective_to"),
    *("citations", "paragraphs", "titles"),
    *("first", "grounds", "order", "urgent", "may_precede_decision"),
    *("remarks", "flags", "steps", "timed_out"),
}


def _citation(given: object) -> Citation:
    table = _as_table(given)
    _only(table, {"words", "source"})
    return Citation(words=_text(table, "words"), source=_text(table, "source"))


def _paragraph(table: Table) -> Paragraph:
    _only(table, {"number", "heading", "text", "source"})
    number = table.get("number")
    if not isinstance(number, int):
        raise PolicyFileError("number: a number is needed")
    return Paragraph(
        number=number,
        heading=_text(table, "heading"),
        text=_text(table, "text"),
        source=_text(table, "source"),
    )


def _first(table: Table, cited: Citations) -> First:
    _only(table, {"flag", "when", "outcome", "field", "citation", "message"})
    flag = _text(table, "flag")
    return First(
        flag=flag,
        when=read_conditions(_table(table, "when")),
        outcome=_member(Outcome, _text(table, "outcome")),
        words=_words(table, cited, code=flag),
    )


def _row(table: Table, cited: Citations, *, code: str, blocks: str) -> Row:
    """A flag, remark or gate; `code` and `blocks` are the words that this kind of row uses for the two."""
    when = read_conditions(_table(table, "when"))
    if code == "flag" and code not in table:
        _only(table, {"when", blocks})
        return Row(flag=None, when=when, blocks=_member(Blocks, _text(table, blocks)), words=None)
    _only(table, {code, "when", blocks, "field", "citation", "message"})
    name = _text(table, code)
    return Row(
        flag=name if code == "flag" else None,
        when=when,
        blocks=_member(Blocks, _text(table, blocks)),
        words=_words(table, cited, code=name),
    )


def _step(table: Table, cited: Citations) -> Step:
    _only(table, {"name", "when", "outcome", "gates"})
    gates = _tables(table, "gates", needed=False)
    return Step(
        name=_text(table, "name"),
        when=read_conditions(_table(table, "when")),
        outcome=_member(Outcome, _text(table, "outcome")),
        gates=tuple(_row(gate, cited, code="flag", blocks="waits") for gate in gates),
    )


def _timed_out(table: Table, cited: Citations) -> Row:
    _only(table, {"flag", "field", "citation", "message"})
    flag = _text(table, "flag")
    return Row(flag=flag, when=(), blocks=Blocks.ALWAYS, words=_words(table, cited, code=flag))


def _only_when(table: Table) -> Conditions:
    _only(table, {"when"})
    return read_conditions(_table(table, "when"))


# --- grounds ----------------------------------------------------------------------------------

_GROUND_WORDS = {
    *("code", "reads", "claimed_when", "field", "citation", "evidence", "needs"),
    *("named_by", "named_message", "not_counted_message"),
}


def _ground(table: Table, cited: Citations) -> GroundRule:
    _only(table, _GROUND_WORDS)
    reads_documents = _reads_documents(table)
    needs = tuple(_need(need, table, cited) for need in _tables(table, "needs"))
    return GroundRule(
        code=_member(Ground, _text(table, "code")),
        reads_documents=reads_documents,
        claimed_when=() if reads_documents else read_conditions(_table(table, "claimed_when")),
        named_by=_named_by(table),
        named=_ground_words(table, cited, message="named_message"),
        needs=needs,
        lacking=_lacking(needs) if reads_documents else {},
        not_counted=_ground_words(table, cited, message="not_counted_message"),
        evidence=tuple(_texts(table, "evidence")),
        citation=_cite(table, cited),
    )


def _reads_documents(table: Table) -> bool:
    reads = _text(table, "reads")
    if reads not in ("documents", "facts") or (reads == "documents") == ("claimed_when" in table):
        raise PolicyFileError("a ground reads documents, or reads facts and says when it is claimed")
    return reads == "documents"


def _named_by(table: Table) -> frozenset[str | bool]:
    if ("named_by" in table) != ("named_message" in table):
        raise PolicyFileError("named_by and named_message belong together")
    if "named_by" not in table:
        return frozenset()
    return codes_of("named_by", table["named_by"], {"named_by": RequestType})


def _need(table: Table, ground: Table, cited: Citations) -> Need:
    _only(table, {"when", "fact", "takes", "may_still_be_shown", "field", "message", "messages"})
    reads_documents = _reads_documents(ground)
    if reads_documents and "when" in table:
        raise PolicyFileError("a need of documents is asked of every document")
    fact = _text(table, "fact")
    known = DOCUMENT_CODES if reads_documents else FACT_CODES
    takes = codes_of(fact, table.get("takes"), known)
    codes = known[fact]
    not_taken = [code for code in ((True, False) if codes is bool else tuple(codes)) if code not in takes]
    messages = _messages(table, not_taken)
    return Need(
        when=read_conditions(_table(table, "when")) if "when" in table else (),
        fact=fact,
        takes=takes,
        may_still_be_shown=_truth(table, "may_still_be_shown"),
        words={
            code: _say(_text(ground, "code"), message, _text(table, "field"), _cite(ground, cited))
            for code, message in messages.items()
        },
    )


def _messages(table: Table, codes: Sequence[str | bool]) -> dict[str | bool, str]:
    """What to say for each code that a need does not take: one message for all, or one for each."""
    if "message" in table:
        return dict.fromkeys(codes, _text(table, "message"))
    messages = _table(table, "messages")
    _only(messages, {str(code) for code in codes})
    return {code: _text(messages, str(code)) for code in codes}


def _lacking(needs: tuple[Need, ...]) -> dict[Document, Words]:
    """What each possible document lacks first; a document that meets every need is left out."""
    lacking: dict[Document, Words] = {}
    for document in EVERY_DOCUMENT:
        for need in needs:
            code = getattr(document, need.fact)
            if code not in need.takes:
                lacking.setdefault(document, need.words[code])
    return lacking


def _ground_words(table: Table, cited: Citations, *, message: str) -> Words | None:
    if message not in table:
        return None
    return _say(_text(table, "code"), _text(table, message), _text(table, "field"), _cite(table, cited))


# --- words ------------------------------------------------------------------------------------


def _words(table: Table, cited: Citations, *, code: str) -> Words:
    return _say(code, _text(table, "message"), _text(table, "field"), _cite(table, cited))


def _say(code: str, message: str, field: str, citation: str) -> Words:
    if field not in _FIELDS:
        raise PolicyFileError(f"unknown field {field!r}")
    return Words(
        blocking=Finding(code, citation, message, field, Severity.BLOCKS),
        warning=Finding(code, citation, message, field, Severity.WARNS),
    )


_FIELDS = {*FACT_CODES, "request_types", "documents", "timed_out"}


def _cite(table: Table, cited: Citations) -> str:
    name = _text(table, "citation")
    if name not in cited:
        raise PolicyFileError(f"unknown citation {name!r}")
    return cited[name].words


# --- the kinds of value -----------------------------------------------------------------------


def _only(table: Table, words: set[str]) -> None:
    unknown = set(table) - words
    if unknown:
        raise PolicyFileError(f"unknown words: {', '.join(sorted(unknown))}")


def _as_table(given: object) -> Table:
    if not isinstance(given, dict):
        raise PolicyFileError("a table is needed")
    return given


def _table(table: Table, name: str) -> Table:
    return _as_table(table.get(name))


def _tables(table: Table, name: str, *, needed: bool = True) -> list[Table]:
    given = table.get(name, [] if not needed else None)
    if not isinstance(given, list):
        raise PolicyFileError(f"{name}: a list of tables is needed")
    return [_as_table(one) for one in given]


def _text(table: Table, name: str) -> str:
    given = table.get(name)
    if not isinstance(given, str):
        raise PolicyFileError(f"{name}: a text is needed")
    return given


def _member(codes: type[Member], code: str) -> Member:
    for member in codes:
        if member.value == code:
            return member
    raise PolicyFileError(f"{code!r} is not known")


def _texts(table: Table, name: str) -> list[str]:
    given = table.get(name)
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise PolicyFileError(f"{name}: a list of texts is needed")
    return given


def _truth(table: Table, name: str) -> bool:
    given = table.get(name, False)
    if not isinstance(given, bool):
        raise PolicyFileError(f"{name}: true or false is needed")
    return given


def _date(table: Table, name: str) -> date | None:
    given = table.get(name)
    if given is not None and type(given) is not date:
        raise PolicyFileError(f"{name}: a date is needed")
    return given
