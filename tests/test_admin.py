"""The admin site: accounts, roles and lists with their traces; cases to read, and no way to write one."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from requests_app import workflow
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
from tests.factories import PASSWORD, make_closed, make_decidable, make_decided, make_user, save_as

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


def grant_form(receiver, approver, **over):
    return {
        "user": receiver.pk,
        "role": Role.DISPATCHER,
        "starts_at": "",
        "ends_at": "",
        "approved_by": approver.pk,
        **WHY,
        **over,
    }


# --- who gets in ------------------------------------------------------------------------------


def test_it_sends_a_visitor_to_the_one_place_to_sign_in():
    response = Client().get("/admin/", follow=True)

    assert response.redirect_chain[-1][0] == "/account/login/?next=/admin/"


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


# --- accounts ---------------------------------------------------------------------------------


def account_form(**over):
    return {
        "badge_number": "d-777",
        "display_name": "Dispatcher Seven",
        "email": "d-777@lmpd.example",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
        **WHY,
        **over,
    }


def last_entry():
    return LedgerEntry.objects.latest("id")


def test_an_account_is_made_with_its_password_history_and_entry(client, administrator):
    response = client.post(address(User, "add"), account_form())

    account = User.objects.get(badge_number="D-777")
    assert response["Location"] == address(User, "change", account.pk)
    assert account.check_password(NEW_PASSWORD)
    assert not account.roles
    revision = account.history.get()
    assert (revision.history_user, revision.history_change_reason) == (administrator, WHY["why"])
    entry = last_entry()
    assert (entry.actor, entry.action, entry.details["account"]) == (
        administrator,
        Action.MANAGE_ACCOUNTS,
        "D-777",
    )
    assert entry.public.keys() == {"v", "action", "refusal", "quarter"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"badge_number": ""}, "badge_number"),
        ({"badge_number": "a"}, "badge_number"),
        ({"badge_number": "D 777"}, "badge_number"),
        ({"badge_number": "A-401"}, "badge_number"),
        ({"badge_number": "D" * 21}, "badge_number"),
        ({"badge_number": "D\x00777"}, "badge_number"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": "x" * 81}, "display_name"),
        ({"display_name": "Abc\u202edef"}, "display_name"),
        ({"email": "nowhere"}, "email"),
        ({"password2": "another"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password2"),
        ({"why": ""}, "why"),
        ({"why": "x" * 501}, "why"),
    ],
)
def test_it_says_what_is_wrong_with_an_account_beside_the_field(client, given, field):
    accounts, entries = User.objects.count(), LedgerEntry.objects.count()

    assert list(errors(client.post(address(User, "add"), account_form(**given)))) == [field]

    assert (User.objects.count(), LedgerEntry.objects.count()) == (accounts, entries)


def test_a_badge_number_is_never_changed(client, dispatcher):
    form = {"badge_number": "D-999", "display_name": "Renamed", "email": "", "is_active": "on", **WHY}

    client.post(address(User, "change", dispatcher.pk), form)

    dispatcher.refresh_from_db()
    assert (dispatcher.badge_number, dispatcher.display_name) == ("D-101", "Renamed")


def test_an_account_is_deactivated_and_can_do_nothing_more(client, signed_in, dispatcher):
    theirs = signed_in(dispatcher)
    form = {"display_name": dispatcher.display_name, "email": dispatcher.email, **WHY}

    client.post(address(User, "change", dispatcher.pk), form)

    assert not User.objects.get(pk=dispatcher.pk).is_active
    assert last_entry().details["active"] is False
    assert theirs.get(reverse("requests_app:request_list")).status_code == 302


def test_nobody_deactivates_their_own_account(client, administrator, second_administrator):
    form = {"display_name": "Me", "email": "", **WHY}

    found = errors(client.post(address(User, "change", administrator.pk), form))

    assert found == {"is_active": ["You cannot deactivate your own account."]}


def test_a_password_is_set_with_a_reason_and_an_entry(client, administrator, dispatcher):
    one = reverse("admin:auth_user_password_change", args=[dispatcher.pk])
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true", **WHY}

    page = client.get(one).content.decode()
    assert not [name for name in form if f'name="{name}"' not in page]
    assert client.post(one, form).status_code == 302

    assert User.objects.get(pk=dispatcher.pk).check_password(NEW_PASSWORD)
    entry = last_entry()
    assert (entry.actor, entry.action, entry.details["reason"]) == (
        administrator,
        Action.MANAGE_ACCOUNTS,
        WHY["why"],
    )
    assert dispatcher.history.latest().history_user == administrator
    assert NEW_PASSWORD not in str(entry.details)


def test_a_password_without_a_reason_is_not_set(client, dispatcher):
    one = reverse("admin:auth_user_password_change", args=[dispatcher.pk])

    response = client.post(
        one, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    )

    assert list(errors(response, "adminForm")) == ["why"]
    assert not User.objects.get(pk=dispatcher.pk).check_password(NEW_PASSWORD)


def test_an_administrator_changes_their_own_password(client, administrator):
    form = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    assert client.post("/admin/password_change/", form).status_code == 302

    assert User.objects.get(pk=administrator.pk).check_password(NEW_PASSWORD)


def test_the_registers_own_account_is_not_shown(client):
    system = User.objects.system()

    assert system.display_name not in client.get(address(User, "changelist")).content.decode()
    assert client.get(address(User, "change", system.pk), follow=True).status_code != 500
    assert client.post(address(User, "change", system.pk), {**WHY, "display_name": "Me"}).status_code == 302
    assert User.objects.system().display_name == system.display_name


def test_saving_without_a_change_is_refused(client, dispatcher):
    form = {"display_name": dispatcher.display_name, "email": dispatcher.email, "is_active": "on", **WHY}

    found = errors(client.post(address(User, "change", dispatcher.pk), form))

    assert found == {"__all__": ["Nothing differs from what is recorded."]}


# --- roles ------------------------------------------------------------------------------------


def test_a_role_is_given_by_who_is_signed_in_and_approved_by_another(
    client, administrator, second_administrator, outsider
):
    response = client.post(address(RoleGrant, "add"), grant_form(outsider, second_administrator))

    assert response.status_code == 302
    grant = outsider.grants.get()
    assert (grant.role, grant.granted_by, grant.approved_by, grant.reason) == (
        Role.DISPATCHER,
        administrator,
        second_administrator,
        WHY["why"],
    )
    assert User.objects.get(pk=outsider.pk).roles == {Role.DISPATCHER}
    assert last_entry().details["approved_by"] == "A-402"


def test_who_gives_a_role_does_not_approve_it(client, administrator, second_administrator, outsider):
    found = errors(client.post(address(RoleGrant, "add"), grant_form(outsider, administrator)))

    sentence = "Another person than the one who grants the role must approve it."
    assert found == {"approved_by": [sentence]}
    assert not outsider.grants.exists()


def test_nobody_approves_their_own_role(client, second_administrator, outsider):
    save_as(User.objects.system(), grant_of(outsider, Role.ADMINISTRATOR))

    found = errors(client.post(address(RoleGrant, "add"), grant_form(outsider, outsider)))

    assert "Nobody approves their own role" in found["approved_by"][0]


@pytest.mark.parametrize(
    ("held", "wanted"), [(Role.OVERSIGHT, Role.ADMINISTRATOR), (Role.ADMINISTRATOR, Role.OVERSIGHT)]
)
def test_an_administrator_holds_no_other_role(client, second_administrator, outsider, held, wanted):
    save_as(User.objects.system(), grant_of(outsider, held))

    found = errors(
        client.post(address(RoleGrant, "add"), grant_form(outsider, second_administrator, role=wanted))
    )

    assert "administrators see no case" in found["role"][0]


def grant_of(user: User, role: Role) -> RoleGrant:
    """A grant made by the register, as the first ones are."""
    register = User.objects.system()
    return RoleGrant(user=user, role=role, granted_by=register, approved_by=user, reason="Made by a test.")


def test_a_role_that_is_held_already_is_not_given_twice(client, second_administrator, dispatcher):
    found = errors(client.post(address(RoleGrant, "add"), grant_form(dispatcher, second_administrator)))

    assert list(found) == ["role"]
    assert "holds the role already" in found["role"][0]


@pytest.mark.parametrize("approver", ["dispatcher", "outsider", "oversight"])
def test_only_an_administrator_approves(client, outsider, approver, request):
    person = request.getfixturevalue(approver)

    assert list(errors(client.post(address(RoleGrant, "add"), grant_form(outsider, person)))) == [
        "approved_by"
    ]


def test_an_administrator_who_left_approves_nothing(client, second_administrator, outsider):
    second_administrator.is_active = False
    save_as(User.objects.system(), second_administrator)

    found = errors(client.post(address(RoleGrant, "add"), grant_form(outsider, second_administrator)))

    assert list(found) == ["approved_by"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "chief"}, "role"),
        ({"user": "999999"}, "user"),
        ({"user": ""}, "user"),
        ({"starts_at": "2001-01-01T10:00"}, "starts_at"),
        ({"starts_at": "2031-03-09T02:30"}, "starts_at"),
        ({"starts_at": "2031-11-02T01:30"}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"ends_at": "2001-01-01T10:00"}, "ends_at"),
        ({"starts_at": "2031-01-02T10:00", "ends_at": "2031-01-01T10:00"}, "ends_at"),
        ({"why": " "}, "why"),
    ],
)
def test_it_says_what_is_wrong_with_a_grant_beside_the_field(
    client, second_administrator, outsider, given, field
):
    form = grant_form(outsider, second_administrator, **given)

    assert list(errors(client.post(address(RoleGrant, "add"), form))) == [field]
    assert not outsider.grants.exists()


def test_nobody_gives_a_role_in_anothers_name(client, second_administrator, administrator, outsider):
    client.post(
        address(RoleGrant, "add"),
        grant_form(outsider, second_administrator, granted_by=second_administrator.pk),
    )

    assert outsider.grants.get().granted_by == administrator


def test_a_role_is_ended_and_nothing_else_about_it_changes(client, dispatcher, second_administrator):
    grant = dispatcher.grants.get()
    now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    form = {"ends_at": now, "role": Role.ADMINISTRATOR, "user": second_administrator.pk, **WHY}

    assert client.post(address(RoleGrant, "change", grant.pk), form).status_code == 302

    grant.refresh_from_db()
    assert (grant.user, grant.role) == (dispatcher, Role.DISPATCHER)
    assert not User.objects.get(pk=dispatcher.pk).roles
    assert grant.history.latest().history_change_reason == WHY["why"]


def test_a_grant_that_has_ended_is_history(client, dispatcher):
    grant = dispatcher.grants.get()
    grant.ends_at = timezone.now() - timedelta(minutes=5)
    save_as(User.objects.system(), grant)

    assert client.post(address(RoleGrant, "change", grant.pk), {"ends_at": "", **WHY}).status_code == 403


def test_the_last_administrator_stays(client, administrator):
    now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"

    found = errors(
        client.post(address(RoleGrant, "change", administrator.grants.get().pk), {"ends_at": now, **WHY})
    )

    assert list(found) == ["ends_at"]
    assert "must remain" in found["ends_at"][0]


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
    if model is not Threshold:
        assert client.get(address(model, "add")).status_code == 200
    if row is not None:
        assert client.get(address(model, "change", row.pk)).status_code == 200
        assert client.get(address(model, "history", row.pk)).status_code == 200


def test_a_form_without_its_token_is_refused(administrator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)

    assert client.post(address(User, "add"), account_form()).status_code == 403


def test_no_page_has_inline_script_or_style(client, dispatcher):
    for page in ("/admin/", address(User, "changelist"), address(User, "change", dispatcher.pk)):
        body = client.get(page).content.decode()
        assert not re.search(
            r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=", body
        )
