"""What each figure means: what is counted, in what unit, of which whole, and what is not in it.

The headings of the figures stand here too, so that a figure and its definition bear the same name.
"""

from dataclasses import dataclass, replace

from django.utils.translation import gettext, gettext_noop

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

# In a table with place or finer time no smaller number is shown, but for none at all.
K = 11


@dataclass(frozen=True)
class Definition:
    """One figure in plain words. `closed_list` names the codes by which it is counted, where it has any."""

    name: str
    heading: str
    counts: str
    unit: str
    whole: str
    leaves_out: str
    closed_list: type[Choice] | None = None


REQUESTS = gettext_noop("Requests")
OF_QUARTER = gettext_noop("All requests of the quarter")
NO_SHARE = gettext_noop("No share is shown: the numbers stand alone")
NOT_REAL = gettext_noop("Exercises, abandoned intakes, and intakes that are still being written")

_DEFINITIONS = (
    Definition(
        "requests",
        gettext_noop("Requests"),
        gettext_noop(
            "Requests for help by immigration officials that were received in the quarter and logged, by who"
            " made the contact. Contacts that police made with immigration officials are among them."
        ),
        REQUESTS,
        OF_QUARTER,
        NOT_REAL,
        Direction,
    ),
    Definition(
        "types",
        gettext_noop("What kind of help was asked for"),
        gettext_noop(
            "What each request asked for, as it was first logged and as it was last classified. One"
            " request may"
            " ask for several things and then counts under each."
        ),
        REQUESTS,
        OF_QUARTER,
        gettext_noop("Classifications between the first and the last"),
        RequestType,
    ),
    Definition(
        "components",
        gettext_noop("Who asked"),
        gettext_noop("The agency, or the part of it, to which the requester belonged."),
        REQUESTS,
        OF_QUARTER,
        gettext_noop("Names, badges and telephone numbers: they are never published"),
        Component,
    ),
    Definition(
        "channels",
        gettext_noop("How the request reached the police"),
        gettext_noop("The way by which each request first reached the police."),
        REQUESTS,
        OF_QUARTER,
        gettext_noop("Later contacts about the same request"),
        Channel,
    ),
    Definition(
        "per_100k",
        gettext_noop("Beside all calls for service, and beside 2017"),
        gettext_noop(
            "Requests, and decisions to assist, for every 100,000 calls for service of any kind in the same"
            " quarter; and the help given in the first half of 2017, for every 100,000 calls of that time."
        ),
        gettext_noop("Requests, or decisions, per 100,000 calls for service"),
        gettext_noop("All calls for service of the quarter, as oversight entered them with their source"),
        gettext_noop("What police refused in 2017: nobody kept a record of it"),
    ),
    Definition(
        "outcomes",
        gettext_noop("Decisions"),
        gettext_noop(
            "How each request was decided. Where a decision was replaced by a later one, the later one"
            " counts."
        ),
        REQUESTS,
        OF_QUARTER,
        gettext_noop("Decisions that a later one replaced"),
        Outcome,
    ),
    Definition(
        "grounds",
        gettext_noop("Grounds for assisting"),
        gettext_noop(
            "The grounds that held when police decided to assist. Several may hold for one request; the main"
            " one is the most urgent of them."
        ),
        gettext_noop("Decisions to assist"),
        gettext_noop("All decisions to assist of the quarter, each by its main ground"),
        gettext_noop("Grounds that were claimed and did not hold"),
        Ground,
    ),
    Definition(
        "reasons",
        gettext_noop("Why requests were declined"),
        gettext_noop("The reason that the commanding officer gave for declining, one for each request."),
        REQUESTS,
        gettext_noop("All declined requests of the quarter"),
        gettext_noop("What the officer wrote about it: free text is never published"),
        ReasonCode,
    ),
    Definition(
        "papers",
        gettext_noop("Warrants claimed and confirmed"),
        gettext_noop(
            "Papers that requesters named, by the class they named, and what became of the claim. The first"
            " thing that failed counts: the class, then whether the paper was in force and matched, then"
            " whether it was confirmed."
        ),
        gettext_noop("Papers"),
        gettext_noop("All papers named of the same class"),
        gettext_noop("Papers that were entered by mistake and struck"),
        DocumentClass,
    ),
    Definition(
        "calls",
        gettext_noop("Calls recorded"),
        gettext_noop(
            "Calls between a commanding officer and a requester, by whether they were recorded; and requests"
            " that were decided without any such call."
        ),
        gettext_noop("Calls"),
        gettext_noop("All such calls about requests of the quarter"),
        gettext_noop("Calls of dispatchers; and among requests without a call, contacts that police made"),
        CallRecorded,
    ),
    Definition(
        "minutes",
        gettext_noop("Minutes to the call and to the decision"),
        gettext_noop(
            "The time from the request to the first call of a commanding officer with the requester, and"
            " to the"
            " first decision: the median, and the value that nine in ten stayed within. Both are times that"
            " occurred, not averages."
        ),
        gettext_noop("Minutes; a minute that has begun counts as a whole one"),
        gettext_noop("Requests that were logged live and came to a call, or to a decision"),
        gettext_noop("Requests that were found later, and contacts that police made"),
    ),
    Definition(
        "dispatches",
        gettext_noop("Officers sent"),
        gettext_noop(
            "Requests for which officers were sent, by whether they went after the decision, before it under"
            " clear public danger, or before it in breach of the policy; and how many officers, for how long."
        ),
        gettext_noop("Dispatches, at most one for each request"),
        gettext_noop("All dispatches of the quarter"),
        gettext_noop("Officers who were at the place for another reason"),
        DispatchMode,
    ),
    Definition(
        "attendance",
        gettext_noop("Commanding officer at the scene"),
        gettext_noop(
            "Whether the commanding officer joined the officers at the scene, as the policy requires."
        ),
        gettext_noop("Dispatches"),
        gettext_noop("All dispatches of the quarter"),
        gettext_noop("How late the commanding officer came: that is among the deviations"),
    ),
    Definition(
        "actions",
        gettext_noop("What officers did"),
        gettext_noop(
            "What officers reported that they did at the scene. They may do several things at one scene, and"
            " then it counts under each."
        ),
        gettext_noop("Reports from a scene"),
        gettext_noop("All reports from a scene about requests of the quarter"),
        gettext_noop("Dispatches without a report when the quarter was frozen"),
        FieldAction,
    ),
    Definition(
        "scene",
        gettext_noop("Arrests and citations"),
        gettext_noop(
            "People that Metro Police arrested, cited, or handed over to federal custody, and arrests by"
            " federal agents that officers saw."
        ),
        gettext_noop("People"),
        NO_SHARE,
        gettext_noop("Federal arrests that no officer saw"),
    ),
    Definition(
        "harm",
        gettext_noop("Force and injuries"),
        gettext_noop("Reports of force by officers, and people injured, in a whole calendar year."),
        gettext_noop("Reports from a scene; and people"),
        gettext_noop("All reports from a scene about requests of the year"),
        gettext_noop("Single quarters: they have so few that a number could point at one event"),
    ),
    Definition(
        "deviations",
        gettext_noop("Deviations"),
        gettext_noop(
            "What the policy or its rules require and did not happen, as the register found it by itself, and"
            " how many of these officers explained."
        ),
        gettext_noop("Deviations; one request may have several"),
        OF_QUARTER,
        gettext_noop("Deviations that no longer stood, because the facts were corrected"),
        DeviationKind,
    ),
    Definition(
        "blocked",
        gettext_noop("Attempts that the policy blocked"),
        gettext_noop(
            "Acts that somebody tried and the register refused, because the policy does not allow them."
        ),
        gettext_noop("Attempts; one request may have several"),
        gettext_noop("All blocked attempts of the quarter"),
        gettext_noop("Acts that were refused for another reason, such as a form not filled in"),
        Action,
    ),
    Definition(
        "reviews",
        gettext_noop("Reviews by oversight"),
        gettext_noop(
            "What oversight found when it reviewed requests, the questions that it asked the department, and"
            " the answers."
        ),
        gettext_noop("Reviews; one request may have several"),
        gettext_noop("All reviews of requests of the quarter"),
        gettext_noop("Reviews made after the quarter was frozen"),
        ReviewFinding,
    ),
    Definition(
        "late",
        gettext_noop("Requests found later"),
        gettext_noop(
            "Requests of the quarter that did not enter the register as they happened, by how they were"
            " found;"
            " and requests of earlier quarters that were entered during this one."
        ),
        REQUESTS,
        OF_QUARTER,
        gettext_noop("Requests that came to light after the quarter was frozen"),
        DiscoveredBy,
    ),
    Definition(
        "corrections",
        gettext_noop("Corrections"),
        gettext_noop("Recorded facts that were corrected later, and the requests to which they belong."),
        gettext_noop("Facts; one request may have several"),
        OF_QUARTER,
        gettext_noop("What was changed while an intake was still being written"),
    ),
    Definition(
        "statuses",
        gettext_noop("Where the records stood when the quarter was frozen"),
        gettext_noop("The status that each request of the quarter had at the moment of freezing."),
        REQUESTS,
        OF_QUARTER,
        gettext_noop("Everything that happened later"),
        Status,
    ),
    Definition(
        "left_out",
        gettext_noop("What is not counted"),
        gettext_noop("Records of the quarter that enter no other figure, and why."),
        gettext_noop("Records"),
        NO_SHARE,
        gettext_noop("Nothing: this figure is there so that every number given out is accounted for"),
    ),
    Definition(
        "missing",
        gettext_noop("What was missing when the quarter was frozen"),
        gettext_noop(
            "Recordings without the recorder's reference, calls that were not recorded, dispatch records that"
            " nobody could match with a request, and months without an attestation."
        ),
        gettext_noop("Recordings, calls, records and months"),
        NO_SHARE,
        gettext_noop(
            "What nobody has compared or attested yet: it is said to be unknown, and not counted as none"
        ),
    ),
    Definition(
        "baseline",
        gettext_noop("Before there was a register: 2017"),
        gettext_noop(
            "How often Metro Police helped immigration officials in the first half of 2017, as reporters"
            " counted"
            " it in dispatch records."
        ),
        gettext_noop("Times that help was given"),
        gettext_noop("About 275,000 calls for service in the same six months"),
        gettext_noop("What police refused: no log of requests was kept"),
    ),
)
_BY_NAME = {one.name: one for one in _DEFINITIONS}
NAMES = tuple(_BY_NAME)


def heading(name: str) -> str:
    return gettext(_BY_NAME[name].heading)


def definition(name: str) -> Definition:
    """The definition in the active language; `KeyError` if there is no figure of this name."""
    found = _BY_NAME[name]
    return replace(
        found,
        heading=gettext(found.heading),
        counts=gettext(found.counts),
        unit=gettext(found.unit),
        whole=gettext(found.whole),
        leaves_out=gettext(found.leaves_out),
    )
