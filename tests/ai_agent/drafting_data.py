"""Requests for the drafting tests, written short."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from ai_agent.drafting.types import DraftingCustomer, DraftingRequest, PastInvoice, PastLine

DATA = Path(__file__).parent / "data"
TODAY = date(2025, 11, 12)  # a Wednesday


def customer(
    *, currency: str = "KES", include_tax: bool = True, tax_rate: str = "16", payment_terms: str = "net_30"
) -> DraftingCustomer:
    return DraftingCustomer(
        customer_id="CUST-0042",
        name="Baobab Crafts Ltd",
        business_type="retail",
        payment_terms=payment_terms,
        currency=currency,
        include_tax=include_tax,
        tax_rate=Decimal(tax_rate),
    )


def past(number: str, issued_on: str, *lines: tuple[str, str, str, str], currency: str = "KES") -> PastInvoice:
    """An earlier invoice; each line is description, quantity, unit, rate."""
    made = tuple(PastLine(text, Decimal(quantity), unit, Decimal(rate)) for text, quantity, unit, rate in lines)
    return PastInvoice(date.fromisoformat(issued_on), number, currency, made)


def request(
    prompt: str, *history: PastInvoice, of: DraftingCustomer | None = None, today: date = TODAY
) -> DraftingRequest:
    return DraftingRequest(prompt=prompt, customer=of or customer(), today=today, history=history)
