"""Our side: our requests in the demo gateway's JSON, and its answers in our words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from billing_assistant.core.errors import DomainError, Unavailable
from integrations.minor_units import from_minor, to_minor
from integrations.ports.payments import (
    CheckoutRequest,
    CheckoutSession,
    Environment,
    ProviderPayment,
    ProviderStatus,
    SessionStatus,
)


def request_body(request: CheckoutRequest) -> dict[str, Any]:
    """Our request as the API wants it."""
    return {
        "reference": request.reference,
        "amount": to_minor(request.money),
        "currency": request.money.currency,
        "description": request.description,
        "payer_name": request.payer_name,
        "payer_email": request.payer_email,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": int(request.expires_at.timestamp()),
    }


def session_of(body: Any) -> CheckoutSession:
    """A session that the API answered. Raises Unavailable when it cannot be read."""
    try:
        return CheckoutSession(
            external_id=_text(body["id"]),
            url=_text(body["url"]),
            status=SessionStatus(body["status"]),
            reference=_text(body["reference"]),
            money=from_minor(body["amount"], body["currency"]),
            expires_at=datetime.fromtimestamp(body["expires_at"], tz=UTC),
        )
    except (KeyError, TypeError, ValueError, DomainError) as error:
        raise Unavailable("The gateway's answer could not be read.") from error


def payment_of(body: Any) -> ProviderPayment:
    """An attempt that the API answered. Raises Unavailable when it cannot be read."""
    try:
        return ProviderPayment(
            external_id=_text(body["id"]),
            session_id=_text(body["session"]),
            reference=_text(body["reference"]),
            status=ProviderStatus(body["status"]),
            money=from_minor(body["amount"], body["currency"]),
            payee=_text(body["account"]),
            environment=Environment.LIVE if body["livemode"] else Environment.TEST,
            method=_text(body["method"]),
            created_at=datetime.fromtimestamp(body["created"], tz=UTC),
            failure=str(body.get("failure_message", "")),
        )
    except (KeyError, TypeError, ValueError, DomainError) as error:
        raise Unavailable("The gateway's answer could not be read.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a word is missing")
    return value
