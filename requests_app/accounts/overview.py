"""Who has an account, what waits for a second administrator, what happened: only reads.

Everything is read in a fixed number of queries, however many people there are.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from requests_app.accounts.presence import last_sign_ins
from requests_app.accounts.roles import reviews_due
from requests_app.models import AccountStep, LedgerEntry, RoleGrant, SignInLock, Training, User
from requests_app.vocabulary import Action, Choice, Role, StepKind

ALERTS_FOR = timedelta(days=7)


class State(Choice):
    """What an account is good for now."""

    ACTIVE = "active", "Active"
    WAITING = "waiting", "Waiting for activation"
    ENDED = "ended", "Ended"


@dataclass(frozen=True)
class Person:
    """One account as the list of people shows it. Of factors only how many."""

    account: User
    state: State
    roles: tuple[Role, ...]
    last_sign_in: datetime | None
    is_locked: bool
    passkeys: int
    apps: int
    trained_on: date | None

    @property
    def is_enrolled(self) -> bool:
        return bool(self.passkeys or self.apps)

    @property
    def lacks_training(self) -> bool:
        return Role.DISPATCHER in self.roles and self.trained_on is None


@dataclass(frozen=True)
class Alert:
    """One account was open from two networks at once."""

    at: datetime
    badge_number: str
    networks: list[str]


def people() -> list[Person]:
    """Everybody, by badge number; the register's own account is nobody."""
    last = last_sign_ins()
    return [_person(account, last.get(account.pk)) for account in _accounts()]


def find_person(badge_number: str) -> Person | None:
    account = _accounts().filter(badge_number=badge_number).first()
    if account is None:
        return None
    entries = LedgerEntry.objects.filter(action=Action.SIGN_IN, actor=account)
    return _person(account, entries.aggregate(last=Max("entered_at"))["last"])


def open_steps() -> QuerySet[AccountStep]:
    steps = AccountStep.objects.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True)
    return steps.select_related("account", "proposed_by")


def roles_to_review(*, now: datetime) -> list[tuple[User, datetime, tuple[Role, ...]]]:
    """Whose roles nobody has looked at for a year, since when, and which roles they are."""
    due = reviews_due(now=now).prefetch_related(_GRANTS)
    return [(account, account.looked_at, _roles_of(account)) for account in due]  # type: ignore[attr-defined]


def recent_alerts(*, now: datetime) -> list[Alert]:
    entries = LedgerEntry.objects.filter(
        action=Action.ALERT_NETWORKS, actor=User.objects.system(), entered_at__gte=now - ALERTS_FOR
    )
    return [_alert(entry) for entry in entries.select_related("private").order_by("-id")]


def _alert(entry: LedgerEntry) -> Alert:
    told = entry.details
    return Alert(entry.entered_at, str(told.get("account") or ""), list(told.get("networks") or []))


_GRANTS = Prefetch("grants", RoleGrant.objects.in_effect(), to_attr="grants_in_effect")


def _accounts() -> QuerySet[User]:
    own = {"account": OuterRef("pk")}
    waiting = AccountStep.objects.filter(
        **own, kind=StepKind.ACTIVATE, confirmed_at__isnull=True, withdrawn_at__isnull=True
    )
    return (
        User.objects.filter(is_system=False)
        .annotate(
            waits=Exists(waiting),
            is_locked=Exists(SignInLock.objects.filter(**own, released_at__isnull=True)),
            passkeys=_factors(Authenticator.Type.WEBAUTHN),
            apps=_factors(Authenticator.Type.TOTP),
            trained_on=Training.objects.filter(**own).order_by("-trained_on").values("trained_on")[:1],
        )
        .prefetch_related(_GRANTS)
        .order_by("badge_number")
    )


def _factors(kind: str) -> Coalesce:
    found = Authenticator.objects.filter(user=OuterRef("pk"), type=kind).order_by().values("user")
    return Coalesce(found.annotate(counted=Count("pk")).values("counted")[:1], 0)


def _person(account: User, last_sign_in: datetime | None) -> Person:
    told = vars(account)
    return Person(
        account=account,
        state=_state_of(account),
        roles=_roles_of(account),
        last_sign_in=last_sign_in,
        is_locked=told["is_locked"],
        passkeys=told["passkeys"],
        apps=told["apps"],
        trained_on=told["trained_on"],
    )


def _state_of(account: User) -> State:
    if account.may_enter:
        return State.ACTIVE
    is_over = account.ends_at is not None and account.ends_at <= timezone.now()
    return State.WAITING if vars(account)["waits"] and not is_over else State.ENDED


def _roles_of(account: User) -> tuple[Role, ...]:
    """Roles in effect, in the order of the vocabulary, without a query for each person."""
    held = {grant.role for grant in vars(account)["grants_in_effect"]} if account.may_enter else set()
    return tuple(role for role in Role if role in held)
