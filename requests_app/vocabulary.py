"""The closed lists of the register: every code that a column, a form or a policy file may hold.

Each member carries the words shown on screen (`label`) and, where the word is a term of the
field, its meaning. No Django here: the policy engine and the public verifier use these codes
without a database.
"""

from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

LOUISVILLE = ZoneInfo("America/Kentucky/Louisville")  # days, quarters and times on screen are Louisville's


class Choice(StrEnum):
    """A code with the words shown for it; `meaning` is the glossary entry, or empty."""

    label: str
    meaning: str

    def __new__(cls, code: str, label: str = "", meaning: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.meaning = meaning
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of code and label, in the order of definition, as Django fields take them."""
        return [(member.value, member.label) for member in cls]

    @classmethod
    def codes(cls) -> list[str]:
        return [member.value for member in cls]


# --- who acts, and what they do ---------------------------------------------------------------


class Role(Choice):
    """What a person is trusted with. A person may hold several, each by a dated grant."""

    DISPATCHER = "dispatcher", "Dispatcher", "MetroSafe staff who log the request while the caller talks."
    COMMANDING_OFFICER = (
        "commanding_officer",
        "Commanding officer",
        "The LMPD officer who takes the recorded call, assesses what help is right, and joins the scene.",
    )
    OVERSIGHT = (
        "oversight",
        "Oversight",
        "Staff who see everything, review decisions and publish periods, and change no facts.",
    )
    ADMINISTRATOR = (
        "administrator",
        "Administrator",
        "Staff who keep accounts, roles, roster and reference lists, and see no case.",
    )


class Action(Choice):
    """One verb, one name: the same word names the transition, the form, the view and the ledger entry."""

    SAVE_INTAKE = (
        "request:save_intake",
        "Save intake",
        "Write down what the caller says; the first save mints the number.",
    )
    ABANDON = (
        "request:abandon",
        "Abandon intake",
        "End an intake that became no request; the number stays, with a reason.",
    )
    LOG = "request:log", "Save and page", "Complete the intake and page the commanding officer on duty."
    PAGE = (
        "request:page",
        "Page the next officer",
        "Page a commanding officer; the system does so by itself, or a dispatcher does.",
    )
    ACKNOWLEDGE = (
        "request:acknowledge",
        "Acknowledge page",
        "A commanding officer confirms that the page arrived.",
    )
    CLAIM = (
        "request:claim",
        "Take this request",
        "A commanding officer takes the request and handles it from here.",
    )
    RELEASE = "request:release", "Give back", "Put a claimed request back for another officer to take."
    VERIFY_CALLER = (
        "request:verify_caller",
        "Verify caller",
        "Record whether the requester is who they say they are.",
    )
    RECORD_CALL = (
        "request:record_call",
        "Record the call",
        "Record a call between commanding officer and requester.",
    )
    SET_EVIDENCE = (
        "request:set_evidence",
        "Set evidence",
        "Record warrant, crime and danger as far as they are shown.",
    )
    RECLASSIFY = (
        "request:reclassify",
        "Reclassify",
        "Say what was really asked for; the first classification is kept.",
    )
    REQUEST_INFORMATION = (
        "request:request_information",
        "Ask for information",
        "Wait for facts that are missing.",
    )
    DECIDE = "request:decide", "Decide", "Choose what help, if any, is given."
    RADIO_DECISION = (
        "request:radio_decision",
        "Enter radio decision",
        "Enter a decision that the officer gave by radio.",
    )
    CONFIRM = (
        "request:confirm",
        "Confirm radio decision",
        "The officer confirms the decision entered in their name.",
    )
    AGREE = "request:agree", "Agree", "A second officer agrees with a decline under clear danger."
    DISAGREE = "request:disagree", "Disagree", "A second officer disagrees with a decline under clear danger."
    DISPATCH = "request:dispatch", "Record officers sent", "Record which units were sent, and when."
    OFFICER_ARRIVES = (
        "request:officer_arrives",
        "Record first arrival",
        "Record when the first officer reached the scene.",
    )
    COMMANDER_ARRIVES = (
        "request:commander_arrives",
        "Record commander's arrival",
        "Record that the commanding officer attends.",
    )
    COMMANDER_ABSENT = (
        "request:commander_absent",
        "Record commander absent",
        "Record why the commanding officer did not attend.",
    )
    STAND_DOWN = "request:stand_down", "Record stand-down", "Record that the officers have left the scene."
    REPORT_OUTCOME = (
        "request:report_outcome",
        "Report outcome",
        "Record what happened, and close the request.",
    )
    WITHDRAW = "request:withdraw", "Record withdrawal", "The requester takes the request back."
    CORRECT = (
        "request:correct",
        "Correct",
        "Change a recorded fact, with the reason; the old value stays in the history.",
    )
    REOPEN = "request:reopen", "Reopen", "Take up an ended request again on new facts."
    REVEAL = (
        "request:reveal",
        "Show restricted fields",
        "Read the masked fields for ten minutes, with a reason.",
    )
    REVIEW = "request:review", "Review", "Oversight's finding on how the request was handled."
    FOLLOW_UP = "request:follow_up", "Ask for follow-up", "Oversight asks the department to answer a finding."
    ANSWER = "request:answer", "Answer follow-up", "A commanding officer answers oversight's question."
    EXPLAIN = "request:explain", "Explain deviation", "An officer explains a deviation that the system found."
    HOLD = "request:hold", "Set retention and hold", "Oversight sets legal hold, retention class and date."
    PROPOSE_ERASURE = (
        "request:propose_erasure",
        "Ask for erasure",
        "Ask a second person of oversight to erase what the ledger keeps privately of an ended request.",
    )
    ERASE = (
        "request:erase",
        "Erase private record",
        "Erase the private part of the ledger's entries of a request, as the second person.",
    )
    VIEW = "request:view", "View", "Read a request."
    # Acts that belong to no single request.
    EXPORT_BUNDLE = (
        "export:bundle",
        "Export evidence bundle",
        "Take out the ledger's entries of a request or a quarter, with their proofs.",
    )
    FREEZE_PERIOD = (
        "period:freeze",
        "Freeze a period",
        "Fix the figures of a quarter as they are to be published, for a second person to look at.",
    )
    RELEASE_PERIOD = (
        "period:release",
        "Release a period",
        "Publish the frozen figures of a quarter, as the second person.",
    )
    ENTER_CALLS = (
        "period:enter_calls",
        "Enter calls for service",
        "Write down how many calls for service a quarter had, with the source.",
    )
    SEE_OVERSIGHT = (
        "oversight:view",
        "View oversight",
        "Read blocked attempts, deviations and any request as it stood.",
    )
    SEE_QUEUE = "queue:view", "View queue", "Read the commander's review queue."
    SEE_WALL = "wall:view", "View wall", "Read the counts and clocks of the wall page."
    MANAGE_ACCOUNTS = "account:manage", "Manage accounts", "See accounts and keep their names and addresses."
    CREATE_ACCOUNT = (
        "account:create",
        "Create account",
        "One administrator makes an account; another activates it.",
    )
    PROPOSE_ACTIVATION = (
        "account:propose_activation",
        "Ask for activation",
        "Ask another administrator to activate an account.",
    )
    PROPOSE_RESET = (
        "account:propose_reset",
        "Ask for a sign-in reset",
        "A person lost password or second factor: ask another administrator to let them enrol again.",
    )
    CONFIRM_STEP = "account:confirm_step", "Confirm", "Another administrator confirms what was asked for."
    WITHDRAW_STEP = "account:withdraw_step", "Take back", "What was asked for is not wanted any more."
    DEACTIVATE = "account:deactivate", "Deactivate account", "The person is out at once, in every session."
    NEW_ENROLMENT_LINK = (
        "account:new_enrolment_link",
        "New enrolment link",
        "A fresh link for a person who has not set a password yet.",
    )
    LINK_IDENTITY = (
        "account:link_identity",
        "Link identity",
        "Say who a person is at the identity provider, or that they are nobody there any more.",
    )
    PROPOSE_ROLE = (
        "role:propose",
        "Propose role",
        "Give a person a role, once another administrator confirms.",
    )
    CONFIRM_ROLE = "role:confirm", "Confirm role", "Another administrator confirms a role."
    END_ROLE = "role:end", "End role", "Take a role away, or turn a proposed one down."
    REVIEW_ROLES = "role:review", "Review roles", "Look once a year whether a person still needs each role."
    RECORD_TRAINING = (
        "training:record",
        "Record training",
        "Write down that a person was trained to contact a commanding officer.",
    )
    END_SESSION = "session:end", "End session", "Sign a session out, wherever it is open."
    UNLOCK = (
        "sign_in:unlock",
        "Unlock sign-in",
        "Somebody of another role on the same shift releases a locked password.",
    )
    # Acts that every person does with their own account.
    SIGN_IN = (
        "sign_in:succeed",
        "Sign in",
        "A person signed in, with password and second factor or a passkey.",
    )
    SIGN_OUT = "sign_in:end", "Sign out", "A person signed out."
    CONFIRM_IDENTITY = "sign_in:confirm", "Confirm identity", "A fresh second factor before a weighty act."
    ADD_FACTOR = "factor:add", "Add second factor", "A person enrolled an authenticator app or a passkey."
    REMOVE_FACTOR = "factor:remove", "Remove second factor", "A person removed a second factor."
    SET_PASSWORD = "password:set", "Set password", "A person set their own password."
    # Acts of the register itself.
    FAIL_SIGN_IN = "sign_in:fail", "Sign-in failed", "A wrong password or code."
    LOCK = "sign_in:lock", "Lock sign-in", "Five wrong passwords or codes in fifteen minutes."
    ALERT_NETWORKS = "session:alert", "Alert: two networks", "One account is open from two networks at once."
    DISABLE_UNUSED = "account:disable", "Disable account", "Unused for 90 days, or its last day is over."
    BREAK_GLASS = "account:break_glass", "Break glass", "Two people let an administrator in, at the server."
    ROTATE_KEYS = (
        "factor:rotate_keys",
        "Rotate keys",
        "Put the secrets of second factors under a new key.",
    )
    MANAGE_ROSTER = "roster:manage", "Manage roster", "Keep the duty roster with its order of escalation."
    MANAGE_REFERENCE = (
        "reference:manage",
        "Manage reference lists",
        "Keep thresholds, directory numbers and the policy in force.",
    )
    PAD = "ledger:pad", "Fill up the log", "An entry without content, so that the log's growth tells nothing."
    SYNC_DEVIATIONS = (
        "request:find_deviations",
        "Find deviations",
        "The system finds what policy required and did not happen.",
    )


class Status(Choice):
    """Where a request stands in its life."""

    INTAKE = "intake", "Intake", "Being written down; no officer has been paged."
    ABANDONED = "abandoned", "Abandoned", "An intake that became no request."
    WAITING = "waiting", "Waiting", "Logged, and waiting for a commanding officer."
    UNDER_REVIEW = "under_review", "Under review", "Claimed by a commanding officer."
    INFORMATION_NEEDED = "information_needed", "Information needed", "Waiting for facts that are missing."
    DECIDED = "decided", "Decided", "A decision stands."
    IN_FIELD = "in_field", "In the field", "Officers are going or at the scene."
    CLOSED = "closed", "Closed", "The outcome is reported."
    WITHDRAWN = "withdrawn", "Withdrawn", "The requester took the request back."


OPEN_STATUSES = (
    Status.INTAKE,
    Status.WAITING,
    Status.UNDER_REVIEW,
    Status.INFORMATION_NEEDED,
    Status.DECIDED,
    Status.IN_FIELD,
)


# --- what came in -----------------------------------------------------------------------------


class Direction(Choice):
    INBOUND = "inbound", "They contacted us"
    OUTBOUND = "outbound", "We contacted them"


class Jurisdiction(Choice):
    LMPD = "lmpd", "LMPD"
    OTHER = "other", "Another jurisdiction"


class DiscoveredBy(Choice):
    LIVE = "live", "Live, as it happened"
    SELF_REPORT = "self_report", "Reported later by staff"
    AUDIT = "audit", "Found in an audit"
    MEDIA = "media", "Found by the media"
    COMPLAINT = "complaint", "Found through a complaint"
    RECONCILIATION = "reconciliation", "Found in dispatch records"


class Channel(Choice):
    CALL_911 = "911", "911"
    NON_EMERGENCY_LINE = "non_emergency_line", "Non-emergency line"
    COMMANDER_DIRECT = "commander_direct", "Directly to a commander"
    PERSONAL_PHONE = "personal_phone", "Personal phone"
    CHAT = "chat", "Chat"
    EMAIL = "email", "E-mail"
    FAX = "fax", "Fax"
    RADIO = "radio", "Radio"
    IN_PERSON = "in_person", "In person"
    ON_VIEW = "on_view", "Seen by an officer"
    TASK_FORCE = "task_force", "Task force"


class Component(Choice):
    """The part of an agency that asks."""

    ERO = "ero", "ICE: Enforcement and Removal (ERO)"
    HSI = "hsi", "ICE: Homeland Security Investigations (HSI)"
    CBP = "cbp", "Customs and Border Protection (CBP)"
    USCIS = "uscis", "Citizenship and Immigration Services (USCIS)"
    FPS = "fps", "Federal Protective Service (FPS)"
    OTHER_DHS = "other_dhs", "Another part of Homeland Security"
    DHS_CONTRACTOR = "dhs_contractor", "Contractor of Homeland Security"
    OTHER_FEDERAL = "other_federal", "Another federal agency"
    STATE_LOCAL_DELEGATE = "state_local_delegate", "State or local officer acting for ICE"
    FOREIGN = "foreign", "Foreign authority"
    MEMBER_OF_PUBLIC = "member_of_public", "Member of the public"
    UNKNOWN = "unknown", "Unknown"


class Verification(Choice):
    VERIFIED_CALLBACK = "verified_callback", "Verified by call-back"
    VERIFIED_AT_SCENE = "verified_at_scene", "Verified at the scene"
    UNVERIFIED = "unverified", "Not verified"
    FAILED = "failed", "Verification failed"


class RequestType(Choice):
    KNOCK_AND_TALK = "knock_and_talk", "Knock and talk"
    CLEAR_BUILDING = "clear_building", "Clear a house or apartment"
    PERIMETER = "perimeter", "Perimeter or block a street"
    TRAFFIC_STOP = "traffic_stop", "Traffic stop"
    SERVE_WARRANT = "serve_warrant", "Serve a warrant"
    SEARCH_WARRANT_SUPPORT = "search_warrant_support", "Support a search warrant"
    EMERGENCY_ASSISTANCE = "emergency_assistance", "Emergency assistance"
    CROWD_CONTROL = "crowd_control", "Crowd control"
    STANDBY = "standby", "Stand by"
    DECONFLICTION_NOTICE = "deconfliction_notice", "Notice of an operation"
    DETAINER = "detainer", "Detainer"
    RECORDS_LOOKUP = "records_lookup", "Look up records"
    STATUS_EXCHANGE = "status_exchange", "Exchange of status information"
    EQUIPMENT_OR_STAFF = "equipment_or_staff", "Equipment or staff"
    TASK_FORCE = "task_force", "Task force work"
    IDENTITY_CHECK = "identity_check", "Check who the agents are"
    ORDINARY_SERVICE = "ordinary_service", "Ordinary police or ambulance service"
    WELFARE_CHECK = "welfare_check", "Welfare check"
    COURT_ORDER = "court_order", "Court order"
    OTHER = "other", "Other"


class Division(Choice):
    FIRST = "1", "First Division"
    SECOND = "2", "Second Division"
    THIRD = "3", "Third Division"
    FOURTH = "4", "Fourth Division"
    FIFTH = "5", "Fifth Division"
    SIXTH = "6", "Sixth Division"
    SEVENTH = "7", "Seventh Division"
    EIGHTH = "8", "Eighth Division"
    OTHER_JURISDICTION = "other", "Another jurisdiction"
    UNKNOWN = "unknown", "Not known"


class PlaceKind(Choice):
    RESIDENCE = "residence", "House or apartment"
    BUSINESS = "business", "Business or workplace"
    ROAD = "road", "Road or vehicle"
    COURT = "court", "Court"
    JAIL = "jail", "Jail"
    SCHOOL = "school", "School"
    HOSPITAL = "hospital", "Hospital or clinic"
    WORSHIP = "worship", "Place of worship"
    FEDERAL_OFFICE = "federal_office", "Federal office"
    OTHER = "other", "Other place"
    UNKNOWN = "unknown", "Not known"


class CadAbsence(Choice):
    """Why a request has no event number of the computer-aided dispatch system (CAD)."""

    NOT_A_CALL = "not_a_call", "Did not come in as a call for service"
    CAD_DOWN = "cad_down", "Dispatch system was down"
    PAPER = "paper", "Taken down on paper"
    NOT_KNOWN = "not_known", "Number not known"


# --- grounds and evidence ---------------------------------------------------------------------


class DocumentClass(Choice):
    CRIMINAL_WARRANT = "criminal_warrant", "Criminal warrant"
    CRIMINAL_SEARCH_WARRANT = "criminal_search_warrant", "Criminal search warrant"
    IMMIGRATION_CRIME_WARRANT = "immigration_crime_warrant", "Warrant for an immigration crime"
    ADMINISTRATIVE_WARRANT = (
        "administrative_warrant",
        "Administrative warrant (I-200, I-205, IVF hit, immigration judge)",
    )
    DETAINER = "detainer", "Detainer"
    JUDICIAL_CIVIL_WARRANT = "judicial_civil_warrant", "Judicial civil warrant"


class Confirmation(Choice):
    CONFIRMED_ACTIVE = "confirmed_active", "Confirmed active"
    UNCONFIRMED = "unconfirmed", "Not confirmed yet"
    RECALLED = "recalled", "Recalled"
    NOT_EXTRADITABLE = "not_extraditable", "Not extraditable"


class CrimeStatus(Choice):
    NONE = "none", "No crime alleged"
    PAST = "past", "Has occurred"
    IN_PROGRESS = "in_progress", "Is occurring"


class CrimeBasis(Choice):
    NONE = "none", "Nothing yet"
    OWN_REPORT = "own_report", "LMPD report"
    WITNESSED = "witnessed", "Seen by an LMPD officer"
    CAMERA = "camera", "Seen on camera"
    OTHER_CALLER = "other_caller", "Another caller"
    AGENT_DETAILED = "agent_detailed", "Agent gave details"
    AGENT_ASSERTION = "agent_assertion", "Agent's word only"


class DangerLevel(Choice):
    NONE = "none", "None"
    CLAIMED = "claimed", "Claimed, not clear"
    CLEAR = "clear", "Clear danger to the public"


class Corroboration(Choice):
    NONE = "none", "Nothing"
    OWN_EYES = "own_eyes", "Seen by an LMPD officer"
    CAMERA = "camera", "Seen on camera"
    OTHER_CALLERS = "other_callers", "Other callers"
    REQUESTER_ONLY = "requester_only", "Requester's word only"


class CallRecorded(Choice):
    YES = "yes", "Recorded"
    FAILED = "failed", "Recorder failed"
    REFUSED_BY_CALLER = "refused_by_caller", "Caller refused to be recorded"
    NO = "no", "Not recorded"


# --- the decision -----------------------------------------------------------------------------


class Ground(Choice):
    """A reason the policy accepts for sending officers."""

    CRIMINAL_WARRANT = "criminal_warrant", "Criminal warrant not related to immigration status"
    CRIME = "crime", "A crime that occurred or is occurring"
    PUBLIC_DANGER = "public_danger", "Emergency with clear public danger"
    JUDICIAL_WARRANT = "judicial_warrant", "Warrant signed by a judge (ordinance as reported)"
    RISK_OF_VIOLENCE = "risk_of_violence", "Risk of violence or clear danger (ordinance as reported)"


class Outcome(Choice):
    ASSIST = "assist", "Assist, within limits", "Help is given, always limited in scope."
    DECLINE = "decline", "Decline", "No help is given."
    REFER = "refer", "Refer", "Pass on to jail, records custodian, counsel or other police."
    RECORD_ONLY = "record_only", "Record only", "A notice or contact; nothing was asked."
    ORDINARY_SERVICE = (
        "ordinary_service",
        "Ordinary service",
        "The police or ambulance service anyone would get; the commanding officer is told.",
    )
    MORE_INFORMATION = "more_information", "More information needed", "Facts are missing; still open."


DECIDABLE_OUTCOMES = (
    Outcome.ASSIST,
    Outcome.DECLINE,
    Outcome.REFER,
    Outcome.RECORD_ONLY,
    Outcome.ORDINARY_SERVICE,
)


class ReasonCode(Choice):
    """Why a request was declined."""

    NAMED_IN_POLICY = "named_in_policy", "Named in the policy as refused"
    NO_GROUND = "no_ground", "No ground holds"
    ADMINISTRATIVE_DOCUMENT_ONLY = "administrative_document_only", "Administrative document only"
    IMMIGRATION_OFFENCE_ONLY = "immigration_offence_only", "Immigration offence only"
    WARRANT_NOT_CONFIRMED = "warrant_not_confirmed", "Warrant not confirmed"
    WARRANT_RECALLED_OR_MISMATCHED = "warrant_recalled_or_mismatched", "Warrant recalled or does not match"
    NOT_EXTRADITABLE = "not_extraditable", "Not extraditable"
    NO_OPEN_CASE = "no_open_case", "No open LMPD case"
    DANGER_NOT_SHOWN = "danger_not_shown", "Danger not shown"
    DANGER_ENDED = "danger_ended", "Danger has ended"
    CALLER_NOT_VERIFIED = "caller_not_verified", "Caller not verified"
    IMPOSTOR = "impostor", "Impostor"
    UNRECORDED_LINE = "unrecorded_line", "Line not recorded"
    INFORMAL_CHANNEL = "informal_channel", "Informal channel"
    COMMANDER_NOT_REACHED = "commander_not_reached", "Commander not reached"
    OFFICERS_ASSESSMENT = "officers_assessment", "Permitted, and still declined on the officer's assessment"
    DUPLICATE = "duplicate", "Duplicate of another request"
    OTHER = "other", "Other"


class FieldAction(Choice):
    """What officers may do (scope) or did (actions taken): one list, so that excess can be computed."""

    SERVE_CRIMINAL_WARRANT = "serve_criminal_warrant", "Serve the criminal warrant"
    ARREST_LOCAL_CRIME = "arrest_local_crime", "Arrest for a local crime"
    INVESTIGATE_CRIME = "investigate_crime", "Investigate a crime"
    PROTECT_LIFE = "protect_life", "Protect life"
    MEDICAL_AID = "medical_aid", "Medical aid"
    SECURE_SCENE = "secure_scene", "Secure the scene"
    CROWD_SAFETY = "crowd_safety", "Safety of a crowd"
    TRAFFIC_SAFETY = "traffic_safety", "Traffic safety"
    TAKE_REPORT = "take_report", "Take a report"
    TRANSPORT_OWN_PRISONER = "transport_own_prisoner", "Transport our own prisoner"
    VERIFY_IDENTITY = "verify_identity", "Verify who the agents are"
    GIVE_INFORMATION = "give_information", "Give information"
    PERIMETER_FOR_FEDERAL_ARREST = "perimeter_for_federal_arrest", "Perimeter for a federal arrest"
    KNOCK_OR_CLEAR_FOR_FEDERAL = "knock_or_clear_for_federal", "Knock or clear for federal agents"
    STOP_VEHICLE_FOR_FEDERAL = "stop_vehicle_for_federal", "Stop a vehicle for federal agents"
    TRANSPORT_FOR_FEDERAL = "transport_for_federal", "Transport for federal agents"
    SEARCH_FOR_FEDERAL = "search_for_federal", "Search for federal agents"
    OTHER = "other", "Other"


NEVER_IN_SCOPE = (
    FieldAction.PERIMETER_FOR_FEDERAL_ARREST,
    FieldAction.KNOCK_OR_CLEAR_FOR_FEDERAL,
    FieldAction.STOP_VEHICLE_FOR_FEDERAL,
    FieldAction.TRANSPORT_FOR_FEDERAL,
    FieldAction.SEARCH_FOR_FEDERAL,
    FieldAction.OTHER,
)
SCOPE_ACTIONS = tuple(member for member in FieldAction if member not in NEVER_IN_SCOPE)


class EndorsementKind(Choice):
    AGREES = "agrees", "Agrees"
    DISAGREES = "disagrees", "Disagrees"
    CONFIRMS_RADIO = "confirms_radio", "Confirms the radio decision"


# --- the field and after ----------------------------------------------------------------------


class DispatchMode(Choice):
    """Whether officers went before or after the decision; computed, never typed."""

    AFTER_DECISION = "after_decision", "After the decision"
    EMERGENCY_BEFORE_DECISION = "emergency_before_decision", "Emergency, before the decision"
    BEFORE_DECISION_IN_BREACH = "before_decision_in_breach", "Before the decision, in breach"


class PageReason(Choice):
    LOGGED = "logged", "Request logged"
    NO_ACKNOWLEDGEMENT = "no_acknowledgement", "No acknowledgement from the officer before"
    BY_HAND = "by_hand", "Paged by hand"


class PageResult(Choice):
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"
    NO_ADDRESS = "no_address", "Officer has no address"


class DeviationKind(Choice):
    """Something the policy required and did not happen; found by the system."""

    NO_COMMANDER_CONTACT = "no_commander_contact", "No commander contact"
    LATE_COMMANDER_CONTACT = "late_commander_contact", "Late commander contact"
    DECIDED_OWN_INTAKE = "decided_own_intake", "Decided own intake"
    RADIO_DECISION_UNCONFIRMED = "radio_decision_unconfirmed", "Radio decision unconfirmed"
    NOT_RECORDED = "not_recorded", "Call not recorded"
    DISPATCHED_BEFORE_DECISION = "dispatched_before_decision", "Dispatched before the decision without danger"
    NO_GROUND = "no_ground", "Officers sent with no ground"
    WARRANT_NOT_CONFIRMED = "warrant_not_confirmed", "Officers sent on an unconfirmed warrant"
    COMMANDER_DID_NOT_ATTEND = "commander_did_not_attend", "Commander did not attend"
    COMMANDER_ATTENDED_LATE = "commander_attended_late", "Commander attended late"
    DISPATCHED_TO_UNVERIFIED_CALLER = (
        "dispatched_to_unverified_caller",
        "Dispatched to an unverified caller without urgency",
    )
    SCOPE_EXCEEDED = "scope_exceeded", "Scope exceeded"
    ENTERED_LATE = "entered_late", "Entered late"
    CAD_NUMBER_MISSING = "cad_number_missing", "CAD number missing"
    RECLASSIFIED = "reclassified", "Reclassified"
    REVIEW_OVERDUE = "review_overdue", "Review overdue"
    RELEASED_LATE = "released_late", "Period released late"


class CorrectionReason(Choice):
    """Why a quarter is published again. Everybody reads it, so it is a closed list."""

    FACTS_CORRECTED = "facts_corrected", "Recorded facts were corrected"
    FOUND_LATER = "found_later", "Requests of the quarter came to light later"
    CASES_WENT_ON = "cases_went_on", "Requests that were still open were decided, reported or reviewed"
    CALLS_FOR_SERVICE = "calls_for_service", "The number of calls for service became known, or changed"
    COUNTED_DIFFERENTLY = "counted_differently", "A figure is counted differently now"
    MISTAKE = "mistake", "The release before had a mistake"


class ReviewFinding(Choice):
    IN_POLICY = "in_policy", "Within policy"
    IN_POLICY_WITH_REMARKS = "in_policy_with_remarks", "Within policy, with remarks"
    NOT_IN_POLICY = "not_in_policy", "Not within policy"
    CANNOT_TELL = "cannot_tell", "Cannot be told from the record"


class RetentionClass(Choice):
    STANDARD = "standard", "Standard"
    LITIGATION = "litigation", "Litigation"
    USE_OF_FORCE = "use_of_force", "Use of force"
    PERMANENT = "permanent", "Permanent"


class ThresholdKey(Choice):
    """Names of the time limits; their minutes are data (domain: Late)."""

    ACKNOWLEDGE = "acknowledge", "Acknowledge the page"
    PAGE_SECOND = "page_second", "Page the next officer"
    PAGE_THIRD = "page_third", "Page the officer after that"
    DECIDE = "decide", "Decide"
    INFORMATION = "information", "Information time-out"
    COMMANDER_AT_SCENE = "commander_at_scene", "Commander at the scene after the first officer"
    ENTRY = "entry", "Entry after receipt"
    RECORDING = "recording", "Recorder's reference after the call"
    REVIEW = "review", "Review (short: emergency, deviation or blocked attempt)"
    RADIO_CONFIRMATION = "radio_confirmation", "Confirm a radio decision"
    OWN_INTAKE = "own_intake", "Second officer must acknowledge before own intake may be decided"
    RELEASE = "release", "Release after the end of the quarter"


class RefusalKind(Choice):
    """Why an act was refused."""

    FORBIDDEN = "forbidden", "Not permitted"
    ILLEGAL = "illegal", "Not possible now"
    STALE = "stale", "Changed meanwhile"
    POLICY = "policy", "Blocked by policy"
    INPUT = "input", "Please check"


class Severity(Choice):
    BLOCKS = "blocks", "Keeps the outcome from being assist"
    WARNS = "warns", "To be minded"


class StepKind(Choice):
    """What needs a second administrator."""

    ACTIVATE = "activate", "Activate the account"
    RESET_SIGN_IN = "reset_sign_in", "Reset password and second factors"


class LockCause(Choice):
    PASSWORD = "password", "Wrong passwords"
    CODE = "code", "Wrong codes"


class TrainingSubject(Choice):
    CONTACT_COMMANDER = "contact_commander", "Contact a commanding officer"


class InstallationKind(Choice):
    """What the database is for; fixed when it is created."""

    DEMONSTRATION = "demonstration", "Demonstration"
    REAL = "real", "Real cases"
