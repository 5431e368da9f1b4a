"""Queues what must be sent, inside the transaction of the act: a rollback leaves no job.

Nothing is sent here. The worker runs `tasks`, which send and record the attempt.
"""

from datetime import datetime

from procrastinate.contrib.django import app

SEND_PAGE = "requests_app.tasks.send_page"
PAGE_NEXT = "requests_app.tasks.page_next"


def queue_page(page_id: int) -> None:
    """Send the page to its officer as soon as this transaction commits."""
    app.configure_task(SEND_PAGE, queue="pages").defer(page_id=page_id)


def queue_escalation(case_id: int, *, order: int, due_at: datetime) -> None:
    """At `due_at`, page the officer of this order unless somebody acknowledged before."""
    app.configure_task(
        PAGE_NEXT, queue="pages", schedule_at=due_at, queueing_lock=f"page-{case_id}-{order}"
    ).defer(case_id=case_id, order=order)
