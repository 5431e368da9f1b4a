"""The admin site: accounts, roles and lists with their traces; cases to read, and no way to write one."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from requests_app import accounts, workflow
from requests_app.admin import site
from requests_app.admin.cases import REGISTERS
from requests_app.models import (
    TRACKED_MODELS,
    AssistanceRequest,
    DirectoryNumber,
    LedgerEntry,
    LedgerPrivate,
    PolicyInForce,
    RestrictedDetails,
    Reveal,
    RoleGrant,
    RosterEntry,
    Threshold,
    User,
)
from requests_app.policy import load_version
from requests_app.vocabulary import Action, Role
from tests.factories import (
    PASSWORD,
    make_closed,
    make_decidable,
    make_decided,
    make_user,
    save_as,
    session_for,
)

pytestmark = pytest.mark.django_db

KEPT = {
    User: Action.MANAGE_ACCOUNTS,
    RoleGrant: Action.MANAGE_ACCOUNTS,
    RosterEntry: Action.MANAGE_ROSTER,
    Threshold: Action.MANAGE_REFERENCE,
    DirectoryNumber: Action.MANAGE_REFERENCE,
    PolicyInForce: Action.MANAGE_REFERENCE,
}
CANARIES = ["Canary Requester", "502-555-0100", "1 Canary Street"]
WHY = {"why": "Asked for by the watch commander."}
NEW_PASSWORD = "an entirely new horse staple"
ORDINANCE = "2017-10-26-ordinance"


@pytest.fixture
def second_administrator(database):
    return make_user("A-402", Role.ADMINISTRATOR, display_name="Administrator Two")


@pytest.fixture
def client(signed_in, administrator):
    return signed_in(administrator)


def address(model, page, *args):
    return reverse(f"admin:requests_app_{model._meta.model_name}_{page}", args=args)


def errors(response, name="adminform"):
    """The form's errors by field; the page must have come back with them."""
    assert response.status_code == 200, response.status_code
    return {field: list(found) for field, found in response.context[name].form.errors.items()}


# --- who gets in ------------------------------------------------------------------------------


def test_it_sends_a_visitor_to_the_one_place_to_sign_in():
    response = Client().get("/admin/", follow=True)

    assert response.redirect_chain[0][0].startswith("/admin/login/")
    assert response.redirect_chain[1][0] == "/account/login/?next=/admin/"
    assert response.redirect_chain[-1][0].startswith("/account/notice/")


@pytest.mark.parametrize("person", ["dispatcher", "commander", "outsider"])
def test_it_is_closed_to_everybody_else(signed_in, person, request):
    client = signed_in(request.getfixturevalue(person))

    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get(address(User, "changelist"), follow=True).status_code == 403
    assert client.get(address(AssistanceRequest, "changelist"), follow=True).status_code == 403


def test_it_takes_no_password_of_its_own(administrator):
    response = Client().post("/admin/login/", {"username": administrator.badge_number, "password": PASSWORD})

    assert response["Location"].startswith("/account/login/")


def test_what_packages_register_by_themselves_is_not_there():
    ours = {*KEPT, *REGISTERS}

    assert set(site._registry) == ours
    assert Group not in ours
    with pytest.raises(NoReverseMatch):
        reverse("admin:procrastinate_procrastinatejob_changelist")


def test_django_s_own_permissions_open_nothing(signed_in, outsider):
    """A row in the permission table is not a power here."""
    assert Permission.objects.exists()
    assert not outsider.has_perm("requests_app.view_assistancerequest")
    assert not outsider.is_staff


def test_the_front_page_shows_each_role_what_is_theirs(signed_in, administrator, oversight):
    def registered(user):
        apps = signed_in(user).get("/admin/").context["app_list"]
        return {model["model"] for app in apps for model in app["models"]}

    assert registered(administrator) == set(KEPT)
    assert registered(oversight) == set(REGISTERS)


# --- no way to write a case -------------------------------------------------------------------


