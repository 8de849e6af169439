"""The books in the admin: searched, filtered and read. Nothing of them is ever changed, so there are no actions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.web import actor_of
from billing_assistant.ledger.models import (
    Account,
    AccountTally,
    BooksCheck,
    BookSeal,
    JournalEntry,
    JournalLine,
    OwnerBalance,
)


class BookTable(ReadTable):
    view_right = Right.REPORTS_VIEW


class JournalLineInline(ReadOnlyInline):
    model = JournalLine
    view_right = Right.REPORTS_VIEW
    select_related = ("account",)
    fields = readonly_fields = ("account", "figure_debit", "figure_credit")

    @admin.display(description=_("Debit"))
    def figure_debit(self, row: JournalLine) -> str:
        return money_text(row.debit, row.currency) if row.debit else ""

    @admin.display(description=_("Credit"))
    def figure_credit(self, row: JournalLine) -> str:
        return money_text(row.credit, row.currency) if row.credit else ""


@admin.register(JournalEntry)
class JournalEntryAdmin(BookTable):
    list_display = ("document_number", "kind", "booked_on", "currency", "line_count", "memo", "actor_label", "profile")
    list_filter = ("kind", CurrencyFilter, ("booked_on", admin.DateFieldListFilter), "profile")
    list_select_related = ("profile",)
    search_fields = ("document_number", "=document_id", "=owner_id")
    sortable_by = ("booked_on",)
    ordering = ("-id",)
    inlines = [JournalLineInline]


@admin.register(JournalLine)
class JournalLineAdmin(BookTable):
    profile_path = "entry__profile"
    list_display = ("entry", "account", "amount")
    list_filter = ("account__kind", CurrencyFilter, "entry__kind", "entry__profile")
    list_select_related = ("entry", "account")
    search_fields = ("entry__document_number", "=account__owner_id")
    sortable_by = ()
    ordering = ("-id",)


@admin.register(Account)
class AccountAdmin(BookTable):
    list_display = ("kind", "currency", "owner_id", "profile", "created_at")
    list_filter = ("kind", CurrencyFilter, "profile")
    list_select_related = ("profile",)
    search_fields = ("=owner_id", "kind", "currency")
    ordering = ("-id",)


@admin.register(OwnerBalance)
class OwnerBalanceAdmin(BookTable):
    view_right = Right.CUSTOMERS_VIEW
    list_display = (
        "owner_id",
        "billed",
        "paid",
        "credited",
        "written_off",
        "outstanding",
        "unapplied",
        "document_count",
        "last_document_on",
        "profile",
    )
    list_filter = (CurrencyFilter, "profile")
    list_select_related = ("profile",)
    search_fields = ("=owner_id", "currency")
    ordering = ("-id",)


@admin.register(AccountTally)
class AccountTallyAdmin(BookTable):
    list_display = ("kind", "currency", "booked_on", "count", "debit", "credit", "profile")
    list_filter = ("kind", CurrencyFilter, ("booked_on", admin.DateFieldListFilter), "profile")
    list_select_related = ("profile",)
    search_fields = ("=kind", "=currency")


class WholeTable(BookTable):
    """About all business profiles at once: for those who are limited to some there is nothing."""

    profile_path = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows if actor_of(request).profile_ids is None else rows.none()


@admin.register(BookSeal)
class BookSealAdmin(WholeTable):
    list_display = ("chain", "digest", "count", "through", "sealed_at")
    list_filter = ("chain", ("sealed_at", admin.DateFieldListFilter))
    search_fields = ("=digest", "=through")
    ordering = ("-id",)


@admin.register(BooksCheck)
class BooksCheckAdmin(WholeTable):
    list_display = ("created_at", "finished_at", "broken", "looked_at", "looked_by", "looked_note")
    list_filter = (("created_at", admin.DateFieldListFilter), "broken")
    list_select_related = ("looked_by",)
    search_fields = ("looked_note",)
    ordering = ("-id",)
