"""A draft that is issued and sent in one step, now or at a set time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import DomainError, PermissionRefused
from billing_assistant.core.models import User
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import notice_to_role
from customers.models import Customer
from customers.states import CustomerStatus
from invoices.errors import CustomerSuspended, DraftIncomplete
from invoices.locks import draft_lock
from invoices.models import InvoiceDraft
from invoices.services.drafts import draft_reopen, draft_schedule
from invoices.services.instalments import due_parts
from invoices.services.issue import invoice_issue
from reminders.addresses import recipients_clean
from reminders.locks import due_draft_lock
from reminders.models import Message
from reminders.services.documents import invoice_send, require_ahead, require_length
from reminders.services.queueing import message_key as key_in
from reminders.services.recipients import default_recipients, require_willing

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SendOptions:
    """How the invoice of a draft is to be sent."""

    recipients: Sequence[str] | None = None
    custom_message: str = ""
    include_pdf: bool = True


def draft_send(
    *, draft_id: UUID, actor: Actor, now: datetime, options: SendOptions = SendOptions(), key: str = ""
) -> Message:
    """Issues a draft and queues its message, both or neither.

    With a key the same call can be made again and finds its message. Raises whatever issuing and sending raise: then
    no number was used and nothing was queued.
    """
    actor.require(Right.INVOICES_ISSUE)
    actor.require(Right.INVOICES_SEND)
    scope = f"draft:{draft_id}"  # a draft is invoiced once, so its id alone is a key
    message_key = key_in(scope, key) if key else scope
    with transaction.atomic():
        draft = draft_lock(draft_id)
        actor.require_profile(draft.profile_id)
        known = Message.objects.filter(key=message_key).first() if key else None
        if known is not None:
            return known
        invoice = invoice_issue(draft_id=draft_id, actor=actor, now=now)
        return invoice_send(
            invoice_id=invoice.pk,
            actor=actor,
            now=now,
            key=message_key,
            recipients=options.recipients,
            custom_message=options.custom_message,
            include_pdf=options.include_pdf,
        )


def draft_send_later(
    *, draft_id: UUID, at: datetime, actor: Actor, now: datetime, options: SendOptions = SendOptions()
) -> InvoiceDraft:
    """Sets the moment at which a draft is issued and sent, on behalf of the person who asks.

    What can be checked is checked now: recipients, message, that the draft is complete, that its customer gets invoices
    and that it is due after it is issued. Raises PermissionRefused, NotFound, NoRecipient, BadRecipients,
    DraftIncomplete, TransitionRefused, CustomerSuspended, and ValidationFailed for due dates that are then past, or a
    moment that is past or more than a year ahead.
    """
    actor.require(Right.INVOICES_ISSUE)
    actor.require(Right.INVOICES_SEND)
    require_length(options.custom_message)
    require_ahead(at, now)
    with transaction.atomic():
        draft = draft_lock(draft_id)
        actor.require_profile(draft.profile_id)
        prices = list(draft.lines.values_list("unit_price", flat=True))
        if not prices or None in prices:
            raise DraftIncomplete(_("%(number)s has a line without a rate, or none.") % {"number": draft.number})
        customer = Customer.objects.select_related("profile").get(pk=draft.customer_id)
        if options.recipients is None:
            default_recipients(customer)
        else:
            require_willing(customer, options.recipients)
        stored: dict[str, Any] = {
            "recipients": None if options.recipients is None else recipients_clean(options.recipients),
            "custom_message": options.custom_message,
            "include_pdf": options.include_pdf,
            "user_id": str(actor.user_id) if actor.user_id else None,
            "actor_label": actor.label,
        }
        made = draft_schedule(draft_id=draft_id, scheduled_for=at, send_options=stored, actor=actor, now=now)
        if customer.status == CustomerStatus.SUSPENDED:
            raise CustomerSuspended(customer.name)
        due_parts(draft, draft.total, local_date(at, customer.profile.time_zone))
        return made


def scheduled_drafts_send(*, limit: int, clock: Callable[[], datetime] = clock_now) -> int:
    """Issues and sends the drafts whose time has come, each in a transaction of its own; returns how many went.

    Workers may run it side by side: SKIP LOCKED gives each draft to one of them. A draft that is refused becomes an
    ordinary one again, and finance is told why.
    """
    sent = 0
    for _turn in range(limit):
        with transaction.atomic():
            draft = due_draft_lock(clock())
            if draft is None:
                break
            sent += _send_scheduled(draft, clock())
    return sent


def _send_scheduled(draft: InvoiceDraft, now: datetime) -> bool:
    chosen = draft.send_options
    options = SendOptions(
        recipients=chosen.get("recipients"),
        custom_message=chosen.get("custom_message", ""),
        include_pdf=chosen.get("include_pdf", True),
    )
    try:
        with transaction.atomic():
            draft_send(draft_id=draft.pk, actor=_on_behalf_of(chosen), now=now, options=options)
    except DomainError as error:
        _give_back(draft, error.message, now)
        return False
    except Exception:
        log.exception("scheduled_draft.failed", draft_id=str(draft.pk))
        _give_back(draft, _("It failed for a reason of ours. Try it by hand."), now)
        return False
    return True


def _give_back(draft: InvoiceDraft, reason: str, now: datetime) -> None:
    draft_reopen(draft_id=draft.pk, actor=Actor.system("Scheduled sending"), now=now)
    notice_to_role(
        roles=("admin", "finance"),
        key=f"scheduled-{draft.pk}-{now:%Y%m%d%H%M}",
        tone="danger",
        text=lambda: _("%(number)s was not sent as scheduled: %(reason)s") % {"number": draft.number, "reason": reason},
        url=f"/drafts/{draft.pk}/",
        profile_id=draft.profile_id,
    )


def _on_behalf_of(chosen: dict[str, Any]) -> Actor:
    """The person who scheduled it, with the rights that the person has now."""
    user_id = chosen.get("user_id")
    if user_id is None:
        return Actor.system(str(chosen.get("actor_label") or "Scheduled sending"))
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise PermissionRefused(_("The person who scheduled it has left."))
    return replace(Actor.of_user(user), label=_("%(name)s (scheduled)") % {"name": user.display_name})
