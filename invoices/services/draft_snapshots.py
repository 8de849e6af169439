"""A draft as JSON, and back: what a version keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from invoices.models import DraftLine, InvoiceDraft, InvoiceLine
from invoices.services.compute import LineInput
from invoices.states import DiscountKind, TaxCategory


def draft_snapshot(draft: InvoiceDraft) -> dict[str, Any]:
    """Everything that a person can edit on a draft, and the totals that came of it. Amounts are strings."""
    return {
        "currency": draft.currency,
        "prices_include_tax": draft.prices_include_tax,
        "discount_kind": draft.discount_kind,
        "discount_value": str(draft.discount_value),
        "payment_terms_days": draft.payment_terms_days,
        "due_on": draft.due_on.isoformat() if draft.due_on else None,
        "instalments": draft.instalments,
        "reference": draft.reference,
        "project": draft.project,
        "promo_code": draft.promo_code,
        "early_discount_percent": str(draft.early_discount_percent),
        "early_discount_days": draft.early_discount_days,
        "template_id": str(draft.template_id) if draft.template_id else None,
        "series_id": str(draft.series_id) if draft.series_id else None,
        "language": draft.language,
        "notes": draft.notes,
        "terms": draft.terms,
        "lines": [_line_snapshot(line) for line in draft.lines.all()],
        "totals": {name: str(getattr(draft, name)) for name in ("subtotal", "discount_total", "tax_total", "total")},
    }


def draft_input_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a DraftInput from a snapshot. What older snapshots did not know is empty.

    A snapshot with a promo code keeps what the code gave; the input names the code alone.
    """
    kept = ("currency", "prices_include_tax", "payment_terms_days", "reference", "notes", "terms")
    own = not snapshot.get("promo_code")
    return {
        **{name: snapshot[name] for name in kept},
        "discount_kind": DiscountKind(snapshot["discount_kind"]) if own else DiscountKind.NONE,
        "discount_value": Decimal(snapshot["discount_value"]) if own else Decimal(0),
        "due_on": _date(snapshot["due_on"]),
        "project": snapshot.get("project", ""),
        "promo_code": snapshot.get("promo_code", ""),
        "early_discount_percent": Decimal(snapshot.get("early_discount_percent", "0")),
        "early_discount_days": snapshot.get("early_discount_days"),
        "template_id": _uuid(snapshot.get("template_id")),
        "series_id": _uuid(snapshot.get("series_id")),
        "language": snapshot.get("language", ""),
        "instalments": tuple((date.fromisoformat(day), Decimal(amount)) for day, amount in snapshot["instalments"]),
        "lines": tuple(_line_input(line) for line in snapshot["lines"]),
    }


def snapshot_lines(snapshot: dict[str, Any]) -> list[DraftLine]:
    """The lines of a snapshot as rows that are not in the database, with the amounts that were computed then."""
    return [_line_row(position, values) for position, values in enumerate(snapshot["lines"], start=1)]


def line_input(line: DraftLine | InvoiceLine) -> LineInput:
    """A stored line as input of the computation."""
    return LineInput(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_category=TaxCategory(line.tax_category),
        tax_rate=line.tax_rate,
        service_from=line.service_from,
        service_to=line.service_to,
        category=line.category,
        item_id=line.item_id,
        billable=tuple(map(UUID, line.billable)) if isinstance(line, DraftLine) else (),
    )


def _line_snapshot(line: DraftLine) -> dict[str, Any]:
    return {
        "description": line.description,
        "quantity": str(line.quantity),
        "unit": line.unit,
        "unit_price": None if line.unit_price is None else str(line.unit_price),
        "discount_percent": str(line.discount_percent),
        "tax_category": line.tax_category,
        "tax_rate": str(line.tax_rate),
        "service_from": line.service_from.isoformat() if line.service_from else None,
        "service_to": line.service_to.isoformat() if line.service_to else None,
        "category": line.category,
        "amount": str(line.amount),
        "item_id": str(line.item_id) if line.item_id else None,
        "billable": line.billable,
    }


def _line_input(values: dict[str, Any]) -> LineInput:
    price = values["unit_price"]
    return LineInput(
        description=values["description"],
        quantity=Decimal(values["quantity"]),
        unit=values["unit"],
        unit_price=None if price is None else Decimal(price),
        discount_percent=Decimal(values["discount_percent"]),
        tax_category=TaxCategory(values["tax_category"]),
        tax_rate=Decimal(values["tax_rate"]),
        service_from=_date(values["service_from"]),
        service_to=_date(values["service_to"]),
        category=values.get("category", ""),
        item_id=_uuid(values.get("item_id")),
        billable=tuple(map(UUID, values.get("billable", ()))),
    )


def _line_row(position: int, values: dict[str, Any]) -> DraftLine:
    line = _line_input(values)
    return DraftLine(
        position=position,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        service_from=line.service_from,
        service_to=line.service_to,
        category=line.category,
        amount=Decimal(values["amount"]),
    )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
