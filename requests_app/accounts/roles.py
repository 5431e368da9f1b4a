"""Roles: proposed by one administrator, confirmed by another, looked at again once a year."""

from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from requests_app import ledger
from requests_app.accounts._act import NotPossible, act, begin, record, save
from requests_app.accounts.lifecycle import LAST_ADMINISTRATOR, active_administrators
from requests_app.models import RoleGrant, RoleReview, User
from requests_app.models.user import may_enter
from requests_app.querysets import NOW
from requests_app.vocabulary import Action, Role

REVIEW_EVERY = timedelta(days=365)
A_ROLE_APART = "An administrator holds no other role: administrators see no case."


@act
def propose_role(
    account: User, role: Role, *, actor: User, reason: str, ends_at: datetime | None = None
) -> RoleGrant:
    account = begin(Action.PROPOSE_ROLE, actor=actor, account=account)
    if account == actor:
        raise NotPossible("Nobody proposes a role for themselves.")
    if ends_at is not None and ends_at <= ledger.now():
        raise NotPossible("This time is over. A role ends later than now.")
    _refuse_what_one_person_must_not_be(account, role)
    if proposed_roles().filter(user=account, role=role).exists():
        raise NotPossible("This role is proposed already and waits for another administrator.")
    grant = RoleGrant(user=account, role=role, granted_by=actor, reason=reason, ends_at=ends_at)
    save(grant, actor=actor, reason=reason)
    record(Action.PROPOSE_ROLE, actor=actor, account=account, reason=reason, role=role.value)
    return grant


@act
def confirm_role(grant: RoleGrant, *, actor: User) -> RoleGrant:
    """The role holds from now: nothing that was done before it becomes allowed."""
    account = begin(Action.CONFIRM_ROLE, actor=actor, account=grant.user)
    grant = _locked(grant)
    if grant.approved_by is not None or _is_over(grant):
        raise NotPossible("This was settled meanwhile.")
    if actor == grant.granted_by:
        raise NotPossible("Another administrator than the one who proposed the role must confirm it.")
    if actor == account:
        raise NotPossible("Nobody confirms their own role.")
    _refuse_what_one_person_must_not_be(account, Role(grant.role))
    grant.approved_by = actor
    grant.starts_at = max(grant.starts_at, ledger.now())
    save(grant, actor=actor, reason="Confirmed")
    proposed_by = grant.granted_by.badge_number
    record(Action.CONFIRM_ROLE, actor=actor, account=account, role=grant.role, proposed_by=proposed_by)
    return grant


@act
def end_role(grant: RoleGrant, *, actor: User, reason: str) -> RoleGrant:
    """Effective at the person's next request; a proposed role is turned down the same way."""
    account = begin(Action.END_ROLE, actor=actor, account=grant.user)
    grant = _locked(grant)
    if _is_over(grant):
        raise NotPossible("This role has ended already.")
    is_held = grant.approved_by is not None
    if is_held and grant.role == Role.ADMINISTRATOR and account.is_active and active_administrators() == 1:
        raise NotPossible(LAST_ADMINISTRATOR)
    grant.ends_at = max(ledger.now(), grant.starts_at)
    save(grant, actor=actor, reason=reason)
    record(Action.END_ROLE, actor=actor, account=account, reason=reason, role=grant.role)
    return grant


@act
def review_roles(account: User, *, actor: User, remark: str) -> RoleReview:
    account = begin(Action.REVIEW_ROLES, actor=actor, account=account)
    if account == actor:
        raise NotPossible("Nobody reviews their own roles.")
    roles = sorted(account.roles)
    review = RoleReview.objects.create(account=account, reviewed_by=actor, roles=roles, remark=remark)
    ledger.note_row(review)
    record(Action.REVIEW_ROLES, actor=actor, account=account, reason=remark, roles=roles)
    return review


def proposed_roles() -> QuerySet[RoleGrant]:
    """What waits for another administrator; one with an end that is over waits no more."""
    waiting = RoleGrant.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=NOW), approved_by__isnull=True)
    return waiting.select_related("user", "granted_by").order_by("starts_at", "pk")


def reviews_due(*, now: datetime) -> QuerySet[User]:
    """Active people with a role whose roles nobody has looked at for a year."""
    holders = RoleGrant.objects.in_effect().values("user")
    people = User.objects.filter(may_enter(), is_system=False, pk__in=holders)
    looked_at = people.annotate(
        looked_at=Coalesce(Max("role_reviews__reviewed_at"), Max("grants__starts_at"))
    )
    return looked_at.filter(looked_at__lt=now - REVIEW_EVERY).order_by("looked_at", "badge_number")


def _refuse_what_one_person_must_not_be(account: User, role: Role) -> None:
    others = set(account.roles) - {role}
    if others and Role.ADMINISTRATOR in {role, *others}:
        held = ", ".join(Role(other).label.lower() for other in sorted(others))
        raise NotPossible(f"{A_ROLE_APART} This person is: {held}.")


def _locked(grant: RoleGrant) -> RoleGrant:
    return (
        RoleGrant.objects.select_for_update(of=("self",))
        .select_related("user", "granted_by")
        .get(pk=grant.pk)
    )


def _is_over(grant: RoleGrant) -> bool:
    return grant.ends_at is not None and grant.ends_at <= ledger.now()
