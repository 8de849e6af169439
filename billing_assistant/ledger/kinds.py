"""The words of the books: kinds of account and kinds of entry."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class AccountKind(Status):
    """Receivable and customer credit are kept per customer; the others per business profile."""

    RECEIVABLE = "receivable", _("Accounts receivable"), "info", "file-invoice"
    CUSTOMER_CREDIT = "customer_credit", _("Unapplied customer credit"), "info", "coins"
    REVENUE = "revenue", _("Revenue"), "success", "trending-up"
    TAX_PAYABLE = "tax_payable", _("Tax payable"), "neutral", "receipt-tax"
    CASH = "cash", _("Cash and bank"), "success", "building-bank"
    GATEWAY_CLEARING = "gateway_clearing", _("Gateway clearing"), "info", "credit-card"
    WITHHOLDING_TAX = "withholding_tax", _("Withholding tax receivable"), "info", "building-bank"
    BAD_DEBT = "bad_debt", _("Bad debt"), "warning", "file-off"
    REFUNDS_ON_WAY = "refunds_on_way", _("Refunds on their way"), "warning", "arrow-back-up"
    DISPUTED = "disputed", _("Disputed money"), "warning", "alert-triangle"
    GATEWAY_FEES = "gateway_fees", _("Gateway fees"), "neutral", "receipt"
    PROVIDER_TAX = "provider_tax", _("Tax paid by providers"), "neutral", "receipt-tax"
    EXCHANGE = "exchange", _("Currency exchange"), "neutral", "arrows-exchange"
    EXCHANGE_RESULT = "exchange_result", _("Exchange gains and losses"), "neutral", "trending-up"
    BANK_FEES = "bank_fees", _("Bank and provider fees"), "neutral", "receipt"
    SUSPENSE = "suspense", _("Suspense"), "warning", "hourglass"


OWNED: Final = frozenset({AccountKind.RECEIVABLE, AccountKind.CUSTOMER_CREDIT})


class EntryKind(Status):
    """Why an entry was made; decides which figure of the owner's balance it moves."""

    INVOICE = "invoice", _("Invoice"), "info", "file-invoice"
    INVOICE_VOID = "invoice_void", _("Invoice voided"), "neutral", "file-off"
    CREDIT_NOTE = "credit_note", _("Credit note"), "info", "file-minus"
    PAYMENT = "payment", _("Payment"), "success", "cash"
    PAYMENT_REVERSAL = "payment_reversal", _("Payment reversed"), "danger", "arrow-back"
    ALLOCATION = "allocation", _("Allocation"), "neutral", "arrows-split"
    WRITE_OFF = "write_off", _("Write-off"), "warning", "file-off"
    REFUND = "refund", _("Refund"), "warning", "arrow-back-up"
    DISPUTE = "dispute", _("Disputed payment"), "danger", "alert-triangle"
    FEE = "fee", _("Gateway fee"), "neutral", "receipt"
    EXCHANGE = "exchange", _("Exchange difference"), "neutral", "arrows-exchange"
    BANK_FEE = "bank_fee", _("Bank fee"), "neutral", "receipt"
    SUSPENSE = "suspense", _("Suspense"), "warning", "hourglass"
    PAYOUT = "payout", _("Payout"), "neutral", "switch-horizontal"


MOVES_PAID: Final = frozenset(
    {EntryKind.PAYMENT, EntryKind.PAYMENT_REVERSAL, EntryKind.REFUND, EntryKind.DISPUTE, EntryKind.EXCHANGE}
)
"""Entries by which money of a customer comes or goes: they move what the customer has paid."""


class Chain(Status):
    """What is sealed: each is a chain of its own."""

    JOURNAL = "journal", _("Journal"), "neutral", "hash"
    EVENTS = "events", _("Events"), "neutral", "clock"


class CheckState(Status):
    """What came of a check of the books."""

    RUNNING = "running", _("Running"), "info", "clock"
    HOLDS = "holds", _("Everything ties"), "success", "circle-check"
    BROKEN = "broken", _("Something is broken"), "danger", "alert-triangle"
    LOOKED_AT = "looked_at", _("Looked at"), "warning", "eye"
