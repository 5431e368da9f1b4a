"""The policy page: both versions whole, which one is in force, how a request moves, who may do what."""

import pytest
from django.utils.html import escape

from requests_app import workflow
from requests_app.models import PolicyInForce, User
from requests_app.permissions import GRANTS
from requests_app.policy import load_version, versions
from requests_app.views.public import SYSTEM_ONLY
from requests_app.vocabulary import Action, Role, Status
from tests.factories import save_as

pytestmark = pytest.mark.django_db

ADOPTED, ORDINANCE = "2017-09-22", "2017-10-26-ordinance"


@pytest.fixture
def page(client):
    return client.get("/policy/").content.decode()


def test_it_compares_the_two_versions_there_are():
    """A third version needs another table of differences."""
    assert versions() == (ADOPTED, ORDINANCE)


@pytest.mark.parametrize("version", [ADOPTED, ORDINANCE])
def test_every_word_of_a_version_is_there(page, version):
    policy = load_version(version)
    words = [policy.title, policy.status, policy.notice, policy.sha256]
    for paragraph in policy.paragraphs:
        words += [paragraph.heading, paragraph.text, paragraph.source]
    for ground in policy.grounds:
        words += [ground.code.label, *(ground.evidence if ground.not_counted is None else ())]
    words += [step.name for step in policy.steps] + list(policy.titles.values())[2:-1]
    words += [row.words.warning.message for row in policy.flags]
    words += [row.words.warning.citation for row in policy.flags]

    assert [word for word in words if escape(word) not in page] == []


def test_the_policy_of_2017_is_in_force(page):
    adopted, ordinance = page.index(f"version-{ADOPTED}"), page.index(f"version-{ORDINANCE}")

    assert page.count(">In force<") == page.count(">Not in force<") == 1
    assert adopted < page.index(">In force<") < page.index(">Not in force<")
    assert adopted < ordinance


def test_the_ordinance_is_marked_as_not_confirmed(page):
    assert page.count("Reading not confirmed by counsel") >= 2


def test_a_version_that_was_put_in_force_comes_first(client):
    row = PolicyInForce(
        version=ORDINANCE, sha256=load_version(ORDINANCE).sha256, reason="The council says so."
    )
    save_as(User.objects.system(), row)

    response = client.get("/policy/")

    assert [text.version.id for text in response.context["texts"]] == [ORDINANCE, ADOPTED]
    page = response.content.decode()
    assert page.index('id="version-2017-10-26-ordinance"') < page.index(">In force<")
    assert "three instances only, and a commanding officer decides each time" not in page


def test_every_move_that_a_person_makes_is_there(client):
    lines = client.get("/policy/").context["moves"]

    assert [line.action for line in lines] == [
        action for action in workflow.MOVES if action not in SYSTEM_ONLY
    ]
    decide = next(line for line in lines if line.action == Action.DECIDE)
    assert (decide.sources, decide.targets) == ("Under review", "Decided, In the field")
    assert all(status.label in client.get("/policy/").content.decode() for status in Status)


def test_the_powers_are_those_of_the_table_of_permissions(client):
    powers = client.get("/policy/").context["powers"]

    assert {one.role: set(one.actions) for one in powers} == GRANTS
    assert [one.role for one in powers] == list(Role)


def test_the_number_of_queries_is_fixed(client, django_assert_num_queries):
    client.get("/policy/")

    with django_assert_num_queries(2):
        client.get("/policy/")
