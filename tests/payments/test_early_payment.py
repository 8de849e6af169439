"""The discount for paying early: earned by money in time, once, as a credit note exact to the cent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_assistant.core.models import Event, Notice
from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Customer
from invoices.models import Invoice
from payments.services.early_payment import early_discount_ask, early_discounts_grant
from payments.services.reverse import payment_reverse
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, due, invoice, pay
from tests.payments.test_subscriptions import relay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
TERMS: dict[str, Any] = {"early_discount_percent": Decimal(2), "early_discount_days": 10}


def notes_of(bill: Invoice) -> list[Invoice]:
    return list(Invoice.objects.filter(corrects=bill).order_by("issued_at", "number"))


def grant(bill: Invoice) -> list[Invoice]:
    return early_discounts_grant(invoice_ids=[bill.pk], actor=SYSTEM, now=NOW)


def terms_kept(of: Customer, bill: Invoice, paid: str, **fields: Any) -> list[Invoice]:
    pay(of, paid, {bill.pk: Decimal(paid)}, **fields)
    return grant(bill)


def test_paying_the_reduced_amount_in_time_settles_the_invoice() -> None:
    of = customer()
    bill = invoice(of, "1000.00", **TERMS)
    pay(of, "980.00", {bill.pk: Decimal(980)})
    assert relay("payments.grant_early_discount")
    note = notes_of(bill)[0]
    assert (note.total, due(bill)) == (Decimal(20), 0)
    assert note.reason == "Discount for paying by 12/03/2026"
    assert OwnerBalance.objects.get(owner_id=of.pk).outstanding == 0


def test_tax_comes_down_with_the_price() -> None:
    of = customer()
    bill = factories.issued_invoice(of, factories.line(quantity="1", price="1000.00"), **TERMS)
    assert bill.total == Decimal(1160)
    note = terms_kept(of, bill, "1136.80")[0]
    assert (note.subtotal, note.tax_total, note.total) == (Decimal(20), Decimal("3.20"), Decimal("23.20"))


def test_the_discount_is_not_given_twice() -> None:
    of = customer()
    bill = invoice(of, "1000.00", **TERMS)
    payment = pay(of, "980.00", {bill.pk: Decimal(980)})
    assert (len(grant(bill)), grant(bill)) == (1, [])
    payment_reverse(payment_id=payment.pk, reason="Bounced", actor=SYSTEM, now=NOW)
    assert due(bill) == Decimal(980)
    assert terms_kept(of, bill, "960.40") == []
    assert due(bill) == Decimal("19.60")


def test_a_person_is_told_once_when_the_money_that_earned_it_is_taken_back(client) -> None:
    finance = factories.user(Role.FINANCE)
    of = customer()
    bill = invoice(of, "1000.00", **TERMS)
    payment = pay(of, "980.00", {bill.pk: Decimal(980)})
    (note,) = grant(bill)
    assert early_discount_ask(invoice_id=bill.pk, actor=SYSTEM, now=NOW) is None
    payment_reverse(payment_id=payment.pk, reason="Bounced", actor=SYSTEM, now=NOW)
    assert relay("payments.ask_early_discount")
    assert early_discount_ask(invoice_id=bill.pk, actor=SYSTEM, now=NOW) == note
    told = Notice.objects.get(user=finance, key=f"early-discount-{note.pk}")
    assert told.text.endswith(f"the discount for paying early stays credited: {note.number} over KES 20.00.")
    assert Event.objects.filter(name="invoice.early_discount_unearned").count() == 1
    client.force_login(finance)
    page = client.get(f"/invoices/{bill.pk}/").content.decode()
    assert "Discount not earned" in page
    pay(of, "980.00", {bill.pk: Decimal(980)})
    assert "Discount not earned" not in client.get(f"/invoices/{bill.pk}/").content.decode()


@pytest.mark.parametrize(
    ("paid", "fields"),
    [
        ("979.99", {}),  # a cent less than the terms ask for
        ("980.00", {"received_on": TODAY + timedelta(days=11), "now": NOW + timedelta(days=11)}),  # a day late
    ],
)
def test_nothing_is_given_for_less_or_later(paid: str, fields: dict[str, Any]) -> None:
    of = customer()
    bill = invoice(of, "1000.00", **TERMS)
    assert terms_kept(of, bill, paid, **fields) == []
    assert due(bill) == Decimal(1000) - Decimal(paid)


def test_the_last_day_counts() -> None:
    of = customer()
    bill = invoice(of, "1000.00", **TERMS)
    later = {"received_on": TODAY + timedelta(days=10), "now": NOW + timedelta(days=10)}
    assert len(terms_kept(of, bill, "980.00", **later)) == 1


def test_what_was_paid_in_full_stays_paid() -> None:
    of = customer()
    bill = invoice(of, "1000.00", **TERMS)
    assert terms_kept(of, bill, "1000.00") == []


def test_an_invoice_without_terms_gives_nothing() -> None:
    of = customer()
    bill = invoice(of, "1000.00")
    assert terms_kept(of, bill, "999.99") == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.decimals("0.01", "9999.99", places=2), min_size=1, max_size=5),
    rates=st.lists(st.sampled_from(["0", "8", "16", "7.7"]), min_size=5, max_size=5),
    percent=st.decimals("0.5", "40", places=1),
    inclusive=st.booleans(),
)
def test_the_credit_is_exactly_the_promised_discount(
    prices: list[Decimal], rates: list[str], percent: Decimal, inclusive: bool
) -> None:
    of = customer()
    lines = [
        factories.line(quantity="1", price=str(price), tax_rate=Decimal(rate))
        for price, rate in zip(prices, rates, strict=False)
    ]
    bill = factories.issued_invoice(
        of, *lines, prices_include_tax=inclusive, early_discount_percent=percent, early_discount_days=10
    )
    promised = bill.total - (bill.total * percent / 100).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    if not 0 < promised < bill.total:
        return
    note = terms_kept(of, bill, str(promised))[0]
    assert (note.total, due(bill)) == (bill.total - promised, 0)
    assert note.subtotal + note.tax_total == note.total
    charged = {(tax.category, tax.rate): tax for tax in bill.taxes.all()}
    for tax in note.taxes.all():
        of_bill = charged[tax.category, tax.rate]
        assert 0 <= tax.base <= of_bill.base
        assert 0 <= tax.tax <= of_bill.tax
