"""What the page's script asks for: saving while the call goes on, and who is signed in."""

from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.models import AssistanceRequest, IdempotencyKey, LedgerEntry, Page
from requests_app.vocabulary import Role, Status
from tests import factories
from tests.factories import posted_intake

NEW = "/requests/new/autosave/"


@pytest.fixture
def desk(signed_in, dispatcher):
    return signed_in(dispatcher)


@pytest.fixture
def intake(dispatcher, db):
    return factories.make_request(dispatcher)


def address_of(case):
    return reverse("requests_app:request_autosave", args=[case.public_id])


# --- saving -----------------------------------------------------------------------------------


def test_it_answers_with_the_number_and_where_to_save_next(desk):
    stands = desk.post(NEW, posted_intake()).json()

    case = AssistanceRequest.objects.get()
    assert stands["number"] == case.number
    assert stands["revision"] == case.revision == 1
    assert stands["autosave_url"] == address_of(case)
    assert stands["save_url"] == reverse("requests_app:request_save_intake", args=[case.public_id])
    assert stands["case_url"] == reverse("requests_app:request_detail", args=[case.public_id])


def test_it_tells_nothing_of_the_request_but_its_number(desk):
    answer = desk.post(NEW, posted_intake())

    for said in (b"Canary", b"5550147", b"24-CR", b"Wants officers"):
        assert said not in answer.content


def test_each_save_names_the_revision_for_the_next_one(desk):
    first = desk.post(NEW, posted_intake()).json()
    second = desk.post(
        first["autosave_url"], posted_intake(revision=first["revision"], what_was_said="More.")
    ).json()
    third = desk.post(
        second["autosave_url"], posted_intake(revision=second["revision"], what_was_said="Most.")
    )

    case = AssistanceRequest.objects.get()
    assert third.status_code == 200
    assert (case.what_was_said, case.revision) == ("Most.", 3)


def test_the_same_content_sent_again_is_saved_once_and_answered_alike(desk):
    posted = posted_intake()

    first, again = desk.post(NEW, posted).json(), desk.post(NEW, posted).json()

    assert {**again, "saved_at": ""} == {**first, "saved_at": ""}
    assert AssistanceRequest.objects.count() == 1
    assert IdempotencyKey.objects.count() == 1


def test_a_save_sent_again_does_not_hide_what_others_saved_since(desk, intake):
    posted = posted_intake(revision=1)
    desk.post(address_of(intake), posted)
    desk.post(address_of(intake), posted_intake(revision=2, what_was_said="Saved elsewhere."))

    again = desk.post(address_of(intake), posted).json()
    stale = desk.post(address_of(intake), posted_intake(revision=again["revision"], what_was_said="Mine."))

    assert again["revision"] == 2
    assert stale.status_code == 409


def test_it_refuses_a_stale_page_and_names_the_revision_that_stands(desk, intake):
    desk.post(address_of(intake), posted_intake(revision=1))

    answer = desk.post(address_of(intake), posted_intake(revision=1, what_was_said="Mine."))

    assert answer.status_code == 409
    assert answer.json()["revision"] == 2
    assert answer.json()["codes"] == ["stale"]
    assert "was changed since you opened this page" in answer.json()["others"][0]


def test_it_saves_nothing_of_a_wrong_form_and_names_the_field(desk):
    answer = desk.post(NEW, posted_intake(persons_sought="two"))

    assert answer.status_code == 422
    assert answer.json()["errors"] == {"persons_sought": ["Enter a whole number."]}
    assert answer.json()["labels"] == {"persons_sought": "How many people are sought"}
    assert not AssistanceRequest.objects.exists()


def test_it_names_the_field_of_a_time_in_the_future(desk):
    answer = desk.post(NEW, posted_intake(received_at="2099-01-01T10:00"))

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["received_at"]


def test_it_never_repeats_what_was_typed(desk):
    answer = desk.post(NEW, posted_intake(component="canary-component", received_at="canary-time"))

    assert answer.status_code == 422
    assert b"canary" not in answer.content


def test_it_refuses_to_save_after_paging(desk, dispatcher, intake):
    workflow.log(intake.pk, actor=dispatcher)

    answer = desk.post(address_of(intake), posted_intake(revision=2))

    assert answer.status_code == 409
    assert "not possible now" in answer.json()["others"][0]


