"""Credit notes: an issued invoice is corrected by a document that refers to it, never by a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO, Money, is_quantized, percentage, quantize
from billing_assistant.core.rights import Right
from billing_assistant.ledger.services.posting import entry_post
from customers.services.portal import portal_links_write
from invoices.errors import InvoiceNotOpen, OverCredited
from invoices.locks import invoice_lock
from invoices.models import Instalment, Invoice, InvoiceLine, InvoiceTax
from invoices.services.compute import HUNDRED, Discount, TaxGroup, compute
from invoices.services.draft_snapshots import line_input
from invoices.services.lock_date import days_open
from invoices.services.numbering import TakenNumber, numbers_take, series_default
from invoices.services.postings import credit_note_entry
from invoices.states import UNTAXED, DiscountKind, InvoiceKind, InvoiceState, TaxCategory

GroupKey = tuple[TaxCategory, Decimal]


@dataclass(frozen=True, slots=True)
class Creditable:
    """A line of an invoice and what of it can still be credited, in the invoice's price mode."""

    line: InvoiceLine
    charged: Decimal
    credited: Decimal

    @property
    def left(self) -> Decimal:
        return self.charged - self.credited


def creditable_lines(invoice: Invoice) -> list[Creditable]:
    """What was charged for each line (its share of the document discount taken off) and what is left to credit."""
    lines = list(invoice.lines.all())
    gross_discount = sum((line.amount for line in lines), ZERO) - _charged_total(invoice)
    totals = compute(
        [line_input(line) for line in lines],
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        discount=Discount(DiscountKind.AMOUNT, gross_discount),
    )
    credited = dict(
        InvoiceLine.objects.filter(corrects_line__in=lines)
        .values_list("corrects_line_id")
        .annotate(credited=Sum("amount"))
        .values_list("corrects_line_id", "credited")
    )
    return [
        Creditable(line, total.charged, credited.get(line.pk, ZERO))
        for line, total in zip(lines, totals.lines, strict=True)
    ]


def credit_note_issue(
    *, invoice_id: UUID, lines: Mapping[int, Decimal] | None, reason: str, actor: Actor, now: datetime
) -> Invoice:
    """Issues a credit note over parts of an invoice's lines (amounts in its price mode), or over all that is left.

    Does not apply it: the credit is the customer's until payments does. Raises ValidationFailed, OverCredited,
    InvoiceNotOpen, PeriodLocked.
    """
    actor.require(Right.INVOICES_VOID)
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why the invoice is credited.")]})
    with transaction.atomic():
        invoice = invoice_lock(invoice_id)
        if not actor.can_see(invoice.profile_id):
            raise NotFound(_("There is no such invoice."))
        if invoice.kind != InvoiceKind.INVOICE or invoice.state == InvoiceState.VOID:
            raise InvoiceNotOpen(_("%(number)s cannot be credited.") % {"number": invoice.number})
        chosen = _chosen(creditable_lines(invoice), lines, invoice)
        taxes = _taxes(invoice, chosen)
        return credit_note_write(invoice, chosen, taxes, reason=reason.strip(), actor=actor, now=now)


def _charged_total(invoice: Invoice) -> Decimal:
    """The sum of the lines after the document discount, in the price mode."""
    return invoice.total if invoice.prices_include_tax else invoice.subtotal - invoice.discount_total


def _chosen(
    creditable: Sequence[Creditable], lines: Mapping[int, Decimal] | None, invoice: Invoice
) -> list[tuple[InvoiceLine, Decimal]]:
    if lines is None:
        chosen = [(one.line, one.left) for one in creditable if one.left > 0]
    else:
        known = {one.line.pk: one for one in creditable}
        chosen = [(known[pk].line, _checked(known[pk], amount)) for pk, amount in lines.items() if pk in known]
        if len(chosen) != len(lines):
            raise NotFound(_("The invoice has no such line."))
    if not chosen:
        raise OverCredited(_("Nothing is left to credit on %(number)s.") % {"number": invoice.number})
    return sorted(chosen, key=lambda pair: pair[0].position)


def _checked(one: Creditable, amount: Decimal) -> Decimal:
    currency = one.line.invoice.currency
    field = f"lines.{one.line.pk}"
    if amount <= 0 or not is_quantized(amount, currency):
        raise ValidationFailed({field: [_("Write an amount above zero.")]})
    if amount > one.left:
        raise OverCredited(
            _("At most %(left)s of this line is left to credit.") % {"left": Money(one.left, currency)}, field=field
        )
    return amount


def _taxes(invoice: Invoice, chosen: Sequence[tuple[InvoiceLine, Decimal]]) -> list[TaxGroup]:
    """Tax of the credited amounts by group, never more than is left of the invoice's own tax in that group."""
    sums: dict[GroupKey, Decimal] = {}
    for line, amount in chosen:
        category = TaxCategory(line.tax_category)
        key = (category, ZERO if category in UNTAXED else line.tax_rate)
        sums[key] = sums.get(key, ZERO) + amount
    return [_tax(invoice, key, amount, group_left(invoice, key)) for key, amount in sums.items()]


