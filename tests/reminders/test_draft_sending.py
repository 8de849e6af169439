"""Drafts that are issued and sent in one go: now, and when their time comes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import (
    PermissionRefused,
    ValidationFailed,
)
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from customers.models import Customer
from invoices.errors import CustomerSuspended, DraftIncomplete
from invoices.models import Invoice, InvoiceDraft
from reminders.errors import NoRecipient
from reminders.models import Message
from reminders.services.drafts import SendOptions, draft_send, draft_send_later, scheduled_drafts_send
from tests.factories import NOW, SYSTEM, actor, customer, draft, line, user
from tests.reminders.support import buyer, later

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


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


def test_what_would_be_refused_when_its_time_comes_is_not_scheduled() -> None:
    one = buyer()
    for fields in (
        {"due_on": (NOW - timedelta(days=1)).date()},
        {"instalments": (((NOW + timedelta(days=9)).date(), Decimal(5)),)},
    ):
        with pytest.raises(ValidationFailed):
            schedule(draft(one, **fields))
    Customer.objects.filter(pk=one.pk).update(status="suspended")
    made = draft(one)
    with pytest.raises(CustomerSuspended):
        schedule(made)
    made.refresh_from_db()
    assert (made.status, made.scheduled_for) == ("draft", None)


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
