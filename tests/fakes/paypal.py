"""PayPal on a socket of this machine: orders, captures, refunds, disputes, signed events.

It knows nothing of our code. Keys (PayPal-Request-Id) are remembered; events wait in `outbox` until they are delivered.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from tests.fakes import signing
from tests.fakes.vendor_server import Answer, Asked, Delivery, VendorServer, broken_field, contract

CLIENT_ID: Final = "client-of-the-simulator"
SECRET: Final = "secret-of-the-simulator"
MERCHANT: Final = "2A3B4C5D6E7F8"
WEBHOOK_ID: Final = "WH-1"
NO_CENTS: Final = frozenset({"HUF", "JPY", "TWD"})


@dataclass
class Order:
    """An order; `declines` is how often the payer's bank says no before it says yes.

    `refused`: PayPal itself takes nothing of what the payer chose, until the payer approves again.
    """

    id: str
    body: dict[str, Any]
    status: str = "CREATED"
    captures: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    declines: int = 0
    pending: bool = False
    refused: bool = False
    updated: str = ""


class PayPalSimulator(VendorServer):
    """One merchant. `now` is when things happen there."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Order] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.remembered: dict[str, Answer] = {}
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.hook_path = "/hooks/paypal/"
        self.token = ""
        self._numbers = count(1)
        self._contract = contract("paypal")

    def handle(self, asked: Asked) -> Answer:
        if asked.path.startswith("/certs/"):
            return Answer(raw=signing.certificate(asked.path.rsplit("/", 1)[1]).encode())
        if asked.path == "/v1/oauth2/token":
            return self._token(asked)
        if asked.headers.get("Authorization") != f"Bearer {self.token}" or not self.token:
            return self._error(401, "AUTHENTICATION_FAILURE", "")
        key = asked.headers.get("PayPal-Request-Id", "")
        if asked.method == "POST" and key in self.remembered:
            return self.remembered[key]
        answer = self._route(asked)
        if asked.method == "POST" and (answer.status < 300 or b"INSTRUMENT_DECLINED" in answer.content()):
            self.remembered[key] = answer
        return answer

    def _route(self, asked: Asked) -> Answer:  # noqa: PLR0911 -- one for each path
        parts = asked.path.strip("/").split("/")
        match [asked.method, *parts]:
            case ["POST", "v2", "checkout", "orders"]:
                return self._create(asked)
            case ["GET", "v2", "checkout", "orders", order_id] if order_id in self.orders:
                return Answer(body=self.shown(self.orders[order_id]))
            case ["POST", "v2", "checkout", "orders", order_id, "capture"] if order_id in self.orders:
                return self.captures(self.orders[order_id])
            case ["GET", "v2", "payments", "captures", capture_id]:
                return self._found(self._capture_of(capture_id))
            case ["POST", "v2", "payments", "captures", capture_id, "refund"]:
                return self._refund(capture_id, asked)
            case ["GET", "v2", "payments", "refunds", refund_id]:
                refunds = [each for order in self.orders.values() for each in order.refunds]
                return self._found(next((each for each in refunds if each["id"] == refund_id), None))
            case ["GET", "v1", "reporting", "balances"]:
                return self._balances(asked.query["as_of_time"])
            case ["GET", "v1", "customer", "disputes"]:
                return Answer(body={"items": [{"dispute_id": each} for each in self.disputes]})
            case ["GET", "v1", "customer", "disputes", dispute_id]:
                return self._found(self.disputes.get(dispute_id))
            case _:
                return self._error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")

    def _token(self, asked: Asked) -> Answer:
        wanted = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        if asked.headers.get("Authorization") != f"Basic {wanted}":
            return Answer(401, {"error": "invalid_client"})
        if asked.form() != {"grant_type": "client_credentials"}:
            return Answer(400, {"error": "unsupported_grant_type"})
        self.token = f"A21AA{next(self._numbers)}"
        return Answer(body={"access_token": self.token, "token_type": "Bearer", "expires_in": 32400})

    def _create(self, asked: Asked) -> Answer:
        body = asked.json()
        broken = broken_field(self._contract["POST /v2/checkout/orders"], body)
        if broken or not asked.headers.get("PayPal-Request-Id"):
            return self._error(400, "INVALID_REQUEST", broken or "PAYPAL_REQUEST_ID_REQUIRED")
        amount = body["purchase_units"][0]["amount"]
        places = len(amount["value"].partition(".")[2])
        if places != (0 if amount["currency_code"] in NO_CENTS else 2):
            return self._error(422, "UNPROCESSABLE_ENTITY", "DECIMAL_PRECISION")
        invoice_id = body["purchase_units"][0].get("invoice_id")
        if any(each.body["purchase_units"][0].get("invoice_id") == invoice_id for each in self.orders.values()):
            return self._error(422, "UNPROCESSABLE_ENTITY", "DUPLICATE_INVOICE_ID")
        order = Order(f"5O{next(self._numbers):015d}", body)
        self.orders[order.id] = order
        return Answer(201, self.shown(order))

    def captures(self, order: Order) -> Answer:
        """The seller's program takes the money of an order."""
        if order.status == "COMPLETED":
            return self._error(422, "UNPROCESSABLE_ENTITY", "ORDER_ALREADY_CAPTURED")
        if order.status != "APPROVED":
            return self._error(422, "UNPROCESSABLE_ENTITY", "ORDER_NOT_APPROVED")
        if order.refused:
            return self._error(422, "UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED")
        declined = order.declines > 0
        order.declines -= declined
        status = "DECLINED" if declined else "PENDING" if order.pending else "COMPLETED"
        unit = order.body["purchase_units"][0]
        capture = {
            "id": f"3C{next(self._numbers):015d}",
            "status": status,
            "amount": unit["amount"],
            "custom_id": unit.get("custom_id"),
            "create_time": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "supplementary_data": {"related_ids": {"order_id": order.id}},
        }
        if declined:
            capture["status_details"] = {"reason": "DECLINED_BY_RISK_FRAUD_FILTERS"}
        else:
            capture["seller_receivable_breakdown"] = {
                "gross_amount": unit["amount"],
                "paypal_fee": {"currency_code": unit["amount"]["currency_code"], "value": "1.47"},
            }
        order.captures.append(capture)
        order.status = "PAYER_ACTION_REQUIRED" if declined else "COMPLETED"
        self.tell("PAYMENT.CAPTURE." + status, capture)
        return Answer(201, self.shown(order))

    def _refund(self, capture_id: str, asked: Asked) -> Answer:
        capture = self._capture_of(capture_id)
        if capture is None:
            return self._error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        body = asked.json()
        broken = broken_field(self._contract["POST /v2/payments/captures/refund"], body)
        if broken:
            return self._error(400, "INVALID_REQUEST", broken)
        order = self.orders[capture["supplementary_data"]["related_ids"]["order_id"]]
        gone = sum((Decimal(each["amount"]["value"]) for each in order.refunds), Decimal(0))
        if gone + Decimal(body["amount"]["value"]) > Decimal(capture["amount"]["value"]):
            return self._error(422, "UNPROCESSABLE_ENTITY", "REFUND_AMOUNT_EXCEEDED")
        return Answer(201, self._give_back(order, capture, body["amount"], body.get("custom_id")))

    def _give_back(
        self, order: Order, capture: dict[str, Any], amount: dict[str, str], custom_id: str | None = None
    ) -> dict[str, Any]:
        refund = {
            "id": f"1R{next(self._numbers):015d}",
            "status": "COMPLETED",
            "amount": amount,
            "custom_id": custom_id,
            "create_time": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "links": [{"rel": "up", "href": f"{self.url}/v2/payments/captures/{capture['id']}", "method": "GET"}],
        }
        order.refunds.append(refund)
        gone = sum((Decimal(each["amount"]["value"]) for each in order.refunds), Decimal(0))
        capture["status"] = "REFUNDED" if gone == Decimal(capture["amount"]["value"]) else "PARTIALLY_REFUNDED"
        self.tell("PAYMENT.CAPTURE.REFUNDED", refund)
        return refund

    def _balances(self, as_of: str) -> Answer:
        """What was captured less fees and refunds by then, by currency."""
        sums: dict[str, Decimal] = {}
        for order in self.orders.values():
            for capture in order.captures:
                parts = capture.get("seller_receivable_breakdown")
                if parts and capture["create_time"] < as_of:
                    net = Decimal(parts["gross_amount"]["value"]) - Decimal(parts["paypal_fee"]["value"])
                    currency = capture["amount"]["currency_code"]
                    sums[currency] = sums.get(currency, Decimal(0)) + net
            for refund in order.refunds:
                if refund["create_time"] < as_of:
                    sums[refund["amount"]["currency_code"]] -= Decimal(refund["amount"]["value"])
        rows = [
            {"currency": one, "total_balance": {"currency_code": one, "value": f"{amount:.2f}"}}
            for one, amount in sums.items()
        ]
        return Answer(body={"balances": rows, "account_id": MERCHANT, "as_of_time": as_of})

    # What clients and PayPal do.

    def client_approves(
        self, order_id: str, *, declines: int = 0, pending: bool = False, refused: bool = False
    ) -> None:
        """The client says yes on PayPal's page. No money moves by that."""
        order = self.orders[order_id]
        order.status, order.declines, order.pending, order.refused = "APPROVED", declines, pending, refused
        order.updated = f"2026-03-02T09:00:{next(self._numbers) % 60:02d}Z"
        self.tell("CHECKOUT.ORDER.APPROVED", self.shown(order))

    def capture_completes(self, order_id: str) -> dict[str, Any]:
        """Money that took its time arrives; gives the capture."""
        capture = self.orders[order_id].captures[-1]
        capture["status"] = "COMPLETED"
        self.tell("PAYMENT.CAPTURE.COMPLETED", capture)
        return capture

    def refunded_there(self, order_id: str, value: str) -> None:
        """The seller gives a part back on PayPal's own pages."""
        order = self.orders[order_id]
        capture = order.captures[-1]
        self._give_back(order, capture, {**capture["amount"], "value": value})

    def disputed(self, order_id: str, value: str) -> str:
        """The payer disputes what they paid, and PayPal holds it."""
        capture = self.orders[order_id].captures[-1]
        dispute = {
            "dispute_id": f"PP-D-{next(self._numbers)}",
            "create_time": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": "WAITING_FOR_SELLER_RESPONSE",
            "dispute_life_cycle_stage": "CHARGEBACK",
            "reason": "UNAUTHORISED",
            "dispute_amount": {**capture["amount"], "value": value},
            "disputed_transactions": [{"seller_transaction_id": capture["id"]}],
        }
        self.disputes[dispute["dispute_id"]] = dispute
        self.tell("CUSTOMER.DISPUTE.CREATED", dispute)
        return str(dispute["dispute_id"])

    def dispute_moves(self, dispute_id: str, outcome: str = "") -> None:
        """PayPal looks at a dispute, or decides it with an outcome."""
        dispute = self.disputes[dispute_id]
        dispute["status"] = "RESOLVED" if outcome else "UNDER_REVIEW"
        if outcome:
            dispute["dispute_outcome"] = {"outcome_code": outcome}
        self.tell(f"CUSTOMER.DISPUTE.{'RESOLVED' if outcome else 'UPDATED'}", dispute)

    def shown(self, order: Order) -> dict[str, Any]:
        """An order as the API shows it."""
        unit = {**order.body["purchase_units"][0]}
        if order.captures:
            unit["payments"] = {"captures": order.captures, "refunds": order.refunds}
        return {
            "id": order.id,
            "intent": "CAPTURE",
            "status": order.status,
            "update_time": order.updated,
            "purchase_units": [unit],
            "payer": {"name": {"given_name": "Jane", "surname": "Doe"}, "payer_id": "PAYER00000001"},
            "links": [
                {"rel": "self", "href": f"{self.url}/v2/checkout/orders/{order.id}", "method": "GET"},
                {"rel": "approve", "href": f"https://www.sandbox.paypal.com/checkoutnow?token={order.id}"},
            ],
        }

    def tell(self, name: str, resource: dict[str, Any]) -> Delivery:
        """An event about something as it stands now, put into the outbox."""
        event = {"id": f"WH-{next(self._numbers)}", "event_type": name, "resource": resource}
        delivery = self.signed(json.dumps(event).encode())
        self.outbox.append(delivery)
        return delivery

    def signed(self, body: bytes, *, by: str = "paypal", webhook_id: str = WEBHOOK_ID, **other: str) -> Delivery:
        """A body with PayPal's headers; `by` names whose key, `other` replaces headers."""
        sent_at, number = self.now.strftime("%Y-%m-%dT%H:%M:%SZ"), f"tr-{next(self._numbers)}"
        text = f"{number}|{sent_at}|{webhook_id}|{zlib.crc32(body)}"
        signature = signing.key(by).sign(text.encode(), padding.PKCS1v15(), SHA256())
        headers = {
            "PayPal-Transmission-Id": number,
            "PayPal-Transmission-Time": sent_at,
            "PayPal-Transmission-Sig": base64.b64encode(signature).decode(),
            "PayPal-Cert-Url": f"{self.url}/certs/paypal",
            "PayPal-Auth-Algo": "SHA256withRSA",
        } | {name.replace("_", "-"): value for name, value in other.items()}
        return Delivery(self.hook_path, body, headers)

    def _capture_of(self, capture_id: str) -> dict[str, Any] | None:
        captures = (each for order in self.orders.values() for each in order.captures)
        return next((each for each in captures if each["id"] == capture_id), None)

    def _found(self, thing: dict[str, Any] | None) -> Answer:
        return Answer(body=thing) if thing else self._error(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")

    def _error(self, status: int, name: str, issue: str) -> Answer:
        details = [{"issue": issue, "description": "Told by the simulator."}] if issue else []
        return Answer(status, {"name": name, "debug_id": f"d{next(self._numbers)}", "details": details})
