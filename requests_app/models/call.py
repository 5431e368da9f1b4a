"""Paging the commanding officer, and the recorded calls between officer and requester."""

from django.db import models
from django.db.models import F, Q

from requests_app.models._base import REGISTER_NOW, Tracked, holds, known_code
from requests_app.models.request import AssistanceRequest
from requests_app.models.user import User
from requests_app.vocabulary import CallRecorded, PageReason, PageResult


class Page(Tracked):
    """One officer paged for one request; `order` is the place in the line of escalation."""

    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="pages")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pages")
    order = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20, choices=PageReason.choices())
    paged_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known_code("page", "reason", PageReason),
            holds(
                "page_acknowledged_after_paged",
                Q(acknowledged_at__isnull=True) | Q(acknowledged_at__gte=F("paged_at")),
                "A page cannot be acknowledged before it was sent.",
            ),
            models.UniqueConstraint(fields=["case", "order"], name="page_one_for_each_place"),
        ]

    def __str__(self) -> str:
        return f"Page {self.order} of {self.case}"


class PageAttempt(models.Model):
    """One try to reach a paged officer. Append-only; a failed try is a row too."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="attempts")
    attempt = models.PositiveSmallIntegerField()
    result = models.CharField(max_length=12, choices=PageResult.choices())
    detail = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [known_code("pageattempt", "result", PageResult)]

    def __str__(self) -> str:
        return f"Attempt {self.attempt} of {self.page}"


class CommanderCall(Tracked):
    """A call between a commanding officer and the requester; "recorded" wants the recorder's reference."""

    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="calls")
    commander = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    recorded = models.CharField(max_length=20, choices=CallRecorded.choices())
    recorder_reference = models.CharField(max_length=60, blank=True)
    note = models.TextField(max_length=1000, blank=True)
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            known_code("commandercall", "recorded", CallRecorded),
            holds(
                "commandercall_ends_after_start",
                Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                "A call cannot end before it starts.",
            ),
            holds(
                "commandercall_started_before_entered",
                Q(started_at__lte=F("entered_at")),
                "A call cannot start after it is entered.",
            ),
        ]

    def __str__(self) -> str:
        return f"Call of {self.case}"
