"""What payments does when something happened, through the outbox as in production."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from billing_assistant.core.models import EventDelivery
from billing_assistant.core.services.relay import deliveries_claim, delivery_run
from customers.models import Customer
from customers.states import PaymentStatus
from invoices.services.credit_notes import credit_note_issue
from payments.models import Allocation, Checkout
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.services.credits import invoice_credit
from payments.services.reverse import payment_reverse
from payments.services.standing import standings_refresh
from payments.states import CheckoutState
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay
from tests.support.imports import imported

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
URLS = ReturnUrls(success=str, cancel=str)


def relay(only: str) -> int:
    """Delivers the waiting events of one subscriber, twice each: a handler can run again after a crash."""
    EventDelivery.objects.exclude(subscriber=only).filter(status="pending").update(status="done")
    ran = 0
    while claimed := deliveries_claim(queue="default", now=NOW):
        for delivery in claimed:
            delivery_run(delivery)
            delivery_run(delivery)
            ran += 1
    assert not EventDelivery.objects.exclude(last_error="").exists()
    return ran


def status_of(of: Customer) -> str:
    of.refresh_from_db()
    return of.payment_status


def test_a_credit_note_settles_the_invoice_that_it_corrects() -> None:
    bill = invoice(total="100.00")
    credit_note_issue(invoice_id=bill.pk, lines={bill.lines.get().pk: Decimal(30)}, reason="x", actor=SYSTEM, now=NOW)
    assert relay("payments.apply_credit_note")
    assert (due(bill), Allocation.objects.count()) == (Decimal(70), 1)


def test_a_credit_note_that_was_applied_with_its_issue_is_not_applied_again() -> None:
    bill = invoice(total="100.00")
    invoice_credit(invoice_id=bill.pk, lines={bill.lines.get().pk: Decimal(30)}, reason="x", actor=SYSTEM, now=NOW)
    relay("payments.apply_credit_note")
    assert (due(bill), Allocation.objects.count()) == (Decimal(70), 1)


def test_settling_an_invoice_closes_its_payment_pages(fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout_open(parts={bill.pk: Decimal(52200)}, customer_id=bill.customer_id, urls=URLS, actor=SYSTEM, now=NOW)
    pay(bill.customer, "52200.00", "oldest first")
    relay("payments.close_checkouts")
    assert Checkout.objects.get().status == CheckoutState.EXPIRED


def test_the_payment_status_follows_what_is_late() -> None:
    of = customer()
    bill = invoice(of, "100.00", payment_terms_days=30, now=NOW - timedelta(days=31))
    relay("payments.refresh_standing")
    assert status_of(of) == PaymentStatus.OVERDUE
    payment = pay(of, "100.00", {bill.pk: Decimal(100)})
    relay("payments.refresh_standing")
    assert status_of(of) == PaymentStatus.WARNING  # paid a day late
    payment_reverse(payment_id=payment.pk, reason="Bounced", actor=SYSTEM, now=NOW)
    relay("payments.refresh_standing")
    assert status_of(of) == PaymentStatus.OVERDUE


def test_an_invoice_that_is_paid_in_time_leaves_a_good_status() -> None:
    of = customer()
    pay(of, "100.00", {invoice(of, "100.00").pk: Decimal(100)})
    relay("payments.refresh_standing")
    assert status_of(of) == PaymentStatus.GOOD


def test_a_day_that_ends_makes_customers_overdue() -> None:
    of = customer()
    invoice(of, "100.00", payment_terms_days=1)
    due_on = NOW + timedelta(days=1)
    assert standings_refresh(now=NOW) == 0
    standings_refresh(now=due_on)
    assert status_of(of) == PaymentStatus.GOOD  # due today is not late
    standings_refresh(now=due_on + timedelta(days=1))
    assert status_of(of) == PaymentStatus.OVERDUE
    assert standings_refresh(now=due_on + timedelta(days=2)) == 0


def test_customers_of_imported_invoices_that_are_late_are_overdue_at_once() -> None:
    late, fine = customer(), customer()
    late_of = (
        f"InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\nOLD-1,Care,1,2025-01-10,50,{late.number}\n"
    )
    imported(late_of, "invoices", late.profile, now=NOW)
    assert status_of(late) == PaymentStatus.GOOD
    relay("payments.refresh_standings_imported")
    assert (status_of(late), status_of(fine)) == (PaymentStatus.OVERDUE, PaymentStatus.GOOD)
