"""The policy explorer: facts of a case, and what every version of the policy says of them.

The verdict is that of `policy.evaluate` itself. Nothing is stored: the link holds the whole case.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from requests_app.policy import Facts, Finding, PolicyVersion, Verdict, evaluate, load_version, versions
from requests_app.publication import explorer_link as link
from requests_app.publication._address import LANGUAGES, HtmlPage, html
from requests_app.publication._publication import Publication
from requests_app.publication.explorer_examples import EXAMPLES
from requests_app.vocabulary import Ground, RequestType, Severity

PATH = "policy/explorer/"
# Beyond so many options a list is easier to read than buttons.
MOST_BUTTONS = 4

# The text behind each citation: its version, and the numbers of the paragraphs. What is not here is a working
# rule of the register.
POLICY, ORDINANCE = "2017-09-22", "2017-10-26-ordinance"
TEXT_OF: dict[str, tuple[str, tuple[int, ...]]] = {
    "Policy of 22 September 2017, point 1: a commanding officer handles the call": (POLICY, (1,)),
    "Policy of 22 September 2017, point 2: three instances only": (POLICY, (2,)),
    "Policy of 22 September 2017, point 2: a criminal warrant": (POLICY, (2,)),
    "Policy of 22 September 2017, point 2: a crime that has occurred or is occurring": (POLICY, (2,)),
    "Policy of 22 September 2017, point 2: an emergency with a clear public danger": (POLICY, (2,)),
    "Policy of 22 September 2017, point 3: no help to enforce federal laws": (POLICY, (3,)),
    "Policy of 22 September 2017, point 5: the calls are recorded": (POLICY, (5,)),
    "Ordinance of 26 October 2017, as reported: a judge's warrant, or a risk of violence or clear danger": (
        ORDINANCE,
        (1, 2),
    ),
    "Ordinance of 26 October 2017, as reported: a warrant signed by a judge": (ORDINANCE, (1,)),
    "Ordinance of 26 October 2017, as reported: a risk of violence, or clear danger": (ORDINANCE, (2,)),
}
OUTCOME_DIFFERS = _("They differ in what is allowed.")
GROUNDS_DIFFER = _("They differ in the grounds that hold.")
DISPATCH_DIFFERS = _("They differ in whether officers may be sent, and when.")
FLAGS_DIFFER = _("They differ in what the register points out.")
# What the engine's codes mean.
DISPATCH_WORDS = {
    "none": _("No officers are sent."),
    "after_decision": _("Officers may be sent once the commanding officer has decided."),
    "may_precede_decision": _("Officers may be sent at once, before the commanding officer has decided."),
}


def pages(publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage(PATH, "publication/policy/explorer.html", lambda: _context(publication, None))


def answer(publication: Publication, language: str, facts: Facts) -> bytes:
    """The page with the verdicts on a case."""
    page = HtmlPage(PATH, "publication/policy/explorer.html", lambda: _context(publication, facts))
    return html(publication, page, language)


def refusal(publication: Publication, language: str, problem: link.NotUnderstood) -> bytes:
    """The page that says, in both languages, why a link is not understood."""
    others = [code for code in LANGUAGES if code != language]

    def context() -> dict[str, Any]:
        said = []
        for code in (language, *others):
            with override(code):
                said.append(
                    {
                        "language": code,
                        "heading": gettext("This address holds no case"),
                        "problem": gettext(problem.problem.value),
                        "label": gettext(problem.label) if problem.label else "",
                        "way_on": gettext("Choose the facts on the page, and it makes a link that works."),
                        "link": gettext("Open the page"),
                        "path": f"/{code}/{PATH}",
                    }
                )
        return {"said": said}

    page = HtmlPage(PATH, "publication/policy/explorer_refused.html", context, is_listed=False)
    return html(publication, page, language)


def _context(publication: Publication, facts: Facts | None) -> dict[str, Any]:
    columns = _columns(facts, publication.policy_in_force) if facts else []
    return {
        "columns": columns,
        "differences": _differences(columns),
        "query": link.query_of(facts) if facts else "",
        "groups": _groups(facts),
        "received_at": facts.received_at if facts else link.ANY_MOMENT,
        "examples": [
            {"title": gettext(title), "query": query, "is_shown": facts == link.facts_of(query)}
            for title, query in EXAMPLES
        ],
    }


# --- the verdicts -----------------------------------------------------------------------------


@dataclass(frozen=True)
class GroundLine:
    label: str
    is_primary: bool


@dataclass(frozen=True)
class FlagLine:
    code: str
    title: str
    is_here_alone: bool


@dataclass(frozen=True)
class FindingLine:
    message: str
    citation: str
    text: str  # id of the paragraph on the policy page, or empty
    blocks: bool
    is_here_alone: bool


@dataclass(frozen=True)
class TextLine:
    id: str
    heading: str
    text: str


@dataclass(frozen=True)
class Column:
    """What one version says of the case."""

    version: PolicyVersion
    verdict: Verdict
    is_in_force: bool
    title: str
    status: str
    notice: str
    outcome: str
    meaning: str
    dispatch: str
    grounds: tuple[GroundLine, ...]
    flags: tuple[FlagLine, ...]
    findings: tuple[FindingLine, ...]
    texts: tuple[TextLine, ...]


def in_order(in_force: str) -> list[PolicyVersion]:
    """The version in force first."""
    return [load_version(one) for one in sorted(versions(), key=lambda one: one != in_force)]


def _columns(facts: Facts, in_force: str) -> list[Column]:
    shown = in_order(in_force)
    verdicts = [evaluate(facts, version.id) for version in shown]
    return [
        _column(version, verdict, [one for one in verdicts if one is not verdict], in_force)
        for version, verdict in zip(shown, verdicts, strict=True)
    ]


def _column(version: PolicyVersion, verdict: Verdict, others: list[Verdict], in_force: str) -> Column:
    other_flags = {flag for one in others for flag in one.flags}
    other_findings = {(found.code, found.message) for one in others for found in one.findings}
    return Column(
        version=version,
        verdict=verdict,
        is_in_force=version.id == in_force,
        title=gettext(version.title),
        status=gettext(version.status),
        notice=gettext(version.notice) if version.notice else "",
        outcome=gettext(verdict.outcome.label),
        meaning=gettext(verdict.outcome.meaning),
        dispatch=gettext(DISPATCH_WORDS[verdict.dispatch]),
        grounds=tuple(_ground_lines(verdict.grounds, verdict.primary_ground)),
        flags=tuple(
            FlagLine(flag, gettext(version.titles[flag]), flag not in other_flags) for flag in verdict.flags
        ),
        findings=tuple(
            _finding_line(one, (one.code, one.message) not in other_findings) for one in verdict.findings
        ),
        texts=tuple(_texts(one.citation for one in verdict.findings)),
    )


def _ground_lines(grounds: Iterable[Ground], primary: Ground | None) -> Iterator[GroundLine]:
    for ground in grounds:
        yield GroundLine(gettext(ground.label), ground is primary)


def _finding_line(finding: Finding, is_here_alone: bool) -> FindingLine:
    version, numbers = TEXT_OF.get(finding.citation, ("", ()))
    return FindingLine(
        message=gettext(finding.message),
        citation=gettext(finding.citation),
        text=text_id(version, numbers[0]) if numbers else "",
        blocks=finding.severity is Severity.BLOCKS,
        is_here_alone=is_here_alone,
    )


def _texts(citations: Iterable[str]) -> Iterator[TextLine]:
    """The paragraphs that the findings come from, each once."""
    cited = {TEXT_OF[one] for one in citations if one in TEXT_OF}
    wanted = sorted({(version, number) for version, numbers in cited for number in numbers})
    for version, number in wanted:
        paragraph = next(one for one in load_version(version).paragraphs if one.number == number)
        yield TextLine(text_id(version, number), gettext(paragraph.heading), gettext(paragraph.text))


def text_id(version: str, number: int) -> str:
    """Where a paragraph stands on the policy page."""
    return f"text-{version}-{number}"


def _differences(columns: list[Column]) -> list[str]:
    """In what the versions differ, a sentence each."""
    verdicts = [column.verdict for column in columns]
    kinds = (
        (OUTCOME_DIFFERS, {one.outcome for one in verdicts}),
        (GROUNDS_DIFFER, {one.grounds for one in verdicts}),
        (DISPATCH_DIFFERS, {one.dispatch for one in verdicts}),
        (FLAGS_DIFFER, {one.flags for one in verdicts}),
    )
    return [gettext(words) for words, found in kinds if len(found) > 1]


# --- the form ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Control:
    """`needs` is the name of a control without which this one matters nothing."""

    key: str
    kind: str  # radios, checkboxes or select
    label: str
    options: tuple[Option, ...]
    needs: str = ""


@dataclass(frozen=True)
class Group:
    legend: str
    controls: tuple[Control, ...]
    is_folded: bool = False


def _groups(facts: Facts | None) -> list[Group]:
    words = link.words_of(facts) if facts else {}
    asked = facts.request_types if facts else ()
    documents = (_controls(three, words, needs=three[0].key) for three in link.DOCUMENTS)
    return [
        Group(gettext("The contact"), _controls(link.CONTACT, words)),
        Group(gettext(link.ASKED_LABEL), (_asked(asked),)),
        *(
            Group(gettext("Document %(number)s") % {"number": number}, controls)
            for number, controls in enumerate(documents, start=1)
        ),
        Group(gettext("Crime"), _controls(link.CRIME, words, needs="crime")),
        Group(gettext("Danger"), _controls(link.DANGER, words, needs="danger")),
        Group(gettext("The commanding officer and the call"), _controls(link.COMMANDER, words)),
        Group(gettext("Facts that no rule looks at"), _controls(link.UNREAD, words), is_folded=True),
    ]


def _controls(fields: Iterable[link.Field], words: dict[str, str], *, needs: str = "") -> tuple[Control, ...]:
    return tuple(
        _control(field, words.get(field.key, field.default), needs="" if field.key == needs else needs)
        for field in fields
    )


def _control(field: link.Field, chosen: str, *, needs: str) -> Control:
    options = tuple(Option(value, gettext(label), value == chosen) for value, label in field.choices)
    kind = "radios" if len(options) <= MOST_BUTTONS else "select"
    return Control(field.key, kind, gettext(field.label), options, needs)


def _asked(asked: Iterable[RequestType]) -> Control:
    options = tuple(Option(one.value, gettext(one.label), one in asked) for one in RequestType)
    return Control(link.ASKED, "checkboxes", gettext(link.ASKED_LABEL), options)
