"""The decision: what the page shows, what it refuses, and that one form makes one decision."""

import re
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app import workflow
from requests_app.models import AssistanceRequest, Decision, LedgerEntry
from requests_app.vocabulary import (
    Action,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    DocumentClass,
    Ground,
    RequestType,
    Status,
)
from tests import factories

# Session, user, roles, the case and three tables of it, what may be done, verdict, limits, timeline, banner.
PAGE_QUERIES = 17

ASSIST = {"outcome": "assist", "scope_allowed": ["serve_criminal_warrant"]}
DECLINE = {
    "outcome": "decline",
    "reason_code": "officers_assessment",
    "reason_text": "Can wait till day.",
}


@pytest.fixture
def case(dispatcher, commander):
    """Under review by the commander; the warrant is confirmed, so the policy permits help."""
    return factories.make_decidable(dispatcher, commander)


@pytest.fixture
def client(signed_in, commander):
    return signed_in(commander)


def address(case):
    return f"/requests/{case.public_id}/decide/"


def form(case, answers=DECLINE, **over):
    case.refresh_from_db(fields=["revision"])
    return {"idempotency_key": str(uuid4()), "revision": case.revision, **answers, **over}


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def decisions(case):
    return [(one.outcome, one.reason_code) for one in Decision.objects.filter(case=case).order_by("sequence")]


def set_danger(case, officer, **over):
    danger = {"danger_level": DangerLevel.CLEAR, "danger_corroboration": Corroboration.CAMERA}
    workflow.set_evidence(case.pk, actor=officer, assessment=workflow.Assessment(**{**danger, **over}))


# --- what the page shows -----------------------------------------------------------------------


def test_no_outcome_is_chosen_beforehand(client, case):
    page = client.get(address(case)).content.decode()

    outcomes = re.findall(r'<input type="radio" name="outcome" value="(\w+)"[^>]*>', page)
    assert outcomes == ["assist", "decline", "refer", "record_only", "ordinary_service"]
    assert not re.search(r'name="outcome"[^>]*checked', page)


def test_it_shows_the_ground_that_holds_with_its_evidence(client, case):
    text = words(client.get(address(case)))

    assert "The policy says: Assist, within limits" in text
    assert "Criminal warrant not related to immigration status Holds" in text
    assert "Criminal warrant; confirmed active; matches; 24-CR-000001" in text
    assert "A crime that occurred or is occurring Not claimed" in text


def test_it_shows_what_is_missing_with_the_form_that_sets_it(client, dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander, confirmed=False)

    page = client.get(address(case))

    assert "Criminal warrant not related to immigration status Facts are missing" in words(page)
    assert "The criminal warrant is not confirmed yet." in words(page)
    assert f'href="/requests/{case.public_id}/set_evidence/"' in page.content.decode()


def test_it_shows_what_does_not_hold(client, dispatcher, commander):
    case = factories.make_decidable(
        dispatcher,
        commander,
        confirmed=False,
        document_class=DocumentClass.DETAINER,
        grounds_claimed=[Ground.CRIMINAL_WARRANT, Ground.CRIME],
    )
    offence = {"crime_status": CrimeStatus.PAST, "crime_basis": CrimeBasis.OWN_REPORT}
    workflow.set_evidence(
        case.pk,
        actor=commander,
        assessment=workflow.Assessment(**offence, immigration_offence_only=True, lmpd_case_number="80-26-1"),
    )

    text = words(client.get(address(case)))

    assert "Criminal warrant not related to immigration status Does not hold" in text
    assert "A crime that occurred or is occurring Does not hold" in text
    assert "Only an immigration offence Yes" in text


def test_in_another_jurisdiction_no_ground_is_looked_at(client, dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander, division="other")

    text = words(client.get(address(case)))

    assert "The policy says: Refer" in text
    assert "Criminal warrant not related to immigration status Not looked at" in text


def test_help_that_the_policy_blocks_can_be_seen_and_is_explained(client, dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander, confirmed=False)

    page = client.get(address(case))

    assert 'value="assist"' in page.content.decode()
    assert "If you choose to assist, the decision is refused" in words(page)


def test_under_danger_it_says_what_declining_takes(client, case, commander):
    set_danger(case, commander)

    text = words(client.get(address(case)))

    assert "To decline needs a written reason, and a second officer" in text
    assert "Officers may go before the decision." in text


def test_it_shows_the_policy_in_force_and_what_happened(client, case):
    text = words(client.get(address(case)))

    assert "version 2017-09-22" in text
    assert "Officers are dispatched in three instances only." in text
    assert "Commander One took the request." in text


def test_parts_that_may_not_apply_stand_under_headings(client, case):
    text = words(client.get(address(case)))

    for heading in ("If you assist", "If you decline", "If you refer"):
        assert heading in text


def test_the_exact_place_is_shown_to_who_has_the_request(client, case):
    assert "1 Canary Street" in words(client.get(address(case)))