def test_it_shows_possible_duplicates_with_links(desk, intake):
    stands = desk.post(NEW, posted_intake(callback_number="", cad_event_number="CAD-1")).json()

    assert intake.number in stands["duplicates"]
    assert reverse("requests_app:request_detail", args=[intake.public_id]) in stands["duplicates"]


# --- paging -----------------------------------------------------------------------------------


def test_it_saves_and_pages_in_one(desk, commander):
    stands = desk.post(NEW, posted_intake(page="1")).json()

    assert stands["not_paged"] == ""
    assert AssistanceRequest.objects.get().status == Status.WAITING
    assert Page.objects.count() == 1


def test_paging_sent_again_pages_once(desk, commander):
    posted = posted_intake(page="1")

    first, again = desk.post(NEW, posted), desk.post(NEW, posted)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["not_paged"] == ""
    assert Page.objects.count() == 1


def test_it_says_when_it_saved_but_paging_was_refused(desk, dispatcher, intake, commander):
    posted = posted_intake(page="1")
    used = workflow.Submission(key=uuid5(UUID(posted["idempotency_key"]), "log"), digest=bytes(32))
    workflow.log(intake.pk, actor=dispatcher, submission=used)

    stands = desk.post(NEW, posted).json()

    assert "used already" in stands["not_paged"]
    assert AssistanceRequest.objects.get(number=stands["number"]).status == Status.INTAKE


# --- who is there -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_answers_a_visitor_with_401_and_no_redirect(client, db, method):
    assert getattr(client, method)(NEW).status_code == 401


def test_it_answers_401_on_a_saved_call_too_when_the_session_has_ended(desk, intake):
    desk.session.delete()

    assert desk.post(address_of(intake), posted_intake(revision=1)).status_code == 401
    intake.refresh_from_db()
    assert intake.revision == 1


def test_it_tells_who_is_signed_in_and_gives_a_token_that_works(dispatcher):
    strict = factories.RegisterClient(enforce_csrf_checks=True)
    strict.force_login(dispatcher)

    there = strict.get(NEW).json()
    answer = strict.post(NEW, posted_intake(), headers={"X-CSRFToken": there["csrf_token"]})

    assert there["badge"] == dispatcher.badge_number
    assert answer.status_code == 200


def test_it_refuses_a_post_without_a_token(dispatcher):
    strict = factories.RegisterClient(enforce_csrf_checks=True)
    strict.force_login(dispatcher)

    assert strict.post(NEW, posted_intake()).status_code == 403


def test_nothing_of_it_is_kept_by_the_browser(desk):
    assert "no-store" in desk.get(NEW)["Cache-Control"]
    assert "no-store" in desk.post(NEW, posted_intake())["Cache-Control"]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_it_answers_only_to_get_and_post(desk, intake, method):
    assert getattr(desk, method)(NEW).status_code == 405
    assert getattr(desk, method)(address_of(intake)).status_code == 405


def test_it_refuses_people_who_take_no_calls(signed_in, administrator):
    assert signed_in(administrator).post(NEW, posted_intake()).status_code == 403
    assert not AssistanceRequest.objects.exists()


def test_it_hides_a_request_that_the_dispatcher_may_not_see(desk):
    other = factories.make_user("D-109", Role.DISPATCHER)
    hidden = factories.make_request(other, received_at=timezone.now() - timedelta(days=9))
    workflow.abandon(hidden.pk, actor=other, reason="Hung up.")

    assert desk.post(address_of(hidden), posted_intake(revision=1)).status_code == 404


# --- traces and cost --------------------------------------------------------------------------


def test_each_save_leaves_a_revision_and_an_entry_with_its_actor(desk, dispatcher):
    desk.post(NEW, posted_intake())

    case = AssistanceRequest.objects.get()
    assert case.history.get().history_user == dispatcher
    assert LedgerEntry.objects.get(action="request:save_intake").actor == dispatcher


def test_a_save_costs_a_fixed_number_of_queries(desk, intake, django_assert_max_num_queries):
    desk.get(NEW)

    with django_assert_max_num_queries(31):
        desk.post(address_of(intake), posted_intake(revision=1))
