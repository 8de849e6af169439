"""An invoice goes out: to whom, at whose wish, and by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billing_assistant.core.errors import (
    NotFound,
    PermissionRefused,
    ValidationFailed,
)
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Role
from customers.models import Contact
from invoices.plan_states import PlanMakes
from invoices.services.billing_engine import run_work
from invoices.services.void import invoice_void
from reminders.errors import NoRecipient, NothingToSend
from reminders.models import Message
from reminders.services.documents import invoice_send
from reminders.services.drafts import draft_send
from reminders.services.recipients import default_recipients, known_addresses
from tests.factories import NOW, SYSTEM, actor, draft, issued_invoice, seller, user
from tests.invoices.plans import plan
from tests.reminders.support import buyer, relay_all

PLAN_DUE = datetime(2026, 2, 1, 6, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


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
