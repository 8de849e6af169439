"""What a client reads when autopay failed, and the page behind the link where the method is mended."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import clock as time
from billing_assistant.core import queue
from billing_assistant.core.models import EventDelivery
from billing_assistant.core.services.relay import deliveries_claim, delivery_run
from customers.models import Customer
from customers.portal_tokens import token_of
from integrations.ports.attempts import Decline
from invoices.models import Invoice
from payments.models import MethodSetup, SavedMethod
from payments.services.autopay import autopay_sweep
from payments.services.method_setup import setup_ask
from payments.states import SavedMethodState
from reminders.models import Message
from reminders.services.compose import message_compose
from tests.fakes.fixtures import fake_gateway, tasks
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import customer, invoice
from tests.payments.test_saved_methods import consenting

__all__ = ["fake_gateway", "tasks"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks", "clock")]


def failed(gateway: FakeGateway, clock: Any, decline: Decline, of: Customer | None = None) -> Invoice:
    of = of or customer()
    consenting(gateway, of, decline)
    bill = invoice(of, "1000.00", now=time.now())
    clock.shift(timedelta(minutes=3))
    assert autopay_sweep(now=time.now()) == 1
    EventDelivery.objects.exclude(subscriber="reminders.tell_autopay_failed").update(status="done")
    for delivery in deliveries_claim(queue=queue.MAIL, now=time.now()):
        delivery_run(delivery)
        delivery_run(delivery)
    assert not EventDelivery.objects.exclude(last_error="").exists()
    return bill


def mend(bill: Invoice, part: str = "") -> str:
    return f"/portal/i/{token_of(bill.portal_link_id)}/method/{part}"


@pytest.mark.parametrize(
    ("decline", "words"),
    [
        (Decline.SOFT, "We will try again"),
        (Decline.HARD, "cannot be charged any more"),
        (Decline.CLIENT, "Your bank wants you to confirm it yourself"),
    ],
)
def test_one_letter_says_what_failed_and_what_to_do(
    fake_gateway: FakeGateway, clock, decline: Decline, words: str
) -> None:
    bill = failed(fake_gateway, clock, decline)
    message = Message.objects.get()
    mail = message_compose(message=message, now=time.now()).mail
    for text in (mail.text, mail.html):
        assert words in text.replace("&#x27;", "'")
        assert "Visa •••• 4242" in text
        assert mend(bill) in text
    assert (message.invoice_id, message.kind, bill.number in mail.subject) == (bill.pk, "autopay_failed", True)
    assert mail.headers["Auto-Submitted"] == "auto-generated"


def test_the_letter_is_in_the_language_of_the_customer(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    of.language = "sw"
    of.save(update_fields=["language"])
    failed(fake_gateway, clock, Decline.HARD, of)
    assert "Autopay of invoice" not in Message.objects.get().subject


def test_behind_the_link_another_method_takes_its_place(client: Client, fake_gateway: FakeGateway, clock) -> None:
    bill = failed(fake_gateway, clock, Decline.HARD)
    old = SavedMethod.objects.get()
    assert (old.state, old.autopay) == (SavedMethodState.FAILING, True)
    invoice_page = client.get(f"/portal/i/{token_of(bill.portal_link_id)}/").content.decode()
    assert mend(bill) in invoice_page
    assert "It is not charged any more" in client.get(mend(bill)).content.decode()
    answer = client.post(mend(bill, "new/"))
    setup = MethodSetup.objects.order_by("-id")[0]
    assert setup.url in answer.content.decode()
    assert token_of(bill.portal_link_id) not in str(fake_gateway.setups)
    back = client.get(f"/portal/return/saved/{setup.pk}/")
    assert back["Location"] == f"{mend(bill)}?saving=1"
    assert "is being saved" in client.get(back["Location"]).content.decode()
    fake_gateway.client_saves(setup.external_id)
    new = setup_ask(setup_id=setup.pk, now=time.now()).method
    page = client.get(back["Location"]).content.decode()
    said = re.search(r'name="on" value="(\w+)"', page)
    assert said is not None
    client.post(mend(bill, f"{new.pk}/autopay/"), {"on": said[1]})
    client.post(mend(bill, f"{new.pk}/autopay/"), {"on": "due", "consent": "1"})
    new.refresh_from_db()
    assert not new.autopay
    client.post(mend(bill, f"{new.pk}/autopay/"), {"on": said[1], "consent": "1"})
    new.refresh_from_db()
    old.refresh_from_db()
    assert (new.autopay, old.autopay) == (True, False)
    assert new.consent_text
    assert "any more" not in client.get(mend(bill)).content.decode()


def test_without_consent_there_is_nothing_to_mend(client: Client, fake_gateway: FakeGateway, clock) -> None:
    bill = failed(fake_gateway, clock, Decline.HARD)
    other = invoice(customer(), "10.00")
    stranger = SavedMethod.objects.get()
    for path in ("new/", f"{stranger.pk}/autopay/"):
        assert client.post(mend(other, path)).status_code == 404
    assert client.get(mend(other)).headers["Location"] == f"/portal/i/{token_of(other.portal_link_id)}/"
    consenting(fake_gateway, other.customer)
    assert client.post(mend(other, f"{stranger.pk}/autopay/"), {"on": "issue", "consent": "1"}).status_code == 404
    assert client.get("/portal/i/forged/method/").status_code == 404
    elsewhere = Client().get(f"/portal/return/saved/{MethodSetup.objects.first().pk}/").content.decode()
    assert bill.number not in elsewhere


def test_the_page_behind_the_letter_says_that_the_method_was_declined(
    client: Client, fake_gateway: FakeGateway, clock
) -> None:
    page = client.get(mend(failed(fake_gateway, clock, Decline.SOFT))).content.decode()
    assert "Declined" in page
    assert "Works" not in page
