"""The dispatcher's page without script: saving, paging, what is refused, and what is kept."""

from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.models import (
    AssistanceRequest,
    Document,
    LedgerEntry,
    Page,
    RestrictedDetails,
    User,
)
from requests_app.vocabulary import DocumentClass, Ground, RefusalKind, Status
from tests import factories
from tests.factories import posted_intake

NEW = "/requests/new/"


@pytest.fixture
def desk(signed_in, dispatcher):
    return signed_in(dispatcher)


@pytest.fixture
def intake(dispatcher, db):
    return factories.make_request(dispatcher)


def address_of(case, view="request_save_intake"):
    return reverse(f"requests_app:{view}", args=[case.public_id])


def the_case():
    return AssistanceRequest.objects.select_related("evidence", "restricted").get()


def errors_of(answer):
    return answer.context["form"].errors


def local(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M:%S}"


# --- saving -----------------------------------------------------------------------------------


def test_it_shows_a_new_page_without_making_a_request(desk):
    answer = desk.get(NEW)

    assert answer.status_code == 200
    assert not AssistanceRequest.objects.exists()


def test_it_mints_a_number_at_the_first_save(desk):
    answer = desk.post(NEW, posted_intake())

    case = the_case()
    assert answer.status_code == 302
    assert answer.url == address_of(case)
    assert case.number == f"{timezone.localtime().year}-0001"
    assert case.status == Status.INTAKE


def test_it_records_what_was_entered(desk, dispatcher):
    desk.post(NEW, posted_intake(persons_sought="2", requested_for="2027-01-31T08:00"))

    case = the_case()
    assert case.taken_by == dispatcher
    assert (case.component, case.channel, case.division) == ("hsi", "non_emergency_line", "4")
    assert (case.place_kind, case.cad_event_number, case.persons_sought) == ("residence", "CAD-1", 2)
    assert case.types_at_intake == ["serve_warrant"]
    assert case.what_was_said == "Wants officers at the door."
    assert case.requested_for.isoformat() == "2027-01-31T13:00:00+00:00"
    assert case.restricted.requester_name == "Canary Requester"
    assert case.restricted.requester_badge == "7421"
    assert case.restricted.callback_digits == "5025550147"
    assert case.restricted.location == "1 Canary Street"


def test_it_saves_a_page_on_which_nothing_is_filled_in(desk):
    answer = desk.post(NEW, {"idempotency_key": posted_intake()["idempotency_key"]})

    case = the_case()
    assert answer.status_code == 302
    assert (case.component, case.division, case.direction) == ("unknown", "unknown", "inbound")
    assert case.received_at <= case.entered_at


def test_it_saves_once_what_is_sent_twice(desk):
    posted = posted_intake()

    first, second = desk.post(NEW, posted), desk.post(NEW, posted)

    assert AssistanceRequest.objects.count() == 1
    assert first.url == second.url


def test_it_refuses_a_used_page_with_other_words(desk):
    posted = posted_intake()
    desk.post(NEW, posted)

    answer = desk.post(NEW, {**posted, "what_was_said": "Something else."})

    assert answer.status_code == 409
    assert AssistanceRequest.objects.count() == 1
    assert b"Something else." in answer.content


def test_it_goes_on_with_a_saved_call(desk, intake):
    page = desk.get(address_of(intake))
    assert b"1 Canary Street" in page.content

    desk.post(address_of(intake), posted_intake(revision=intake.revision, what_was_said="Now more is known."))

    intake.refresh_from_db()
    assert intake.what_was_said == "Now more is known."
    assert intake.revision == 2


def test_it_keeps_what_was_typed_on_a_stale_page_and_saves_it_the_second_time(desk, intake):
    stale = posted_intake(revision=intake.revision, what_was_said="Typed here.")
    desk.post(address_of(intake), posted_intake(revision=intake.revision, what_was_said="Typed elsewhere."))

    refused = desk.post(address_of(intake), stale)
    revision = refused.context["form"]["revision"].value()
    desk.post(address_of(intake), {**stale, "revision": revision})

    intake.refresh_from_db()
    assert refused.status_code == 409
    assert b"Typed here." in refused.content
    assert intake.what_was_said == "Typed here."


