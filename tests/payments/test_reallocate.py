"""A payment is divided over invoices anew: undone by negative rows, allocated anew, in one transaction."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.models import Event
from invoices.errors import InvoiceNotOpen
from payments.errors import MoreThanDue, MoreThanReceived, OtherCustomer
from payments.models import Allocation
from payments.services.allocate import net_allocations, payment_reallocate
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def again(payment, wanted) -> None:
    payment_reallocate(
        payment_id=payment.pk, allocations={key: Decimal(each) for key, each in wanted.items()}, actor=SYSTEM, now=NOW
    )
    payment.refresh_from_db()


def test_it_moves_from_one_invoice_to_another() -> None:
    of = customer()
    first, second, third = invoice(of, "100.00"), invoice(of, "50.00"), invoice(of, "70.00")
    payment = pay(of, "120.00", {first.pk: Decimal(100), second.pk: Decimal(20)})
    again(payment, {first.pk: 30, second.pk: 20, third.pk: 70})
    assert net_allocations(payment) == {first.pk: 30, second.pk: 20, third.pk: 70}
    assert (due(first), due(second), due(third)) == (70, 30, 0)
    assert payment.unapplied == 0
    assert list(Allocation.objects.order_by("id").values_list("amount", flat=True)) == [100, 20, -70, 70]
    assert Event.objects.filter(name="payment.reallocated").count() == 1


def test_the_same_again_changes_nothing() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "120.00", {bill.pk: Decimal(100)})
    again(payment, {bill.pk: 100})
    assert Allocation.objects.count() == 1
    again(payment, {})
    assert (due(bill), payment.unapplied) == (100, 120)


def test_a_refusal_changes_nothing_at_all() -> None:
    of = customer()
    first, second = invoice(of, "100.00"), invoice(of, "50.00")
    strange = invoice(factories.customer(of.profile), "10.00")
    payment = pay(of, "100.00", {first.pk: Decimal(100)})
    for wanted, error in (
        ({first.pk: 60, second.pk: 41}, MoreThanReceived),
        ({second.pk: 51}, MoreThanDue),
        ({first.pk: 101}, MoreThanDue),
        ({strange.pk: 1}, OtherCustomer),
    ):
        with pytest.raises(error):
            again(payment, wanted)
    assert net_allocations(payment) == {first.pk: 100}
    assert (due(first), due(second)) == (0, 50)


def test_what_it_settled_of_an_invoice_that_was_given_up_stays() -> None:
    of = customer()
    gone, other = invoice(of, "100.00"), invoice(of, "50.00")
    payment = pay(of, "60.00", {gone.pk: Decimal(40)})
    invoice_write_off(invoice_id=gone.pk, reason="gone", actor=SYSTEM, now=NOW)
    with pytest.raises(MoreThanReceived):
        again(payment, {other.pk: 21})
    with pytest.raises(InvoiceNotOpen):
        again(payment, {gone.pk: 10})
    again(payment, {other.pk: 20})
    assert net_allocations(payment) == {gone.pk: 40, other.pk: 20}


def test_the_page_begins_with_what_is_and_moves_it(client: Client, clock) -> None:
    of = customer()
    first, second = invoice(of, "100.00"), invoice(of, "50.00")
    payment = pay(of, "100.00", {first.pk: Decimal(100)})
    sign_in(client)
    url = f"/payments/{payment.pk}/reallocate/"
    assert 'value="100.00"' in text_of(client.get(url))
    refused = client.post(url, {f"invoice_{first.pk}": "60", f"invoice_{second.pk}": "41"})
    assert refused.status_code == 422
    moved = client.post(url, {f"invoice_{first.pk}": "60", f"invoice_{second.pk}": "40"})
    assert moved.status_code == 302
    assert (due(first), due(second)) == (40, 10)
    assert url in text_of(client.get(f"/payments/{payment.pk}/"))


def test_what_is_due_on_the_page_counts_what_the_payment_settles_now(client: Client, clock) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "120.00", {bill.pk: Decimal(80)})
    sign_in(client)
    page = text_of(client.get(f"/payments/{payment.pk}/reallocate/"))
    assert "Due without it" in page
    assert f'data-fill="invoice_{bill.pk}" data-amount="100.00' in page
