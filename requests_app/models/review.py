"""What oversight makes of it: deviations found by the system, reviews, follow-up."""

from django.db import models
from django.db.models import Q

from requests_app.models._base import REGISTER_NOW, Tracked, holds, known_code
from requests_app.models.request import AssistanceRequest
from requests_app.models.user import User
from requests_app.vocabulary import DeviationKind, ReviewFinding


class Deviation(Tracked):
    """Something the policy required and did not happen. Found by the system, explained by an officer.

    A deviation that a correction removes is marked as no longer standing, never deleted. A period
    released late is a deviation of its quarter, not of a request.
    """

    case = models.ForeignKey(
        AssistanceRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="deviations"
    )
    quarter = models.CharField(max_length=7, blank=True)
    kind = models.CharField(max_length=40, choices=DeviationKind.choices())
    found_at = models.DateTimeField()
    stands = models.BooleanField(default=True)
    explanation = models.TextField(max_length=2000, blank=True)
    explained_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    explained_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["found_at", "id"]
        constraints = [
            known_code("deviation", "kind", DeviationKind),
            holds(
                "deviation_of_request_or_quarter",
                (Q(case__isnull=False) & Q(quarter="")) | (Q(case__isnull=True) & ~Q(quarter="")),
                "A deviation belongs to a request or to a quarter.",
            ),
            holds(
                "deviation_explanation_is_complete",
                Q(explanation="") | Q(explained_by__isnull=False, explained_at__isnull=False),
                "An explanation has its author and time.",
            ),
            models.UniqueConstraint(fields=["case", "kind"], name="deviation_one_of_each_kind"),
            models.UniqueConstraint(
                fields=["quarter", "kind"], condition=~Q(quarter=""), name="deviation_one_of_each_quarter"
            ),
        ]

    def __str__(self) -> str:
        return f"{DeviationKind(self.kind).label}: {self.case or self.quarter}"


class Review(Tracked):
    """Oversight's finding on a request, the question it may put, and the department's answer."""

    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=24, choices=ReviewFinding.choices())
    note = models.TextField(max_length=4000)
    occurred_at = models.DateTimeField()
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    follow_up = models.TextField(max_length=2000, blank=True)
    follow_up_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    follow_up_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=4000, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["entered_at", "id"]
        constraints = [
            known_code("review", "finding", ReviewFinding),
            holds("review_has_note", ~Q(note=""), "Say what the finding rests on."),
            holds(
                "review_follow_up_is_complete",
                Q(follow_up="") | Q(follow_up_by__isnull=False, follow_up_at__isnull=False),
                "A follow-up has its author and time.",
            ),
            holds(
                "review_answer_is_complete",
                Q(answer="") | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(follow_up="")),
                "An answer has its author and time, and a question.",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.case}"
