"""The tags of the pages: times in words, waiting clocks, titles."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string

from requests_app.templatetags import register
from requests_app.vocabulary import Outcome, Status

NOW = datetime(2026, 11, 22, 22, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under a minute"),
        (59, "under a minute"),
        (60, "1 min"),
        (3599, "59 min"),
        (3900, "1 h 05 min"),
        (86_399, "23 h 59 min"),
        (100_000, "1 d 3 h"),
    ],
)
def test_it_says_a_span_of_time_in_words(seconds, words):
    assert register.duration(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("minutes_waited", "band", "remark"),
    [
        (1, "on_time", "4 min left"),
        (3, "soon", "2 min left"),
        (5, "soon", "under a minute left"),
        (7, "late", "late by 2 min"),
    ],
)
def test_a_waiting_clock_says_how_late_it_is(minutes_waited, band, remark):
    since = NOW - timedelta(minutes=minutes_waited)

    clock = register.waiting_clock(since, NOW, since + timedelta(minutes=5))

    assert (clock["band"], clock["remark"]) == (band, remark)


def test_a_waiting_clock_without_a_limit_is_never_late():
    assert register.waiting_clock(NOW - timedelta(days=3), NOW)["band"] == "none"


def test_a_moment_is_shown_in_louisville_time():
    shown = register.moment(NOW)

    assert shown == '<time datetime="2026-11-22T17:45:00-05:00">Nov 22, 2026, 17:45 EST</time>'


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_tag(status):
    page = Template("{% load register %}{% status_tag code %}").render(Context({"code": status.value}))

    assert f"status-tag--{status.value}" in page
    assert status.label in page


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_tag(outcome):
    page = Template("{% load register %}{% outcome_tag code %}").render(Context({"code": outcome.value}))

    assert outcome.label in page


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "404.html", "405.html", "409.html", "500.html", "503.html"]
)
def test_error_pages_need_nothing_but_themselves(name):
    page = render_to_string(name)

    assert page.count("<h1") == 1
    assert "ICE-assistance register" in page
    assert " style=" not in page
