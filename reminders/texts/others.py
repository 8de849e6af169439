"""The other letters: a receipt for a payment, and what a person writes to a customer."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from billing_assistant.core.ui.formats import money_text
from customers.models import Customer
from payments.models import Payment
from payments.states import PaymentMethod
from reminders.addresses import header_text
from reminders.texts.documents import greeting_to
from reminders.texts.letters import (
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


def receipt_content(payment: Payment) -> Content:
    """The receipt of a payment: what was received, which invoices it settles, what stays due on them."""
    customer = payment.customer
    with speaking(customer.language):
        return content_of(_receipt(payment, customer))


def custom_content(customer: Customer, *, subject: str, message: str) -> Content:
    """What a person writes to a customer, in the company's frame."""
    with speaking(customer.language):
        return content_of(
            Letter(
                language=customer.language,
                subject=header_text(subject),
                company=profile_company(customer),
                greeting=greeting_to(customer.name),
                paragraphs=paragraphs_of(message),
            )
        )


def statement_content(customer: Customer, *, since: date, until: date, message: str) -> Content:
    """The letter with a statement, which is attached."""
    language = customer.language
    with speaking(language):
        facts = {"company": customer.profile.name, "until": day(until, language)}
        words = _("Attached is your statement: what was billed and what was paid, and what is open then.")
        return content_of(
            Letter(
                language=language,
                subject=header_text(_("Your statement from %(company)s, %(until)s") % facts),
                company=profile_company(customer),
                greeting=greeting_to(customer.name),
                paragraphs=paragraphs_of(message) if message.strip() else (words,),
                facts=(Fact(_("Period"), f"{day(since, language)} – {day(until, language)}"),),
            )
        )


def profile_company(customer: Customer) -> Company:
    profile = customer.profile
    return company_of(profile.name, profile.accent_color, (profile.email, profile.phone, profile.website))


def _receipt(payment: Payment, customer: Customer) -> Letter:
    language, currency = customer.language, payment.currency
    amount = money_text(payment.amount, currency, language=language)
    facts = [
        Fact(_("Receipt number"), payment.number),
        Fact(_("Paid by"), str(PaymentMethod(payment.method).label)),
    ]
    if payment.reference:
        facts.append(Fact(_("Reference"), payment.reference))
    settled = list(payment.allocations.filter(amount__gt=0).select_related("invoice").order_by("id"))
    for allocation in settled:
        used = money_text(allocation.amount, currency, language=language)
        facts.append(Fact(_("For invoice %(number)s") % {"number": allocation.invoice.number}, used))
    for allocation in settled:
        if allocation.invoice.amount_due > 0:
            left = money_text(allocation.invoice.amount_due, currency, language=language)
            facts.append(Fact(_("Still due on %(number)s") % {"number": allocation.invoice.number}, left))
    if payment.unapplied > 0:
        facts.append(Fact(_("Kept as credit"), money_text(payment.unapplied, currency, language=language)))
    return Letter(
        language=language,
        subject=_("Receipt %(number)s from %(company)s") % {"number": payment.number, "company": customer.profile.name},
        company=profile_company(customer),
        figures=(
            Fact(_("Amount received"), amount),
            Fact(_("Received on"), day(payment.received_on, language)),
        ),
        greeting=greeting_to(customer.name),
        paragraphs=(_("Thank you. We have received your payment."), _("The receipt is attached as a PDF.")),
        facts=tuple(facts),
        button=_("View the invoice") if settled else "",
    )
