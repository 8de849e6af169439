"""Suggestions: what could be billed to a customer now, with the reason. Nothing is written until a person takes one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from ai_agent.errors import SuggestionGone
from ai_agent.states import SuggestionBasis, SuggestionContext
from ai_agent.suggesting.patterns import Billed, Pattern, key_of, patterns_of
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import day_text
from customers.models import Customer
from customers.selectors import customer_get
from invoices.models import InvoiceDraft, InvoiceLine
from invoices.selectors import catalogue_filtered, catalogue_for, prices_of
from invoices.services.compute import LineInput, compute
from invoices.services.draft_input import DraftInput
from invoices.services.draft_snapshots import line_input
from invoices.services.drafts import draft_create
from invoices.states import DraftSource, InvoiceKind, InvoiceState, TaxCategory

BACK: Final = timedelta(days=750)
MOST_LINES: Final = 2_000
MOST: Final = 5
BILLED_BEFORE: Final = Decimal("0.60")
NEVER_BILLED: Final = Decimal("0.30")
BILLED_ONCE: Final = Decimal("0.15")
MONTHS: Final = {SuggestionContext.MONTHLY: 1, SuggestionContext.QUARTERLY: 3}
UNITS: Final = {SuggestionContext.MONTHLY: "month", SuggestionContext.QUARTERLY: "quarter"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An invoice that could be made: lines, what they come to with tax, how sure, and why."""

    confidence: Decimal
    description: str
    lines: tuple[LineInput, ...]
    estimated_total: Money
    reasoning: str
    next_date: date | None = None


def suggestions_for(
    *, customer_id: UUID, context: SuggestionContext, based_on: SuggestionBasis, actor: Actor, now: datetime
) -> list[Suggestion]:
    """At most five suggestions, surest first; an empty list where nothing fits. Amounts are in each one's currency.

    Raises PermissionRefused, NotFound.
    """
    actor.require(Right.INVOICES_DRAFT)
    customer = customer_get(actor, customer_id)
    today = local_today(customer.profile, now)
    billed = _billed(customer, today)
    read: dict[SuggestionBasis, Callable[[], list[Suggestion]]] = {
        SuggestionBasis.PREVIOUS_INVOICES: lambda: _from_history(billed, context, today),
        SuggestionBasis.SERVICES: lambda: _from_catalogue(customer, billed, context, actor),
        SuggestionBasis.CUSTOM: lambda: [
            *_from_history(billed, context, today),
            *_once(patterns_of(billed), billed),
            *_from_catalogue(customer, billed, context, actor),
        ],
    }
    found = _each_once(read[based_on]())
    return sorted(found, key=lambda one: -one.confidence)[:MOST]


def suggestion_take(
    *,
    customer_id: UUID,
    context: SuggestionContext,
    based_on: SuggestionBasis,
    description: str,
    actor: Actor,
    now: datetime,
) -> InvoiceDraft:
    """Makes a draft of the suggestion that has a description. Raises SuggestionGone when it is not made any more."""
    offered = suggestions_for(customer_id=customer_id, context=context, based_on=based_on, actor=actor, now=now)
    taken = next((one for one in offered if one.description == description), None)
    if taken is None:
        raise SuggestionGone
    return draft_create(
        customer_id=customer_id,
        data=DraftInput(lines=taken.lines, currency=taken.estimated_total.currency),
        actor=actor,
        now=now,
        generated_by=DraftSource.AI,
        ai_model=_("Suggested from earlier invoices, no AI model used"),
        generation={"suggestions": [taken.reasoning], "confidence": str(taken.confidence)},
    )


def _billed(customer: Customer, today: date) -> list[Billed]:
    lines = (
        InvoiceLine.objects.filter(
            invoice__customer=customer, invoice__kind=InvoiceKind.INVOICE, invoice__issued_on__gte=today - BACK
        )
        .exclude(invoice__state=InvoiceState.VOID)
        .select_related("invoice")
        .order_by("-invoice__issued_on", "-invoice_id", "position")[:MOST_LINES]
    )
    return [Billed(line.invoice.issued_on, line.invoice.currency, _undated(line_input(line))) for line in lines]


def _undated(line: LineInput) -> LineInput:
    """The line without the period that it was for."""
    return replace(line, service_from=None, service_to=None)


