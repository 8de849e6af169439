"""Refunds that the gateway tells of: of ours what became of them, and those that were made on its own pages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import DomainError
from billing_assistant.ledger.kinds import AccountKind
from integrations.ports.payments import PaymentGateway, ProviderPayment, refunds_of
from integrations.ports.refunds import ProviderRefund, RefundStatus
from invoices.services.lock_date import first_open_day
from payments.models import Payment, Refund
from payments.services.giving_back import payment_hold
from payments.services.provider import Doubtful
from payments.services.refund import refund_drawn, refund_write
from payments.services.refund_gateway import FIRST_QUESTION, refund_noted
from payments.states import RefundState

REASON = "Refunded at the gateway"


def refunds_take(*, gateway: PaymentGateway, paid: ProviderPayment, payment: Payment, now: datetime) -> list[Refund]:
    """Records every refund of a received payment as the gateway has them; gives those. Called in no transaction.

    A gateway that cannot list refunds says that all of it went back. Safe to repeat. Raises Doubtful.
    """
    require_no_transaction()
    if gateway.capabilities.refunds:
        found = list(refunds_of(gateway).payment_refunds(paid.external_id))
    else:
        whole = ProviderRefund(paid.external_id, paid.external_id, "", RefundStatus.SUCCEEDED, paid.money, now)
        found = [whole]
    return [made for each in found if (made := refund_take(payment=payment, found=each, now=now)) is not None]


def refund_take(*, payment: Payment, found: ProviderRefund, now: datetime) -> Refund | None:
    """Records one refund of a payment; None for one that failed and that we never knew. Safe to repeat.

    Raises Doubtful when it cannot be a refund of this payment: a person looks at it.
    """
    known = _known(payment, found)
    if known is not None:
        return refund_noted(refund_id=known.pk, found=found, now=now)
    if found.status is RefundStatus.FAILED:
        return None
    if found.money.currency != payment.currency:
        raise Doubtful(f"It refunds {found.money} of a payment in {payment.currency}.", profile_id=payment.profile_id)
    try:
        return _write(payment, found, now)
    except IntegrityError:
        known = _known(payment, found)
        if known is None:
            raise
        return known
    except DomainError as error:
        reason = f"{found.money} of {payment.number} was refunded at the gateway: {error.message}"
        raise Doubtful(reason, profile_id=payment.profile_id) from error


@transaction.atomic
def _write(payment: Payment, found: ProviderRefund, now: datetime) -> Refund:
    actor = Actor.system(payment.provider)
    held = payment_hold(payment.pk, actor)
    refund = refund_drawn(held.payment, amount=found.money.amount, reason=REASON, actor=actor, now=now)
    refund.provider, refund.account, refund.external_id = payment.provider, payment.account, found.external_id
    day = max(local_date(min(found.created_at, now), held.payment.profile.time_zone), held.payment.received_on)
    last = max((row.allocated_on for row in held.payment.allocations.all()), default=day)
    refund.refunded_on = first_open_day(profile_id=payment.profile_id, day=max(day, last))
    gone, event, way = found.status is RefundStatus.SUCCEEDED, "refund.begun", AccountKind.REFUNDS_ON_WAY
    refund.status = RefundState.SUCCEEDED if gone else RefundState.PENDING
    if gone:
        event, way = "refund.made", AccountKind.GATEWAY_CLEARING
    else:
        refund.ask_at = now + FIRST_QUESTION
    return refund_write(refund, held, given_to=way, event=event, actor=actor, now=now)


def _known(payment: Payment, found: ProviderRefund) -> Refund | None:
    rows = Refund.objects.filter(payment=payment)
    ours = rows.filter(external_id=found.external_id).first()
    if ours is not None or not found.reference:
        return ours
    try:
        return rows.filter(pk=UUID(found.reference)).first()
    except ValueError:
        return None
