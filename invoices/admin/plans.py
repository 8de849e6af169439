"""Recurring plans in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import Plan, PlanAdjustment, PlanLine, PlanPeriod
from invoices.services.plan_acts import plan_end, plan_pause, plan_resume

LINE_COLUMNS = ("valid_from", "position", "description", "quantity", "unit", "unit_price", "tax_category", "tax_rate")


class PlanLineInline(ReadOnlyInline):
    model = PlanLine
    view_right = Right.INVOICES_VIEW
    fields = readonly_fields = LINE_COLUMNS


@admin.register(Plan)
class PlanAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("number", "name", "customer", "status", "every", "unit", "makes", "due_at", "profile")
    list_filter = ("status", "unit", "makes", CurrencyFilter, ("due_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("customer", "profile")
    search_fields = ("number", "name", "customer__name", "source_ref")
    sortable_by = ("number",)
    inlines = [PlanLineInline]
    actions = ["pause", "resume", "end"]

    def view_on_site(self, row: Plan) -> str:
        return reverse("invoices:plan", args=[row.pk])

    @service_action(_("Pause"), right=Right.INVOICES_DRAFT)
    def pause(self, row: Plan, *, actor: Actor, now: datetime) -> None:
        plan_pause(plan_id=row.pk, resumes_on=None, actor=actor, now=now)

    @service_action(_("Resume, what was missed as is usual"), right=Right.INVOICES_DRAFT)
    def resume(self, row: Plan, *, actor: Actor, now: datetime) -> None:
        plan_resume(plan_id=row.pk, actor=actor, now=now)

    @service_action(_("End at once"), right=Right.INVOICES_DRAFT)
    def end(self, row: Plan, *, actor: Actor, now: datetime) -> None:
        plan_end(plan_id=row.pk, on=None, actor=actor, now=now)


@admin.register(PlanLine)
class PlanLineAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "plan__profile"
    currency_path = "plan.currency"
    list_display = ("plan", *LINE_COLUMNS)
    list_filter = ("tax_category",)
    list_select_related = ("plan",)
    search_fields = ("description", "plan__number")
    sortable_by = ()
    ordering = ("-id",)


@admin.register(PlanPeriod)
class PlanPeriodAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "plan__profile"
    list_display = ("plan", "index", "starts_on", "ends_on", "outcome", "invoice", "draft", "reason", "created_at")
    list_filter = ("outcome", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("plan", "invoice", "draft")
    search_fields = ("plan__number", "invoice__number", "draft__number")
    sortable_by = ()
    ordering = ("-id",)


@admin.register(PlanAdjustment)
class PlanAdjustmentAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "plan__profile"
    currency_path = "plan.currency"
    list_display = ("plan", "description", "amount", "tax_category", "tax_rate", "service_from", "service_to", "period")
    list_filter = ("tax_category",)
    list_select_related = ("plan", "period")
    search_fields = ("plan__number", "description")
    sortable_by = ()
    ordering = ("-id",)
