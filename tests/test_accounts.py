"""Acts on accounts, without pages: what two people must do, what time ends, what training means."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from requests_app import accounts, ledger, workflow
from requests_app.accounts.locks import lock
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest, LedgerEntry, RoleGrant, User
from requests_app.permissions import GRANTS
from requests_app.vocabulary import Action, LockCause, Role, StepKind
from tests.factories import PASSWORD, make_request, make_user, posted_intake, save_as

pytestmark = pytest.mark.django_db

WHY = {"reason": "Asked for by the watch commander."}


@pytest.fixture
def second_administrator(database):
    return make_user("A-402", Role.ADMINISTRATOR, display_name="Administrator Two")


@pytest.fixture
def recruit(administrator):
    return accounts.create_account(
        actor=administrator, badge_number=" d-777 ", display_name="Dispatcher Seven", **WHY
    )


def fresh(account):
    return User.objects.get(pk=account.pk)


def refusal(act, *args, **words):
    """What the register said; nothing may have been written."""
    before = LedgerEntry.objects.count()
    with pytest.raises(accounts.NotPossible) as refused:
        act(*args, **words)
    assert LedgerEntry.objects.count() == before
    return str(refused.value)


# --- two people -------------------------------------------------------------------------------


def test_an_account_is_made_by_one_and_activated_by_another(administrator, second_administrator, recruit):
    step = recruit.steps.get()
    assert (recruit.badge_number, recruit.may_enter) == ("D-777", False)

    assert "Another administrator" in refusal(accounts.confirm_step, step, actor=administrator)
    accounts.confirm_step(step, actor=second_administrator)

    assert fresh(recruit).may_enter
    entry = LedgerEntry.objects.latest("id")
    assert (entry.actor, entry.action) == (second_administrator, Action.CONFIRM_STEP)
    assert entry.details["asked_by"] == "A-401"
    assert entry.public.keys() == {"v", "action", "refusal", "quarter"}


def test_the_database_itself_refuses_one_person_for_both(administrator, recruit):
    step = recruit.steps.get()
    step.confirmed_by, step.confirmed_at = administrator, timezone.now()

    with pytest.raises(DatabaseError, match="accountstep_confirmed_by_another"):
        save_as(administrator, step)


def test_a_role_holds_when_another_has_confirmed_it(administrator, second_administrator, outsider):
    grant = accounts.propose_role(outsider, Role.DISPATCHER, actor=administrator, **WHY)
    assert fresh(outsider).roles == frozenset()
    assert "Another administrator" in refusal(accounts.confirm_role, grant, actor=administrator)

    accounts.confirm_role(grant, actor=second_administrator)

    assert fresh(outsider).roles == {Role.DISPATCHER}


def test_nobody_confirms_their_own_role(administrator, outsider):
    """Who is an administrator for a week does not make themselves one for good."""
    save_as(
        User.objects.system(),
        RoleGrant(
            user=outsider,
            role=Role.ADMINISTRATOR,
            starts_at=timezone.now() - timedelta(days=1),
            ends_at=timezone.now() + timedelta(days=7),
            granted_by=User.objects.system(),
            approved_by=administrator,
            reason="Made by a test.",
        ),
    )
    grant = accounts.propose_role(outsider, Role.ADMINISTRATOR, actor=administrator, **WHY)

    said = refusal(accounts.confirm_role, grant, actor=fresh(outsider))

    assert said == "Nobody confirms their own role."


def test_a_role_is_proposed_once_also_with_an_end(administrator, outsider):
    tomorrow = timezone.now() + timedelta(days=1)
    accounts.propose_role(outsider, Role.DISPATCHER, actor=administrator, ends_at=tomorrow, **WHY)

    said = refusal(accounts.propose_role, outsider, Role.DISPATCHER, actor=administrator, **WHY)

    assert said == "This role is proposed already and waits for another administrator."


def test_a_proposal_that_is_turned_down_gives_nothing(administrator, second_administrator, outsider):
    grant = accounts.propose_role(outsider, Role.DISPATCHER, actor=administrator, **WHY)
    accounts.end_role(grant, actor=second_administrator, **WHY)

    assert refusal(accounts.confirm_role, grant, actor=second_administrator) == "This was settled meanwhile."
    assert list(accounts.proposed_roles()) == []


@pytest.mark.parametrize(
    ("held", "wanted"), [(Role.OVERSIGHT, Role.ADMINISTRATOR), (Role.ADMINISTRATOR, Role.OVERSIGHT)]
)
def test_an_administrator_holds_no_other_role(administrator, held, wanted):
    person = make_user("X-600", held)

    said = refusal(accounts.propose_role, person, wanted, actor=administrator, **WHY)

    assert "administrators see no case" in said


def test_two_roles_that_exclude_each_other_are_not_confirmed_one_after_the_other(
    administrator, second_administrator, outsider
):
    first = accounts.propose_role(outsider, Role.OVERSIGHT, actor=administrator, **WHY)
    second = accounts.propose_role(outsider, Role.ADMINISTRATOR, actor=administrator, **WHY)
    accounts.confirm_role(first, actor=second_administrator)

    assert "administrators see no case" in refusal(accounts.confirm_role, second, actor=second_administrator)


def test_the_last_administrator_stays(administrator):
    assert "must remain" in refusal(accounts.end_role, administrator.grants.get(), actor=administrator, **WHY)
    assert "own account" in refusal(accounts.deactivate, administrator, actor=administrator, **WHY)


def test_an_administrator_whose_account_has_ended_does_not_count_as_one(administrator, second_administrator):
    second_administrator.ends_at = timezone.now() - timedelta(seconds=1)
    save_as(User.objects.system(), second_administrator)

    said = refusal(accounts.end_role, administrator.grants.get(), actor=administrator, **WHY)

    assert "must remain" in said


ACTS_BY_ROLE = {
    Action.CREATE_ACCOUNT: lambda person, actor: accounts.create_account(
        actor=actor, badge_number="D-778", display_name="Eight", **WHY
    ),
    Action.PROPOSE_ACTIVATION: lambda person, actor: accounts.propose_activation(person, actor=actor, **WHY),
    Action.PROPOSE_RESET: lambda person, actor: accounts.propose_reset(person, actor=actor, **WHY),
    Action.CONFIRM_STEP: lambda person, actor: accounts.confirm_step(person.steps.get(), actor=actor),
    Action.WITHDRAW_STEP: lambda person, actor: accounts.withdraw_step(
        person.steps.get(), actor=actor, **WHY
    ),
    Action.DEACTIVATE: lambda person, actor: accounts.deactivate(person, actor=actor, **WHY),
    Action.NEW_ENROLMENT_LINK: lambda person, actor: accounts.new_enrolment_link(person, actor=actor, **WHY),
    Action.PROPOSE_ROLE: lambda person, actor: accounts.propose_role(
        person, Role.OVERSIGHT, actor=actor, **WHY
    ),
    Action.CONFIRM_ROLE: lambda person, actor: accounts.confirm_role(person.grants.get(), actor=actor),
    Action.END_ROLE: lambda person, actor: accounts.end_role(person.grants.get(), actor=actor, **WHY),
    Action.REVIEW_ROLES: lambda person, actor: accounts.review_roles(person, actor=actor, remark="Needed."),
    Action.RECORD_TRAINING: lambda person, actor: accounts.record_training(
        person, actor=actor, trained_on=date(2025, 3, 1), trained_by="Training Unit"
    ),
    Action.UNLOCK: lambda person, actor: accounts.unlock(accounts.find_lock(person), actor=actor, **WHY),
}


def test_the_table_above_names_acts_of_administrators_alone():
    assert set(ACTS_BY_ROLE) <= GRANTS[Role.ADMINISTRATOR]


# Who else may unlock has a table of its own, with the pages.
NOT_ALLOWED = [
    (action, who)
    for action in ACTS_BY_ROLE
    for who in ("dispatcher", "commander", "oversight", "outsider")
    if not (action == Action.UNLOCK and who in ("dispatcher", "commander"))
]


@pytest.mark.parametrize(("action", "who"), NOT_ALLOWED)
def test_an_act_asks_for_the_role_itself_whatever_page_it_came_from(action, who, administrator, request):
    actor = request.getfixturevalue(who)
    person = accounts.create_account(actor=administrator, badge_number="D-700", display_name="Seven", **WHY)
    accounts.propose_role(person, Role.DISPATCHER, actor=administrator, **WHY)
    lock(person, cause=LockCause.PASSWORD)

    said = refusal(ACTS_BY_ROLE[action], person, actor)

    assert said == f"Your role does not allow “{action.label}”."


def test_an_administrator_who_was_deactivated_meanwhile_does_nothing(
    administrator, second_administrator, dispatcher
):
    accounts.deactivate(second_administrator, actor=administrator, **WHY)

    said = refusal(accounts.deactivate, dispatcher, actor=second_administrator, **WHY)

    assert said.startswith("Your role does not allow")


# --- what time ends -----------------------------------------------------------------------------


def test_accounts_that_nobody_used_for_ninety_days_are_disabled(administrator, second_administrator):
    idle = make_user("D-300", Role.DISPATCHER)
    busy = make_user("D-301", Role.DISPATCHER)
    accounts.signed_in(busy, network="", methods=["password", "mfa"])
    now = timezone.now()

    assert accounts.disable_unused(now=now + timedelta(days=89, hours=23)) == []
    with transaction.atomic():
        assert idle.is_active

    disabled = accounts.disable_unused(now=now + timedelta(days=90, minutes=5))

    assert {one.badge_number for one in disabled} == {"A-401", "D-300", "D-301"}
    assert not fresh(idle).may_enter
    assert fresh(second_administrator).may_enter, "the last administrator stays"
    entry = LedgerEntry.objects.latest("id")
    assert (entry.actor, entry.action) == (User.objects.system(), Action.DISABLE_UNUSED)
    assert entry.details["reason"] == "Not used for 90 days."


def test_a_sign_in_and_an_activation_count_as_use(
    administrator, second_administrator, demonstration, recruit
):
    """The register's clock stands a hundred days ahead for whoever came then."""
    signed_in, idle = make_user("D-301", Role.DISPATCHER), make_user("D-302", Role.DISPATCHER)
    later = timezone.now() + timedelta(days=100)
    with clock(later):
        accounts.signed_in(signed_in, network="", methods=["password", "mfa"])
        accounts.confirm_step(recruit.steps.get(), actor=second_administrator)

    disabled = accounts.disable_unused(now=later)

    assert {one.badge_number for one in disabled} == {"A-401", idle.badge_number}


