"""R12: what Stripe, PayPal and Dodo tell before our call was answered, of what we do not have, days late, or of a
customer who is another one by now. M-Pesa's are in test_mpesa_payments.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from billing_assistant.core import clock as clocks
from customers.services.erasing import customer_erase
from customers.services.merging import customers_merge
from integrations.models import WebhookEvent, WebhookStatus
from integrations.services.webhooks import webhooks_sweep
from invoices.models import Invoice
from payments.errors import CheckoutUnknown
from payments.models import Checkout, Dispute, Payment, Refund
from payments.services.checkouts import checkout_open
from payments.services.refund_gateway import payment_refund_online, refunds_sweep
from payments.states import CheckoutState, DisputeState, PaymentState, RefundState
from tests import factories
from tests.integrations.provider_lives import DISPUTED, REFUNDED, TOTAL, URLS, PayPalWorld, Tell, World
from tests.payments.builders import SYSTEM, due, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]


def told(events: Sequence[Tell]) -> None:
    """Each is taken and acted upon."""
    for event in events:
        assert event() == 200
        webhooks_sweep(now=clocks.now())


def parked() -> list[str]:
    return list(WebhookEvent.objects.filter(status=WebhookStatus.PARKED).values_list("outcome", flat=True))


def test_a_payment_that_is_told_before_its_page_was_answered(world: World) -> None:
    bill = world.bill()
    world.answers_are_lost("page")
    with pytest.raises(CheckoutUnknown):
        opened(bill)
    world.answers_come()
    told(world.client_pays())
    if isinstance(world, PayPalWorld):  # an order that we do not know is never captured: the client begins again
        assert (world.service.called("/capture"), due(bill)) == ([], TOTAL)
        opened(bill)
        told(world.client_pays())
        told(world.news())
    payment = Payment.objects.get(customer_id=bill.customer_id)
    assert (payment.status, payment.amount, due(bill)) == (PaymentState.COMPLETED, TOTAL, 0)
    assert (Checkout.objects.get(payments=payment).status, parked()) == (CheckoutState.SUCCEEDED, [])


def test_a_refund_that_is_told_before_its_call_was_answered(world: World) -> None:
    bill = paid(world)
    payment = Payment.objects.get(customer_id=bill.customer_id)
    world.answers_are_lost("refund")
    payment_refund_online(payment_id=payment.pk, amount=REFUNDED, reason="Agreed.", actor=SYSTEM, now=clocks.now())
    world.answers_come()
    assert Refund.objects.get().status == RefundState.PENDING
    told(world.news())
    refunds_sweep(now=clocks.now() + timedelta(hours=1))
    told(world.news())
    refund = Refund.objects.get()
    payment.refresh_from_db()
    assert (refund.status, refund.amount, payment.amount_refunded) == (RefundState.SUCCEEDED, REFUNDED, REFUNDED)
    assert parked() == []


def test_all_that_is_told_three_days_late(world: World, clock) -> None:
    life = world.life()
    events = [event for news in life.happens() for event in news]
    clock.shift(timedelta(days=3))
    world.days_pass(3)
    told(events)
    disputed_and_lost(life.bill)


@pytest.mark.parametrize("about", ["the payment", "what came of it"])
def test_what_is_told_of_money_of_another_program_is_in_no_book(world: World, about: str) -> None:
    """The seller's account may serve a shop as well."""
    bill = world.bill()
    payment, *rest = world.another_program()
    told(payment if about == "the payment" else [event for news in rest for event in news])
    assert not Payment.objects.exists()
    assert not Refund.objects.exists()
    assert not Dispute.objects.exists()
    assert due(bill) == TOTAL


def test_what_is_told_after_the_customer_was_merged_into_another(world: World) -> None:
    life = world.life()
    events = [event for news in life.happens() for event in news]
    kept = factories.customer(world.profile, currency=world.currency)
    customers_merge(keep_id=kept.pk, merge_id=life.bill.customer_id, actor=SYSTEM, now=clocks.now())
    told(events)
    life.bill.refresh_from_db()
    assert life.bill.customer_id == kept.pk
    disputed_and_lost(life.bill)


def test_what_is_told_after_the_customer_was_erased(world: World) -> None:
    life = world.life()
    first, *rest = [event for news in life.happens() for event in news]
    told([first, *rest[:2]])
    if due(life.bill):  # was disputed or given back before we heard of the payment
        pay(life.bill.customer, str(due(life.bill)), {life.bill.pk: due(life.bill)})
    customer = life.bill.customer
    customer_erase(customer_id=customer.pk, confirmation=customer.number, actor=SYSTEM, now=clocks.now())
    told(rest)
    payment = Payment.objects.get(customer_id=customer.pk, external_id__gt="", status=PaymentState.COMPLETED)
    assert (payment.amount_refunded, payment.amount_disputed) == (REFUNDED, DISPUTED)


def paid(world: World) -> Invoice:
    """An invoice that was paid on a page."""
    bill = world.bill()
    opened(bill)
    told(world.client_pays())
    told(world.news())
    assert due(bill) == 0
    return bill


def opened(bill: Invoice) -> Checkout:
    return checkout_open(
        parts={bill.pk: TOTAL}, customer_id=bill.customer_id, urls=URLS, actor=SYSTEM, now=clocks.now()
    )


def disputed_and_lost(bill: Invoice) -> None:
    payment = Payment.objects.get(customer_id=bill.customer_id, status=PaymentState.COMPLETED)
    assert (payment.amount, payment.amount_refunded, payment.amount_disputed) == (TOTAL, REFUNDED, DISPUTED)
    assert [one.status for one in Refund.objects.filter(payment=payment)] == [RefundState.SUCCEEDED]
    assert [one.status for one in Dispute.objects.filter(payment=payment)] == [DisputeState.LOST]
    assert (due(bill) - payment.unapplied, parked()) == (REFUNDED + DISPUTED, [])
