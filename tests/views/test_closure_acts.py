"""Withdrawing, correcting, reopening, revealing, explaining, answering: through their forms."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.forms.closure import CorrectForm
from requests_app.models import AssistanceRequest, Correction, Dispatch, RestrictedDetails, Reveal
from requests_app.vocabulary import DeviationKind, ReviewFinding, Status
from tests.factories import make_case_in, make_closed, make_decided, make_in_field, make_request

pytestmark = pytest.mark.django_db


def address(case, verb):
    return reverse(f"requests_app:request_{verb}", args=[case.public_id])


def post(client, case, verb, **answers):
    return client.post(address(case, verb), {"idempotency_key": str(uuid4()), **answers})


def text_of(page):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


# --- withdrawing and reopening ----------------------------------------------------------------


def test_a_withdrawal_ends_an_undecided_request(signed_in, dispatcher, commander):
    case = make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)
    client = signed_in(dispatcher)
    assert post(client, case, "withdraw", reason="").status_code == 422

    assert post(client, case, "withdraw", reason="They rang back.").status_code == 302

    case.refresh_from_db()
    assert (case.status, case.status_reason) == (Status.WITHDRAWN, "They rang back.")


def test_a_withdrawal_erases_no_decision(signed_in, dispatcher, commander):
    case = make_decided(dispatcher, commander)

    post(signed_in(dispatcher), case, "withdraw", reason="They rang back.")

    case.refresh_from_db()
    assert case.status == Status.DECIDED
    assert case.withdrawn_at is not None


def test_reopening_takes_the_request(signed_in, dispatcher, commander, second_commander):
    case = make_closed(dispatcher, commander)

    assert post(signed_in(second_commander), case, "reopen", reason="A new witness.").status_code == 302

    case.refresh_from_db()
    assert (case.status, case.claimed_by) == (Status.UNDER_REVIEW, second_commander)


def test_a_reason_fits_where_it_is_kept(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)

    assert post(signed_in(commander), case, "reopen", reason="x" * 1001).status_code == 422
    assert post(signed_in(commander), case, "reopen", reason="x" * 1000).status_code == 302


# --- reading restricted fields ----------------------------------------------------------------


def test_opening_the_reveal_form_reveals_nothing(signed_in, dispatcher, oversight):
    case = make_request(dispatcher)

    page = signed_in(oversight).get(address(case, "reveal"))

    assert page.status_code == 200
    assert "Canary" not in page.content.decode()
    assert not Reveal.objects.exists()


def test_a_reveal_is_one_entry_with_its_reason(signed_in, dispatcher, oversight):
    case = make_request(dispatcher)
    client = signed_in(oversight)
    assert post(client, case, "reveal", reason="").status_code == 422

    answer = post(client, case, "reveal", reason="A complaint names the place.")

    assert "1 Canary Street" in client.get(answer.url).content.decode()
    entry = case.ledger_entries.get(action="request:reveal")
    assert (entry.actor, entry.details["reason"]) == (oversight, "A complaint names the place.")


# --- explaining and answering -----------------------------------------------------------------


def deviating(dispatcher):
    case = make_request(dispatcher, cad_event_number="")
    return workflow.log(case.pk, actor=dispatcher)


def test_a_deviation_is_explained(signed_in, dispatcher, commander):
    case = deviating(dispatcher)
    client = signed_in(commander)
    assert "CAD number missing" in text_of(client.get(address(case, "explain")))

    post(client, case, "explain", kind="cad_number_missing", explanation="CAD was down.")

    row = case.deviations.get(kind=DeviationKind.CAD_NUMBER_MISSING)
    assert (row.explanation, row.explained_by, row.stands) == ("CAD was down.", commander, True)
    assert client.get(address(case, "explain")).status_code == 409


@pytest.mark.parametrize("kind", ["", "scope_exceeded", "nonsense"])
def test_only_a_standing_deviation_can_be_explained(kind, signed_in, dispatcher, commander):
    case = deviating(dispatcher)

    page = post(signed_in(commander), case, "explain", kind=kind, explanation="Well.")

    assert page.status_code == 422
    assert not case.deviations.exclude(explanation="").exists()


def test_oversights_question_is_shown_and_answered(signed_in, dispatcher, commander, oversight):
    case = make_closed(dispatcher, commander)
    client = signed_in(commander)
    assert client.get(address(case, "answer")).status_code == 409
    workflow.review(case.pk, actor=oversight, finding=ReviewFinding.CANNOT_TELL, note="The call is missing.")
    workflow.follow_up(case.pk, actor=oversight, question="Where is the call?")

    assert "Oversight asks: Where is the call?" in text_of(client.get(address(case, "answer")))
    assert post(client, case, "answer", text="").status_code == 422
    assert post(client, case, "answer", text="With the recorder.").status_code == 302
    assert case.reviews.get().answer == "With the recorder."


# --- correcting -------------------------------------------------------------------------------


def opened(client, case):
    """What the form holds when it is opened, as a browser would send it back."""
    page = client.get(address(case, "correct")).content.decode()
    form = page[page.index('class="register-form') :]
    held = {}
    for tag in re.findall(r"<input[^>]*>", form):
        words = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if words.get("type") != "checkbox" or re.search(r"\schecked\b", tag):
            held[words["name"]] = unescape(words.get("value", ""))
    for name, body in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        held[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        held[name] = unescape(body)
    held.pop("csrfmiddlewaretoken", None)
    return held


def fields_of(page):
    return set(re.findall(r'name="(\w+)"', page.content.decode()))


def test_only_what_the_person_changed_is_corrected(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    client = signed_in(dispatcher)
    held = opened(client, case)

    answer = client.post(address(case, "correct"), {**held, "channel": "fax", "reason": "It was a fax."})

    assert answer.status_code == 302
    (row,) = Correction.objects.filter(case=case)
    assert (row.field, row.old, row.new, row.reason) == (
        "assistancerequest.channel",
        "non_emergency_line",
        "fax",
        "It was a fax.",
    )


def test_every_group_can_be_corrected_at_once(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    workflow.reveal(case.pk, actor=dispatcher, reason="To correct the number.")
    client = signed_in(dispatcher)
    arrived = timezone.localtime(Dispatch.objects.get(case=case).dispatched_at) + timedelta(minutes=1)
    changed = {
        "what_was_said": "Two cars.\r\nAt the back.",
        "persons_sought": "2",
        "callback_number": "502-555-0111",
        "identity_refused": "on",
        "officers": "3",
        "first_arrival_at": arrived.strftime("%Y-%m-%dT%H:%M:%S"),
        "local_arrests": "1",
        "force_used": "on",
    }

    answer = client.post(address(case, "correct"), {**opened(client, case), **changed, "reason": "Reread."})

    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.what_was_said, case.persons_sought) == ("Two cars.\nAt the back.", 2)
    restricted = RestrictedDetails.objects.get(case=case)
    assert (restricted.callback_number, restricted.callback_digits) == ("502-555-0111", "5025550111")
    assert Dispatch.objects.get(case=case).officers == 3
    assert case.field_outcome.local_arrests == 1
    assert Correction.objects.filter(case=case).count() == len(changed)


def test_a_correction_needs_a_change_and_a_reason(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    client = signed_in(dispatcher)
    held = opened(client, case)

    unchanged = client.post(address(case, "correct"), {**held, "reason": "Why not."})
    unexplained = client.post(address(case, "correct"), {**held, "channel": "fax", "reason": ""})

    assert (unchanged.status_code, unexplained.status_code) == (422, 422)
    assert "Nothing differs from what is recorded." in text_of(unchanged)
    assert 'id="id_reason_error"' in unexplained.content.decode()
    assert not Correction.objects.exists()


def test_restricted_fields_are_offered_only_to_those_who_may_read_them(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    client = signed_in(commander)
    assert "callback_number" not in fields_of(client.get(address(case, "correct")))

    workflow.reveal(case.pk, actor=commander, reason="Must call them back.")

    assert "callback_number" in fields_of(client.get(address(case, "correct")))


def test_a_restricted_field_that_was_not_shown_cannot_be_sent(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    client = signed_in(commander)
    held = opened(client, case)

    answer = client.post(
        address(case, "correct"), {**held, "channel": "fax", "callback_number": "666", "reason": "It was."}
    )

    assert answer.status_code == 302
    assert RestrictedDetails.objects.get(case=case).callback_number == "502-555-0100"


def test_what_is_hidden_again_meanwhile_is_not_lost_in_silence(
    signed_in, dispatcher, commander, second_commander
):
    case = make_case_in(Status.UNDER_REVIEW, dispatcher=dispatcher, commander=commander)
    client = signed_in(commander)
    held = opened(client, case)
    workflow.release(case.pk, actor=commander)

    page = client.post(
        address(case, "correct"), {**held, "callback_number": "502-555-0111", "reason": "Misheard."}
    )

    assert page.status_code == 422
    assert "The restricted fields are hidden again." in text_of(page)
    assert "502-555-0100" not in page.content.decode()


def test_parts_that_are_not_recorded_are_not_offered(signed_in, dispatcher):
    offered = fields_of(signed_in(dispatcher).get(address(make_request(dispatcher), "correct")))

    assert "channel" in offered
    assert not offered & {"dispatched_at", "officers", "local_arrests", "force_used"}


@pytest.mark.parametrize("as_shown", ["", "{}", "[]", "nonsense", "[" * 30_000, '"x"', "1e999"])
def test_a_page_that_was_tampered_with_saves_nothing(as_shown, signed_in, dispatcher):
    case = make_request(dispatcher)
    client = signed_in(dispatcher)

    page = client.post(
        address(case, "correct"),
        {**opened(client, case), "as_shown": as_shown, "channel": "fax", "reason": "Why not."},
    )

    assert page.status_code == 422
    assert "This page was not sent whole." in text_of(page)
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"received_at": ""}, "received_at"),
        ({"received_at": "2026-02-30T10:00"}, "received_at"),
        ({"channel": ""}, "channel"),
        ({"channel": "carrier_pigeon"}, "channel"),
        ({"persons_sought": "-1"}, "persons_sought"),
        ({"what_was_said": "x" * 4001}, "what_was_said"),
        ({"what_was_said": "a\x00b"}, "what_was_said"),
        ({"cad_event_number": "x" * 33}, "cad_event_number"),
        ({"location": "two\nlines"}, "location"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(answers, field, signed_in, dispatcher):
    case = make_request(dispatcher)
    client = signed_in(dispatcher)

    page = client.post(address(case, "correct"), {**opened(client, case), **answers, "reason": "Why not."})

    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.content.decode()
    assert not Correction.objects.exists()


def test_a_request_received_after_it_was_entered_is_refused_in_words(signed_in, dispatcher):
    case = make_request(dispatcher)
    client = signed_in(dispatcher)
    later = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    page = client.post(
        address(case, "correct"), {**opened(client, case), "received_at": later, "reason": "Typing error."}
    )

    assert page.status_code == 422
    assert "cannot have been received after it was entered" in text_of(page)


# --- two people at one form -------------------------------------------------------------------


@pytest.fixture
def overtaken(signed_in, dispatcher, commander):
    """A dispatcher's open form, and a correction by a commander in between."""
    case = make_in_field(dispatcher, commander)
    client = signed_in(dispatcher)
    held = opened(client, case)
    workflow.correct(
        case.pk,
        actor=commander,
        changes={"channel": "fax", "component": "hsi", "persons_sought": 4},
        reason="Reread.",
    )
    mine = {**held, "component": "cbp", "what_was_said": "Mine.", "reason": "Heard wrongly."}
    return case, client, mine


