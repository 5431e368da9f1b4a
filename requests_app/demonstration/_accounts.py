"""The people of the demonstration, what they may do, who is on duty, and the numbers they call back."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.db import transaction

from requests_app import ledger
from requests_app.models import DirectoryNumber, RoleGrant, RosterEntry, Training, User
from requests_app.models._base import Revised
from requests_app.signin import totp
from requests_app.vocabulary import LOUISVILLE, Component, Role

M = TypeVar("M", bound=Revised)

# Known to everybody, and worth nothing: a demonstration holds no real request.
PASSWORD = "demonstration-2017"  # nosec B105 # noqa: S105  shown on purpose by `demo --show-accounts`


@dataclass(frozen=True)
class Account:
    badge_number: str
    display_name: str
    role: Role


ACCOUNTS = (
    Account("D-1001", "Dispatcher One", Role.DISPATCHER),
    Account("C-2001", "Commander One", Role.COMMANDING_OFFICER),
    Account("C-2002", "Commander Two", Role.COMMANDING_OFFICER),
    Account("O-3001", "Oversight One", Role.OVERSIGHT),
    Account("O-3002", "Oversight Two", Role.OVERSIGHT),
    Account("A-4001", "Administrator One", Role.ADMINISTRATOR),
    Account("A-4002", "Administrator Two", Role.ADMINISTRATOR),
)

# Numbers that no telephone company gives to anybody.
DIRECTORY = (
    (Component.ERO, "Field office, duty desk", "502-555-0110"),
    (Component.HSI, "Resident agent's office", "502-555-0120"),
    (Component.CBP, "Port director's office", "502-555-0130"),
    (Component.FPS, "Regional control centre", "502-555-0140"),
    (Component.USCIS, "Application support centre", "502-555-0150"),
)


@dataclass(frozen=True)
class Cast:
    dispatcher: User
    commander: User
    second_commander: User
    oversight: User
    second_oversight: User
    administrator: User
    second_administrator: User
    system: User

    def other_than(self, officer: User) -> User:
        return self.second_commander if officer == self.commander else self.commander


@transaction.atomic
def make_cast() -> Cast:
    """Every account with its role: granted by one administrator and approved by the other."""
    system = User.objects.system()
    ledger.set_actor(system)
    hashed = make_password(PASSWORD)  # slow by design: the accounts share one
    users = [_make_user(account, hashed, system) for account in ACCOUNTS]
    for user in users:
        totp.add_factor(user.pk, generate_totp_secret())
    first, second = users[-2:]
    _grant(first, Role.ADMINISTRATOR, by=system, approved_by=second)
    _grant(second, Role.ADMINISTRATOR, by=system, approved_by=first)
    ledger.set_actor(first)
    for account, user in zip(ACCOUNTS, users[:-2], strict=False):
        _grant(user, account.role, by=first, approved_by=second)
        if account.role == Role.DISPATCHER:
            _train(user, by=first)
    return Cast(*users, system)  # type: ignore[call-arg]  # ACCOUNTS has the order of the cast


def _train(user: User, *, by: User) -> None:
    day = ledger.now().astimezone(LOUISVILLE).date()
    training = Training(account=user, trained_on=day, trained_by="MetroSafe training unit", recorded_by=by)
    _save(training, by=by)


def _make_user(account: Account, hashed: str, system: User) -> User:
    user = User(
        badge_number=account.badge_number,
        display_name=account.display_name,
        email=f"{account.badge_number.lower()}@register.example",
        password=hashed,
    )
    return _save(user, by=system)


def _grant(user: User, role: Role, *, by: User, approved_by: User) -> None:
    grant = RoleGrant(
        user=user, role=role, granted_by=by, approved_by=approved_by, reason="For the demonstration."
    )
    _save(grant, by=by)


@transaction.atomic
def make_roster(cast: Cast, *, start: datetime, end: datetime) -> None:
    """Both officers around the clock; who is called first changes with the month."""
    ledger.set_actor(cast.administrator)
    order = (cast.commander, cast.second_commander)
    begins = start.astimezone(LOUISVILLE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while begins < end:
        ends = _month_after(begins)
        for place, officer in enumerate(order, start=1):
            duty = RosterEntry(officer=officer, starts_at=begins, ends_at=ends, escalation_order=place)
            _save(duty, by=cast.administrator)
        begins, order = ends, order[::-1]


def _month_after(moment: datetime) -> datetime:
    return moment.replace(year=moment.year + moment.month // 12, month=moment.month % 12 + 1)


@transaction.atomic
def make_directory(cast: Cast) -> None:
    ledger.set_actor(cast.administrator)
    for component, office, number in DIRECTORY:
        row = DirectoryNumber(component=component, office=office, number=number)
        _save(row, by=cast.administrator)


def _save(row: M, *, by: User) -> M:
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    return row
