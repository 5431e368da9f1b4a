"""The pages of people: who may act, what is answered, what the ledger keeps, and what takes two people."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app import accounts
from requests_app.accounts.locks import lock
from requests_app.models import AccountStep, LedgerEntry, RoleGrant, Session, SignInLock, Training, User
from requests_app.signin import totp
from requests_app.vocabulary import Action, LockCause, RefusalKind, Role, StepKind
from tests.factories import make_duty, make_user, save_as, session_for

pytestmark = pytest.mark.django_db

PEOPLE = ("dispatcher", "commander", "oversight", "administrator", "outsider")
WHY = {"reason": "Asked for by the watch commander."}


@pytest.fixture
def second_administrator(database):
    return make_user("A-402", Role.ADMINISTRATOR, display_name="Administrator Two")


@pytest.fixture
def recruit(administrator):
    """An account that nobody can sign in to yet."""
    return accounts.create_account(
        actor=administrator, badge_number="D-777", display_name="Dispatcher Seven", reason="New on the shift."
    )


@pytest.fixture
def colleague(recruit, second_administrator):
    """Activated, and not enrolled yet."""
    accounts.confirm_step(recruit.steps.get(), actor=second_administrator)
    return User.objects.get(pk=recruit.pk)


def address(name, account=None, **query):
    url = reverse(f"requests_app:{name}", args=[account.badge_number] if account else [])
    return f"{url}?which={query['which']}" if query else url


def stale(client):
    """The session of this client showed its second factor eleven minutes ago."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 11 * 60
    session.save()
    return client


def entries():
    return list(LedgerEntry.objects.order_by("id").values_list("action", flat=True))


