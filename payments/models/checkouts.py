"""Checkouts: a client's attempt to pay online."""

from __future__ import annotations

from typing import ClassVar, Final

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from integrations.vendors import vendor_label
from payments.states import CheckoutState

LONGEST_URL: Final = 2000
NUMBERS_SHOWN: Final = 3


@pghistory.track()
class Checkout(Entity):
    """One way to pay at one gateway: a hosted page or link, a prompt on a `phone`, or a charge of a saved method.

    Written before the gateway is called. Its `parts` say what of it is for which invoice; `invoice` is the first.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="checkouts")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="checkouts")
    gateway = models.CharField(max_length=30)
    account = models.CharField(max_length=60, blank=True)
    saved_method = models.ForeignKey(
        "payments.SavedMethod",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="checkouts",
        help_text=_("Charged without a page, while the client was away."),
    )
    currency = CurrencyField()
    amount = AmountField()
    status = models.CharField(max_length=20, choices=CheckoutState.choices(), default=CheckoutState.OPEN)
    idempotency_key = models.CharField(max_length=80, unique=True)
    external_id = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=LONGEST_URL, blank=True)
    phone = models.CharField(
        max_length=20, blank=True, help_text=_("Where the client was asked to confirm; empty for a payment page.")
    )
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty for a payment link: it stays open."))
    ask_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the gateway is asked again; empty once nothing is open there.")
    )
    asked = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "account", "external_id"],
                condition=~Q(external_id=""),
                name="checkout_external_once",
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(status="open"), name="checkout_open_once_per_invoice"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="checkout_is_positive"),
            minor_units_constraint("checkout_in_minor_units", "amount"),
            values_constraint("checkout_status_known", "status", CheckoutState),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ask_at"], name="checkout_to_ask", condition=Q(ask_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.currency} {self.amount}"

    @property
    def numbers(self) -> str:
        """The numbers of its invoices, the first three of many."""
        found = list(self.parts.order_by("id").values_list("invoice__number", flat=True))
        shown = ", ".join(found[:NUMBERS_SHOWN]) or self.invoice.number
        return f"{shown} +{len(found) - NUMBERS_SHOWN}" if len(found) > NUMBERS_SHOWN else shown

    @property
    def gateway_label(self) -> str:
        """What people call the gateway."""
        return vendor_label(self.gateway)

    @property
    def is_link(self) -> bool:
        """Whether it is a payment link, which staff made and which stays open until it is paid or closed."""
        return self.expires_at is None

    @property
    def is_prompt(self) -> bool:
        """Whether the client confirms on a phone: nothing can be closed there, it ends by itself."""
        return bool(self.phone)

    @property
    def phone_masked(self) -> str:
        """The number with its middle hidden: the page may be open before somebody else's eyes."""
        return f"{self.phone[:4]}•••{self.phone[-3:]}" if self.phone else ""

    @property
    def status_word(self) -> CheckoutState:
        """The status with its label, colour and icon."""
        return CheckoutState(self.status)


class CheckoutPart(Entity):
    """What of a checkout is for one invoice. Never changed; the database keeps `is_open` equal to the checkout's."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, related_name="parts", db_index=False)
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="checkout_parts")
    currency = CurrencyField()
    amount = AmountField()
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["checkout", "invoice"], name="checkout_part_once"),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(is_open=True), name="checkout_part_open_once_per_invoice"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="checkout_part_is_positive"),
            minor_units_constraint("checkout_part_in_minor_units", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"
