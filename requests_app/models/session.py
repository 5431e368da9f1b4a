"""Who is signed in, from where. A session ends when its row is gone."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from requests_app.models.user import User


class Session(AbstractBaseSession):
    """Django's session, with what a person needs to recognise their own."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="sessions")
    started_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    # The part of the address that a whole office shares: two of them at once are worth a question.
    network = models.CharField(max_length=43, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"Session of {self.user_id} from {self.network}"
