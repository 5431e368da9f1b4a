"""What happens in the demonstration: about fifty requests over six quarters, and the exercises among them.

Invented, all of it. Each scene is the local time of day, how the request goes, and what it is about;
the days are spread evenly.
"""

from requests_app import workflow
from requests_app.demonstration import _lives as lives
from requests_app.demonstration._exercises import EXERCISES
from requests_app.demonstration._play import (
    CONFIRMED,
    NOT_EXTRADITABLE,
    ORDINARY_SERVICE,
    RECALLED,
    RECORDS_ONLY,
    Scene,
    assists,
    call,
    declines,
    refers,
    scene,
    warrant,
)
from requests_app.vocabulary import (
    CallRecorded,
    Channel,
    Component,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    Direction,
    DiscoveredBy,
    Division,
    DocumentClass,
    FieldAction,
    Ground,
    PlaceKind,
    ReasonCode,
    RequestType,
    ReviewFinding,
    Verification,
)

Assessment = workflow.Assessment
Paper = DocumentClass

ASSAULT = Assessment(
    crime_status=CrimeStatus.IN_PROGRESS, crime_offence="Assault", crime_basis=CrimeBasis.OTHER_CALLER
)
BURGLARY = Assessment(
    crime_status=CrimeStatus.PAST,
    crime_offence="Burglary",
    crime_basis=CrimeBasis.OWN_REPORT,
    lmpd_case_number="LMPD-80-014",
)
OLD_OFFENCE = Assessment(
    crime_status=CrimeStatus.PAST,
    crime_offence="Driving under the influence",
    crime_basis=CrimeBasis.AGENT_DETAILED,
)
RE_ENTRY = Assessment(
    crime_status=CrimeStatus.PAST,
    crime_offence="Re-entry",
    crime_basis=CrimeBasis.AGENT_DETAILED,
    immigration_offence_only=True,
)
SHOTS = Assessment(
    crime_status=CrimeStatus.IN_PROGRESS,
    crime_offence="Shots fired",
    crime_basis=CrimeBasis.OTHER_CALLER,
    danger_level=DangerLevel.CLEAR,
    danger_corroboration=Corroboration.OTHER_CALLERS,
    danger_assessment="Several callers hear shots.",
)
CROWD = Assessment(
    danger_level=DangerLevel.CLEAR,
    danger_corroboration=Corroboration.CAMERA,
    danger_assessment="Bottles are thrown; seen on the camera at the corner.",
)
OVER = Assessment(
    danger_level=DangerLevel.CLEAR,
    danger_corroboration=Corroboration.OWN_EYES,
    danger_assessment="The street is empty when the first car passes.",
    danger_ended=True,
)
DANGER = {"grounds_claimed": (Ground.PUBLIC_DANGER,), "danger_articulated": "People are in danger now."}
CRIME = {"grounds_claimed": (Ground.CRIME,)}
WARRANT = {"grounds_claimed": (Ground.CRIMINAL_WARRANT,)}
HOME = {"place_kind": PlaceKind.RESIDENCE, "persons_sought": 1}
ROAD = {"place_kind": PlaceKind.ROAD}


