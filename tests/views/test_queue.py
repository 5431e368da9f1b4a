"""The commanding officer's queue: its tabs, its rows, its refreshing."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest
from requests_app.queue import Tab, clock_of, count_tabs, rows_of, version_of
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Channel,
    Corroboration,
    DangerLevel,
    DocumentClass,
    Ground,
    Outcome,
    ReasonCode,
    RequestType,
    Status,
)
from tests import factories

QUEUE, ROWS = "/queue/", "/queue/rows/"
# Session, user, roles, banner, counts, version, limits and policy twice, rows and nine tables of theirs.
QUEUE_QUERIES = 19
POLL_QUERIES = 7


@pytest.fixture
def client(signed_in, commander):
    return signed_in(commander)


def make_waiting(dispatcher, **over):
    return workflow.log(factories.make_request(dispatcher, **over).pk, actor=dispatcher)


def make_emergency(dispatcher, **over):
    danger = {"grounds_claimed": [Ground.PUBLIC_DANGER], "danger_articulated": "Shots heard."}
    return make_waiting(dispatcher, **{**danger, **over})


def make_declined_under_danger(dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander)
    workflow.set_evidence(
        case.pk,
        actor=commander,
        assessment=workflow.Assessment(
            danger_level=DangerLevel.CLEAR, danger_corroboration=Corroboration.CAMERA
        ),
    )
    choice = workflow.Choice(
        outcome=Outcome.DECLINE, reason_code=ReasonCode.OFFICERS_ASSESSMENT, reason_text="Others are there."
    )
    return workflow.decide(case.pk, actor=commander, choice=choice)


def numbers(response):
    """The requests of the rows, from above."""
    return re.findall(r'queue-number"[^>]*>([0-9-]+)<', response.content.decode())


def version(response):
    return re.search(r'data-version="(\w+)"', response.content.decode())[1]


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- tabs ------------------------------------------------------------------------------------


def test_each_tab_holds_its_requests_and_says_how_many(client, dispatcher, commander, second_commander):
    made = {
        status: factories.make_case_in(status, dispatcher=dispatcher, commander=commander).number
        for status in Status
    }
    others = factories.make_decidable(dispatcher, second_commander).number

    waiting = client.get(QUEUE)

    assert numbers(waiting) == [made[Status.WAITING]]
    mine = {made[Status.UNDER_REVIEW], made[Status.DECIDED], made[Status.IN_FIELD]}
    assert set(numbers(client.get(QUEUE, {"tab": "mine"}))) == mine
    assert numbers(client.get(QUEUE, {"tab": "information"})) == [made[Status.INFORMATION_NEEDED]]
    decided = {made[Status.DECIDED], made[Status.IN_FIELD], made[Status.CLOSED]}
    assert set(numbers(client.get(QUEUE, {"tab": "decided"}))) == decided
    ended = {made[Status.ABANDONED], made[Status.CLOSED], made[Status.WITHDRAWN]}
    assert set(numbers(client.get(QUEUE, {"tab": "all"}))) == {*made.values(), others} - ended
    assert [tab["count"] for tab in waiting.context["tabs"]] == [1, 3, 1, 3, 7]


def test_the_title_says_how_many_wait(client, dispatcher):
    make_waiting(dispatcher)
    make_waiting(dispatcher)

    response = client.get(QUEUE, {"tab": "mine"})

    assert "<title>Queue: 2 waiting ·" in response.content.decode()


def test_a_tab_that_does_not_exist_is_not_found(client):
    assert client.get(QUEUE, {"tab": "everything"}).status_code == 404
    assert client.get(ROWS, {"tab": "\x00"}).status_code == 404


def test_what_was_decided_yesterday_is_not_decided_today(client, dispatcher, commander, demonstration):
    yesterday = timezone.now() - timedelta(hours=25)
    with clock(yesterday):
        factories.make_decided(dispatcher, commander, received_at=yesterday - timedelta(minutes=1))

    assert numbers(client.get(QUEUE, {"tab": "decided"})) == []


def test_an_empty_tab_says_so(client):
    assert "Nothing is waiting." in words(client.get(QUEUE))


# --- order, time, words -----------------------------------------------------------------------


def test_emergencies_come_first_then_the_oldest(client, dispatcher):
    first = make_waiting(dispatcher)
    second = make_waiting(dispatcher)
    emergency = make_emergency(dispatcher)

    assert numbers(client.get(QUEUE)) == [emergency.number, first.number, second.number]


def test_a_row_says_what_is_asked_and_what_the_policy_says(client, dispatcher):
    make_waiting(
        dispatcher,
        types_at_intake=[RequestType.KNOCK_AND_TALK],
        document_class=DocumentClass.ADMINISTRATIVE_WARRANT,
    )

    text = words(client.get(QUEUE))

    assert "Knock and talk" in text
    assert "Ground claimed: criminal warrant" in text
    assert "Decline None of the three instances is shown" in text
    assert "No call yet" in text
    assert "Nobody yet" in text


def test_a_row_says_which_facts_are_missing(client, dispatcher):
    make_waiting(dispatcher)

    assert "More information needed Confirm the warrant; Call the agency back" in words(client.get(QUEUE))


def test_a_row_says_which_ground_holds(client, dispatcher, commander):
    factories.make_decidable(dispatcher, commander)

    text = words(client.get(QUEUE, {"tab": "mine"}))

    assert "Assist, within limits Holds: Criminal warrant" in text
    assert "Recorded" in text


def test_a_decided_row_says_what_was_decided_against_the_policy(client, dispatcher, commander):
    factories.make_decided(dispatcher, commander, factories.DECLINE)

    assert "Decided: Decline Policy said: Assist, within limits" in words(
        client.get(QUEUE, {"tab": "decided"})
    )


def test_a_recording_without_its_reference_is_shown_as_incomplete(client, dispatcher, commander):
    case = factories.make_case_in(Status.UNDER_REVIEW, dispatcher=dispatcher, commander=commander)
    workflow.record_call(case.pk, actor=commander, recorded=CallRecorded.YES, started_at=timezone.now())

    assert "Recorded, reference missing" in words(client.get(QUEUE, {"tab": "mine"}))


def test_an_exercise_is_labelled(client, dispatcher):
    exercise = workflow.save_intake(
        None, actor=dispatcher, intake=factories.make_intake(), is_exercise=True, exercise_source="A report"
    )
    workflow.log(exercise.pk, actor=dispatcher)

    assert "Exercise" in words(client.get(QUEUE))


def test_no_restricted_field_is_in_the_queue(client, dispatcher):
    make_waiting(dispatcher)

    for address in (QUEUE, ROWS):
        for tab in Tab:
            page = client.get(address, {"tab": tab}).content.decode()
            assert "Canary" not in page
            assert "502-555-0100" not in page


@pytest.mark.parametrize(
    ("make", "minutes"), [(make_waiting, 5), (make_emergency, 2)], ids=["ordinary", "emergency"]
)
def test_until_it_is_acknowledged_the_clock_runs_to_that(dispatcher, make, minutes):
    case = make(dispatcher)

    found = clock_of(case, workflow.read_limits())

    assert found.since == case.logged_at
    assert (found.due, found.due_for) == (case.logged_at + timedelta(minutes=minutes), "to acknowledge")


@pytest.mark.parametrize(
    ("make", "minutes"), [(make_waiting, 30), (make_emergency, 5)], ids=["ordinary", "emergency"]
)
def test_after_that_it_runs_to_the_decision(dispatcher, commander, make, minutes):
    case = make(dispatcher)
    case = workflow.claim(case.pk, actor=commander)

    found = clock_of(case, workflow.read_limits())

    assert found.since == case.logged_at
    assert (found.due, found.due_for) == (case.acknowledged_at + timedelta(minutes=minutes), "to decide")


def test_what_is_asked_for_another_day_is_decided_by_the_end_of_this_one(dispatcher, commander):
    case = make_waiting(dispatcher, requested_for=timezone.now() + timedelta(days=3))
    case = workflow.claim(case.pk, actor=commander)

    due = timezone.localtime(clock_of(case, workflow.read_limits()).due)

    assert (due.hour, due.minute) == (0, 0)
    assert due.date() == timezone.localtime(case.logged_at).date() + timedelta(days=1)


def test_waiting_that_is_late_is_said_in_words(client, dispatcher, demonstration):
    earlier = timezone.now() - timedelta(minutes=25)
    with clock(earlier):
        make_waiting(dispatcher, received_at=earlier)

    response = client.get(QUEUE)

    assert re.search(r"\d\d min late by \d\d min to acknowledge", words(response))
    assert "waiting-clock--late" in response.content.decode()


# --- what a row offers ------------------------------------------------------------------------


def actions(tab, user):
    return [row.actions for row in rows_of(tab, user, now=timezone.now())]


def test_a_waiting_request_can_be_acknowledged_and_taken_from_its_row(dispatcher, commander):
    make_waiting(dispatcher)

    assert actions(Tab.WAITING, commander) == [(Action.ACKNOWLEDGE, Action.CLAIM)]


def test_what_is_acknowledged_is_not_offered_again(client, dispatcher, commander):
    case = make_waiting(dispatcher)
    page = client.get(QUEUE)
    key = re.search(r'name="idempotency_key" value="([\w-]+)"', page.content.decode())[1]

    response = client.post(
        f"/requests/{case.public_id}/acknowledge/",
        {"idempotency_key": key, "revision": case.revision, "came_from": "queue"},
    )

    assert response.headers["Location"] == QUEUE
    assert actions(Tab.WAITING, commander) == [(Action.CLAIM,)]


def test_a_decline_under_danger_waits_for_a_second_officer(
    client, dispatcher, commander, second_commander, signed_in
):
    case = make_declined_under_danger(dispatcher, second_commander)

    text = words(client.get(QUEUE))

    assert "Needs a second officer: Commander Two declines under clear danger" in text
    assert actions(Tab.WAITING, commander) == [(Action.AGREE, Action.DISAGREE)]
    assert numbers(signed_in(second_commander).get(QUEUE)) == []
    workflow.agree(case.pk, actor=commander)
    assert numbers(client.get(QUEUE)) == []


def test_a_radio_decision_waits_for_its_officer(client, dispatcher, commander):
    case = make_waiting(dispatcher)
    decline = workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.NO_GROUND)
    workflow.radio_decision(case.pk, actor=dispatcher, officer_id=commander.pk, choice=decline)

    assert "By radio: Commander One has yet to confirm" in words(client.get(QUEUE, {"tab": "mine"}))
    assert actions(Tab.MINE, commander) == [(Action.CONFIRM,)]


# --- refreshing -------------------------------------------------------------------------------


def test_an_unchanged_queue_answers_with_nothing(client, dispatcher):
    make_waiting(dispatcher)
    shown = version(client.get(QUEUE))

    response = client.get(ROWS, {"version": shown})

    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("tab", Tab)
def test_a_change_in_another_tab_changes_the_counts_of_this_one(client, dispatcher, tab):
    shown = version(client.get(QUEUE, {"tab": tab}))
    make_waiting(dispatcher)

    assert client.get(ROWS, {"version": shown, "tab": tab}).status_code == 200


def test_a_change_is_answered_with_the_rows_alone(client, dispatcher):
    shown = version(client.get(QUEUE))
    case = make_waiting(dispatcher)

    response = client.get(ROWS, {"version": shown})

    assert numbers(response) == [case.number]
    assert "<html" not in response.content.decode()
    assert 'data-counts="1 0 0 0 1 "' in response.content.decode()


def test_a_page_that_reaches_me_changes_my_row(client, dispatcher, commander, second_commander):
    factories.make_duty(second_commander, order=1)
    factories.make_duty(commander, order=2)
    case = make_waiting(dispatcher)
    workflow.acknowledge(case.pk, actor=second_commander)
    shown = version(client.get(QUEUE))
    workflow.page(case.pk, actor=dispatcher)

    assert client.get(ROWS, {"version": shown}).status_code == 200


def test_time_that_runs_out_changes_the_row_and_the_version(dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander, confirmed=False)
    case = workflow.request_information(case.pk, actor=commander, needed="The court's name.")
    before, after = (case.information_due_at + timedelta(seconds=by) for by in (-1, 1))

    assert [row.outcome for row in rows_of(Tab.INFORMATION, commander, now=before)] == ["more_information"]
    assert [row.outcome for row in rows_of(Tab.INFORMATION, commander, now=after)] == ["decline"]
    versions = {
        version_of(Tab.INFORMATION, commander, count_tabs(commander, now=now), now=now)
        for now in (before, after)
    }
    assert len(versions) == 2


def test_a_poll_of_somebody_signed_out_is_told_so(db, client):
    client.logout()

    response = client.get(ROWS)

    assert response.status_code == 401
    assert "Location" not in response.headers


@pytest.mark.parametrize("address", [QUEUE, ROWS])
@pytest.mark.parametrize("who", ["dispatcher", "oversight", "administrator", "outsider"])
def test_only_commanding_officers_have_a_queue(request, signed_in, address, who):
    assert signed_in(request.getfixturevalue(who)).get(address).status_code == 403


@pytest.mark.parametrize("address", [QUEUE, ROWS])
def test_it_is_read_and_never_posted_to(client, address):
    assert client.post(address).status_code == 405


# --- what it costs ----------------------------------------------------------------------------


def make_of_every_kind(dispatcher, commander, second_commander):
    make_emergency(dispatcher)
    make_waiting(dispatcher, channel=Channel.CHAT)
    factories.make_decidable(dispatcher, second_commander)
    factories.make_decided(dispatcher, commander)
    factories.make_in_field(dispatcher, commander)
    make_declined_under_danger(dispatcher, second_commander)
    factories.make_case_in(Status.INFORMATION_NEEDED, dispatcher=dispatcher, commander=commander)


def queries_of(client, address, **query):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        client.get(address, query)
    return [one["sql"] for one in caught.captured_queries]


def test_its_queries_do_not_grow_with_its_rows(client, dispatcher, commander, second_commander):
    make_of_every_kind(dispatcher, commander, second_commander)
    client.get(QUEUE)  # the first page of a session writes down when it began
    few = queries_of(client, QUEUE, tab="all")
    for _ in range(2):
        make_of_every_kind(dispatcher, commander, second_commander)

    many = queries_of(client, QUEUE, tab="all")

    assert AssistanceRequest.objects.count() == 21
    assert len(many) == len(few) == QUEUE_QUERIES


def test_an_unchanged_poll_is_cheap(client, dispatcher, commander, second_commander):
    make_of_every_kind(dispatcher, commander, second_commander)
    shown = version(client.get(QUEUE))

    assert len(queries_of(client, ROWS, version=shown)) == POLL_QUERIES
