"""The fake gateway, with refunds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from billing_assistant.core import clock
from billing_assistant.core.errors import Rejected
from integrations.ports.refunds import ProviderRefund, RefundRequest, RefundStatus
from tests.fakes.gateway import FakeGateway


class RefundingGateway(FakeGateway):
    """`answers` is the state in which a new refund is."""

    capabilities = replace(FakeGateway.capabilities, refunds=True, partial_refunds=True)

    def __init__(self) -> None:
        super().__init__()
        self.given_back: dict[str, ProviderRefund] = {}
        self.refund_keys: dict[str, str] = {}
        self.answers = RefundStatus.SUCCEEDED

    def refund_create(self, request: RefundRequest) -> ProviderRefund:
        self._begin("refund_create")
        if request.idempotency_key not in self.refund_keys:
            made = self.staff_refunds(request.payment_id, money=request.money, reference=request.reference)
            self.refund_keys[request.idempotency_key] = made.external_id
        self._end()
        return self.given_back[self.refund_keys[request.idempotency_key]]

    def refund_find(self, request: RefundRequest, *, since: datetime) -> ProviderRefund | None:
        self._begin("refund_find")
        known = self.refund_keys.get(request.idempotency_key)
        return self.given_back[known] if known else None

    def refund_fetch(self, external_id: str) -> ProviderRefund:
        self._begin("refund_fetch")
        if external_id not in self.given_back:
            raise Rejected("The service answered 404.", status=404)
        return self.given_back[external_id]

    def payment_refunds(self, payment_id: str) -> Sequence[ProviderRefund]:
        self._begin("payment_refunds")
        return [each for each in self.given_back.values() if each.payment_id == payment_id]

    # What happens on the other side.

    def staff_refunds(self, payment_id: str, *, money: Any, reference: str = "", **other: Any) -> ProviderRefund:
        """Somebody gives money back on the gateway's own pages."""
        external_id = f"re_{next(self._numbers)}"
        made = ProviderRefund(external_id, payment_id, reference, self.answers, money, clock.now())
        self.given_back[external_id] = replace(made, **other)
        return self.given_back[external_id]

    def refund_becomes(self, external_id: str, status: RefundStatus, failure: str = "") -> None:
        """A refund moves on at the gateway."""
        self.given_back[external_id] = replace(self.given_back[external_id], status=status, failure=failure)
