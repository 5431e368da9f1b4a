"""The link by which a person enrols: handed over once by the confirming administrator, good for a day.

Setting the password uses it up, and so does every later reset: the token hangs on the stored password.
"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from requests_app.models import User


class EnrolmentTokens(PasswordResetTokenGenerator):
    """Django's, under a name of its own. PASSWORD_RESET_TIMEOUT is how long one is good."""

    key_salt = "requests_app.signin.enrolment"


tokens = EnrolmentTokens()


def link_for(account: User) -> str:
    """The path of the link; whoever shows it adds the site's address."""
    name = urlsafe_base64_encode(force_bytes(account.pk))
    return reverse("enrol", args=[name, tokens.make_token(account)])


def account_of(name: str, token: str) -> User | None:
    """None for a link that is used, old, or was never made by us."""
    try:
        key = int(urlsafe_base64_decode(name))
    except ValueError:
        return None
    account = User.objects.filter(pk=key, is_system=False).first()
    if account is None or not account.may_enter or account.has_usable_password():
        return None
    return account if tokens.check_token(account, token) else None
