"""From our rows to the plain values that a document shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel.core import Locale
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core import files
from billing_assistant.core.clock import local_today
from billing_assistant.core.models import BusinessProfile, StoredFile
from billing_assistant.core.money import ZERO, percentage, quantize
from customers.services.portal import portal_url
from invoices.models import DraftLine, Invoice, InvoiceDraft, InvoiceLine
from invoices.pdf.document import (
    BankDetail,
    EarlyPayment,
    ExchangeRate,
    HowToPay,
    Instalment,
    InvoiceDocument,
    Kind,
    Line,
    Logo,
    Mpesa,
    Party,
    Section,
    Seller,
    TaxRow,
)
from invoices.pdf.dress import dressed
from invoices.services.compute import Discount, TaxGroup, compute, early_amount
from invoices.services.draft_snapshots import line_input
from invoices.services.instalments import due_parts, early_until
from invoices.services.issue_taxes import reasons_on
from invoices.services.snapshots import buyer_snapshot, seller_snapshot
from invoices.services.template_choice import language_of, template_chosen, terms_of
from invoices.states import DiscountKind, InvoiceKind, InvoiceState, TaxCategory

Snapshot = Mapping[str, Any]


def document_of(invoice: Invoice) -> InvoiceDocument:
    """An issued invoice or credit note as it stood at issue: later payments do not change its PDF."""
    with translation.override(invoice.language):
        lines = list(invoice.lines.all())
        gross = sum((line.amount for line in lines), ZERO)
        shown = gross if invoice.prices_include_tax else invoice.subtotal
        credit = invoice.kind == InvoiceKind.CREDIT_NOTE
        document = InvoiceDocument(
            kind=Kind.CREDIT_NOTE if credit else Kind.INVOICE,
            number=invoice.number,
            language=invoice.language,
            seller=seller_of(invoice.seller, invoice.language),
            buyer=buyer_of(invoice.buyer, invoice.seller, invoice.language),
            issued_on=invoice.issued_on,
            due_on=None if credit else invoice.due_on,
            currency=invoice.currency,
            lines=tuple(line_of(line, invoice.currency, invoice.seller["tax_name"]) for line in lines),
            subtotal=shown,
            discount_total=gross - invoice.total if invoice.prices_include_tax else invoice.discount_total,
            taxes=tuple(
                TaxRow(
                    label=tax_label(tax.category, tax.rate, invoice.seller["tax_name"]),
                    base=tax.base,
                    tax=tax.tax,
                    reason=tax.reason,
                )
                for tax in invoice.taxes.all()
            ),
            total=invoice.total,
            amount_due=invoice.total,
            instalments=tuple(Instalment(due_on=part.due_on, amount=part.amount) for part in invoice.instalments.all()),
            how_to_pay=None if credit else how_to_pay_of(invoice.seller, invoice.number, _portal_url(invoice)),
            reference=invoice.reference,
            project=invoice.project,
            early_payment=None
            if credit
            else _early_payment(
                invoice.total, invoice.early_discount_percent, invoice.early_discount_until, invoice.currency
            ),
            exchange_rate=_exchange_rate(invoice),
            sections=sections_of(lines),
            corrects=invoice.corrects.number if invoice.corrects else "",
            notes=invoice.notes or invoice.reason,
            terms=invoice.terms,
            footer=invoice.seller["invoice_footer"],
            prices_include_tax=invoice.prices_include_tax,
            void=invoice.state == InvoiceState.VOID,
        )
        return dressed(document, invoice.template)


def draft_document_of(draft: InvoiceDraft) -> InvoiceDocument:
    """A draft as the invoice that it would become today."""
    seller, today = seller_snapshot(draft.profile), local_today(draft.profile)
    language, template = language_of(draft), template_chosen(draft)
    with translation.override(language):
        lines = list(draft.lines.all())
        totals = compute(
            [line_input(line) for line in lines],
            currency=draft.currency,
            prices_include_tax=draft.prices_include_tax,
            discount=Discount(DiscountKind(draft.discount_kind), draft.discount_value),
        )
        gross = sum((total.amount for total in totals.lines), ZERO)
        inclusive = draft.prices_include_tax
        dues = _draft_dues(draft, totals.total, today)
        document = InvoiceDocument(
            kind=Kind.DRAFT,
            number=draft.number,
            language=language,
            seller=seller_of(seller, language),
            buyer=buyer_of(buyer_snapshot(draft.customer), seller, language),
            issued_on=today,
            due_on=dues[-1].due_on if dues else draft.due_on,
            currency=draft.currency,
            lines=tuple(line_of(line, draft.currency, seller["tax_name"]) for line in lines),
            subtotal=gross if inclusive else totals.subtotal,
            discount_total=gross - totals.total if inclusive else totals.discount_total,
            taxes=_tax_rows(totals.taxes, draft.profile, today),
            total=totals.total,
            amount_due=totals.total,
            instalments=tuple(dues),
            how_to_pay=how_to_pay_of(seller, "", ""),
            reference=draft.reference,
            project=draft.project,
            early_payment=_early_payment(
                totals.total, draft.early_discount_percent, early_until(draft, today), draft.currency
            ),
            sections=sections_of(lines),
            notes=draft.notes,
            terms=terms_of(draft, template),
            footer=seller["invoice_footer"],
            prices_include_tax=inclusive,
        )
        return dressed(document, template)


def _early_payment(total: Decimal, percent: Decimal, until: date | None, currency: str) -> EarlyPayment | None:
    if until is None:
        return None
    label = f"{percent.normalize():f} %"
    return EarlyPayment(discount_label=label, until=until, amount=early_amount(total, percent, currency))


def _exchange_rate(invoice: Invoice) -> ExchangeRate | None:
    if invoice.fx_rate is None or invoice.fx_on is None:
        return None
    return ExchangeRate(currency=invoice.fx_currency, rate=invoice.fx_rate, source=invoice.fx_source, on=invoice.fx_on)


def sections_of(lines: Sequence[InvoiceLine | DraftLine]) -> tuple[Section, ...]:
    """The categories of the lines in the order in which they first stand there; lines without one come last."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.category] = sums.get(line.category, ZERO) + line.amount
    ordered = sorted(sums, key=lambda name: not name)
    return tuple(Section(name=name, subtotal=sums[name]) for name in ordered)


