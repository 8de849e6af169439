"""Drafts: an invoice in the making. They have versions and no invoice number."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.db import minor_units_constraint, number_indexes
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField, PercentField, RateField
from billing_assistant.core.states import values_constraint
from invoices.states import DiscountKind, DraftSource, DraftStatus, TaxCategory


class InvoiceDraft(Entity):
    """What will be billed to a customer, with totals computed by the product (never by a form or a model)."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="drafts", db_index=False)
    number = models.CharField(_("number"), max_length=40)
    status = models.CharField(_("status"), max_length=25, choices=DraftStatus.choices(), default=DraftStatus.DRAFT)

    generated_by = models.CharField(_("made"), max_length=10, choices=DraftSource.choices(), default=DraftSource.MANUAL)
    ai_model = models.CharField(max_length=120, blank=True)
    generation_prompt = models.TextField(blank=True)
    generation = models.JSONField(default=dict, blank=True)

    source_key = models.CharField(
        max_length=340, blank=True, help_text=_("What this draft was made from; the same thing makes one draft.")
    )

    currency = CurrencyField(_("currency"))
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False)
    discount_kind = models.CharField(
        _("discount"), max_length=10, choices=DiscountKind.choices(), default=DiscountKind.NONE
    )
    discount_value = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    payment_terms_days = models.PositiveSmallIntegerField(_("due in days"), default=30)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    instalments = models.JSONField(default=list, blank=True)
    reference = models.CharField(_("your reference"), max_length=120, blank=True)
    project = models.CharField(_("project"), max_length=120, blank=True)
    promo_code = models.CharField(_("promo code"), max_length=40, blank=True)
    early_discount_percent = PercentField(_("discount for paying early, in per cent"))
    early_discount_days = models.PositiveSmallIntegerField(_("paid within days"), null=True, blank=True)
    template = models.ForeignKey(
        "invoices.InvoiceTemplate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    series = models.ForeignKey(
        "invoices.NumberSeries",
        verbose_name=_("number series"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the usual one."),
    )
    language = models.CharField(_("language"), max_length=5, blank=True, help_text=_("Empty: the customer's."))
    notes = models.TextField(_("notes to the customer"), blank=True)
    terms = models.TextField(_("terms"), blank=True)

    subtotal = AmountField()
    discount_total = AmountField()
    tax_total = AmountField()
    total = AmountField()

    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=now)
    reviewed_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    send_options = models.JSONField(default=dict, blank=True)
    invoice = models.ForeignKey(
        "invoices.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    not_taken: tuple[str, ...] = ()
    """The lines whose billable work is billed elsewhere, from the service that has just taken it up. Not stored."""

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="draft_number_once"),
            models.UniqueConstraint(fields=["invoice"], name="draft_becomes_one_invoice"),
            models.UniqueConstraint(
                fields=["profile", "source_key"], condition=~Q(source_key=""), name="draft_once_per_source"
            ),
            values_constraint("draft_status_known", "status", DraftStatus),
            models.CheckConstraint(
                condition=Q(early_discount_percent=0, early_discount_days__isnull=True)
                | Q(early_discount_percent__gt=0, early_discount_percent__lt=100, early_discount_days__isnull=False),
                name="draft_early_discount_whole",
            ),
            minor_units_constraint("draft_in_minor_units", "subtotal", "discount_total", "tax_total", "total"),
            models.CheckConstraint(
                condition=Q(status="converted_to_invoice", invoice__isnull=False)
                | (~Q(status="converted_to_invoice") & Q(invoice__isnull=True)),
                name="converted_draft_has_its_invoice",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="draft_by_customer"),
            models.Index(fields=["profile", "status", "-id"], name="draft_by_status"),
            models.Index(fields=["scheduled_for"], name="draft_scheduled", condition=Q(status="scheduled")),
            *number_indexes("draft", beside="status"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status_word(self) -> DraftStatus:
        return DraftStatus(self.status)


class DraftLine(models.Model):
    """One line of a draft. `amount` is before document discount, in the draft's price mode."""

    id = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey(InvoiceDraft, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(
        "invoices.CatalogueItem", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    category = models.CharField(_("category"), max_length=60, blank=True)
    description = models.CharField(_("description"), max_length=500)
    quantity = RateField(_("quantity"), default=Decimal(1))
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    unit_price = RateField(_("rate"), null=True, blank=True)
    discount_percent = PercentField(_("discount in per cent"))
    tax_category = models.CharField(
        _("tax"), max_length=20, choices=TaxCategory.choices(), default=TaxCategory.STANDARD
    )
    tax_rate = PercentField(_("tax rate"))
    service_from = models.DateField(_("service from"), null=True, blank=True)
    service_to = models.DateField(_("service to"), null=True, blank=True)
    amount = AmountField()
    billable = models.JSONField(default=list, blank=True, help_text=_("The ids of the billable work that it bills."))

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "position"], name="draft_line_position_once"),
            values_constraint("draft_line_tax_known", "tax_category", TaxCategory),
        ]

    def __str__(self) -> str:
        return self.description


class DraftVersion(Entity):
    """A draft as it was saved: for history, comparison and restore."""

    draft = models.ForeignKey(InvoiceDraft, on_delete=models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    snapshot = models.JSONField()
    author_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-version",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "version"], name="draft_version_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} v{self.version}"
