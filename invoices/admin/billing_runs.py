"""Billing runs and their switch in the admin. They span all business profiles: who sees some of them sees none here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import ReadTable, service_action
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of
from invoices.models import BillingChunk, BillingEngine, BillingRun
from invoices.services.billing_engine import engine_resume


class WholeTable(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows if actor_of(request).profile_ids is None else rows.none()


@admin.register(BillingRun)
class BillingRunAdmin(WholeTable):
    list_display = ("number", "state", "cause", "started_by_label", "plans_due", "created_at", "finished_at")
    list_filter = ("state", "cause", ("created_at", admin.DateFieldListFilter))
    search_fields = ("number", "started_by_label")


@admin.register(BillingChunk)
class BillingChunkAdmin(WholeTable):
    list_display = ("run", "worker", "plans", "invoiced", "drafted", "skipped", "parked", "milliseconds", "created_at")
    list_filter = (("created_at", admin.DateFieldListFilter),)
    list_select_related = ("run",)
    search_fields = ("run__number", "worker")


@admin.register(BillingEngine)
class BillingEngineAdmin(WholeTable):
    list_display = ("id", "paused_at", "paused_by_label", "reason")
    list_filter = (("paused_at", admin.EmptyFieldListFilter),)
    search_fields = ("paused_by_label", "reason")
    actions = ("go_on",)

    @service_action(_("Let the engine go on"), right=Right.SETTINGS_EDIT)
    def go_on(self, row: BillingEngine, *, actor: Actor, now: datetime) -> None:
        engine_resume(actor=actor, now=now)
