"""Two people publish a quarter: one freezes it, another releases it. And the quarters that are late."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from requests_app import notifications, releases, workflow
from requests_app.demonstration import clock
from requests_app.models import (
    CallsForService,
    Deviation,
    FrozenQuarter,
    LedgerEntry,
    Release,
    ReleaseDocument,
)
from requests_app.vocabulary import Action, Component, CorrectionReason, DeviationKind, RefusalKind
from tests.factories import make_release, make_request, second_oversight

pytestmark = pytest.mark.django_db

IN_QUARTER = datetime(2026, 2, 10, 15, tzinfo=UTC)
# The first quarter of 2026 ends when April begins in Louisville, four hours behind UTC.
QUARTER_ENDS = datetime(2026, 4, 1, 4, tzinfo=UTC)
FROM_THEN_ON = QUARTER_ENDS + timedelta(days=30)
DUE = QUARTER_ENDS + timedelta(days=45)  # the limit that the register starts with
QUARTER = "2026-Q1"


@pytest.fixture
def counted(demonstration, dispatcher):
    """A logged request of the first quarter of 2026."""
    with clock(IN_QUARTER):
        case = make_request(dispatcher, received_at=IN_QUARTER - timedelta(minutes=1))
        return workflow.log(case.pk, actor=dispatcher)


@pytest.fixture
def second(database):
    return second_oversight()


@pytest.fixture
def submission():
    return workflow.Submission(key=uuid4(), digest=b"d" * 32)


def freeze_at(moment, quarter=QUARTER, **given):
    with clock(moment):
        return releases.freeze_period(quarter, **given)


def release_at(moment, frozen, **given):
    with clock(moment):
        return releases.release_period(frozen.quarter, frozen.sha256, **given)


def calls_at(moment, quarter=QUARTER, **given):
    entered = {"calls": 68_000, "source": "Annual report", "url": "https://example.org/report", **given}
    with clock(moment):
        return releases.enter_calls(quarter, **entered)


def correct_at(moment, case, dispatcher):
    """Something of the quarter that a later release says otherwise."""
    with clock(moment):
        workflow.correct(case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard.")


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


# --- freezing ---------------------------------------------------------------------------------


def test_it_freezes_a_quarter_thirty_days_after_its_end(counted, oversight):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight, note="As counted.")

    assert (frozen.quarter, frozen.number, frozen.frozen_by, frozen.reason) == (QUARTER, 1, oversight, "")
    assert frozen.numbers == [counted.number]
    assert not Release.objects.exists()


def test_freezing_is_an_entry_of_the_ledger(counted, oversight):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight, note="As counted.")

    entry = LedgerEntry.objects.latest("id")
    assert (entry.actor, entry.action, entry.refusal) == (oversight, Action.FREEZE_PERIOD, "")
    assert (entry.public["period"], entry.public["number"]) == (QUARTER, 1)
    assert entry.details["sha256"] == frozen.sha256
    assert entry.details["reason"] == "As counted."
    assert [row["table"] for row in entry.details["rows"]] == ["frozenquarter"]


@pytest.mark.parametrize(
    ("moment", "quarter", "code"),
    [
        (QUARTER_ENDS - timedelta(minutes=1), QUARTER, "not_over"),
        (FROM_THEN_ON - timedelta(minutes=1), QUARTER, "too_early"),
        (FROM_THEN_ON, "2026-Q3", "not_kept"),
        (FROM_THEN_ON, "2017-Q3", "not_kept"),
        (FROM_THEN_ON, "nonsense", "not_kept"),
        (FROM_THEN_ON, "0000-Q1", "not_kept"),
        (FROM_THEN_ON, "9999-Q4", "not_kept"),
    ],
)
def test_it_refuses_a_quarter_that_is_not_ripe_and_says_so_in_the_ledger(
    counted, oversight, moment, quarter, code
):
    with pytest.raises(workflow.Refused) as refused:
        freeze_at(moment, quarter, actor=oversight)

    assert codes(refused) == [code]
    assert not FrozenQuarter.objects.exists()
    entry = LedgerEntry.objects.latest("id")
    assert (entry.action, entry.refusal) == (Action.FREEZE_PERIOD, RefusalKind.ILLEGAL)
    assert entry.details["codes"] == [code]


def test_a_quarter_before_the_register_is_frozen_when_a_request_of_it_was_found(
    demonstration, dispatcher, oversight
):
    with clock(IN_QUARTER):
        case = make_request(dispatcher, received_at=datetime(2017, 8, 1, 12, tzinfo=UTC))
        workflow.log(case.pk, actor=dispatcher)

    frozen = freeze_at(FROM_THEN_ON, "2017-Q3", actor=oversight)

    assert frozen.numbers == [case.number]


def test_a_first_release_takes_no_reason(counted, oversight):
    with pytest.raises(workflow.Refused) as refused:
        freeze_at(FROM_THEN_ON, actor=oversight, reason=CorrectionReason.MISTAKE)

    assert codes(refused) == ["no_reason_wanted"]


def test_what_somebody_mistyped_is_no_refusal_in_the_ledger(counted, oversight):
    with pytest.raises(workflow.Refused):
        freeze_at(FROM_THEN_ON, actor=oversight, reason="because")

    assert not LedgerEntry.objects.exclude(refusal="").exists()


def test_the_same_form_sent_twice_freezes_once(counted, oversight, submission):
    freeze_at(FROM_THEN_ON, actor=oversight, submission=submission)

    with pytest.raises(workflow.AlreadyDone):
        freeze_at(FROM_THEN_ON, actor=oversight, submission=submission)

    assert FrozenQuarter.objects.count() == 1


def test_it_refuses_a_form_that_was_used_for_something_else(counted, oversight, second, submission):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    release_at(FROM_THEN_ON, frozen, actor=second, submission=submission)
    other = workflow.Submission(key=submission.key, digest=b"e" * 32)

    with pytest.raises(workflow.Refused, match="used already"):
        calls_at(FROM_THEN_ON, actor=second, submission=other)


@pytest.mark.parametrize("person", ["dispatcher", "commander", "administrator", "outsider"])
def test_it_refuses_everybody_but_oversight(counted, oversight, person, request):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    actor = request.getfixturevalue(person)
    acts = [
        partial(freeze_at, FROM_THEN_ON),
        partial(release_at, FROM_THEN_ON, frozen),
        partial(calls_at, FROM_THEN_ON),
    ]
    for act in acts:
        with pytest.raises(workflow.Refused) as refused:
            act(actor=actor)

        assert refused.value.kind == RefusalKind.FORBIDDEN


# --- publishing -------------------------------------------------------------------------------


def test_another_person_publishes_what_was_frozen(counted, oversight, second):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    release = release_at(FROM_THEN_ON, frozen, actor=second, note="Looked at.")

    assert (release.quarter, release.number, release.released_by) == (QUARTER, 1, second)
    assert bytes(release.published.document) == bytes(frozen.document)
    assert not Deviation.objects.filter(case=None).exists()


def test_a_release_is_an_entry_of_the_ledger_that_tells_the_digest_publicly(counted, oversight, second):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    release_at(FROM_THEN_ON, frozen, actor=second, note="Looked at.")

    entry = LedgerEntry.objects.latest("id")
    assert (entry.actor, entry.action, entry.refusal) == (second, Action.RELEASE_PERIOD, "")
    told = {"period": QUARTER, "number": 1, "late": False, "sha256": frozen.sha256}
    assert told.items() <= entry.public.items()
    assert entry.details["reason"] == "Looked at."
    assert [row["table"] for row in entry.details["rows"]] == ["release", "releasedocument"]


def test_who_froze_does_not_publish(counted, oversight):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)

    with pytest.raises(workflow.Refused) as refused:
        release_at(FROM_THEN_ON, frozen, actor=oversight)

    assert (codes(refused), refused.value.kind) == (["own_freeze"], RefusalKind.FORBIDDEN)
    assert not Release.objects.exists()
    assert LedgerEntry.objects.latest("id").refusal == RefusalKind.FORBIDDEN


def test_nothing_is_published_that_nobody_froze(counted, oversight):
    with clock(FROM_THEN_ON), pytest.raises(workflow.Refused) as refused:
        releases.release_period(QUARTER, "0" * 64, actor=oversight)

    assert codes(refused) == ["not_frozen"]


def test_only_what_was_frozen_last_is_published(counted, oversight, second):
    older = freeze_at(FROM_THEN_ON, actor=oversight)
    newer = freeze_at(FROM_THEN_ON + timedelta(hours=1), actor=oversight)

    with pytest.raises(workflow.Refused) as refused:
        release_at(FROM_THEN_ON + timedelta(hours=2), older, actor=second)

    assert (codes(refused), refused.value.kind) == (["frozen_again"], RefusalKind.STALE)
    assert release_at(FROM_THEN_ON + timedelta(hours=3), newer, actor=second).number == 1


def test_it_refuses_to_publish_the_same_twice(counted, oversight, second):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    release_at(FROM_THEN_ON, frozen, actor=second)

    with pytest.raises(workflow.Refused, match="published already"):
        release_at(FROM_THEN_ON + timedelta(days=1), frozen, actor=second)

    assert Release.objects.count() == 1


def test_the_same_form_sent_twice_publishes_once(counted, oversight, second, submission):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    release_at(FROM_THEN_ON, frozen, actor=second, submission=submission)

    with pytest.raises(workflow.AlreadyDone):
        release_at(FROM_THEN_ON, frozen, actor=second, submission=submission)

    assert Release.objects.count() == 1


def test_publishing_has_the_public_pages_written(counted, oversight, second):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    assert not waiting_jobs()

    release_at(FROM_THEN_ON, frozen, actor=second)

    assert len(waiting_jobs()) == 1


def test_one_job_that_waits_is_enough_for_two_releases(counted, oversight, second):
    for quarter in (QUARTER, "2026-Q2"):
        with clock(DUE + timedelta(days=200)):
            make_release(quarter, oversight, second)

    assert len(waiting_jobs()) == 1


def waiting_jobs():
    return ProcrastinateJob.objects.filter(task_name=notifications.PUBLISH_PAGES)


# --- corrections ------------------------------------------------------------------------------


def test_a_correction_is_a_release_with_a_reason_and_the_next_number(counted, oversight, second, dispatcher):
    release_at(FROM_THEN_ON, freeze_at(FROM_THEN_ON, actor=oversight), actor=second)
    correct_at(FROM_THEN_ON + timedelta(days=1), counted, dispatcher)

    frozen = freeze_at(
        FROM_THEN_ON + timedelta(days=2), actor=second, reason=CorrectionReason.FACTS_CORRECTED
    )
    release = release_at(FROM_THEN_ON + timedelta(days=3), frozen, actor=oversight)

    assert (frozen.number, frozen.reason, release.number) == (2, "facts_corrected", 2)
    assert ReleaseDocument.objects.count() == 2


def test_a_correction_without_a_reason_is_refused(counted, oversight, second, dispatcher):
    release_at(FROM_THEN_ON, freeze_at(FROM_THEN_ON, actor=oversight), actor=second)
    correct_at(FROM_THEN_ON + timedelta(days=1), counted, dispatcher)

    with pytest.raises(workflow.Refused) as refused:
        freeze_at(FROM_THEN_ON + timedelta(days=2), actor=oversight)

    assert codes(refused) == ["reason_wanted"]


def test_a_correction_that_changes_nothing_is_refused(counted, oversight, second):
    release_at(FROM_THEN_ON, freeze_at(FROM_THEN_ON, actor=oversight), actor=second)

    with pytest.raises(workflow.Refused) as refused:
        freeze_at(FROM_THEN_ON + timedelta(days=2), actor=second, reason=CorrectionReason.MISTAKE)

    assert codes(refused) == ["nothing_changed"]


def test_a_late_correction_is_no_late_release(counted, oversight, second, dispatcher):
    release_at(FROM_THEN_ON, freeze_at(FROM_THEN_ON, actor=oversight), actor=second)
    correct_at(DUE, counted, dispatcher)
    with clock(DUE + timedelta(days=10)):
        make_release(QUARTER, oversight, second, reason=CorrectionReason.FACTS_CORRECTED)

    assert not Deviation.objects.filter(case=None).exists()
    assert LedgerEntry.objects.latest("id").public["late"] is False


# --- calls for service ------------------------------------------------------------------------


def test_calls_for_service_are_an_entry_of_the_ledger(counted, oversight):
    row = calls_at(QUARTER_ENDS, actor=oversight)

    assert (row.quarter, row.calls, row.entered_by) == (QUARTER, 68_000, oversight)
    entry = LedgerEntry.objects.latest("id")
    assert entry.action == Action.ENTER_CALLS
    assert {"period": QUARTER, "calls": 68_000}.items() <= entry.public.items()
    assert [row["table"] for row in entry.details["rows"]] == ["callsforservice"]


def test_of_a_quarter_that_is_not_over_nobody_knows_the_calls(counted, oversight):
    with pytest.raises(workflow.Refused) as refused:
        calls_at(QUARTER_ENDS - timedelta(minutes=1), actor=oversight)

    assert codes(refused) == ["not_over"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"url": "http://example.org/"}, "not_https"),
        ({"url": "https://"}, "not_https"),
        ({"url": "javascript:alert(1)"}, "not_https"),
        ({"source": "  "}, "no_source"),
        ({"calls": 0}, "none"),
    ],
)
def test_calls_for_service_need_a_number_a_source_and_a_safe_address(counted, oversight, given, code):
    with pytest.raises(workflow.Refused) as refused:
        calls_at(QUARTER_ENDS, actor=oversight, **given)

    assert codes(refused) == [code]
    assert not CallsForService.objects.exists()


# --- late -------------------------------------------------------------------------------------


def test_a_release_after_the_limit_is_a_deviation_of_the_quarter(counted, oversight, second):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)
    release_at(DUE + timedelta(minutes=1), frozen, actor=second)

    row = Deviation.objects.get(case=None)
    assert (row.quarter, row.kind, row.stands) == (QUARTER, DeviationKind.RELEASED_LATE, True)
    assert row.history.get().history_user == second
    assert LedgerEntry.objects.latest("id").public["late"] is True


def test_a_quarter_without_requests_is_released_late_without_a_deviation(counted, oversight, second):
    with clock(DUE + timedelta(days=365)):
        make_release("2026-Q2", oversight, second)

    assert not Deviation.objects.filter(case=None).exists()


def test_the_sweep_marks_a_quarter_that_nobody_released_in_time(counted):
    assert releases.find_late_releases(DUE) == []

    assert releases.find_late_releases(DUE + timedelta(minutes=1)) == [QUARTER]

    assert Deviation.objects.get(case=None).quarter == QUARTER
    entry = LedgerEntry.objects.latest("id")
    assert (entry.action, entry.public["period"]) == (Action.SYNC_DEVIATIONS, QUARTER)


def test_the_sweep_marks_a_quarter_once(counted):
    releases.find_late_releases(DUE + timedelta(days=1))

    assert releases.find_late_releases(DUE + timedelta(days=2)) == []


def test_the_sweep_leaves_a_released_quarter_alone(counted, oversight):
    with clock(FROM_THEN_ON):
        make_release(QUARTER, oversight)

    assert releases.find_late_releases(DUE + timedelta(days=1)) == []


def test_the_sweep_marks_a_quarter_that_is_only_frozen(counted, oversight):
    freeze_at(FROM_THEN_ON, actor=oversight)

    assert releases.find_late_releases(DUE + timedelta(days=1)) == [QUARTER]


def test_a_request_found_after_the_due_day_makes_no_quarter_late(demonstration, dispatcher):
    with clock(DUE + timedelta(days=1)):
        case = make_request(dispatcher, received_at=IN_QUARTER)
        workflow.log(case.pk, actor=dispatcher)

    assert releases.find_late_releases(DUE + timedelta(days=2)) == []


# --- the list ---------------------------------------------------------------------------------


def test_the_list_has_every_quarter_from_the_first_request_on(counted, oversight, second):
    with clock(FROM_THEN_ON):
        make_release(QUARTER, oversight, second)

    listed = {str(period.quarter): period for period in releases.periods(DUE)}

    assert list(listed) == ["2026-Q2", QUARTER]
    assert listed[QUARTER].requests == 1
    assert listed[QUARTER].release.released_by == second
    assert listed[QUARTER].frozen is None
    assert listed["2026-Q2"].release is None


def test_the_list_shows_what_waits_for_a_second_person(counted, oversight):
    frozen = freeze_at(FROM_THEN_ON, actor=oversight)

    listed = {str(period.quarter): period for period in releases.periods(DUE)}

    assert (listed[QUARTER].frozen, listed["2026-Q2"].frozen) == (frozen, None)


def test_the_list_takes_no_more_queries_for_more_quarters(
    counted, oversight, second, django_assert_num_queries
):
    with clock(DUE + timedelta(days=200)):
        make_release(QUARTER, oversight, second)
    with django_assert_num_queries(8):
        releases.periods(DUE + timedelta(days=201))

    with clock(DUE + timedelta(days=202)):
        make_release("2026-Q2", oversight, second)
        releases.freeze_period("2026-Q3", actor=oversight)
    with django_assert_num_queries(8):
        releases.periods(DUE + timedelta(days=203))


def test_a_request_found_years_later_adds_its_quarter_and_none_between(demonstration, dispatcher):
    with clock(IN_QUARTER):
        case = make_request(dispatcher, received_at=datetime(2017, 8, 1, 12, tzinfo=UTC))
        workflow.log(case.pk, actor=dispatcher)

    assert [str(period.quarter) for period in releases.periods(DUE)] == ["2026-Q2", QUARTER, "2017-Q3"]
