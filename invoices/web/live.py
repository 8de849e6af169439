"""What the editor's rows come to now: computed on the server, stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO
from invoices.services.compute import Discount, LineInput, Totals, check_lines, compute, early_amount, line_amount
from invoices.services.draft_snapshots import line_input
from invoices.services.promo_uses import draft_discount
from invoices.states import DiscountKind
from invoices.web.editor_forms import Editor
from invoices.web.forms import LineForm

RowAmounts = Sequence[tuple[str, Decimal | None]]
"""What each row of a form comes to, by its prefix; None where it cannot be read or billed."""


@dataclass(frozen=True, slots=True)
class Early:
    """What is paid when it is paid within some days of the issue date."""

    days: int
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Live:
    """Totals of the rows that can be read, what each row comes to, and why there are none."""

    currency: str
    totals: Totals | None = None
    fault: str = ""
    amounts: RowAmounts = field(default_factory=tuple)
    early: Early | None = None
    promo: str = ""


def live_of(editor: Editor, now: datetime) -> Live:
    """What stands in the form, else what the draft says, with what its promo code gives at a moment."""
    if editor.form.is_bound:
        editor.form.is_valid()
        head = editor.form.cleaned_data
        live = _live(editor, head, [row.line() for row in editor.readable_lines()], now)
        return replace(live, amounts=row_amounts(editor.lines.forms, live.currency))
    if editor.draft is None:
        return Live(editor.customer.currency)
    stored = editor.draft.lines.all()
    live = _live(editor, editor.form.initial, [line_input(line) for line in stored], now)
    found = live.totals.lines if live.totals else ()
    return replace(live, amounts=[(f"lines-{i}", line.amount) for i, line in enumerate(found)])


def row_amounts(rows: Iterable[LineForm], currency: str) -> RowAmounts:
    """Every row of a form with its amount, so that none keeps a figure that no longer belongs to what is typed."""
    return [(row.prefix or "", _row_amount(row, currency)) for row in rows]


def _row_amount(row: LineForm, currency: str) -> Decimal | None:
    if not row.has_changed() or not row.is_valid():
        return None
    line = row.line()
    try:
        check_lines([line])
    except ValidationFailed:
        return None
    return line_amount(line, currency)


def _live(editor: Editor, head: Mapping[str, Any], lines: Sequence[LineInput], now: datetime) -> Live:
    currency = head.get("currency") or editor.customer.currency
    own = Discount(DiscountKind(head.get("discount_kind") or "none"), head.get("discount_value") or ZERO)
    promo_fault = ""
    try:
        discount = draft_discount(
            own=own, code=head.get("promo_code", ""), lines=lines, currency=currency, customer=editor.customer, now=now
        )
    except ValidationFailed as error:
        discount, promo_fault = own, " ".join(error.errors.get("promo_code", []))
    try:
        totals = compute(
            lines, currency=currency, prices_include_tax=bool(head.get("prices_include_tax")), discount=discount
        )
    except ValidationFailed as error:
        return Live(currency, fault=error.message)
    return Live(currency, totals, promo_fault, early=_early(head, totals, currency), promo=_promo(head))


def _promo(head: Mapping[str, Any]) -> str:
    return str(head.get("promo_code", "")).strip().upper()


def _early(head: Mapping[str, Any], totals: Totals, currency: str) -> Early | None:
    percent, days = head.get("early_discount_percent"), head.get("early_discount_days")
    if not percent or days is None:
        return None
    percent = Decimal(percent)
    return Early(days, percent, early_amount(totals.total, percent, currency))
