"""Plain functions that make rows for tests, through the transitions alone."""

import functools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from requests_app import ledger, releases, workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest, Installation, Release, RoleGrant, RosterEntry, User
from requests_app.signin import sessions, totp
from requests_app.signin.sessions import SessionStore
from requests_app.vocabulary import (
    CallRecorded,
    Component,
    Confirmation,
    DocumentClass,
    FieldAction,
    Ground,
    InstallationKind,
    Outcome,
    ReasonCode,
    RequestType,
    Role,
    Status,
    Verification,
)

PASSWORD = "correct horse battery staple"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@functools.cache
def _hashed_password() -> str:
    """Hashing is slow on purpose; the cast shares one."""
    return make_password(PASSWORD)


def make_demonstration() -> None:
    """Mark the database, so that a test may set its clock."""
    Installation.objects.get_or_create(pk=1, defaults={"kind": InstallationKind.DEMONSTRATION})


@contextmanager
def long_ago() -> Iterator[datetime]:
    """What is done inside was done two years ago: it has grown old enough to be erased."""
    make_demonstration()
    moment = timezone.now() - timedelta(days=2 * 366)
    with clock(moment):
        yield moment


def make_old(dispatcher: User) -> AssistanceRequest:
    """A request of two years ago that was abandoned at intake."""
    with long_ago() as moment:
        case = make_request(dispatcher, received_at=moment - timedelta(minutes=1))
        return workflow.abandon(case.pk, actor=dispatcher, reason="A wrong number.")


@transaction.atomic
def make_user(badge_number: str, *roles: Role, display_name: str = "") -> User:
    """An account with these roles from long ago, granted by the register and approved by itself."""
    user = User.objects.create_user(
        badge_number, display_name or badge_number.title(), email=f"{badge_number.lower()}@lmpd.example"
    )
    user.password = _hashed_password()
    user.save(update_fields=["password"])
    for role in roles:
        grant_role(user, role)
    return user


def session_for(user: User) -> SessionStore:
    """A session as sign-in leaves it: password, and a second factor shown just now."""
    now = timezone.now()
    methods = [{"method": "password", "at": now.timestamp()}, {"method": "mfa", "at": now.timestamp()}]
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "requests_app.signin.backends.PasswordBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "account_authentication_methods": methods,
            "account_authentication_methods_user": str(user.pk),
            sessions.BEGAN: int(now.timestamp()),
            sessions.NOTICE_SEEN: True,
            sessions.STARTED_AT: now.isoformat(),
            sessions.ADDRESS: "127.0.0.1",
            sessions.NETWORK: "127.0.0.0/24",
        }
    )
    session.save()
    return session


class RegisterClient(Client):
    """Django's test client; `force_login` leaves a session as our sign-in does, second factor included."""

    def force_login(self, user: User, backend: str | None = None) -> None:
        self.cookies[settings.SESSION_COOKIE_NAME] = session_for(user).session_key


def enrol_app(user: User) -> None:
    """An authenticator app whose secret the tests know."""
    totp.add_factor(user.pk, TOTP_SECRET)


def code_now() -> str:
    return totp.code_at(TOTP_SECRET, totp.current_counter())


def enter(client: Client, user: User, **posted: str) -> HttpResponse:
    """A whole sign-in, as a person's browser does it; answers with the last answer."""
    client.post("/account/notice/")
    client.post("/account/login/", {"login": user.badge_number, "password": PASSWORD, **posted})
    return client.post("/account/2fa/authenticate/", {"code": code_now()})


def grant_role(user: User, role: Role) -> RoleGrant:
    system = User.objects.system()
    grant = RoleGrant(
        user=user,
        role=role,
        starts_at=datetime(2017, 9, 22, tzinfo=UTC),
        granted_by=system,
        approved_by=user,
        reason="The cast of the tests.",
    )
    return save_as(system, grant)


