"""The letters that go with an invoice or a credit note."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing_assistant.core.money import ZERO
from billing_assistant.core.ui.formats import money_text
from invoices.models import Invoice
from invoices.states import InvoiceKind
from reminders.texts.letters import (
    Block,
    Company,
    Content,
    Fact,
    Letter,
    company_of,
    content_of,
    day,
    paragraphs_of,
    speaking,
)


def document_content(invoice: Invoice, *, custom_message: str = "", with_pdf: bool = True) -> Content:
    """The letter for an issued document as it stands now: what is due today, not what was due at issue."""
    with speaking(invoice.language):
        if invoice.kind == InvoiceKind.CREDIT_NOTE:
            return content_of(_credit_note(invoice, custom_message, with_pdf=with_pdf))
        return content_of(_invoice(invoice, custom_message, with_pdf=with_pdf))


def seller_company(seller: Mapping[str, Any]) -> Company:
    """The company as it stood when the document was issued."""
    contact = (seller.get("email", ""), seller.get("phone", ""), seller.get("website", ""))
    return company_of(seller["name"], seller.get("accent_color", ""), contact)


def ways_to_pay(invoice: Invoice) -> tuple[Block, ...]:
    """M-Pesa and bank details of the seller, with what to write as the reference."""
    seller, blocks = invoice.seller, []
    if seller.get("mpesa_paybill"):
        account = seller.get("mpesa_account_hint") or invoice.number
        facts = (Fact(_("Paybill number"), seller["mpesa_paybill"]), Fact(_("Account number"), account))
        blocks.append(Block(_("Pay by M-Pesa"), facts))
    if seller.get("bank_account_number"):
        rows = (
            (_("Bank"), ", ".join(part for part in (seller.get("bank_name"), seller.get("bank_branch")) if part)),
            (_("Account name"), seller.get("bank_account_name", "")),
            (_("Account number"), seller["bank_account_number"]),
            (_("SWIFT"), seller.get("bank_swift", "")),
            (_("Reference"), invoice.number),
        )
        blocks.append(Block(_("Pay by bank transfer"), tuple(Fact(label, value) for label, value in rows if value)))
    return tuple(blocks)


def greeting_to(name: str) -> str:
    return _("Dear %(name)s,") % {"name": name}


def _invoice(invoice: Invoice, custom_message: str, *, with_pdf: bool) -> Letter:
    owed = invoice.amount_due > 0
    name = {"number": invoice.number, "company": invoice.seller["name"]}
    standard = [_("Here is invoice %(number)s from %(company)s.") % name]
    if with_pdf:
        standard.append(_("It is attached as a PDF."))
    return Letter(
        language=invoice.language,
        subject=_("Invoice %(number)s from %(company)s") % name,
        company=seller_company(invoice.seller),
        figures=_figures(invoice) if owed else _settled(invoice),
        greeting=greeting_to(invoice.customer.name),
        paragraphs=paragraphs_of(custom_message) or (" ".join(standard),),
        facts=tuple(_facts(invoice)),
        button=_("View and pay") if owed else _("View the invoice"),
        blocks=ways_to_pay(invoice) if owed else (),
        closing=_("Thank you for your business."),
    )


def _figures(invoice: Invoice) -> tuple[Fact, ...]:
    due_on = day(invoice.next_due_on or invoice.due_on, invoice.language)
    amount_due = Fact(_("Amount due"), money_text(invoice.amount_due, invoice.currency, language=invoice.language))
    part = _next_part(invoice)
    if part == invoice.amount_due:
        return (amount_due, Fact(_("Due date"), due_on))
    told = money_text(part, invoice.currency, language=invoice.language)
    return (amount_due, Fact(_("Next payment due"), f"{due_on} ({told})"))


def _next_part(invoice: Invoice) -> Decimal:
    """What is due next: payments fill the instalments in order."""
    total: Decimal = invoice.total
    owed: Decimal = invoice.amount_due
    reached = ZERO
    for part in invoice.instalments.all():
        reached += part.amount
        if total - owed < reached:
            return reached - total + owed
    return owed


def _settled(invoice: Invoice) -> tuple[Fact, ...]:
    return (
        Fact(_("Total"), money_text(invoice.total, invoice.currency, language=invoice.language)),
        Fact(_("Amount due"), _("nothing, it is paid")),
    )


def _facts(invoice: Invoice) -> list[Fact]:
    language = invoice.language
    facts = [Fact(_("Invoice number"), invoice.number), Fact(_("Issue date"), day(invoice.issued_on, language))]
    if invoice.reference:
        facts.append(Fact(_("Your reference"), invoice.reference))
    if invoice.amount_due != invoice.total:
        facts.append(Fact(_("Invoice total"), money_text(invoice.total, invoice.currency, language=language)))
    parts = list(invoice.instalments.all())
    if len(parts) > 1:
        facts += [
            Fact(
                _("Due %(day)s") % {"day": day(part.due_on, language)},
                money_text(part.amount, invoice.currency, language=language),
            )
            for part in parts
        ]
    return facts


def _credit_note(note: Invoice, custom_message: str, *, with_pdf: bool) -> Letter:
    corrected = note.corrects.number if note.corrects else ""
    name = {"number": note.number, "company": note.seller["name"]}
    standard = [_("Here is credit note %(number)s from %(company)s.") % name]
    if with_pdf:
        standard.append(_("It is attached as a PDF."))
    facts = [(_("Credit note number"), note.number), (_("For invoice"), corrected), (_("Reason"), note.reason)]
    return Letter(
        language=note.language,
        subject=_("Credit note %(number)s from %(company)s") % name,
        company=seller_company(note.seller),
        figures=(
            Fact(_("Credited amount"), money_text(note.total, note.currency, language=note.language)),
            Fact(_("Issue date"), day(note.issued_on, note.language)),
        ),
        greeting=greeting_to(note.customer.name),
        paragraphs=paragraphs_of(custom_message) or (" ".join(standard),),
        facts=tuple(Fact(label, value) for label, value in facts if value),
        button=_("View the credit note"),
        closing=_("Thank you for your business."),
    )
