"""R10: events that are sent again and again, many at once, have one effect each and are all answered with 200."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from time import perf_counter

import pytest
from django.db import connection
from django.test import Client

from integrations.models import WebhookEvent, WebhookStatus
from integrations.services.webhooks import webhooks_sweep
from payments.models import Payment
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.states import PaymentState
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, due, invoice
from tests.support.deep import a_few

AT_ONCE = 20
LATER = NOW.replace(year=2099)
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/{key}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.money
@pytest.mark.usefixtures("tasks")
@pytest.mark.parametrize("size", a_few([(5, 20), (200, 100)], 1), ids=str)
def test_events_that_are_sent_again_and_again_have_one_effect_each(
    fake_gateway: FakeGateway, size: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    (events, times), seller = size, factories.seller()
    bills = [invoice(factories.customer(seller), "50.00") for _ in range(events)]
    sent = []
    for number, bill in enumerate(bills):
        checkout = checkout_open(
            parts={bill.pk: Decimal(50)}, customer_id=bill.customer_id, urls=URLS, actor=SYSTEM, now=NOW
        )
        body = fake_gateway.event(fake_gateway.client_pays(checkout.external_id), event_id=f"evt_{number}")
        sent.append((body, fake_gateway.signed(body)))
    waits: list[float] = []

    def posted(sender: int) -> list[int]:
        """One of the senders: each event in turn, and now and then a worker acts upon what came."""
        statuses = []
        try:
            for number in range(sender, events * times, AT_ONCE):
                body, headers = sent[number % events]
                started = perf_counter()
                answer = Client().post("/hooks/fake/", body, content_type="application/json", headers=headers)
                waits.append(perf_counter() - started)
                statuses.append(answer.status_code)
                if number % (events * 10) == 0:
                    webhooks_sweep(now=LATER)
        finally:
            connection.close()
        return statuses

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [status for statuses in pool.map(posted, range(AT_ONCE)) for status in statuses]
    webhooks_sweep(now=LATER)
    assert answers == [200] * events * times
    assert WebhookEvent.objects.filter(status=WebhookStatus.DONE).count() == WebhookEvent.objects.count() == events
    assert Payment.objects.filter(status=PaymentState.COMPLETED, amount=50).count() == Payment.objects.count() == events
    assert [due(bill) for bill in bills] == [0] * events
    with capsys.disabled():
        sys.stderr.write(f" p95 {sorted(waits)[len(waits) * 95 // 100] * 1000:.0f} / 300 ms ")
