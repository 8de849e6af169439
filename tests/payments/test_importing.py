"""Import of payments: recorded once, allocated to the invoice that the row names, refused row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_assistant.core.models import BusinessProfile
from customers.models import Customer
from customers.services.merging import customers_merge
from invoices.models import Invoice
from invoices.services.lock_date import lock_date_move
from payments.models import Payment
from tests import factories
from tests.support.imports import counts, imported, reasons, tried

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def customer(profile: BusinessProfile) -> Customer:
    return factories.customer(profile, number="C-1", name="Acme")


@pytest.fixture
def invoice(customer: Customer) -> Invoice:
    return factories.issued_invoice(customer)


def test_a_row_settles_the_invoice_that_it_names(profile: BusinessProfile, invoice: Invoice) -> None:
    text = f"Receipt,Invoice no,Paid in,Date,Method\nQX1,{invoice.number},52200.00,2026-03-01,M-Pesa\n"
    assert counts(tried(text, "payments", profile)) == (1, 0, 0, 0)
    assert not Payment.objects.exists()
    assert counts(imported(text, "payments", profile)) == (1, 0, 0, 0)
    invoice.refresh_from_db()
    assert invoice.amount_due == 0
    payment = Payment.objects.get()
    assert (payment.method, payment.reference, payment.external_id) == ("mpesa", "QX1", "QX1")
    assert counts(imported(text, "payments", profile)) == (0, 1, 0, 0)
    changed = imported(text.replace("52200.00", "100.00"), "payments", profile)
    assert counts(changed) == (0, 0, 0, 1)
    assert Payment.objects.count() == 1


def test_what_is_more_than_due_stays_as_credit(profile: BusinessProfile, invoice: Invoice) -> None:
    row = f"{invoice.number},40000.00,2026-03-01\n"
    assert counts(imported(f"Invoice,Amount,Date\n{row}{row}", "payments", profile)) == (2, 0, 0, 0)
    assert counts(imported(f"Invoice,Amount,Date\n{row}{row}", "payments", profile)) == (0, 2, 0, 0)
    invoice.refresh_from_db()
    assert invoice.amount_due == 0
    assert sum(Payment.objects.values_list("unapplied", flat=True)) == Decimal(27800)


def test_a_payment_of_our_own_export_is_not_recorded_again(profile: BusinessProfile, invoice: Invoice) -> None:
    imported(f"Receipt,Invoice no,Paid in,Date\nQX1,{invoice.number},200,2026-03-01\n", "payments", profile)
    own = Payment.objects.get()
    head = "Number,Received on,Customer,Customer number,Method,Reference,Status,Currency,Amount\n"
    text = f"{head}{own.number},2026-03-01,Acme,C-1,M-Pesa,QX1,Received,KES,200.00\n"
    assert counts(imported(text, "payments", profile)) == (0, 1, 0, 0)
    assert counts(imported(text.replace("200.00", "300.00"), "payments", profile)) == (1, 0, 0, 0)


@pytest.mark.parametrize("who", ["C-1", "Acme"])
def test_without_an_invoice_it_is_the_customers_credit(profile: BusinessProfile, customer: Customer, who: str) -> None:
    imported(f"Customer,Amount,Date\n{who},100.50,2026-03-01\n", "payments", profile, currency="USD")
    payment = Payment.objects.get()
    assert (payment.customer, payment.currency, payment.unapplied) == (customer, "USD", Decimal("100.5"))


def test_rows_that_cannot_be_recorded_say_why(profile: BusinessProfile, invoice: Invoice) -> None:
    factories.customer(profile, name="Twin")
    factories.customer(profile, name="Twin")
    other = factories.customer(profile, name="Other")
    rows = [
        "INV-0,,1.50,2026-03-01,",
        ",Nobody,1.50,2026-03-01,",
        ",Twin,1.50,2026-03-01,",
        ",,1.50,2026-03-01,",
        f"{invoice.number},{other.number},1.50,2026-03-01,",
        ",Acme,0,2026-03-01,",
        ",Acme,1.50,2036-03-01,",
        ",Acme,1.50,2026-03-01,pigeon",
        ",Acme,1.50,someday,",
    ]
    run = imported("Invoice,Customer,Amount,Date,Method\n" + "\n".join(rows), "payments", profile)
    assert counts(run) == (0, 0, 0, len(rows))
    assert [field for _line, field, _reason in reasons(run)] == [
        "invoice",
        "customer",
        "customer",
        "customer",
        "allocations",
        "amount",
        "received_on",
        "method",
        "received_on",
    ]


def test_money_of_locked_days_is_refused_unless_it_is_there(profile: BusinessProfile, customer: Customer) -> None:
    text = "Customer,Amount,Date\nC-1,100.50,2026-03-01\n"
    assert counts(imported(text, "payments", profile)) == (1, 0, 0, 0)
    lock_date_move(profile_id=profile.pk, until=date(2026, 3, 1), actor=factories.SYSTEM, now=factories.NOW)
    assert counts(imported(f"{text}C-1,7.00,2026-03-01\n", "payments", profile)) == (0, 1, 0, 1)


def test_a_payment_of_a_merged_customer_goes_to_who_stands_for_it() -> None:
    seller = factories.seller()
    kept, other = factories.customer(seller, number="C-1", name="A"), factories.customer(seller, number="C-2", name="B")
    customers_merge(keep_id=kept.pk, merge_id=other.pk, actor=factories.SYSTEM, now=factories.NOW)
    run = imported("Customer,Date,Amount,Method\nC-2,2026-01-10,500,mpesa\nB,2026-01-11,70,mpesa\n", "payments", seller)
    assert counts(run) == (2, 0, 0, 0)
    assert set(Payment.objects.values_list("customer", flat=True)) == {kept.pk}
