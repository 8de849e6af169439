"""Sending a quote to the client, and invoicing one that was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import notice_to_role
from invoices.models import Quote
from invoices.quote_states import QuoteState, QuoteStatus, quote_status
from invoices.states import DraftStatus
from reminders.errors import NothingToSend
from reminders.models import Message
from reminders.services.documents import require_length
from reminders.services.drafts import draft_send
from reminders.services.queueing import About, message_queue
from reminders.services.recipients import default_recipients, require_willing
from reminders.states import MessageKind
from reminders.texts.quotes import quote_content


def quote_send(
    *,
    quote_id: UUID,
    actor: Actor,
    now: datetime,
    key: str,
    recipients: Sequence[str] | None = None,
    custom_message: str = "",
    include_pdf: bool = True,
) -> Message:
    """Queues the message with an open quote; it counts as sent when a provider accepted it.

    Recipients None means the customer's own address. The key makes it one message however often it is asked for.
    Raises PermissionRefused, NotFound, NothingToSend (not open), NoRecipient, BadRecipients, ValidationFailed.
    """
    actor.require(Right.INVOICES_SEND)
    with transaction.atomic():
        quote = quote_to_send(quote_id, actor, now)
        require_length(custom_message)
        if recipients is not None:
            require_willing(quote.customer, recipients)
        return message_queue(
            key=key,
            kind=MessageKind.QUOTE_SENT,
            about=About(quote.profile_id, quote.customer_id, quote_id=quote.pk),
            company=quote.seller["name"],
            reply_to=quote.profile.email,
            recipients=default_recipients(quote.customer) if recipients is None else recipients,
            content=quote_content(quote, custom_message=custom_message, with_pdf=include_pdf),
            attach_pdf=include_pdf,
            actor=actor,
            now=now,
        )


def quote_to_send(quote_id: UUID, actor: Actor, now: datetime) -> Quote:
    """The quote, with all that its letter needs. Raises NotFound, NothingToSend."""
    quote = Quote.objects.select_related("customer", "profile").filter(pk=quote_id).first()
    if quote is None or not actor.can_see(quote.profile_id):
        raise NotFound(_("There is no such quote."))
    status = quote_status(quote, local_today(quote.profile, now))
    if status != QuoteStatus.OPEN:
        words = {"number": quote.number, "state": str(status.label).lower()}
        raise NothingToSend(_("%(number)s is %(state)s: it cannot be sent.") % words)
    if quote.customer.is_placeholder:
        raise NothingToSend(_("The customer of %(number)s is not known.") % {"number": quote.number})
    return quote


def quote_invoice(*, quote_id: UUID, actor: Actor, now: datetime) -> Message | None:
    """Issues and sends the invoice of an accepted quote that says so: once, both or neither.

    None when there is nothing to do any more. A refusal is told to finance, and the draft stays ready.
    """
    quote = Quote.objects.select_related("draft").get(pk=quote_id)
    wanted = quote.invoice_on_acceptance and quote.state == QuoteState.ACCEPTED
    if not wanted or quote.draft.status == DraftStatus.CONVERTED:
        return None
    if quote.draft.version != quote.draft_version:
        _tell(quote, _("its draft was changed after it was accepted"))
        return None
    try:
        return draft_send(draft_id=quote.draft_id, actor=actor, now=now, key=f"quote:{quote.pk}")
    except DomainError as error:
        _tell(quote, error.message)
        return None


def _tell(quote: Quote, why: str) -> None:
    notice_to_role(
        roles=("admin", "finance"),
        key=f"quote-not-invoiced-{quote.pk}",
        tone="warning",
        text=lambda: _("%(number)s was accepted but not invoiced: %(why)s") % {"number": quote.number, "why": why},
        url=f"/quotes/{quote.pk}/",
        profile_id=quote.profile_id,
    )
