"""Charts as geometry: what the templates under components/charts/ draw as SVG, without a script.

Widths are percentages of the picture and heights are pixels, so that words keep their size on every screen. Every chart
begins at zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from billing_assistant.core.money import ZERO, quantize_places

HEIGHT: Final = 200
TOP: Final = 40
GAP: Final = Decimal("0.6")
LEAST_SHARE_FOR_A_WORD: Final = Decimal(9)
RADIUS: Final = 70
CENTRE: Final = 100


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a ring: its share of a hundred, where it begins, and where its rank is written (empty: too thin)."""

    rank: int
    label: str
    share: Decimal
    length: str
    offset: str
    x: str = ""
    y: str = ""
    url: str = ""
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A value over its place on the axis."""

    label: str
    value: Decimal
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line from point to point."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its name, which stands above its highest point."""

    name: str
    points: Sequence[Point]
    word_x: str = "0"
    word_y: str = "0"

    @property
    def anchor(self) -> str:
        """To which side the name reaches, so that it stays in the picture."""
        place = Decimal(self.word_x)
        return "start" if place < 15 else "end" if place > 85 else "middle"  # noqa: PLR2004 -- per cent of the width

    @property
    def segments(self) -> list[Segment]:
        pairs = zip(self.points, self.points[1:], strict=False)
        return [Segment(one.x, one.y, other.x, other.y) for one, other in pairs]


@dataclass(frozen=True, slots=True)
class Tick:
    value: Decimal
    y: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over one axis of labels."""

    lines: Sequence[Line]
    ticks: Sequence[Tick]
    base: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    value: int
    x: str
    width: str
    y: str
    height: str
    middle: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a stacked bar. `word` is its share where that has room, `step` its place among the parts."""

    label: str
    amount: Decimal
    share: Decimal
    x: str
    width: str
    middle: str
    word: bool
    step: int


def ring(parts: Sequence[tuple[str, Decimal, str]], rest: tuple[str, Decimal] | None = None) -> list[Slice]:
    """A donut of (label, value, address), the first slice from the top; values are positive. `rest` ends it."""
    everything = [*((*part, False) for part in parts), *([(*rest, "", True)] if rest and rest[1] > 0 else [])]
    whole = sum((value for _, value, _, _ in everything), ZERO)
    gap = GAP if len(everything) > 1 else ZERO
    slices: list[Slice] = []
    begun = ZERO
    for rank, (label, value, url, is_rest) in enumerate(everything, start=1):
        share = value * 100 / whole
        x, y = _on_the_ring(begun + share / 2) if share >= LEAST_SHARE_FOR_A_WORD / 2 else ("", "")
        slices.append(
            Slice(
                rank,
                label,
                quantize_places(share, 1),
                _text(max(share - gap, share / 2)),
                _text(-begun),
                x,
                y,
                url,
                is_rest=is_rest,
            )
        )
        begun += share
    return slices


def plot(labels: Sequence[str], lines: Sequence[tuple[str, Sequence[Decimal]]]) -> Plot:
    """Lines of (name, values); months run from left to right. Below zero is drawn at zero."""
    top = axis_top(max((value for _, values in lines for value in values), default=ZERO))
    drawn = [
        Line(
            name,
            [
                _point(label, value, index, len(labels), top)
                for index, (label, value) in enumerate(zip(labels, values, strict=True))
            ],
        )
        for name, values in lines
    ]
    return Plot(_apart(drawn), [Tick(top * part / 2, _y(top * part / 2, top)) for part in (2, 1, 0)])


def columns(values: Sequence[tuple[str, int]]) -> list[Column]:
    """Bars side by side from (label, count)."""
    top = max((count for _, count in values), default=0) or 1
    room = Decimal(100) / (len(values) or 1)
    return [
        Column(
            label,
            count,
            x=_text(room * index + room / 6),
            width=_text(room * 2 / 3),
            y=_y(Decimal(count), Decimal(top)),
            height=_text(Decimal(HEIGHT) - Decimal(_y(Decimal(count), Decimal(top)))),
            middle=_text(room * index + room / 2),
        )
        for index, (label, count) in enumerate(values)
    ]


def stack(parts: Sequence[tuple[str, Decimal]]) -> list[Piece]:
    """One bar of (label, amount), as long as the picture is wide; amounts are not negative."""
    whole = sum((amount for _, amount in parts), ZERO)
    pieces: list[Piece] = []
    begun = ZERO
    for step, (label, amount) in enumerate(parts):
        share = amount * 100 / whole if whole else ZERO
        word, middle = share >= LEAST_SHARE_FOR_A_WORD, _text(begun + share / 2)
        pieces.append(
            Piece(label, amount, quantize_places(share, 1), _text(begun), _text(share), middle, word=word, step=step)
        )
        begun += share
    return pieces


def axis_top(largest: Decimal) -> Decimal:
    """The least of 1, 2, 5, 10, 20, 50 … that is not under a value: where an axis ends."""
    if largest <= 0:
        return Decimal(1)
    power = Decimal(10) ** largest.adjusted()
    return next(power * step for step in (1, 2, 5, 10) if power * step >= largest)


def _point(label: str, value: Decimal, index: int, count: int, top: Decimal) -> Point:
    return Point(label, value, _text((Decimal(index) + Decimal("0.5")) * 100 / count), _y(value, top))


def _y(value: Decimal, top: Decimal) -> str:
    return _text(HEIGHT - max(value, ZERO) * (HEIGHT - TOP) / top)


def _apart(lines: Sequence[Line]) -> list[Line]:
    """Lines with their names above their highest points, never one name over another."""
    taken: list[Decimal] = []
    placed = []
    for line in lines:
        peak = max(line.points, key=lambda point: point.value)
        y = Decimal(peak.y) - 9
        while any(abs(y - other) < 16 for other in taken):  # noqa: PLR2004 -- the height of a word
            y -= 16
        taken.append(y)
        placed.append(replace(line, word_x=peak.x, word_y=_text(y)))
    return placed


def _on_the_ring(percent: Decimal) -> tuple[str, str]:
    """The middle of the ring at so many of a hundred, clockwise from the top."""
    angle = math.tau * int(percent * 10) / 1000
    x, y = CENTRE + RADIUS * math.sin(angle), CENTRE - RADIUS * math.cos(angle)
    return f"{x:.1f}", f"{y:.1f}"


def _text(number: Decimal) -> str:
    return f"{quantize_places(number, 2):f}"
