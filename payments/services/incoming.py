"""Money that comes without a checkout, with a reference that a person typed: at a Paybill, by bank.

The gateway has confirmed it. Names it one invoice exactly, it pays that one, and the surplus is the customer's credit;
otherwise it waits for a person with suggestions. Nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.errors import ProviderError
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.services.notices import notice_to_role
from integrations.ports.incoming import IncomingPayments
from integrations.ports.payments import PaymentGateway, ProviderPayment, ProviderStatus, incoming_of
from integrations.registry import incoming_gateways
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.states import InvoiceState
from payments.locks import external_payment_lock
from payments.models import Payment, UnmatchedReceipt
from payments.selectors.references import invoice_named
from payments.services.plan import Part
from payments.services.provider import METHODS, Doubtful, incoming_payment, provider_payment_take
from payments.services.receipt_pages import receipt_page
from payments.services.record import payment_complete
from payments.states import PaymentMethod

LOOK_BACK: Final = timedelta(hours=3)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of it: a payment, or a receipt that waits."""

    text: str
    profile_id: UUID
    payment: Payment | None = None
    receipt: UnmatchedReceipt | None = None


def incoming_take(*, gateway: PaymentGateway, paid: ProviderPayment, now: datetime) -> Arrived:
    """Records money that was just read from the gateway, once. Safe to repeat and in any order; raises Doubtful."""
    port = incoming_of(gateway)
    _check(gateway, port, paid)
    with transaction.atomic():
        known = _known(gateway, port, paid)
        if known is not None:
            return known
        named = invoice_named(port.profile_id, paid.reference, port.reference_prefixes)
        if named is None or named.currency != paid.money.currency or named.state == InvoiceState.VOID:
            return _wait(gateway, port, paid, now)
        invoice = invoices_lock([named.pk])[0]
        known = _known(gateway, port, paid)
        return known or _recorded(gateway, paid, invoice, now)


def incoming_sweep(*, now: datetime) -> int:
    """Asks every gateway for money whose announcement was lost; returns how much was found new."""
    found = 0
    for gateway in incoming_gateways():
        try:
            arrived = incoming_of(gateway).incoming_list(since=now - LOOK_BACK, until=now)
        except ProviderError as error:
            log.warning("incoming.not_listed", gateway=gateway.name, account=gateway.account, error=str(error))
            continue
        found += sum(_swept(gateway, paid, now) for paid in arrived)
    return found


def _swept(gateway: PaymentGateway, paid: ProviderPayment, now: datetime) -> bool:
    known = Payment.objects.filter(
        provider=gateway.name, account=gateway.account, external_id=paid.external_id
    ).exists() or UnmatchedReceipt.objects.filter(
        provider=gateway.name, account=gateway.account, external_id=paid.external_id
    ).exists()  # fmt: skip
    if known:
        return False
    try:
        if paid.session_id:
            provider_payment_take(gateway=gateway, paid=paid, now=now)
        else:
            incoming_take(gateway=gateway, paid=paid, now=now)
    except Doubtful as doubt:
        log.warning("incoming.doubtful", gateway=gateway.name, payment=paid.external_id, reason=doubt.reason)
        return False
    return True


def _check(gateway: PaymentGateway, port: IncomingPayments, paid: ProviderPayment) -> None:
    reasons = {
        f"The money went to another account ({paid.payee}).": paid.payee != gateway.account,
        f"It is a {paid.environment.value} payment.": paid.environment is not gateway.environment,
        "The gateway does not say that it was paid.": paid.status is not ProviderStatus.SUCCEEDED,
    }
    for reason, broken in reasons.items():
        if broken:
            raise Doubtful(reason, profile_id=port.profile_id)


def _known(gateway: PaymentGateway, port: IncomingPayments, paid: ProviderPayment) -> Arrived | None:
    payment = external_payment_lock(provider=gateway.name, account=gateway.account, external_id=paid.external_id)
    if payment is not None:
        return Arrived(f"Known already as {payment.number}.", port.profile_id, payment=payment)
    rows = UnmatchedReceipt.objects.filter(provider=gateway.name, account=gateway.account)
    receipt = rows.filter(external_id=paid.external_id).first()
    return Arrived("It waits for a person already.", port.profile_id, receipt=receipt) if receipt else None


def _recorded(gateway: PaymentGateway, paid: ProviderPayment, invoice: Invoice, now: datetime) -> Arrived:
    actor = Actor.system(gateway.label)
    payment = incoming_payment(paid, gateway=gateway, invoice=invoice, actor=actor, now=now)
    due = invoice.amount_due if invoice.state == InvoiceState.ISSUED else 0
    settles = min(payment.amount, due)
    parts = [Part(invoice.pk, settles)] if settles else []
    payment_complete(payment=payment, parts=parts, invoices=[invoice], actor=actor, now=now)
    return Arrived(f"Recorded as {payment.number}.", invoice.profile_id, payment=payment)


def _wait(gateway: PaymentGateway, port: IncomingPayments, paid: ProviderPayment, now: datetime) -> Arrived:
    receipt, is_new = UnmatchedReceipt.objects.get_or_create(
        provider=gateway.name,
        account=gateway.account,
        external_id=paid.external_id,
        defaults={
            "created_at": now,
            "profile_id": port.profile_id,
            "method": METHODS.get(paid.method, PaymentMethod.ONLINE),
            "currency": paid.money.currency,
            "amount": paid.money.amount,
            "reference": paid.reference[:120],
            "payer_name": paid.payer_name[:120],
            "payer_phone": paid.payer_phone[:40],
            "paid_at": min(paid.created_at, now),
        },
    )
    if is_new:
        profile = BusinessProfile.objects.get(pk=port.profile_id)
        words = {"amount": paid.money, "day": local_date(receipt.paid_at, profile.time_zone)}
        notice_to_role(
            roles=("admin", "finance"),
            key=f"receipt-{receipt.pk}",
            tone="warning",
            text=lambda: _("%(amount)s came on %(day)s and names no invoice.") % words,
            url=receipt_page(receipt.pk),
            profile_id=port.profile_id,
        )
    return Arrived("It names no invoice; it waits for a person.", port.profile_id, receipt=receipt)
