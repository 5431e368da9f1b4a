"""The page about the register: what is never recorded, what it cannot show, and what its words mean."""

import pytest
from django.utils.html import escape

from requests_app.vocabulary import Outcome, Role, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return client.get("/about/").content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "their name",
        "their nationality",
        "their immigration status",
        "their A-number",
        "A request that nobody logged.",
        "records custodian",
    ],
)
def test_it_says_plainly(page, words):
    assert words in page


@pytest.mark.parametrize("choice", [Role, Status, Outcome])
def test_the_glossary_is_that_of_the_closed_lists(page, choice):
    assert [word for word in choice if escape(word.meaning) not in page] == []
