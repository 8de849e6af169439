"""The receipt of a payment as a PDF: what came, when and how, what it settled, and what is still due there.

It is drawn when it is asked for, in the customer's language, and shows the payment as it stands: a payment that was
applied differently has another receipt, one that was reversed is marked void.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from billing_assistant.core.money import ZERO
from billing_assistant.core.ui.formats import day_text, money_text
from invoices.pdf.build import buyer_of, seller_of
from invoices.pdf.document import InvoiceDocument, Kind, Line, PaymentReceived
from invoices.pdf.dress import dressed
from invoices.pdf.render import render_pdf
from invoices.services.snapshots import buyer_snapshot, seller_snapshot
from invoices.services.template_choice import template_for
from payments.models import Payment
from payments.selectors.payments import AppliedTo, applied_to
from payments.states import PaymentState

RECEIVED: Final = frozenset({PaymentState.COMPLETED, PaymentState.REVERSED})
ONE: Final = Decimal(1)


def has_receipt(payment: Payment) -> bool:
    """Whether money came: what is on its way or was declined has no receipt."""
    return payment.status in RECEIVED


def receipt_pdf(payment: Payment) -> bytes:
    """The receipt of a payment. The caller has scoped it. Raises NotFound while nothing was received."""
    if not has_receipt(payment):
        raise NotFound(_("There is no receipt yet."))
    return render_pdf(receipt_document(payment))


def receipt_name(payment: Payment) -> str:
    """The name of the file."""
    return f"receipt-{payment.number}.pdf"


def receipt_document(payment: Payment) -> InvoiceDocument:
    """What the receipt shows, in the design of the customer's invoices."""
    customer, profile = payment.customer, payment.profile
    language = customer.language or profile.language
    seller = seller_snapshot(profile)
    with translation.override(language):
        applied = [each for each in applied_to(payment) if each.amount]
        numbers = [each.invoice.number for each in applied]
        document = InvoiceDocument(
            kind=Kind.RECEIPT,
            number=payment.number,
            language=language,
            seller=seller_of(seller, language),
            buyer=buyer_of(buyer_snapshot(customer), seller, language),
            issued_on=payment.received_on,
            currency=payment.currency,
            lines=tuple(_lines(payment, applied)),
            subtotal=payment.amount,
            total=payment.amount,
            paid=payment.amount,
            amount_due=sum((each.invoice.amount_due for each in applied), ZERO),
            payments=(_received(payment),),
            corrects=numbers[0] if len(numbers) == 1 else "",
            notes="\n".join(_notes(payment)),
            footer=seller["invoice_footer"],
            void=payment.status == PaymentState.REVERSED,
        )
        return replace(dressed(document, template_for(customer)), columns=frozenset(), show_subtotal=False)


def _lines(payment: Payment, applied: Iterable[AppliedTo]) -> Iterable[Line]:
    """What the money settled, invoice by invoice, and what of it is credit or went back."""
    for each in applied:
        words = {"number": each.invoice.number, "day": day_text(each.invoice.issued_on)}
        text = _("Invoice %(number)s of %(day)s") % words
        if each.invoice.amount_due:
            due = money_text(each.invoice.amount_due, payment.currency)
            text = f"{text}\n{_('%(amount)s of it still due') % {'amount': due}}"
        yield _line(text, each.amount)
    if payment.amount_returned:
        yield _line(_("Given back to you"), payment.amount_returned)
    if payment.unapplied:
        yield _line(_("Your credit for later invoices"), payment.unapplied)
    if payment.status == PaymentState.REVERSED:
        yield _line(_("Payment"), payment.amount)


def _line(text: str, amount: Decimal) -> Line:
    return Line(description=text, quantity=ONE, unit_price=amount, amount=amount)


def _received(payment: Payment) -> PaymentReceived:
    return PaymentReceived(
        received_on=payment.received_on,
        method=str(payment.method_word.label),
        amount=payment.amount_received,
        reference=payment.reference,
    )


def _notes(payment: Payment) -> Iterable[str]:
    if payment.amount_withheld:
        words = {"amount": money_text(payment.amount_withheld, payment.currency)}
        yield _("%(amount)s is tax that you withheld.") % words
    if payment.status == PaymentState.REVERSED and payment.reversed_on:
        yield _("This payment was reversed on %(day)s.") % {"day": day_text(payment.reversed_on)}
