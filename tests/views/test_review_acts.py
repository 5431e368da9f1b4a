"""The acts around a decision: taking a request, the call, the evidence, and the second officer's word."""

import html
import re
from uuid import uuid4

import pytest
from django.utils import timezone

from requests_app import workflow
from requests_app.models import (
    AssistanceRequest,
    CommanderCall,
    Correction,
    DirectoryNumber,
    Document,
    Endorsement,
    Evidence,
    User,
)
from requests_app.vocabulary import (
    CallRecorded,
    Corroboration,
    DangerLevel,
    Ground,
    Outcome,
    ReasonCode,
    Status,
)
from tests import factories

# Every act of this desk, the status from which it is possible, and answers that are enough.
ACTS = {
    "acknowledge": (Status.WAITING, {}),
    "claim": (Status.WAITING, {}),
    "release": (Status.UNDER_REVIEW, {}),
    "verify_caller": (Status.UNDER_REVIEW, {"verification": "failed"}),
    "record_call": (Status.UNDER_REVIEW, {"recorded": "failed", "started_at": "now"}),
    "set_evidence": (Status.UNDER_REVIEW, "evidence"),
    "reclassify": (Status.UNDER_REVIEW, {"request_types": ["other"]}),
    "request_information": (Status.UNDER_REVIEW, {"needed": "The court's name."}),
}


@pytest.fixture
def client(signed_in, commander):
    return signed_in(commander)


@pytest.fixture
def case(dispatcher, commander):
    return factories.make_case_in(Status.UNDER_REVIEW, dispatcher=dispatcher, commander=commander)


@pytest.fixture
def directory_number(db):
    number = DirectoryNumber(component="ero", office="ERO duty desk", number="502-555-0140")
    return factories.save_as(User.objects.system(), number)


@pytest.fixture
def declined_under_danger(dispatcher, second_commander):
    case = factories.make_decidable(dispatcher, second_commander)
    workflow.set_evidence(
        case.pk,
        actor=second_commander,
        assessment=workflow.Assessment(
            danger_level=DangerLevel.CLEAR, danger_corroboration=Corroboration.CAMERA
        ),
    )
    choice = workflow.Choice(
        outcome=Outcome.DECLINE, reason_code=ReasonCode.OFFICERS_ASSESSMENT, reason_text="Others are there."
    )
    return workflow.decide(case.pk, actor=second_commander, choice=choice)


def address(case, act):
    return f"/requests/{case.public_id}/{act}/"


def evidence(case, **over):
    """What the form of the evidence holds when it is opened."""
    answers = {"crime_status": "none", "crime_basis": "none", "danger_level": "none"}
    answers |= {"danger_corroboration": "none"}
    for document in Document.objects.filter(case=case):
        own = f"document_{document.pk}_"
        answers |= {
            f"{own}confirmed_class": document.document_class,
            f"{own}confirmation": document.confirmation,
            f"{own}matches_subject": "yes" if document.matches_subject else "no",
            f"{own}document_number": document.document_number,
        }
    return {**answers, **over}


def form(case, answers=None, **over):
    case.refresh_from_db(fields=["revision"])
    answers = evidence(case) if answers == "evidence" else dict(answers or {})
    if answers.get("started_at") == "now":
        answers["started_at"] = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    return {"idempotency_key": str(uuid4()), "revision": case.revision, **answers, **over}


def words(response):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def status(case):
    return AssistanceRequest.objects.get(pk=case.pk).status


# --- all of them -------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_it_is_shown_and_done(client, dispatcher, commander, act):
    start, answers = ACTS[act]
    case = factories.make_case_in(start, dispatcher=dispatcher, commander=commander)

    shown = client.get(address(case, act))
    done = client.post(address(case, act), form(case, answers))

    assert shown.status_code == 200
    assert case.number in words(shown)
    assert done.status_code == 302


@pytest.mark.parametrize("act", ACTS)
def test_it_is_done_once_however_often_it_is_sent(client, dispatcher, commander, act):
    start, answers = ACTS[act]
    case = factories.make_case_in(start, dispatcher=dispatcher, commander=commander)
    sent = form(case, answers)

    first = client.post(address(case, act), sent)
    revision = AssistanceRequest.objects.get(pk=case.pk).revision
    second = client.post(address(case, act), sent)

    assert (first.status_code, second.status_code) == (302, 302)
    assert AssistanceRequest.objects.get(pk=case.pk).revision == revision


