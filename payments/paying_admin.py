"""The admin of what clients pay with: parts of checkouts, and the rules of paying. Read only."""

from __future__ import annotations

from django.contrib import admin

from billing_assistant.core.admin import CurrencyFilter, ReadTable
from billing_assistant.core.rights import Right
from payments.models import CheckoutPart, PayingRules


@admin.register(CheckoutPart)
class CheckoutPartAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("created_at", "checkout", "invoice", "amount", "is_open")
    list_filter = ("is_open", CurrencyFilter, ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("checkout", "invoice", "profile")
    search_fields = ("invoice__number", "checkout__external_id", "checkout__idempotency_key")


@admin.register(PayingRules)
class PayingRulesAdmin(ReadTable):
    view_right = Right.SETTINGS_EDIT
    list_display = ("profile", "least_percent", "autopay_on", "autopay_days", "plan_grace_days")
    list_filter = ("autopay_on", "profile")
    list_select_related = ("profile",)
    search_fields = ("profile__name",)
