"""Stripe's objects in our words. What cannot be read is Unavailable: it is asked for again, and nothing is guessed."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Any, Final

from billing_assistant.core.money import Money
from integrations.ports.attempts import Decline, ProviderPayment, ProviderStatus
from integrations.ports.capabilities import Environment
from integrations.ports.checkouts import CheckoutSession, SessionStatus
from integrations.ports.disputes import DisputeStatus, ProviderDispute
from integrations.ports.payment_links import PaymentLink
from integrations.ports.payouts import BalanceEntry, EntryKind, PayoutStatus, ProviderPayout
from integrations.ports.refunds import ProviderRefund, RefundStatus
from integrations.ports.saved_methods import SavedMethod, SetupSession
from integrations.stripe.declines import decline_of
from integrations.stripe.money import from_units
from integrations.stripe.reading import readable

METHODS: Final = {"us_bank_account": "bank_transfer", "sepa_debit": "bank_transfer", "acss_debit": "bank_transfer"}
_CHARGES: Final = {
    "pending": ProviderStatus.PROCESSING,
    "succeeded": ProviderStatus.SUCCEEDED,
    "failed": ProviderStatus.FAILED,
}
_REFUNDS: Final = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
_DISPUTES: Final = {
    "warning_needs_response": DisputeStatus.WARNING,
    "warning_under_review": DisputeStatus.WARNING,
    "warning_closed": DisputeStatus.CLOSED,
    "prevented": DisputeStatus.CLOSED,
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "appeal_needs_response": DisputeStatus.NEEDS_RESPONSE,
    "appeal_under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}
_WITHDRAWN: Final = frozenset({DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW, DisputeStatus.LOST})
_ENTRIES: Final = {
    "charge": EntryKind.PAYMENT,
    "payment": EntryKind.PAYMENT,
    "refund": EntryKind.REFUND,
    "payment_refund": EntryKind.REFUND,
    "payment_failure_refund": EntryKind.REFUND,
    "refund_failure": EntryKind.REFUND,
    "stripe_fee": EntryKind.FEE,
    "stripe_fx_fee": EntryKind.FEE,
    "tax_fee": EntryKind.FEE,
    "payout": EntryKind.PAYOUT,
    "payout_cancel": EntryKind.PAYOUT,
    "payout_failure": EntryKind.PAYOUT,
}
_PAYOUTS: Final = {
    "paid": PayoutStatus.PAID,
    "pending": PayoutStatus.PENDING,
    "in_transit": PayoutStatus.PENDING,
    "canceled": PayoutStatus.FAILED,
    "failed": PayoutStatus.FAILED,
}


@readable
def session_of(body: dict[str, Any]) -> CheckoutSession:
    """A hosted page for a payment."""
    return CheckoutSession(
        external_id=text(body["id"]),
        url=body["url"] or "",
        status=SessionStatus(body["status"]),
        reference=text(body["client_reference_id"]),
        money=from_units(body["amount_total"], body["currency"]),
        expires_at=moment(body["expires_at"]),
    )


@readable
def link_of(body: dict[str, Any]) -> PaymentLink:
    """A payment link."""
    return PaymentLink(
        external_id=text(body["id"]),
        url=text(body["url"]),
        status=SessionStatus.OPEN if body["active"] else SessionStatus.EXPIRED,
        reference=text(body["metadata"]["reference"]),
    )


@readable
def payment_of(charge: dict[str, Any], *, session_id: str, reference: str, account: str) -> ProviderPayment:
    """A charge: one attempt. Money that goes on to another account has that one as its payee."""
    status = _CHARGES[charge["status"]]
    money = from_units(charge["amount"], charge["currency"])
    refunded = from_units(charge["amount_refunded"], charge["currency"])
    if charge["refunded"]:
        status = ProviderStatus.REFUNDED
    failed = status is ProviderStatus.FAILED
    kind = (charge["payment_method_details"] or {}).get("type", "card")
    return ProviderPayment(
        external_id=text(charge["id"]),
        session_id=session_id,
        reference=reference,
        status=status,
        money=money,
        payee=_payee(charge) or account,
        environment=environment_of(charge),
        method=METHODS.get(kind, kind),
        created_at=moment(charge["created"]),
        failure=str(charge["failure_message"] or "The payment failed.") if failed else "",
        decline=decline_of(_reason(charge)) if failed else Decline.NONE,
        refunded=refunded if refunded.amount else None,
    )


@readable
def attempt_of(intent: dict[str, Any], *, session_id: str, account: str) -> ProviderPayment:
    """A payment intent without a charge: nothing was tried at a bank, so no money can come of it yet."""
    error = intent["last_payment_error"] or {}
    ended = intent["status"] in {"canceled", "requires_payment_method", "requires_action", "requires_confirmation"}
    code = str(error.get("decline_code") or error.get("code") or "")
    asks = intent["status"] == "requires_action"
    return ProviderPayment(
        external_id=text(intent["id"]),
        session_id=session_id,
        reference=str((intent["metadata"] or {}).get("reference", "")),
        status=ProviderStatus.FAILED if ended else ProviderStatus.PROCESSING,
        money=from_units(intent["amount"], intent["currency"]),
        payee=_payee(intent) or account,
        environment=environment_of(intent),
        method="card",
        created_at=moment(intent["created"]),
        failure=str(error.get("message") or "The payment was not completed.") if ended else "",
        decline=Decline.CLIENT if asks else (decline_of(code) if ended else Decline.NONE),
    )


@readable
def setup_of(body: dict[str, Any]) -> SetupSession:
    """A hosted page for saving a method; `setup_intent.payment_method` is expanded."""
    intent = body["setup_intent"] if isinstance(body["setup_intent"], dict) else {}
    saved = intent.get("payment_method") if intent.get("status") == "succeeded" else None
    return SetupSession(
        external_id=text(body["id"]),
        url=body["url"] or "",
        status=SessionStatus(body["status"]),
        reference=text(body["client_reference_id"]),
        expires_at=moment(body["expires_at"]),
        method=_method_of(saved, payer_token=text(body["customer"])) if isinstance(saved, dict) else None,
    )


@readable
def refund_of(body: dict[str, Any]) -> ProviderRefund:
    """A refund. `payment_id` is the charge's."""
    status = _REFUNDS[body["status"]]
    return ProviderRefund(
        external_id=text(body["id"]),
        payment_id=text(body["charge"]),
        reference=str((body["metadata"] or {}).get("reference", "")),
        status=status,
        money=from_units(body["amount"], body["currency"]),
        created_at=moment(body["created"]),
        failure=str(body.get("failure_reason") or "It failed.") if status is RefundStatus.FAILED else "",
    )