@pytest.mark.parametrize("act", ACTS)
def test_where_it_is_not_possible_it_says_so(client, dispatcher, commander, act):
    _start, answers = ACTS[act]
    case = factories.make_case_in(Status.WITHDRAWN, dispatcher=dispatcher, commander=commander)

    shown = client.get(address(case, act))
    sent = client.post(address(case, act), form(case, answers))

    assert (shown.status_code, sent.status_code) == (409, 409)
    assert "is not possible now" in words(sent)


@pytest.mark.parametrize("act", ACTS)
def test_without_its_token_it_is_refused(dispatcher, commander, act):
    start, answers = ACTS[act]
    case = factories.make_case_in(start, dispatcher=dispatcher, commander=commander)
    strict = factories.RegisterClient(enforce_csrf_checks=True)
    strict.force_login(commander)

    assert strict.post(address(case, act), form(case, answers)).status_code == 403
    assert AssistanceRequest.objects.get(pk=case.pk).revision == case.revision


@pytest.mark.parametrize("act", [*ACTS, "confirm", "agree", "disagree"])
def test_other_methods_are_refused(client, case, act):
    assert client.put(address(case, act)).status_code == 405
    assert client.delete(address(case, act)).status_code == 405


@pytest.mark.parametrize("act", ["verify_caller", "record_call", "set_evidence", "reclassify"])
def test_after_the_decision_it_is_a_correction_and_says_why(client, dispatcher, commander, act):
    case = factories.make_decided(dispatcher, commander)
    answers = ACTS[act][1]
    if answers == "evidence":
        answers = evidence(case, crime_offence="Assault")

    shown = words(client.get(address(case, act)))
    refused = client.post(address(case, act), form(case, answers))
    done = client.post(address(case, act), form(case, answers, reason="The clerk rang."))

    assert "Why is this corrected?" in shown
    assert refused.status_code == 422
    assert done.headers["Location"] == f"/requests/{case.public_id}/"


@pytest.mark.parametrize("act", ["verify_caller", "record_call", "set_evidence", "reclassify"])
def test_while_under_review_it_asks_for_no_reason_and_leads_back_to_the_decision(client, case, act):
    shown = words(client.get(address(case, act)))
    done = client.post(address(case, act), form(case, ACTS[act][1]))

    assert "Why is this corrected?" not in shown
    assert done.headers["Location"] == address(case, "decide")


@pytest.mark.parametrize("act", ["verify_caller", "record_call", "set_evidence", "reclassify", "decide"])
def test_another_officers_request_is_not_assessed(case, second_commander, signed_in, act):
    other = signed_in(second_commander)

    shown = other.get(address(case, act))

    assert shown.status_code == 409
    assert "Commander One has this request." in words(shown)


# --- taking and giving back --------------------------------------------------------------------


def test_who_takes_a_request_comes_to_its_decision(client, dispatcher, commander):
    case = factories.make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)

    done = client.post(address(case, "claim"), form(case))

    assert done.headers["Location"] == address(case, "decide")


def test_who_logged_it_takes_it_and_comes_to_the_request(client, commander):
    case = workflow.log(factories.make_request(commander).pk, actor=commander)

    done = client.post(address(case, "claim"), form(case))

    assert done.headers["Location"] == f"/requests/{case.public_id}/"


def test_the_second_to_take_it_is_told_who_has_it(client, dispatcher, commander, second_commander, signed_in):
    case = factories.make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)
    opened = form(case)
    signed_in(second_commander).post(address(case, "claim"), form(case))

    response = client.post(address(case, "claim"), opened)

    assert response.status_code == 409
    assert "Commander Two (C-202) : Take this request" in words(response)


