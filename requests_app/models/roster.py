"""Which commanding officer is on duty, and who is paged next."""

from django.db import models
from django.db.models import F, Q

from requests_app.models._base import Tracked, holds
from requests_app.models.user import User


class RosterEntry(Tracked):
    """One officer's turn of duty. Order 1 is paged first, then 2, then 3."""

    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    escalation_order = models.PositiveSmallIntegerField(default=1)
    cancelled = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts_at", "escalation_order"]
        verbose_name_plural = "roster entries"
        constraints = [
            holds(
                "rosterentry_ends_after_start",
                Q(ends_at__gt=F("starts_at")),
                "A turn of duty ends after it starts.",
            ),
            holds(
                "rosterentry_order_is_positive",
                Q(escalation_order__gte=1, escalation_order__lte=9),
                "The order of escalation is 1 to 9.",
            ),
            models.UniqueConstraint(
                fields=["officer", "starts_at"], condition=Q(cancelled=False), name="rosterentry_one_start"
            ),
        ]
        indexes = [
            # Who is on duty now, in order?
            models.Index(fields=["ends_at", "starts_at"], name="rosterentry_on_duty"),
        ]

    def __str__(self) -> str:
        return f"{self.officer}, order {self.escalation_order}"
