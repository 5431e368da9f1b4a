"""The list of quarters and the page of a second person in a real browser: wide and narrow, light and dark."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from requests_app import releases, workflow
from requests_app.demonstration import clock
from requests_app.models import Release
from requests_app.vocabulary import Component, CorrectionReason
from tests.factories import make_release, make_request, second_oversight

NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
IN_QUARTER = datetime(2025, 11, 10, 15, tzinfo=UTC)
RIPE = datetime(2026, 2, 2, 15, tzinfo=UTC)
PERIODS = reverse("requests_app:oversight_periods")
RELEASE = reverse("requests_app:oversight_release", args=["2025-Q4"])


@pytest.fixture
def frozen(committed_db, demonstration, dispatcher, oversight):
    """The last quarter of 2025: published once, corrected, frozen again, and waiting."""
    second = second_oversight()
    for day in range(3):
        # Each act at a moment of its own: here commits are real, and a clock that stands would begin again.
        with clock(IN_QUARTER + timedelta(days=day)):
            waiting = make_request(dispatcher, received_at=IN_QUARTER + timedelta(days=day, minutes=-1))
        with clock(IN_QUARTER + timedelta(days=day, minutes=1)):
            workflow.log(waiting.pk, actor=dispatcher)
    with clock(RIPE):
        releases.enter_calls(
            "2025-Q4", calls=68_400, source="Annual report", url="https://example.org/r", actor=oversight
        )
        make_release("2025-Q4", oversight, second)
    with clock(RIPE + timedelta(days=1)):
        workflow.correct(
            waiting.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard."
        )
        return releases.freeze_period(
            "2025-Q4", actor=second, reason=CorrectionReason.FACTS_CORRECTED, note="Read again."
        )


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_it_is_accessible_and_does_not_scroll_sideways(
    page, sign_in, oversight, frozen, assert_accessible, colours, size
):
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)
    sign_in(page, oversight)

    for address in (PERIODS, RELEASE, f"{RELEASE}?number=1"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def test_a_second_person_reads_and_publishes(page, sign_in, oversight, frozen):
    sign_in(page, oversight)
    page.goto(PERIODS)

    page.get_by_role("link", name="2025-Q4", exact=True).click()
    assert frozen.sha256 in page.content()
    page.get_by_role("button", name="Publish this release").click()

    assert "2025-Q4 is published." in page.content()
    assert Release.objects.filter(quarter="2025-Q4").count() == 2


def test_calls_for_service_are_written_down(page, sign_in, oversight, frozen):
    sign_in(page, oversight)
    page.goto(PERIODS)
    form = page.locator("section", has=page.get_by_role("heading", name="Calls for service"))

    form.get_by_label("Quarter").select_option("2026-Q1")
    form.get_by_label("Calls for service", exact=False).first.fill("69710")
    form.get_by_label("Source").first.fill("Annual report")
    form.get_by_label("Link to the source").fill("https://example.org/r")
    form.get_by_role("button", name="Save the number").click()

    assert "2026-Q1: calls for service are written down." in page.content()
    assert "69,710" in page.content()
