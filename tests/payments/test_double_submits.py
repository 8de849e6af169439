"""R07: the same money action sent many times at once has one effect, in every round, and the books tie.

2 rounds of 8 each time, 20 of 50 with --deep. The negative controls are the same without the lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billing_assistant.core.errors import DomainError
from billing_assistant.core.ids import uuid7
from billing_assistant.ledger.books import check_books
from billing_assistant.ledger.models import JournalEntry
from customers.models import Customer
from invoices.models import Invoice
from invoices.services.issue import invoice_issue
from invoices.services.void import invoice_void
from payments.models import Allocation, Dispute, Payment, Refund, WriteOff
from payments.services.allocate import payment_allocate, payment_deallocate, payment_reallocate
from payments.services.credits import credit_note_apply, credit_note_unapply, invoice_credit
from payments.services.dispute import DisputeInput, dispute_lose, dispute_open, dispute_win
from payments.services.refund import payment_refund
from payments.services.reverse import payment_reverse
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments.builders import NOW, SYSTEM, customer, invoice, pay
from tests.payments.test_concurrency import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock", "tasks")]
BY: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
Act = Callable[[], Any]
Effects = Callable[[], int]


def issue(of: Customer) -> tuple[Act, Effects]:
    draft = factories.draft(of)
    return lambda: invoice_issue(draft_id=draft.pk, **BY), lambda: Invoice.objects.filter(customer=of).count()


def pays(of: Customer) -> tuple[Act, Effects]:
    bill, key = invoice(of, "100.00"), uuid7()
    return (
        lambda: pay(of, "100.00", {bill.pk: Decimal(100)}, payment_id=key),
        lambda: Payment.objects.filter(customer=of).count(),
    )


def applies_credit(of: Customer) -> tuple[Act, Effects]:
    paid, bill = pay(of, "100.00"), invoice(of, "100.00")
    return (
        lambda: payment_allocate(payment_id=paid.pk, allocations={bill.pk: Decimal(100)}, **BY),
        lambda: Allocation.objects.filter(payment=paid).count(),
    )


def takes_back(of: Customer) -> tuple[Act, Effects]:
    bill = invoice(of, "100.00")
    paid = pay(of, "100.00", {bill.pk: Decimal(100)})
    return (
        lambda: payment_deallocate(payment_id=paid.pk, invoice_id=bill.pk, **BY),
        lambda: Allocation.objects.filter(payment=paid, amount__lt=0).count(),
    )


def reallocates(of: Customer) -> tuple[Act, Effects]:
    one, other = invoice(of, "100.00"), invoice(of, "100.00")
    paid = pay(of, "100.00", {one.pk: Decimal(100)})
    return (
        lambda: payment_reallocate(payment_id=paid.pk, allocations={other.pk: Decimal(100)}, **BY),
        lambda: Allocation.objects.filter(payment=paid, amount__lt=0).count(),
    )


def voids(of: Customer) -> tuple[Act, Effects]:
    bill = invoice(of, "100.00")
    return lambda: invoice_void(invoice_id=bill.pk, reason="x", **BY), lambda: entries_of(bill.pk, "invoice_void")


def writes_off(of: Customer) -> tuple[Act, Effects]:
    bill = invoice(of, "100.00")
    return (
        lambda: invoice_write_off(invoice_id=bill.pk, reason="x", **BY),
        lambda: WriteOff.objects.filter(invoice=bill).count(),
    )


def credits_all(of: Customer) -> tuple[Act, Effects]:
    bill = invoice(of, "100.00")
    return (
        lambda: invoice_credit(invoice_id=bill.pk, lines=None, reason="x", **BY),
        lambda: Invoice.objects.filter(corrects=bill).count(),
    )


def _note(of: Customer) -> tuple[Invoice, Invoice]:
    """A credit note whose invoice was paid, and another invoice."""
    paid, other = invoice(of, "100.00"), invoice(of, "100.00")
    pay(of, "100.00", {paid.pk: Decimal(100)})
    return invoice_credit(invoice_id=paid.pk, lines=None, reason="x", **BY), other


def applies_note(of: Customer) -> tuple[Act, Effects]:
    note, other = _note(of)
    return (
        lambda: credit_note_apply(credit_note_id=note.pk, allocations={other.pk: Decimal(100)}, **BY),
        lambda: Allocation.objects.filter(credit_note=note).count(),
    )


def unapplies_note(of: Customer) -> tuple[Act, Effects]:
    note, other = _note(of)
    credit_note_apply(credit_note_id=note.pk, allocations={other.pk: Decimal(100)}, **BY)
    return (
        lambda: credit_note_unapply(credit_note_id=note.pk, invoice_id=other.pk, **BY),
        lambda: Allocation.objects.filter(credit_note=note, amount__lt=0).count(),
    )


def refunds(of: Customer) -> tuple[Act, Effects]:
    paid, key = pay(of, "100.00"), uuid7()
    return (
        lambda: payment_refund(payment_id=paid.pk, amount=Decimal(100), reason="x", method="cash", refund_id=key, **BY),
        lambda: Refund.objects.filter(payment=paid).count(),
    )


def reverses(of: Customer) -> tuple[Act, Effects]:
    bill = invoice(of, "100.00")
    paid = pay(of, "100.00", {bill.pk: Decimal(100)})
    return (
        lambda: payment_reverse(payment_id=paid.pk, reason="x", **BY),
        lambda: entries_of(paid.pk, "payment_reversal"),
    )


def disputes(of: Customer) -> tuple[Act, Effects]:
    paid, key = pay(of, "100.00"), uuid7()
    return (
        lambda: dispute_open(payment_id=paid.pk, wanted=DisputeInput(Decimal(100), "x"), dispute_id=key, **BY),
        lambda: Dispute.objects.filter(payment=paid).count(),
    )


def _dispute(of: Customer) -> Dispute:
    paid = pay(of, "100.00")
    return dispute_open(payment_id=paid.pk, wanted=DisputeInput(Decimal(100), "x"), **BY)


def wins(of: Customer) -> tuple[Act, Effects]:
    held = _dispute(of)
    return lambda: dispute_win(dispute_id=held.pk, note="", **BY), lambda: entries_of(held.pk, "dispute") - 1


def loses(of: Customer) -> tuple[Act, Effects]:
    held = _dispute(of)
    return lambda: dispute_lose(dispute_id=held.pk, note="", **BY), lambda: entries_of(held.pk, "dispute") - 1


def entries_of(document_id: UUID, kind: str) -> int:
    return JournalEntry.objects.filter(document_id=document_id, kind=kind).count()


ACTIONS = [
    issue,
    pays,
    applies_credit,
    takes_back,
    reallocates,
    voids,
    writes_off,
    credits_all,
    applies_note,
    unapplies_note,
    refunds,
    reverses,
    disputes,
    wins,
    loses,
]


def rounds(action: Callable[[Customer], tuple[Act, Effects]], *, number: int, times: int) -> None:
    """Every round begins with a new customer; nobody who was too late may have raised anything but a refusal."""
    for _ in range(number):
        act, effects = action(customer())
        results = at_once(lambda _, do=act: do(), times)
        strange = [each for each in results if isinstance(each, Exception) and not isinstance(each, DomainError)]
        assert (effects(), strange) == (1, [])
    assert check_books(now=NOW) == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
def test_the_same_action_sent_at_once_has_one_effect(action: Callable[[Customer], tuple[Act, Effects]]) -> None:
    rounds(action, number=2, times=8)


@pytest.mark.deep
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
def test_fifty_at_once_have_one_effect(action: Callable[[Customer], tuple[Act, Effects]]) -> None:
    rounds(action, number=20, times=50)


def test_negative_control_without_the_lock_an_invoice_is_voided_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bill, everybody = invoice(customer(), "100.00"), threading.Barrier(8)

    def read(invoice_id: UUID) -> Invoice:
        found = Invoice.objects.get(pk=invoice_id)
        everybody.wait(30)
        return found

    monkeypatch.setattr("invoices.services.void.invoice_lock", read)
    at_once(lambda _: invoice_void(invoice_id=bill.pk, reason="x", **BY), 8)
    voided = entries_of(bill.pk, "invoice_void")
    assert voided > 1, f"{voided} reversals of one invoice"


def test_negative_control_without_the_lock_a_debt_is_given_up_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    bill, everybody = invoice(customer(), "100.00"), threading.Barrier(8)

    def read(invoice_ids: Iterable[UUID]) -> list[Invoice]:
        found = list(Invoice.objects.filter(pk__in=set(invoice_ids)))
        everybody.wait(30)
        return found

    monkeypatch.setattr("payments.services.write_off.invoices_lock", read)
    at_once(lambda _: invoice_write_off(invoice_id=bill.pk, reason="x", amount=Decimal(100), **BY), 8)
    given_up = WriteOff.objects.filter(invoice=bill).count()
    assert given_up > 1, f"{given_up} write-offs of one debt"
