"""Releases where commits are real: two people at once, the walls of the database, and what is older."""

from datetime import timedelta
from functools import partial
from threading import Event

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from requests_app import ledger, notifications, releases, workflow
from requests_app.demonstration import clock
from requests_app.models import FrozenQuarter, Release, ReleaseDocument
from requests_app.vocabulary import CorrectionReason, Role
from tests.factories import make_release, make_user
from tests.test_concurrency import at_once
from tests.test_releases import (
    DUE,
    FROM_THEN_ON,
    QUARTER,
    calls_at,
    codes,
    counted,
    freeze_at,
    release_at,
    second,
    waiting_jobs,
)

pytestmark = pytest.mark.usefixtures("committed_db")
__all__ = ["counted", "second"]  # fixtures


def old_release(actor):
    """As it was made before there were documents: the database asks for one when it commits."""
    with transaction.atomic():
        ledger.set_actor(actor)
        Release.objects.create(quarter=QUARTER, released_by=actor, entered_at=ledger.now())


# --- two at once ------------------------------------------------------------------------------


def test_two_people_who_publish_at_the_same_moment_publish_once(counted, oversight, second):
    with clock(FROM_THEN_ON):
        frozen = releases.freeze_period(QUARTER, actor=oversight)
    third = make_user("O-303", Role.OVERSIGHT)

    def publish(actor):
        with clock(FROM_THEN_ON + timedelta(hours=1)):
            return releases.release_period(QUARTER, frozen.sha256, actor=actor)

    answers = at_once(partial(publish, second), partial(publish, third))

    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "Release"]
    assert (Release.objects.count(), ReleaseDocument.objects.count()) == (1, 1)
    assert len(waiting_jobs()) == 1


# --- the job that writes the public pages -----------------------------------------------------

A_JOB = "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) VALUES ('public', %s, %s)"
FREE_JOBS = "SELECT id FROM procrastinate_jobs WHERE status = 'todo' FOR UPDATE SKIP LOCKED"
BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def queue_publish():
    with transaction.atomic():
        notifications.queue_publish()


def test_a_job_that_waits_already_does_not_begin_before_the_release_is_there(superuser_connection):
    queue_publish()

    with transaction.atomic():
        notifications.queue_publish()
        assert superuser_connection.execute(FREE_JOBS).fetchall() == []

    assert len(superuser_connection.execute(FREE_JOBS).fetchall()) == 1


def test_a_job_that_another_queues_at_the_same_moment_is_no_error(superuser_connection):
    def queue_in_between():
        with superuser_connection.transaction():
            superuser_connection.execute(A_JOB, [notifications.PUBLISH_PAGES, "publish_pages"])
            started.set()
            while superuser_connection.execute(BLOCKED).fetchone() == (0,):
                pass

    def queue_after():
        started.wait()
        queue_publish()

    started = Event()
    at_once(queue_in_between, queue_after)

    assert len(waiting_jobs()) == 1


# --- what the database refuses, whoever asks --------------------------------------------------

PUBLISH = """
WITH r AS (
    INSERT INTO requests_app_release (quarter, number, released_by_id, entered_at, note)
    VALUES (%(quarter)s, %(number)s, %(by)s, register_now(), '') RETURNING id
)
INSERT INTO requests_app_releasedocument (release_id, frozen_id, document, entered_at)
SELECT r.id, %(frozen)s, %(document)s, register_now() FROM r
"""
FREEZE = """
INSERT INTO requests_app_frozenquarter
    (quarter, number, document, sha256, reason, numbers, note, frozen_by_id, entered_at)
VALUES ('2026-Q1', 1, %(document)s, %(sha256)s, '', '[]', '', %(by)s, register_now())
"""


def as_somebody(actor, *statements):
    """Past the register: plain SQL in a transaction that names this person."""
    with transaction.atomic():
        ledger.set_actor(actor)
        with connection.cursor() as cursor:
            for statement, words in statements:
                cursor.execute(statement, words)


def published_as(frozen, actor, **over):
    words = {
        "quarter": frozen.quarter,
        "number": frozen.number,
        "by": actor.pk,
        "frozen": frozen.pk,
        "document": bytes(frozen.document),
    }
    as_somebody(actor, (PUBLISH, {**words, **over}))


