"""Signing in, second factors, one's own password. No answer tells whether an account exists.

django-allauth names these classes in its settings (ACCOUNT_FORMS, MFA_FORMS) and calls their methods.
"""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm

from requests_app import accounts
from requests_app.forms._fields import TextField
from requests_app.models import User
from requests_app.signin import totp
from requests_app.signin.adapters import WRONG_CODE
from requests_app.signin.passwords import NotTooLongValidator

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "8"}
HINT = "At least 12 characters. A sentence of your own is easy to remember; spaces are welcome."
LONGEST_PASSWORD = NotTooLongValidator.longest


def code_field() -> forms.CharField:
    return forms.CharField(
        label="Six-digit code",
        max_length=8,
        widget=forms.TextInput(attrs=CODE),
        help_text="The one that your authenticator app shows now. Each code works once.",
        error_messages={"required": "Enter the code that your authenticator app shows."},
    )


class SignInForm(LoginForm):
    """Badge number and password; a passkey does without."""

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.fields["login"] = TextField(
            label="Badge number",
            max_length=20,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "characters"}),
            error_messages={"required": "Enter your badge number."},
        )
        password = self.fields["password"]
        password.max_length = LONGEST_PASSWORD
        password.help_text = ""
        password.widget.attrs.pop("placeholder", None)
        password.error_messages["required"] = "Enter your password."
        self.order_fields(["login", "password"])


class _OnceForm:
    """The code is checked by us: once, under the row's lock, and not at all while the account is locked."""

    user: User
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        factor = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).first()
        if factor is None or accounts.find_lock(self.user) is not None:
            raise forms.ValidationError(WRONG_CODE)
        if not totp.use_code(factor, code):
            self._emit_authentication_failed(factor)  # type: ignore[attr-defined]
            raise forms.ValidationError(WRONG_CODE)
        factor.user = self.user
        self.authenticator = factor
        return code


class CodeForm(_OnceForm, AuthenticateForm):
    code = code_field()


class ConfirmCodeForm(_OnceForm, ReauthenticateForm):
    code = code_field()


class EnrolAppForm(ActivateTOTPForm):
    code = code_field()


class AddPasskeyForm(AddWebAuthnForm):
    """Always a passkey that asks for finger, face or PIN: then it can stand for both factors."""

    name = TextField(
        label="Name of this passkey",
        max_length=60,
        help_text="So that you recognise it in the list: “duty phone”, “blue key”.",
    )
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)


class _NewPasswordForm(SetPasswordForm):
    """Setting a password is an act, with its entry in the ledger."""

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        for name, field in self.fields.items():
            field.max_length = LONGEST_PASSWORD  # type: ignore[attr-defined]
            field.widget.attrs["maxlength"] = str(LONGEST_PASSWORD)
            field.help_text = HINT if name == "new_password1" else ""

    def set_password(self) -> User:
        return accounts.password_set(self.user, self.cleaned_data["new_password1"])


class OwnPasswordForm(_NewPasswordForm, PasswordChangeForm):
    """The old password first."""


class FirstPasswordForm(_NewPasswordForm):
    """The person's own password, set through the enrolment link."""
