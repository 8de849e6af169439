"""Accounts, and the balance row of each owner."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from billing_assistant.ledger.kinds import AccountKind


class Account(Entity):
    """One account of a business profile in one currency; receivable and credit accounts have an owner (a customer)."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AccountKind.choices())
    owner_id = models.UUIDField(null=True, blank=True)
    currency = CurrencyField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "kind", "owner_id", "currency"], name="account_once", nulls_distinct=False
            ),
            values_constraint("account_kind_known", "kind", AccountKind),
        ]
        indexes: ClassVar = [models.Index(fields=["owner_id"], name="account_by_owner")]

    def __str__(self) -> str:
        return f"{AccountKind(self.kind).label} {self.currency}"


class OwnerBalance(models.Model):
    """What a customer was billed, paid and owes in one currency: the journal summed, kept in its transaction."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_id = models.UUIDField()
    currency = CurrencyField()
    billed = AmountField()
    credited = AmountField()
    paid = AmountField()
    written_off = AmountField()
    outstanding = AmountField()
    unapplied = AmountField()
    document_count = models.IntegerField(default=0)
    last_document_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner_id", "currency"], name="balance_once_per_currency"),
            minor_units_constraint(
                "balance_in_minor_units",
                "billed",
                "credited",
                "paid",
                "written_off",
                "outstanding",
                "unapplied",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-outstanding"], name="balance_by_outstanding"),
            models.Index(fields=["profile", "last_document_on", "owner_id"], name="balance_by_last_document"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.outstanding}"


class AccountTally(models.Model):
    """What was debited and credited on a day to all accounts of a kind, in one currency.

    Written by a statement trigger on the journal lines, in the transaction of the posting; the sum over the rows up to
    a day is the balance of that day, so that no report adds up the journal.
    """

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    currency = CurrencyField()
    booked_on = models.DateField()
    count = models.BigIntegerField()
    debit = AmountField()
    credit = AmountField()

    sort_of: ClassVar = ("profile_id", "kind", "currency", "booked_on")
    summed: ClassVar = ("count", "debit", "credit")

    class Meta:
        verbose_name_plural = "account tallies"

    def __str__(self) -> str:
        return f"{self.kind} {self.currency} {self.booked_on}"
