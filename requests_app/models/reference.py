"""What the department sets for itself: time limits, numbers to call back, the policy in force."""

from django.db import models
from django.db.models import F, Q

from requests_app.models._base import REGISTER_NOW, Tracked, holds, known_code
from requests_app.models.user import User
from requests_app.vocabulary import Component, InstallationKind, ThresholdKey


class Threshold(Tracked):
    """A time limit in minutes, and the shorter one for emergencies."""

    key = models.CharField(max_length=24, choices=ThresholdKey.choices(), unique=True)
    minutes = models.PositiveIntegerField(help_text="Minutes from the event before.")
    emergency_minutes = models.PositiveIntegerField(help_text="Minutes when there is danger.")

    class Meta:
        ordering = ["id"]
        constraints = [
            known_code("threshold", "key", ThresholdKey),
            holds(
                "threshold_is_positive",
                Q(minutes__gte=1, emergency_minutes__gte=1),
                "A time limit is a minute or more.",
            ),
            holds(
                "threshold_emergency_is_shorter",
                Q(emergency_minutes__lte=F("minutes")),
                "The limit for emergencies is not longer than the ordinary one.",
            ),
        ]

    def __str__(self) -> str:
        return ThresholdKey(self.key).label


class DirectoryNumber(Tracked):
    """A number the department knows an agency by: call back on this one, never on the one offered."""

    component = models.CharField(max_length=24, choices=Component.choices())
    office = models.CharField(max_length=120)
    number = models.CharField(max_length=40)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["component", "office"]
        constraints = [
            known_code("directorynumber", "component", Component),
            models.UniqueConstraint(
                fields=["component", "office"],
                condition=Q(in_use=True),
                name="directorynumber_one_for_each_office",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}: {self.number}"


class PolicyInForce(Tracked):
    """A policy version put in force from a time on, by an administrator. None means the first version."""

    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64, editable=False)
    in_force_from = models.DateTimeField(db_default=REGISTER_NOW)
    reason = models.TextField(max_length=1000)

    class Meta:
        ordering = ["-in_force_from"]
        verbose_name_plural = "policies in force"
        constraints = [
            models.UniqueConstraint(fields=["in_force_from"], name="policyinforce_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.version


class NumberCounter(models.Model):
    """The last number given in a local year; the row is locked, so that numbers have no gaps."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Installation(models.Model):
    """What this database is for. One row, made when the database is, and never changed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    kind = models.CharField(max_length=16, choices=InstallationKind.choices())
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            holds("installation_is_one_row", Q(id=1), "There is one installation."),
            known_code("installation", "kind", InstallationKind),
        ]

    def __str__(self) -> str:
        return InstallationKind(self.kind).label


class IdempotencyKey(models.Model):
    """A form that was carried out. The same form again is answered with the same result, once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    digest = models.BinaryField(max_length=32)
    case = models.ForeignKey(
        "requests_app.AssistanceRequest", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=40)
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotencykey_once_for_each_person"),
        ]

    def __str__(self) -> str:
        return str(self.key)
