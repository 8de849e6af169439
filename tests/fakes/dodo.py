"""Dodo Payments on a socket of this machine: pages, subscriptions, refunds, disputes, signed events. No keys: a call
that is made twice has its effect twice. It knows nothing of our code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from tests.fakes.dodo_products import BUSINESS, MONTHLY, DodoProducts
from tests.fakes.vendor_server import Answer, Asked, Delivery, broken_field, contract

__all__ = ["API_KEY", "BUSINESS", "MONTHLY", "PRODUCT", "SIGNING", "SUBSCRIPTION", "DodoSimulator"]
API_KEY: Final = "dodo-key-of-the-simulator"
PRODUCT: Final = "pdt_any_amount"
SUBSCRIPTION: Final = "pdt_on_demand"
SIGNING: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class DodoSimulator(DodoProducts):
    """One business. `now` is when things happen there."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[str, dict[str, Any]] = {}
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.declines: dict[str, str] = {}
        self.ledger: list[dict[str, Any]] = []
        self.tax = 0
        self.product = {"pay_what_you_want": True, "tax_inclusive": True}
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.hook_path = "/hooks/dodo/"
        self._numbers = count(1)
        self._contract = contract("dodo")

    def handle(self, asked: Asked) -> Answer:
        if asked.headers.get("Authorization") != f"Bearer {API_KEY}":
            return self._error(401, "UNAUTHORIZED")
        parts = asked.path.strip("/").split("/")
        if asked.method == "GET":
            return self._read(parts, asked.query)
        return self._write(asked.method, parts, asked.json())

    def _read(self, parts: list[str], query: dict[str, str]) -> Answer:
        if parts == ["products"]:
            known = [self.monthly, *self.others.values()]
            return Answer(body={"items": known if query.get("page_number") == "0" else []})
        tables = {
            "payments": self.payments,
            "refunds": self.refunds,
            "subscriptions": self.subscriptions,
            "disputes": self.disputes,
            "products": {
                PRODUCT: {"product_id": PRODUCT, "business_id": BUSINESS, "is_recurring": False, "price": self.product},
                SUBSCRIPTION: {"product_id": SUBSCRIPTION, "business_id": BUSINESS, "is_recurring": True, "price": {}},
                **{each["product_id"]: self.whole(each) for each in (self.monthly, *self.others.values())},
            },
        }
        if parts == ["balances", "ledger"]:
            return self._ledger(query)
        table = tables.get(parts[0], {})
        if len(parts) > 1:
            found = table.get(parts[1])
            return Answer(body=found) if found else self._error(404, "NOT_FOUND")
        wanted = query.get("subscription_id")
        rows = [each for each in table.values() if wanted in {None, each.get("subscription_id")}]
        size, number = int(query.get("page_size", "10")), int(query.get("page_number", "0"))
        return Answer(body={"items": [_short(each) for each in rows[size * number : size * (number + 1)]]})

    def _write(self, method: str, parts: list[str], body: dict[str, Any]) -> Answer:
        match [method, *parts]:
            case ["POST", "checkouts"]:
                return self.checked("POST /checkouts", body) or self._session(body)
            case ["POST", "refunds"]:
                return self.checked("POST /refunds", body) or self._refund(body)
            case ["POST", "subscriptions", subscription_id, "charge"] if subscription_id in self.subscriptions:
                return self.checked("POST /charge", body) or self._charge(self.subscriptions[subscription_id], body)
            case ["PATCH", "subscriptions", subscription_id] if subscription_id in self.subscriptions:
                return self.checked("PATCH /subscriptions", body) or self.moved(subscription_id, body["status"])
            case _:
                return self.write_products([method, *parts], body) or self._error(404, "NOT_FOUND")

    def checked(self, call: str, body: dict[str, Any]) -> Answer | None:
        """The refusal of a body that breaks the contract."""
        broken = broken_field(self._contract[call], body)
        return self._error(422, f"INVALID {broken}") if broken else None

    def _session(self, body: dict[str, Any]) -> Answer:
        session_id = f"cks_{next(self._numbers)}"
        self.sessions[session_id] = body
        return Answer(body={"session_id": session_id, "checkout_url": f"https://test.checkout.example/{session_id}"})

    def _charge(self, subscription: dict[str, Any], body: dict[str, Any]) -> Answer:
        code = self.declines.get(subscription["subscription_id"], "")
        payment = self.paid(
            body["product_price"], body["product_currency"], body["metadata"], "failed" if code else "succeeded", code
        )
        payment["subscription_id"] = subscription["subscription_id"]
        return Answer(body={"payment_id": payment["payment_id"]})

    def _refund(self, body: dict[str, Any]) -> Answer:
        payment = self.payments.get(body["payment_id"])
        if payment is None:
            return self._error(404, "NOT_FOUND")
        amount = body["items"][0]["amount"]
        gone = sum(each["amount"] for each in payment["refunds"])
        if gone + amount > payment["total_amount"] or body["currency"] != payment["currency"]:
            return self._error(422, "REFUND_TOO_LARGE")
        return Answer(body=self.refunded(payment, amount, body.get("metadata", {})))

    # What clients do.

    def client_pays(self, session_id: str, status: str = "succeeded", *, code: str = "card_declined") -> dict[str, Any]:
        """A client tries a card on a page."""
        session = self.sessions[session_id]
        cart = session["product_cart"][0]
        payment = self.paid(
            cart["amount"], session["billing_currency"], session["metadata"], status, code if status == "failed" else ""
        )
        payment["checkout_session_id"] = session_id
        self.tell(f"payment.{status}", payment)
        return payment

    def becomes(self, payment_id: str, status: str) -> None:
        """A payment moves on."""
        if status == "succeeded" != self.payments[payment_id]["status"]:
            self._settles(self.payments[payment_id])
        self.payments[payment_id]["status"] = status
        self.tell(f"payment.{status}", self.payments[payment_id])

    def refunded(self, payment: dict[str, Any], amount: int, metadata: dict[str, Any]) -> dict[str, Any]:
        """A part of a payment goes back, asked for by us or on Dodo's own pages."""
        refund = {
            "refund_id": f"ref_{next(self._numbers)}",
            "payment_id": payment["payment_id"],
            "business_id": BUSINESS,
            "amount": amount,
            "currency": payment["currency"],
            "status": "succeeded",
            "metadata": metadata,
            "created_at": self.stamp(),
        }
        self.refunds[refund["refund_id"]] = refund
        self.moves("refund", amount, payment["currency"], refund["refund_id"], is_credit=False)
        payment["refunds"].append({key: refund[key] for key in ("refund_id", "amount", "currency", "status")})
        self.tell("refund.succeeded", refund)
        return refund

    def disputed(self, payment: dict[str, Any], amount: int) -> str:
        """The payer's bank takes a part of a payment back."""
        dispute = {
            "dispute_id": f"dsp_{next(self._numbers)}",
            "payment_id": payment["payment_id"],
            "business_id": BUSINESS,
            "amount": str(amount),
            "currency": payment["currency"],
            "dispute_stage": "dispute",
            "dispute_status": "dispute_opened",
            "reason": "fraudulent",
            "created_at": self.stamp(),
        }
        self.disputes[dispute["dispute_id"]] = dispute
        self.tell("dispute.opened", dispute)
        return str(dispute["dispute_id"])

    def dispute_becomes(self, dispute_id: str, word: str) -> None:
        """A dispute moves on: challenged, won, lost."""
        dispute = self.disputes[dispute_id]
        dispute["dispute_status"] = f"dispute_{word}"
        self.tell(f"dispute.{word}", dispute)

    def client_saves(self, session_id: str, code: str = "") -> dict[str, Any]:
        """A client saves a card on a page; charges of it fail with a code, if one is given."""
        subscription = {
            "subscription_id": f"sub_{next(self._numbers)}",
            "status": "active",
            "customer": {"customer_id": f"cus_{next(self._numbers)}"},
            "metadata": self.sessions[session_id]["metadata"],
            "created_at": self.stamp(),
        }
        self.subscriptions[subscription["subscription_id"]] = subscription
        if code:
            self.declines[subscription["subscription_id"]] = code
        self.tell("subscription.active", subscription)
        return subscription

    def tell(self, name: str, about: dict[str, Any]) -> Delivery:
        """An event about something as it stands now, put into the outbox."""
        event = {"business_id": BUSINESS, "type": name, "timestamp": self.stamp(), "data": about}
        delivery = self.signed(json.dumps(event).encode())
        self.outbox.append(delivery)
        return delivery

    def signed(self, body: bytes, *, secret: str = SIGNING, number: str = "", **other: str) -> Delivery:
        """A body with Dodo's headers; `number` is the event's own when it is sent again, `other` replaces headers."""
        number, seconds = number or f"msg_{next(self._numbers)}", str(int(self.now.timestamp()))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.digest(key, f"{number}.{seconds}.".encode() + body, hashlib.sha256)
        headers = {
            "webhook-id": number,
            "webhook-timestamp": seconds,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        } | {name.replace("_", "-"): value for name, value in other.items()}
        return Delivery(self.hook_path, body, headers)

    def paid(self, amount: int, currency: str, metadata: Any, status: str, code: str) -> dict[str, Any]:
        """A payment of any kind."""
        payment = {
            "payment_id": f"pay_{next(self._numbers)}",
            "business_id": BUSINESS,
            "status": status,
            "total_amount": amount,
            "currency": currency,
            "metadata": metadata,
            "customer": {"customer_id": "cus_1", "name": "Jane Doe"},
            "product_cart": [{"product_id": PRODUCT, "quantity": 1}],
            "refunds": [],
            "disputes": [],
            "checkout_session_id": None,
            "subscription_id": None,
            "error_code": code or None,
            "error_message": "The card was declined." if code else None,
            "created_at": self.stamp(),
        }
        self.payments[payment["payment_id"]] = payment
        if status == "succeeded":
            self._settles(payment)
        return payment

    def _settles(self, payment: dict[str, Any]) -> None:
        """The money of a payment, and what Dodo keeps of it: `tax`, 4 % and 40 cents."""
        about, amount = payment["payment_id"], payment["total_amount"]
        self.moves("payment", amount, payment["currency"], about, is_credit=True)
        if self.tax:
            self.moves("tax", self.tax, payment["currency"], about, is_credit=False)
        self.moves("payment_fees", amount * 4 // 100 + 40, payment["currency"], about, is_credit=False)

    def moves(self, name: str, amount: int, currency: str, about: str, *, is_credit: bool) -> None:
        """A line of the balance."""
        self.ledger.append(
            {
                "id": f"ble_{next(self._numbers)}",
                "amount": amount,
                "business_id": BUSINESS,
                "created_at": self.stamp(),
                "currency": currency,
                "event_type": name,
                "is_credit": is_credit,
                "reference_object_id": about,
                "usd_equivalent_amount": amount,
            }
        )

    def _ledger(self, query: dict[str, str]) -> Answer:
        begin, end = query.get("created_at_gte", ""), query.get("created_at_lte", "9")
        about = query.get("reference_object_id")
        rows = [
            each
            for each in self.ledger
            if begin <= each["created_at"] <= end and about in {None, each["reference_object_id"]}
        ]
        size, number = int(query.get("page_size", "10")), int(query.get("page_number", "0"))
        return Answer(body={"items": rows[size * number : size * (number + 1)]})

    def stamp(self) -> str:
        """When things happen, each a moment of its own."""
        return self.now.strftime(f"%Y-%m-%dT%H:%M:%S.{next(self._numbers):06d}Z")

    def _error(self, status: int, code: str) -> Answer:
        return Answer(status, {"code": code, "message": "Told by the simulator."})


def _short(thing: dict[str, Any]) -> dict[str, Any]:
    """What a list shows: less than the thing itself."""
    return {key: value for key, value in thing.items() if key not in {"business_id", "refunds", "disputes"}}
