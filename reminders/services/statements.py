"""Sending a customer its statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from customers.selectors import customer_get
from payments.services.statement_pdf import statement_file_name, statement_pdf
from reminders.models import Message, MessageAttachment
from reminders.services.documents import require_length
from reminders.services.queueing import About, message_queue
from reminders.services.recipients import default_recipients, require_willing
from reminders.states import MessageKind
from reminders.texts.others import statement_content


def statement_send(
    *,
    customer_id: UUID,
    since: date,
    until: date,
    actor: Actor,
    now: datetime,
    key: str,
    recipients: Sequence[str] | None = None,
    message: str = "",
) -> Message:
    """Queues a letter with the statement of a customer from one local day to another as it is in the books now.

    The PDF is made and kept here, not inside a transaction: what is sent is what was asked for.
    Raises PermissionRefused, NotFound, NoRecipient, BadRecipients, ValidationFailed.
    """
    actor.require(Right.MESSAGES_SEND)
    actor.require(Right.PAYMENTS_VIEW)
    customer = customer_get(actor, customer_id)
    if not since <= until <= local_today(customer.profile, now):
        raise ValidationFailed({"until": [_("Choose a day until today that is not before the first.")]})
    require_length(message, "message")
    if recipients is not None:
        require_willing(customer, recipients)
    to = default_recipients(customer) if recipients is None else recipients
    name = statement_file_name(customer, until)
    content = statement_pdf(customer=customer, since=since, until=until)
    stored = files.store(content=content, name=name, content_type="application/pdf", profile_id=customer.profile_id)
    with transaction.atomic():
        queued = message_queue(
            key=key,
            kind=MessageKind.CUSTOM,
            about=About(customer.profile_id, customer.pk),
            company=customer.profile.name,
            reply_to=customer.profile.email,
            recipients=to,
            content=statement_content(customer, since=since, until=until, message=message),
            actor=actor,
            now=now,
        )
        if not queued.attachments.exists():
            MessageAttachment.objects.create(message=queued, file=stored, name=name)
    return queued
