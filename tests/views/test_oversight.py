"""Oversight's lists: every case, what was refused, what deviates, who may do what, which quarters are out."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import accounts, permissions, releases, workflow
from requests_app.demonstration import clock
from requests_app.models import LedgerEntry
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Channel,
    Component,
    DeviationKind,
    Direction,
    Division,
    Outcome,
    ReasonCode,
    RefusalKind,
    RequestType,
    ReviewFinding,
    Role,
)
from tests.factories import (
    ASSIST,
    DECLINE,
    make_closed,
    make_decidable,
    make_decided,
    make_in_field,
    make_intake,
    make_request,
)

pytestmark = pytest.mark.django_db

PAGES = [
    "oversight",
    "oversight_blocked",
    "oversight_deviations",
    "oversight_looks",
    "oversight_permissions",
    "oversight_periods",
]
CANARIES = ["Canary Requester", "502-555-0100", "1 Canary Street"]


@pytest.fixture
def ask(signed_in, oversight):
    """The page of this name, as oversight sees it with these words in the address."""
    client = signed_in(oversight)

    def go(name="oversight", **words):
        return client.get(reverse(f"requests_app:{name}"), words)

    return go


def numbers(response):
    return [row.case.number for row in response.context["rows"]]


def refuse_to_assist(dispatcher, commander, **over):
    """A case with an attempt that the policy blocked."""
    case = make_decidable(dispatcher, commander, confirmed=False, **over)
    with pytest.raises(workflow.Refused):
        workflow.attempt(workflow.decide, case.pk, actor=commander, choice=ASSIST)
    return case


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("person", "code"),
    [("oversight", 200), ("dispatcher", 403), ("commander", 403), ("administrator", 403), ("outsider", 403)],
)
def test_it_is_for_oversight_alone(signed_in, page, person, code, request):
    client = signed_in(request.getfixturevalue(person))

    assert client.get(reverse(f"requests_app:{page}")).status_code == code


@pytest.mark.parametrize("page", PAGES)
def test_it_asks_a_visitor_to_sign_in(client, page):
    address = reverse(f"requests_app:{page}")

    assert client.get(address)["Location"] == f"/account/login/?next={address}"


@pytest.mark.parametrize("page", PAGES[:4])
def test_it_can_only_be_read(signed_in, oversight, page):
    assert signed_in(oversight).post(reverse(f"requests_app:{page}")).status_code == 405


# --- every case -------------------------------------------------------------------------------


def test_it_lists_every_case_the_latest_received_first(ask, dispatcher, commander):
    first = make_request(dispatcher, received_at=timezone.now() - timedelta(hours=3))
    second = make_decided(dispatcher, commander)

    assert numbers(ask()) == [second.number, first.number]


def test_it_shows_no_restricted_field(ask, dispatcher, commander):
    make_closed(dispatcher, commander)

    body = ask().content.decode()

    assert not [canary for canary in CANARIES if canary in body]


def make_referred(dispatcher, commander):
    case = make_decidable(dispatcher, commander, division=Division.OTHER_JURISDICTION)
    choice = workflow.Choice(outcome=Outcome.REFER, referred_to="Other police")
    return workflow.decide(case.pk, actor=commander, choice=choice)


def make_reviewed(dispatcher, commander, oversight):
    case = make_decided(dispatcher, commander)
    return workflow.review(case.pk, actor=oversight, finding=ReviewFinding.IN_POLICY, note="Read it all.")


@pytest.mark.parametrize(
    ("word", "value", "hit"),
    [
        ("status", "decided", "decided"),
        ("status", "intake", "plain"),
        ("outcome", "decline", "decided"),
        ("outcome", "undecided", "plain"),
        ("component", "hsi", "plain"),
        ("division", "3", "plain"),
        ("request_type", "crowd_control", "plain"),
        ("deviation", "cad_number_missing", "plain"),
        ("review", "due", "decided"),
    ],
)
def test_it_narrows_the_list(ask, dispatcher, commander, word, value, hit):
    odd = {
        "component": Component.HSI,
        "division": Division.THIRD,
        "types_at_intake": [RequestType.CROWD_CONTROL],
        "cad_event_number": "",
    }
    plain = make_request(dispatcher, **odd)
    if word == "deviation":
        plain = workflow.log(plain.pk, actor=dispatcher)
    decided = make_decided(dispatcher, commander, DECLINE)

    assert numbers(ask(**{word: value})) == [{"plain": plain, "decided": decided}[hit].number]


def test_it_narrows_by_the_quarter_in_louisville(ask, dispatcher, demonstration):
    # Still New Year's Eve in Louisville.
    with clock(datetime(2026, 1, 1, 4, tzinfo=UTC)):
        last_year = make_request(dispatcher, received_at=datetime(2026, 1, 1, 3, 30, tzinfo=UTC))
    make_request(dispatcher)

    assert numbers(ask(quarter="2025-Q4")) == [last_year.number]


def test_it_narrows_by_reviews(ask, dispatcher, commander, oversight, demonstration):
    long_ago = timezone.now() - timedelta(days=30)
    with clock(long_ago):
        overdue = make_decided(dispatcher, commander, received_at=long_ago - timedelta(minutes=1))
    reviewed = make_reviewed(dispatcher, commander, oversight)
    due = make_decided(dispatcher, commander)

    assert numbers(ask(review="overdue")) == [overdue.number]
    assert numbers(ask(review="due")) == [due.number, overdue.number]
    assert numbers(ask(review="done")) == [reviewed.number]


def test_it_narrows_by_blocked_attempts(ask, dispatcher, commander):
    blocked = refuse_to_assist(dispatcher, commander)
    quiet = make_request(dispatcher)

    assert numbers(ask(blocked="yes")) == [blocked.number]
    assert numbers(ask(blocked="no")) == [quiet.number]


def test_it_finds_a_case_by_a_part_of_its_number(ask, dispatcher):
    make_request(dispatcher)
    second = make_request(dispatcher)

    assert numbers(ask(number=second.number[-4:])) == [second.number]


@pytest.mark.parametrize("search", ["Canary", "CAD-1", "warrant", "502", "%", "_"])
def test_it_searches_in_the_number_alone(ask, dispatcher, search):
    make_request(dispatcher)

    assert numbers(ask(number=search)) == []


@pytest.mark.parametrize(
    "words",
    [
        {"status": "approved"},
        {"quarter": "2026-Q9"},
        {"number": "2026-" + "0" * 40},
        {"number": "20\x0026"},
        {"deviation": "'; DROP TABLE"},
    ],
)
def test_it_says_which_filter_it_does_not_understand(ask, dispatcher, words):
    make_request(dispatcher)

    response = ask(**words)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == list(words)
    assert numbers(response) == []


def test_filters_work_together(ask, dispatcher, commander):
    make_decided(dispatcher, commander, DECLINE)
    match = make_decided(dispatcher, commander, DECLINE, component=Component.CBP)
    make_decided(dispatcher, commander, component=Component.CBP)

    assert numbers(ask(outcome="decline", component="cbp")) == [match.number]


# --- flags ------------------------------------------------------------------------------------


def flags(ask, case):
    return {flag.label for row in ask().context["rows"] if row.case == case for flag in row.flags}


def test_it_flags_a_decision_that_differs_from_the_verdict(ask, dispatcher, commander):
    declined = make_decided(dispatcher, commander, DECLINE)
    assisted = make_decided(dispatcher, commander)

    assert "Policy said: assist, within limits" in flags(ask, declined)
    assert flags(ask, assisted) == set()


def test_it_flags_a_blocked_attempt(ask, dispatcher, commander):
    assert "Attempt blocked" in flags(ask, refuse_to_assist(dispatcher, commander))


def test_it_flags_a_missing_recording(ask, dispatcher, commander):
    case = make_decidable(dispatcher, commander)
    workflow.record_call(case.pk, actor=commander, recorded=CallRecorded.FAILED, started_at=case.entered_at)
    call = case.calls.get(recorded=CallRecorded.YES)
    workflow.record_call(
        case.pk, actor=commander, call_id=call.pk, recorded=CallRecorded.NO, started_at=call.started_at
    )
    choice = workflow.Choice(
        outcome=Outcome.DECLINE, reason_code=ReasonCode.OFFICERS_ASSESSMENT, reason_text="No."
    )
    workflow.decide(case.pk, actor=commander, choice=choice)

    assert "No recording" in flags(ask, case)


def test_it_flags_an_edit_after_the_decision_and_none_before(ask, dispatcher, commander):
    case = make_decidable(dispatcher, commander)
    workflow.correct(case.pk, actor=dispatcher, changes={"persons_sought": 1}, reason="Misheard.")
    workflow.decide(case.pk, actor=commander, choice=ASSIST)
    assert "Edited after decision" not in flags(ask, case)

    workflow.correct(case.pk, actor=dispatcher, changes={"persons_sought": 2}, reason="Misheard again.")

    assert "Edited after decision" in flags(ask, case)


def test_it_flags_an_own_intake(ask, commander):
    case = make_decided(commander, commander, channel=Channel.COMMANDER_DIRECT)

    assert "Own intake" in flags(ask, case)


def test_it_flags_a_late_entry_until_it_is_explained(ask, dispatcher, commander):
    case = make_decided(dispatcher, commander, received_at=timezone.now() - timedelta(hours=2))
    assert flags(ask, case) == {"Late", "1 deviation unexplained"}

    workflow.explain(
        case.pk, actor=commander, kind=DeviationKind.ENTERED_LATE, explanation="The line was down."
    )

    assert flags(ask, case) == {"Late", "1 deviation explained"}


def test_it_wants_no_recording_where_we_called_them(ask, dispatcher, commander):
    case = make_request(dispatcher, direction=Direction.OUTBOUND)
    workflow.log(case.pk, actor=dispatcher)
    workflow.claim(case.pk, actor=commander)
    workflow.decide(case.pk, actor=commander, choice=workflow.Choice(outcome=Outcome.RECORD_ONLY))

    assert "No recording" not in flags(ask, case)


# --- pages of a list --------------------------------------------------------------------------


@pytest.fixture
def three_a_page(monkeypatch):
    """Short pages, so that a handful of cases makes several."""
    monkeypatch.setattr("requests_app.views._pages.PAGE_SIZE", 3)


def walk(client, address, link):
    """Every page's numbers, following this link to the end."""
    pages = []
    while address:
        response = client.get(address)
        pages.append(numbers(response))
        link_to = getattr(response.context["page"], link)
        address = link_to and reverse("requests_app:oversight") + link_to
    return pages


