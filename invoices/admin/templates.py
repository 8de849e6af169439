"""Invoice templates in the admin."""

from __future__ import annotations

from django.contrib import admin

from billing_assistant.core.admin import ReadTable
from billing_assistant.core.rights import Right
from invoices.models import InvoiceTemplate


@admin.register(InvoiceTemplate)
class InvoiceTemplateAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("number", "name", "status", "design", "is_default", "profile")
    list_filter = ("status", "design", "is_default", "profile")
    list_select_related = ("profile",)
    search_fields = ("=number", "name")
