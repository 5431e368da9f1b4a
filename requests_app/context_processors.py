"""What every page shows around its content: where one may go, who one is, what time it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from requests_app.models import Installation
from requests_app.permissions import allows
from requests_app.vocabulary import Action, InstallationKind, Role

# Roomier pages, read by anyone; all others are for people at work.
PUBLIC_PAGES = frozenset(
    {
        "account_login",
        "notice",
        "account_logout",
        "enrol",
    }
)


@dataclass(frozen=True, slots=True)
class NavigationLink:
    label: str
    url: str
    is_current: bool
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A page for whoever may take one of the actions; `family` begins pages that belong to it."""

    label: str
    url_name: str
    actions: frozenset[Action]
    family: str = ""
    stands_out: bool = False


PLACES = (
    _Place("Queue", "requests_app:queue", frozenset({Action.SEE_QUEUE}), family="queue"),
    _Place("Oversight", "requests_app:oversight", frozenset({Action.SEE_OVERSIGHT}), family="oversight"),
    _Place("New request", "requests_app:request_new", frozenset({Action.SAVE_INTAKE}), stands_out=True),
    _Place("Requests", "requests_app:request_list", frozenset({Action.VIEW}), family="request"),
    _Place("Wall", "requests_app:wall", frozenset({Action.SEE_WALL})),
    _Place("People", "requests_app:people", frozenset({Action.MANAGE_ACCOUNTS}), family="person"),
    _Place(
        "Admin",
        "admin:index",
        frozenset({Action.MANAGE_ACCOUNTS, Action.MANAGE_ROSTER, Action.MANAGE_REFERENCE}),
    ),
)
VISITOR_PLACES = (
    _Place("Statistics", "requests_app:statistics", frozenset()),
    _Place("Policy", "requests_app:policy", frozenset()),
    _Place("About", "requests_app:about", frozenset()),
)


def register(request: HttpRequest) -> dict[str, Any]:
    """Everything is lazy: a fragment or a 304 that shows none of it pays for none of it."""
    match = request.resolver_match
    current = (match.url_name or "") if match else ""
    roles: frozenset[Role] = SimpleLazyObject(lambda: getattr(request.user, "roles", frozenset()))  # type: ignore[assignment]
    return {
        "clock": _now,
        "demonstration": SimpleLazyObject(_is_demonstration),
        "navigation": SimpleLazyObject(lambda: navigation(roles, current=current)),
        "page_kind": SimpleLazyObject(lambda: "staff" if roles and current not in PUBLIC_PAGES else "public"),
        "may_unlock": SimpleLazyObject(lambda: allows(roles, Action.UNLOCK)),
        "roles_in_words": SimpleLazyObject(lambda: [role.label for role in Role if role in roles]),
    }


def navigation(roles: frozenset[Role], *, current: str) -> list[NavigationLink]:
    """The links of these roles, in the order of the table; visitors and people without a role read."""
    places = [place for place in PLACES if any(allows(roles, action) for action in place.actions)]
    return [
        NavigationLink(place.label, reverse(place.url_name), _leads_to(place, current), place.stands_out)
        for place in places or VISITOR_PLACES
    ]


def _leads_to(place: _Place, current: str) -> bool:
    own_name = place.url_name.rpartition(":")[2]
    if any(current == other.url_name.rpartition(":")[2] for other in PLACES):
        return current == own_name
    return current == own_name or bool(place.family and current.startswith(place.family))


def _now() -> datetime:
    return timezone.localtime()


def _is_demonstration() -> bool:
    return Installation.objects.filter(kind=InstallationKind.DEMONSTRATION).exists()
