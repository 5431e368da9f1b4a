"""Erasing what the ledger keeps privately of a request, through the pages: one asks, another confirms."""

import time
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.models import AssistanceRequest, LedgerEntry, LedgerPrivate
from requests_app.vocabulary import Action, RetentionClass, Role
from tests import factories

WORD = {"reason": "Its time is over."}


@pytest.fixture
def second_oversight(committed_db):
    return factories.make_user("O-302", Role.OVERSIGHT, display_name="Oversight Two")


@pytest.fixture
def ended(committed_db, dispatcher, oversight):
    case = factories.make_old(dispatcher)
    return keep_until(case, oversight, date(2017, 9, 22))


def keep_until(case, oversight, until, *, hold=False):
    return workflow.hold(
        case.pk,
        actor=oversight,
        legal_hold=hold,
        retention_class=RetentionClass.STANDARD,
        retain_until=until,
        reason="The schedule.",
    )


def address(case, act):
    return reverse(f"requests_app:request_{act}", args=[case.public_id])


def send(client, case, act, **given):
    form = {"idempotency_key": str(uuid4()), "revision": case.revision, **WORD, **given}
    return client.post(address(case, act), form)


def page_of(client, case):
    return client.get(reverse("requests_app:request_detail", args=[case.public_id])).content.decode()


def test_one_asks_and_another_erases(signed_in, ended, oversight, second_oversight):
    assert send(signed_in(oversight), ended, "propose_erasure").status_code == 302
    shown = signed_in(second_oversight).get(address(ended, "erase")).content.decode()
    assert "Oversight One" in shown
    assert WORD["reason"] in shown

    answer = send(signed_in(second_oversight), ended, "erase", reason="Looked at, and agreed.")

    assert answer.status_code == 302
    left = [one.entry.action for one in LedgerPrivate.objects.filter(entry__case=ended).order_by("pk")]
    assert left == [Action.HOLD, Action.PROPOSE_ERASURE, Action.ERASE]


def test_the_page_of_a_request_that_was_erased_says_so_and_stands(
    signed_in, ended, oversight, second_oversight
):
    send(signed_in(oversight), ended, "propose_erasure")
    send(signed_in(second_oversight), ended, "erase")

    shown = page_of(signed_in(oversight), ended)

    assert "erased what the ledger kept privately" in shown
    for name in ("request_revisions", "request_detail"):
        url = reverse(f"requests_app:{name}", args=[ended.public_id])
        assert signed_in(second_oversight).get(url).status_code == 200


def test_who_asked_is_not_who_erases(signed_in, ended, oversight):
    send(signed_in(oversight), ended, "propose_erasure")

    answer = send(signed_in(oversight), ended, "erase")

    assert answer.status_code == 403
    assert "Another person of oversight confirms it." in answer.content.decode()
    refused = LedgerEntry.objects.get(action=Action.ERASE)
    assert (refused.actor, refused.refusal) == (oversight, "forbidden")


def test_erasing_wants_a_fresh_second_factor(signed_in, ended, oversight, second_oversight):
    send(signed_in(oversight), ended, "propose_erasure")
    client = signed_in(second_oversight)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - 601}]
    session.save()

    answer = send(client, ended, "erase")

    assert answer.status_code == 403
    assert "Confirm that it is you" in answer.content.decode()
    assert LedgerPrivate.objects.filter(entry__case=ended).count() > 1


@pytest.mark.parametrize(("days", "hold"), [(None, False), (1, False), (-9, True)])
def test_a_request_whose_time_is_not_over_offers_no_erasure(signed_in, ended, oversight, days, hold):
    until = timezone.localdate() + timedelta(days=days) if days is not None else None
    keep_until(ended, oversight, until, hold=hold)
    case = AssistanceRequest.objects.get(pk=ended.pk)

    client = signed_in(oversight)

    assert address(case, "propose_erasure") not in page_of(client, case)
    assert client.get(address(case, "propose_erasure")).status_code == 409
    assert send(client, case, "propose_erasure").status_code == 409