def test_it_refuses_a_save_that_names_no_revision(desk, intake):
    answer = desk.post(address_of(intake), posted_intake(revision=""))

    assert answer.status_code == 422
    intake.refresh_from_db()
    assert intake.revision == 1


def test_it_refuses_to_write_on_after_paging(desk, dispatcher, intake):
    workflow.log(intake.pk, actor=dispatcher)
    intake.refresh_from_db()

    page = desk.get(address_of(intake))
    answer = desk.post(address_of(intake), posted_intake(revision=intake.revision))

    assert page.status_code == 409
    assert answer.status_code == 409


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_it_answers_only_to_get_and_post(desk, intake, method):
    assert getattr(desk, method)(NEW).status_code == 405
    assert getattr(desk, method)(address_of(intake)).status_code == 405


def test_it_leads_a_visitor_to_sign_in(client, db):
    assert client.get(NEW).url == f"/account/login/?next={NEW}"


# --- what the caller claims -------------------------------------------------------------------


def test_it_keeps_the_paper_that_was_named(desk):
    desk.post(NEW, posted_intake())

    document = Document.objects.get()
    assert document.claimed_class == DocumentClass.CRIMINAL_WARRANT
    assert document.document_number == "24-CR-000001"


def test_a_number_alone_goes_with_the_warrant_that_was_claimed(desk):
    desk.post(NEW, posted_intake(document_class=""))

    assert Document.objects.get().claimed_class == DocumentClass.CRIMINAL_WARRANT


def test_a_paper_that_is_no_criminal_warrant_claims_no_ground(desk):
    desk.post(NEW, posted_intake(document_class=DocumentClass.ADMINISTRATIVE_WARRANT.value))

    assert the_case().grounds_claimed == []
    assert Document.objects.get().claimed_class == DocumentClass.ADMINISTRATIVE_WARRANT


def test_a_paper_shows_again_though_it_claims_no_ground(desk):
    desk.post(NEW, posted_intake(document_class=DocumentClass.DETAINER.value))

    form = desk.get(address_of(the_case())).context["form"]

    assert Ground.CRIMINAL_WARRANT in form["grounds_claimed"].value()
    assert form["document_class"].value() == DocumentClass.DETAINER


def test_an_answer_to_a_question_that_is_no_longer_asked_is_not_recorded(desk):
    desk.post(
        NEW, posted_intake(grounds_claimed=[], crime_offence="Assault", danger_articulated="He is armed.")
    )

    case = the_case()
    assert not Document.objects.exists()
    assert case.evidence.crime_offence == ""
    assert case.evidence.danger_articulated == ""


def test_danger_makes_the_request_an_emergency(desk):
    desk.post(
        NEW,
        posted_intake(
            grounds_claimed=[Ground.PUBLIC_DANGER.value], danger_articulated="Shots were fired on the street."
        ),
    )

    case = the_case()
    assert workflow.is_emergency(case)
    assert case.evidence.danger_articulated == "Shots were fired on the street."


def test_it_says_on_every_page_that_danger_comes_first(desk):
    assert b"Send officers now, under the ordinary 911 rules" in desk.get(NEW).content


def test_a_caller_may_refuse_to_say_who_they_are(desk):
    desk.post(NEW, posted_intake(requester_name="", callback_number="", identity_refused="on"))

    assert the_case().restricted.identity_refused


def test_a_number_takes_the_place_of_why_there_is_none(desk):
    desk.post(NEW, posted_intake(cad_absence="cad_down"))
    assert the_case().cad_absence == ""


def test_it_asks_for_nothing_about_a_sought_person_but_how_many(desk):
    form = desk.get(NEW).context["form"]

    assert b"Never write a sought person" in desk.get(NEW).content
    assert [name for name in form.fields if "person" in name or "sought" in name] == ["persons_sought"]


# --- late records -----------------------------------------------------------------------------


