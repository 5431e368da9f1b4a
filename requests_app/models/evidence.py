"""What the requester's claims rest on: documents, crime, danger, and who the caller is."""

from django.db import models
from django.db.models import Q

from requests_app.models._base import REGISTER_NOW, Tracked, holds, known_code
from requests_app.models.request import AssistanceRequest
from requests_app.models.user import User
from requests_app.vocabulary import (
    Confirmation,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    DocumentClass,
    Verification,
)


class Evidence(Tracked):
    """Verification of the caller, crime and danger: claimed at intake, assessed by the officer."""

    case = models.OneToOneField(AssistanceRequest, on_delete=models.PROTECT, related_name="evidence")

    verification = models.CharField(
        max_length=20, choices=Verification.choices(), default=Verification.UNVERIFIED
    )
    verification_method = models.CharField(max_length=200, blank=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)

    crime_status = models.CharField(max_length=12, choices=CrimeStatus.choices(), default=CrimeStatus.NONE)
    crime_offence = models.CharField(max_length=200, blank=True)
    immigration_offence_only = models.BooleanField(default=False)
    crime_basis = models.CharField(max_length=16, choices=CrimeBasis.choices(), default=CrimeBasis.NONE)
    lmpd_case_number = models.CharField(max_length=32, blank=True)

    danger_level = models.CharField(max_length=8, choices=DangerLevel.choices(), default=DangerLevel.NONE)
    danger_articulated = models.TextField(max_length=1000, blank=True)
    danger_assessment = models.TextField(max_length=1000, blank=True)
    danger_corroboration = models.CharField(
        max_length=16, choices=Corroboration.choices(), default=Corroboration.NONE
    )
    danger_ended = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            known_code("evidence", "verification", Verification),
            known_code("evidence", "crime_status", CrimeStatus),
            known_code("evidence", "crime_basis", CrimeBasis),
            known_code("evidence", "danger_level", DangerLevel),
            known_code("evidence", "danger_corroboration", Corroboration),
            holds(
                "evidence_verification_is_complete",
                Q(verification=Verification.UNVERIFIED)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
                "A verification has the officer who made it and the time.",
            ),
        ]

    def __str__(self) -> str:
        return f"Evidence of {self.case}"


class Document(Tracked):
    """A warrant or other paper that the requester named: claimed, then confirmed or not."""

    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="documents")
    claimed_class = models.CharField(max_length=28, choices=DocumentClass.choices())
    confirmed_class = models.CharField(max_length=28, choices=DocumentClass.choices(), blank=True)
    confirmation = models.CharField(
        max_length=20, choices=Confirmation.choices(), default=Confirmation.UNCONFIRMED
    )
    matches_subject = models.BooleanField(default=True)
    court = models.CharField(max_length=120, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # A paper entered by mistake stays in the record and out of the facts.
    struck = models.BooleanField(default=False)
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            known_code("document", "claimed_class", DocumentClass),
            known_code("document", "confirmed_class", DocumentClass, blank=True),
            known_code("document", "confirmation", Confirmation),
            holds(
                "document_confirmation_is_complete",
                Q(confirmation=Confirmation.UNCONFIRMED)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_class="")),
                "A confirmation has the class that was confirmed, the officer and the time.",
            ),
        ]

    def __str__(self) -> str:
        return f"{DocumentClass(self.document_class).label} of {self.case}"

    @property
    def document_class(self) -> str:
        """The class as confirmed, else as claimed."""
        return self.confirmed_class or self.claimed_class