def test_a_stale_form_is_refused_and_says_what_changed(overtaken):
    case, client, mine = overtaken

    page = client.post(address(case, "correct"), mine)

    assert page.status_code == 409
    text = text_of(page)
    assert f"Request {case.number} was changed since you opened this page." in text
    assert "Somebody changed this meanwhile to: ICE: Homeland Security Investigations (HSI)." in text
    assert text.count("It is shown as it stands now.") == 2
    case.refresh_from_db()
    assert case.component == "hsi"


def test_a_stale_form_keeps_what_was_typed_and_follows_the_rest(overtaken):
    case, client, mine = overtaken

    page = client.post(address(case, "correct"), mine).content.decode()

    assert ">Mine.</textarea>" in page.replace("\n", "")
    assert re.search(r'<option value="cbp" selected>', page)
    assert re.search(r'<option value="fax" selected>', page)
    assert re.search(r'name="persons_sought" value="4"|value="4"[^>]*name="persons_sought"', page)
    assert "Heard wrongly." in page


def test_sent_again_it_changes_only_what_that_person_meant(overtaken, dispatcher):
    case, client, mine = overtaken
    page = client.post(address(case, "correct"), mine)
    again = {**mine, **hidden_of(page), "channel": "fax", "persons_sought": "4"}

    assert client.post(address(case, "correct"), again).status_code == 302

    case.refresh_from_db()
    assert (case.channel, case.persons_sought) == ("fax", 4)
    assert (case.component, case.what_was_said) == ("cbp", "Mine.")
    corrected = Correction.objects.filter(case=case, corrected_by=dispatcher)
    assert set(corrected.values_list("field", "old", "new")) == {
        ("assistancerequest.component", "hsi", "cbp"),
        ("assistancerequest.what_was_said", "Wants officers at a door for a warrant.", "Mine."),
    }


