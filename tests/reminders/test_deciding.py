"""What a person writes to a customer, and decides about messages that went wrong."""

from __future__ import annotations

import pytest

from billing_assistant.core.errors import (
    NotFound,
    OutcomeUnknown,
    PermissionRefused,
    Rejected,
    ValidationFailed,
)
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from invoices.models import Invoice
from reminders.models import Message
from reminders.services.deciding import message_cancel, message_confirm, message_resend, message_retry
from reminders.services.documents import invoice_send
from reminders.services.letters import custom_message_send
from tests.factories import NOW, SYSTEM, actor, issued_invoice, seller
from tests.reminders.support import FakeChannel, buyer, failing, fresh, later, queued, run

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


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
