"""What follows from a gateway's webhook. The webhook is only a hint: the object is read again from the gateway."""

from __future__ import annotations

from datetime import datetime

from billing_assistant.core.errors import Rejected, RetryLater
from integrations.models import WebhookStatus
from integrations.ports.payments import (
    NoticeKind,
    PaymentGateway,
    ProviderStatus,
    WebhookNotice,
    disputes_of,
    refunds_of,
)
from integrations.webhook_handlers import Outcome, webhook_handler
from payments.models import Checkout, MethodSetup, Payment
from payments.services.checkout_ask import checkout_ask
from payments.services.collection_reading import collected_noticed
from payments.services.dispute_found import dispute_take
from payments.services.external_invoice_reading import outcome_of_external
from payments.services.incoming import incoming_take
from payments.services.method_setup import setup_ask
from payments.services.off_session import charge_take
from payments.services.provider import Doubtful, provider_payment_take
from payments.services.refund_found import refund_take, refunds_take
from payments.states import PaymentState


@webhook_handler(NoticeKind.PAYMENT)
def payment_noticed(gateway: PaymentGateway, notice: WebhookNotice, now: datetime) -> Outcome:
    """Records the payment, or parks the event with the reason."""
    paid = gateway.payment_fetch(notice.object_id)
    try:
        collected = collected_noticed(gateway, paid, now)
        if collected is not None:
            return collected
        if gateway.capabilities.incoming and not paid.session_id:
            found = incoming_take(gateway=gateway, paid=paid, now=now)
            return Outcome(WebhookStatus.DONE, found.text, found.profile_id)
        taken = provider_payment_take(gateway=gateway, paid=paid, now=now)
        if taken.checkout.saved_method_id is not None:
            charge_take(gateway=gateway, checkout=taken.checkout, paid=paid, now=now)
        went_back = paid.status is ProviderStatus.REFUNDED or (paid.refunded and gateway.capabilities.refunds)
        if went_back and taken.payment is not None:
            made = refunds_take(gateway=gateway, paid=paid, payment=taken.payment, now=now)
            numbers = ", ".join(refund.number for refund in made)
            return Outcome(WebhookStatus.DONE, f"Refunded: {numbers}.", taken.checkout.profile_id)
    except Doubtful as doubt:
        elsewhere = outcome_of_external(gateway, paid.external_id, now) if doubt.profile_id is None else None
        return elsewhere or Outcome(WebhookStatus.PARKED, doubt.reason, doubt.profile_id)
    return Outcome(WebhookStatus.DONE, taken.text, taken.checkout.profile_id)


@webhook_handler(NoticeKind.REFUND)
def refund_noticed(gateway: PaymentGateway, notice: WebhookNotice, now: datetime) -> Outcome:
    """What became of a refund of ours, or one that was made at the gateway."""
    found = refunds_of(gateway).refund_fetch(notice.object_id)
    payment = _recorded(gateway, found.payment_id, now)
    if payment is None:
        elsewhere = outcome_of_external(gateway, found.payment_id, now)
        return elsewhere or Outcome(WebhookStatus.PARKED, "It refunds a payment that is not recorded here.")
    try:
        refund = refund_take(payment=payment, found=found, now=now)
    except Doubtful as doubt:
        return Outcome(WebhookStatus.PARKED, doubt.reason, doubt.profile_id)
    text = f"{refund.number} is {refund.status}." if refund else "It failed, and was never ours."
    return Outcome(WebhookStatus.DONE, text, payment.profile_id)


@webhook_handler(NoticeKind.DISPUTE)
def dispute_noticed(gateway: PaymentGateway, notice: WebhookNotice, now: datetime) -> Outcome:
    """A payer disputes a payment, or the dispute was decided."""
    found = disputes_of(gateway).dispute_fetch(notice.object_id)
    payment = _recorded(gateway, found.payment_id, now)
    if payment is None:
        elsewhere = outcome_of_external(gateway, found.payment_id, now)
        return elsewhere or Outcome(WebhookStatus.PARKED, "It disputes a payment that is not recorded here.")
    try:
        dispute = dispute_take(payment=payment, found=found, now=now)
    except Doubtful as doubt:
        return Outcome(WebhookStatus.PARKED, doubt.reason, doubt.profile_id)
    text = f"{dispute.number} is {dispute.status}." if dispute else "No money moved."
    return Outcome(WebhookStatus.DONE, text, payment.profile_id)


@webhook_handler(NoticeKind.SESSION)
def session_noticed(gateway: PaymentGateway, notice: WebhookNotice, now: datetime) -> Outcome:
    """A page was closed: asks about its checkout at once."""
    checkout = Checkout.objects.filter(
        gateway=gateway.name, account=gateway.account, external_id=notice.object_id
    ).first()
    if checkout is None:
        return Outcome(WebhookStatus.IGNORED, "No checkout of ours has this page.")
    if checkout.ask_at is None:
        return Outcome(WebhookStatus.DONE, "Known already.", checkout.profile_id)
    Checkout.objects.filter(pk=checkout.pk, ask_at__gt=now).update(ask_at=now)
    if not checkout_ask(checkout_id=checkout.pk, now=now):
        raise RetryLater("Another worker asks about it now.")
    return Outcome(WebhookStatus.DONE, "Asked about the checkout.", checkout.profile_id)


def _recorded(gateway: PaymentGateway, payment_id: str, now: datetime) -> Payment | None:
    """The payment that a refund or a dispute is about; read again where ours is still on its way, for such news may be
    quicker than the payment's own."""
    rows = Payment.objects.filter(provider=gateway.name, account=gateway.account, external_id=payment_id)
    payment = rows.first()
    if not payment_id or (payment is not None and payment.status != PaymentState.PROCESSING):
        return payment
    about = WebhookNotice(f"before:{payment_id}", NoticeKind.PAYMENT, payment_id, gateway.account, "before")
    try:
        payment_noticed(gateway, about, now)
    except Rejected:
        return None
    return rows.first()


@webhook_handler(NoticeKind.SETUP)
def setup_noticed(gateway: PaymentGateway, notice: WebhookNotice, now: datetime) -> Outcome:
    """A client saved a method, or the page for it ran out."""
    setup = MethodSetup.objects.filter(
        gateway=gateway.name, account=gateway.account, external_id=notice.object_id
    ).first()
    if setup is None:
        return Outcome(WebhookStatus.IGNORED, "No page of ours for saving a method.")
    setup_ask(setup_id=setup.pk, now=now)
    return Outcome(WebhookStatus.DONE, "Asked about the saved method.", setup.profile_id)