def done():
    """What was really done; the ledger keeps refusals too."""
    return list(LedgerEntry.objects.filter(refusal="").order_by("id").values_list("action", flat=True))


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def words(response):
    """What the page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- every act as every role ------------------------------------------------------------------


def act_on(name, administrator, second_administrator):
    """An account on which the act is possible, and what is sent for it by the second administrator."""
    account = make_user("D-900", Role.DISPATCHER)
    by = {"actor": administrator}
    if name == "person_propose_activation":
        accounts.deactivate(account, **by, **WHY)
        return account, WHY, Action.PROPOSE_ACTIVATION
    if name == "person_propose_reset":
        return account, WHY, Action.PROPOSE_RESET
    if name == "person_confirm_step":
        step = accounts.propose_reset(account, **by, **WHY)
        return account, {"which": step.pk}, Action.CONFIRM_STEP
    if name == "person_withdraw_step":
        step = accounts.propose_reset(account, **by, **WHY)
        return account, {"which": step.pk, **WHY}, Action.WITHDRAW_STEP
    if name == "person_deactivate":
        return account, WHY, Action.DEACTIVATE
    if name == "person_new_enrolment_link":
        accounts.confirm_step(accounts.propose_reset(account, **by, **WHY), actor=second_administrator)
        return account, WHY, Action.NEW_ENROLMENT_LINK
    if name == "person_propose_role":
        return account, {"role": "oversight", "ends_at": "", **WHY}, Action.PROPOSE_ROLE
    if name == "person_confirm_role":
        grant = accounts.propose_role(account, Role.OVERSIGHT, **by, **WHY)
        return account, {"which": grant.pk}, Action.CONFIRM_ROLE
    if name == "person_end_role":
        return account, {"which": account.grants.get().pk, **WHY}, Action.END_ROLE
    if name == "person_review_roles":
        return account, {"remark": "Works every second week."}, Action.REVIEW_ROLES
    if name == "person_record_training":
        sent = {"trained_on": "2025-03-01", "trained_by": "Training Unit"}
        return account, sent, Action.RECORD_TRAINING
    if name == "person_unlock":
        lock(account, cause=LockCause.PASSWORD)
        return account, WHY, Action.UNLOCK
    raise LookupError(name)


ACTS = [
    "person_propose_activation",
    "person_propose_reset",
    "person_confirm_step",
    "person_withdraw_step",
    "person_deactivate",
    "person_new_enrolment_link",
    "person_propose_role",
    "person_confirm_role",
    "person_end_role",
    "person_review_roles",
    "person_record_training",
    "person_unlock",
]
WEIGHTY = [
    "person_propose_activation",
    "person_propose_reset",
    "person_confirm_step",
    "person_new_enrolment_link",
    "person_propose_role",
    "person_confirm_role",
    "person_end_role",
    "person_unlock",
]


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_done_once_and_is_the_last_entry_of_the_ledger(
    name, signed_in, administrator, second_administrator
):
    account, sent, action = act_on(name, administrator, second_administrator)
    before = len(entries())

    response = signed_in(second_administrator).post(address(name, account), sent)

    assert response.status_code == (
        200 if name in ("person_confirm_step", "person_new_enrolment_link") else 302
    )
    assert entries()[before:] == [action]
    entry = LedgerEntry.objects.latest("id")
    assert (entry.actor, entry.details["account"]) == (second_administrator, "D-900")


@pytest.mark.parametrize("who", ["dispatcher", "commander", "oversight", "outsider"])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_for_administrators_alone(
    name, who, signed_in, administrator, second_administrator, request
):
    """Whoever may unlock is another question: below."""
    account, sent, _ = act_on(name, administrator, second_administrator)
    before = done()
    person = request.getfixturevalue(who)
    may_unlock_others = name == "person_unlock" and who in ("dispatcher", "commander")

    response = signed_in(person).post(address(name, account), sent)

    assert response.status_code == (409 if may_unlock_others else 403)
    assert done() == before


@pytest.mark.parametrize("name", ACTS)
def test_a_visitor_is_led_to_sign_in(name, administrator, second_administrator):
    account, sent, _ = act_on(name, administrator, second_administrator)
    before = entries()

    response = Client().post(address(name, account), sent)

    assert response["Location"].startswith("/account/login/")
    assert entries() == before


@pytest.mark.parametrize("name", ACTS)
def test_a_look_at_an_act_does_nothing(name, signed_in, administrator, second_administrator):
    account, _, _ = act_on(name, administrator, second_administrator)
    before = entries()

    response = signed_in(second_administrator).get(address(name, account))

    assert response.status_code == 200
    assert response.context["form"].errors == {}
    assert entries() == before


@pytest.mark.parametrize("name", ACTS)
def test_an_empty_form_is_answered_with_what_is_missing(name, signed_in, administrator, second_administrator):
    account, _, _ = act_on(name, administrator, second_administrator)
    before = entries()

    response = signed_in(second_administrator).post(address(name, account), {})

    assert response.status_code == 422
    assert errors(response)
    assert entries() == before


@pytest.mark.parametrize("name", WEIGHTY)
def test_a_weighty_act_asks_for_the_second_factor_on_the_way_in(
    name, signed_in, administrator, second_administrator
):
    account, _, _ = act_on(name, administrator, second_administrator)
    client = stale(signed_in(second_administrator))

    response = client.get(address(name, account, which="x"))

    assert response.status_code == 302
    assert response["Location"].startswith("/account/2fa/reauthenticate/?next=%2Fpeople%2FD-900%2F")
    assert response["Location"].endswith("%3Fwhich%3Dx")


@pytest.mark.parametrize("name", WEIGHTY)
def test_a_weighty_act_without_a_fresh_factor_is_not_done_and_loses_nothing(
    name, signed_in, administrator, second_administrator
):
    account, sent, _ = act_on(name, administrator, second_administrator)
    client = stale(signed_in(second_administrator))
    before = entries()

    response = client.post(address(name, account), sent)

    assert response.status_code == 403
    assert "Confirm that it is you" in words(response)
    form = response.context["form"]
    kept = {field: form[field].value() for field, said in sent.items() if said}
    assert kept == {field: str(said) for field, said in sent.items() if said}
    assert entries() == before


@pytest.mark.parametrize("name", sorted(set(ACTS) - set(WEIGHTY)))
def test_what_must_be_quick_asks_for_no_fresh_factor(name, signed_in, administrator, second_administrator):
    account, sent, action = act_on(name, administrator, second_administrator)

    stale(signed_in(second_administrator)).post(address(name, account), sent)

    assert entries()[-1] == action


@pytest.mark.parametrize("name", [*ACTS, "person"])
@pytest.mark.parametrize("badge", ["Z-999", "SYSTEM", "d-900", "%00", "x" * 200])
def test_who_has_no_account_has_no_page(name, badge, signed_in, administrator):
    url = reverse("requests_app:person_deactivate", args=["D-900"]).replace("D-900/deactivate", badge)
    url += "" if name == "person" else f"{name.removeprefix('person_')}/"
    client = signed_in(administrator)

    expected = 409 if name == "person_unlock" else 404
    assert client.get(url).status_code == expected
    assert client.post(url, WHY).status_code == (405 if name == "person" else expected)


# --- two people -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["person_confirm_step", "person_confirm_role"])
def test_who_asked_does_not_confirm(name, signed_in, administrator, second_administrator):
    account, sent, action = act_on(name, administrator, second_administrator)
    before = done()

    response = signed_in(administrator).post(address(name, account), sent)

    assert response.status_code == 409
    assert "Another administrator than the one who" in words(response)
    assert done() == before
    refused = LedgerEntry.objects.latest("id")
    assert (refused.actor, refused.action, refused.refusal) == (administrator, action, RefusalKind.ILLEGAL)
    assert refused.details["reason"].startswith("Another administrator than the one who")


def test_oversight_sees_who_tried_to_do_both_halves(
    signed_in, administrator, second_administrator, oversight
):
    account, sent, _ = act_on("person_confirm_role", administrator, second_administrator)
    signed_in(administrator).post(address("person_confirm_role", account), sent)

    page = signed_in(oversight).get(reverse("requests_app:oversight_blocked"), {"tab": "all"})

    assert "Another administrator than the one who proposed the role must confirm it." in words(page)
    assert "Administrator One (A-401)" in words(page)


def test_nobody_confirms_or_asks_for_what_lets_themselves_in(signed_in, administrator, second_administrator):
    step = accounts.propose_reset(second_administrator, actor=administrator, **WHY)
    client = signed_in(second_administrator)

    confirmed = client.post(address("person_confirm_step", second_administrator), {"which": step.pk})
    asked = client.post(address("person_propose_reset", second_administrator), WHY)
    role = client.post(address("person_propose_role", second_administrator), {"role": "oversight", **WHY})
    gone = client.post(address("person_deactivate", second_administrator), WHY)
    review = client.post(address("person_review_roles", second_administrator), {"remark": "Needed."})

    answers = [confirmed, asked, role, gone, review]
    assert [answer.status_code for answer in answers] == [409] * 5
    assert [errors(answer)["__all__"][0].split()[0] for answer in answers] == ["Nobody"] * 5


def test_the_page_offers_confirmation_to_another_than_who_asked(
    signed_in, administrator, second_administrator, recruit
):
    accounts.propose_role(recruit, Role.DISPATCHER, actor=administrator, **WHY)

    first = signed_in(administrator).get(address("people"))
    second = signed_in(second_administrator).get(address("people"))

    assert "Another administrator must confirm." in words(first)
    assert [one.may_confirm for one in first.context["waiting"]] == [False, False]
    assert [one.may_confirm for one in second.context["waiting"]] == [True, True]
    for one in second.context["waiting"]:
        page = signed_in(second_administrator).get(one.confirm_url)
        assert page.status_code == 200
        assert one.reason in words(page)


def test_two_who_confirm_at_once_confirm_once(signed_in, administrator, second_administrator):
    account, sent, _ = act_on("person_confirm_step", administrator, second_administrator)
    third = make_user("A-403", Role.ADMINISTRATOR)
    signed_in(second_administrator).post(address("person_confirm_step", account), sent)

    response = signed_in(third).post(address("person_confirm_step", account), sent)

    assert response.status_code == 409
    assert errors(response) == {"__all__": ["This was settled meanwhile."]}


def test_nothing_to_confirm_is_said(signed_in, administrator, colleague):
    for name in ("person_confirm_step", "person_withdraw_step", "person_confirm_role", "person_end_role"):
        response = signed_in(administrator).get(address(name, colleague))
        assert response.status_code == 409
        assert "It was settled meanwhile." in words(response)


def test_the_step_of_another_account_is_not_confirmed_here(
    signed_in, administrator, second_administrator, recruit
):
    other = make_user("D-901")

    response = signed_in(second_administrator).post(
        address("person_confirm_step", other), {"which": recruit.steps.get().pk}
    )

    assert response.status_code == 422
    assert not User.objects.get(pk=recruit.pk).is_active


# --- an account's life --------------------------------------------------------------------------


def new_account(**over):
    named = {"badge_number": "d-777", "display_name": "Dispatcher Seven", "email": "", "ends_at": ""}
    return {**named, **WHY, **over}


def test_a_new_account_opens_nothing_and_waits(signed_in, administrator):
    response = signed_in(administrator).post(address("person_create"), new_account())

    account = User.objects.get(badge_number="D-777")
    assert response["Location"] == address("person", account)
    assert not account.is_active
    assert not account.has_usable_password()
    assert account.steps.get().kind == StepKind.ACTIVATE
    assert entries() == [Action.CREATE_ACCOUNT]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"badge_number": ""}, "badge_number"),
        ({"badge_number": "a"}, "badge_number"),
        ({"badge_number": "D 777"}, "badge_number"),
        ({"badge_number": "D" * 21}, "badge_number"),
        ({"badge_number": "D\x00777"}, "badge_number"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": "x" * 81}, "display_name"),
        ({"display_name": "Abc\u202edef"}, "display_name"),
        ({"email": "nowhere"}, "email"),
        ({"ends_at": "2001-01-01T10:00"}, "ends_at"),
        ({"ends_at": "2031-03-09T02:30"}, "ends_at"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_it_says_what_is_wrong_with_a_new_account_beside_the_field(signed_in, administrator, given, field):
    response = signed_in(administrator).post(address("person_create"), new_account(**given))

    assert response.status_code == 422
    assert list(errors(response)) == [field]
    assert entries() == []


@pytest.mark.parametrize("who", ["dispatcher", "commander", "oversight", "outsider"])
def test_nobody_else_makes_an_account(who, signed_in, request):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(address("person_create")).status_code == 403
    assert client.post(address("person_create"), new_account()).status_code == 403
    assert not User.objects.filter(badge_number="D-777").exists()


def test_a_badge_number_is_never_given_again(signed_in, administrator, colleague):
    accounts.deactivate(colleague, actor=administrator, **WHY)

    response = signed_in(administrator).post(address("person_create"), new_account(display_name="Another"))

    assert response.status_code == 409
    assert errors(response)["__all__"] == [
        "This badge number has an account already. Badge numbers are never reused."
    ]
    assert response.context["form"]["display_name"].value() == "Another"


def test_the_link_is_shown_once_to_who_confirms(signed_in, second_administrator, recruit, settings):
    client = signed_in(second_administrator)
    step = recruit.steps.get()

    shown = client.post(address("person_confirm_step", recruit), {"which": step.pk})
    again = client.post(address("person_confirm_step", recruit), {"which": step.pk})
    later = client.get(address("person", recruit))

    link = shown.context["link"]
    assert link.startswith(f"{settings.SITE_URL}/account/enrol/")
    assert link in words(shown)
    assert "Hand it over in person" in words(shown)
    assert "no-store" in shown["Cache-Control"]
    assert again.status_code == 409
    assert link not in words(again) + words(later)
    assert "/account/enrol/" not in str(dict(client.session))
    assert Client().get(path_of(link)).status_code in (200, 302)


def path_of(link):
    return link[link.index("/account/enrol/") :]


def enrolment(link):
    """A visitor's client in front of the link, the notice acknowledged."""
    visitor = Client()
    visitor.post("/account/notice/", {"next": path_of(link)})
    return visitor


