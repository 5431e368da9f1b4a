"""Releasing a quarter, and the quarters that nobody released in time."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from requests_app import releases, workflow
from requests_app.demonstration import clock
from requests_app.models import Deviation, LedgerEntry, Release
from requests_app.vocabulary import Action, DeviationKind, RefusalKind
from tests.factories import make_request

pytestmark = pytest.mark.django_db

IN_QUARTER = datetime(2026, 2, 10, 15, tzinfo=UTC)
# The first quarter of 2026 ends when April begins in Louisville, four hours behind UTC.
QUARTER_ENDS = datetime(2026, 4, 1, 4, tzinfo=UTC)
FROM_THEN_ON = QUARTER_ENDS + timedelta(days=30)
DUE = QUARTER_ENDS + timedelta(days=45)  # the limit that the register starts with


@pytest.fixture
def counted(demonstration, dispatcher):
    """A logged request of the first quarter of 2026."""
    with clock(IN_QUARTER):
        case = make_request(dispatcher, received_at=IN_QUARTER - timedelta(minutes=1))
        return workflow.log(case.pk, actor=dispatcher)


@pytest.fixture
def submission():
    return workflow.Submission(key=uuid4(), digest=b"d" * 32)


def release_at(moment, quarter="2026-Q1", **given):
    with clock(moment):
        return releases.release_period(quarter, **given)


def test_it_releases_a_quarter_thirty_days_after_its_end(counted, oversight):
    release = release_at(FROM_THEN_ON, actor=oversight, note="As counted.")

    assert (release.quarter, release.number, release.released_by) == ("2026-Q1", 1, oversight)
    assert Deviation.objects.filter(case=None).count() == 0


def test_a_release_is_an_entry_of_the_ledger(counted, oversight):
    release_at(FROM_THEN_ON, actor=oversight, note="As counted.")

    entry = LedgerEntry.objects.latest("id")
    assert (entry.actor, entry.action, entry.refusal) == (oversight, Action.RELEASE_PERIOD, "")
    assert entry.public["period"] == "2026-Q1"
    assert entry.details["reason"] == "As counted."


@pytest.mark.parametrize(
    ("moment", "quarter", "code"),
    [
        (QUARTER_ENDS - timedelta(seconds=1), "2026-Q1", "not_over"),
        (FROM_THEN_ON - timedelta(minutes=1), "2026-Q1", "too_early"),
        (FROM_THEN_ON, "2026-Q3", "not_kept"),
        (FROM_THEN_ON, "2017-Q3", "not_kept"),
        (FROM_THEN_ON, "nonsense", "not_kept"),
    ],
)
def test_it_refuses_a_quarter_that_is_not_ripe_and_says_so_in_the_ledger(
    counted, oversight, moment, quarter, code
):
    with pytest.raises(workflow.Refused) as refused:
        release_at(moment, quarter, actor=oversight)

    assert [reason.code for reason in refused.value.reasons] == [code]
    assert not Release.objects.exists()
    entry = LedgerEntry.objects.latest("id")
    assert (entry.action, entry.refusal) == (Action.RELEASE_PERIOD, RefusalKind.ILLEGAL)
    assert entry.details["codes"] == [code]


def test_it_refuses_a_second_release(counted, oversight):
    release_at(FROM_THEN_ON, actor=oversight)

    with pytest.raises(workflow.Refused, match="released already"):
        release_at(FROM_THEN_ON + timedelta(days=1), actor=oversight)

    assert Release.objects.count() == 1


def test_the_same_form_sent_twice_releases_once(counted, oversight, submission):
    release_at(FROM_THEN_ON, actor=oversight, submission=submission)

    with pytest.raises(workflow.AlreadyDone):
        release_at(FROM_THEN_ON, actor=oversight, submission=submission)

    assert Release.objects.count() == 1


def test_it_refuses_a_form_that_was_used_for_something_else(counted, oversight, submission):
    release_at(FROM_THEN_ON, actor=oversight, submission=submission)
    other = workflow.Submission(key=submission.key, digest=b"e" * 32)

    with pytest.raises(workflow.Refused, match="used already"):
        release_at(FROM_THEN_ON, actor=oversight, submission=other)


@pytest.mark.parametrize("person", ["dispatcher", "commander", "administrator", "outsider"])
def test_it_refuses_everybody_but_oversight(counted, person, request):
    with pytest.raises(workflow.Refused) as refused:
        release_at(FROM_THEN_ON, actor=request.getfixturevalue(person))

    assert refused.value.kind == RefusalKind.FORBIDDEN


def test_a_release_after_the_limit_is_a_deviation_of_the_quarter(counted, oversight):
    release_at(DUE + timedelta(minutes=1), actor=oversight)

    row = Deviation.objects.get(case=None)
    assert (row.quarter, row.kind, row.stands) == ("2026-Q1", DeviationKind.RELEASED_LATE, True)
    assert row.history.get().history_user == oversight


def test_a_quarter_without_requests_is_released_late_without_a_deviation(demonstration, oversight, counted):
    release_at(DUE + timedelta(days=365), "2026-Q2", actor=oversight)

    assert not Deviation.objects.filter(case=None).exists()


def test_the_sweep_marks_a_quarter_that_nobody_released_in_time(counted):
    assert releases.find_late_releases(DUE) == []

    assert releases.find_late_releases(DUE + timedelta(minutes=1)) == ["2026-Q1"]

    assert Deviation.objects.get(case=None).quarter == "2026-Q1"
    entry = LedgerEntry.objects.latest("id")
    assert (entry.action, entry.public["period"]) == (Action.SYNC_DEVIATIONS, "2026-Q1")


def test_the_sweep_marks_a_quarter_once(counted):
    releases.find_late_releases(DUE + timedelta(days=1))

    assert releases.find_late_releases(DUE + timedelta(days=2)) == []


def test_the_sweep_leaves_a_released_quarter_alone(counted, oversight):
    release_at(FROM_THEN_ON, actor=oversight)

    assert releases.find_late_releases(DUE + timedelta(days=1)) == []


def test_a_request_found_after_the_due_day_makes_no_quarter_late(demonstration, dispatcher):
    with clock(DUE + timedelta(days=1)):
        case = make_request(dispatcher, received_at=IN_QUARTER)
        workflow.log(case.pk, actor=dispatcher)

    assert releases.find_late_releases(DUE + timedelta(days=2)) == []


def test_the_list_has_every_quarter_from_the_first_request_on(counted, oversight):
    release_at(FROM_THEN_ON, actor=oversight)

    listed = {str(period.quarter): period for period in releases.periods(DUE)}

    assert list(listed) == ["2026-Q2", "2026-Q1"]
    assert listed["2026-Q1"].requests == 1
    assert listed["2026-Q1"].release.released_by == oversight
    assert listed["2026-Q2"].release is None


def test_a_request_found_years_later_adds_its_quarter_and_none_between(demonstration, dispatcher):
    with clock(IN_QUARTER):
        case = make_request(dispatcher, received_at=datetime(2017, 8, 1, 12, tzinfo=UTC))
        workflow.log(case.pk, actor=dispatcher)

    assert [str(period.quarter) for period in releases.periods(DUE)] == ["2026-Q2", "2026-Q1", "2017-Q3"]
