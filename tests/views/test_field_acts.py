"""Acts in the field through their forms: both times, nothing refused that happened, clear words."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.forms.field import ReportOutcomeForm
from requests_app.models import Dispatch, FieldOutcome
from requests_app.vocabulary import Action, DeviationKind, FieldAction, Outcome, Status
from tests.factories import (
    PASSWORD,
    kinds,
    make_case_in,
    make_closed,
    make_decided,
    make_in_field,
    make_request,
)

pytestmark = pytest.mark.django_db


def address(case, verb):
    return reverse(f"requests_app:request_{verb}", args=[case.public_id])


def post(client, case, verb, **answers):
    return client.post(address(case, verb), {"idempotency_key": str(uuid4()), **answers})


def text_of(page):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def decided(dispatcher, commander):
    return make_decided(dispatcher, commander, received_at=timezone.now() - timedelta(hours=5))


@pytest.fixture
def in_field(dispatcher, commander):
    return make_in_field(dispatcher, commander)


# --- every form -------------------------------------------------------------------------------

FORMS = [
    "dispatch",
    "officer_arrives",
    "commander_arrives",
    "commander_absent",
    "stand_down",
    "report_outcome",
]


@pytest.mark.parametrize("verb", FORMS)
def test_a_form_says_what_it_does_and_leads_back(verb, signed_in, commander, in_field):
    page = signed_in(commander).get(address(in_field, verb))

    assert page.status_code == 200
    assert f"{Action(f'request:{verb}').label}: {in_field.number}" in text_of(page)
    assert reverse("requests_app:request_detail", args=[in_field.public_id]) in page.content.decode()


@pytest.mark.parametrize("verb", FORMS)
def test_a_form_lost_its_key_and_saves_nothing(verb, signed_in, commander, in_field):
    before = in_field.ledger_entries.count()

    page = signed_in(commander).post(address(in_field, verb), {})

    assert page.status_code == 422
    assert in_field.ledger_entries.count() == before


@pytest.mark.parametrize("verb", FORMS)
def test_oversight_may_read_and_not_record(verb, signed_in, oversight, in_field):
    assert post(signed_in(oversight), in_field, verb).status_code == 403


@pytest.mark.parametrize("verb", FORMS)
def test_a_case_one_may_not_see_is_not_there(verb, signed_in, outsider, in_field):
    assert post(signed_in(outsider), in_field, verb).status_code == 404


@pytest.mark.parametrize("verb", FORMS)
def test_a_post_without_its_token_is_refused(verb, commander, in_field):
    client = Client(enforce_csrf_checks=True)
    client.login(username=commander.badge_number, password=PASSWORD)

    assert post(client, in_field, verb).status_code == 403


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("2026-02-30T10:00", "Enter a date and time that exist"),
        ("2026-03-08T02:30", "did not exist"),
        ("2026-11-01T01:30", "came twice"),
        ("yesterday", "Enter a date and time that exist"),
        ("2026-11-22T10:00\x00", "Enter a date and time that exist"),
        ("1850-01-01T10:00", "Enter a year from"),
        ("2099-01-01T10:00", "This time is in the future"),
    ],
)
def test_a_time_that_cannot_be_is_refused_beside_its_field(typed, message, signed_in, dispatcher, in_field):
    page = post(signed_in(dispatcher), in_field, "officer_arrives", occurred_at=typed)

    assert page.status_code == 422
    assert message in text_of(page)
    assert 'id="id_occurred_at_error"' in page.content.decode()
    assert Dispatch.objects.get(case=in_field).first_arrival_at is None


# --- dispatch ---------------------------------------------------------------------------------


def test_officers_sent_are_recorded_with_both_times(signed_in, dispatcher, decided):
    sent_at = (timezone.now() - timedelta(hours=1)).replace(second=0, microsecond=0)

    answer = post(
        signed_in(dispatcher),
        decided,
        "dispatch",
        units="412, 415 b7",
        officers="4",
        occurred_at=local(sent_at),
    )

    assert answer.status_code == 302
    row = Dispatch.objects.get(case=decided)
    assert (row.units, row.officers, row.dispatched_at) == (["412", "415", "B7"], 4, sent_at)
    assert row.entered_at - sent_at > timedelta(minutes=59)


def test_units_sent_later_are_added(signed_in, dispatcher, in_field):
    post(signed_in(dispatcher), in_field, "dispatch", units="412 420", officers="1")

    row = Dispatch.objects.get(case=in_field)
    assert (row.units, row.officers) == (["412", "420"], 3)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"units": "", "officers": "2"}, "units"),
        ({"units": " ,; ", "officers": "2"}, "units"),
        ({"units": "A" * 13, "officers": "2"}, "units"),
        ({"units": " ".join(map(str, range(31))), "officers": "2"}, "units"),
        ({"units": "4\x0012", "officers": "2"}, "units"),
        ({"units": "412", "officers": ""}, "officers"),
        ({"units": "412", "officers": "0"}, "officers"),
        ({"units": "412", "officers": "-1"}, "officers"),
        ({"units": "412", "officers": "1000"}, "officers"),
        ({"units": "412", "officers": "9" * 50}, "officers"),
        ({"units": "412", "officers": "two"}, "officers"),
    ],
)
def test_what_cannot_have_been_sent_is_refused(answers, field, signed_in, dispatcher, decided):
    page = post(signed_in(dispatcher), decided, "dispatch", **answers)

    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.content.decode()
    assert not Dispatch.objects.filter(case=decided).exists()


def test_what_was_typed_stays_when_something_is_wrong(signed_in, dispatcher, decided):
    page = post(signed_in(dispatcher), decided, "dispatch", units="412, 415", officers="none")

    assert 'value="412, 415"' in page.content.decode()


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.INTAKE, Status.ABANDONED}))
def test_what_happened_can_be_recorded_whatever_the_papers_say(status, signed_in, dispatcher, commander):
    case = make_case_in(status, dispatcher=dispatcher, commander=commander)

    assert post(signed_in(dispatcher), case, "dispatch", units="412", officers="2").status_code == 302


def test_officers_sent_without_a_decision_are_a_deviation(signed_in, dispatcher, commander):
    case = make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)

    post(signed_in(dispatcher), case, "dispatch", units="412", officers="2")

    assert kinds(case) >= {DeviationKind.DISPATCHED_BEFORE_DECISION, DeviationKind.NO_GROUND}


def test_an_intake_has_no_field_yet(signed_in, dispatcher):
    case = make_request(dispatcher)
    client = signed_in(dispatcher)

    assert client.get(address(case, "dispatch")).status_code == 409
    assert post(client, case, "dispatch", units="412", officers="2").status_code == 409
    assert case.ledger_entries.latest("id").refusal == "illegal"


def test_the_same_form_sent_twice_sends_officers_once(signed_in, dispatcher, decided):
    client, key = signed_in(dispatcher), str(uuid4())

    answers = [
        post(client, decided, "dispatch", idempotency_key=key, units="412", officers="2") for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Dispatch.objects.get(case=decided).officers == 2


def test_a_key_used_for_something_else_is_refused(signed_in, dispatcher, decided):
    client, key = signed_in(dispatcher), str(uuid4())
    post(client, decided, "dispatch", idempotency_key=key, units="412", officers="2")

    page = post(client, decided, "dispatch", idempotency_key=key, units="499", officers="2")

    assert page.status_code == 409
    assert Dispatch.objects.get(case=decided).units == ["412"]


# --- at the scene -----------------------------------------------------------------------------


def test_left_empty_it_happened_now(signed_in, dispatcher, in_field):
    post(signed_in(dispatcher), in_field, "officer_arrives", occurred_at="")

    assert timezone.now() - Dispatch.objects.get(case=in_field).first_arrival_at < timedelta(seconds=20)


def test_this_very_minute_is_now(signed_in, dispatcher, in_field):
    sent_at = Dispatch.objects.get(case=in_field).dispatched_at
    post(signed_in(dispatcher), in_field, "officer_arrives", occurred_at=local(timezone.now()))

    assert Dispatch.objects.get(case=in_field).first_arrival_at >= sent_at


def test_an_arrival_before_being_sent_is_refused_in_words(signed_in, dispatcher, in_field):
    before = local(timezone.now() - timedelta(days=1))

    page = post(signed_in(dispatcher), in_field, "officer_arrives", occurred_at=before)

    assert page.status_code == 422
    assert "The first officer cannot arrive before being sent." in text_of(page)


def test_a_commander_records_the_own_arrival(signed_in, commander, in_field):
    page = signed_in(commander).get(address(in_field, "commander_arrives")).content.decode()
    assert re.search(r'<option value="C-201" selected>', page)

    post(signed_in(commander), in_field, "commander_arrives")

    assert Dispatch.objects.get(case=in_field).commander == commander


def test_a_dispatcher_says_which_commander_arrived(signed_in, dispatcher, second_commander, in_field):
    client = signed_in(dispatcher)
    assert post(client, in_field, "commander_arrives").status_code == 422

    assert post(client, in_field, "commander_arrives", officer="C-202").status_code == 302
    assert Dispatch.objects.get(case=in_field).commander == second_commander


@pytest.mark.parametrize("officer", ["D-101", "1", "C-999", "C-201\x00"])
def test_only_a_commanding_officer_can_be_named(officer, signed_in, dispatcher, in_field):
    page = post(signed_in(dispatcher), in_field, "commander_arrives", officer=officer)

    assert page.status_code == 422
    assert "Choose one of the answers shown." in text_of(page)


def test_why_the_commander_did_not_attend_is_recorded_as_a_deviation(signed_in, commander, in_field):
    client = signed_in(commander)
    assert post(client, in_field, "commander_absent", reason=" ").status_code == 422

    post(client, in_field, "commander_absent", reason="Two scenes at once.")

    assert Dispatch.objects.get(case=in_field).commander_absent_reason == "Two scenes at once."
    assert DeviationKind.COMMANDER_DID_NOT_ATTEND in kinds(in_field)


def test_leaving_the_scene_is_recorded_once(signed_in, dispatcher, in_field):
    client = signed_in(dispatcher)
    assert post(client, in_field, "stand_down").status_code == 302

    assert client.get(address(in_field, "stand_down")).status_code == 409
    assert post(client, in_field, "stand_down").status_code == 409


def test_a_page_that_is_not_possible_now_says_why_and_leads_back(signed_in, dispatcher, decided):
    page = signed_in(dispatcher).get(address(decided, "stand_down"))

    assert page.status_code == 409
    assert f"Request {decided.number} is decided. Nothing was changed." in text_of(page)
    assert "No officers are recorded as sent" in text_of(page)
    assert reverse("requests_app:request_detail", args=[decided.public_id]) in page.content.decode()


# --- the outcome ------------------------------------------------------------------------------


def test_the_outcome_closes_the_request(signed_in, commander, in_field):
    answer = post(
        signed_in(commander),
        in_field,
        "report_outcome",
        actions_taken=["serve_criminal_warrant"],
        local_arrests="1",
        officer_minutes="90",
        force_used="on",
        narrative="Quiet.",
    )

    assert answer.status_code == 302
    row = FieldOutcome.objects.get(case=in_field)
    assert row.actions_taken == ["serve_criminal_warrant"]
    assert (row.local_arrests, row.officer_minutes, row.force_used, row.citations) == (1, 90, True, 0)
    in_field.refresh_from_db()
    assert in_field.status == Status.CLOSED


def test_what_lies_outside_the_scope_is_marked_and_never_refused(signed_in, commander, in_field):
    client = signed_in(commander)
    page = text_of(client.get(address(in_field, "report_outcome")))
    assert "Serve the criminal warrant Allowed" in page
    assert "Search for federal agents Outside what was allowed" in page

    answer = post(client, in_field, "report_outcome", actions_taken=["search_for_federal"])

    assert answer.status_code == 302
    assert DeviationKind.SCOPE_EXCEEDED in kinds(in_field)


def test_what_is_marked_is_what_exceeds_the_scope(dispatcher, commander, in_field):
    """The marks of the form and the deviation of the register agree, for every action alone."""
    form = ReportOutcomeForm(case=in_field, user=commander, now=timezone.now())
    marked = {
        code
        for code, words in form.fields["actions_taken"].widget.meanings.items()
        if words == "Outside what was allowed"
    }

    assert marked == set(FieldAction) - set(in_field.decisions.get().scope_allowed)


def test_an_ordinary_service_has_no_scope_to_exceed(dispatcher, commander):
    choice = workflow.Choice(outcome=Outcome.ORDINARY_SERVICE, reason_text="As for anyone.")
    case = make_decided(dispatcher, commander, choice)
    form = ReportOutcomeForm(case=case, user=commander, now=timezone.now())

    meanings = form.fields["actions_taken"].widget.meanings
    assert meanings["medical_aid"] == meanings["other"] == "Allowed"
    assert meanings["search_for_federal"] == "Outside what was allowed"


def test_a_report_again_begins_with_what_was_reported(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    workflow.reopen(case.pk, actor=commander, reason="New facts.")
    workflow.decide(
        case.pk,
        actor=commander,
        choice=workflow.Choice(
            outcome=Outcome.ASSIST, scope_allowed=[FieldAction.SERVE_CRIMINAL_WARRANT], reason_text="Again."
        ),
    )

    page = signed_in(commander).get(address(case, "report_outcome")).content.decode()

    assert re.search(r'name="officer_minutes"[^>]*value="60"|value="60"[^>]*name="officer_minutes"', page)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"actions_taken": ["dance"]}, "actions_taken"),
        ({"local_arrests": "-1"}, "local_arrests"),
        ({"officer_minutes": "100001"}, "officer_minutes"),
        ({"injuries": "1.5"}, "injuries"),
        ({"narrative": "x" * 4001}, "narrative"),
        ({"narrative": "\u202egnidaer"}, "narrative"),
    ],
)
def test_a_report_that_cannot_be_kept_is_refused(answers, field, signed_in, commander, in_field):
    page = post(signed_in(commander), in_field, "report_outcome", **answers)

    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.content.decode()
    assert not FieldOutcome.objects.filter(case=in_field).exists()


def test_a_dispatcher_reports_no_outcome(signed_in, dispatcher, in_field):
    assert post(signed_in(dispatcher), in_field, "report_outcome").status_code == 403
