"""Loads what is counted: the requests of some quarters with the rows that belong to them.

A fixed number of queries, however many requests there are, and only columns that hold codes, counts and
times. No free text, person or place is ever read from the database here.
"""

from collections.abc import Iterable

from django.db.models import Prefetch, Q

from requests_app.models import (
    AssistanceRequest,
    CommanderCall,
    Correction,
    Decision,
    Deviation,
    Document,
    LedgerEntry,
    Review,
)
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import RefusalKind

CASE_COLUMNS = (
    *("received_at", "entered_at", "status", "discovered_by", "direction", "channel", "component"),
    *("types_at_intake", "types_by_commander", "types_by_review", "review_due_at"),
    *("dispatch__dispatched_at", "dispatch__officers", "dispatch__commander_arrived_at"),
    *("field_outcome__actions_taken", "field_outcome__local_arrests", "field_outcome__citations"),
    *("field_outcome__handed_to_federal", "field_outcome__federal_arrests_seen"),
    "field_outcome__officer_minutes",
)

ROWS = (
    Prefetch(
        "decisions",
        Decision.objects.only(
            "case_id",
            "sequence",
            "outcome",
            "grounds",
            "primary_ground",
            "reason_code",
            "decided_at",
            "verdict",
        ).order_by("sequence"),
    ),
    Prefetch("calls", CommanderCall.objects.only("case_id", "started_at", "recorded")),
    Prefetch(
        "documents",
        Document.objects.filter(struck=False).only(
            "case_id", "claimed_class", "confirmed_class", "confirmation", "matches_subject"
        ),
    ),
    Prefetch(
        "deviations",
        Deviation.objects.filter(stands=True).only("case_id", "kind", "explained_at"),
    ),
    Prefetch("reviews", Review.objects.only("case_id", "finding", "follow_up_at", "answered_at")),
    Prefetch("corrections", Correction.objects.only("case_id")),
    Prefetch(
        "ledger_entries",
        LedgerEntry.objects.filter(refusal=RefusalKind.POLICY).only("case_id", "action"),
    ),
)


def received_in(quarters: Iterable[Quarter]) -> Q:
    inside = Q(pk__in=[])
    for quarter in quarters:
        inside |= Q(received_at__gte=quarter.starts_at, received_at__lt=quarter.ends_at)
    return inside


def counted_cases(quarters: Iterable[Quarter]) -> list[AssistanceRequest]:
    """Requests received in these quarters that enter totals: no exercises, no abandoned intakes."""
    return list(
        AssistanceRequest.objects.counted()
        .filter(received_in(quarters))
        .select_related("dispatch", "field_outcome")
        .only(*CASE_COLUMNS)
        .order_by("pk")
        .prefetch_related(*ROWS)
    )
