"""Queues what must be sent, inside the transaction of the act: a rollback leaves no job.

Nothing is sent here. The worker runs `tasks`, which send and have each try written down.
"""

from datetime import datetime

from procrastinate.contrib.django import app

from requests_app.models import Page, PageAttempt
from requests_app.vocabulary import PageResult

SEND_PAGE = "requests_app.tasks.send_page"
PAGE_NEXT = "requests_app.tasks.page_next"
SEND_NETWORK_ALERT = "requests_app.tasks.send_network_alert"
SEND_BREAK_GLASS = "requests_app.tasks.send_break_glass"


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


def record_attempt(page: Page, result: PageResult, *, detail: str = "") -> PageAttempt:
    """One try to reach the officer, on the case for good; what did not work is a try too."""
    longest = PageAttempt._meta.get_field("detail").max_length
    return PageAttempt.objects.create(
        page=page, attempt=page.attempts.count() + 1, result=str(result), detail=detail[:longest]
    )
