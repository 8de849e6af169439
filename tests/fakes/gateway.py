"""A payment gateway in memory that can be told to fail before, or after, it did what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from billing_assistant.core import clock, exact_json
from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import Money
from integrations import webhook_signatures
from integrations.ports.attempts import Decline
from integrations.ports.payments import (
    Capabilities,
    Checked,
    CheckoutRequest,
    CheckoutSession,
    Environment,
    NoticeKind,
    ProviderPayment,
    ProviderStatus,
    SessionStatus,
    WebhookCall,
    WebhookNotice,
)
from integrations.ports.refunds import ProviderRefund, RefundRequest, RefundStatus
from integrations.ports.saved_methods import ChargeRequest, MethodGone, SavedMethod, SetupRequest, SetupSession

SECRET = "whsec_of_the_fake"


class FakeGateway:
    """`fail_before` and `fail_after` are raised by the next call; the latter after its effect."""

    name = "fake"
    label = "Fake gateway"
    account = "acct_fake"
    environment = Environment.TEST
    capabilities = Capabilities(
        find_by_key=True,
        expire=True,
        saved_methods=True,
        refunds=True,
        partial_refunds=True,
        shortest_life=timedelta(minutes=1),
    )

    def __init__(self) -> None:
        self.sessions: dict[str, CheckoutSession] = {}
        self.keys: dict[str, tuple[str, CheckoutRequest]] = {}
        self.payments: dict[str, ProviderPayment] = {}
        self.setups: dict[str, SetupSession] = {}
        self.charges: dict[str, str] = {}
        self.methods: dict[str, Decline] = {}
        self.given_back: dict[str, ProviderRefund] = {}
        self.refund_keys: dict[str, str] = {}
        self.refunds_begin = RefundStatus.SUCCEEDED
        self.calls: list[str] = []
        self.fail_before: Exception | None = None
        self.fail_after: Exception | None = None
        self._numbers = count(1)

    # The port.

    def check(self) -> Checked:
        self._begin("check")
        return Checked(self.account, self.label, self.environment)

    def checkout_create(self, request: CheckoutRequest) -> CheckoutSession:
        self._begin("checkout_create")
        known = self.keys.get(request.idempotency_key)
        if known is None:
            external_id = f"cs_{next(self._numbers)}"
            self.keys[request.idempotency_key] = (external_id, request)
            self.sessions[external_id] = CheckoutSession(
                external_id=external_id,
                url=f"https://fake.example/{external_id}",
                status=SessionStatus.OPEN,
                reference=request.reference,
                money=request.money,
                expires_at=request.expires_at,
            )
        self._end()
        return self.sessions[self.keys[request.idempotency_key][0]]

    def checkout_find(self, idempotency_key: str, *, since: datetime) -> CheckoutSession | None:
        self._begin("checkout_find")
        known = self.keys.get(idempotency_key)
        return self.sessions[known[0]] if known else None

    def checkout_fetch(self, external_id: str) -> CheckoutSession:
        self._begin("checkout_fetch")
        return self._session(external_id)

    def checkout_expire(self, external_id: str) -> CheckoutSession:
        self._begin("checkout_expire")
        session = self._session(external_id)
        if session.status is SessionStatus.OPEN:
            self.sessions[external_id] = replace(session, status=SessionStatus.EXPIRED)
        self._end()
        return self.sessions[external_id]

    def checkout_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        self._begin("checkout_payments")
        return [paid for paid in self.payments.values() if paid.session_id == external_id]

    def payment_fetch(self, external_id: str) -> ProviderPayment:
        self._begin("payment_fetch")
        if external_id not in self.payments:
            raise Rejected("The service answered 404.", status=404)
        return self.payments[external_id]

    def setup_create(self, request: SetupRequest) -> SetupSession:
        self._begin("setup_create")
        known = next((one for one in self.setups.values() if one.reference == request.reference), None)
        if known is None:
            external_id = f"ss_{next(self._numbers)}"
            url = f"https://fake.example/{external_id}"
            known = SetupSession(external_id, url, SessionStatus.OPEN, request.reference, request.expires_at)
            self.setups[external_id] = known
        self._end()
        return known

    def setup_fetch(self, external_id: str) -> SetupSession:
        self._begin("setup_fetch")
        if external_id not in self.setups:
            raise Rejected("The service answered 404.", status=404)
        return self.setups[external_id]

    def method_charge(self, request: ChargeRequest) -> ProviderPayment:
        self._begin("method_charge")
        if request.idempotency_key not in self.charges:
            if request.method.token not in self.methods:
                raise MethodGone("The service answered 404.", status=404)
            decline = self.methods[request.method.token]
            failed = decline is not Decline.NONE
            external_id = f"pay_{next(self._numbers)}"
            self.charges[request.idempotency_key] = external_id
            self.payments[external_id] = ProviderPayment(
                external_id=external_id,
                session_id="",
                reference=request.reference,
                status=ProviderStatus.FAILED if failed else ProviderStatus.SUCCEEDED,
                money=request.money,
                payee=self.account,
                environment=self.environment,
                method="card",
                created_at=clock.now(),
                failure="The card was declined." if failed else "",
                decline=decline,
            )
        self._end()
        return self.payments[self.charges[request.idempotency_key]]

    def charge_find(self, request: ChargeRequest, *, since: datetime) -> ProviderPayment | None:
        self._begin("charge_find")
        known = self.charges.get(request.idempotency_key)
        return self.payments[known] if known else None

    def method_forget(self, method: SavedMethod) -> None:
        self._begin("method_forget")
        self.methods.pop(method.token, None)

    def refund_create(self, request: RefundRequest) -> ProviderRefund:
        self._begin("refund_create")
        if request.idempotency_key not in self.refund_keys:
            gone = [one for one in self._refunds_of(request.payment_id) if one.status is not RefundStatus.FAILED]
            left = self.payments[request.payment_id].money.amount - sum(one.money.amount for one in gone)
            if request.money.amount > left:
                raise Rejected("The refund is greater than what is left.", status=400)
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
        return self._refunds_of(payment_id)

    def webhook_verify(self, call: WebhookCall) -> None:
        header = call.headers.get("Fake-Signature", "")
        webhook_signatures.verify(secret=SECRET, header=header, body=call.body, now=call.now)

    def webhook_notice(self, body: bytes) -> WebhookNotice:
        event = exact_json.loads(body)
        return WebhookNotice(event["id"], NoticeKind(event["kind"]), event["object"], event["account"], "fake.event")

    # What happens on the other side.

    def client_pays(self, session_id: str, status: ProviderStatus = ProviderStatus.SUCCEEDED, **other: Any) -> str:
        """A client tries a card on a page; `other` makes the payment say something else than it should."""
        session = self._session(session_id)
        external_id = other.pop("external_id", f"pay_{next(self._numbers)}")
        self.payments[external_id] = ProviderPayment(
            **{
                "external_id": external_id,
                "session_id": session_id,
                "reference": session.reference,
                "status": status,
                "money": session.money,
                "payee": self.account,
                "environment": self.environment,
                "method": "card",
                "created_at": clock.now(),
                "failure": "The card was declined." if status is ProviderStatus.FAILED else "",
                **other,
            }
        )
        if status in {ProviderStatus.SUCCEEDED, ProviderStatus.PROCESSING}:
            self.sessions[session_id] = replace(session, status=SessionStatus.COMPLETE)
        return external_id

    def client_saves(self, setup_id: str, decline: Decline = Decline.NONE) -> SavedMethod:
        """A client saves a card on a page; charges of it end as `decline` says."""
        method = SavedMethod(f"pm_{next(self._numbers)}", "cus_1", "card", "Visa •••• 4242")
        self.methods[method.token] = decline
        self.setups[setup_id] = replace(self.setups[setup_id], status=SessionStatus.COMPLETE, method=method)
        return method

    def becomes(self, external_id: str, status: ProviderStatus, **other: Any) -> None:
        """An attempt moves on at the gateway."""
        self.payments[external_id] = replace(self.payments[external_id], status=status, **other)

    def staff_refunds(self, payment_id: str, *, money: Money, reference: str = "", **other: Any) -> ProviderRefund:
        """Somebody gives money back on the gateway's own pages; a new refund is as `refunds_begin` says."""
        external_id = f"re_{next(self._numbers)}"
        made = ProviderRefund(external_id, payment_id, reference, self.refunds_begin, money, clock.now())
        self.given_back[external_id] = replace(made, **other)
        return self.given_back[external_id]

    def refund_becomes(self, external_id: str, status: RefundStatus, failure: str = "") -> None:
        """A refund moves on at the gateway."""
        self.given_back[external_id] = replace(self.given_back[external_id], status=status, failure=failure)

    def event(self, object_id: str, *, event_id: str = "", kind: str = "payment", account: str = "") -> bytes:
        """The body of an event about an object."""
        return exact_json.dumps(
            {
                "id": event_id or f"evt_{next(self._numbers)}",
                "kind": kind,
                "object": object_id,
                "account": account or self.account,
            }
        ).encode()

    @staticmethod
    def signed(body: bytes, at: datetime | None = None) -> dict[str, str]:
        """The headers of a body that the gateway sends."""
        return {"Fake-Signature": webhook_signatures.sign(secret=SECRET, body=body, at=at or clock.now())}

    def request_of(self, session_id: str) -> CheckoutRequest:
        return next(request for external_id, request in self.keys.values() if external_id == session_id)

    def _refunds_of(self, payment_id: str) -> list[ProviderRefund]:
        return [each for each in self.given_back.values() if each.payment_id == payment_id]

    def _session(self, external_id: str) -> CheckoutSession:
        if external_id not in self.sessions:
            raise Rejected("The service answered 404.", status=404)
        return self.sessions[external_id]

    def _begin(self, call: str) -> None:
        self.calls.append(call)
        error, self.fail_before = self.fail_before, None
        if error is not None:
            raise error

    def _end(self) -> None:
        error, self.fail_after = self.fail_after, None
        if error is not None:
            raise error
