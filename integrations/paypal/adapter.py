"""PayPal for one connection, behind the ports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from billing_assistant.core import exact_json
from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import Money
from integrations.paypal import certificates
from integrations.paypal.api import PayPalApi
from integrations.paypal.payloads import (
    CURRENCIES,
    WITHOUT_CENTS,
    amount_json,
    captured_by,
    captures_of,
    dispute_of,
    money_of,
    order_json,
    payment_of,
    refund_of,
    session_of,
    unit_of,
)
from integrations.ports.attempts import ProviderPayment
from integrations.ports.checkouts import CheckoutRequest, CheckoutSession, SessionStatus
from integrations.ports.disputes import ProviderDispute
from integrations.ports.payments import (
    Capabilities,
    Checked,
    NoticeKind,
    WebhookCall,
    WebhookNotice,
    WebhookUnreadable,
)
from integrations.ports.payouts import summed
from integrations.ports.refunds import ProviderRefund, RefundRequest
from integrations.vendor_http import after_effect, path_part
from integrations.vendors import Facts

LONGEST: Final = 150
LONGEST_KEY: Final = 108
ALREADY: Final = "ORDER_ALREADY_CAPTURED"
PAYER_MUST_ACT: Final = frozenset({"INSTRUMENT_DECLINED", "ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED"})
_KINDS: Final = {
    "CHECKOUT.ORDER.": NoticeKind.SESSION,
    "PAYMENT.CAPTURE.REFUNDED": NoticeKind.REFUND,
    "PAYMENT.CAPTURE.": NoticeKind.PAYMENT,
    "CUSTOMER.DISPUTE.": NoticeKind.DISPUTE,
}


class PayPalGateway:
    """Orders, captures, refunds and disputes. Disputes are answered on PayPal's own pages."""

    name = "paypal"
    label = "PayPal"
    capabilities = Capabilities(
        expire=True,
        refunds=True,
        partial_refunds=True,
        disputes=True,
        fees=True,
        balances=True,
        currencies=CURRENCIES,
        whole_units=WITHOUT_CENTS,
        shortest_life=timedelta(minutes=15),
        longest_life=timedelta(hours=3),
    )

    def __init__(self, facts: Facts) -> None:
        self.account = facts.account or facts.value("merchant_id")
        self.environment = facts.environment
        self._merchant_id = facts.value("merchant_id")
        self._webhook_id = facts.value("webhook_id")
        self._api = PayPalApi(facts)

    def check(self) -> Checked:
        """A new token; the account is the merchant id that was typed, and every order is checked against it."""
        self._api.check()
        return Checked(self._merchant_id, self._merchant_id, self.environment)

    # Pages.

    def checkout_create(self, request: CheckoutRequest) -> CheckoutSession:
        body = order_json(request, self._merchant_id)
        return self._session(self._api.post("/v2/checkout/orders", body, key=request.idempotency_key[:LONGEST_KEY]))

    def checkout_find(self, idempotency_key: str, *, since: datetime) -> CheckoutSession | None:
        """PayPal cannot be searched by key. Nothing is lost: an order that we do not know is never captured."""
        return None

    def checkout_fetch(self, external_id: str) -> CheckoutSession:
        """An order as it stands; one that the client approved is captured now."""
        order = self._order(external_id)
        if order.get("status") == "APPROVED":
            order = self._captured(order)
        return self._session(order)

    def checkout_expire(self, external_id: str) -> CheckoutSession:
        """Closed by leaving it: only our capture would move money, and from here on it is never made."""
        order = self._order(external_id)
        session = self._session(order)
        if session.status is SessionStatus.COMPLETE:
            return session
        return CheckoutSession(
            session.external_id,
            session.url,
            SessionStatus.EXPIRED,
            session.reference,
            session.money,
            session.expires_at,
        )

    def checkout_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        order = self._order(external_id)
        return [self._payment(each, order) for each in captures_of(unit_of(order, self._merchant_id))]

    def payment_fetch(self, external_id: str) -> ProviderPayment:
        capture, order = self._capture(external_id)
        return self._payment(capture, order)

    # Refunds.

    def refund_create(self, request: RefundRequest) -> ProviderRefund:
        body = {"amount": amount_json(request.money), "custom_id": request.reference[:127]}
        if request.reason:
            body["note_to_payer"] = request.reason[:255]
        path = f"/v2/payments/captures/{path_part(request.payment_id)}/refund"
        made = self._api.post(path, body, key=request.idempotency_key[:LONGEST_KEY])
        with after_effect():
            return refund_of(made, request.payment_id)

    def refund_find(self, request: RefundRequest, *, since: datetime) -> ProviderRefund | None:
        found = (each for each in self.payment_refunds(request.payment_id) if each.reference == request.reference)
        return next(found, None)

    def refund_fetch(self, external_id: str) -> ProviderRefund:
        refund = self._api.get(f"/v2/payments/refunds/{path_part(external_id)}")
        return refund_of(refund, captured_by(refund))

    def payment_refunds(self, payment_id: str) -> Sequence[ProviderRefund]:
        _capture, order = self._capture(payment_id)
        refunds = (unit_of(order, self._merchant_id).get("payments") or {}).get("refunds") or []
        mine = [refund_of(each, payment_id) for each in refunds if captured_by(each) == payment_id]
        return sorted(mine, key=lambda refund: (refund.created_at, refund.external_id))

    def payment_fee(self, payment_id: str) -> Money | None:
        """What PayPal kept; None while the capture is pending."""
        capture, _order = self._capture(payment_id)
        fee = (capture.get("seller_receivable_breakdown") or {}).get("paypal_fee")
        return money_of(fee) if fee else None

    def balance_moved(self, *, since: datetime, until: datetime) -> Sequence[Money]:
        """What we had there at the end less what we had at the beginning. PayPal knows it about three hours later."""
        before = [Money(-one.amount, one.currency) for one in self._balances(since)]
        return summed([*before, *self._balances(until)])

    def _balances(self, at: datetime) -> list[Money]:
        told = self._api.get("/v1/reporting/balances", as_of_time=at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return [money_of(each.get("total_balance")) for each in told.get("balances") or []]

    # Disputes.

    def dispute_fetch(self, external_id: str) -> ProviderDispute:
        return dispute_of(self._api.get(f"/v1/customer/disputes/{path_part(external_id)}"))

    def disputes_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderDispute]:
        found: list[ProviderDispute] = []
        params = {"start_time": _stamp(since), "page_size": "50"}
        while True:
            page = self._api.get("/v1/customer/disputes", **params)
            found += [self.dispute_fetch(str(each["dispute_id"])) for each in page.get("items", [])]
            token = str(page.get("next_page_token") or "")
            if not token:
                kept = [each for each in found if since <= each.created_at < until]
                return sorted(kept, key=lambda dispute: dispute.created_at)
            params = {"next_page_token": token}

    # What PayPal tells.

    def webhook_verify(self, call: WebhookCall) -> None:
        certificates.verify(
            headers=call.headers, body=call.body, webhook_id=self._webhook_id, api=self._api.base_url, now=call.now
        )

    def webhook_notice(self, body: bytes) -> WebhookNotice:
        try:
            event = exact_json.loads(body)
            name, about = _word(event["event_type"]), event["resource"]
            kind = next((kind for begin, kind in _KINDS.items() if name.startswith(begin)), NoticeKind.OTHER)
            if kind is NoticeKind.PAYMENT and event.get("resource_type") == "refund":  # PAYMENT.CAPTURE.REVERSED
                kind = NoticeKind.REFUND
            object_id = about.get("dispute_id") if kind is NoticeKind.DISPUTE else about.get("id")
            return WebhookNotice(_word(event["id"]), kind, _word(object_id or event["id"]), self.account, name)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WebhookUnreadable(_("The event cannot be read.")) from error

    def _captured(self, order: dict[str, Any]) -> dict[str, Any]:
        """Captures an approved order of ours, once; after a lost answer PayPal says that it was captured already.

        A client who was declined and approved again gets a key of its own: under the old one PayPal repeats its no.
        """
        order_id = str(order["id"])
        tried = len(captures_of(unit_of(order, self._merchant_id)))
        changed_at = "".join(sign for sign in str(order.get("update_time") or "") if sign.isdigit())
        key = f"capture-{order_id}-{tried}-{changed_at}"
        try:
            self._api.post(f"/v2/checkout/orders/{path_part(order_id)}/capture", {}, key=key[:LONGEST_KEY])
        except Rejected as error:
            if error.code != ALREADY and error.code not in PAYER_MUST_ACT:
                raise
        return self._order(order_id)

    def _order(self, order_id: str) -> dict[str, Any]:
        return self._api.get(f"/v2/checkout/orders/{path_part(order_id)}")

    def _capture(self, capture_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        capture = self._api.get(f"/v2/payments/captures/{path_part(capture_id)}")
        related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
        order = self._order(str(related.get("order_id") or ""))
        if capture_id not in {each.get("id") for each in captures_of(unit_of(order, self._merchant_id))}:
            raise Rejected("The capture is not of that order.")
        return capture, order

    def _session(self, order: dict[str, Any]) -> CheckoutSession:
        return session_of(order, self._merchant_id)

    def _payment(self, capture: dict[str, Any], order: dict[str, Any]) -> ProviderPayment:
        return payment_of(capture, order, merchant_id=self._merchant_id, environment=self.environment)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _word(value: Any) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST:
        return value
    raise ValueError("a word is missing or too long")