def test_giving_back_anothers_request_needs_a_reason(case, second_commander, signed_in):
    other = signed_in(second_commander)

    refused = other.post(address(case, "release"), form(case))
    done = other.post(address(case, "release"), form(case, reason="Gone home."))

    assert refused.status_code == 422
    assert "Say why you give back another officer's request." in words(refused)
    assert done.status_code == 302
    assert status(case) == Status.WAITING


@pytest.mark.parametrize("needed", ["", " \u200b ", "x" * 1001])
def test_what_is_missing_must_be_said(client, case, needed):
    response = client.post(address(case, "request_information"), form(case, needed=needed))

    assert response.status_code == 422
    assert status(case) == Status.UNDER_REVIEW


# --- the caller --------------------------------------------------------------------------------


def test_the_caller_is_called_back_on_a_number_of_the_directory(client, case, directory_number):
    shown = client.get(address(case, "verify_caller"))
    answers = {"verification": "verified_callback", "directory_number": directory_number.pk}
    client.post(address(case, "verify_caller"), form(case, answers, method="Duty officer knew them."))

    assert "ERO duty desk: 502-555-0140" in words(shown)
    found = Evidence.objects.get(case=case)
    assert found.verification == "verified_callback"
    assert found.verification_method == "Called ERO duty desk, 502-555-0140. Duty officer knew them."


def test_the_number_that_was_offered_is_not_on_the_page(client, case, directory_number):
    shown = client.get(address(case, "verify_caller")).content.decode()

    assert "Canary Requester" in shown
    assert "502-555-0100" not in shown


def test_an_agency_without_a_number_is_said(client, case):
    assert "The directory has no number for" in words(client.get(address(case, "verify_caller")))


def test_numbers_that_are_out_of_use_are_not_offered(client, case, directory_number):
    directory_number.in_use = False
    factories.save_as(User.objects.system(), directory_number)

    assert "502-555-0140" not in words(client.get(address(case, "verify_caller")))


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({}, "Choose an answer."),
        ({"verification": "sure"}, "Choose one of the answers shown."),
        ({"verification": "verified_callback"}, "Choose the number you called"),
        ({"verification": "failed", "directory_number": "99999999999999999999"}, "one of the answers shown"),
        ({"verification": "failed", "directory_number": "\x00"}, "Null characters are not allowed."),
        ({"verification": "failed", "method": "x" * 121}, "Too long"),
        ({"verification": "failed", "occurred_at": "2099-01-01T00:00"}, "in the future"),
        ({"verification": "failed", "occurred_at": "2001-01-01T00:00"}, "long before the request came in"),
    ],
    ids=str,
)
def test_bad_input_about_the_caller_is_refused(client, case, answers, message):
    before = Evidence.objects.get(case=case).revision

    response = client.post(address(case, "verify_caller"), form(case, answers))

    assert response.status_code == 422
    assert message in words(response)
    assert Evidence.objects.get(case=case).revision == before


def test_a_number_of_another_agency_is_refused(client, case):
    other = DirectoryNumber(component="cbp", office="CBP desk", number="502-555-0150")
    factories.save_as(User.objects.system(), other)
    answers = {"verification": "verified_callback", "directory_number": other.pk}

    assert client.post(address(case, "verify_caller"), form(case, answers)).status_code == 422


# --- the call ----------------------------------------------------------------------------------


def test_a_call_is_recorded(client, dispatcher, commander):
    case = workflow.claim(
        factories.make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander).pk, actor=commander
    )
    answers = {
        "recorded": "yes",
        "started_at": "now",
        "recorder_reference": "REC-9",
        "note": "Asked for two.",
    }

    client.post(address(case, "record_call"), form(case, answers))

    call = CommanderCall.objects.get(case=case)
    assert (call.recorded, call.recorder_reference, call.commander) == ("yes", "REC-9", commander)


def test_an_earlier_call_is_completed(client, case, commander):
    call = CommanderCall.objects.get(case=case)
    shown = client.get(address(case, "record_call"), {"call": call.pk}).content.decode()
    began = re.search(r'name="started_at" value="([^"]+)"', shown)[1]
    answers = {"call_id": call.pk, "recorded": "yes", "recorder_reference": "REC-1", "started_at": began}

    client.post(address(case, "record_call"), form(case, answers, note="He gave the court's name."))

    call = CommanderCall.objects.get(case=case)
    assert (call.recorder_reference, call.note) == ("REC-1", "He gave the court's name.")


