"""Quotes in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import Quote
from invoices.services.quote_decisions import quote_withdraw


@admin.register(Quote)
class QuoteAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("number", "customer", "kind", "state", "offered_on", "valid_until", "total", "decided_by")
    list_filter = ("state", "kind", CurrencyFilter, ("offered_on", admin.DateFieldListFilter), "profile")
    list_select_related = ("customer", "profile")
    search_fields = ("number", "customer__name", "draft__number", "decided_by")
    sortable_by = ("number", "offered_on", "valid_until", "total")
    actions = ["withdraw"]

    def view_on_site(self, row: Quote) -> str:
        return reverse("invoices:quote", args=[row.pk])

    @service_action(_("Withdraw"), right=Right.INVOICES_DRAFT, asks_reason=True)
    def withdraw(self, row: Quote, *, actor: Actor, now: datetime, reason: str) -> None:
        quote_withdraw(quote_id=row.pk, note=reason, actor=actor, now=now)
