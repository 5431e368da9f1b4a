"""The API is called with everything that its description allows, and with what it does not.

An answer that the description does not have, or one of the kind 5xx, fails.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck
from hypothesis import settings as bounds
from schemathesis.specs.openapi.checks import allow_header_conformance

from louisville_ice.wsgi import application
from requests_app.publication.api import description
from tests.published import make_publication

schema = schemathesis.openapi.from_dict(json.loads(json.dumps(description())))
schema.app = application


@pytest.fixture(autouse=True)
def no_database() -> Iterator[None]:
    """A server looks after its connections before each request; one that an earlier test left is not ours."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture(autouse=True)
def publication(tmp_path: Path, settings) -> None:
    """What is public, in a folder. No database is asked for, so none is there."""
    settings.PUBLIC_DIR = tmp_path
    (tmp_path / "publication.json").write_bytes(make_publication("2025-Q3", "2025-Q4").to_bytes())


@schema.parametrize()
@bounds(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_described(case):
    # OPTIONS is refused before any address is looked at, with the list of methods of the whole register.
    case.call_and_validate(excluded_checks=[allow_header_conformance])
