"""Open a checkout: the client goes to a gateway's page to pay an invoice, a part of it, or several at once.

The row with its key is committed before the gateway is called, so that a crash or a lost answer is found and asked
about. At most one checkout of an invoice is open: opening another closes the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events, queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import DomainError, OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import Money
from billing_assistant.core.states import require_transition
from customers.models import Customer
from integrations.ports.payments import CheckoutRequest, PaymentGateway, hosted_pages_of
from integrations.registry import page_gateways
from payments.errors import CheckoutFailed, CheckoutUnknown, OnlinePaymentsOff, PaymentInFlight
from payments.locks import checkout_lock, waiting_checkouts_lock
from payments.models import Checkout, CheckoutPart
from payments.services.gateway_pages import Page
from payments.services.last_look import Chosen, last_look, require_taken
from payments.states import CHECKOUT_TRANSITIONS, CheckoutState

LIFE: Final = timedelta(hours=1)
TOO_SHORT: Final = timedelta(minutes=10)
FIRST_QUESTION: Final = timedelta(minutes=5)
declare("checkout.before_call", "checkout.after_call")


@dataclass(frozen=True, slots=True)
class ReturnUrls:
    """Where the gateway sends the client back to; made from the checkout's id."""

    success: Callable[[UUID], str]
    cancel: Callable[[UUID], str]


def checkout_open(
    *,
    parts: Mapping[UUID, Decimal],
    customer_id: UUID,
    gateway_name: str = "",
    urls: ReturnUrls,
    actor: Actor,
    now: datetime,
) -> Checkout:
    """A hosted page on which the client pays `parts`, an amount of each invoice in their currency; see its `url`.

    Last look, under lock: the invoices are this customer's, open, and each amount is between the minimum and what is
    due less what is being processed. `gateway_name` is one of `page_gateways`; the preferred one when empty. Asking
    twice for the same gives the same page. Called in no transaction.
    Raises NotFound, NotTogether, NothingDue, MoreThanDue, AmountTooSmall, PaymentInFlight, OnlinePaymentsOff,
    InvalidAmount, ValidationFailed for a sum that the gateway does not take, and CheckoutFailed or CheckoutUnknown
    when the gateway did not do it.
    """
    require_no_transaction()
    with transaction.atomic():
        chosen = last_look(parts, customer_id)
        gateway = _gateway(chosen, gateway_name)
        checkout = _reuse_or_begin(chosen, gateway, actor, now)
    if checkout.url:
        return checkout
    fail_point("checkout.before_call")
    request = _request(checkout, urls)
    session = page_made(checkout, lambda: hosted_pages_of(gateway).checkout_create(request))
    fail_point("checkout.after_call")
    return session_noted(checkout_id=checkout.pk, session=session, actor=actor, now=now)


def checkout_write(
    *, chosen: Chosen, gateway: str, account: str, actor: Actor, now: datetime, **fields: Any
) -> Checkout:
    """The row of a checkout with its parts, inside the transaction that took the last look."""
    invoice = chosen.first
    checkout = Checkout.objects.create(
        created_at=now,
        profile_id=invoice.profile_id,
        customer_id=invoice.customer_id,
        invoice=invoice,
        gateway=gateway,
        account=account,
        currency=chosen.money.currency,
        amount=chosen.money.amount,
        actor_label=actor.label[:150],
        **fields,
    )
    CheckoutPart.objects.bulk_create(
        CheckoutPart(
            created_at=now,
            profile_id=invoice.profile_id,
            checkout=checkout,
            invoice_id=part.invoice_id,
            currency=checkout.currency,
            amount=part.amount,
            is_open=checkout.status == CheckoutState.OPEN,
        )
        for part in chosen.parts
    )
    return checkout


def session_noted(*, checkout_id: UUID, session: Page, actor: Actor, now: datetime) -> Checkout:
    """Keeps what the gateway answered. A webhook may have been quicker: a later state is left as it is, and a
    checkout that was closed meanwhile is asked about at once, so that the page is closed there too."""
    with transaction.atomic():
        checkout = checkout_lock(checkout_id)
        is_new = not checkout.external_id
        checkout.external_id, checkout.url = session.external_id, session.url
        if checkout.status == CheckoutState.UNKNOWN:
            checkout.status = CheckoutState.OPEN
        if checkout.status == CheckoutState.EXPIRED:
            checkout.ask_at = now
        checkout.save(update_fields=["external_id", "url", "status", "ask_at"])
        if is_new and checkout.status == CheckoutState.OPEN:
            checkout_told(checkout, "checkout.linked" if checkout.is_link else "checkout.opened", actor, now)
    return checkout


def checkout_move(checkout: Checkout, wanted: CheckoutState) -> None:
    """Sets the state of a locked checkout (not saved yet). Raises TransitionRefused."""
    if checkout.status != wanted:
        require_transition(CHECKOUT_TRANSITIONS, _("The checkout"), CheckoutState(checkout.status), wanted)
        checkout.status = wanted


def checkout_end(checkout: Checkout, actor: Actor, now: datetime) -> None:
    """A locked checkout runs out (not saved yet); of a link it is told. Raises TransitionRefused."""
    if checkout.is_link and checkout.status != CheckoutState.EXPIRED:
        checkout_told(checkout, "checkout.link_closed", actor, now)
    checkout_move(checkout, CheckoutState.EXPIRED)


