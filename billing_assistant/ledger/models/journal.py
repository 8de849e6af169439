"""The journal: balanced entries, never changed and never deleted (see the triggers in the migrations)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.money import ZERO
from billing_assistant.core.states import values_constraint
from billing_assistant.ledger.kinds import EntryKind
from billing_assistant.ledger.models.accounts import Account


class JournalEntry(Entity):
    """One balanced entry about one document, in one currency. `line_count` seals it: no line can be added later."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=EntryKind.choices())
    booked_on = models.DateField()
    currency = CurrencyField()
    owner_id = models.UUIDField(null=True, blank=True)
    document_id = models.UUIDField()
    document_number = models.CharField(max_length=60)
    memo = models.CharField(max_length=200, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    line_count = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "journal entries"
        constraints: ClassVar = [
            values_constraint("entry_kind_known", "kind", EntryKind),
            models.CheckConstraint(condition=Q(line_count__gte=2), name="entry_has_two_sides"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["document_id"], name="entry_by_document"),
            models.Index(fields=["owner_id", "-id"], name="entry_by_owner"),
            models.Index(fields=["profile", "-booked_on", "-id"], name="entry_by_date"),
            models.Index(Upper("document_number"), name="entry_by_number"),
            models.Index(Upper("memo"), name="entry_by_memo"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.document_number}"


class JournalLine(models.Model):
    """One side of an entry. Debits are positive, credits negative."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    currency = CurrencyField()
    amount = AmountField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="journal_line_not_zero"),
            minor_units_constraint("journal_line_in_minor_units", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"

    @property
    def debit(self) -> Decimal:
        return max(self.amount, ZERO)

    @property
    def credit(self) -> Decimal:
        return max(-self.amount, ZERO)
