"""Money received, and what it was allocated to."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint, number_indexes
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField, PercentField
from billing_assistant.core.states import values_constraint
from payments.states import PaymentMethod, PaymentState


@pghistory.track()
class Payment(Entity):
    """Money from a customer, or an attempt to pay at a gateway that has not (or not yet) led to money.

    `amount` is what it is worth to the customer: the money that came, and `amount_withheld`, the tax that the customer
    kept back and pays to the tax authority in our name. Only a completed payment is in the books; what of it is not
    allocated is the customer's unapplied credit, less what went back (`amount_returned`): what we refunded or have on
    its way (`amount_refunded`), and what disputes of its payer hold or took (`amount_disputed`).
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="payments", db_index=False
    )
    number = models.CharField(_("number"), max_length=40)
    method = models.CharField(_("method"), max_length=20, choices=PaymentMethod.choices())
    status = models.CharField(
        _("status"), max_length=20, choices=PaymentState.choices(), default=PaymentState.COMPLETED
    )
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    amount_allocated = AmountField()
    amount_refunded = AmountField()
    amount_disputed = AmountField()
    unapplied = models.GeneratedField(
        expression=Case(
            When(
                status="completed",
                then=F("amount") - F("amount_allocated") - F("amount_refunded") - F("amount_disputed"),
            ),
            default=Value(0, output_field=models.DecimalField()),
        ),
        output_field=models.DecimalField(max_digits=19, decimal_places=4),
        db_persist=True,
    )
    amount_withheld = AmountField(_("tax withheld"))
    withholding_rate = PercentField(_("rate of the withheld tax in per cent"))
    withholding_certificate = models.CharField(_("withholding certificate"), max_length=60, blank=True)
    withholding_certificate_on = models.DateField(_("date of the certificate"), null=True, blank=True)
    received_on = models.DateField(_("received on"))
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)
    provider = models.CharField(max_length=30, blank=True)
    account = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    checkout = models.ForeignKey(
        "payments.Checkout", null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    failure = models.CharField(max_length=200, blank=True)
    recorded_by_label = models.CharField(max_length=150, blank=True)
    reversed_on = models.DateField(_("reversed on"), null=True, blank=True)
    reversal_reason = models.CharField(_("why it was reversed"), max_length=240, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["provider", "account", "external_id"],
                condition=~Q(external_id=""),
                name="external_payment_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=Q(amount_allocated__gte=0, amount_refunded__gte=0, amount_disputed__gte=0)
                & Q(amount__gte=F("amount_allocated") + F("amount_refunded") + F("amount_disputed")),
                name="payment_never_over_allocated",
            ),
            models.CheckConstraint(
                condition=Q(status="completed") | Q(amount_allocated=0, amount_refunded=0, amount_disputed=0),
                name="payment_allocated_only_when_received",
            ),
            models.CheckConstraint(
                condition=Q(status="reversed", reversed_on__isnull=False)
                | (~Q(status="reversed") & Q(reversed_on__isnull=True)),
                name="payment_reversed_has_a_date",
            ),
            minor_units_constraint(
                "payment_in_minor_units", "amount", "amount_allocated", "amount_refunded", "amount_disputed"
            ),
            models.CheckConstraint(
                condition=Q(amount_withheld__gte=0, amount__gte=F("amount_withheld")),
                name="payment_withheld_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(amount_withheld__gt=0)
                | Q(withholding_rate=0, withholding_certificate="", withholding_certificate_on__isnull=True),
                name="payment_certificate_of_withheld_tax",
            ),
            minor_units_constraint("payment_withheld_in_minor_units", "amount_withheld"),
            values_constraint("payment_status_known", "status", PaymentState),
            values_constraint("payment_method_known", "method", PaymentMethod),
        ]
        indexes: ClassVar = [
            *number_indexes("payment", beside="received_on"),
            GinIndex(OpClass(Upper("reference"), name="gin_trgm_ops"), name="payment_reference_search"),
            models.Index(fields=["profile", "-received_on", "-id"], name="payment_by_date"),
            models.Index(fields=["profile", "-amount", "-id"], name="payment_by_amount"),
            models.Index(fields=["customer", "-received_on", "-id"], name="payment_by_customer"),
            models.Index(
                fields=["profile", "-received_on", "-id"],
                name="payment_withheld_uncertified",
                condition=Q(amount_withheld__gt=0, withholding_certificate="", status="completed"),
            ),
            models.Index(fields=["customer", "currency"], name="payment_unapplied", condition=Q(unapplied__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status_word(self) -> PaymentState:
        """The status with its label, colour and icon."""
        return PaymentState(self.status)

    @property
    def amount_received(self) -> Decimal:
        """The money that came: the amount less the tax that was withheld."""
        return self.amount - self.amount_withheld

    @property
    def amount_returned(self) -> Decimal:
        """What is not ours any more: refunded, or on its way back, or held or taken by disputes."""
        return self.amount_refunded + self.amount_disputed

    @property
    def method_word(self) -> PaymentMethod:
        return PaymentMethod(self.method)


class Allocation(Entity):
    """A part of a payment or of a credit note that settles an invoice. Never changed; undone by a negative row."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="allocations")
    credit_note = models.ForeignKey(
        "invoices.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="allocations")
    currency = CurrencyField()
    amount = AmountField()
    allocated_on = models.DateField()
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_not_zero"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit_note__isnull=True)
                | Q(payment__isnull=True, credit_note__isnull=False),
                name="allocation_has_one_source",
            ),
            minor_units_constraint("allocation_in_minor_units", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


class WriteOff(Entity):
    """A part of an invoice that was given up. Never changed; a row with a negative amount takes it back.

    A small difference that was written off with a payment names it, and is taken back with it.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey("invoices.Invoice", on_delete=models.PROTECT, related_name="write_offs")
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="write_offs")
    currency = CurrencyField()
    amount = AmountField()
    written_off_on = models.DateField(_("written off on"))
    reason = models.CharField(_("reason"), max_length=240)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="write_off_not_zero"),
            minor_units_constraint("write_off_in_minor_units", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"
