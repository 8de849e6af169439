"""How many payments there are and over how much, by all that a list is counted by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing_assistant.core.models.fields import AmountField, CurrencyField


class PaymentTally(models.Model):
    """A change of how many payments are of a sort and over how much; the sum over the rows of a sort is what there is.

    Written by statement triggers on the payments, in the transaction of the change, as `InvoiceTally` is.
    """

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20)
    method = models.CharField(max_length=20)
    currency = CurrencyField()
    received_on = models.DateField()
    is_unapplied = models.BooleanField(default=False)
    count = models.BigIntegerField()
    amount = AmountField()
    unapplied = AmountField()

    sort_of: ClassVar = ("profile_id", "status", "method", "currency", "received_on", "is_unapplied")
    summed: ClassVar = ("count", "amount", "unapplied")

    class Meta:
        verbose_name_plural = "payment tallies"

    def __str__(self) -> str:
        return f"{self.status} {self.currency} {self.count:+}"
