"""The registers of cases, for oversight to read. Nothing here writes, whoever asks.

Restricted fields, private parts of the ledger and their salts are not registered at all.
"""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app import permissions
from requests_app.access import person
from requests_app.models import (
    AssistanceRequest,
    CallsForService,
    CommanderCall,
    Correction,
    Decision,
    Deviation,
    Dispatch,
    Document,
    Endorsement,
    Evidence,
    FieldOutcome,
    FrozenQuarter,
    LedgerEntry,
    Page,
    Release,
    Review,
)
from requests_app.timeline import in_words, label_of
from requests_app.vocabulary import Action

NOT_SHOWN = frozenset({"id", "revision", "case"})


def in_the_words_of_the_pages(column: models.Field) -> Callable[[models.Model], str]:
    """A column as the case page shows it: labels for codes, local time with its zone, names without links."""

    @admin.display(description=label_of(column.model, column.name))
    def shown(row: models.Model) -> str:
        value = getattr(row, column.name)
        if isinstance(column, models.ForeignKey):
            return str(value) if value is not None else ""
        return in_words(column, value, {})

    return shown


def in_full(model: type[models.Model]) -> tuple[Callable[[models.Model], str], ...]:
    """All columns that are text, codes, numbers or times."""
    return tuple(
        in_the_words_of_the_pages(column)
        for column in model._meta.concrete_fields
        if column.name not in NOT_SHOWN and not isinstance(column, models.BinaryField | models.JSONField)
    )


class CaseRegister(admin.ModelAdmin):
    """Rows of the cases that this person may see, each with a link to the real page."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    # Where the case of a row is found.
    case_path = "case"

    def __init__(self, model: type[Any], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.columns = in_full(model)

    def may(self, request: HttpRequest) -> bool:
        return permissions.allows(person(request).roles, Action.SEE_OVERSIGHT)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = AssistanceRequest.objects.visible_to(person(request))
        return super().get_queryset(request).filter(**{f"{self.case_path}__in": visible})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["page", *self.columns]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    @admin.display(description="On the register")
    def page(self, row: Any) -> SafeString | str:
        case = row if isinstance(row, AssistanceRequest) else getattr(row, "case", None)
        if case is None:
            return "No request"
        address = reverse("requests_app:request_detail", args=[case.public_id])
        return format_html('<a href="{}">Open {}</a>', address, case.number)


class AssistanceRequestRegister(CaseRegister):
    case_path = "pk"
    list_display = ["number", "status", "component", "received_at", "is_exercise", "page"]
    list_filter = ["status", "component", "is_exercise"]
    search_fields = ["number"]
    ordering = ["-received_at", "-id"]


class PartRegister(CaseRegister):
    """A table that belongs to a case."""

    search_fields = ["case__number"]
    list_select_related = ["case"]


class EvidenceRegister(PartRegister):
    list_display = ["case", "verification", "crime_status", "danger_level", "page"]


class DocumentRegister(PartRegister):
    list_display = ["case", "claimed_class", "confirmed_class", "confirmation", "page"]


class PageRegister(PartRegister):
    list_display = ["case", "officer", "order", "paged_at", "acknowledged_at", "page"]
    list_select_related = ["case", "officer"]


class CommanderCallRegister(PartRegister):
    list_display = ["case", "commander", "started_at", "recorded", "page"]
    list_select_related = ["case", "commander"]


class DecisionRegister(PartRegister):
    list_display = ["case", "sequence", "outcome", "decided_by", "decided_at", "policy_version", "page"]
    list_filter = ["outcome", "policy_version"]
    list_select_related = ["case", "decided_by"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "facts_judged", "verdict_given"]

    @admin.display(description="Facts judged")
    def facts_judged(self, decision: Decision) -> SafeString:
        return as_text(decision.facts)

    @admin.display(description="Verdict")
    def verdict_given(self, decision: Decision) -> SafeString:
        return as_text(decision.verdict)


class EndorsementRegister(CaseRegister):
    case_path = "decision__case"
    list_display = ["decision", "kind", "officer", "occurred_at", "page"]
    list_select_related = ["decision__case", "officer"]
    search_fields = ["decision__case__number"]

    @admin.display(description="On the register")
    def page(self, row: Endorsement) -> SafeString | str:
        return super().page(row.decision)


class DispatchRegister(PartRegister):
    list_display = ["case", "dispatched_at", "officers", "commander", "commander_arrived_at", "page"]
    list_select_related = ["case", "commander"]


class FieldOutcomeRegister(PartRegister):
    list_display = ["case", "reported_by", "occurred_at", "page"]
    list_select_related = ["case", "reported_by"]


class CorrectionRegister(PartRegister):
    list_display = ["case", "field", "corrected_by", "entered_at", "page"]
    list_select_related = ["case", "corrected_by"]


class ReviewRegister(PartRegister):
    list_display = ["case", "finding", "reviewer", "entered_at", "page"]
    list_filter = ["finding"]
    list_select_related = ["case", "reviewer"]


class PerhapsOfNoCase(PartRegister):
    """Rows of a case, or of none: then they are oversight's all the same."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = AssistanceRequest.objects.visible_to(person(request))
        rows = admin.ModelAdmin.get_queryset(self, request)
        return rows.filter(models.Q(case__isnull=True) | models.Q(case__in=visible))


class DeviationRegister(PerhapsOfNoCase):
    list_display = ["__str__", "kind", "found_at", "stands", "page"]
    list_filter = ["stands", "kind"]


class LedgerEntryRegister(PerhapsOfNoCase):
    """The public part of each entry; the private part and the salts stay where they are."""

    list_display = ["id", "action", "refusal", "actor", "case", "entered_at", "page"]
    list_filter = ["refusal"]
    list_select_related = ["case", "actor"]
    ordering = ["-id"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "public_part", "leaf_in_hex"]

    @admin.display(description="Public part")
    def public_part(self, entry: LedgerEntry) -> SafeString:
        return as_text(entry.public)

    @admin.display(description="Leaf")
    def leaf_in_hex(self, entry: LedgerEntry) -> str:
        return bytes(entry.leaf).hex()


class QuarterRegister(CaseRegister):
    """Rows that belong to a quarter, and to no request."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return admin.ModelAdmin.get_queryset(self, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for name in super().get_fields(request, obj) if name != "page"]


class ReleaseRegister(QuarterRegister):
    list_display = ["quarter", "number", "released_by", "entered_at"]


class FrozenQuarterRegister(QuarterRegister):
    """Who froze what; the document itself has a page among those of oversight."""

    list_display = ["quarter", "number", "reason", "frozen_by", "entered_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("document", "numbers")


class CallsForServiceRegister(QuarterRegister):
    list_display = ["quarter", "calls", "source", "entered_by", "entered_at"]


def as_text(content: object) -> SafeString:
    return format_html("<pre>{}</pre>", json.dumps(content, indent=2, ensure_ascii=False))


REGISTERS: dict[type[models.Model], type[CaseRegister]] = {
    AssistanceRequest: AssistanceRequestRegister,
    Evidence: EvidenceRegister,
    Document: DocumentRegister,
    Page: PageRegister,
    CommanderCall: CommanderCallRegister,
    Decision: DecisionRegister,
    Endorsement: EndorsementRegister,
    Dispatch: DispatchRegister,
    FieldOutcome: FieldOutcomeRegister,
    Deviation: DeviationRegister,
    Review: ReviewRegister,
    Correction: CorrectionRegister,
    LedgerEntry: LedgerEntryRegister,
    FrozenQuarter: FrozenQuarterRegister,
    Release: ReleaseRegister,
    CallsForService: CallsForServiceRegister,
}
