"""Due dates that were agreed after an invoice was issued."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.fields import AmountField, CurrencyField


class AgreedInstalment(models.Model):
    """A due date that stands in the place of an invoice's own instalments, from `agreed_on` until before `ended_on`.

    Those of an invoice that stand on the same day sum to its total, as its own do: the first is what was settled when
    they were agreed. Both are local days; reports of a past day read what stood then.
    """

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, related_name="agreed_instalments", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    currency = CurrencyField()
    amount = AmountField()
    agreed_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("invoice", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice", "position"],
                condition=Q(ended_on__isnull=True),
                name="agreed_instalment_position_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="agreed_instalment_is_positive"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("agreed_on")),
                name="agreed_instalment_ends_later",
            ),
            minor_units_constraint("agreed_instalment_in_minor_units", "amount"),
        ]
        indexes: ClassVar = [models.Index(fields=["invoice", "agreed_on"], name="agreed_instalment_by_invoice")]

    def __str__(self) -> str:
        return f"{self.due_on}: {self.amount}"
