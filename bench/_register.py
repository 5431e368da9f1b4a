"""A register on a real PostgreSQL of its own, for one measurement: Django points at a fresh clone."""

import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django  # noqa: E402  the path and the settings come first

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from psycopg.conninfo import conninfo_to_dict  # noqa: E402

from requests_app import publication  # noqa: E402
from tests import cluster  # noqa: E402


@contextlib.contextmanager
def fresh(name: str) -> Iterator[dict[str, str]]:
    """URLs of the clone by role."""
    folder, alive = cluster.make_folder()
    try:
        by_role = cluster.urls(folder)
        cluster.clone(by_role["postgres"], name)
        urls = {role: cluster.in_database(url, name) for role, url in by_role.items()}
        point_at(urls["application"], name)
        yield urls
    finally:
        connections.close_all()
        cluster.remove_folder(folder, alive)


def publish_into(folder: Path, what: publication.Publication) -> None:
    """The public site of this publication, written into the folder and read from there."""
    settings.PUBLIC_DIR = folder
    publication.publish(what, at=datetime.now(UTC))


def point_at(application_url: str, name: str) -> None:
    words = conninfo_to_dict(application_url)
    connections["default"].close()
    connections["default"].settings_dict |= {
        "NAME": name,
        "USER": words["user"],
        "PASSWORD": words["password"],
        "HOST": words["host"],
    }
