"""Refunds: money of a payment that went back to the customer, or is on its way."""

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
from payments.states import PaymentMethod, RefundState


@pghistory.track()
class Refund(Entity):
    """A part of a payment (or all of it) that is given back: by hand, or through the gateway that took it.

    Written with its key before a gateway is called. While it is on its way the money is reserved: it is neither the
    customer's credit nor out of the gateway's account yet. `refunded_on` and `failed_on` are days of the books.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="refunds")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(_("number"), max_length=50)
    status = models.CharField(_("status"), max_length=20, choices=RefundState.choices(), default=RefundState.PENDING)
    method = models.CharField(_("method"), max_length=20, choices=PaymentMethod.choices())
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    refunded_on = models.DateField(_("refunded on"))
    reason = models.CharField(_("reason"), max_length=240)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    provider = models.CharField(max_length=30, blank=True)
    account = models.CharField(max_length=60, blank=True)
    idempotency_key = models.CharField(max_length=80, unique=True)
    external_id = models.CharField(max_length=120, blank=True)
    ask_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the gateway is asked again; empty once nothing is open there.")
    )
    asked = models.PositiveSmallIntegerField(default=0)
    failed_on = models.DateField(_("failed on"), null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "position"], name="refund_position_once"),
            models.UniqueConstraint(
                fields=["provider", "account", "external_id"], condition=~Q(external_id=""), name="external_refund_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive"),
            models.CheckConstraint(
                condition=Q(status="failed", failed_on__isnull=False)
                | (~Q(status="failed") & Q(failed_on__isnull=True)),
                name="refund_failed_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(provider="") | ~Q(status="pending"), name="refund_by_hand_is_never_on_its_way"
            ),
            minor_units_constraint("refund_in_minor_units", "amount"),
            values_constraint("refund_status_known", "status", RefundState),
            values_constraint("refund_method_known", "method", PaymentMethod),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ask_at"], name="refund_to_ask", condition=Q(ask_at__isnull=False)),
            models.Index(fields=["profile", "-refunded_on", "-id"], name="refund_by_date"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status_word(self) -> RefundState:
        """The status with its label, colour and icon."""
        return RefundState(self.status)

    @property
    def method_word(self) -> PaymentMethod:
        return PaymentMethod(self.method)
