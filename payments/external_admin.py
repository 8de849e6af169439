"""Invoices that providers made by themselves, in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadTable, service_action
from billing_assistant.core.rights import Right
from payments.models import ExternalInvoice
from payments.services.external_invoice_reading import external_invoice_ask_now


@admin.register(ExternalInvoice)
class ExternalInvoiceAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("number", "provider", "made_at", "customer", "payer_name", "total", "amount_due", "status")
    list_filter = (
        "status",
        "provider",
        CurrencyFilter,
        ("customer", admin.EmptyFieldListFilter),
        ("made_at", admin.DateFieldListFilter),
        "profile",
    )
    list_select_related = ("customer", "profile")
    search_fields = ("number", "external_id", "payer_name", "payer_email", "customer__name", "customer__number")
    actions = ["ask"]

    @service_action(_("Ask the provider again"), right=Right.PAYMENTS_RECORD)
    def ask(self, row: ExternalInvoice, *, actor: Actor, now: datetime) -> None:
        external_invoice_ask_now(invoice_id=row.pk, actor=actor, now=now)
