"""Payment links: staff make an address at a gateway under which what is due on an invoice can be paid, once.

A link is a `Checkout` that does not run out. Like every page it is the only one that is open for its invoice: a client
who pays all of it at the same gateway is sent to it, one who pays otherwise closes it. It is closed when less is due
than it asks for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from integrations.ports.payments import LinkRequest, PaymentGateway, payment_links_of
from integrations.registry import link_gateway_for
from invoices.locks import invoices_lock
from payments.errors import OnlinePaymentsOff, PaymentInFlight
from payments.locks import checkout_lock, waiting_checkouts_lock
from payments.models import Checkout
from payments.services.checkouts import (
    FIRST_QUESTION,
    checkout_close,
    checkout_write,
    description_of,
    page_made,
    parts_of,
    session_noted,
)
from payments.services.last_look import Chosen, last_look, require_taken
from payments.states import CheckoutState

CLOSABLE: Final = frozenset({CheckoutState.OPEN, CheckoutState.UNKNOWN})
declare("payment_link.before_call", "payment_link.after_call")


def payment_link_make(*, invoice_id: UUID, actor: Actor, now: datetime) -> Checkout:
    """A link for all that is due on an invoice; see its `url`. The page that was open for it is closed.

    Asking twice gives the same link as long as it is open and the same is due. Called in no transaction.
    Raises PermissionRefused, NotFound, NothingDue, PaymentInFlight, OnlinePaymentsOff, ValidationFailed for a sum that
    the gateway does not take, and CheckoutFailed or CheckoutUnknown when the gateway did not do it.
    """
    actor.require(Right.PAYMENTS_RECORD)
    require_no_transaction()
    with transaction.atomic():
        invoice = invoices_lock([invoice_id])[0]
        if not actor.can_see(invoice.profile_id):
            raise NotFound(_("There is no such invoice."))
        chosen = last_look({invoice.pk: invoice.amount_due}, invoice.customer_id)
        gateway = link_gateway_for(invoice.profile_id, invoice.currency)
        if gateway is None:
            raise OnlinePaymentsOff(_("No gateway that is on makes payment links in this currency."))
        require_taken(gateway, chosen.money)
        link = _reuse_or_begin(chosen, gateway, actor, now)
    if link.url:
        return link
    fail_point("payment_link.before_call")
    made = page_made(link, lambda: payment_links_of(gateway).link_create(_request(link)))
    fail_point("payment_link.after_call")
    return session_noted(checkout_id=link.pk, session=made, actor=actor, now=now)


def payment_link_close(*, checkout_id: UUID, actor: Actor, now: datetime) -> Checkout:
    """Closes a link here at once, and at the gateway by a task. One that ended is left as it is.

    Raises PermissionRefused, NotFound, PaymentInFlight.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        link = checkout_lock(checkout_id)
        if not link.is_link or not actor.can_see(link.profile_id):
            raise NotFound(_("There is no such payment link."))
        if link.status == CheckoutState.PROCESSING:
            raise PaymentInFlight(_("A payment with this link is being processed."))
        if link.status_word in CLOSABLE:
            checkout_close(link, now, actor)
    return link


def _reuse_or_begin(chosen: Chosen, gateway: PaymentGateway, actor: Actor, now: datetime) -> Checkout:
    for checkout in waiting_checkouts_lock([chosen.first.pk]):
        if checkout.saved_method_id is not None:
            raise PaymentInFlight(_("This invoice is being charged to a saved payment method just now."))
        if checkout.is_prompt:
            continue
        lasts = checkout.is_link and checkout.status == CheckoutState.OPEN
        there = (checkout.gateway, checkout.account) == (gateway.name, gateway.account)
        if lasts and there and parts_of(checkout) == {(part.invoice_id, part.amount) for part in chosen.parts}:
            return checkout
        checkout_close(checkout, now)
    link_id = uuid7()
    return checkout_write(
        chosen=chosen,
        gateway=gateway.name,
        account=gateway.account,
        actor=actor,
        now=now,
        id=link_id,
        idempotency_key=f"link-{link_id}",
        expires_at=None,
        ask_at=now + FIRST_QUESTION,
    )


def _request(link: Checkout) -> LinkRequest:
    return LinkRequest(
        reference=str(link.pk),
        money=Money(link.amount, link.currency),
        description=description_of(link),
        idempotency_key=link.idempotency_key,
    )
