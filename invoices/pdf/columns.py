"""How wide the columns of the lines are: as wide as their longest figure, so that the description gets the rest.

Widths go by half an em. They are chosen here and not by the layout engine: measuring every cell takes it as long as
all the rest of a page. They are classes (`doc-w75` is 7.5 em wide) because our pages carry no style attributes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from invoices.pdf.lines import PrintedLine

# Advance widths of our font in thousandths of an em: tabular figures, and letters by their kind.
_DIGIT: Final = 650
_NARROW: Final = 320
_SMALL: Final = 590
_CAPITAL: Final = 730
_WIDE: Final = 1000
_NARROW_CHARACTERS: Final = frozenset(" ,.'-:;|/()ijlrtfI\u00a0\u202f\u2019")
_WIDE_CHARACTERS: Final = frozenset("mwMW%@")
_HEADING: Final = 890

_LEAST: Final = 2.0
_MOST: Final = 16.0
_MOST_WORDS: Final = 7.0
# Together wider than this, in em, the columns leave too little for the description: the table is set smaller.
_DENSE: Final = 30


@dataclass(frozen=True, slots=True)
class Columns:
    """The class of each column; no class where the column is left out because no line has anything in it.

    `before_amount` counts those that stand left of the amount, with the description.
    """

    item: str
    quantity: str
    unit: str
    price: str
    discount: str
    tax: str
    amount: str
    density: str
    before_amount: int


@dataclass(frozen=True, slots=True)
class Headings:
    item: str
    quantity: str
    unit: str
    price: str
    discount: str
    tax: str
    amount: str


def columns_for(lines: tuple[PrintedLine, ...], headings: Headings) -> Columns:
    item = _figures(headings.item, [line.item for line in lines])
    quantity = _figures(headings.quantity, [line.quantity for line in lines])
    unit = _words(headings.unit, [line.unit for line in lines])
    price = _figures(headings.price, [line.price for line in lines])
    discount = _figures(headings.discount, [line.discount for line in lines])
    tax = _words(headings.tax, [line.tax for line in lines])
    amount = _figures(headings.amount, [line.amount for line in lines])
    widths = (item, quantity, unit, price, discount, tax, amount)
    return Columns(
        item=_class(item),
        quantity=_class(quantity),
        unit=_class(unit),
        price=_class(price),
        discount=_class(discount),
        tax=_class(tax),
        amount=_class(amount),
        density="doc-dense" if sum(widths) > _DENSE else "",
        before_amount=sum(map(bool, widths)),
    )


def _figures(heading: str, cells: list[str]) -> float:
    """Figures are never broken. Zero when there are none."""
    if not any(cells):
        return 0
    widest = max(_thousandths(cell) for cell in cells)
    return _ems(max(widest, _thousandths(heading) * _HEADING // 1000), _MOST)


def _words(heading: str, cells: list[str]) -> float:
    """Words may be broken, where a cell alone is too wide: then the longest of its words counts. Zero when empty."""
    if not any(cells):
        return 0
    wanted = max(_unbroken(cell) for cell in cells)
    return _ems(max(wanted, _thousandths(heading) * _HEADING // 1000), _MOST_WORDS)


def _unbroken(cell: str) -> int:
    whole = _thousandths(cell)
    if _ems(whole, _MOST) <= _MOST_WORDS:
        return whole
    return max(_thousandths(word) for word in cell.split())


def _thousandths(text: str) -> int:
    return sum(_advance(char) for char in text)


def _advance(char: str) -> int:
    if char in _NARROW_CHARACTERS:
        return _NARROW
    if char in _WIDE_CHARACTERS:
        return _WIDE
    if char.isdigit():
        return _DIGIT
    return _CAPITAL if char.isupper() else _SMALL


def _ems(thousandths: int, most: float) -> float:
    return min(max(ceil(thousandths / 500) / 2, _LEAST), most)


def _class(ems: float) -> str:
    return f"doc-w{int(ems * 10)}" if ems else ""
