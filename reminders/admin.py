"""Messages in the admin: everything can be found and read; what can be done is done by the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import ReadOnlyInline, ReadTable, add_to_table, service_action
from billing_assistant.core.rights import Right
from invoices.models import Invoice
from reminders.models import Message, MessageAttachment
from reminders.services.deciding import message_cancel, message_confirm, message_resend, message_retry
from reminders.services.documents import invoice_send


class AttachmentInline(ReadOnlyInline):
    model = MessageAttachment
    fields = readonly_fields = ("name", "file")
    select_related = ("file",)
    view_right = Right.MESSAGES_VIEW


@admin.register(Message)
class MessageAdmin(ReadTable):
    view_right = Right.MESSAGES_VIEW
    list_display = ("number", "subject", "customer", "kind", "status", "attempts", "due_at", "sent_at")
    list_filter = ("status", "kind", "channel", ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("customer",)
    search_fields = ("number", "subject", "recipients", "customer__name", "invoice__number", "provider_message_id")
    inlines = [AttachmentInline]
    actions = ["send_again", "arrived", "try_again", "do_not_send"]

    @service_action(_("Send again as new messages"), right=Right.MESSAGES_SEND)
    def send_again(self, row: Message, *, actor: Actor, now: datetime) -> None:
        message_resend(message_id=row.pk, actor=actor, now=now)

    @service_action(_("Not known: they did arrive"), right=Right.MESSAGES_SEND)
    def arrived(self, row: Message, *, actor: Actor, now: datetime) -> None:
        message_confirm(message_id=row.pk, actor=actor, now=now)

    @service_action(_("Failed: try again"), right=Right.MESSAGES_SEND)
    def try_again(self, row: Message, *, actor: Actor, now: datetime) -> None:
        message_retry(message_id=row.pk, actor=actor, now=now)

    @service_action(_("Waiting: do not send"), right=Right.MESSAGES_SEND)
    def do_not_send(self, row: Message, *, actor: Actor, now: datetime) -> None:
        message_cancel(message_id=row.pk, actor=actor, now=now)


@admin.register(MessageAttachment)
class MessageAttachmentAdmin(ReadTable):
    view_right = Right.MESSAGES_VIEW
    profile_path = "message__profile"
    list_display = ("name", "message", "file")
    list_select_related = ("message", "file")
    search_fields = ("name", "message__number", "message__subject")


class InvoiceMessageInline(ReadOnlyInline):
    """What went out about an invoice."""

    model = Message
    fields = readonly_fields = ("number", "kind", "subject", "status", "sent_at")
    view_right = Right.MESSAGES_VIEW


@service_action(_("Send"), right=Right.INVOICES_SEND)
def send(table: Any, row: Invoice, *, actor: Actor, now: datetime) -> None:
    """To the customer's own address; the same button twice within a minute is one message."""
    invoice_send(invoice_id=row.pk, actor=actor, now=now, key=f"admin:{row.pk}:{now:%Y%m%d%H%M}")


add_to_table(Invoice, inlines=(InvoiceMessageInline,), actions=(send,))