def addresses(model, pk):
    """Every address that the site has for a model, for a row that is there."""
    found = []
    for one in site._registry[model].get_urls():
        if one.name:
            args = [pk] if "object_id" in one.pattern.converters else []
            found.append(reverse(f"admin:{one.name}", args=args))
    return found


@pytest.fixture
def register_rows(dispatcher, commander, oversight):
    """A row of every register."""
    case = make_decided(dispatcher, commander, received_at=timezone.now() - timedelta(hours=2))
    make_closed(dispatcher, commander)
    workflow.correct(case.pk, actor=dispatcher, changes={"persons_sought": 2}, reason="Misheard.")
    workflow.review(case.pk, actor=oversight, finding="in_policy", note="Read it.")
    return {model: model._default_manager.order_by("pk").first() for model in REGISTERS}


WRITES = [
    {"_save": "Save", "status": "closed", "what_was_said": "Rewritten", "_selected_action": "1"},
    {
        "action": "delete_selected",
        "_selected_action": "1",
        "post": "yes",
        "_saveasnew": "1",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": "1",
        "form-0-status": "closed",
    },
]


@pytest.mark.parametrize("person", ["oversight", "administrator", "commander", "dispatcher", "outsider"])
def test_no_address_of_a_register_writes_whoever_asks(signed_in, register_rows, person, request):
    client = signed_in(request.getfixturevalue(person))
    before = {model: list(model._default_manager.order_by("pk").values()) for model in REGISTERS}

    for model, row in register_rows.items():
        for one in addresses(model, row.pk if row else 1):
            answers = [client.post(one, body).status_code for body in WRITES] + [client.put(one).status_code]
            assert max(answers) < 500, one

    after = {model: list(model._default_manager.order_by("pk").values()) for model in REGISTERS}
    assert after == before
    assert not LogEntry.objects.exists()


def test_a_change_of_a_case_is_forbidden_and_not_merely_ignored(signed_in, oversight, register_rows):
    client = signed_in(oversight)

    for model, row in register_rows.items():
        assert client.get(address(model, "add")).status_code == 403
        assert client.post(address(model, "add"), WRITES[0]).status_code == 403
        if row is not None:
            assert client.post(address(model, "change", row.pk), WRITES[0]).status_code == 403
            assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", REGISTERS)
def test_no_register_offers_a_way_to_write(model):
    register = site._registry[model]

    assert not isinstance(register, SimpleHistoryAdmin)
    assert register.actions is None
    assert not register.list_editable
    assert not register.inlines


@pytest.mark.parametrize("model", REGISTERS)
def test_administrators_see_no_register_of_cases(client, register_rows, model):
    row = register_rows[model]

    assert client.get(address(model, "changelist")).status_code == 403
    if row is not None:
        assert client.get(address(model, "change", row.pk)).status_code in (302, 403)
        assert client.get(address(model, "history", row.pk)).status_code in (302, 403)


@pytest.mark.parametrize("model", REGISTERS)
def test_oversight_reads_the_register_without_restricted_fields(signed_in, oversight, register_rows, model):
    client, row = signed_in(oversight), register_rows[model]
    pages = [client.get(address(model, "changelist"))]
    if row is not None:
        pages += [client.get(address(model, "change", row.pk)), client.get(address(model, "history", row.pk))]

    for response in pages:
        assert response.status_code == 200
        body = response.content.decode()
        assert not [canary for canary in CANARIES if canary in body]
        assert 'type="submit" value="Save"' not in body
        assert "deletelink" not in body


def test_restricted_fields_and_private_parts_are_not_registered():
    for model in (RestrictedDetails, LedgerPrivate, Reveal):
        assert model not in site._registry
    for model in TRACKED_MODELS:
        assert model.history.model not in site._registry