HSI_WARRANT = call(
    Component.HSI,
    "Wants two officers at a door for a drug warrant of the federal court.",
    RequestType.SERVE_WARRANT,
    channel=Channel.NON_EMERGENCY_LINE,
    division=Division.FOURTH,
    **WARRANT,
    **HOME,
    **warrant("25-CR-00112"),
)
KNOCK = call(
    Component.ERO,
    "Asks for officers to knock at an apartment while agents wait in the hall.",
    RequestType.KNOCK_AND_TALK,
    channel=Channel.NON_EMERGENCY_LINE,
    division=Division.SEVENTH,
    **HOME,
    **warrant("I-200", Paper.ADMINISTRATIVE_WARRANT),
)
CLEAR_A_HOUSE = call(
    Component.ERO,
    "Asks that a house be cleared before agents go in.",
    RequestType.CLEAR_BUILDING,
    channel=Channel.CALL_911,
    division=Division.SECOND,
    **HOME,
    **warrant("I-205", Paper.ADMINISTRATIVE_WARRANT),
)
STREET = call(
    Component.ERO,
    "Wants a street closed at both ends for an arrest.",
    RequestType.PERIMETER,
    division=Division.SIXTH,
    **ROAD,
)
NOTICE = call(
    Component.CBP,
    "Tells us that agents will be at the freight terminal until noon. Asks for nothing.",
    RequestType.DECONFLICTION_NOTICE,
    channel=Channel.EMAIL,
    place_kind=PlaceKind.BUSINESS,
)
SHOTS_HEARD = call(
    Component.FPS,
    "Shots near the federal office; guards are behind cars.",
    RequestType.EMERGENCY_ASSISTANCE,
    channel=Channel.CALL_911,
    division=Division.FIRST,
    place_kind=PlaceKind.FEDERAL_OFFICE,
    **DANGER,
)
UNKNOWN_WARRANT = call(
    Component.ERO,
    "Says the computer shows a warrant; wants officers at the address.",
    RequestType.SERVE_WARRANT,
    channel=Channel.RADIO,
    division=Division.THIRD,
    **WARRANT,
    **HOME,
    **warrant("NCIC-4471"),
)
CROWD_AT_OFFICE = call(
    Component.DHS_CONTRACTOR,
    "A crowd is at the gate and things are thrown.",
    RequestType.CROWD_CONTROL,
    channel=Channel.CALL_911,
    division=Division.FIRST,
    place_kind=PlaceKind.FEDERAL_OFFICE,
    **DANGER,
)
FIGHT = call(
    Component.HSI,
    "An agent is being struck in a parking lot.",
    RequestType.EMERGENCY_ASSISTANCE,
    channel=Channel.CALL_911,
    division=Division.EIGHTH,
    place_kind=PlaceKind.BUSINESS,
    **CRIME,
)
SEARCH = call(
    Component.HSI,
    "Wants a marked car outside during a search for forged papers.",
    RequestType.SEARCH_WARRANT_SUPPORT,
    division=Division.FIFTH,
    **WARRANT,
    **HOME,
    **warrant("25-SW-0042", Paper.CRIMINAL_SEARCH_WARRANT),
)
PLATE = call(
    Component.ERO, "Wants a plate looked up.", RequestType.RECORDS_LOOKUP, channel=Channel.NON_EMERGENCY_LINE
)
ORDER = call(
    Component.OTHER_FEDERAL,
    "Brings an order of the court for recordings.",
    RequestType.COURT_ORDER,
    channel=Channel.IN_PERSON,
    place_kind=PlaceKind.COURT,
)
STATUS = call(
    Component.USCIS,
    "Asks and offers status information by fax.",
    RequestType.STATUS_EXCHANGE,
    channel=Channel.FAX,
)
DETAINER = call(
    Component.ERO,
    "Detainer for somebody said to be in the jail.",
    RequestType.DETAINER,
    channel=Channel.FAX,
    place_kind=PlaceKind.JAIL,
    **warrant("I-247A", Paper.DETAINER),
)
ELSEWHERE = call(
    Component.ERO,
    "Wants officers at a house that lies in another city.",
    RequestType.STANDBY,
    division=Division.OTHER_JURISDICTION,
    **HOME,
)
CAR_CRASH = call(
    Component.ERO,
    "An agency car has been hit at a crossing; nobody is hurt.",
    RequestType.ORDINARY_SERVICE,
    channel=Channel.CALL_911,
    division=Division.SIXTH,
    **ROAD,
)
WE_CALLED = call(
    Component.ERO,
    "An officer rang the agency about a stop.",
    RequestType.IDENTITY_CHECK,
    channel=Channel.RADIO,
    direction=Direction.OUTBOUND,
    **ROAD,
)
STOP_A_CAR = call(
    Component.CBP,
    "Wants a car stopped on the interstate.",
    RequestType.TRAFFIC_STOP,
    division=Division.THIRD,
    **CRIME,
    **ROAD,
)
STAND_BY = call(
    Component.ERO,
    "Wants a car near by in case somebody runs.",
    RequestType.STANDBY,
    division=Division.FOURTH,
    **HOME,
)
OLD_CASE = call(
    Component.ERO,
    "Says the person was once arrested for drunk driving.",
    RequestType.STANDBY,
    division=Division.SECOND,
    **CRIME,
    **HOME,
)
BREAK_IN = call(
    Component.HSI,
    "Has found somebody we look for in a burglary.",
    RequestType.SERVE_WARRANT,
    division=Division.FIFTH,
    **CRIME,
    **HOME,
)
IN_A_CHAT = call(
    Component.HSI,
    "Asks in a chat group for a hand with a warrant.",
    RequestType.SERVE_WARRANT,
    channel=Channel.CHAT,
    **WARRANT,
    **warrant("25-CR-00340"),
)
STRANGER = call(
    Component.UNKNOWN,
    "Gives an agent's name; the office does not know it.",
    RequestType.SERVE_WARRANT,
    channel=Channel.NON_EMERGENCY_LINE,
    identity_refused=True,
    **WARRANT,
    **warrant("24-CR-00991"),
)
BACK_UP = call(
    Component.ERO,
    "Needs back-up, gives no facts.",
    RequestType.EMERGENCY_ASSISTANCE,
    channel=Channel.CALL_911,
    division=Division.EIGHTH,
    **DANGER,
)
STAFF = call(
    Component.ERO,
    "Wants an interpreter and a van for a day.",
    RequestType.EQUIPMENT_OR_STAFF,
    channel=Channel.EMAIL,
)
WELFARE = call(
    Component.MEMBER_OF_PUBLIC,
    "Asks who the masked men at a school gate are.",
    RequestType.IDENTITY_CHECK,
    channel=Channel.CALL_911,
    place_kind=PlaceKind.SCHOOL,
)

