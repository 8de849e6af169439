"""What vendors sent, and the demo gateway's own books, in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import ReadTable, history_tables, service_action
from billing_assistant.core.models.sealed import sealed_texts
from billing_assistant.core.rights import Right
from integrations.models import (
    DemoDelivery,
    DemoPayment,
    DemoSession,
    DodoPage,
    GatewayConnection,
    MpesaBalance,
    MpesaOrder,
    MpesaPush,
    MpesaReceipt,
    WebhookEvent,
)
from integrations.services.connections import connection_disable, connection_retire
from integrations.services.webhooks import webhook_dismiss, webhook_retry


@admin.register(GatewayConnection)
class GatewayConnectionAdmin(ReadTable):
    """Keys are not shown, not even sealed."""

    exclude = tuple(column for text in sealed_texts(GatewayConnection) for column in text.columns)
    view_right = Right.SETTINGS_EDIT
    list_display = (
        "vendor",
        "environment",
        "account",
        "account_label",
        "profile",
        "enabled",
        "checked_at",
        "retired_at",
    )
    list_filter = ("vendor", "environment", "enabled", ("retired_at", admin.EmptyFieldListFilter), "profile")
    list_select_related = ("profile",)
    search_fields = ("account", "account_label", "vendor")
    actions = ["turn_off", "retire"]

    @service_action(_("Turn off"), right=Right.SETTINGS_EDIT)
    def turn_off(self, row: GatewayConnection, *, actor: Actor, now: datetime) -> None:
        connection_disable(connection_id=row.pk, actor=actor, now=now)

    @service_action(_("Take away"), right=Right.SETTINGS_EDIT)
    def retire(self, row: GatewayConnection, *, actor: Actor, now: datetime) -> None:
        connection_retire(connection_id=row.pk, actor=actor, now=now)


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadTable):
    exclude = ("body",)
    view_right = Right.PAYMENTS_VIEW
    list_display = ("created_at", "source", "kind", "object_id", "status", "attempts", "outcome")
    list_filter = ("status", "source", "kind", "profile")
    list_select_related = ("profile",)
    search_fields = ("event_id", "object_id", "outcome")
    date_hierarchy = "created_at"
    actions = ["retry", "dismiss"]

    @service_action(_("Try again"), right=Right.PAYMENTS_RECORD)
    def retry(self, row: WebhookEvent, *, actor: Actor, now: datetime) -> None:
        webhook_retry(event_id=row.pk, actor=actor, now=now)

    @service_action(_("Close"), right=Right.PAYMENTS_RECORD, asks_reason=True)
    def dismiss(self, row: WebhookEvent, *, actor: Actor, now: datetime, reason: str) -> None:
        webhook_dismiss(event_id=row.pk, reason=reason, actor=actor, now=now)


class DemoTable(ReadTable):
    """The demo gateway has no business profiles: these rows are the other side's."""

    view_right = Right.SETTINGS_EDIT
    profile_path = ""


@admin.register(DemoSession)
class DemoSessionAdmin(DemoTable):
    list_display = ("id", "created_at", "reference", "amount", "currency", "status", "expires_at")
    list_filter = ("status", "currency")
    search_fields = ("id", "reference", "description")


@admin.register(DemoPayment)
class DemoPaymentAdmin(DemoTable):
    list_display = ("id", "created_at", "session", "amount", "currency", "status", "card_last4", "failure_code")
    list_filter = ("status", "currency", "failure_code")
    list_select_related = ("session",)
    search_fields = ("id", "session__id")


@admin.register(DemoDelivery)
class DemoDeliveryAdmin(DemoTable):
    list_display = ("id", "created_at", "kind", "object_id", "attempts", "due_at", "delivered_at", "last_error")
    list_filter = ("kind", ("delivered_at", admin.EmptyFieldListFilter))
    search_fields = ("id", "object_id")


history_tables("integrations")


class JournalTable(ReadTable):
    """What was asked of a gateway that keeps nothing to ask for."""

    view_right = Right.PAYMENTS_VIEW
    profile_path = "connection__profile"


@admin.register(MpesaPush)
class MpesaPushAdmin(JournalTable):
    list_select_related = ("connection",)
    list_display = ("created_at", "checkout_id", "shillings", "account_reference", "told_code", "result", "result_at")
    list_filter = ("result", "told_code")
    search_fields = ("checkout_id", "account_reference", "told_receipt")


@admin.register(MpesaReceipt)
class MpesaReceiptAdmin(JournalTable):
    list_display = ("receipt", "paid_at", "amount", "typed_reference", "payer_name", "state", "found_at", "push")
    list_filter = ("state",)
    list_select_related = ("connection", "push")
    search_fields = ("receipt", "typed_reference")


@admin.register(MpesaOrder)
class MpesaOrderAdmin(JournalTable):
    list_select_related = ("connection",)
    list_display = ("created_at", "kind", "receipt", "shillings", "result", "result_text", "result_at")
    list_filter = ("kind", "result")
    search_fields = ("receipt", "originator_id", "reference")


@admin.register(DodoPage)
class DodoPageAdmin(JournalTable):
    list_display = ("created_at", "session_id", "reference", "units", "currency", "expires_at")
    list_select_related = ("connection",)
    list_filter = ("currency",)
    search_fields = ("session_id", "reference", "key")


@admin.register(MpesaBalance)
class MpesaBalanceAdmin(JournalTable):
    list_display = ("read_at", "connection", "amount", "order")
    list_filter = (("read_at", admin.DateFieldListFilter), "connection__profile")
    list_select_related = ("connection", "order")
    search_fields = ("connection__account", "order__originator_id")
