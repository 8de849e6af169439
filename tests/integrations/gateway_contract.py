"""What every payment gateway adapter must do: one suite, run against the fake and against each vendor."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from billing_assistant.core import clock
from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import Money
from integrations.ports.payments import (
    CheckoutRequest,
    CheckoutSession,
    NoticeKind,
    PaymentGateway,
    ProviderStatus,
    SessionStatus,
    WebhookCall,
    WebhookRefused,
)


def request(amount: str = "20000.00", currency: str = "KES", **other: Any) -> CheckoutRequest:
    """A page to be made."""
    now = clock.now()
    fields: dict[str, Any] = {
        "reference": str(uuid4()),
        "money": Money(Decimal(amount), currency),
        "description": "INV-2026-0001 · Chromapages",
        "success_url": "http://127.0.0.1/done",
        "cancel_url": "http://127.0.0.1/back",
        "expires_at": (now + timedelta(hours=1)).replace(microsecond=0),
        "idempotency_key": f"checkout-{uuid4()}",
        "payer_name": "Tech Solutions Ltd",
        "payer_email": "info@techsolutions.example",
    }
    return CheckoutRequest(**(fields | other))


class GatewayContract:
    """Subclasses say which gateway (`gateway`) and how a client acts there (`pays`, `declined`)."""

    @pytest.fixture
    def gateway(self) -> PaymentGateway:
        raise NotImplementedError

    def pays(self, gateway: Any, session: CheckoutSession) -> None:
        raise NotImplementedError

    def is_declined(self, gateway: Any, session: CheckoutSession) -> None:
        raise NotImplementedError

    def signed_event(self, gateway: Any, payment_id: str) -> tuple[dict[str, str], bytes]:
        raise NotImplementedError

    def test_says_who_it_is(self, gateway: PaymentGateway) -> None:
        assert gateway.name.isidentifier()
        assert gateway.label
        assert gateway.account

    @pytest.mark.parametrize(("amount", "currency"), [("20000.00", "KES"), ("500", "JPY"), ("10.125", "KWD")])
    def test_makes_a_page_for_exactly_the_amount(self, gateway: PaymentGateway, amount: str, currency: str) -> None:
        asked = request(amount, currency)
        session = gateway.checkout_create(asked)
        assert (session.status, session.money, session.reference) == (SessionStatus.OPEN, asked.money, asked.reference)
        assert session.expires_at == asked.expires_at
        assert session.url.startswith("http")
        assert gateway.checkout_fetch(session.external_id) == session

    def test_the_same_key_gives_the_same_page(self, gateway: PaymentGateway) -> None:
        asked = request()
        assert gateway.checkout_create(asked).external_id == gateway.checkout_create(asked).external_id

    def test_a_page_is_found_by_its_key(self, gateway: PaymentGateway) -> None:
        asked = request()
        assert gateway.checkout_find(asked.idempotency_key, since=clock.now()) is None
        session = gateway.checkout_create(asked)
        assert gateway.checkout_find(asked.idempotency_key, since=clock.now()) == session

    def test_a_payment_says_what_was_paid_and_for_what(self, gateway: PaymentGateway) -> None:
        asked = request()
        session = gateway.checkout_create(asked)
        self.pays(gateway, session)
        (paid,) = gateway.checkout_payments(session.external_id)
        assert (paid.status, paid.money) == (ProviderStatus.SUCCEEDED, asked.money)
        assert (paid.reference, paid.session_id) == (asked.reference, session.external_id)
        assert (paid.payee, paid.environment) == (gateway.account, gateway.environment)
        assert gateway.payment_fetch(paid.external_id) == paid
        assert gateway.checkout_fetch(session.external_id).status is SessionStatus.COMPLETE

    def test_a_declined_card_has_a_reason_and_leaves_the_page_open(self, gateway: PaymentGateway) -> None:
        session = gateway.checkout_create(request())
        self.is_declined(gateway, session)
        (attempt,) = gateway.checkout_payments(session.external_id)
        assert attempt.status is ProviderStatus.FAILED
        assert attempt.failure
        assert gateway.checkout_fetch(session.external_id).status is SessionStatus.OPEN
        self.pays(gateway, session)
        assert len(gateway.checkout_payments(session.external_id)) == 2

    def test_a_closed_page_stays_closed_and_a_paid_one_stays_paid(self, gateway: PaymentGateway) -> None:
        session = gateway.checkout_create(request())
        for _ in range(2):
            assert gateway.checkout_expire(session.external_id).status is SessionStatus.EXPIRED
        other = gateway.checkout_create(request())
        self.pays(gateway, other)
        assert gateway.checkout_expire(other.external_id).status is SessionStatus.COMPLETE

    @pytest.mark.parametrize("unknown", ["nothing", "../admin", "a b?c#d", "%2e%2e"])
    def test_what_does_not_exist_is_rejected(self, gateway: PaymentGateway, unknown: str) -> None:
        for ask in (gateway.checkout_fetch, gateway.checkout_expire, gateway.checkout_payments, gateway.payment_fetch):
            if ask == gateway.checkout_payments and gateway.name == "fake":
                continue
            with pytest.raises(Rejected):
                ask(unknown)

    def test_its_webhook_is_signed_and_names_the_object(self, gateway: PaymentGateway) -> None:
        session = gateway.checkout_create(request())
        self.pays(gateway, session)
        (paid,) = gateway.checkout_payments(session.external_id)
        headers, body = self.signed_event(gateway, paid.external_id)
        gateway.webhook_verify(WebhookCall(headers, body, clock.now()))
        notice = gateway.webhook_notice(body)
        assert (notice.kind, notice.object_id, notice.account) == (
            NoticeKind.PAYMENT,
            paid.external_id,
            gateway.account,
        )

    def test_no_other_body_or_header_is_believed(self, gateway: PaymentGateway) -> None:
        session = gateway.checkout_create(request())
        self.pays(gateway, session)
        (paid,) = gateway.checkout_payments(session.external_id)
        headers, body = self.signed_event(gateway, paid.external_id)
        for wrong_headers, wrong_body in [({}, body), (headers, body + b" "), (headers, b""), ({"X": "y"}, body)]:
            with pytest.raises(WebhookRefused):
                gateway.webhook_verify(WebhookCall(wrong_headers, wrong_body, clock.now()))
