"""Oversight's list of quarters, the forms on it, and the page from which a second person publishes."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app import releases, workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest, CallsForService, FrozenQuarter, LedgerEntry, Release
from requests_app.vocabulary import Component, CorrectionReason, RefusalKind
from tests.factories import make_release, make_request, second_oversight

pytestmark = pytest.mark.django_db

QUARTER = "2026-Q1"
IN_QUARTER = datetime(2026, 2, 10, 15, tzinfo=UTC)
CALLS = {"quarter": QUARTER, "calls": "68000", "source": "Annual report", "url": "https://example.org/r"}


@pytest.fixture
def case(demonstration, dispatcher):
    """A counted request of the first quarter of 2026, whose release is long overdue."""
    with clock(IN_QUARTER):
        made = make_request(dispatcher, received_at=IN_QUARTER - timedelta(minutes=1))
        workflow.log(made.pk, actor=dispatcher)
    return AssistanceRequest.objects.get(pk=made.pk)


@pytest.fixture
def second(database):
    return second_oversight()


@pytest.fixture
def client(signed_in, oversight):
    return signed_in(oversight)


def address(name="oversight_periods", *words):
    return reverse(f"requests_app:{name}", args=words)


def posted(**given):
    return {"idempotency_key": str(uuid4()), "note": "", **given}


def state_of(client, quarter=QUARTER):
    rows = client.get(address()).context["periods"]
    return next(row["state"] for row in rows if str(row["period"].quarter) == quarter)


def this_quarter():
    today = timezone.localdate()
    return f"{today.year}-Q{(today.month + 2) // 3}"


# --- the list ---------------------------------------------------------------------------------


def test_it_says_where_each_quarter_stands(case, client, oversight, second):
    assert (state_of(client), state_of(client, this_quarter())) == ("Overdue", "Not over")

    frozen = releases.freeze_period(QUARTER, actor=oversight)
    assert state_of(client) == "Frozen: waits for a second person"

    releases.release_period(QUARTER, frozen.sha256, actor=second)
    assert state_of(client) == "Released late"


def test_a_quarter_without_requests_may_be_frozen(case, client):
    assert state_of(client, "2026-Q2") == "May be frozen"


def test_it_freezes_a_quarter_and_leads_to_what_was_frozen(case, client, oversight):
    answer = client.post(address(), posted(quarter=QUARTER, note="As counted."))

    assert answer["Location"] == address("oversight_release", QUARTER)
    frozen = FrozenQuarter.objects.get()
    assert (frozen.frozen_by, frozen.note) == (oversight, "As counted.")


def test_the_same_form_twice_freezes_once(case, client):
    form = posted(quarter=QUARTER)

    assert [client.post(address(), form).status_code for _ in range(2)] == [302, 302]
    assert FrozenQuarter.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"quarter": "2026-Q9"}, 422),
        ({"quarter": ""}, 422),
        ({"quarter": "now"}, 409),
        ({"quarter": QUARTER, "reason": "mistake"}, 422),
        ({"quarter": QUARTER, "reason": "because"}, 422),
        ({"quarter": QUARTER, "note": "x" * 1001}, 422),
        ({"quarter": QUARTER, "note": "a\x00b"}, 422),
        ({"quarter": QUARTER, "idempotency_key": "none"}, 422),
    ],
)
def test_it_says_why_a_quarter_is_not_frozen(case, client, given, code):
    form = posted(**given)
    form["quarter"] = form["quarter"].replace("now", this_quarter())

    answer = client.post(address(), form)

    assert answer.status_code == code
    assert answer.context["freeze_form"].errors
    assert not FrozenQuarter.objects.exists()


def test_a_released_quarter_asks_why_it_is_published_again(case, client, oversight, second, dispatcher):
    make_release(QUARTER, oversight, second)
    workflow.correct(case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard.")

    without = client.post(address(), posted(quarter=QUARTER))
    with_reason = client.post(address(), posted(quarter=QUARTER, reason="facts_corrected"))

    assert (without.status_code, with_reason.status_code) == (422, 302)
    assert "Choose why it is published again." in without.content.decode()
    assert FrozenQuarter.objects.filter(number=2).count() == 1


def test_it_lists_every_release_with_its_reason(case, client, oversight, second, dispatcher):
    make_release(QUARTER, oversight, second)
    workflow.correct(case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard.")
    make_release(QUARTER, oversight, second, reason=CorrectionReason.FACTS_CORRECTED)

    page = client.get(address()).content.decode()

    assert re.search(r"1: <time.*2: <time.*Recorded facts were corrected", page, re.DOTALL)


# --- calls for service ------------------------------------------------------------------------


def test_calls_for_service_are_written_down(case, client, oversight):
    answer = client.post(address("oversight_calls"), posted(**CALLS))

    assert answer["Location"] == address()
    row = CallsForService.objects.get()
    assert (row.quarter, row.calls, row.source, row.entered_by) == (
        QUARTER,
        68_000,
        "Annual report",
        oversight,
    )
    assert "68,000" in client.get(address()).content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"calls": "0"}, "calls"),
        ({"calls": "9" * 12}, "calls"),
        ({"source": ""}, "source"),
        ({"url": "http://example.org/r"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "somewhere"}, "url"),
        ({"quarter": "1999-Q1"}, "quarter"),
    ],
)
def test_it_says_why_calls_are_not_written_down(case, client, given, field):
    answer = client.post(address("oversight_calls"), posted(**{**CALLS, **given}))

    assert answer.status_code == 422
    assert field in answer.context["calls_form"].errors
    assert not CallsForService.objects.exists()


# --- the page of a second person --------------------------------------------------------------


@pytest.fixture
def frozen(case, second):
    """Frozen by the other person of oversight."""
    return releases.freeze_period(QUARTER, actor=second)


def test_it_shows_what_will_be_published(case, frozen, client):
    answer = client.get(address("oversight_release", QUARTER))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert frozen.sha256 in page
    assert "Publish this release" in page
    tables = dict(answer.context["shown"]["tables"])
    assert ("total", 1) in tables["requests"]
    assert ("directions.inbound", 1) in tables["requests"]


def test_each_row_leads_to_the_request_that_it_is(case, frozen, client):
    page = client.get(address("oversight_release", QUARTER)).content.decode()

    assert reverse("requests_app:request_detail", args=[case.public_id]) in page
    assert case.number in page


def test_a_second_person_publishes_from_the_page(frozen, client, oversight):
    page = client.get(address("oversight_release", QUARTER))
    form = posted(sha256=page.context["form"]["sha256"].value(), note="Looked at.")

    answer = client.post(address("oversight_release", QUARTER), form)

    assert answer["Location"] == address()
    release = Release.objects.get()
    assert (release.released_by, release.note) == (oversight, "Looked at.")
    assert bytes(release.published.document) == bytes(frozen.document)


def test_who_froze_sees_that_another_publishes(case, client, oversight):
    frozen = releases.freeze_period(QUARTER, actor=oversight)

    page = client.get(address("oversight_release", QUARTER)).content.decode()
    answer = client.post(address("oversight_release", QUARTER), posted(sha256=frozen.sha256))

    assert "You froze this quarter." in page
    assert "Publish this release" not in page
    assert answer.status_code == 403
    assert "Another person of oversight publishes it." in answer.content.decode()
    assert not Release.objects.exists()


def test_what_was_frozen_again_meanwhile_is_not_published(frozen, client, second):
    with clock(timezone.now() + timedelta(minutes=1)):
        again = releases.freeze_period(QUARTER, actor=second)

    answer = client.post(address("oversight_release", QUARTER), posted(sha256=frozen.sha256))

    assert answer.status_code == 409
    assert "was frozen again since you looked" in answer.content.decode()
    assert LedgerEntry.objects.latest("id").refusal == RefusalKind.STALE
    assert again.sha256 != frozen.sha256


def test_after_a_refusal_the_page_publishes_what_it_shows_now(frozen, client, second):
    with clock(timezone.now() + timedelta(minutes=1)):
        again = releases.freeze_period(QUARTER, actor=second)

    answer = client.post(address("oversight_release", QUARTER), posted(sha256=frozen.sha256))

    assert answer.context["form"]["sha256"].value() == again.sha256


@pytest.mark.parametrize("given", [{}, {"sha256": ""}, {"sha256": "x" * 65}])
def test_a_form_without_what_was_looked_at_publishes_nothing(frozen, client, given):
    answer = client.post(address("oversight_release", QUARTER), posted(**given))

    assert answer.status_code == 422
    assert not Release.objects.exists()


def test_what_was_published_stays_to_be_looked_at(case, client, oversight, second, dispatcher):
    make_release(QUARTER, oversight, second)
    workflow.correct(case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard.")
    make_release(QUARTER, oversight, second, reason=CorrectionReason.FACTS_CORRECTED)

    last, first = (
        client.get(address("oversight_release", QUARTER), words) for words in ({}, {"number": "1"})
    )

    assert (last.context["frozen"].number, first.context["frozen"].number) == (2, 1)
    assert "requests.components.cbp" in last.content.decode()
    assert "Publish this release" not in last.content.decode()


def test_a_release_that_is_not_there_is_not_found(frozen, client):
    assert client.get(address("oversight_release", QUARTER), {"number": "2"}).status_code == 404
    assert client.get(address("oversight_release", "2026-Q9")).status_code == 404
    assert client.get(address("oversight_release", "1999-Q1")).status_code == 404


def test_a_quarter_that_nobody_froze_has_nothing_to_look_at(case, client):
    answer = client.get(address("oversight_release", QUARTER))

    assert answer.status_code == 200
    assert "is not frozen yet" in answer.content.decode()


@pytest.mark.parametrize("page", ["nonsense", "0", "-1", "9" * 30])
def test_any_page_of_rows_is_one_that_is_there(frozen, client, page):
    answer = client.get(address("oversight_release", QUARTER), {"page": page})

    assert answer.status_code == 200
    assert len(answer.context["shown"]["rows"]) == 1
