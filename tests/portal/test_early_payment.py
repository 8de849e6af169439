"""The portal offers what an early payment settles the invoice for, as long as the terms stand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from payments.models import Checkout
from payments.services.early_payment import early_discounts_grant
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay
from tests.portal.test_link_pages import path_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
TERMS = {"early_discount_percent": Decimal(2), "early_discount_days": 10}


def test_the_early_amount_is_offered_and_can_be_paid(client: Client, fake_gateway: FakeGateway) -> None:
    bill = invoice(**TERMS)
    page = text_of(client.get(path_of(bill)))
    assert "51,156.00" in page
    assert "settles it if paid by" in page
    answer = client.post(path_of(bill, "pay/"), {"how": "part", "amount": "51156.00"})
    checkout = Checkout.objects.get()
    assert checkout.amount == Decimal(51_156)
    assert checkout.url in text_of(answer)


def test_nothing_is_offered_without_terms_or_once_it_was_used(client: Client, fake_gateway: FakeGateway) -> None:
    of = customer()
    plain, kept = invoice(of), invoice(of, "1000.00", **TERMS)
    pay(of, "980.00", {kept.pk: Decimal(980)})
    early_discounts_grant(invoice_ids=[kept.pk], actor=SYSTEM, now=NOW)
    assert due(kept) == 0
    assert all("settles it if paid by" not in text_of(client.get(path_of(bill))) for bill in (plain, kept))


def test_nothing_is_offered_after_the_day(client: Client, fake_gateway: FakeGateway, clock) -> None:
    bill = invoice(**TERMS)
    clock.shift(timedelta(days=11))
    assert "settles it if paid by" not in text_of(client.get(path_of(bill)))
