"""Brings together what is public, through the role that can read nothing else, and has the pages written."""

from django.conf import settings
from django.utils import timezone

from requests_app import published_log, workflow
from requests_app.models import Installation
from requests_app.publication import Publication, publish, released
from requests_app.vocabulary import InstallationKind

# In production a role of its own; `make run` has it, and a check asks for it. A test has one database.
PUBLIC = "public"


def publish_now() -> bool:
    """Write the public site from what is released now. Answers whether something had to be written."""
    return publish(gathered(), at=timezone.now())


def gathered() -> Publication:
    using = PUBLIC if PUBLIC in settings.DATABASES else "default"
    return Publication(
        releases=released(using),
        log=published_log.published(),
        policy_in_force=workflow.policy_in_force(),
        demonstration=Installation.objects.filter(kind=InstallationKind.DEMONSTRATION).exists(),
        site_url=settings.SITE_URL,
    )
