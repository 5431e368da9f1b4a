"""The ledger as sentences: every act and every refusal reads, and nothing restricted is in it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from requests_app import timeline, workflow
from requests_app.timeline.revisions import TABLES
from requests_app.timeline.sentences import CODES, tell
from requests_app.vocabulary import (
    Action,
    DeviationKind,
    RefusalKind,
    RetentionClass,
    ReviewFinding,
    Status,
)
from tests.factories import (
    ASSIST,
    DECLINE,
    make_case_in,
    make_closed,
    make_decidable,
    make_duty,
    make_in_field,
    make_intake,
    make_request,
)

CANARIES = ("Canary Requester", "502-555-0100", "1 Canary Street")


def sentences(case):
    return [entry.sentence for entry in timeline.timeline_of(case)]


def details(case):
    return [entry.detail for entry in timeline.timeline_of(case)]


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_a_sentence(action):
    assert timeline.SENTENCES[action].startswith("{actor} ")


@pytest.mark.parametrize("kind", list(RefusalKind))
def test_every_refusal_has_a_sentence(kind):
    assert "{act}" in timeline.REFUSALS[kind]


@pytest.mark.django_db
def test_a_whole_life_reads_as_sentences(dispatcher, commander):
    make_duty(commander)
    case = make_closed(dispatcher, commander)

    assert sentences(case) == [
        "Dispatcher One wrote down the request.",
        "Dispatcher One logged the request. Paged: a commanding officer.",
        "Commander One took the request.",
        "Commander One recorded the caller as: Verified by call-back.",
        "Commander One recorded a call with the requester: Recorded.",
        "Commander One recorded what is shown of warrant, crime and danger.",
        "Commander One decided: Assist, within limits. The policy said: Assist, within limits.",
        "Dispatcher One recorded officers sent. Units 412, 2 officers in all.",
        "Dispatcher One recorded an officer at the scene.",
        "Commander One recorded Commander One at the scene.",
        "Dispatcher One recorded that the officers left the scene.",
        "Commander One reported the outcome: Serve the criminal warrant.",
    ]


@pytest.mark.django_db
def test_the_rarer_acts_read_too(dispatcher, commander, second_commander, oversight):
    case = make_closed(dispatcher, commander)
    workflow.correct(case.pk, actor=dispatcher, changes={"channel": "fax"}, reason="It was a fax.")
    workflow.reveal(case.pk, actor=oversight, reason="A complaint names the place.")
    workflow.review(case.pk, actor=oversight, finding=ReviewFinding.NOT_IN_POLICY, note="Look at the call.")
    workflow.follow_up(case.pk, actor=oversight, question="Who called?")
    workflow.answer(case.pk, actor=commander, text="The agent did.")
    workflow.hold(
        case.pk,
        actor=oversight,
        legal_hold=True,
        retention_class=RetentionClass.LITIGATION,
        retain_until=None,
        reason="A lawsuit.",
    )
    workflow.reopen(case.pk, actor=second_commander, reason="New facts.")

    assert sentences(case)[-7:] == [
        "Dispatcher One corrected: Channel.",
        "Oversight One read the restricted fields.",
        "Oversight One reviewed the request: Not within policy.",
        "Oversight One asked the department a question.",
        "Commander One answered oversight's question.",
        "Oversight One set how long this is kept: Litigation, under legal hold.",
        "Commander Two reopened the request on new facts.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
def test_no_sentence_lacks_a_word_or_shows_a_restricted_field(status, dispatcher, commander):
    case = make_case_in(status, dispatcher=dispatcher, commander=commander)

    told = " ".join([*sentences(case), *details(case)])

    assert "{" not in told
    assert "no longer kept" not in told
    assert not any(canary in told for canary in CANARIES)


@pytest.mark.django_db
def test_a_reason_and_a_new_status_stand_below_the_sentence(dispatcher, commander):
    case = make_case_in(Status.WITHDRAWN, dispatcher=dispatcher, commander=commander)

    assert details(case)[-1] == "The caller rang back.\nNow: withdrawn."


@pytest.mark.django_db
def test_autosave_is_told_once(dispatcher):
    case = make_request(dispatcher)
    for _ in range(3):
        workflow.save_intake(case.pk, actor=dispatcher, intake=make_intake())

    assert sentences(case) == ["Dispatcher One wrote down the request, saved 4 times."]


@pytest.mark.django_db
def test_the_saves_of_two_people_are_told_apart(dispatcher, commander):
    case = make_request(dispatcher)
    workflow.save_intake(case.pk, actor=commander, intake=make_intake())

    assert sentences(case) == [
        "Dispatcher One wrote down the request.",
        "Commander One wrote down the request.",
    ]


@pytest.mark.django_db
def test_both_times_are_told_where_they_differ(dispatcher, commander):
    case = make_in_field(dispatcher, commander)
    workflow.officer_arrives(case.pk, actor=dispatcher)

    late = make_request(dispatcher, received_at=timezone.now() - timedelta(hours=3))

    assert timeline.timeline_of(case)[-1].entered_at is None
    (entry,) = timeline.timeline_of(late)
    assert entry.at == late.received_at
    assert entry.entered_at - entry.at > timedelta(hours=2)


@pytest.mark.django_db
def test_an_attempt_that_policy_blocked_is_told_with_its_reasons(dispatcher, commander):
    case = make_decidable(dispatcher, commander, confirmed=False)
    with pytest.raises(workflow.Refused):
        workflow.attempt(workflow.decide, case.pk, actor=commander, choice=ASSIST)

    entry = timeline.timeline_of(case)[-1]

    assert entry.sentence == "Commander One tried “Decide”, and the policy blocked it."
    assert entry.kind == "refused"
    assert "on the facts recorded none holds" in entry.detail


@pytest.mark.django_db
def test_a_refusal_is_no_change_of_status(dispatcher, commander):
    case = make_decidable(dispatcher, commander)
    with pytest.raises(workflow.Refused):
        workflow.attempt(workflow.claim, case.pk, actor=commander)
    workflow.decide(case.pk, actor=commander, choice=DECLINE)

    assert details(case)[-2].startswith("“Take this request” is not possible now")
    assert details(case)[-1] == "Can wait for daylight.\nNow: decided."


@pytest.mark.django_db
def test_a_deviation_is_told_where_it_appears_and_where_it_goes(dispatcher, commander):
    case = make_request(dispatcher, cad_event_number="")
    workflow.log(case.pk, actor=dispatcher)
    assert details(case)[-1] == f"Deviation found: {DeviationKind.CAD_NUMBER_MISSING.label}.\nNow: waiting."
    assert timeline.timeline_of(case)[-1].kind == "deviation"

    workflow.correct(case.pk, actor=dispatcher, changes={"cad_event_number": "CAD-7"}, reason="Found it.")

    assert details(case)[-1] == "Found it.\nNo longer a deviation: CAD number missing."


@pytest.mark.django_db
def test_what_the_retention_act_erased_says_so(dispatcher, commander):
    case = make_decidable(dispatcher, commander)
    case = workflow.decide(case.pk, actor=commander, choice=ASSIST)
    entry = case.ledger_entries.select_related("actor").latest("id")
    # As after the erasure: the entry without its private part.
    entry._state.fields_cache["private"] = None

    told, _ = tell([entry], "decided")

    assert told.sentence.startswith("Commander One decided: (no longer kept).")


@pytest.mark.django_db
def test_a_timeline_is_one_query_however_long(dispatcher, commander, django_assert_num_queries):
    case = make_closed(dispatcher, commander)

    with django_assert_num_queries(1):
        timeline.timeline_of(case)


@pytest.mark.django_db
def test_the_outcome_of_nothing_done_reads(dispatcher, commander):
    case = make_in_field(dispatcher, commander)
    workflow.report_outcome(case.pk, actor=commander, report=workflow.Report())

    assert sentences(case)[-1] == "Commander One reported the outcome: nothing."


def test_no_label_of_a_column_is_a_code():
    for model in TABLES:
        for column in model._meta.concrete_fields:
            label = timeline.label_of(model, column.name)
            assert re.match(r"[A-Z][^_]*$", label)


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("assistancerequest.channel", "fax", "Fax"),
        (
            "assistancerequest.types_by_commander",
            "perimeter, standby",
            "Perimeter or block a street, Stand by",
        ),
        ("evidence.danger_ended", "yes", "yes"),
        ("document", "detainer", "Detainer"),
        ("assistancerequest.cad_event_number", "", ""),
    ],
)
def test_a_correction_is_shown_in_words(path, text, words):
    assert timeline.correction_in_words(path, text) == words


def test_a_time_says_its_zone():
    assert timeline.local_time(None) == ""
    assert timeline.local_time(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "Jul 1, 2026, 08:00 EDT"


def test_every_word_of_a_sentence_is_known():
    known = {"actor", "act", "times", "paged", "commander", "units", "officers", "fields", "legal_hold"}
    known |= {"decided_by_name", *CODES}
    for sentence in timeline.SENTENCES.values():
        assert set(re.findall(r"\{(\w+)\}", sentence)) <= known
