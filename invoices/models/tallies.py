"""How many documents there are, and what is owed on them, by all that a list is counted by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing_assistant.core.models.fields import AmountField, CurrencyField


class InvoiceTally(models.Model):
    """A change of how many documents are of a sort; the sum over the rows of a sort is how many there are.

    Written by statement triggers on the documents, in the transaction of the change. Nobody waits for anybody, as each
    writes rows of its own; `tallies_fold` makes one of many. `stage` is the status without a look at the calendar,
    `due_on` the next due date of what is owed, `split` says that later instalments are owed as well.
    """

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    currency = CurrencyField()
    due_on = models.DateField(null=True, blank=True)
    split = models.BooleanField(default=False)
    count = models.BigIntegerField()
    due = AmountField()

    sort_of: ClassVar = ("profile_id", "kind", "state", "stage", "currency", "due_on", "split")
    summed: ClassVar = ("count", "due")

    class Meta:
        verbose_name_plural = "invoice tallies"

    def __str__(self) -> str:
        return f"{self.kind} {self.stage} {self.currency} {self.count:+}"
