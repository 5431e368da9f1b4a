"""How requests go: the ordinary course, and the lives in which something else happens.

Between two acts a script says how many minutes pass.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from requests_app import workflow
from requests_app.demonstration._play import (
    CONFIRMED,
    DAY,
    HOUR,
    RECALLED,
    Play,
    Script,
    assists,
    declines,
)
from requests_app.vocabulary import (
    LOUISVILLE,
    CadAbsence,
    CallRecorded,
    Channel,
    DeviationKind,
    DiscoveredBy,
    Division,
    FieldAction,
    PageResult,
    ReasonCode,
    RequestType,
    RetentionClass,
    ReviewFinding,
    Verification,
)

Words = Mapping[str, object]
Assessment = workflow.Assessment

# --- the pieces --------------------------------------------------------------------------------


def taken(
    play: Play,
    said: Words,
    *,
    source: str = "",
    answered_after: float = 2,
    recorded: CallRecorded = CallRecorded.YES,
    verification: Verification = Verification.VERIFIED_CALLBACK,
    minutes_ago: float = 1,
) -> Script:
    """From the call to an officer who has spoken to the requester and knows who that is."""
    play.comes_in(said, source=source, minutes_ago=minutes_ago)
    yield 1
    play.is_logged()
    yield answered_after
    play.does(workflow.claim)
    yield 4
    play.calls(recorded)
    yield 1
    if verification != Verification.UNVERIFIED:
        play.verifies(verification)
        yield 1


def closed(play: Play, *, review: ReviewFinding | None = ReviewFinding.IN_POLICY, note: str = "") -> Script:
    """Nobody went out: the request is closed, and some days later reviewed."""
    yield 40
    play.reports()
    if review:
        yield 2 * DAY
        play.is_reviewed(review, note)


def in_the_field(
    play: Play,
    *units: str,
    done: Sequence[FieldAction],
    commander_after: float = 10,
    review: ReviewFinding | None = ReviewFinding.IN_POLICY,
    **figures: object,
) -> Script:
    """Officers go, the commanding officer joins them, they leave, and it is reported."""
    yield 2
    play.sends(*units)
    yield 9
    play.does(workflow.officer_arrives, by=play.cast.dispatcher)
    yield commander_after
    play.does(workflow.commander_arrives)
    yield 45
    play.does(workflow.stand_down, by=play.cast.dispatcher)
    yield 25
    play.reports(*done, officer_minutes=120 * len(units), **figures)
    if review:
        yield 2 * DAY
        play.is_reviewed(review)


# --- the ordinary course -----------------------------------------------------------------------


def course(
    play: Play,
    said: Words,
    choice: workflow.Choice,
    *,
    assessment: Assessment | None = None,
    paper: Words | None = None,
    done: Sequence[FieldAction] = (),
    review: ReviewFinding | None = ReviewFinding.IN_POLICY,
    **opening: object,
) -> Script:
    """Taken, assessed, decided; and where help is given, done and reported."""
    yield from taken(play, said, **opening)  # type: ignore[arg-type]
    if assessment or paper:
        play.finds(assessment, paper=paper)
        yield 2
    play.decides(choice)
    if done:
        yield from in_the_field(play, "412", "415", done=done, review=review)
    else:
        yield from closed(play, review=review)


# --- at intake ---------------------------------------------------------------------------------


def wrong_number(play: Play, said: Words) -> Script:
    play.comes_in(said)
    yield 2
    play.does(workflow.abandon, by=play.cast.dispatcher, reason="The caller wanted another department.")
    yield DAY
    play.does(
        workflow.hold,
        by=play.cast.oversight,
        legal_hold=False,
        retention_class=RetentionClass.STANDARD,
        retain_until=play.now.astimezone(LOUISVILLE).date() + timedelta(days=366),
        reason="No request came of it: kept for a year.",
    )
    yield 370 * DAY
    play.does(workflow.propose_erasure, by=play.cast.oversight, reason="Its year is over.")
    yield 2 * HOUR
    play.does(workflow.erase, by=play.cast.second_oversight, reason="Looked at: no hold, and no request.")


def taken_down_on_paper(play: Play, said: Words, choice: workflow.Choice) -> Script:
    """The dispatch system was down; the sheet was entered three hours later."""
    said = {**said, "cad_event_number": "", "cad_absence": CadAbsence.PAPER}
    yield from course(play, said, choice, minutes_ago=3 * HOUR, review=ReviewFinding.IN_POLICY_WITH_REMARKS)
    yield HOUR
    play.does(workflow.explain, kind=DeviationKind.ENTERED_LATE, explanation="The dispatch system was down.")


def found_later(
    play: Play, said: Words, choice: workflow.Choice, *, how: DiscoveredBy, days_ago: float
) -> Script:
    """Nobody logged it when it came in. Oversight enters what it finds; an officer decides all the same."""
    late = {**said, "discovered_by": how, "cad_event_number": "", "cad_absence": CadAbsence.NOT_KNOWN}
    play.comes_in(late, by=play.cast.oversight, minutes_ago=days_ago * DAY)
    yield 5
    play.is_logged(by=play.cast.oversight)
    yield 3 * HOUR
    play.does(workflow.claim)
    yield 30
    play.calls()
    yield 5
    play.verifies()
    yield 5
    play.decides(choice)
    yield 20
    play.reports()


def called_directly(play: Play, said: Words, choice: workflow.Choice) -> Script:
    """The officer who was called logs and decides: allowed, and a deviation all the same."""
    play.comes_in({**said, "channel": Channel.COMMANDER_DIRECT}, by=play.cast.commander)
    yield 1
    play.is_logged(by=play.cast.commander)
    yield 1
    play.officer = play.cast.commander
    play.does(workflow.claim)
    yield 4
    play.calls()
    yield 2
    play.verifies()
    yield 5
    play.decides(choice)
    yield 10
    play.does(
        workflow.explain,
        kind=DeviationKind.DECIDED_OWN_INTAKE,
        explanation="I was called on my own line and no other officer was free.",
    )
    yield from closed(play, review=ReviewFinding.IN_POLICY_WITH_REMARKS)


# --- paging ------------------------------------------------------------------------------------


def second_officer_answers(play: Play, said: Words, choice: workflow.Choice) -> Script:
    """Mail fails twice, nobody acknowledges, and the register pages the next in the line."""
    play.comes_in(said)
    yield 1
    play.is_logged(attempts=[PageResult.FAILED, PageResult.FAILED, PageResult.SENT])
    yield 3
    play.pages_next()
    yield 4
    play.officer = play.other_officer
    play.does(workflow.acknowledge)
    yield 2
    play.does(workflow.claim)
    yield 5
    play.calls()
    yield 1
    play.verifies()
    yield 3
    play.decides(choice)
    yield from closed(play)


def withdrawn_while_waiting(play: Play, said: Words) -> Script:
    play.comes_in(said)
    yield 1
    play.is_logged()
    yield 1
    play.pages_next(by=play.cast.dispatcher)
    yield 1
    play.does(workflow.acknowledge)
    yield 2
    play.does(workflow.withdraw, by=play.cast.dispatcher, reason="The caller rang back: not needed.")
    yield 4 * DAY
    play.is_reviewed(note="Withdrawn before anybody decided. Nothing to remark.")


def given_back(play: Play, said: Words, choice: workflow.Choice) -> Script:
    """The officer who took it is called away; a colleague gives it back for them and takes it."""
    play.comes_in(said)
    yield 1
    play.is_logged()
    yield 2
    play.does(workflow.claim)
    yield 12
    play.does(workflow.release, by=play.other_officer, reason="Called to a fatal crash.")
    yield 1
    play.officer = play.other_officer
    play.does(workflow.claim)
    yield 5
    play.calls()
    yield 1
    play.verifies()
    yield 3
    play.decides(choice)
    yield from closed(play)


# --- assessing ---------------------------------------------------------------------------------


def asked_for_something_else(play: Play, said: Words, choice: workflow.Choice, *types: RequestType) -> Script:
    """What was really asked turns out in the call."""
    yield from taken(play, said)
    play.does(workflow.reclassify, request_types=types)
    yield 2
    play.decides(choice)
    yield from closed(play, review=None)
    yield 3 * DAY
    play.does(
        workflow.review,
        by=play.cast.oversight,
        finding=ReviewFinding.IN_POLICY,
        note="The dispatcher wrote down the caller's words; the call shows what was meant.",
        request_types=types,
    )


def waited_for_the_court(play: Play, said: Words) -> Script:
    """The warrant is confirmed within the time allowed, and officers go on it."""
    yield from taken(play, said)
    play.does(workflow.request_information, needed="The clerk confirms whether the warrant is active.")
    yield 70
    play.does(workflow.claim)
    yield 3
    play.finds(paper=CONFIRMED)
    yield 2
    play.decides(assists(FieldAction.SERVE_CRIMINAL_WARRANT, FieldAction.SECURE_SCENE))
    yield from in_the_field(play, "421", "424", done=[FieldAction.SERVE_CRIMINAL_WARRANT], local_arrests=1)


def time_ran_out(
    play: Play, said: Words, code: ReasonCode, *, needed: str, minutes: float, source: str = ""
) -> Script:
    """What was missing never came: the policy declines, and the officer says so."""
    yield from taken(play, said, source=source, answered_after=1)
    play.does(workflow.request_information, needed=needed)
    yield minutes
    play.does(workflow.claim)
    yield 2
    play.decides(declines(code))
    yield from closed(play)


def blocked(
    play: Play,
    said: Words,
    choice: workflow.Choice,
    *,
    paper: Words | None = None,
    question: str,
    answer: str,
) -> Script:
    """Help is tried where the policy has none: the register refuses, and oversight sees that it was tried."""
    yield from taken(play, said)
    if paper:
        play.finds(paper=paper)
        yield 1
    play.is_refused(workflow.decide, choice=assists(FieldAction.SERVE_CRIMINAL_WARRANT))
    yield 3
    play.decides(choice)
    yield from closed(play, review=ReviewFinding.IN_POLICY_WITH_REMARKS)
    yield HOUR
    play.does(workflow.follow_up, by=play.cast.oversight, question=question)
    yield DAY
    play.does(workflow.answer, text=answer)


# --- deciding ----------------------------------------------------------------------------------


def by_radio(play: Play, said: Words, *, assessment: Assessment, confirmed_after: float) -> Script:
    """On the way to the scene the officer gives the decision to the dispatcher, and confirms it later."""
    yield from taken(play, said, answered_after=1)
    play.finds(assessment)
    yield 1
    play.does(
        workflow.radio_decision,
        by=play.cast.dispatcher,
        officer_id=play.officer.pk,
        choice=assists(FieldAction.ARREST_LOCAL_CRIME, FieldAction.SECURE_SCENE),
    )
    yield 1
    play.sends("431", "433")
    yield 6
    play.does(workflow.officer_arrives, by=play.cast.dispatcher)
    yield 5
    play.does(workflow.commander_arrives, by=play.cast.dispatcher, officer_id=play.officer.pk)
    yield confirmed_after
    play.does(workflow.confirm)
    yield 10
    play.does(workflow.stand_down, by=play.cast.dispatcher)
    yield 30
    play.reports(FieldAction.ARREST_LOCAL_CRIME, local_arrests=1, officer_minutes=180)
    yield 2 * DAY
    play.is_reviewed()


def declined_under_danger(play: Play, said: Words, assessment: Assessment, *, agreed: bool) -> Script:
    """Clear danger, and still declined: a second officer must agree, or the request is open again."""
    yield from taken(play, said, answered_after=1)
    play.finds(assessment)
    yield 1
    play.decides(
        declines(ReasonCode.OFFICERS_ASSESSMENT, "The crowd is leaving and the agents are inside, unharmed.")
    )
    yield 4
    if agreed:
        play.does(workflow.agree, by=play.other_officer, reason="Seen on the camera at the corner.")
        yield from closed(play)
        return
    play.does(workflow.disagree, by=play.other_officer, reason="People are still being struck.")
    yield 1
    play.officer = play.other_officer
    play.decides(assists(FieldAction.PROTECT_LIFE, FieldAction.CROWD_SAFETY))
    yield from in_the_field(play, "441", "442", "445", done=[FieldAction.CROWD_SAFETY], injuries=1)


def decided_without_a_call(play: Play, said: Words, choice: workflow.Choice) -> Script:
    """The number offered did not answer; the officer declines without having spoken to anybody."""
    play.comes_in(said)
    yield 1
    play.is_logged()
    yield 4
    play.does(workflow.claim)
    yield 20
    play.decides(choice)
    yield from closed(play, review=ReviewFinding.NOT_IN_POLICY, note="There is no call to hear.")


def taken_up_again(play: Play, said: Words) -> Script:
    """Declined for want of a confirmed warrant; the next day the court confirms it."""
    yield from taken(play, said)
    play.decides(declines(ReasonCode.WARRANT_NOT_CONFIRMED))
    yield DAY
    play.does(workflow.reopen, reason="The clerk has confirmed the warrant.")
    yield 2
    play.finds(paper=CONFIRMED)
    yield 2
    play.decides(assists(FieldAction.SERVE_CRIMINAL_WARRANT))
    yield from in_the_field(play, "418", "419", done=[FieldAction.SERVE_CRIMINAL_WARRANT], local_arrests=1)


def withdrawn_after_the_decision(play: Play, said: Words, choice: workflow.Choice) -> Script:
    yield from taken(play, said)
    play.decides(choice)
    yield 30
    play.does(workflow.withdraw, by=play.cast.dispatcher, reason="The caller rang back and gave up.")
    yield from closed(play)


# --- in the field ------------------------------------------------------------------------------


def danger_first(
    play: Play,
    said: Words,
    assessment: Assessment,
    *,
    done: Sequence[FieldAction],
    source: str = "",
    **figures: object,
) -> Script:
    """Officers go at once; the decision follows within minutes."""
    play.comes_in(said, source=source)
    yield 0.5
    play.is_logged()
    yield 0.5
    play.sends("411", "413")
    yield 1
    play.does(workflow.claim)
    yield 2
    play.calls(lasted=1)
    yield 0.5
    play.finds(assessment)
    yield 0.5
    play.decides(assists(FieldAction.PROTECT_LIFE, FieldAction.MEDICAL_AID, FieldAction.CROWD_SAFETY))
    yield 3
    play.does(workflow.officer_arrives, by=play.cast.dispatcher)
    yield 2
    play.does(
        workflow.verify_caller,
        verification=Verification.VERIFIED_AT_SCENE,
        method="Badges seen at the scene",
        reason="Nobody could be called back before.",
    )
    yield 6
    play.does(workflow.commander_arrives)
    yield 50
    play.does(workflow.stand_down, by=play.cast.dispatcher)
    yield 30
    play.reports(*done, officer_minutes=260, **figures)
    yield 2 * DAY
    play.is_reviewed(note="Danger is clear on the recording and on camera.")


def sent_in_breach(play: Play, said: Words) -> Script:
    """A car is sent to the door before anybody decides; much is wrong, and all of it is on record."""
    play.comes_in(said)
    yield 1
    play.is_logged()
    yield 1
    play.sends("417")
    yield 8
    play.does(workflow.officer_arrives, by=play.cast.dispatcher)
    yield 4
    play.does(workflow.claim)
    yield 5
    play.calls()
    yield 2
    play.decides(declines(ReasonCode.NAMED_IN_POLICY))
    yield 3
    play.does(workflow.stand_down, by=play.cast.dispatcher)
    yield 1
    play.does(
        workflow.correct,
        by=play.cast.dispatcher,
        changes={"officers": 1},
        reason="One officer was in the car, not two.",
    )
    yield 1
    play.does(workflow.commander_absent, reason="The car had left when I learned of it.")
    yield 30
    play.reports(FieldAction.KNOCK_OR_CLEAR_FOR_FEDERAL, federal_arrests_seen=1, officer_minutes=40)
    yield from _examined(play)


def _examined(play: Play) -> Script:
    """What oversight does with a breach."""
    yield DAY
    play.does(workflow.reveal, by=play.cast.oversight, reason="To ask the agency what it was told.")
    yield 5
    play.is_reviewed(ReviewFinding.NOT_IN_POLICY, "A car was at the door before a commanding officer knew.")
    yield 10
    play.does(workflow.follow_up, by=play.cast.oversight, question="Who sent the car, and on whose word?")
    yield 3
    play.does(
        workflow.hold,
        by=play.cast.oversight,
        legal_hold=True,
        retention_class=RetentionClass.LITIGATION,
        retain_until=None,
        reason="A complaint is announced.",
    )
    yield 2 * DAY
    play.does(
        workflow.explain,
        kind=DeviationKind.DISPATCHED_BEFORE_DECISION,
        explanation="The car was free two streets away and was sent by habit.",
    )
    yield 10
    play.does(workflow.answer, text="The dispatcher sent it by habit. Both shifts were trained again.")


def warrant_was_not_confirmed(play: Play, said: Words) -> Script:
    """Officers go on a hit that nobody confirmed; the warrant turns out to be recalled."""
    yield from taken(play, said)
    play.sends("426")
    yield 9
    play.does(workflow.officer_arrives, by=play.cast.dispatcher)
    yield 3
    play.finds(paper=RECALLED)
    yield 2
    play.decides(declines(ReasonCode.WARRANT_RECALLED_OR_MISMATCHED))
    yield 2
    play.does(workflow.commander_arrives)
    yield 5
    play.does(workflow.stand_down, by=play.cast.dispatcher)
    yield 20
    play.reports(officer_minutes=50)
    yield 2 * DAY
    play.is_reviewed(ReviewFinding.NOT_IN_POLICY, "The hit was taken for a warrant.")


def commander_came_late(play: Play, said: Words) -> Script:
    yield from taken(play, said)
    play.finds(paper=CONFIRMED)
    yield 2
    play.decides(assists(FieldAction.SERVE_CRIMINAL_WARRANT))
    yield from in_the_field(
        play,
        "428",
        "429",
        done=[FieldAction.SERVE_CRIMINAL_WARRANT],
        commander_after=48,
        review=ReviewFinding.IN_POLICY_WITH_REMARKS,
        local_arrests=1,
    )


def crash(play: Play, said: Words, choice: workflow.Choice) -> Script:
    """What anyone would get: officers go, and the commanding officer is told."""
    yield from taken(play, said)
    play.decides(choice)
    yield 1
    play.sends("437")
    yield 8
    play.does(workflow.officer_arrives, by=play.cast.dispatcher)
    yield 35
    play.does(workflow.stand_down, by=play.cast.dispatcher)
    yield 20
    play.reports(FieldAction.TAKE_REPORT, FieldAction.TRAFFIC_SAFETY, citations=1, officer_minutes=45)


# --- afterwards --------------------------------------------------------------------------------


def corrected(play: Play, said: Words, choice: workflow.Choice) -> Script:
    """The wrong division and a misheard number, put right with the reason; and nobody reviews it in time."""
    yield from taken(play, said)
    play.decides(choice)
    yield 50
    play.does(
        workflow.correct,
        by=play.cast.dispatcher,
        changes={"division": Division.SEVENTH, "callback_number": "502-555-0199"},
        reason="The recording gives another street and another number.",
    )
    yield from closed(play, review=None)
    yield 3 * DAY
    play.does(workflow.reveal, by=play.other_officer, reason="To call the requester back.")


def reference_came_never(play: Play, said: Words, choice: workflow.Choice) -> Script:
    """The call was recorded, they say; the recorder's reference is missing to this day."""
    play.comes_in({**said, "cad_event_number": ""})
    yield 1
    play.is_logged()
    yield 2
    play.does(workflow.claim)
    yield 4
    play.calls(reference=False)
    yield 1
    play.verifies()
    yield 3
    play.decides(choice)
    yield from closed(
        play, review=ReviewFinding.CANNOT_TELL, note="Without the recording this cannot be told."
    )
