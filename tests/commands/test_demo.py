"""The demonstration as a whole, made once for this module; and where none is made."""

import io
import json
import re
from itertools import groupby

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from requests_app import demonstration, notifications, workflow
from requests_app.demonstration._programme import SCENES, programme
from requests_app.models import (
    AssistanceRequest,
    Decision,
    Deviation,
    DirectoryNumber,
    Installation,
    LedgerEntry,
    LedgerPosition,
    PageAttempt,
    Release,
    ReleaseDocument,
    RestrictedDetails,
    RoleGrant,
    RosterEntry,
    User,
)
from requests_app.policy import evaluate, parse_facts
from requests_app.signin import encryption, totp
from requests_app.vocabulary import (
    DECIDABLE_OUTCOMES,
    Action,
    CorrectionReason,
    DeviationKind,
    InstallationKind,
    PageResult,
    ReasonCode,
    RefusalKind,
    Role,
    Status,
)
from tests import factories

REPORTED_EVENTS = 11

# Making it takes some twenty seconds of an idle machine, and every test waits for that.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def made(demonstration_db):
    """A whole demonstration; the tests that ask for it only look."""


@pytest.fixture
def debugging(settings):
    settings.DEBUG = True


def told(*arguments):
    said = io.StringIO()
    call_command("demo", *arguments, stdout=said)
    return said.getvalue()


# --- that nothing is missing -------------------------------------------------------------------


def test_every_move_occurs(made):
    done = set(LedgerEntry.objects.filter(refusal="").values_list("action", flat=True))

    assert {action for action in workflow.MOVES if action not in done} == set()
    assert {Action.FREEZE_PERIOD, Action.RELEASE_PERIOD, Action.ENTER_CALLS} <= done


def test_every_deviation_stands_somewhere(made):
    found = set(Deviation.objects.filter(stands=True).values_list("kind", flat=True))

    assert set(DeviationKind) - found == set()


def test_every_status_is_present(made):
    assert set(AssistanceRequest.objects.values_list("status", flat=True)) == set(Status)


def test_every_outcome_is_present(made):
    assert set(Decision.objects.values_list("outcome", flat=True)) == set(DECIDABLE_OUTCOMES)


def test_nearly_every_reason_of_a_decline_is_present(made):
    given = set(Decision.objects.exclude(reason_code="").values_list("reason_code", flat=True))

    assert set(ReasonCode) - given <= {ReasonCode.CALLER_NOT_VERIFIED, ReasonCode.OTHER}


def test_attempts_that_policy_blocked_are_in_the_ledger(made):
    assert LedgerEntry.objects.filter(refusal=RefusalKind.POLICY).count() >= 2


def test_pages_were_sent_and_some_were_not(made):
    assert set(PageAttempt.objects.values_list("result", flat=True)) == {PageResult.SENT, PageResult.FAILED}


# --- that it is true to itself -----------------------------------------------------------------


