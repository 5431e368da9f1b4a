"""From the call to the page: writing down what the caller says, and reaching an officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from requests_app import notifications
from requests_app.models import (
    AssistanceRequest,
    Document,
    Evidence,
    Page,
    RestrictedDetails,
    RoleGrant,
    RosterEntry,
    User,
)
from requests_app.models.request import new_public_id
from requests_app.vocabulary import (
    LOUISVILLE,
    Action,
    CadAbsence,
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
    Ground,
    PageReason,
    PlaceKind,
    RefusalKind,
    RequestType,
    Role,
    Status,
    ThresholdKey,
)
from requests_app.workflow._conditions import CONDITIONS, Reason, Standing
from requests_app.workflow._facts import is_emergency
from requests_app.workflow._submissions import Refused, Submission
from requests_app.workflow._transition import Turn, begin, begin_new, finish, transition

DUPLICATE_WINDOW = timedelta(hours=2)
NOBODY_TO_PAGE = "nobody: no officer is left to page"

# The row of the year is locked until the commit, so that numbers have no gaps.
NEXT_NUMBER = """
INSERT INTO requests_app_numbercounter (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = requests_app_numbercounter.last + 1
RETURNING last
"""


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Everything a dispatcher may write down while the caller talks. Nothing is required but the time."""

    received_at: datetime
    discovered_by: DiscoveredBy = DiscoveredBy.LIVE
    direction: Direction = Direction.INBOUND
    channel: Channel = Channel.NON_EMERGENCY_LINE
    component: Component = Component.UNKNOWN
    what_was_said: str = ""
    requested_for: datetime | None = None
    persons_sought: int | None = None
    division: Division = Division.UNKNOWN
    place_kind: PlaceKind = PlaceKind.UNKNOWN
    cad_event_number: str = ""
    cad_absence: CadAbsence | str = ""
    types_at_intake: Sequence[RequestType] = ()
    grounds_claimed: Sequence[Ground] = ()
    # Restricted.
    requester_name: str = ""
    requester_badge: str = ""
    callback_number: str = ""
    identity_refused: bool = False
    location: str = ""
    # The grounds claimed, in the caller's words.
    document_class: DocumentClass | str = ""
    document_number: str = ""
    crime_offence: str = ""
    crime_status: CrimeStatus = CrimeStatus.NONE
    danger_articulated: str = ""


CASE_COLUMNS = (
    "received_at",
    "discovered_by",
    "direction",
    "channel",
    "component",
    "what_was_said",
    "requested_for",
    "persons_sought",
    "division",
    "place_kind",
    "cad_event_number",
    "cad_absence",
)
RESTRICTED_COLUMNS = ("requester_name", "requester_badge", "callback_number", "identity_refused", "location")


@transition
def save_intake(
    case_id: int | None,
    *,
    actor: User,
    intake: Intake,
    is_exercise: bool = False,
    exercise_source: str = "",
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Write down the call. Without a case, the number is minted and the case begins.

    Raises Refused and AlreadyDone, whose `case_id` is the case that the first sending made.
    """
    if case_id is None:
        turn = _begin_case(
            actor, intake, submission, is_exercise=is_exercise, exercise_source=exercise_source
        )
    else:
        turn = begin(Action.SAVE_INTAKE, case_id, actor=actor, submission=submission, stale_matters=True)
    _refuse_future(turn, intake.received_at)
    case = turn.case
    turn.occurred_at = intake.received_at
    for column in CASE_COLUMNS:
        setattr(case, column, getattr(intake, column))
    case.types_at_intake = [str(code) for code in intake.types_at_intake]
    case.grounds_claimed = [str(code) for code in intake.grounds_claimed]
    turn.move_to(Status.INTAKE)
    if case.pk is None:
        turn.save(case)
        _write_parts(turn, intake)
        return finish(turn, details={"number": case.number}, save_case=False)
    _write_parts(turn, intake)
    return finish(turn, details={"number": case.number})


def _begin_case(
    actor: User, intake: Intake, submission: Submission | None, *, is_exercise: bool, exercise_source: str
) -> Turn:
    case = AssistanceRequest(
        public_id=new_public_id(), taken_by=actor, is_exercise=is_exercise, exercise_source=exercise_source
    )
    # The counter's lock puts two sendings of one form in order, so that the second is recognised.
    turn = begin_new(
        Action.SAVE_INTAKE,
        case,
        actor=actor,
        occurred_at=intake.received_at,
        submission=submission,
        lock=lambda now: setattr(case, "number", _next_number(now)),
    )
    case.discovered_by = intake.discovered_by
    standing = Standing(case=case, user=actor, roles=turn.roles, now=turn.now, limits=turn.limits)
    for condition in CONDITIONS[Action.SAVE_INTAKE]:
        reason = condition(standing)
        if reason is not None:
            raise Refused(reason.kind, reason)
    case.entered_at = turn.now
    return turn


def _next_number(now: datetime) -> str:
    year = now.astimezone(LOUISVILLE).year
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [year])
        (count,) = cursor.fetchone()
    return f"{year}-{count:04d}"


def _refuse_future(turn: Turn, received_at: datetime) -> None:
    if received_at > turn.now:
        raise Refused(
            RefusalKind.INPUT,
            Reason("in_the_future", "This time is in the future. Check the date and time.", "received_at"),
        )


def _write_parts(turn: Turn, intake: Intake) -> None:
    """The restricted fields, the claims and the paper that was named."""
    case = turn.case
    restricted = RestrictedDetails.objects.filter(case=case).first() or RestrictedDetails(case=case)
    for column in RESTRICTED_COLUMNS:
        setattr(restricted, column, getattr(intake, column))
    restricted.callback_digits = digits_of(intake.callback_number)
    turn.save(restricted)
    evidence = Evidence.objects.filter(case=case).first() or Evidence(case=case)
    _claim(evidence, intake)
    turn.save(evidence)
    case.evidence = evidence
    _name_document(turn, intake)


def _claim(evidence: Evidence, intake: Intake) -> None:
    """A claim is the requester's word and no more; the officer assesses it later."""
    danger = Ground.PUBLIC_DANGER in intake.grounds_claimed
    evidence.danger_level = DangerLevel.CLAIMED if danger else DangerLevel.NONE
    evidence.danger_corroboration = Corroboration.REQUESTER_ONLY if danger else Corroboration.NONE
    evidence.danger_articulated = intake.danger_articulated
    crime = Ground.CRIME in intake.grounds_claimed
    evidence.crime_status = (
        (intake.crime_status if intake.crime_status != CrimeStatus.NONE else CrimeStatus.IN_PROGRESS)
        if crime
        else CrimeStatus.NONE
    )
    evidence.crime_basis = CrimeBasis.AGENT_ASSERTION if crime else CrimeBasis.NONE
    evidence.crime_offence = intake.crime_offence


def _name_document(turn: Turn, intake: Intake) -> None:
    """One paper is named at intake; taking the claim back strikes it."""
    document = Document.objects.filter(case=turn.case).first()
    if not intake.document_class:
        if document is not None and not document.struck:
            document.struck = True
            turn.save(document)
        return
    document = document or Document(case=turn.case, entered_at=turn.now)
    document.claimed_class = str(intake.document_class)
    document.document_number = intake.document_number
    document.struck = False
    turn.save(document)


def digits_of(number: str) -> str:
    """The digits of a telephone number, without a leading 1, to compare two ways of writing it."""
    digits = "".join(character for character in number if character in "0123456789")
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def possible_duplicates(case: AssistanceRequest) -> list[AssistanceRequest]:
    """Other requests with the same call-back or CAD number within two hours. Shown, never blocking."""
    same = Q()
    restricted = RestrictedDetails.objects.filter(case=case).first()
    if restricted is not None and restricted.callback_digits:
        same |= Q(restricted__callback_digits=restricted.callback_digits)
    if case.cad_event_number:
        same |= Q(cad_event_number=case.cad_event_number)
    if not same:
        return []
    around = (case.received_at - DUPLICATE_WINDOW, case.received_at + DUPLICATE_WINDOW)
    return list(
        AssistanceRequest.objects.filter(same, received_at__range=around)
        .exclude(pk=case.pk)
        .order_by("received_at")[:5]
    )


@transition
def abandon(
    case_id: int, *, actor: User, reason: str, submission: Submission | None = None
) -> AssistanceRequest:
    """End an intake that became no request. The number stays, with the reason."""
    turn = begin(Action.ABANDON, case_id, actor=actor, submission=submission)
    turn.case.status_reason = reason
    turn.move_to(Status.ABANDONED)
    return finish(turn, reason=reason)


@transition
def log(case_id: int, *, actor: User, submission: Submission | None = None) -> AssistanceRequest:
    """Complete the intake and page the commanding officer on duty; paging is part of it."""
    turn = begin(Action.LOG, case_id, actor=actor, submission=submission)
    case = turn.case
    case.logged_by, case.logged_at = actor, turn.now
    turn.move_to(Status.WAITING)
    page = _page_order(turn, order=1, reason=PageReason.LOGGED)
    # Without the officer's name: the receipt of the request opens this entry to whoever holds it.
    paged = "a commanding officer" if page else NOBODY_TO_PAGE
    return finish(
        turn, details={"paged": paged}, public={"channel": case.channel, "component": case.component}
    )


@transition
def page(
    case_id: int, *, actor: User, order: int | None = None, submission: Submission | None = None
) -> AssistanceRequest:
    """Page the next officer in the line of escalation, now.

    A job names the place it is for: it is refused when that place was paged meanwhile.
    """
    turn = begin(Action.PAGE, case_id, actor=actor, submission=submission)
    reason = PageReason.NO_ACKNOWLEDGEMENT if actor.is_system else PageReason.BY_HAND
    next_order = turn.case.pages.count() + 1
    if order not in (None, next_order):
        raise Refused(
            RefusalKind.ILLEGAL, Reason("paged_already", "The officer of this place was paged already.")
        )
    sent = _page_order(turn, order=next_order, reason=reason)
    if sent is None:
        raise Refused(
            RefusalKind.ILLEGAL,
            Reason("nobody_left", "There is no other commanding officer to page. Ring one, by any means."),
        )
    return finish(turn, details={"paged": sent.officer.display_name}, touch=False)


@transition
def acknowledge(case_id: int, *, actor: User, submission: Submission | None = None) -> AssistanceRequest:
    """The officer has the page; nobody else is paged for it."""
    turn = begin(Action.ACKNOWLEDGE, case_id, actor=actor, submission=submission)
    turn.acknowledge_page()
    return finish(turn)


def _page_order(turn: Turn, *, order: int, reason: PageReason) -> Page | None:
    """Page the officer of this place in the line, and set the clock for the next one."""
    officer = _officer_to_page(turn)
    if officer is None:
        return None
    sent = turn.save(
        Page(case=turn.case, officer=officer, order=order, reason=reason, paged_at=turn.now),
    )
    notifications.queue_page(sent.pk)
    due_at = turn.now + _next_page_after(turn, order)
    notifications.queue_escalation(turn.case.pk, order=order + 1, due_at=due_at)
    return sent


def _next_page_after(turn: Turn, order: int) -> timedelta:
    """The second officer after `page_second` minutes, the third after `page_third`, and so on."""
    emergency = is_emergency(turn.case)
    second = turn.limits.get(ThresholdKey.PAGE_SECOND, emergency=emergency)
    third = turn.limits.get(ThresholdKey.PAGE_THIRD, emergency=emergency)
    return second if order == 1 else max(third - second, timedelta(minutes=1))


def _officer_to_page(turn: Turn) -> User | None:
    """The next one on duty who was not paged; with nobody left there, any commanding officer.

    Who logged the request is not paged: the request needs another officer. When everybody was paged, a
    person may go round again, first with the officer who was asked longest ago; the register does not.
    """
    paged = list(turn.case.pages.order_by("paged_at").values_list("officer_id", flat=True))
    apart = {turn.case.logged_by_id} if turn.case.logged_by_id else set()
    officer = _officer_not_among({*paged, *apart}, at=turn.now)
    if officer is None and paged and not turn.actor.is_system:
        # Everybody but those asked since the longest-waiting one: the round begins again.
        last_asked = {officer_id: place for place, officer_id in enumerate(paged)}
        officer = _officer_not_among(
            {*sorted(last_asked, key=lambda each: last_asked[each])[1:], *apart}, at=turn.now
        )
    return officer


def _officer_not_among(asked: set[int], *, at: datetime) -> User | None:
    on_duty = (
        RosterEntry.objects.filter(
            cancelled=False, starts_at__lte=at, ends_at__gt=at, officer__is_active=True
        )
        .order_by("escalation_order", "id")
        .select_related("officer")
    )
    for duty in on_duty:
        if duty.officer_id not in asked:
            return duty.officer
    officers = (
        RoleGrant.objects.held()
        .filter(role=Role.COMMANDING_OFFICER)
        .exclude(user_id__in=asked)
        .order_by("user__badge_number")
        .select_related("user")
    )
    grant = officers.first()
    return grant.user if grant else None