def test_only_a_call_of_this_request_can_be_completed(client, case, dispatcher, commander):
    other = CommanderCall.objects.get(case=factories.make_decided(dispatcher, commander))
    answers = {"call_id": other.pk, "recorded": "no", "started_at": "now"}

    response = client.post(address(case, "record_call"), form(case, answers))
    shown = client.get(address(case, "record_call"), {"call": other.pk})

    assert response.status_code == 422
    assert f'value="{other.pk}"' not in shown.content.decode()
    assert CommanderCall.objects.get(pk=other.pk).recorded == "yes"


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"recorded": ""}, "Choose an answer."),
        ({"recorded": "maybe"}, "Choose one of the answers shown."),
        ({"started_at": ""}, "Enter the date and time."),
        ({"started_at": "2026-02-30T10:00"}, "Enter a date and time that exist"),
        ({"started_at": "2099-01-01T00:00"}, "in the future"),
        ({"started_at": "2017-09-22T10:00"}, "long before the request came in"),
        ({"ended_at": "2017-09-22T10:00"}, "A call cannot end before it begins."),
        ({"ended_at": "2099-01-01T00:00"}, "in the future"),
        ({"recorder_reference": "x" * 61}, "Too long"),
        ({"recorder_reference": "two\nlines"}, "Must be on one line."),
        ({"note": "\x00"}, "control characters"),
        ({"call_id": "x"}, "one of the answers shown"),
        ({"call_id": "99999999999999999999"}, "one of the answers shown"),
    ],
    ids=str,
)
def test_bad_input_about_a_call_is_refused(client, case, over, message):
    answers = {"recorded": "yes", "started_at": "now", **over}

    response = client.post(address(case, "record_call"), form(case, answers))

    assert response.status_code == 422
    assert message in words(response)
    assert CommanderCall.objects.filter(case=case).count() == 1


def test_after_the_decision_filling_in_a_reference_needs_no_reason(client, dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander)
    workflow.record_call(case.pk, actor=commander, recorded=CallRecorded.YES, started_at=timezone.now())
    workflow.decide(case.pk, actor=commander, choice=factories.ASSIST)
    call = CommanderCall.objects.filter(case=case, recorder_reference="").get()
    shown = client.get(address(case, "record_call"), {"call": call.pk}).content.decode()
    began = re.search(r'name="started_at" value="([^"]+)"', shown)[1]

    answers = {"call_id": call.pk, "recorded": "yes", "started_at": began, "recorder_reference": "REC-77"}
    done = client.post(address(case, "record_call"), form(case, answers))

    assert done.status_code == 302
    assert CommanderCall.objects.get(pk=call.pk).recorder_reference == "REC-77"


# --- the evidence ------------------------------------------------------------------------------


def test_documents_crime_and_danger_are_set(client, dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander, confirmed=False)
    document = case.documents.get()
    own = f"document_{document.pk}_"
    answers = evidence(
        case,
        crime_status="past",
        crime_basis="own_report",
        crime_offence="Assault",
        lmpd_case_number="80-26-1",
        danger_level="clear",
        danger_corroboration="own_eyes",
        danger_assessment="Two people with knives.",
    )
    answers |= {f"{own}confirmation": "confirmed_active", f"{own}court": "Jefferson"}
    answers[f"{own}issued_on"] = "2026-01-05"

    done = client.post(address(case, "set_evidence"), form(case, answers))

    assert done.status_code == 302
    found = Evidence.objects.get(case=case)
    assert (found.crime_basis, found.lmpd_case_number) == ("own_report", "80-26-1")
    assert (found.danger_level, found.danger_corroboration) == ("clear", "own_eyes")
    document.refresh_from_db()
    assert (document.confirmation, document.court) == ("confirmed_active", "Jefferson")
    assert document.issued_on.isoformat() == "2026-01-05"


