"""Rows that tests need, with fixed values."""

from __future__ import annotations

from itertools import count
from typing import Any

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.rights import Role
from customers.models import Customer

_numbers = count(1)


def profile(**fields: Any) -> BusinessProfile:
    """A business profile in Nairobi, unless told otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "name": "Chromapages",
        "legal_name": "Chromapages Limited",
        "slug": f"chromapages-{number}",
        "email": "billing@chromapages.example",
        "bank_name": "Equity Bank",
        "bank_account_name": "Chromapages Limited",
        "bank_account_number": "0123456789",
        "mpesa_paybill": "522533",
        "tax_id": "P051234567X",
    }
    return BusinessProfile.objects.create(**(defaults | fields))


def user(role: Role = Role.ADMIN, **fields: Any) -> User:
    """A person with a role; the password is `correct horse battery`."""
    number = next(_numbers)
    name = fields.pop("username", f"{role.value}-{number}")
    profiles = fields.pop("profiles", [])
    made = User.objects.create_user(
        username=name,
        email=fields.pop("email", f"{name}@example.com"),
        password="correct horse battery",
        role=role,
        **fields,
    )
    made.profiles.set(profiles)
    return made


def actor(role: Role = Role.ADMIN, **fields: Any) -> Actor:
    """A signed-in person as an actor."""
    return Actor.of_user(user(role, **fields))


def customer(of: BusinessProfile | None = None, **fields: Any) -> Customer:
    """A customer of a profile."""
    number = next(_numbers)
    of = of or profile()
    defaults: dict[str, Any] = {
        "name": "Tech Solutions Ltd",
        "email": "info@techsolutions.example",
        "phone": "254722123456",
        "number": f"CUST-{number:04}",
        "currency": of.currency,
    }
    return Customer.objects.create(profile=of, **(defaults | fields))
