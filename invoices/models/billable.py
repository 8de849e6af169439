"""Work that can be billed: time, expenses, services, milestones and deals, on their way to a draft."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField, PercentField, RateField
from billing_assistant.core.states import values_constraint
from invoices.billable_states import BillableGrouping, BillableKind, BillableLines, BillableState
from invoices.states import TaxCategory


@pghistory.track(pghistory.UpdateEvent(), fields=["state", "draft", "invoice", "quantity", "unit_price", "amount"])
class BillableItem(Entity):
    """One thing to be billed. `amount` is quantity x rate, rounded once, without tax.

    While it is drafted or invoiced it belongs to one draft, and one line of that draft carries its id.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="billable_items")
    kind = models.CharField(_("kind"), max_length=20, choices=BillableKind.choices(), default=BillableKind.SERVICE)
    description = models.CharField(_("description"), max_length=500)
    worked_on = models.DateField(_("date"))
    quantity = RateField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    unit_price = RateField(_("rate"))
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("amount"))
    tax_category = models.CharField(
        _("tax"), max_length=20, choices=TaxCategory.choices(), default=TaxCategory.STANDARD
    )
    tax_rate = PercentField(_("tax rate"))
    catalogue_item = models.ForeignKey(
        "invoices.CatalogueItem", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    project = models.CharField(_("project"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True, help_text=_("The tool that it came from."))
    external_id = models.CharField(_("its id there"), max_length=120, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=BillableState.choices(), default=BillableState.OPEN)
    draft = models.ForeignKey(
        "invoices.InvoiceDraft", null=True, blank=True, on_delete=models.PROTECT, related_name="billable_items"
    )
    invoice = models.ForeignKey(
        "invoices.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="billable_items"
    )
    created_by_label = models.CharField(max_length=150, blank=True)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-worked_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "source", "external_id"],
                condition=~Q(external_id=""),
                name="billable_once_per_source",
            ),
            values_constraint("billable_kind_known", "kind", BillableKind),
            values_constraint("billable_state_known", "state", BillableState),
            values_constraint("billable_tax_known", "tax_category", TaxCategory),
            models.CheckConstraint(condition=Q(quantity__gt=0, unit_price__gte=0), name="billable_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "dismissed"], draft__isnull=True, invoice__isnull=True)
                | Q(state="drafted", draft__isnull=False, invoice__isnull=True)
                | Q(state="invoiced", draft__isnull=False, invoice__isnull=False),
                name="billable_belongs_to_its_draft",
            ),
            minor_units_constraint("billable_in_minor_units", "amount"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-worked_on", "-id"], name="billable_by_date"),
            models.Index(fields=["customer", "worked_on", "id"], name="billable_open", condition=Q(state="open")),
            models.Index(fields=["draft"], name="billable_by_draft", condition=Q(draft__isnull=False)),
            models.Index(fields=["invoice"], name="billable_by_invoice", condition=Q(invoice__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def state_word(self) -> BillableState:
        return BillableState(self.state)

    @property
    def kind_word(self) -> BillableKind:
        return BillableKind(self.kind)


class BillableTerms(models.Model):
    """How a customer wants billable work on drafts. A customer without a row gets one draft, a line for each item."""

    customer = models.OneToOneField(
        "customers.Customer", primary_key=True, on_delete=models.CASCADE, related_name="billable_terms"
    )
    grouping = models.CharField(
        _("drafts"), max_length=10, choices=BillableGrouping.choices(), default=BillableGrouping.ONE
    )
    lines = models.CharField(_("lines"), max_length=10, choices=BillableLines.choices(), default=BillableLines.EACH)

    class Meta:
        verbose_name_plural = "billable terms"
        constraints: ClassVar = [
            values_constraint("billable_grouping_known", "grouping", BillableGrouping),
            values_constraint("billable_lines_known", "lines", BillableLines),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.grouping}, {self.lines}"
