"""Charts as components: SVG that the server draws, each with its words beside it or in a table under it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_compact_decimal
from django import template

from billing_assistant.core.ui import charts, formats

register = template.Library()


@register.inclusion_tag("components/charts/ring.html")
def ring_chart(slices: Sequence[charts.Slice], *, label: str, currency: str = "", amounts: Any = ()) -> dict[str, Any]:
    """A donut whose slices carry the rank under which the list beside it names them; amounts are those of the list."""
    return {"rows": list(zip(slices, amounts, strict=True)), "slices": slices, "label": label, "currency": currency}


@register.inclusion_tag("components/charts/plot.html")
def plot_chart(plot: charts.Plot, *, label: str, unit: str = "") -> dict[str, Any]:
    """Lines over time, each named at its end."""
    return {"plot": plot, "label": label, "unit": unit, "axis": plot.lines[0].points if plot.lines else ()}


@register.inclusion_tag("components/charts/columns.html")
def column_chart(columns: Sequence[charts.Column], *, label: str) -> dict[str, Any]:
    """Bars over time, each with its count above it."""
    return {"columns": columns, "label": label, "base": charts.HEIGHT}


@register.inclusion_tag("components/charts/stack.html")
def stack_chart(pieces: Sequence[charts.Piece], *, label: str) -> dict[str, Any]:
    """One bar of parts, with the shares in it; the table under it names the parts by the same colours."""
    return {"pieces": pieces, "label": label}


@register.simple_tag
def compact(value: Decimal) -> str:
    """An amount for an axis: "1.2M"."""
    return format_compact_decimal(value, format_type="short", locale=formats.locale_of(), fraction_digits=1)
