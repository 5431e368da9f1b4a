"""Accounts and roles, to read: what lets somebody in takes two people, and has pages of its own.

Kept here are the name, the address and the last day of an account.
"""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app import ledger
from requests_app.access import person
from requests_app.admin._recorded import RecordedAdmin, RecordedForm, moment_field
from requests_app.models import RoleGrant, User
from requests_app.models._base import Revised
from requests_app.vocabulary import Action, Role

LAST_ADMINISTRATOR = "One administrator without a last day must remain. Give another person the role first."


def people() -> QuerySet[User]:
    """Accounts of persons; the register's own is not among them."""
    return User.objects.filter(is_system=False)


def holders_of(role: Role) -> QuerySet[User]:
    """Active people who hold the role now."""
    held = RoleGrant.objects.in_effect().filter(role=role)
    return people().filter(is_active=True, pk__in=held.values("user"))


# --- accounts ---------------------------------------------------------------------------------


class AccountForm(RecordedForm):
    """An account that has ended is let in again by two people, not by a later date."""

    ends_at = moment_field("Ends", required=False, help_text="Louisville time. Empty means no end is set.")

    class Meta:
        model = User
        fields = ["display_name", "email", "ends_at"]

    def clean_ends_at(self) -> datetime | None:
        ends_at: datetime | None = self.cleaned_data["ends_at"]
        now, before = timezone.now(), self.instance.ends_at
        if ends_at == before:
            return ends_at
        if self.instance.is_active and before is not None and before <= now:
            raise ValidationError("This account has ended. Deactivate it first, then ask for its activation.")
        if ends_at is None:
            return None
        if ends_at <= now:
            raise ValidationError("This time is over. To end the account now, deactivate it.")
        lasting = holders_of(Role.ADMINISTRATOR).filter(ends_at__isnull=True).exclude(pk=self.instance.pk)
        if Role.ADMINISTRATOR in self.instance.roles and not lasting.exists():
            raise ValidationError(LAST_ADMINISTRATOR)
        return ends_at


class AccountAdmin(RecordedAdmin):
    act = Action.MANAGE_ACCOUNTS
    form = AccountForm
    fields = ["badge_number", "display_name", "email", "ends_at", "is_active", "held", "page", "why"]
    readonly_fields = ["badge_number", "is_active", "held", "page"]
    list_display = ["badge_number", "display_name", "email", "is_active", "ends_at", "held", "page"]
    list_filter = ["is_active"]
    search_fields = ["badge_number", "display_name"]
    ordering = ["badge_number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return people().prefetch_related("grants")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="Roles now")
    def held(self, account: User) -> str:
        now = timezone.now()
        grants = [one for one in account.grants.all() if one.approved_by_id and one.starts_at <= now]
        return ", ".join(Role(one.role).label for one in grants if one.ends_at is None or one.ends_at > now)

    @admin.display(description="Everything else")
    def page(self, account: User) -> SafeString:
        return _link_to(account)

    def save_model(self, request: HttpRequest, obj: Revised, form: Any, change: bool) -> None:
        """Only what was changed here is written: nobody who was deactivated meanwhile is let in again."""
        actor = person(request)
        ledger.set_actor(actor)
        obj._history_user = actor  # type: ignore[attr-defined]
        obj._change_reason = form.cleaned_data["why"]  # type: ignore[attr-defined]
        obj.save(update_fields=[name for name in form.changed_data if name != "why"])
        ledger.note_row(obj)

    def facts(self, account: User) -> dict[str, object]:
        ends_at = account.ends_at.isoformat() if account.ends_at else None
        return {"account": account.badge_number, "ends_at": ends_at}


# --- roles ------------------------------------------------------------------------------------


class RoleGrantAdmin(RecordedAdmin):
    """Who got which role from whom. To read; roles are proposed, confirmed and ended on the person's page."""

    act = Action.MANAGE_ACCOUNTS
    list_display = ["user", "role", "starts_at", "ends_at", "granted_by", "approved_by", "page"]
    list_filter = ["role"]
    search_fields = ["user__badge_number", "user__display_name"]
    list_select_related = ["user", "granted_by", "approved_by"]
    fields = ["user", "role", "starts_at", "ends_at", "granted_by", "approved_by", "reason", "page"]
    readonly_fields = ["page"]

    @admin.display(description="Change")
    def page(self, grant: RoleGrant) -> SafeString:
        return _link_to(grant.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RoleGrant | None = None) -> bool:
        return False


def _link_to(account: User) -> SafeString:
    address = reverse("requests_app:person", args=[account.badge_number])
    return format_html('<a href="{}">Open the page of {}</a>', address, account.badge_number)