def make_release(
    quarter: str, first: User, second: User | None = None, *, reason: str = "", note: str = ""
) -> Release:
    """Frozen by one person of oversight and published by another, at the moment the clock stands."""
    frozen = releases.freeze_period(quarter, actor=first, reason=reason, note=note)
    return releases.release_period(quarter, frozen.sha256, actor=second or second_oversight(), note=note)


def second_oversight() -> User:
    """Somebody who may publish what the oversight of the cast froze."""
    found = User.objects.filter(badge_number="O-302").first()
    return found or make_user("O-302", Role.OVERSIGHT, display_name="Oversight Two")


def save_as(actor: User, row):  # type: ignore[no-untyped-def]
    """Save a tracked row that is no case, as the admin site does."""
    with transaction.atomic():
        ledger.set_actor(actor)
        row._history_user = actor
        row.save()
    return row


def make_duty(officer: User, *, order: int = 1, start: datetime | None = None) -> RosterEntry:
    start = start or timezone.now() - timedelta(days=3650)
    return save_as(
        User.objects.system(),
        RosterEntry(
            officer=officer,
            starts_at=start,
            ends_at=timezone.now() + timedelta(days=365),
            escalation_order=order,
        ),
    )


def make_intake(**over: object) -> workflow.Intake:
    """A call about a criminal warrant, a minute ago, in which nothing is missing."""
    given: dict[str, object] = {
        "received_at": timezone.now() - timedelta(minutes=1),
        "component": Component.ERO,
        "what_was_said": "Wants officers at a door for a warrant.",
        "types_at_intake": [RequestType.SERVE_WARRANT],
        "grounds_claimed": [Ground.CRIMINAL_WARRANT],
        "document_class": DocumentClass.CRIMINAL_WARRANT,
        "document_number": "24-CR-000001",
        "requester_name": "Canary Requester",
        "callback_number": "502-555-0100",
        "location": "1 Canary Street",
        "cad_event_number": "CAD-1",
    }
    return workflow.Intake(**{**given, **over})  # type: ignore[arg-type]


def make_request(dispatcher: User, **over: object) -> AssistanceRequest:
    """A case at intake."""
    return workflow.save_intake(None, actor=dispatcher, intake=make_intake(**over))


def make_decidable(
    dispatcher: User, commander: User, *, confirmed: bool = True, **over: object
) -> AssistanceRequest:
    """A case under review: caller verified, call recorded, warrant confirmed unless told otherwise."""
    case = make_request(dispatcher, **over)
    workflow.log(case.pk, actor=dispatcher)
    return take_up(case, commander, confirmed=confirmed)


def take_up(case: AssistanceRequest, commander: User, *, confirmed: bool = True) -> AssistanceRequest:
    """A waiting case, taken and looked into until it can be decided."""
    workflow.claim(case.pk, actor=commander)
    workflow.verify_caller(
        case.pk,
        actor=commander,
        verification=Verification.VERIFIED_CALLBACK,
        method="Number of the directory",
    )
    workflow.record_call(
        case.pk,
        actor=commander,
        recorded=CallRecorded.YES,
        started_at=case.entered_at,
        recorder_reference="REC-1",
    )
    if confirmed:
        confirm_warrant(case, commander)
    return AssistanceRequest.objects.get(pk=case.pk)


def confirm_warrant(case: AssistanceRequest, commander: User) -> None:
    workflow.set_evidence(
        case.pk,
        actor=commander,
        assessment=workflow.Assessment(),
        documents=[
            workflow.DocumentFinding(
                document_id=document.pk,
                confirmed_class=DocumentClass.CRIMINAL_WARRANT,
                confirmation=Confirmation.CONFIRMED_ACTIVE,
                document_number=document.document_number,
            )
            for document in case.documents.all()
        ],
    )


ASSIST = workflow.Choice(outcome=Outcome.ASSIST, scope_allowed=[FieldAction.SERVE_CRIMINAL_WARRANT])
DECLINE = workflow.Choice(
    outcome=Outcome.DECLINE, reason_code=ReasonCode.OFFICERS_ASSESSMENT, reason_text="Can wait for daylight."
)


