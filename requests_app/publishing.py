"""Brings together what is public, through the role that can read nothing else, and has the pages written."""

from dataclasses import replace

from django.conf import settings
from django.utils import timezone

from requests_app import published_log, workflow
from requests_app.models import Installation
from requests_app.publication import Publication, current, publish, released
from requests_app.vocabulary import InstallationKind

# In production a role of its own; `make run` has it, and a check asks for it. A test has one database.
PUBLIC = "public"


def publish_now() -> bool:
    """Write the public site from what is released now. Answers whether something had to be written.

    Another policy in force waits for the next release or seal, so that nothing public changes between them.
    """
    now, before = gathered(), current()
    if before.as_of is not None and _is_of_the_same_moment(now, before):
        now = replace(now, policy_in_force=before.policy_in_force)
    return publish(now, at=timezone.now())


def _is_of_the_same_moment(now: Publication, before: Publication) -> bool:
    return [one.sha256 for one in now.releases] == [one.sha256 for one in before.releases] and str(
        now.log.note
    ) == str(before.log.note)


def gathered() -> Publication:
    using = PUBLIC if PUBLIC in settings.DATABASES else "default"
    return Publication(
        releases=released(using),
        log=published_log.published(),
        policy_in_force=workflow.policy_in_force(),
        demonstration=Installation.objects.filter(kind=InstallationKind.DEMONSTRATION).exists(),
        site_url=settings.SITE_URL,
    )
