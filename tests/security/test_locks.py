"""Five wrong tries in fifteen minutes close the password path until somebody else opens it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from requests_app import accounts
from requests_app.models import LedgerEntry, SignInLock
from requests_app.signin import locks, totp
from requests_app.vocabulary import Action, Role
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WRONG = "not the password"
LOGIN, CODE = "/account/login/", "/account/2fa/authenticate/"


@pytest.fixture
def enrolled(dispatcher):
    totp.add_factor(dispatcher.pk, SECRET)
    return dispatcher


@pytest.fixture
def visitor() -> Client:
    return prepared()


def prepared() -> Client:
    client = Client()
    client.post("/account/notice/")
    return client


def guess(client: Client, badge: str = "D-101", times: int = 1, password: str = WRONG):
    answers = [client.post(LOGIN, {"login": badge, "password": password}) for _ in range(times)]
    return answers[-1]


def guess_codes(client: Client, times: int) -> None:
    client.post(LOGIN, {"login": "D-101", "password": factories.PASSWORD})
    right = totp.code_at(SECRET, totp.current_counter())
    for number in range(1, times + 1):
        client.post(CODE, {"code": f"{(int(right) + number) % 10**6:06}"})


def opens(client: Client) -> bool:
    """Does badge number and password still lead on to the second factor?"""
    return guess(client, password=factories.PASSWORD).status_code == 302


def test_four_wrong_passwords_do_not_lock(visitor, enrolled):
    guess(visitor, times=4)

    assert opens(visitor)


def test_the_fifth_locks_and_the_right_password_does_not_open(visitor, enrolled):
    guess(visitor, times=5)

    assert SignInLock.objects.get().account == enrolled
    assert LedgerEntry.objects.filter(action=Action.FAIL_SIGN_IN).count() == 5
    assert not opens(visitor)
    assert LedgerEntry.objects.get(action=Action.LOCK).details["account"] == "D-101"


def test_a_lock_stands_a_day_later(visitor, enrolled):
    guess(visitor, times=5)

    with time_machine.travel(timezone.now() + timedelta(hours=24)):
        assert not opens(prepared())


def test_wrong_tries_from_many_addresses_and_browsers_are_counted_together(enrolled):
    for number in range(5):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}", HTTP_USER_AGENT=f"Browser {number}")
        client.post("/account/notice/")
        guess(client, badge=["D-101", "d-101", " D-101"][number % 3])

    assert not opens(prepared())


def test_old_failures_are_not_counted(enrolled):
    with time_machine.travel(timezone.now() - timedelta(minutes=20)):
        guess(prepared(), times=4)

    client = prepared()
    guess(client)

    assert opens(client)


def test_wrong_codes_lock_too(enrolled):
    """axes does not see them by itself."""
    client = prepared()
    guess_codes(client, 5)

    assert SignInLock.objects.get().cause == "code"
    assert not opens(prepared())


def test_passwords_and_codes_are_counted_together(enrolled):
    guess_codes(prepared(), 3)
    guess(prepared(), times=2)

    assert SignInLock.objects.filter(account=enrolled).exists()


def test_while_locked_even_the_right_code_is_refused(enrolled):
    client = prepared()
    guess_codes(client, 5)

    client.post(CODE, {"code": totp.code_at(SECRET, totp.current_counter())})

    assert client.get("/requests/").status_code == 302


def test_the_answer_while_locked_is_the_answer_to_any_wrong_password(visitor, enrolled):
    first = guess(visitor).content.decode()
    guess(visitor, times=4)
    locked = guess(visitor, password=factories.PASSWORD).content.decode()

    said = [[line for line in text.splitlines() if "csrf" not in line] for text in (first, locked)]
    assert said[0] == said[1]


def test_a_name_without_an_account_answers_the_same_after_five_tries(visitor, enrolled):
    unknown = guess(visitor, badge="D-999", times=6).content.decode().replace("D-999", "D-101")
    known = guess(visitor, times=6).content.decode()

    said = [[line for line in text.splitlines() if "csrf" not in line] for text in (unknown, known)]
    assert said[0] == said[1]
    assert SignInLock.objects.count() == 1


def test_a_word_typed_into_the_wrong_field_is_not_written_down(visitor, enrolled):
    guess(visitor, badge="Secret-Word-Here")

    entry = LedgerEntry.objects.get(action=Action.FAIL_SIGN_IN)
    assert entry.details["account"] is None
    assert b"SECRET-WORD" not in bytes(entry.private.private_bytes).upper()


def test_a_sign_in_clears_the_count(enrolled):
    client = prepared()
    guess(client, times=4)
    client.post(LOGIN, {"login": "D-101", "password": factories.PASSWORD})
    client.post(CODE, {"code": totp.code_at(SECRET, totp.current_counter())})

    other = prepared()
    guess(other, times=4)

    assert opens(other)


# --- who opens it ------------------------------------------------------------------------------


@pytest.fixture
def locked(visitor, enrolled) -> SignInLock:
    guess(visitor, times=5)
    return SignInLock.objects.get()


def test_an_officer_on_duty_unlocks_a_dispatcher(locked, commander):
    factories.make_duty(commander)

    accounts.unlock(locked, actor=commander, reason="Stood at my desk with her badge.")
    locks.forget_failures(locked.account)

    assert opens(prepared())
    assert LedgerEntry.objects.get(action=Action.UNLOCK).actor == commander


def test_an_administrator_unlocks(locked, administrator):
    accounts.unlock(locked, actor=administrator, reason="Came with badge.")

    assert not accounts.standing_locks().exists()


@pytest.mark.parametrize(
    ("who", "because"),
    [
        ("dispatcher", "their own account"),
        ("colleague", "another role"),
        ("officer off duty", "not on duty"),
        ("oversight", "Your role does not allow"),
        ("outsider", "Your role does not allow"),
    ],
)
def test_nobody_else_does(locked, commander, oversight, outsider, who, because):
    people = {
        "dispatcher": locked.account,
        "colleague": factories.make_user("D-102", Role.DISPATCHER),
        "officer off duty": commander,
        "oversight": oversight,
        "outsider": outsider,
    }

    with pytest.raises(accounts.NotPossible, match=because):
        accounts.unlock(locked, actor=people[who], reason="Please.")

    assert accounts.standing_locks().count() == 1


def test_five_people_locked_at_once_are_opened_by_one_dispatcher(dispatcher, visitor):
    """Knowing badge numbers does not close the department at night."""
    officers = [factories.make_user(f"C-30{number}", Role.COMMANDING_OFFICER) for number in range(5)]
    for officer in officers:
        guess(visitor, badge=officer.badge_number, times=5)
    standing = list(accounts.standing_locks())

    for one in standing:
        accounts.unlock(one, actor=dispatcher, reason="On this shift.")

    assert len(standing) == 5
    assert not accounts.standing_locks().exists()
