"""A form that arrives: refused, carried out once, and known again when it comes once more."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from requests_app.models import AssistanceRequest, IdempotencyKey, User
from requests_app.vocabulary import Action, RefusalKind
from requests_app.workflow._conditions import Reason


class Refused(Exception):
    """The transition did not happen, and nothing was written."""

    def __init__(self, kind: RefusalKind, *reasons: Reason) -> None:
        super().__init__("; ".join(reason.message for reason in reasons))
        self.kind = kind
        self.reasons = reasons


class AlreadyDone(Exception):
    """The same form arrived before and was carried out: answer as then, and do nothing."""

    def __init__(self, case_id: int | None) -> None:
        super().__init__("This form was carried out already.")
        self.case_id = case_id


@dataclass(frozen=True)
class Submission:
    """One rendered form: its key, the digest of what was posted, and the revision it showed."""

    key: UUID
    digest: bytes
    revision: int | None = None


def refuse_replay(action: Action, actor: User, submission: Submission | None) -> None:
    """Raises AlreadyDone for a form that was carried out, and Refused for another one with its key."""
    if submission is None:
        return
    done = IdempotencyKey.objects.filter(user=actor, key=submission.key).first()
    if done is None:
        return
    if done.action == action and bytes(done.digest) == submission.digest:
        raise AlreadyDone(done.case_id)
    raise Refused(
        RefusalKind.STALE,
        Reason("key_reused", "This page was used already. Open it again and save once more."),
    )


def remember(
    submission: Submission | None,
    action: Action,
    *,
    actor: User,
    now: datetime,
    case: AssistanceRequest | None = None,
) -> None:
    """That this form is carried out, in the transaction that does it."""
    if submission is None:
        return
    IdempotencyKey.objects.create(
        user=actor,
        key=submission.key,
        digest=submission.digest,
        case=case,
        action=action,
        entered_at=now,
    )
