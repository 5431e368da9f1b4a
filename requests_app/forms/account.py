"""Signing in. The answer to a wrong sign-in does not tell whether the account exists."""

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Django's form, with our words: badge numbers are the same in capitals and small letters."""

    error_messages = {
        "invalid_login": "Badge number and password do not belong together. Check both and try again.",
        "inactive": "Badge number and password do not belong together. Check both and try again.",
    }
