"""Two people at the server let an administrator in: at a real terminal, with the real hasher, for good."""

import re
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from requests_app import tasks
from requests_app.accounts import NotPossible, find_lock
from requests_app.accounts.break_glass import break_glass
from requests_app.accounts.locks import lock
from requests_app.models import LedgerEntry, Session, User
from requests_app.signin import enrolment, totp
from requests_app.vocabulary import Action, LockCause, Role
from tests import factories
from tests.terminal import PASSWORD, ROOT, Terminal, environment, use_the_real_hasher

REASON = "Both administrators are locked out."


@pytest.fixture
def locked_out(committed_db, administrator, dispatcher, commander, oversight):
    """An administrator with a factor, two sessions, and a lock; two others know their passwords."""
    use_the_real_hasher(dispatcher, commander)
    totp.add_factor(administrator.pk, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    factories.session_for(administrator)
    lock(administrator, cause=LockCause.PASSWORD)
    return administrator


def at_terminal(*more):
    return Terminal("break_glass", "--account", "a-401", "--reason", REASON, *more)


def test_two_people_let_an_administrator_in(locked_out, dispatcher, commander, client):
    terminal = at_terminal()
    terminal.prove("d-101")
    terminal.prove("C-201")
    status = terminal.end()

    after = User.objects.get(pk=locked_out.pk)
    assert status == 0, terminal.screen
    assert find_lock(after) is None
    assert not after.has_usable_password()
    assert not Authenticator.objects.filter(user=after).exists()
    assert not Session.objects.filter(user=after).exists()
    link = re.search(r"http://localhost:8000(/account/enrol/\S+)", terminal.screen)
    assert enrolment.account_of(*link[1].strip("/").split("/")[2:]) == after
    assert PASSWORD not in terminal.screen


def test_the_entry_in_the_ledger_names_both_under_the_account_of_the_register(locked_out):
    terminal = at_terminal()
    terminal.prove("D-101")
    terminal.prove("C-201")
    terminal.end()

    entry = LedgerEntry.objects.get(action=Action.BREAK_GLASS)
    assert entry.actor.is_system
    assert entry.details["account"] == "A-401"
    assert entry.details["witnesses"] == ["D-101", "C-201"]
    assert (entry.details["was_locked"], entry.details["reset"]) == (True, True)
    assert entry.details["reason"] == REASON


def test_only_unlocking_leaves_password_and_factor(locked_out):
    terminal = at_terminal("--unlock")
    terminal.prove("D-101")
    terminal.prove("C-201")
    terminal.end()

    after = User.objects.get(pk=locked_out.pk)
    assert find_lock(after) is None
    assert after.check_password(factories.PASSWORD)
    assert Authenticator.objects.filter(user=after).exists()
    assert "/enrol/" not in terminal.screen


def test_wrong_passwords_are_counted_and_written_down_and_change_nothing(locked_out, dispatcher):
    terminal = at_terminal()
    for _ in range(3):
        terminal.prove("D-101", password="wrong wrong wrong")
    status = terminal.end()

    assert status == 1
    assert "Nothing was changed" in terminal.screen
    tries = LedgerEntry.objects.filter(action=Action.FAIL_SIGN_IN)
    assert [entry.details["account"] for entry in tries] == ["D-101"] * 3
    assert AccessAttempt.objects.get(username="D-101").failures_since_start == 3
    assert find_lock(locked_out) is not None
    assert not LedgerEntry.objects.filter(action=Action.BREAK_GLASS).exists()


def test_the_fifth_wrong_try_locks_the_person_who_stands_by(locked_out, dispatcher):
    for tries in (3, 2):
        terminal = at_terminal()
        for _ in range(tries):
            terminal.prove("D-101", password="wrong wrong wrong")
        if tries == 2:
            terminal.prove("D-101")  # the right one, too late
        terminal.end()

    assert find_lock(dispatcher) is not None
    assert "Nothing was changed" in terminal.screen


@pytest.mark.parametrize("second", ["D-101", "d-101", "A-401"])
def test_one_person_twice_or_the_person_themselves_is_refused(locked_out, second):
    terminal = at_terminal()
    terminal.prove("D-101")
    for _ in range(3):
        terminal.answer("badge number:", typed=second)
    status = terminal.end()

    assert status == 1
    assert terminal.screen.count("It must be another person.") == 3
    assert find_lock(locked_out) is not None


def test_without_a_terminal_it_is_refused(locked_out):
    words = ["break_glass", "--account", "A-401", "--reason", REASON]

    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(),
        input=f"D-101\n{PASSWORD}\nC-201\n{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "at a terminal" in done.stderr
    assert find_lock(locked_out) is not None


def test_without_a_reason_it_is_refused(locked_out, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    with pytest.raises(CommandError, match="reason"):
        call_command("break_glass", "--account", "A-401", "--reason", " ")


def test_administrators_and_oversight_get_a_mail(locked_out, commander, dispatcher, smtp_server):
    break_glass(locked_out, witnesses=[dispatcher, commander], reason=REASON, reset=True)

    job = ProcrastinateJob.objects.get(task_name="requests_app.tasks.send_break_glass")
    tasks.send_break_glass(**job.args)

    (mail,) = smtp_server
    assert mail["X-RcptTo"] == "a-401@lmpd.example, o-301@lmpd.example"
    assert mail["Subject"] == "Register: A-401 was let in at the server"
    for words in ("Dispatcher One (D-101)", "Commander One (C-201)", "A-401"):
        assert words in mail.get_content()
    assert REASON not in mail.get_content()


def one_person(people):
    return [people["dispatcher"]]


def same_person(people):
    return [people["dispatcher"], people["dispatcher"]]


def the_person(people):
    return [people["dispatcher"], people["administrator"]]


def without_role(people):
    return [people["dispatcher"], people["outsider"]]


def the_register(people):
    return [people["dispatcher"], User.objects.system()]


def a_third(people):
    return [people["dispatcher"], people["commander"], people["oversight"]]


def inactive(people):
    people["commander"].is_active = False
    factories.save_as(User.objects.system(), people["commander"])
    return [people["dispatcher"], people["commander"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "witnesses", [one_person, same_person, the_person, without_role, the_register, a_third, inactive]
)
def test_other_witnesses_are_refused(witnesses, administrator, dispatcher, commander, oversight, outsider):
    lock(administrator, cause=LockCause.PASSWORD)
    people = {
        "administrator": administrator,
        "dispatcher": dispatcher,
        "commander": commander,
        "oversight": oversight,
        "outsider": outsider,
    }

    with pytest.raises(NotPossible):
        break_glass(administrator, witnesses=witnesses(people), reason=REASON, reset=True)

    assert find_lock(administrator) is not None
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("reset", [True, False])
def test_it_is_for_administrators_alone(dispatcher, commander, oversight, reset):
    lock(dispatcher, cause=LockCause.PASSWORD)

    with pytest.raises(NotPossible, match="administrators alone"):
        break_glass(dispatcher, witnesses=[commander, oversight], reason=REASON, reset=reset)


@pytest.mark.django_db
def test_a_deactivated_administrator_stays_out(administrator, dispatcher, commander):
    administrator.is_active = False
    factories.save_as(administrator, administrator)

    with pytest.raises(NotPossible, match="create_administrator"):
        break_glass(administrator, witnesses=[dispatcher, commander], reason=REASON, reset=True)

    assert administrator.grants.filter(role=Role.ADMINISTRATOR).exists()


@pytest.mark.django_db
def test_there_must_be_something_to_unlock(administrator, dispatcher, commander):
    with pytest.raises(NotPossible, match="not locked"):
        break_glass(administrator, witnesses=[dispatcher, commander], reason=REASON, reset=False)