def test_it_shows_a_page_at_a_time_and_comes_back(signed_in, oversight, dispatcher, three_a_page):
    same_moment = timezone.now() - timedelta(minutes=5)
    listed = [make_request(dispatcher, received_at=same_moment).number for _ in range(8)][::-1]
    client, start = signed_in(oversight), reverse("requests_app:oversight")

    there = walk(client, start, "older_url")

    assert there == [listed[:3], listed[3:6], listed[6:]]
    last = (
        start + client.get(f"{start}{client.get(start).context['page'].older_url}").context["page"].older_url
    )
    assert walk(client, last, "newer_url") == [listed[6:], listed[3:6], listed[:3]]


def test_a_page_keeps_the_filters(ask, dispatcher, three_a_page):
    for _ in range(4):
        make_request(dispatcher)

    page = ask(status="intake").context["page"]

    assert "status=intake" in page.older_url
    assert page.found == "4 requests"


@pytest.mark.parametrize("place", ["0" * 16, "nonsense", "\x00", "-1", "9" * 30, "é"])
@pytest.mark.parametrize("page", PAGES[:3])
def test_it_starts_anew_from_a_place_that_it_does_not_know(ask, page, place):
    assert ask(page, before=place).status_code == 200


def test_it_takes_no_more_queries_for_more_cases(ask, dispatcher, commander, django_assert_max_num_queries):
    make_closed(dispatcher, commander)
    ask()
    with django_assert_max_num_queries(14):
        ask()
    for _ in range(3):
        make_in_field(dispatcher, commander)
        refuse_to_assist(dispatcher, commander)

    with django_assert_max_num_queries(14):
        ask()


