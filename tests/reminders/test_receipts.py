"""Receipts of payments, once each and with their paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core.errors import (
    Unavailable,
)
from customers.models import Customer
from invoices.models import Invoice
from payments.models import Payment
from payments.services.record import payment_record
from payments.services.reverse import payment_reverse
from reminders.models import Message
from reminders.services import compose
from reminders.services.deciding import message_resend
from tests.factories import NOW, SYSTEM, issued_invoice
from tests.reminders.support import FakeChannel, buyer, failing, relay_all, run

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


def pay(of: Customer, amount: str, allocations: Any = None) -> Payment:
    return payment_record(
        customer_id=of.pk,
        amount=Decimal(amount),
        currency="KES",
        method="mpesa",
        received_on=date(2026, 3, 2),
        reference="QWE123",
        allocations=allocations,
        actor=SYSTEM,
        now=NOW,
    )


def test_a_payment_is_receipted_once() -> None:
    one = buyer()
    invoice = issued_invoice(one)
    pay(one, "20000", {invoice.pk: Decimal(20000)})
    relay_all()
    relay_all()
    message = Message.objects.get(kind="payment_received")
    assert message.invoice_id == invoice.pk
    assert message.text.splitlines()[:2] == ["Amount received: KES 20,000.00", "Received on: 2 March 2026"]
    assert f"For invoice {invoice.number}: KES 20,000.00" in message.text
    assert f"Still due on {invoice.number}: KES 32,200.00" in message.text
    (mail,) = run(FakeChannel()).mails
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert "/portal/i/" in mail.text
    (paper,) = mail.attachments
    assert (paper.content_type, paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert paper.name == f"receipt-{message.payment.number}.pdf"
    assert message.attachments.get().name == paper.name
    assert Invoice.objects.get(pk=invoice.pk).sent_at is None  # a receipt is not the invoice


def test_a_receipt_is_drawn_once_however_often_it_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    one = buyer()
    pay(one, "20000")
    relay_all()
    drawn: list[Payment] = []
    draw = compose.receipt_pdf

    def counted(payment: Payment) -> bytes:
        drawn.append(payment)
        return draw(payment)

    monkeypatch.setattr(compose, "receipt_pdf", counted)
    run(failing(Unavailable("down")))
    channel = run(FakeChannel(), minutes=30)
    assert (len(drawn), len(channel.mails[0].attachments)) == (1, 1)
    again = message_resend(message_id=Message.objects.get().pk, actor=SYSTEM, now=NOW)
    assert again.attachments.count() == 1


def test_a_receipt_waits_for_its_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    pay(buyer(), "20000")
    relay_all()

    def away(**_given: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("reminders.services.compose.files.store", away)
    assert not run(FakeChannel()).mails
    assert Message.objects.get().status == "pending"
    monkeypatch.undo()
    assert len(run(FakeChannel(), minutes=30).mails) == 1


def test_a_receipt_of_money_that_was_taken_back_is_not_sent() -> None:
    payment = pay(buyer(), "20000")
    relay_all()
    payment_reverse(payment_id=payment.pk, reason="Bounced", actor=SYSTEM, now=NOW)
    assert not run(FakeChannel()).mails
    assert Message.objects.get().status == "cancelled"


def test_a_payer_without_an_address_gets_none() -> None:
    one = buyer(email="")
    pay(one, "100")
    relay_all()
    assert not Message.objects.exists()
