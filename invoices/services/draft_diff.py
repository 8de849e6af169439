"""What changed between two versions of a draft. Pure: it compares snapshots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

Snapshot = Mapping[str, Any]
DECIMALS: Final = frozenset(
    {"discount_value", "early_discount_percent", "quantity", "unit_price", "discount_percent", "tax_rate", "amount"}
)
HEADS: Final = (
    "currency",
    "prices_include_tax",
    "discount_kind",
    "discount_value",
    "promo_code",
    "payment_terms_days",
    "due_on",
    "early_discount_percent",
    "early_discount_days",
    "instalments",
    "reference",
    "project",
    "template_id",
    "series_id",
    "language",
    "notes",
    "terms",
)
CELLS: Final = (
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "tax_category",
    "tax_rate",
    "service_from",
    "service_to",
    "category",
    "amount",
)
TOTALS: Final = ("subtotal", "discount_total", "tax_total", "total")


class LineChange(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One value that is another now. Numbers are texts without needless zeros; None is nothing."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class LineDiff:
    """A line that came, went or changed. `position` is from 1 in the newer version, of a removed one in the older."""

    change: LineChange
    position: int
    description: str
    fields: tuple[FieldDiff, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftDiff:
    """Heads, lines and totals that differ, and whether lines that stayed stand in another order."""

    heads: tuple[FieldDiff, ...]
    lines: tuple[LineDiff, ...]
    totals: tuple[FieldDiff, ...]
    reordered: bool

    def __bool__(self) -> bool:
        return bool(self.heads or self.lines or self.totals or self.reordered)


def draft_diff(before: Snapshot, after: Snapshot) -> DraftDiff:
    """What changed from one snapshot to another."""
    old, new = before["lines"], after["lines"]
    pairs = _pairs(old, new)
    lines = [
        LineDiff(LineChange.CHANGED, to + 1, new[to]["description"], changed)
        for at, to in pairs
        if (changed := _fields(old[at], new[to], CELLS))
    ]
    kept_old, kept_new = {at for at, _to in pairs}, {to for _at, to in pairs}
    lines += [_line(LineChange.ADDED, to, new) for to in range(len(new)) if to not in kept_new]
    lines += [_line(LineChange.REMOVED, at, old) for at in range(len(old)) if at not in kept_old]
    order = [at for at, _to in sorted(pairs, key=lambda pair: pair[1])]
    return DraftDiff(
        heads=_fields(before, after, HEADS),
        lines=tuple(sorted(lines, key=lambda line: (line.position, line.change))),
        totals=_fields(before["totals"], after["totals"], TOTALS),
        reordered=order != sorted(order),
    )


def _line(change: LineChange, index: int, lines: Sequence[Snapshot]) -> LineDiff:
    nothing: Snapshot = {}
    sides = (nothing, lines[index]) if change is LineChange.ADDED else (lines[index], nothing)
    return LineDiff(change, index + 1, lines[index]["description"], _fields(*sides, CELLS))


def _pairs(old: Sequence[Snapshot], new: Sequence[Snapshot]) -> list[tuple[int, int]]:
    """Which line became which: first those that are equal, then those of one description, then those in one place."""
    left, right = list(range(len(old))), list(range(len(new)))
    pairs = []
    for key in (_whole, _description, None):
        for to in list(right):
            match = next((at for at in left if (at == to if key is None else key(old[at]) == key(new[to]))), None)
            if match is not None:
                pairs.append((match, to))
                left.remove(match)
                right.remove(to)
    return pairs


def _whole(line: Snapshot) -> tuple[Any, ...]:
    return tuple(_plain(name, line.get(name)) for name in CELLS)


def _description(line: Snapshot) -> str:
    return str(line["description"])


def _fields(before: Snapshot, after: Snapshot, names: Sequence[str]) -> tuple[FieldDiff, ...]:
    sides = ((name, _plain(name, before.get(name)), _plain(name, after.get(name))) for name in names)
    return tuple(FieldDiff(name, old, new) for name, old, new in sides if old != new)


def _plain(name: str, value: Any) -> Any:
    """A value as it is compared and shown: 5.0000 is 5, and what is empty or zero by default is nothing."""
    if name == "instalments":
        return tuple((day, _number(amount)) for day, amount in value or ())
    if value is not None and (name in DECIMALS or name in TOTALS):
        return _number(value)
    return None if value == "" else value


def _number(value: Any) -> str:
    return f"{Decimal(value).normalize():f}"
