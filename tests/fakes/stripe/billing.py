"""Stripe Billing: subscriptions that make invoices by themselves, on Stripe's side alone."""

from __future__ import annotations

from typing import Any

from tests.fakes.stripe.books import DECLINES, SECONDS_A_DAY, Account, Books, Refused
from tests.fakes.stripe.contract import blank

MONTH = 30 * SECONDS_A_DAY


class Billing:
    """What happens to invoices of an account: each step is announced as Stripe announces it."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def subscribe(self, amount: int = 250_000, currency: str = "kes", **payer: Any) -> str:
        """A customer of Stripe's takes a subscription; returns it. `payer` is name, email and metadata."""
        account = self.books.ours
        given = {"name": "Acme Ltd", "email": "", "metadata": {}} | payer
        customer = self.books.keep(account, "customer", "cus", **given)
        subscription = f"sub_{customer['id'].removeprefix('cus_')}"
        self.books.subscriptions[subscription] = {
            "customer": customer["id"], "amount": amount, "currency": currency, "begins": self.books.now(),
        }  # fmt: skip
        return subscription

    def comes_up(self, subscription: str) -> None:
        """Some days before it makes an invoice, Stripe says so; the event's object has no id."""
        preview = self.preview(self.books.ours, {"subscription": subscription})
        self.books.announce(self.books.ours, "invoice.upcoming", {**preview, "id": None})

    def makes(self, subscription: str, **other: Any) -> str:
        """The draft of the period that ends; returns it."""
        account, terms = self.books.ours, self._terms(subscription)
        invoice = self.books.keep(
            account, "invoice", "in", **(self._fields(subscription) | {"status": "draft"} | other)
        )
        terms["begins"] += MONTH
        self.books.announce(account, "invoice.created", invoice)
        return str(invoice["id"])

    def finalizes(self, invoice_id: str) -> None:
        """An hour later the invoice has a number and is asked for."""
        account, invoice = self.books.ours, self._invoice(invoice_id)
        number = f"ACME-{len(self.books.all_of(account, 'invoice')):04}"
        url = f"https://invoice.stripe.example/i/{invoice_id}"
        invoice.update(status="open", number=number, hosted_invoice_url=url, next_payment_attempt=self.books.now())
        intent = self.books.keep(
            account, "payment_intent", "pi", amount=invoice["total"], currency=invoice["currency"], metadata={},
            status="requires_payment_method",
        )  # fmt: skip
        self.books.keep(
            account, "invoice_payment", "inpay", amount_requested=invoice["total"], currency=invoice["currency"],
            invoice=invoice_id, is_default=True, payment={"type": "payment_intent", "payment_intent": intent["id"]},
            status="open",
        )  # fmt: skip
        self.books.announce(account, "invoice.finalized", invoice)

    def collects(self, invoice_id: str, does: str = "pays") -> str:
        """Stripe charges the invoice; returns the charge."""
        account, invoice = self.books.ours, self._invoice(invoice_id)
        invoice["attempt_count"] += 1
        (paying,) = [
            one for one in self.books.all_of(account, "invoice_payment") if one["invoice"] == invoice_id
        ]  # fmt: skip
        intent = account.objects[paying["payment"]["payment_intent"]]
        charge = self.books.charge(account, intent, does, "card")
        if does in DECLINES:
            invoice["next_payment_attempt"] = self.books.now() + 3 * SECONDS_A_DAY
            self.books.announce(account, "invoice.payment_failed", invoice)
            return str(charge["id"])
        paying.update(status="paid", amount_paid=invoice["total"])
        invoice.update(
            status="paid", amount_paid=invoice["total"], amount_remaining=0, next_payment_attempt=None, attempted=True
        )
        self.books.announce(account, "invoice.paid", invoice)
        return str(charge["id"])

    def ends(self, invoice_id: str, status: str) -> None:
        """A person at Stripe voids it, or gives it up ("uncollectible")."""
        invoice = self._invoice(invoice_id)
        invoice.update(status=status, next_payment_attempt=None)
        name = {"void": "invoice.voided", "uncollectible": "invoice.marked_uncollectible"}[status]
        self.books.announce(self.books.ours, name, invoice)

    def cancels(self, subscription: str) -> None:
        """The subscription ends: no invoice follows."""
        del self.books.subscriptions[subscription]

    def preview(self, account: Account, params: dict[str, Any]) -> dict[str, Any]:
        """The invoice that a subscription makes next."""
        if params["subscription"] not in self.books.subscriptions:
            raise Refused(404, "No upcoming invoices for customer.", code="invoice_upcoming_none")
        fields = self._fields(params["subscription"])
        tried = self._terms(params["subscription"])["begins"] + MONTH
        made = blank("invoice", id=f"upcoming_in_{params['subscription']}", status="draft", created=tried, **fields)
        return {**made, "livemode": account.livemode, "next_payment_attempt": tried}

    def _fields(self, subscription: str) -> dict[str, Any]:
        terms = self._terms(subscription)
        payer = self.books.ours.objects[terms["customer"]]
        amounts = dict.fromkeys(("total", "subtotal", "amount_due", "amount_remaining"), terms["amount"])
        return {
            **amounts,
            "amount_paid": 0,
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": True,
            "billing_reason": "subscription_cycle",
            "collection_method": "charge_automatically",
            "currency": terms["currency"],
            "customer": terms["customer"],
            "customer_name": payer["name"],
            "customer_email": payer["email"] or None,
            "metadata": {},
            "parent": {"type": "subscription_details", "subscription_details": {"subscription": subscription}},
            "period_start": terms["begins"],
            "period_end": terms["begins"] + MONTH,
        }

    def _terms(self, subscription: str) -> dict[str, Any]:
        return self.books.subscriptions[subscription]

    def _invoice(self, invoice_id: str) -> dict[str, Any]:
        return self.books.one(self.books.ours, invoice_id, "invoice")
