"""Disputes: a payer's bank takes money of a payment back, or says that it will."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from payments.states import DisputeState


@pghistory.track()
class Dispute(Entity):
    """A part of a payment (or all of it) that its payer disputes. From the opening on the money is not the customer's
    credit: it stands on an account of its own until the dispute is decided. What it settled is due again meanwhile,
    without reminders. `opened_on` and `closed_on` are days of the books.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="disputes")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="disputes")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(_("number"), max_length=50)
    status = models.CharField(_("status"), max_length=20, choices=DisputeState.choices(), default=DisputeState.OPENED)
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    fee = AmountField(_("fee"), help_text=_("What the gateway or the bank takes for it, lost or won."))
    reason = models.CharField(_("reason"), max_length=240)
    opened_on = models.DateField(_("opened on"))
    evidence_until = models.DateField(_("evidence until"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    provider = models.CharField(max_length=30, blank=True)
    account = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "position"], name="dispute_position_once"),
            models.UniqueConstraint(
                fields=["provider", "account", "external_id"],
                condition=~Q(external_id=""),
                name="external_dispute_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, fee__gte=0), name="dispute_is_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["won", "lost"], closed_on__isnull=False)
                | (~Q(status__in=["won", "lost"]) & Q(closed_on__isnull=True)),
                name="dispute_closed_has_a_date",
            ),
            minor_units_constraint("dispute_in_minor_units", "amount", "fee"),
            values_constraint("dispute_status_known", "status", DisputeState),
        ]
        indexes: ClassVar = [models.Index(fields=["profile", "status", "-id"], name="dispute_by_status")]

    def __str__(self) -> str:
        return self.number

    @property
    def status_word(self) -> DisputeState:
        """The status with its label, colour and icon."""
        return DisputeState(self.status)


class DisputedPart(models.Model):
    """What of an invoice is due again because of a dispute: it is settled again when the dispute is won."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="parts")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="disputed_parts")
    currency = CurrencyField()
    amount = AmountField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispute", "invoice"], name="disputed_invoice_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="disputed_part_is_positive"),
            minor_units_constraint("disputed_part_in_minor_units", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"
