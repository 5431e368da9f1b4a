"""Revisions field by field: in words, by whom and why, restricted values masked, at a constant cost."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app import timeline, workflow
from requests_app.models import AssistanceRequest
from requests_app.timeline.revisions import TABLES
from tests.factories import make_closed, make_decidable, make_duty, make_intake, make_request

pytestmark = pytest.mark.django_db
CANARIES = ("Canary Requester", "502-555-0100", "1 Canary Street")


def page_of(client, case):
    return client.get(reverse("requests_app:request_revisions", args=[case.public_id]))


def text_of(page):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def changes_of(case, act, *, show_restricted=False):
    found = [one for one in timeline.revisions_of(case, show_restricted=show_restricted) if one.act == act]
    return {change.label: (change.old, change.new) for change in found[0].changes}


def corrected(dispatcher, commander):
    case = make_closed(dispatcher, commander)
    return workflow.correct(
        case.pk,
        actor=dispatcher,
        changes={"channel": "fax", "callback_number": "502-555-0111", "officers": 3},
        reason="Heard wrongly.",
    )


def test_each_act_is_a_revision_with_its_person_and_reason(dispatcher, commander):
    case = corrected(dispatcher, commander)

    newest = timeline.revisions_of(case, show_restricted=False)[0]

    assert (newest.act, newest.who, newest.why) == ("Correct", str(dispatcher), "Heard wrongly.")
    assert newest.number == case.revision


def test_what_each_act_wrote_stands_with_that_act(dispatcher, commander):
    make_duty(commander)
    case = make_closed(dispatcher, commander)

    acts = [one.act for one in reversed(timeline.revisions_of(case, show_restricted=False))]

    assert acts == [
        "Save intake",
        "Save and page",
        "Take this request",
        "Verify caller",
        "Record the call",
        "Set evidence",
        "Decide",
        "Record officers sent",
        "Record first arrival",
        "Record commander's arrival",
        "Record stand-down",
        "Report outcome",
    ]
    assert set(changes_of(case, "Verify caller")) == {
        "Caller",
        "How the caller was verified",
        "Caller verified by",
        "Caller verified at",
    }


def test_values_are_in_words_not_codes(dispatcher, commander):
    case = corrected(dispatcher, commander)

    correction = changes_of(case, "Correct")

    assert correction["Channel"] == ("Non-emergency line", "Fax")
    assert correction["Officers"] == ("2", "3")
    assert changes_of(case, "Take this request")["Handled by"] == ("", str(commander))
    assert changes_of(case, "Save intake")["Asked for, at intake"] == ("", "Serve a warrant")


def test_times_say_their_zone(dispatcher, commander):
    case = make_closed(dispatcher, commander)

    assert re.fullmatch(
        r"[A-Z][a-z]{2} \d+, \d{4}, \d\d:\d\d E[SD]T", changes_of(case, "Decide")["Decided at"][1]
    )


def test_restricted_values_are_hidden(signed_in, dispatcher, commander, second_commander):
    case = corrected(dispatcher, commander)

    page = page_of(signed_in(second_commander), case)

    assert page.status_code == 200
    assert not any(canary in page.content.decode() for canary in (*CANARIES, "502-555-0111"))
    assert "Call-back number" in text_of(page)
    assert "Restricted fields are hidden." in text_of(page)


def test_a_reveal_shows_restricted_values_too(signed_in, dispatcher, commander, second_commander):
    case = corrected(dispatcher, commander)
    workflow.reveal(case.pk, actor=second_commander, reason="Must call them back.")

    text = text_of(page_of(signed_in(second_commander), case))

    assert "502-555-0100 502-555-0111" in text
    assert "Restricted fields are hidden." not in text


def test_digits_of_a_number_are_never_shown(dispatcher, commander):
    case = corrected(dispatcher, commander)

    values = [
        value
        for revision in timeline.revisions_of(case, show_restricted=True)
        for change in revision.changes
        for value in (change.old, change.new)
    ]

    assert "5025550100" not in values


def test_it_covers_every_table_that_keeps_revisions_of_a_case():
    parts = {
        relation.related_model
        for relation in AssistanceRequest._meta.related_objects
        if hasattr(relation.related_model, "history")
    }

    assert set(TABLES) == {AssistanceRequest, *parts}


def test_its_queries_do_not_grow_with_the_revisions(signed_in, dispatcher):
    case, client = make_request(dispatcher), signed_in(dispatcher)
    page_of(client, case)
    with CaptureQueriesContext(connection) as few:
        page_of(client, case)
    for what in ("One", "Two", "Three", "Four"):
        workflow.save_intake(case.pk, actor=dispatcher, intake=make_intake(what_was_said=what))
    with CaptureQueriesContext(connection) as many:
        page = page_of(client, case)

    assert len(many) == len(few)
    assert len(many) <= 21
    assert "Two" in text_of(page)
    assert "Three" in text_of(page)


def test_both_times_are_shown_where_they_differ(signed_in, dispatcher, commander):
    case = make_decidable(dispatcher, commander)

    assert "it happened" in text_of(page_of(signed_in(commander), case))


def test_it_tells_nobody_more_than_the_request_does(signed_in, dispatcher, administrator, outsider):
    case = make_request(dispatcher)

    assert [page_of(signed_in(user), case).status_code for user in (administrator, outsider)] == [404, 404]
    assert signed_in(dispatcher).post(f"/requests/{case.public_id}/revisions/").status_code == 405
