"""The duty roster, the time limits, the numbers to call back, and the policy in force."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from requests_app.admin._recorded import RecordedAdmin, RecordedForm, beginning_field, moment_field
from requests_app.admin.accounts import holders_of
from requests_app.forms._fields import count_field
from requests_app.models import DirectoryNumber, PolicyInForce, RosterEntry, Threshold, User
from requests_app.policy import load_version, versions
from requests_app.vocabulary import Action, Role

MOST_MINUTES = 366 * 24 * 60


# --- the roster -------------------------------------------------------------------------------


class RosterEntryForm(RecordedForm):
    beside = {
        "rosterentry_ends_after_start": ("ends_at", ""),
        "rosterentry_order_is_positive": ("escalation_order", ""),
        "rosterentry_one_start": (
            "starts_at",
            "This officer has a turn of duty that starts then. Change or cancel that one.",
        ),
    }

    starts_at = moment_field("Starts", help_text="Louisville time.")
    ends_at = moment_field("Ends", help_text="Louisville time.")
    escalation_order = count_field(
        label="Order of escalation", min_value=1, max_value=9, required=True, help_text="1 is paged first."
    )

    class Meta:
        model = RosterEntry
        fields = ["officer", "starts_at", "ends_at", "escalation_order", "cancelled"]
        help_texts = {"cancelled": "Instead of deleting: a cancelled turn of duty is not paged."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Active commanding officers; who stands in an old entry stays, so that it can be cancelled."""
        super().__init__(*args, **kwargs)
        able = holders_of(Role.COMMANDING_OFFICER).values("pk")
        self.fields["officer"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            Q(pk__in=able) | Q(pk=self.instance.officer_id)
        )


class RosterEntryAdmin(RecordedAdmin):
    act = Action.MANAGE_ROSTER
    form = RosterEntryForm
    list_display = ["officer", "starts_at", "ends_at", "escalation_order", "cancelled"]
    list_filter = ["cancelled", "escalation_order"]
    list_select_related = ["officer"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at", "escalation_order"]
    fields = ["officer", "starts_at", "ends_at", "escalation_order", "cancelled", "why"]

    def facts(self, entry: RosterEntry) -> dict[str, object]:
        return {
            "officer": entry.officer.badge_number,
            "starts_at": entry.starts_at.isoformat(),
            "ends_at": entry.ends_at.isoformat(),
            "order": entry.escalation_order,
            "cancelled": entry.cancelled,
        }


# --- time limits ------------------------------------------------------------------------------


class ThresholdForm(RecordedForm):
    beside = {"threshold_emergency_is_shorter": ("emergency_minutes", "")}

    minutes = count_field(label="Minutes", min_value=1, max_value=MOST_MINUTES, required=True)
    emergency_minutes = count_field(
        label="Minutes when there is danger", min_value=1, max_value=MOST_MINUTES, required=True
    )

    class Meta:
        model = Threshold
        fields = ["minutes", "emergency_minutes"]


class ThresholdAdmin(RecordedAdmin):
    """The limits are a closed list; only their minutes are the department's to set."""

    act = Action.MANAGE_REFERENCE
    form = ThresholdForm
    list_display = ["key", "minutes", "emergency_minutes"]
    fields = ["key", "minutes", "emergency_minutes", "why"]
    readonly_fields = ["key"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def facts(self, threshold: Threshold) -> dict[str, object]:
        return self.public_facts(threshold)

    def public_facts(self, threshold: Threshold) -> dict[str, object]:
        return {
            "threshold": threshold.key,
            "minutes": threshold.minutes,
            "emergency_minutes": threshold.emergency_minutes,
        }


# --- numbers to call back ---------------------------------------------------------------------


class DirectoryNumberForm(RecordedForm):
    beside = {
        "directorynumber_one_for_each_office": (
            "office",
            "This office has a number in use. Take that one out of use first.",
        )
    }

    class Meta:
        model = DirectoryNumber
        fields = ["component", "office", "number", "in_use"]
        help_texts = {"in_use": "Take this away instead of deleting the number."}


class DirectoryNumberAdmin(RecordedAdmin):
    act = Action.MANAGE_REFERENCE
    form = DirectoryNumberForm
    list_display = ["component", "office", "number", "in_use"]
    list_filter = ["in_use", "component"]
    search_fields = ["office", "number"]
    fields = ["component", "office", "number", "in_use", "why"]


# --- the policy in force ----------------------------------------------------------------------


def version_choices() -> list[tuple[str, str]]:
    return [(version, f"{version}: {load_version(version).title}") for version in versions()]


class PolicyInForceForm(RecordedForm):
    beside = {
        "policyinforce_one_at_a_time": (
            "in_force_from",
            "Another version comes into force at this very time.",
        )
    }

    version = forms.ChoiceField(label="Version", choices=version_choices)
    in_force_from = beginning_field("In force from")
    confirmed = forms.BooleanField(
        label="I know that counsel has not confirmed this reading",
        required=False,
        help_text="Asked only for a version whose reading is not confirmed.",
    )

    class Meta:
        model = PolicyInForce
        fields = ["version", "in_force_from"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        version = cleaned.get("version")
        if version is None:
            return cleaned
        policy = load_version(version)
        if policy.notice and not cleaned.get("confirmed"):
            self.add_error("confirmed", f"{policy.status}. {policy.notice} Tick this to go on all the same.")
        self.instance.sha256 = policy.sha256
        self.instance.reason = cleaned.get("why", "")
        return cleaned


class PolicyInForceAdmin(RecordedAdmin):
    """What was in force stays in the record: to go back, put the other version in force."""

    act = Action.MANAGE_REFERENCE
    form = PolicyInForceForm
    list_display = ["version", "reading", "in_force_from", "reason"]
    fields = ["version", "in_force_from", "confirmed", "why"]

    def has_change_permission(self, request: HttpRequest, obj: PolicyInForce | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: PolicyInForce | None = None) -> Any:
        return ["version", "reading", "sha256", "in_force_from", "reason"] if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: PolicyInForce | None = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    @admin.display(description="Reading")
    def reading(self, row: PolicyInForce) -> str:
        return load_version(row.version).status

    def response_add(
        self, request: HttpRequest, obj: PolicyInForce, post_url_continue: str | None = None
    ) -> HttpResponse:
        notice = load_version(obj.version).notice
        if notice:
            messages.warning(request, notice)
        return super().response_add(request, obj, post_url_continue)

    def facts(self, row: PolicyInForce) -> dict[str, object]:
        return {**self.public_facts(row), "in_force_from": row.in_force_from.isoformat()}

    def public_facts(self, row: PolicyInForce) -> dict[str, object]:
        return {"policy_version": row.version, "policy_sha256": row.sha256}
