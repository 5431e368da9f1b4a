"""The policy in words: each version whole, what differs, how a request moves, and who may do what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from requests_app import workflow
from requests_app.permissions import GRANTS, SYSTEM_ACTIONS
from requests_app.policy import IN_FORCE, PolicyVersion, load_version
from requests_app.publication._address import HtmlPage
from requests_app.publication._publication import Publication
from requests_app.publication.explorer import ORDINANCE, in_order, text_id
from requests_app.statistics import day
from requests_app.vocabulary import Action, Role, Status

# Nobody does these by hand, so they are no step in anybody's work.
SYSTEM_ONLY = SYSTEM_ACTIONS - {action for actions in GRANTS.values() for action in actions}
BEFORE_LOGGING = {Status.INTAKE, Status.ABANDONED}


def pages(publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("policy/", "publication/policy/policy.html", lambda: _context(publication))


def _context(publication: Publication) -> dict[str, Any]:
    in_force = publication.policy_in_force
    return {
        "versions": [_version_text(version, in_force) for version in in_order(in_force)],
        "is_adopted_in_force": in_force == IN_FORCE,
        "adopted": _comparison(IN_FORCE),
        "ordinance": _comparison(ORDINANCE),
        "statuses": [(gettext(status.label), gettext(status.meaning)) for status in Status],
        "moves": [_move_line(action) for action in workflow.MOVES if action not in SYSTEM_ONLY],
        "powers": [_powers(role) for role in Role],
    }


# --- a version --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ParagraphText:
    id: str
    heading: str
    text: str
    original: str


@dataclass(frozen=True)
class GroundText:
    label: str
    not_counted: str
    evidence: tuple[str, ...]
    citation: str


@dataclass(frozen=True)
class RuleLine:
    when: str
    then: str
    may_wait: bool = False


@dataclass(frozen=True)
class FindingText:
    """Something that a policy version has the register point out."""

    title: str
    message: str
    citation: str


@dataclass(frozen=True)
class VersionText:
    id: str
    sha256: str
    is_in_force: bool
    title: str
    status: str
    notice: str
    period: str
    paragraphs: tuple[ParagraphText, ...]
    sources: tuple[str, ...]
    grounds: tuple[GroundText, ...]
    rules: tuple[RuleLine, ...]
    findings: tuple[FindingText, ...]


def _version_text(version: PolicyVersion, in_force: str) -> VersionText:
    return VersionText(
        id=version.id,
        sha256=version.sha256,
        is_in_force=version.id == in_force,
        title=gettext(version.title),
        status=gettext(version.status),
        notice=gettext(version.notice) if version.notice else "",
        period=_period(version.effective_from, version.effective_to),
        paragraphs=tuple(
            ParagraphText(text_id(version.id, one.number), gettext(one.heading), gettext(one.text), one.text)
            for one in version.paragraphs
        ),
        sources=tuple(dict.fromkeys(gettext(one.source) for one in version.paragraphs)),
        grounds=tuple(_ground_texts(version)),
        rules=tuple(_rule_lines(version)),
        findings=tuple(_finding_texts(version)),
    )


def _period(first: date | None, last: date | None) -> str:
    if first is None:
        return ""
    if last is None:
        return gettext("Since %(first)s.") % {"first": day(first)}
    return gettext("From %(first)s to %(last)s.") % {"first": day(first), "last": day(last)}


def _ground_texts(version: PolicyVersion) -> Iterator[GroundText]:
    for ground in version.grounds:
        not_counted = gettext(ground.not_counted.warning.message) if ground.not_counted else ""
        evidence = () if ground.not_counted else tuple(gettext(line) for line in ground.evidence)
        yield GroundText(gettext(ground.code.label), not_counted, evidence, gettext(ground.citation))


def _rule_lines(version: PolicyVersion) -> Iterator[RuleLine]:
    for first in version.first:
        yield RuleLine(gettext(first.words.warning.message), gettext(first.outcome.label))
    for step in version.steps:
        yield RuleLine(gettext(step.name), gettext(step.outcome.label), may_wait=bool(step.gates))
    if version.timed_out.words:
        yield RuleLine(gettext(version.timed_out.words.blocking.message), gettext("Decline"))


def _finding_texts(version: PolicyVersion) -> Iterator[FindingText]:
    for row in [*version.flags, *(gate for step in version.steps for gate in step.gates)]:
        if row.flag and row.words:
            found = row.words.warning
            title = gettext(version.titles[row.flag])
            yield FindingText(title, gettext(found.message), gettext(found.citation))


def _comparison(version_id: str) -> dict[str, Any]:
    version = load_version(version_id)
    return {
        "status": gettext(version.status),
        "notice": gettext(version.notice) if version.notice else "",
        "grounds": [gettext(ground.label) for ground in version.primary_order],
        "since": day(version.effective_from) if version.effective_from else "",
    }


# --- moves and powers -------------------------------------------------------------------------


@dataclass(frozen=True)
class MoveLine:
    """One act of a request's life, with the statuses in words."""

    action: Action
    label: str
    sources: str
    targets: str


@dataclass(frozen=True)
class Powers:
    """What one role may do, in the order of the closed list."""

    role: Role
    label: str
    meaning: str
    actions: tuple[tuple[str, str], ...]


def _move_line(action: Action) -> MoveLine:
    move = workflow.MOVES[action]
    targets = in_words(move.targets) if move.targets else gettext("Stays as it is")
    return MoveLine(action, gettext(action.label), in_words(move.sources), targets)


def in_words(statuses: frozenset[Status]) -> str:
    if statuses == set(Status):
        return gettext("Any")
    if statuses == set(Status) - BEFORE_LOGGING:
        return gettext("Any, once logged")
    return ", ".join(gettext(status.label) for status in Status if status in statuses)


def _powers(role: Role) -> Powers:
    actions = [action for action in Action if action in GRANTS[role]]
    said = tuple((gettext(action.label), gettext(action.meaning)) for action in actions)
    return Powers(role, gettext(role.label), gettext(role.meaning), said)
