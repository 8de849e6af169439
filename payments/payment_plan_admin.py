"""Payment plans in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable, service_action
from billing_assistant.core.rights import Right
from payments.models import PaymentPlan, PlanInstalment, PlannedInvoice
from payments.services.payment_plans import payment_plan_cancel, payment_plan_follow


class PlanInstalmentInline(ReadOnlyInline):
    model = PlanInstalment
    fields = readonly_fields = ("position", "due_on", "amount")
    view_right = Right.PAYMENTS_VIEW


class PlannedInvoiceInline(ReadOnlyInline):
    model = PlannedInvoice
    fields = readonly_fields = ("position", "invoice", "amount", "stands")
    select_related = ("invoice",)
    view_right = Right.PAYMENTS_VIEW


@admin.register(PaymentPlan)
class PaymentPlanAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("number", "customer", "agreed_on", "amount", "next_due_on", "status", "ended_on", "reason")
    list_filter = (
        "status",
        CurrencyFilter,
        ("agreed_on", admin.DateFieldListFilter),
        ("next_due_on", admin.DateFieldListFilter),
        "profile",
    )
    list_select_related = ("customer", "profile")
    search_fields = ("number", "note", "customer__name", "customer__number", "planned__invoice__number")
    inlines = [PlanInstalmentInline, PlannedInvoiceInline]
    actions = ["follow", "cancel"]

    @service_action(_("Look how far it has come"), right=Right.PAYMENTS_RECORD)
    def follow(self, row: PaymentPlan, *, actor: Actor, now: datetime) -> None:
        payment_plan_follow(plan_id=row.pk, actor=actor, now=now)

    @service_action(_("Cancel"), right=Right.PAYMENTS_RECORD, asks_reason=True)
    def cancel(self, row: PaymentPlan, *, actor: Actor, now: datetime, reason: str) -> None:
        payment_plan_cancel(plan_id=row.pk, reason=reason, actor=actor, now=now)


class PartOfPlan(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    profile_path = "plan__profile"


@admin.register(PlanInstalment)
class PlanInstalmentAdmin(PartOfPlan):
    list_display = ("plan", "position", "due_on", "currency", "amount")
    list_filter = (CurrencyFilter, "plan__status", ("due_on", admin.DateFieldListFilter))
    list_select_related = ("plan",)
    search_fields = ("plan__number",)


@admin.register(PlannedInvoice)
class PlannedInvoiceAdmin(PartOfPlan):
    list_display = ("plan", "invoice", "currency", "amount", "stands")
    list_filter = ("stands", CurrencyFilter, "plan__status")
    list_select_related = ("plan", "invoice")
    search_fields = ("plan__number", "invoice__number")