# --- blocked attempts -------------------------------------------------------------------------


def attempts(response):
    return [(row["entry"].actor.badge_number, row["act"]) for row in response.context["attempts"]]


def test_it_shows_first_what_the_policy_blocked(ask, dispatcher, commander):
    case = refuse_to_assist(dispatcher, commander)
    with pytest.raises(workflow.Refused):
        workflow.attempt(workflow.abandon, case.pk, actor=dispatcher, reason="Too late.")

    response = ask("oversight_blocked")

    assert attempts(response) == [("C-201", "Decide")]
    assert case.number in response.content.decode()
    reason = LedgerEntry.objects.get(refusal=RefusalKind.POLICY).details["reason"]
    assert "; ".join(response.context["attempts"][0]["reasons"]) == reason


def test_it_shows_the_other_refusals_under_their_tabs(ask, dispatcher, commander):
    case = refuse_to_assist(dispatcher, commander)
    with pytest.raises(workflow.Refused):
        workflow.attempt(workflow.abandon, case.pk, actor=dispatcher, reason="Too late.")

    assert attempts(ask("oversight_blocked", tab="illegal")) == [("D-101", "Abandon intake")]
    assert len(attempts(ask("oversight_blocked", tab="all"))) == 2
    assert attempts(ask("oversight_blocked", tab="all", act="request:decide")) == [("C-201", "Decide")]


