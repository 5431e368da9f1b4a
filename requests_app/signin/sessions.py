"""Sessions as rows that say whose they are. Settings name this module as SESSION_ENGINE."""

from typing import Any, cast

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from requests_app.models import Session

# Written into the session at sign-in, copied into columns of its row.
BEGAN = "began_at"  # whole seconds since 1970: twelve hours later the session is over
NOTICE_SEEN = "notice_seen"
STARTED_AT, ADDRESS, NETWORK, BROWSER = "started_at", "address", "network", "browser"


class SessionStore(DatabaseSessions):
    """Django's own, in our own table."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get("_auth_user_id")
        row.started_at = data.get(STARTED_AT)
        row.address = data.get(ADDRESS)
        row.network = data.get(NETWORK, "")
        row.browser = data.get(BROWSER, "")
        return row
