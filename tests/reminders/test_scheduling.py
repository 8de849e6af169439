"""Sending an issued invoice at a set time: written then, sent once, taken back when it is void or paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from customers.models import Consent, Contact, Customer
from invoices.models import Invoice
from invoices.services.void import invoice_void
from reminders.errors import BadRecipients
from reminders.models import Message
from reminders.services.deciding import message_cancel
from reminders.services.documents import invoice_send
from reminders.services.recipients import addressees, default_recipients
from reminders.services.scheduling import message_reschedule, message_send_now, moment_in
from tests.factories import NOW, SYSTEM, customer, issued_invoice, seller, user
from tests.payments.builders import pay
from tests.reminders.support import later, relay_all, send_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def buyer() -> Customer:
    return customer(seller())


@pytest.fixture
def invoice(buyer: Customer) -> Invoice:
    return issued_invoice(buyer)


def scheduled(invoice: Invoice, at: datetime = TOMORROW, key: str = "later") -> Message:
    return invoice_send(
        invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key=key, at=at, custom_message="Here it is again."
    )


def test_it_rests_until_its_time_and_goes_out_once(invoice: Invoice, mailoutbox: list[object]) -> None:
    message = scheduled(invoice)
    assert message.scheduled
    assert send_all(TOMORROW - timedelta(seconds=1)) == 0
    assert (send_all(TOMORROW), send_all(TOMORROW), len(mailoutbox)) == (1, 0, 1)
    message.refresh_from_db()
    assert (message.status, message.scheduled) == ("sent", False)
    invoice.refresh_from_db()
    assert invoice.sent_at == TOMORROW


def test_the_same_key_schedules_it_once(invoice: Invoice) -> None:
    assert scheduled(invoice) == scheduled(invoice)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("at", [NOW, NOW - timedelta(days=1), NOW + timedelta(days=367)])
def test_the_time_is_ahead_and_within_a_year(invoice: Invoice, at: datetime) -> None:
    with pytest.raises(ValidationFailed):
        scheduled(invoice, at)
    assert not Message.objects.exists()


def test_the_letter_tells_what_is_due_when_it_goes_out(invoice: Invoice) -> None:
    message = scheduled(invoice)
    assert f"{invoice.total:,.2f}" in message.text
    pay(invoice.customer, "1000.00", {invoice.pk: Decimal(1000)})
    relay_all()
    send_all(TOMORROW)
    message.refresh_from_db()
    assert message.status == "sent"
    assert f"{invoice.total - 1000:,.2f}" in message.text
    assert "Here it is again." in message.text


def test_a_void_invoice_takes_it_back_and_tells(invoice: Invoice) -> None:
    user(Role.FINANCE)
    message = scheduled(invoice)
    invoice_void(invoice_id=invoice.pk, reason="Wrong", actor=SYSTEM, now=NOW)
    relay_all()
    message.refresh_from_db()
    assert (message.status, message.last_error) == ("cancelled", f"{invoice.number} was voided.")
    assert Notice.objects.filter(key=f"not-sent-{message.pk}").count() == 1
    assert send_all(TOMORROW) == 0


def test_void_at_the_last_moment_is_seen_by_the_worker(invoice: Invoice, mailoutbox: list[object]) -> None:
    user(Role.FINANCE)
    message = scheduled(invoice)
    invoice_void(invoice_id=invoice.pk, reason="Wrong", actor=SYSTEM, now=NOW)
    send_all(TOMORROW)  # before the event was delivered
    relay_all()
    message.refresh_from_db()
    assert (message.status, mailoutbox) == ("cancelled", [])
    assert Notice.objects.filter(key=f"not-sent-{message.pk}").count() == 1


def test_payment_in_full_takes_it_back_but_not_what_is_scheduled_afterwards(invoice: Invoice) -> None:
    message = scheduled(invoice)
    pay(invoice.customer, str(invoice.total), {invoice.pk: invoice.total})
    relay_all()
    message.refresh_from_db()
    assert (message.status, message.last_error) == ("cancelled", f"{invoice.number} was paid.")
    again = invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=later(1), key="again", at=TOMORROW)
    relay_all()
    send_all(TOMORROW)
    again.refresh_from_db()
    assert again.status == "sent"


def test_a_person_sends_it_now(invoice: Invoice) -> None:
    message = scheduled(invoice)
    message_send_now(message_id=message.pk, actor=SYSTEM, now=later(60))
    assert send_all(later(60)) == 1
    with pytest.raises(TransitionRefused):
        message_send_now(message_id=message.pk, actor=SYSTEM, now=later(120))


def test_a_person_changes_the_time_or_takes_it_back(invoice: Invoice) -> None:
    message = scheduled(invoice)
    message_reschedule(message_id=message.pk, at=TOMORROW + timedelta(days=1), actor=SYSTEM, now=later(60))
    assert send_all(TOMORROW) == 0
    with pytest.raises(ValidationFailed):
        message_reschedule(message_id=message.pk, at=NOW, actor=SYSTEM, now=later(60))
    message_cancel(message_id=message.pk, actor=SYSTEM, now=later(60))
    assert send_all(TOMORROW + timedelta(days=2)) == 0


def test_clocks_that_change_in_between_do_not_move_it(invoice: Invoice) -> None:
    at = moment_in("Europe/Berlin", datetime.fromisoformat("2026-03-29T08:00"))
    assert at == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)  # summer time began that night
    scheduled(invoice, at)
    assert send_all(at - timedelta(minutes=1)) == 0
    assert (send_all(at), send_all(at + timedelta(hours=1)), send_all(at - timedelta(hours=1))) == (1, 0, 0)


def test_a_time_that_the_clocks_leave_out_is_refused() -> None:
    with pytest.raises(ValidationFailed, match="clocks go forward"):
        moment_in("Europe/Berlin", datetime.fromisoformat("2026-03-29T02:30"))
    assert moment_in("Europe/Berlin", datetime.fromisoformat("2026-10-25T02:30")) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


# Consent


def refusing(buyer: Customer, address: str = "jane@techsolutions.example") -> Contact:
    contact = Contact.objects.create(customer=buyer, name="Jane", email=address)
    Consent.objects.create(contact=contact, channel="email", allowed=False)
    return contact


def test_who_refused_is_told_and_never_written_to(buyer: Customer, invoice: Invoice) -> None:
    contact = refusing(buyer)
    assert [(one.address, one.refused) for one in addressees(buyer)] == [(buyer.email, False), (contact.email, True)]
    with pytest.raises(BadRecipients, match="Jane does not want e-mail"):
        invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k", recipients=["JANE@techsolutions.example"])
    assert default_recipients(buyer) == [buyer.email]


def test_a_refusal_after_it_was_scheduled_is_respected(buyer: Customer, invoice: Invoice) -> None:
    message = scheduled(invoice)
    refusing(buyer, buyer.email)
    send_all(TOMORROW)
    message.refresh_from_db()
    assert message.status == "cancelled"
    assert "does not want e-mail" in message.last_error
