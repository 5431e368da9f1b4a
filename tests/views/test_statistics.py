"""The addresses of the old statistics page lead to the public pages, for everybody and without a database."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/statistics/", "/en/"),
        ("/statistics/2024-Q1/", "/en/quarters/2024-Q1/"),
        ("/policy/", "/en/policy/"),
        ("/about/", "/en/about/"),
        ("/log/", "/en/log/"),
        ("/receipt/", "/en/receipt/"),
    ],
)
def test_an_old_address_has_moved_for_good(old, new):
    answer = Client().get(old)

    assert (answer.status_code, answer.headers["Location"]) == (301, new)
    assert not answer.cookies


@pytest.mark.parametrize("code", ["2024-Q5", "2024", "2024-Q1'", "x" * 300, "%00"])
def test_what_is_no_quarter_is_not_found(code):
    assert Client().get(f"/statistics/{code}/").status_code == 404


@pytest.mark.parametrize("address", ["/statistics/", "/statistics/2024-Q1/", "/en/"])
def test_it_takes_nothing_in(address):
    assert Client().post(address, {"quarter": "2024-Q2"}).status_code == 405
