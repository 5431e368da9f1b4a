"""The life of a request: step by step in words, and as a diagram. Both are drawn from `workflow.MOVES`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from requests_app import workflow
from requests_app.permissions import GRANTS, SYSTEM_ACTIONS
from requests_app.publication._address import HtmlPage
from requests_app.publication._publication import Publication
from requests_app.publication.policy_pages import SYSTEM_ONLY, in_words
from requests_app.publication.story_diagram import Diagram, diagram
from requests_app.vocabulary import Action, Role


@dataclass(frozen=True)
class Stage:
    heading: str
    happens: str
    recorded: str
    public_sees: str
    actions: tuple[Action, ...]


STAGES: tuple[Stage, ...] = (
    Stage(
        _("Somebody asks"),
        _(
            "An immigration official calls, writes or speaks to an officer. The dispatcher writes "
            "down who asks, for what, and how the request came in. If it turns out to be no request, "
            "the intake is ended with a reason, and its number stays."
        ),
        _("Number, both times (said and entered), channel, agency, what is asked, and what was said."),
        _(
            "That there was a request in its quarter, which agency asked, and for what. The channels "
            "are counted."
        ),
        (Action.SAVE_INTAKE, Action.ABANDON, Action.LOG),
    ),
    Stage(
        _("A commanding officer is called"),
        _(
            "Completing the intake pages the commanding officer on duty. Who does not answer is "
            "followed by the next. One officer takes the request and handles it from there."
        ),
        _("Every page, who got it, and when it was answered; who took the request."),
        _("How many minutes it took until an officer was in contact, as the middle of all requests."),
        (Action.PAGE, Action.ACKNOWLEDGE, Action.CLAIM, Action.RELEASE),
    ),
    Stage(
        _("The recorded call, and what is shown"),
        _(
            "The officer speaks with the caller on a recorded line, calls back on a number from the "
            "department’s own directory, and enters what is shown: documents, a crime, a danger. If "
            "facts are missing, the request waits for them. Waiting never approves."
        ),
        _(
            "Whether the call was recorded and where the recording is, how the caller was verified, "
            "each document and whether it is confirmed, and what shows a crime or a danger."
        ),
        _("The share of calls that were recorded, and how many claimed warrants could be confirmed."),
        (
            Action.VERIFY_CALLER,
            Action.RECORD_CALL,
            Action.SET_EVIDENCE,
            Action.RECLASSIFY,
            Action.REQUEST_INFORMATION,
        ),
    ),
    Stage(
        _("The decision"),
        _(
            "The register applies the policy to the facts and says what it allows. The officer "
            "chooses what help, if any, is given, and never more than that. A decision to help "
            "without a ground cannot be saved. Declining under clear public danger needs a second "
            "officer’s word."
        ),
        _(
            "The decision with its grounds, its limits and its reason, the version of the policy, "
            "what the policy allowed, and all facts as they stood at that moment."
        ),
        _("The decision, its grounds or the reason for declining, and the version of the policy."),
        (Action.DECIDE, Action.RADIO_DECISION, Action.CONFIRM, Action.AGREE, Action.DISAGREE),
    ),
    Stage(
        _("In the field"),
        _(
            "If officers go, the commanding officer joins them at the scene. What really happened "
            "can always be recorded, also when it was against the policy: it then shows as a "
            "deviation."
        ),
        _("Units, officers and times; whether the commanding officer came, or why not."),
        _(
            "How often the commanding officer was there, and the deviations by kind. No place and no "
            "time of day."
        ),
        (
            Action.DISPATCH,
            Action.OFFICER_ARRIVES,
            Action.COMMANDER_ARRIVES,
            Action.COMMANDER_ABSENT,
            Action.STAND_DOWN,
        ),
    ),
    Stage(
        _("The outcome"),
        _(
            "The commanding officer reports what was done, and the request is closed. If the caller "
            "takes the request back, that is recorded, and an earlier decision stays."
        ),
        _("What was done, arrests and citations, persons handed over, force and injuries, time spent."),
        _("What officers did, as numbers of the quarter; force and injuries as numbers of the year."),
        (Action.REPORT_OUTCOME, Action.WITHDRAW),
    ),
    Stage(
        _("The review"),
        _(
            "Oversight, who took no part, reads everything and says whether the policy was kept. "
            "Officers explain deviations and answer questions. An ended request is taken up again "
            "when new facts come to light."
        ),
        _("The finding, questions and answers, and every reopening with its reason."),
        _("How many requests were reviewed, and what was found."),
        (Action.REVIEW, Action.FOLLOW_UP, Action.ANSWER, Action.EXPLAIN, Action.REOPEN),
    ),
    Stage(
        _("Afterwards"),
        _(
            "Facts are corrected in the open: the old value stays. Restricted fields are shown only "
            "with a reason. When its time is over, what the record keeps privately is erased by two "
            "people, and the sealed log still proves that the entry was there."
        ),
        _("Each correction with old and new value, each look at restricted fields, each hold and erasure."),
        _("How many corrections there were. A changed figure is published again, with the reason."),
        (Action.CORRECT, Action.REVEAL, Action.HOLD, Action.PROPOSE_ERASURE, Action.ERASE),
    ),
)
OTHER_ACTS = _("Other acts")


@dataclass(frozen=True)
class ActLine:
    action: Action
    label: str
    meaning: str
    who: str
    sources: str
    targets: str


@dataclass(frozen=True)
class StageText:
    heading: str
    happens: str
    recorded: str
    public_sees: str
    acts: tuple[ActLine, ...]


def pages(_publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("story/", "publication/policy/story.html", _context)


def _context() -> dict[str, Any]:
    return {"stages": [_stage_text(stage) for stage in stages()], "diagram": _diagram()}


def stages() -> list[Stage]:
    """All acts of people on a request. One that no stage names stands by itself at the end."""
    named = {action for stage in STAGES for action in stage.actions}
    others = tuple(action for action in workflow.MOVES if action not in named | SYSTEM_ONLY)
    return [*STAGES, *([Stage(OTHER_ACTS, "", "", "", others)] if others else [])]


def _stage_text(stage: Stage) -> StageText:
    return StageText(
        heading=gettext(stage.heading),
        happens=_in_language(stage.happens),
        recorded=_in_language(stage.recorded),
        public_sees=_in_language(stage.public_sees),
        acts=tuple(_act_line(action) for action in stage.actions),
    )


def _in_language(text: str) -> str:
    return gettext(text) if text else ""  # gettext answers the empty text with the catalogue's header


def _act_line(action: Action) -> ActLine:
    move = workflow.MOVES[action]
    who = [gettext(role.label) for role in Role if action in GRANTS[role]]
    if action in SYSTEM_ACTIONS:
        who.append(gettext("the register itself"))
    targets = in_words(move.targets) if move.targets else ""
    return ActLine(
        action,
        gettext(action.label),
        gettext(action.meaning),
        ", ".join(who),
        in_words(move.sources),
        targets,
    )


def _diagram() -> Diagram:
    rows = [(gettext(stage.heading), stage.actions) for stage in stages()]
    return diagram(rows, workflow.MOVES)
