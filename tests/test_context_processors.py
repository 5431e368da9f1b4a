"""What every page shows around its content."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from requests_app.context_processors import register
from requests_app.models import Installation
from requests_app.vocabulary import InstallationKind, Role


def around(url_name, roles=()):
    request = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(url_name=url_name)
    request.user = SimpleNamespace(roles=frozenset(roles), is_authenticated=bool(roles))
    return register(request)


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.DISPATCHER, ["New request", "Requests", "Wall"]),
        (Role.COMMANDING_OFFICER, ["Queue", "New request", "Requests", "Wall"]),
        (Role.OVERSIGHT, ["Oversight", "New request", "Requests"]),
        (Role.ADMINISTRATOR, ["People", "Admin"]),
    ],
)
def test_each_role_has_its_own_places(role, labels):
    assert [link.label for link in around("home", [role])["navigation"]] == labels


@pytest.mark.parametrize("roles", [[], [Role.DISPATCHER, Role.ADMINISTRATOR]])
def test_visitors_read_and_several_roles_add_up(roles):
    labels = [link.label for link in around("home", roles)["navigation"]]

    assert labels == (
        ["New request", "Requests", "Wall", "People", "Admin"] if roles else ["Statistics", "Policy", "About"]
    )


@pytest.mark.parametrize(
    ("url_name", "current"),
    [("request_new", "New request"), ("request_decide", "Requests"), ("oversight_blocked", "Oversight")],
)
def test_a_page_belongs_to_one_place(url_name, current):
    links = around(url_name, list(Role))["navigation"]

    assert [link.label for link in links if link.is_current] == [current]


def test_people_at_work_get_the_dense_page():
    assert around("queue", [Role.DISPATCHER])["page_kind"] == "staff"


@pytest.mark.parametrize(("url_name", "roles"), [("notice", [Role.DISPATCHER]), ("no_such", [])])
def test_everyone_else_gets_the_airy_one(url_name, roles):
    assert around(url_name, roles)["page_kind"] == "public"


@pytest.mark.django_db
def test_a_demonstration_says_so_on_every_page(client):
    Installation.objects.create(kind=InstallationKind.DEMONSTRATION)

    assert "Nothing here is a real case." in client.get("/account/notice/").content.decode()


@pytest.mark.django_db
def test_a_real_register_does_not_call_itself_a_demonstration(client):
    assert "demonstration-banner" not in client.get("/account/notice/").content.decode()
