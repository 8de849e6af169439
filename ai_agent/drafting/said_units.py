"""What words say about units: what is counted, what a price is for, counts in two units (sections 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.pieces import Kind, first_figure, split
from ai_agent.drafting.rules.text import clean

EACH: Final = "each"
FLAT: Final = "flat"


@dataclass(frozen=True, slots=True)
class Per:
    """What a price is for: a canonical unit, "each" or "flat", and how many of it ("per 1,000 words")."""

    unit: str
    count: Decimal = Decimal(1)


def read_unit(words: str | None) -> str | None:
    """The canonical unit of the words; another noun is counted in plain units; no words are no unit."""
    if not words or not words.strip():
        return None
    last = words.split()[-1]
    return (
        units.canonical(words.strip())
        or units.canonical(last)
        or units.canonical(last.rpartition("-")[2])
        or units.UNIT
    )


def read_per(words: str | None) -> list[Per]:
    """What a price is for: "user/month", "each", "1,000 words", "flat fee"."""
    if not words:
        return []
    known = units.ADVERBS.get(words.lower()) or (units.canonical(words) if "/" in words else None)
    if known is not None:
        return [Per(known)]
    return [_per(part.strip()) for part in words.replace(" per ", "/").removeprefix("per ").split("/") if part.strip()]


def _per(words: str) -> Per:
    low = words.lower()
    if low in {EACH, "apiece", "ea", "kila moja"}:
        return Per(EACH)
    if low.split()[0] in {FLAT, "fixed", "one-off", "lump"}:
        return Per(FLAT)
    figure = first_figure(words)
    count = figure.value if figure is not None and figure.value > 0 else Decimal(1)
    return Per(units.ADVERBS.get(low) or read_unit(low) or units.UNIT, count)


def unit_within(words: str) -> str | None:
    """The unit inside a quantity such as "3 months"."""
    found = [units.canonical(piece.text) for piece in split(clean(words)) if piece.kind is Kind.WORD]
    return next((unit for unit in found if unit is not None), None)


def compound(words: str) -> tuple[Decimal, str] | None:
    """ "1 hour 30 minutes" in hours, "2 years and 6 months" in months."""
    parts = split(clean(words))
    pairs: list[tuple[Decimal, str]] = []
    for at, piece in enumerate(parts[:-1]):
        unit = units.canonical(parts[at + 1].text)
        if piece.figure is not None and unit is not None:
            pairs.append((piece.figure.value, unit))
    if len(pairs) <= 1:
        return None
    target = "hour" if any(unit in {"hour", units.MINUTE} for _, unit in pairs) else "month"
    converted = [units.convert(value, unit, target) for value, unit in pairs]
    known = [value for value in converted if value is not None]
    return (sum(known, Decimal(0)), target) if len(known) == len(pairs) else None
