"""The assistance request: what came in, where it stands, and who has it."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from requests_app.models._base import REGISTER_NOW, Tracked, holds, known_code, known_codes
from requests_app.models.user import User
from requests_app.querysets import AssistanceRequestQuerySet
from requests_app.vocabulary import (
    CadAbsence,
    Channel,
    Component,
    Direction,
    DiscoveredBy,
    Division,
    Ground,
    PlaceKind,
    RequestType,
    RetentionClass,
    Status,
)

# Crockford's alphabet: no letters that are read as digits.
PUBLIC_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 16

CLAIMABLE_GROUNDS = (Ground.CRIMINAL_WARRANT, Ground.CRIME, Ground.PUBLIC_DANGER)


def new_public_id() -> str:
    """A random name for URLs: 80 bits, so that it cannot be guessed or counted."""
    return "".join(secrets.choice(PUBLIC_ID_ALPHABET) for _ in range(PUBLIC_ID_LENGTH))


def codes_field(*, choices: list[tuple[str, str]]) -> ArrayField:
    """An array of codes, empty by default."""
    return ArrayField(models.CharField(max_length=32, choices=choices), default=list, blank=True)


class AssistanceRequest(Tracked):
    """One request by immigration officials for help. `case` is the variable that holds one.

    Nothing is written here but by `workflow`: the database refuses a change that has no actor, no
    history row or no ledger entry. No column may hold a sought person's name, nationality,
    immigration status or A-number.
    """

    number = models.CharField(max_length=12, unique=True, editable=False)
    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, editable=False)
    status = models.CharField(max_length=20, choices=Status.choices(), default=Status.INTAKE)
    is_exercise = models.BooleanField(default=False)
    exercise_source = models.CharField(max_length=200, blank=True)

    # When it came in, and when it was written down.
    received_at = models.DateTimeField()
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    discovered_by = models.CharField(max_length=16, choices=DiscoveredBy.choices(), default=DiscoveredBy.LIVE)

    # What the caller said.
    direction = models.CharField(max_length=10, choices=Direction.choices(), default=Direction.INBOUND)
    channel = models.CharField(max_length=20, choices=Channel.choices(), default=Channel.NON_EMERGENCY_LINE)
    component = models.CharField(max_length=24, choices=Component.choices(), default=Component.UNKNOWN)
    what_was_said = models.TextField(max_length=4000, blank=True)
    requested_for = models.DateTimeField(null=True, blank=True)
    persons_sought = models.PositiveSmallIntegerField(null=True, blank=True)
    division = models.CharField(max_length=8, choices=Division.choices(), default=Division.UNKNOWN)
    place_kind = models.CharField(max_length=16, choices=PlaceKind.choices(), default=PlaceKind.UNKNOWN)
    cad_event_number = models.CharField(max_length=32, blank=True)
    cad_absence = models.CharField(max_length=16, choices=CadAbsence.choices(), blank=True)
    grounds_claimed = codes_field(choices=[(ground.value, ground.label) for ground in CLAIMABLE_GROUNDS])

    # The first classification is often wrong, so all three are kept.
    types_at_intake = codes_field(choices=RequestType.choices())
    types_by_commander = codes_field(choices=RequestType.choices())
    types_by_review = codes_field(choices=RequestType.choices())

    # Where it stands.
    logged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    logged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    information_needed = models.TextField(max_length=1000, blank=True)
    information_requested_at = models.DateTimeField(null=True, blank=True)
    information_due_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)
    status_reason = models.TextField(max_length=1000, blank=True)

    # How long it is kept.
    legal_hold = models.BooleanField(default=False)
    retention_class = models.CharField(
        max_length=16, choices=RetentionClass.choices(), default=RetentionClass.STANDARD
    )
    retain_until = models.DateField(null=True, blank=True)

    objects = AssistanceRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            holds(
                "assistancerequest_number_is_year_and_count",
                Q(number__regex=r"^[0-9]{4}-[0-9]{4,}$"),
                "A number is the year and a count, such as 2026-0001.",
            ),
            known_code("assistancerequest", "status", Status),
            known_code("assistancerequest", "discovered_by", DiscoveredBy),
            known_code("assistancerequest", "direction", Direction),
            known_code("assistancerequest", "channel", Channel),
            known_code("assistancerequest", "component", Component),
            known_code("assistancerequest", "division", Division),
            known_code("assistancerequest", "place_kind", PlaceKind),
            known_code("assistancerequest", "cad_absence", CadAbsence, blank=True),
            known_code("assistancerequest", "retention_class", RetentionClass),
            known_codes("assistancerequest", "grounds_claimed", CLAIMABLE_GROUNDS),
            known_codes("assistancerequest", "types_at_intake", RequestType),
            known_codes("assistancerequest", "types_by_commander", RequestType),
            known_codes("assistancerequest", "types_by_review", RequestType),
            holds(
                "assistancerequest_received_before_entered",
                Q(received_at__lte=F("entered_at")),
                "A request cannot have been received after it was entered. Check the date and time.",
            ),
            holds(
                "assistancerequest_logged_is_complete",
                Q(status__in=[Status.INTAKE, Status.ABANDONED])
                | Q(logged_by__isnull=False, logged_at__isnull=False),
                "A logged request has the person who logged it and the time.",
            ),
            holds(
                "assistancerequest_claim_is_complete",
                Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                "A claim has an officer and a time.",
            ),
            holds(
                "assistancerequest_under_review_is_claimed",
                ~Q(status=Status.UNDER_REVIEW) | Q(claimed_by__isnull=False),
                "A request under review is claimed by an officer.",
            ),
            holds(
                "assistancerequest_decided_has_time",
                ~Q(status=Status.DECIDED) | Q(decided_at__isnull=False),
                "A decided request has the time of its decision.",
            ),
            holds(
                "assistancerequest_closed_has_time",
                ~Q(status=Status.CLOSED) | Q(closed_at__isnull=False),
                "A closed request has the time it was closed.",
            ),
            holds(
                "assistancerequest_withdrawn_has_time",
                ~Q(status=Status.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                "A withdrawn request has the time of withdrawal.",
            ),
            holds(
                "assistancerequest_abandoned_has_reason",
                ~Q(status=Status.ABANDONED) | ~Q(status_reason=""),
                "An abandoned intake keeps its number with a reason.",
            ),
            holds(
                "assistancerequest_exercise_has_source",
                Q(is_exercise=True) | Q(exercise_source=""),
                "Only an exercise has a source of the exercise.",
            ),
        ]
        indexes = [
            # The commander's queue: open requests by waiting time.
            models.Index(fields=["status", "logged_at"], name="assistancerequest_queue"),
            # Statistics: what was entered in a quarter about earlier ones.
            models.Index(fields=["entered_at"], name="assistancerequest_entered"),
            # Lists and statistics: by time of receipt.
            models.Index(fields=["-received_at", "-id"], name="assistancerequest_received"),
            # Possible duplicates at intake: same CAD number within two hours.
            models.Index(
                fields=["cad_event_number"], name="assistancerequest_cad", condition=~Q(cad_event_number="")
            ),
            # What was decided today, and in a quarter.
            models.Index(
                fields=["decided_at"], name="assistancerequest_decided", condition=Q(decided_at__isnull=False)
            ),
            # Reviews that fall due.
            models.Index(
                fields=["review_due_at"],
                name="assistancerequest_review",
                condition=Q(review_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def request_types(self) -> list[str]:
        """The classification in force: the reviewer's, else the commander's, else the dispatcher's."""
        return self.types_by_review or self.types_by_commander or self.types_at_intake


