"""Disputes that a gateway tells of: opened once, and moved as they move there."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import IntegrityError

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.errors import Conflict, DomainError
from billing_assistant.core.money import ZERO
from integrations.ports.disputes import DisputeStatus, ProviderDispute
from payments.models import Dispute, Payment
from payments.services.dispute import DisputeInput, dispute_lose, dispute_open, dispute_review, dispute_win
from payments.services.dispute_fee import dispute_fee_set
from payments.services.provider import Doubtful
from payments.states import DisputeState

STEPS: Final = {
    DisputeStatus.UNDER_REVIEW: (DisputeState.UNDER_REVIEW, dispute_review),
    DisputeStatus.LOST: (DisputeState.LOST, dispute_lose),
    DisputeStatus.WON: (DisputeState.WON, dispute_win),
}


def dispute_take(*, payment: Payment, found: ProviderDispute, now: datetime) -> Dispute | None:
    """Records a dispute as the gateway has it. Safe to repeat and in any order.

    None for one over which no money moves: an inquiry of the bank, or one that was withdrawn before we heard of it.
    Raises Doubtful when it cannot be about this payment.
    """
    actor = Actor.system(payment.provider)
    dispute = _known(payment, found)
    try:
        if dispute is None:
            if not found.withdrawn and found.status is not DisputeStatus.LOST:
                return None
            dispute = _open(payment, found, actor, now)
        if found.status is DisputeStatus.CLOSED and not found.withdrawn:
            wanted = STEPS[DisputeStatus.WON]
        else:
            wanted = STEPS.get(found.status, (DisputeState(dispute.status), dispute_review))
        state, step = wanted
        if dispute.status != state and not _is_behind(dispute, state):
            dispute = step(dispute_id=dispute.pk, actor=actor, now=now)
        dispute = _charged(dispute, found, actor, now)
    except DomainError as error:
        reason = f"{found.money} of {payment.number} is disputed at the gateway: {error.message}"
        raise Doubtful(reason, profile_id=payment.profile_id) from error
    return dispute


def _open(payment: Payment, found: ProviderDispute, actor: Actor, now: datetime) -> Dispute:
    if found.money.currency != payment.currency:
        raise Doubtful(f"It disputes {found.money} of a payment in {payment.currency}.", profile_id=payment.profile_id)
    zone = payment.profile.time_zone
    wanted = DisputeInput(
        amount=found.money.amount,
        reason=found.reason or "Disputed at the gateway",
        evidence_until=local_date(found.respond_by, zone) if found.respond_by else None,
        external_id=found.external_id,
        fee=_fee(found) or ZERO,
    )
    try:
        return dispute_open(payment_id=payment.pk, wanted=wanted, actor=actor, now=now)
    except IntegrityError:
        known = _known(payment, found)
        if known is None:
            raise
        return known


def _fee(found: ProviderDispute) -> Decimal | None:
    """What the gateway says that it took; never less than nothing."""
    if found.fee is None or found.fee.currency != found.money.currency:
        return None
    return max(found.fee.amount, ZERO)


def _charged(dispute: Dispute, found: ProviderDispute, actor: Actor, now: datetime) -> Dispute:
    """The fee as the gateway has it; a line of a statement that says what was taken counts before."""
    fee = _fee(found)
    if fee is None:
        return dispute
    try:
        return dispute_fee_set(dispute_id=dispute.pk, fee=fee, actor=actor, now=now)
    except Conflict:
        return dispute


def _is_behind(dispute: Dispute, state: DisputeState) -> bool:
    """Whether the gateway's word is older than what is known: decided is decided."""
    return dispute.status in {DisputeState.WON, DisputeState.LOST} and state is DisputeState.UNDER_REVIEW


def _known(payment: Payment, found: ProviderDispute) -> Dispute | None:
    return Dispute.objects.filter(
        provider=payment.provider, account=payment.account, external_id=found.external_id
    ).first()
