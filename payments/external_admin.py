"""What providers do by themselves, in the admin: invoices that they make, plans that they collect."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable, service_action
from billing_assistant.core.rights import Right
from payments.models import CollectedPayment, ExternalInvoice, PlanCollection
from payments.services.collection_reading import collection_ask_now
from payments.services.external_invoice_reading import external_invoice_ask_now


@admin.register(ExternalInvoice)
class ExternalInvoiceAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    list_display = ("number", "provider", "made_at", "customer", "payer_name", "total", "amount_due", "status")
    list_filter = (
        "status",
        "provider",
        CurrencyFilter,
        ("customer", admin.EmptyFieldListFilter),
        ("made_at", admin.DateFieldListFilter),
        "profile",
    )
    list_select_related = ("customer", "profile")
    search_fields = ("number", "external_id", "payer_name", "payer_email", "customer__name", "customer__number")
    actions = ["ask"]

    @service_action(_("Ask the provider again"), right=Right.PAYMENTS_RECORD)
    def ask(self, row: ExternalInvoice, *, actor: Actor, now: datetime) -> None:
        external_invoice_ask_now(invoice_id=row.pk, actor=actor, now=now)


class CollectedInline(ReadOnlyInline):
    model = CollectedPayment
    fields = readonly_fields = ("payment", "created_at")
    select_related = ("payment",)
    view_right = Right.PAYMENTS_VIEW


@admin.register(PlanCollection)
class PlanCollectionAdmin(ReadTable):
    exclude = ("url",)
    view_right = Right.PAYMENTS_VIEW
    list_display = ("plan", "customer", "provider", "product_name", "price", "status", "next_charge_at")
    list_filter = ("status", "provider", CurrencyFilter, "profile")
    list_select_related = ("plan", "customer", "profile")
    search_fields = ("plan__number", "plan__name", "customer__name", "customer__number", "subscription_id")
    inlines = [CollectedInline]
    actions = ["ask"]

    @service_action(_("Ask the provider again"), right=Right.PAYMENTS_RECORD)
    def ask(self, row: PlanCollection, *, actor: Actor, now: datetime) -> None:
        collection_ask_now(collection_id=row.pk, actor=actor, now=now)


@admin.register(CollectedPayment)
class CollectedPaymentAdmin(ReadTable):
    view_right = Right.PAYMENTS_VIEW
    profile_path = "collection__profile"
    list_display = ("created_at", "collection", "payment")
    list_filter = ("collection__provider", "collection__status")
    list_select_related = ("collection", "payment")
    search_fields = ("payment__number", "collection__plan__number")
