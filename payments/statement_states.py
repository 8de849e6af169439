"""Words of reconciliation: accounts, statements, their lines, and the rules that match them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class BankAccountKind(Status):
    """Where money of ours is kept by somebody else. A provider pays out to a bank account from time to time."""

    BANK = "bank", _("Bank account"), "neutral", "building-bank"
    MPESA = "mpesa", _("M-Pesa till or Paybill"), "neutral", "device-mobile"
    PROVIDER = "provider", _("Payment provider"), "neutral", "credit-card"


class StatementFormat(Status):
    CSV = "csv", _("CSV or Excel"), "neutral", "file-type-csv"
    PAYOUTS = "payouts", _("Payout report"), "neutral", "file-type-csv"
    MPESA = "mpesa", _("M-Pesa statement"), "neutral", "device-mobile"
    OFX = "ofx", _("OFX"), "neutral", "file-text"
    MT940 = "mt940", _("MT940"), "neutral", "file-text"
    CAMT053 = "camt053", _("CAMT.053"), "neutral", "file-text"


MAPPED: Final = frozenset({StatementFormat.CSV, StatementFormat.PAYOUTS})
"""Formats whose columns a person names."""


class StatementState(Status):
    NAMING = "naming", _("Columns to be named"), "warning", "columns"
    READING = "reading", _("Being read"), "info", "loader"
    MATCHING = "matching", _("Being matched"), "info", "loader"
    UNDOING = "undoing", _("Being undone"), "info", "loader"
    DONE = "done", _("Read"), "success", "circle-check"
    FAILED = "failed", _("Stopped"), "danger", "circle-x"
    DISCARDED = "discarded", _("Discarded"), "neutral", "trash"


STATEMENT_TRANSITIONS: Final = {
    StatementState.NAMING: frozenset({StatementState.MATCHING, StatementState.FAILED, StatementState.DISCARDED}),
    StatementState.READING: frozenset({StatementState.MATCHING, StatementState.FAILED}),
    StatementState.MATCHING: frozenset({StatementState.DONE, StatementState.FAILED}),
    StatementState.DONE: frozenset({StatementState.MATCHING, StatementState.UNDOING, StatementState.DISCARDED}),
    StatementState.UNDOING: frozenset({StatementState.DONE, StatementState.FAILED}),
    StatementState.FAILED: frozenset(
        {StatementState.READING, StatementState.MATCHING, StatementState.NAMING, StatementState.UNDOING}
        | {StatementState.DISCARDED}
    ),
    StatementState.DISCARDED: frozenset[StatementState](),
}
STATEMENTS_AT_WORK: Final = (StatementState.READING, StatementState.MATCHING, StatementState.UNDOING)


class LineState(Status):
    """What became of a line. Open ones are new or have suggestions."""

    NEW = "new", _("Open"), "warning", "help"
    SUGGESTED = "suggested", _("Suggestion"), "info", "circle-dot"
    MATCHED = "matched", _("Matched"), "success", "circle-check"
    TRANSFER = "transfer", _("Payout"), "success", "switch-horizontal"
    FEE = "fee", _("Bank fee"), "success", "receipt"
    GIVEN_BACK = "given_back", _("Given back"), "success", "arrow-back-up"
    SUSPENSE = "suspense", _("On suspense"), "warning", "hourglass"
    IGNORED = "ignored", _("Ignored"), "neutral", "circle-off"
    DISCARDED = "discarded", _("Discarded"), "neutral", "trash"


OPEN_LINES: Final = (LineState.NEW, LineState.SUGGESTED)
_SETTLED: Final = frozenset(
    {LineState.MATCHED, LineState.TRANSFER, LineState.FEE, LineState.SUSPENSE, LineState.IGNORED}
    | {LineState.GIVEN_BACK}
)
LINE_TRANSITIONS: Final = {
    LineState.NEW: _SETTLED | {LineState.SUGGESTED, LineState.DISCARDED},
    LineState.SUGGESTED: _SETTLED | {LineState.NEW, LineState.DISCARDED},
    LineState.DISCARDED: frozenset[LineState](),
    **{state: frozenset({LineState.NEW}) for state in _SETTLED},
}


class RuleKind(Status):
    """How a rule finds what a line pays. The order of these is the order that a profile starts with."""

    RECORDED = "recorded", _("A payment that is recorded already"), "neutral", "link"
    PAYOUT = "payout", _("Payout of a provider"), "neutral", "switch-horizontal"
    REFERENCE = "reference", _("Exact reference and amount"), "neutral", "hash"
    MERGED = "merged", _("Several invoices of one customer"), "neutral", "stack-2"
    TYPO = "typo", _("Reference with a typing error"), "neutral", "writing"
    NAME = "name", _("Name, amount and date"), "neutral", "user"
    FEE = "fee", _("Short by a bank fee"), "neutral", "receipt"
    OTHER = "other", _("Part or more of what is due"), "neutral", "arrows-split"
    FOREIGN = "foreign", _("Invoice in another currency"), "neutral", "arrows-exchange"
    GIVEN_BACK = "given_back", _("Money that was given back"), "neutral", "arrow-back-up"


class CandidateKind(Status):
    INVOICES = "invoices", _("Invoices"), "neutral", "file-invoice"
    PAYMENT = "payment", _("Recorded payment"), "neutral", "cash"
    GIVEN_BACK = "given_back", _("Money that was given back"), "neutral", "arrow-back-up"
    PAYOUT = "payout", _("Payout"), "neutral", "switch-horizontal"
