"""Sentences for the person who reviews a draft. Codes are kept in results; the sentence is made when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ai_agent.drafting.types import Note

RULES_LABEL: Final = "Drafted by rules, no AI model used"


def gettext_noop(message: str) -> str:
    """Marks a sentence for the translators without needing settings."""
    return message


_SENTENCES: Final[Mapping[str, str]] = {
    "price_from_history": gettext_noop("The price of “%(item)s” was not said; %(rate)s is from invoice %(number)s."),
    "price_from_catalogue": gettext_noop(
        "The price of “%(item)s” was not said; the catalogue has %(rate)s for “%(number)s”."
    ),
    "rate_missing": gettext_noop("Say the price of “%(item)s”."),
    "quantity_missing": gettext_noop("Say how many of “%(item)s”."),
    "items_missing": gettext_noop("Say what to bill."),
    "figure_refused": gettext_noop("The figure “%(figure)s” does not occur in the request, so it was not used."),
    "item_refused": gettext_noop("“%(item)s” does not occur in the request, so it was left out."),
    "phrase_refused": gettext_noop("“%(words)s” does not occur in the request, so it was not used."),
    "other_currency": gettext_noop("“%(figure)s” is in another currency than the draft; nothing is converted."),
    "unit_differs": gettext_noop("“%(item)s” is counted in %(counted)s, but its price is for a %(priced)s."),
    "total_split": gettext_noop("The total of “%(item)s” was divided by its quantity."),
    "repeated_invoice": gettext_noop("Repeated from invoice %(number)s of %(date)s."),
    "invoice_not_found": gettext_noop("There is no earlier invoice for “%(words)s”."),
    "line_not_found": gettext_noop("No line of the repeated invoice matches “%(item)s”."),
    "discount_not_read": gettext_noop("The discount “%(words)s” could not be applied. Check it."),
    "discount_too_large": gettext_noop("The discount “%(words)s” is larger than the amounts, so it was not applied."),
    "due_not_read": gettext_noop("“%(words)s” names no date; the customer's payment terms were used."),
    "not_followed": gettext_noop("Not followed, because it is no part of a draft: “%(words)s”"),
    "service_period": gettext_noop("Consider adding the service period."),
    "check_tax": gettext_noop("Check the tax: the request names a rate of its own."),
    "check_amount": gettext_noop("“%(item)s” is far above what this customer is usually billed for it."),
    "check_duplicate": gettext_noop("This has the same lines as invoice %(number)s of %(date)s."),
}


def sentence(note: Note) -> tuple[str, Mapping[str, str]]:
    """The English sentence of a note, to be translated, and the values to fill it with."""
    return _SENTENCES[note.code], note.values


def english(note: Note) -> str:
    """The note in English."""
    message, values = sentence(note)
    return message % values if values else message
