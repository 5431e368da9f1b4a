"""Canary words in every text that a request can hold: none of them in any byte that anybody outside can get.

The quarter is frozen and published by the real acts; then every address of the public site is asked for, with
its headers, the API, pages of errors, and the log lines of all of it.
"""

import logging
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db.models import CharField, TextField
from django.db.models.functions import Lower
from django.test import Client

from requests_app import publication, publishing, workflow
from requests_app.demonstration import clock
from requests_app.models import TRACKED_MODELS, Correction, Decision, Release, Reveal
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
from tests.factories import make_release, make_request, make_user

pytestmark = pytest.mark.django_db

MOMENT = datetime(2024, 2, 10, 15, tzinfo=UTC)
NEXT_QUARTER = datetime(2024, 5, 10, 15, tzinfo=UTC)
CANARY = "canary"
API = (
    "openapi.json",
    "releases",
    "releases/2024-Q1",
    "figures/2024-Q1",
    "rows/2024-Q1",
    "definitions",
    "codes",
)


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
    other = make_user("CANARY-8", Role.OVERSIGHT, display_name="Canary 8")
    with clock(NEXT_QUARTER):
        make_release("2024-Q1", people[Role.OVERSIGHT], other, note="Canary release")
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


@pytest.fixture
def outside(canaries, settings, tmp_path, caplog):
    """Every byte that somebody outside can get, by where it came from."""
    settings.PUBLIC_DIR = tmp_path
    caplog.set_level(logging.DEBUG)
    assert publishing.publish_now()
    found = dict(answers(Client()))
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.suffix not in (".gz", ".br"):
            found[f"file {path.relative_to(tmp_path)}"] = path.read_bytes()
    found["log"] = caplog.text.encode()
    return found


def answers(client):
    paths = [*publication.paths(), *(f"api/v1/{name}" for name in API)]
    paths += ["en/quarters/2024-Q1/rows/search/?outcome=refer", "en/policy/explorer/?channel=911"]
    for path in [
        *paths,
        "en/nothing/",
        "nothing",
        "api/v1/releases/2024-Q9",
        "en/policy/explorer/?word=canary",
    ]:
        answer = client.get(f"/{path}")
        assert answer.status_code < 500, path
        yield f"/{path}", answer.content
        yield f"headers of /{path}", repr(sorted(answer.headers.items())).encode()


def unpacked(content):
    """The text inside a workbook, where a plain search would not look."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_no_canary_gets_out(canaries, outside):
    assert len(outside) > 200
    told = [canaries.number, str(canaries.public_id), "502-555", "5025550142"]

    for where, content in outside.items():
        text = unpacked(content).decode("utf-8", "replace").lower()
        assert CANARY not in text, where
        # The lists of codes name every division, whichever the request came from.
        for word in told if "codes" in where else [*told, "Fifth Division"]:
            assert word.lower() not in text, (where, word)


def test_the_search_would_find_a_canary(outside):
    """The request is there: its figures and its row."""
    assert b"knock_and_talk" in outside["/data/2024-Q1/1/release.json"]
    assert b"knock_and_talk" in outside["/api/v1/rows/2024-Q1"]
    assert any(name.startswith("/data/") and name.endswith(".xlsx") for name in outside)


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
