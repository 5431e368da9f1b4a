"""What must hold when several people act at the same moment: real threads, real commits."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from requests_app import workflow
from requests_app.models import AssistanceRequest, Decision, LedgerEntry, LedgerHead, LedgerPosition
from requests_app.vocabulary import Action, Component, RefusalKind
from tests import factories

ROUNDS = 50

pytestmark = pytest.mark.usefixtures("committed_db")


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Start all acts at the same moment, each on a connection of its own; answers results and exceptions."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait()
            return act()
        except (workflow.Refused, workflow.AlreadyDone) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_officers_taking_and_deciding_at_the_same_moment(
    dispatcher, commander, second_commander, signed_in
):
    """Through the pages, fifty times: one of them has it, the other is told so."""
    officers = [signed_in(officer) for officer in (commander, second_commander)]
    for _ in range(ROUNDS):
        case = factories.make_request(dispatcher)
        workflow.log(case.pk, actor=dispatcher)

        taken = at_once(*(partial(send, officer, case, "claim", {}) for officer in officers))
        decided = at_once(*(partial(send, officer, case, "decide", DECLINE_FORM) for officer in officers))

        for answers in (taken, decided):
            assert sorted(answer.status_code for answer in answers) == [302, 409]
            (told,) = [answer.content.decode() for answer in answers if answer.status_code == 409]
            assert "not possible now" in told or "has this request" in told
        assert Decision.objects.filter(case=case).count() == 1

    refusals = LedgerEntry.objects.filter(refusal=RefusalKind.ILLEGAL)
    assert refusals.filter(action=Action.CLAIM).count() == ROUNDS
    assert refusals.filter(action=Action.DECIDE).count() == ROUNDS


DECLINE_FORM = {"outcome": "decline", "reason_code": "officers_assessment", "reason_text": "Can wait."}


def send(client: Client, case: AssistanceRequest, verb: str, form: dict[str, str]) -> object:
    """Post the form of an act as a browser would, from a page opened a moment ago."""
    revision = AssistanceRequest.objects.get(pk=case.pk).revision
    carried = {"idempotency_key": str(uuid.uuid4()), "revision": str(revision)}
    return client.post(reverse(f"requests_app:request_{verb}", args=[case.public_id]), {**form, **carried})


def test_one_officer_deciding_in_two_windows_at_the_same_moment(dispatcher, commander):
    for _ in range(10):
        case = factories.make_decidable(dispatcher, commander)
        decide = partial(workflow.attempt, workflow.decide, case.pk, actor=commander)
        results = at_once(
            *(partial(decide, choice=choice) for choice in (factories.ASSIST, factories.DECLINE))
        )

        assert sum(isinstance(result, workflow.Refused) for result in results) == 1
        assert Decision.objects.filter(case=case).count() == 1


def test_the_same_first_save_eight_times_at_once_is_one_case(dispatcher):
    form = workflow.Submission(key=uuid.uuid4(), digest=b"d" * 32)
    intake = factories.make_intake()

    results = at_once(
        *[lambda: workflow.save_intake(None, actor=dispatcher, intake=intake, submission=form)] * 8
    )

    assert AssistanceRequest.objects.count() == 1
    assert sum(isinstance(result, workflow.AlreadyDone) for result in results) == 7


def test_numbers_and_places_are_dense_with_eight_writers(dispatcher):
    def write_ten() -> None:
        for _ in range(10):
            case = workflow.save_intake(None, actor=dispatcher, intake=factories.make_intake())
            workflow.correct(
                case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard."
            )

    at_once(*[write_ten] * 8)

    numbers = sorted(int(number[5:]) for number in AssistanceRequest.objects.values_list("number", flat=True))
    places = list(LedgerPosition.objects.order_by("index").values_list("index", flat=True))
    assert numbers == list(range(1, 81))
    assert places == list(range(160))
    assert LedgerHead.objects.get().size == 160
