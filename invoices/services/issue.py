"""Issue: a draft becomes an invoice. Number, snapshots, ledger and event in one transaction; immutable from then on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.money import ZERO
from billing_assistant.core.related import children_known
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from billing_assistant.ledger.services.posting import entries_post
from customers.models import Customer, PortalLink
from customers.services.portal import portal_links_build
from customers.states import CustomerStatus
from invoices.errors import CustomerSuspended, DraftIncomplete
from invoices.locks import drafts_lock
from invoices.models import BillingRules, Instalment, Invoice, InvoiceDraft, InvoiceLine, InvoiceTax, NumberSeries
from invoices.services.billable_following import billable_invoiced
from invoices.services.compute import Discount, LineInput, Totals, compute
from invoices.services.draft_snapshots import line_input
from invoices.services.exchange_rates import rate_to_freeze
from invoices.services.instalments import DuePart, due_parts, early_until
from invoices.services.issue_taxes import TaxesAtIssue
from invoices.services.lock_date import days_open
from invoices.services.numbering import TakenNumber, numbers_take, series_of_drafts
from invoices.services.postings import issue_entry
from invoices.services.promo_uses import promo_codes_claim, promo_uses_write
from invoices.services.snapshots import buyer_snapshot, seller_snapshot
from invoices.services.template_choice import language_of, templates_chosen, terms_of
from invoices.states import DRAFT_TRANSITIONS, DiscountKind, DraftStatus, InvoiceKind

declare("issue.after_number", "issue.before_commit")


@dataclass(slots=True)
class _Prepared:
    """A draft on its way to become an invoice."""

    draft: InvoiceDraft
    lines: tuple[LineInput, ...]
    totals: Totals
    wanted_on: date


def invoice_issue(*, draft_id: UUID, actor: Actor, now: datetime, issued_on: date | None = None) -> Invoice:
    """Issues one draft. `issued_on` is the profile's local date; by default today, never before the series' last date.

    Raises PermissionRefused, NotFound, TransitionRefused (already invoiced), DraftIncomplete, CustomerSuspended,
    PromoCodeRefused, IssueDateRefused, PeriodLocked, TaxRateNotValid, ExchangeRateMissing, ValidationFailed. On refusal
    nothing has changed and no number is used.
    """
    return invoices_issue(draft_ids=[draft_id], actor=actor, now=now, issued_on=issued_on)[0]


def invoices_issue(
    *, draft_ids: Iterable[UUID], actor: Actor, now: datetime, issued_on: date | None = None
) -> list[Invoice]:
    """Issues drafts together: all or none, numbered as one block per series in date order, then in the order given."""
    actor.require(Right.INVOICES_ISSUE)
    ordered = list(dict.fromkeys(draft_ids))
    with transaction.atomic():
        drafts = {draft.pk: draft for draft in _locked(ordered, actor)}
        prepared = [_prepare(drafts[draft_id], issued_on, now) for draft_id in ordered]
        promos = promo_codes_claim([(one.draft, one.totals) for one in prepared], now=now)
        series = series_of_drafts([one.draft for one in prepared])
        by_series: dict[tuple[UUID, UUID], list[_Prepared]] = {}
        for one in prepared:
            by_series.setdefault((one.draft.profile_id, series[one.draft.pk].pk), []).append(one)
        issued: dict[UUID, Invoice] = {}
        for key in sorted(by_series):
            group = by_series[key]
            issued |= _issue_in_series(group, series[group[0].draft.pk], actor, now, strict=issued_on is not None)
        promo_uses_write([(promo, issued[draft_id]) for draft_id, promo in promos.items()], now=now)
        fail_point("issue.before_commit")
    return [issued[draft_id] for draft_id in ordered]


def _locked(draft_ids: Sequence[UUID], actor: Actor) -> list[InvoiceDraft]:
    drafts = drafts_lock(draft_ids)
    for draft in drafts:
        if not actor.can_see(draft.profile_id):
            raise NotFound(_("There is no such draft."))
        require_transition(DRAFT_TRANSITIONS, draft.number, DraftStatus(draft.status), DraftStatus.CONVERTED)
    customers = Customer.objects.select_related("profile").in_bulk({draft.customer_id for draft in drafts})
    prefetch_related_objects(drafts, "lines")
    for draft in drafts:
        draft.customer = customers[draft.customer_id]
        draft.profile = draft.customer.profile
        if draft.customer.status == CustomerStatus.SUSPENDED:
            raise CustomerSuspended(draft.customer.name)
    return drafts


def _prepare(draft: InvoiceDraft, issued_on: date | None, now: datetime) -> _Prepared:
    lines = tuple(line_input(line) for line in draft.lines.all())
    totals = compute(
        lines,
        currency=draft.currency,
        prices_include_tax=draft.prices_include_tax,
        discount=Discount(DiscountKind(draft.discount_kind), draft.discount_value),
    )
    if not lines:
        raise DraftIncomplete(_("%(number)s has nothing to bill yet. Add a line first.") % {"number": draft.number})
    if not totals.is_complete:
        raise DraftIncomplete(_("%(number)s has a line without a rate. Fill it in first.") % {"number": draft.number})
    return _Prepared(draft, lines, totals, issued_on or local_today(draft.profile, now))


def _issue_in_series(
    prepared: list[_Prepared], series: NumberSeries, actor: Actor, now: datetime, *, strict: bool
) -> dict[UUID, Invoice]:
    profile = prepared[0].draft.profile
    seller = seller_snapshot(profile)
    rules = days_open(profile_id=profile.pk, days=[one.wanted_on for one in prepared])
    taken = numbers_take(series=series, dates=[one.wanted_on for one in prepared], strict=strict)
    fail_point("issue.after_number")
    taxes = TaxesAtIssue(profile, rules)
    for one, number in zip(prepared, taken, strict=True):
        taxes.check(one.draft.number, one.lines, number.issued_on)
    parts = [
        due_parts(one.draft, one.totals.total, number.issued_on) for one, number in zip(prepared, taken, strict=True)
    ]
    templates = templates_chosen(one.draft for one in prepared)
    invoices = [
        _invoice(
            one, number, dues=dues, seller=seller, template=templates[one.draft.pk], rules=rules, actor=actor, now=now
        )
        for one, number, dues in zip(prepared, taken, parts, strict=True)
    ]
    links = portal_links_build(
        owners=[(invoice.customer_id, invoice.pk) for invoice in invoices], days=profile.portal_link_days, now=now
    )
    PortalLink.objects.bulk_create(links)
    for invoice, link in zip(invoices, links, strict=True):
        invoice.portal_link_id = link.pk
    Invoice.objects.bulk_create(invoices)
    _write_parts(prepared, invoices, parts, taxes)
    _close_drafts(prepared, invoices)
    events.record_many(_issued_event(invoice, actor, now) for invoice in invoices)
    entries_post(entries=[issue_entry(invoice) for invoice in invoices], actor=actor, now=now)
    return {one.draft.pk: invoice for one, invoice in zip(prepared, invoices, strict=True)}


def _invoice(
    one: _Prepared,
    number: TakenNumber,
    *,
    dues: Sequence[DuePart],
    seller: dict[str, Any],
    template: dict[str, Any],
    rules: BillingRules,
    actor: Actor,
    now: datetime,
) -> Invoice:
    draft, totals = one.draft, one.totals
    settled = totals.total == 0
    return Invoice(
        created_at=now,
        profile=draft.profile,
        customer=draft.customer,
        kind=InvoiceKind.INVOICE,
        series=number.series,
        series_year=number.year,
        sequence=number.sequence,
        number=number.number,
        issued_on=number.issued_on,
        issued_at=now,
        issued_by_label=actor.label[:150],
        due_on=dues[-1].due_on,
        next_due_on=None if settled else dues[0].due_on,
        settled_at=now if settled else None,
        currency=draft.currency,
        prices_include_tax=draft.prices_include_tax,
        subtotal=totals.subtotal,
        discount_total=totals.discount_total,
        tax_total=totals.tax_total,
        total=totals.total,
        seller=seller,
        buyer=buyer_snapshot(draft.customer),
        template=template,
        language=language_of(draft),
        reference=draft.reference,
        project=draft.project,
        promo_code=draft.promo_code,
        early_discount_percent=draft.early_discount_percent,
        early_discount_until=early_until(draft, number.issued_on),
        **rate_to_freeze(profile=draft.profile, currency=draft.currency, day=number.issued_on, rules=rules),
        notes=draft.notes,
        terms=terms_of(draft, template),
    )


def _write_parts(
    prepared: Sequence[_Prepared],
    invoices: Sequence[Invoice],
    parts: Sequence[Sequence[DuePart]],
    taxes: TaxesAtIssue,
) -> None:
    rows = list(zip(prepared, invoices, parts, strict=True))
    lines = InvoiceLine.objects.bulk_create(
        [line for one, invoice, _ in rows for line in _lines(invoice, one.lines, one.totals)]
    )
    groups = InvoiceTax.objects.bulk_create(
        [
            InvoiceTax(
                invoice=invoice,
                category=group.category,
                rate=group.rate,
                base=group.base,
                tax=group.tax,
                reason=taxes.reason(group, invoice.issued_on, invoice.language),
            )
            for one, invoice, _ in rows
            for group in sorted(one.totals.taxes, key=lambda group: (-group.rate, group.category))
        ]
    )
    instalments = Instalment.objects.bulk_create(
        [
            Instalment(invoice=invoice, position=position, due_on=part.due_on, amount=part.amount)
            for _, invoice, dues in rows
            for position, part in enumerate(dues, start=1)
        ]
    )
    written: tuple[tuple[str, Sequence[InvoiceLine | InvoiceTax | Instalment]], ...] = (
        ("lines", lines),
        ("taxes", groups),
        ("instalments", instalments),
    )
    for name, children in written:
        of = {invoice.pk: list(found) for invoice, found in groupby(children, key=attrgetter("invoice"))}
        for invoice in invoices:
            children_known(invoice, name, of.get(invoice.pk, ()))


def _close_drafts(prepared: Sequence[_Prepared], invoices: Sequence[Invoice]) -> None:
    changed = ["status", "invoice", "scheduled_for"]
    for one, invoice in zip(prepared, invoices, strict=True):
        one.draft.status, one.draft.invoice, one.draft.scheduled_for = DraftStatus.CONVERTED, invoice, None
    if len(prepared) == 1:  # the usual case, at a third of the cost
        prepared[0].draft.save(update_fields=changed)
    else:
        InvoiceDraft.objects.bulk_update([one.draft for one in prepared], changed)
    with_work = [one.draft.pk for one in prepared if any(line.billable for line in one.draft.lines.all())]
    if with_work:
        billable_invoiced(draft_ids=with_work, now=invoices[0].issued_at)


def _lines(invoice: Invoice, lines: Sequence[LineInput], totals: Totals) -> list[InvoiceLine]:
    return [
        InvoiceLine(
            invoice=invoice,
            position=position,
            item_id=line.item_id,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price or ZERO,
            discount_percent=line.discount_percent,
            tax_category=line.tax_category,
            tax_rate=line.tax_rate,
            service_from=line.service_from,
            service_to=line.service_to,
            category=line.category,
            amount=total.amount,
        )
        for position, (line, total) in enumerate(zip(lines, totals.lines, strict=True), start=1)
    ]


def _issued_event(invoice: Invoice, actor: Actor, now: datetime) -> events.EventInput:
    return events.EventInput(
        name="invoice.issued",
        subject=invoice,
        actor=actor,
        now=now,
        profile_id=invoice.profile_id,
        customer_id=invoice.customer_id,
        label=invoice.number,
        data={"total": str(invoice.total), "currency": invoice.currency, "due_on": invoice.due_on.isoformat()},
    )
