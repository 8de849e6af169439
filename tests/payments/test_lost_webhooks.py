"""R14: three of ten webhooks are lost, and asking alone makes all right within one cycle.

24 payments each time, 5,000 with --deep; one of ten is declined. The cycle is 15 minutes. The negative control asks
nobody.
"""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from billing_assistant.core import clock as time
from billing_assistant.ledger.books import check_books
from integrations.models import WebhookEvent, WebhookStatus
from integrations.ports.payments import ProviderStatus
from integrations.services.webhooks import PROCESS_TASK
from invoices.models import Invoice
from payments.models import Checkout, Payment
from payments.services.checkout_ask import checkouts_sweep
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.states import CheckoutState, PaymentState
from tests.fakes.gateway import FakeGateway
from tests.fakes.tasks import CollectedTasks
from tests.payments.builders import SYSTEM, customer, invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/{key}")
CYCLE = timedelta(minutes=15)
LOST = 30


def tell(gateway: FakeGateway, tasks: CollectedTasks, paid: str) -> None:
    body = gateway.event(paid)
    answer = Client().post("/hooks/fake/", body, content_type="application/json", headers=gateway.signed(body))
    assert answer.status_code == 200
    tasks.run(PROCESS_TASK)


def month(gateway: FakeGateway, tasks: CollectedTasks, number: int) -> tuple[list[Invoice], int]:
    """So many invoices that are paid online; gives those that were paid and how many webhooks were lost."""
    chance, of, paid, lost = random.Random(number), customer(), [], 0  # noqa: S311 -- the same on each run
    for _ in range(number):
        bill = invoice(of, "100.00")
        checkout = checkout_open(
            parts={bill.pk: Decimal(100)}, customer_id=of.pk, urls=URLS, actor=SYSTEM, now=time.now()
        )
        declined = chance.randrange(10) == 0
        status = ProviderStatus.FAILED if declined else ProviderStatus.SUCCEEDED
        attempt = gateway.client_pays(checkout.external_id, status)
        if chance.randrange(100) < LOST:
            lost += 1
        else:
            tell(gateway, tasks, attempt)
        if not declined:
            paid.append(bill)
    return paid, lost


def right(paid: list[Invoice]) -> None:
    open_ones = Invoice.objects.filter(pk__in=[bill.pk for bill in paid], amount_due__gt=0)
    assert open_ones.count() == 0, f"{open_ones.count()} of {len(paid)} paid invoices are still due"
    received = Payment.objects.filter(status=PaymentState.COMPLETED)
    assert received.count() == len(paid)
    assert received.values("external_id").distinct().count() == len(paid)
    assert Checkout.objects.filter(status=CheckoutState.SUCCEEDED).count() == len(paid)
    assert not WebhookEvent.objects.exclude(status=WebhookStatus.DONE).exists()


def lose_some(gateway: FakeGateway, tasks: CollectedTasks, clock: time_machine.Traveller, number: int) -> None:
    paid, lost = month(gateway, tasks, number)
    assert lost > number // 5
    for _ in range(CYCLE // timedelta(minutes=1)):
        clock.shift(timedelta(minutes=1))
        while checkouts_sweep(now=time.now()):
            pass
    right(paid)
    assert check_books() == []


def test_lost_webhooks_are_made_good_within_a_cycle(fake_gateway: FakeGateway, tasks, clock) -> None:
    lose_some(fake_gateway, tasks, clock, 24)


@pytest.mark.deep
def test_lost_webhooks_of_five_thousand_payments_are_made_good(fake_gateway: FakeGateway, tasks, clock) -> None:
    lose_some(fake_gateway, tasks, clock, 5_000)


def test_negative_control_without_asking_paid_invoices_stay_due(fake_gateway: FakeGateway, tasks, clock) -> None:
    paid, lost = month(fake_gateway, tasks, 20)
    clock.shift(CYCLE)
    assert lost
    with pytest.raises(AssertionError, match="still due"):
        right(paid)
