"""Queues what must be sent, inside the transaction of the act: a rollback leaves no job.

Nothing is sent here. The worker runs `tasks`, which send and have each try written down.
"""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status as JobStatus

from requests_app.models import Page, PageAttempt
from requests_app.vocabulary import PageResult

SEND_PAGE = "requests_app.tasks.send_page"
PAGE_NEXT = "requests_app.tasks.page_next"
SEND_NETWORK_ALERT = "requests_app.tasks.send_network_alert"
SEND_BREAK_GLASS = "requests_app.tasks.send_break_glass"
PUBLISH_PAGES = "requests_app.tasks.publish_pages"


def queue_page(page_id: int) -> None:
    """Send the page to its officer as soon as this transaction commits."""
    app.configure_task(SEND_PAGE, queue="pages").defer(page_id=page_id)


def queue_escalation(case_id: int, *, order: int, due_at: datetime) -> None:
    """At `due_at`, page the officer of this order unless somebody acknowledged before."""
    app.configure_task(
        PAGE_NEXT, queue="pages", schedule_at=due_at, queueing_lock=f"page-{case_id}-{order}"
    ).defer(case_id=case_id, order=order)


def queue_network_alert(account_id: int) -> None:
    """Tell the administrators by mail as soon as this transaction commits."""
    app.configure_task(SEND_NETWORK_ALERT, queue="pages").defer(account_id=account_id)


def queue_break_glass(account_id: int, witness_ids: list[int], *, reset: bool) -> None:
    """Tell administrators and oversight by mail as soon as this transaction commits."""
    app.configure_task(SEND_BREAK_GLASS, queue="pages").defer(
        account_id=account_id, witness_ids=[*witness_ids], reset=reset
    )


def queue_publish() -> None:
    """Write the public pages anew as soon as this transaction commits. One waiting job is enough for all.

    A job that waits already is held until then: it must not begin before it can see what is published now.
    """
    while not _hold_waiting(PUBLISH_PAGES):
        try:
            with transaction.atomic():  # what another puts there in between undoes no more than this
                app.configure_task(PUBLISH_PAGES, queue="public", queueing_lock="publish_pages").defer()
        except AlreadyEnqueued:
            continue
        return


def _hold_waiting(task: str) -> bool:
    """Whether a job of this task waits; no worker takes it before this transaction ends."""
    waiting = ProcrastinateJob.objects.filter(task_name=task, status=JobStatus.TODO.value)
    return waiting.select_for_update().first() is not None


def record_attempt(page: Page, result: PageResult, *, detail: str = "") -> PageAttempt:
    """One try to reach the officer, on the case for good; what did not work is a try too."""
    longest = PageAttempt._meta.get_field("detail").max_length
    return PageAttempt.objects.create(
        page=page, attempt=page.attempts.count() + 1, result=str(result), detail=detail[:longest]
    )
