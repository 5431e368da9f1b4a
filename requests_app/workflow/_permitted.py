"""What this person may do with this case now: exactly the buttons a page shows."""

from datetime import datetime

from requests_app import permissions
from requests_app.models import AssistanceRequest, Reveal, User
from requests_app.vocabulary import Action
from requests_app.workflow._conditions import CONDITIONS, Standing, reads_plainly
from requests_app.workflow._limits import Limits, read_limits
from requests_app.workflow._moves import MOVES


def permitted_actions(
    user: User, case: AssistanceRequest, *, now: datetime, limits: Limits | None = None
) -> list[Action]:
    """Role, table of moves and conditions together, in the order a case lives.

    The transition asks the same questions again under the lock.
    """
    standing = Standing(case=case, user=user, roles=user.roles, now=now, limits=limits or read_limits())
    return [action for action in MOVES if _is_permitted(action, standing)]


def _is_permitted(action: Action, standing: Standing) -> bool:
    if standing.case.status not in MOVES[action].sources:
        return False
    if not permissions.allows(standing.roles, action):
        return False
    return all(condition(standing) is None for condition in CONDITIONS.get(action, ()))


def may_read_restricted(user: User, case: AssistanceRequest, *, now: datetime) -> bool:
    """Plainly: who logged it and who has claimed it, while it is open. Others: ten minutes from a reveal."""
    if reads_plainly(user, case):
        return True
    return Reveal.objects.filter(case=case, user=user, expires_at__gt=now).exists()