def test_about_sixty_requests_lie_in_six_quarters(made):
    quarters = {
        (one.received_at.year, (one.received_at.month + 2) // 3) for one in AssistanceRequest.objects.all()
    }

    assert 60 <= AssistanceRequest.objects.count() <= 75
    assert len(quarters) >= 6


def test_every_scene_is_played_once():
    scenes = programme()

    assert len({id(scene) for scene in scenes}) == len(scenes) == len(SCENES) + REPORTED_EVENTS


def test_no_quarter_is_dull(made):
    """The public page shows each of them: help given and help declined, and something that went wrong."""
    for quarter in Release.objects.values_list("quarter", flat=True):
        year, number = int(quarter[:4]), int(quarter[-1])
        cases = AssistanceRequest.objects.counted().filter(
            received_at__year=year, received_at__quarter=number
        )
        assert {"assist", "decline"} <= set(cases.values_list("decisions__outcome", flat=True)), quarter
        assert cases.filter(deviations__stands=True).exists(), quarter


def test_numbers_have_no_gaps(made):
    numbers = sorted(AssistanceRequest.objects.values_list("number", flat=True))

    for _, year in groupby(numbers, key=lambda number: number[:4]):
        counts = [int(number[5:]) for number in year]
        assert counts == list(range(1, len(counts) + 1))


def test_what_was_entered_first_has_the_lower_number(made):
    numbers = list(AssistanceRequest.objects.order_by("entered_at").values_list("number", flat=True))

    assert numbers == sorted(numbers)


def test_the_ledger_is_in_the_order_of_time(made):
    moments = list(LedgerPosition.objects.order_by("index").values_list("entry__entered_at", flat=True))

    assert moments == sorted(moments)


def test_decisions_stand_to_their_own_policy(made):
    for decision in Decision.objects.all():
        assert evaluate(parse_facts(decision.facts), decision.policy_version).as_dict() == decision.verdict


def test_quarters_that_are_over_are_released_and_the_first_one_late(made):
    quarters = list(Release.objects.order_by("quarter").values_list("quarter", flat=True))
    late = Deviation.objects.filter(kind=DeviationKind.RELEASED_LATE).values_list("quarter", flat=True)

    assert len(quarters) >= 4
    assert list(late) == quarters[:1]


def test_every_quarter_was_frozen_by_one_person_and_published_by_another(made):
    for release in Release.objects.select_related("published__frozen"):
        assert release.released_by_id != release.published.frozen.frozen_by_id


def test_one_quarter_was_published_again_with_what_differs(made):
    again = Release.objects.filter(number__gt=1)
    document = json.loads(bytes(again.get().published.document))

    assert document["reason"] == CorrectionReason.CALLS_FOR_SERVICE
    assert "calls_for_service.calls" in [one["figure"] for one in document["differences"]]


def test_every_release_says_that_it_is_a_demonstration(made):
    documents = [json.loads(bytes(one.document)) for one in ReleaseDocument.objects.all()]

    assert {document["demonstration"] for document in documents} == {True}
    known = [document["calls_for_service"] for document in documents if document["calls_for_service"]]
    assert len(known) >= 4
    assert all("Demonstration" in calls["source"] for calls in known)


def test_one_job_writes_the_public_pages(made):
    assert ProcrastinateJob.objects.filter(task_name=notifications.PUBLISH_PAGES).count() == 1


def test_the_reported_events_are_exercises_with_their_source(made):
    exercises = AssistanceRequest.objects.filter(is_exercise=True)

    assert exercises.count() == REPORTED_EVENTS
    assert all(one.exercise_source and "Exercise" in one.what_was_said for one in exercises)
    assert not Decision.objects.filter(case__in=exercises).exclude(policy_version="2017-09-22").exists()


def test_nobody_is_named_and_no_number_can_be_rung(made):
    for details in RestrictedDetails.objects.all():
        assert details.requester_name in ("", "Agent on duty")
        assert re.fullmatch(r"502-555-01\d\d", details.callback_number)
    for number in DirectoryNumber.objects.all():
        assert re.fullmatch(r"502-555-01\d\d", number.number)


# --- that it is alive --------------------------------------------------------------------------


def test_only_what_waits_now_leaves_work_for_the_worker(made):
    waiting = AssistanceRequest.objects.filter(status=Status.WAITING, acknowledged_at__isnull=True)
    jobs = ProcrastinateJob.objects.filter(queue_name="pages")
    cases = {job.args["case_id"] for job in jobs if "case_id" in job.args}
    paged = {job.args["page_id"] for job in jobs if "page_id" in job.args}

    assert cases == set(waiting.values_list("pk", flat=True)) != set()
    assert paged == set(waiting.values_list("pages", flat=True))


def test_the_clock_is_the_real_one_afterwards(made):
    with connection.cursor() as cursor:
        cursor.execute("SELECT register_now() - clock_timestamp() < interval '1 second'")
        assert cursor.fetchone() == (True,)


def test_somebody_is_on_duty_now_and_in_a_year(made):
    entry = RosterEntry.objects.order_by("-ends_at").first()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM requests_app_rosterentry WHERE starts_at <= now() AND ends_at > now()"
        )
        assert cursor.fetchone() == (2,)
        cursor.execute("SELECT %s > now() + interval '1 year'", [entry.ends_at])
        assert cursor.fetchone() == (True,)


