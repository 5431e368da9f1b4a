"""What waits, for a screen on the wall: counts and clocks, and nothing of any request."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from requests_app import workflow
from requests_app.models import AssistanceRequest, User
from requests_app.queue import clock_of
from requests_app.vocabulary import Status

# Said as people say it from across a room.
PLACES = {
    Status.WAITING: "Waiting for an officer",
    Status.UNDER_REVIEW: "With an officer, not decided",
    Status.INFORMATION_NEEDED: "Waiting for information",
    Status.INTAKE: "Being written down",
    Status.IN_FIELD: "Officers in the field",
}


@dataclass(frozen=True, slots=True)
class Place:
    """How many requests stand in one status, since when the oldest waits, and the nearest time limit."""

    status: Status
    label: str
    count: int
    emergencies: int
    exercises: int
    since: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Wall:
    places: tuple[Place, ...]

    @property
    def version(self) -> str:
        """The same as long as nothing on the wall has changed but the ticking of its clocks."""
        return hashlib.sha256(repr(self.places).encode()).hexdigest()[:16]


def wall_of(user: User) -> Wall:
    """The wall as this person may see it."""
    limits = workflow.read_limits()
    cases = AssistanceRequest.objects.visible_to(user).filter(status__in=PLACES).select_related("evidence")
    by_status: dict[str, list[AssistanceRequest]] = {status: [] for status in PLACES}
    for case in cases:
        by_status[case.status].append(case)
    return Wall(tuple(_place(status, by_status[status], limits) for status in PLACES))


def _place(status: Status, cases: Sequence[AssistanceRequest], limits: workflow.Limits) -> Place:
    clocks = [clock_of(case, limits) for case in cases]
    waiting = [case.entered_at for case in cases if status == Status.INTAKE]
    return Place(
        status=status,
        label=PLACES[status],
        count=len(cases),
        emergencies=sum(workflow.is_emergency(case) for case in cases),
        exercises=sum(case.is_exercise for case in cases),
        since=min([*waiting, *(clock.since for clock in clocks if clock.since)], default=None),
        due=min((clock.due for clock in clocks if clock.due), default=None),
    )