def test_the_register_of_the_ledger_shows_no_private_part(signed_in, oversight, dispatcher, commander):
    case = make_decidable(dispatcher, commander)
    workflow.correct(case.pk, actor=dispatcher, changes={"persons_sought": 2}, reason="Canary reason")
    entry = LedgerEntry.objects.latest("id")

    body = signed_in(oversight).get(address(LedgerEntry, "change", entry.pk)).content.decode()

    assert "corrected_fields" in body
    assert "Canary reason" not in body


def test_a_register_leads_to_the_real_page(signed_in, oversight, register_rows):
    case = register_rows[AssistanceRequest]

    body = signed_in(oversight).get(address(AssistanceRequest, "changelist")).content.decode()

    assert reverse("requests_app:request_detail", args=[case.public_id]) in body


def test_a_register_can_be_searched(signed_in, oversight, register_rows):
    client = signed_in(oversight)

    for model, register in REGISTERS.items():
        if register.search_fields:
            assert client.get(address(model, "changelist"), {"q": "2026-"}).status_code == 200


# --- accounts and roles -------------------------------------------------------------------------


def last_entry():
    return LedgerEntry.objects.latest("id")


def account_form(account, **over):
    return {"display_name": account.display_name, "email": account.email, "ends_at": "", **WHY, **over}


def test_no_account_and_no_role_is_made_or_ended_here(client, administrator, second_administrator, outsider):
    """That takes two people, and pages of its own."""
    grant = administrator.grants.get()
    sent = {"user": outsider.pk, "role": "dispatcher", "approved_by": second_administrator.pk, **WHY}

    answers = [
        client.get(address(User, "add")),
        client.post(address(User, "add"), {"badge_number": "D-777", "display_name": "Seven", **WHY}),
        client.get(address(RoleGrant, "add")),
        client.post(address(RoleGrant, "add"), sent),
        client.post(address(RoleGrant, "change", grant.pk), {"ends_at": "2031-01-01T10:00", **WHY}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert not outsider.grants.exists()
    assert RoleGrant.objects.get(pk=grant.pk).ends_at is None


def test_no_password_is_set_here(client, dispatcher):
    page = client.get(address(User, "change", dispatcher.pk)).content.decode()

    assert "password" not in page.lower().replace("password_change", "")
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[dispatcher.pk])
    url = f"{address(User, 'changelist')}{dispatcher.pk}/password/"
    sent = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "false", **WHY}
    client.post(url, sent)
    assert User.objects.get(pk=dispatcher.pk).check_password(PASSWORD)


def test_ones_own_password_has_one_page(client, administrator):
    sent = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    assert client.post("/admin/password_change/", sent)["Location"] == "/account/password/"

    assert User.objects.get(pk=administrator.pk).check_password(PASSWORD)


def test_name_address_and_end_are_kept_with_history_and_entry(client, administrator, dispatcher):
    sent = account_form(
        dispatcher, display_name="Renamed", email="new@lmpd.example", ends_at="2031-01-01T07:00"
    )

    response = client.post(address(User, "change", dispatcher.pk), sent)

    assert response.status_code == 302
    dispatcher.refresh_from_db()
    assert (dispatcher.display_name, dispatcher.email) == ("Renamed", "new@lmpd.example")
    assert dispatcher.ends_at.isoformat() == "2031-01-01T12:00:00+00:00"
    revision = dispatcher.history.latest()
    assert (revision.history_user, revision.history_change_reason) == (administrator, WHY["why"])
    entry = last_entry()
    assert (entry.actor, entry.action, entry.details["account"]) == (
        administrator,
        Action.MANAGE_ACCOUNTS,
        "D-101",
    )
    assert entry.public.keys() == {"v", "action", "refusal", "quarter"}


def test_badge_number_password_and_state_are_not_for_this_form(client, dispatcher):
    sent = account_form(
        dispatcher, display_name="Renamed", badge_number="D-999", is_active="", password="x", is_system="on"
    )

    client.post(address(User, "change", dispatcher.pk), sent)

    account = User.objects.get(pk=dispatcher.pk)
    assert (account.badge_number, account.display_name) == ("D-101", "Renamed")
    assert (account.is_active, account.is_system) == (True, False)
    assert account.check_password(PASSWORD)


