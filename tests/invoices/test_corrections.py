"""Void, credit notes and settlement."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from billing_assistant.ledger.models import OwnerBalance
from invoices.errors import InvoiceNotOpen, OverCredited, OverSettled
from invoices.models import Invoice
from invoices.services.compute import LineInput
from invoices.services.credit_notes import credit_note_issue, creditable_lines
from invoices.services.void import invoice_void
from invoices.states import DiscountKind, InvoiceKind, InvoiceState
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_void_reverses_the_books_and_keeps_the_number(now: datetime) -> None:
    invoice = factories.issued_invoice()
    voided = invoice_void(invoice_id=invoice.pk, reason="Wrong customer", actor=SYSTEM, now=now)
    assert (voided.state, voided.number, voided.amount_due) == (InvoiceState.VOID, "INV-2026-0001", 0)
    balance = OwnerBalance.objects.get(owner_id=invoice.customer_id)
    assert (balance.outstanding, balance.billed, balance.document_count) == (0, 0, 0)
    with pytest.raises(TransitionRefused):
        invoice_void(invoice_id=invoice.pk, reason="Again", actor=SYSTEM, now=now)


def test_void_needs_a_reason_and_the_right(now: datetime) -> None:
    invoice = factories.issued_invoice()
    with pytest.raises(ValidationFailed):
        invoice_void(invoice_id=invoice.pk, reason=" ", actor=SYSTEM, now=now)
    with pytest.raises(PermissionRefused):
        invoice_void(invoice_id=invoice.pk, reason="No", actor=factories.actor(Role.CSM), now=now)
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.ISSUED


def test_crediting_everything_mirrors_the_invoice(now: datetime) -> None:
    invoice = factories.issued_invoice()
    note = credit_note_issue(invoice_id=invoice.pk, lines=None, reason="Cancelled", actor=SYSTEM, now=now)
    assert (note.number, note.kind, note.corrects_id) == ("CN-2026-0001", InvoiceKind.CREDIT_NOTE, invoice.pk)
    assert (note.subtotal, note.tax_total, note.total, note.amount_due) == (45000, 7200, 52200, 0)
    balance = OwnerBalance.objects.get(owner_id=invoice.customer_id)
    assert (balance.credited, balance.unapplied, balance.outstanding) == (52200, 52200, 52200)
    with pytest.raises(OverCredited):
        credit_note_issue(invoice_id=invoice.pk, lines=None, reason="Again", actor=SYSTEM, now=now)


def test_a_part_of_a_line_can_be_credited_and_then_the_rest(now: datetime) -> None:
    invoice = factories.issued_invoice()
    (line,) = invoice.lines.all()
    first = credit_note_issue(
        invoice_id=invoice.pk, lines={line.pk: Decimal("15000.00")}, reason="A month less", actor=SYSTEM, now=now
    )
    assert (first.tax_total, first.total) == (2400, 17400)
    with pytest.raises(OverCredited):
        credit_note_issue(
            invoice_id=invoice.pk, lines={line.pk: Decimal("30000.01")}, reason="Too much", actor=SYSTEM, now=now
        )
    rest = credit_note_issue(invoice_id=invoice.pk, lines=None, reason="All", actor=SYSTEM, now=now)
    assert first.total + rest.total == invoice.total


def test_a_voided_invoice_cannot_be_credited(now: datetime) -> None:
    invoice = factories.issued_invoice()
    invoice_void(invoice_id=invoice.pk, reason="Wrong", actor=SYSTEM, now=now)
    with pytest.raises(InvoiceNotOpen):
        credit_note_issue(invoice_id=invoice.pk, lines=None, reason="No", actor=SYSTEM, now=now)


def test_settlement_moves_the_next_due_date_over_the_instalments(now: datetime) -> None:
    from django.db import transaction  # noqa: PLC0415

    from invoices.locks import invoice_lock  # noqa: PLC0415
    from invoices.services.settlement import settlement_change  # noqa: PLC0415

    parts = ((date(2026, 3, 10), Decimal("20000.00")), (date(2026, 4, 10), Decimal("32200.00")))
    invoice = factories.issued_invoice(None, instalments=parts)
    with transaction.atomic():
        locked = invoice_lock(invoice.pk)
        settlement_change(invoice=locked, paid=Decimal("20000.00"), actor=SYSTEM, now=now)
        assert (locked.next_due_on, locked.settled_at) == (date(2026, 4, 10), None)
        settlement_change(invoice=locked, credited=Decimal("32200.00"), actor=SYSTEM, now=now)
        assert (locked.next_due_on, locked.settled_at, locked.amount_due) == (None, now, 0)
        with pytest.raises(OverSettled):
            settlement_change(invoice=locked, paid=Decimal("0.01"), actor=SYSTEM, now=now)
        transaction.set_rollback(True)


class CreditingInSteps(TestCase):
    """However an invoice is credited in steps, nothing is lost and nothing is made."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        prices=st.lists(st.decimals("0.01", "9999", places=2), min_size=1, max_size=4),
        currency=st.sampled_from(["KES", "USD", "KWD"]),
        inclusive=st.booleans(),
        percent=st.decimals("0", "60", places=2),
        share=st.decimals("0.01", "0.99", places=2),
    )
    def test_credit_notes_in_steps_sum_to_the_invoice(
        self, prices: list[Decimal], currency: str, inclusive: bool, percent: Decimal, share: Decimal
    ) -> None:
        customer = factories.customer(factories.seller(currency=currency))
        invoice = factories.issued_invoice(
            customer,
            *(
                LineInput("Work", unit_price=price, tax_rate=Decimal(rate))
                for price, rate in zip(prices, [16, 8, 16, 0], strict=False)
            ),
            prices_include_tax=inclusive,
            discount_kind=DiscountKind.PERCENT,
            discount_value=percent,
        )
        for one in creditable_lines(invoice):
            part = (one.left * share).quantize(Decimal("0.01"))
            if 0 < part < one.left:
                credit_note_issue(
                    invoice_id=invoice.pk, lines={one.line.pk: part}, reason="Step", actor=SYSTEM, now=NOW
                )
        if any(one.left for one in creditable_lines(invoice)):
            credit_note_issue(invoice_id=invoice.pk, lines=None, reason="Rest", actor=SYSTEM, now=NOW)
        notes = Invoice.objects.filter(corrects=invoice)
        assert sum(note.total for note in notes) == invoice.total
        assert sum(note.tax_total for note in notes) == invoice.tax_total
