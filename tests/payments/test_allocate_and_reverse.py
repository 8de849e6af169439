"""Allocating later, taking back, bounced payments."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from billing_assistant.ledger.models import OwnerBalance
from invoices.states import InvoiceState
from payments.errors import MoreThanReceived, NotAllocated, PaymentNotReceived
from payments.models import Allocation, WriteOff
from payments.services.allocate import payment_allocate, payment_deallocate
from payments.services.reverse import payment_reverse
from payments.services.write_off import invoice_write_off
from payments.states import PaymentState
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_credit_that_is_left_settles_a_later_invoice(now) -> None:
    of = customer()
    payment = pay(of, "100.00")
    bill = invoice(of, "80.00")
    payment = payment_allocate(payment_id=payment.pk, allocations={bill.pk: Decimal(80)}, actor=SYSTEM, now=NOW)
    assert (payment.unapplied, due(bill)) == (Decimal(20), 0)


def test_allocates_what_is_left_to_the_oldest(now) -> None:
    of = customer()
    payment = pay(of, "100.00")
    first, second = invoice(of, "80.00"), invoice(of, "80.00")
    payment_allocate(payment_id=payment.pk, allocations="oldest first", actor=SYSTEM, now=NOW)
    assert (due(first), due(second)) == (0, Decimal(60))


def test_never_allocates_more_than_is_left(now) -> None:
    of = customer()
    first, second = invoice(of, "80.00"), invoice(of, "80.00")
    payment = pay(of, "100.00", {first.pk: Decimal(80)})
    with pytest.raises(MoreThanReceived):
        payment_allocate(payment_id=payment.pk, allocations={second.pk: Decimal("20.01")}, actor=SYSTEM, now=NOW)
    assert due(second) == Decimal(80)


def test_an_allocation_is_taken_back_by_a_negative_row(now) -> None:
    of = customer()
    bill = invoice(of, "80.00")
    payment = pay(of, "100.00", {bill.pk: Decimal(80)})
    payment = payment_deallocate(payment_id=payment.pk, invoice_id=bill.pk, actor=SYSTEM, now=NOW)
    assert (payment.unapplied, due(bill)) == (Decimal(100), Decimal(80))
    assert [row.amount for row in Allocation.objects.all()] == [Decimal(80), Decimal(-80)]
    assert Event.objects.filter(name="invoice.reopened", subject_id=bill.pk).count() == 1
    with pytest.raises(NotAllocated):
        payment_deallocate(payment_id=payment.pk, invoice_id=bill.pk, actor=SYSTEM, now=NOW)


def test_a_part_of_an_allocation_is_taken_back(now) -> None:
    of = customer()
    bill = invoice(of, "80.00")
    payment = pay(of, "80.00", {bill.pk: Decimal(80)})
    payment_deallocate(payment_id=payment.pk, invoice_id=bill.pk, amount=Decimal(30), actor=SYSTEM, now=NOW)
    assert due(bill) == Decimal(30)
    with pytest.raises(NotAllocated):
        payment_deallocate(payment_id=payment.pk, invoice_id=bill.pk, amount=Decimal(51), actor=SYSTEM, now=NOW)


def test_the_database_refuses_to_take_back_more_than_was_allocated(now) -> None:
    of = customer()
    bill = invoice(of, "80.00")
    payment = pay(of, "80.00", {bill.pk: Decimal(80)})
    with pytest.raises(DatabaseError, match="more would be taken back"), transaction.atomic():
        Allocation.objects.create(
            profile=of.profile, payment=payment, invoice=bill, currency="KES", amount=-81, allocated_on=TODAY
        )


def test_a_bounced_payment_makes_its_invoices_due_again(now) -> None:
    of = customer()
    first, second = invoice(of, "80.00"), invoice(of, "50.00")
    payment = pay(of, "140.00", "oldest first", method="cheque", received_on=date(2026, 2, 27))
    payment = payment_reverse(payment_id=payment.pk, reason="Cheque bounced", actor=SYSTEM, now=NOW)
    assert (payment.status, payment.unapplied, payment.reversed_on) == (PaymentState.REVERSED, 0, TODAY)
    assert (due(first), due(second)) == (Decimal(80), Decimal(50))
    balance = OwnerBalance.objects.get(owner_id=of.pk)
    assert (balance.paid, balance.unapplied, balance.outstanding) == (0, 0, Decimal(130))


def test_a_reversed_payment_stays_reversed(now) -> None:
    of = customer()
    payment = pay(of, "140.00")
    payment_reverse(payment_id=payment.pk, reason="Recorded twice", actor=SYSTEM, now=NOW)
    with pytest.raises(TransitionRefused):
        payment_reverse(payment_id=payment.pk, reason="Again", actor=SYSTEM, now=NOW)
    with pytest.raises(PaymentNotReceived):
        payment_allocate(payment_id=payment.pk, allocations="oldest first", actor=SYSTEM, now=NOW)


def test_a_reversal_needs_a_reason_a_right_and_a_sensible_date(now) -> None:
    of = customer()
    payment = pay(of, "140.00")
    with pytest.raises(ValidationFailed):
        payment_reverse(payment_id=payment.pk, reason=" ", actor=SYSTEM, now=NOW)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(ValidationFailed):
            payment_reverse(payment_id=payment.pk, reason="x", reversed_on=day, actor=SYSTEM, now=NOW)
    with pytest.raises(PermissionRefused):
        payment_reverse(payment_id=payment.pk, reason="x", actor=factories.actor(Role.READ_ONLY), now=NOW)
    limited = factories.actor(Role.FINANCE, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        payment_reverse(payment_id=payment.pk, reason="x", actor=limited, now=NOW)


def test_a_payment_that_bounces_after_the_rest_was_given_up_joins_the_write_off(now) -> None:
    of = customer()
    bill = invoice(of, "80.00")
    payment = pay(of, "30.00", {bill.pk: Decimal(30)})
    invoice_write_off(invoice_id=bill.pk, reason="Closed down", actor=SYSTEM, now=NOW)
    payment_reverse(payment_id=payment.pk, reason="Bounced", actor=SYSTEM, now=NOW)
    bill.refresh_from_db()
    assert (bill.state, bill.amount_paid, bill.amount_written_off) == (InvoiceState.UNCOLLECTIBLE, 0, Decimal(80))
    assert [row.amount for row in WriteOff.objects.all()] == [Decimal(50), Decimal(30)]
