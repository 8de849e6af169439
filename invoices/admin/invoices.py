"""Issued documents in the admin: everything can be found and read; what can be done is done by the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable, service_action
from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.web.requests import current_profile, now_of
from invoices.models import (
    AgreedInstalment,
    Instalment,
    Invoice,
    InvoiceLine,
    InvoiceTax,
)
from invoices.selectors import InvoiceFilters, having_status, invoices_filtered
from invoices.services.documents import invoice_pdf
from invoices.services.void import invoice_void
from invoices.states import InvoiceKind, InvoiceStatus, invoice_status

LINE_COLUMNS = ("position", "description", "quantity", "unit", "unit_price", "discount_percent", "tax_rate", "amount")
DAY_FILTERS = tuple((name, admin.DateFieldListFilter) for name in ("issued_on", "due_on"))


class InvoicePart(ReadOnlyInline):
    view_right = Right.INVOICES_VIEW
    currency_path = "invoice.currency"
    select_related = ("invoice",)


class InvoiceLineInline(InvoicePart):
    model = InvoiceLine
    fields = readonly_fields = LINE_COLUMNS


class InvoiceTaxInline(InvoicePart):
    model = InvoiceTax
    fields = readonly_fields = ("category", "rate", "base", "tax")


class InstalmentInline(InvoicePart):
    model = Instalment
    fields = readonly_fields = ("position", "due_on", "amount")


class AgreedInstalmentInline(InvoicePart):
    model = AgreedInstalment
    fields = readonly_fields = ("position", "due_on", "amount", "agreed_on", "ended_on")


class InvoiceHistoryInline(ReadOnlyInline):
    """Each change after issue: the row as it was afterwards."""

    model = Invoice.pgh_event_model  # type: ignore[attr-defined]
    fk_name = "pgh_obj"
    view_right = Right.INVOICES_VIEW
    currency_path = "pgh_obj.currency"
    select_related = ("pgh_obj",)
    verbose_name = verbose_name_plural = _("history")
    fields = readonly_fields = (
        "pgh_created_at",
        "state",
        "amount_paid",
        "amount_credited",
        "amount_written_off",
        "next_due_on",
        "sent_at",
        "viewed_at",
    )


class StatusFilter(admin.SimpleListFilter):
    """The status that people see, on the date of the business profile chosen in the top bar."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(status.value, status.label) for status in InvoiceStatus]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        chosen = next((status for status in InvoiceStatus if status.value == self.value()), None)
        if chosen is None:
            return queryset
        return having_status(queryset, chosen, local_today(current_profile(request), now_of(request)))


@admin.register(Invoice)
class InvoiceAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("number", "customer", "total", "amount_due", "status", "issued_on", "due_on", "kind", "sent_at")
    list_filter = (StatusFilter, "kind", "state", CurrencyFilter, *DAY_FILTERS, "imported", "language", "profile")
    list_select_related = ("customer", "profile")
    search_fields = ("number", "customer__name")
    sortable_by = ("number", "issued_on", "due_on", "total", "amount_due", "sent_at")
    inlines = [InvoiceLineInline, InvoiceTaxInline, InstalmentInline, AgreedInstalmentInline, InvoiceHistoryInline]
    actions = ["render_pdf", "void"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("profile", "customer", "series")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """As the list of invoices searches: number or customer, each by its index."""
        today = local_today(current_profile(request), now_of(request))
        return invoices_filtered(queryset, InvoiceFilters(search=search_term.strip()), today), False

    @admin.display(description=_("status"), empty_value="—")
    def status(self, row: Invoice) -> Any:
        if row.kind == InvoiceKind.CREDIT_NOTE:
            return None
        return invoice_status(row, local_today(row.profile)).label

    def view_on_site(self, row: Invoice) -> str:
        return reverse("invoices:detail", args=[row.pk])

    @service_action(_("Make the PDF"), right=Right.INVOICES_VIEW)
    def render_pdf(self, row: Invoice, *, actor: Actor, now: datetime) -> None:
        invoice_pdf(invoice_id=row.pk)

    @service_action(pgettext_lazy("verb", "Void"), right=Right.INVOICES_VOID, asks_reason=True)
    def void(self, row: Invoice, *, actor: Actor, now: datetime, reason: str) -> None:
        invoice_void(invoice_id=row.pk, reason=reason, actor=actor, now=now)


class InvoicePartTable(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "invoice__profile"
    currency_path = "invoice.currency"
    list_select_related = ("invoice",)
    sortable_by = ()
    ordering = ("-id",)


@admin.register(InvoiceLine)
class InvoiceLineAdmin(InvoicePartTable):
    list_display = ("invoice", *LINE_COLUMNS)
    list_filter = ("tax_category",)
    search_fields = ("description", "invoice__number")


@admin.register(InvoiceTax)
class InvoiceTaxAdmin(InvoicePartTable):
    list_display = ("invoice", "category", "rate", "base", "tax")
    list_filter = ("category",)
    search_fields = ("invoice__number",)


@admin.register(Instalment)
class InstalmentAdmin(InvoicePartTable):
    list_display = ("invoice", "position", "due_on", "amount")
    list_filter = (("due_on", admin.DateFieldListFilter),)
    search_fields = ("invoice__number",)


@admin.register(AgreedInstalment)
class AgreedInstalmentAdmin(InvoicePartTable):
    list_display = ("invoice", "position", "due_on", "amount", "agreed_on", "ended_on")
    list_filter = (("due_on", admin.DateFieldListFilter), ("agreed_on", admin.DateFieldListFilter))
    search_fields = ("invoice__number",)