def test_a_paper_record_keeps_both_times(desk):
    received = timezone.now() - timedelta(hours=9)

    desk.post(NEW, posted_intake(received_at=local(received), discovered_by="self_report"))

    case = the_case()
    assert timezone.now() - case.received_at > timedelta(hours=8)
    assert timezone.now() - case.entered_at < timedelta(minutes=1)
    assert case.discovered_by == "self_report"


def test_a_request_found_later_wants_the_time_it_came_in(desk):
    answer = desk.post(NEW, posted_intake(discovered_by="audit"))

    assert answer.status_code == 422
    assert "Say when the request came in" in str(errors_of(answer)["received_at"])


def test_oversight_must_say_how_a_request_was_found_and_when_it_came_in(signed_in, oversight):
    answer = signed_in(oversight).post(NEW, posted_intake(received_at="", discovered_by=""))

    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"received_at", "discovered_by"}


def test_oversight_is_offered_no_live_call(signed_in, oversight):
    client = signed_in(oversight)

    page = client.get(NEW)
    answer = client.post(NEW, posted_intake(discovered_by="live"))

    assert "live" not in dict(page.context["form"].fields["discovered_by"].choices)
    assert answer.status_code == 422


def test_oversight_enters_what_an_audit_found(signed_in, oversight):
    received = timezone.now() - timedelta(days=20)

    answer = signed_in(oversight).post(
        NEW, posted_intake(received_at=local(received), discovered_by="audit", page="1")
    )

    assert answer.status_code == 302
    assert the_case().status == Status.WAITING


def test_an_hour_that_came_twice_is_asked_about(desk):
    unclear = desk.post(NEW, posted_intake(received_at="2025-11-02T01:30"))
    desk.post(NEW, posted_intake(received_at="2025-11-02T01:30", received_at_fold="1"))

    assert unclear.status_code == 422
    assert b"came twice" in unclear.content
    assert the_case().received_at.isoformat() == "2025-11-02T06:30:00+00:00"


# --- paging -----------------------------------------------------------------------------------


def test_save_and_page_leads_to_the_request(desk, commander):
    answer = desk.post(NEW, posted_intake(page="1"))

    case = the_case()
    assert answer.url == address_of(case, "request_detail")
    assert case.status == Status.WAITING
    assert Page.objects.get().officer == commander


def test_save_and_page_sent_twice_pages_once(desk, commander):
    posted = posted_intake(page="1")

    first, second = desk.post(NEW, posted), desk.post(NEW, posted)

    assert first.url == second.url
    assert Page.objects.count() == 1
    assert AssistanceRequest.objects.count() == 1


def test_it_stays_saved_when_paging_is_refused(desk, dispatcher, intake, commander):
    posted = posted_intake(page="1")
    used = workflow.Submission(key=uuid5(UUID(posted["idempotency_key"]), "log"), digest=bytes(32))
    workflow.log(intake.pk, actor=dispatcher, submission=used)

    answer = desk.post(NEW, posted, follow=True)

    saved = AssistanceRequest.objects.exclude(pk=intake.pk).get()
    assert saved.status == Status.INTAKE
    assert answer.request["PATH_INFO"] == address_of(saved)
    assert b"is saved, but nobody was paged" in answer.content


def test_the_acts_on_an_intake_have_pages_of_their_own(desk, intake, commander):
    revision = {"revision": intake.revision}

    for view in ("request_abandon", "request_log"):
        assert desk.get(address_of(intake, view)).status_code == 200
    logged = desk.post(
        address_of(intake, "request_log"), {**revision, "idempotency_key": posted_intake()["idempotency_key"]}
    )

    assert logged.status_code == 302
    assert the_case().status == Status.WAITING


def test_an_intake_is_abandoned_with_a_reason(desk, intake):
    key = posted_intake()["idempotency_key"]

    without = desk.post(address_of(intake, "request_abandon"), {"reason": " ", "idempotency_key": key})
    desk.post(address_of(intake, "request_abandon"), {"reason": "Wrong number.", "idempotency_key": key})

    assert without.status_code == 422
    assert (the_case().status, the_case().status_reason) == (Status.ABANDONED, "Wrong number.")


