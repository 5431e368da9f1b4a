"""Forms of what administrators do with accounts, and of who unlocks a colleague.

They clean and lay out; `accounts` does the rest, and says what is not possible.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils import timezone

from requests_app import accounts
from requests_app.forms._base import (
    Buttons,
    Columns,
    FilterForm,
    GuardedForm,
    LocalDateTimeField,
    Send,
    TextField,
    choice_field,
    reason_field,
)
from requests_app.forms._layout import ButtonLook
from requests_app.models import RoleGrant, SignInLock, User
from requests_app.vocabulary import Action, Role

MAX_LENGTH = 500
FIRST_TRAINING = date(2017, 9, 22)  # the policy of this day asks for it


class PersonForm(GuardedForm):
    """One act on one account.

    `notice` says what it does, for a person who does it rarely; `done` what is so afterwards. With
    `is_weighty` it wants a fresh second factor.
    """

    act: ClassVar[Action]
    notice: ClassVar[str] = ""
    done: ClassVar[str] = ""
    is_weighty: ClassVar[bool] = False
    is_dangerous: ClassVar[bool] = False

    def __init__(self, *args: Any, account: User | None, asked: Mapping[str, str], **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)
        self.be_about(asked)

    def be_about(self, asked: Mapping[str, str]) -> None:
        """What the address says beyond the person: which role, which step."""

    @property
    def subject(self) -> object:
        """What the act is done to."""
        return self.account

    def given(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def refuse(self, message: str) -> None:
        self.add_error(None, ValidationError(message))

    def build_layout(self) -> Layout:
        look: ButtonLook = "danger" if self.is_dangerous else "primary"
        names = (field.name for field in self.visible_fields())
        return Layout(*names, Buttons(Send(self.submit_label, look=look)))


class _OfSeveral(PersonForm):
    """An act on one of the account's steps or grants. The address says which by its code; the form by key."""

    which = forms.ChoiceField(
        widget=forms.HiddenInput,
        error_messages={"required": "This was settled meanwhile.", "invalid_choice": "There is no such row."},
    )
    code_column: ClassVar[str]

    def rows(self) -> QuerySet[Any]:
        """Every row that the act could ever have been about."""
        raise NotImplementedError

    def open_rows(self) -> Iterable[Any]:
        """Those it can be about now."""
        raise NotImplementedError

    def be_about(self, asked: Mapping[str, str]) -> None:
        self.found: dict[str, Model] = {str(row.pk): row for row in self.rows()}
        field = self.fields["which"]
        field.choices = [(key, key) for key in self.found]  # type: ignore[attr-defined]
        code = asked.get("which", "")
        first = next((row for row in self.open_rows() if not code or code == self.code_of(row)), None)
        field.initial = str(first.pk) if first is not None else ""

    def code_of(self, row: Any) -> str:
        return str(getattr(row, self.code_column))

    @property
    def chosen(self) -> Any:
        """The row that the page is about; None when there is none any more."""
        return self.found.get(str(self["which"].value()))

    @property
    def subject(self) -> object:
        return self.found[self.cleaned_data["which"]]

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in super().given().items() if name != "which"}


# --- an account's life --------------------------------------------------------------------------


class CreateForm(PersonForm):
    act = Action.CREATE_ACCOUNT
    notice = "The account opens nothing until another administrator activates it."
    done = "The account is made. Another administrator must activate it."
    submit_label = "Create account"

    badge_number = TextField(
        label="Badge number",
        max_length=20,
        help_text="2 to 20 letters, digits or hyphens. It is never given to another person.",
    )
    display_name = TextField(label="Name", max_length=80)
    email = forms.EmailField(
        label="E-mail",
        required=False,
        max_length=254,
        help_text="Pages to an officer are sent here.",
        error_messages={"invalid": "Enter an address like name@lmpd.example, or nothing."},
    )
    ends_at = LocalDateTimeField(
        label="Ends",
        required=False,
        help_text="Louisville time. Only for a temporary account; empty means no end is set.",
    )
    reason = reason_field(label="Why", max_length=MAX_LENGTH)

    def clean_badge_number(self) -> str:
        badge: str = self.cleaned_data["badge_number"].upper()
        field = User._meta.get_field("badge_number")
        for check in field.validators:
            check(badge)
        return badge

    def clean_ends_at(self) -> datetime | None:
        return _later_than_now(self.cleaned_data["ends_at"], "An account ends later than now.")


class ProposeActivationForm(PersonForm):
    act = Action.PROPOSE_ACTIVATION
    notice = "Another administrator confirms it and hands the enrolment link over."
    done = "Asked for. Another administrator must confirm it."
    is_weighty = True
    submit_label = "Ask for activation"

    reason = reason_field(label="Why", max_length=MAX_LENGTH)


class ProposeResetForm(PersonForm):
    act = Action.PROPOSE_RESET
    notice = (
        "For a person who lost password or second factor. They must be before you, with their badge. Once"
        " another administrator confirms, password and factors are gone and the person enrols anew."
    )
    done = "Asked for. Another administrator must confirm it."
    is_weighty = True
    submit_label = "Ask for a sign-in reset"

    reason = reason_field(
        label="How the person showed who they are",
        max_length=MAX_LENGTH,
        help_text="Where you met, and what you looked at.",
    )


class _StepForm(_OfSeveral):
    code_column = "kind"

    def rows(self) -> QuerySet[Any]:
        if self.account is None:
            raise TypeError("A step is always somebody's.")
        return self.account.steps.select_related("proposed_by")

    def open_rows(self) -> Iterable[Any]:
        return [row for row in self.found.values() if row.is_open]  # type: ignore[attr-defined]