def test_it_shows_a_refusal_that_belongs_to_no_case(ask, oversight, signed_in):
    quarter = timezone.localdate()
    form = {"quarter": f"{quarter.year}-Q{(quarter.month + 2) // 3}", "idempotency_key": str(uuid4())}
    signed_in(oversight).post(reverse("requests_app:oversight_periods"), form)

    assert attempts(ask("oversight_blocked", tab="all")) == [("O-301", "Freeze a period")]


def test_an_unknown_tab_is_said(ask):
    assert ask("oversight_blocked", tab="nonsense").status_code == 422
    assert ask("oversight_deviations", tab="nonsense").status_code == 422


@pytest.mark.parametrize("page", ["oversight_blocked", "oversight_deviations"])
def test_other_lists_take_no_more_queries_for_more(
    ask, dispatcher, commander, page, django_assert_max_num_queries
):
    for _ in range(4):
        refuse_to_assist(dispatcher, commander, received_at=timezone.now() - timedelta(hours=2))

    with django_assert_max_num_queries(9):
        ask(page)


# --- deviations -------------------------------------------------------------------------------


def listed_deviations(response):
    return [
        (row.case.number if row.case else row.quarter, row.kind) for row, _ in response.context["deviations"]
    ]


def test_it_shows_first_what_nobody_has_explained(ask, dispatcher, commander):
    late = make_decided(dispatcher, commander, received_at=timezone.now() - timedelta(hours=2))
    assert listed_deviations(ask("oversight_deviations")) == [(late.number, "entered_late")]

    workflow.explain(
        late.pk, actor=commander, kind=DeviationKind.ENTERED_LATE, explanation="The line was down."
    )

    assert listed_deviations(ask("oversight_deviations")) == []
    assert listed_deviations(ask("oversight_deviations", tab="explained")) == [(late.number, "entered_late")]


def test_it_shows_what_a_correction_removed(ask, dispatcher):
    case = make_request(dispatcher, cad_event_number="")
    workflow.log(case.pk, actor=dispatcher)
    workflow.correct(case.pk, actor=dispatcher, changes={"cad_event_number": "CAD-9"}, reason="Found it.")

    assert listed_deviations(ask("oversight_deviations")) == []
    assert listed_deviations(ask("oversight_deviations", tab="removed")) == [
        (case.number, "cad_number_missing")
    ]


