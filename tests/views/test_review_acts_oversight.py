"""The acts of oversight on a request: review, follow-up, hold."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.models import AssistanceRequest, LedgerEntry, Review
from requests_app.vocabulary import Action, RetentionClass, ReviewFinding
from tests.factories import ASSIST, make_closed, make_decidable, make_decided, make_request

pytestmark = pytest.mark.django_db

REVIEW = {"finding": "in_policy", "note": "Heard the call, read the warrant."}
FOLLOW_UP = {"question": "Why did nobody call back?"}
HOLD = {"retention_class": "litigation", "retain_until": "2031-11-22", "reason": "Notice of a claim."}
ACTS = {"review": REVIEW, "follow_up": FOLLOW_UP, "hold": HOLD}


@pytest.fixture
def closed(dispatcher, commander):
    return make_closed(dispatcher, commander)


@pytest.fixture
def reviewed(closed, oversight):
    return workflow.review(closed.pk, actor=oversight, finding=ReviewFinding.IN_POLICY, note="Fine.")


def address(case, act):
    return reverse(f"requests_app:request_{act}", args=[case.public_id])


def send(client, case, act, **given):
    form = {"idempotency_key": str(uuid4()), "revision": case.revision, **ACTS[act], **given}
    return client.post(address(case, act), form)


def fields_with_errors(response):
    return sorted(name or "" for name in response.context["form"].errors)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("person", "code"),
    [("dispatcher", 403), ("commander", 403), ("administrator", 404), ("outsider", 404)],
)
def test_it_is_for_oversight_alone(signed_in, reviewed, act, method, person, code, request):
    client = signed_in(request.getfixturevalue(person))

    assert getattr(client, method)(address(reviewed, act)).status_code == code


@pytest.mark.parametrize("act", ACTS)
def test_who_tries_without_the_role_is_written_down(signed_in, dispatcher, reviewed, act):
    send(signed_in(dispatcher), reviewed, act)

    entry = LedgerEntry.objects.filter(case=reviewed).latest("id")
    assert (entry.action, entry.actor, entry.refusal) == (f"request:{act}", dispatcher, "forbidden")


@pytest.mark.parametrize("act", ACTS)
def test_it_shows_the_form(signed_in, oversight, reviewed, act):
    response = signed_in(oversight).get(address(reviewed, act))

    assert response.status_code == 200
    assert "Canary" not in response.content.decode()


def test_a_review_is_a_record_of_its_own(signed_in, oversight, closed):
    response = send(signed_in(oversight), closed, "review")

    assert response["Location"] == reverse("requests_app:request_detail", args=[closed.public_id])
    row = Review.objects.get()
    assert (row.case, row.reviewer, row.finding, row.note) == (closed, oversight, "in_policy", REVIEW["note"])
    entry = LedgerEntry.objects.latest("id")
    assert (entry.actor, entry.action) == (oversight, Action.REVIEW)


def test_a_review_may_classify_the_request_and_keeps_the_first_classification(signed_in, oversight, closed):
    send(signed_in(oversight), closed, "review", request_types=["standby", "knock_and_talk"])

    case = AssistanceRequest.objects.get(pk=closed.pk)
    assert case.types_by_review == ["knock_and_talk", "standby"]
    assert case.types_at_intake == ["serve_warrant"]


def test_a_second_review_stands_beside_the_first(signed_in, oversight, reviewed):
    send(signed_in(oversight), reviewed, "review", finding="not_in_policy", note="On reading it again.")

    assert list(Review.objects.values_list("finding", flat=True)) == ["in_policy", "not_in_policy"]


@pytest.mark.parametrize(
    ("act", "given", "wrong"),
    [
        ("review", {"finding": "", "note": ""}, ["finding", "note"]),
        ("review", {"finding": "excellent"}, ["finding"]),
        ("review", {"note": "x" * 4001}, ["note"]),
        ("review", {"note": "a\x00b"}, ["note"]),
        ("review", {"note": " \u200b "}, ["note"]),
        ("review", {"request_types": ["everything"]}, ["request_types"]),
        ("follow_up", {"question": ""}, ["question"]),
        ("follow_up", {"question": "x" * 2001}, ["question"]),
        ("hold", {"retention_class": "forever"}, ["retention_class"]),
        ("hold", {"retain_until": "2031-02-30"}, ["retain_until"]),
        ("hold", {"retain_until": "2001-01-01"}, ["retain_until"]),
        ("hold", {"retain_until": "9999-12-31"}, ["retain_until"]),
        ("hold", {"reason": ""}, ["reason"]),
    ],
)
def test_it_says_what_is_wrong_beside_the_field_and_saves_nothing(
    signed_in, oversight, reviewed, act, given, wrong
):
    entries = LedgerEntry.objects.count()

    response = send(signed_in(oversight), reviewed, act, **given)

    assert response.status_code == 422
    assert fields_with_errors(response) == wrong
    assert LedgerEntry.objects.count() == entries


def test_what_was_typed_stays_when_something_is_wrong(signed_in, oversight, closed):
    response = send(signed_in(oversight), closed, "review", finding="")

    assert REVIEW["note"] in response.content.decode()


def test_the_same_review_sent_twice_is_one(signed_in, oversight, closed):
    client, key = signed_in(oversight), str(uuid4())

    codes = [send(client, closed, "review", idempotency_key=key).status_code for _ in range(2)]

    assert codes == [302, 302]
    assert Review.objects.count() == 1


@pytest.mark.parametrize("act", ["review", "follow_up"])
def test_an_undecided_request_is_not_reviewed(signed_in, oversight, dispatcher, commander, act):
    case = make_decidable(dispatcher, commander)
    client = signed_in(oversight)

    assert client.get(address(case, act)).status_code == 409
    assert send(client, case, act).status_code == 409


def test_who_logged_a_request_does_not_review_it(signed_in, oversight, commander):
    """A request that oversight itself entered, found later."""
    case = make_request(oversight, discovered_by="audit")
    workflow.log(case.pk, actor=oversight)
    workflow.claim(case.pk, actor=commander)
    case = workflow.decide(
        case.pk, actor=commander, choice=workflow.Choice(outcome="decline", reason_code="no_ground")
    )

    response = send(signed_in(oversight), case, "review")

    assert response.status_code == 403
    assert "You took part" in response.content.decode()
    assert LedgerEntry.objects.latest("id").refusal == "forbidden"


def test_a_question_wants_a_review_first(signed_in, oversight, closed):
    assert send(signed_in(oversight), closed, "follow_up").status_code == 409


def test_a_question_is_put_to_the_last_review(signed_in, oversight, reviewed):
    assert send(signed_in(oversight), reviewed, "follow_up").status_code == 302

    row = Review.objects.get()
    assert (row.follow_up, row.follow_up_by) == (FOLLOW_UP["question"], oversight)


def test_a_hold_is_set_and_taken_off(signed_in, oversight, closed):
    client = signed_in(oversight)
    send(client, closed, "hold", legal_hold="on")
    held = AssistanceRequest.objects.get(pk=closed.pk)
    assert (held.legal_hold, held.retention_class, held.retain_until) == (
        True,
        RetentionClass.LITIGATION,
        date(2031, 11, 22),
    )

    send(client, held, "hold", retain_until="")

    free = AssistanceRequest.objects.get(pk=closed.pk)
    assert (free.legal_hold, free.retain_until) == (False, None)
    assert free.history.latest().history_change_reason == HOLD["reason"]


def test_the_form_of_a_hold_shows_what_is_set(signed_in, oversight, closed):
    tomorrow = timezone.localdate() + timedelta(days=1)
    send(signed_in(oversight), closed, "hold", legal_hold="on", retain_until=tomorrow.isoformat())

    body = signed_in(oversight).get(address(closed, "hold")).content.decode()

    assert f'value="{tomorrow.isoformat()}"' in body
    assert re.search(r'name="legal_hold"[^>]*checked', body)


def test_the_reviewer_has_the_decision_the_deviations_and_the_refusals_at_hand(
    signed_in, oversight, dispatcher, commander
):
    case = make_decidable(
        dispatcher, commander, confirmed=False, received_at=timezone.now() - timedelta(hours=2)
    )
    with pytest.raises(workflow.Refused):
        workflow.attempt(workflow.decide, case.pk, actor=commander, choice=ASSIST)
    workflow.decide(
        case.pk,
        actor=commander,
        choice=workflow.Choice(outcome="decline", reason_code="warrant_not_confirmed"),
    )

    body = signed_in(oversight).get(address(case, "review")).content.decode()

    for words in ("Warrant not confirmed", "Entered late", "Refused attempts"):
        assert words in body


def test_the_page_of_a_review_takes_no_more_queries_for_a_longer_life(
    signed_in, oversight, dispatcher, commander, django_assert_max_num_queries
):
    case = make_decided(dispatcher, commander)
    for count in range(1, 6):
        workflow.correct(case.pk, actor=dispatcher, changes={"persons_sought": count}, reason="Again.")
    client = signed_in(oversight)

    with django_assert_max_num_queries(36):
        client.get(address(case, "review"))
