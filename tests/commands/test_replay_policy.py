"""Stored decisions, judged again."""

import io

import pytest
from django.core.management import CommandError, call_command

from requests_app import workflow
from requests_app.models import Decision
from requests_app.vocabulary import Ground, Outcome, ReasonCode
from tests import factories

ORDINANCE = "2017-10-26-ordinance"


def replay(*arguments):
    said = io.StringIO()
    call_command("replay_policy", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def decided(db, dispatcher, commander):
    return factories.make_decided(dispatcher, commander)


def disturb(case, **columns):
    """As if the row, or the policy's text, had been changed behind the register's back."""
    row = Decision.objects.get(case=case)
    fresh = {
        field.name: getattr(row, field.name)
        for field in Decision._meta.concrete_fields
        if field.name not in ("id", "sequence", "supersedes", "entered_at")
    }
    Decision.objects.create(**fresh | {"sequence": 2, "supersedes": row} | columns)


def test_decisions_replay_exactly(decided):
    assert replay() == "1 decisions replay exactly.\n"


def test_a_verdict_that_differs_is_reported_with_status_1(decided):
    verdict = Decision.objects.get().verdict
    disturb(decided, verdict=verdict | {"flags": ["CALL_BACK"]})
    said = io.StringIO()

    with pytest.raises(CommandError, match="1 of 2 decisions do not replay") as error:
        call_command("replay_policy", stdout=said)

    assert error.value.returncode == 1
    assert said.getvalue() == f"{decided.number}, decision 2: flags: CALL_BACK -> none\n"


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"policy_sha256": "0" * 64}, "it has another hash"),
        ({"policy_version": "2016-01-01"}, "the version 2016-01-01 is not there any more"),
        ({"facts": {}}, "the stored facts cannot be read"),
    ],
    ids=["hash", "version", "facts"],
)
def test_what_cannot_be_the_same_is_named(decided, columns, words):
    disturb(decided, **columns)
    said = io.StringIO()

    with pytest.raises(CommandError, match="1 of 2"):
        call_command("replay_policy", stdout=said)

    assert words in said.getvalue()


def test_another_version_shows_what_it_would_change(db, dispatcher, commander):
    case = factories.make_decidable(
        dispatcher, commander, confirmed=False, document_class="", grounds_claimed=[Ground.PUBLIC_DANGER]
    )
    decline = workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.DANGER_NOT_SHOWN)
    workflow.decide(case.pk, actor=commander, choice=decline)

    said = replay("--policy-version", ORDINANCE)

    assert f"{case.number}, decision 1: outcome: more_information -> assist\n" in said
    assert f"{case.number}, decision 1: grounds: none -> risk_of_violence\n" in said
    assert said.endswith(f"1 of 1 verdicts would differ under {ORDINANCE}.\n")


def test_a_version_that_is_not_there_is_a_usage_error(db):
    with pytest.raises(CommandError, match="invalid choice"):
        replay("--policy-version", "2016-01-01")