# --- the accounts ------------------------------------------------------------------------------


def test_every_role_has_an_account_that_can_sign_in(made):
    for account in demonstration.ACCOUNTS:
        user = authenticate(username=account.badge_number, password=demonstration.PASSWORD)
        assert user.roles == {account.role}

    assert {account.role for account in demonstration.ACCOUNTS} == set(Role)


def test_roles_are_granted_by_one_administrator_and_approved_by_the_other(made):
    grants = RoleGrant.objects.exclude(role=Role.ADMINISTRATOR)

    assert set(grants.values_list("granted_by__badge_number", "approved_by__badge_number")) == {
        ("A-4001", "A-4002")
    }


def test_it_tells_how_to_sign_in(made):
    words = told("--show-accounts")

    for account in demonstration.ACCOUNTS:
        assert account.badge_number in words
        assert account.role.label in words
    assert demonstration.PASSWORD in words


def test_the_code_it_tells_signs_in_and_is_told_once(made):
    told_code = told("--code", "D-1001")
    factor = Authenticator.objects.get(user__badge_number="D-1001", type=Authenticator.Type.TOTP)

    assert totp.use_code(factor, told_code[:6])
    assert "was used" in told("--code", "d-1001")


def test_secrets_of_the_demonstration_are_random(made):
    secrets = Authenticator.objects.values_list("data__secret", flat=True)

    assert len({encryption.decrypt(secret) for secret in secrets}) == len(demonstration.ACCOUNTS)


@pytest.mark.parametrize("words", [["--show-accounts"], ["--code", "D-1001"]])
def test_how_to_sign_in_is_told_on_loopback_alone(made, settings, words):
    settings.PLAIN_HTTP_ON_LOOPBACK = False

    with pytest.raises(CommandError, match="serves this machine alone"):
        told(*words)


def test_no_code_is_told_of_an_account_that_is_not_there(made):
    with pytest.raises(CommandError, match="no account of the demonstration"):
        told("--code", "D-9999")


# --- once, and only where it belongs -----------------------------------------------------------


def test_a_second_time_does_nothing(made, debugging, django_assert_max_num_queries):
    before = LedgerEntry.objects.count(), User.objects.count()

    with django_assert_max_num_queries(2):
        assert "already" in told()

    assert (LedgerEntry.objects.count(), User.objects.count()) == before


def test_a_second_time_needs_no_debug(made):
    assert "already" in told()


def test_it_is_refused_where_debug_is_off(committed_db):
    with pytest.raises(CommandError, match="DEBUG"):
        told()

    assert not Installation.objects.exists()


def test_it_is_refused_in_a_real_register(committed_db, debugging):
    Installation.objects.create(kind=InstallationKind.REAL)

    with pytest.raises(CommandError, match="real register"):
        told()


def test_it_is_refused_where_there_are_requests(committed_db, debugging, dispatcher):
    factories.make_request(dispatcher)

    with pytest.raises(CommandError, match="holds accounts or requests"):
        told()

    assert not Installation.objects.exists()


def test_it_is_refused_where_there_are_accounts(committed_db, debugging, administrator):
    with pytest.raises(CommandError, match="holds accounts or requests"):
        told()


def test_one_that_was_interrupted_is_not_patched_up(committed_db, debugging, dispatcher):
    factories.make_demonstration()

    with pytest.raises(CommandError, match="interrupted"):
        told()


def test_there_is_nothing_to_tell_where_there_is_no_demonstration(committed_db):
    with pytest.raises(CommandError, match="no demonstration"):
        told("--show-accounts")
