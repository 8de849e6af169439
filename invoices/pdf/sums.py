"""The sums under the lines, in the order in which one follows from the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from invoices.pdf.document import NOTHING, OFFERS, Design, InvoiceDocument, Kind
from invoices.pdf.figures import Figures, unbroken


class Weight(StrEnum):
    """How loud a sum is: part of the way, the total, or the one that counts."""

    PART = "part"
    TOTAL = "total"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Sum:
    label: str
    amount: str
    weight: Weight = Weight.PART
    note: str = ""


def printed_sums(document: InvoiceDocument, figures: Figures) -> tuple[Sum, ...]:
    """Tax comes before the total, or after it as a part of it when the prices include tax."""
    sums = _before_tax(document, figures)
    taxes = _taxes(document, figures)
    if _is_total_told_once(document):
        sums += taxes
    elif document.prices_include_tax:
        sums += [_total(document, figures), *taxes]
    else:
        sums += [*taxes, _total(document, figures)]
    return tuple(sums + _settled(document, figures))


def _before_tax(document: InvoiceDocument, figures: Figures) -> list[Sum]:
    """The subtotal is after the discount where the discount is not told."""
    told = bool(document.discount_total) and document.show_discount
    subtotal = document.subtotal if told else document.subtotal - document.discount_total
    sums = [Sum(_("Subtotal"), figures.amount(subtotal))] if document.show_subtotal else []
    if told:
        sums.append(Sum(_("Discount"), figures.taken_off(document.discount_total)))
    return sums


def _taxes(document: InvoiceDocument, figures: Figures) -> list[Sum]:
    if not document.show_tax_rates:
        tax = sum((row.tax for row in document.taxes), NOTHING)
        label = _("Includes tax") if document.prices_include_tax else _("Tax")
        return [Sum(label, figures.amount(tax))] if tax else []
    text = _("Includes %(tax)s on %(base)s") if document.prices_include_tax else _("%(tax)s on %(base)s")
    return [
        Sum(
            text % {"tax": unbroken(row.label), "base": figures.amount(row.base)},
            figures.amount(row.tax),
            note=row.reason,
        )
        for row in document.taxes
    ]


def _total(document: InvoiceDocument, figures: Figures) -> Sum:
    if document.kind == Kind.CREDIT_NOTE:
        return Sum(_("Credited amount"), figures.amount(document.total), Weight.FINAL)
    weight = Weight.FINAL if document.kind in OFFERS else Weight.TOTAL
    return Sum(_("Total"), figures.amount(document.total), weight)


def _is_total_told_once(document: InvoiceDocument) -> bool:
    """A receipt of what was paid does not say the same amount twice, nor does the simple design."""
    if document.kind == Kind.RECEIPT:
        return document.paid == document.total
    asked = document.kind in (Kind.INVOICE, Kind.DRAFT) and document.amount_due == document.total
    return document.design == Design.SIMPLE and asked and not document.prices_include_tax


def _settled(document: InvoiceDocument, figures: Figures) -> list[Sum]:
    sums: list[Sum] = []
    if document.kind == Kind.CREDIT_NOTE or document.kind in OFFERS:
        return sums
    if document.kind == Kind.RECEIPT:
        sums.append(Sum(_("Amount paid"), figures.amount(document.paid), Weight.FINAL))
        if document.amount_due:
            sums.append(Sum(_("Still due"), figures.amount(document.amount_due), Weight.TOTAL))
        return sums
    if document.paid:
        sums.append(Sum(_("Paid"), figures.taken_off(document.paid)))
    if document.credited:
        sums.append(Sum(_("Credited"), figures.taken_off(document.credited)))
    return [*sums, Sum(_("Amount due"), figures.amount(document.amount_due), Weight.FINAL)]
