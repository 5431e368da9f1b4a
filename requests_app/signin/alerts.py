"""Two sessions of one account from two networks at once: administrators are told."""

from django.utils import timezone

from requests_app import accounts
from requests_app.models import Session, User


def notice_second_network(account: User, *, network: str) -> None:
    """At sign-in: is the account open from another network? An alert is an entry of the ledger and a mail."""
    now = timezone.now()
    open_now = Session.objects.filter(user=account, expire_date__gt=now).exclude(network__in=["", network])
    others = sorted(set(open_now.values_list("network", flat=True)))
    if others:
        accounts.alert_networks(account, networks=[*others, network])
