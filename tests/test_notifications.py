"""Paging, from the logged request to the mail in the officer's box: a real worker and a real mail server."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from requests_app import workflow
from requests_app.models import Page, PageAttempt
from requests_app.notifications import PAGE_NEXT, SEND_PAGE
from requests_app.vocabulary import Ground, PageReason, PageResult, RefusalKind, Role, Status
from tests import factories
from tests.worker import bring_forward, work


def escalate(times=1):
    for _ in range(times):
        bring_forward()
        work()


def logged(dispatcher, **over):
    return workflow.log(factories.make_request(dispatcher, **over).pk, actor=dispatcher)


def paged(case):
    return list(case.pages.order_by("order").values_list("officer__badge_number", flat=True))


def results(case):
    attempts = PageAttempt.objects.filter(page__case=case).order_by("id")
    return list(attempts.values_list("attempt", "result"))


def addressees(messages):
    return [message["To"] for message in messages]


@pytest.fixture
def on_duty(committed_db, commander, second_commander):
    """Commander Two is paged first, Commander One after."""
    factories.make_duty(second_commander, order=1)
    factories.make_duty(commander, order=2)


@pytest.fixture
def mail_server_down(settings):
    """Nobody listens on this port."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


# --- the mail ----------------------------------------------------------------------------------


def test_the_officer_on_duty_gets_a_mail_with_number_waiting_time_and_link(
    on_duty, dispatcher, smtp_server, settings
):
    settings.SITE_URL = "https://register.example.org"
    case = logged(dispatcher)

    work()

    (message,) = smtp_server
    text = message.get_content()
    assert message["To"] == "c-202@lmpd.example"
    assert message["Subject"] == f"Request {case.number} waits for you"
    assert f"https://register.example.org/requests/{case.public_id}/" in text
    assert "Emergency: no" in text
    assert case.logged_at.astimezone(timezone.get_default_timezone()).strftime("%H:%M") in text
    assert results(case) == [(1, PageResult.SENT)]


def test_the_mail_holds_nothing_that_was_said_and_nobody_who_said_it(on_duty, dispatcher, smtp_server):
    logged(dispatcher, what_was_said="Canary words.", danger_articulated="Canary danger.")

    work()

    (message,) = smtp_server
    assert "canary" not in message.as_string().lower()
    assert "555-0100" not in message.as_string()
    assert "24-CR-000001" not in message.as_string()


def test_an_emergency_says_so(on_duty, dispatcher, smtp_server):
    case = logged(dispatcher, grounds_claimed=[Ground.PUBLIC_DANGER])

    work()

    (message,) = smtp_server
    assert message["Subject"] == f"EMERGENCY: Request {case.number} waits for you"
    assert message["Importance"] == "high"
    assert "Emergency: YES" in message.get_content()


def test_a_demonstration_and_an_exercise_are_named(on_duty, demonstration, dispatcher, smtp_server):
    case = workflow.save_intake(
        None, actor=dispatcher, intake=factories.make_intake(), is_exercise=True, exercise_source="A report."
    )
    workflow.log(case.pk, actor=dispatcher)

    work()

    (message,) = smtp_server
    assert message["Subject"] == f"Demonstration: Exercise: Request {case.number} waits for you"


def test_an_officer_without_an_address_is_an_attempt_and_no_mail(
    on_duty, dispatcher, second_commander, smtp_server
):
    second_commander.email = ""
    factories.save_as(second_commander, second_commander)
    case = logged(dispatcher)

    work()

    assert smtp_server == []
    assert results(case) == [(1, PageResult.NO_ADDRESS)]


def test_no_mail_goes_out_for_a_request_that_an_officer_has_taken(
    on_duty, dispatcher, commander, smtp_server
):
    case = logged(dispatcher)
    workflow.claim(case.pk, actor=commander)

    work()

    assert smtp_server == []
    assert results(case) == []


# --- when it does not work ---------------------------------------------------------------------


def test_a_mail_server_that_is_down_is_tried_again_until_the_mail_arrives(
    on_duty, dispatcher, mail_server_down, request
):
    case = logged(dispatcher)

    work()
    bring_forward(SEND_PAGE)
    work()
    smtp_server = request.getfixturevalue("smtp_server")
    bring_forward(SEND_PAGE)
    work()

    assert results(case) == [(1, PageResult.FAILED), (2, PageResult.FAILED), (3, PageResult.SENT)]
    assert addressees(smtp_server) == ["c-202@lmpd.example"]


def test_a_failed_attempt_says_why(on_duty, dispatcher, mail_server_down):
    case = logged(dispatcher)

    work()

    attempt = PageAttempt.objects.get(page__case=case)
    assert attempt.result == PageResult.FAILED
    assert "Connection refused" in attempt.detail


def test_each_wait_is_longer_than_the_one_before(on_duty, dispatcher, mail_server_down):
    logged(dispatcher)
    waits = []

    for _ in range(4):
        work()
        job = ProcrastinateJob.objects.get(task_name=SEND_PAGE)
        waits.append((job.scheduled_at - timezone.now()).total_seconds())
        bring_forward(SEND_PAGE)

    assert waits == pytest.approx([2, 4, 8, 16], abs=1)


