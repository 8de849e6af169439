"""Import runs in the admin."""

from __future__ import annotations

from django.contrib import admin

from billing_assistant.core.admin import ReadTable
from billing_assistant.core.rights import Right
from invoices.models import (
    ImportRun,
)


@admin.register(ImportRun)
class ImportRunAdmin(ReadTable):
    view_right = Right.DATA_IMPORT
    list_display = ("file_name", "created_at", "currency", "dry_run", "created_by", "profile")
    list_filter = ("dry_run", ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("created_by", "profile")
    search_fields = ("file_name", "=sha256")
