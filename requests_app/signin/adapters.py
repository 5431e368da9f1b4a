"""What we change of django-allauth: closed doors, one answer, secrets under lock and key."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from requests_app import accounts
from requests_app.models import User
from requests_app.signin import encryption, step_up

ONE_ANSWER = (
    "You cannot be signed in with this. Check badge number, password and code. After five wrong tries an"
    " account is locked: then somebody of another role on your shift can unlock it."
)
WRONG_CODE = (
    "This code does not let you in. Wait for the next one: each works once. After five wrong tries an"
    " account is locked: then somebody of another role on your shift can unlock it."
)
ISSUER = "ICE-assistance register"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up, and no answer tells whether an account exists."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": ONE_ANSWER,
        "too_many_login_attempts": ONE_ANSWER,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **words: Any) -> None:
        """Our pages say themselves what happened."""

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        if not isinstance(user, User):
            raise TypeError("Only people of the register have a password.")
        accounts.password_set(user, password)

    def is_reauthentication_required(self, *, app: str, **words: Any) -> bool:
        """A factor that was shown at most ten minutes ago will do; a person without one is just enrolling."""
        request = context.request
        if not Authenticator.objects.filter(user_id=request.user.pk).exists():
            return False
        return not step_up.is_fresh(request)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """A password proves nothing new: only second factors confirm who is there."""
        methods = super().get_reauthentication_methods(user)
        factors = [method for method in methods if method["id"] != "reauthenticate"]
        return sorted(factors, key=lambda method: method["url"] != reverse("mfa_reauthenticate_webauthn"))


class FactorAdapter(DefaultMFAAdapter):
    """Secrets leave the process encrypted; a person always keeps one factor."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": "This is your only second factor. Add another one first.",
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        return ISSUER

    def build_totp_svg(self, url: str) -> str:
        """The drawing alone, to stand in the page itself: the content policy takes no images from data."""
        drawing = super().build_totp_svg(url)
        bare = drawing[drawing.index("<svg") :]
        return SafeString(bare)  # nosec B703 # drawn by us from our own address

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {known + 1}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return Authenticator.objects.filter(user_id=authenticator.user_id).count() > 1

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Without the e-mail address: a key may be a shared computer's."""
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.get_username()}