def test_a_change_of_name_writes_nothing_else(client, dispatcher):
    """Nobody who was deactivated between look and save is let in again by it."""
    sent = account_form(dispatcher, display_name="Renamed")

    with CaptureQueriesContext(connection) as asked:
        client.post(address(User, "change", dispatcher.pk), sent)

    (written,) = [one["sql"] for one in asked if one["sql"].startswith('UPDATE "requests_app_user"')]
    assert re.findall(r'"(\w+)" = ', written.partition(" WHERE ")[0]) == ["revision", "display_name"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": "x" * 81}, "display_name"),
        ({"display_name": "Abc\u202edef"}, "display_name"),
        ({"email": "nowhere"}, "email"),
        ({"ends_at": "2001-01-01T10:00"}, "ends_at"),
        ({"ends_at": "2031-03-09T02:30"}, "ends_at"),
        ({"display_name": "Renamed", "why": ""}, "why"),
        ({"display_name": "Renamed", "why": "x" * 501}, "why"),
        ({}, "__all__"),
    ],
)
def test_it_says_what_is_wrong_with_an_account_beside_the_field(client, dispatcher, given, field):
    entries = LedgerEntry.objects.count()

    found = errors(client.post(address(User, "change", dispatcher.pk), account_form(dispatcher, **given)))

    assert list(found) == [field]
    assert LedgerEntry.objects.count() == entries


def test_an_account_that_has_ended_is_not_let_in_again_by_one_person(client, dispatcher):
    dispatcher.ends_at = timezone.now() - timedelta(minutes=1)
    save_as(User.objects.system(), dispatcher)

    later = errors(
        client.post(
            address(User, "change", dispatcher.pk), account_form(dispatcher, ends_at="2031-01-01T07:00")
        )
    )
    never = errors(client.post(address(User, "change", dispatcher.pk), account_form(dispatcher)))

    assert list(later) == list(never) == ["ends_at"]
    assert not User.objects.get(pk=dispatcher.pk).may_enter


def test_the_last_administrator_gets_no_last_day(client, administrator):
    sent = account_form(administrator, ends_at="2031-01-01T07:00")
    found = errors(client.post(address(User, "change", administrator.pk), sent))
    assert "must remain" in found["ends_at"][0]

    make_user("A-402", Role.ADMINISTRATOR)

    assert client.post(address(User, "change", administrator.pk), sent).status_code == 302


def test_the_lists_lead_to_the_pages_of_people(client, dispatcher):
    page = reverse("requests_app:person", args=["D-101"])

    for one in (
        address(User, "changelist"),
        address(User, "change", dispatcher.pk),
        address(RoleGrant, "changelist"),
        address(RoleGrant, "change", dispatcher.grants.get().pk),
    ):
        assert f'href="{page}"' in client.get(one).content.decode()


def test_a_role_that_nobody_confirmed_is_not_shown_as_held(client, administrator, outsider):
    accounts.propose_role(outsider, Role.DISPATCHER, actor=administrator, reason="New on the shift.")

    assert site._registry[User].held(User.objects.get(pk=outsider.pk)) == ""


def test_the_registers_own_account_is_not_shown(client):
    system = User.objects.system()

    assert system.display_name not in client.get(address(User, "changelist")).content.decode()
    assert client.get(address(User, "change", system.pk), follow=True).status_code != 500
    assert client.post(address(User, "change", system.pk), {**WHY, "display_name": "Me"}).status_code == 302
    assert User.objects.system().display_name == system.display_name


# --- roster, limits, numbers, policy ----------------------------------------------------------


def duty_form(officer, **over):
    return {
        "officer": officer.pk,
        "starts_at": "2031-01-01T07:00",
        "ends_at": "2031-01-01T19:00",
        "escalation_order": "1",
        **WHY,
        **over,
    }