def test_a_temporary_account_is_disabled_after_its_last_day(administrator, dispatcher):
    now = timezone.now()
    dispatcher.ends_at = now + timedelta(days=2)
    save_as(administrator, dispatcher)

    assert accounts.disable_unused(now=now + timedelta(days=1)) == []
    disabled = accounts.disable_unused(now=now + timedelta(days=2, seconds=1))

    assert [one.badge_number for one in disabled] == ["D-101"]
    assert LedgerEntry.objects.latest("id").details["reason"].startswith("The last day")


def test_an_account_past_its_last_day_is_not_activated(administrator, second_administrator):
    account = accounts.create_account(
        actor=administrator,
        badge_number="D-779",
        display_name="Nine",
        ends_at=timezone.now() + timedelta(hours=1),
        **WHY,
    )
    account.ends_at = timezone.now() - timedelta(seconds=1)
    save_as(administrator, account)

    said = refusal(accounts.confirm_step, account.steps.get(), actor=second_administrator)

    assert said.startswith("The last day of this temporary account is over.")


def test_a_role_with_an_end_stops_there(administrator, second_administrator, outsider):
    end = timezone.now() + timedelta(seconds=30)
    grant = accounts.propose_role(outsider, Role.DISPATCHER, actor=administrator, ends_at=end, **WHY)
    accounts.confirm_role(grant, actor=second_administrator)
    assert fresh(outsider).roles == {Role.DISPATCHER}

    grant.refresh_from_db()
    grant.starts_at -= timedelta(days=1)
    grant.ends_at = timezone.now() - timedelta(seconds=1)
    save_as(administrator, grant)

    assert fresh(outsider).roles == frozenset()


