"""The first account of a real register."""

import io
import sys

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from requests_app.models import Installation, RoleGrant, User
from requests_app.vocabulary import InstallationKind, Role
from tests import factories

PASSWORD = "seven quiet herons wade"


@pytest.fixture
def create(monkeypatch):
    def create(*arguments, password=PASSWORD, badge_number="a-1"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        said = io.StringIO()
        call_command(
            "create_administrator",
            badge_number,
            "Administrator One",
            "--password-stdin",
            *arguments,
            stdout=said,
        )
        return said.getvalue()

    return create


def test_the_account_signs_in_as_administrator_of_a_real_register(committed_db, create):
    said = create("--email", "one@lmpd.example")

    user = authenticate(username="A-1", password=PASSWORD)
    assert (user.email, user.roles) == ("one@lmpd.example", {Role.ADMINISTRATOR})
    assert Installation.objects.get().kind == InstallationKind.REAL
    assert "A-1" in said
    assert PASSWORD not in said


def test_the_register_grants_and_the_person_approves(committed_db, create):
    create()

    grant = RoleGrant.objects.get()
    assert (grant.granted_by.is_system, grant.approved_by.badge_number) == (True, "A-1")
    assert grant.history.get().history_user == User.objects.system()


def test_a_second_one_is_made_too_because_one_alone_can_admit_nobody(committed_db, create):
    create()
    create(badge_number="A-2")

    grant = RoleGrant.objects.get(user__badge_number="A-2")
    assert (grant.granted_by.is_system, grant.approved_by.badge_number) == (True, "A-1")


def test_a_third_one_is_refused(committed_db, create):
    create()
    create(badge_number="A-2")

    with pytest.raises(CommandError, match="two administrators already"):
        create(badge_number="A-3")

    assert not User.objects.filter(badge_number="A-3").exists()


def test_it_is_possible_again_when_the_only_administrator_has_left(committed_db, create, administrator):
    administrator.is_active = False
    factories.save_as(administrator, administrator)

    create()

    assert User.objects.get(badge_number="A-1").roles == {Role.ADMINISTRATOR}


def test_a_demonstration_stays_one(committed_db, create, demonstration):
    create()

    assert Installation.objects.get().kind == InstallationKind.DEMONSTRATION


@pytest.mark.parametrize("password", ["", "too short", "123456789012", "administrator one"])
def test_a_weak_password_is_refused_and_nothing_is_made(committed_db, create, password):
    with pytest.raises(CommandError, match="password"):
        create(password=password)

    assert not User.objects.filter(is_system=False).exists()
    assert not Installation.objects.exists()


@pytest.mark.parametrize(
    ("badge_number", "words"),
    [("x", "2 to 20"), ("A 1", "2 to 20"), ("A" * 21, "20"), ("system", "never reused")],
)
def test_a_badge_number_that_cannot_be_is_refused(committed_db, create, badge_number, words):
    with pytest.raises(CommandError, match=words):
        create(badge_number=badge_number)


def test_an_address_that_cannot_be_is_refused(committed_db, create):
    with pytest.raises(CommandError, match="email"):
        create("--email", "nobody")


def test_without_a_terminal_it_says_how_to_give_the_password(committed_db, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    with pytest.raises(CommandError, match="--password-stdin"):
        call_command("create_administrator", "A-1", "Administrator One")