def _from_history(billed: Sequence[Billed], context: SuggestionContext, today: date) -> list[Suggestion]:
    patterns = patterns_of(billed)
    wanted = MONTHS.get(context)
    if wanted is None:
        return _once(patterns, billed)
    going_on = [one for one in patterns if one.months == wanted and one.is_going_on(today)]
    by_currency: dict[str, list[Pattern]] = {}
    for one in going_on:
        by_currency.setdefault(one.currency, []).append(one)
    return [_together(context, group) for group in by_currency.values()]


def _together(context: SuggestionContext, patterns: Sequence[Pattern]) -> Suggestion:
    """Everything that a customer is billed in one rhythm, as one invoice."""
    least = min(patterns, key=lambda one: one.confidence)
    newest = max(patterns, key=lambda one: one.last_on)
    names = ", ".join(one.line.description for one in patterns[:3]) + ("…" if patterns[3:] else "")
    return _suggestion(
        confidence=least.confidence,
        description=_("%(rhythm)s %(items)s, based on %(times)d invoices")
        % {"rhythm": context.label, "items": names, "times": least.times},
        lines=[one.line for one in patterns],
        currency=least.currency,
        reasoning=_("Billed %(times)d times, %(share)d %% of them in this rhythm, last on %(last)s.")
        % {"times": least.times, "share": least.regularity * 100, "last": day_text(newest.last_on)},
        next_date=newest.next_on,
    )


def _once(patterns: Sequence[Pattern], billed: Sequence[Billed]) -> list[Suggestion]:
    """What was billed more than once without a rhythm; else the newest lines."""
    odd = [one for one in patterns if one.regularity < 1]
    if odd:
        return [
            _suggestion(
                confidence=min(BILLED_BEFORE, Decimal(one.times) / 10),
                description=one.line.description,
                lines=[one.line],
                currency=one.currency,
                reasoning=_("Billed %(times)d times at no fixed time, last on %(last)s.")
                % {"times": one.times, "last": day_text(one.last_on)},
            )
            for one in odd
        ]
    regular = {(key_of(one.line.description), one.currency) for one in patterns}
    return [
        _suggestion(
            confidence=BILLED_ONCE,
            description=one.line.description,
            lines=[one.line],
            currency=one.currency,
            reasoning=_("Billed once, on %(last)s.") % {"last": day_text(one.issued_on)},
        )
        for one in billed
        if (key_of(one.line.description), one.currency) not in regular
    ]


def _from_catalogue(
    customer: Customer, billed: Iterable[Billed], context: SuggestionContext, actor: Actor
) -> list[Suggestion]:
    """What the company offers in the customer's currency; first what this customer had, in the wanted rhythm."""
    had = {key_of(one.line.description) for one in billed}
    unit = UNITS.get(context)
    found = []
    for item in catalogue_filtered(catalogue_for(actor, profile_id=customer.profile_id), offered=True):
        price = prices_of(item).get(customer.currency)
        rhythm = item.unit.lower().rstrip("s")
        if price is None or (rhythm if rhythm in UNITS.values() else None) != unit:
            continue
        known = key_of(item.line_text) in had or key_of(item.name) in had
        line = LineInput(
            description=item.line_text,
            unit=item.unit,
            unit_price=price,
            tax_category=TaxCategory(item.tax_category) if customer.include_tax else TaxCategory.EXEMPT,
            tax_rate=item.tax_rate if customer.include_tax else Decimal(0),
        )
        found.append(
            _suggestion(
                confidence=BILLED_BEFORE if known else NEVER_BILLED,
                description=item.name,
                lines=[line],
                currency=customer.currency,
                reasoning=_("In the catalogue, and billed to this customer before.")
                if known
                else _("In the catalogue, not billed to this customer yet."),
            )
        )
    return found


def _suggestion(
    *,
    confidence: Decimal,
    description: str,
    lines: Sequence[LineInput],
    currency: str,
    reasoning: str,
    next_date: date | None = None,
) -> Suggestion:
    total = compute(lines, currency=currency).total
    return Suggestion(confidence, description, tuple(lines), Money(total, currency), reasoning, next_date)


def _each_once(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    return list({one.description: one for one in reversed(list(suggestions))}.values())[::-1]
