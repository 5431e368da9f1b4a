"""When something fails: one page for everybody, nothing half done, and nothing of the inside shown."""

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.urls import path

from louisville_ice import urls
from requests_app import ledger
from requests_app.models import LedgerEntry
from tests.security.surface import ACTS, act_url, answers_for, fresh, picture

pytestmark = pytest.mark.django_db

INSIDE = "Xylophone-inside"


def explode(request):
    raise RuntimeError(" ".join([INSIDE, "SELECT password", "/srv/register/settings.py"]))


urlpatterns = [path("explode/", explode), *urls.urlpatterns]
handler400, handler500 = urls.handler400, urls.handler500


def quiet(client: Client) -> Client:
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("who", ["visitor", "dispatcher", "oversight", "administrator"])
def test_an_error_tells_nothing_of_the_inside(who, client_of, settings):
    settings.ROOT_URLCONF = __name__
    client = quiet(client_of(who))

    unforeseen = client.get("/explode/")
    answers = [unforeseen, client.get("/nowhere/"), client.get("/", headers={"host": "evil.example"})]

    assert [one.status_code for one in answers] == [500, 404, 400]
    for answer in answers:
        page = answer.content.decode()
        assert "<h1" in page
        for word in (
            INSIDE,
            "RuntimeError",
            "Traceback",
            "SELECT",
            "settings.py",
            "Django",
            "Python",
            "/srv",
        ):
            assert word not in page, word


def failing_at(number):
    """Every statement that writes is let through until the one with this number."""
    seen = iter(range(1000))

    def run(execute, statement, params, many, context):
        words = str(statement).lstrip().upper()
        writes = words.startswith(("INSERT", "UPDATE", "WITH ENTRY")) and "REQUESTS_APP_SESSION" not in words
        if writes and next(seen) == number:
            raise DatabaseError(INSIDE)
        return execute(statement, params, many, context)

    return run


@pytest.mark.parametrize("verb", ["decide", "save_intake", "report_outcome"])
def test_an_error_in_the_middle_of_an_act_leaves_nothing(verb, cast, client_of):
    """The database fails at each of the act's writing statements in turn, until none is left to fail at."""
    case = ACTS[verb].case(cast)
    client = quiet(client_of(ACTS[verb].who))
    _, answers = answers_for(client, case, verb)

    failed = 0
    for number in range(60):
        before = picture()
        point = connection.savepoint()
        with connection.execute_wrapper(failing_at(number)):
            answer = client.post(act_url(case, verb), fresh(answers))
        if answer.status_code == 302:
            break
        connection.needs_rollback = False
        connection.savepoint_rollback(point)
        assert answer.status_code in {409, 500, 503}
        assert picture() == before
        failed += 1

    assert answer.status_code == 302
    assert failed >= 4


def test_without_the_database_the_answer_is_503_and_one_page(client_of):
    def away(execute, statement, params, many, context):
        raise OperationalError(INSIDE)

    client = quiet(client_of("dispatcher"))
    with connection.execute_wrapper(away):
        answer = client.get("/requests/")

    assert answer.status_code == 503
    assert INSIDE not in answer.content.decode()


def test_an_act_without_its_entry_is_an_error_in_the_log(cast, client_of, caplog):
    """Audit fails: nothing is done, the person is told so, and the log has an error for the alarm."""
    case = ACTS["withdraw"].case(cast)
    client = quiet(client_of("dispatcher"))
    _, answers = answers_for(client, case, "withdraw")
    entries = LedgerEntry.objects.count()

    def no_entry(execute, statement, params, many, context):
        if statement == ledger.APPEND:
            raise DatabaseError("permission denied for table requests_app_ledgerentry")
        return execute(statement, params, many, context)

    with connection.execute_wrapper(no_entry):
        answer = client.post(act_url(case, "withdraw"), answers)

    assert answer.status_code == 500
    assert [one.levelname for one in caplog.records if "withdraw" in one.getMessage()] == ["ERROR"]
    case.refresh_from_db()
    assert (case.status, LedgerEntry.objects.count()) == ("under_review", entries)
