"""What happens to an account besides signing in: second steps, locks, training, yearly reviews."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from requests_app.models._base import REGISTER_NOW, Tracked, holds, known_code, known_codes
from requests_app.models.user import User
from requests_app.vocabulary import LockCause, Role, StepKind, TrainingSubject


class AccountStep(Tracked):
    """Something one administrator asks for and another confirms."""

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=StepKind.choices())
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="steps_proposed")
    proposed_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    reason = models.TextField(max_length=500)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="steps_confirmed"
    )
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            known_code("accountstep", "kind", StepKind),
            holds(
                "accountstep_confirmed_by_another",
                ~Q(confirmed_by=F("proposed_by")),
                "Another administrator than the one who asked must confirm this.",
            ),
            holds(
                "accountstep_not_confirmed_by_the_person",
                ~Q(confirmed_by=F("account")),
                "Nobody confirms a step of their own account.",
            ),
            holds(
                "accountstep_confirmed_whole",
                Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, withdrawn_at__isnull=True),
                "A step is confirmed by a person at a time, or taken back, or open.",
            ),
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="accountstep_one_open_of_a_kind",
                violation_error_message="This was asked for already and waits for another administrator.",
            ),
        ]

    def __str__(self) -> str:
        return f"{StepKind(self.kind).label}: {self.account}"

    @property
    def is_open(self) -> bool:
        return self.confirmed_at is None and self.withdrawn_at is None


class SignInLock(Tracked):
    """The password path of an account is closed until another person opens it. Passkeys still work."""

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="locks")
    cause = models.CharField(max_length=20, choices=LockCause.choices())
    locked_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="locks_released")
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-locked_at"]
        constraints = [
            known_code("signinlock", "cause", LockCause),
            holds(
                "signinlock_released_by_another",
                ~Q(released_by=F("account")),
                "Nobody unlocks their own account.",
            ),
            holds(
                "signinlock_released_whole",
                Q(released_by__isnull=True, released_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=False),
                "A lock is released by a person at a time.",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(released_at__isnull=True),
                name="signinlock_one_stands",
                violation_error_message="This account is locked already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Lock of {self.account}"


class Training(Tracked):
    """That a person was trained, when, and by whom."""

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="trainings")
    subject = models.CharField(
        max_length=30, choices=TrainingSubject.choices(), default=TrainingSubject.CONTACT_COMMANDER.value
    )
    trained_on = models.DateField()
    trained_by = models.CharField(max_length=80)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-trained_on"]
        constraints = [
            known_code("training", "subject", TrainingSubject),
            models.UniqueConstraint(
                fields=["account", "subject", "trained_on"],
                name="training_one_a_day",
                violation_error_message="This training is on record already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{TrainingSubject(self.subject).label}: {self.account}, {self.trained_on}"


class RoleReview(models.Model):
    """Once a year: somebody looked at what a person may do, and why they still need it."""

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_reviews")
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    roles = ArrayField(models.CharField(max_length=20))
    remark = models.TextField(max_length=500)

    class Meta:
        ordering = ["-reviewed_at"]
        constraints = [
            known_codes("rolereview", "roles", Role.codes()),
            holds(
                "rolereview_by_another",
                ~Q(reviewed_by=F("account")),
                "Nobody reviews their own roles.",
            ),
        ]

    def __str__(self) -> str:
        return f"Roles of {self.account}, looked at {self.reviewed_at}"
