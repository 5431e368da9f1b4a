"""What is written down, how, and what never is: the ledger, and the log of the processes."""

import io
import logging
import os
import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.urls import path

from louisville_ice import urls
from louisville_ice.logs import LineFormatter
from requests_app import accounts, workflow
from requests_app.models import AssistanceRequest, LedgerEntry
from requests_app.signin import totp
from requests_app.vocabulary import Action, RefusalKind
from tests import factories
from tests.security.surface import ACTS, act_url, answers_for, fresh

pytestmark = pytest.mark.django_db

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ [\w.]+: [^\x00-\x1f\x7f-\x9f\u2028\u2029]*")
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CANARY = "Zanzibarcanary"


@pytest.fixture
def log():
    """What our own formatter writes of everything, from debugging words on."""
    (own,) = [
        one.formatter for one in logging.getLogger().handlers if isinstance(one.formatter, LineFormatter)
    ]
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(own)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


def explode(request):
    raise RuntimeError(f"{CANARY}\r\n2026-01-01T00:00:00.000Z ERROR forged: line")


urlpatterns = [path("explode/", explode), *urls.urlpatterns]
handler400, handler500 = urls.handler400, urls.handler500


# --- the ledger --------------------------------------------------------------------------------


def test_every_entry_says_when_who_what_and_on_which_case(cast, client_of):
    """Every act through its page: who it was, what, on which case, when it happened and was entered."""
    for verb, act in ACTS.items():
        case, client = act.case(cast), client_of(act.who)
        _, answers = answers_for(client, case, verb)
        assert client.post(act_url(case, verb), fresh(answers)).status_code == 302

        entry = LedgerEntry.objects.filter(action=f"request:{verb}", case=case).latest("id")
        said = entry.details
        assert entry.actor == cast[act.who]
        assert (said["actor"], said["case"]) == (cast[act.who].badge_number, case.number)
        assert UTC_TIME.fullmatch(said["occurred_at"])
        assert UTC_TIME.fullmatch(said["entered_at"])
        assert entry.public["refusal"] == ""
        assert entry.public["action"] == f"request:{verb}"

    for entry in LedgerEntry.objects.filter(private__isnull=False):  # erasing was one of the acts
        words = entry.details
        assert {"actor", "occurred_at", "entered_at", "reason"} <= words.keys()
        assert words["actor"]


@pytest.mark.parametrize(
    ("who", "verb"), [("dispatcher", "decide"), ("oversight", "dispatch"), ("dispatcher", "release")]
)
def test_a_refused_act_is_an_entry(cast, who, verb):
    """At the act itself, whatever a page has let through."""
    case = ACTS["decide"].case(cast)
    given = {
        "decide": {"choice": factories.DECLINE},
        "dispatch": {"units": ["1"], "officers": 1},
        "release": {"reason": ""},
    }

    transition = workflow.TRANSITIONS[Action(f"request:{verb}")]

    with pytest.raises(workflow.Refused):
        workflow.attempt(transition, case.pk, actor=cast[who], **given[verb])

    entry = LedgerEntry.objects.latest("id")
    assert (entry.actor, entry.refusal) == (cast[who], RefusalKind.FORBIDDEN)


def test_every_way_of_signing_in_and_failing_is_an_entry(dispatcher):
    """A wrong password, a wrong code, the right ones, and the way out."""
    totp.add_factor(dispatcher.pk, SECRET)
    client = Client()
    client.post("/account/notice/")
    client.post("/account/login/", {"login": "D-101", "password": "no"})
    client.post("/account/login/", {"login": "D-101", "password": factories.PASSWORD})
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    client.post("/account/2fa/authenticate/", {"code": totp.code_at(SECRET, totp.current_counter())})
    client.post("/account/logout/")

    failed = [one.details for one in LedgerEntry.objects.filter(action=Action.FAIL_SIGN_IN).order_by("id")]
    entered = LedgerEntry.objects.get(action=Action.SIGN_IN)
    assert [one["account"] for one in failed] == ["D-101", "D-101"]
    assert [one["what"] for one in failed] == ["password", "code"]
    assert (entered.actor, entered.details["network"]) == (dispatcher, "127.0.0.0/24")
    assert "mfa" in entered.details["methods"]
    assert LedgerEntry.objects.filter(action=Action.SIGN_OUT, actor=dispatcher).count() == 1


def test_changes_of_passwords_and_factors_are_entries(dispatcher):
    accounts.password_set(dispatcher, "eight white herons on a weir")
    accounts.factor_added(dispatcher, kind="totp")
    accounts.factor_removed(dispatcher, kind="totp")

    acts = [Action.SET_PASSWORD, Action.ADD_FACTOR, Action.REMOVE_FACTOR]
    entries = LedgerEntry.objects.filter(action__in=acts).order_by("id")
    assert [one.action for one in entries] == acts
    assert {one.actor for one in entries} == {dispatcher}
    assert "herons" not in str([one.details for one in entries])