def make_decided(
    dispatcher: User, commander: User, choice: workflow.Choice = ASSIST, **over: object
) -> AssistanceRequest:
    case = make_decidable(dispatcher, commander, **over)
    return workflow.decide(case.pk, actor=commander, choice=choice)


def make_in_field(dispatcher: User, commander: User, **over: object) -> AssistanceRequest:
    case = make_decided(dispatcher, commander, **over)
    return workflow.dispatch(case.pk, actor=dispatcher, units=["412"], officers=2)


def make_closed(dispatcher: User, commander: User, **over: object) -> AssistanceRequest:
    case = make_in_field(dispatcher, commander, **over)
    workflow.officer_arrives(case.pk, actor=dispatcher)
    workflow.commander_arrives(case.pk, actor=commander)
    workflow.stand_down(case.pk, actor=dispatcher)
    report = workflow.Report(actions_taken=[FieldAction.SERVE_CRIMINAL_WARRANT], officer_minutes=60)
    return workflow.report_outcome(case.pk, actor=commander, report=report)


def make_case_in(status: Status, *, dispatcher: User, commander: User) -> AssistanceRequest:
    """A case that stands where it is asked to, by the shortest true way there."""
    makers = {
        Status.INTAKE: lambda: make_request(dispatcher),
        Status.ABANDONED: lambda: workflow.abandon(
            make_request(dispatcher).pk, actor=dispatcher, reason="Wrong number."
        ),
        Status.WAITING: lambda: workflow.log(make_request(dispatcher).pk, actor=dispatcher),
        Status.UNDER_REVIEW: lambda: make_decidable(dispatcher, commander),
        Status.INFORMATION_NEEDED: lambda: workflow.request_information(
            make_decidable(dispatcher, commander).pk, actor=commander, needed="The court's name."
        ),
        Status.DECIDED: lambda: make_decided(dispatcher, commander),
        Status.IN_FIELD: lambda: make_in_field(dispatcher, commander),
        Status.CLOSED: lambda: make_closed(dispatcher, commander),
        Status.WITHDRAWN: lambda: workflow.withdraw(
            make_decidable(dispatcher, commander).pk, actor=dispatcher, reason="The caller rang back."
        ),
    }
    return makers[status]()


def kinds(case: AssistanceRequest) -> set[str]:
    """The deviations that stand."""
    return set(case.deviations.filter(stands=True).values_list("kind", flat=True))


def names(rows: Iterable[AssistanceRequest]) -> list[str]:
    return [row.number for row in rows]


def posted_intake(**over: object) -> dict[str, object]:
    """What the dispatcher's page posts for a call about a warrant, received a minute ago."""
    received_at = timezone.localtime() - timedelta(minutes=1)
    posted: dict[str, object] = {
        "idempotency_key": str(uuid4()),
        "revision": "",
        "component": Component.HSI.value,
        "requester_name": "Canary Requester",
        "callback_number": "502-555-0147",
        "requester_badge": "7421",
        "types_at_intake": [RequestType.SERVE_WARRANT.value],
        "grounds_claimed": [Ground.CRIMINAL_WARRANT.value],
        "danger_articulated": "",
        "document_class": DocumentClass.CRIMINAL_WARRANT.value,
        "document_number": "24-CR-000001",
        "crime_offence": "",
        "location": "1 Canary Street",
        "place_kind": "residence",
        "division": "4",
        "what_was_said": "Wants officers at the door.",
        "channel": "non_emergency_line",
        "cad_event_number": "CAD-1",
        "cad_absence": "",
        "received_at": f"{received_at:%Y-%m-%dT%H:%M:%S}",
        "discovered_by": "live",
        "direction": "inbound",
        "requested_for": "",
        "persons_sought": "",
    }
    return {**posted, **over}
