"""The ground of the browser tests: a live server, a browser under the strict policy, a real mail server."""

import re

import pytest
from django.core import mail
from django.db import OperationalError, connection
from playwright.sync_api import expect


@pytest.mark.django_db
def test_it_says_ready_when_the_database_answers(client):
    assert client.get("/readyz").content == b"ready\n"


@pytest.mark.django_db
def test_it_says_503_when_the_database_does_not_answer(client):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the connection is lost")

    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")

    assert response.status_code == 503


def test_it_says_alive_without_a_database(client):
    assert client.get("/healthz").content == b"alive\n"


def test_every_answer_carries_the_strict_policy(client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_browser_reads_a_page_of_the_live_server(page):
    page.goto("/healthz")

    expect(page.locator("body")).to_have_text(re.compile("alive"))


def test_a_browser_test_fails_on_a_script_that_breaks(request, live_server, context):
    page = context.new_page()
    page.goto("/healthz")
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    page.wait_for_timeout(100)

    complaints = request.getfixturevalue("complaints")
    assert [words for words in complaints if "broken" in words]
    complaints.clear()


def test_mail_goes_through_a_real_mail_server(smtp_server):
    mail.send_mail("Page", "Call the dispatcher.", "register@localhost", ["officer@localhost"])

    (message,) = smtp_server
    assert (message["Subject"], message["X-RcptTo"]) == ("Page", "officer@localhost")
    assert message.get_content().strip() == "Call the dispatcher."