def _draft_dues(draft: InvoiceDraft, total: Decimal, today: date) -> list[Instalment]:
    if draft.instalments or (draft.due_on and draft.due_on < today):
        return [Instalment(due_on=date.fromisoformat(day), amount=Decimal(amount)) for day, amount in draft.instalments]
    return [Instalment(due_on=part.due_on, amount=part.amount) for part in due_parts(draft, total, today)]


def _tax_rows(groups: Sequence[TaxGroup], profile: BusinessProfile, day: date) -> tuple[TaxRow, ...]:
    reasons = reasons_on(profile.pk, [group.category for group in groups], day, tax_name=profile.tax_name)
    return tuple(
        TaxRow(
            label=tax_label(group.category, group.rate, profile.tax_name),
            base=group.base,
            tax=group.tax,
            reason=reasons.get(group.category, ""),
        )
        for group in groups
    )


def tax_label(category: str, rate: Decimal, tax_name: str) -> str:
    """ "VAT 16 %", or why there is none; in the active language."""
    match TaxCategory(category):
        case TaxCategory.STANDARD | TaxCategory.REDUCED:
            return f"{tax_name} {rate.normalize():f} %"
        case TaxCategory.ZERO:
            return f"{tax_name} 0 %"
        case TaxCategory.EXEMPT:
            return _("Exempt")
    return _("Reverse charge")


def line_of(line: InvoiceLine | DraftLine, currency: str, tax_name: str) -> Line:
    """A stored line as it is printed."""
    price = line.unit_price or ZERO
    discount = percentage(quantize(line.quantity * price, currency), line.discount_percent, currency)
    return Line(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=price,
        amount=line.amount,
        discount=discount,
        discount_label=f"{line.discount_percent.normalize():f} %" if discount else "",
        category=line.category,
        tax_label=tax_label(line.tax_category, line.tax_rate, tax_name),
        service_from=line.service_from,
        service_to=line.service_to,
    )


def _address(party: Snapshot, language: str) -> tuple[str, ...]:
    town = " ".join(part for part in (party["postal_code"], party["city"]) if part)
    return tuple(part for part in (party["street"], town, _country(party["country"], language)) if part)


def _country(code: str, language: str) -> str:
    """A country's name from its two-letter code; a name stays as it is."""
    return str(Locale.parse(language).territories.get(code.upper(), code)) if code else ""


def seller_of(seller: Snapshot, language: str) -> Seller:
    """The seller of a snapshot, with its logo."""
    return Seller(
        name=seller["name"],
        legal_name=seller["legal_name"],
        address=_address(seller, language),
        tax_id_label=_("Tax number"),
        tax_id=seller["tax_id"],
        registration=seller["registration_number"],
        email=seller["email"],
        phone=seller["phone"],
        website=seller["website"],
        logo=_logo(seller["logo_id"]),
        accent_color=seller["accent_color"],
    )


def _logo(file_id: str | None) -> Logo | None:
    stored = StoredFile.objects.filter(pk=file_id).first() if file_id else None
    return Logo(content=files.read(stored), content_type=stored.content_type) if stored else None


def buyer_of(buyer: Snapshot, seller: Snapshot, language: str) -> Party:
    """The buyer as printed; the country is left out where it is the seller's too."""
    abroad = buyer["country"] != seller["country"]
    address = _address(buyer, language)
    return Party(
        name=buyer["name"],
        address=address if abroad or not buyer["country"] else address[:-1],
        tax_id_label=_("Tax number"),
        tax_id=buyer["tax_id"],
        email=buyer["email"],
        phone=buyer["phone"],
    )


def how_to_pay_of(seller: Snapshot, number: str, portal_url: str) -> HowToPay:
    """The ways to pay a document of a number; no portal where the address is empty."""
    rows = (
        (_("Bank"), ", ".join(part for part in (seller["bank_name"], seller["bank_branch"]) if part)),
        (_("Account name"), seller["bank_account_name"]),
        (_("Account number"), seller["bank_account_number"]),
        (_("SWIFT"), seller["bank_swift"]),
        (_("Reference"), number if seller["bank_account_number"] else ""),
    )
    paybill = seller["mpesa_paybill"]
    return HowToPay(
        bank=tuple(BankDetail(label=label, value=value) for label, value in rows if value),
        mpesa=Mpesa(paybill=paybill, account=seller["mpesa_account_hint"] or number) if paybill else None,
        portal_url=portal_url,
    )


def _portal_url(invoice: Invoice) -> str:
    if invoice.portal_link_id is None:
        return ""
    return portal_url(invoice.portal_link_id)
