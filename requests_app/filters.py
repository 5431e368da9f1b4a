"""What narrows oversight's list of cases. The answers stand in the address, so a view can be passed on."""

from typing import Any

import django_filters
from crispy_forms.layout import Layout
from django import forms
from django.db.models import Max, Min, Q, QuerySet
from django.urls import reverse

from requests_app.forms._base import Buttons, Columns, FilterForm, Folded, LinkBack, Send, TextField
from requests_app.models import AssistanceRequest, Deviation, LedgerEntry, Review
from requests_app.querysets import NOW
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import (
    DECIDABLE_OUTCOMES,
    Action,
    Choice,
    Component,
    DeviationKind,
    Division,
    RefusalKind,
    RequestType,
    Status,
)

NUMBER_MAX_LENGTH = 12
UNDECIDED = "undecided"


class ReviewState(Choice):
    DUE = "due", "Due"
    OVERDUE = "overdue", "Overdue"
    DONE = "done", "Reviewed"


class Exercise(Choice):
    REAL = "real", "Requests only"
    EXERCISE = "exercise", "Exercises only"


class YesOrNo(Choice):
    YES = "yes", "Yes"
    NO = "no", "No"


class CaseFilterForm(FilterForm):
    """Four filters at hand, the others behind a line that opens when one of them is used."""

    def build_layout(self) -> Layout:
        return Layout(
            Columns("number", "status", "outcome", "review"),
            Folded(
                "More filters",
                Columns("quarter", "component", "request_type", "division"),
                Columns("deviation", "blocked", "corrected", "exercise"),
            ),
            Buttons(Send("Show"), LinkBack("Clear filters", reverse("requests_app:oversight"))),
        )


class NumberFilter(django_filters.Filter):
    field_class = TextField


