"""The decision in a browser: on a phone, by keyboard alone, without script."""

import re

import pytest
from playwright.sync_api import expect

from requests_app import workflow
from requests_app.models import AssistanceRequest, Decision, DirectoryNumber, User
from requests_app.vocabulary import Corroboration, DangerLevel, Ground, Status
from tests import factories

NARROW, PHONE, WIDE = ({"width": width, "height": 720} for width in (320, 375, 1280))


@pytest.fixture
def case(live_server, dispatcher, commander):
    """Under review by the commander; a warrant and a crime are claimed, and the policy waits for facts."""
    return factories.make_decidable(
        dispatcher,
        commander,
        confirmed=False,
        grounds_claimed=[Ground.CRIMINAL_WARRANT, Ground.CRIME],
        crime_offence="Assault",
    )


@pytest.fixture
def decidable(live_server, dispatcher, commander):
    return factories.make_decidable(dispatcher, commander)


@pytest.fixture
def phone(page, sign_in, commander):
    page.set_viewport_size(PHONE)
    sign_in(page, commander)
    return page


@pytest.fixture
def without_script(browser, browser_context_args, sign_in, commander):
    context = browser.new_context(**browser_context_args, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    sign_in(page, commander)
    yield page
    context.close()


def address(case, act="decide"):
    return f"/requests/{case.public_id}/{act}/"


def choose(page, outcome):
    page.locator('label[for^="id_outcome"]').filter(has_text=outcome).click()


def tab_to(page, target):
    """By the Tab key alone, as somebody without a mouse gets there."""
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("The Tab key does not lead there.")


def test_it_is_decided_by_keyboard_alone_on_a_phone(phone, decidable):
    phone.goto(address(decidable))
    tab_to(phone, phone.get_by_role("link", name="Go to the decision"))
    phone.keyboard.press("Enter")
    tab_to(phone, phone.locator('input[name="outcome"]').first)
    phone.keyboard.press("Space")
    tab_to(phone, phone.get_by_label("Serve the criminal warrant"))
    phone.keyboard.press("Space")
    tab_to(phone, phone.get_by_role("button", name="Save decision"))
    phone.keyboard.press("Enter")

    expect(phone.get_by_role("heading", level=1)).to_contain_text(decidable.number)
    decision = Decision.objects.get(case=decidable)
    assert (decision.outcome, decision.scope_allowed) == ("assist", ["serve_criminal_warrant"])


def test_only_the_part_of_the_chosen_outcome_is_shown(phone, decidable):
    phone.goto(address(decidable))
    parts = {
        name: phone.get_by_role("group", name=name, exact=True)
        for name in ("If you assist", "If you decline", "If you refer")
    }
    for part in parts.values():
        expect(part).to_be_hidden()

    for outcome in ("assist", "decline", "refer"):
        choose(phone, outcome.title())
        for name, part in parts.items():
            expect(part).to_be_visible() if name.endswith(outcome) else expect(part).to_be_hidden()

    choose(phone, "Record only")
    for part in parts.values():
        expect(part).to_be_hidden()


def test_everything_that_is_touched_is_large_enough_for_a_thumb(phone, case):
    phone.goto(address(case))
    choose(phone, "Decline")

    touched = "main label.usa-radio__label:visible, main button:visible, main select:visible"
    for target in phone.locator(touched).all():
        assert target.bounding_box()["height"] >= 44
    for link in phone.locator(".decide-point__link:visible, .decide-links a:visible").all():
        assert link.bounding_box()["height"] >= 44


def test_what_is_refused_is_said_and_nothing_typed_is_lost(phone, case):
    phone.goto(address(case))
    choose(phone, "Assist, within limits")
    phone.get_by_text("Protect life", exact=True).click()
    phone.get_by_label("Reason in your words").fill("They insist.")
    phone.get_by_role("button", name="Save decision").click()

    summary = phone.locator("#error_summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("on the facts recorded none holds")
    expect(phone.get_by_label("Protect life")).to_be_checked()
    expect(phone.get_by_label("Reason in your words")).to_have_value("They insist.")
    assert not Decision.objects.exists()


def test_a_finding_leads_to_the_form_that_sets_its_fact_and_back(phone, case):
    phone.goto(address(case))
    phone.locator(".decide-point").filter(has_text="Confirm the warrant").get_by_role("link").click()

    phone.get_by_text("Confirmed active", exact=True).first.click()
    phone.get_by_role("button", name="Save evidence").click()

    expect(phone.get_by_role("heading", name="The policy says: Assist, within limits")).to_be_visible()
    expect(phone.locator(".ground--holds")).to_contain_text("Criminal warrant")


def test_another_officers_change_is_shown_before_a_decision_is_saved(phone, decidable, commander):
    phone.goto(address(decidable))
    choose(phone, "Decline")
    phone.get_by_label("Why the request is declined").select_option("other")
    phone.get_by_label("Reason in your words").fill("Long words of mine.")
    workflow.set_evidence(
        decidable.pk,
        actor=commander,
        assessment=workflow.Assessment(
            danger_level=DangerLevel.CLEAR, danger_corroboration=Corroboration.CAMERA
        ),
    )

    phone.get_by_role("button", name="Save decision").click()

    expect(phone.get_by_role("heading", name="Changed since you opened this page")).to_be_visible()
    expect(phone.get_by_text("Officers may go before the decision.")).to_be_visible()
    expect(phone.get_by_label("Reason in your words")).to_have_value("Long words of mine.")
    phone.get_by_role("button", name="Save decision").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text(decidable.number)
    assert Decision.objects.get(case=decidable).needs_agreement


def test_a_double_press_decides_once(phone, decidable):
    phone.goto(address(decidable))
    choose(phone, "Assist, within limits")
    phone.get_by_text("Take a report", exact=True).click()

    phone.get_by_role("button", name="Save decision").dblclick()

    expect(phone.get_by_role("heading", level=1)).to_contain_text(decidable.number)
    assert Decision.objects.filter(case=decidable).count() == 1


def test_it_is_decided_without_script(without_script, decidable):
    page = without_script
    page.goto(address(decidable))
    for heading in ("If you assist", "If you decline", "If you refer"):
        expect(page.get_by_text(heading, exact=True)).to_be_visible()

    choose(page, "Refer")
    page.get_by_label("Referred to").fill("Records custodian")
    page.get_by_label("Reason in your words").fill("All of it is theirs.")
    page.get_by_role("button", name="Save decision").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(decidable.number)
    decision = Decision.objects.get(case=decidable)
    assert (decision.outcome, decision.referred_to) == ("refer", "Records custodian")


def test_the_way_to_a_decision_works_without_script(without_script, dispatcher):
    save_number()
    case = workflow.log(factories.make_request(dispatcher).pk, actor=dispatcher)
    page = without_script
    page.goto("/queue/")
    page.get_by_role("button", name="Take request").click()

    page.get_by_role("link", name="Verify caller").first.click()
    page.get_by_text("Verified by call-back", exact=True).click()
    page.get_by_text("ERO duty desk: 502-555-0140").click()
    page.get_by_role("button", name="Save verification").click()
    page.get_by_role("link", name="Record the call").first.click()
    page.get_by_text("Recorded", exact=True).click()
    page.get_by_label("Recorder's reference").fill("REC-7")
    page.get_by_role("button", name="Save the call").click()
    page.get_by_role("link", name="Set evidence").first.click()
    page.get_by_text("Confirmed active", exact=True).first.click()
    page.get_by_role("button", name="Save evidence").click()

    expect(page.get_by_role("heading", name="The policy says: Assist, within limits")).to_be_visible()
    assert AssistanceRequest.objects.get(pk=case.pk).status == Status.UNDER_REVIEW


def save_number():
    number = DirectoryNumber(component="ero", office="ERO duty desk", number="502-555-0140")
    factories.save_as(User.objects.system(), number)


ACTS = [
    "decide",
    "set_evidence",
    "verify_caller",
    "record_call",
    "reclassify",
    "request_information",
    "release",
]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_every_page_is_accessible_and_does_not_scroll_sideways(phone, assert_accessible, case, colours, size):
    save_number()
    phone.emulate_media(color_scheme=colours)
    phone.set_viewport_size(size)

    for act in ACTS:
        phone.goto(address(case, act))

        assert_accessible(phone)
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), act


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_page_with_problems_is_accessible(phone, assert_accessible, case, colours):
    phone.emulate_media(color_scheme=colours)
    phone.goto(address(case))
    phone.get_by_role("button", name="Save decision").click()

    expect(phone).to_have_title(re.compile("^Error: "))
    assert_accessible(phone)


def test_the_second_officers_page_is_accessible(phone, assert_accessible, dispatcher, second_commander):
    case = factories.make_decidable(dispatcher, second_commander)
    danger = workflow.Assessment(danger_level=DangerLevel.CLEAR, danger_corroboration=Corroboration.CAMERA)
    workflow.set_evidence(case.pk, actor=second_commander, assessment=danger)
    workflow.decide(case.pk, actor=second_commander, choice=factories.DECLINE)

    for act in ("agree", "disagree"):
        phone.goto(address(case, act))
        assert_accessible(phone)

    phone.get_by_label("Why you disagree").fill("The danger is here and now.")
    phone.get_by_role("button", name="Disagree").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text(case.number)
    assert AssistanceRequest.objects.get(pk=case.pk).status == Status.UNDER_REVIEW
