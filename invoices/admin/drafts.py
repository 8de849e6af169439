"""Drafts in the admin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import (
    DraftLine,
    DraftVersion,
    InvoiceDraft,
)
from invoices.selectors import DraftFilters, drafts_filtered
from invoices.services.drafts import draft_discard, draft_duplicate, draft_reopen, draft_review
from invoices.services.issue import invoice_issue

LINE_COLUMNS = ("position", "description", "quantity", "unit", "unit_price", "discount_percent", "tax_rate", "amount")


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
