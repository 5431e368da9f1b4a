"""What the worker does: send pages, page the next officer, and look at what only the passing of time changes.

A job may run twice and must do no harm then. Nothing here decides: a request that waits goes on waiting.
"""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Status as JobStatus

from louisville_ice.roles import conninfo_of
from requests_app import (
    accounts,
    ledger,
    ledger_check,
    notifications,
    published_log,
    publishing,
    releases,
    workflow,
)
from requests_app.models import Installation, Page, RoleGrant, User
from requests_app.signin.sessions import SessionStore
from requests_app.vocabulary import (
    LOUISVILLE,
    InstallationKind,
    PageReason,
    PageResult,
    RefusalKind,
    Role,
    Status,
)

logger = logging.getLogger(__name__)

PAGES, CLOCK = "pages", "clock"
# After 2, 4, 8 seconds and so on; the eleventh and last repetition comes after more than an hour.
PATIENCE = RetryStrategy(max_attempts=11, exponential_wait=2)
# A page never waits behind housekeeping.
LATER = -10
CASES_AT_A_TIME = 100
JOBS_KEPT_HOURS = 72

PAGED_BECAUSE = {
    PageReason.LOGGED: "you are on duty",
    PageReason.NO_ACKNOWLEDGEMENT: "the officer paged before you has not acknowledged",
    PageReason.BY_HAND: "a colleague asked for you",
}


# --- pages -------------------------------------------------------------------------------------


@app.task(queue=PAGES, retry=PATIENCE)
def send_page(page_id: int) -> None:
    """Mail the paged officer. Every try is an attempt on the case; a failed one is tried again."""
    page = Page.objects.select_related("case__evidence", "officer").get(pk=page_id)
    if page.case.status != Status.WAITING or page.acknowledged_at is not None:
        logger.info("Page %s is not sent: the officer need not come any more.", page_id)
        return
    if not page.officer.email:
        notifications.record_attempt(page, PageResult.NO_ADDRESS)
        return
    try:
        _mail_for(page).send()
    except OSError as error:  # the errors of smtplib are among these
        notifications.record_attempt(page, PageResult.FAILED, detail=f"{type(error).__name__}: {error}")
        raise
    notifications.record_attempt(page, PageResult.SENT)


def _mail_for(page: Page) -> EmailMessage:
    """Number, waiting time and a link; never what was said, by whom or where."""
    path = reverse("requests_app:request_detail", args=[page.case.public_id])
    emergency = workflow.is_emergency(page.case)
    context = {
        "case": page.case,
        "is_emergency": emergency,
        "is_demonstration": Installation.objects.filter(kind=InstallationKind.DEMONSTRATION).exists(),
        "reason": PAGED_BECAUSE[PageReason(page.reason)],
        "link": f"{settings.SITE_URL}{path}",
    }
    headers = {"Auto-Submitted": "auto-generated", **({"Importance": "high"} if emergency else {})}
    with timezone.override(LOUISVILLE):
        return EmailMessage(
            subject=render_to_string("emails/request_paged.subject.txt", context).strip(),
            body=render_to_string("emails/request_paged.body.txt", context),
            to=[page.officer.email],
            headers=headers,
        )


@app.task(queue=PAGES, retry=PATIENCE)
def page_next(case_id: int, order: int) -> None:
    """Page the officer of this place, unless somebody answered, or the place was paged, before."""
    try:
        case = workflow.page(case_id, actor=User.objects.system(), order=order)
    except workflow.Refused as refusal:
        if refusal.kind == RefusalKind.STALE:
            raise  # somebody is saving the request this moment: try again
        logger.info("Nobody is paged for request %s: %s", case_id, refusal)
        return
    if not case.pages.filter(order=order).exists():
        logger.warning("Request %s waits, and no officer is left to page.", case.number)


# --- what time alone brings about --------------------------------------------------------------


# --- the ledger -------------------------------------------------------------------------------


@app.periodic(cron="23 2 * * 0")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="verify_ledger")
def verify_ledger(timestamp: int) -> None:
    """Once a week: every entry, the history beside it and what was published. Who keeps watch is told."""
    try:
        ledger_check.verify(
            conninfo_of(connection.get_connection_params()), tlog=settings.TLOG_DIR, progress=_quietly
        )
    except ledger_check.Wrong as wrong:
        logger.error("The ledger is not whole: %s", wrong)
        _alarm("Register: the ledger is not whole", "emails/ledger_not_whole.body.txt", found=str(wrong))


@app.periodic(cron="11 8 * * *")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="watch_log")
def watch_log(timestamp: int) -> None:
    """Once a day: a log that nobody signs any more proves nothing. Who keeps watch is told."""
    if Installation.objects.filter(kind=InstallationKind.DEMONSTRATION).exists():
        return  # its signer runs only while somebody looks at it
    log = published_log.published()
    if log.problem:
        found = log.problem
    elif log.is_late(timezone.now()):
        found = f"It was last signed on {log.signed_at:%Y-%m-%d at %H:%M} UTC; it ought to be every day."
    else:
        return
    logger.error("The log is not signed: %s", found)
    _alarm("Register: the log is not signed", "emails/log_not_signed.body.txt", found=found)