NEW_PASSWORD = {
    "new_password1": "an entirely new horse staple",
    "new_password2": "an entirely new horse staple",
}


def test_the_link_works_once(signed_in, second_administrator, recruit):
    link = (
        signed_in(second_administrator)
        .post(address("person_confirm_step", recruit), {"which": recruit.steps.get().pk})
        .context["link"]
    )

    first = enrolment(link).post(path_of(link), NEW_PASSWORD)
    second = enrolment(link).get(path_of(link))

    assert first["Location"] == reverse("mfa_index")
    assert second.status_code == 410


def test_the_link_works_for_a_day(signed_in, second_administrator, recruit, settings):
    link = (
        signed_in(second_administrator)
        .post(address("person_confirm_step", recruit), {"which": recruit.steps.get().pk})
        .context["link"]
    )
    assert settings.PASSWORD_RESET_TIMEOUT == 24 * 60 * 60
    assert enrolment(link).get(path_of(link)).status_code == 200

    # Django counts whole seconds: a link of more than no seconds ago is past a limit below zero.
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert enrolment(link).get(path_of(link)).status_code == 410


def test_a_new_link_makes_the_one_before_worthless(signed_in, second_administrator, recruit):
    client = signed_in(second_administrator)
    first = client.post(address("person_confirm_step", recruit), {"which": recruit.steps.get().pk}).context[
        "link"
    ]

    second = client.post(address("person_new_enrolment_link", recruit), WHY).context["link"]

    assert enrolment(first).get(path_of(first)).status_code == 410
    assert enrolment(second).get(path_of(second)).status_code == 200


