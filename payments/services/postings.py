"""What payments mean to the books.

An allocation is an entry about the invoice, with the number of the payment or credit note as its memo: so the
entries of an invoice always sum to what is due on it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.services.posting import EntryInput, Side
from invoices.models import Invoice
from payments.models import Dispute, Payment, Refund


def received_entry(payment: Payment) -> EntryInput:
    """Money came in, and tax was withheld: the customer has that much credit."""
    return EntryInput(
        profile_id=payment.profile_id,
        kind=EntryKind.PAYMENT,
        booked_on=payment.received_on,
        currency=payment.currency,
        owner_id=payment.customer_id,
        document_id=payment.pk,
        document_number=payment.number,
        sides=(
            Side(place_of(payment), payment.amount_received),
            Side(AccountKind.WITHHOLDING_TAX, payment.amount_withheld),
            Side(AccountKind.CUSTOMER_CREDIT, -payment.amount),
        ),
        memo=payment.reference,
    )


def reversed_entry(payment: Payment, booked_on: date) -> EntryInput:
    """The money went back: the entry of its receipt the other way round."""
    return EntryInput(
        profile_id=payment.profile_id,
        kind=EntryKind.PAYMENT_REVERSAL,
        booked_on=booked_on,
        currency=payment.currency,
        owner_id=payment.customer_id,
        document_id=payment.pk,
        document_number=payment.number,
        sides=(
            Side(AccountKind.CUSTOMER_CREDIT, payment.amount),
            Side(place_of(payment), -payment.amount_received),
            Side(AccountKind.WITHHOLDING_TAX, -payment.amount_withheld),
        ),
        memo=payment.reversal_reason,
    )


def allocation_entry(invoice: Invoice, *, amount: Decimal, source: str, booked_on: date) -> EntryInput:
    """Credit settles an invoice; a negative amount takes it back. `source` is the number that the credit came from."""
    return _about(
        invoice,
        EntryKind.ALLOCATION,
        booked_on,
        (Side(AccountKind.CUSTOMER_CREDIT, amount), Side(AccountKind.RECEIVABLE, -amount)),
        source,
    )


def write_off_entry(invoice: Invoice, *, amount: Decimal, reason: str, booked_on: date) -> EntryInput:
    """A debt is given up; a negative amount takes that back."""
    return _about(
        invoice,
        EntryKind.WRITE_OFF,
        booked_on,
        (Side(AccountKind.BAD_DEBT, amount), Side(AccountKind.RECEIVABLE, -amount)),
        reason,
    )


def refund_entry(refund: Refund, *, taken_from: AccountKind, given_to: AccountKind, booked_on: date) -> EntryInput:
    """Money of a refund moves from one account to another: the customer's credit, on its way, out, or back."""
    return EntryInput(
        profile_id=refund.profile_id,
        kind=EntryKind.REFUND,
        booked_on=booked_on,
        currency=refund.currency,
        owner_id=refund.customer_id,
        document_id=refund.pk,
        document_number=refund.number,
        sides=(Side(taken_from, refund.amount), Side(given_to, -refund.amount)),
        memo=refund.failure or refund.reason,
    )


def dispute_entry(dispute: Dispute, *, sides: tuple[Side, ...], booked_on: date) -> EntryInput:
    """Money of a dispute moves: held, gone for good, or the customer's credit again. Fees are booked apart."""
    return EntryInput(
        profile_id=dispute.profile_id,
        kind=EntryKind.DISPUTE,
        booked_on=booked_on,
        currency=dispute.currency,
        owner_id=dispute.customer_id,
        document_id=dispute.pk,
        document_number=dispute.number,
        sides=sides,
        memo=dispute.reason,
    )


def dispute_fee_entry(dispute: Dispute, *, amount: Decimal, booked_on: date) -> EntryInput:
    """What the gateway or the bank took for a dispute, or less than nothing where it took less than was booked."""
    sides = (Side(AccountKind.GATEWAY_FEES, amount), Side(place_of(dispute), -amount))
    return replace(dispute_entry(dispute, sides=sides, booked_on=booked_on), kind=EntryKind.FEE)


def place_of(payment: Payment | Refund | Dispute) -> AccountKind:
    """Where the money is: with the gateway until it pays out, else with us."""
    return AccountKind.GATEWAY_CLEARING if payment.provider else AccountKind.CASH


def _about(invoice: Invoice, kind: EntryKind, booked_on: date, sides: tuple[Side, ...], memo: str) -> EntryInput:
    return EntryInput(
        profile_id=invoice.profile_id,
        kind=kind,
        booked_on=booked_on,
        currency=invoice.currency,
        owner_id=invoice.customer_id,
        document_id=invoice.pk,
        document_number=invoice.number,
        sides=sides,
        memo=memo,
    )
