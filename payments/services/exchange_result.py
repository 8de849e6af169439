"""What settling a foreign invoice gains or loses in the profile's own currency.

The invoice froze a rate when it was issued; the payment is worth what the rate of its own day says. The difference is
posted with each allocation, from what stands of the pair of payment and invoice: taking all of it back takes exactly
the sum of what was posted back, whatever the parts were and whatever happened to the rates meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from billing_assistant.core.money import ZERO, quantize
from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.services.posting import EntryInput, Side
from invoices.services.exchange_rates import rate_on
from invoices.services.rules import rules_of
from payments.models import Allocation, ExchangeResult, Payment


def exchange_entries(rows: Sequence[Allocation]) -> list[EntryInput]:
    """Keeps what the allocations of a locked, saved payment gain or lose, and gives the entries of it.

    Inside the caller's transaction. Invoices without a frozen rate, and days without a rate, gain and lose nothing.
    """
    return [entry for row in rows if row.payment and row.invoice.fx_rate for entry in _entries(row, row.payment)]


def _entries(row: Allocation, payment: Payment) -> list[EntryInput]:
    standing = ExchangeResult.objects.filter(payment=payment, invoice_id=row.invoice_id).first()
    standing = standing or _begun(row, payment)
    if standing is None:
        return []
    before = standing.result
    standing.amount = max(standing.amount + row.amount, ZERO)
    standing.result = worth(standing)
    standing.save()
    return [_entry(row, payment, standing.currency, standing.result - before)] if standing.result != before else []


def worth(standing: ExchangeResult) -> Decimal:
    """What a pair gains (above zero) or loses, in whole minor units of the profile's currency."""
    return quantize(standing.amount * (standing.payment_rate - standing.invoice_rate), standing.currency)


def _begun(row: Allocation, payment: Payment) -> ExchangeResult | None:
    """The pair with both rates as they are now; None where nothing is settled or the day has no rate."""
    invoice = row.invoice
    if row.amount <= ZERO or invoice.fx_rate is None:
        return None
    rate = rate_on(
        profile_id=invoice.profile_id,
        currency=invoice.currency,
        into=invoice.fx_currency,
        day=payment.received_on,
        days=rules_of(invoice.profile_id).exchange_rate_days,
    )
    if rate is None:
        return None
    return ExchangeResult(
        profile_id=invoice.profile_id,
        payment=payment,
        invoice=invoice,
        currency=invoice.fx_currency,
        invoice_rate=invoice.fx_rate,
        payment_rate=rate.rate,
        created_at=row.created_at,
    )


def _entry(row: Allocation, payment: Payment, currency: str, gain: Decimal) -> EntryInput:
    """About the invoice, with the number of the payment as its memo, like the allocation that it belongs to."""
    return EntryInput(
        profile_id=row.profile_id,
        kind=EntryKind.EXCHANGE,
        booked_on=row.allocated_on,
        currency=currency,
        owner_id=None,
        document_id=row.invoice_id,
        document_number=row.invoice.number,
        sides=(Side(AccountKind.EXCHANGE, gain), Side(AccountKind.EXCHANGE_RESULT, -gain)),
        memo=payment.number,
    )
