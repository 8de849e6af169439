"""The letter to a client whose invoice could not be charged by itself."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.ui.formats import money_text
from integrations.ports.attempts import Decline
from payments.models import Checkout
from reminders.texts.documents import greeting_to
from reminders.texts.letters import Content, Fact, Letter, content_of, day, speaking
from reminders.texts.others import profile_company

MEND_PAGE: Final = "method/"


def autopay_content(checkout: Checkout, *, decline: Decline, again_on: date | None) -> Content:
    """What failed, whether it is tried again, and what the client can do; `again_on` None for no more tries."""
    with speaking(checkout.customer.language):
        return content_of(_letter(checkout, decline, again_on))


def _letter(checkout: Checkout, decline: Decline, again_on: date | None) -> Letter:
    customer, invoice = checkout.customer, checkout.invoice
    language = customer.language
    amount = money_text(checkout.amount, checkout.currency, language=language)
    names = {
        "number": invoice.number,
        "amount": amount,
        "company": customer.profile.name,
        "method": checkout.saved_method.label if checkout.saved_method else "",
    }
    facts = [Fact(_("Invoice number"), invoice.number), Fact(_("Payment method"), names["method"])]
    if checkout.failure:
        facts.append(Fact(_("Reason"), _(checkout.failure)))
    return Letter(
        language=language,
        subject=_("Autopay of invoice %(number)s from %(company)s failed") % names,
        company=profile_company(customer),
        figures=(
            Fact(_("Amount due"), money_text(invoice.amount_due, invoice.currency, language=language)),
            *((Fact(_("Tried again on"), day(again_on, language)),) if again_on else ()),
        ),
        greeting=greeting_to(customer.name),
        paragraphs=(_("We could not charge %(amount)s to %(method)s.") % names, _follows(decline, again_on)),
        facts=tuple(fact for fact in facts if fact.value),
        button=_("Mend the payment method"),
        page=MEND_PAGE,
    )


def _follows(decline: Decline, again_on: date | None) -> str:
    if decline is Decline.CLIENT:
        return _(
            "Your bank wants you to confirm it yourself, so it is not tried again by itself. Please pay this invoice "
            "online, or save the payment method once more."
        )
    if decline is Decline.HARD:
        return _(
            "This payment method cannot be charged any more. Please save another one, and pay this invoice online."
        )
    if again_on is None:
        return _("We do not try again. Please pay this invoice online, and check the payment method for the next ones.")
    return _("We will try again. You need do nothing, or you can save another payment method.")