# --- nothing is deleted, nothing is used again --------------------------------------------------


def test_an_account_is_never_deleted(dispatcher):
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=dispatcher.pk)._raw_delete("default")

    assert User.objects.filter(pk=dispatcher.pk).exists()


@pytest.mark.parametrize("badge", ["D-777", "d-777", " D-777 "])
def test_a_badge_number_is_never_used_again(administrator, second_administrator, recruit, badge):
    accounts.confirm_step(recruit.steps.get(), actor=second_administrator)
    accounts.deactivate(recruit, actor=administrator, **WHY)

    said = refusal(
        accounts.create_account, actor=administrator, badge_number=badge, display_name="Another", **WHY
    )

    assert said == "This badge number has an account already. Badge numbers are never reused."


def test_who_comes_back_is_activated_by_two_and_enrols_anew(administrator, second_administrator, dispatcher):
    accounts.deactivate(dispatcher, actor=administrator, **WHY)
    step = accounts.propose_activation(dispatcher, actor=administrator, **WHY)
    assert step.kind == StepKind.ACTIVATE
    assert fresh(dispatcher).check_password(PASSWORD)

    accounts.confirm_step(step, actor=second_administrator)

    assert not fresh(dispatcher).has_usable_password()


def test_the_registers_own_account_is_nobodys_to_manage(administrator):
    with pytest.raises(ObjectDoesNotExist):
        accounts.deactivate(User.objects.system(), actor=administrator, **WHY)


