"""The customers of the demo company: the samples of the requirements, and three neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from billing_assistant.core.actors import Actor
from billing_assistant.shell.demo import CLIENT_EMAIL
from customers.models import Customer
from customers.services.contacts import contact_add
from customers.services.customers import customer_create
from customers.services.notes import note_add
from customers.services.portal_access import portal_access_give

ABROAD: Final = {"currency": "USD", "include_tax": False}


@dataclass(frozen=True, slots=True)
class Sample:
    """A customer, the people there and what colleagues noted."""

    key: str
    data: Mapping[str, Any]
    contacts: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    portal: tuple[str, ...] = field(default=())


SAMPLES: Final = (
    Sample(
        "techcorp",
        {
            **ABROAD,
            "name": "TechCorp Inc.",
            "email": "ap@techcorp.example",
            "phone": "+1 415 555 2671",
            "street": "500 Howard Street",
            "city": "San Francisco",
            "postal_code": "CA 94105",
            "country": "United States",
            "business_type": "technology",
            "preferred_payment_method": "credit_card",
            "billing_cycle": "monthly",
            "credit_limit": "10000",
            "tags": ["recurring", "abroad"],
        },
        ({"name": "Dana Whitfield", "email": "dana@techcorp.example", "role": "billing"},),
    ),
    Sample(
        "startuphub",
        {
            **ABROAD,
            "name": "StartupHub LLC",
            "email": "finance@startuphub.example",
            "phone": "+1 512 555 0143",
            "city": "Austin",
            "country": "United States",
            "business_type": "coworking",
            "preferred_payment_method": "bank_transfer",
            "billing_cycle": "quarterly",
            "tags": ["abroad"],
        },
    ),
    Sample(
        "global",
        {
            **ABROAD,
            "name": "Global Solutions Ltd.",
            "email": "accounts@globalsolutions.example",
            "phone": "+44 20 7946 0958",
            "street": "12 Finsbury Square",
            "city": "London",
            "postal_code": "EC2A 1AN",
            "country": "United Kingdom",
            "preferred_payment_method": "credit_card",
            "billing_cycle": "monthly",
            "tags": ["recurring", "abroad"],
        },
        ({"name": "Oliver Hughes", "email": "oliver@globalsolutions.example", "role": "billing"},),
    ),
    Sample(
        "digital",
        {
            **ABROAD,
            "name": "Digital Agency Pro",
            "email": "hello@digitalagency.example",
            "country": "Netherlands",
            "city": "Rotterdam",
            "preferred_payment_method": "paypal",
            "billing_cycle": "monthly",
        },
        notes=("Two reminders without an answer. Suspended until the last invoice is paid.",),
    ),
    Sample(
        "techsolutions",
        {
            "name": "Tech Solutions Ltd",
            "email": "info@techsolutions.example",
            "phone": "0722 123 456",
            "secondary_email": "billing@techsolutions.example",
            "secondary_phone": "0733 456 789",
            "street": "123 Kimathi Street",
            "city": "Nairobi",
            "postal_code": "00100",
            "country": "Kenya",
            "business_type": "technology",
            "tax_id": "P051234567X",
            "preferred_payment_method": "mpesa",
            "payment_terms": "net_30",
            "billing_cycle": "monthly",
            "credit_limit": "1000000",
            "notes": "VIP customer, prefers monthly billing",
            "tags": ["vip", "technology", "recurring"],
        },
        (
            {"name": "Wanjiru Kamau", "email": CLIENT_EMAIL, "phone": "0722 123 456", "role": "billing"},
            {"name": "Peter Ochieng", "email": "peter@techsolutions.example", "role": "technical"},
        ),
        ("Wants the purchase order number on every invoice.", "Prefers a call after noon."),
        portal=(CLIENT_EMAIL,),
    ),
    Sample(
        "savanna",
        {
            "name": "Savanna Logistics Ltd",
            "email": "accounts@savanna.example",
            "phone": "0711 204 118",
            "city": "Mombasa",
            "country": "Kenya",
            "business_type": "transport",
            "preferred_payment_method": "bank",
            "payment_terms": "net_15",
            "tags": ["recurring"],
        },
    ),
    Sample(
        "baraka",
        {
            "name": "Baraka Foods",
            "email": "pesa@baraka.example",
            "phone": "0734 881 902",
            "city": "Kisumu",
            "country": "Kenya",
            "business_type": "food",
            "preferred_payment_method": "mpesa",
            "language": "sw",
            "payment_terms": "net_15",
        },
    ),
    Sample(
        "nyumba",
        {
            "name": "Nyumba Interiors & Partners Architects, Westlands",
            "email": "studio@nyumba.example",
            "phone": "0757 310 665",
            "city": "Nairobi",
            "country": "Kenya",
            "preferred_payment_method": "cheque",
            "payment_terms": "net_60",
        },
    ),
    Sample(
        "jua",
        {
            "name": "Jua Solar Ltd",
            "email": "office@juasolar.example",
            "phone": "0722 481 310",
            "city": "Nakuru",
            "country": "Kenya",
            "business_type": "energy",
            "preferred_payment_method": "mpesa",
            "payment_terms": "net_15",
            "billing_cycle": "monthly",
            "tags": ["recurring"],
        },
    ),
    Sample(
        "lamu",
        {
            "name": "Lamu Dhow House",
            "email": "stay@lamudhow.example",
            "phone": "0745 660 218",
            "city": "Lamu",
            "country": "Kenya",
            "business_type": "hospitality",
            "preferred_payment_method": "credit_card",
            "payment_terms": "net_30",
            "billing_cycle": "quarterly",
            "tags": ["recurring"],
        },
    ),
    Sample(
        "kijani",
        {
            "name": "Kijani Growers Cooperative",
            "email": "accounts@kijani.example",
            "phone": "0798 104 775",
            "city": "Nakuru",
            "country": "Kenya",
            "business_type": "agriculture",
            "preferred_payment_method": "mpesa",
            "language": "sw",
            "payment_terms": "net_30",
            "billing_cycle": "monthly",
            "tags": ["recurring"],
        },
    ),
)


def customers_make(*, profile_id: UUID, actor: Actor, now: datetime) -> dict[str, Customer]:
    """Adds the samples in their order, so that TechCorp Inc. is CUST-0001; returns them by key."""
    return {sample.key: _make(sample, profile_id, actor, now) for sample in SAMPLES}


def _make(sample: Sample, profile_id: UUID, actor: Actor, now: datetime) -> Customer:
    customer = customer_create(profile_id=profile_id, data=sample.data, actor=actor, now=now)
    for person in sample.contacts:
        contact = contact_add(customer_id=customer.pk, data=person, actor=actor, now=now)
        if contact.email in sample.portal:
            portal_access_give(contact_id=contact.pk, actor=actor, now=now)
    for text in sample.notes:
        note_add(customer_id=customer.pk, text=text, actor=actor, now=now)
    return customer
