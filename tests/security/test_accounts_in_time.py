"""What time does to accounts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests_app import accounts
from requests_app.models import LedgerEntry, Session
from requests_app.vocabulary import Action

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("days", "is_active"), [(89, True), (91, False)])
def test_an_account_unused_for_ninety_days_is_disabled(dispatcher, signed_in, days, is_active):
    """As the daily job does it, so many days from now; the session that was left open ends too."""
    signed_in(dispatcher)

    accounts.disable_unused(now=timezone.now() + timedelta(days=days))

    dispatcher.refresh_from_db()
    assert dispatcher.is_active is is_active
    assert Session.objects.filter(user=dispatcher).exists() is is_active
    entry = LedgerEntry.objects.filter(action=Action.DISABLE_UNUSED)
    assert entry.exists() is not is_active
