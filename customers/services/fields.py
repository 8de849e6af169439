"""The fields of a customer that people and programs may write. Anything else is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import BusinessProfile
from customers.countries import country_code
from customers.models import Customer
from customers.services import values
from customers.services.values import BadValue, Place, Reader
from customers.states import BillingCycle, CustomerStatus, InvoiceStyle, PaymentTerms, PreferredMethod

NOTES_LENGTH: Final = 4_000

READERS: Final[Mapping[str, Reader]] = {
    "name": values.text(160, required=True),
    "email": values.email,
    "phone": values.phone,
    "secondary_email": values.email,
    "secondary_phone": values.phone,
    "street": values.text(200),
    "city": values.text(100),
    "postal_code": values.text(20),
    "country": values.country,
    "secondary_street": values.text(200),
    "secondary_city": values.text(100),
    "secondary_postal_code": values.text(20),
    "secondary_country": values.country,
    "business_type": values.text(60),
    "tax_id": values.text(40),
    "bank_name": values.text(80),
    "bank_account_name": values.text(120),
    "bank_account_number": values.account_number,
    "bank_swift": values.swift,
    "preferred_payment_method": values.one_of(PreferredMethod),
    "payment_terms": values.one_of(PaymentTerms),
    "billing_cycle": values.one_of(BillingCycle),
    "credit_limit": values.limit,
    "auto_send_invoices": values.yes_or_no,
    "send_reminders": values.yes_or_no,
    "invoice_template": values.one_of(InvoiceStyle),
    "language": values.language,
    "include_tax": values.yes_or_no,
    "currency": values.currency,
    "notes": values.lines(NOTES_LENGTH),
    "tags": values.tags,
}
CREATE_FIELDS: Final = frozenset(READERS)
UPDATE_FIELDS: Final = CREATE_FIELDS | {"status"}


def defaults_for(profile: BusinessProfile) -> dict[str, Any]:
    """What a new customer of a profile has where nothing was said."""
    terms = {term.days: term for term in PaymentTerms}
    return {
        "currency": profile.currency,
        "language": profile.language,
        "payment_terms": terms.get(profile.payment_terms_days, PaymentTerms.NET_30).value,
    }


def customer_fields(
    given: Mapping[str, object], *, profile: BusinessProfile, current: Customer | None = None
) -> dict[str, Any]:
    """The given fields as they are kept. Raises ValidationFailed with every reason, by field.

    Phone numbers are read as of the customer's country (else the profile's), the credit limit in its currency.
    """
    allowed = UPDATE_FIELDS if current else CREATE_FIELDS
    readers = {**READERS, "status": values.one_of(CustomerStatus)}
    errors = {name: [_("This field cannot be set.")] for name in given if name not in allowed}
    place = _place(given, profile, current)
    kept: dict[str, Any] = {}
    for name in given.keys() & allowed:
        try:
            kept[name] = readers[name](given[name], place)
        except BadValue as error:
            errors[name] = [str(error)]
    if current is None and "name" not in given:
        errors["name"] = [_("This is needed.")]
    if errors:
        raise ValidationFailed(errors)
    return {name: kept[name] for name in readers if name in kept}


def _place(given: Mapping[str, object], profile: BusinessProfile, current: Customer | None) -> Place:
    country = str(given.get("country") or (current.country if current else ""))
    currency = str(given.get("currency") or (current.currency if current else profile.currency)).strip().upper()
    return Place(
        region=country_code(country) or profile.country,
        currency=currency if currency in CURRENCIES else profile.currency,
    )