@readable
def dispute_of(body: dict[str, Any]) -> ProviderDispute:
    """A dispute. An unknown status counts as one that needs somebody."""
    status = _DISPUTES.get(body["status"], DisputeStatus.NEEDS_RESPONSE)
    due = (body["evidence_details"] or {}).get("due_by")
    return ProviderDispute(
        external_id=text(body["id"]),
        payment_id=text(body["charge"]),
        status=status,
        money=from_units(body["amount"], body["currency"]),
        reason=str(body["reason"]),
        created_at=moment(body["created"]),
        withdrawn=status in _WITHDRAWN,
        respond_by=moment(due) if due else None,
        fee=_dispute_fee(body),
    )


def _dispute_fee(body: dict[str, Any]) -> Money | None:
    """What its movements of the balance cost; None without any, or where the balance is in another currency."""
    moved = body["balance_transactions"] or []
    if not moved or any(one["currency"] != body["currency"] for one in moved):
        return None
    return from_units(sum(one["fee"] for one in moved), body["currency"])


@readable
def entry_of(body: dict[str, Any]) -> BalanceEntry:
    """A movement of the balance, in the currency of the balance."""
    currency = body["currency"]
    source = body["source"] or ""
    about_dispute = body["type"] == "adjustment" and source.startswith(("dp_", "du_"))
    return BalanceEntry(
        external_id=text(body["id"]),
        kind=EntryKind.DISPUTE if about_dispute else _ENTRIES.get(body["type"], EntryKind.OTHER),
        object_id=source,
        gross=from_units(body["amount"], currency),
        fee=from_units(body["fee"], currency),
        net=from_units(body["net"], currency),
        created_at=moment(body["created"]),
    )


@readable
def payout_of(body: dict[str, Any]) -> ProviderPayout:
    """A payout to our bank."""
    return ProviderPayout(
        external_id=text(body["id"]),
        status=_PAYOUTS[body["status"]],
        money=from_units(body["amount"], body["currency"]),
        created_at=moment(body["created"]),
        arrives_on=moment(body["arrival_date"]).date(),
    )


def environment_of(body: dict[str, Any]) -> Environment:
    """Whether an object is real money. Raises KeyError, ValueError."""
    if not isinstance(body["livemode"], bool):
        raise ValueError("livemode is missing")  # noqa: TRY004
    return Environment.LIVE if body["livemode"] else Environment.TEST


def text(value: Any) -> str:
    """A word that must be there. Raises ValueError."""
    if not isinstance(value, str) or not value:
        raise ValueError("a word is missing")
    return value


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _payee(body: dict[str, Any]) -> str:
    destination = (body.get("transfer_data") or {}).get("destination")
    if isinstance(destination, dict):
        destination = destination.get("id")
    return str(destination or body.get("on_behalf_of") or "")


def _reason(charge: dict[str, Any]) -> str:
    outcome = charge["outcome"] or {}
    return str(outcome.get("reason") or charge["failure_code"] or "")


def _method_of(body: dict[str, Any], *, payer_token: str) -> SavedMethod:
    kind = text(body["type"])
    about = body.get(kind) or {}
    name = about.get("brand") or about.get("bank_name") or about.get("bank_code") or kind.replace("_", " ")
    end = f" •••• {about['last4']}" if about.get("last4") else ""
    return SavedMethod(
        token=text(body["id"]),
        payer_token=payer_token,
        kind=METHODS.get(kind, kind),
        label=f"{str(name).title()}{end}",
        expires_on=_last_day(about),
    )


def _last_day(card: dict[str, Any]) -> date | None:
    if not card.get("exp_year"):
        return None
    year, month = int(card["exp_year"]), int(card["exp_month"])
    return date(year, month, monthrange(year, month)[1])
