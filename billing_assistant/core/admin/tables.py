"""The tables of the core."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin.actions import service_action
from billing_assistant.core.admin.base import ReadTable
from billing_assistant.core.admin.history import history_tables
from billing_assistant.core.models import (
    ApiKey,
    Approval,
    BusinessProfile,
    DataImport,
    Event,
    EventDelivery,
    HumanCounter,
    IdempotencyRecord,
    ImportMapping,
    ImportProblem,
    Notice,
    SavedFilter,
    StoredFile,
    User,
)
from billing_assistant.core.rights import Right
from billing_assistant.core.services.api_keys import api_key_revoke
from billing_assistant.core.services.approvals import approval_decide
from billing_assistant.core.services.imports import import_cancel
from billing_assistant.core.services.users import user_reset_second_factor, user_set_active
from billing_assistant.core.web.requests import actor_of


@admin.register(User)
class UserTable(ReadTable):
    view_right = Right.USERS_EDIT
    profile_path = ""
    list_display = ("display_name", "email", "role", "is_active", "language", "last_login")
    list_filter = ("role", "is_active", "profiles")
    search_fields = ("username", "email", "first_name", "last_name")
    exclude = ("password", "groups", "user_permissions")
    actions = ("keep_out", "let_in", "reset_second_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        limits = actor_of(request).profile_ids
        people = super().get_queryset(request)
        return people if limits is None else people.filter(profiles__in=limits).distinct()

    @service_action(_("Keep out"), right=Right.USERS_EDIT)
    def keep_out(self, row: User, *, actor: Actor, now: datetime) -> None:
        user_set_active(user_id=row.pk, active=False, actor=actor, now=now)

    @service_action(_("Let in again"), right=Right.USERS_EDIT)
    def let_in(self, row: User, *, actor: Actor, now: datetime) -> None:
        user_set_active(user_id=row.pk, active=True, actor=actor, now=now)

    @service_action(_("Reset second factor"), right=Right.USERS_EDIT)
    def reset_second_factor(self, row: User, *, actor: Actor, now: datetime) -> None:
        user_reset_second_factor(user_id=row.pk, actor=actor, now=now)


@admin.register(ApiKey)
class ApiKeyTable(ReadTable):
    view_right = Right.SETTINGS_EDIT
    list_display = ("name", "prefix", "user", "profile", "expires_at", "revoked_at", "last_used_at")
    list_filter = ("profile",)
    list_select_related = ("user", "profile")
    search_fields = ("name", "prefix", "user__email")
    exclude = ("key_hash",)
    actions = ("revoke",)

    @service_action(_("Revoke"), right=Right.SETTINGS_EDIT)
    def revoke(self, row: ApiKey, *, actor: Actor, now: datetime) -> None:
        api_key_revoke(key_id=row.pk, actor=actor, now=now)


@admin.register(BusinessProfile)
class BusinessProfileTable(ReadTable):
    profile_path = "pk"
    list_display = ("name", "legal_name", "currency", "country", "email")
    search_fields = ("name", "legal_name", "slug", "tax_id")


@admin.register(Approval)
class ApprovalTable(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("summary", "action", "status", "amount", "currency", "requested_by", "decided_by", "expires_at")
    list_filter = ("status", "action", "profile")
    list_select_related = ("requested_by", "decided_by")
    search_fields = ("summary",)
    date_hierarchy = "created_at"
    actions = ("approve", "reject")

    @service_action(_("Approve"), right=Right.APPROVALS_DECIDE, asks_reason=True)
    def approve(self, row: Approval, *, actor: Actor, now: datetime, reason: str) -> None:
        approval_decide(approval_id=row.pk, approve=True, actor=actor, now=now, comment=reason)

    @service_action(_("Reject"), right=Right.APPROVALS_DECIDE, asks_reason=True)
    def reject(self, row: Approval, *, actor: Actor, now: datetime, reason: str) -> None:
        approval_decide(approval_id=row.pk, approve=False, actor=actor, now=now, comment=reason)


@admin.register(Event)
class EventTable(ReadTable):
    view_right = Right.REPORTS_VIEW
    list_display = ("created_at", "name", "subject_kind", "subject_label", "actor_label", "profile")
    list_filter = ("name", "actor_kind", "profile")
    list_select_related = ("profile",)
    search_fields = ("subject_label", "=subject_id", "=customer_id")
    date_hierarchy = "created_at"


@admin.register(EventDelivery)
class EventDeliveryTable(ReadTable):
    view_right = Right.SETTINGS_EDIT
    profile_path = "event__profile"
    list_display = ("event", "subscriber", "status", "attempts", "due_at", "last_error", "finished_at")
    list_filter = ("status", "subscriber")
    list_select_related = ("event",)
    search_fields = ("event__name", "event__subject_label")


@admin.register(Notice)
class NoticeTable(ReadTable):
    view_right = Right.USERS_EDIT
    profile_path = ""
    list_display = ("text", "user", "tone", "created_at", "read_at")
    list_filter = ("tone",)
    list_select_related = ("user",)
    search_fields = ("text", "user__email")


@admin.register(StoredFile)
class StoredFileTable(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("name", "content_type", "size", "profile", "created_at")
    list_filter = ("content_type", "profile")
    list_select_related = ("profile",)
    search_fields = ("name", "=sha256")


@admin.register(IdempotencyRecord)
class IdempotencyRecordTable(ReadTable):
    view_right = Right.SETTINGS_EDIT
    profile_path = ""
    list_display = ("created_at", "method", "path", "actor_ref", "status", "response_status")
    list_filter = ("status", "method")
    search_fields = ("=key", "path")
    exclude = ("response_body",)


@admin.register(HumanCounter)
class HumanCounterTable(ReadTable):
    view_right = Right.SETTINGS_EDIT
    list_display = ("profile", "kind", "last_number")
    list_filter = ("kind", "profile")
    list_select_related = ("profile",)
    search_fields = ("kind", "profile__name")


@admin.register(DataImport)
class DataImportTable(ReadTable):
    view_right = Right.DATA_IMPORT
    list_display = ("file", "kind", "state", "new", "same", "changed", "faulty", "actor_label", "created_at")
    list_filter = ("kind", "state", ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("file", "profile")
    search_fields = ("file__name", "=file__sha256", "actor_label", "kind", "failure")
    actions = ("cancel",)

    @service_action(_("Cancel"), right=Right.DATA_IMPORT)
    def cancel(self, row: DataImport, *, actor: Actor, now: datetime) -> None:
        import_cancel(run_id=row.pk, actor=actor, now=now)


@admin.register(ImportProblem)
class ImportProblemTable(ReadTable):
    view_right = Right.DATA_IMPORT
    list_display = ("run", "line", "about", "field", "value", "reason")
    list_filter = ("field", "profile")
    list_select_related = ("run", "run__file")
    search_fields = ("about", "value", "reason")


@admin.register(ImportMapping)
class ImportMappingTable(ReadTable):
    view_right = Right.DATA_IMPORT
    list_display = ("kind", "profile", "columns", "updated_at")
    list_filter = ("kind", "profile")
    list_select_related = ("profile",)
    search_fields = ("kind", "=heads")


@admin.register(SavedFilter)
class SavedFilterTable(ReadTable):
    view_right = Right.SETTINGS_EDIT
    list_display = ("name", "list_key", "owner", "is_shared", "profile", "updated_at")
    list_filter = ("list_key", "is_shared", "profile")
    list_select_related = ("owner", "profile")
    search_fields = ("name", "owner__email")


history_tables("core")
