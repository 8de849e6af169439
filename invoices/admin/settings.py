"""Number series and tax rates in the admin."""

from __future__ import annotations

from django.contrib import admin

from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable
from billing_assistant.core.rights import Right
from invoices.models import (
    BillingRules,
    ExchangeRate,
    InvoiceTally,
    NumberSeries,
    SeriesCounter,
    TaxRate,
)


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
    list_display = ("name", "category", "rate", "valid_from", "valid_until", "is_default", "profile")
    list_filter = ("category", "is_default", "profile")
    list_select_related = ("profile",)
    search_fields = ("name", "reason")


@admin.register(InvoiceTally)
class InvoiceTallyAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("kind", "state", "stage", "currency", "due_on", "split", "count", "due", "profile")
    list_filter = ("kind", "state", "stage", "split", CurrencyFilter, "profile")
    list_select_related = ("profile",)
    search_fields = ("=stage", "=currency")


@admin.register(BillingRules)
class BillingRulesAdmin(ReadTable):
    view_right = Right.SETTINGS_EDIT
    list_display = (
        "profile",
        "locked_until",
        "listed_taxes_only",
        "exchange_rate_required",
        "exchange_rate_days",
    )
    list_filter = ("exchange_rate_required", "listed_taxes_only")
    list_select_related = ("profile",)
    search_fields = ("profile__name",)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("currency", "into", "valid_on", "rate", "source", "actor_label", "profile")
    list_filter = ("source", "currency", "profile")
    list_select_related = ("profile",)
    search_fields = ("currency", "into", "actor_label")