class RestrictedDetails(Tracked):
    """The fields that are never public and masked until revealed: who called, and the exact place.

    They lie in a table of their own, so that no list, search, poll or export can hold them.
    """

    case = models.OneToOneField(AssistanceRequest, on_delete=models.PROTECT, related_name="restricted")
    requester_name = models.CharField(max_length=120, blank=True)
    requester_badge = models.CharField(max_length=40, blank=True)
    callback_number = models.CharField(max_length=40, blank=True)
    callback_digits = models.CharField(max_length=40, blank=True, editable=False)
    identity_refused = models.BooleanField(default=False)
    location = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "restricted details"
        indexes = [
            # Possible duplicates at intake: same call-back number within two hours.
            models.Index(
                fields=["callback_digits"], name="restricted_callback", condition=~Q(callback_digits="")
            ),
        ]

    def __str__(self) -> str:
        return f"Restricted details of {self.case}"


class Reveal(models.Model):
    """One person's reading of a request's restricted fields, for ten minutes, with a reason."""

    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="reveals")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=500)
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Is this person's reveal of this request still open?
            models.Index(fields=["case", "user", "-expires_at"], name="reveal_open"),
        ]

    def __str__(self) -> str:
        return f"{self.user} read {self.case}"


class Correction(models.Model):
    """A recorded fact that was changed after the fact, with its reason. Append-only.

    Old and new value of a restricted field are left out here; the history keeps them.
    """

    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=60)
    is_restricted = models.BooleanField(default=False)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    reason = models.TextField(max_length=1000)
    corrected_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["entered_at", "id"]
        constraints = [
            holds(
                "correction_restricted_shows_no_value",
                Q(is_restricted=False) | Q(old="", new=""),
                "Values of a restricted field stay in its history.",
            ),
            holds("correction_has_reason", ~Q(reason=""), "Say why this is corrected."),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.case}"
