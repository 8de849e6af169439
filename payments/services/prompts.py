"""Pay by a prompt on the phone: the client is asked there, confirms with a PIN, and the gateway tells how it ended.

The row is committed before the prompt is sent. Of one invoice one prompt is under way at a time: a second is sent only
when the first has ended, since nobody can take it back from the phone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import DomainError, OutcomeUnknown, Rejected, Unavailable, ValidationFailed
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import Money
from integrations.ports.payments import PaymentGateway, phone_prompts_of
from integrations.ports.prompts import Prompt, PromptRequest, PromptStatus
from integrations.registry import prompt_gateway_for
from invoices.models import Invoice
from payments.errors import CheckoutFailed, CheckoutUnknown, OnlinePaymentsOff, PaymentInFlight
from payments.locks import checkout_lock, waiting_checkouts_lock
from payments.models import Checkout
from payments.services.checkouts import checkout_close, checkout_move, checkout_told, last_look
from payments.services.provider import provider_payment_take
from payments.states import CheckoutState

QUESTIONS: Final = (timedelta(seconds=30), timedelta(seconds=90), timedelta(minutes=5))
AFTERWARDS: Final = timedelta(minutes=5)
NOT_ANSWERED: Final = gettext_lazy("The request on the phone was not answered in time.")
declare("prompt.before_call", "prompt.after_call")


def prompt_open(
    *, invoice_id: UUID, customer_id: UUID, amount: Decimal, phone: str, actor: Actor, now: datetime
) -> Checkout:
    """Asks on a phone (digits with the country code) for `amount` of an invoice, in its currency.

    The last look is that of `checkout_open`. Called in no transaction. Raises what that raises, ValidationFailed for an
    amount that the gateway does not take, PaymentInFlight while an earlier prompt of the invoice has not ended.
    """
    require_no_transaction()
    with transaction.atomic():
        invoice = last_look(invoice_id, customer_id, amount)
        gateway = prompt_gateway_for(invoice.profile_id, invoice.currency)
        if gateway is None:
            raise OnlinePaymentsOff(_("Paying by phone is not available for this invoice."))
        _check_amount(gateway, Money(amount, invoice.currency))
        _none_under_way(invoice)
        _pages_close(invoice, now)
        money = Money(amount, invoice.currency)
        checkout = _begin(invoice, money, phone, gateway=gateway, actor=actor, now=now)
    fail_point("prompt.before_call")
    sent = _send(gateway, checkout, invoice)
    fail_point("prompt.after_call")
    return _noted(checkout, sent, actor, now)


def prompt_ask(*, gateway: PaymentGateway, checkout: Checkout, now: datetime) -> None:
    """Asks how a prompt ended, and takes what was paid. Called in no transaction. Raises the three errors, Doubtful."""
    seen = Prompt(
        external_id=checkout.external_id,
        reference=str(checkout.pk),
        money=Money(checkout.amount, checkout.currency),
        phone=checkout.phone,
        status=PromptStatus.WAITING,
    )
    found = phone_prompts_of(gateway).prompt_fetch(seen)
    if found.status in {PromptStatus.PAID, PromptStatus.FAILED}:
        provider_payment_take(gateway=gateway, paid=gateway.payment_fetch(found.external_id), now=now)
    _conclude(checkout.pk, found, now)


def next_question(checkout: Checkout, now: datetime) -> datetime:
    """When a prompt is asked about next: half a minute, a minute and a half, five minutes after it was sent."""
    moments = (checkout.created_at + after for after in QUESTIONS)
    return next((moment for moment in moments if moment > now), now + AFTERWARDS)


def _check_amount(gateway: PaymentGateway, money: Money) -> None:
    can = gateway.capabilities
    if not can.takes_money(money):
        text = _("%(gateway)s takes whole amounts only, without cents.")
        raise ValidationFailed({"amount": [text % {"gateway": gateway.label}]})
    if can.largest is not None and money.amount > can.largest:
        text = _("%(gateway)s takes at most %(most)s at once. Pay a part.")
        most = Money(can.largest, money.currency)
        raise ValidationFailed({"amount": [text % {"gateway": gateway.label, "most": most}]})


def _none_under_way(invoice: Invoice) -> None:
    running = [CheckoutState.OPEN, CheckoutState.PROCESSING, CheckoutState.UNKNOWN]
    if Checkout.objects.filter(invoice=invoice, status__in=running).exclude(phone="").exists():
        raise PaymentInFlight(_("A request is on the phone already. Answer it there, or wait until it has run out."))


def _pages_close(invoice: Invoice, now: datetime) -> None:
    """Nobody pays on a page of another tab what is asked for on the phone."""
    for checkout in waiting_checkouts_lock(invoice.pk):
        if checkout.saved_method_id is not None:
            raise PaymentInFlight(_("This invoice is being charged to your saved payment method just now."))
        checkout_close(checkout, now)


def _begin(
    invoice: Invoice, money: Money, phone: str, *, gateway: PaymentGateway, actor: Actor, now: datetime
) -> Checkout:
    checkout_id = uuid7()
    return Checkout.objects.create(
        id=checkout_id,
        created_at=now,
        profile_id=invoice.profile_id,
        customer_id=invoice.customer_id,
        invoice=invoice,
        gateway=gateway.name,
        account=gateway.account,
        currency=money.currency,
        amount=money.amount,
        phone=phone,
        status=CheckoutState.PROCESSING,
        idempotency_key=f"prompt-{checkout_id}",
        expires_at=now + gateway.capabilities.longest_life,
        ask_at=now + QUESTIONS[0],
        actor_label=actor.label[:150],
    )


def _send(gateway: PaymentGateway, checkout: Checkout, invoice: Invoice) -> Prompt:
    request = PromptRequest(
        reference=str(checkout.pk),
        money=Money(checkout.amount, checkout.currency),
        phone=checkout.phone,
        account_reference=invoice.number,
        description=invoice.number,
    )
    try:
        return phone_prompts_of(gateway).prompt_send(request)
    except Rejected as error:
        _failed(checkout, CheckoutState.FAILED, str(error))
        text = _("The request could not be sent to this phone. Nothing was charged. Check the number.")
        raise CheckoutFailed(text) from error
    except Unavailable as error:
        _failed(checkout, CheckoutState.FAILED, str(error))
        text = _("The payment service does not answer. Nothing was charged. Try again soon.")
        raise CheckoutFailed(text) from error
    except OutcomeUnknown as error:
        _failed(checkout, CheckoutState.UNKNOWN, str(error))
        text = _("The payment service did not answer in time. If a request is on the phone, answer it.")
        raise CheckoutUnknown(text) from error


def _noted(checkout: Checkout, sent: Prompt, actor: Actor, now: datetime) -> Checkout:
    """Keeps the gateway's id. A callback may have been quicker: a later state is left as it is."""
    with transaction.atomic():
        locked = checkout_lock(checkout.pk)
        locked.external_id = locked.external_id or sent.external_id
        locked.save(update_fields=["external_id"])
        checkout_told(locked, "checkout.prompted", actor, now)
    return locked


def _failed(checkout: Checkout, state: CheckoutState, reason: str) -> None:
    """After the call, in a transaction of its own. A callback that was quicker wins."""
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


def _conclude(checkout_id: UUID, found: Prompt, now: datetime) -> None:
    with transaction.atomic():
        checkout = checkout_lock(checkout_id)
        checkout.external_id = checkout.external_id or found.external_id
        running = checkout.status in {CheckoutState.PROCESSING, CheckoutState.UNKNOWN}
        if running and found.status is PromptStatus.EXPIRED:
            checkout_move(checkout, CheckoutState.EXPIRED)
            checkout.failure = str(NOT_ANSWERED)
        if running and found.status is PromptStatus.FAILED:
            checkout_move(checkout, CheckoutState.FAILED)
            checkout.failure = found.failure[:200]
        waits = found.status is PromptStatus.WAITING
        checkout.ask_at = next_question(checkout, now) if waits else None
        checkout.save(update_fields=["external_id", "status", "failure", "ask_at"])
