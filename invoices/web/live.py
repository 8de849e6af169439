"""What the editor's rows come to now: computed on the server, stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO
from invoices.services.compute import Discount, LineInput, Totals, compute, early_amount
from invoices.services.draft_snapshots import line_input
from invoices.services.promo_uses import draft_discount
from invoices.states import DiscountKind
from invoices.web.editor_forms import Editor


@dataclass(frozen=True, slots=True)
class Early:
    """What is paid when it is paid within some days of the issue date."""

    days: int
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Live:
    """Totals of the rows that can be read, each row's amount by its prefix, and why there are none."""

    currency: str
    totals: Totals | None = None
    fault: str = ""
    amounts: Sequence[tuple[str, Decimal]] = field(default_factory=tuple)
    early: Early | None = None
    promo: str = ""


def live_of(editor: Editor, now: datetime) -> Live:
    """What stands in the form, else what the draft says, with what its promo code gives at a moment."""
    if editor.form.is_bound:
        editor.form.is_valid()
        rows = [(row.prefix or "", row.line()) for row in editor.readable_lines()]
        return _live(editor, editor.form.cleaned_data, rows, now)
    if editor.draft is None:
        return Live(editor.customer.currency)
    stored = editor.draft.lines.all()
    rows = [(f"lines-{i}", line_input(line)) for i, line in enumerate(stored)]
    return _live(editor, editor.form.initial, rows, now)


def _live(editor: Editor, head: Mapping[str, Any], rows: Sequence[tuple[str, LineInput]], now: datetime) -> Live:
    currency = head.get("currency") or editor.customer.currency
    lines = [line for _prefix, line in rows]
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
    amounts = [(prefix, total.amount) for (prefix, _line), total in zip(rows, totals.lines, strict=True)]
    return Live(
        currency, totals, promo_fault, amounts=amounts, early=_early(head, totals, currency), promo=_promo(head)
    )


def _promo(head: Mapping[str, Any]) -> str:
    return str(head.get("promo_code", "")).strip().upper()


def _early(head: Mapping[str, Any], totals: Totals, currency: str) -> Early | None:
    percent, days = head.get("early_discount_percent"), head.get("early_discount_days")
    if not percent or days is None:
        return None
    percent = Decimal(percent)
    return Early(days, percent, early_amount(totals.total, percent, currency))
