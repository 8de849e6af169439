"""Billable work in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import BillableItem, BillableTerms
from invoices.services.billable import billable_dismiss, billable_take_back


@admin.register(BillableItem)
class BillableItemAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("description", "customer", "kind", "worked_on", "quantity", "amount", "state", "draft", "invoice")
    list_filter = ("state", "kind", CurrencyFilter, ("worked_on", admin.DateFieldListFilter), "profile")
    list_select_related = ("customer", "draft", "invoice", "profile")
    search_fields = ("description", "project", "external_id", "customer__name")
    sortable_by = ("worked_on", "amount")
    actions = ["dismiss", "take_back"]

    @service_action(_("Do not bill"), right=Right.INVOICES_DRAFT)
    def dismiss(self, row: BillableItem, *, actor: Actor, now: datetime) -> None:
        billable_dismiss(item_id=row.pk, actor=actor, now=now)

    @service_action(_("Bill after all"), right=Right.INVOICES_DRAFT)
    def take_back(self, row: BillableItem, *, actor: Actor, now: datetime) -> None:
        billable_take_back(item_id=row.pk, actor=actor, now=now)


@admin.register(BillableTerms)
class BillableTermsAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "customer__profile"
    list_display = ("customer", "grouping", "lines")
    list_filter = ("grouping", "lines")
    list_select_related = ("customer",)
    search_fields = ("customer__name", "customer__number")
