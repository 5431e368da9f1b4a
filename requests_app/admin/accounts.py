"""Accounts and roles. People are deactivated, never deleted; a role is given by one administrator and
approved by another."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, SetPasswordMixin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app import ledger
from requests_app.access import person
from requests_app.admin._recorded import A_MOMENT, RecordedAdmin, RecordedForm, beginning_field, moment_field
from requests_app.forms._fields import TextField
from requests_app.models import RoleGrant, User
from requests_app.vocabulary import Action, Role


def people() -> QuerySet[User]:
    """Accounts of persons; the register's own is not among them."""
    return User.objects.filter(is_system=False)


def holders_of(role: Role) -> QuerySet[User]:
    """Active people who hold the role now."""
    held = RoleGrant.objects.in_effect().filter(role=role)
    return people().filter(is_active=True, pk__in=held.values("user"))


def is_last_administrator(account: User) -> bool:
    """Without this one, nobody could let anybody in."""
    return not holders_of(Role.ADMINISTRATOR).exclude(pk=account.pk).exists()


LAST_ADMINISTRATOR = "One active administrator must remain. Give another person the role first."


# --- accounts ---------------------------------------------------------------------------------


class AccountForm(RecordedForm):
    class Meta:
        model = User
        fields = ["display_name", "email", "is_active"]
        help_texts = {"is_active": "Take this away instead of deleting: the person can no longer sign in."}

    def clean_is_active(self) -> bool:
        stays: bool = self.cleaned_data["is_active"]
        if not stays and self.instance.is_active:
            if self.instance == self.actor:
                raise ValidationError("You cannot deactivate your own account.")
            if is_last_administrator(self.instance):
                raise ValidationError(LAST_ADMINISTRATOR)
        return stays


