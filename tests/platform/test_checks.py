"""The checks that need neither settings nor a database."""

import pytest
from django.core import checks

from requests_app.checks import check_grants
from requests_app.permissions import GRANTS
from requests_app.vocabulary import Role

# Roles belong to the whole server: tests that change one, or look at all, run one after the other.
pytestmark = pytest.mark.xdist_group("roles")


def test_nothing_is_amiss_here():
    # What is silenced has its reason beside it, in the settings.
    assert [found for found in checks.run_checks() if not found.is_silenced()] == []


def test_it_reports_a_role_that_is_not_in_the_table(monkeypatch):
    monkeypatch.delitem(GRANTS, Role.ADMINISTRATOR)

    assert "The role administrator is not in GRANTS." in [found.msg for found in check_grants(None)]


def test_it_reports_an_action_that_nobody_has(monkeypatch):
    monkeypatch.setitem(GRANTS, Role.ADMINISTRATOR, frozenset())

    assert {found.id for found in check_grants(None)} == {"register.E001"}
