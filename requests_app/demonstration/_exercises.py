"""Events that were reported elsewhere, gone through as exercises: what would the policy have said here?

An exercise is labelled wherever it is shown, names its source, and never enters a total. The reports
are in English words of our own.
"""

from requests_app import workflow
from requests_app.demonstration import _lives as lives
from requests_app.demonstration._play import (
    RECORDS_ONLY,
    Scene,
    declines,
    refers,
    scene,
    warrant,
)
from requests_app.vocabulary import (
    Channel,
    Component,
    Corroboration,
    DangerLevel,
    DocumentClass,
    FieldAction,
    Ground,
    PlaceKind,
    ReasonCode,
    RequestType,
)

DANGER = {
    "grounds_claimed": (Ground.PUBLIC_DANGER,),
    "danger_articulated": "Agents say that they are in danger.",
}
SURROUNDED = workflow.Assessment(
    danger_level=DangerLevel.CLEAR,
    danger_corroboration=Corroboration.OTHER_CALLERS,
    danger_assessment="A crowd closes in on agents after a raid; others call too.",
)
STATE_FACTS = "What is happening now, who is in danger, and what others have seen."
Words = dict[str, object]


def event(place: str, said: str, *types: RequestType, **more: object) -> Words:
    words = f"Exercise after an event in {place}: {said}"
    return {"component": Component.ERO, "what_was_said": words, "types_at_intake": types, **more}


DECLINE_NAMED = declines(ReasonCode.NAMED_IN_POLICY)

EXERCISES: tuple[Scene, ...] = (
    scene(
        "10:05",
        lives.course,
        event(
            "Louisville (April 2017)",
            "officers are to knock for agents on the door of a man who barricaded himself; no danger.",
            RequestType.KNOCK_AND_TALK,
            place_kind=PlaceKind.RESIDENCE,
            persons_sought=1,
        ),
        DECLINE_NAMED,
        source="lpm.org/investigate/2017-09-07/louisville-police-dont-enforce-immigration-but-help-the-feds-do-it",
    ),
    scene(
        "15:20",
        lives.time_ran_out,
        event(
            "Nashville (May 2025)",
            "patrol cars are wanted near a federal office on a later day; danger without facts.",
            RequestType.STANDBY,
            component=Component.OTHER_DHS,
            place_kind=PlaceKind.FEDERAL_OFFICE,
            **DANGER,
        ),
        ReasonCode.DANGER_NOT_SHOWN,
        needed=STATE_FACTS,
        minutes=20,
        source="nashvillescene.com/news/pithinthewind/metro-ice-immigration-roundup; wpln.org",
    ),
    scene(
        "11:50",
        lives.course,
        event(
            "Chicago (June 2025)",
            "a contractor rings 911 about a crowd outside an appointment office; nobody is hurt.",
            RequestType.CROWD_CONTROL,
            component=Component.DHS_CONTRACTOR,
            channel=Channel.CALL_911,
            place_kind=PlaceKind.FEDERAL_OFFICE,
        ),
        declines(ReasonCode.NO_GROUND),
        source="southsideweekly.com/june-4-calls-show-cpd-knew-federal-immigration-agents-were-asking-for-help",
    ),
    scene(
        "13:25",
        lives.time_ran_out,
        event(
            "Chicago (October 2025)",
            "agents say that vehicles surround them; nobody else reports it, and it is disputed.",
            RequestType.EMERGENCY_ASSISTANCE,
            component=Component.CBP,
            channel=Channel.CALL_911,
            place_kind=PlaceKind.ROAD,
            **DANGER,
        ),
        ReasonCode.DANGER_NOT_SHOWN,
        needed=STATE_FACTS,
        minutes=16,
        source="theglitteringeye.com/who-ordered-whom-to-do-what",
    ),
    scene(
        "09:35",
        lives.course,
        event(
            "New York City (2025)",
            "an officer of a task force is to set alerts on people for the agency.",
            RequestType.RECORDS_LOOKUP,
            RequestType.TASK_FORCE,
            component=Component.HSI,
            channel=Channel.TASK_FORCE,
        ),
        declines(ReasonCode.NO_GROUND),
        source="queenseagle.com/all/2025/12/4/nypd-officer-violated-city-law-by-helping-feds-report-finds",
    ),
    scene(
        "20:15",
        lives.course,
        event(
            "Mesa County, Colorado (2025)",
            "in a private chat group an agent asks to have a car stopped and its plate looked up.",
            RequestType.TRAFFIC_STOP,
            RequestType.RECORDS_LOOKUP,
            component=Component.HSI,
            channel=Channel.CHAT,
            place_kind=PlaceKind.ROAD,
        ),
        declines(ReasonCode.INFORMAL_CHANNEL),
        source="balancedright.net/article/colorado-deputies-disciplined-for-violating-immigration-law",
    ),
    scene(
        "08:50",
        lives.course,
        event(
            "Boston (2024)",
            "a detainer comes by fax to a station, one of many that nobody counted.",
            RequestType.DETAINER,
            channel=Channel.FAX,
            place_kind=PlaceKind.JAIL,
            **warrant("I-247A", DocumentClass.DETAINER),
        ),
        refers("Department of Corrections"),
        source="bostonherald.com; lawenforcementdigest.com",
    ),
    scene(
        "06:30",
        lives.course,
        event(
            "Oakland (August 2017)",
            "traffic is to be kept out of a street during an operation.",
            RequestType.PERIMETER,
            component=Component.HSI,
            place_kind=PlaceKind.ROAD,
        ),
        DECLINE_NAMED,
        source="scribd.com/document/364179813",
    ),
    scene(
        "16:55",
        lives.danger_first,
        event(
            "San Diego (2025)",
            "a crowd closes in on agents after a raid at a workplace.",
            RequestType.EMERGENCY_ASSISTANCE,
            component=Component.HSI,
            channel=Channel.CALL_911,
            place_kind=PlaceKind.BUSINESS,
            **DANGER,
        ),
        SURROUNDED,
        done=[FieldAction.CROWD_SAFETY],
        source="10news.com/news/san-diego-police-department-provides-emergency-assistance-in-ice-raids",
    ),
    scene(
        "10:40",
        lives.course,
        event(
            "Louisville (2025)",
            "an agency wants the plate readers of the department searched.",
            RequestType.RECORDS_LOOKUP,
            channel=Channel.EMAIL,
        ),
        refers("Records custodian"),
        source="lpm.org/investigate/2025-11-03/louisville-police-share-data-with-national-immigration-dragnet",
    ),
    scene(
        "18:20",
        lives.course,
        event(
            "Los Angeles (2025)",
            "residents report masked men taking a person away, and ask who they are. A supervisor checks.",
            RequestType.IDENTITY_CHECK,
            component=Component.MEMBER_OF_PUBLIC,
            channel=Channel.CALL_911,
            place_kind=PlaceKind.RESIDENCE,
        ),
        RECORDS_ONLY,
        source="LAPD notice as reported by NBC; pars.lasd.org/Viewer/Manuals/15183",
    ),
)
