"""From the link to the first page: a person's own password, their own second factor. Commits are real."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from requests_app import accounts
from requests_app.models import LedgerEntry, User
from requests_app.signin import enrolment, totp
from requests_app.vocabulary import Action, Role
from tests import factories

pytestmark = pytest.mark.usefixtures("committed_db")

NOTICE, LOGIN, CODE, FACTORS, APP = (
    "/account/notice/",
    "/account/login/",
    "/account/2fa/authenticate/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
)
OWN = "seven grey herons on a weir"


@pytest.fixture
def second_administrator():
    return factories.make_user("A-402", Role.ADMINISTRATOR)


@pytest.fixture
def newcomer(administrator, second_administrator) -> User:
    """Made by one administrator, activated by the other; has not set a password."""
    account = accounts.create_account(
        actor=administrator, badge_number="d-777", display_name="Dispatcher Seven", reason="New on the shift."
    )
    step = accounts.confirm_step(account.steps.get(), actor=second_administrator)
    return step.account


@pytest.fixture
def visitor() -> Client:
    client = Client()
    client.post(NOTICE)
    return client


def set_password(client: Client, link: str, password: str = OWN):
    return client.post(link, {"new_password1": password, "new_password2": password})


def enrol_app(client: Client) -> str:
    client.get(APP)
    secret = client.session["mfa.totp.secret"]
    code = totp.code_at(secret, totp.current_counter())
    assert client.post(APP, {"code": code}).url == FACTORS
    return secret


def test_a_newcomer_sets_a_password_then_a_factor_then_is_in(newcomer, visitor):
    answer = set_password(visitor, enrolment.link_for(newcomer))
    before = visitor.get("/").url
    enrol_app(visitor)

    assert (answer.url, before) == (FACTORS, FACTORS)
    assert visitor.get("/account/sessions/").status_code == 200
    told = set(LedgerEntry.objects.filter(actor=newcomer).values_list("action", flat=True))
    assert told == {Action.SET_PASSWORD, Action.SIGN_IN, Action.ADD_FACTOR}


def test_the_link_wants_the_notice_first(newcomer):
    assert Client().get(enrolment.link_for(newcomer)).url.startswith(NOTICE)


def test_the_link_works_once(newcomer, visitor):
    link = enrolment.link_for(newcomer)
    set_password(visitor, link)
    other = Client()
    other.post(NOTICE)

    assert other.get(link).status_code == 410
    assert set_password(other, link, "another password altogether").status_code == 410
    assert User.objects.get(pk=newcomer.pk).check_password(OWN)


def test_the_link_works_for_one_day(newcomer, visitor):
    link = enrolment.link_for(newcomer)

    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        client = Client()
        client.post(NOTICE)
        assert client.get(link).status_code == 410
    assert visitor.get(link).status_code == 200


def test_a_new_link_makes_the_old_one_worthless(newcomer, administrator, visitor):
    old = enrolment.link_for(newcomer)
    account = accounts.new_enrolment_link(newcomer, actor=administrator, reason="The paper was lost.")

    assert visitor.get(old).status_code == 410
    assert visitor.get(enrolment.link_for(account)).status_code == 200


@pytest.mark.parametrize(
    "password", ["short", "dispatcher seven", "louisville2026", "passwordpassword", "123456789012345"]
)
def test_a_weak_password_is_refused_with_the_reason(newcomer, visitor, password):
    answer = set_password(visitor, enrolment.link_for(newcomer), password)

    assert answer.status_code == 422
    assert b"usa-error-message" in answer.content
    assert not User.objects.get(pk=newcomer.pk).has_usable_password()


@pytest.mark.parametrize(
    "password", ["ünï çødé wörds höld", "a" * 3 + " long one of words " * 5, "  leading and trailing  "]
)
def test_any_character_counts_and_none_is_cut_off(newcomer, visitor, password):
    set_password(visitor, enrolment.link_for(newcomer), password)
    after = User.objects.get(pk=newcomer.pk)

    assert after.check_password(password)
    assert not after.check_password(password[:-1])
    assert not after.check_password(password.upper())


def test_the_code_that_proved_the_enrolment_does_not_sign_in_as_well(newcomer, visitor):
    set_password(visitor, enrolment.link_for(newcomer))
    secret = enrol_app(visitor)
    other = Client()
    other.post(NOTICE)
    other.post(LOGIN, {"login": "D-777", "password": OWN})

    other.post(CODE, {"code": totp.code_at(secret, totp.current_counter())})

    assert other.get("/account/sessions/").status_code == 302


def test_a_reset_takes_password_factors_and_sessions(newcomer, visitor, administrator, second_administrator):
    set_password(visitor, enrolment.link_for(newcomer))
    enrol_app(visitor)
    step = accounts.propose_reset(newcomer, actor=administrator, reason="Lost phone; came with badge.")
    in_between = visitor.get("/account/sessions/").status_code
    accounts.confirm_step(step, actor=second_administrator)

    after = User.objects.get(pk=newcomer.pk)
    assert in_between == 200
    assert visitor.get("/account/sessions/").status_code == 302
    assert not after.has_usable_password()
    assert not after.authenticator_set.exists()


def test_a_person_changes_their_password_and_is_out_everywhere_else(newcomer, visitor):
    set_password(visitor, enrolment.link_for(newcomer))
    enrol_app(visitor)
    elsewhere = Client()
    elsewhere.cookies["sessionid"] = factories.session_for(User.objects.get(pk=newcomer.pk)).session_key
    new = "eight white herons on a weir"

    wrong = visitor.post(
        "/account/password/", {"old_password": "no", "new_password1": new, "new_password2": new}
    )
    right = visitor.post(
        "/account/password/", {"old_password": OWN, "new_password1": new, "new_password2": new}
    )

    after = User.objects.get(pk=newcomer.pk)
    assert (wrong.status_code, right.url) == (422, "/account/password/done/")
    assert after.check_password(new)
    assert after.history.filter(revision=after.revision).exists()
    assert visitor.get("/account/sessions/").status_code == 200
    assert elsewhere.get("/account/sessions/").status_code == 302


def test_a_password_of_more_than_a_year_ago_must_be_changed(dispatcher, signed_in, settings):
    dispatcher.password_set_at = timezone.now() - timedelta(days=366)
    dispatcher.save()
    client = signed_in(dispatcher)

    assert client.get("/requests/").url == "/account/password/"
    settings.PASSWORD_MAX_AGE_DAYS = 0
    assert client.get("/requests/").status_code == 200
