"""An administrator says at the server who a person is at the identity provider."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command

from requests_app.accounts.identities import identity_key, link_identity
from requests_app.models import LedgerEntry
from requests_app.vocabulary import Action
from tests.terminal import Terminal, use_the_real_hasher

ISSUER = "https://login.department.example"
PROVIDER = {"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": "register", "OIDC_CLIENT_SECRET": "x"}


def at_terminal(*words, **variables):
    return Terminal("link_identity", *words, "--reason", "Badge seen.", **{**PROVIDER, **variables})


@pytest.fixture
def people(committed_db, dispatcher, administrator, commander):
    use_the_real_hasher(administrator, commander)
    return dispatcher


def test_an_administrator_links_a_person(people, administrator):
    terminal = at_terminal("--badge", "d-101", "--subject", "abc-123")
    terminal.prove("A-401")

    assert terminal.end() == 0, terminal.screen
    link = SocialAccount.objects.get()
    assert (link.user, link.uid) == (people, identity_key(issuer=ISSUER, subject="abc-123"))
    entry = LedgerEntry.objects.get(action=Action.LINK_IDENTITY)
    assert (entry.actor, entry.details["account"]) == (administrator, "D-101")
    assert entry.details["identity"] == {"issuer": ISSUER, "subject": "abc-123"}


def test_an_administrator_takes_the_link_away(people, administrator):
    link_identity(people, actor=administrator, issuer=ISSUER, subject="abc-123", reason="Badge seen.")

    terminal = at_terminal(
        "--badge", "D-101", "--remove", OIDC_ISSUER="", OIDC_CLIENT_ID="", OIDC_CLIENT_SECRET=""
    )
    terminal.prove("A-401")

    assert terminal.end() == 0, terminal.screen
    assert not SocialAccount.objects.exists()


def test_nobody_else_links(people):
    terminal = at_terminal("--badge", "D-101", "--subject", "abc-123")
    terminal.prove("C-201")

    assert terminal.end() == 1
    assert "does not allow" in terminal.screen
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("subject", ["", " abc", "abc ", "s" * 256])
def test_a_subject_that_cannot_be_is_refused(people, subject):
    terminal = at_terminal("--badge", "D-101", "--subject", subject)

    assert terminal.end() == 1
    assert "Give the subject" in terminal.screen


def test_without_a_terminal_it_is_refused(people):
    with pytest.raises(CommandError, match="at a terminal"):
        call_command("link_identity", "--badge", "D-101", "--subject", "x", "--reason", "x")
