"""Money that came and that nobody can tell for sure whose it is."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from integrations.vendors import vendor_label
from payments.states import PaymentMethod, ReceiptState


@pghistory.track()
class UnmatchedReceipt(Entity):
    """Money that a gateway confirms and whose reference names no invoice: it waits for a person, and is in no book.

    `reference` is what the payer typed. Once a person says whose it is, `payment` is what was recorded.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=30)
    account = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    method = models.CharField(max_length=20, choices=PaymentMethod.choices())
    currency = CurrencyField()
    amount = AmountField()
    reference = models.CharField(max_length=120, blank=True)
    payer_name = models.CharField(max_length=120, blank=True)
    payer_phone = models.CharField(max_length=40, blank=True)
    paid_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ReceiptState.choices(), default=ReceiptState.WAITING)
    payment = models.OneToOneField(
        "payments.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="receipt"
    )
    closed_reason = models.CharField(max_length=200, blank=True)
    closed_by_label = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "account", "external_id"], name="receipt_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_is_positive"),
            models.CheckConstraint(
                condition=Q(status="recorded", payment__isnull=False)
                | (~Q(status="recorded") & Q(payment__isnull=True)),
                name="receipt_recorded_as_a_payment",
            ),
            minor_units_constraint("receipt_in_minor_units", "amount"),
            values_constraint("receipt_status_known", "status", ReceiptState),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-id"], name="receipt_waiting", condition=Q(status="waiting")),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def provider_label(self) -> str:
        """What people call the provider."""
        return vendor_label(self.provider)

    @property
    def status_word(self) -> ReceiptState:
        """The status with its label, colour and icon."""
        return ReceiptState(self.status)
