"""Reads a whole request: takes out what is said once for the document, then reads the items from the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ai_agent.drafting.errors import PromptTooLong
from ai_agent.drafting.rules import (
    corrections,
    customer,
    discounts,
    due,
    early_payment,
    edits,
    fragments,
    items,
    lead,
    mail,
    money,
    offtopic,
    pieces,
    references,
    repeats,
    settle,
    tax,
)
from ai_agent.drafting.rules.known import Known
from ai_agent.drafting.rules.reading import Reading
from ai_agent.drafting.rules.text import blank, clean, squeeze
from ai_agent.drafting.types import Proposal, ProposedItem

MAX_LENGTH = 8_000
MAX_ITEMS = 100


@dataclass(slots=True)
class _Found:
    """What was said once for the whole document."""

    repeat: str = ""
    discounts: list[str] = field(default_factory=list)
    taxes: list[str] = field(default_factory=list)
    due: str = ""
    currency: str = ""
    others: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KnownInvoice:
    """What the reader has to know of an earlier invoice: its number and month, and what its lines are called."""

    number: str
    month: int
    lines: tuple[edits.KnownLine, ...]


def read(
    prompt: str, *, customer_name: str = "", customer_id: str = "", history: Sequence[KnownInvoice] = ()
) -> Proposal:
    """The proposal of the rules for one request. Raises PromptTooLong beyond `MAX_LENGTH` characters."""
    if len(prompt) > MAX_LENGTH:
        raise PromptTooLong(MAX_LENGTH)
    lines = [line for invoice in history for line in invoice.lines]
    known = Known(line.description for line in lines)
    found = _Found()
    text = clean(prompt.replace(customer.MARK, " ").replace(lead.MARK, " "))
    text = corrections.settled(text)
    text = mail.strip(references.without_list_numbers(text))
    text = customer.mark(text, customer_name, customer_id)
    text = _take_repeat(_take_others(text, found, known), found, history)
    text = _take_terms(text, found)
    text = lead.without_asides(lead.mark(references.blank_all(text)))
    parts = fragments.cut(references.article_counts(references.label_numbers(pieces.split(text))))
    if found.repeat:
        proposed = edits.edits(parts, lines)
    else:
        billed = settle.settle(items.assemble(parts, known), known)
        proposed = [edits.counted_as_before(_proposed(item), lines) for item in billed]
    return Proposal(
        items=proposed[:MAX_ITEMS],
        repeat=found.repeat or None,
        discounts=found.discounts,
        taxes=found.taxes,
        due=found.due or None,
        currency=found.currency or None,
        other_requests=found.others,
    )


def _take_others(text: str, found: _Found, known: Known) -> str:
    for start, end in sorted(offtopic.find(text, known.words), reverse=True):
        found.others.insert(0, text[start:end].strip(" \n,.;"))
        text = blank(text, start, end, " . ")
    return squeeze(text)


def _take_repeat(text: str, found: _Found, history: Sequence[KnownInvoice]) -> str:
    place = repeats.find(text, [(invoice.number, invoice.month) for invoice in history])
    if place is None:
        return text
    found.repeat = text[place[0] : place[1]].strip()
    return blank(text, *place, " ; ")


def _take_terms(text: str, found: _Found) -> str:
    """Takes out early-payment offers, discounts, due date, tax and a currency that stands alone, in this order."""
    for start, end in sorted(early_payment.find(text), reverse=True):
        text = blank(text, start, end)
    places = due.find(text)
    if places:
        found.due = text[slice(*places[0])]
        for start, end in sorted(places, reverse=True):
            text = blank(text, start, end)
    tax_places = tax.find(text)
    found.taxes = [phrase.words for phrase in tax_places]
    for phrase in reversed(tax_places):
        text = blank(text, phrase.start, phrase.end)
    discount_places = discounts.find(text)
    found.discounts = [phrase.words for phrase in discount_places]
    for discount in reversed(discount_places):
        text = blank(text, discount.start, discount.end)
    standing = money.find_standing(text)
    if standing is not None:
        found.currency = standing[0].strip()
        text = blank(text, *standing.span())
    return squeeze(text)


def _proposed(item: items.Item) -> ProposedItem:
    proposed = to_proposed(item.reading)
    description = proposed.description or item.inherited
    if item.header:
        description = f"{item.header}: {description}" if description else item.header
    return proposed.model_copy(update={"description": description})


def to_proposed(reading: Reading) -> ProposedItem:
    return ProposedItem(
        description=reading.description,
        quantity=reading.quantity or None,
        unit=reading.unit or None,
        rate=reading.rate or None,
        rate_unit="/".join(reading.per) or None,
        total=reading.total or None,
        share=reading.share or None,
        times=reading.times or None,
        quantity_source=reading.quantity_source or None,
        rate_source=reading.rate_source or None,
    )