def test_who_has_a_password_gets_no_new_link(signed_in, administrator, dispatcher):
    response = signed_in(administrator).post(address("person_new_enrolment_link", dispatcher), WHY)

    assert response.status_code == 409
    assert "Ask for a sign-in reset instead" in words(response)
    assert User.objects.get(pk=dispatcher.pk).has_usable_password()


def test_a_reset_takes_password_factors_sessions_and_lock_away(
    signed_in, administrator, second_administrator, dispatcher
):
    totp.add_factor(dispatcher.pk, "JBSWY3DPEHPK3PXP")
    theirs = signed_in(dispatcher)
    lock(dispatcher, cause=LockCause.CODE)
    step = accounts.propose_reset(dispatcher, actor=administrator, **WHY)
    assert theirs.get(reverse("requests_app:wall")).status_code == 200

    signed_in(second_administrator).post(address("person_confirm_step", dispatcher), {"which": step.pk})

    account = User.objects.get(pk=dispatcher.pk)
    assert not account.has_usable_password()
    assert accounts.find_person("D-101").apps == 0
    assert accounts.find_lock(account) is None
    assert "/account/login/" in theirs.get(reverse("requests_app:request_list"))["Location"]


def test_a_deactivated_person_is_out_with_the_next_press(signed_in, administrator, dispatcher):
    theirs = signed_in(dispatcher)
    assert theirs.get(reverse("requests_app:request_list")).status_code == 200

    signed_in(administrator).post(address("person_deactivate", dispatcher), WHY)

    assert not Session.objects.filter(user=dispatcher).exists()
    assert "/account/login/" in theirs.get(reverse("requests_app:request_list"))["Location"]
    assert User.objects.filter(pk=dispatcher.pk, is_active=False).exists()


