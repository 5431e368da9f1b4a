"""When the public site is written anew: after a release, after a seal, and at no other time."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from requests_app import publication, publishing, workflow
from requests_app.demonstration import clock
from requests_app.models import PolicyInForce
from requests_app.policy import load_version
from tests.factories import make_release, make_request, save_as

pytestmark = pytest.mark.django_db

MOMENT = datetime(2024, 2, 10, 15, tzinfo=UTC)
RIPE = datetime(2024, 5, 10, 15, tzinfo=UTC)
ORDINANCE = "2017-10-26-ordinance"


@pytest.fixture
def released(demonstration, dispatcher, oversight, settings, tmp_path):
    """The first quarter of 2024, published, and the site written."""
    settings.PUBLIC_DIR = tmp_path
    with clock(MOMENT):
        case = make_request(dispatcher, received_at=MOMENT)
        workflow.log(case.pk, actor=dispatcher)
    with clock(RIPE):
        make_release("2024-Q1", oversight)
    assert publishing.publish_now()
    return tmp_path


def put_in_force(administrator, version):
    with clock(datetime(2024, 6, 1, 15, tzinfo=UTC)):
        save_as(
            administrator,
            PolicyInForce(version=version, sha256=load_version(version).sha256, reason="For the test."),
        )


def test_what_is_written_is_what_was_released(released):
    (release,) = publication.current().releases

    assert str(release.quarter) == "2024-Q1"
    assert b"January to March 2024" in publication.find("en/", encodings=frozenset()).content


def test_nothing_is_written_while_nothing_was_released_or_signed(released, administrator):
    assert not publishing.publish_now()


def test_another_policy_in_force_waits_for_the_next_release(released, administrator, oversight):
    put_in_force(administrator, ORDINANCE)

    assert not publishing.publish_now()
    assert publication.current().policy_in_force != ORDINANCE

    with clock(datetime(2024, 8, 10, 15, tzinfo=UTC)):
        make_release("2024-Q2", oversight)
    assert publishing.publish_now()
    assert publication.current().policy_in_force == ORDINANCE


def test_the_command_writes_too_and_says_whether_it_did(released, capsys):
    call_command("publish_pages")

    assert capsys.readouterr().out == "The public pages are up to date.\n"
