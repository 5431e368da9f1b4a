"""A case as the register held it at a chosen time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.as_of import case_as_of, last_revision
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest
from requests_app.vocabulary import Outcome, ReasonCode, Status
from tests.factories import ASSIST, make_closed, make_decidable, make_decided, make_request

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 7, 1, 13, tzinfo=UTC)  # nine o'clock in Louisville
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ask(signed_in, oversight):
    client = signed_in(oversight)

    def go(case, **words):
        return client.get(reverse("requests_app:request_as_of", args=[case.public_id]), words)

    return go


@pytest.fixture
def lived(demonstration, dispatcher, commander):
    """Logged at nine, decided at ten, corrected at eleven, decided anew at noon, local time."""
    with clock(MORNING):
        case = make_decidable(dispatcher, commander, received_at=MORNING - MINUTE)
    with clock(MORNING + timedelta(hours=1)):
        workflow.decide(case.pk, actor=commander, choice=ASSIST)
    with clock(MORNING + timedelta(hours=2)):
        workflow.correct(case.pk, actor=dispatcher, changes={"persons_sought": 2}, reason="Misheard.")
    with clock(MORNING + timedelta(hours=3)):
        workflow.reopen(case.pk, actor=commander, reason="The warrant was recalled.")
        decline = workflow.Choice(
            outcome=Outcome.DECLINE, reason_code=ReasonCode.OFFICERS_ASSESSMENT, reason_text="Recalled."
        )
        return workflow.decide(case.pk, actor=commander, choice=decline)


def column(stood, heading, label):
    part = next(part for part in stood.parts if part.heading == heading)
    return next(one for one in part.columns if one.label == label)


def stood_at(case, at, **given):
    return case_as_of(case, at, **{"show_restricted": False, **given})


def test_it_shows_the_status_and_the_decision_of_that_time(lived):
    before, first, last = (stood_at(lived, MORNING + timedelta(hours=h, minutes=30)) for h in (0, 1, 3))

    assert (before.status, before.decision) == (Status.UNDER_REVIEW, None)
    assert (first.status, first.decision.outcome) == (Status.DECIDED, Outcome.ASSIST)
    assert (last.status, last.decision.outcome) == (Status.DECIDED, Outcome.DECLINE)
    assert [before.later_decisions, first.later_decisions, last.later_decisions] == [2, 1, 0]


def test_it_shows_what_a_field_held_then_and_holds_now(lived):
    then = column(stood_at(lived, MORNING + timedelta(hours=1, minutes=30)), "Request", "Persons sought")
    now = column(stood_at(lived, MORNING + timedelta(hours=2, minutes=30)), "Request", "Persons sought")

    assert (then.then, then.now, then.has_changed) == ("", "2", True)
    assert (now.then, now.now, now.has_changed) == ("2", "2", False)


def test_it_shows_nothing_of_a_time_before_the_request(lived):
    stood = stood_at(lived, MORNING - timedelta(days=1))

    assert (stood.status, stood.revision, stood.decision) == ("", 0, None)
    assert not any(part.existed for part in stood.parts)


def test_a_row_that_was_made_later_is_not_there(lived, dispatcher):
    with clock(MORNING + timedelta(hours=4)):
        workflow.dispatch(lived.pk, actor=dispatcher, units=["412"], officers=2)

    def headings(at):
        return {part.heading for part in stood_at(lived, at).parts if part.existed}

    assert "Dispatch" not in headings(MORNING + timedelta(hours=3, minutes=59))
    assert "Dispatch" in headings(MORNING + timedelta(hours=4, minutes=1))


def test_the_very_second_of_a_change_counts(lived):
    changed_at = lived.history.order_by("-revision").first().history_date

    assert stood_at(lived, changed_at).revision == lived.revision
    assert stood_at(lived, changed_at - timedelta(microseconds=1)).revision < lived.revision


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_revisions_with_the_same_time_the_later_one_counts(order):
    """Two acts can bear the same microsecond; the revision tells which came last."""
    revisions = [{"history_date": MORNING, "revision": number} for number in (1, 2)][::order]

    assert last_revision(revisions, MORNING)["revision"] == 2


def test_endorsements_of_later_are_not_shown(lived):
    assert list(stood_at(lived, MORNING + timedelta(hours=2)).decision.endorsements.all()) == []


# --- the page ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "code"),
    [("oversight", 200), ("commander", 403), ("dispatcher", 403), ("administrator", 404), ("outsider", 404)],
)
def test_it_is_for_oversight_alone(signed_in, dispatcher, person, code, request):
    case = make_request(dispatcher)
    client = signed_in(request.getfixturevalue(person))

    assert client.get(reverse("requests_app:request_as_of", args=[case.public_id])).status_code == code


def test_it_can_only_be_read(signed_in, oversight, dispatcher):
    case = make_request(dispatcher)

    assert (
        signed_in(oversight).post(reverse("requests_app:request_as_of", args=[case.public_id])).status_code
        == 405
    )


def test_the_time_stands_in_the_address_as_local_time(ask, lived):
    response = ask(lived, at="2026-07-01T10:30")

    assert response.context["at"] == MORNING + timedelta(hours=1, minutes=30)
    assert response.context["stood"].decision.outcome == Outcome.ASSIST
    assert "10:30:00" in response.content.decode()


def test_without_a_time_it_shows_the_present(ask, lived):
    response = ask(lived)

    assert response.context["stood"].revision == lived.revision
    assert not any(one.has_changed for part in response.context["stood"].parts for one in part.columns)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-03-08T02:30", "did not exist"),
        ("2025-11-02T01:30", "came twice"),
        ("2026-02-30T10:00", "that exist"),
        ("2099-01-01T10:00", "in the future"),
        ("yesterday", "that exist"),
        ("", "Enter the date and time"),
        ("2026-07-01T10:00\x00", "that exist"),
    ],
)
def test_it_says_what_is_wrong_with_a_time(ask, lived, typed, said):
    response = ask(lived, at=typed)

    assert response.status_code == 422
    assert said in response.context["form"].errors["at"][0]


def test_an_hour_that_came_twice_is_asked_about_and_told_apart(ask, lived):
    first = ask(lived, at="2025-11-02T01:30", at_fold="0").context["at"]
    second = ask(lived, at="2025-11-02T01:30", at_fold="1").context["at"]

    assert second - first == timedelta(hours=1)


def test_restricted_fields_are_hidden_until_they_are_revealed(ask, oversight, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    assert "Canary" not in ask(case).content.decode()
    assert "502-555-0100" not in ask(case).content.decode()

    workflow.reveal(case.pk, actor=oversight, reason="A complaint.")

    assert "Canary Requester" in ask(case).content.decode()


def test_a_hidden_field_says_only_that_it_changed(dispatcher, demonstration):
    with clock(MORNING):
        case = make_request(dispatcher, received_at=MORNING - MINUTE)
    with clock(MORNING + timedelta(hours=1)):
        workflow.correct(
            case.pk, actor=dispatcher, changes={"location": "2 Canary Street"}, reason="Misheard."
        )

    location = column(stood_at(case, MORNING + MINUTE), "Restricted fields", "Location")
    name = column(stood_at(case, MORNING + MINUTE), "Restricted fields", "Requester's name")

    assert (location.masked, location.has_changed) == (True, True)
    assert (name.masked, name.has_changed) == (True, False)
    assert "Canary" not in repr((location, name))


def test_every_revision_is_a_link_to_the_case_as_it_made_it(ask, lived, signed_in, oversight):
    page = ask(lived)
    address = reverse("requests_app:request_as_of", args=[lived.public_id])
    client = signed_in(oversight)

    last_of_each_second = {row["url"]: row["moment"].number for row in page.context["moments"]}

    for url, number in last_of_each_second.items():
        assert client.get(address + url).context["stood"].revision == number


def test_it_takes_no_more_queries_for_more_revisions(
    ask, dispatcher, commander, django_assert_max_num_queries
):
    case = make_decided(dispatcher, commander)
    with django_assert_max_num_queries(28):
        ask(case)
    for count in range(1, 9):
        workflow.correct(case.pk, actor=dispatcher, changes={"persons_sought": count}, reason="Again.")

    with django_assert_max_num_queries(28):
        ask(case)


def test_another_cases_id_is_not_found(ask):
    ghost = AssistanceRequest(public_id="0" * 16)

    assert ask(ghost).status_code == 404


def test_the_present_is_never_in_the_future(ask, dispatcher):
    case = make_request(dispatcher)

    assert ask(case, at=timezone.localtime().strftime("%Y-%m-%dT%H:%M")).status_code == 200
