"""What a customer was billed before: prices, invoices to repeat, usual amounts (sections 9 and 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Final

from ai_agent.drafting.rules import repeats, units
from ai_agent.drafting.rules.words import shared, significant
from ai_agent.drafting.types import PastInvoice, PastLine

_FULL: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Priced:
    """A price that was charged, for which unit, and on which invoice."""

    rate: Decimal
    unit: str
    number: str


def same_item(first: str, second: str) -> bool:
    """Whether two descriptions share a significant word."""
    return bool(shared(significant(first), significant(second)))


class History:
    """The customer's invoices, newest first. They may come in any order."""

    def __init__(self, invoices: Sequence[PastInvoice], today: date) -> None:
        self.invoices = sorted(invoices, key=lambda invoice: (invoice.issued_on, invoice.number), reverse=True)
        self.today = today

    @property
    def newest(self) -> PastInvoice | None:
        return self.invoices[0] if self.invoices else None

    def price_of(self, description: str, currency: str) -> Priced | None:
        """The price of the newest line for the same item in the same currency.

        A line whose every word is named comes before one that shares a word only: "website support" is priced by
        "Website support" even where a newer invoice has "Website hosting".
        """
        words = significant(description)
        if not words:
            return None
        best: tuple[Decimal, Priced] | None = None
        for invoice in self.invoices:
            if invoice.currency != currency:
                continue
            for line in invoice.lines:
                cover = _cover(words, significant(line.description))
                if cover and (best is None or cover > best[0]):
                    best = cover, Priced(line.rate, _unit(line), invoice.number)
        return best[1] if best else None

    def to_repeat(self, words: str) -> PastInvoice | None:
        """The invoice that a request wants repeated: by its number, by the month it was issued in, else the newest."""
        for invoice in self.invoices:
            if invoice.number and invoice.number.lower() in words.lower():
                return invoice
        month = repeats.month_of(words)
        if month is None:
            return self.newest
        return next((invoice for invoice in self.invoices if invoice.issued_on.month == month), None)

    def usual_amount(self, description: str, currency: str) -> Decimal | None:
        """The median amount of lines for the same item; for a new item the median subtotal; None without history."""
        invoices = [invoice for invoice in self.invoices if invoice.currency == currency]
        amounts = [
            line.amount for invoice in invoices for line in invoice.lines if same_item(description, line.description)
        ]
        amounts = amounts or [invoice.subtotal for invoice in invoices]
        return median(amounts) if amounts else None


def _cover(words: frozenset[str], line: frozenset[str]) -> Decimal:
    """How much of either name the other holds: one where all of the shorter is named."""
    common = shared(words, line)
    if not common:
        return Decimal(0)
    return min(_FULL, Decimal(common) / min(len(words), len(line)))


def _unit(line: PastLine) -> str:
    return units.canonical(line.unit) or units.UNIT


def line_for(
    lines: Sequence[PastLine], description: str, unit: str | None, known: Sequence[PastLine] = ()
) -> int | None:
    """The place of the line that an edit speaks of: by its words, else by its unit.

    Where a line of another invoice (`known`) fits the words better, the edit speaks of none of these.
    """
    words = significant(description)
    if not words:
        return next((at for at, line in enumerate(lines) if unit is not None and _unit(line) == unit), None)
    covers = [_cover(words, significant(line.description)) for line in lines]
    best = max(covers, default=Decimal(0))
    elsewhere = max((_cover(words, significant(line.description)) for line in known), default=Decimal(0))
    if not best or best < elsewhere:
        return None
    candidates = [at for at, cover in enumerate(covers) if cover == best]
    same_unit = [at for at in candidates if unit is not None and _unit(lines[at]) == unit]
    return (same_unit or candidates)[0]
