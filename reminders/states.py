"""States of a message, its kinds and channels."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class MessageStatus(Status):
    """How far a message came.

    `sent` means that the provider accepted it. `unknown` may have gone out: a person decides, it is never sent again
    by itself.
    """

    PENDING = "pending", _("Waiting"), "info", "clock"
    CLAIMED = "claimed", _("Being prepared"), "info", "loader"
    SENDING = "sending", _("Being sent"), "info", "loader"
    SENT = "sent", _("Sent"), "success", "send"
    FAILED = "failed", _("Failed"), "danger", "alert-circle"
    UNKNOWN = "unknown", _("Not known"), "warning", "help"
    CANCELLED = "cancelled", _("Cancelled"), "neutral", "x"


MESSAGE_TRANSITIONS: Final = {
    MessageStatus.PENDING: frozenset({MessageStatus.CLAIMED, MessageStatus.CANCELLED}),
    MessageStatus.CLAIMED: frozenset(
        {MessageStatus.SENDING, MessageStatus.PENDING, MessageStatus.FAILED, MessageStatus.CANCELLED}
    ),
    MessageStatus.SENDING: frozenset(
        {MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.PENDING, MessageStatus.UNKNOWN}
    ),
    MessageStatus.SENT: frozenset[MessageStatus](),
    MessageStatus.FAILED: frozenset({MessageStatus.PENDING}),
    MessageStatus.UNKNOWN: frozenset({MessageStatus.SENT, MessageStatus.CANCELLED}),
    MessageStatus.CANCELLED: frozenset[MessageStatus](),
}

WAITING: Final = frozenset({MessageStatus.PENDING, MessageStatus.CLAIMED, MessageStatus.SENDING})
NEEDS_A_PERSON: Final = frozenset({MessageStatus.FAILED, MessageStatus.UNKNOWN})


class MessageKind(Status):
    INVOICE_SENT = "invoice_sent", _("Invoice"), "neutral", "file-invoice"
    RECEIPT = "payment_received", _("Receipt"), "neutral", "receipt"
    CREDIT_NOTE_SENT = "credit_note_sent", _("Credit note"), "neutral", "file-minus"
    QUOTE_SENT = "quote_sent", _("Quote"), "neutral", "file-text"
    AUTOPAY = "autopay_failed", _("Autopay"), "neutral", "repeat-off"
    CUSTOM = "custom", _("Message"), "neutral", "mail"


class Channel(Status):
    EMAIL = "email", _("E-mail"), "neutral", "mail"
