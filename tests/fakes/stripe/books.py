"""Stripe's side: accounts, and what they have. Amounts are whole units as Stripe counts them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from billing_assistant.core import clock
from tests.fakes.stripe.contract import blank

SECONDS_A_DAY = 86_400
DECLINES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "stolen_card": "Your card was declined.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


class Refused(Exception):
    """An error as the API tells it."""

    def __init__(self, status: int, message: str, *, kind: str = "invalid_request_error", **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, **more}


@dataclass
class Account:
    """A merchant. `keys` are its secret keys, `signing` the secret of its webhook endpoint."""

    id: str = "acct_ours"
    key: str = "sk_test_" + "a1B2c3D4" * 3
    signing: str = "whsec_of_the_fake_endpoint"
    livemode: bool = False
    name: str = "Chromapages"
    refunds_wait: bool = False
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[str, int, Any]] = field(default_factory=dict)


class Books:
    """Every account, and what clients and banks do."""

    def __init__(self) -> None:
        self.accounts = [Account()]
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.lock = threading.RLock()
        self._numbers = count(1)

    @property
    def ours(self) -> Account:
        return self.accounts[0]

    def of_key(self, key: str) -> Account:
        for account in self.accounts:
            if hmac.compare_digest(account.key, key):
                return account
        raise Refused(401, "Invalid API Key provided.")

    # Objects.

    def keep(self, account: Account, kind: str, lead: str, **values: Any) -> dict[str, Any]:
        """A new object with an id."""
        made = blank(kind, id=f"{lead}_{next(self._numbers):08}", **values)
        if "created" in made:
            made["created"] = self.now()
        if "livemode" in made:
            made["livemode"] = account.livemode
        account.objects[made["id"]] = made
        return made

    def one(self, account: Account, object_id: str, kind: str) -> dict[str, Any]:
        found = account.objects.get(object_id)
        if found is None or found["object"] != kind:
            raise Refused(404, f"No such {kind}: {object_id!r}", code="resource_missing", param="id")
        return found

    def all_of(self, account: Account, kind: str) -> list[dict[str, Any]]:
        """The newest first."""
        return [one for one in reversed(list(account.objects.values())) if one["object"] == kind]

    @staticmethod
    def now() -> int:
        return int(clock.now().timestamp())

    # What the API does.

    def session_create(self, account: Account, params: dict[str, Any]) -> dict[str, Any]:
        ends = int(params["expires_at"])
        if not self.now() + 1700 <= ends <= self.now() + SECONDS_A_DAY:
            raise Refused(400, "The expires_at timestamp must be 30 minutes to 24 hours from now.", param="expires_at")
        setup = params["mode"] == "setup"
        price = None if setup else params["line_items"][0]["price_data"]
        if price is not None and int(price["unit_amount"]) <= 0:
            raise Refused(400, "Invalid positive integer", param="line_items[0][price_data][unit_amount]")
        intent = None
        if setup:
            self.one(account, params["customer"], "customer")
            intent = self.keep(account, "setup_intent", "seti", status="requires_payment_method")["id"]
        session = self.keep(
            account,
            "checkout.session",
            "cs_test",
            mode=params["mode"],
            status="open",
            payment_status="no_payment_required" if setup else "unpaid",
            client_reference_id=params.get("client_reference_id"),
            metadata=params.get("metadata", {}),
            amount_total=None if price is None else int(price["unit_amount"]),
            currency=price["currency"] if price else params["currency"],
            customer=params.get("customer"),
            setup_intent=intent,
            expires_at=ends,
            success_url=params["success_url"],
            cancel_url=params["cancel_url"],
        )
        session["url"] = f"https://checkout.stripe.example/c/pay/{session['id']}#{'x' * 600}"
        session["_intent_metadata"] = params.get("payment_intent_data", {}).get("metadata", {})
        return session

    def link_create(self, account: Account, params: dict[str, Any]) -> dict[str, Any]:
        (line,) = params["line_items"]
        price = line["price_data"]
        if int(price["unit_amount"]) <= 0:
            raise Refused(400, "Invalid positive integer", param="line_items[0][price_data][unit_amount]")
        limit = int(params["restrictions"]["completed_sessions"]["limit"])
        link = self.keep(
            account,
            "payment_link",
            "plink",
            active=True,
            currency=price["currency"],
            metadata=params.get("metadata", {}),
            payment_intent_data=params.get("payment_intent_data"),
            restrictions={"completed_sessions": {"count": 0, "limit": limit}},
        )
        link["url"] = f"https://buy.stripe.example/{link['id']}"
        link["_amount"] = int(price["unit_amount"])
        return link

    def link_update(self, account: Account, link_id: str, params: dict[str, Any]) -> dict[str, Any]:
        link = self.one(account, link_id, "payment_link")
        link["active"] = params["active"] == "true"
        self.announce(account, "payment_link.updated", link)
        return link

    def session_expire(self, account: Account, session_id: str) -> dict[str, Any]:
        session = self.one(account, session_id, "checkout.session")
        if session["status"] != "open":
            raise Refused(400, 'Only Checkout Sessions with a status in ["open"] can be expired.')
        session.update(status="expired", url=None)
        self.announce(account, "checkout.session.expired", session)
        return session

    def intent_create(self, account: Account, params: dict[str, Any]) -> dict[str, Any]:
        """Off-session: confirmed at once, by what the method does."""
        method = self.one(account, params["payment_method"], "payment_method")
        if method["customer"] != params["customer"]:
            raise Refused(400, "The PaymentMethod does not belong to this Customer.", code="payment_method_unexpected")
        intent = self.keep(
            account,
            "payment_intent",
            "pi",
            amount=int(params["amount"]),
            currency=params["currency"],
            customer=params["customer"],
            payment_method=method["id"],
            description=params.get("description"),
            metadata=params.get("metadata", {}),
            status="requires_confirmation",
        )
        does = method["_does"]
        self.charge(account, intent, does, method["type"])
        if does in DECLINES:
            error = intent["last_payment_error"]
            raise Refused(402, error["message"], kind="card_error", code=error["code"],
                          decline_code=error["decline_code"], charge=intent["latest_charge"],
                          payment_intent=intent)  # fmt: skip
        return intent

    def customer_create(self, account: Account, params: dict[str, Any]) -> dict[str, Any]:
        return self.keep(
            account, "customer", "cus", name=params.get("name"), email=params.get("email"), metadata=params["metadata"]
        )

    def method_detach(self, account: Account, method_id: str) -> dict[str, Any]:
        method = self.one(account, method_id, "payment_method")
        if method["customer"] is None:
            raise Refused(400, "The payment method you provided is not attached to a customer.")
        method["customer"] = None
        return method

    def refund_create(self, account: Account, params: dict[str, Any]) -> dict[str, Any]:
        charge = self.one(account, params["charge"], "charge")
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(params.get("amount", left))
        if charge["status"] != "succeeded":
            raise Refused(400, "This charge cannot be refunded.", code="charge_not_refundable")
        if left == 0:
            raise Refused(400, "The charge has already been refunded.", code="charge_already_refunded")
        if amount > left:
            raise Refused(400, "The refund is greater than the unrefunded amount.", param="amount")
        refund = self.keep(
            account,
            "refund",
            "re",
            charge=charge["id"],
            payment_intent=charge["payment_intent"],
            amount=amount,
            currency=charge["currency"],
            metadata=params.get("metadata", {}),
            reason=params.get("reason"),
            status="pending" if account.refunds_wait else "succeeded",
        )
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        booked = self.book(account, "refund", -amount, charge["currency"], source=refund["id"])
        refund["balance_transaction"] = booked["id"]
        self.announce(account, "refund.created", refund)
        self.announce(account, "charge.refunded", charge)
        return refund

    def book(
        self, account: Account, kind: str, amount: int, currency: str, *, source: str, fee: int = 0
    ) -> dict[str, Any]:
        return self.keep(
            account, "balance_transaction", "txn", type=kind, amount=amount, fee=fee, net=amount - fee,
            currency=currency, source=source, status="available", reporting_category=kind,
        )  # fmt: skip

    # What clients and banks do.

    def client_follows(self, link_id: str) -> str:
        """A client opens a link, which opens a page; returns the page."""
        account = self.ours
        link = self.one(account, link_id, "payment_link")
        if not link["active"]:
            raise Refused(400, "This link is no longer active.")
        session = self.keep(
            account, "checkout.session", "cs_test", mode="payment", status="open", payment_status="unpaid",
            metadata=link["metadata"], amount_total=link["_amount"], currency=link["currency"],
            payment_link=link_id, expires_at=self.now() + SECONDS_A_DAY,
        )  # fmt: skip
        session["url"] = f"https://checkout.stripe.example/c/pay/{session['id']}"
        session["_intent_metadata"] = (link["payment_intent_data"] or {}).get("metadata", {})
        return str(session["id"])

    def client_pays(self, session_id: str, does: str = "pays", method: str = "card", **other: Any) -> str:
        """A client tries a method on a page; returns the charge. `other` falsifies the charge."""
        account = self.ours
        session = self.one(account, session_id, "checkout.session")
        assert session["status"] == "open", session["status"]
        if session["payment_intent"] is None:
            intent = self.keep(
                account,
                "payment_intent",
                "pi",
                amount=session["amount_total"],
                currency=session["currency"],
                metadata=session["_intent_metadata"],
                status="requires_payment_method",
            )
            session["payment_intent"] = intent["id"]
        intent = account.objects[session["payment_intent"]]
        charge = self.charge(account, intent, does, method)
        charge.update(other)
        if does not in DECLINES:
            session.update(status="complete", url=None, payment_status="paid" if does == "pays" else "unpaid")
            self._count(account, session)
            self.announce(account, "checkout.session.completed", session)
        return str(charge["id"])

    def _count(self, account: Account, session: dict[str, Any]) -> None:
        """A link that was used as often as it may be is closed."""
        if session["payment_link"] is None:
            return
        link = account.objects[session["payment_link"]]
        times = link["restrictions"]["completed_sessions"]
        times["count"] += 1
        link["active"] = times["count"] < times["limit"]

    def client_saves(self, session_id: str, does: str = "pays", kind: str = "card") -> str:
        """A client saves a method on a page; returns its id."""
        account = self.ours
        session = self.one(account, session_id, "checkout.session")
        card = {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030}
        bank = {"bank_name": "STRIPE TEST BANK", "last4": "6789"}
        method = self.keep(
            account, "payment_method", "pm", type=kind, customer=session["customer"], metadata={},
            **{kind: card if kind == "card" else bank},
        )  # fmt: skip
        method["_does"] = does
        account.objects[session["setup_intent"]].update(status="succeeded", payment_method=method["id"])
        session.update(status="complete", url=None)
        self.announce(account, "checkout.session.completed", session)
        return str(method["id"])

    def bank_answers(self, charge_id: str, *, paid: bool) -> None:
        """A debit that was on its way arrives, or comes back."""
        account = self.ours
        charge = account.objects[charge_id]
        intent = account.objects[charge["payment_intent"]]
        if paid:
            self._paid(account, intent, charge)
        else:
            charge.update(status="failed", failure_code="account_closed", failure_message="The account is closed.")
            intent.update(status="requires_payment_method", last_payment_error={"code": "account_closed"})
            self.announce(account, "payment_intent.payment_failed", intent)

    def disputed(self, charge_id: str, status: str = "needs_response") -> str:
        """The payer's bank takes back what was not refunded, or asks."""
        account, charge = self.ours, self.ours.objects[charge_id]
        amount = charge["amount"] - charge["amount_refunded"]
        dispute = self.keep(
            account, "dispute", "dp", charge=charge_id, payment_intent=charge["payment_intent"], status=status,
            amount=amount, currency=charge["currency"], reason="fraudulent",
            evidence_details={"due_by": self.now() + 7 * SECONDS_A_DAY}, metadata={}, balance_transactions=[],
        )  # fmt: skip
        if not status.startswith("warning"):
            self._dispute_moves(dispute, -amount, fee=1500)
        self.announce(account, "charge.dispute.created", dispute)
        return str(dispute["id"])

    def decided(self, dispute_id: str, status: str) -> None:
        """The payer's bank decides: "won" gives the money back, "lost" does not."""
        account, dispute = self.ours, self.ours.objects[dispute_id]
        dispute["status"] = status
        if status == "won":
            self._dispute_moves(dispute, dispute["amount"])
        self.announce(account, "charge.dispute.closed", dispute)

    def _dispute_moves(self, dispute: dict[str, Any], amount: int, fee: int = 0) -> None:
        moved = self.book(self.ours, "adjustment", amount, dispute["currency"], source=dispute["id"], fee=fee)
        dispute["balance_transactions"].append(moved)

    def paid_out(self, amount: int, currency: str, status: str = "paid") -> str:
        account = self.ours
        payout = self.keep(
            account, "payout", "po", amount=amount, currency=currency, status=status,
            arrival_date=self.now() + SECONDS_A_DAY, metadata={},
        )  # fmt: skip
        self.book(account, "payout", -amount, currency, source=payout["id"])
        self.announce(account, "payout.paid", payout)
        return str(payout["id"])

    def charge(self, account: Account, intent: dict[str, Any], does: str, method: str) -> dict[str, Any]:
        """One attempt at a bank."""
        charge = self.keep(
            account,
            "charge",
            "ch" if method == "card" else "py",
            amount=intent["amount"],
            amount_refunded=0,
            currency=intent["currency"],
            metadata=dict(intent["metadata"]),
            payment_intent=intent["id"],
            payment_method_details={"type": method},
            refunded=False,
            status="pending",
        )
        intent["latest_charge"] = charge["id"]
        if does == "pays":
            self._paid(account, intent, charge)
        elif does == "waits":
            intent["status"] = "processing"
            self.announce(account, "payment_intent.processing", intent)
        else:
            message = DECLINES[does]
            charge.update(status="failed", failure_code="card_declined", failure_message=message)
            charge["outcome"] = {"reason": does, "type": "issuer_declined"}
            error = {"type": "card_error", "code": "card_declined", "decline_code": does, "message": message}
            intent.update(status="requires_payment_method", last_payment_error=error)
            self.announce(account, "payment_intent.payment_failed", intent)
        return charge

    def _paid(self, account: Account, intent: dict[str, Any], charge: dict[str, Any]) -> None:
        fee = charge["amount"] * 29 // 1000 + 30
        booked = self.book(account, "charge", charge["amount"], charge["currency"], source=charge["id"], fee=fee)
        charge.update(status="succeeded", paid=True, balance_transaction=booked["id"])
        intent.update(status="succeeded", amount_received=intent["amount"])
        self.announce(account, "payment_intent.succeeded", intent)

    # Events.

    def announce(self, account: Account, name: str, about: dict[str, Any]) -> None:
        event = self.keep(account, "event", "evt", type=name, data={"object": _public(about)}, api_version="2026-10-28")
        account.events.append(event)

    def signed(self, event: dict[str, Any], account: Account | None = None) -> tuple[dict[str, str], bytes]:
        """Headers and body of an event as it is posted to the endpoint."""
        body = json.dumps(_public(event), indent=2).encode()
        seconds = self.now()
        secret = (account or self.ours).signing
        digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={seconds},v1={digest},v0={'0' * 64}"}, body


def _public(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if not name.startswith("_")}