def test_one_more_document_can_be_entered(client, case):
    answers = evidence(case, document_new_confirmed_class="administrative_warrant", document_new_court="DHS")

    client.post(address(case, "set_evidence"), form(case, answers))

    added = Document.objects.filter(case=case).last()
    assert (added.claimed_class, added.court) == ("administrative_warrant", "DHS")
    assert (added.confirmation, added.matches_subject, added.struck) == ("unconfirmed", True, False)


def test_a_document_entered_by_mistake_is_struck(client, case):
    document = case.documents.get()

    client.post(
        address(case, "set_evidence"), form(case, evidence(case, **{f"document_{document.pk}_struck": "on"}))
    )

    document.refresh_from_db()
    assert document.struck


def test_documents_of_another_request_are_left_alone(client, case, dispatcher, commander):
    other = factories.make_decided(dispatcher, commander).documents.get()
    answers = evidence(case, **{f"document_{other.pk}_confirmation": "recalled"})

    client.post(address(case, "set_evidence"), form(case, answers))

    other.refresh_from_db()
    assert other.confirmation == "confirmed_active"


def test_what_the_policy_says_stands_beside_the_field(client, dispatcher, commander):
    case = factories.make_decidable(
        dispatcher, commander, confirmed=False, grounds_claimed=[Ground.CRIMINAL_WARRANT, Ground.CRIME]
    )
    document = case.documents.get()

    page = client.get(address(case, "set_evidence")).content.decode()

    def notes(field):
        return re.search(rf'id="id_{field}_notes">(.*?)</div>', page, re.DOTALL)[1]

    assert "The agent says that there is a crime, but gives no details." in notes("crime_basis")
    of_document = notes(f"document_{document.pk}_confirmation")
    assert "The criminal warrant is not confirmed yet." in of_document


def test_the_danger_in_the_callers_words_is_shown_where_it_is_assessed(client, dispatcher, commander):
    case = factories.make_decidable(
        dispatcher, commander, grounds_claimed=[Ground.PUBLIC_DANGER], danger_articulated="Shots heard."
    )

    assert "In the caller's words: Shots heard." in words(client.get(address(case, "set_evidence")))


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"crime_status": ""}, "Choose an answer."),
        ({"crime_status": "maybe"}, "Choose one of the answers shown."),
        ({"crime_basis": "hearsay"}, "Choose one of the answers shown."),
        ({"danger_level": "some"}, "Choose one of the answers shown."),
        ({"danger_corroboration": "\x00"}, "Choose one of the answers shown."),
        ({"crime_offence": "x" * 201}, "Too long"),
        ({"lmpd_case_number": "x" * 33}, "Too long"),
        ({"danger_assessment": "x" * 1001}, "Too long"),
        ({"document_new_court": "Jefferson"}, "Choose what kind of document this is."),
        ({"document_new_confirmed_class": "passport"}, "Choose one of the answers shown."),
        ({"document_OWN_confirmed_class": ""}, "Choose an answer."),
        ({"document_OWN_confirmation": "perhaps"}, "Choose one of the answers shown."),
        ({"document_OWN_matches_subject": "both"}, "Choose one of the answers shown."),
        ({"document_OWN_issued_on": "2026-02-30"}, "Enter a date that exists"),
        ({"document_OWN_issued_on": "\x00"}, "Enter a date that exists"),
        ({"document_OWN_issued_on": "2099-01-01"}, "in the future"),
        ({"document_OWN_issued_on": "0001-01-01"}, "long past"),
        ({"document_OWN_document_number": "x" * 61}, "Too long"),
    ],
    ids=str,
)
def test_bad_input_about_the_evidence_is_refused(client, case, over, message):
    own = str(case.documents.get().pk)
    over = {name.replace("OWN", own): value for name, value in over.items()}
    before = Evidence.objects.get(case=case).revision

    response = client.post(address(case, "set_evidence"), form(case, evidence(case, **over)))

    assert response.status_code == 422
    assert message in words(response)
    assert Evidence.objects.get(case=case).revision == before
    assert Document.objects.filter(case=case).count() == 1


def test_evidence_from_a_stale_page_is_refused_and_kept_on_the_page(client, case, commander):
    opened = form(case, evidence(case, crime_offence="Assault"))
    workflow.reclassify(case.pk, actor=commander, request_types=["standby"])

    response = client.post(address(case, "set_evidence"), opened)

    assert response.status_code == 409
    assert "Changed since you opened this page" in words(response)
    assert 'value="Assault"' in response.content.decode()


