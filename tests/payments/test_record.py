"""Recording a payment: what it settles, what stays as credit, what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from billing_assistant.core.errors import InvalidAmount, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import JournalEntry, OwnerBalance
from invoices.errors import InvoiceNotOpen
from invoices.services.void import invoice_void
from payments.errors import DuplicatePayment, MoreThanDue, MoreThanReceived, OtherCurrency, OtherCustomer
from payments.models import Allocation, Payment
from payments.selectors.payments import postings_of
from payments.services.record import External
from tests import factories
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_a_part_payment_settles_a_part(now: datetime) -> None:
    of = customer()
    bill = invoice(of)
    payment = pay(of, "20000.00", {bill.pk: Decimal("20000.00")})
    assert (payment.number, payment.amount_allocated, payment.unapplied) == ("PAY-0001", Decimal(20000), 0)
    assert due(bill) == Decimal("32200.00")
    balance = OwnerBalance.objects.get(owner_id=of.pk)
    assert (balance.outstanding, balance.paid, balance.unapplied) == (Decimal(32200), Decimal(20000), 0)
    names = list(Event.objects.filter(customer_id=of.pk).order_by("id").values_list("name", flat=True))
    assert names[-2:] == ["invoice.partially_paid", "payment.recorded"]


def test_one_payment_settles_several_invoices_and_the_surplus_stays_as_credit(now: datetime) -> None:
    of = customer()
    first, second = invoice(of, "300.00"), invoice(of, "200.00")
    payment = pay(of, "650.00", {first.pk: Decimal("300.00"), second.pk: Decimal("150.00")})
    assert (due(first), due(second)) == (0, Decimal("50.00"))
    assert payment.unapplied == Decimal("200.00")
    assert OwnerBalance.objects.get(owner_id=of.pk).unapplied == Decimal("200.00")


def test_oldest_first_goes_by_due_date(now: datetime) -> None:
    of = customer()
    later = invoice(of, "100.00", payment_terms_days=30)
    sooner = invoice(of, "100.00", payment_terms_days=7)
    pay(of, "130.00", "oldest first")
    assert (due(sooner), due(later)) == (0, Decimal("70.00"))


def test_oldest_first_keeps_what_no_invoice_needs(now: datetime) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "130.00", "oldest first")
    assert (due(bill), payment.unapplied) == (0, Decimal("30.00"))


def test_without_allocations_all_of_it_is_credit(now: datetime) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "40.00")
    assert (due(bill), payment.unapplied) == (Decimal("100.00"), Decimal("40.00"))
    assert not Allocation.objects.exists()


def test_the_books_say_where_the_money_is(now: datetime) -> None:
    of = customer()
    pay(of, "40.00")
    pay(of, "60.00", external=External("demo", "acct_demo", "pay_1"))
    kinds = {
        entry.document_number: sorted(line.account.kind for line in entry.lines.all())
        for entry in JournalEntry.objects.filter(owner_id=of.pk)
    }
    assert kinds == {"PAY-0001": ["cash", "customer_credit"], "PAY-0002": ["customer_credit", "gateway_clearing"]}


def test_each_allocation_names_its_payment_in_the_books(now: datetime) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "40.00", {bill.pk: Decimal("40.00")})
    entry = JournalEntry.objects.get(kind="allocation")
    assert (entry.document_number, entry.memo) == (bill.number, payment.number)
    found = postings_of(factories.actor(), payment)
    assert {each.kind for each in found} == {"payment", "allocation"}


def _refused(of, error, amount, allocations=None, **fields) -> None:
    payments, entries = Payment.objects.count(), JournalEntry.objects.count()
    with pytest.raises(error):
        pay(of, amount, allocations, **fields)
    assert (Payment.objects.count(), JournalEntry.objects.count()) == (payments, entries)


def test_refuses_more_than_due_and_changes_nothing(now: datetime) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    _refused(of, MoreThanDue, "500.00", {bill.pk: Decimal("100.01")})
    assert due(bill) == Decimal("100.00")


def test_refuses_more_than_received(now: datetime) -> None:
    of = customer()
    first, second = invoice(of, "100.00"), invoice(of, "100.00")
    _refused(of, MoreThanReceived, "150.00", {first.pk: Decimal(100), second.pk: Decimal(100)})
    assert (due(first), due(second)) == (Decimal(100), Decimal(100))


def test_refuses_another_currency_with_the_reason(now: datetime) -> None:
    of = customer()
    bill = invoice(of, "100.00", currency="USD")
    _refused(of, OtherCurrency, "100.00", {bill.pk: Decimal("100.00")})


def test_refuses_the_invoice_of_another_customer(now: datetime) -> None:
    bill = invoice(total="100.00")
    _refused(customer(), OtherCustomer, "100.00", {bill.pk: Decimal("100.00")})


def test_refuses_a_void_invoice(now: datetime) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    invoice_void(invoice_id=bill.pk, reason="Mistake", actor=SYSTEM, now=NOW)
    _refused(of, InvoiceNotOpen, "100.00", {bill.pk: Decimal("100.00")})


@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "10.005", "NaN", "Infinity", "1e308"])
def test_refuses_amounts_that_are_no_money(now: datetime, amount: str) -> None:
    _refused(customer(), InvalidAmount, amount)


def test_a_yen_has_no_parts_and_a_dinar_has_three(now: datetime) -> None:
    _refused(customer("JPY"), InvalidAmount, "10.5")
    assert pay(customer("KWD"), "10.125").amount == Decimal("10.125")


def test_refuses_a_date_in_the_future_of_the_profile(now: datetime) -> None:
    _refused(customer(), ValidationFailed, "5.00", received_on=date(2026, 3, 3))
    assert pay(customer(), "5.00", received_on=date(2026, 3, 2))


def test_today_is_the_profiles_own_date(clock) -> None:
    late = datetime.fromisoformat("2026-03-02T22:30:00+00:00")  # half past one of the third in Nairobi
    clock.move_to(late)
    assert pay(customer(), "5.00", received_on=date(2026, 3, 3), now=late)
    _refused(customer(time_zone="America/New_York"), ValidationFailed, "5.00", received_on=date(2026, 3, 3), now=late)


def test_refuses_an_unknown_method_and_an_unknown_currency(now: datetime) -> None:
    _refused(customer(), ValidationFailed, "5.00", method="barter")
    _refused(customer(), InvalidAmount, "5.00", currency="XXX")


def test_needs_the_right_and_the_profile(now: datetime) -> None:
    of = customer()
    _refused(of, PermissionRefused, "5.00", actor=factories.actor(Role.CSM))
    limited = factories.actor(Role.FINANCE, profiles=[factories.profile()])
    _refused(of, NotFound, "5.00", actor=limited)


def test_the_same_form_records_once(now: datetime) -> None:
    of, key = customer(), uuid7()
    first = pay(of, "5.00", payment_id=key)
    assert pay(of, "5.00", payment_id=key) == first
    with pytest.raises(DuplicatePayment):
        pay(of, "6.00", payment_id=key)
    assert Payment.objects.count() == 1


def test_a_providers_payment_is_recorded_once(now: datetime) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    external = External("demo", "acct_demo", "pay_1")
    first = pay(of, "60.00", {bill.pk: Decimal("60.00")}, external=external)
    assert pay(of, "60.00", {bill.pk: Decimal("60.00")}, external=external) == first
    with pytest.raises(DuplicatePayment):
        pay(of, "61.00", external=external)
    assert due(bill) == Decimal("40.00")


def test_a_payment_before_its_invoice_is_allocated_on_the_day_of_the_invoice(now: datetime) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "60.00", {bill.pk: Decimal("60.00")}, received_on=date(2026, 2, 20))
    assert Allocation.objects.get().allocated_on == date(2026, 3, 2)


def test_an_unknown_customer_or_invoice_is_not_found(now: datetime) -> None:
    of = customer()
    _refused(of, NotFound, "5.00", {uuid4(): Decimal("5.00")})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_payment SET amount = amount + 1",
        "UPDATE payments_payment SET currency = 'USD'",
        "UPDATE payments_payment SET status = 'pending', amount_allocated = 0",
        "UPDATE payments_payment SET amount_allocated = amount + 1",
        "DELETE FROM payments_payment",
        "TRUNCATE payments_payment CASCADE",
        "UPDATE payments_allocation SET amount = amount + 1",
        "DELETE FROM payments_allocation",
        "UPDATE invoices_invoice SET amount_paid = total + 1",
    ],
)
def test_the_database_itself_keeps_what_was_received(now: datetime, statement: str) -> None:
    of = customer()
    pay(of, "60.00", {invoice(of, "100.00").pk: Decimal("60.00")})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_reading_of_a_payment_by_its_due_date_is_stable(now: datetime) -> None:
    """Two invoices due on the same day are filled in the order of their numbers."""
    of = customer()
    first, second = invoice(of, "10.00"), invoice(of, "10.00", now=NOW + timedelta(seconds=1))
    pay(of, "10.00", "oldest first")
    assert (due(first), due(second)) == (0, Decimal("10.00"))