def choice_filter(choice: type[Choice], **options: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(choices=choice.choices(), empty_label="Any", **options)


def outcome_choices() -> list[tuple[str, str]]:
    return [
        *((outcome.value, outcome.label) for outcome in DECIDABLE_OUTCOMES),
        (UNDECIDED, "No decision yet"),
    ]


def quarter_choices() -> list[tuple[str, str]]:
    """Every quarter from the first request to the last, the latest first."""
    bounds = AssistanceRequest.objects.aggregate(first=Min("received_at"), last=Max("received_at"))
    if bounds["first"] is None:
        return []
    quarter, last = Quarter.containing(bounds["first"]), Quarter.containing(bounds["last"])
    quarters = [quarter]
    while quarter < last:
        quarter = quarter.next
        quarters.append(quarter)
    return [(str(one), f"{one}, {one.label}") for one in reversed(quarters)]


class CaseFilter(django_filters.FilterSet):
    """Filters over `scrutiny.cases`, whose annotations some of them use."""

    number = NumberFilter(
        label="Number", lookup_expr="contains", max_length=NUMBER_MAX_LENGTH, help_text="All or part of it."
    )
    status = choice_filter(Status, label="Status")
    outcome = django_filters.ChoiceFilter(
        label="Decision", choices=outcome_choices, empty_label="Any", method="by_outcome"
    )
    review = choice_filter(ReviewState, label="Review", method="by_review")
    quarter = django_filters.ChoiceFilter(
        label="Quarter received", choices=quarter_choices, empty_label="Any", method="by_quarter"
    )
    component = choice_filter(Component, label="Who asks")
    request_type = choice_filter(RequestType, label="Asked for", method="by_request_type")
    division = choice_filter(Division, label="Division")
    deviation = choice_filter(DeviationKind, label="Deviation that stands", method="by_deviation")
    blocked = choice_filter(YesOrNo, label="Attempt blocked by policy", method="by_blocked")
    corrected = choice_filter(YesOrNo, label="Edited after the decision", method="by_corrected")
    exercise = choice_filter(Exercise, label="Exercises", method="by_exercise")

    class Meta:
        model = AssistanceRequest
        fields: list[str] = []
        form = CaseFilterForm

    def by_outcome(self, cases: QuerySet, name: str, value: str) -> QuerySet:
        return cases.filter(outcome__isnull=True) if value == UNDECIDED else cases.filter(outcome=value)

    def by_review(self, cases: QuerySet, name: str, value: str) -> QuerySet:
        reviewed = Review.objects.values("case")
        if value == ReviewState.DONE:
            return cases.filter(pk__in=reviewed)
        due = cases.filter(review_due_at__isnull=False).exclude(pk__in=reviewed)
        return due.filter(review_due_at__lt=NOW) if value == ReviewState.OVERDUE else due

    def by_quarter(self, cases: QuerySet, name: str, value: str) -> QuerySet:
        year, _, number = value.partition("-Q")
        quarter = Quarter(int(year), int(number))
        return cases.filter(received_at__gte=quarter.starts_at, received_at__lt=quarter.ends_at)

    def by_request_type(self, cases: QuerySet, name: str, value: str) -> QuerySet:
        """In any of the three classifications: the first is often wrong."""
        return cases.filter(
            Q(types_at_intake__contains=[value])
            | Q(types_by_commander__contains=[value])
            | Q(types_by_review__contains=[value])
        )

    def by_deviation(self, cases: QuerySet, name: str, value: str) -> QuerySet:
        return cases.filter(deviations__kind=value, deviations__stands=True)

    def by_blocked(self, cases: QuerySet, name: str, value: str) -> QuerySet:
        return cases.filter(has_blocked_attempt=value == YesOrNo.YES)

    def by_corrected(self, cases: QuerySet, name: str, value: str) -> QuerySet:
        return cases.filter(is_corrected=value == YesOrNo.YES)

    def by_exercise(self, cases: QuerySet, name: str, value: str) -> QuerySet:
        return cases.filter(is_exercise=value == Exercise.EXERCISE)


# --- refusals and deviations ------------------------------------------------------------------


class RefusalTab(Choice):
    """What policy blocked comes first; the rest is mostly two people at one case."""

    POLICY = "policy", RefusalKind.POLICY.label
    FORBIDDEN = "forbidden", RefusalKind.FORBIDDEN.label
    ILLEGAL = "illegal", RefusalKind.ILLEGAL.label
    STALE = "stale", RefusalKind.STALE.label
    ALL = "all", "All"


class DeviationTab(Choice):
    UNEXPLAINED = "unexplained", "Unexplained"
    EXPLAINED = "explained", "Explained"
    REMOVED = "removed", "Removed by a correction"
    ALL = "all", "All"


class TabbedForm(FilterForm):
    """One question beside the tabs, whose choice it carries along."""

    def build_layout(self) -> Layout:
        asked = [field.name for field in self.visible_fields()]
        return Layout(Columns(*asked), Buttons(Send("Show")))


class RefusalFilter(django_filters.FilterSet):
    tab = choice_filter(RefusalTab, method="by_tab", widget=forms.HiddenInput)
    act = choice_filter(Action, label="What was tried", field_name="action")

    class Meta:
        model = LedgerEntry
        fields: list[str] = []
        form = TabbedForm

    def by_tab(self, refusals: QuerySet, name: str, value: str) -> QuerySet:
        return refusals if value == RefusalTab.ALL else refusals.filter(refusal=value)


class DeviationFilter(django_filters.FilterSet):
    tab = choice_filter(DeviationTab, method="by_tab", widget=forms.HiddenInput)
    kind = choice_filter(DeviationKind, label="Kind")

    class Meta:
        model = Deviation
        fields: list[str] = []
        form = TabbedForm

    def by_tab(self, deviations: QuerySet, name: str, value: str) -> QuerySet:
        if value == DeviationTab.UNEXPLAINED:
            return deviations.filter(stands=True, explanation="")
        if value == DeviationTab.EXPLAINED:
            return deviations.filter(stands=True).exclude(explanation="")
        return deviations.filter(stands=False) if value == DeviationTab.REMOVED else deviations
