"""The provider's side: the JSON of its API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from integrations.demo_gateway.cards import failure_text
from integrations.demo_gateway.provider import SessionInput
from integrations.minor_units import from_minor
from integrations.models import DemoPayment, DemoPaymentStatus, DemoSession


def session_json(session: DemoSession) -> dict[str, Any]:
    """A session as the API shows it."""
    return {
        "object": "session",
        "id": session.pk,
        "account": session.account,
        "livemode": False,
        "status": session.status,
        "reference": session.reference,
        "amount": session.amount,
        "currency": session.currency,
        "expires_at": int(session.expires_at.timestamp()),
        "url": settings.PUBLIC_BASE_URL + reverse("demo_gateway:page", args=[session.pk]),
    }


def payment_json(payment: DemoPayment) -> dict[str, Any]:
    """An attempt to pay as the API shows it."""
    failed = payment.status == DemoPaymentStatus.FAILED
    return {
        "object": "payment",
        "id": payment.pk,
        "session": payment.session_id,
        "account": payment.session.account,
        "livemode": False,
        "status": payment.status,
        "reference": payment.session.reference,
        "amount": payment.amount,
        "currency": payment.currency,
        "method": "card",
        "card_last4": payment.card_last4,
        "failure_code": payment.failure_code if failed else "",
        "failure_message": _message(payment.failure_code) if failed else "",
        "created": int(payment.created_at.timestamp()),
    }


def _message(code: str) -> str:
    """Why it failed, in English whoever asks: who keeps it translates it when it is shown."""
    with override("en"):
        return failure_text(code)


def session_input(body: Mapping[str, Any]) -> SessionInput:
    """A merchant's request. Raises KeyError, TypeError, ValueError for one that cannot be read."""
    amount = body["amount"]
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise ValueError("amount: a whole number of minor units above zero")
    for name in ("success_url", "cancel_url"):
        if not str(body[name]).startswith(("https://", "http://")):
            raise ValueError(f"{name}: an address")
    from_minor(amount, str(body["currency"]))
    return SessionInput(
        reference=str(body["reference"])[:80],
        amount=amount,
        currency=str(body["currency"]),
        success_url=str(body["success_url"])[:500],
        cancel_url=str(body["cancel_url"])[:500],
        expires_at=datetime.fromtimestamp(int(body["expires_at"]), tz=UTC),
        description=str(body.get("description", ""))[:200],
        payer_name=str(body.get("payer_name", ""))[:160],
        payer_email=str(body.get("payer_email", ""))[:254],
    )
