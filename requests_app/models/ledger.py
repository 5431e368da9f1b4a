"""The ledger: who did which act, when and why. Append-only by trigger and by privilege.

An entry's canonical bytes are stored once and never rebuilt from columns. The leaf is a pair of
salted commitments, so that public facts can be opened later without the private ones. Private
bytes and salts lie in a table of their own, which only the retention act of two people may erase.
"""

import json
from typing import Any

from django.db import models
from django.db.models import Q

from requests_app.models._base import REGISTER_NOW, holds, known_code
from requests_app.models.request import AssistanceRequest
from requests_app.models.user import User
from requests_app.vocabulary import RefusalKind

LEAF_BYTES = 64
SALT_BYTES = 32


class LedgerEntry(models.Model):
    """One act or refusal. `case_revision` names the revision of the case that the act made."""

    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=40)
    refusal = models.CharField(max_length=12, choices=RefusalKind.choices(), blank=True)
    case = models.ForeignKey(
        AssistanceRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    case_revision = models.PositiveIntegerField(null=True, blank=True)
    occurred_at = models.DateTimeField()
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)
    public_bytes = models.BinaryField()
    leaf = models.BinaryField(max_length=LEAF_BYTES)

    class Meta:
        verbose_name_plural = "ledger entries"
        ordering = ["id"]
        constraints = [
            known_code("ledgerentry", "refusal", RefusalKind, blank=True),
            models.UniqueConstraint(
                fields=["case", "case_revision"],
                condition=Q(case_revision__isnull=False),
                name="ledgerentry_one_for_each_revision",
            ),
            holds(
                "ledgerentry_refusal_makes_no_revision",
                Q(refusal="") | Q(case_revision__isnull=True),
                "A refusal changes nothing.",
            ),
        ]
        indexes = [
            # A case's timeline.
            models.Index(fields=["case", "id"], name="ledgerentry_timeline"),
            # When did each person last sign in? Who looked at what?
            models.Index(fields=["action", "actor", "entered_at"], name="ledgerentry_last_of_action"),
            # Oversight's list of blocked attempts.
            models.Index(fields=["refusal", "-id"], name="ledgerentry_refused", condition=~Q(refusal="")),
        ]

    def __str__(self) -> str:
        return f"{self.action} ({self.pk})"

    @property
    def details(self) -> dict[str, Any]:
        """The private part, decoded; empty when the retention act erased it."""
        private = getattr(self, "private", None)
        return json.loads(bytes(private.private_bytes)) if private else {}

    @property
    def public(self) -> dict[str, Any]:
        return json.loads(bytes(self.public_bytes))


class LedgerPrivate(models.Model):
    """The private bytes of an entry and both salts; `row_salt` hides the rows that the private part notes.

    Whoever is shown a private part cannot guess a row from its digest: they do not get this salt with it.
    """

    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="private"
    )
    private_bytes = models.BinaryField()
    public_salt = models.BinaryField(max_length=SALT_BYTES)
    private_salt = models.BinaryField(max_length=SALT_BYTES)
    row_salt = models.BinaryField(max_length=SALT_BYTES)

    def __str__(self) -> str:
        return f"Private part of {self.entry_id}"


class LedgerErasureProposal(models.Model):
    """Somebody of oversight asks to erase what the ledger keeps privately of a case whose time is over."""

    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="erasure_proposals")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Proposed erasure of {self.case_id}"


class LedgerErasure(models.Model):
    """The second person's act. Inserting the row erases; the database refuses it where anything is amiss.

    `last_entry` is the last entry of the case that was erased; the database sets it.
    """

    proposal = models.OneToOneField(LedgerErasureProposal, on_delete=models.PROTECT, related_name="erasure")
    case = models.ForeignKey(AssistanceRequest, on_delete=models.PROTECT, related_name="erasures")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_entry = models.BigIntegerField(default=0, editable=False)
    entered_at = models.DateTimeField(db_default=REGISTER_NOW, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Erasure of {self.case_id} up to {self.last_entry}"


class LedgerPosition(models.Model):
    """The place of an entry in the log: dense from 0, given by the database at commit."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="position")

    class Meta:
        ordering = ["index"]

    def __str__(self) -> str:
        return str(self.index)


class LedgerHead(models.Model):
    """How many entries have a place. One row; locked by a commit for its last microseconds."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.size)
