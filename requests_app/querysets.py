"""Which requests a person may see, and the adjectives of the queue.

`visible_to` is the only definition of visibility: lists, search, counts, exports, the admin site
and `access` all go through it. Columns are spoken of here, not classes.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from requests_app.vocabulary import OPEN_STATUSES, Role, Status

if TYPE_CHECKING:
    from requests_app.models import User

DISPATCHER_SEES_HOURS = 72


# The database clock: a demonstration may set it, a real register not. As a column's default, and as
# a scalar subquery, so that a filter asks the clock once and not for every row.
REGISTER_NOW = models.Func(function="register_now", output_field=models.DateTimeField())
NOW = models.Func(template="(SELECT register_now())", output_field=models.DateTimeField())


class AssistanceRequestQuerySet(models.QuerySet):
    """Requests, by who may see them and where they stand."""

    def visible_to(self, user: "User") -> Self:
        """Commanding officers and oversight see all; dispatchers the open ones, the recent, and their own."""
        if not user.is_authenticated:
            return self.none()
        if user.roles & {Role.COMMANDING_OFFICER, Role.OVERSIGHT}:
            return self
        if Role.DISPATCHER in user.roles:
            recent = NOW - timedelta(hours=DISPATCHER_SEES_HOURS)
            return self.filter(
                Q(status__in=OPEN_STATUSES)
                | Q(received_at__gte=recent)
                | Q(taken_by=user)
                | Q(logged_by=user)
            )
        return self.none()

    def waiting(self) -> Self:
        """Logged, and no officer has taken it."""
        return self.filter(status=Status.WAITING)

    def claimed_by_officer(self, user: "User") -> Self:
        return self.filter(claimed_by=user, status__in=[Status.UNDER_REVIEW, Status.DECIDED, Status.IN_FIELD])

    def information_needed(self) -> Self:
        return self.filter(status=Status.INFORMATION_NEEDED)

    def decided_between(self, start: datetime, end: datetime) -> Self:
        return self.filter(decided_at__gte=start, decided_at__lt=end)

    def counted(self) -> Self:
        """What enters totals: logged requests that are no exercise."""
        return self.filter(is_exercise=False, logged_at__isnull=False)

    def review_overdue(self) -> Self:
        return self.filter(review_due_at__lt=NOW, reviews__isnull=True)

    def for_list(self) -> Self:
        """What a row of a list shows, in one query; decisions come with `prefetch_related`."""
        return self.select_related("evidence", "claimed_by", "taken_by", "dispatch").prefetch_related(
            "decisions", "documents", "calls"
        )
