"""What the conduct figures of a quarter rest on, as plain JSON: one row for each request, and no more.

A row holds what the agency did: codes, counts, whole minutes, yes and no. No person, place, time of day or
word that somebody typed is read here. `requests_app/figures.py` derives every figure from these rows again,
without Django and without this package, so that anyone can.
"""

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from requests_app.models import AssistanceRequest, Deviation, Release
from requests_app.policy import Dispatch as DispatchAllowed
from requests_app.statistics._records import CASE_COLUMNS, ROWS, received_in
from requests_app.statistics.conduct import Conduct
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import Status

Row = dict[str, Any]

MINUTE = timedelta(minutes=1)
REPORTED = ("local_arrests", "citations", "handed_to_federal", "federal_arrests_seen", "officer_minutes")


def rows_of(quarter: Quarter, *, numbered: bool = True) -> Row:
    """Everything that the figures of this quarter are made of.

    Without the requests' numbers the rows are in no order of time: who knows one request does not find it
    by its place.
    """
    cases = [row_of(case) for case in _loaded(counted_in(quarter))]
    late = Deviation.objects.filter(quarter=str(quarter), stands=True).values_list("kind", flat=True)
    return {
        "quarter": str(quarter),
        "releases": Release.objects.filter(quarter=str(quarter)).count(),
        "late": sorted(late),
        "cases": cases if numbered else without_numbers(cases),
        "beside": _beside(quarter, numbered=numbered),
    }


def row_of_case(case_id: int) -> Row:
    """One request's row, whether it enters totals or not."""
    return row_of(_loaded(AssistanceRequest.objects.filter(pk=case_id))[0])


def figures_of(conduct: Conduct) -> Row:
    """The figures as plain JSON: codes as text, and whole numbers, so nothing is rounded."""
    return {
        name: str(value) if isinstance(value, Quarter) else _plain(value)
        for name, value in vars(conduct).items()
    }


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {name: _plain(part) for name, part in vars(value).items()}
    if isinstance(value, Mapping):
        return {str(code): _plain(part) for code, part in value.items()}
    return value


# --- which requests ---------------------------------------------------------------------------


def counted_in(quarter: Quarter) -> QuerySet[AssistanceRequest]:
    return AssistanceRequest.objects.counted().filter(received_in([quarter]))


def _left_out_of(quarter: Quarter) -> QuerySet[AssistanceRequest]:
    """What the totals leave out, and what was entered in this quarter about earlier ones."""
    left_out = Q(is_exercise=True) | Q(status__in=[Status.ABANDONED, Status.INTAKE])
    found = Q(entered_at__gte=quarter.starts_at, entered_at__lt=quarter.ends_at, is_exercise=False)
    earlier = found & Q(received_at__lt=quarter.starts_at, logged_at__isnull=False)
    return AssistanceRequest.objects.filter((received_in([quarter]) & left_out) | earlier)


def _loaded(cases: QuerySet[AssistanceRequest]) -> list[AssistanceRequest]:
    """With the rows that belong to them: a fixed number of queries."""
    return list(
        cases.select_related("dispatch", "field_outcome")
        .only("number", *CASE_COLUMNS)
        .order_by("pk")
        .prefetch_related(*ROWS)
    )


def _beside(quarter: Quarter, *, numbered: bool) -> list[Row]:
    columns = ("number", "is_exercise", "logged_at", "status", "received_at")
    rows: list[Row] = [
        {
            "number": case.number,
            "exercise": case.is_exercise,
            "logged": case.logged_at is not None,
            "status": case.status,
            "of_earlier_quarter": case.received_at < quarter.starts_at,
        }
        for case in _left_out_of(quarter).only(*columns).order_by("pk")
    ]
    return rows if numbered else without_numbers(rows)


def without_numbers(rows: list[Row]) -> list[Row]:
    """The rows with a running number each, ordered by what they say."""
    bare = [{name: value for name, value in row.items() if name != "number"} for row in rows]
    ordered = sorted(bare, key=lambda row: json.dumps(row, sort_keys=True))
    return [{"number": place, **row} for place, row in enumerate(ordered, 1)]


# --- one request ------------------------------------------------------------------------------


def row_of(case: AssistanceRequest) -> Row:
    """The row of a request that was loaded with its rows."""
    return {
        "number": case.number,
        "status": case.status,
        "direction": case.direction,
        "component": case.component,
        "channel": case.channel,
        "discovered_by": case.discovered_by,
        "entered_after_quarter": Quarter.containing(case.entered_at) > Quarter.containing(case.received_at),
        "types_at_intake": case.types_at_intake,
        "types_by_commander": case.types_by_commander,
        "types_by_review": case.types_by_review,
        "review_wanted": case.review_due_at is not None,
        **_decided(case),
        **_went(case),
        **_looked_at(case),
    }


def _decided(case: AssistanceRequest) -> Row:
    sent_at = case.dispatch.dispatched_at if hasattr(case, "dispatch") else None
    return {
        "decisions": [
            {
                "outcome": decision.outcome,
                "grounds": decision.grounds,
                "main_ground": decision.primary_ground,
                "reason": decision.reason_code,
                "minutes": _minutes(decision.decided_at, case),
                "officers_may_go_first": decision.verdict["dispatch"] == DispatchAllowed.MAY_PRECEDE_DECISION,
                # The order of two moments, because whole minutes do not show it.
                "before_officers_went": sent_at is not None and decision.decided_at <= sent_at,
            }
            for decision in case.decisions.all()
        ],
        "calls": [
            {"recorded": call.recorded, "minutes": _minutes(call.started_at, case)}
            for call in case.calls.all()
        ],
        "papers": [
            {
                "claimed": paper.claimed_class,
                "confirmed": paper.confirmed_class,
                "confirmation": paper.confirmation,
                "matches": paper.matches_subject,
            }
            for paper in case.documents.all()
        ],
    }


def _went(case: AssistanceRequest) -> Row:
    dispatch = getattr(case, "dispatch", None)
    report = getattr(case, "field_outcome", None)
    sent = dispatch and {
        "officers": dispatch.officers,
        "commander_came": dispatch.commander_arrived_at is not None,
    }
    reported = report and {
        "actions": report.actions_taken,
        **{name: getattr(report, name) for name in REPORTED},
    }
    return {"dispatch": sent, "report": reported}


def _looked_at(case: AssistanceRequest) -> Row:
    return {
        "deviations": [
            {"kind": deviation.kind, "explained": deviation.explained_at is not None}
            for deviation in case.deviations.all()
        ],
        "reviews": [
            {
                "finding": review.finding,
                "asked": review.follow_up_at is not None,
                "answered": review.answered_at is not None,
            }
            for review in case.reviews.all()
        ],
        "corrections": len(case.corrections.all()),
        "blocked": [entry.action for entry in case.ledger_entries.all()],
    }


def _minutes(moment: datetime, case: AssistanceRequest) -> int:
    """From the request on. A minute that has begun counts; what came before the request is at none."""
    return -(-max(moment - case.received_at, timedelta()) // MINUTE)
