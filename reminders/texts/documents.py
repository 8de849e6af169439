"""The letters that go with an invoice or a credit note."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from billing_assistant.core.ui.formats import money_text
from invoices.models import Invoice, InvoiceDraft
from invoices.services.template_choice import language_of
from invoices.states import InvoiceKind
from reminders.texts.bills import Bill, bill_of, bill_of_draft
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
        return content_of(_invoice(bill_of(invoice), custom_message, with_pdf=with_pdf))


def draft_content(draft: InvoiceDraft, *, today: date, custom_message: str = "", with_pdf: bool = True) -> Content:
    """The letter of the invoice that a draft would become on a day; its number is given when it is issued."""
    with speaking(language_of(draft)):
        bill = bill_of_draft(draft, today=today, number=_("[number given at issue]"))
        return content_of(_invoice(bill, custom_message, with_pdf=with_pdf))


def seller_company(seller: Mapping[str, Any]) -> Company:
    """The company as it stood when the document was issued."""
    contact = (seller.get("email", ""), seller.get("phone", ""), seller.get("website", ""))
    return company_of(seller["name"], seller.get("accent_color", ""), contact)


def ways_to_pay(bill: Bill) -> tuple[Block, ...]:
    """M-Pesa and bank details of the seller, with what to write as the reference."""
    seller, blocks = bill.seller, []
    if seller.get("mpesa_paybill"):
        account = seller.get("mpesa_account_hint") or bill.number
        facts = (Fact(_("Paybill number"), seller["mpesa_paybill"]), Fact(_("Account number"), account))
        blocks.append(Block(_("Pay by M-Pesa"), facts))
    if seller.get("bank_account_number"):
        rows = (
            (_("Bank"), ", ".join(part for part in (seller.get("bank_name"), seller.get("bank_branch")) if part)),
            (_("Account name"), seller.get("bank_account_name", "")),
            (_("Account number"), seller["bank_account_number"]),
            (_("SWIFT"), seller.get("bank_swift", "")),
            (_("Reference"), bill.number),
        )
        blocks.append(Block(_("Pay by bank transfer"), tuple(Fact(label, value) for label, value in rows if value)))
    return tuple(blocks)


def greeting_to(name: str) -> str:
    return _("Dear %(name)s,") % {"name": name}


def _invoice(bill: Bill, custom_message: str, *, with_pdf: bool) -> Letter:
    owed = bill.amount_due > 0
    name = {"number": bill.number, "company": bill.seller["name"]}
    standard = [_("Here is invoice %(number)s from %(company)s.") % name]
    if with_pdf:
        standard.append(_("It is attached as a PDF."))
    return Letter(
        language=bill.language,
        subject=_("Invoice %(number)s from %(company)s") % name,
        company=seller_company(bill.seller),
        figures=_figures(bill) if owed else _settled(bill),
        greeting=greeting_to(bill.customer_name),
        paragraphs=paragraphs_of(custom_message) or (" ".join(standard),),
        facts=tuple(_facts(bill)),
        button=_("View and pay") if owed else _("View the invoice"),
        blocks=ways_to_pay(bill) if owed else (),
        closing=_("Thank you for your business."),
    )


def _figures(bill: Bill) -> tuple[Fact, ...]:
    due_on = day(bill.due_on, bill.language)
    amount_due = Fact(_("Amount due"), money_text(bill.amount_due, bill.currency, language=bill.language))
    if bill.next_part == bill.amount_due:
        return (amount_due, Fact(_("Due date"), due_on))
    told = money_text(bill.next_part, bill.currency, language=bill.language)
    return (amount_due, Fact(_("Next payment due"), f"{due_on} ({told})"))


def _settled(bill: Bill) -> tuple[Fact, ...]:
    return (
        Fact(_("Total"), money_text(bill.total, bill.currency, language=bill.language)),
        Fact(_("Amount due"), _("nothing, it is paid")),
    )


def _facts(bill: Bill) -> list[Fact]:
    language = bill.language
    facts = [Fact(_("Invoice number"), bill.number), Fact(_("Issue date"), day(bill.issued_on, language))]
    if bill.reference:
        facts.append(Fact(_("Your reference"), bill.reference))
    if bill.amount_due != bill.total:
        facts.append(Fact(_("Invoice total"), money_text(bill.total, bill.currency, language=language)))
    if len(bill.parts) > 1:
        facts += [
            Fact(
                _("Due %(day)s") % {"day": day(part.due_on, language)},
                money_text(part.amount, bill.currency, language=language),
            )
            for part in bill.parts
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
