"""The discount for paying early, once it is earned: a credit note, so that the sales tax comes down with the price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.money import ZERO, percentage, quantize, split
from invoices.models import Invoice, InvoiceLine
from invoices.services.compute import HUNDRED, TaxGroup
from invoices.services.credit_notes import Creditable, GroupKey, credit_note_write, creditable_lines, group_left
from invoices.states import UNTAXED, InvoiceKind, InvoiceState, TaxCategory


def early_discount_left(invoice: Invoice) -> Decimal:
    """What an invoice still gives to who pays by its early date: the percentage of what was not credited; 0 once given.

    In the invoice's currency, tax included. Says nothing about the payments: that is the caller's.
    """
    if invoice.kind != InvoiceKind.INVOICE or invoice.early_discount_until is None:
        return ZERO
    notes = Invoice.objects.filter(corrects=invoice)
    if notes.filter(early_discount_until__isnull=False).exists():
        return ZERO
    credited = sum(notes.values_list("total", flat=True), ZERO)
    return percentage(max(invoice.total - credited, ZERO), invoice.early_discount_percent, invoice.currency)


def early_note_unearned(invoice: Invoice) -> Invoice | None:
    """The credit note over a discount for paying early, while the invoice that was settled with it is owed again."""
    if invoice.kind != InvoiceKind.INVOICE or invoice.state != InvoiceState.ISSUED or not invoice.amount_due:
        return None
    notes = Invoice.objects.filter(corrects=invoice, early_discount_until__isnull=False)
    return notes.exclude(state=InvoiceState.VOID).first()


@dataclass(frozen=True, slots=True)
class EarlyOffer:
    """What settles an invoice when it is paid by a local day: less than what is due."""

    amount: Decimal
    discount: Decimal
    until: date


def early_offer(invoice: Invoice, today: date) -> EarlyOffer | None:
    """The offer that stands on a local day of the profile; none without terms, later, or once it was used."""
    until = invoice.early_discount_until
    if until is None or until < today or invoice.state != InvoiceState.ISSUED:
        return None
    discount = early_discount_left(invoice)
    if not ZERO < discount < invoice.amount_due:
        return None
    return EarlyOffer(quantize(invoice.amount_due - discount, invoice.currency), discount, until)


def early_discount_credit(*, invoice: Invoice, amount: Decimal, actor: Actor, now: datetime) -> Invoice:
    """Issues the credit note over an earned discount: `amount`, tax included, over what is left of the lines.

    `invoice` is locked by the caller, and `amount` at most its `early_discount_left`. Raises PeriodLocked.
    """
    creditable = [one for one in creditable_lines(invoice) if one.left > 0]
    by_group: dict[GroupKey, list[Creditable]] = {}
    for one in creditable:
        by_group.setdefault(_key(one.line), []).append(one)
    left = {key: group_left(invoice, key) for key in by_group}
    shares = split(amount, [base + tax for base, tax in left.values()], invoice.currency)
    taxes = [_group(key, left[key], share, invoice.currency) for key, share in zip(left, shares, strict=True) if share]
    chosen = [part for group in taxes for part in _lines(invoice, by_group[group.category, group.rate], group)]
    with translation.override(invoice.language):
        reason = _("Discount for paying by %(day)s") % {"day": f"{invoice.early_discount_until:%d/%m/%Y}"}
    return credit_note_write(
        invoice,
        sorted(chosen, key=lambda pair: pair[0].position),
        taxes,
        reason=reason,
        actor=actor,
        now=now,
        for_early_payment=True,
    )


def _key(line: InvoiceLine) -> GroupKey:
    category = TaxCategory(line.tax_category)
    return category, ZERO if category in UNTAXED else line.tax_rate


def _group(key: GroupKey, left: tuple[Decimal, Decimal], gross: Decimal, currency: str) -> TaxGroup:
    """The part of a group that a gross amount takes, to the cent, and never more than is left of base or tax."""
    (category, rate), (base_left, tax_left) = key, left
    base = quantize(gross * HUNDRED / (HUNDRED + rate), currency)
    base = min(max(base, gross - tax_left), base_left)
    return TaxGroup(category, rate, base, gross - base)


def _lines(invoice: Invoice, lines: Sequence[Creditable], group: TaxGroup) -> Iterable[tuple[InvoiceLine, Decimal]]:
    amount = group.base + group.tax if invoice.prices_include_tax else group.base
    parts = split(amount, [one.left for one in lines], invoice.currency)
    return ((one.line, part) for one, part in zip(lines, parts, strict=True) if part)
