"""Batches in the admin: to read, and to steer as on their page."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import BatchDocument, BatchFile, BatchItem, InvoiceBatch
from invoices.services.batches import batch_cancel, batch_pause, batch_resume, batch_retry


@admin.register(InvoiceBatch)
class InvoiceBatchAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("number", "name", "kind", "after", "state", "created_at", "actor_label", "profile")
    list_filter = ("state", "kind", "after", ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("profile",)
    search_fields = ("number", "name")
    actions = ["pause", "resume", "cancel", "retry"]

    @service_action(_("Pause"), right=Right.INVOICES_DRAFT)
    def pause(self, row: InvoiceBatch, *, actor: Actor, now: datetime) -> None:
        batch_pause(batch_id=row.pk, actor=actor, now=now)

    @service_action(_("Go on"), right=Right.INVOICES_DRAFT)
    def resume(self, row: InvoiceBatch, *, actor: Actor, now: datetime) -> None:
        batch_resume(batch_id=row.pk, actor=actor, now=now)

    @service_action(_("Cancel"), right=Right.INVOICES_DRAFT)
    def cancel(self, row: InvoiceBatch, *, actor: Actor, now: datetime) -> None:
        batch_cancel(batch_id=row.pk, actor=actor, now=now)

    @service_action(_("Try again what failed"), right=Right.INVOICES_DRAFT)
    def retry(self, row: InvoiceBatch, *, actor: Actor, now: datetime) -> None:
        batch_retry(batch_id=row.pk, actor=actor, now=now)


@admin.register(BatchItem)
class BatchItemAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "batch__profile"
    list_display = ("batch", "position", "customer", "state", "reason", "done_at")
    list_filter = ("state",)
    list_select_related = ("batch", "customer")
    search_fields = ("=batch__number", "customer__name", "reason")


@admin.register(BatchDocument)
class BatchDocumentAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "item__batch__profile"
    list_display = ("item", "draft", "invoice", "currency", "total")
    list_filter = (CurrencyFilter,)
    list_select_related = ("item", "draft", "invoice")
    search_fields = ("=draft__number", "=invoice__number")


@admin.register(BatchFile)
class BatchFileAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "batch__profile"
    list_display = ("batch", "part", "file", "documents", "expires_at")
    list_select_related = ("batch", "file")
    search_fields = ("=batch__number",)