# --- training -----------------------------------------------------------------------------------


def untrained(case):
    found = AssistanceRequest.objects.annotate(untrained=accounts.logged_untrained())
    return found.get(pk=case.pk).untrained


def train(account, administrator, on):
    accounts.record_training(account, actor=administrator, trained_on=on, trained_by="Training Unit")


def test_an_untrained_dispatcher_logs_a_call_all_the_same(signed_in, dispatcher, administrator):
    client = signed_in(dispatcher)
    page = client.get(reverse("requests_app:request_new")).content.decode()
    assert "Your training to contact a commanding officer is not on record." in page

    answer = client.post(reverse("requests_app:request_new"), {**posted_intake(), "page": "1"})

    assert answer.status_code == 302
    case = AssistanceRequest.objects.get()
    assert case.logged_by == dispatcher
    body = client.get(reverse("requests_app:request_detail", args=[case.public_id])).content.decode()
    assert "Logged by somebody without training on record" in body


def test_a_trained_dispatcher_is_not_told_so(signed_in, dispatcher, administrator):
    train(dispatcher, administrator, timezone.localdate())

    page = signed_in(dispatcher).get(reverse("requests_app:request_new")).content.decode()

    assert "is not on record" not in page


def test_the_queue_and_the_page_say_who_was_not_trained(signed_in, dispatcher, commander, administrator):
    case = make_request(dispatcher)
    assert not untrained(case)
    workflow.log(case.pk, actor=dispatcher)
    tag = "Logged by somebody without training on record"
    client = signed_in(commander)
    pages = [reverse("requests_app:queue"), reverse("requests_app:request_detail", args=[case.public_id])]
    assert [tag in client.get(page).content.decode() for page in pages] == [True, True]

    train(dispatcher, administrator, timezone.localdate())

    assert [tag in client.get(page).content.decode() for page in pages] == [False, False]


def test_a_training_after_the_call_changes_nothing_about_it(dispatcher, administrator, demonstration):
    case = make_request(dispatcher)
    workflow.log(case.pk, actor=dispatcher)
    entered_on = case.entered_at.astimezone(ledger.LOUISVILLE).date()
    assert untrained(case)
    assert not accounts.was_trained(dispatcher, on=entered_on)

    train(dispatcher, administrator, entered_on)

    assert not untrained(case)
    assert accounts.was_trained(dispatcher, on=entered_on)
    assert not accounts.was_trained(dispatcher, on=entered_on - timedelta(days=1))


def test_an_officer_who_logs_a_call_needs_no_training(commander):
    case = make_request(commander)
    workflow.log(case.pk, actor=commander)

    assert not untrained(case)


def test_a_role_that_ended_before_the_call_counts_no_more(administrator, commander):
    save_as(
        administrator,
        RoleGrant(
            user=commander,
            role=Role.DISPATCHER,
            starts_at=timezone.now() - timedelta(days=30),
            ends_at=timezone.now() - timedelta(days=10),
            granted_by=administrator,
            approved_by=commander,
            reason="Made by a test.",
        ),
    )
    case = make_request(commander)
    workflow.log(case.pk, actor=commander)

    assert not untrained(case)