class ConfirmStepForm(_StepForm):
    act = Action.CONFIRM_STEP
    notice = (
        "You answer for this as much as who asked. You give no password: you are shown a link, once, for the"
        " person to set their own."
    )
    is_weighty = True
    submit_label = "Confirm"


class WithdrawStepForm(_StepForm):
    act = Action.WITHDRAW_STEP
    done = "Taken back."
    submit_label = "Take back"

    reason = reason_field(label="Why", max_length=MAX_LENGTH)


class DeactivateForm(PersonForm):
    act = Action.DEACTIVATE
    notice = "The person is out with their next press, in every session. Nothing of what they did is touched."
    done = "The account is deactivated and its sessions are ended."
    submit_label = "Deactivate now"
    is_dangerous = True

    reason = reason_field(label="Why", max_length=MAX_LENGTH)


class NewEnrolmentLinkForm(PersonForm):
    act = Action.NEW_ENROLMENT_LINK
    notice = "For a person who has not set a password yet. The link before stops working."
    is_weighty = True
    submit_label = "Make a new link"

    reason = reason_field(label="Why", max_length=MAX_LENGTH)


# --- roles --------------------------------------------------------------------------------------


class ProposeRoleForm(PersonForm):
    act = Action.PROPOSE_ROLE
    notice = "The role holds once another administrator confirms it."
    done = "Proposed. Another administrator must confirm the role."
    is_weighty = True
    submit_label = "Propose role"

    role = choice_field(Role, label="Role", meanings=True)
    ends_at = LocalDateTimeField(
        label="Until", required=False, help_text="Louisville time. Empty means no end is set."
    )
    reason = reason_field(label="Why", max_length=MAX_LENGTH)

    def clean_ends_at(self) -> datetime | None:
        return _later_than_now(self.cleaned_data["ends_at"], "A role ends later than now.")


class _GrantForm(_OfSeveral):
    code_column = "role"

    def rows(self) -> QuerySet[RoleGrant]:
        if self.account is None:
            raise TypeError("A role is always somebody's.")
        return self.account.grants.select_related("granted_by", "approved_by", "user").order_by("-pk")


class ConfirmRoleForm(_GrantForm):
    act = Action.CONFIRM_ROLE
    notice = "You answer for this as much as who proposed it. The role holds from now."
    done = "The role is confirmed and holds from now."
    is_weighty = True
    submit_label = "Confirm role"

    def open_rows(self) -> Iterable[Any]:
        return accounts.proposed_roles().filter(user=self.account)


class EndRoleForm(_GrantForm):
    act = Action.END_ROLE
    notice = "It counts from the person’s next press. A proposed role is turned down the same way."
    done = "The role has ended."
    is_weighty = True
    is_dangerous = True
    submit_label = "End role"

    reason = reason_field(label="Why", max_length=MAX_LENGTH)

    def open_rows(self) -> Iterable[Any]:
        now = timezone.now()
        return [row for row in self.found.values() if row.ends_at is None or row.ends_at > now]  # type: ignore[attr-defined]

    def code_of(self, row: Any) -> str:
        """A role that is held and one that is proposed anew may stand beside each other."""
        return f"proposed-{row.role}" if row.approved_by_id is None else str(row.role)


class ReviewRolesForm(PersonForm):
    act = Action.REVIEW_ROLES
    notice = "Once a year: does the person still need each of these roles? End first what is not needed."
    done = "The review is recorded."
    submit_label = "Record the review"

    remark = reason_field(label="Why the person still needs these roles", max_length=MAX_LENGTH)


class RecordTrainingForm(PersonForm):
    act = Action.RECORD_TRAINING
    notice = "Trained to contact a commanding officer. Nobody is kept from logging a call for want of it."
    done = "The training is recorded."
    submit_label = "Record training"

    trained_on = forms.DateField(
        label="Day of the training",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a date that exists, like 2026-11-22."},
    )
    trained_by = TextField(label="Trained by", max_length=80)

    def clean_trained_on(self) -> date:
        day: date = self.cleaned_data["trained_on"]
        if day < FIRST_TRAINING:
            raise ValidationError("The policy is of September 22, 2017: a training cannot be older.")
        return day


# --- locks --------------------------------------------------------------------------------------


class UnlockForm(PersonForm):
    act = Action.UNLOCK
    notice = (
        "Be sure who asks you: know the voice or the face. Somebody may have tried this person’s password."
        " The password stays as it is."
    )
    done = "The account is unlocked. The person can try again."
    is_weighty = True
    submit_label = "Unlock"

    reason = reason_field(label="Why", max_length=MAX_LENGTH, help_text="Who asked, and how you know.")

    def __init__(self, *args: Any, lock: SignInLock, **kwargs: Any) -> None:
        self.lock = lock
        super().__init__(*args, account=lock.account, asked={}, **kwargs)

    @property
    def subject(self) -> object:
        return self.lock


# --- the list -----------------------------------------------------------------------------------


class PeopleFilterForm(FilterForm):
    """Narrows the list of people; its answers stand in the address."""

    q = TextField(label="Badge number or name", max_length=80, required=False)
    state = choice_field(accounts.State, label="Account", required=False, look="select", blank_label="All")
    role = choice_field(Role, label="Role", required=False, look="select", blank_label="All")

    def build_layout(self) -> Layout:
        return Layout(Columns("q", "state", "role"), Buttons(Send(self.submit_label)))


def _later_than_now(moment: datetime | None, sentence: str) -> datetime | None:
    if moment is not None and moment <= timezone.now():
        raise ValidationError(f"This time is over. {sentence}")
    return moment
