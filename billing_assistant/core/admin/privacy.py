"""What was erased, and how long things are kept."""

from __future__ import annotations

from django.contrib import admin

from billing_assistant.core.admin.base import ReadTable
from billing_assistant.core.models import ErasureRecord, RetentionRules
from billing_assistant.core.rights import Right


@admin.register(ErasureRecord)
class ErasureRecordAdmin(ReadTable):
    view_right = Right.PRIVACY_MANAGE
    list_display = ("customer_number", "created_at", "requested_by_label", "profile")
    list_filter = ("profile",)
    list_select_related = ("profile",)
    date_hierarchy = "created_at"
    search_fields = ("customer_number", "requested_by_label", "=customer_id", "=contact_id")


@admin.register(RetentionRules)
class RetentionRulesAdmin(ReadTable):
    view_right = Right.SETTINGS_EDIT
    list_display = ("profile", "document_years", "message_months", "payload_months", "inactive_months")
    list_select_related = ("profile",)
    search_fields = ("profile__name",)