def test_the_page_of_a_person_has_the_form_that_deactivates(signed_in, administrator, dispatcher):
    page = signed_in(administrator).get(address("person", dispatcher))

    assert f'action="{address("person_deactivate", dispatcher)}"' in page.content.decode()
    assert page.context["deactivation"] is not None


def test_a_role_that_ends_is_gone_with_the_next_press(signed_in, administrator, dispatcher):
    theirs = signed_in(dispatcher)
    assert theirs.get(reverse("requests_app:request_list")).status_code == 200

    signed_in(administrator).post(
        address("person_end_role", dispatcher), {"which": dispatcher.grants.get().pk, **WHY}
    )

    assert theirs.get(reverse("requests_app:request_list")).status_code == 403


def test_a_role_that_is_confirmed_counts_with_the_next_press(
    signed_in, administrator, second_administrator, outsider
):
    theirs = signed_in(outsider)
    client = signed_in(administrator)
    client.post(address("person_propose_role", outsider), {"role": "dispatcher", "ends_at": "", **WHY})
    assert theirs.get(reverse("requests_app:request_list")).status_code == 403

    signed_in(second_administrator).post(
        address("person_confirm_role", outsider), {"which": outsider.grants.get().pk}
    )

    assert theirs.get(reverse("requests_app:request_list")).status_code == 200