class NewAccountForm(SetPasswordMixin, RecordedForm):
    """The first password is set here; the person changes it after signing in."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        model = User
        fields = ["badge_number", "display_name", "email"]

    def clean_badge_number(self) -> str:
        return str(self.cleaned_data["badge_number"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.validate_passwords()
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> User:
        return self.set_password_and_save(super().save(commit=False), commit=commit)


class PasswordForm(AdminPasswordChangeForm):
    why = TextField(label="Why", max_length=500, help_text="Kept with this change in the ledger.")

    def save(self, commit: bool = True) -> User:
        self.user._change_reason = self.cleaned_data["why"]
        return super().save(commit=commit)


class AccountAdmin(RecordedAdmin, UserAdmin):
    act = Action.MANAGE_ACCOUNTS
    form = AccountForm
    add_form = NewAccountForm
    change_password_form = PasswordForm
    fields = ["badge_number", "display_name", "email", "is_active", "password_link", "why"]
    fieldsets = None
    add_fieldsets = [
        (None, {"fields": ["badge_number", "display_name", "email", "password1", "password2", "why"]})
    ]
    list_display = ["badge_number", "display_name", "email", "is_active", "held"]
    list_filter = ["is_active"]
    search_fields = ["badge_number", "display_name"]
    ordering = ["badge_number"]
    filter_horizontal = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return people().prefetch_related("grants")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return [(None, {"fields": self.fields})] if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return ["badge_number", "password_link"] if obj else []

    @admin.display(description="Password")
    def password_link(self, account: User) -> SafeString:
        address = reverse("admin:auth_user_password_change", args=[account.pk])
        return format_html('<a href="{}">Set a new password</a>', address)

    @admin.display(description="Roles now")
    def held(self, account: User) -> str:
        now = timezone.now()
        grants = [one for one in account.grants.all() if one.starts_at <= now]
        return ", ".join(Role(one.role).label for one in grants if one.ends_at is None or one.ends_at > now)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        with transaction.atomic():
            ledger.set_actor(person(request))
            return super().user_change_password(request, id, form_url)

    def facts(self, account: User) -> dict[str, object]:
        return {"account": account.badge_number, "active": account.is_active}


# --- roles ------------------------------------------------------------------------------------


class RoleGrantForm(RecordedForm):
    """Only a new grant has all of it; afterwards it can only be ended."""

    beside = {
        "rolegrant_approved_by_another": ("approved_by", ""),
        "rolegrant_ends_after_start": ("ends_at", ""),
        "rolegrant_one_open_grant": ("role", ""),
    }

    starts_at = beginning_field("Starts")
    ends_at = moment_field("Ends", required=False, help_text="Louisville time. Empty means no end is set.")

    class Meta:
        model = RoleGrant
        fields = ["user", "role", "starts_at", "ends_at", "approved_by"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.granted_by = self.actor
        if "user" in self.fields:
            self.fields["user"].queryset = people().filter(is_active=True)  # type: ignore[attr-defined]
        if "approved_by" in self.fields:
            self.fields["approved_by"].queryset = holders_of(  # type: ignore[attr-defined]
                Role.ADMINISTRATOR
            )

    def clean_ends_at(self) -> datetime | None:
        ends_at: datetime | None = self.cleaned_data["ends_at"]
        if ends_at is None or ends_at == self.instance.ends_at:
            return ends_at
        now = timezone.now()
        if ends_at < now - A_MOMENT:
            raise ValidationError("This time is over. A role ends now or later.")
        is_administrator = self.instance.pk and self.instance.role == Role.ADMINISTRATOR
        if is_administrator and is_last_administrator(self.instance.user):
            raise ValidationError(LAST_ADMINISTRATOR)
        return max(ends_at, now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk is None:
            self.instance.reason = cleaned.get("why", "")
            self._refuse_what_one_person_must_not_be(cleaned)
        return cleaned

    def _refuse_what_one_person_must_not_be(self, cleaned: dict[str, Any]) -> None:
        """Nobody approves their own role, and who keeps the accounts sees no case."""
        person, role = cleaned.get("user"), cleaned.get("role")
        if person is not None and person == cleaned.get("approved_by"):
            self.add_error("approved_by", "Nobody approves their own role. Choose another administrator.")
        if person is None or not role:
            return
        others = person.roles - {role}
        if others and Role.ADMINISTRATOR in {role, *others}:
            held = ", ".join(Role(other).label.lower() for other in sorted(others))
            self.add_error(
                "role",
                f"An administrator holds no other role: administrators see no case. This person is: {held}.",
            )


class RoleGrantAdmin(RecordedAdmin):
    act = Action.MANAGE_ACCOUNTS
    form = RoleGrantForm
    list_display = ["user", "role", "starts_at", "ends_at", "granted_by", "approved_by"]
    list_filter = ["role"]
    search_fields = ["user__badge_number", "user__display_name"]
    list_select_related = ["user", "granted_by", "approved_by"]
    fields = ["user", "role", "starts_at", "ends_at", "approved_by", "why"]

    def get_fields(self, request: HttpRequest, obj: RoleGrant | None = None) -> Any:
        if obj is None:
            return self.fields
        return ["user", "role", "starts_at", "granted_by", "approved_by", "reason", "ends_at", "why"]

    def get_readonly_fields(self, request: HttpRequest, obj: RoleGrant | None = None) -> Any:
        if obj is None:
            return []
        return ["user", "role", "starts_at", "granted_by", "approved_by", "reason"]

    def has_change_permission(self, request: HttpRequest, obj: RoleGrant | None = None) -> bool:
        """A grant that has ended is history."""
        over = obj is not None and obj.ends_at is not None and obj.ends_at <= timezone.now()
        return self.may(request) and not over

    def facts(self, grant: RoleGrant) -> dict[str, object]:
        return {
            "account": grant.user.badge_number,
            "role": grant.role,
            "approved_by": grant.approved_by.badge_number if grant.approved_by else None,
            "ends_at": grant.ends_at.isoformat() if grant.ends_at else None,
        }
