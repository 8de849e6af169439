"""A document with invented lines, to show what a template makes of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from invoices.pdf.build import how_to_pay_of, seller_of, tax_label
from invoices.pdf.document import Instalment, InvoiceDocument, Kind, Line, Party, Section, TaxRow
from invoices.pdf.dress import dressed
from invoices.services.compute import LineInput, TaxGroup, compute
from invoices.services.snapshots import seller_snapshot
from invoices.states import TaxCategory

DAYS: Final = 30
NUMBER: Final = "INV-2026-0042"


def sample_document(profile: BusinessProfile, template: Mapping[str, Any], today: date) -> InvoiceDocument:
    """An invoice of a profile as a template shows it: what a snapshot of the template says, on lines of two kinds."""
    language, seller = profile.language, seller_snapshot(profile)
    with translation.override(language):
        inputs = _lines(profile.default_tax_rate)
        totals = compute(inputs, currency=profile.currency)
        taxes = [TaxRow(label=_label(group, seller), base=group.base, tax=group.tax) for group in totals.taxes]
        lines = tuple(
            Line(
                description=line.description,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price or ZERO,
                amount=total.amount,
                category=line.category,
                tax_label=tax_label(line.tax_category, line.tax_rate, seller["tax_name"]),
                service_from=today.replace(day=1),
                service_to=today,
            )
            for line, total in zip(inputs, totals.lines, strict=True)
        )
        due_on = today + timedelta(days=DAYS)
        document = InvoiceDocument(
            kind=Kind.INVOICE,
            number=NUMBER,
            language=language,
            seller=seller_of(seller, language),
            buyer=Party(name=_("Name of the customer"), address=(_("Street and number"), _("Town"))),
            issued_on=today,
            due_on=due_on,
            currency=profile.currency,
            lines=lines,
            subtotal=totals.subtotal,
            taxes=tuple(taxes),
            total=totals.total,
            amount_due=totals.total,
            instalments=(Instalment(due_on=due_on, amount=totals.total),),
            how_to_pay=how_to_pay_of(seller, NUMBER, ""),
            sections=tuple(
                Section(name=line.category, subtotal=total.amount)
                for line, total in zip(inputs, totals.lines, strict=True)
            ),
            notes=_("Notes of the document stand here."),
            terms=template["payment_terms"] or profile.invoice_terms,
            footer=seller["invoice_footer"],
        )
        return dressed(document, template)


def _lines(tax_rate: Decimal) -> tuple[LineInput, ...]:
    return (
        LineInput(
            description=_("Website hosting, business plan"),
            quantity=Decimal(3),
            unit=_("months"),
            unit_price=Decimal(150),
            tax_rate=tax_rate,
            category=_("Hosting"),
        ),
        LineInput(
            description=_("Photography on site"),
            quantity=Decimal("4.5"),
            unit=_("hours"),
            unit_price=Decimal(60),
            tax_rate=tax_rate,
            category=_("Creative work"),
        ),
    )


def _label(group: TaxGroup, seller: Mapping[str, Any]) -> str:
    return tax_label(TaxCategory(group.category), group.rate, seller["tax_name"])
