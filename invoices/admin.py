"""Documents in the admin: everything can be found and read; what can be done is done by the services."""

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
from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable, history_tables, service_action
from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.web.requests import current_profile, now_of
from invoices.models import (
    CatalogueItem,
    CataloguePrice,
    DraftLine,
    DraftVersion,
    ImportRun,
    Instalment,
    Invoice,
    InvoiceDraft,
    InvoiceLine,
    InvoiceTax,
    NumberSeries,
    SeriesCounter,
    TaxRate,
)
from invoices.selectors import DraftFilters, InvoiceFilters, drafts_filtered, having_status, invoices_filtered
from invoices.services.catalogue import catalogue_item_offer
from invoices.services.documents import invoice_pdf
from invoices.services.drafts import draft_discard, draft_duplicate, draft_reopen, draft_review
from invoices.services.issue import invoice_issue
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
    inlines = [InvoiceLineInline, InvoiceTaxInline, InstalmentInline, InvoiceHistoryInline]
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


class DraftLineInline(ReadOnlyInline):
    model = DraftLine
    view_right = Right.INVOICES_VIEW
    currency_path = "draft.currency"
    select_related = ("draft",)
    fields = readonly_fields = LINE_COLUMNS


class DraftVersionInline(ReadOnlyInline):
    model = DraftVersion
    view_right = Right.INVOICES_VIEW
    fields = readonly_fields = ("version", "created_at", "author_label")


@admin.register(InvoiceDraft)
class InvoiceDraftAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("number", "customer", "status", "generated_by", "total", "created_at", "scheduled_for", "invoice")
    list_filter = ("status", "generated_by", CurrencyFilter, ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("customer", "invoice", "profile")
    search_fields = ("number", "customer__name")
    sortable_by = ("number", "total", "created_at", "scheduled_for")
    inlines = [DraftLineInline, DraftVersionInline]
    actions = ["review", "issue", "duplicate", "discard", "reopen"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """As the list of drafts searches: number or customer, each by its index."""
        return drafts_filtered(queryset, DraftFilters(search=search_term.strip())), False

    def view_on_site(self, row: InvoiceDraft) -> str:
        return reverse("invoices:draft_edit", args=[row.pk])

    @service_action(_("Mark as reviewed"), right=Right.INVOICES_DRAFT)
    def review(self, row: InvoiceDraft, *, actor: Actor, now: datetime) -> None:
        draft_review(draft_id=row.pk, actor=actor, now=now)

    @service_action(_("Issue"), right=Right.INVOICES_ISSUE)
    def issue(self, row: InvoiceDraft, *, actor: Actor, now: datetime) -> None:
        invoice_issue(draft_id=row.pk, actor=actor, now=now)

    @service_action(_("Duplicate"), right=Right.INVOICES_DRAFT)
    def duplicate(self, row: InvoiceDraft, *, actor: Actor, now: datetime) -> None:
        draft_duplicate(draft_id=row.pk, actor=actor, now=now)

    @service_action(_("Discard"), right=Right.INVOICES_DRAFT)
    def discard(self, row: InvoiceDraft, *, actor: Actor, now: datetime) -> None:
        draft_discard(draft_id=row.pk, actor=actor, now=now)

    @service_action(_("Take up again"), right=Right.INVOICES_DRAFT)
    def reopen(self, row: InvoiceDraft, *, actor: Actor, now: datetime) -> None:
        draft_reopen(draft_id=row.pk, actor=actor, now=now)


@admin.register(DraftLine)
class DraftLineAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "draft__profile"
    currency_path = "draft.currency"
    list_display = ("draft", *LINE_COLUMNS)
    list_filter = ("tax_category",)
    list_select_related = ("draft",)
    search_fields = ("description", "draft__number")
    sortable_by = ()
    ordering = ("-id",)


@admin.register(DraftVersion)
class DraftVersionAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "draft__profile"
    list_display = ("draft", "version", "created_at", "author_label")
    list_filter = (("created_at", admin.DateFieldListFilter),)
    list_select_related = ("draft",)
    search_fields = ("draft__number", "author_label")
    sortable_by = ()
    ordering = ("-id",)


class SeriesCounterInline(ReadOnlyInline):
    model = SeriesCounter
    view_right = Right.INVOICES_VIEW
    fields = readonly_fields = ("year", "last_number", "last_issued_on")


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("code", "kind", "pattern", "restarts_yearly", "is_default", "in_gap_report", "profile")
    list_filter = ("kind", "is_default", "in_gap_report", "profile")
    list_select_related = ("profile",)
    search_fields = ("code", "pattern")
    inlines = [SeriesCounterInline]


@admin.register(SeriesCounter)
class SeriesCounterAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "series__profile"
    list_display = ("series", "year", "last_number", "last_issued_on")
    list_filter = ("series__kind", "series__profile")
    list_select_related = ("series",)
    search_fields = ("series__code", "=year")


@admin.register(TaxRate)
class TaxRateAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("name", "category", "rate", "is_default", "profile")
    list_filter = ("category", "is_default", "profile")
    list_select_related = ("profile",)
    search_fields = ("name",)


class CataloguePriceInline(ReadOnlyInline):
    model = CataloguePrice
    view_right = Right.INVOICES_VIEW
    fields = readonly_fields = ("currency", "amount", "since", "actor_label")


@admin.register(CatalogueItem)
class CatalogueItemAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("name", "code", "kind", "unit", "tax_category", "tax_rate", "is_active", "profile")
    list_filter = ("is_active", "kind", "tax_category", "profile")
    list_select_related = ("profile",)
    search_fields = ("name", "code", "description")
    inlines = [CataloguePriceInline]
    actions = ["offer", "withdraw"]

    @service_action(_("Offer again"), right=Right.CATALOGUE_EDIT)
    def offer(self, row: CatalogueItem, *, actor: Actor, now: datetime) -> None:
        catalogue_item_offer(item_id=row.pk, offered=True, actor=actor, now=now)

    @service_action(_("Withdraw"), right=Right.CATALOGUE_EDIT)
    def withdraw(self, row: CatalogueItem, *, actor: Actor, now: datetime) -> None:
        catalogue_item_offer(item_id=row.pk, offered=False, actor=actor, now=now)


@admin.register(CataloguePrice)
class CataloguePriceAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "item__profile"
    list_display = ("item", "currency", "amount", "since", "actor_label")
    list_filter = (CurrencyFilter, ("since", admin.DateFieldListFilter), "item__profile")
    list_select_related = ("item",)
    search_fields = ("item__name", "item__code", "currency")


@admin.register(ImportRun)
class ImportRunAdmin(ReadTable):
    view_right = Right.DATA_IMPORT
    list_display = ("file_name", "created_at", "currency", "dry_run", "created_by", "profile")
    list_filter = ("dry_run", ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("created_by", "profile")
    search_fields = ("file_name", "=sha256")


history_tables("invoices")
