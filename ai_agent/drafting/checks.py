"""What a person should look at twice (section 11), and how sure the reading is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Final

from ai_agent.drafting.history import History, same_item
from ai_agent.drafting.types import DraftingRequest, DraftItem, Flag, Need, Note, PastInvoice, PastLine

UNUSUAL_FACTOR: Final = 5
DUPLICATE_DAYS: Final = 7

_SURE: Final = Decimal("0.95")
_LEAST: Final = Decimal("0.10")
_DOUBT: Final = {
    "figure_refused": Decimal("0.25"),
    "item_refused": Decimal("0.25"),
    "phrase_refused": Decimal("0.15"),
    "other_currency": Decimal("0.20"),
    "unit_differs": Decimal("0.20"),
    "line_not_found": Decimal("0.20"),
    "invoice_not_found": Decimal("0.30"),
    "discount_not_read": Decimal("0.20"),
    "discount_too_large": Decimal("0.20"),
    "due_not_read": Decimal("0.10"),
    "total_split": Decimal("0.05"),
    "price_from_history": Decimal("0.05"),
    "price_from_catalogue": Decimal("0.05"),
}
_PER_NEED: Final = Decimal("0.20")
_PER_FLAG: Final = Decimal("0.10")


def flags(items: Sequence[DraftItem], history: History, request: DraftingRequest, currency: str) -> set[Flag]:
    """Unusual amounts and possible duplicates, both seen against the customer's earlier invoices."""
    found: set[Flag] = set()
    if currency == request.customer.currency and any(is_unusual(item, history, currency) for item in items):
        found.add(Flag.UNUSUAL_AMOUNT)
    if duplicate_of(items, history, request) is not None:
        found.add(Flag.POSSIBLE_DUPLICATE)
    return found


def is_unusual(item: DraftItem, history: History, currency: str) -> bool:
    """Whether a line is more than five times the median of what was billed for it before."""
    usual = history.usual_amount(item.description, currency)
    return item.amount is not None and usual is not None and item.amount > UNUSUAL_FACTOR * usual


def duplicate_of(items: Sequence[DraftItem], history: History, request: DraftingRequest) -> PastInvoice | None:
    """The newest invoice, where it is at most a week old and has the same lines."""
    newest = history.newest
    if newest is None or len(newest.lines) != len(items):
        return None
    age = (request.today - newest.issued_on).days
    same = all(_same_line(item, line) for item, line in zip(items, newest.lines, strict=True)) or _same_lines(
        items, newest.lines
    )
    return newest if 0 <= age <= DUPLICATE_DAYS and same else None


def _same_lines(items: Sequence[DraftItem], lines: Sequence[PastLine]) -> bool:
    """The same lines in another order."""
    rest = list(lines)
    for item in items:
        match = next((line for line in rest if _same_line(item, line)), None)
        if match is None:
            return False
        rest.remove(match)
    return True


def _same_line(item: DraftItem, line: PastLine) -> bool:
    return item.quantity == line.quantity and item.rate == line.rate and same_item(item.description, line.description)


def notes(
    items: Sequence[DraftItem], history: History, request: DraftingRequest, currency: str, found: Collection[Flag]
) -> list[Note]:
    """The reasons behind the flags."""
    out: list[Note] = []
    if Flag.UNUSUAL_AMOUNT in found:
        out += [
            Note("check_amount", {"item": item.description}) for item in items if is_unusual(item, history, currency)
        ]
    if Flag.POSSIBLE_DUPLICATE in found and (twin := duplicate_of(items, history, request)) is not None:
        out.append(Note("check_duplicate", {"number": twin.number, "date": twin.issued_on.isoformat()}))
    return out


def confidence(needs: Collection[Need], found: Collection[Flag], remarks: Sequence[Note]) -> Decimal:
    """How sure the reading is, 0.10 to 0.95: each open question and each doubtful step takes some away."""
    doubt = _PER_NEED * len(needs) + _PER_FLAG * len(found)
    doubt += sum((_DOUBT.get(note.code, Decimal(0)) for note in remarks), Decimal(0))
    return max(_LEAST, _SURE - doubt)
