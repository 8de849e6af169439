"""What a batch bills: said once, kept as JSON on the batch, and read again by each chunk of the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing_assistant.core.money import ZERO
from invoices.batch_states import BatchWork
from invoices.billable_selectors import ALL_WORK, BillableFilters
from invoices.billable_states import BillableKind


@dataclass(frozen=True, slots=True)
class BatchLine:
    """An item of the catalogue, so many times. It is billed at its price in the customer's currency."""

    item_id: UUID
    quantity: Decimal = Decimal(1)
    discount_percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class BatchContent:
    """What each customer is billed: the same lines, or the open work of each (all, or what fits the filters).

    None for `payment_terms_days` means each customer's own. `project` goes on drafts of the lines; work has its own.
    """

    work: BatchWork
    lines: tuple[BatchLine, ...] = ()
    billable: BillableFilters = ALL_WORK
    template_id: UUID | None = None
    payment_terms_days: int | None = None
    reference: str = ""
    project: str = ""
    notes: str = ""


def content_json(content: BatchContent) -> dict[str, Any]:
    """The content as it is kept; the template has a column of its own."""
    work = content.billable
    return {
        "lines": [
            {
                "item": str(line.item_id),
                "quantity": f"{line.quantity:f}",
                "discount_percent": f"{line.discount_percent:f}",
            }
            for line in content.lines
        ],
        "billable": {
            "kind": work.kind.value if work.kind else None,
            "project": work.project,
            "since": work.since.isoformat() if work.since else None,
            "until": work.until.isoformat() if work.until else None,
        },
        "payment_terms_days": content.payment_terms_days,
        "reference": content.reference,
        "project": content.project,
        "notes": content.notes,
    }


def content_of(work: BatchWork, kept: dict[str, Any], template_id: UUID | None) -> BatchContent:
    """The content as it was said."""
    narrowed = kept["billable"]
    return BatchContent(
        work=work,
        lines=tuple(
            BatchLine(UUID(line["item"]), Decimal(line["quantity"]), Decimal(line["discount_percent"]))
            for line in kept["lines"]
        ),
        billable=BillableFilters(
            kind=BillableKind(narrowed["kind"]) if narrowed["kind"] else None,
            project=narrowed["project"],
            since=_day(narrowed["since"]),
            until=_day(narrowed["until"]),
        ),
        template_id=template_id,
        payment_terms_days=kept["payment_terms_days"],
        reference=kept["reference"],
        project=kept["project"],
        notes=kept["notes"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
