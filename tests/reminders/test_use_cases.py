"""Who gets which message when: sending, automatic sending, receipts, drafts now and later, a person's decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import (
    NotFound,
    OutcomeUnknown,
    PermissionRefused,
    Rejected,
    Unavailable,
    ValidationFailed,
)
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from customers.models import Contact, Customer
from invoices.errors import DraftIncomplete
from invoices.models import Invoice, InvoiceDraft
from invoices.plan_states import PlanMakes
from invoices.services.billing_engine import run_work
from invoices.services.void import invoice_void
from payments.models import Payment
from payments.services.record import payment_record
from payments.services.reverse import payment_reverse
from reminders.errors import NoRecipient, NothingToSend
from reminders.models import Message
from reminders.services import compose
from reminders.services.deciding import message_cancel, message_confirm, message_resend, message_retry
from reminders.services.documents import invoice_send
from reminders.services.drafts import SendOptions, draft_send, draft_send_later, scheduled_drafts_send
from reminders.services.letters import custom_message_send
from reminders.services.recipients import default_recipients, known_addresses
from reminders.services.sending import messages_send
from tests.factories import NOW, SYSTEM, actor, customer, draft, issued_invoice, line, seller, user
from tests.invoices.plans import plan
from tests.reminders.support import FakeChannel, later, queued, relay_all

PLAN_DUE = datetime(2026, 2, 1, 6, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


def run(channel: FakeChannel, *, minutes: int = 0) -> FakeChannel:
    messages_send(limit=100, seconds=3600, channel=channel, clock=lambda: later(minutes=minutes))
    return channel


def failing(error: Exception) -> FakeChannel:
    def answer(_mail: object) -> None:
        raise error

    return FakeChannel(answer)


def fresh(message: Message) -> Message:
    message.refresh_from_db()
    return message


def buyer(**fields: Any) -> Customer:
    return customer(seller(), **fields)


# Recipients


def test_a_customers_own_address_comes_first() -> None:
    one = buyer(secondary_email="second@techsolutions.example")
    Contact.objects.create(customer=one, name="Ann", email="ann@techsolutions.example", is_primary=True)
    assert known_addresses(one) == [
        "info@techsolutions.example",
        "ann@techsolutions.example",
        "second@techsolutions.example",
    ]
    assert default_recipients(one) == ["info@techsolutions.example"]
    one.email = ""
    assert default_recipients(one) == ["ann@techsolutions.example"]


def test_nobody_to_send_to() -> None:
    invoice = issued_invoice(buyer(email=""))
    with pytest.raises(NoRecipient):
        invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k")
    given = ["billing@techsolutions.example"]
    sent = invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k", recipients=given)
    assert sent.recipients == given


# Sending an invoice


def test_who_may_send() -> None:
    invoice = issued_invoice()
    for role in (Role.CSM, Role.READ_ONLY):
        with pytest.raises(PermissionRefused):
            invoice_send(invoice_id=invoice.pk, actor=actor(role), now=NOW, key="k")
    elsewhere = actor(Role.FINANCE, profiles=[seller()])
    with pytest.raises(NotFound):
        invoice_send(invoice_id=invoice.pk, actor=elsewhere, now=NOW, key="k")
    assert not Message.objects.exists()


def test_a_void_invoice_is_not_sent() -> None:
    invoice = issued_invoice()
    invoice_void(invoice_id=invoice.pk, reason="A mistake", actor=SYSTEM, now=NOW)
    with pytest.raises(NothingToSend):
        invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k")


def test_too_long_a_message_is_refused() -> None:
    with pytest.raises(ValidationFailed) as refused:
        invoice_send(invoice_id=issued_invoice().pk, actor=SYSTEM, now=NOW, key="k", custom_message="x" * 4001)
    assert set(refused.value.errors) == {"custom_message"}


# By itself


def test_an_issued_invoice_goes_out_by_itself_where_the_customer_wants_it() -> None:
    invoice = issued_invoice(buyer(auto_send_invoices=True))
    relay_all()
    relay_all()
    (message,) = Message.objects.all()
    assert (message.invoice_id, message.kind, message.key) == (invoice.pk, "invoice_sent", f"auto:{invoice.pk}")


def test_and_does_not_where_the_customer_does_not() -> None:
    issued_invoice(buyer(auto_send_invoices=False))
    relay_all()
    assert not Message.objects.exists()


@pytest.mark.parametrize(("makes", "expected"), [(PlanMakes.SEND, 1), (PlanMakes.ISSUE, 0)])
def test_what_a_plan_issues_is_sent_as_the_plan_says_when_the_customer_stops_meanwhile(
    makes: PlanMakes, expected: int
) -> None:
    customer = buyer(auto_send_invoices=True)
    plan(customer, makes=makes)
    run_work(now=PLAN_DUE, seconds=60)
    customer.auto_send_invoices = False
    customer.save()
    relay_all()
    assert Message.objects.count() == expected


def test_issuing_in_order_to_send_sends_once() -> None:
    made = draft(buyer(auto_send_invoices=True))
    draft_send(draft_id=made.pk, actor=SYSTEM, now=NOW)
    relay_all()
    assert Message.objects.count() == 1


def test_without_an_address_finance_is_told() -> None:
    user(Role.FINANCE)
    issued_invoice(buyer(auto_send_invoices=True, email=""))
    relay_all()
    relay_all()
    assert not Message.objects.exists()
    assert "was not sent by itself" in Notice.objects.get().text


# Receipts


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


# A draft, now


def test_a_draft_is_issued_and_queued_or_neither() -> None:
    made = draft(buyer(email=""))
    with pytest.raises(NoRecipient):
        draft_send(draft_id=made.pk, actor=SYSTEM, now=NOW)
    assert not Invoice.objects.exists()
    made.refresh_from_db()
    assert made.status == "draft"
    message = draft_send(
        draft_id=made.pk, actor=SYSTEM, now=NOW, options=SendOptions(recipients=["a@techsolutions.example"])
    )
    assert message.invoice is not None
    assert message.invoice.sequence == 1


def test_the_same_call_again_finds_its_message_and_another_is_refused() -> None:
    made = draft()
    first = draft_send(draft_id=made.pk, actor=SYSTEM, now=NOW, key="one")
    assert draft_send(draft_id=made.pk, actor=SYSTEM, now=NOW, key="one").pk == first.pk
    for other in ("two", ""):
        with pytest.raises(TransitionRefused):
            draft_send(draft_id=made.pk, actor=SYSTEM, now=NOW, key=other)
    assert (Invoice.objects.count(), Message.objects.count()) == (1, 1)


# A draft, later


def schedule(made: InvoiceDraft, by: Actor | None = None, **options: Any) -> InvoiceDraft:
    return draft_send_later(
        draft_id=made.pk, at=later(hours=1), actor=by or SYSTEM, now=NOW, options=SendOptions(**options)
    )


def due(minutes: int) -> int:
    return scheduled_drafts_send(limit=100, clock=lambda: later(minutes=minutes))


def test_a_scheduled_draft_gets_its_number_when_its_time_comes() -> None:
    finance = actor(Role.FINANCE)
    made = schedule(draft(), finance, custom_message="As agreed.", include_pdf=False)
    assert (made.status, made.scheduled_for) == ("scheduled", later(hours=1))
    assert due(59) == 0
    assert not Invoice.objects.exists()
    assert due(60) == 1
    assert due(61) == 0
    invoice = Invoice.objects.get()
    assert invoice.issued_at == later(hours=1)
    message = Message.objects.get()
    assert message.invoice_id == invoice.pk
    assert "As agreed." in message.text
    assert not message.attach_pdf
    made.refresh_from_db()
    assert (made.status, made.invoice_id) == ("converted_to_invoice", invoice.pk)


def test_a_scheduled_draft_that_is_refused_comes_back_and_finance_is_told() -> None:
    user(Role.FINANCE)
    one = buyer()
    made = schedule(draft(one))
    Customer.objects.filter(pk=one.pk).update(status="suspended")
    good = schedule(draft(customer(one.profile)))
    assert due(60) == 1
    made.refresh_from_db()
    good.refresh_from_db()
    assert (made.status, good.status) == ("draft", "converted_to_invoice")
    assert made.number in Notice.objects.get().text
    assert due(70) == 0


def test_a_person_who_has_left_sends_nothing_any_more() -> None:
    one = user(Role.FINANCE)
    made = schedule(draft(), Actor.of_user(one))
    one.is_active = False
    one.save()
    assert due(60) == 0
    made.refresh_from_db()
    assert made.status == "draft"
    assert not Invoice.objects.exists()


def test_what_cannot_be_scheduled() -> None:
    with pytest.raises(NoRecipient):
        schedule(draft(buyer(email="")))
    with pytest.raises(DraftIncomplete):
        schedule(draft(None, line(price=None)))
    made = draft()
    for at in (NOW, later(days=400)):
        with pytest.raises(ValidationFailed):
            draft_send_later(draft_id=made.pk, at=at, actor=SYSTEM, now=NOW)
    with pytest.raises(PermissionRefused):
        schedule(made, actor(Role.CSM))
    made.refresh_from_db()
    assert made.status == "draft"


# What a person writes


def test_a_custom_message() -> None:
    one = buyer()
    message = custom_message_send(
        customer_id=one.pk, subject="Our offices", message="We moved.\n\nJane", actor=actor(Role.CSM), now=NOW, key="k"
    )
    (mail,) = run(FakeChannel()).mails
    assert mail.subject == "Our offices"
    assert mail.text.startswith("Dear Tech Solutions Ltd,\n\nWe moved.\n\nJane\n")
    assert mail.attachments == ()
    assert fresh(message).status == "sent"


@pytest.mark.parametrize(
    ("subject", "text", "field"), [("", "x", "subject"), (" \n ", "x", "subject"), ("x", " ", "message")]
)
def test_a_custom_message_needs_words(subject: str, text: str, field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        custom_message_send(customer_id=buyer().pk, subject=subject, message=text, actor=SYSTEM, now=NOW, key="k")
    assert set(refused.value.errors) == {field}


def test_read_only_staff_writes_nothing() -> None:
    with pytest.raises(PermissionRefused):
        custom_message_send(
            customer_id=buyer().pk, subject="x", message="x", actor=actor(Role.READ_ONLY), now=NOW, key="k"
        )


# What a person decides


def unknown() -> Message:
    invoice = issued_invoice()
    message = invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k")
    run(failing(OutcomeUnknown("The line broke.")))
    assert fresh(message).status == "unknown"
    return message


def test_an_unknown_one_is_sent_again_once_as_a_new_message() -> None:
    old = unknown()
    new = message_resend(message_id=old.pk, actor=SYSTEM, now=NOW)
    assert message_resend(message_id=old.pk, actor=SYSTEM, now=NOW).pk == new.pk
    assert (fresh(old).status, new.resend_of_id) == ("cancelled", old.pk)
    assert new.number in old.last_error
    (mail,) = run(FakeChannel()).mails
    assert mail.message_id == f"<{new.pk.hex}@billing.localhost>"
    assert (mail.subject, mail.recipients) == (old.subject, tuple(old.recipients))
    assert [attachment.content[:5] for attachment in mail.attachments] == [b"%PDF-"]
    assert Invoice.objects.get().sent_at == NOW


def test_an_unknown_one_did_arrive() -> None:
    old = unknown()
    message_confirm(message_id=old.pk, actor=SYSTEM, now=later(hours=1))
    assert (fresh(old).status, old.sent_at) == ("sent", later(hours=1))
    assert Invoice.objects.get().sent_at == later(hours=1)
    assert run(FakeChannel(), minutes=120).mails == []


def test_a_failed_one_is_tried_again_as_itself() -> None:
    message = queued(buyer())
    run(failing(Rejected("550 Mailbox full")))
    message_retry(message_id=message.pk, actor=SYSTEM, now=NOW)
    (mail,) = run(FakeChannel()).mails
    assert mail.message_id == f"<{message.pk.hex}@billing.localhost>"
    assert (fresh(message).status, message.last_error) == ("sent", "")


def test_a_sent_one_can_be_sent_again_as_often_as_a_person_asks() -> None:
    message = queued(buyer())
    run(FakeChannel())
    keys = ["one", "one", "two"]
    made = [message_resend(message_id=message.pk, actor=SYSTEM, now=NOW, key=key).pk for key in keys]
    assert made[0] == made[1] != made[2]
    assert fresh(message).status == "sent"
    assert len(run(FakeChannel()).mails) == 2


def test_a_waiting_one_is_taken_back() -> None:
    message = queued(buyer())
    message_cancel(message_id=message.pk, actor=SYSTEM, now=NOW)
    assert run(FakeChannel()).mails == []
    assert fresh(message).status == "cancelled"


def test_decisions_that_are_not_open_change_nothing() -> None:
    message = queued(buyer())
    for decide in (message_resend, message_confirm, message_retry):
        with pytest.raises(TransitionRefused):
            decide(message_id=message.pk, actor=SYSTEM, now=NOW)
    run(FakeChannel())
    for decide in (message_confirm, message_retry, message_cancel):
        with pytest.raises(TransitionRefused):
            decide(message_id=message.pk, actor=SYSTEM, now=NOW)
    assert fresh(message).status == "sent"


def test_who_may_decide() -> None:
    message = queued(buyer())
    with pytest.raises(PermissionRefused):
        message_cancel(message_id=message.pk, actor=actor(Role.READ_ONLY), now=NOW)
    with pytest.raises(NotFound):
        message_cancel(message_id=message.pk, actor=actor(Role.FINANCE, profiles=[seller()]), now=NOW)
    assert fresh(message).status == "pending"