def test_the_exact_place_is_masked_for_another_officer(case, second_commander, signed_in):
    response = signed_in(second_commander).post(address(case), form(case))

    assert response.status_code == 409
    assert "Canary" not in words(response)


# --- what it costs -----------------------------------------------------------------------------


def test_its_queries_are_counted(client, case):
    client.get(address(case))

    with CaptureQueriesContext(connection) as caught:
        client.get(address(case))

    assert len(caught) == PAGE_QUERIES


# --- deciding ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        (ASSIST, {"outcome": "assist", "scope_allowed": ["serve_criminal_warrant"]}),
        (DECLINE, {"outcome": "decline", "reason_text": "Can wait till day."}),
        (
            {"outcome": "refer", "referred_to": "Records custodian", "reason_text": "Theirs."},
            {"outcome": "refer", "referred_to": "Records custodian"},
        ),
        ({"outcome": "record_only", "reason_text": "Told us only."}, {"outcome": "record_only"}),
        ({"outcome": "ordinary_service", "reason_text": "As anyone."}, {"outcome": "ordinary_service"}),
    ],
    ids=lambda one: one.get("outcome"),
)
def test_it_decides(client, case, answers, kept):
    response = client.post(address(case), form(case, answers))

    assert response.status_code == 302
    assert response.headers["Location"] == f"/requests/{case.public_id}/"
    decision = Decision.objects.get(case=case)
    assert {name: getattr(decision, name) for name in kept} == kept


def test_what_belongs_to_another_outcome_is_left_out(client, case):
    everything = {**ASSIST, "scope_forbidden": ["search_for_federal"], "referred_to": "Jail"}

    client.post(address(case), form(case, {**everything, **DECLINE}))

    decision = Decision.objects.get(case=case)
    assert (decision.scope_allowed, decision.scope_forbidden, decision.referred_to) == ([], [], "")


def test_what_officers_must_not_do_is_kept_with_help(client, case):
    client.post(address(case), form(case, ASSIST, scope_forbidden=["knock_or_clear_for_federal"]))

    assert Decision.objects.get(case=case).scope_forbidden == ["knock_or_clear_for_federal"]


def test_a_decision_made_earlier_keeps_both_times(client, case):
    earlier = timezone.localtime().replace(second=0, microsecond=0) - timedelta(minutes=10)

    client.post(address(case), form(case, occurred_at=f"{earlier:%Y-%m-%dT%H:%M}"))

    decision = Decision.objects.get(case=case)
    assert decision.decided_at == earlier
    assert decision.entered_at > decision.decided_at


def test_help_without_a_ground_is_refused_and_kept_for_oversight(client, dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander, confirmed=False)

    response = client.post(address(case), form(case, ASSIST, reason_text="They insist."))

    assert response.status_code == 422
    assert "on the facts recorded none holds" in words(response)
    assert "They insist." in response.content.decode()
    assert decisions(case) == []
    refused = LedgerEntry.objects.get(case=case, refusal="policy")
    assert (refused.action, refused.actor) == (Action.DECIDE, commander)


def test_declining_under_danger_needs_words_and_then_a_second_officer(client, case, commander):
    set_danger(case, commander)

    refused = client.post(address(case), form(case, DECLINE, reason_text=""))
    client.post(address(case), form(case, DECLINE))

    assert refused.status_code == 422
    assert "written reason" in words(refused)
    assert Decision.objects.get(case=case).needs_agreement


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"outcome": ""}, "Choose an answer."),
        ({"outcome": "more_information"}, "Choose one of the answers shown."),
        ({"outcome": "approve"}, "Choose one of the answers shown."),
        ({"outcome": "assist"}, "choose what officers may do"),
        ({"outcome": "assist", "scope_allowed": ["knock_or_clear_for_federal"]}, "one of the answers shown"),
        ({"reason_code": ""}, "Choose why the request is declined."),
        ({"reason_code": "because"}, "Choose one of the answers shown."),
        ({"reason_text": ""}, "why you decide otherwise."),
        ({"reason_text": "x" * 2001}, "Too long: use at most 2000 characters"),
        ({"reason_text": "no\x00thing"}, "control characters"),
        ({"outcome": "refer"}, "Say to whom the request is referred."),
        ({"outcome": "refer", "referred_to": "x" * 121}, "Too long: use at most 120 characters"),
        ({"occurred_at": "2026-02-30T10:00"}, "Enter a date and time that exist"),
        ({"occurred_at": "2020-03-08T02:30"}, "did not exist"),
        ({"occurred_at": "2020-11-01T01:30"}, "came twice"),
        ({"occurred_at": "2099-01-01T00:00"}, "in the future"),
        ({"occurred_at": "2017-09-22T10:00"}, "long before the request came in"),
        ({"idempotency_key": "none"}, "This page was not sent whole."),
        ({"idempotency_key": ""}, "This page was not sent whole."),
        ({"revision": "x"}, "This page is out of date."),
        ({"revision": "99999999999999999999"}, ""),
    ],
    ids=str,
)
def test_bad_input_gets_a_message_and_saves_nothing(client, case, over, message):
    response = client.post(address(case), form(case, **over))

    assert response.status_code == 422
    assert message in words(response)
    assert decisions(case) == []
    assert AssistanceRequest.objects.get(pk=case.pk).status == Status.UNDER_REVIEW