def test_an_attempt_is_never_changed(on_duty, dispatcher):
    case = logged(dispatcher)
    work()
    attempt = PageAttempt.objects.get(page__case=case)

    attempt.result = PageResult.SENT
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        attempt.save()


# --- the line of escalation --------------------------------------------------------------------


def test_a_rolled_back_act_leaves_no_job(on_duty, dispatcher):
    case = factories.make_request(dispatcher)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        before = cursor.fetchone()

    with connection.execute_wrapper(refuse_the_ledger), pytest.raises(RuntimeError):
        workflow.log(case.pk, actor=dispatcher)

    case.refresh_from_db()
    assert case.status == Status.INTAKE
    assert not Page.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == before


def refuse_the_ledger(execute, sql, params, many, context):
    """The ledger is written last: by then the jobs are queued."""
    if "INSERT INTO requests_app_ledgerentry" in sql:
        raise RuntimeError("the line to the database breaks here")
    return execute(sql, params, many, context)


def test_nobody_acknowledges_and_the_next_of_the_roster_is_paged(on_duty, dispatcher, smtp_server):
    case = logged(dispatcher)
    work()

    escalate()
    work()

    assert paged(case) == ["C-202", "C-201"]
    assert case.pages.get(order=2).reason == PageReason.NO_ACKNOWLEDGEMENT
    assert addressees(smtp_server) == ["c-202@lmpd.example", "c-201@lmpd.example"]


def test_with_an_empty_roster_any_commanding_officer_is_paged(
    committed_db, dispatcher, commander, second_commander, smtp_server
):
    case = logged(dispatcher)

    escalate(2)

    assert paged(case) == ["C-201", "C-202"]


def test_after_the_roster_any_other_commanding_officer_is_paged(on_duty, dispatcher, smtp_server):
    factories.make_user("C-203", Role.COMMANDING_OFFICER)
    case = logged(dispatcher)

    escalate(3)

    assert paged(case) == ["C-202", "C-201", "C-203"]


def test_it_ends_when_nobody_is_left(on_duty, dispatcher, smtp_server):
    case = logged(dispatcher)

    escalate(5)

    case.refresh_from_db()
    assert paged(case) == ["C-202", "C-201"]
    assert case.status == Status.WAITING
    assert not ProcrastinateJob.objects.filter(queue_name="pages", status="todo").exists()


def test_the_officer_who_logged_it_is_not_paged(on_duty, second_commander, smtp_server):
    case = logged(second_commander)

    escalate(3)

    assert paged(case) == ["C-201"]


def test_an_acknowledgement_stops_the_line(on_duty, dispatcher, second_commander, smtp_server):
    case = logged(dispatcher)
    work()
    workflow.acknowledge(case.pk, actor=second_commander)

    escalate(2)

    assert paged(case) == ["C-202"]


def test_a_page_by_hand_takes_the_place_of_the_one_that_was_due(on_duty, dispatcher, smtp_server):
    factories.make_user("C-203", Role.COMMANDING_OFFICER)
    case = logged(dispatcher)
    workflow.page(case.pk, actor=dispatcher)

    bring_forward_place(2)
    work()

    assert paged(case) == ["C-202", "C-201"]
    assert case.pages.get(order=2).reason == PageReason.BY_HAND


def bring_forward_place(order):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE args ->> 'order' = %s", [str(order)]
        )


def test_a_job_that_runs_twice_pages_once(on_duty, dispatcher, smtp_server):
    factories.make_user("C-203", Role.COMMANDING_OFFICER)
    case = logged(dispatcher)

    for _ in range(2):
        app.configure_task(PAGE_NEXT, queue="pages").defer(case_id=case.pk, order=2)
    work()

    assert paged(case) == ["C-202", "C-201"]


def test_the_register_pages_nobody_after_an_answer_even_when_its_job_was_late(on_duty, dispatcher, commander):
    case = logged(dispatcher)
    workflow.acknowledge(case.pk, actor=commander)

    with pytest.raises(workflow.Refused) as refusal:
        workflow.page(case.pk, actor=factories.User.objects.system(), order=2)

    assert refusal.value.kind == RefusalKind.ILLEGAL
    assert refusal.value.reasons[0].code == "answered"


# --- the time limits ---------------------------------------------------------------------------


def minutes_until(order, case):
    """From the page before to when the job for this place is due."""
    job = ProcrastinateJob.objects.get(task_name=PAGE_NEXT, args={"case_id": case.pk, "order": order})
    return (job.scheduled_at - case.pages.get(order=order - 1).paged_at) / timedelta(minutes=1)


@pytest.mark.parametrize(
    ("claimed", "minutes"), [([], 3), ([Ground.PUBLIC_DANGER], 1)], ids=["ordinary", "emergency"]
)
def test_the_next_officer_is_due_after_three_minutes_and_after_one_in_an_emergency(
    on_duty, dispatcher, smtp_server, claimed, minutes
):
    case = logged(dispatcher, grounds_claimed=claimed)
    second = minutes_until(2, case)

    escalate()

    assert (second, minutes_until(3, case)) == pytest.approx((minutes, minutes))