def test_the_next_officer_is_paged_by_hand(desk, dispatcher, intake, commander, second_commander):
    workflow.log(intake.pk, actor=dispatcher)

    desk.post(address_of(intake, "request_page"), {"idempotency_key": posted_intake()["idempotency_key"]})

    assert Page.objects.count() == 2


# --- possible duplicates ----------------------------------------------------------------------


def test_it_shows_a_possible_duplicate_and_does_not_block(desk, intake):
    answer = desk.post(
        NEW, posted_intake(cad_event_number="", callback_number="+1 (502) 555-0100"), follow=True
    )

    assert answer.status_code == 200
    assert intake.number.encode() in answer.content
    assert b"Perhaps the same request" in answer.content


def test_it_names_no_duplicate_that_the_dispatcher_may_not_see(desk, dispatcher, commander):
    old = timezone.now() - timedelta(days=9)
    other = factories.make_user("D-109", factories.Role.DISPATCHER)
    hidden = factories.make_request(other, received_at=old)
    workflow.abandon(hidden.pk, actor=other, reason="Hung up.")

    answer = desk.post(
        NEW,
        posted_intake(received_at=local(old), discovered_by="self_report", cad_event_number="CAD-1"),
        follow=True,
    )

    assert b"Perhaps the same request" not in answer.content


# --- restricted fields ------------------------------------------------------------------------


@pytest.fixture
def other_dispatcher(db):
    return factories.make_user("D-102", factories.Role.DISPATCHER, display_name="Dispatcher Two")


@pytest.mark.parametrize("secret", [b"Canary Requester", b"502-555-0100", b"1 Canary Street"])
def test_another_dispatcher_does_not_see_who_called(signed_in, other_dispatcher, intake, secret):
    answer = signed_in(other_dispatcher).get(address_of(intake))

    assert answer.status_code == 200
    assert secret not in answer.content


def test_another_dispatcher_keeps_what_is_hidden(signed_in, other_dispatcher, intake):
    posted = posted_intake(revision=intake.revision, what_was_said="Taken over.")
    for name in ("requester_name", "callback_number", "requester_badge", "location"):
        del posted[name]

    answer = signed_in(other_dispatcher).post(address_of(intake), posted)

    assert answer.status_code == 302
    assert the_case().what_was_said == "Taken over."
    assert the_case().restricted.requester_name == "Canary Requester"
    assert the_case().restricted.location == "1 Canary Street"


def test_after_a_reveal_another_dispatcher_may_change_them(signed_in, other_dispatcher, intake):
    workflow.reveal(intake.pk, actor=other_dispatcher, reason="The caller rang again, and I took the call.")
    client = signed_in(other_dispatcher)

    assert b"Canary Requester" in client.get(address_of(intake)).content
    client.post(
        address_of(intake), posted_intake(revision=intake.revision, requester_name="Canary Corrected")
    )

    assert RestrictedDetails.objects.get().requester_name == "Canary Corrected"


# --- bad input --------------------------------------------------------------------------------

BAD = {
    "too_long": ("what_was_said", "x" * 4001, "Too long"),
    "too_long_name": ("requester_name", "x" * 121, "Too long"),
    "nul": ("location", "1 Canary\0 Street", "control characters"),
    "escape": ("what_was_said", "\x1b[2J", "control characters"),
    "direction_mark": ("requester_name", "\u202eecila", "control characters"),
    "two_lines": ("cad_event_number", "CAD\n1", "one line"),
    "no_such_date": ("received_at", "2026-02-30T10:00", "that exist"),
    "no_date": ("received_at", "yesterday", "that exist"),
    "missing_hour": ("received_at", "2026-03-08T02:30", "did not exist"),
    "twice": ("received_at", "2025-11-02T01:30", "came twice"),
    "future": ("received_at", "2099-01-01T10:00", "in the future"),
    "far_year": ("received_at", "99999-01-01T10:00", "year"),
    "bad_later_time": ("requested_for", "31/01/2027", "that exist"),
    "component": ("component", "kgb", "Choose one of the answers shown"),
    "types": ("types_at_intake", ["serve_warrant", "'; DROP TABLE"], "Choose one of the answers shown"),
    "unclaimable": ("grounds_claimed", ["risk_of_violence"], "Choose one of the answers shown"),
    "division": ("division", "9", "Choose one of the answers shown"),
    "count": ("persons_sought", "-1", "0 or more"),
    "huge_count": ("persons_sought", "9" * 40, "999 or less"),
    "no_count": ("persons_sought", "two", "whole number"),
}