# --- the log -----------------------------------------------------------------------------------

FORGED = "a\r\n2026-01-01T00:00:00.000Z ERROR forged: line\x1b[2J\x00\x85\u2028b"


def test_a_line_is_one_line_of_one_form(log, settings):
    """Addresses, hosts and messages with line ends in them."""
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.get("/requests/%0d%0a2026-01-01T00:00:00.000Z%20ERROR%20forged:%20line/")
    client.get("/%E2%80%A8forged/%0A/", headers={"host": "evil\r\nforged"})
    logging.getLogger("requests_app").warning("Name %s", FORGED)
    logging.getLogger("requests_app").warning(FORGED)

    lines = log.getvalue().rstrip("\n").split("\n")

    assert len(lines) >= 3
    for line in lines:
        # A traceback stands below its line, indented.
        assert line.startswith("    ") or LINE.fullmatch(line), line


def test_a_traceback_forges_no_line(log, settings):
    settings.ROOT_URLCONF = __name__
    Client(raise_request_exception=False).get("/explode/")

    for line in log.getvalue().rstrip("\n").split("\n"):
        assert line.startswith("    ") or (LINE.fullmatch(line) and " forged:" not in line[:60]), line


def test_times_are_utc_and_say_so(log, dispatcher):
    """Under a process whose own zone is Louisville's."""
    assert os.environ["TZ"] == "America/Kentucky/Louisville"
    factories.make_request(dispatcher)
    logging.getLogger("requests_app").warning("A line.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() AT TIME ZONE 'UTC'")
        (now,) = cursor.fetchone()

    entry = LedgerEntry.objects.latest("id").details["entered_at"]
    line = log.getvalue().split(" ")[0]
    for said in (entry, line):
        assert abs((datetime.fromisoformat(said.rstrip("Z")) - now).total_seconds()) < 60
        assert said.endswith("Z")


def test_lines_go_to_standard_error_alone(settings):
    (handler,) = settings.LOGGING["handlers"].values()

    assert handler["class"] == "logging.StreamHandler"
    assert "stream" not in handler  # standard error, where the service manager reads
    assert settings.LOGGING["root"]["handlers"] == ["console"]


def test_an_unexpected_error_is_logged(log, settings):
    settings.ROOT_URLCONF = __name__

    answer = Client(raise_request_exception=False).get("/explode/")

    assert answer.status_code == 500
    assert "ERROR django.request: Internal Server Error: /explode/" in log.getvalue()
    assert "RuntimeError" in log.getvalue()
    assert CANARY not in answer.content.decode()


def test_attempts_to_get_past_are_logged(log, cast, client_of):
    """A missing token, a power that is not theirs, another method, another host; and what policy blocks."""
    case = ACTS["decide"].case(cast)
    strict = client_of("dispatcher")
    strict.handler.enforce_csrf_checks = True
    strict.post(act_url(case, "withdraw"), {})
    client_of("dispatcher").get(act_url(case, "decide"))
    client_of("dispatcher").put(act_url(case, "withdraw"))
    client_of("dispatcher").get("/", headers={"host": "evil.example"})

    text = log.getvalue()
    for said in ("django.security.csrf: Forbidden", "django.request: Forbidden", "Method Not Allowed"):
        assert said in text, said
    assert "django.security.DisallowedHost" in text

    unconfirmed = factories.make_decidable(cast.dispatcher, cast.commander, confirmed=False)
    with pytest.raises(workflow.Refused):
        workflow.attempt(workflow.decide, unconfirmed.pk, actor=cast.commander, choice=factories.ASSIST)
    assert LedgerEntry.objects.latest("id").refusal == RefusalKind.POLICY


def test_no_word_of_a_case_is_in_the_log(log, cast, client_of):
    """Every act with a canary in every text field, done twice, wrong and right; and a wrong password."""
    for verb, act in ACTS.items():
        case, client = act.case(cast), client_of(act.who)
        form, answers = answers_for(client, case, verb)
        typed = {name: CANARY for name in form.texts if name not in {"as_shown"}}
        for sent in ({**answers, **typed}, {**fresh(answers), **typed, "revision": "1"}, typed):
            client.post(act_url(case, verb), sent)
    client = Client()
    client.post("/account/notice/")
    client.post("/account/login/", {"login": "D-101", "password": CANARY})
    client.post("/account/login/", {"login": CANARY, "password": CANARY})

    assert AssistanceRequest.objects.filter(status_reason=CANARY).exists()
    text = log.getvalue()
    assert text
    for word in (CANARY, "Canary Requester", "1 Canary Street", "502-555-0100", factories.PASSWORD):
        assert word not in text, word
