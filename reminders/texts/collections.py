"""The letter to a client whose plan a provider could not charge."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.ui.formats import money_text
from invoices.models import Invoice
from payments.models import PlanCollection
from reminders.texts.documents import greeting_to
from reminders.texts.letters import Content, Fact, Letter, content_of, speaking
from reminders.texts.others import profile_company

MEND_PAGE: Final = "subscription/"


def collection_content(collection: PlanCollection, invoice: Invoice | None) -> Content:
    """What could not be charged, and how the client mends it: by the link of an invoice, else in the portal."""
    with speaking(collection.customer.language):
        return content_of(_letter(collection, invoice))


def _letter(collection: PlanCollection, invoice: Invoice | None) -> Letter:
    customer = collection.customer
    language = customer.language
    amount = money_text(collection.price, collection.currency, language=language)
    names = {"plan": collection.plan.name, "company": customer.profile.name, "amount": amount}
    mends = _("Give another payment method: what could not be charged is paid at once, the next periods by themselves.")
    return Letter(
        language=language,
        subject=_("Automatic payment of %(plan)s to %(company)s failed") % names,
        company=profile_company(customer),
        figures=(Fact(_("Amount"), amount),),
        greeting=greeting_to(customer.name),
        paragraphs=(
            _("%(amount)s for %(plan)s could not be charged to your payment method.") % names,
            mends if invoice else mends + " " + _("You find it in the portal."),
        ),
        facts=(Fact(_("Invoice number"), invoice.number),) if invoice else (),
        button=_("Mend the payment method") if invoice else "",
        page=MEND_PAGE,
    )