def test_it_shows_deviations_of_quarters(ask, demonstration, dispatcher):
    release_one_late(dispatcher)

    assert ("2026-Q1", "released_late") in listed_deviations(ask("oversight_deviations"))


def test_it_narrows_deviations_by_kind(ask, dispatcher, commander):
    make_decided(dispatcher, commander, received_at=timezone.now() - timedelta(hours=2), cad_event_number="")

    found = listed_deviations(ask("oversight_deviations", kind="entered_late"))

    assert [kind for _, kind in found] == ["entered_late"]


# --- who may do what --------------------------------------------------------------------------


def test_it_shows_the_very_table_that_the_register_goes_by(ask):
    acts = {act["label"]: act for act in ask("oversight_permissions").context["acts"]}

    for action in Action:
        granted = [action in permissions.GRANTS[role] for role in Role]
        assert acts[action.label]["grants"] == granted


def test_it_shows_who_holds_which_role(ask, commander, outsider):
    held = dict(ask("oversight_permissions").context["held"])

    assert [grant.user for grant in held[Role.COMMANDING_OFFICER]] == [commander]
    assert outsider not in [grant.user for grants in held.values() for grant in grants]


# --- periods ----------------------------------------------------------------------------------


def release_one_late(dispatcher):
    """A counted request of the first quarter of 2026, whose release is long overdue, and marked as such."""
    received_at = datetime(2026, 2, 10, 15, tzinfo=UTC)
    with clock(received_at):
        case = make_request(dispatcher, received_at=received_at - timedelta(minutes=1))
        workflow.log(case.pk, actor=dispatcher)
    releases.find_late_releases(timezone.now())


def test_an_exercise_is_labelled(ask, demonstration, dispatcher):
    workflow.save_intake(
        None, actor=dispatcher, intake=make_intake(), is_exercise=True, exercise_source="A drill"
    )

    assert ">Exercise<" in ask().content.decode()
    assert len(numbers(ask(exercise="exercise"))) == 1
    assert numbers(ask(exercise="real")) == []


def test_a_wrong_password_is_no_blocked_attempt(ask, dispatcher):
    accounts.sign_in_failed(dispatcher, network="127.0.0.0/24", what="password")

    assert ask("oversight_blocked", tab="all").context["attempts"] == []


# --- who looked at what -------------------------------------------------------------------------


def look(case, user, times):
    """A look lasts ten minutes; the next one is another act, with another reason."""
    for number in range(times):
        with clock(timezone.now() + timedelta(minutes=11 * number)):
            workflow.reveal(case.pk, actor=user, reason=f"Look {number}.")


def test_every_look_at_hidden_fields_is_listed_with_its_reason(
    ask, dispatcher, commander, second_commander, demonstration
):
    case = make_decided(dispatcher, commander)
    assert "Nobody has opened hidden fields." in ask("oversight_looks").content.decode()
    look(case, second_commander, times=2)

    page = ask("oversight_looks")

    assert [(one.user, one.case, one.reason) for one in page.context["page"].rows] == [
        (second_commander, case, "Look 1."),
        (second_commander, case, "Look 0."),
    ]
    assert not [canary for canary in CANARIES if canary in page.content.decode()]


def test_the_looks_are_paged_and_cost_the_same(
    ask, dispatcher, commander, second_commander, demonstration, django_assert_max_num_queries
):
    case = make_decided(dispatcher, commander)
    look(case, second_commander, times=52)
    ask("oversight_looks")

    with django_assert_max_num_queries(7):
        newest = ask("oversight_looks").context["page"]

    assert (len(newest.rows), newest.found) == (50, "52 looks")
    older = ask("oversight_looks", before=str(newest.rows[-1].pk)).context["page"]
    assert [one.reason for one in older.rows] == ["Look 1.", "Look 0."]
