"""A decision that the officer gave by radio, entered by the dispatcher under both names."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.models import Decision
from requests_app.vocabulary import Outcome, Role, Status
from tests import factories


@pytest.fixture
def desk(signed_in, dispatcher):
    return signed_in(dispatcher)


@pytest.fixture
def waiting(dispatcher, commander):
    return workflow.log(factories.make_request(dispatcher).pk, actor=dispatcher)


def address_of(case):
    return reverse("requests_app:request_radio_decision", args=[case.public_id])


def said(commander, **over):
    return {
        "idempotency_key": str(uuid4()),
        "revision": "2",
        "officer": commander.badge_number,
        "occurred_at": f"{timezone.localtime():%Y-%m-%dT%H:%M:%S}",
        "outcome": Outcome.DECLINE.value,
        "reason_code": "named_in_policy",
        "reason_text": "Not for a door knock.",
        "referred_to": "",
        **over,
    }


def test_it_presets_no_decision(desk, waiting):
    form = desk.get(address_of(waiting)).context["form"]

    assert form["outcome"].value() in (None, "")
    assert form["officer"].value() == ""


def test_it_offers_commanding_officers_by_badge_number_and_nobody_else(desk, waiting, commander, oversight):
    choices = dict(desk.get(address_of(waiting)).context["form"].fields["officer"].choices)

    assert set(choices) == {"", commander.badge_number}


def test_it_does_not_offer_the_person_who_enters_it(signed_in, waiting, dispatcher, commander):
    factories.grant_role(commander, Role.DISPATCHER)

    choices = dict(signed_in(commander).get(address_of(waiting)).context["form"].fields["officer"].choices)

    assert commander.badge_number not in choices


def test_it_expects_the_officer_who_has_the_request(desk, waiting, commander, second_commander):
    workflow.claim(waiting.pk, actor=second_commander)

    assert desk.get(address_of(waiting)).context["form"]["officer"].value() == second_commander.badge_number


def test_it_enters_the_decision_under_both_names(desk, waiting, dispatcher, commander):
    answer = desk.post(address_of(waiting), said(commander))

    decision = Decision.objects.get()
    assert answer.status_code == 302
    assert (decision.decided_by, decision.entered_by) == (commander, dispatcher)
    assert decision.outcome == Outcome.DECLINE
    assert decision.decided_at <= decision.entered_at
    waiting.refresh_from_db()
    assert waiting.status == Status.DECIDED


def test_it_refuses_help_without_a_ground(desk, waiting, commander):
    answer = desk.post(
        address_of(waiting),
        said(commander, outcome="assist", reason_code="", scope_allowed=["serve_criminal_warrant"]),
    )

    assert answer.status_code == 422
    assert b"on the facts recorded none holds" in answer.content
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("officer", ""),
        ("officer", "D-101"),
        ("officer", "1"),
        ("outcome", ""),
        ("outcome", "more_information"),
        ("occurred_at", ""),
        ("occurred_at", "2099-01-01T10:00"),
        ("occurred_at", "2026-02-30T10:00"),
        ("reason_code", "because"),
        ("reason_code", ""),
        ("reason_text", "x" * 2001),
        ("reason_text", "\0"),
        ("scope_allowed", "search_for_federal"),
    ],
)
def test_it_refuses_bad_input_beside_its_field(desk, waiting, commander, field, value):
    answer = desk.post(address_of(waiting), said(commander, **{field: value}))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Decision.objects.exists()


def test_a_referral_names_to_whom(desk, waiting, commander):
    missing = desk.post(address_of(waiting), said(commander, outcome="refer", reason_code=""))

    assert missing.status_code == 422
    assert "referred_to" in missing.context["form"].errors


def test_a_decision_from_before_the_request_is_possible_to_enter_late(desk, waiting, commander):
    earlier = timezone.localtime() - timedelta(minutes=20)

    answer = desk.post(address_of(waiting), said(commander, occurred_at=f"{earlier:%Y-%m-%dT%H:%M}"))

    assert answer.status_code == 302


def test_it_is_not_for_a_request_that_has_another_officer(desk, waiting, commander, second_commander):
    workflow.claim(waiting.pk, actor=second_commander)

    answer = desk.post(address_of(waiting), said(commander))

    assert answer.status_code == 409
    assert "officer" in answer.context["form"].errors


def test_it_is_for_dispatchers(signed_in, waiting, commander):
    assert signed_in(commander).get(address_of(waiting)).status_code == 403


def test_it_is_not_possible_twice(desk, waiting, commander):
    desk.post(address_of(waiting), said(commander))

    assert desk.get(address_of(waiting)).status_code == 409
    assert desk.post(address_of(waiting), said(commander)).status_code == 409
    assert Decision.objects.count() == 1
