"""Who a person is at the identity provider: issuer and subject, set by an administrator, and nothing else.

No name and no mail address of the provider's ever finds an account.
"""

import hashlib

from allauth.socialaccount.models import SocialAccount

from requests_app.accounts._act import NotPossible, act, begin, record
from requests_app.models import User
from requests_app.vocabulary import Action

PROVIDER = "department"


def identity_key(*, issuer: str, subject: str) -> str:
    """One of a kind for both together: another issuer's same subject is another person."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()


@act
def link_identity(account: User, *, actor: User, issuer: str, subject: str, reason: str) -> SocialAccount:
    """An earlier identity of the person must be unlinked first: nobody has two."""
    account = begin(Action.LINK_IDENTITY, actor=actor, account=account)
    if account == actor:
        raise NotPossible("Nobody links an identity to their own account.")
    if SocialAccount.objects.filter(user=account).exists():
        raise NotPossible("This account is linked already. Take that link away first.")
    key = identity_key(issuer=issuer, subject=subject)
    if SocialAccount.objects.filter(provider=PROVIDER, uid=key).exists():
        raise NotPossible("This identity is linked to another account.")
    link = SocialAccount.objects.create(
        user=account, provider=PROVIDER, uid=key, extra_data={"issuer": issuer, "subject": subject}
    )
    _record(link, actor=actor, reason=reason, linked=True)
    return link


@act
def unlink_identity(account: User, *, actor: User, reason: str) -> None:
    """The person's sessions stay: to end those, deactivate the account or reset its sign-in."""
    account = begin(Action.LINK_IDENTITY, actor=actor, account=account)
    link = SocialAccount.objects.filter(user=account).first()
    if link is None:
        raise NotPossible("This account is not linked to an identity.")
    # Django would empty the table of tokens first, in which there is nothing and we may not write.
    SocialAccount.objects.filter(pk=link.pk)._raw_delete("default")
    _record(link, actor=actor, reason=reason, linked=False)


def _record(link: SocialAccount, *, actor: User, reason: str, linked: bool) -> None:
    names = {name: link.extra_data.get(name) for name in ("issuer", "subject")}
    record(
        Action.LINK_IDENTITY,
        actor=actor,
        account=link.user,
        reason=reason,
        linked=linked,
        identity=names,
    )
