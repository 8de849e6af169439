"""What payments cost or gained: fees of gateways, exchange; and how our balances with gateways moved."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField, RateField
from billing_assistant.core.states import values_constraint
from payments.states import FeeState


class PaymentFee(Entity):
    """The fee of one payment: asked for until the gateway says it, then booked once.

    `currency` is that of our balance there. `tax` is what a gateway that is the seller took to pay the tax of the sale.
    Where a line of a statement has booked what was kept of the payment, that
    counts and nothing is booked here.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT, related_name="gateway_fee")
    state = models.CharField(max_length=20, choices=FeeState.choices(), default=FeeState.WAITING)
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    tax = AmountField(_("tax"))
    ask_at = models.DateTimeField(null=True, blank=True, help_text=_("When the gateway is asked again."))
    asked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0, tax__gte=0), name="payment_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(state="waiting", ask_at__isnull=False) | (~Q(state="waiting") & Q(ask_at__isnull=True)),
                name="payment_fee_asked_while_it_waits",
            ),
            minor_units_constraint("payment_fee_in_minor_units", "amount", "tax"),
            values_constraint("payment_fee_state_known", "state", FeeState),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ask_at"], name="payment_fee_to_ask", condition=Q(ask_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"

    @property
    def state_word(self) -> FeeState:
        """The state with its label, colour and icon."""
        return FeeState(self.state)


class ProviderDay(Entity):
    """By how much our balance with a provider moved on a local day, as its API says."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=30)
    account = models.CharField(max_length=60)
    day = models.DateField(_("day"))
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ("-day", "currency")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "day", "provider", "account", "currency"], name="provider_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.day} {self.currency} {self.amount}"


class ExchangeResult(Entity):
    """What a payment gained or lost on a foreign invoice that it settles, with both rates as they were.

    `amount` is what stands of the allocation, in the invoice's currency; `currency` is the profile's own, in which
    `result` is counted: above zero a gain.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="exchange_results")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="exchange_results")
    currency = CurrencyField()
    invoice_rate = RateField()
    payment_rate = RateField()
    amount = AmountField()
    result = AmountField()

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="exchange_result_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="exchange_result_of_what_stands"),
            minor_units_constraint("exchange_result_in_minor_units", "result"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.result}"
