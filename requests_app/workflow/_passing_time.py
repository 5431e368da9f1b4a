"""Deviations that time alone brings about: which cases a job has to look at again.

Only candidates are read, each by one narrow query; `find_deviations` then writes down what is found.
"""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from requests_app import ledger
from requests_app.models import AssistanceRequest, CommanderCall, Decision, Deviation
from requests_app.querysets import NOW
from requests_app.vocabulary import (
    CallRecorded,
    DeviationKind,
    DiscoveredBy,
    EndorsementKind,
    Status,
    ThresholdKey,
)
from requests_app.workflow import _deviations
from requests_app.workflow._limits import Limits, read_limits


def deviating_by_now(*, limit: int) -> list[int]:
    """Ids of cases in which something is missing by now that was not a deviation before, oldest first."""
    limits, now = read_limits(), ledger.now()
    candidates: dict[int, AssistanceRequest] = {}
    for query in (_unanswered, _radio_unconfirmed, _reference_missing, _unreviewed):
        found = query(limits).select_related("evidence").prefetch_related("deviations").order_by("pk")
        candidates |= {case.pk: case for case in found[:limit]}
    return [
        pk
        for pk, case in sorted(candidates.items())
        if _deviations.find(case, now=now, limits=limits) - _standing(case)
    ][:limit]


def _standing(case: AssistanceRequest) -> set[DeviationKind]:
    return {DeviationKind(row.kind) for row in case.deviations.all() if row.stands}


def _without(kind: DeviationKind) -> "QuerySet[AssistanceRequest]":
    known = Deviation.objects.filter(case=OuterRef("pk"), kind=kind, stands=True)
    return AssistanceRequest.objects.exclude(status__in=[Status.INTAKE, Status.ABANDONED]).filter(
        ~Exists(known)
    )


def _unanswered(limits: Limits) -> "QuerySet[AssistanceRequest]":
    # The shorter limit finds ordinary requests too, a little early: the test itself decides.
    since = NOW - limits.get(ThresholdKey.ACKNOWLEDGE, emergency=True)
    return _without(DeviationKind.LATE_COMMANDER_CONTACT).filter(
        status=Status.WAITING,
        discovered_by=DiscoveredBy.LIVE,
        acknowledged_at__isnull=True,
        logged_at__lt=since,
    )


def _radio_unconfirmed(limits: Limits) -> "QuerySet[AssistanceRequest]":
    by_radio = Decision.objects.filter(
        ~Q(entered_by=F("decided_by")), decided_at__lt=NOW - limits.get(ThresholdKey.RADIO_CONFIRMATION)
    ).exclude(endorsements__kind=EndorsementKind.CONFIRMS_RADIO)
    return _without(DeviationKind.RADIO_DECISION_UNCONFIRMED).filter(
        Exists(by_radio.filter(case=OuterRef("pk")))
    )


def _reference_missing(limits: Limits) -> "QuerySet[AssistanceRequest]":
    calls = CommanderCall.objects.annotate(over_at=Coalesce("ended_at", "started_at")).filter(
        recorded=CallRecorded.YES,
        recorder_reference="",
        over_at__lt=NOW - limits.get(ThresholdKey.RECORDING),
    )
    return _without(DeviationKind.NOT_RECORDED).filter(Exists(calls.filter(case=OuterRef("pk"))))


def _unreviewed(limits: Limits) -> "QuerySet[AssistanceRequest]":
    return _without(DeviationKind.REVIEW_OVERDUE).filter(review_due_at__lt=NOW, reviews__isnull=True)
