"""Credit notes that settle, debts that are given up, and the second person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing_assistant.core.errors import ApprovalNeeded, InvalidAmount, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import Approval, ApprovalStatus
from billing_assistant.core.rights import Role
from billing_assistant.core.services.approvals import approval_decide
from billing_assistant.ledger.models import OwnerBalance
from invoices.errors import InvoiceNotOpen
from invoices.models import Invoice
from invoices.services.credit_notes import credit_note_issue
from invoices.states import InvoiceState
from payments.errors import MoreThanDue, MoreThanReceived, NotAllocated, NothingDue
from payments.models import Allocation, WriteOff
from payments.services.credits import credit_note_apply, credit_note_unapply, invoice_credit
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def _credit(bill: Invoice, amount: str | None = None, actor=SYSTEM) -> Invoice:
    lines = None if amount is None else {bill.lines.get().pk: Decimal(amount)}
    return invoice_credit(invoice_id=bill.pk, lines=lines, reason="Agreed", actor=actor, now=NOW)


def test_a_credit_note_settles_its_invoice(now) -> None:
    bill = invoice(total="100.00")
    note = _credit(bill, "40.00")
    assert (note.total, note.amount_credited, due(bill)) == (Decimal(40), Decimal(40), Decimal(60))
    assert bill.amount_credited == Decimal(40)


def test_credit_above_what_is_due_stays_the_customers(now) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "70.00", {bill.pk: Decimal(70)})
    note = _credit(bill)
    assert (note.total, note.amount_credited, due(bill)) == (Decimal(100), Decimal(30), 0)
    assert OwnerBalance.objects.get(owner_id=of.pk).unapplied == Decimal(70)
    other = invoice(of, "90.00")
    credit_note_apply(credit_note_id=note.pk, allocations={other.pk: Decimal(70)}, actor=SYSTEM, now=NOW)
    assert due(other) == Decimal(20)
    with pytest.raises(MoreThanReceived):
        credit_note_apply(credit_note_id=note.pk, allocations={other.pk: Decimal(1)}, actor=SYSTEM, now=NOW)


def test_applying_again_changes_nothing(now) -> None:
    bill = invoice(total="100.00")
    note = credit_note_issue(invoice_id=bill.pk, lines=None, reason="Agreed", actor=SYSTEM, now=NOW)
    for _ in range(3):
        credit_note_apply(credit_note_id=note.pk, actor=SYSTEM, now=NOW)
    assert (Allocation.objects.count(), due(bill)) == (1, 0)


def test_an_application_is_taken_back(now) -> None:
    bill = invoice(total="100.00")
    note = _credit(bill)
    credit_note_unapply(credit_note_id=note.pk, invoice_id=bill.pk, actor=SYSTEM, now=NOW)
    note.refresh_from_db()
    assert (due(bill), note.amount_credited) == (Decimal(100), 0)
    with pytest.raises(NotAllocated):
        credit_note_unapply(credit_note_id=note.pk, invoice_id=bill.pk, actor=SYSTEM, now=NOW)


def test_giving_up_all_that_is_due_is_for_good(now) -> None:
    bill = invoice(total="100.00")
    invoice_write_off(invoice_id=bill.pk, reason="Closed down", actor=SYSTEM, now=NOW)
    bill.refresh_from_db()
    assert (bill.state, bill.amount_due, bill.amount_written_off) == (InvoiceState.UNCOLLECTIBLE, 0, Decimal(100))
    with pytest.raises(NothingDue):
        invoice_write_off(invoice_id=bill.pk, reason="Again", actor=SYSTEM, now=NOW)
    with pytest.raises(InvoiceNotOpen):
        pay(bill.customer, "100.00", {bill.pk: Decimal(100)})


def test_a_small_difference_counts_as_paid(now) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "99.01", {bill.pk: Decimal("99.01")})
    invoice_write_off(invoice_id=bill.pk, reason="Bank charges", actor=SYSTEM, now=NOW)
    bill.refresh_from_db()
    assert (bill.state, bill.amount_due) == (InvoiceState.ISSUED, 0)


def test_a_part_may_be_given_up(now) -> None:
    bill = invoice(total="100.00")
    invoice_write_off(invoice_id=bill.pk, amount=Decimal(40), reason="Agreed", actor=SYSTEM, now=NOW)
    assert due(bill) == Decimal(60)
    for amount, error in [
        ("60.01", MoreThanDue),
        ("0", InvalidAmount),
        ("-1", InvalidAmount),
        ("0.001", InvalidAmount),
    ]:
        with pytest.raises(error):
            invoice_write_off(invoice_id=bill.pk, amount=Decimal(amount), reason="x", actor=SYSTEM, now=NOW)


def test_a_write_off_needs_reason_right_and_profile(now) -> None:
    bill = invoice(total="100.00")
    with pytest.raises(ValidationFailed):
        invoice_write_off(invoice_id=bill.pk, reason=" ", actor=SYSTEM, now=NOW)
    with pytest.raises(PermissionRefused):
        invoice_write_off(invoice_id=bill.pk, reason="x", actor=factories.actor(Role.CSM), now=NOW)
    limited = factories.actor(Role.FINANCE, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        invoice_write_off(invoice_id=bill.pk, reason="x", actor=limited, now=NOW)


def _approve(needed: ApprovalNeeded) -> None:
    decider = factories.actor(Role.ADMIN)
    approval_decide(approval_id=needed.approval_id, approve=True, actor=decider, now=NOW)


def test_above_the_limit_a_second_person_agrees_first(now) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "100.00")
    asks = factories.actor(Role.FINANCE)
    with pytest.raises(ApprovalNeeded) as needed:
        invoice_write_off(invoice_id=bill.pk, reason="x", actor=asks, now=NOW)
    assert (due(bill), WriteOff.objects.count()) == (Decimal(100), 0)
    _approve(needed.value)
    invoice_write_off(invoice_id=bill.pk, reason="x", actor=asks, now=NOW)
    assert due(bill) == 0
    assert Approval.objects.get().status == ApprovalStatus.USED


def test_an_approval_is_for_this_amount_only(now) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "100.00")
    asks = factories.actor(Role.FINANCE)
    with pytest.raises(ApprovalNeeded) as needed:
        invoice_write_off(invoice_id=bill.pk, amount=Decimal(60), reason="x", actor=asks, now=NOW)
    _approve(needed.value)
    with pytest.raises(ApprovalNeeded):
        invoice_write_off(invoice_id=bill.pk, amount=Decimal(61), reason="x", actor=asks, now=NOW)


def test_nobody_approves_alone(now) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "100.00")
    asks = factories.actor(Role.ADMIN)
    with pytest.raises(ApprovalNeeded) as needed:
        invoice_write_off(invoice_id=bill.pk, reason="x", actor=asks, now=NOW)
    with pytest.raises(PermissionRefused):
        approval_decide(approval_id=needed.value.approval_id, approve=True, actor=asks, now=NOW)


def test_parts_below_the_limit_add_up(now) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "100.00")
    asks = factories.actor(Role.FINANCE)
    invoice_write_off(invoice_id=bill.pk, amount=Decimal(50), reason="x", actor=asks, now=NOW)
    with pytest.raises(ApprovalNeeded):
        invoice_write_off(invoice_id=bill.pk, amount=Decimal(1), reason="x", actor=asks, now=NOW)


def test_another_currency_always_asks_where_there_is_a_limit(now) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "10.00", currency="USD")
    with pytest.raises(ApprovalNeeded):
        invoice_write_off(invoice_id=bill.pk, reason="x", actor=factories.actor(Role.FINANCE), now=NOW)


def test_credit_above_the_limit_uses_no_number_until_it_is_approved(now) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "100.00")
    asks = factories.actor(Role.FINANCE)
    with pytest.raises(ApprovalNeeded) as needed:
        _credit(bill, actor=asks)
    assert not Invoice.objects.filter(kind="credit_note").exists()
    _approve(needed.value)
    assert _credit(bill, actor=asks).sequence == 1
    assert due(bill) == 0


def test_credit_in_parts_below_the_limit_adds_up(now) -> None:
    bill = invoice(customer(approval_limit=Decimal(50)), "100.00")
    asks = factories.actor(Role.FINANCE)
    _credit(bill, "50.00", actor=asks)
    with pytest.raises(ApprovalNeeded):
        _credit(bill, "1.00", actor=asks)
