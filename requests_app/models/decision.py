"""Decisions: append-only. A new decision supersedes the one before and never overwrites it."""

from django.db import models
from django.db.models import F, Q

from requests_app.models._base import REGISTER_NOW, holds, known_code, known_codes
from requests_app.models.request import AssistanceRequest, codes_field
from requests_app.models.user import User
from requests_app.vocabulary import (
    DECIDABLE_OUTCOMES,
    SCOPE_ACTIONS,
    EndorsementKind,
    FieldAction,
    Ground,
    Outcome,
    ReasonCode,
)


class Decision(models.Model):
    """What the officer chose, beside what the policy allowed on the facts of that moment."""

    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="decisions")
    sequence = models.PositiveSmallIntegerField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    outcome = models.CharField(
        max_length=20, choices=[(outcome.value, outcome.label) for outcome in DECIDABLE_OUTCOMES]
    )
    grounds = codes_field(choices=Ground.choices())
    primary_ground = models.CharField(max_length=20, choices=Ground.choices(), blank=True)
    reason_code = models.CharField(max_length=32, choices=ReasonCode.choices(), blank=True)
    reason_text = models.TextField(max_length=2000, blank=True)
    scope_allowed = codes_field(choices=[(action.value, action.label) for action in SCOPE_ACTIONS])
    scope_forbidden = codes_field(choices=FieldAction.choices())
    referred_to = models.CharField(max_length=120, blank=True)

    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    # A copy of the case's column, so that the separation of duties is a constraint of this row.
    logged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_own_intake = models.BooleanField(default=False)
    needs_agreement = models.BooleanField(default=False)

    policy_version = models.CharField(max_length=40)
    policy_sha256 = models.CharField(max_length=64)
    facts = models.JSONField()
    verdict = models.JSONField()

    class Meta:
        ordering = ["case", "sequence"]
        constraints = [
            holds(
                "decision_outcome_is_known",
                Q(outcome__in=[str(outcome) for outcome in DECIDABLE_OUTCOMES]),
                "Choose one of the listed outcomes.",
            ),
            known_code("decision", "primary_ground", Ground, blank=True),
            known_code("decision", "reason_code", ReasonCode, blank=True),
            known_codes("decision", "grounds", Ground),
            known_codes("decision", "scope_allowed", SCOPE_ACTIONS),
            known_codes("decision", "scope_forbidden", FieldAction),
            holds(
                "decision_assist_has_ground",
                ~Q(outcome=Outcome.ASSIST)
                | (Q(verdict__outcome="assist") & Q(grounds__len__gte=1) & ~Q(primary_ground="")),
                "Officers go only on a ground of the policy. None holds on the facts recorded.",
            ),
            holds(
                "decision_grounds_only_for_assist",
                Q(outcome=Outcome.ASSIST) | Q(grounds=[], primary_ground="", scope_allowed=[]),
                "Grounds and scope belong to a decision to assist.",
            ),
            holds(
                "decision_assist_is_limited",
                ~Q(outcome=Outcome.ASSIST) | Q(scope_allowed__len__gte=1),
                "Help is always limited: choose what officers may do.",
            ),
            holds(
                "decision_decline_has_reason",
                ~Q(outcome=Outcome.DECLINE) | ~Q(reason_code=""),
                "Choose why the request is declined.",
            ),
            holds(
                "decision_refer_names_custodian",
                ~Q(outcome=Outcome.REFER) | ~Q(referred_to=""),
                "Say to whom the request is referred.",
            ),
            holds(
                "decision_under_danger_has_reason",
                Q(needs_agreement=False) | ~Q(reason_text=""),
                "Declining under clear public danger needs a written reason.",
            ),
            holds(
                "decision_not_by_own_intake",
                ~Q(decided_by=F("logged_by")) | Q(is_own_intake=True),
                "Who logged a request does not decide it.",
            ),
            holds(
                "decision_decided_before_entered",
                Q(decided_at__lte=F("entered_at")),
                "A decision cannot be made after it is entered.",
            ),
            models.UniqueConstraint(fields=["case", "sequence"], name="decision_one_for_each_place"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(supersedes__isnull=True), name="decision_one_first_decision"
            ),
        ]

    def __str__(self) -> str:
        return f"Decision {self.sequence} of {self.case}"

    @property
    def is_by_radio(self) -> bool:
        return self.entered_by_id != self.decided_by_id


class Endorsement(models.Model):
    """A second officer's word on a decision, or the officer's own on one entered for them by radio."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="endorsements")
    kind = models.CharField(max_length=16, choices=EndorsementKind.choices())
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=1000, blank=True)
    occurred_at = models.DateTimeField()
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            known_code("endorsement", "kind", EndorsementKind),
            holds(
                "endorsement_disagreement_has_reason",
                ~Q(kind=EndorsementKind.DISAGREES) | ~Q(reason=""),
                "Say why you disagree.",
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(kind__in=[EndorsementKind.AGREES.value, EndorsementKind.DISAGREES.value]),
                name="endorsement_one_second_word",
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(kind=EndorsementKind.CONFIRMS_RADIO.value),
                name="endorsement_one_confirmation",
            ),
        ]

    def __str__(self) -> str:
        return f"{EndorsementKind(self.kind).label}: {self.decision}"
