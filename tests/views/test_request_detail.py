"""The case page: what stands, exactly the permitted acts, every fact in words, restricted ones masked."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest
from requests_app.views._case import AT_ONCE, NEXT, standing_of
from requests_app.vocabulary import (
    Action,
    Component,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    DeviationKind,
    Outcome,
    ReasonCode,
    RequestType,
    ReviewFinding,
    Status,
)
from tests.factories import (
    DECLINE,
    make_case_in,
    make_closed,
    make_decidable,
    make_decided,
    make_duty,
    make_in_field,
    make_intake,
    make_request,
)

pytestmark = pytest.mark.django_db
CANARIES = ("Canary Requester", "502-555-0100", "1 Canary Street")
DANGER = workflow.Assessment(
    danger_level=DangerLevel.CLEAR,
    danger_assessment="Shots were heard.",
    danger_corroboration=Corroboration.OTHER_CALLERS,
)


def page_of(client, case):
    return client.get(reverse("requests_app:request_detail", args=[case.public_id]))


def text_of(page):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def acts_on(page, case):
    """The acts that the page offers, by their verbs."""
    found = re.findall(rf"/requests/{case.public_id}/([a-z_]+)/", page.content.decode())
    return {verb for verb in found if verb not in ("revisions", "as_of", "receipt", "bundle")}


def rows_of(page):
    """What the summary lists say, by label."""
    pairs = re.findall(r"<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page.content.decode(), re.S)
    clean = [tuple(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)).strip() for part in p) for p in pairs]
    return {unescape(label): unescape(value) for label, value in reversed(clean)}


# --- what to do next --------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_it_offers_exactly_the_permitted_acts(
    status, signed_in, dispatcher, commander, second_commander, oversight
):
    case = make_case_in(status, dispatcher=dispatcher, commander=commander)

    for user in (dispatcher, commander, second_commander, oversight):
        permitted = workflow.permitted_actions(user, case, now=timezone.now())
        offered = acts_on(page_of(signed_in(user), case), case)
        assert offered == {action.value.partition(":")[2] for action in permitted}


def test_each_act_is_offered_once(signed_in, dispatcher, commander):
    case = make_in_field(dispatcher, commander)

    page = page_of(signed_in(commander), case).content.decode()

    steps = page[page.index('class="moves"') : page.index("case-page__facts")]
    assert len(re.findall("officer_arrives/", steps)) == 2  # the button, and the same at another time
    assert len(re.findall("/correct/", steps)) == 1


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_next_steps(status):
    assert status in NEXT


def post_at_once(client, page, verb):
    """Press the button of the page."""
    form = re.search(rf'action="([^"]+/{verb}/)".*?</form>', page.content.decode(), re.S)
    given = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', form[0]))
    return client.post(form[1], given)


@pytest.mark.parametrize(
    ("verb", "status", "after"),
    [
        ("claim", Status.WAITING, Status.UNDER_REVIEW),
        ("acknowledge", Status.WAITING, Status.WAITING),
        ("page", Status.WAITING, Status.WAITING),
        ("officer_arrives", Status.IN_FIELD, Status.IN_FIELD),
        ("commander_arrives", Status.IN_FIELD, Status.IN_FIELD),
    ],
)
def test_an_act_that_needs_no_more_is_one_press(
    verb, status, after, signed_in, dispatcher, commander, second_commander
):
    make_duty(commander)
    case = make_case_in(status, dispatcher=dispatcher, commander=commander)
    client = signed_in(second_commander)

    answer = post_at_once(client, page_of(client, case), verb)

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("requests_app:request_detail", args=[case.public_id]))
    assert AssistanceRequest.objects.get(pk=case.pk).status == after
    assert case.ledger_entries.latest("id").action == f"request:{verb}"


def test_a_press_twice_acts_once(signed_in, dispatcher, commander):
    case = make_in_field(dispatcher, commander)
    client = signed_in(dispatcher)
    page = page_of(client, case)

    answers = [post_at_once(client, page, "officer_arrives").status_code for _ in range(2)]

    assert answers == [302, 302]
    assert case.ledger_entries.filter(action=Action.OFFICER_ARRIVES).count() == 1


def test_leaving_the_scene_is_one_press_once_officers_are_there(signed_in, dispatcher, commander):
    case = make_in_field(dispatcher, commander)
    workflow.officer_arrives(case.pk, actor=dispatcher)
    client = signed_in(dispatcher)

    assert post_at_once(client, page_of(client, case), "stand_down").status_code == 302
    case.dispatch.refresh_from_db()
    assert case.dispatch.cleared_at is not None


def test_a_dispatcher_names_the_commander_in_a_form(signed_in, dispatcher, commander):
    case = make_in_field(dispatcher, commander)

    page = page_of(signed_in(dispatcher), case).content.decode()

    assert f'action="/requests/{case.public_id}/commander_arrives/"' not in page
    assert f'href="/requests/{case.public_id}/commander_arrives/"' in page


def test_what_is_posted_at_once_is_an_act_of_the_workflow():
    assert set(AT_ONCE) <= set(workflow.MOVES)


def test_paging_the_next_officer_never_stands_out(signed_in, dispatcher, commander):
    case = make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)

    page = page_of(signed_in(dispatcher), case).content.decode()

    assert re.search(r'class="usa-button usa-button--outline"\s+type="submit">Page the next officer', page)


# --- what stands ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.INTAKE, "Dispatcher One is writing it down"),
        (Status.ABANDONED, "The intake became no request: Wrong number."),
        (Status.WAITING, "Commander One was paged"),
        (Status.UNDER_REVIEW, "Commander One handles it. No decision yet."),
        (Status.INFORMATION_NEEDED, "Waiting for: The court's name."),
        (Status.DECIDED, "Assist, within limits, decided by Commander One"),
        (Status.IN_FIELD, "Officers are on their way."),
        (Status.CLOSED, "Closed "),
        (Status.WITHDRAWN, "The caller rang back."),
    ],
)
def test_one_line_says_what_stands(status, words, signed_in, dispatcher, commander):
    make_duty(commander)
    case = make_case_in(status, dispatcher=dispatcher, commander=commander)

    assert words in text_of(page_of(signed_in(commander), case))


def test_nobody_left_to_page_is_said(dispatcher):
    case = make_request(dispatcher)
    case = workflow.log(case.pk, actor=dispatcher)

    assert standing_of(case) == "Waiting for a commanding officer. Nobody is left to page: call one."


def test_who_has_the_page_is_said(dispatcher, commander):
    case = make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)
    case = workflow.acknowledge(case.pk, actor=commander)

    assert standing_of(case).startswith("Commander One has the page")


def test_officers_at_the_scene_and_gone_are_said(signed_in, dispatcher, commander):
    case, client = make_in_field(dispatcher, commander), signed_in(dispatcher)

    workflow.officer_arrives(case.pk, actor=dispatcher)
    assert "Officers are at the scene." in text_of(page_of(client, case))
    workflow.stand_down(case.pk, actor=dispatcher)

    assert "The officers have left the scene" in text_of(page_of(client, case))


def test_officers_who_are_out_before_a_decision_are_said_and_followed(signed_in, dispatcher, commander):
    case = make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)
    workflow.dispatch(case.pk, actor=dispatcher, units=["412"], officers=2)
    client = signed_in(dispatcher)

    page = page_of(client, case)

    assert "Officers are out already." in text_of(page)
    assert post_at_once(client, page, "officer_arrives").status_code == 302


def test_a_decline_under_danger_says_that_a_second_officer_must_agree(dispatcher, commander):
    case = make_decidable(dispatcher, commander)
    workflow.set_evidence(case.pk, actor=commander, assessment=DANGER)
    case = workflow.decide(case.pk, actor=commander, choice=DECLINE)

    assert "Decline (permitted, and still declined" in standing_of(case)
    assert "A second officer must agree" in standing_of(case)


def test_a_radio_decision_says_that_it_must_be_confirmed(signed_in, dispatcher, commander):
    case = make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)
    choice = workflow.Choice(outcome=Outcome.DECLINE, reason_code=ReasonCode.NO_GROUND, reason_text="None.")
    case = workflow.radio_decision(case.pk, actor=dispatcher, officer_id=commander.pk, choice=choice)

    assert "Given by radio; Commander One must confirm it." in standing_of(case)
    page = text_of(page_of(signed_in(commander), case))
    assert "given by radio, entered by Dispatcher One (D-101)" in page
    assert "Not confirmed by the officer yet" in page


def test_the_clock_says_how_late_it_is(signed_in, dispatcher, commander, demonstration):
    with clock(timezone.now() - timedelta(minutes=20)):
        case = make_request(dispatcher, received_at=timezone.now() - timedelta(minutes=21))
        workflow.log(case.pk, actor=dispatcher)

    assert "late by 15 min to acknowledge" in text_of(page_of(signed_in(commander), case))


# --- restricted fields ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "status", "shown"),
    [
        ("dispatcher", Status.WAITING, True),
        ("commander", Status.WAITING, False),
        ("commander", Status.UNDER_REVIEW, True),
        ("second_commander", Status.UNDER_REVIEW, False),
        ("oversight", Status.UNDER_REVIEW, False),
        ("dispatcher", Status.CLOSED, False),
        ("commander", Status.CLOSED, False),
    ],
)
def test_restricted_fields_are_masked_but_for_those_who_need_them(
    person, status, shown, request, signed_in, dispatcher, commander, second_commander, oversight
):
    case = make_case_in(status, dispatcher=dispatcher, commander=commander)

    page = page_of(signed_in(request.getfixturevalue(person)), case).content.decode()

    assert [canary in page for canary in CANARIES] == [shown] * 3
    assert ("masked" in page) is not shown


def test_a_reveal_shows_them_to_that_person_alone_for_ten_minutes(
    signed_in, dispatcher, commander, second_commander, oversight, demonstration
):
    case = make_case_in(Status.UNDER_REVIEW, dispatcher=dispatcher, commander=commander)
    workflow.reveal(case.pk, actor=oversight, reason="A complaint.")

    def shown_to(user):
        return "1 Canary Street" in page_of(signed_in(user), case).content.decode()

    assert shown_to(oversight)
    assert not shown_to(second_commander)


def test_a_reveal_ends(signed_in, dispatcher, oversight, demonstration):
    with clock(timezone.now() - timedelta(minutes=11)):
        case = make_request(dispatcher, received_at=timezone.now() - timedelta(minutes=12))
        workflow.reveal(case.pk, actor=oversight, reason="A complaint.")

    assert "1 Canary Street" not in page_of(signed_in(oversight), case).content.decode()


def test_a_caller_who_refused_to_say_who_they_are_is_shown_so(signed_in, dispatcher):
    case = make_request(dispatcher, requester_name="", identity_refused=True)

    assert rows_of(page_of(signed_in(dispatcher), case))["Requester's name"] == "Not recorded Refused to say"


# --- the facts --------------------------------------------------------------------------------


def test_facts_are_in_words_with_both_times(signed_in, dispatcher, commander):
    case = make_request(
        dispatcher,
        received_at=timezone.now() - timedelta(hours=2),
        component=Component.HSI,
        types_at_intake=[RequestType.PERIMETER, RequestType.STANDBY],
        persons_sought=0,
    )

    rows = rows_of(page_of(signed_in(dispatcher), case))

    assert re.fullmatch(r".+ E[SD]T Entered .+ E[SD]T", rows["Received"])
    assert rows["Who asks"] == Component.HSI.label
    assert rows["Asked for"] == "Perimeter or block a street, Stand by"
    assert rows["Persons sought"] == "0"


def test_every_classification_is_kept_on_the_page(signed_in, dispatcher, commander, oversight):
    case = make_decidable(dispatcher, commander)
    workflow.reclassify(case.pk, actor=commander, request_types=[RequestType.KNOCK_AND_TALK])

    asked = rows_of(page_of(signed_in(commander), case))["Asked for"]

    assert asked == "Knock and talk Serve a warrant (at intake); Knock and talk (by the commander)"


def test_it_shows_what_the_policy_says_with_its_findings(signed_in, dispatcher, commander):
    case = make_decidable(dispatcher, commander, confirmed=False)

    text = text_of(page_of(signed_in(commander), case))

    _, verdict = workflow.verdict_on(case, at=timezone.now())
    assert verdict.findings
    assert all(finding.message in text for finding in verdict.findings)
    assert "version 2017-09-22" in text


def test_an_intake_has_no_verdict_yet(signed_in, dispatcher):
    assert "What the policy says" not in text_of(page_of(signed_in(dispatcher), make_request(dispatcher)))


def test_a_superseded_decision_stays_on_the_page(signed_in, dispatcher, commander):
    case = make_decided(dispatcher, commander)
    workflow.reopen(case.pk, actor=commander, reason="New facts.")
    case = workflow.decide(case.pk, actor=commander, choice=DECLINE)

    text = text_of(page_of(signed_in(commander), case))

    assert "Superseded decision 1: Assist, within limits" in text
    assert "Can wait for daylight." in text


def test_a_second_officers_word_is_shown(signed_in, dispatcher, commander, second_commander):
    case = make_decidable(dispatcher, commander)
    workflow.set_evidence(case.pk, actor=commander, assessment=DANGER)
    workflow.decide(case.pk, actor=commander, choice=DECLINE)
    client = signed_in(second_commander)
    assert rows_of(page_of(client, case))["Second officer"] == "Must still agree or disagree"

    workflow.agree(case.pk, actor=second_commander, reason="I saw it too.")

    assert "Commander Two (C-202)" in rows_of(page_of(client, case))["Agrees"]
    assert "I saw it too." in rows_of(page_of(client, case))["Agrees"]


def test_crime_and_danger_are_shown_as_far_as_they_are_recorded(signed_in, dispatcher, commander):
    case = make_decidable(dispatcher, commander)
    workflow.set_evidence(
        case.pk,
        actor=commander,
        assessment=workflow.Assessment(
            crime_status=CrimeStatus.IN_PROGRESS,
            crime_offence="Burglary",
            crime_basis=CrimeBasis.CAMERA,
            danger_level=DangerLevel.CLEAR,
            danger_ended=True,
        ),
    )

    rows = rows_of(page_of(signed_in(commander), case))

    assert (rows["Crime"], rows["Offence"]) == ("Is occurring", "Burglary")
    assert rows["What shows the crime"] == "Seen on camera"
    assert rows["Danger"] == "Clear danger to the public, and has ended"


def test_field_and_outcome_are_shown(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)

    rows = rows_of(page_of(signed_in(commander), case))

    assert rows["Officers sent"] == "412: 2 in all After the decision"
    assert rows["What officers did"] == "Serve the criminal warrant"
    assert rows["Force was used"] == "No"
    assert rows["Commanding officer"].startswith("Commander One (C-201), arrived")


@pytest.mark.parametrize(
    ("assessment", "mode"),
    [
        (DANGER, "Emergency, before the decision"),
        (workflow.Assessment(), "Before the decision, in breach"),
    ],
)
def test_officers_sent_before_a_decision_are_shown_so(assessment, mode, signed_in, dispatcher, commander):
    case = make_decidable(dispatcher, commander)
    workflow.set_evidence(case.pk, actor=commander, assessment=assessment)
    workflow.dispatch(case.pk, actor=dispatcher, units=["412"], officers=2)

    assert mode in rows_of(page_of(signed_in(commander), case))["Officers sent"]


def test_a_deviation_is_shown_with_its_explanation(signed_in, dispatcher, commander):
    case = make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)
    case = make_request(dispatcher, cad_event_number="")
    workflow.log(case.pk, actor=dispatcher)
    client = signed_in(commander)
    assert "CAD number missing" in text_of(page_of(client, case))
    assert "Not explained yet." in text_of(page_of(client, case))

    workflow.explain(
        case.pk, actor=commander, kind=DeviationKind.CAD_NUMBER_MISSING, explanation="CAD was down."
    )

    assert "CAD was down." in text_of(page_of(client, case))


def test_review_question_and_answer_are_shown(signed_in, dispatcher, commander, oversight):
    case = make_closed(dispatcher, commander)
    workflow.review(case.pk, actor=oversight, finding=ReviewFinding.CANNOT_TELL, note="The call is missing.")
    workflow.follow_up(case.pk, actor=oversight, question="Where is the call?")
    client = signed_in(commander)
    assert "Not answered yet." in text_of(page_of(client, case))

    workflow.answer(case.pk, actor=commander, text="With the recorder.")

    text = text_of(page_of(client, case))
    assert all(
        words in text
        for words in ("Cannot be told from the record", "Where is the call?", "With the recorder.")
    )


def test_a_correction_is_shown_in_words_and_a_restricted_one_masked(signed_in, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    changes = {"channel": "fax", "callback_number": "502-555-0111"}
    workflow.correct(case.pk, actor=dispatcher, changes=changes, reason="Heard wrongly.")

    page = page_of(signed_in(commander), case)

    assert "Channel Non-emergency line Fax Heard wrongly." in text_of(page)
    assert "Call-back number Hidden Hidden Heard wrongly." in text_of(page)
    assert "502-555-0111" not in page.content.decode()


def test_an_exercise_is_labelled_with_its_source(signed_in, dispatcher):
    case = workflow.save_intake(
        None, actor=dispatcher, intake=make_intake(), is_exercise=True, exercise_source="A report of 2017"
    )

    text = text_of(page_of(signed_in(dispatcher), case))

    assert "Exercise" in text
    assert "Source of the exercise: A report of 2017" in text


def test_what_people_typed_is_never_markup(signed_in, dispatcher):
    case = make_request(dispatcher, what_was_said="<script>alert(1)</script>", location="<b>x</b>")

    page = page_of(signed_in(dispatcher), case).content.decode()

    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


# --- who, how, and at what cost ---------------------------------------------------------------


def test_it_is_not_there_for_who_may_not_see_it(signed_in, client, dispatcher, administrator, outsider):
    case = make_request(dispatcher)

    assert [page_of(signed_in(user), case).status_code for user in (administrator, outsider)] == [404, 404]
    assert page_of(client, case).url.startswith("/account/login/")
    assert signed_in(dispatcher).get("/requests/0000000000000000/").status_code == 404


@pytest.mark.parametrize("public_id", ["%00", "0000000000000%00aa", "%ED%A0%80", "0" * 5000, "..", "1"])
def test_no_address_is_too_odd(public_id, signed_in, dispatcher):
    assert signed_in(dispatcher).get(f"/requests/{public_id}/revisions/").status_code == 404


def test_it_only_reads(signed_in, dispatcher):
    case = make_request(dispatcher)

    assert signed_in(dispatcher).post(f"/requests/{case.public_id}/").status_code == 405


def test_its_queries_are_few_and_do_not_grow(signed_in, dispatcher, commander, second_commander, oversight):
    for order, officer in enumerate((commander, second_commander), start=1):
        make_duty(officer, order=order)
    case, client = make_closed(dispatcher, commander), signed_in(oversight)
    page_of(client, case)
    with CaptureQueriesContext(connection) as few:
        page_of(client, case)
    workflow.reopen(case.pk, actor=second_commander, reason="New facts.")
    workflow.decide(case.pk, actor=second_commander, choice=DECLINE)
    for _ in range(3):
        workflow.review(case.pk, actor=oversight, finding=ReviewFinding.IN_POLICY, note="Fine.")
        workflow.correct(
            case.pk, actor=dispatcher, changes={"what_was_said": str(timezone.now())}, reason="Again."
        )
    with CaptureQueriesContext(connection) as many:
        page_of(client, case)

    assert len(many) <= len(few)
    assert len(few) <= 29
