"""Pay by a prompt on the phone: the client is asked there, confirms with a PIN, and the gateway tells how it ended.

The row is committed before the prompt is sent. It is for one invoice or for several; of one invoice one prompt is under
way at a time: a second is sent only when the first has ended, since nobody can take it back from the phone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import DomainError, OutcomeUnknown, Rejected, Unavailable
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
from payments.services.checkouts import checkout_close, checkout_move, checkout_told, checkout_write
from payments.services.last_look import Chosen, last_look, require_taken
from payments.services.provider import fault_is_ours, provider_payment_take
from payments.states import CheckoutState

QUESTIONS: Final = (timedelta(seconds=30), timedelta(seconds=90), timedelta(minutes=5))
AFTERWARDS: Final = timedelta(minutes=5)
NOT_ANSWERED: Final = gettext_lazy("The request on the phone was not answered in time.")
declare("prompt.before_call", "prompt.after_call")


def prompt_open(
    *, parts: Mapping[UUID, Decimal], customer_id: UUID, phone: str, actor: Actor, now: datetime
) -> Checkout:
    """Asks on a phone (digits with the country code) for `parts`, an amount of each invoice in their currency.

    The last look is that of `checkout_open`. Called in no transaction. Raises what that raises, ValidationFailed for a
    sum that the gateway does not take, PaymentInFlight while an earlier prompt of an invoice has not ended.
    """
    require_no_transaction()
    with transaction.atomic():
        chosen = last_look(parts, customer_id)
        gateway = prompt_gateway_for(chosen.first.profile_id, chosen.money.currency)
        if gateway is None:
            raise OnlinePaymentsOff(_("Paying by phone is not available for this invoice."))
        require_taken(gateway, chosen.money)
        _none_under_way(chosen)
        _pages_close(chosen, now)
        checkout = _begin(chosen, phone, gateway=gateway, actor=actor, now=now)
    fail_point("prompt.before_call")
    sent = _send(gateway, checkout, chosen.first)
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


def _none_under_way(chosen: Chosen) -> None:
    running = [CheckoutState.OPEN, CheckoutState.PROCESSING, CheckoutState.UNKNOWN]
    mine = Checkout.objects.filter(parts__invoice__in=chosen.invoices, status__in=running)
    if mine.exclude(phone="").exists():
        raise PaymentInFlight(_("A request is on the phone already. Answer it there, or wait until it has run out."))


def _pages_close(chosen: Chosen, now: datetime) -> None:
    """Nobody pays on a page of another tab what is asked for on the phone."""
    for checkout in waiting_checkouts_lock(part.invoice_id for part in chosen.parts):
        if checkout.saved_method_id is not None:
            raise PaymentInFlight(_("This invoice is being charged to your saved payment method just now."))
        checkout_close(checkout, now)


def _begin(chosen: Chosen, phone: str, *, gateway: PaymentGateway, actor: Actor, now: datetime) -> Checkout:
    checkout_id = uuid7()
    return checkout_write(
        chosen=chosen,
        gateway=gateway.name,
        account=gateway.account,
        actor=actor,
        now=now,
        id=checkout_id,
        phone=phone,
        status=CheckoutState.PROCESSING,
        idempotency_key=f"prompt-{checkout_id}",
        expires_at=now + gateway.capabilities.longest_life,
        ask_at=now + QUESTIONS[0],
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
        if error.code or error.status:
            fault_is_ours(checkout, gateway.label, str(error), clock.now())
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