@pytest.mark.parametrize(("field", "value", "message"), BAD.values(), ids=BAD)
def test_it_refuses_bad_input_beside_its_field_and_keeps_the_rest(desk, field, value, message):
    answer = desk.post(NEW, posted_intake(**{"requester_badge": "Kept-7421", field: value}))

    assert answer.status_code == 422
    assert list(errors_of(answer)) == [field]
    assert message in str(errors_of(answer)[field])
    assert b"Kept-7421" in answer.content
    assert not AssistanceRequest.objects.exists()
    assert not LedgerEntry.objects.filter(action="request:save_intake").exists()


def test_it_refuses_bytes_that_are_not_utf8(desk):
    body = b"idempotency_key=2f9f3a94-8a57-4b8e-9d5c-3c1f1d5a7e11&what_was_said=caf%E9"

    answer = desk.generic("POST", NEW, body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 422
    assert "could not be read" in str(errors_of(answer)["what_was_said"])


@pytest.mark.parametrize("key", ["", "not-a-key", "\0"])
def test_it_refuses_a_page_without_its_key(desk, key):
    assert desk.post(NEW, posted_intake(idempotency_key=key)).status_code == 422
    assert not AssistanceRequest.objects.exists()


@pytest.mark.parametrize("revision", ["-1", "9" * 30, "one"])
def test_it_refuses_a_revision_that_is_none(desk, intake, revision):
    assert desk.post(address_of(intake), posted_intake(revision=revision)).status_code == 422


def test_it_refuses_a_post_without_a_token(dispatcher):
    strict = factories.RegisterClient(enforce_csrf_checks=True)
    strict.force_login(dispatcher)

    assert strict.post(NEW, posted_intake()).status_code == 403


def test_another_persons_key_is_no_key_of_mine(signed_in, desk, other_dispatcher):
    posted = posted_intake()
    desk.post(NEW, posted)

    signed_in(other_dispatcher).post(NEW, posted)

    assert AssistanceRequest.objects.count() == 2


def test_it_hides_a_request_that_the_dispatcher_may_not_see(desk, commander):
    other = factories.make_user("D-109", factories.Role.DISPATCHER)
    hidden = factories.make_request(other, received_at=timezone.now() - timedelta(days=9))
    workflow.abandon(hidden.pk, actor=other, reason="Hung up.")

    assert desk.get(address_of(hidden)).status_code == 404
    assert desk.post(address_of(hidden), posted_intake(revision=1)).status_code == 404


def test_it_puts_a_refusal_into_the_ledger(desk, dispatcher, intake):
    workflow.log(intake.pk, actor=dispatcher)
    intake.refresh_from_db()

    desk.post(address_of(intake), posted_intake(revision=intake.revision))

    refused = LedgerEntry.objects.exclude(refusal="").get()
    assert (refused.action, refused.refusal) == ("request:save_intake", RefusalKind.ILLEGAL)
    assert User.objects.get(pk=refused.actor_id) == dispatcher


# --- cost -------------------------------------------------------------------------------------


def test_a_new_page_costs_few_queries(desk, django_assert_max_num_queries):
    desk.get(NEW)

    with django_assert_max_num_queries(5):
        desk.get(NEW)


def test_a_saved_page_costs_few_queries(desk, intake, django_assert_max_num_queries):
    desk.get(address_of(intake))

    with django_assert_max_num_queries(13):
        desk.get(address_of(intake))