def hidden_of(page):
    tags = re.findall(r'<input type="hidden"[^>]*>', page.content.decode())
    words = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]
    carried = ("as_shown", "revision", "idempotency_key")
    return {word["name"]: unescape(word["value"]) for word in words if word["name"] in carried}


def test_times_and_ticks_follow_too(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    client = signed_in(dispatcher)
    held = opened(client, case)
    moved = Dispatch.objects.get(case=case).cleared_at.replace(microsecond=0) + timedelta(hours=1)
    workflow.correct(
        case.pk, actor=commander, changes={"cleared_at": moved, "force_used": True}, reason="Reread."
    )

    page = client.post(address(case, "correct"), {**held, "citations": "1", "reason": "One more."})

    assert page.status_code == 409
    shown = page.content.decode()
    assert timezone.localtime(moved).strftime("%Y-%m-%dT%H:%M") in shown
    assert re.search(r'name="force_used"[^>]*checked', shown)


def test_the_form_has_a_field_for_everything_that_may_be_corrected():
    columns = {column for columns in workflow.CORRECTABLE.values() for column in columns}

    assert columns <= set(CorrectForm.base_fields)


def test_it_may_be_corrected_by_those_who_hold_the_act(signed_in, dispatcher, oversight):
    case = make_request(dispatcher)

    assert signed_in(oversight).get(address(case, "correct")).status_code == 403
    assert AssistanceRequest.objects.get(pk=case.pk).revision == case.revision
