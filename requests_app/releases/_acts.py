"""The three acts of a quarter: freeze it, publish what was frozen, write down its calls for service.

All in one shape: lock, look again, save, record. Each raises Refused or AlreadyDone, as transitions of a
request do, and a refusal is put into the ledger in a transaction of its own.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from requests_app import ledger, notifications, permissions, statistics
from requests_app.models import (
    CallsForService,
    FrozenQuarter,
    Release,
    ReleaseDocument,
    User,
)
from requests_app.releases._document import (
    Before,
    Json,
    Made,
    make_document,
    published_documents,
    says_the_same,
)
from requests_app.releases._late import is_late, mark_late
from requests_app.releases._periods import known_quarter, time_limit
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import Action, CorrectionReason, RefusalKind
from requests_app.workflow import Reason, Refused, Submission, record_refusal, refuse_replay, remember

TOO_MUCH = Reason(
    "tells_too_much", "Not published: from this and what is public, numbers could be worked out."
)
MOST_NAMED = 20


@dataclass(frozen=True)
class _Turn:
    """An act under way, with all other acts on releases waiting for it."""

    action: Action
    actor: User
    now: datetime
    limit: timedelta
    submission: Submission | None


def freeze_period(
    quarter: str, *, actor: User, reason: str = "", note: str = "", submission: Submission | None = None
) -> FrozenQuarter:
    """Fix what is to be published of a quarter. `reason` is a CorrectionReason, but of the first."""
    with _refusals_recorded(Action.FREEZE_PERIOD, actor):
        return _freeze(quarter, actor=actor, reason=reason, note=note, submission=submission)


def release_period(
    quarter: str, sha256: str, *, actor: User, note: str = "", submission: Submission | None = None
) -> Release:
    """Publish what another person froze. `sha256` is of the document that this person looked at."""
    with _refusals_recorded(Action.RELEASE_PERIOD, actor):
        return _release(quarter, sha256, actor=actor, note=note, submission=submission)


def enter_calls(
    quarter: str, *, calls: int, source: str, url: str, actor: User, submission: Submission | None = None
) -> CallsForService:
    """Write down the calls for service of a quarter. The next release of the quarter has them."""
    with _refusals_recorded(Action.ENTER_CALLS, actor):
        return _enter_calls(quarter, calls=calls, source=source, url=url, actor=actor, submission=submission)


@contextmanager
def _refusals_recorded(action: Action, actor: User) -> Iterator[None]:
    """What a person mistyped is no refusal, and is not recorded."""
    try:
        yield
    except Refused as refusal:
        if refusal.kind != RefusalKind.INPUT:
            record_refusal(action, None, actor=actor, refusal=refusal)
        raise


# --- freezing ---------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def _freeze(
    code: str, *, actor: User, reason: str, note: str, submission: Submission | None
) -> FrozenQuarter:
    turn = _begin(Action.FREEZE_PERIOD, actor, submission)
    quarter = _ripe(code, turn.now)
    last = _last_release(code)
    _check_reason(reason, last)
    if last is None and is_late(quarter, now=turn.now, limit=turn.limit):
        mark_late(code, actor=actor, now=turn.now)  # so that the release says so itself
    made = _make(quarter, reason=reason, last=last, now=turn.now)
    frozen = FrozenQuarter.objects.create(
        quarter=code,
        number=made.document["number"],
        document=made.content,
        sha256=made.sha256,
        reason=reason,
        numbers=made.numbers,
        note=note,
        frozen_by=actor,
        entered_at=turn.now,
    )
    ledger.note_row(frozen)
    told = {"period": code, "number": frozen.number}
    _finish(turn, reason=note, details={**told, "sha256": made.sha256}, public=told)
    return frozen


def _make(quarter: Quarter, *, reason: str, last: Release | None, now: datetime) -> Made:
    """The document, unless it says nothing new, or more than the public may know."""
    earlier = published_documents()
    before = _before(last)
    number = last.number + 1 if last else 1
    made = make_document(quarter, number=number, reason=reason, now=now, earlier=earlier, before=before)
    if before is not None and says_the_same(before.document, made.document):
        raise _not_now("nothing_changed", f"Nothing of {quarter} differs from release {number - 1}.")
    _judge(made.document, earlier)
    return made


def _judge(document: Json, earlier: list[Json]) -> None:
    """Refuse what lets somebody work out a hidden number, together with all that was ever published."""
    from requests_app.statistics.breakdowns import judge  # noqa: PLC0415  brings scipy, which only this act needs

    findings = judge(document, earlier)
    if findings:
        named = [Reason("tells_too_much", f"{finding}.") for finding in findings[:MOST_NAMED]]
        if len(findings) > MOST_NAMED:
            named.append(Reason("tells_too_much", f"And {len(findings) - MOST_NAMED} more."))
        raise Refused(RefusalKind.ILLEGAL, TOO_MUCH, *named)


def _check_reason(reason: str, last: Release | None) -> None:
    if last is None and reason:
        raise Refused(
            RefusalKind.INPUT,
            Reason("no_reason_wanted", "The first release of a quarter corrects nothing.", "reason"),
        )
    if last is not None and reason not in {str(code) for code in CorrectionReason}:
        sentence = f"{last.quarter} is released already. Choose why it is published again."
        raise Refused(RefusalKind.INPUT, Reason("reason_wanted", sentence, "reason"))


def _last_release(code: str) -> Release | None:
    return Release.objects.filter(quarter=code).order_by("number").last()


def _before(last: Release | None) -> Before | None:
    """The release before; one from before figures were frozen has nothing to compare with."""
    published = ReleaseDocument.objects.filter(release=last).first() if last else None
    return Before.of(bytes(published.document)) if published else None


# --- publishing -------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def _release(code: str, sha256: str, *, actor: User, note: str, submission: Submission | None) -> Release:
    turn = _begin(Action.RELEASE_PERIOD, actor, submission)
    quarter = _ripe(code, turn.now)
    frozen = _publishable(code, sha256, actor=actor)
    content = bytes(frozen.document)
    _judge(json.loads(content), published_documents())
    release = Release.objects.create(
        quarter=code, number=frozen.number, released_by=actor, note=note, entered_at=turn.now
    )
    ledger.note_row(release)
    ledger.note_row(
        ReleaseDocument.objects.create(release=release, frozen=frozen, document=content, entered_at=turn.now)
    )
    late = release.number == 1 and is_late(quarter, now=turn.now, limit=turn.limit)
    if late:
        mark_late(code, actor=actor, now=turn.now)
    notifications.queue_publish()
    told = {"period": code, "number": release.number, "late": late, "sha256": frozen.sha256}
    _finish(turn, reason=note, details=told, public=told)
    return release


def _publishable(code: str, sha256: str, *, actor: User) -> FrozenQuarter:
    """What was frozen last, by another person, for the number that is next: the one that was looked at."""
    frozen = FrozenQuarter.objects.select_related("frozen_by").filter(quarter=code).order_by("pk").last()
    last = _last_release(code)
    if frozen is None:
        raise _not_now("not_frozen", f"{code} is not frozen. Freeze it; then another person publishes.")
    if frozen.number != (last.number + 1 if last else 1):
        raise _not_now("released_already", f"Release {frozen.number} of {code} is published already.")
    if frozen.sha256 != sha256:
        sentence = f"{code} was frozen again since you looked. Look at what is frozen now, then publish."
        raise Refused(RefusalKind.STALE, Reason("frozen_again", sentence))
    if frozen.frozen_by_id == actor.pk:
        sentence = f"You froze {code}. Another person of oversight publishes it."
        raise Refused(RefusalKind.FORBIDDEN, Reason("own_freeze", sentence))
    return frozen


# --- calls for service ------------------------------------------------------------------------


@transaction.atomic(durable=True)
def _enter_calls(
    code: str, *, calls: int, source: str, url: str, actor: User, submission: Submission | None
) -> CallsForService:
    turn = _begin(Action.ENTER_CALLS, actor, submission)
    _over(code, turn.now)
    if calls < 1:
        raise Refused(RefusalKind.INPUT, Reason("none", "Enter how many calls there were.", "calls"))
    if not source.strip():
        raise Refused(RefusalKind.INPUT, Reason("no_source", "Say who counted them.", "source"))
    address = urlsplit(url)
    if address.scheme != "https" or not address.hostname:
        raise Refused(
            RefusalKind.INPUT, Reason("not_https", "Enter an address that begins with https://.", "url")
        )
    row = CallsForService.objects.create(
        quarter=code, calls=calls, source=source, url=url, entered_by=actor, entered_at=turn.now
    )
    ledger.note_row(row)
    told = {"period": code, "calls": calls}
    _finish(turn, details=told, public=told)
    return row


# --- the shape of each ------------------------------------------------------------------------


def _begin(action: Action, actor: User, submission: Submission | None) -> _Turn:
    ledger.set_actor(actor)
    limit = time_limit(lock=True)
    now = ledger.now()  # read after the lock: acts on releases are in order
    refuse_replay(action, actor, submission)
    roles = User.objects.get(pk=actor.pk).roles  # as they stand in this transaction
    if not permissions.allows(roles, action):
        sentence = f"Your role does not allow “{action.label}”."
        raise Refused(RefusalKind.FORBIDDEN, Reason("role", sentence))
    return _Turn(action, actor, now, limit, submission)


def _finish(
    turn: _Turn, *, details: Mapping[str, object], public: Mapping[str, object], reason: str = ""
) -> None:
    """Remember the form, and write the ledger last."""
    remember(turn.submission, turn.action, actor=turn.actor, now=turn.now)
    ledger.record(
        ledger.Act(
            actor=turn.actor,
            action=turn.action,
            occurred_at=turn.now,
            entered_at=turn.now,
            reason=reason,
            details=details,
            public=public,
        )
    )


def _over(code: str, now: datetime) -> Quarter:
    """The quarter with this code, if the register was kept in it and it has ended."""
    quarter = known_quarter(code, now)
    if quarter is None:
        raise _not_now("not_kept", "The register was not kept in this quarter, or it has not come yet.")
    if now < quarter.ends_at:
        raise _not_now("not_over", f"{quarter} is not over.")
    return quarter


def _ripe(code: str, now: datetime) -> Quarter:
    """The quarter with this code, thirty days after its end."""
    quarter = _over(code, now)
    if now < quarter.public_from:
        ripe = statistics.day(quarter.public_from)
        raise _not_now("too_early", f"{quarter} may be published from {ripe} on, thirty days after its end.")
    return quarter


def _not_now(code: str, sentence: str) -> Refused:
    return Refused(RefusalKind.ILLEGAL, Reason(code, sentence, "quarter"))
