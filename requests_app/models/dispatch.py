"""What happened in the field. It can always be recorded; a breach shows as a deviation."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from requests_app.models._base import REGISTER_NOW, Tracked, holds, known_codes
from requests_app.models.request import AssistanceRequest, codes_field
from requests_app.models.user import User
from requests_app.vocabulary import FieldAction


class Dispatch(Tracked):
    """Officers sent for a request, their arrival, and whether the commanding officer came."""

    case = models.OneToOneField(AssistanceRequest, on_delete=models.PROTECT, related_name="dispatch")
    dispatched_at = models.DateTimeField()
    units = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    officers = models.PositiveSmallIntegerField()
    first_arrival_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    commander = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    commander_arrived_at = models.DateTimeField(null=True, blank=True)
    commander_left_at = models.DateTimeField(null=True, blank=True)
    commander_absent_reason = models.TextField(max_length=1000, blank=True)
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        verbose_name_plural = "dispatches"
        constraints = [
            holds(
                "dispatch_before_entered",
                Q(dispatched_at__lte=F("entered_at")),
                "Officers cannot be sent after this is entered.",
            ),
            holds(
                "dispatch_arrival_after_dispatch",
                Q(first_arrival_at__isnull=True) | Q(first_arrival_at__gte=F("dispatched_at")),
                "The first officer cannot arrive before being sent.",
            ),
            holds(
                "dispatch_cleared_after_dispatch",
                Q(cleared_at__isnull=True) | Q(cleared_at__gte=F("dispatched_at")),
                "Officers cannot leave the scene before being sent.",
            ),
            holds(
                "dispatch_commander_leaves_after_arrival",
                Q(commander_left_at__isnull=True) | Q(commander_left_at__gte=F("commander_arrived_at")),
                "The commander cannot leave before arriving.",
            ),
            holds(
                "dispatch_commander_arrival_is_complete",
                Q(commander_arrived_at__isnull=True) | Q(commander__isnull=False),
                "Say which commander arrived.",
            ),
        ]

    def __str__(self) -> str:
        return f"Dispatch of {self.case}"


class FieldOutcome(Tracked):
    """What was done at the scene: the same list as the scope, so that excess can be computed."""

    case = models.OneToOneField(AssistanceRequest, on_delete=models.PROTECT, related_name="field_outcome")
    actions_taken = codes_field(choices=FieldAction.choices())
    local_arrests = models.PositiveSmallIntegerField(default=0)
    citations = models.PositiveSmallIntegerField(default=0)
    handed_to_federal = models.PositiveSmallIntegerField(default=0)
    federal_arrests_seen = models.PositiveSmallIntegerField(default=0)
    force_used = models.BooleanField(default=False)
    injuries = models.PositiveSmallIntegerField(default=0)
    officer_minutes = models.PositiveIntegerField(default=0)
    narrative = models.TextField(max_length=4000, blank=True)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        constraints = [known_codes("fieldoutcome", "actions_taken", FieldAction)]

    def __str__(self) -> str:
        return f"Outcome of {self.case}"
