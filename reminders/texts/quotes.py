"""The letter that goes with a quote or a proforma invoice."""

from __future__ import annotations

from django.utils.translation import gettext as _

from billing_assistant.core.ui.formats import money_text
from invoices.models import Quote
from invoices.quote_states import QuoteKind
from reminders.texts.documents import greeting_to, seller_company
from reminders.texts.letters import Content, Fact, Letter, content_of, day, paragraphs_of, speaking


def quote_content(quote: Quote, *, custom_message: str = "", with_pdf: bool = True) -> Content:
    """The letter in the language of the quote. It needs the quote's customer."""
    with speaking(quote.language):
        return content_of(_letter(quote, custom_message, with_pdf=with_pdf))


def _letter(quote: Quote, custom_message: str, *, with_pdf: bool) -> Letter:
    name = {"number": quote.number, "company": quote.seller["name"]}
    proforma = quote.kind == QuoteKind.PROFORMA
    standard = [
        _("Here is proforma invoice %(number)s from %(company)s.") % name
        if proforma
        else _("Here is our quote %(number)s.") % name
    ]
    if with_pdf:
        standard.append(_("It is attached as a PDF."))
    standard.append(_("You can accept it on its page, or tell us why not."))
    facts = [(_("Number"), quote.number), (_("Your reference"), quote.snapshot["reference"])]
    return Letter(
        language=quote.language,
        subject=(
            _("Proforma invoice %(number)s from %(company)s") % name
            if proforma
            else _("Quote %(number)s from %(company)s") % name
        ),
        company=seller_company(quote.seller),
        figures=(
            Fact(_("Total"), money_text(quote.total, quote.currency, language=quote.language)),
            Fact(_("Valid until"), day(quote.valid_until, quote.language)),
        ),
        greeting=greeting_to(quote.customer.name),
        paragraphs=paragraphs_of(custom_message) or (" ".join(standard),),
        facts=tuple(Fact(label, value) for label, value in facts if value),
        button=_("View and accept"),
        closing=_("We look forward to working with you."),
    )
