"""Charging a saved method while the client is away: the key first, then the call, then what came of it.

A charge is a `Checkout` without a page. Its row is committed before the gateway is called, so a crash or a lost answer
leaves a charge that is asked about, never one that is made again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date, local_today
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import DomainError, OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.models import Event
from billing_assistant.core.money import Money
from billing_assistant.core.services.notices import notice_to_role
from integrations.ports.attempts import Decline, ProviderPayment, ProviderStatus
from integrations.ports.payments import PaymentGateway, saved_methods_of
from integrations.ports.saved_methods import ChargeRequest, MethodGone
from integrations.registry import gateway as gateway_named
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.states import InvoiceState
from payments.locks import checkout_lock, saved_method_lock, waiting_checkouts_lock
from payments.models import Checkout, Payment, SavedMethod
from payments.selectors.autopay import autopay_next, charged_now
from payments.selectors.uncharged import uncharged
from payments.services.checkouts import checkout_move, checkout_write
from payments.services.credits import invoice_page
from payments.services.last_look import Chosen, in_flight
from payments.services.method_setup import method_told
from payments.services.plan import Part
from payments.services.provider import Doubtful, provider_payment_take
from payments.services.saved_methods import tokens_of
from payments.states import CheckoutState, SavedMethodState

FIRST_QUESTION: Final = timedelta(minutes=2)
LIFE: Final = timedelta(days=1)
ENDS_A_METHOD: Final = frozenset({Decline.HARD, Decline.CLIENT})
FAILED: Final = "autopay.failed"
declare("autopay.before_call", "autopay.after_call")


def method_charge(*, invoice_id: UUID, attempt: int, actor: Actor, now: datetime) -> Checkout | None:
    """Charges what is due on an invoice to the method for which its customer consented to autopay: all of it, or where
    the consent is for due dates, the parts whose date has come.

    None when there is nothing to do: nothing is due, a payment plan stands, the money is disputed, consent was taken
    back, somebody pays just now, or this attempt (a number that counts from 0) was made before.
    Called in no transaction. Raises NotFound, GatewayUnknown.
    """
    require_no_transaction()
    with transaction.atomic():
        checkout = _begun(invoices_lock([invoice_id])[0], attempt, actor, now)
    if checkout is None:
        return None
    gateway = gateway_named(checkout.gateway, account=checkout.account, profile_id=checkout.profile_id)
    fail_point("autopay.before_call")
    try:
        paid = saved_methods_of(gateway).method_charge(charge_request(checkout))
    except MethodGone as error:
        _ended(checkout.pk, str(error), Decline.HARD, now)
    except (Rejected, Unavailable) as error:
        _ended(checkout.pk, str(error), Decline.NONE, now)
    except OutcomeUnknown as error:
        _unknown(checkout.pk, str(error))
    else:
        fail_point("autopay.after_call")
        charge_take(gateway=gateway, checkout=checkout, paid=paid, now=now)
    return Checkout.objects.get(pk=checkout.pk)


def charge_ask(*, gateway: PaymentGateway, checkout: Checkout, now: datetime) -> bool:
    """Asks the gateway about a charge; False when it never heard of it. Raises the three errors and Doubtful."""
    known = Payment.objects.filter(checkout=checkout).exclude(external_id="").order_by("-id").first()
    if known is not None:
        paid: ProviderPayment | None = gateway.payment_fetch(known.external_id)
    else:
        port = saved_methods_of(gateway)
        paid = port.charge_find(charge_request(checkout), since=checkout.created_at)
    if paid is not None:
        charge_take(gateway=gateway, checkout=checkout, paid=paid, now=now)
    return paid is not None


def charge_take(*, gateway: PaymentGateway, checkout: Checkout, paid: ProviderPayment, now: datetime) -> None:
    """Records what the gateway says of a charge, and ends the attempt when the bank refused. Raises Doubtful."""
    provider_payment_take(gateway=gateway, paid=paid, now=now)
    if paid.status is ProviderStatus.FAILED:
        _ended(checkout.pk, paid.failure, paid.decline, now)


def charge_request(checkout: Checkout) -> ChargeRequest:
    """The same request for the same checkout, however often it is asked about."""
    method = checkout.saved_method
    if method is None:
        raise Doubtful("It is no charge of a saved method.", profile_id=checkout.profile_id)
    return ChargeRequest(
        reference=str(checkout.pk),
        money=Money(checkout.amount, checkout.currency),
        description=checkout.invoice.number,
        method=tokens_of(method),
        idempotency_key=checkout.idempotency_key,
    )


def _begun(invoice: Invoice, attempt: int, actor: Actor, now: datetime) -> Checkout | None:
    """The row of the attempt, where everything still speaks for it. The invoice is locked."""
    key = f"autopay-{invoice.pk}-{attempt}"
    due = invoice.amount_due if invoice.state == InvoiceState.ISSUED else 0
    busy = in_flight(invoice.pk) > 0 or waiting_checkouts_lock([invoice.pk])
    held = Invoice.objects.filter(uncharged(), pk=invoice.pk).exists()
    if due <= 0 or busy or held or Checkout.objects.filter(idempotency_key=key).exists():
        return None
    method = _consented(invoice.customer_id)
    if method is None:
        return None
    amount = charged_now(invoice, method, local_today(invoice.profile, now))
    if amount <= 0:
        return None
    chosen = Chosen([invoice], [Part(invoice.pk, amount)], Money(amount, invoice.currency))
    return checkout_write(
        chosen=chosen,
        gateway=method.gateway,
        account=method.account,
        actor=actor,
        now=now,
        saved_method=method,
        idempotency_key=key,
        expires_at=now + LIFE,
        ask_at=now + FIRST_QUESTION,
    )


def _consented(customer_id: UUID) -> SavedMethod | None:
    """The method of a customer that may be charged now, locked: consent cannot be taken back in between."""
    found = SavedMethod.objects.filter(customer_id=customer_id, autopay=True).first()
    if found is None:
        return None
    method = saved_method_lock(found.pk)
    usable = method.autopay and method.state == SavedMethodState.ACTIVE and method.customer_id == customer_id
    return method if usable else None


def _unknown(checkout_id: UUID, reason: str) -> None:
    with transaction.atomic():
        checkout = checkout_lock(checkout_id)
        try:
            checkout_move(checkout, CheckoutState.UNKNOWN)
        except DomainError:  # a webhook was quicker
            return
        checkout.failure = reason[:200]
        checkout.save(update_fields=["status", "failure"])


def _ended(checkout_id: UUID, reason: str, decline: Decline, now: datetime) -> None:
    """The attempt failed; a method that can never work again, or not without the client, is not charged any more."""
    with transaction.atomic():
        checkout = checkout_lock(checkout_id)
        if checkout.status in {CheckoutState.OPEN, CheckoutState.UNKNOWN}:
            checkout_move(checkout, CheckoutState.FAILED)
            checkout.failure, checkout.ask_at = reason[:200], None
            checkout.save(update_fields=["status", "failure", "ask_at"])
        ends = decline in ENDS_A_METHOD
        if ends and checkout.saved_method_id is not None:
            _stop(saved_method_lock(checkout.saved_method_id), checkout, reason, now)
        if checkout.status == CheckoutState.FAILED:
            _tell(checkout, decline, None if ends else autopay_next(checkout), now)


def _tell(checkout: Checkout, decline: Decline, again: datetime | None, now: datetime) -> None:
    """Once for each attempt. The client is told of the first that was declined, and when no other follows."""
    if Event.objects.filter(name=FAILED, subject_id=checkout.pk).exists():
        return
    invoice, profile = checkout.invoice, checkout.profile
    others = Checkout.objects.filter(invoice=invoice, saved_method__isnull=False, status=CheckoutState.FAILED)
    is_first = not others.exclude(pk=checkout.pk).exists()
    events.record(
        name=FAILED,
        subject=checkout,
        actor=Actor.system("autopay"),
        now=now,
        profile_id=checkout.profile_id,
        customer_id=checkout.customer_id,
        label=invoice.number,
        data={
            "invoice_id": str(invoice.pk),
            "amount": str(checkout.amount),
            "currency": checkout.currency,
            "failure": checkout.failure,
            "decline": decline.value,
            "again_on": local_date(again, profile.time_zone).isoformat() if again else "",
            "tells_client": again is None or (is_first and decline is not Decline.NONE),
        },
    )


def _stop(method: SavedMethod, checkout: Checkout, reason: str, now: datetime) -> None:
    if method.state != SavedMethodState.ACTIVE:
        return
    method.state, method.failure = SavedMethodState.FAILING, reason[:200]
    method.save(update_fields=["state", "failure"])
    method_told("method.failing", method, Actor.system("autopay"), now, reason=method.failure)
    notice_to_role(
        roles=("admin", "finance"),
        key=f"method-{method.pk}",
        tone="warning",
        text=lambda: (
            _("The saved payment method of %(customer)s does not work any more: %(reason)s")
            % {"customer": checkout.customer.name, "reason": reason}
        ),
        url=invoice_page(checkout.invoice_id),
        profile_id=method.profile_id,
    )
