"""Payments in the admin: everything can be found and read; what can be done is done by the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import (
    CurrencyFilter,
    ReadOnlyInline,
    ReadTable,
    add_to_table,
    history_tables,
    service_action,
)
from billing_assistant.core.models.sealed import sealed_texts
from billing_assistant.core.rights import Right
from invoices.models import Invoice
from payments import external_admin, paying_admin, payment_plan_admin, reconciliation_admin
from payments.models import (
    Allocation,
    Checkout,
    Dispute,
    DisputedPart,
    MethodSetup,
    Payment,
    PaymentProof,
    PaymentTally,
    Refund,
    SavedMethod,
    UnmatchedReceipt,
    WriteOff,
)
from payments.services.allocate import payment_allocate
from payments.services.credits import credit_note_apply, invoice_credit
from payments.services.receipts import receipt_dismiss
from payments.services.reverse import payment_reverse
from payments.services.write_off import invoice_write_off

__all__ = ["external_admin", "paying_admin", "payment_plan_admin", "reconciliation_admin"]


class AllocationInline(ReadOnlyInline):
    model = Allocation
    fk_name = "payment"
    fields = readonly_fields = ("invoice", "amount", "allocated_on", "actor_label")
    select_related = ("invoice",)
    view_right = Right.PAYMENTS_VIEW


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = readonly_fields = ("number", "refunded_on", "amount", "status", "method", "reason", "actor_label")
    view_right = Right.PAYMENTS_VIEW


class SettledByInline(ReadOnlyInline):
    """What settled an invoice."""

    model = Allocation
    fk_name = "invoice"
    fields = readonly_fields = ("payment", "credit_note", "amount", "allocated_on", "actor_label")
    select_related = ("payment", "credit_note")
    view_right = Right.PAYMENTS_VIEW


class AppliedToInline(ReadOnlyInline):
    """What a credit note was applied to."""

    model = Allocation
    fk_name = "credit_note"
    fields = readonly_fields = ("invoice", "amount", "allocated_on", "actor_label")
    select_related = ("invoice",)
    view_right = Right.PAYMENTS_VIEW
    verbose_name_plural = _("applied to")


class WriteOffInline(ReadOnlyInline):
    model = WriteOff
    fields = readonly_fields = ("written_off_on", "amount", "reason", "actor_label")
    view_right = Right.PAYMENTS_VIEW


@service_action(_("Credit all that is left"), right=Right.INVOICES_VOID, asks_reason=True)
def credit(table: Any, row: Invoice, *, actor: Actor, now: datetime, reason: str) -> None:
    invoice_credit(invoice_id=row.pk, lines=None, reason=reason, actor=actor, now=now)


@service_action(_("Apply the credit note"), right=Right.PAYMENTS_RECORD)
def apply_credit(table: Any, row: Invoice, *, actor: Actor, now: datetime) -> None:
    credit_note_apply(credit_note_id=row.pk, actor=actor, now=now)


@service_action(_("Write off what is due"), right=Right.PAYMENTS_RECORD, asks_reason=True)
def write_off(table: Any, row: Invoice, *, actor: Actor, now: datetime, reason: str) -> None:
    invoice_write_off(invoice_id=row.pk, reason=reason, actor=actor, now=now)


add_to_table(
    Invoice,
    inlines=(SettledByInline, AppliedToInline, WriteOffInline),
    actions=(credit, apply_credit, write_off),
)


@admin.register(Payment)
class PaymentAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = (
        "number",
        "customer",
        "received_on",
        "method",
        "amount",
        "unapplied",
        "status",
        "reference",
    )
    list_filter = (
        "status",
        "method",
        CurrencyFilter,
        "provider",
        ("received_on", admin.DateFieldListFilter),
        "profile",
    )
    list_select_related = ("customer", "profile")
    search_fields = ("number", "reference", "external_id", "customer__name", "customer__number")
    inlines = [AllocationInline, RefundInline]
    actions = ["apply_to_oldest", "reverse"]

    @service_action(_("Apply what is left to the oldest invoices"), right=Right.PAYMENTS_RECORD)
    def apply_to_oldest(self, row: Payment, *, actor: Actor, now: datetime) -> None:
        payment_allocate(payment_id=row.pk, allocations="oldest first", actor=actor, now=now)

    @service_action(_("Reverse"), right=Right.PAYMENTS_RECORD, asks_reason=True)
    def reverse(self, row: Payment, *, actor: Actor, now: datetime, reason: str) -> None:
        payment_reverse(payment_id=row.pk, reason=reason, actor=actor, now=now)


@admin.register(PaymentProof)
class PaymentProofAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("name", "payment", "created_at", "added_by_label", "removed_at", "removed_by_label")
    list_filter = (("created_at", admin.DateFieldListFilter), ("removed_at", admin.EmptyFieldListFilter), "profile")
    list_select_related = ("payment", "profile")
    search_fields = ("name", "payment__number")


@admin.register(Allocation)
class AllocationAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("invoice", "payment", "credit_note", "amount", "allocated_on", "actor_label")
    list_filter = (CurrencyFilter, ("allocated_on", admin.DateFieldListFilter), "profile")
    list_select_related = ("invoice", "payment", "credit_note", "profile")
    search_fields = ("invoice__number", "payment__number", "credit_note__number")


@admin.register(WriteOff)
class WriteOffAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("invoice", "customer", "amount", "written_off_on", "reason", "actor_label")
    list_filter = (CurrencyFilter, ("written_off_on", admin.DateFieldListFilter), "profile")
    list_select_related = ("invoice", "customer", "profile")
    search_fields = ("invoice__number", "customer__name", "reason")


@admin.register(Checkout)
class CheckoutAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = (
        "created_at",
        "invoice",
        "customer",
        "gateway",
        "amount",
        "status",
        "expires_at",
        "ask_at",
        "failure",
    )
    list_filter = ("status", "gateway", CurrencyFilter, ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("invoice", "customer", "profile")
    search_fields = ("invoice__number", "customer__name", "external_id", "idempotency_key")


@admin.register(Refund)
class RefundAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("number", "customer", "refunded_on", "amount", "status", "method", "provider", "ask_at", "reason")
    list_filter = (
        "status",
        "method",
        "provider",
        CurrencyFilter,
        ("refunded_on", admin.DateFieldListFilter),
        "profile",
    )
    list_select_related = ("customer", "profile")
    search_fields = ("number", "reference", "external_id", "idempotency_key", "customer__name")


@admin.register(SavedMethod)
class SavedMethodAdmin(ReadTable):
    """Tokens are not shown, not even sealed."""

    exclude = tuple(column for text in sealed_texts(SavedMethod) for column in text.columns)
    view_right = Right.PAYMENTS_VIEW
    list_display = ("label", "customer", "gateway", "state", "autopay", "consented_at", "revoked_at")
    list_filter = ("state", "autopay", "gateway", "profile")
    list_select_related = ("customer",)
    search_fields = ("label", "customer__name", "customer__number")


@admin.register(MethodSetup)
class MethodSetupAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("created_at", "customer", "gateway", "status", "expires_at", "ask_at")
    list_filter = ("status", "gateway", "profile")
    list_select_related = ("customer",)
    search_fields = ("customer__name", "external_id", "idempotency_key")


class DisputedPartInline(ReadOnlyInline):
    model = DisputedPart
    fields = readonly_fields = ("invoice", "amount")
    select_related = ("invoice",)
    view_right = Right.PAYMENTS_VIEW


@admin.register(DisputedPart)
class DisputedPartAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    profile_path = "dispute__profile"
    list_display = ("dispute", "invoice", "currency", "amount")
    list_filter = (CurrencyFilter, "dispute__status")
    list_select_related = ("dispute", "invoice")
    search_fields = ("dispute__number", "invoice__number")


@admin.register(Dispute)
class DisputeAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = (
        "number",
        "customer",
        "opened_on",
        "amount",
        "fee",
        "status",
        "evidence_until",
        "provider",
        "reason",
    )
    list_filter = ("status", "provider", CurrencyFilter, ("opened_on", admin.DateFieldListFilter), "profile")
    list_select_related = ("customer", "profile")
    search_fields = ("number", "external_id", "customer__name")
    inlines = [DisputedPartInline]


@admin.register(UnmatchedReceipt)
class UnmatchedReceiptAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("external_id", "paid_at", "amount", "currency", "reference", "payer_name", "status", "payment")
    list_filter = ("status", "provider", CurrencyFilter, ("paid_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("payment", "profile")
    search_fields = ("external_id", "reference", "payer_name")
    actions = ["dismiss"]

    @service_action(_("Close"), right=Right.PAYMENTS_RECORD, asks_reason=True)
    def dismiss(self, row: UnmatchedReceipt, *, actor: Actor, now: datetime, reason: str) -> None:
        receipt_dismiss(receipt_id=row.pk, reason=reason, actor=actor, now=now)


@admin.register(PaymentTally)
class PaymentTallyAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("status", "method", "currency", "received_on", "count", "amount", "unapplied", "profile")
    list_filter = ("status", "method", "is_unapplied", CurrencyFilter, "profile")
    list_select_related = ("profile",)
    search_fields = ("=status", "=currency")


history_tables("payments")
