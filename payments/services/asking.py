"""A colleague asks the provider again: about an attempt to pay, or about a payment that was recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound, ProviderError
from billing_assistant.core.rights import Right
from integrations.ports.payments import NoticeKind, WebhookNotice
from integrations.registry import gateway as gateway_named
from payments.errors import NothingToAsk
from payments.models import Checkout, Payment
from payments.services.checkout_ask import checkout_ask
from payments.services.webhook_notices import payment_noticed
from payments.states import CheckoutState

ASKABLE: Final = frozenset({CheckoutState.OPEN, CheckoutState.PROCESSING, CheckoutState.UNKNOWN, CheckoutState.EXPIRED})


def checkout_ask_now(*, checkout_id: UUID, actor: Actor, now: datetime) -> Checkout:
    """Asks the provider about an attempt, whatever the plan for asking was. Called in no transaction.

    What is found is recorded as news of a webhook would be.
    Raises PermissionRefused, NotFound, NothingToAsk (it was paid or declined, or is being asked about just now).
    """
    actor.require(Right.PAYMENTS_RECORD)
    require_no_transaction()
    checkout = Checkout.objects.filter(pk=checkout_id).first()
    if checkout is None or not actor.can_see(checkout.profile_id):
        raise NotFound(_("There is no such checkout."))
    if checkout.status_word not in ASKABLE:
        raise NothingToAsk(_("This attempt has ended; its payment can be asked about."))
    Checkout.objects.filter(pk=checkout.pk).update(ask_at=now)
    if not checkout_ask(checkout_id=checkout.pk, now=now):
        raise NothingToAsk(_("It is being asked about just now."))
    return Checkout.objects.get(pk=checkout.pk)


def payment_ask_now(*, payment_id: UUID, actor: Actor, now: datetime) -> str:
    """Reads a payment again from its provider and records what is new there; gives what came of it.

    Called in no transaction. Raises PermissionRefused, NotFound, GatewayUnknown, NothingToAsk (recorded by hand, or the
    provider does not answer).
    """
    actor.require(Right.PAYMENTS_RECORD)
    require_no_transaction()
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None or not actor.can_see(payment.profile_id):
        raise NotFound(_("There is no such payment."))
    if not payment.provider or not payment.external_id:
        raise NothingToAsk(_("%(number)s was recorded by hand: there is nobody to ask.") % {"number": payment.number})
    gateway = gateway_named(payment.provider, account=payment.account, profile_id=payment.profile_id)
    about = WebhookNotice(f"asked:{payment.pk}", NoticeKind.PAYMENT, payment.external_id, payment.account, "asked")
    try:
        outcome = payment_noticed(gateway, about, now)
    except ProviderError as error:
        text = _("%(gateway)s gave no answer: %(reason)s")
        raise NothingToAsk(text % {"gateway": gateway.label, "reason": str(error).rstrip(".")}) from error
    with transaction.atomic():
        events.record(
            name="payment.asked",
            subject=payment,
            actor=actor,
            now=now,
            profile_id=payment.profile_id,
            customer_id=payment.customer_id,
            label=payment.number,
            data={"reason": outcome.text},
        )
    return outcome.text
