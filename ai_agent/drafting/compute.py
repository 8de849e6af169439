"""Computes a draft from a proposal: every figure is parsed from words that were typed, every total is calculated here.

Nothing that a model sums up is used, and no figure that neither the request nor the history holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from ai_agent.drafting import checks, repeat, totals
from ai_agent.drafting.grounding import Ground
from ai_agent.drafting.history import History
from ai_agent.drafting.lines import Line, LineReader
from ai_agent.drafting.rules import due, money, tax
from ai_agent.drafting.rules.pieces import first_figure
from ai_agent.drafting.rules.tax import TaxReading, TaxSaying
from ai_agent.drafting.rules.text import clean
from ai_agent.drafting.types import (
    DraftingRequest,
    DraftItem,
    DraftResult,
    Flag,
    Need,
    Note,
    Origin,
    Proposal,
    ProposedItem,
    Provenance,
)
from billing_assistant.core.currencies import CURRENCIES

_MAX_ITEMS: Final = 100


@dataclass(slots=True)
class _State:
    """What is gathered on the way to a result."""

    request: DraftingRequest
    ground: Ground
    history: History
    notes: list[Note] = field(default_factory=list)
    needs: set[Need] = field(default_factory=set)
    flags: set[Flag] = field(default_factory=set)
    provenance: dict[str, Provenance] = field(default_factory=dict)


def compute(
    proposal: Proposal, request: DraftingRequest, *, model_label: str, fallback_reason: str = ""
) -> DraftResult:
    """The draft that a proposal amounts to. Deterministic; raises nothing for a foolish proposal."""
    state = _State(request, Ground(request), History(request.history, request.today))
    proposal = _grounded(proposal, state)
    currency = _currency(proposal, state)
    lines = _lines(proposal, state, currency)
    reading = _tax(proposal, state)
    tax_rate = totals.rate_of(request.customer, reading)
    inclusive = reading.saying is TaxSaying.INCLUDED
    sums = totals.add_up(lines, proposal.discounts, tax_rate, currency, inclusive=inclusive)
    items = tuple(_item(line, taxed) for line, taxed in zip(lines, sums.lines, strict=True))
    _gather(state, lines, sums, proposal)
    state.flags |= checks.flags(items, state.history, request, currency)
    state.notes += checks.notes(items, state.history, request, currency, state.flags)
    return DraftResult(
        items=items,
        discount=sums.discount,
        currency=currency,
        tax_rate=tax_rate,
        prices_include_tax=inclusive,
        subtotal=sums.subtotal,
        tax=sums.tax,
        total=sums.total,
        due_date=_due_date(proposal, state),
        needs_input=frozenset(state.needs),
        flags=frozenset(state.flags),
        confidence=checks.confidence(state.needs, state.flags, state.notes),
        suggestions=tuple(state.notes),
        model_label=model_label,
        fallback_reason=fallback_reason,
        provenance=state.provenance,
    )


# --- what may be used -----------------------------------------------------------------------------------------


def _grounded(proposal: Proposal, state: _State) -> Proposal:
    """The proposal without phrases and items that the request does not hold."""
    items = []
    for item in proposal.items[:_MAX_ITEMS]:
        if state.ground.has_item(item.description):
            items.append(item)
        else:
            state.notes.append(Note("item_refused", {"item": item.description}))
    return proposal.model_copy(
        update={
            "items": items,
            "discounts": [words for words in proposal.discounts if _said(words, state)],
            "taxes": [words for words in proposal.taxes if _said(words, state)],
            "due": proposal.due if proposal.due and _said(proposal.due, state) else None,
            "repeat": proposal.repeat if proposal.repeat and _said(proposal.repeat, state) else None,
            "currency": proposal.currency if proposal.currency and _said(proposal.currency, state) else None,
        }
    )


def _said(words: str, state: _State) -> bool:
    if state.ground.has_phrase(words) or not any(character.isalnum() for character in words):
        return True
    state.notes.append(Note("phrase_refused", {"words": words}))
    return False


# --- parts of the draft -------------------------------------------------------------------------------------


def _currency(proposal: Proposal, state: _State) -> str:
    """The currency that was said, else the one of the repeated invoice, else the customer's."""
    words = [proposal.currency or "", *(word or "" for item in proposal.items for word in (item.rate, item.total))]
    words += proposal.discounts
    for said in words:
        code = _currency_in(said)
        if code is not None:
            state.provenance["currency"] = Provenance(Origin.REQUEST, said)
            return code
    if proposal.repeat and (invoice := state.history.to_repeat(proposal.repeat)) is not None:
        return invoice.currency
    state.provenance["currency"] = Provenance(Origin.CUSTOMER)
    return state.request.customer.currency