def test_the_address_says_which_role_is_meant(signed_in, administrator, commander):
    accounts.propose_role(commander, Role.OVERSIGHT, actor=administrator, **WHY)
    client = signed_in(administrator)

    held = client.get(address("person_end_role", commander, which="commanding_officer"))
    proposed = client.get(address("person_end_role", commander, which="proposed-oversight"))

    assert held.context["form"].chosen.role == Role.COMMANDING_OFFICER
    assert proposed.context["form"].chosen.role == Role.OVERSIGHT


def test_an_account_with_an_end_stops_there(signed_in, administrator, second_administrator, dispatcher):
    theirs = signed_in(dispatcher)
    dispatcher.ends_at = timezone.now() + timedelta(hours=1)
    save_as(administrator, dispatcher)
    assert theirs.get(reverse("requests_app:request_list")).status_code == 200

    dispatcher.ends_at = timezone.now() - timedelta(seconds=1)
    save_as(administrator, dispatcher)

    assert "/account/login/" in theirs.get(reverse("requests_app:request_list"))["Location"]
    assert accounts.find_person("D-101").state == accounts.State.ENDED


# --- the list -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dispatcher", "commander", "oversight", "outsider"])
@pytest.mark.parametrize("name", ["people", "person"])
def test_the_list_is_for_administrators_alone(name, who, signed_in, administrator, request):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(address(name, administrator if name == "person" else None)).status_code == 403


def rows(response):
    return {row.account.badge_number: row for row in response.context["rows"]}


def test_it_shows_what_each_account_is_good_for(
    signed_in, administrator, second_administrator, dispatcher, recruit, outsider
):
    totp.add_factor(dispatcher.pk, "JBSWY3DPEHPK3PXP")
    lock(dispatcher, cause=LockCause.PASSWORD)
    accounts.record_training(
        dispatcher, actor=administrator, trained_on=timezone.localdate(), trained_by="Training Unit"
    )
    accounts.signed_in(dispatcher, network="127.0.0.0/24", methods=["password", "mfa"])
    accounts.deactivate(outsider, actor=administrator, **WHY)

    page = signed_in(administrator).get(address("people"))

    shown = rows(page)
    assert set(shown) == {"A-401", "A-402", "D-101", "D-777", "X-501"}
    assert shown["D-777"].state == accounts.State.WAITING
    assert shown["X-501"].state == accounts.State.ENDED
    one = shown["D-101"]
    assert (one.state, one.roles, one.is_locked, one.is_enrolled) == (
        accounts.State.ACTIVE,
        (Role.DISPATCHER,),
        True,
        True,
    )
    assert one.trained_on == timezone.localdate()
    assert one.last_sign_in is not None
    assert User.objects.system().display_name not in words(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "d-1"}, {"D-101"}),
        ({"q": "ADMINISTRATOR"}, {"A-401"}),
        ({"role": "dispatcher"}, {"D-101"}),
        ({"state": "waiting"}, {"D-777"}),
        ({"state": "active", "role": "administrator"}, {"A-401"}),
        ({"q": "nobody"}, set()),
    ],
)
def test_the_list_is_narrowed(signed_in, administrator, dispatcher, recruit, query, found):
    page = signed_in(administrator).get(address("people"), query)

    assert set(rows(page)) == found


@pytest.mark.parametrize("query", [{"state": "odd"}, {"role": "chief"}, {"q": "\x00"}, {"q": "x" * 81}])
def test_a_filter_that_cannot_be_is_said(signed_in, administrator, query):
    page = signed_in(administrator).get(address("people"), query)

    assert page.status_code == 422
    assert "Nothing is shown" in words(page)


def test_it_costs_the_same_for_many_people(
    signed_in, administrator, second_administrator, django_assert_num_queries
):
    def more(count, letter):
        for number in range(count):
            one = make_user(f"{letter}-{number:03}", Role.DISPATCHER)
            accounts.propose_reset(one, actor=administrator, **WHY)
            accounts.propose_role(one, Role.COMMANDING_OFFICER, actor=administrator, **WHY)
            accounts.alert_networks(one, networks=["10.0.0.0/24", "10.0.1.0/24"])

    client = signed_in(second_administrator)
    more(2, "E")
    client.get(address("people"))
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get(address("people"))
    more(9, "F")

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        page = client.get(address("people"))

    assert len(page.context["rows"]) == len(page.context["waiting"]) // 2 + 2


