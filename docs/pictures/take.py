"""Takes the pictures of the manuals anew, from a demonstration that `make run` has just made.

    .venv/bin/python docs/pictures/take.py http://localhost:8000

It types and presses as a person does, so the demonstration is not the same afterwards. Needs Chromium.
"""

import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
PASSWORD = "demonstration-2017"  # noqa: S105  everybody's, printed by `manage.py demo --show-accounts`
CHROMIUM = "/usr/bin/chromium"
DESK, SMALL_DESK, PHONE = (1160, 820), (1080, 760), (375, 760)


def open_page(browser: Browser, address: str, *, badge: str = "", size: tuple[int, int] = DESK) -> Page:
    page = browser.new_page(
        base_url=address, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
    )
    if badge:
        page.goto("/account/login/")
        page.click("main button[type=submit]")  # the notice
        page.fill("[name=login]", badge)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]:visible >> nth=-1")
        page.fill("[name=code]", code_of(badge))
        page.click("main button[type=submit] >> nth=0")
        page.wait_for_url(lambda url: "/account/" not in url)
    return page


def code_of(badge: str) -> str:
    """The present code of an account; one that was used is waited out."""
    while True:
        command = ["make", "--silent", "manage", f"DO=demo --code {badge}"]  # our own words
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
        if told[:6].isdigit():
            return told[:6]
        time.sleep(2)


def keep(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")


def take_intake(browser: Browser, address: str) -> None:
    page = open_page(browser, address, badge="D-1001", size=SMALL_DESK)
    page.goto("/requests/new/")
    keys = page.keyboard
    keys.press("2")
    keys.type("Agent at the field office")
    page.fill("[name=callback_number]", "502-555-0123")
    answers = (
        ("types_at_intake", "1"),
        ("types_at_intake", "5"),
        ("grounds_claimed", "1"),
        ("document_class", "1"),
    )
    for question, key in answers:
        page.locator(f"[name={question}]").first.focus()
        keys.press(key)
    page.fill("[name=what_was_said]", "Wants officers before agents go to the door.")
    page.wait_for_selector(".save-status__words--saved")
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, "intake")


def take_queue_and_case(browser: Browser, address: str) -> None:
    page = open_page(browser, address, badge="C-2001")
    keep(page, "queue")
    page.goto("/queue/?tab=mine")
    page.locator("tr", has_text="Serve a warrant").locator("a").first.click()
    page.wait_for_selector("#timeline_heading")
    keep(page, "case")


def take_decision(browser: Browser, address: str) -> None:
    page = open_page(browser, address, badge="C-2001", size=PHONE)
    page.goto("/queue/?tab=mine")
    page.locator("a.usa-button", has_text="Decide").first.click()
    page.wait_for_selector(".decide-verdict")
    keep(page, "decide")


def take_statistics(browser: Browser, address: str) -> None:
    page = open_page(browser, address)
    page.goto("/en/")
    keep(page, "statistics")


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for take in (take_queue_and_case, take_decision, take_statistics, take_intake):
            take(browser, address)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
