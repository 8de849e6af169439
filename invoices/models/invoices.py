"""Issued documents: invoices and credit notes. Immutable (see the triggers in the migrations)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint, number_indexes
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField, PercentField, RateField
from billing_assistant.core.states import values_constraint
from invoices.number_tails import NumberTail
from invoices.states import InvoiceKind, InvoiceState, TaxCategory


@pghistory.track(
    pghistory.UpdateEvent(),
    fields=[
        "state",
        "amount_paid",
        "amount_credited",
        "amount_written_off",
        "next_due_on",
        "sent_at",
        "viewed_at",
    ],
)
class Invoice(Entity):
    """A numbered document. After issue only state, settled amounts, timestamps and the stored PDF may change.

    Amounts of a credit note are positive; its kind says the direction. It never has an amount due, and its
    `amount_credited` is what was applied of it.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="invoices", db_index=False
    )
    kind = models.CharField(max_length=20, choices=InvoiceKind.choices(), default=InvoiceKind.INVOICE)
    series = models.ForeignKey("invoices.NumberSeries", on_delete=models.PROTECT, related_name="+", db_index=False)
    series_year = models.PositiveSmallIntegerField()
    sequence = models.PositiveBigIntegerField()
    number = models.CharField(_("number"), max_length=60)
    state = models.CharField(max_length=20, choices=InvoiceState.choices(), default=InvoiceState.ISSUED)

    issued_on = models.DateField(_("issued"))
    issued_at = models.DateTimeField()
    issued_by_label = models.CharField(max_length=150, blank=True)
    due_on = models.DateField(_("due"))
    next_due_on = models.DateField(null=True, blank=True)

    currency = CurrencyField()
    prices_include_tax = models.BooleanField(default=False)
    subtotal = AmountField()
    discount_total = AmountField()
    tax_total = AmountField()
    total = AmountField()

    amount_paid = AmountField()
    amount_credited = AmountField()
    amount_written_off = AmountField()
    amount_due = models.GeneratedField(
        expression=Case(
            When(Q(kind="credit_note") | Q(state="void"), then=Value(0, output_field=models.DecimalField())),
            default=F("total") - F("amount_paid") - F("amount_credited") - F("amount_written_off"),
        ),
        output_field=models.DecimalField(max_digits=19, decimal_places=4),
        db_persist=True,
    )

    seller = models.JSONField()
    buyer = models.JSONField()
    template = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=5, default="en")
    fx_currency = CurrencyField(blank=True)
    fx_rate = RateField(null=True, blank=True, help_text=_("What one unit of the currency is in `fx_currency`."))
    fx_source = models.CharField(max_length=60, blank=True)
    fx_on = models.DateField(null=True, blank=True)
    early_discount_percent = PercentField()
    early_discount_until = models.DateField(null=True, blank=True)
    project = models.CharField(_("project"), max_length=120, blank=True)
    promo_code = models.CharField(_("promo code"), max_length=40, blank=True)
    reference = models.CharField(_("your reference"), max_length=120, blank=True)
    notes = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    imported = models.BooleanField(default=False)

    portal_link = models.ForeignKey(
        "customers.PortalLink", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    pdf = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="invoice_number_once"),
            models.UniqueConstraint(fields=["series", "series_year", "sequence"], name="invoice_sequence_once"),
            values_constraint("invoice_state_known", "state", InvoiceState),
            values_constraint("invoice_kind_known", "kind", InvoiceKind),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") - F("discount_total") + F("tax_total")),
                name="invoice_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, subtotal__gte=0, discount_total__gte=0, tax_total__gte=0),
                name="invoice_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(amount_paid__gte=0, amount_credited__gte=0, amount_written_off__gte=0)
                & Q(total__gte=F("amount_paid") + F("amount_credited") + F("amount_written_off")),
                name="invoice_never_over_settled",
            ),
            models.CheckConstraint(
                condition=Q(early_discount_percent=0, early_discount_until__isnull=True)
                | Q(early_discount_percent__gt=0, early_discount_percent__lt=100, early_discount_until__isnull=False),
                name="invoice_early_discount_whole",
            ),
            models.CheckConstraint(
                condition=Q(fx_rate__isnull=True, fx_currency="", fx_source="", fx_on__isnull=True)
                | Q(fx_rate__gt=0, fx_on__isnull=False) & ~Q(fx_currency="") & ~Q(fx_source=""),
                name="invoice_exchange_rate_whole",
            ),
            minor_units_constraint(
                "invoice_in_minor_units",
                "subtotal",
                "discount_total",
                "tax_total",
                "total",
                "amount_paid",
                "amount_credited",
                "amount_written_off",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-issued_on", "-id"], name="invoice_by_date"),
            models.Index(fields=["pdf"], name="invoice_by_pdf", condition=Q(pdf__isnull=False)),
            models.Index(fields=["-issued_on", "-id"], name="invoice_by_day"),
            models.Index(fields=["profile", "due_on", "id"], name="invoice_by_due_date"),
            models.Index(fields=["profile", "-total", "-id"], name="invoice_by_total"),
            models.Index(fields=["profile", "-amount_due", "-id"], name="invoice_by_amount_due"),
            models.Index(
                fields=["profile", "-issued_on", "-id"],
                name="invoice_credit_notes",
                condition=Q(kind="credit_note"),
            ),
            models.Index(fields=["customer", "kind", "-issued_on", "-id"], name="invoice_by_customer"),
            models.Index(
                fields=["profile", "next_due_on", "id"],
                name="invoice_owing",
                condition=Q(amount_due__gt=0, state="issued"),
            ),
            models.Index(
                fields=["profile", "-issued_on", "-id", "next_due_on"],
                name="invoice_owing_by_date",
                condition=Q(amount_due__gt=0, state="issued"),
            ),
            models.Index(
                fields=["profile"],
                name="invoice_in_parts",
                condition=Q(amount_due__gt=0, state="issued")
                & (Q(next_due_on__lt=F("due_on")) | Q(next_due_on__gt=F("due_on"))),
            ),
            models.Index(
                fields=["profile", "currency", "issued_on"],
                include=["customer", "kind", "state", "total", "tax_total"],
                name="invoice_revenue",
            ),
            models.Index(
                fields=["profile", "settled_at"],
                include=["currency", "issued_on", "due_on", "kind", "state", "amount_paid", "imported"],
                name="invoice_settled",
                condition=Q(settled_at__isnull=False),
            ),
            models.Index(
                fields=["-issued_on", "-id", "next_due_on"],
                name="invoice_owing_by_day",
                condition=Q(amount_due__gt=0, state="issued"),
            ),
            models.Index(
                fields=["customer", "next_due_on"],
                name="invoice_owing_by_customer",
                condition=Q(amount_due__gt=0, state="issued", kind="invoice"),
            ),
            models.Index(
                fields=["customer", "settled_at"],
                include=["issued_on", "due_on"],
                name="invoice_settled_by_customer",
                condition=Q(
                    kind="invoice", state="issued", settled_at__isnull=False, amount_paid__gt=0, imported=False
                ),
            ),
            models.Index(
                fields=["customer", "issued_on"],
                name="invoice_given_up",
                condition=Q(kind="invoice", state="uncollectible"),
            ),
            models.Index(fields=["corrects"], name="invoice_corrects", condition=Q(corrects__isnull=False)),
            *number_indexes("invoice", beside="issued_on"),
            models.Index("profile", NumberTail("number"), name="invoice_by_tail", condition=Q(kind="invoice")),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """One line as issued. `amount` is quantity x rate less the line's discount, in the document's price mode."""

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(
        "invoices.CatalogueItem", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    category = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=500)
    quantity = RateField()
    unit = models.CharField(max_length=30, blank=True)
    unit_price = RateField()
    discount_percent = PercentField()
    tax_category = models.CharField(max_length=20, choices=TaxCategory.choices())
    tax_rate = PercentField()
    service_from = models.DateField(null=True, blank=True)
    service_to = models.DateField(null=True, blank=True)
    amount = AmountField()
    corrects_line = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credited_by", db_index=False
    )

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["corrects_line"], name="invoice_line_corrects", condition=Q(corrects_line__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.description


class InvoiceTax(models.Model):
    """The tax of one category and rate on an invoice, rounded once: `base` is net after discounts."""

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes", db_index=False)
    category = models.CharField(max_length=20, choices=TaxCategory.choices())
    rate = PercentField()
    base = AmountField()
    tax = AmountField()
    reason = models.CharField(max_length=240, blank=True, help_text=_("Why no tax is charged, as printed."))

    class Meta:
        ordering = ("-rate", "category")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "category", "rate"], name="invoice_tax_group_once"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.rate}"


class Instalment(models.Model):
    """One due date of an invoice with the part of the total that is due then. Payments fill them in order."""

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="instalments", db_index=False)
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = AmountField()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "position"], name="instalment_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on}: {self.amount}"