def test_the_database_takes_what_the_register_would_publish(counted, oversight, second):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    with clock(FROM_THEN_ON):
        published_as(frozen, second)

    assert ReleaseDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"document": b"{}"}, "What is published is what was frozen"),
        ({"number": 2}, "What is published is what was frozen"),
        ({"quarter": "2025-Q4"}, "What is published is what was frozen"),
    ],
)
def test_the_database_refuses_to_publish_anything_else(counted, oversight, second, over, words):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)

    with clock(FROM_THEN_ON), pytest.raises(DatabaseError, match=words):
        published_as(frozen, second, **over)


def test_the_database_refuses_a_release_by_who_froze(counted, oversight):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)

    with clock(FROM_THEN_ON), pytest.raises(DatabaseError, match="Two people publish"):
        published_as(frozen, oversight)


def test_the_database_refuses_a_release_in_another_name(counted, oversight, second):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)

    with clock(FROM_THEN_ON), pytest.raises(DatabaseError, match="names the actor"):
        published_as(frozen, oversight, by=second.pk)


def test_the_database_refuses_a_release_that_is_too_early(counted, oversight, second):
    early = FROM_THEN_ON - timedelta(minutes=1)
    with clock(early):
        sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # of {}
        as_somebody(oversight, (FREEZE, {"document": b"{}", "sha256": sha256, "by": oversight.pk}))
    frozen = FrozenQuarter.objects.get()

    with clock(early), pytest.raises(DatabaseError, match="within thirty days"):
        published_as(frozen, second)


def test_the_database_refuses_a_digest_of_something_else(counted, oversight):
    words = {"document": b"{}", "sha256": "0" * 64, "by": oversight.pk}

    with pytest.raises(DatabaseError, match="digest"):
        as_somebody(oversight, (FREEZE, words))


def test_the_database_refuses_a_frozen_quarter_in_another_name(counted, oversight, second):
    sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

    with pytest.raises(DatabaseError, match="names the actor"):
        as_somebody(second, (FREEZE, {"document": b"{}", "sha256": sha256, "by": oversight.pk}))


def test_the_database_refuses_a_release_without_a_document(counted, oversight):
    with clock(FROM_THEN_ON), pytest.raises(DatabaseError, match="A release has a document"):
        old_release(oversight)


@pytest.mark.parametrize("table", ["frozenquarter", "release", "releasedocument", "callsforservice"])
@pytest.mark.parametrize("change", ["UPDATE {} SET entered_at = now()", "DELETE FROM {}"])
def test_what_was_published_stays_as_it_is(superuser_connection, counted, oversight, second, table, change):
    calls_at(FROM_THEN_ON, actor=oversight)
    release_at(FROM_THEN_ON, freeze_at(FROM_THEN_ON, actor=oversight), actor=second)
    superuser_connection.execute("SELECT set_config('app.actor', %s, false)", [str(second.pk)])

    with pytest.raises(psycopg.Error, match="what was recorded stays"):
        superuser_connection.execute(change.format(f"requests_app_{table}"))


def test_the_public_reads_the_documents_and_not_who_published_them(
    public_connection, counted, oversight, second
):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    release_at(FROM_THEN_ON, frozen, actor=second)

    read = public_connection.execute("SELECT document FROM requests_app_releasedocument").fetchall()

    assert read == [(bytes(frozen.document),)]
    for table in ("release", "frozenquarter", "callsforservice"):
        with pytest.raises(psycopg.Error, match="permission denied"):
            public_connection.execute("SELECT * FROM requests_app_{}".replace("{}", table))


# --- older than the walls ---


def test_a_release_from_before_figures_were_frozen_counts(counted, oversight, second, superuser_connection):
    superuser_connection.execute("DROP EVENT TRIGGER register_guard_ddl")
    trigger = "ALTER TABLE requests_app_release {} TRIGGER require_document"
    superuser_connection.execute(trigger.format("DISABLE"))
    with clock(FROM_THEN_ON):
        old_release(oversight)
    superuser_connection.execute(trigger.format("ENABLE ALWAYS"))

    with pytest.raises(workflow.Refused) as refused:
        freeze_at(FROM_THEN_ON + timedelta(days=1), actor=oversight)
    assert codes(refused) == ["reason_wanted"]
    (old,) = [period for period in releases.periods(DUE) if str(period.quarter) == QUARTER]
    assert (old.release.number, old.is_public, old.next_number) == (1, False, 2)

    with clock(FROM_THEN_ON + timedelta(days=1)):
        release = make_release(QUARTER, oversight, second, reason=CorrectionReason.COUNTED_DIFFERENTLY)
    assert release.number == 2