QUERIES_OF_THE_LIST = 13


def test_the_alerts_of_a_week_are_shown(signed_in, administrator, dispatcher):
    accounts.alert_networks(dispatcher, networks=["10.0.0.0/24", "192.168.7.0/24"])

    page = signed_in(administrator).get(address("people"))

    assert "10.0.0.0/24, 192.168.7.0/24" in words(page)
    assert accounts.recent_alerts(now=timezone.now() + timedelta(days=8)) == []


def test_roles_that_nobody_looked_at_for_a_year_are_listed_until_they_are_reviewed(
    signed_in, administrator, dispatcher
):
    client = signed_in(administrator)
    due = [account.badge_number for account, _, _ in client.get(address("people")).context["due"]]
    assert due == ["A-401", "D-101"]

    client.post(address("person_review_roles", dispatcher), {"remark": "Still on the night shift."})

    due = [account.badge_number for account, _, _ in client.get(address("people")).context["due"]]
    assert due == ["A-401"]
    review = dispatcher.role_reviews.get()
    assert (review.roles, review.reviewed_by) == (["dispatcher"], administrator)


def test_no_secret_stands_on_the_page_of_a_person(signed_in, administrator, dispatcher):
    factor = totp.add_factor(dispatcher.pk, "JBSWY3DPEHPK3PXP")

    body = signed_in(administrator).get(address("person", dispatcher)).content.decode()

    assert factor.data["secret"] not in body
    assert dispatcher.password not in body
    assert "1 authenticator app" in body


# --- training -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"trained_on": "2017-09-21"}, "trained_on"),
        ({"trained_on": "2025-02-30"}, "trained_on"),
        ({"trained_on": ""}, "trained_on"),
        ({"trained_by": ""}, "trained_by"),
    ],
)
def test_it_says_what_is_wrong_with_a_training(signed_in, administrator, dispatcher, given, field):
    sent = {"trained_on": "2025-03-01", "trained_by": "Training Unit", **given}

    response = signed_in(administrator).post(address("person_record_training", dispatcher), sent)

    assert response.status_code == 422
    assert list(errors(response)) == [field]


def test_a_training_is_recorded_once_a_day_and_never_ahead(signed_in, administrator, dispatcher):
    client = signed_in(administrator)
    tomorrow = timezone.localdate() + timedelta(days=1)
    sent = {"trained_on": "2025-03-01", "trained_by": "Training Unit"}

    first = client.post(address("person_record_training", dispatcher), sent)
    twice = client.post(address("person_record_training", dispatcher), sent)
    ahead = client.post(
        address("person_record_training", dispatcher), {**sent, "trained_on": tomorrow.isoformat()}
    )

    assert [first.status_code, twice.status_code, ahead.status_code] == [302, 409, 409]
    assert Training.objects.get().recorded_by == administrator


# --- locks --------------------------------------------------------------------------------------


@pytest.fixture
def locked(database):
    """A dispatcher and an officer, both locked."""
    found = {
        Role.DISPATCHER: make_user("D-150", Role.DISPATCHER),
        Role.COMMANDING_OFFICER: make_user("C-250", Role.COMMANDING_OFFICER),
    }
    for account in found.values():
        lock(account, cause=LockCause.PASSWORD)
    return found


@pytest.mark.parametrize(
    ("who", "role", "is_on_duty", "code"),
    [
        ("dispatcher", Role.DISPATCHER, False, 409),
        ("dispatcher", Role.COMMANDING_OFFICER, False, 302),
        ("commander", Role.DISPATCHER, True, 302),
        ("commander", Role.DISPATCHER, False, 409),
        ("commander", Role.COMMANDING_OFFICER, True, 409),
        ("administrator", Role.DISPATCHER, False, 302),
        ("administrator", Role.COMMANDING_OFFICER, False, 302),
        ("oversight", Role.DISPATCHER, False, 403),
        ("outsider", Role.DISPATCHER, False, 403),
    ],
)
def test_somebody_of_another_role_who_is_there_unlocks(
    who, role, is_on_duty, code, signed_in, locked, request
):
    person = request.getfixturevalue(who)
    if is_on_duty:
        make_duty(person)
    client = signed_in(person)

    response = client.post(address("person_unlock", locked[role]), WHY)

    assert response.status_code == code
    assert (accounts.find_lock(locked[role]) is None) == (code == 302)


