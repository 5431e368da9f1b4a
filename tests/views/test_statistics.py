"""The statistics page: which quarters it shows, to everybody alike, and nothing that anybody typed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import CharField, TextField
from django.db.models.functions import Lower
from django.utils import timezone

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.models import TRACKED_MODELS, Correction, Decision, Release, Reveal
from requests_app.statistics import Quarter
from requests_app.vocabulary import (
    CallRecorded,
    Confirmation,
    DeviationKind,
    DiscoveredBy,
    Division,
    DocumentClass,
    FieldAction,
    Outcome,
    RequestType,
    RetentionClass,
    ReviewFinding,
    Role,
    Verification,
)
from tests.factories import make_closed, make_release, make_request, make_user

pytestmark = pytest.mark.django_db

MOMENT = datetime(2024, 2, 10, 15, tzinfo=UTC)
NEXT_QUARTER = datetime(2024, 5, 10, 15, tzinfo=UTC)
CANARY = "canary"
FIRST, SECOND, THIRD = "/statistics/2024-Q1/", "/statistics/2024-Q2/", "/statistics/2024-Q3/"


@pytest.fixture
def closed(demonstration, dispatcher, commander):
    """A request of the first quarter of 2024, assisted and closed."""
    with clock(MOMENT):
        return make_closed(dispatcher, commander, received_at=MOMENT - timedelta(minutes=1))


def logged_at(moment, dispatcher):
    with clock(moment):
        case = make_request(dispatcher, received_at=moment - timedelta(minutes=1))
        return workflow.log(case.pk, actor=dispatcher)


# --- which quarter ----------------------------------------------------------------------------


def test_the_first_sentence_is_about_the_quarter(closed, client):
    page = client.get(FIRST).content.decode()

    assert "From January to March 2024, 1 request by immigration officials was logged." in page
    assert "Police decided to assist in 1 of them and declined none." in page


def test_without_a_quarter_it_shows_the_newest(closed, client):
    assert client.get("/statistics/").context["quarter"] == client.get(FIRST).context["published"].quarters[0]


def test_it_compares_with_the_quarter_before(closed, dispatcher, client):
    for moment in (NEXT_QUARTER, NEXT_QUARTER + timedelta(days=90), NEXT_QUARTER + timedelta(days=91)):
        logged_at(moment, dispatcher)

    page = client.get(THIRD).content.decode()

    assert "2 requests by immigration officials were logged, 1 more than in the quarter before" in page
    assert "Quarter before" in page


def test_a_quarter_after_one_that_the_register_saw_in_part_is_not_compared(closed, dispatcher, client):
    logged_at(NEXT_QUARTER, dispatcher)

    assert "Quarter before" not in client.get(SECOND).content.decode()
    assert "came into use during this quarter" in client.get(FIRST).content.decode()


def test_it_leads_to_the_quarters_beside(closed, client):
    response = client.get(SECOND)

    links = dict(re.findall(r'rel="(prev|next)"\s+href="([^"]+)"', response.content.decode()))
    assert links == {"prev": FIRST, "next": THIRD}


def test_a_quarter_before_the_register_has_no_figures(closed, client):
    response = client.get("/statistics/2017-Q3/")

    assert response.status_code == 200
    assert "The register was not in use from July to September 2017" in response.content.decode()
    assert "groups" not in response.context


@pytest.mark.parametrize(
    "code", ["2017-Q2", "2024-Q5", "2024", "2999-Q1", "0000-Q1", "2024-Q1'", "x" * 300, "%00"]
)
def test_any_other_quarter_is_not_found(closed, client, code):
    assert client.get(f"/statistics/{code}/").status_code == 404


def test_the_quarter_that_is_running_is_not_found(closed, client):
    assert client.get(f"/statistics/{Quarter.containing(timezone.now())}/").status_code == 404


def test_before_the_first_quarter_is_public_it_says_when_it_will_be(client):
    page = client.get("/statistics/").content.decode()

    assert "No quarter is public yet." in page
    assert "Metro Police helped immigration officials 23 times, among about 275,000 calls for service" in page


def test_it_says_that_a_quarter_was_released(closed, oversight, client):
    with clock(NEXT_QUARTER):
        make_release("2024-Q1", oversight)

    assert "This quarter was released; release 1 is the latest." in client.get(FIRST).content.decode()


# --- to everybody alike -----------------------------------------------------------------------


@pytest.mark.parametrize("address", [FIRST, "/statistics/", "/policy/", "/about/"])
def test_a_visitor_gets_no_cookie(closed, client, address):
    response = client.get(address)

    assert response.status_code == 200
    assert not response.cookies
    assert "csrf" not in response.content.decode()


@pytest.mark.parametrize("address", [FIRST, "/policy/", "/about/"])
def test_it_takes_nothing_in(closed, client, address):
    assert client.post(address, {"quarter": "2024-Q2"}).status_code == 405


def test_the_number_of_queries_is_fixed(closed, dispatcher, commander, client, django_assert_num_queries):
    logged_at(NEXT_QUARTER, dispatcher)
    logged_at(NEXT_QUARTER + timedelta(days=90), dispatcher)
    client.get(THIRD)

    with django_assert_num_queries(15):
        client.get(THIRD)

    with clock(NEXT_QUARTER):
        make_closed(dispatcher, commander, received_at=NEXT_QUARTER)
        make_closed(dispatcher, commander, received_at=NEXT_QUARTER)
    with django_assert_num_queries(15):
        client.get(THIRD)


# --- nothing that anybody typed ---------------------------------------------------------------


@pytest.fixture
def canaries(demonstration):
    """A request in whose every text there is a canary, made by people with canaries for names."""
    people = {
        role: make_user(f"CANARY-{number}", role, display_name=f"Canary {number}")
        for number, role in enumerate(Role)
    }
    second = make_user("CANARY-9", Role.COMMANDING_OFFICER, display_name="Canary 9")
    with clock(MOMENT):
        case = plant_intake(people[Role.DISPATCHER])
        plant_assessment(case, people[Role.COMMANDING_OFFICER])
        plant_field(case, people[Role.DISPATCHER], people[Role.COMMANDING_OFFICER], second)
        plant_oversight(case, people[Role.COMMANDING_OFFICER], people[Role.OVERSIGHT])
    with clock(NEXT_QUARTER):
        make_release("2024-Q1", people[Role.OVERSIGHT], note="Canary release")
    return case


def plant_intake(dispatcher):
    case = make_request(
        dispatcher,
        received_at=MOMENT - timedelta(minutes=1),
        what_was_said="Canary said",
        division=Division.FIFTH,
        cad_event_number="CANARY-CAD",
        requester_name="Canary name",
        requester_badge="Canary badge",
        callback_number="502-555-0142 canary",
        location="1 Canary Street",
        document_number="CANARY-24-CR-1",
        crime_offence="Canary theft",
        danger_articulated="Canary danger",
        discovered_by=DiscoveredBy.LIVE,
        types_at_intake=[RequestType.KNOCK_AND_TALK],
    )
    return workflow.log(case.pk, actor=dispatcher)


def plant_assessment(case, commander):
    workflow.claim(case.pk, actor=commander)
    workflow.request_information(case.pk, actor=commander, needed="Canary needed")
    workflow.claim(case.pk, actor=commander)
    workflow.verify_caller(
        case.pk, actor=commander, verification=Verification.VERIFIED_CALLBACK, method="Canary method"
    )
    workflow.record_call(
        case.pk,
        actor=commander,
        recorded=CallRecorded.YES,
        started_at=case.entered_at,
        recorder_reference="CANARY-REC",
        note="Canary note",
    )
    document = workflow.DocumentFinding(
        document_id=case.documents.get().pk,
        confirmed_class=DocumentClass.CRIMINAL_WARRANT,
        confirmation=Confirmation.CONFIRMED_ACTIVE,
        court="Canary court",
        document_number="CANARY-24-CR-1",
    )
    assessment = workflow.Assessment(
        crime_offence="Canary theft", lmpd_case_number="CANARY-LMPD", danger_assessment="Canary assessment"
    )
    workflow.set_evidence(case.pk, actor=commander, assessment=assessment, documents=[document])
    choice = workflow.Choice(
        outcome=Outcome.REFER, referred_to="Canary custodian", reason_text="Canary reason"
    )
    workflow.decide(case.pk, actor=commander, choice=choice)


def plant_field(case, dispatcher, commander, second):
    workflow.dispatch(case.pk, actor=dispatcher, units=["CANARY-1"], officers=2)
    workflow.commander_absent(case.pk, actor=commander, reason="Canary absent")
    report = workflow.Report(actions_taken=[FieldAction.OTHER], narrative="Canary narrative")
    workflow.report_outcome(case.pk, actor=commander, report=report)
    kind = DeviationKind.COMMANDER_DID_NOT_ATTEND
    workflow.explain(case.pk, actor=commander, kind=kind, explanation="Canary explanation")
    changes = {"what_was_said": "Canary corrected"}
    workflow.correct(case.pk, actor=commander, changes=changes, reason="Canary correction")
    workflow.reveal(case.pk, actor=second, reason="Canary reveal")


def plant_oversight(case, commander, oversight):
    finding = ReviewFinding.IN_POLICY
    workflow.review(case.pk, actor=oversight, finding=finding, note="Canary review")
    workflow.follow_up(case.pk, actor=oversight, question="Canary question")
    workflow.answer(case.pk, actor=commander, text="Canary answer")
    workflow.hold(
        case.pk,
        actor=oversight,
        legal_hold=True,
        retention_class=RetentionClass.LITIGATION,
        retain_until=None,
        reason="Canary hold",
    )


def test_nothing_that_anybody_typed_is_on_the_page(canaries, client):
    for address in (FIRST, "/statistics/", "/policy/", "/about/"):
        page = client.get(address).content.decode()

        assert CANARY not in page.lower()
        assert canaries.number not in page
        assert canaries.public_id not in page
        assert "Fifth Division" not in page
        assert "502-555" not in page


# Text that no person types: codes, numbers of the register, and marks it makes itself.
NOT_TYPED = {
    *("number", "public_id", "exercise_source", "status_reason", "callback_digits", "policy_version"),
    *("policy_sha256", "quarter", "detail", "field", "password", "email", "old", "sha256", "version"),
}


# A decision clears what was needed; the others belong to no case.
CLEARED_OR_OF_NO_CASE = [
    "AssistanceRequest.information_needed",
    "DirectoryNumber.office",
    "PolicyInForce.reason",
]


def test_a_canary_was_in_every_text_that_a_case_can_hold(canaries):
    """Else the test above would prove less than it says."""
    of_no_case = {"rolegrant", "accountstep", "signinlock", "training"}
    rows = [model for model in TRACKED_MODELS if model._meta.model_name not in of_no_case]
    models = [*rows, Decision, Correction, Reveal, Release]
    without = []
    for model in models:
        for field in model._meta.get_fields():
            typed = (
                isinstance(field, CharField | TextField) and not field.choices and field.name not in NOT_TYPED
            )
            if typed and not has_canary(model, field.name):
                without.append(f"{model.__name__}.{field.name}")

    assert without == CLEARED_OR_OF_NO_CASE


def has_canary(model, name):
    return model.objects.annotate(text=Lower(name)).filter(text__contains=CANARY).exists()
