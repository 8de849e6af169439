"""R04: a locked period stays as it is. Services refuse people, gateways are booked later, the database refuses all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from billing_assistant.core.rights import Role
from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.models import JournalEntry
from billing_assistant.ledger.services.posting import EntryInput, Side, entries_post
from invoices.errors import PeriodLocked
from invoices.services.lock_date import lock_date_move
from payments.models import Payment
from payments.services.allocate import payment_allocate, payment_deallocate
from payments.services.credits import credit_note_apply, credit_note_unapply, invoice_credit
from payments.services.record import External
from payments.services.reverse import payment_reverse
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money]
TOMORROW = TODAY + timedelta(days=1)


def lock(profile: Any, until: date = TODAY) -> None:
    lock_date_move(profile_id=profile.pk, until=until, actor=SYSTEM, now=NOW)


def everything() -> list[tuple[Any, ...]]:
    return list(JournalEntry.objects.order_by("id").values_list("id", "kind", "booked_on"))


def refused(work: Callable[..., object], **fields: Any) -> None:
    """A person is refused, and nothing was posted."""
    before = everything()
    with pytest.raises(PeriodLocked):
        work(actor=factories.actor(Role.ADMIN), now=NOW, **fields)
    assert everything() == before


def test_a_person_changes_nothing_on_a_locked_day() -> None:
    of = customer()
    bill, other = invoice(of, "100.00"), invoice(of, "50.00")
    payment = pay(of, "60.00", {bill.pk: Decimal(30)})
    invoice_credit(invoice_id=other.pk, lines=None, reason="x", actor=SYSTEM, now=NOW)
    note = other.credit_notes.get()
    lock(of.profile)
    refused(payment_allocate, payment_id=payment.pk, allocations={bill.pk: Decimal(10)})
    refused(payment_deallocate, payment_id=payment.pk, invoice_id=bill.pk)
    refused(payment_reverse, payment_id=payment.pk, reason="x")
    refused(invoice_write_off, invoice_id=bill.pk, reason="x")
    refused(credit_note_unapply, credit_note_id=note.pk, invoice_id=other.pk)
    with pytest.raises(PeriodLocked):
        pay(of, "1.00")


def test_a_credit_note_is_not_applied_on_a_locked_day() -> None:
    of = customer()
    paid = invoice(of, "50.00")
    pay(of, "50.00", {paid.pk: Decimal(50)})
    invoice_credit(invoice_id=paid.pk, lines=None, reason="x", actor=SYSTEM, now=NOW)
    bill = invoice(of, "100.00")
    lock(of.profile)
    note = paid.credit_notes.get()
    refused(credit_note_apply, credit_note_id=note.pk, allocations={bill.pk: Decimal(10)})


def test_what_happens_by_itself_is_booked_on_the_first_open_day() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "60.00")
    lock(of.profile)
    payment_allocate(payment_id=payment.pk, allocations={bill.pk: Decimal(10)}, actor=SYSTEM, now=NOW)
    assert JournalEntry.objects.order_by("id").last().booked_on == TOMORROW  # type: ignore[union-attr]


def test_a_gateways_money_is_booked_on_the_first_open_day() -> None:
    of = customer()
    lock(of.profile)
    payment = pay(of, "60.00", external=External("demo", "acct", "ch_1"))
    assert payment.received_on == TOMORROW
    assert [day for _, _, day in everything()] == [TOMORROW]
    payment_reverse(payment_id=payment.pk, reason="x", actor=SYSTEM, now=NOW + timedelta(days=1))
    assert Payment.objects.get().reversed_on == TOMORROW


def test_the_database_refuses_a_posting_into_a_locked_period() -> None:
    of = customer()
    lock(of.profile)

    def post(day: date) -> None:
        entry = EntryInput(
            profile_id=of.profile_id,
            kind=EntryKind.PAYMENT,
            booked_on=day,
            currency="KES",
            owner_id=of.pk,
            document_id=of.pk,
            document_number="X",
            sides=(Side(AccountKind.CASH, Decimal(5)), Side(AccountKind.CASH, Decimal(-5))),
        )
        with transaction.atomic():
            entries_post(entries=[entry], actor=SYSTEM, now=NOW)

    for day in (TODAY, TODAY - timedelta(days=400)):
        with pytest.raises(DatabaseError, match="everything up to 2026-03-02 is locked"):
            post(day)
    assert everything() == []
    post(TOMORROW)
    assert len(everything()) == 1
