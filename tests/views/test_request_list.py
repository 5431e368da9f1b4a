"""The list of requests: what is in it, for whom, a page at a time; and where each person begins."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from requests_app import workflow
from requests_app.demonstration import clock
from requests_app.views import _case_list
from requests_app.vocabulary import Ground, Status
from tests.factories import (
    DECLINE,
    make_case_in,
    make_decidable,
    make_decided,
    make_intake,
    make_request,
)

pytestmark = pytest.mark.django_db
CANARIES = ("Canary Requester", "502-555-0100", "1 Canary Street")


@pytest.fixture
def ask(signed_in):
    """The list, as this person sees it with these words in the address."""

    def go(user, **words):
        return signed_in(user).get(reverse("requests_app:request_list"), words)

    return go


def numbers(page):
    return re.findall(r'case-table__number"[^>]*>([0-9-]+)<', page.content.decode())


def row_of(page, case):
    rows = page.content.decode().split("<tr>")
    (row,) = [row for row in rows if f">{case.number}<" in row]
    return unescape(re.sub(r"\s+", " ", row))


def test_it_begins_with_the_open_ones(ask, dispatcher, commander):
    cases = {status: make_case_in(status, dispatcher=dispatcher, commander=commander) for status in Status}

    shown = numbers(ask(dispatcher))

    ended = {Status.ABANDONED, Status.CLOSED, Status.WITHDRAWN}
    assert set(shown) == {case.number for status, case in cases.items() if status not in ended}


def test_it_shows_all_the_newest_first(ask, dispatcher):
    now = timezone.now()
    old, new = (make_request(dispatcher, received_at=now - timedelta(hours=hours)) for hours in (5, 2))
    workflow.abandon(old.pk, actor=dispatcher, reason="Wrong number.")

    assert numbers(ask(dispatcher, show="all")) == [new.number, old.number]


def test_it_holds_what_the_person_may_see(
    ask, signed_in, dispatcher, commander, oversight, administrator, outsider
):
    case = make_request(dispatcher)

    assert [numbers(ask(user)) for user in (dispatcher, commander, oversight)] == [[case.number]] * 3
    assert [ask(user).status_code for user in (administrator, outsider)] == [403, 403]


def test_a_dispatcher_finds_no_old_case_of_another(ask, dispatcher, commander, demonstration):
    with clock(timezone.now() - timedelta(days=4)):
        old = make_request(commander, received_at=timezone.now() - timedelta(days=4, minutes=1))
        workflow.abandon(old.pk, actor=commander, reason="Wrong number.")

    for words in ({"show": "all"}, {"q": old.number}, {"show": "all", "after": old.public_id}):
        assert numbers(ask(dispatcher, **words)) == []
        assert words.get("after") or numbers(ask(commander, **words)) == [old.number]


@pytest.mark.parametrize("search", ["2026", "{number}", " {number} ", "cad-88", "CAD-88"])
def test_it_finds_by_number_and_cad_number(ask, dispatcher, search):
    case = make_request(dispatcher, cad_event_number="CAD-88")
    workflow.abandon(case.pk, actor=dispatcher, reason="Wrong number.")
    search = search.format(number=case.number).replace("2026", case.number[:4])

    assert numbers(ask(dispatcher, q=search)) == [case.number]


@pytest.mark.parametrize("search", ["Canary", "502-555-0100", "9999-0001", "%"])
def test_it_finds_nothing_by_anything_else(ask, dispatcher, search):
    make_request(dispatcher)

    page = ask(dispatcher, q=search)

    assert numbers(page) == []
    assert "No such request" in page.content.decode()


@pytest.mark.parametrize("search", ["a\x00b", "\ufffd", "x" * 33])
def test_it_says_what_is_wrong_with_a_search(ask, dispatcher, search):
    make_request(dispatcher)

    page = ask(dispatcher, q=search)

    assert page.status_code == 422
    assert 'id="id_q_error"' in page.content.decode()
    assert numbers(page) == []


def test_its_pages_lead_forth_and_back(ask, signed_in, dispatcher, monkeypatch):
    monkeypatch.setattr(_case_list, "ROWS_A_PAGE", 2)
    now = timezone.now()
    made = [make_request(dispatcher, received_at=now - timedelta(minutes=m)).number for m in (5, 4, 4, 3, 2)]
    newest_first = [made[4], made[3], made[2], made[1], made[0]]
    client = signed_in(dispatcher)

    first = ask(dispatcher)
    second = client.get(_link(first, "next"))
    third = client.get(_link(second, "next"))

    assert numbers(first) + numbers(second) + numbers(third) == newest_first
    assert _link(first, "prev") is None
    assert _link(third, "next") is None
    assert numbers(client.get(_link(third, "prev"))) == newest_first[2:4]
    assert numbers(client.get(_link(second, "prev"))) == newest_first[:2]


def _link(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page.content.decode())
    return unescape(found[1]) if found else None


@pytest.mark.parametrize("place", ["nothing", "\x00", "0" * 16, "1", "a" * 400])
def test_an_unknown_place_begins_at_the_newest(ask, dispatcher, place):
    case = make_request(dispatcher)

    assert numbers(ask(dispatcher, after=place)) == [case.number]
    assert numbers(ask(dispatcher, before=place)) == [case.number]


def test_a_page_names_no_primary_key(ask, dispatcher):
    case = make_request(dispatcher)

    page = ask(dispatcher).content.decode()

    assert reverse("requests_app:request_detail", args=[case.public_id]) in page
    assert f"/{case.pk}/" not in page


def test_a_row_says_what_the_policy_says_until_a_decision_stands(ask, dispatcher, commander):
    open_case = make_decidable(dispatcher, commander)
    declined = make_decided(dispatcher, commander, DECLINE)

    page = ask(commander)

    assert "Assist, within limits" in row_of(page, open_case)
    assert "policy so far" in row_of(page, open_case)
    assert "Decline" in row_of(page, declined)
    assert "policy so far" not in row_of(page, declined)


def test_a_row_says_how_long_it_has_waited(ask, dispatcher, commander, demonstration):
    with clock(timezone.now() - timedelta(minutes=20)):
        case = make_request(dispatcher, received_at=timezone.now() - timedelta(minutes=21))
        workflow.log(case.pk, actor=dispatcher)

    row = row_of(ask(commander), case)

    assert "20 min" in row
    assert "late by 15 min" in row
    assert "to acknowledge" in row


def test_a_row_marks_danger_deviations_and_exercises(ask, dispatcher, commander):
    plain = make_request(dispatcher)
    marked = workflow.save_intake(
        None,
        actor=dispatcher,
        intake=make_intake(cad_event_number="", grounds_claimed=[Ground.PUBLIC_DANGER]),
        is_exercise=True,
        exercise_source="A report of 2017",
    )
    workflow.log(marked.pk, actor=dispatcher)

    page = ask(dispatcher)

    assert all(word in row_of(page, marked) for word in (">Danger<", ">Deviation<", ">Exercise<"))
    assert not any(word in row_of(page, plain) for word in (">Danger<", ">Deviation<", ">Exercise<"))


def test_it_holds_no_restricted_field(ask, dispatcher, commander):
    make_case_in(Status.WAITING, dispatcher=dispatcher, commander=commander)

    page = ask(dispatcher).content.decode()

    assert not any(canary in page for canary in CANARIES)


def test_its_queries_do_not_grow_with_its_rows(signed_in, dispatcher, commander):
    client, address = signed_in(commander), f"{reverse('requests_app:request_list')}?show=all"
    client.get(address)
    for status in Status:
        make_case_in(status, dispatcher=dispatcher, commander=commander)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for status in Status:
        make_case_in(status, dispatcher=dispatcher, commander=commander)
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)
    assert len(many) <= 11


def test_it_counts_nothing(signed_in, dispatcher):
    make_request(dispatcher)
    client = signed_in(dispatcher)

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("requests_app:request_list"))

    assert not any("COUNT(" in query["sql"] or "OFFSET" in query["sql"] for query in queries)


def test_a_new_request_is_one_press_away(ask, dispatcher):
    page = re.sub(r"\s+", " ", ask(dispatcher).content.decode())

    assert '<a class="usa-button usa-button--big" href="/requests/new/">New request</a>' in page


def test_it_only_reads(signed_in, dispatcher):
    assert signed_in(dispatcher).post(reverse("requests_app:request_list")).status_code == 405


def test_it_asks_a_visitor_to_sign_in(client):
    answer = client.get(reverse("requests_app:request_list"))

    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")


# --- where each person begins -----------------------------------------------------------------


def test_a_visitor_begins_at_the_statistics(client):
    assert client.get("/").url == reverse("requests_app:statistics")


@pytest.mark.parametrize(
    ("person", "page"),
    [
        ("dispatcher", "requests_app:request_list"),
        ("commander", "requests_app:queue"),
        ("oversight", "requests_app:oversight"),
        ("administrator", "requests_app:people"),
    ],
)
def test_everybody_begins_at_their_work(request, signed_in, person, page):
    user = request.getfixturevalue(person)

    assert signed_in(user).get("/").url == reverse(page)


def test_without_a_role_a_page_says_who_can_give_one(signed_in, outsider):
    page = signed_in(outsider).get("/")

    assert page.status_code == 200
    assert "An administrator must give you a role" in page.content.decode()
