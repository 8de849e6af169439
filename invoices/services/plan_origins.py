"""What a plan begins from: an invoice that is to come again and again."""

from __future__ import annotations

from billing_assistant.core.money import ZERO
from invoices.models import Invoice, InvoiceDraft
from invoices.plan_calendar import Rhythm, period_at
from invoices.plan_states import PlanUnit
from invoices.services.compute import LineInput
from invoices.services.draft_snapshots import line_input
from invoices.services.plan_input import PlanInput
from invoices.states import DiscountKind


def plan_input_from_invoice(invoice: Invoice, *, unit: PlanUnit = PlanUnit.MONTH, every: int = 1) -> PlanInput:
    """A plan that bills what an invoice billed, first one period after it was issued. Stores nothing.

    Discounts, days of service and billable work of the invoice were of that time and are left out; the days of
    service of each period take their place.
    """
    following = period_at(Rhythm(unit, every, invoice.issued_on), 1)
    draft = InvoiceDraft.objects.filter(invoice=invoice).first()
    lines = [line_input(line) for line in invoice.lines.order_by("position")]
    return PlanInput(
        name=(invoice.project or (lines[0].description if lines else invoice.number))[:120],
        starts_on=following.starts_on if following else invoice.issued_on,
        lines=tuple(_line(line) for line in lines),
        unit=unit,
        every=every,
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        discount_kind=DiscountKind.NONE,
        discount_value=ZERO,
        reference=invoice.reference,
        project=invoice.project,
        template_id=draft.template_id if draft else None,
        series_id=draft.series_id if draft else None,
        language=invoice.language,
        notes=invoice.notes,
        terms=invoice.terms,
    )


def _line(line: LineInput) -> LineInput:
    return LineInput(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        category=line.category,
        item_id=line.item_id,
    )
