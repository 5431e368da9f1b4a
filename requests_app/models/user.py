"""People and what they are trusted with. Accounts are deactivated, never deleted or reused."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from requests_app.models._base import REGISTER_NOW, Revised, Tracked, holds, known_code
from requests_app.querysets import NOW
from requests_app.vocabulary import Role

SYSTEM_BADGE = "SYSTEM"


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the badge number is kept in capitals, so that a person has one."""

    def create_user(
        self, badge_number: str, display_name: str, password: str | None = None, **columns: Any
    ) -> "User":
        user = self.model(badge_number=badge_number.strip().upper(), display_name=display_name, **columns)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(badge_number=(username or "").strip().upper())

    def system(self) -> "User":
        """The register's own account, under which jobs act. Made by migration; nobody signs in as it."""
        return self.get(badge_number=SYSTEM_BADGE)


class User(AbstractBaseUser, Revised):
    """One person, known by the badge number. Roles come from dated grants and nothing else."""

    # A sign-in is an act of its own, not a change of the account.
    last_login = None

    badge_number = models.CharField(
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9-]{2,20}\Z", "Use 2 to 20 capital letters, digits or hyphens.")],
        error_messages={
            "unique": "This badge number has an account already. Badge numbers are never reused."
        },
    )
    display_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True, help_text="Where pages are sent.")
    is_active = models.BooleanField(default=True)
    ends_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The end of a temporary account. Empty: it has no end.",
    )
    password_set_at = models.DateTimeField(null=True, editable=False)
    is_system = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    history = HistoricalRecords(
        history_id_field=models.BigAutoField(),
        history_change_reason_field=models.TextField(null=True),
        excluded_fields=["password"],
    )

    USERNAME_FIELD = "badge_number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    objects = UserManager()

    class Meta:
        ordering = ["badge_number"]
        constraints = [
            holds(
                "user_badge_number_is_capitals",
                Q(badge_number__regex=r"^[A-Z0-9-]{2,20}$"),
                "A badge number is 2 to 20 capital letters, digits or hyphens.",
            ),
            models.UniqueConstraint(
                fields=["is_system"], condition=Q(is_system=True), name="user_one_system_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.badge_number})"

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.badge_number

    @property
    def may_enter(self) -> bool:
        """Active, and not past the last day of a temporary account."""
        return self.is_active and (self.ends_at is None or self.ends_at > timezone.now())

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles in effect now, read once for each object, so once a request."""
        if not self.may_enter or self.pk is None:
            return frozenset()
        return frozenset(self.grants.in_effect().values_list("role", flat=True))

    @property
    def is_staff(self) -> bool:
        """May open the admin site. What is shown there is decided by role, not by this."""
        return bool(self.roles & {Role.ADMINISTRATOR, Role.OVERSIGHT})

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own permission table grants nothing here; `permissions.GRANTS` does."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


def may_enter(of: str = "") -> Q:
    """As `User.may_enter`: active, and not past the last day of a temporary account."""
    has_time = Q(**{f"{of}ends_at__isnull": True}) | Q(**{f"{of}ends_at__gt": NOW})
    return Q(**{f"{of}is_active": True}) & has_time


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    """Grants by their dates. One that nobody has approved yet gives nothing."""

    def in_effect(self) -> "RoleGrantQuerySet":
        approved = self.filter(approved_by__isnull=False, starts_at__lte=NOW)
        return approved.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=NOW))

    def held(self) -> "RoleGrantQuerySet":
        """In effect, and of people who may enter: as `User.roles`, in a query."""
        return self.in_effect().filter(may_enter("user__"))


class RoleGrant(Tracked):
    """A role given to a person for a time, proposed by one administrator and approved by another."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices())
    starts_at = models.DateTimeField(db_default=REGISTER_NOW)
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="grants_given", editable=False
    )
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="grants_approved"
    )
    reason = models.TextField(max_length=500)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["user", "starts_at"]
        constraints = [
            known_code("rolegrant", "role", Role),
            holds(
                "rolegrant_ends_after_start",
                Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                "A role cannot end before it starts.",
            ),
            holds(
                "rolegrant_approved_by_another",
                ~Q(approved_by=F("granted_by")),
                "Another person than the one who grants the role must approve it.",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ends_at__isnull=True),
                name="rolegrant_one_open_grant",
                violation_error_message="This person holds the role already. End that grant first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{Role(self.role).label}: {self.user}"
