"""Whole lives of a request in a real browser: every act by the page that people use for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from requests_app.models import AssistanceRequest, Decision, LedgerEntry, User
from requests_app.vocabulary import Action, DeviationKind, Outcome, RefusalKind, Status
from tests import factories

LOUISVILLE = ZoneInfo("America/Kentucky/Louisville")


@dataclass
class Desk:
    """One person at one browser."""

    page: Page
    user: User

    def new_request(self, **answers: object) -> AssistanceRequest:
        """Write a call down and page the officer."""
        self.page.goto("/requests/new/")
        self.answer(**answers)
        self.page.get_by_role("button", name="Save and page").click()
        self.page.wait_for_url(
            lambda url: url.endswith("/") and "/new/" not in url and "save_intake" not in url
        )
        return AssistanceRequest.objects.latest("id")

    def open(self, case: AssistanceRequest) -> None:
        self.page.goto(f"/requests/{case.public_id}/")

    def do(self, action: Action, case: AssistanceRequest, **answers: object) -> None:
        """Press what the case page offers for the act, fill its form if it has one, and see it done."""
        self.start(action, case)
        if answers:
            self.answer(**answers)
            self.send()
        expect(self.page.locator(".usa-alert--success")).to_contain_text(f"{action.label}: done.")

    def start(self, action: Action, case: AssistanceRequest) -> None:
        self.open(case)
        end = f'$="/{action.value.partition(":")[2]}/"'
        self.page.locator(f".moves form[action{end}] button, .moves a[href{end}]").first.click()

    def send(self) -> None:
        self.page.locator("form.register-form button[type=submit]").last.click()

    def answer(self, **answers: object) -> None:
        for name, given in answers.items():
            field = self.page.locator(f'[name="{name}"]').first
            kind = field.get_attribute("type") or field.evaluate("field => field.tagName.toLowerCase()")
            if kind in ("radio", "checkbox"):
                self._tick(name, given)
            elif kind == "select":
                field.select_option(str(given))
            else:
                field.fill(str(given))

    def _tick(self, name: str, given: object) -> None:
        for code in given if isinstance(given, list) else [given]:
            value = "" if code is True else f'[value="{code}"]'
            box = self.page.locator(f'[name="{name}"]{value}').first
            folded = box.locator("xpath=ancestor::details[not(@open)]")
            if folded.count():
                folded.first.locator("summary").click()
            # The box itself is drawn by its label; people press that.
            if not box.is_checked():
                self.page.locator(f'label[for="{box.get_attribute("id")}"]').click()


@pytest.fixture
def desk_of(new_context, sign_in) -> Callable[[User], Desk]:
    def make(user: User) -> Desk:
        context = new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(10_000)
        page = context.new_page()
        sign_in(page, user)
        return Desk(page, user)

    return make


@pytest.fixture
def desks(desk_of, dispatcher, commander):
    return desk_of(dispatcher), desk_of(commander)


WARRANT = {
    "types_at_intake": ["serve_warrant"],
    "grounds_claimed": ["criminal_warrant"],
    "document_class": "criminal_warrant",
    "document_number": "24-CR-1",
    "callback_number": "502-555-0100",
    "what_was_said": "Wants officers at a door for a warrant.",
    "cad_event_number": "CAD-77",
}
NOTHING_SHOWN = {
    "types_at_intake": ["clear_building"],
    "what_was_said": "Wants an apartment cleared.",
    "cad_event_number": "CAD-78",
}
DANGER = {
    "types_at_intake": ["emergency_assistance"],
    "grounds_claimed": ["public_danger"],
    "danger_articulated": "Shots were heard.",
    "cad_event_number": "CAD-79",
}


def local(minutes_ago: float = 0) -> str:
    moment = timezone.now().astimezone(LOUISVILLE) - timedelta(minutes=minutes_ago)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def take_and_call(commander: Desk, case: AssistanceRequest, *, verified: bool = True) -> None:
    commander.do(Action.CLAIM, case)
    began = (case.logged_at.astimezone(LOUISVILLE) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
    commander.do(Action.RECORD_CALL, case, recorded="yes", recorder_reference="REC-9", started_at=began)
    if verified:
        commander.do(
            Action.VERIFY_CALLER, case, verification="verified_callback", method="Number of the directory"
        )


def confirm_the_warrant(commander: Desk, case: AssistanceRequest) -> None:
    key = case.documents.get().pk
    commander.do(
        Action.SET_EVIDENCE,
        case,
        **{
            f"document_{key}_confirmed_class": "criminal_warrant",
            f"document_{key}_confirmation": "confirmed_active",
        },
    )


def see_clear_danger(commander: Desk, case: AssistanceRequest) -> None:
    commander.do(Action.SET_EVIDENCE, case, danger_level="clear", danger_corroboration="own_eyes")


def after(case: AssistanceRequest) -> AssistanceRequest:
    return AssistanceRequest.objects.get(pk=case.pk)


def test_assisted(desks, oversight, desk_of, assert_accessible):
    dispatcher, commander = desks
    case = dispatcher.new_request(**WARRANT)
    take_and_call(commander, case)
    confirm_the_warrant(commander, case)
    commander.do(Action.DECIDE, case, outcome="assist", scope_allowed=["serve_criminal_warrant"])
    dispatcher.do(Action.DISPATCH, case, units="412, 415", officers=3)
    dispatcher.do(Action.OFFICER_ARRIVES, case)
    commander.do(Action.COMMANDER_ARRIVES, case)
    dispatcher.do(Action.STAND_DOWN, case)
    commander.do(
        Action.REPORT_OUTCOME,
        case,
        actions_taken=["serve_criminal_warrant"],
        local_arrests=1,
        officer_minutes=90,
        narrative="Arrest on the warrant.",
    )
    reviewer = desk_of(oversight)
    reviewer.do(Action.REVIEW, case, finding="in_policy", note="Heard the recording.")
    reviewer.do(Action.FOLLOW_UP, case, question="Who drove?")
    commander.do(Action.ANSWER, case, text="Unit 412.")

    commander.open(case)
    assert_accessible(commander.page)
    assert (after(case).status, factories.kinds(case)) == (Status.CLOSED, set())
    assert case.decisions.get().outcome == Outcome.ASSIST
    assert case.dispatch.units == ["412", "415"]


def test_declined_and_the_blocked_attempt_is_kept(desks, oversight, desk_of):
    dispatcher, commander = desks
    case = dispatcher.new_request(**NOTHING_SHOWN)
    take_and_call(commander, case)

    commander.start(Action.DECIDE, case)
    commander.answer(outcome="assist", scope_allowed=["secure_scene"])
    commander.send()
    expect(commander.page.locator(".usa-alert--error")).to_contain_text("none holds")
    assert not Decision.objects.exists()
    commander.answer(outcome="decline", reason_code="named_in_policy")
    commander.send()
    commander.page.wait_for_url(f"**/requests/{case.public_id}/")

    assert after(case).status == Status.DECIDED
    assert LedgerEntry.objects.get(refusal=RefusalKind.POLICY).case == case
    reviewer = desk_of(oversight)
    reviewer.page.goto("/oversight/blocked/")
    expect(reviewer.page.get_by_role("main")).to_contain_text(case.number)


def test_referred(desks):
    dispatcher, commander = desks
    case = dispatcher.new_request(types_at_intake=["detainer"], cad_event_number="CAD-80")
    take_and_call(commander, case)

    commander.do(Action.DECIDE, case, outcome="refer", referred_to="The jail's records office")

    assert case.decisions.get().referred_to == "The jail's records office"


def test_recorded_only(desks):
    dispatcher, commander = desks
    case = dispatcher.new_request(types_at_intake=["deconfliction_notice"], cad_event_number="CAD-81")
    take_and_call(commander, case)

    commander.do(Action.DECIDE, case, outcome="record_only")

    assert case.decisions.get().outcome == Outcome.RECORD_ONLY


def test_emergency_before_the_decision(desks):
    dispatcher, commander = desks
    case = dispatcher.new_request(**DANGER)
    dispatcher.do(Action.DISPATCH, case, units="412", officers=2)
    take_and_call(commander, case)
    see_clear_danger(commander, case)

    commander.do(Action.DECIDE, case, outcome="assist", scope_allowed=["protect_life", "secure_scene"])

    assert after(case).status == Status.IN_FIELD
    assert factories.kinds(case) == set()


def test_declined_under_danger_with_a_second_officer(desks, second_commander, desk_of):
    dispatcher, commander = desks
    case = dispatcher.new_request(**DANGER)
    take_and_call(commander, case)
    see_clear_danger(commander, case)

    commander.start(Action.DECIDE, case)
    commander.answer(outcome="decline", reason_code="officers_assessment")
    commander.send()
    expect(commander.page.locator("#id_reason_text_error")).to_contain_text("written reason")
    commander.answer(reason_text="Federal officers are enough, and a crowd would grow.")
    commander.send()
    commander.page.wait_for_url(f"**/requests/{case.public_id}/")

    second = desk_of(second_commander)
    second.do(Action.AGREE, case)
    assert case.decisions.get().endorsements.get().officer == second_commander


def test_a_radio_decision_is_confirmed_later(desks, commander):
    dispatcher, officer = desks
    case = dispatcher.new_request(**NOTHING_SHOWN)

    dispatcher.do(
        Action.RADIO_DECISION,
        case,
        officer=commander.badge_number,
        occurred_at=local(),
        outcome="decline",
        reason_code="named_in_policy",
    )
    officer.open(case)
    expect(officer.page.get_by_role("main")).to_contain_text("radio")
    officer.do(Action.CONFIRM, case)

    decision = case.decisions.get()
    assert (decision.decided_by, decision.entered_by.badge_number) == (commander, "D-101")
    assert decision.endorsements.get().officer == commander


def test_withdrawn_and_taken_up_again(desks):
    dispatcher, commander = desks
    case = dispatcher.new_request(**WARRANT)

    dispatcher.do(Action.WITHDRAW, case, reason="They no longer need anybody.")
    assert after(case).status == Status.WITHDRAWN
    commander.do(Action.REOPEN, case, reason="They rang again.")

    assert after(case).status == Status.UNDER_REVIEW


def test_corrected_revealed_and_explained(desks, oversight, desk_of):
    dispatcher, commander = desks
    case = dispatcher.new_request(**{**WARRANT, "cad_event_number": ""})
    dispatcher.do(Action.CORRECT, case, component="cbp", reason="Misheard.")
    commander.do(Action.EXPLAIN, case, kind="cad_number_missing", explanation="The system was down.")
    reader = desk_of(oversight)
    reader.open(case)
    expect(reader.page.get_by_role("main")).not_to_contain_text("502-555-0100")

    reader.do(Action.REVEAL, case, reason="To hear the recording.")

    expect(reader.page.get_by_role("main")).to_contain_text("502-555-0100")
    assert after(case).component == "cbp"
    assert case.corrections.get().field.endswith("component")


def test_found_late_by_oversight(oversight, commander, desk_of):
    reader = desk_of(oversight)

    case = reader.new_request(
        types_at_intake=["traffic_stop"],
        cad_absence="paper",
        received_at=local(60 * 24 * 90),
        discovered_by="audit",
        what_was_said="A stop found in the dispatch records.",
    )

    assert (case.status, case.discovered_by) == (Status.WAITING, "audit")
    assert DeviationKind.ENTERED_LATE in factories.kinds(case)
    assert case.entered_at - case.received_at > timedelta(days=89)


def test_information_is_asked_for_given_back_and_taken_again(desks):
    dispatcher, commander = desks
    case = dispatcher.new_request(**WARRANT)
    take_and_call(commander, case)

    commander.do(Action.REQUEST_INFORMATION, case, needed="The court that issued it.")
    assert after(case).status == Status.INFORMATION_NEEDED
    commander.do(Action.CLAIM, case)
    commander.do(Action.RELEASE, case, reason="End of my shift.")

    assert after(case).status == Status.INFORMATION_NEEDED


def test_of_two_officers_deciding_in_two_windows_the_second_is_told(desks, second_commander, desk_of):
    dispatcher, commander = desks
    case = dispatcher.new_request(**NOTHING_SHOWN)
    take_and_call(commander, case)
    commander.start(Action.DECIDE, case)
    commander.answer(outcome="decline", reason_code="named_in_policy")
    second = desk_of(second_commander)
    second.do(Action.RELEASE, case, reason="Commander One is needed elsewhere.")
    second.do(Action.CLAIM, case)
    second.do(Action.DECIDE, case, outcome="decline", reason_code="no_ground")

    with commander.page.expect_response(lambda response: response.request.method == "POST") as answer:
        commander.send()

    assert answer.value.status == 409
    expect(commander.page.get_by_role("main")).to_contain_text("not possible now")
    assert case.decisions.get().decided_by == second_commander
