"""What a period of a plan is billed as: a document that is not stored, and its lines. Pure but for the language.

The preview of a plan, the dry run and the billing run all come here, so what was shown is what is billed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.money import ZERO
from customers.states import PaymentTerms
from invoices.models import Plan, PlanAdjustment, PlanLine
from invoices.plan_calendar import Period, part_of
from invoices.plan_texts import text_for
from invoices.services.compute import Discount, LineInput, Totals, compute, line_amount
from invoices.services.drafted import PlanDocument
from invoices.states import DiscountKind, TaxCategory

LONGEST_TEXT: Final = 500
_GROUND: Final = attrgetter("currency", "prices_include_tax", "discount_kind", "discount_value", "prorates")


@dataclass(frozen=True, slots=True)
class LineSet:
    """The lines of a plan that hold from a local day on."""

    valid_from: date
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of a period, counted from 0, in which one set of lines holds: from `first` up to before `end`."""

    lines: LineSet
    first: int
    end: int


def line_sets(lines: Sequence[PlanLine]) -> list[LineSet]:
    """The sets of a plan's lines, the earliest first."""
    ordered = sorted(lines, key=attrgetter("valid_from", "position"))
    return [LineSet(day, tuple(found)) for day, found in groupby(ordered, key=attrgetter("valid_from"))]


def set_on(sets: Sequence[LineSet], day: date) -> LineSet:
    """The set that holds on a day; before the first one, the first. `sets` is not empty."""
    return next((one for one in reversed(sets) if one.valid_from <= day), sets[0])


def stretches(plan: Plan, period: Period, sets: Sequence[LineSet]) -> list[Stretch]:
    """Which lines a period is billed by: the first ones, and by the day those that take their place within it. A change
    that comes after the period was billed does not rebill it: it is corrected by adjustments and credit notes."""
    first = set_on(sets, period.starts_on)
    if not plan.prorates:
        return [Stretch(first, 0, period.days)]
    changes = [one for one in sets if period.starts_on < one.valid_from <= period.ends_on]
    starts = [0, *((one.valid_from - period.starts_on).days for one in changes)]
    return [
        Stretch(one, start, end)
        for one, start, end in zip([first, *changes], starts, [*starts[1:], period.days], strict=True)
    ]


def lines_of(
    plan: Plan, period: Period, sets: Sequence[LineSet], adjustments: Sequence[PlanAdjustment] = ()
) -> tuple[LineInput, ...]:
    """The lines of a period: by the day where it is short or changes, then what earlier changes left to be billed."""
    found = stretches(plan, period, sets)
    by_day = plan.prorates and (period.is_short or len(found) > 1)
    billed = [
        line
        for stretch in found
        for one in stretch.lines.lines
        for line in (_by_day(plan, period, stretch, one) if by_day else [_whole(plan, period, one)])
    ]
    return (*billed, *adjustment_lines(adjustments))


def ground_of(plan: Plan) -> tuple[Hashable, ...]:
    """All of a plan that its lines and totals in a period depend on, besides its sets of lines."""
    return (language_of(plan), *_GROUND(plan))


def adjustment_lines(adjustments: Sequence[PlanAdjustment]) -> tuple[LineInput, ...]:
    """What earlier changes left to be billed, a line each."""
    return tuple(_adjusted(one) for one in adjustments)


def document_of(plan: Plan, period: Period) -> PlanDocument:
    """The document of a period: who, in what form and on what terms. The customer and profile are loaded."""
    terms, discount = plan.payment_terms_days, discount_of(plan, period)
    return PlanDocument(
        pk=plan.pk,
        profile=plan.profile,
        customer=plan.customer,
        number=plan.number,
        currency=plan.currency,
        prices_include_tax=plan.prices_include_tax,
        discount_kind=discount.kind,
        discount_value=discount.value,
        payment_terms_days=PaymentTerms(plan.customer.payment_terms).days if terms is None else terms,
        reference=plan.reference,
        project=plan.project,
        template_id=plan.template_id,
        series_id=plan.series_id,
        language=plan.language,
        notes=plan.notes,
        terms=plan.terms,
    )


def discount_of(plan: Plan, period: Period) -> Discount:
    """The discount on the whole document; an amount is granted by the day, as the lines are charged."""
    kind, value = DiscountKind(plan.discount_kind), plan.discount_value
    if kind is DiscountKind.AMOUNT and plan.prorates and period.is_short:
        value = part_of(value, period.days, period.full_days, plan.currency)
    return Discount(kind, value)


def totals_of(plan: Plan, period: Period, lines: Sequence[LineInput]) -> Totals:
    """What the lines of a period come to. Raises ValidationFailed."""
    return compute(
        lines,
        currency=plan.currency,
        prices_include_tax=plan.prices_include_tax,
        discount=discount_of(plan, period),
    )


def language_of(plan: Plan) -> str:
    """The language of a plan's documents: its own, else the customer's, else the business profile's."""
    return plan.language or plan.customer.language or plan.profile.language


def full_totals(plan: Plan, lines: Sequence[PlanLine]) -> Totals:
    """What a full period comes to by some lines. Raises ValidationFailed."""
    return compute(
        [_plain(line) for line in lines],
        currency=plan.currency,
        prices_include_tax=plan.prices_include_tax,
        discount=Discount(DiscountKind(plan.discount_kind), plan.discount_value),
    )


def line_full(plan: Plan, line: PlanLine) -> Decimal:
    """What a line comes to for a full period, less its own discount, in the plan's price mode."""
    return line_amount(_plain(line), plan.currency)


def _plain(line: PlanLine) -> LineInput:
    return LineInput(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_category=TaxCategory(line.tax_category),
        tax_rate=line.tax_rate,
        category=line.category,
        item_id=line.item_id,
    )


def _whole(plan: Plan, period: Period, line: PlanLine) -> LineInput:
    return LineInput(
        description=_text(plan, period, line.description),
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_category=TaxCategory(line.tax_category),
        tax_rate=line.tax_rate,
        service_from=period.starts_on,
        service_to=period.ends_on,
        category=line.category,
        item_id=line.item_id,
    )


def _by_day(plan: Plan, period: Period, stretch: Stretch, line: PlanLine) -> Iterator[LineInput]:
    """The part of a line that falls on a stretch, as one amount; nothing when it rounds to nothing."""
    full, days = line_full(plan, line), period.full_days
    amount = part_of(full, stretch.end, days, plan.currency) - part_of(full, stretch.first, days, plan.currency)
    if amount == ZERO and full != ZERO:
        return
    text = _text(plan, period, line.description)
    with translation.override(language_of(plan)):
        share = _("%(days)d of %(all)d days") % {"days": stretch.end - stretch.first, "all": days}
    yield LineInput(
        description=f"{text[: LONGEST_TEXT - len(share) - 3]} ({share})",
        unit_price=amount,
        tax_category=TaxCategory(line.tax_category),
        tax_rate=line.tax_rate,
        service_from=period.starts_on + timedelta(days=stretch.first),
        service_to=period.starts_on + timedelta(days=stretch.end - 1),
        category=line.category,
        item_id=line.item_id,
    )


def _adjusted(one: PlanAdjustment) -> LineInput:
    return LineInput(
        description=one.description,
        unit_price=one.amount,
        tax_category=TaxCategory(one.tax_category),
        tax_rate=one.tax_rate,
        service_from=one.service_from,
        service_to=one.service_to,
    )


def _text(plan: Plan, period: Period, text: str) -> str:
    return text_for(
        text,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        count=period.index + 1,
        language=language_of(plan),
    )[:LONGEST_TEXT]
