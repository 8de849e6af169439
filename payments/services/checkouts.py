"""Open a checkout: the client goes to the gateway's page to pay an invoice, or a part of it.

The row with its key is committed before the gateway is called, so that a crash or a lost answer is found and asked
about. At most one checkout of an invoice is open: opening another closes the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing_assistant.core import events, queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import DomainError, NotFound, OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import ZERO, Money
from billing_assistant.core.states import require_transition
from customers.models import Customer
from integrations.ports.payments import CheckoutRequest, CheckoutSession, PaymentGateway, hosted_pages_of
from integrations.registry import gateway_for
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.errors import (
    AmountTooSmall,
    CheckoutFailed,
    CheckoutUnknown,
    MoreThanDue,
    NothingDue,
    OnlinePaymentsOff,
    PaymentInFlight,
)
from payments.locks import checkout_lock, waiting_checkouts_lock
from payments.models import Checkout, Payment
from payments.services.minimum import least_part
from payments.services.record import checked_money
from payments.states import CHECKOUT_TRANSITIONS, CheckoutState, PaymentState

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
    *, invoice_id: UUID, customer_id: UUID, amount: Decimal, urls: ReturnUrls, actor: Actor, now: datetime
) -> Checkout:
    """A hosted page on which the client pays `amount` (in the invoice's currency); its address is `url`.

    Last look, under lock: the invoice is this customer's, open, and `amount` is between the minimum and what is due
    less what is being processed. Asking twice for the same gives the same page. Called in no transaction.
    Raises NotFound, NothingDue, MoreThanDue, AmountTooSmall, PaymentInFlight, OnlinePaymentsOff, InvalidAmount, and
    CheckoutFailed or CheckoutUnknown when the gateway did not do it.
    """
    require_no_transaction()
    with transaction.atomic():
        invoice = last_look(invoice_id, customer_id, amount)
        gateway = gateway_for(invoice.profile_id, invoice.currency)
        if gateway is None:
            raise OnlinePaymentsOff(_("Online payment is not available for this invoice."))
        checkout = _reuse_or_begin(invoice, amount, gateway, actor, now)
    if checkout.url:
        return checkout
    fail_point("checkout.before_call")
    session = _call(gateway, checkout, _request(checkout, invoice, urls))
    fail_point("checkout.after_call")
    return session_noted(checkout_id=checkout.pk, session=session, actor=actor, now=now)


def session_noted(*, checkout_id: UUID, session: CheckoutSession, actor: Actor, now: datetime) -> Checkout:
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
            checkout_told(checkout, "checkout.opened", actor, now)
    return checkout


def checkout_move(checkout: Checkout, wanted: CheckoutState) -> None:
    """Sets the state of a locked checkout (not saved yet). Raises TransitionRefused."""
    if checkout.status != wanted:
        require_transition(CHECKOUT_TRANSITIONS, _("The checkout"), CheckoutState(checkout.status), wanted)
        checkout.status = wanted


def checkout_close(checkout: Checkout, now: datetime) -> None:
    """A locked checkout that must not be paid any more: expired here, and the gateway is told by a task."""
    checkout_move(checkout, CheckoutState.EXPIRED)
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
        label=invoice.number,
        data={
            "invoice_id": str(invoice.pk),
            "amount": str(checkout.amount),
            "currency": checkout.currency,
            "gateway": checkout.gateway,
            "failure": checkout.failure,
        },
    )


def in_flight(invoice_id: UUID) -> Decimal:
    """What is being processed at a gateway, or waits on a phone, for an invoice and may still become a payment."""
    rows = Payment.objects.filter(
        checkout__invoice_id=invoice_id, status__in=[PaymentState.PENDING, PaymentState.PROCESSING]
    )
    prompts = Checkout.objects.filter(
        invoice_id=invoice_id, status__in=[CheckoutState.PROCESSING, CheckoutState.UNKNOWN], payments=None
    ).exclude(phone="")
    return sum((found.aggregate(sum=Sum("amount"))["sum"] or ZERO for found in (rows, prompts)), ZERO)


def last_look(invoice_id: UUID, customer_id: UUID, amount: Decimal) -> Invoice:
    """The locked invoice, when this customer may begin to pay this amount of it now.

    Raises NotFound, NothingDue, MoreThanDue, PaymentInFlight, AmountTooSmall, InvalidAmount.
    """
    invoice = invoices_lock([invoice_id])[0]
    if invoice.customer_id != customer_id or invoice.kind != InvoiceKind.INVOICE:
        raise NotFound(_("There is no such invoice."))
    if invoice.state != InvoiceState.ISSUED or invoice.amount_due == 0:
        raise NothingDue(_("Nothing is due on %(number)s.") % {"number": invoice.number})
    money = checked_money(amount, invoice.currency)
    due = Money(invoice.amount_due, invoice.currency)
    if money > due:
        raise MoreThanDue(invoice.number, due, money)
    waiting = in_flight(invoice.pk)
    if money.amount > due.amount - waiting:
        text = _("A payment of %(amount)s is still being processed.")
        raise PaymentInFlight(text % {"amount": Money(waiting, invoice.currency)})
    least = Money(least_part(invoice), invoice.currency)
    if money < least:
        raise AmountTooSmall(_("Pay at least %(least)s.") % {"least": least}, field="amount")
    return invoice


def _reuse_or_begin(
    invoice: Invoice, amount: Decimal, gateway: PaymentGateway, actor: Actor, now: datetime
) -> Checkout:
    for checkout in waiting_checkouts_lock(invoice.pk):
        if checkout.saved_method_id is not None:
            raise PaymentInFlight(_("This invoice is being charged to your saved payment method just now."))
        if checkout.is_prompt:
            continue
        fresh = checkout.status == CheckoutState.OPEN and checkout.expires_at > now + TOO_SHORT
        if (
            fresh
            and checkout.amount == amount
            and (checkout.gateway, checkout.account) == (gateway.name, gateway.account)
        ):
            return checkout
        checkout_close(checkout, now)
    checkout_id = uuid7()
    return Checkout.objects.create(
        id=checkout_id,
        created_at=now,
        profile_id=invoice.profile_id,
        customer_id=invoice.customer_id,
        invoice=invoice,
        gateway=gateway.name,
        account=gateway.account,
        currency=invoice.currency,
        amount=amount,
        idempotency_key=f"checkout-{checkout_id}",
        expires_at=now + LIFE,
        ask_at=now + FIRST_QUESTION,
        actor_label=actor.label[:150],
    )


def _request(checkout: Checkout, invoice: Invoice, urls: ReturnUrls) -> CheckoutRequest:
    customer = Customer.objects.get(pk=checkout.customer_id)
    return CheckoutRequest(
        reference=str(checkout.pk),
        money=Money(checkout.amount, checkout.currency),
        description=f"{invoice.number} · {invoice.seller.get('name', '')}".strip(" ·"),
        success_url=urls.success(checkout.pk),
        cancel_url=urls.cancel(checkout.pk),
        expires_at=checkout.expires_at,
        idempotency_key=checkout.idempotency_key,
        payer_name=customer.name,
        payer_email=customer.email,
    )


def _call(gateway: PaymentGateway, checkout: Checkout, request: CheckoutRequest) -> CheckoutSession:
    try:
        return hosted_pages_of(gateway).checkout_create(request)
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
