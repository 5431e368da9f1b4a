"""What everybody may read: the figures, the policy, and what this register is.

These pages ask nothing about the reader: they set no cookie and say the same to everyone.
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from requests_app import published_log, workflow
from requests_app import statistics as conduct_figures
from requests_app.permissions import GRANTS, SYSTEM_ACTIONS
from requests_app.policy import IN_FORCE, PolicyVersion, load_version, versions
from requests_app.statistics import Published, Quarter
from requests_app.vocabulary import Action, Choice, Outcome, Role, Status

ORDINANCE = "2017-10-26-ordinance"

# --- statistics -------------------------------------------------------------------------------


@require_safe
def statistics(request: HttpRequest, quarter: str = "") -> HttpResponse:
    published = conduct_figures.published(at=timezone.now())
    shown = published.find(quarter) if quarter else next(iter(published.quarters), None)
    if quarter and shown is None:
        raise Http404("No figures of this quarter are public.")
    context: dict[str, object] = {
        "baseline": conduct_figures.baseline(conduct_figures.BASELINE_2017),
        "baseline_sources": conduct_figures.BASELINE_2017.sources,
        "log": published_log.published(),
        "published": published,
        "quarter": shown,
    }
    if shown in published.quarters:
        context |= _figures_of(shown, published)
    return render(request, "requests_app/statistics.html", context)


def _figures_of(quarter: Quarter, published: Published) -> dict[str, object]:
    before_it = published.before(quarter)
    figures, *rest = conduct_figures.conduct([quarter, before_it] if before_it else [quarter])
    before = rest[0] if rest else None
    harm = conduct_figures.harm(quarter.year, at=published.at)
    return {
        "cards": conduct_figures.cards(figures, before),
        "groups": conduct_figures.groups(figures, before, harm),
        "headline": conduct_figures.headline(figures, before),
        "newer": published.newer(quarter),
        "older": published.older(quarter),
        "releases": figures.releases,
    }


# --- policy -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class FindingLine:
    """Something that a policy version has the register point out."""

    title: str
    message: str
    citation: str


@dataclass(frozen=True)
class VersionText:
    version: PolicyVersion
    findings: tuple[FindingLine, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class MoveLine:
    """One act of a request's life, with the statuses in words."""

    action: Action
    sources: str
    targets: str


@dataclass(frozen=True)
class Powers:
    """What one role may do, in the order of the closed list."""

    role: Role
    actions: tuple[Action, ...]


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    in_force = workflow.policy_in_force()
    context = {
        "texts": [_text_of(version) for version in sorted(versions(), key=lambda one: one != in_force)],
        "in_force": in_force,
        "adopted": load_version(IN_FORCE),
        "ordinance": load_version(ORDINANCE),
        "statuses": list(Status),
        "moves": [_move_line(action) for action in workflow.MOVES if action not in SYSTEM_ONLY],
        "powers": [
            Powers(role, tuple(action for action in Action if action in GRANTS[role])) for role in Role
        ],
    }
    return render(request, "requests_app/policy.html", context)


# Nobody does these by hand, so they are no step in anybody's work.
SYSTEM_ONLY = SYSTEM_ACTIONS - {action for actions in GRANTS.values() for action in actions}
BEFORE_LOGGING = {Status.INTAKE, Status.ABANDONED}


def _text_of(version_id: str) -> VersionText:
    version = load_version(version_id)
    rows = [*version.flags, *(gate for step in version.steps for gate in step.gates)]
    findings = (
        FindingLine(version.titles[row.flag], row.words.warning.message, row.words.warning.citation)
        for row in rows
        if row.flag and row.words
    )
    sources = dict.fromkeys(paragraph.source for paragraph in version.paragraphs)
    return VersionText(version, tuple(findings), tuple(sources))


def _move_line(action: Action) -> MoveLine:
    move = workflow.MOVES[action]
    return MoveLine(
        action,
        sources=_in_words(move.sources),
        targets=_in_words(move.targets) if move.targets else "Stays as it is",
    )


def _in_words(statuses: frozenset[Status]) -> str:
    if statuses == set(Status):
        return "Any"
    if statuses == set(Status) - BEFORE_LOGGING:
        return "Any, once logged"
    return ", ".join(status.label for status in Status if status in statuses)


# --- about ------------------------------------------------------------------------------------

GLOSSARY: tuple[tuple[str, type[Choice]], ...] = (
    ("Roles", Role),
    ("Where a request stands", Status),
    ("What may be decided", Outcome),
)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    glossary = [(heading, list(choice)) for heading, choice in GLOSSARY]
    return render(request, "requests_app/about.html", {"glossary": glossary})
