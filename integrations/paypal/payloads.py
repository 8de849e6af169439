"""PayPal's JSON, made and read. Amounts are texts with as many decimals as the currency has."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from billing_assistant.core.currencies import exponent
from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import Money
from integrations.ports.attempts import Decline, ProviderPayment, ProviderStatus
from integrations.ports.checkouts import CheckoutRequest, CheckoutSession, SessionStatus
from integrations.ports.disputes import DisputeStatus, ProviderDispute
from integrations.ports.payments import Environment
from integrations.ports.payouts import summed
from integrations.ports.refunds import ProviderRefund, RefundStatus

WITHOUT_CENTS: Final = frozenset({"HUF", "JPY", "TWD"})
CURRENCIES: Final = frozenset(
    {
        *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"),
        *("JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"),
    }
)
LONGEST: Final = 127
_CAPTURES: Final = {
    "COMPLETED": ProviderStatus.SUCCEEDED,
    "PARTIALLY_REFUNDED": ProviderStatus.SUCCEEDED,
    "REFUNDED": ProviderStatus.REFUNDED,
    "PENDING": ProviderStatus.PROCESSING,
    "DECLINED": ProviderStatus.FAILED,
    "FAILED": ProviderStatus.FAILED,
}
_REFUNDS: Final = {
    "COMPLETED": RefundStatus.SUCCEEDED,
    "PENDING": RefundStatus.PENDING,
    "FAILED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.FAILED,
}
_LOST: Final = frozenset({"RESOLVED_BUYER_FAVOUR", "RESOLVED_WITH_PAYOUT", "ACCEPTED"})


def amount_json(money: Money) -> dict[str, str]:
    """Raises Rejected for a currency or for cents that PayPal does not take."""
    places = 0 if money.currency in WITHOUT_CENTS else exponent(money.currency)
    text = money.amount.quantize(Decimal(1).scaleb(-places))
    if money.currency not in CURRENCIES or text != money.amount:
        raise Rejected(f"PayPal does not take {money}.")
    return {"currency_code": money.currency, "value": str(text)}


def money_of(told: Any) -> Money:
    """Raises Rejected for what is no amount."""
    try:
        currency = str(told["currency_code"])
        return Money(Decimal(told["value"]).quantize(Decimal(1).scaleb(-exponent(currency))), currency)
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise Rejected("PayPal told an amount that cannot be read.") from error


def order_json(request: CheckoutRequest, merchant_id: str) -> dict[str, Any]:
    """An order to be approved. `invoice_id` is unique at PayPal, which guards against a second order of a checkout."""
    unit = {
        "reference_id": "default",
        "amount": amount_json(request.money),
        "payee": {"merchant_id": merchant_id},
        "custom_id": f"{request.reference}.{int(request.expires_at.timestamp())}",
        "invoice_id": request.reference,
        "description": request.description[:LONGEST],
    }
    context = {
        "return_url": request.success_url,
        "cancel_url": request.cancel_url,
        "user_action": "PAY_NOW",
        "shipping_preference": "NO_SHIPPING",
    }
    return {"intent": "CAPTURE", "purchase_units": [unit], "application_context": context}


def unit_of(order: dict[str, Any], merchant_id: str) -> dict[str, Any]:
    """The one purchase of an order of ours. Raises Rejected when the payee is somebody else."""
    units = order.get("purchase_units")
    if not isinstance(units, list) or len(units) != 1:
        raise Rejected("This is not an order of ours.")
    unit: dict[str, Any] = units[0]
    if (unit.get("payee") or {}).get("merchant_id") != merchant_id:
        raise Rejected("The order pays somebody else.")
    return unit


def session_of(order: dict[str, Any], merchant_id: str) -> CheckoutSession:
    """An order as a hosted page."""
    unit = unit_of(order, merchant_id)
    reference, expires = _custom(unit)
    status = SessionStatus.COMPLETE if order.get("status") == "COMPLETED" else SessionStatus.OPEN
    if order.get("status") == "VOIDED":
        status = SessionStatus.EXPIRED
    links = {link.get("rel"): link.get("href", "") for link in order.get("links", [])}
    return CheckoutSession(
        external_id=str(order["id"]),
        url=links.get("payer-action") or links.get("approve") or "",
        status=status,
        reference=reference,
        money=money_of(unit.get("amount")),
        expires_at=expires,
    )


def captures_of(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """What was captured of a purchase, the oldest first."""
    found = (unit.get("payments") or {}).get("captures") or []
    return sorted(found, key=lambda capture: str(capture.get("create_time", "")))


def payment_of(
    capture: dict[str, Any], order: dict[str, Any], *, merchant_id: str, environment: Environment
) -> ProviderPayment:
    """A capture as one attempt to pay, of an order that was read again."""
    unit = unit_of(order, merchant_id)
    status = _CAPTURES.get(str(capture.get("status")), ProviderStatus.PROCESSING)
    reason = str((capture.get("status_details") or {}).get("reason") or "").replace("_", " ").lower()
    failed = status is ProviderStatus.FAILED
    payer = (order.get("payer") or {}).get("name") or {}
    refunded = refunded_of(unit, str(capture["id"]))
    return ProviderPayment(
        external_id=str(capture["id"]),
        session_id=str(order["id"]),
        reference=_custom(unit)[0],
        status=status,
        money=money_of(capture.get("amount")),
        payee=str(unit["payee"]["merchant_id"]),
        environment=environment,
        method="paypal",
        created_at=moment(capture.get("create_time")),
        failure=(f"PayPal declined it: {reason}." if reason else "PayPal declined it.") if failed else "",
        decline=Decline.CLIENT if failed else Decline.NONE,
        refunded=refunded[0] if refunded else None,
        payer_name=f"{payer.get('given_name', '')} {payer.get('surname', '')}".strip()[:120],
    )


def refunded_of(unit: dict[str, Any], capture_id: str) -> list[Money]:
    """What went back of a capture, by currency; nothing where nothing did."""
    refunds = (unit.get("payments") or {}).get("refunds") or []
    gone = (each for each in refunds if captured_by(each) == capture_id and each.get("status") == "COMPLETED")
    return list(summed(money_of(each.get("amount")) for each in gone))


def refund_of(refund: dict[str, Any], payment_id: str) -> ProviderRefund:
    status = _REFUNDS.get(str(refund.get("status")), RefundStatus.PENDING)
    reason = str((refund.get("status_details") or {}).get("reason") or "")
    return ProviderRefund(
        external_id=str(refund["id"]),
        payment_id=payment_id,
        reference=str(refund.get("custom_id") or ""),
        status=status,
        money=money_of(refund.get("amount")),
        created_at=moment(refund.get("create_time")),
        failure=f"PayPal: {reason or 'it failed'}." if status is RefundStatus.FAILED else "",
    )


def captured_by(refund: dict[str, Any]) -> str:
    """The capture that a refund belongs to, from its link upward."""
    up = next((link.get("href", "") for link in refund.get("links", []) if link.get("rel") == "up"), "")
    return str(up).rstrip("/").rsplit("/", 1)[-1]


def dispute_of(dispute: dict[str, Any]) -> ProviderDispute:
    transactions = dispute.get("disputed_transactions") or [{}]
    status = _dispute_status(dispute)
    due = dispute.get("seller_response_due_date")
    return ProviderDispute(
        external_id=str(dispute["dispute_id"]),
        payment_id=str(transactions[0].get("seller_transaction_id") or ""),
        status=status,
        money=money_of(dispute.get("dispute_amount")),
        reason=str(dispute.get("reason") or "").replace("_", " ").lower(),
        created_at=moment(dispute.get("create_time")),
        withdrawn=status not in {DisputeStatus.WARNING, DisputeStatus.WON, DisputeStatus.CLOSED},
        respond_by=moment(due) if due else None,
    )


def moment(text: Any) -> datetime:
    """A moment of PayPal's, in UTC. Raises Rejected."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError as error:
        raise Rejected("PayPal told a time that cannot be read.") from error


def _dispute_status(dispute: dict[str, Any]) -> DisputeStatus:
    status = str(dispute.get("status"))
    if status == "RESOLVED":
        outcome = str((dispute.get("dispute_outcome") or {}).get("outcome_code"))
        if outcome == "RESOLVED_SELLER_FAVOUR":
            return DisputeStatus.WON
        return DisputeStatus.LOST if outcome in _LOST else DisputeStatus.CLOSED
    if dispute.get("dispute_life_cycle_stage") == "INQUIRY":
        return DisputeStatus.WARNING
    return DisputeStatus.NEEDS_RESPONSE if "SELLER" in status else DisputeStatus.UNDER_REVIEW


def _custom(unit: dict[str, Any]) -> tuple[str, datetime]:
    reference, _dot, seconds = str(unit.get("custom_id") or "").partition(".")
    if not seconds.isdigit() or unit.get("invoice_id") not in {None, reference}:
        raise Rejected("The order carries a reference that is not ours.")
    return reference, datetime.fromtimestamp(int(seconds), tz=UTC)