NAMED = declines(ReasonCode.NAMED_IN_POLICY)
ONLY_A_FORM = declines(ReasonCode.ADMINISTRATIVE_DOCUMENT_ONLY)
NO_GROUND = declines(ReasonCode.NO_GROUND)
SERVE = assists(FieldAction.SERVE_CRIMINAL_WARRANT, FieldAction.SECURE_SCENE)
SERVED = (FieldAction.SERVE_CRIMINAL_WARRANT,)
ARREST = assists(FieldAction.ARREST_LOCAL_CRIME, FieldAction.INVESTIGATE_CRIME)

SCENES: tuple[Scene, ...] = (
    scene("09:40", lives.course, HSI_WARRANT, SERVE, paper=CONFIRMED, done=SERVED),
    scene("14:15", lives.course, KNOCK, NAMED),
    scene("10:20", lives.called_directly, STAND_BY, NO_GROUND),
    scene("11:05", lives.course, NOTICE, RECORDS_ONLY),
    scene("08:30", lives.taken_down_on_paper, STREET, NO_GROUND),
    scene("22:50", lives.danger_first, SHOTS_HEARD, SHOTS, done=[FieldAction.PROTECT_LIFE], injuries=1),
    scene("06:10", lives.sent_in_breach, KNOCK),
    scene("13:30", lives.corrected, PLATE, refers("Records custodian")),
    scene("17:45", lives.second_officer_answers, CLEAR_A_HOUSE, ONLY_A_FORM),
    scene("05:55", lives.warrant_was_not_confirmed, UNKNOWN_WARRANT),
    scene("16:20", lives.by_radio, FIGHT, assessment=ASSAULT, confirmed_after=25),
    scene("19:10", lives.declined_under_danger, CROWD_AT_OFFICE, CROWD, agreed=True),
    scene("09:15", lives.waited_for_the_court, SEARCH),
    scene("12:00", lives.course, ORDER, refers("County Attorney"), review=None),
    scene(
        "15:35",
        lives.blocked,
        CLEAR_A_HOUSE,
        ONLY_A_FORM,
        question="Why was help tried when the only paper is an administrative one?",
        answer="The caller called it a warrant. I read the form again and declined.",
    ),
    scene("10:50", lives.found_later, STAND_BY, NO_GROUND, how=DiscoveredBy.AUDIT, days_ago=40),
    scene("20:25", lives.by_radio, FIGHT, assessment=ASSAULT, confirmed_after=95),
    scene("07:20", lives.commander_came_late, UNKNOWN_WARRANT),
    scene(
        "11:40",
        lives.asked_for_something_else,
        BACK_UP,
        declines(ReasonCode.DANGER_NOT_SHOWN),
        RequestType.STANDBY,
    ),
    scene("14:55", lives.reference_came_never, STREET, NO_GROUND),
    scene("18:05", lives.declined_under_danger, CROWD_AT_OFFICE, CROWD, agreed=False),
    scene(
        "09:05",
        lives.time_ran_out,
        UNKNOWN_WARRANT,
        ReasonCode.WARRANT_NOT_CONFIRMED,
        needed="The clerk confirms whether the warrant is active.",
        minutes=250,
    ),
    scene("08:45", lives.withdrawn_while_waiting, STAND_BY),
    scene(
        "13:10", lives.course, HSI_WARRANT, SERVE, paper=CONFIRMED, done=SERVED, recorded=CallRecorded.FAILED
    ),
    scene(
        "03:20", lives.course, STOP_A_CAR, declines(ReasonCode.IMMIGRATION_OFFENCE_ONLY), assessment=RE_ENTRY
    ),
    scene("16:40", lives.taken_up_again, UNKNOWN_WARRANT),
    scene("17:00", lives.crash, CAR_CRASH, ORDINARY_SERVICE),
    scene("12:35", lives.given_back, STAFF, NO_GROUND),
    scene("10:10", lives.wrong_number, STAFF),
    scene(
        "09:50",
        lives.blocked,
        IN_A_CHAT,
        declines(ReasonCode.INFORMAL_CHANNEL),
        paper=CONFIRMED,
        question="Was the agent told to call the line that is recorded?",
        answer="Yes. No call came.",
    ),
    scene("21:30", lives.decided_without_a_call, STRANGER, declines(ReasonCode.COMMANDER_NOT_REACHED)),
    scene("15:05", lives.course, STATUS, refers("County Attorney")),
    scene(
        "11:15",
        lives.course,
        HSI_WARRANT,
        declines(ReasonCode.UNRECORDED_LINE),
        paper=CONFIRMED,
        recorded=CallRecorded.REFUSED_BY_CALLER,
    ),
    scene("14:30", lives.course, STRANGER, declines(ReasonCode.IMPOSTOR), verification=Verification.FAILED),
    scene(
        "08:15", lives.course, BREAK_IN, ARREST, assessment=BURGLARY, done=[FieldAction.ARREST_LOCAL_CRIME]
    ),
    scene("10:35", lives.course, ELSEWHERE, refers("Police of the other city")),
    scene(
        "13:50",
        lives.withdrawn_after_the_decision,
        UNKNOWN_WARRANT,
        declines(ReasonCode.WARRANT_NOT_CONFIRMED),
    ),
    scene("16:10", lives.found_later, KNOCK, NAMED, how=DiscoveredBy.MEDIA, days_ago=120),
    scene("07:50", lives.course, OLD_CASE, declines(ReasonCode.NO_OPEN_CASE), assessment=OLD_OFFENCE),
    scene("19:40", lives.course, CROWD_AT_OFFICE, declines(ReasonCode.DANGER_ENDED), assessment=OVER),
    scene(
        "09:25",
        lives.course,
        UNKNOWN_WARRANT,
        declines(ReasonCode.WARRANT_RECALLED_OR_MISMATCHED),
        paper=RECALLED,
    ),
    scene("12:20", lives.course, WE_CALLED, RECORDS_ONLY),
    scene(
        "15:50",
        lives.course,
        UNKNOWN_WARRANT,
        declines(ReasonCode.NOT_EXTRADITABLE),
        paper=NOT_EXTRADITABLE,
        review=ReviewFinding.IN_POLICY_WITH_REMARKS,
    ),
    scene(
        "11:30",
        lives.course,
        HSI_WARRANT,
        declines(ReasonCode.OFFICERS_ASSESSMENT, "School is out; the warrant can be served tomorrow."),
        paper=CONFIRMED,
    ),
    scene("08:05", lives.course, DETAINER, refers("Department of Corrections")),
    scene(
        "14:05", lives.course, KNOCK, declines(ReasonCode.DUPLICATE, "The second call about the same door.")
    ),
    scene("10:00", lives.course, WELFARE, RECORDS_ONLY),
)


# Taking every seventh scene in turn gives each quarter its share of the plain and of the eventful ones.
STRIDE = 7


def programme() -> list[Scene]:
    """Requests in the order of time, an exercise after every fourth."""
    exercises = list(EXERCISES)
    mixed: list[Scene] = []
    for count in range(len(SCENES)):
        mixed.append(SCENES[count * STRIDE % len(SCENES)])
        if count % 4 == 3 and exercises:
            mixed.append(exercises.pop(0))
    return [*mixed, *exercises]