def test_a_correction_of_the_evidence_keeps_the_old_value(client, dispatcher, commander):
    case = factories.make_decided(dispatcher, commander)
    answers = evidence(case, lmpd_case_number="80-26-2", reason="Found in the report.")

    client.post(address(case, "set_evidence"), form(case, answers))

    noted = Correction.objects.get(case=case)
    assert (noted.field, noted.old, noted.new) == ("evidence.lmpd_case_number", "", "80-26-2")
    assert noted.reason == "Found in the report."


# --- what is asked -----------------------------------------------------------------------------


def test_the_first_classification_is_kept(client, case):
    client.post(address(case, "reclassify"), form(case, request_types=["standby", "knock_and_talk"]))

    found = AssistanceRequest.objects.get(pk=case.pk)
    assert found.types_at_intake == ["serve_warrant"]
    assert found.types_by_commander == ["knock_and_talk", "standby"]


@pytest.mark.parametrize("types", [[], ["raid"], ["standby", "\x00"]], ids=str)
def test_a_classification_that_is_none_is_refused(client, case, types):
    assert client.post(address(case, "reclassify"), form(case, request_types=types)).status_code == 422
    assert AssistanceRequest.objects.get(pk=case.pk).types_by_commander == []


# --- the second officer, and the radio ---------------------------------------------------------


def test_a_second_officer_reads_the_decision_and_agrees(client, declined_under_danger):
    case = declined_under_danger
    shown = words(client.get(address(case, "agree")))

    done = client.post(address(case, "agree"), form(case))

    assert "Decided Decline" in shown
    assert "Others are there." in shown
    assert done.status_code == 302
    assert Endorsement.objects.get(decision__case=case).kind == "agrees"


def test_disagreeing_needs_a_reason_and_opens_the_request_again(client, commander, declined_under_danger):
    case = declined_under_danger

    refused = client.post(address(case, "disagree"), form(case))
    client.post(address(case, "disagree"), form(case, reason="The danger is here and now."))

    assert refused.status_code == 422
    found = AssistanceRequest.objects.get(pk=case.pk)
    assert (found.status, found.claimed_by) == (Status.UNDER_REVIEW, commander)


@pytest.mark.parametrize("act", ["agree", "disagree"])
def test_who_declined_is_no_second_officer(second_commander, signed_in, declined_under_danger, act):
    case, own = declined_under_danger, signed_in(second_commander)

    shown = own.get(address(case, act))
    sent = own.post(address(case, act), form(case, reason="Of course."))

    assert shown.status_code == 409
    assert "Another officer than the one who decided" in words(shown)
    assert sent.status_code == 403
    assert not Endorsement.objects.exists()


def test_only_one_second_word_is_taken(client, declined_under_danger):
    case = declined_under_danger
    client.post(address(case, "agree"), form(case))

    response = client.post(address(case, "disagree"), form(case, reason="Too late."))

    assert response.status_code == 409
    assert "A second officer has spoken already." in words(response)


def test_the_officer_confirms_a_decision_given_by_radio(client, dispatcher, commander):
    case = factories.make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)
    decline = workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.NO_GROUND)
    workflow.radio_decision(case.pk, actor=dispatcher, officer_id=commander.pk, choice=decline)

    shown = words(client.get(address(case, "confirm")))
    done = client.post(address(case, "confirm"), form(case))

    assert "Entered by Dispatcher One" in shown
    assert done.status_code == 302
    assert Endorsement.objects.get(decision__case=case).kind == "confirms_radio"


def test_only_the_officer_of_a_radio_decision_confirms_it(dispatcher, commander, second_commander, signed_in):
    case = factories.make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)
    decline = workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.NO_GROUND)
    workflow.radio_decision(case.pk, actor=dispatcher, officer_id=commander.pk, choice=decline)

    response = signed_in(second_commander).post(address(case, "confirm"), form(case))

    assert response.status_code == 403
    assert "Only Commander One can confirm" in words(response)
