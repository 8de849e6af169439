"""A price that is not said comes from earlier invoices, else from the catalogue, else it is asked for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from ai_agent.services.generate import draft_generate
from customers.models import Customer
from invoices.models import InvoiceDraft
from tests import factories
from tests.factories import SYSTEM, line

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer() -> Customer:
    made = factories.customer(factories.seller())
    factories.catalogue_item(made.profile, "SEO audit", unit="", prices={"KES": Decimal(40_000), "USD": Decimal(300)})
    factories.catalogue_item(made.profile, "Website maintenance", prices={"KES": Decimal(12_000)})
    return made


def _drafted(customer: Customer, prompt: str, now: datetime) -> tuple[InvoiceDraft, tuple[str, ...]]:
    made = draft_generate(customer_id=customer.pk, prompt=prompt, use_history=True, add_tax=True, actor=SYSTEM, now=now)
    return InvoiceDraft.objects.get(pk=made.draft.pk), made.suggestions


def test_the_catalogue_prices_what_the_request_leaves_open_and_says_so(customer: Customer, now: datetime) -> None:
    draft, notes = _drafted(customer, "Bill an SEO audit", now)
    assert draft.subtotal == Decimal(40_000)
    assert any("catalogue" in note for note in notes)


def test_what_the_customer_paid_before_comes_first(customer: Customer, now: datetime) -> None:
    factories.issued_invoice(customer, line("SEO audit", "1", "35000", unit=""), now=now)
    draft, notes = _drafted(customer, "Bill an SEO audit", now)
    assert draft.subtotal == Decimal(35_000)
    assert not any("catalogue" in note for note in notes)


def test_a_said_price_beats_the_catalogue(customer: Customer, now: datetime) -> None:
    draft, _ = _drafted(customer, "Bill an SEO audit at KES 10,000", now)
    assert draft.subtotal == Decimal(10_000)


def test_a_count_takes_the_price_of_the_catalogue_for_each(customer: Customer, now: datetime) -> None:
    draft, _ = _drafted(customer, "3 months of website maintenance", now)
    assert draft.subtotal == Decimal(36_000)


def test_two_offers_that_fit_alike_are_no_price(customer: Customer, now: datetime) -> None:
    factories.catalogue_item(customer.profile, "SEO retainer", unit="", prices={"KES": Decimal(9_000)})
    draft, _ = _drafted(customer, "Bill SEO", now)
    assert draft.lines.get().unit_price is None


def test_an_offer_without_a_price_in_the_currency_is_none(customer: Customer, now: datetime) -> None:
    customer.currency = "EUR"
    customer.save()
    draft, _ = _drafted(customer, "Bill an SEO audit", now)
    assert draft.lines.get().unit_price is None
