"""What documents mean to the books."""

from __future__ import annotations

from datetime import date

from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.services.posting import EntryInput, Side
from invoices.models import Invoice


def issue_entry(invoice: Invoice) -> EntryInput:
    """An issued invoice: the customer owes the total, of which a part is tax."""
    return _entry(
        invoice,
        EntryKind.INVOICE,
        invoice.issued_on,
        (
            Side(AccountKind.RECEIVABLE, invoice.total),
            Side(AccountKind.REVENUE, invoice.tax_total - invoice.total),
            Side(AccountKind.TAX_PAYABLE, -invoice.tax_total),
        ),
    )


def void_entry(invoice: Invoice, booked_on: date) -> EntryInput:
    """A voided invoice: its entry the other way round."""
    return _entry(
        invoice,
        EntryKind.INVOICE_VOID,
        booked_on,
        (
            Side(AccountKind.RECEIVABLE, -invoice.total),
            Side(AccountKind.REVENUE, invoice.total - invoice.tax_total),
            Side(AccountKind.TAX_PAYABLE, invoice.tax_total),
        ),
    )


def credit_note_entry(note: Invoice) -> EntryInput:
    """A credit note: revenue and tax go back, the customer has credit that can be applied."""
    return _entry(
        note,
        EntryKind.CREDIT_NOTE,
        note.issued_on,
        (
            Side(AccountKind.REVENUE, note.total - note.tax_total),
            Side(AccountKind.TAX_PAYABLE, note.tax_total),
            Side(AccountKind.CUSTOMER_CREDIT, -note.total),
        ),
    )


def _entry(document: Invoice, kind: EntryKind, booked_on: date, sides: tuple[Side, ...]) -> EntryInput:
    return EntryInput(
        profile_id=document.profile_id,
        kind=kind,
        booked_on=booked_on,
        currency=document.currency,
        owner_id=document.customer_id,
        document_id=document.pk,
        document_number=document.number,
        sides=sides,
    )
