"""What the worker does by the clock: late things are found, jobs of dead workers are taken up."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from requests_app import accounts, tasks, workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest, Deviation, LedgerEntry, PageAttempt, User
from requests_app.notifications import SEND_PAGE
from requests_app.vocabulary import Action, CallRecorded, DeviationKind, Outcome, PageResult, ReasonCode
from tests import factories
from tests.worker import work

START = timezone.now() - timedelta(days=30)


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture
def past(demonstration):
    """The clock of a demonstration, so many minutes after the start."""
    return lambda count: clock(START + minutes(count))


def logged(dispatcher, **over):
    case = factories.make_request(dispatcher, received_at=START - minutes(1), **over)
    return workflow.log(case.pk, actor=dispatcher)


def entries(case):
    return LedgerEntry.objects.filter(case=case, action=Action.SYNC_DEVIATIONS).count()


# --- deviations that time alone brings about ---------------------------------------------------


def test_a_request_that_nobody_answers_is_late_contact_by_and_by(past, dispatcher):
    with past(0):
        case = logged(dispatcher)
    with past(4):
        tasks.find_deviations(timestamp=0)
    assert (factories.kinds(case), entries(case)) == (set(), 0)

    with past(6):
        tasks.find_deviations(timestamp=0)

    assert factories.kinds(case) == {DeviationKind.LATE_COMMANDER_CONTACT}
    assert Deviation.objects.get().history.get().history_user == User.objects.system()


def test_a_radio_decision_that_is_not_confirmed_is_found(past, dispatcher, commander):
    with past(0):
        case = logged(dispatcher)
        workflow.radio_decision(
            case.pk,
            actor=dispatcher,
            officer_id=commander.pk,
            choice=workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.WARRANT_NOT_CONFIRMED),
        )

    with past(61):
        tasks.find_deviations(timestamp=0)

    assert DeviationKind.RADIO_DECISION_UNCONFIRMED in factories.kinds(case)


def test_a_call_whose_recorders_reference_never_came_is_found(past, dispatcher, commander):
    with past(0):
        case = logged(dispatcher)
        workflow.claim(case.pk, actor=commander)
        workflow.record_call(case.pk, actor=commander, recorded=CallRecorded.YES, started_at=START)

    with past(60 * 24 + 1):
        tasks.find_deviations(timestamp=0)

    assert factories.kinds(case) == {DeviationKind.NOT_RECORDED}


def test_a_deviation_found_by_the_clock_brings_the_review_forward(past, dispatcher, commander):
    with past(0):
        case = logged(dispatcher)
        workflow.claim(case.pk, actor=commander)
        workflow.record_call(case.pk, actor=commander, recorded=CallRecorded.YES, started_at=START)
        workflow.decide(case.pk, actor=commander, choice=factories.DECLINE)
    case.refresh_from_db()
    ordinary = case.review_due_at

    with past(60 * 24 + 1):
        tasks.find_deviations(timestamp=0)

    case.refresh_from_db()
    assert ordinary - case.decided_at == timedelta(days=7)
    assert case.review_due_at - case.decided_at == timedelta(hours=72)
    assert case.history.latest("revision").history_user == User.objects.system()


def test_a_review_that_does_not_come_is_found(past, dispatcher, commander):
    with past(0):
        case = factories.make_decided(dispatcher, commander, received_at=START - minutes(1))

    with past(60 * 24 * 7 + 1):
        tasks.find_deviations(timestamp=0)

    assert factories.kinds(case) == {DeviationKind.REVIEW_OVERDUE}


def test_what_is_known_already_is_not_written_down_again(past, dispatcher):
    with past(0):
        case = logged(dispatcher)

    for minute in (6, 11, 16):
        with past(minute):
            tasks.find_deviations(timestamp=0)

    assert entries(case) == 1


def test_a_request_in_which_nothing_is_late_is_left_alone(past, dispatcher, commander):
    with past(0):
        factories.make_decided(dispatcher, commander, received_at=START - minutes(1))
    before = LedgerEntry.objects.count()

    with past(60):
        tasks.find_deviations(timestamp=0)

    assert LedgerEntry.objects.count() == before


def test_looking_costs_the_same_number_of_queries_when_nothing_is_late(
    past, dispatcher, commander, django_assert_max_num_queries
):
    with past(0):
        for _ in range(3):
            factories.make_decided(dispatcher, commander, received_at=START - minutes(1))

    with past(60), django_assert_max_num_queries(9):
        tasks.find_deviations(timestamp=0)


def test_a_batch_is_bounded_and_the_next_one_goes_on(past, dispatcher):
    with past(0):
        for _ in range(3):
            logged(dispatcher)

    with past(6):
        first = workflow.deviating_by_now(limit=2)
        for case_id in first:
            workflow.find_deviations(case_id, actor=User.objects.system())
        second = workflow.deviating_by_now(limit=2)

    assert (len(first), len(second)) == (2, 1)
    assert not set(first) & set(second)


def test_waiting_changes_no_status(past, dispatcher, commander):
    with past(0):
        waiting = logged(dispatcher)
        asked = factories.make_decidable(
            dispatcher, commander, confirmed=False, received_at=START - minutes(1)
        )
        workflow.request_information(asked.pk, actor=commander, needed="The court.")
    statuses = dict(AssistanceRequest.objects.values_list("pk", "status"))

    with past(60 * 24 * 20):
        tasks.find_deviations(timestamp=0)

    assert dict(AssistanceRequest.objects.values_list("pk", "status")) == statuses
    assert factories.kinds(waiting) == {DeviationKind.LATE_COMMANDER_CONTACT}


def test_a_quarter_that_is_not_released_in_time_is_found_once(demonstration, dispatcher, caplog):
    year = timezone.now().year - 1
    entered = timezone.now().replace(year=year, month=2, day=1)
    with clock(entered):
        case = factories.make_request(dispatcher, received_at=entered - minutes(1))
        workflow.log(case.pk, actor=dispatcher)

    with caplog.at_level(logging.WARNING, logger="requests_app.tasks"):
        tasks.find_late_releases(timestamp=0)
        tasks.find_late_releases(timestamp=0)

    assert Deviation.objects.get(case=None).quarter == f"{year}-Q1"
    assert caplog.text.count(f"{year}-Q1") == 1


# --- jobs of workers that died -----------------------------------------------------------------


def leave_behind(task_name):
    """As after kill -9: the job is being done, and nobody does it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s", [task_name])


