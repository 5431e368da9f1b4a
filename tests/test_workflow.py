"""Each act against every status: the legal ones succeed, every other is refused."""

import pytest

from requests_app.models import AssistanceRequest
from requests_app.vocabulary import Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", list(Status))
def test_a_case_can_be_brought_to_every_status(status, dispatcher, commander):
    case = factories.make_case_in(status, dispatcher=dispatcher, commander=commander)

    assert AssistanceRequest.objects.get(pk=case.pk).status == status
