"""Sending for a batch: each document once, whoever sends it, and after a crash nothing is lost or sent twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from billing_assistant.core.failpoints import forget_hits
from billing_assistant.core.models import BusinessProfile
from customers.models import Consent, Contact, Customer
from customers.reachable import unreachable
from customers.states import ContactChannel
from invoices.batch_states import BatchAfter
from invoices.models import BatchItem, Invoice, InvoiceBatch
from invoices.services.batch_content import BatchContent
from invoices.services.batch_starts import batch_issue, batch_send
from invoices.services.batches import batch_cancel, batch_pause, batch_resume, batch_retry
from invoices.services.void import invoice_void
from reminders.errors import NoRecipient
from reminders.models import Message
from reminders.services import batches
from reminders.services.batches import batch_letters_send
from reminders.services.documents import invoice_send
from reminders.services.recipients import default_recipients
from reminders.states import MessageStatus
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.reminders.support import relay_all
from tests.support.batches import advance, buyers, hosting, made, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SEND = BatchAfter.SEND


@pytest.fixture
def profile(db: None) -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def content(profile: BusinessProfile) -> BatchContent:
    return hosting(factories.catalogue_item(profile))


def sent(profile: BusinessProfile, *invoices: Invoice) -> InvoiceBatch:
    batch = batch_send(profile_id=profile.pk, invoice_ids=[one.pk for one in invoices], actor=SYSTEM, now=NOW)
    advance(batch)
    relay_all()
    batch.refresh_from_db()
    return batch


def letters() -> dict[str, int]:
    found: dict[str, int] = {}
    for name in Message.objects.values_list("customer__name", flat=True):
        found[name] = found.get(name, 0) + 1
    return found


def test_what_is_made_is_issued_and_sent_once(profile: BusinessProfile, content: BatchContent) -> None:
    buyers(profile, 3)
    automatic = factories.customer(profile, name="Automatic", auto_send_invoices=True)
    batch = made(profile, content, SEND)
    assert {state for _name, state, _reason in told(batch)} == {"sending"}
    assert batch.state == "working"
    relay_all()
    batch.refresh_from_db()
    assert {state for _name, state, _reason in told(batch)} == {"made"}
    assert batch.state == "done"
    assert letters() == {automatic.name: 1, "Customer 0000": 1, "Customer 0001": 1, "Customer 0002": 1}
    assert batch_letters_send(batch_id=batch.pk) == 0
    assert Message.objects.count() == 4


def test_chosen_drafts_are_issued_and_sent(profile: BusinessProfile) -> None:
    drafts = [factories.draft(customer) for customer in buyers(profile, 2)]
    batch = batch_issue(profile_id=profile.pk, draft_ids=[one.pk for one in drafts], after=SEND, actor=SYSTEM, now=NOW)
    advance(batch)
    relay_all()
    assert letters() == {"Customer 0000": 1, "Customer 0001": 1}


def test_documents_that_went_before_or_cannot_go_are_left_out_and_told(profile: BusinessProfile) -> None:
    fresh, again, void = (factories.issued_invoice(one) for one in buyers(profile, 3))
    silent = factories.issued_invoice(factories.customer(profile, name="Silent", email=""))
    invoice_send(invoice_id=again.pk, actor=SYSTEM, now=NOW, key="by hand")
    invoice_void(invoice_id=void.pk, reason="r", actor=SYSTEM, now=NOW)
    batch = sent(profile, fresh, again, void, silent)
    assert told(batch) == [
        ("Customer 0000", "made", ""),
        ("Customer 0001", "skipped", "It was sent before."),
        ("Customer 0002", "skipped", "It is void."),
        ("Silent", "skipped", "This customer has no address that an e-mail may go to."),
    ]
    assert batch.state == "done"
    twice = sent(profile, fresh)
    assert told(twice) == [("Customer 0000", "skipped", "It was sent before.")]
    assert letters() == {"Customer 0000": 1, "Customer 0001": 1}


def test_what_failed_to_go_is_sent_by_another_batch(profile: BusinessProfile) -> None:
    invoice = factories.issued_invoice(*buyers(profile, 1))
    sent(profile, invoice)
    Message.objects.update(status=MessageStatus.FAILED)
    assert told(sent(profile, invoice)) == [("Customer 0000", "made", "")]
    assert Message.objects.count() == 2


def test_an_address_that_went_away_meanwhile_fails_and_is_tried_again(
    profile: BusinessProfile, content: BatchContent
) -> None:
    (one,) = buyers(profile, 1)
    batch = made(profile, content, SEND)
    Customer.objects.filter(pk=one.pk).update(email="")
    relay_all()
    ((_name, state, reason),) = told(batch)
    assert state == "failed"
    assert one.name in reason
    Customer.objects.filter(pk=one.pk).update(email="back@example.com")
    batch_retry(batch_id=batch.pk, actor=SYSTEM, now=NOW)
    advance(batch)
    relay_all()
    batch.refresh_from_db()
    assert (batch.state, told(batch), letters()) == ("done", [(one.name, "made", "")], {one.name: 1})
    assert Invoice.objects.count() == 1


def test_a_batch_that_rests_sends_nothing_until_it_goes_on(profile: BusinessProfile, content: BatchContent) -> None:
    buyers(profile, 2)
    batch = made(profile, content, SEND)
    batch_pause(batch_id=batch.pk, actor=SYSTEM, now=NOW)
    relay_all()
    assert not Message.objects.exists()
    batch_resume(batch_id=batch.pk, actor=SYSTEM, now=NOW)
    advance(batch)
    relay_all()
    assert Message.objects.count() == 2
    other = made(profile, content, SEND)
    batch_cancel(batch_id=other.pk, actor=SYSTEM, now=NOW)
    relay_all()
    assert Message.objects.count() == 2
    assert {reason for _name, _state, reason in told(other)} == {"Not sent: the batch was cancelled before."}


def test_what_broke_off_goes_on_and_sends_nothing_twice(
    profile: BusinessProfile, content: BatchContent, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)
    buyers(profile, 5)
    batch = made(profile, content, SEND)
    settings.FAIL_POINTS = "batch.before_letters:raise@2"
    forget_hits()
    with pytest.raises(RuntimeError):
        batch_letters_send(batch_id=batch.pk)
    assert Message.objects.count() == 2
    settings.FAIL_POINTS = ""
    assert batch_letters_send(batch_id=batch.pk) == 3
    assert Message.objects.count() == 5
    assert BatchItem.objects.filter(state="made").count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_once(
    profile: BusinessProfile, content: BatchContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)
    buyers(profile, 10)
    batch = made(profile, content, SEND)
    together = Barrier(2, timeout=30)

    def work() -> None:
        try:
            connection.ensure_connection()
            together.wait()
            batch_letters_send(batch_id=batch.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(work) for _ in range(2)]:
            job.result()
    assert Message.objects.count() == 10
    batch_letters_send(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == "done"


def test_who_can_be_reached_is_who_a_letter_goes_to(profile: BusinessProfile) -> None:
    """The many and the one are asked by different code: they agree."""
    own, silent, by_contact, refused, second = (
        factories.customer(profile, name=name, email=email, secondary_email=other)
        for name, email, other in [
            ("Own", "a@example.com", ""),
            ("Silent", "", ""),
            ("Contact", "", ""),
            ("Refused", "No@example.com", ""),
            ("Second", "no@example.com", "b@example.com"),
        ]
    )
    Contact.objects.create(customer=by_contact, name="C", email="c@example.com")
    for one in (refused, second):
        person = Contact.objects.create(customer=one, name="N", email="no@example.com")
        Consent.objects.create(contact=person, channel=ContactChannel.EMAIL, allowed=False)
    everybody = [own, silent, by_contact, refused, second]
    alone = set()
    for one in everybody:
        try:
            default_recipients(one)
        except NoRecipient:
            alone.add(one.pk)
    assert unreachable(everybody) == alone == {silent.pk, refused.pk}