def group_left(invoice: Invoice, key: GroupKey) -> tuple[Decimal, Decimal]:
    """Base and tax of a group that earlier credit notes have left over."""
    category, rate = key
    charged = invoice.taxes.get(category=category, rate=rate)
    earlier = InvoiceTax.objects.filter(invoice__corrects=invoice, category=category, rate=rate).aggregate(
        base=Sum("base", default=ZERO), tax=Sum("tax", default=ZERO)
    )
    return charged.base - earlier["base"], charged.tax - earlier["tax"]


def _tax(invoice: Invoice, key: GroupKey, amount: Decimal, left: tuple[Decimal, Decimal]) -> TaxGroup:
    (category, rate), (base_left, tax_left) = key, left
    if invoice.prices_include_tax:
        if amount >= base_left + tax_left:
            return TaxGroup(category, rate, base_left, tax_left)
        tax = min(amount - quantize(amount * HUNDRED / (HUNDRED + rate), invoice.currency), tax_left)
        return TaxGroup(category, rate, amount - tax, tax)
    if amount >= base_left:
        return TaxGroup(category, rate, base_left, tax_left)
    return TaxGroup(category, rate, amount, min(percentage(amount, rate, invoice.currency), tax_left))


def credit_note_write(
    invoice: Invoice,
    chosen: Sequence[tuple[InvoiceLine, Decimal]],
    taxes: Sequence[TaxGroup],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    for_early_payment: bool = False,
) -> Invoice:
    """Numbers, writes and posts a credit note over parts of the lines of a locked invoice, and their tax.

    Inside the caller's transaction, which has checked them; a note for early payment carries the terms that it keeps.
    Raises PeriodLocked.
    """
    profile = BusinessProfile.objects.get(pk=invoice.profile_id)
    series = series_default(profile.pk, InvoiceKind.CREDIT_NOTE)
    today = local_today(profile, now)
    days_open(profile_id=profile.pk, days=[today])
    taken = numbers_take(series=series, dates=[today])[0]
    note = _note(invoice, taken, taxes, reason=reason, actor=actor, now=now)
    if for_early_payment:
        note.early_discount_percent = invoice.early_discount_percent
        note.early_discount_until = invoice.early_discount_until
    (note.portal_link_id,) = portal_links_write(
        owners=[(note.customer_id, note.pk)], days=profile.portal_link_days, now=now
    )
    note.save(force_insert=True)
    _write_parts(note, chosen, taxes)
    events.record(
        name="credit_note.issued",
        subject=note,
        actor=actor,
        now=now,
        profile_id=note.profile_id,
        customer_id=note.customer_id,
        label=note.number,
        data={"total": str(note.total), "currency": note.currency, "corrects": invoice.number, "reason": reason[:240]},
    )
    entry_post(entry=credit_note_entry(note), actor=actor, now=now)
    note.refresh_from_db(fields=["amount_due"])
    return note


def _note(
    invoice: Invoice, taken: TakenNumber, taxes: Sequence[TaxGroup], *, reason: str, actor: Actor, now: datetime
) -> Invoice:
    base = sum((group.base for group in taxes), ZERO)
    tax = sum((group.tax for group in taxes), ZERO)
    return Invoice(
        created_at=now,
        profile_id=invoice.profile_id,
        customer_id=invoice.customer_id,
        kind=InvoiceKind.CREDIT_NOTE,
        series=taken.series,
        series_year=taken.year,
        sequence=taken.sequence,
        number=taken.number,
        issued_on=taken.issued_on,
        issued_at=now,
        issued_by_label=actor.label[:150],
        due_on=taken.issued_on,
        settled_at=now,
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        subtotal=base,
        discount_total=ZERO,
        tax_total=tax,
        total=base + tax,
        seller=invoice.seller,
        buyer=invoice.buyer,
        language=invoice.language,
        reference=invoice.reference,
        project=invoice.project,
        template=invoice.template,
        fx_currency=invoice.fx_currency,
        fx_rate=invoice.fx_rate,
        fx_source=invoice.fx_source,
        fx_on=invoice.fx_on,
        corrects=invoice,
        reason=reason[:240],
    )


def _write_parts(note: Invoice, chosen: Sequence[tuple[InvoiceLine, Decimal]], taxes: Sequence[TaxGroup]) -> None:
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=note,
                position=position,
                item_id=line.item_id,
                description=line.description,
                quantity=Decimal(1),
                unit="",
                unit_price=amount,
                tax_category=line.tax_category,
                tax_rate=line.tax_rate,
                service_from=line.service_from,
                service_to=line.service_to,
                category=line.category,
                amount=amount,
                corrects_line=line,
            )
            for position, (line, amount) in enumerate(chosen, start=1)
        ]
    )
    reasons = {(tax.category, tax.rate): tax.reason for tax in note.corrects.taxes.all()} if note.corrects else {}
    InvoiceTax.objects.bulk_create(
        [
            InvoiceTax(
                invoice=note,
                category=group.category,
                rate=group.rate,
                base=group.base,
                tax=group.tax,
                reason=reasons.get((group.category, group.rate), ""),
            )
            for group in taxes
        ]
    )
    Instalment.objects.create(invoice=note, position=1, due_on=note.issued_on, amount=note.total)
