"""How long a dispatcher's hands and head are busy with one call, by the keystroke-level model.

Nothing is timed or slept: what is counted is what the operator does. Every key that is pressed costs 0.28
seconds: letters, digits, Tab, Enter, the key that chooses an answer, and each key of a combination (Shift for
a capital, Control with Enter). Every answer that is chosen costs 1.35 seconds more, for the head.

The call is fixed: eight choices, and a record with at least 130 characters of text afterwards. Not all of
them are typed: two of the choices put in a sentence each, of what the caller said. Typing them all would cost
36.4 seconds and the choices 10.8, which is more than there is. Answers that stand already (a call that came
in, on the non-emergency line, now) are neither pressed nor chosen, and not counted.
"""

import re

import pytest
from playwright.sync_api import Page

from requests_app.models import AssistanceRequest
from requests_app.models import Page as Paging
from requests_app.vocabulary import Status

SECONDS_A_KEY, SECONDS_A_CHOICE = 0.28, 1.35
MOST_SECONDS = 40
CHOICES, LEAST_CHARACTERS = 8, 130
SHIFTED = re.compile(r"""[A-Z~!@#$%^&*()_+{}|:"<>?]""")

NAME, NUMBER, WARRANT = "Agent Canary", "5025550147", "24-cr-1234"
PLACE, SAID, EVENT = "2300 Canary St", "2 agents, rear door.", "26-4412"
SENTENCES = "Agents are at the scene now. Wants officers before agents go to the door."


class Operator:
    """Presses keys, one at a time, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = self.choices = 0

    def press(self, key: str) -> None:
        self.keys += len(key.split("+"))
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        for character in text:
            self.press(f"Shift+{character}" if SHIFTED.match(character) else character)

    def choose(self, key: str) -> None:
        self.choices += 1
        self.press(key)

    @property
    def seconds(self) -> float:
        return self.keys * SECONDS_A_KEY + self.choices * SECONDS_A_CHOICE


@pytest.fixture
def operator(page, sign_in, dispatcher, commander):
    """At the desk, with the new page open and the caller on the line."""
    sign_in(page, dispatcher)
    page.goto("/requests/new/")
    return Operator(page)


def take_the_call(operator):
    operator.choose("2")  # ICE HSI; leads on to the name
    operator.type(NAME)
    operator.press("Tab")
    operator.type(NUMBER)
    operator.press("Enter")
    operator.choose("5")  # serve a warrant
    operator.press("Enter")
    operator.choose("1")  # a warrant or other paper
    operator.press("Enter")
    operator.choose("1")  # criminal warrant; leads on to its number
    operator.type(WARRANT)
    operator.press("Enter")
    operator.type(PLACE)
    operator.press("Tab")
    operator.choose("h")  # house or apartment
    operator.press("Enter")
    operator.choose("4")  # Fourth Division; leads on to the sentences
    operator.choose("1")  # agents are at the scene now
    operator.choose("2")  # wants officers before agents go to the door
    operator.press("Tab")
    operator.type(SAID)
    operator.press("Tab")
    operator.press("Tab")  # over the way it came in, which stands already
    operator.type(EVENT)
    operator.press("Control+Enter")


def test_a_call_takes_forty_seconds_of_the_operator_at_most(operator):
    take_the_call(operator)

    operator.page.wait_for_url(re.compile(r"/requests/[0-9a-z]{16}/$"))
    assert operator.choices == CHOICES
    assert operator.seconds <= MOST_SECONDS


def test_what_was_keyed_stands_in_the_register(operator, commander):
    take_the_call(operator)

    operator.page.wait_for_url(re.compile(r"/requests/[0-9a-z]{16}/$"))
    case = AssistanceRequest.objects.select_related("restricted").get()
    document = case.documents.get()
    assert (case.status, case.component, case.division, case.place_kind) == (
        Status.WAITING,
        "hsi",
        "4",
        "residence",
    )
    assert case.types_at_intake == ["serve_warrant"]
    assert case.grounds_claimed == ["criminal_warrant"]
    assert (document.claimed_class, document.document_number) == ("criminal_warrant", WARRANT)
    assert (case.restricted.requester_name, case.restricted.callback_number) == (NAME, NUMBER)
    assert (case.restricted.location, case.cad_event_number) == (PLACE, EVENT)
    assert case.what_was_said == f"{SENTENCES} {SAID}"
    assert Paging.objects.get().officer == commander
    recorded = [
        case.restricted.requester_name,
        case.restricted.callback_number,
        case.restricted.location,
        case.cad_event_number,
        document.document_number,
        case.what_was_said,
    ]
    assert sum(map(len, recorded)) >= LEAST_CHARACTERS
