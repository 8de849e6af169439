"""The bodies that the sending endpoints answer with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from invoices.models import InvoiceDraft
from reminders.api.serializers import moment, outcome, tracking_id
from reminders.models import Message
from reminders.services.drafts import SendOptions


def no_sms() -> str:
    return _("This installation cannot send SMS. Use e-mail.")


def sent_body(message: Message, via: str) -> dict[str, Any]:
    """What became of a message with a document, channel by channel."""
    status = "scheduled" if message.scheduled else outcome(message)
    email: dict[str, Any] = {
        "status": status,
        "sent_to": ", ".join(message.recipients),
        "sent_at": moment(message.sent_at),
    }
    if message.last_error:
        email["reason"] = message.last_error
    return {
        "invoice_id": message.invoice.number if message.invoice else None,
        "id": str(message.invoice_id) if message.invoice_id else None,
        "status": status,
        **({"scheduled_for": moment(message.scheduled_for)} if message.scheduled else {}),
        "sent_via": {"email": email, **_sms(via)},
        "tracking": {"email_tracking_id": tracking_id(message), "sms_tracking_id": None},
    }


def scheduled_body(draft: InvoiceDraft, at: datetime, options: SendOptions, via: str) -> dict[str, Any]:
    """A draft that will be issued and sent later: it has no number yet."""
    sent_to = ", ".join(options.recipients) if options.recipients else draft.customer.email or None
    return {
        "invoice_id": None,
        "id": None,
        "draft_id": draft.number,
        "status": "scheduled",
        "scheduled_for": moment(at),
        "sent_via": {"email": {"status": "scheduled", "sent_to": sent_to, "sent_at": None}, **_sms(via)},
        "tracking": {"email_tracking_id": None, "sms_tracking_id": None},
    }


def _sms(via: str) -> dict[str, Any]:
    if via != "both":
        return {}
    return {"sms": {"status": "failed", "sent_to": None, "sent_at": None, "reason": no_sms()}}
