"""Dodo's JSON, read. Amounts are whole smallest units."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from billing_assistant.core.errors import InvalidAmount, Rejected
from billing_assistant.core.money import Money
from integrations.minor_units import from_minor
from integrations.ports.attempts import Decline, ProviderPayment, ProviderStatus
from integrations.ports.disputes import DisputeStatus, ProviderDispute
from integrations.ports.payments import Environment
from integrations.ports.refunds import ProviderRefund, RefundStatus

UNDECIDED: Final = frozenset({None, "requires_customer_action", "requires_payment_method", "requires_confirmation"})
"""What a client may still do something about, or never began: no attempt at a bank."""
_STATES: Final = {
    "succeeded": ProviderStatus.SUCCEEDED,
    "failed": ProviderStatus.FAILED,
    "cancelled": ProviderStatus.FAILED,
}
_HARD: Final = frozenset(
    {"stolen_card", "lost_card", "expired_card", "pickup_card", "invalid_number", "card_not_supported", "fraudulent"}
)
_CLIENT: Final = frozenset({"authentication_required", "authentication_failure", "payment_method_update_required"})
_REFUNDS: Final = {"succeeded": RefundStatus.SUCCEEDED, "failed": RefundStatus.FAILED}
_DISPUTES: Final = {
    "dispute_opened": DisputeStatus.NEEDS_RESPONSE,
    "dispute_challenged": DisputeStatus.UNDER_REVIEW,
    "dispute_won": DisputeStatus.WON,
    "dispute_lost": DisputeStatus.LOST,
    "dispute_accepted": DisputeStatus.LOST,
    "dispute_expired": DisputeStatus.LOST,
    "dispute_cancelled": DisputeStatus.CLOSED,
}
_OURS_AGAIN: Final = frozenset({DisputeStatus.WARNING, DisputeStatus.WON, DisputeStatus.CLOSED})


def payment_of(payment: dict[str, Any], *, environment: Environment) -> ProviderPayment:
    """Raises Rejected for what cannot be read."""
    status = _STATES.get(str(payment.get("status")), ProviderStatus.PROCESSING)
    money = money_of(payment.get("total_amount"), payment.get("currency"))
    back = sum(int(each.get("amount") or 0) for each in payment.get("refunds") or [] if each["status"] == "succeeded")
    if status is ProviderStatus.SUCCEEDED and back >= int(payment["total_amount"]):
        status = ProviderStatus.REFUNDED
    failed, customer = status is ProviderStatus.FAILED, payment.get("customer") or {}
    return ProviderPayment(
        external_id=str(payment["payment_id"]),
        session_id=str(payment.get("checkout_session_id") or ""),
        reference=str(metadata_of(payment).get("reference") or ""),
        status=status,
        money=money,
        payee=str(payment.get("business_id") or ""),
        environment=environment,
        method="card",
        created_at=moment(payment.get("created_at")),
        failure=str(payment.get("error_message") or "The payment was declined.") if failed else "",
        decline=decline_of(str(payment.get("error_code") or "")) if failed else Decline.NONE,
        refunded=from_minor(back, money.currency) if back else None,
        payer_name=str(customer.get("name") or "")[:120],
        subscription_id=str(payment.get("subscription_id") or ""),
    )


def decline_of(code: str) -> Decline:
    """What a refusal means for the next try."""
    word = code.lower()
    if word in _HARD:
        return Decline.HARD
    return Decline.CLIENT if word in _CLIENT else Decline.SOFT


def refund_of(refund: dict[str, Any]) -> ProviderRefund:
    status = _REFUNDS.get(str(refund.get("status")), RefundStatus.PENDING)
    return ProviderRefund(
        external_id=str(refund["refund_id"]),
        payment_id=str(refund["payment_id"]),
        reference=str(metadata_of(refund).get("reference") or ""),
        status=status,
        money=money_of(refund.get("amount"), refund.get("currency")),
        created_at=moment(refund.get("created_at")),
        failure="Dodo Payments could not send it." if status is RefundStatus.FAILED else "",
    )


def dispute_of(dispute: dict[str, Any]) -> ProviderDispute:
    """The amount comes as a text: in smallest units, or with a point where it is in whole ones."""
    stage, text = str(dispute.get("dispute_stage")), str(dispute.get("amount"))
    status = _DISPUTES.get(str(dispute.get("dispute_status")), DisputeStatus.UNDER_REVIEW)
    if stage == "pre_dispute" and status is DisputeStatus.NEEDS_RESPONSE:
        status = DisputeStatus.WARNING
    currency = str(dispute.get("currency") or "")
    money = Money(Decimal(text), currency) if "." in text else money_of(int(text), currency)
    return ProviderDispute(
        external_id=str(dispute["dispute_id"]),
        payment_id=str(dispute["payment_id"]),
        status=status,
        money=money,
        reason=str(dispute.get("reason") or dispute.get("remarks") or ""),
        created_at=moment(dispute.get("created_at")),
        withdrawn=status not in _OURS_AGAIN,
    )


def metadata_of(thing: dict[str, Any]) -> dict[str, Any]:
    """What we wrote on it."""
    found = thing.get("metadata")
    return found if isinstance(found, dict) else {}


def money_of(units: Any, currency: Any) -> Money:
    """Raises Rejected for what is no amount."""
    try:
        return from_minor(units, str(currency))
    except InvalidAmount as error:
        raise Rejected("Dodo Payments told an amount that cannot be read.") from error


def moment(text: Any) -> datetime:
    """Raises Rejected."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError as error:
        raise Rejected("Dodo Payments told a time that cannot be read.") from error
