"""Badge number and password, for people who may enter and are not locked."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from requests_app import accounts
from requests_app.models import User


class PasswordBackend(AuthenticationBackend):
    """Every wrong answer is the same and takes as long: the password is hashed before anything else."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        """Asked anew for each request of a session: a deactivated person is out at once."""
        return isinstance(user, User) and user.may_enter and not user.is_system

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> AbstractBaseUser | None:
        checked = super()._check_password(user, password)
        # A person who may not enter gets the same answer as a wrong password, not a page of their own.
        self.unstash_authenticated_user()
        if isinstance(checked, User) and accounts.find_lock(checked) is not None:
            return None
        return checked