def _currency_in(words: str) -> str | None:
    figure = first_figure(clean(words)) if words else None
    code = figure.currency if figure is not None else None
    named = (money.code_of(word.strip("().,")) for word in words.split())
    code = code or next((name for name in named if name is not None), None)
    return code if code in CURRENCIES else None


def _lines(proposal: Proposal, state: _State, currency: str) -> list[Line]:
    reader = LineReader(state.ground, state.history, currency, state.request.offers)
    if not proposal.repeat:
        return [reader.read(item) for item in _kept(proposal.items)]
    invoice = state.history.to_repeat(proposal.repeat)
    if invoice is None:
        state.notes.append(Note("invoice_not_found", {"words": proposal.repeat}))
        return [reader.read(item) for item in proposal.items if item.action == "new"]
    result = repeat.repeated(invoice, proposal.items, reader)
    state.notes += result.notes
    return result.lines


def _kept(items: Sequence[ProposedItem]) -> list[ProposedItem]:
    """Without a repeated invoice there is nothing to remove or reduce; "3 more seats" bills three."""
    return [item for item in items if item.action not in {"remove", "fewer"}]


def _tax(proposal: Proposal, state: _State) -> TaxReading:
    reading = tax.read(proposal.taxes)
    origin = Origin.REQUEST if proposal.taxes else Origin.CUSTOMER
    state.provenance["tax_rate"] = Provenance(origin, "; ".join(proposal.taxes))
    if reading.percent is not None and reading.percent != state.request.customer.tax_rate:
        state.notes.append(Note("check_tax"))
    return reading


def _due_date(proposal: Proposal, state: _State) -> date:
    request = state.request
    if proposal.due:
        month_first = request.customer.currency == "USD"
        found = due.due_date(clean(proposal.due), request.today, month_first=month_first)
        if found is not None:
            state.provenance["due_date"] = Provenance(Origin.REQUEST, proposal.due)
            return found
        state.notes.append(Note("due_not_read", {"words": proposal.due}))
    state.provenance["due_date"] = Provenance(Origin.CUSTOMER, request.customer.payment_terms)
    return request.today + timedelta(days=due.default_days(request.customer.payment_terms))


def _item(line: Line, taxed: totals.Taxed) -> DraftItem:
    return DraftItem(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        rate=taxed.rate,
        amount=taxed.amount,
        provenance=dict(line.provenance),
        listed_rate=line.rate,
    )


def _gather(state: _State, lines: Sequence[Line], sums: totals.Sums, proposal: Proposal) -> None:
    for line in lines:
        state.needs |= line.needs
        state.flags |= line.flags
        state.notes += line.notes
        state.notes += [Note(f"{need.value}_missing", {"item": line.description}) for need in sorted(line.needs)]
    if not lines:
        state.needs.add(Need.ITEMS)
        state.notes.append(Note("items_missing"))
    state.flags |= sums.flags
    state.notes += sums.notes
    if proposal.other_requests:
        state.flags.add(Flag.OFF_TOPIC_INSTRUCTION)
        state.notes += [Note("not_followed", {"words": words}) for words in proposal.other_requests]
    if proposal.discounts:
        state.provenance["discount"] = Provenance(Origin.REQUEST, "; ".join(proposal.discounts))
    if any(line.unit in {"month", "quarter", "year"} for line in lines):
        state.notes.append(Note("service_period"))
