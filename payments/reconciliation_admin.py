"""Reconciliation in the admin: everything can be found and read; the pages do what can be done."""

from __future__ import annotations

from django.contrib import admin

from billing_assistant.core.admin import CurrencyFilter, ReadTable
from billing_assistant.core.rights import Right
from payments.models import (
    BalanceDifference,
    BankAccount,
    ExchangeResult,
    LineGivenBack,
    LineMatch,
    MatchCandidate,
    MatchRule,
    PaymentFee,
    ProviderDay,
    Statement,
    StatementLine,
)


@admin.register(BankAccount)
class BankAccountAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("name", "kind", "currency", "last_four", "provider", "is_active", "profile")
    list_filter = ("kind", CurrencyFilter, "is_active", "profile")
    list_select_related = ("profile",)
    search_fields = ("name", "provider", "=last_four")


@admin.register(Statement)
class StatementAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("account", "format", "state", "period_from", "period_to", "lines_seen", "lines_new", "actor_label")
    list_filter = ("state", "format", "profile")
    list_select_related = ("account",)
    search_fields = ("account__name", "file__name")


@admin.register(StatementLine)
class StatementLineAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("booked_on", "account", "currency", "amount", "counterparty", "reference", "state")
    list_filter = ("state", CurrencyFilter, ("booked_on", admin.DateFieldListFilter), "profile")
    list_select_related = ("account",)
    search_fields = ("=bank_id", "counterparty", "reference", "text")


@admin.register(MatchRule)
class MatchRuleAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("profile", "position", "kind", "is_on", "automatic")
    list_filter = ("kind", "is_on", "automatic", "profile")
    list_select_related = ("profile",)
    search_fields = ("=kind",)


@admin.register(MatchCandidate)
class MatchCandidateAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    profile_path = "line__profile"
    list_display = ("line", "rank", "kind", "rule", "customer", "currency", "fee", "surplus")
    list_filter = ("kind",)
    list_select_related = ("line", "rule", "customer")
    search_fields = ("customer__name", "line__reference", "line__counterparty")


@admin.register(LineMatch)
class LineMatchAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("line", "payment", "currency", "amount", "fee", "was_posted", "automatic", "undone_at")
    list_filter = ("automatic", "was_posted", "profile")
    list_select_related = ("line", "payment")
    search_fields = ("=payment__number",)


@admin.register(LineGivenBack)
class LineGivenBackAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("line", "refund", "dispute", "payment", "currency", "amount", "undone_at")
    list_filter = (CurrencyFilter, "profile")
    list_select_related = ("line", "refund", "dispute", "payment")
    search_fields = ("=refund__number", "=dispute__number", "=payment__number")


@admin.register(BalanceDifference)
class BalanceDifferenceAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("day", "currency", "provider_amount", "ledger_amount", "checked_at", "profile")
    list_filter = (CurrencyFilter, ("day", admin.DateFieldListFilter), "profile")
    list_select_related = ("profile",)
    search_fields = ("=currency",)


@admin.register(PaymentFee)
class PaymentFeeAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("payment", "state", "currency", "amount", "ask_at", "asked", "profile")
    list_filter = ("state", CurrencyFilter, "profile")
    list_select_related = ("payment", "profile")
    search_fields = ("=payment__number",)


@admin.register(ProviderDay)
class ProviderDayAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("day", "provider", "account", "currency", "amount", "asked_at", "profile")
    list_filter = ("provider", CurrencyFilter, ("day", admin.DateFieldListFilter), "profile")
    list_select_related = ("profile",)
    search_fields = ("=account", "=currency")


@admin.register(ExchangeResult)
class ExchangeResultAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("payment", "invoice", "amount", "invoice_rate", "payment_rate", "currency", "result", "profile")
    list_filter = (CurrencyFilter, "profile")
    list_select_related = ("payment", "invoice", "profile")
    search_fields = ("=payment__number", "=invoice__number")