def test_a_locked_person_who_is_signed_in_does_not_unlock_themselves(signed_in, commander):
    make_duty(commander)
    lock(commander, cause=LockCause.PASSWORD)

    response = signed_in(commander).post(address("person_unlock", commander), WHY)

    assert response.status_code == 409
    assert "Nobody unlocks their own account." in words(response)


def test_the_page_says_why_not(signed_in, dispatcher, commander, locked):
    page = signed_in(dispatcher).get(address("people_locked"))
    off_duty = signed_in(commander).get(address("people_locked"))

    assert "Somebody of another role must unlock this account." in words(page)
    assert f'href="{address("person_unlock", locked[Role.COMMANDING_OFFICER])}"' in page.content.decode()
    assert f'href="{address("person_unlock", locked[Role.DISPATCHER])}"' not in page.content.decode()
    assert "You are not on duty." in words(off_duty)


def test_a_role_beside_the_same_role_that_cannot_unlock_does_not_help(signed_in, commander, locked):
    make_duty(commander)
    save_as(
        User.objects.system(),
        RoleGrant(
            user=commander,
            role=Role.OVERSIGHT,
            granted_by=User.objects.system(),
            approved_by=commander,
            reason="Made by a test.",
        ),
    )

    response = signed_in(User.objects.get(pk=commander.pk)).post(
        address("person_unlock", locked[Role.COMMANDING_OFFICER]), WHY
    )

    assert response.status_code == 409


def test_an_account_that_is_not_locked_and_one_that_is_not_there_look_alike(signed_in, dispatcher, commander):
    client = signed_in(dispatcher)

    there = client.get(address("person_unlock", commander))
    not_there = client.get(reverse("requests_app:person_unlock", args=["Z-999"]))

    assert there.status_code == not_there.status_code == 409
    assert words(there).replace("C-201", "") == words(not_there).replace("Z-999", "")


def test_everybody_who_may_unlock_finds_the_page_in_their_menu(
    signed_in, dispatcher, commander, administrator, oversight
):
    def offers(person):
        body = signed_in(person).get("/account/sessions/").content.decode()
        return f'href="{address("people_locked")}"' in body

    assert [offers(one) for one in (dispatcher, commander, administrator, oversight)] == [
        True,
        True,
        True,
        False,
    ]


def test_after_an_unlock_the_count_begins_anew(signed_in, administrator, dispatcher, client):
    def tries():
        visitor = Client()
        visitor.post("/account/notice/", {"next": "/account/login/"})
        return visitor.post("/account/login/", {"login": "D-101", "password": "wrong words"})

    for _ in range(5):
        tries()
    standing = SignInLock.objects.get()
    assert standing.account == dispatcher

    signed_in(administrator).post(address("person_unlock", dispatcher), WHY)
    for _ in range(4):
        tries()

    assert accounts.find_lock(dispatcher) is None
    tries()
    assert accounts.find_lock(dispatcher) is not None


# --- administrators see no case -----------------------------------------------------------------


def test_no_page_of_people_names_a_request(signed_in, administrator, dispatcher):
    client = signed_in(administrator)

    for page in (address("people"), address("people_locked"), address("person", dispatcher)):
        assert "/requests/" not in client.get(page).content.decode()


def test_every_session_that_ends_with_the_account_is_counted(signed_in, administrator, dispatcher):
    session_for(dispatcher)
    session_for(dispatcher)

    signed_in(administrator).post(address("person_deactivate", dispatcher), WHY)

    assert LedgerEntry.objects.latest("id").details["sessions_ended"] == 2


def test_what_was_asked_for_is_taken_back_with_a_reason(signed_in, administrator, recruit):
    step = recruit.steps.get()

    signed_in(administrator).post(address("person_withdraw_step", recruit), {"which": step.pk, **WHY})

    step = AccountStep.objects.get(pk=step.pk)
    assert not step.is_open
    assert step.history.latest().history_change_reason == WHY["reason"]
    assert accounts.find_person("D-777").state == accounts.State.ENDED