def test_bytes_that_are_no_text_are_refused(client, case):
    sent = urlencode({**form(case), "reason_text": b"no\xffthing"})

    response = client.post(address(case), sent, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    assert "could not be read" in words(response)
    assert decisions(case) == []


def test_nothing_typed_is_lost(client, case):
    response = client.post(address(case), form(case, {**ASSIST, "outcome": "", "reason_text": "Long words."}))

    page = response.content.decode()
    assert "Long words." in page
    assert re.search(r'value="serve_criminal_warrant"[^>]*checked', page)


# --- twice, late, elsewhere --------------------------------------------------------------------


def test_the_same_form_sent_twice_decides_once(client, case):
    sent = form(case)

    first = client.post(address(case), sent)
    second = client.post(address(case), sent)

    assert first.headers["Location"] == second.headers["Location"]
    assert len(decisions(case)) == 1


def test_the_same_key_with_other_words_is_refused(client, case):
    sent = form(case)
    client.post(address(case), sent)

    response = client.post(address(case), {**sent, **ASSIST})

    assert response.status_code == 409
    assert decisions(case) == [("decline", "officers_assessment")]


def test_a_stale_form_says_what_changed_and_shows_the_verdict_now(client, case, commander):
    opened = form(case, ASSIST, reason_text="As they asked.")
    workflow.reclassify(case.pk, actor=commander, request_types=[RequestType.COURT_ORDER])
    workflow.set_evidence(
        case.pk,
        actor=commander,
        assessment=workflow.Assessment(),
        documents=[
            workflow.DocumentFinding(document_id=one.pk, confirmation="recalled")
            for one in case.documents.all()
        ],
    )

    response = client.post(address(case), opened)

    text = words(response)
    assert response.status_code == 409
    assert "was changed since you opened this page" in text
    assert "Changed since you opened this page" in text
    assert "Confirmed active → Recalled" in text
    assert "The policy says: Refer" in text
    assert "As they asked." in text
    assert decisions(case) == []


def test_after_a_stale_form_the_next_try_counts(client, case, commander):
    opened = form(case)
    workflow.reclassify(
        case.pk, actor=commander, request_types=[RequestType.SERVE_WARRANT, RequestType.OTHER]
    )
    stale = client.post(address(case), opened)
    renewed = re.search(r'name="revision" value="(\d+)"', stale.content.decode())[1]

    response = client.post(address(case), {**opened, "revision": renewed})

    assert response.status_code == 302
    assert len(decisions(case)) == 1


def test_the_second_officer_is_told_who_decided_before(client, case, commander, second_commander, signed_in):
    other = signed_in(second_commander)
    workflow.release(case.pk, actor=commander)
    workflow.claim(case.pk, actor=second_commander)
    opened = form(case)
    other.post(address(case), form(case, ASSIST))

    response = client.post(address(case), opened)

    text = words(response)
    assert response.status_code == 409
    assert "is not possible now" in text
    assert "Commander Two (C-202) : Decide" in text
    assert "Can wait till day." in text
    assert decisions(case) == [("assist", "")]


def test_an_officer_without_the_request_is_told_who_has_it(case, second_commander, signed_in):
    response = signed_in(second_commander).post(address(case), form(case))

    assert response.status_code == 409
    assert "Commander One has this request." in words(response)
    assert decisions(case) == []


def test_who_logged_the_request_does_not_decide_it(client, commander):
    case = factories.make_decidable(commander, commander)

    response = client.post(address(case), form(case))

    assert response.status_code == 403
    assert "You logged this request" in words(response)
    assert decisions(case) == []


def test_a_decided_request_cannot_be_decided_again(client, case):
    client.post(address(case), form(case))

    assert client.get(address(case)).status_code == 409
    assert client.post(address(case), form(case, ASSIST)).status_code == 409
    assert len(decisions(case)) == 1


def test_a_form_without_its_token_is_refused(case, commander):
    strict = factories.RegisterClient(enforce_csrf_checks=True)
    strict.force_login(commander)

    assert strict.post(address(case), form(case)).status_code == 403
    assert decisions(case) == []


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(client, case, method):
    assert getattr(client, method)(address(case)).status_code == 405


def test_a_request_that_does_not_exist_is_not_found(client):
    assert client.get("/requests/0000000000000000/decide/").status_code == 404


def test_without_script_every_part_is_on_the_page(client, case):
    page = client.get(address(case)).content.decode()

    form_shown = re.search(r'id="decision".*</form>', page, re.DOTALL)[0]
    assert " hidden" not in form_shown.replace('type="hidden"', "")