def test_a_turn_of_duty_is_entered_in_local_time(client, administrator, commander):
    assert client.post(address(RosterEntry, "add"), duty_form(commander)).status_code == 302

    entry = RosterEntry.objects.get()
    assert entry.starts_at.isoformat() == "2031-01-01T12:00:00+00:00"
    assert entry.history.get().history_user == administrator
    assert last_entry().action == Action.MANAGE_ROSTER


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_at": "2031-01-01T06:00"}, "ends_at"),
        ({"escalation_order": "0"}, "escalation_order"),
        ({"escalation_order": "10"}, "escalation_order"),
        ({"escalation_order": "99999999999"}, "escalation_order"),
        ({"starts_at": ""}, "starts_at"),
        ({"starts_at": "2031-02-30T06:00"}, "starts_at"),
    ],
)
def test_it_says_what_is_wrong_with_a_turn_of_duty_beside_the_field(client, commander, given, field):
    assert list(errors(client.post(address(RosterEntry, "add"), duty_form(commander, **given)))) == [field]
    assert not RosterEntry.objects.exists()


def test_only_commanding_officers_stand_on_the_roster(client, dispatcher):
    assert list(errors(client.post(address(RosterEntry, "add"), duty_form(dispatcher)))) == ["officer"]


def test_one_officer_does_not_start_twice_at_the_same_time(client, commander):
    client.post(address(RosterEntry, "add"), duty_form(commander))

    found = errors(client.post(address(RosterEntry, "add"), duty_form(commander, escalation_order="2")))

    assert list(found) == ["starts_at"]


def test_a_turn_of_duty_is_cancelled_also_of_an_officer_who_left(client, commander):
    client.post(address(RosterEntry, "add"), duty_form(commander))
    commander.is_active = False
    save_as(User.objects.system(), commander)
    entry = RosterEntry.objects.get()

    form = duty_form(commander, cancelled="on")
    assert client.post(address(RosterEntry, "change", entry.pk), form).status_code == 302

    entry.refresh_from_db()
    assert entry.cancelled


def test_a_time_limit_is_changed_and_the_change_may_be_opened_to_anyone(client):
    limit = Threshold.objects.get(key="decide")
    form = {"key": "release", "minutes": "20", "emergency_minutes": "4", **WHY}

    assert client.post(address(Threshold, "change", limit.pk), form).status_code == 302

    limit.refresh_from_db()
    assert (limit.key, limit.minutes, limit.emergency_minutes) == ("decide", 20, 4)
    assert last_entry().public["threshold"] == "decide"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "10", "emergency_minutes": "11"}, "emergency_minutes"),
        ({"minutes": "99999999999999"}, "minutes"),
        ({"minutes": "ten"}, "minutes"),
    ],
)
def test_it_says_what_is_wrong_with_a_time_limit_beside_the_field(client, given, field):
    limit = Threshold.objects.get(key="decide")
    form = {"minutes": "20", "emergency_minutes": "4", **WHY, **given}

    found = errors(client.post(address(Threshold, "change", limit.pk), form))

    assert list(found) == [field]


def test_no_time_limit_is_added(client):
    assert client.get(address(Threshold, "add")).status_code == 403


def test_a_number_to_call_back_is_kept_one_for_each_office(client):
    form = {"component": "ero", "office": "Louisville", "number": "502-555-0111", "in_use": "on", **WHY}
    assert client.post(address(DirectoryNumber, "add"), form).status_code == 302

    found = errors(client.post(address(DirectoryNumber, "add"), {**form, "number": "502-555-0112"}))

    assert list(found) == ["office"]
    assert DirectoryNumber.objects.count() == 1


