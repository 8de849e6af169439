"""The writing of an issue: documents that were looked at become numbered invoices, with their parts, books and events.

Drafts come here from `issue`, periods of plans from the billing run; there is no other way to a number. What does not
need a number is written before the counter of the series is locked, so that two writers wait for each other as little
as can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import models_insert, rows_create
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.instances import row_new
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.core.related import children_known, parents_known
from billing_assistant.ledger.services.posting import entries_post
from customers.services.portal import portal_links_write
from invoices.errors import DraftIncomplete
from invoices.models import BillingRules, Instalment, Invoice, InvoiceLine, InvoiceTax, NumberSeries
from invoices.services.compute import LineInput, TaxGroup, Totals
from invoices.services.drafted import Drafted
from invoices.services.exchange_rates import rate_to_freeze
from invoices.services.instalments import DuePart, due_parts, early_until
from invoices.services.issue_taxes import TaxesAtIssue
from invoices.services.lock_date import days_open
from invoices.services.numbering import TakenNumber, numbers_take
from invoices.services.postings import issue_entry
from invoices.services.snapshots import buyer_snapshot, seller_snapshot
from invoices.services.template_choice import language_of, templates_chosen, terms_of
from invoices.states import InvoiceKind

declare("issue.after_number")


OfDraft = TypeVar("OfDraft", bound=Drafted)


@dataclass(slots=True)
class Issuable(Generic[OfDraft]):
    """A document on its way to become an invoice. The customer and profile of `draft` are loaded.

    `wanted_on` is the profile's local date, `data` what the event says besides the usual. Documents of the same content
    may share `lines` and `totals`.
    """

    draft: OfDraft
    lines: tuple[LineInput, ...]
    totals: Totals
    wanted_on: date
    data: dict[str, Any] = field(default_factory=dict)


def issuable(one: Issuable[OfDraft]) -> Issuable[OfDraft]:
    """Gives the document back. Raises DraftIncomplete when it bills nothing yet, or a line has no rate."""
    number = one.draft.number
    if not one.lines:
        raise DraftIncomplete(_("%(number)s has nothing to bill yet. Add a line first.") % {"number": number})
    if not one.totals.is_complete:
        raise DraftIncomplete(_("%(number)s has a line without a rate. Fill it in first.") % {"number": number})
    return one


def documents_issue(
    documents: Sequence[Issuable[OfDraft]],
    *,
    series: NumberSeries,
    actor: Actor,
    now: datetime,
    strict: bool = False,
    beside: Callable[[Sequence[Invoice]], None] | None = None,
) -> list[Invoice]:
    """Issues documents of one profile in one series, in the caller's transaction, in the order given.

    `beside` writes what belongs to the invoices and needs only their keys: it is called before the counter of the
    series is locked, when they have neither number nor row.

    Raises IssueDateRefused (only when `strict`, else a date before the series' last is moved up to it), PeriodLocked,
    TaxRateNotValid, ExchangeRateMissing, ValidationFailed.
    """
    profile = documents[0].draft.profile
    dates = [one.wanted_on for one in documents]
    writing = _Writing(profile, days_open(profile_id=profile.pk, days=dates), documents, actor, now)
    invoices = writing.built()
    writing.write_lines(invoices)
    if beside is not None:
        beside(invoices)
    taken = numbers_take(series=series, dates=dates, strict=strict)
    fail_point("issue.after_number")
    parts = writing.number(invoices, taken)
    writing.write(invoices, parts)
    return invoices


class _Writing(Generic[OfDraft]):
    """One issue: what its documents share is read once."""

    def __init__(
        self,
        profile: BusinessProfile,
        rules: BillingRules,
        documents: Sequence[Issuable[OfDraft]],
        actor: Actor,
        now: datetime,
    ) -> None:
        self._profile, self._rules, self._actor, self._now = profile, rules, actor, now
        self._documents = documents
        self._taxes = TaxesAtIssue(profile, rules)
        self._seller = seller_snapshot(profile)
        self._templates = templates_chosen(one.draft for one in documents)
        self._rates: dict[tuple[str, date], dict[str, Any]] = {}

    def built(self) -> list[Invoice]:
        """The invoices, without number and date."""
        return [self._invoice(one) for one in self._documents]

    def write_lines(self, invoices: Sequence[Invoice]) -> None:
        """What needs no number: the links into the portal, and the lines."""
        links = portal_links_write(
            owners=[(invoice.customer_id, invoice.pk) for invoice in invoices],
            days=self._profile.portal_link_days,
            now=self._now,
        )
        for invoice, link_id in zip(invoices, links, strict=True):
            invoice.portal_link_id = link_id
        said: dict[int, list[dict[str, Any]]] = {}
        lines = []
        for one, invoice in zip(self._documents, invoices, strict=True):
            if id(one.totals) not in said:
                said[id(one.totals)] = _lines(one.lines, one.totals)
            of = {"invoice_id": invoice.pk}
            lines += [of | line for line in said[id(one.totals)]]
        _known(invoices, "lines", rows_create(InvoiceLine, lines))

    def number(self, invoices: Sequence[Invoice], taken: Sequence[TakenNumber]) -> list[tuple[DuePart, ...]]:
        """Gives each invoice its number and all that follows from its date; gives its due parts."""
        found = []
        checked: set[tuple[int, date]] = set()
        for one, invoice, number in zip(self._documents, invoices, taken, strict=True):
            day = number.issued_on
            if (id(one.lines), day) not in checked:
                self._taxes.check(one.draft.number, one.lines, day)
                checked.add((id(one.lines), day))
            parts = due_parts(one.draft, one.totals.total, day)
            invoice.series_id, invoice.series_year, invoice.sequence = number.series.pk, number.year, number.sequence
            parents_known(invoice, series=number.series)
            invoice.number, invoice.issued_on = number.number, day
            invoice.due_on = parts[-1].due_on
            invoice.next_due_on = None if invoice.settled_at else parts[0].due_on
            invoice.early_discount_until = early_until(one.draft, day)
            for name, value in self._rate(invoice.currency, day).items():
                setattr(invoice, name, value)
            found.append(parts)
        return found

    def write(self, invoices: Sequence[Invoice], parts: Sequence[Sequence[DuePart]]) -> None:
        """The invoices, their taxes and due parts, what happened, and the books."""
        models_insert(invoices)
        for invoice in invoices:
            invoice.amount_due = invoice.total  # as the database computes it
        groups = [
            self._tax(invoice, group)
            for one, invoice in zip(self._documents, invoices, strict=True)
            for group in sorted(one.totals.taxes, key=lambda group: (-group.rate, group.category))
        ]
        _known(invoices, "taxes", rows_create(InvoiceTax, groups))
        instalments = [
            {"invoice_id": invoice.pk, "position": position, "due_on": part.due_on, "amount": part.amount}
            for invoice, dues in zip(invoices, parts, strict=True)
            for position, part in enumerate(dues, start=1)
        ]
        _known(invoices, "instalments", rows_create(Instalment, instalments))
        events.record_many(
            self._event(invoice, one.data) for one, invoice in zip(self._documents, invoices, strict=True)
        )
        entries_post(entries=[issue_entry(invoice) for invoice in invoices], actor=self._actor, now=self._now)

    def _invoice(self, one: Issuable[OfDraft]) -> Invoice:
        draft, totals = one.draft, one.totals
        template = self._templates[draft.pk]
        values = {
            "created_at": self._now,
            "kind": InvoiceKind.INVOICE,
            "issued_at": self._now,
            "issued_by_label": self._actor.label[:150],
            "settled_at": self._now if totals.total == 0 else None,
            "currency": draft.currency,
            "prices_include_tax": draft.prices_include_tax,
            "subtotal": totals.subtotal,
            "discount_total": totals.discount_total,
            "tax_total": totals.tax_total,
            "total": totals.total,
            "seller": self._seller,
            "buyer": buyer_snapshot(draft.customer),
            "template": template,
            "language": language_of(draft),
            "reference": draft.reference,
            "project": draft.project,
            "promo_code": draft.promo_code,
            "early_discount_percent": draft.early_discount_percent,
            "notes": draft.notes,
            "terms": terms_of(draft, template),
        }
        return row_new(Invoice, values, {"profile": draft.profile, "customer": draft.customer})

    def _tax(self, invoice: Invoice, group: TaxGroup) -> dict[str, Any]:
        return {
            "invoice_id": invoice.pk,
            "category": group.category,
            "rate": group.rate,
            "base": group.base,
            "tax": group.tax,
            "reason": self._taxes.reason(group, invoice.issued_on, invoice.language),
        }

    def _rate(self, currency: str, day: date) -> dict[str, Any]:
        if (currency, day) not in self._rates:
            self._rates[currency, day] = rate_to_freeze(
                profile=self._profile, currency=currency, day=day, rules=self._rules
            )
        return self._rates[currency, day]

    def _event(self, invoice: Invoice, data: dict[str, Any]) -> events.EventInput:
        usual = {"total": str(invoice.total), "currency": invoice.currency, "due_on": invoice.due_on.isoformat()}
        return events.EventInput(
            name="invoice.issued",
            subject=invoice,
            actor=self._actor,
            now=self._now,
            profile_id=invoice.profile_id,
            customer_id=invoice.customer_id,
            label=invoice.number,
            data=usual | data,
        )


def _known(invoices: Sequence[Invoice], name: str, children: Sequence[InvoiceLine | InvoiceTax | Instalment]) -> None:
    """The parts of an invoice are at hand, unless they were so many that they were not read back."""
    if not children:
        return
    of: dict[UUID, Iterable[Any]] = {
        invoice_id: list(found) for invoice_id, found in groupby(children, key=attrgetter("invoice_id"))
    }
    for invoice in invoices:
        for child in of.get(invoice.pk, ()):
            child.invoice = invoice
        children_known(invoice, name, of.get(invoice.pk, ()))


def _lines(lines: Sequence[LineInput], totals: Totals) -> list[dict[str, Any]]:
    """The lines of an invoice but for its key: documents of the same content share them."""
    return [
        {
            "position": position,
            "item_id": line.item_id,
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price or ZERO,
            "discount_percent": line.discount_percent,
            "tax_category": line.tax_category,
            "tax_rate": line.tax_rate,
            "service_from": line.service_from,
            "service_to": line.service_to,
            "category": line.category,
            "amount": total.amount,
        }
        for position, (line, total) in enumerate(zip(lines, totals.lines, strict=True), start=1)
    ]
