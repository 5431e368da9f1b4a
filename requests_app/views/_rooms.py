"""The rooms of oversight, as tabs."""

from typing import Any

from django.urls import reverse

from requests_app import scrutiny
from requests_app.models import User


def rooms(user: User, current: str) -> list[dict[str, Any]]:
    """Each with its address, and how much waits there; `current` is the one that is shown."""
    unexplained = scrutiny.unexplained(scrutiny.deviations(user)).count()
    names: list[tuple[str, str, int | None]] = [
        ("oversight", "Requests", None),
        ("oversight_blocked", "Blocked attempts", None),
        ("oversight_deviations", "Deviations", unexplained or None),
        ("oversight_looks", "Who looked at what", None),
        ("oversight_periods", "Periods", None),
        ("oversight_permissions", "Who may do what", None),
    ]
    return [
        {
            "label": label,
            "url": reverse(f"requests_app:{name}"),
            "is_current": name == current,
            "count": count,
        }
        for name, label, count in names
    ]
