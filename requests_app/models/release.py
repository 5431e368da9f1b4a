"""A published period."""

from django.db import models

from requests_app.models._base import REGISTER_NOW, holds
from requests_app.models.user import User


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
                models.Q(quarter__regex=r"^[0-9]{4}-Q[1-4]$"),
                "A quarter is written 2026-Q1.",
            ),
            models.UniqueConstraint(fields=["quarter", "number"], name="release_one_of_each_number"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter}, release {self.number}"
