"""A published period: frozen by one person, published by another, never changed."""

from django.db import models

from requests_app.models._base import REGISTER_NOW, holds, known_code
from requests_app.models.user import User
from requests_app.vocabulary import CorrectionReason

QUARTER = r"^[0-9]{4}-Q[1-4]$"
QUARTER_IS_WRITTEN = "A quarter is written 2026-Q1."
SHA256 = 64  # characters


class Release(models.Model):
    """The publication of a quarter's figures. Append-only."""

    quarter = models.CharField(max_length=7)
    number = models.PositiveSmallIntegerField(default=1)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    note = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["quarter", "number"]
        constraints = [
            holds(
                "release_quarter_is_year_and_quarter",
                models.Q(quarter__regex=QUARTER),
                QUARTER_IS_WRITTEN,
            ),
            models.UniqueConstraint(fields=["quarter", "number"], name="release_one_of_each_number"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter}, release {self.number}"


class FrozenQuarter(models.Model):
    """A quarter as it is to be published, before a second person has looked. Append-only.

    A quarter may be frozen again; then the last one counts. `numbers` are those of the requests in the order
    of the document's rows: for oversight alone, which answers who asks about a row.
    """

    quarter = models.CharField(max_length=7)
    number = models.PositiveSmallIntegerField()
    document = models.BinaryField()
    sha256 = models.CharField(max_length=SHA256)
    reason = models.CharField(max_length=40, blank=True)
    numbers = models.JSONField(default=list)
    note = models.TextField(max_length=1000, blank=True)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            holds(
                "frozenquarter_quarter_is_year_and_quarter",
                models.Q(quarter__regex=QUARTER),
                QUARTER_IS_WRITTEN,
            ),
            known_code("frozenquarter", "reason", CorrectionReason, blank=True),
            holds(
                "frozenquarter_correction_has_a_reason",
                models.Q(number=1, reason="") | (models.Q(number__gt=1) & ~models.Q(reason="")),
                "A correction needs a reason, and a first release has none.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter}, release {self.number}, frozen"


class ReleaseDocument(models.Model):
    """The bytes of a release, from which everything public is made: all that the public's role can read.

    The database refuses one that was not frozen so, that the same person froze, or that comes too early.
    """

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="published")
    frozen = models.OneToOneField(FrozenQuarter, on_delete=models.PROTECT, related_name="published")
    document = models.BinaryField()
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.release)


class CallsForService(models.Model):
    """How many calls of any kind the police answered in a quarter, as another source counted them.

    Append-only: the last one of a quarter counts. Its words are meant for the public.
    """

    quarter = models.CharField(max_length=7)
    calls = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    url = models.URLField(max_length=500)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            holds(
                "callsforservice_quarter_is_year_and_quarter",
                models.Q(quarter__regex=QUARTER),
                QUARTER_IS_WRITTEN,
            ),
            holds("callsforservice_are_some", models.Q(calls__gt=0), "Enter how many calls there were."),
        ]

    def __str__(self) -> str:
        return f"{self.quarter}: {self.calls:,} calls for service"
