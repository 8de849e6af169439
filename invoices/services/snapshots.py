"""Seller and buyer as they stood when a document was issued."""

from __future__ import annotations

from typing import Any

from billing_assistant.core.models import BusinessProfile
from customers.models import Customer

SELLER_FIELDS = (
    "name",
    "legal_name",
    "email",
    "phone",
    "website",
    "street",
    "city",
    "postal_code",
    "country",
    "tax_id",
    "tax_name",
    "registration_number",
    "accent_color",
    "bank_name",
    "bank_branch",
    "bank_account_name",
    "bank_account_number",
    "bank_swift",
    "mpesa_paybill",
    "mpesa_account_hint",
    "invoice_footer",
)
BUYER_FIELDS = (
    "number",
    "name",
    "email",
    "phone",
    "street",
    "city",
    "postal_code",
    "country",
    "tax_id",
    "invoice_template",
)


def seller_snapshot(profile: BusinessProfile) -> dict[str, Any]:
    """The business profile as it is printed, with the id of its logo file."""
    values = {field: getattr(profile, field) for field in SELLER_FIELDS}
    return values | {"logo_id": str(profile.logo_id) if profile.logo_id else None}


def buyer_snapshot(customer: Customer) -> dict[str, Any]:
    """The customer as it is printed."""
    return {field: getattr(customer, field) for field in BUYER_FIELDS}
