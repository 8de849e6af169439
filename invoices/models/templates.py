"""Invoice templates: what a business profile prints on its documents, and how."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import PercentField
from billing_assistant.core.models.profiles import HEX_COLOR
from billing_assistant.core.states import values_constraint
from customers.states import InvoiceStyle
from invoices.states import TemplateColumn, TemplateStatus


def all_columns() -> list[str]:
    """The columns of a new template."""
    return [column.value for column in TemplateColumn]


@pghistory.track()
class InvoiceTemplate(Entity):
    """How documents of a profile look. An issued document keeps what its template said; later changes touch none."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="invoice_templates")
    number = models.CharField(_("number"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what it is for"), max_length=240, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=TemplateStatus.choices(), default=TemplateStatus.ACTIVE
    )
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    design = models.CharField(
        _("design"), max_length=20, choices=InvoiceStyle.choices(), default=InvoiceStyle.PROFESSIONAL
    )
    accent_color = models.CharField(
        _("colour"), max_length=7, blank=True, validators=[HEX_COLOR], help_text=_("Empty: the brand colour.")
    )

    include_logo = models.BooleanField(_("logo"), default=True)
    include_company_details = models.BooleanField(_("address and registration of the company"), default=True)
    title = models.CharField(
        _("title"), max_length=40, blank=True, help_text=_("Empty: the word for the document in its language.")
    )

    columns = ArrayField(models.CharField(max_length=20), default=all_columns)
    show_subtotal = models.BooleanField(_("subtotal"), default=True)
    show_tax = models.BooleanField(_("tax by rate"), default=True)
    tax_rate = PercentField(_("tax rate of new lines"), null=True, blank=True, default=None)
    show_discount = models.BooleanField(_("discounts"), default=True)

    payment_terms = models.TextField(_("payment terms"), max_length=2000, blank=True)
    bank_details = models.BooleanField(_("bank details"), default=True)
    mpesa_details = models.BooleanField(_("M-Pesa details"), default=True)
    notes_section = models.BooleanField(_("notes"), default=True)
    notes = models.TextField(_("notes on every document"), max_length=2000, blank=True)

    ai_prompt = models.TextField(_("words for the assistant"), max_length=4000, blank=True)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-is_default", "name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="template_number_once"),
            models.UniqueConstraint("profile", Upper("name"), name="template_name_once"),
            models.UniqueConstraint(fields=["profile"], condition=Q(is_default=True), name="one_default_template"),
            models.CheckConstraint(condition=Q(is_default=False) | Q(status="active"), name="default_template_active"),
            models.CheckConstraint(
                condition=Q(tax_rate__isnull=True) | Q(tax_rate__gte=0, tax_rate__lte=100),
                name="template_tax_is_a_percentage",
            ),
            values_constraint("template_status_known", "status", TemplateStatus),
            values_constraint("template_design_known", "design", InvoiceStyle),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status_word(self) -> TemplateStatus:
        return TemplateStatus(self.status)
