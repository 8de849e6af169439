"""The products of the simulator of Dodo Payments, and the subscriptions to them that it charges by the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from tests.fakes.vendor_server import Answer, Delivery, VendorServer

BUSINESS: Final = "bus_simulator"
MONTHLY: Final = "pdt_monthly"


class DodoProducts(VendorServer):
    """What is sold by the calendar, who subscribed, and what is charged each period."""

    sessions: dict[str, dict[str, Any]]
    subscriptions: dict[str, dict[str, Any]]
    now: datetime
    _numbers: Iterator[int]

    def __init__(self) -> None:
        super().__init__()
        self.monthly: dict[str, Any] = {
            "product_id": MONTHLY,
            "business_id": BUSINESS,
            "name": "Hosting, monthly",
            "is_recurring": True,
            "price_detail": {
                "price": 250_000,
                "currency": "KES",
                "tax_inclusive": True,
                "payment_frequency_count": 1,
                "payment_frequency_interval": "Month",
            },
        }
        self.others: dict[str, dict[str, Any]] = {}

    def write_products(self, call: list[str], body: dict[str, Any]) -> Answer | None:
        """What is asked about products and plans; None for any other call."""
        match call:
            case ["POST", "products"]:
                return self.checked("POST /products", body) or Answer(body=self.sells(body["name"], body["price"]))
            case ["POST", "subscriptions", subscription_id, "change-plan"] if subscription_id in self.subscriptions:
                return self.checked("POST /change-plan", body) or self.scheduled(subscription_id, body["product_id"])
            case ["DELETE", "subscriptions", subscription_id, "change-plan", "scheduled"]:
                self.subscriptions[subscription_id].pop("scheduled_change", None)
                return Answer(204)
            case ["POST", "subscriptions", subscription_id, "update-payment-method"]:
                return self.checked("POST /update-payment-method", body) or self.mending(subscription_id)
        return None

    def sells(self, name: str, price: dict[str, Any]) -> dict[str, Any]:
        """Another product of the business, sold by the calendar."""
        product = {"product_id": f"pdt_{next(self._numbers)}", "name": name, "is_recurring": True}
        self.others[product["product_id"]] = product | {"business_id": BUSINESS, "price_detail": price}
        return self.others[product["product_id"]]

    def whole(self, product: dict[str, Any]) -> dict[str, Any]:
        """A product as it is told alone."""
        return product | {"price": product["price_detail"], "tax_category": "saas"}

    def scheduled(self, subscription_id: str, product_id: str) -> Answer:
        """Another product from the next charge on."""
        if product_id not in self.others and product_id != MONTHLY:
            return Answer(404, {"code": "NOT_FOUND", "message": "Told by the simulator."})
        self.subscriptions[subscription_id]["scheduled_change"] = {"product_id": product_id, "quantity": 1}
        return Answer(204)

    def mending(self, subscription_id: str) -> Answer:
        """A page for another payment method."""
        link = f"https://test.checkout.example/mend_{subscription_id}"
        return Answer(body={"payment_link": link, "payment_id": None, "client_secret": None})

    def client_subscribes(self, session_id: str) -> str:
        """A client subscribes to a product on a page: the first period is paid at once. Returns the subscription."""
        session, price = self.sessions[session_id], self.monthly["price_detail"]
        subscription = {
            "subscription_id": f"sub_{next(self._numbers)}",
            "status": "active",
            "customer": {"customer_id": f"cus_{next(self._numbers)}"},
            "metadata": session["metadata"],
            "product_id": session["product_cart"][0]["product_id"],
            "recurring_pre_tax_amount": price["price"],
            "currency": price["currency"],
            "next_billing_date": (self.now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "created_at": self.stamp(),
        }
        self.subscriptions[subscription["subscription_id"]] = subscription
        self.tell("subscription.active", subscription)
        self.renews(subscription["subscription_id"])
        return str(subscription["subscription_id"])

    def renews(self, subscription_id: str, status: str = "succeeded") -> dict[str, Any]:
        """Dodo charges a period; a charge that fails puts the subscription on hold."""
        subscription = self.subscriptions[subscription_id]
        if change := subscription.pop("scheduled_change", None):
            product = {MONTHLY: self.monthly, **self.others}[change["product_id"]]
            subscription["product_id"] = product["product_id"]
            subscription["recurring_pre_tax_amount"] = product["price_detail"]["price"]
            self.tell("subscription.plan_changed", subscription)
        code = "card_declined" if status == "failed" else ""
        payment = self.paid(
            subscription["recurring_pre_tax_amount"], subscription["currency"], subscription["metadata"], status, code
        )
        payment["subscription_id"] = subscription_id
        self.tell(f"payment.{status}", payment)
        if status == "failed":
            self.turns(subscription_id, "on_hold")
        else:
            self.tell("subscription.renewed", subscription)
        return payment

    def turns(self, subscription_id: str, status: str) -> None:
        """A subscription moves on, by the client or by Dodo."""
        self.subscriptions[subscription_id]["status"] = status
        self.tell(f"subscription.{status}", self.subscriptions[subscription_id])

    def moved(self, subscription_id: str, status: str) -> Answer:
        """A subscription is moved by a call."""
        if self.subscriptions[subscription_id]["metadata"].get("kind"):
            self.turns(subscription_id, status)
        self.subscriptions[subscription_id]["status"] = status
        return Answer(body={})

    def checked(self, call: str, body: dict[str, Any]) -> Answer | None:
        raise NotImplementedError

    def tell(self, name: str, about: dict[str, Any]) -> Delivery:
        raise NotImplementedError

    def paid(self, amount: int, currency: str, metadata: Any, status: str, code: str) -> dict[str, Any]:
        raise NotImplementedError

    def stamp(self) -> str:
        raise NotImplementedError