def checkout_close(checkout: Checkout, now: datetime, actor: Actor | None = None) -> None:
    """A locked checkout that must not be paid any more: expired here, and the gateway is told by a task."""
    checkout_end(checkout, actor or Actor.system("billing"), now)
    checkout.ask_at = now
    checkout.save(update_fields=["status", "ask_at"])
    queue.enqueue_on_commit("payments.ask_checkout", checkout_id=str(checkout.pk))


def checkout_told(checkout: Checkout, name: str, actor: Actor, now: datetime) -> None:
    """Records an event about a checkout."""
    invoice = checkout.invoice
    events.record(
        name=name,
        subject=checkout,
        actor=actor,
        now=now,
        profile_id=checkout.profile_id,
        customer_id=checkout.customer_id,
        label=checkout.numbers,
        data={
            "invoice_id": str(invoice.pk),
            "amount": str(checkout.amount),
            "currency": checkout.currency,
            "gateway": checkout.gateway,
            "failure": checkout.failure,
        },
    )


def _gateway(chosen: Chosen, name: str) -> PaymentGateway:
    able = page_gateways(chosen.first.profile_id, chosen.money.currency)
    gateway = next((each for each in able if name in {"", each.name}), None)
    if gateway is None:
        raise OnlinePaymentsOff(_("Online payment is not available for this invoice."))
    require_taken(gateway, chosen.money)
    return gateway


def _reuse_or_begin(chosen: Chosen, gateway: PaymentGateway, actor: Actor, now: datetime) -> Checkout:
    for checkout in waiting_checkouts_lock(part.invoice_id for part in chosen.parts):
        if checkout.saved_method_id is not None:
            raise PaymentInFlight(_("This invoice is being charged to your saved payment method just now."))
        if checkout.is_prompt:
            continue
        fresh = checkout.status == CheckoutState.OPEN and _lasts(checkout, now)
        there = (checkout.gateway, checkout.account) == (gateway.name, gateway.account)
        if fresh and there and parts_of(checkout) == {(part.invoice_id, part.amount) for part in chosen.parts}:
            return checkout
        checkout_close(checkout, now)
    checkout_id = uuid7()
    return checkout_write(
        chosen=chosen,
        gateway=gateway.name,
        account=gateway.account,
        actor=actor,
        now=now,
        id=checkout_id,
        idempotency_key=f"checkout-{checkout_id}",
        expires_at=now + LIFE,
        ask_at=now + FIRST_QUESTION,
    )


def _lasts(checkout: Checkout, now: datetime) -> bool:
    """Whether a client may be sent to it: the page stays open long enough, the link has its address."""
    return bool(checkout.url) if checkout.expires_at is None else checkout.expires_at > now + TOO_SHORT


def parts_of(checkout: Checkout) -> set[tuple[UUID, Decimal]]:
    """What of it is for which invoice."""
    return set(checkout.parts.values_list("invoice_id", "amount"))


def description_of(checkout: Checkout) -> str:
    """What the client reads at the gateway: the invoices, and whose they are."""
    return f"{checkout.numbers} · {checkout.invoice.seller.get('name', '')}".strip(" ·")


def _request(checkout: Checkout, urls: ReturnUrls) -> CheckoutRequest:
    customer = Customer.objects.get(pk=checkout.customer_id)
    return CheckoutRequest(
        reference=str(checkout.pk),
        money=Money(checkout.amount, checkout.currency),
        description=description_of(checkout),
        success_url=urls.success(checkout.pk),
        cancel_url=urls.cancel(checkout.pk),
        expires_at=checkout.expires_at or checkout.created_at + LIFE,
        idempotency_key=checkout.idempotency_key,
        payer_name=customer.name,
        payer_email=customer.email,
    )


def page_made(checkout: Checkout, make: Callable[[], Page]) -> Page:
    """Calls the gateway for a page and keeps how that failed. Raises CheckoutFailed, CheckoutUnknown."""
    try:
        return make()
    except Rejected as error:
        _failed(checkout, CheckoutState.FAILED, str(error))
        raise CheckoutFailed(_("The payment page could not be opened. Nothing was charged.")) from error
    except Unavailable as error:
        _failed(checkout, CheckoutState.FAILED, str(error))
        text = _("The payment service does not answer. Nothing was charged. Try again soon.")
        raise CheckoutFailed(text) from error
    except OutcomeUnknown as error:
        _failed(checkout, CheckoutState.UNKNOWN, str(error))
        text = _("The payment service did not answer in time. Try again in a minute.")
        raise CheckoutUnknown(text) from error


def _failed(checkout: Checkout, state: CheckoutState, reason: str) -> None:
    """After the call, in a transaction of its own. A webhook that was quicker wins."""
    with transaction.atomic():
        locked = checkout_lock(checkout.pk)
        try:
            checkout_move(locked, state)
        except DomainError:
            return
        locked.failure = reason[:200]
        if state is CheckoutState.FAILED:
            locked.ask_at = None
        locked.save(update_fields=["status", "failure", "ask_at"])