# --- what is public ---------------------------------------------------------------------------


@app.periodic(cron="*/10 * * * *")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="look_for_pages")
def look_for_pages(timestamp: int) -> None:
    """Write the public pages anew when the log was signed, or a job was missed."""
    publishing.publish_now()


@app.task(queue="public", retry=PATIENCE)
def publish_pages() -> None:
    """After a release: it is public when its pages are written."""
    publishing.publish_now()


def _quietly(what: str, count: int, total: int) -> None:
    """Nobody watches a job's progress."""


def _alarm(subject: str, template: str, *, found: str) -> None:
    addresses = _addresses_of(Role.ADMINISTRATOR, Role.OVERSIGHT)
    if addresses:
        body = render_to_string(template, {"found": found, "url": settings.SITE_URL})
        EmailMessage(subject, body, to=addresses).send()


# --- accounts ----------------------------------------------------------------------------------


@app.task(queue=PAGES, retry=PATIENCE)
def send_network_alert(account_id: int) -> None:
    """One mail to every active administrator with an address."""
    account = User.objects.get(pk=account_id)
    addresses = _addresses_of(Role.ADMINISTRATOR)
    body = render_to_string(
        "emails/network_alert.body.txt",
        {
            "account": account,
            "url": f"{settings.SITE_URL}{reverse('requests_app:person', args=[account.badge_number])}",
        },
    )
    if addresses:
        EmailMessage("Register: one account open from two networks", body, to=addresses).send()


@app.task(queue=PAGES, retry=PATIENCE)
def send_break_glass(account_id: int, witness_ids: list[int], reset: bool) -> None:
    """One mail to every active administrator and oversight person with an address."""
    account = User.objects.get(pk=account_id)
    witnesses = [str(one) for one in User.objects.filter(pk__in=witness_ids)]
    words = {"account": account, "witnesses": witnesses, "reset": reset, "url": settings.SITE_URL}
    body = render_to_string("emails/break_glass.body.txt", words)
    addresses = _addresses_of(Role.ADMINISTRATOR, Role.OVERSIGHT)
    if addresses:
        EmailMessage(f"Register: {account.badge_number} was let in at the server", body, to=addresses).send()


def _addresses_of(*roles: Role) -> list[str]:
    """Of people who hold one of the roles, each once."""
    holders = RoleGrant.objects.held().filter(role__in=roles).values("user")
    return [one.email for one in User.objects.filter(pk__in=holders) if one.email]


@app.periodic(cron="41 3 * * *")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="disable_unused_accounts")
def disable_unused_accounts(timestamp: int) -> None:
    """Accounts without a sign-in for ninety days, and temporary ones past their last day."""
    if Installation.objects.filter(kind=InstallationKind.DEMONSTRATION).exists():
        return  # its people have names of roles, and nobody waits for them
    for account in accounts.disable_unused(now=timezone.now()):
        logger.info("Account %s is disabled.", account.badge_number)


@app.periodic(cron="53 3 * * *")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="remove_old_sessions")
def remove_old_sessions(timestamp: int) -> None:
    SessionStore.clear_expired()


@app.periodic(cron="*/5 * * * *")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="find_deviations")
def find_deviations(timestamp: int) -> None:
    """Write down what is late by now; what does not fit into one batch waits for the next."""
    system = User.objects.system()
    for case_id in workflow.deviating_by_now(limit=CASES_AT_A_TIME):
        try:
            workflow.find_deviations(case_id, actor=system)
        except workflow.Refused as refusal:
            logger.info("Request %s is looked at again later: %s", case_id, refusal)


@app.periodic(cron="7 * * * *")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="find_late_releases")
def find_late_releases(timestamp: int) -> None:
    """Write down which quarters ought to be public by now."""
    for quarter in releases.find_late_releases(ledger.now()):
        logger.warning("The figures of %s are not released, and ought to be.", quarter)


@app.periodic(cron="* * * * *")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Take up what a dead worker left half done: a page is sent twice rather than never."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        if job.queue == CLOCK:
            # The next tick does the same work, and may hold the lock already.
            await jobs.finish_job(job=job, status=JobStatus.FAILED, delete_job=True)
        else:
            logger.warning("Job %s of a worker that ended is tried again.", job.call_string)
            await jobs.retry_job(job=job)


@app.periodic(cron="17 4 * * *")
@app.task(queue=CLOCK, priority=LATER, queueing_lock="remove_old_jobs", pass_context=True)
async def remove_old_jobs(context: JobContext, timestamp: int) -> None:
    """Forget jobs that are done; failed ones stay, so that somebody looks at them."""
    await context.app.job_manager.delete_old_jobs(nb_hours=JOBS_KEPT_HOURS)
