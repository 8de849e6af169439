"""Payments in the admin: everything can be found and read; what can be done is done by the services."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import ReadOnlyInline, ReadTable, service_action
from billing_assistant.core.rights import Right
from payments.models import Allocation, Checkout, Payment, WriteOff
from payments.services.allocate import payment_allocate
from payments.services.reverse import payment_reverse


class AllocationInline(ReadOnlyInline):
    model = Allocation
    fk_name = "payment"
    fields = readonly_fields = ("invoice", "currency", "amount", "allocated_on", "actor_label")
    view_right = Right.PAYMENTS_VIEW


@admin.register(Payment)
class PaymentAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = (
        "number",
        "customer",
        "received_on",
        "method",
        "currency",
        "amount",
        "unapplied",
        "status",
        "reference",
    )
    list_filter = ("status", "method", "currency", "provider", "profile")
    list_select_related = ("customer", "profile")
    search_fields = ("number", "reference", "external_id", "customer__name", "customer__number")
    date_hierarchy = "received_on"
    inlines = [AllocationInline]
    actions = ["apply_to_oldest", "reverse"]

    @service_action(_("Apply what is left to the oldest invoices"), right=Right.PAYMENTS_RECORD)
    def apply_to_oldest(self, row: Payment, *, actor: Actor, now: datetime) -> None:
        payment_allocate(payment_id=row.pk, allocations="oldest first", actor=actor, now=now)

    @service_action(_("Reverse"), right=Right.PAYMENTS_RECORD, asks_reason=True)
    def reverse(self, row: Payment, *, actor: Actor, now: datetime, reason: str) -> None:
        payment_reverse(payment_id=row.pk, reason=reason, actor=actor, now=now)


@admin.register(Allocation)
class AllocationAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("invoice", "payment", "credit_note", "currency", "amount", "allocated_on", "actor_label")
    list_filter = ("currency", "profile")
    list_select_related = ("invoice", "payment", "credit_note", "profile")
    search_fields = ("invoice__number", "payment__number", "credit_note__number")
    date_hierarchy = "allocated_on"


@admin.register(WriteOff)
class WriteOffAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("invoice", "customer", "currency", "amount", "written_off_on", "reason", "actor_label")
    list_filter = ("currency", "profile")
    list_select_related = ("invoice", "customer", "profile")
    search_fields = ("invoice__number", "customer__name", "reason")
    date_hierarchy = "written_off_on"


@admin.register(Checkout)
class CheckoutAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = (
        "created_at",
        "invoice",
        "customer",
        "gateway",
        "currency",
        "amount",
        "status",
        "expires_at",
        "ask_at",
        "failure",
    )
    list_filter = ("status", "gateway", "currency", "profile")
    list_select_related = ("invoice", "customer", "profile")
    search_fields = ("invoice__number", "customer__name", "external_id", "idempotency_key")
    date_hierarchy = "created_at"