def look_for_dead_workers():
    app.configure_task("requests_app.tasks.retry_stalled_jobs", queue="clock").defer(timestamp=0)
    work("clock")


def test_a_page_that_a_dead_worker_left_is_sent(committed_db, dispatcher, commander, smtp_server):
    factories.make_duty(commander)
    case = workflow.log(factories.make_request(dispatcher).pk, actor=dispatcher)
    leave_behind(SEND_PAGE)

    look_for_dead_workers()
    work("pages")

    assert len(smtp_server) == 1
    assert PageAttempt.objects.get(page__case=case).result == PageResult.SENT


def test_work_of_the_clock_that_a_dead_worker_left_is_dropped(committed_db):
    app.configure_task("requests_app.tasks.find_deviations", queue="clock").defer(timestamp=-1)
    leave_behind("requests_app.tasks.find_deviations")

    look_for_dead_workers()

    assert not ProcrastinateJob.objects.filter(args={"timestamp": -1}).exists()
    assert not ProcrastinateJob.objects.filter(status="doing").exists()


def test_jobs_that_are_done_are_forgotten_and_failed_ones_kept(committed_db):
    for timestamp in (1, 2, 3):
        app.configure_task("requests_app.tasks.find_deviations", queue="clock").defer(timestamp=timestamp)
        end(timestamp, "failed" if timestamp == 3 else "succeeded", days_ago=1 if timestamp == 2 else 10)

    app.configure_task("requests_app.tasks.remove_old_jobs", queue="clock").defer(timestamp=0)
    work("clock")

    kept = ProcrastinateJob.objects.filter(args__timestamp__in=[1, 2, 3])
    assert sorted(kept.values_list("args__timestamp", flat=True)) == [2, 3]


def end(timestamp, status, *, days_ago):
    """The job ended so many days ago."""
    job = ProcrastinateJob.objects.get(args={"timestamp": timestamp})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job.pk])
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s",
            [days_ago, job.pk],
        )


def test_the_periodic_jobs_are_registered():
    names = {name for name, _ in app.periodic_registry.periodic_tasks}

    assert names == {
        "requests_app.tasks.find_deviations",
        "requests_app.tasks.find_late_releases",
        "requests_app.tasks.look_for_pages",
        "requests_app.tasks.disable_unused_accounts",
        "requests_app.tasks.remove_old_jobs",
        "requests_app.tasks.remove_old_sessions",
        "requests_app.tasks.retry_stalled_jobs",
        "requests_app.tasks.verify_ledger",
        "requests_app.tasks.watch_log",
    }


# --- accounts ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed_db")
def test_administrators_get_a_mail_when_an_account_is_open_from_two_networks(
    smtp_server, dispatcher, administrator, commander
):
    accounts.alert_networks(dispatcher, networks=["198.51.100.0/24", "203.0.113.0/24"])

    work()

    (mail,) = smtp_server
    assert mail["X-RcptTo"] == administrator.email
    assert "/people/D-101/" in mail.get_content()
    assert "198.51.100" not in mail.get_content()


@pytest.mark.django_db
def test_an_account_unused_for_ninety_days_is_disabled_and_signed_out(dispatcher, administrator, signed_in):
    """Time is moved for the application; the database keeps its own, so the account looks young to it."""
    client = signed_in(dispatcher)

    with time_machine.travel(timezone.now() + timedelta(days=89)):
        tasks.disable_unused_accounts(timestamp=0)
    before = User.objects.get(pk=dispatcher.pk).is_active
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        tasks.disable_unused_accounts(timestamp=0)

    assert before
    assert not User.objects.get(pk=dispatcher.pk).is_active
    assert client.get("/account/sessions/").status_code == 302
    assert LedgerEntry.objects.filter(action=Action.DISABLE_UNUSED).count() == 1
    assert User.objects.get(pk=administrator.pk).is_active, "the last administrator stays"


@pytest.mark.django_db
def test_the_people_of_a_demonstration_are_not_disabled(demonstration, dispatcher):
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        tasks.disable_unused_accounts(timestamp=0)

    assert User.objects.get(pk=dispatcher.pk).is_active