def test_a_policy_version_is_put_in_force_with_its_hash(client):
    form = {"version": "2017-09-22", "in_force_from": "", **WHY}

    assert client.post(address(PolicyInForce, "add"), form).status_code == 302

    row = PolicyInForce.objects.get()
    assert (row.version, row.sha256, row.reason) == (
        "2017-09-22",
        load_version("2017-09-22").sha256,
        WHY["why"],
    )
    assert workflow.policy_in_force() == "2017-09-22"
    assert last_entry().public["policy_version"] == "2017-09-22"


def test_an_unconfirmed_reading_is_put_in_force_only_knowingly(client):
    form = {"version": ORDINANCE, "in_force_from": "", **WHY}

    found = errors(client.post(address(PolicyInForce, "add"), form))
    assert "not confirmed by counsel" in found["confirmed"][0]
    assert not PolicyInForce.objects.exists()

    response = client.post(address(PolicyInForce, "add"), {**form, "confirmed": "on"}, follow=True)

    assert "Counsel has not confirmed this reading" in response.content.decode()
    assert workflow.policy_in_force() == ORDINANCE


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"version": "2099-01-01"}, "version"),
        ({"version": "../../etc/passwd"}, "version"),
        ({"in_force_from": "2017-09-22T00:00"}, "in_force_from"),
    ],
)
def test_it_says_what_is_wrong_with_a_policy_in_force_beside_the_field(client, given, field):
    form = {"version": "2017-09-22", "in_force_from": "", **WHY, **given}

    assert list(errors(client.post(address(PolicyInForce, "add"), form))) == [field]


def test_two_versions_do_not_come_into_force_at_once(client):
    form = {"version": "2017-09-22", "in_force_from": "2031-01-01T00:00", **WHY}
    client.post(address(PolicyInForce, "add"), form)

    assert list(errors(client.post(address(PolicyInForce, "add"), form))) == ["in_force_from"]


def test_what_was_in_force_is_not_rewritten(client):
    client.post(address(PolicyInForce, "add"), {"version": "2017-09-22", "in_force_from": "", **WHY})
    row = PolicyInForce.objects.get()

    assert client.get(address(PolicyInForce, "change", row.pk)).status_code == 200
    form = {"version": ORDINANCE, "confirmed": "on", **WHY}
    assert client.post(address(PolicyInForce, "change", row.pk), form).status_code == 403


# --- nothing is deleted -----------------------------------------------------------------------


@pytest.mark.parametrize("model", KEPT)
def test_nothing_is_deleted_here(client, model, dispatcher, commander):
    row = model._default_manager.order_by("-pk").first()
    pk = row.pk if row else 1

    assert client.post(address(model, "delete", pk), {"post": "yes"}).status_code in (302, 403)
    client.post(
        address(model, "changelist"), {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
    )

    assert row is None or model._default_manager.filter(pk=pk).exists()


@pytest.mark.parametrize("model", KEPT)
def test_oversight_keeps_no_lists(signed_in, oversight, model):
    client = signed_in(oversight)

    assert client.get(address(model, "changelist")).status_code == 403
    assert client.post(address(model, "add"), WHY).status_code == 403


@pytest.mark.parametrize("model", KEPT)
def test_every_page_of_a_list_opens(client, model, dispatcher, commander):
    row = model._default_manager.order_by("-pk").first()

    assert client.get(address(model, "changelist")).status_code == 200
    if model not in (Threshold, User, RoleGrant):
        assert client.get(address(model, "add")).status_code == 200
    if row is not None:
        assert client.get(address(model, "change", row.pk)).status_code == 200
        assert client.get(address(model, "history", row.pk)).status_code == 200


def test_a_form_without_its_token_is_refused(administrator):
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_for(administrator).session_key
    sent = account_form(administrator, display_name="Renamed")

    assert client.post(address(User, "change", administrator.pk), sent).status_code == 403


def test_no_page_has_inline_script_or_style(client, dispatcher):
    for page in ("/admin/", address(User, "changelist"), address(User, "change", dispatcher.pk)):
        body = client.get(page).content.decode()
        assert not re.search(
            r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=", body
        )
