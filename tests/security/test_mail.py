"""Mail is made of our own words: nothing that stands in a row makes a header or a receiver of its own."""

import pytest

from requests_app import workflow
from requests_app.models import User
from tests import factories
from tests.worker import work


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email", "c-201@lmpd.example\nBcc: evil@evil.example"),
        ("email", "c-201@lmpd.example\r\n\r\nforged"),
        ("display_name", "Commander\r\nSubject: forged"),
    ],
)
def test_a_line_end_makes_no_header_of_a_mail(
    column, value, committed_db, dispatcher, commander, smtp_server
):
    """Even one that came into the database past every form."""
    setattr(commander, column, value)
    factories.save_as(User.objects.system(), commander)
    factories.make_duty(commander)
    workflow.log(factories.make_request(dispatcher).pk, actor=dispatcher)

    work()

    for message in smtp_server:
        assert message["X-RcptTo"] == "c-201@lmpd.example"
        assert message["Bcc"] is None
        assert "forged" not in message.as_string()
    assert len(smtp_server) == (0 if column == "email" else 1)
