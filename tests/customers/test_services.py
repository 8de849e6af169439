"""Writing customers: what is kept, what is refused, what is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from customers.errors import CustomerChanged
from customers.models import Customer
from customers.services.customers import customer_create, customer_set_status, customer_update
from customers.services.fields import CREATE_FIELDS
from customers.states import CustomerStatus
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.profile()


def create(seller: BusinessProfile, now: datetime, **data: Any) -> Customer:
    made = customer_create(
        profile_id=seller.pk, data={"name": "New Company Ltd", **data}, actor=factories.actor(), now=now
    )
    return Customer.objects.get(pk=made.pk)


def test_keeps_every_field_of_the_plan(seller: BusinessProfile, now: datetime) -> None:
    data = {
        "name": "  Tech   Solutions Ltd ",
        "email": "info@techsolutions.com",
        "phone": "0722 123 456",
        "secondary_email": "billing@tech.com",
        "secondary_phone": "+254 733 456789",
        "street": "123 Kimathi Street",
        "city": "Nairobi",
        "postal_code": "00100",
        "country": "ke",
        "business_type": "technology",
        "secondary_street": "Plot 7, Enterprise Road",
        "secondary_city": "Nairobi",
        "secondary_postal_code": "00500",
        "secondary_country": "Kenya",
        "tax_id": "P051234567X",
        "bank_name": "Equity Bank",
        "bank_account_name": "Tech Solutions Ltd",
        "bank_account_number": "0123 4567-89",
        "bank_swift": "eqblkena",
        "preferred_payment_method": "mpesa",
        "payment_terms": "net_60",
        "billing_cycle": "monthly",
        "credit_limit": "1000000.50",
        "auto_send_invoices": True,
        "send_reminders": False,
        "invoice_template": "detailed",
        "language": "swahili",
        "include_tax": False,
        "currency": "usd",
        "notes": "VIP customer,\r\nprefers monthly billing ",
        "tags": ["VIP", "technology", "vip", " recurring "],
    }
    assert set(data) == CREATE_FIELDS
    customer = create(seller, now, **data)
    kept = {
        **data,
        "name": "Tech Solutions Ltd",
        "phone": "254722123456",
        "secondary_phone": "254733456789",
        "country": "Kenya",
        "bank_account_number": "0123456789",
        "bank_swift": "EQBLKENA",
        "credit_limit": Decimal("1000000.5"),
        "language": "sw",
        "currency": "USD",
        "notes": "VIP customer,\nprefers monthly billing",
        "tags": ["vip", "technology", "recurring"],
    }
    assert {name: getattr(customer, name) for name in kept} == kept
    assert (customer.number, customer.status, customer.payment_status) == ("CUST-0001", "active", "good")
    assert customer.created_at == customer.updated_at == now


def test_takes_defaults_from_the_profile(now: datetime) -> None:
    seller = factories.profile(currency="TZS", language="sw", payment_terms_days=45)
    customer = create(seller, now)
    assert (customer.currency, customer.language, customer.payment_terms) == ("TZS", "sw", "net_45")


def test_numbers_follow_the_format_of_the_profile_and_skip_taken_ones(now: datetime) -> None:
    seller = factories.profile(customer_number_format="C{number:03}-KE")
    factories.customer(seller, number="C002-KE")
    assert [create(seller, now).number for _ in range(3)] == ["C001-KE", "C003-KE", "C004-KE"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0722123456", "254722123456"),
        ("254722123456", "254722123456"),
        ("+254 (0)722 123456", "254722123456"),
        ("0110 123456", "254110123456"),
        ("020 2222222", "254202222222"),
        ("+1 415 555 2671", "14155552671"),
        ("44 20 7946 0958", "442079460958"),
        ("", ""),
    ],
)
def test_phones_are_kept_as_digits_with_country_code(
    seller: BusinessProfile, now: datetime, typed: str, kept: str
) -> None:
    assert create(seller, now, phone=typed).phone == kept


def test_a_local_phone_is_read_as_of_the_customers_country(seller: BusinessProfile, now: datetime) -> None:
    assert create(seller, now, phone="020 7946 0958", country="United Kingdom").phone == "442079460958"


BAD: list[tuple[str, object]] = [
    ("name", ""),
    ("name", "   "),
    ("name", "x" * 161),
    ("name", "Nul\x00byte"),
    ("name", 7),
    ("name", None),
    ("email", "not an address"),
    ("email", "a@b"),
    ("email", f"{'x' * 250}@example.com"),
    ("phone", "12345"),
    ("phone", "0722 123 45"),
    ("phone", "call me"),
    ("phone", "0" * 200),
    ("phone", "\u0660\u0667\u0662\u0662"),
    ("country", "Atlantis"),
    ("country", "ZZ"),
    ("currency", "KSH"),
    ("currency", ""),
    ("payment_terms", "net_31"),
    ("preferred_payment_method", "barter"),
    ("billing_cycle", "sometimes"),
    ("invoice_template", "../../etc/passwd"),
    ("language", "fr"),
    ("auto_send_invoices", "yes"),
    ("include_tax", 1),
    ("credit_limit", "-1"),
    ("credit_limit", "NaN"),
    ("credit_limit", "Infinity"),
    ("credit_limit", "1e30"),
    ("credit_limit", "10.005"),
    ("credit_limit", "\u0663"),
    ("credit_limit", True),
    ("credit_limit", "much"),
    ("tags", "vip"),
    ("tags", ["x" * 41]),
    ("tags", [7]),
    ("tags", [f"tag{n}" for n in range(21)]),
    ("notes", "x" * 4001),
    ("notes", "bell \x07"),
]


@pytest.mark.parametrize(("field", "value"), BAD, ids=[f"{field}-{n}" for n, (field, _) in enumerate(BAD)])
def test_refuses_a_bad_value_and_names_the_field(
    seller: BusinessProfile, now: datetime, field: str, value: object
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        create(seller, now, **{field: value})
    assert list(refused.value.errors) == [field]
    assert refused.value.errors[field][0]
    assert not Customer.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "field",
    ["number", "payment_status", "status", "id", "profile", "profile_id", "created_by", "is_placeholder", "total"],
)
def test_refuses_to_set_what_is_not_for_people(seller: BusinessProfile, now: datetime, field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        create(seller, now, **{field: "CUST-9999"})
    assert list(refused.value.errors) == [field]


def test_tells_every_error_at_once(seller: BusinessProfile, now: datetime) -> None:
    with pytest.raises(ValidationFailed) as refused:
        create(seller, now, name="", email="x", currency="??")
    assert set(refused.value.errors) == {"name", "email", "currency"}


@pytest.mark.parametrize(("currency", "limit", "fits"), [("JPY", "10.5", False), ("KWD", "10.505", True)])
def test_a_credit_limit_is_in_whole_minor_units(
    seller: BusinessProfile, now: datetime, currency: str, limit: str, fits: bool
) -> None:
    if fits:
        assert create(seller, now, currency=currency, credit_limit=limit).credit_limit == Decimal(limit)
        return
    with pytest.raises(ValidationFailed, match="JPY"):
        create(seller, now, currency=currency, credit_limit=limit)


def test_update_changes_what_is_given_and_tells_which_fields(seller: BusinessProfile, now: datetime) -> None:
    customer = create(seller, now, email="old@example.com", city="Nairobi")
    later = now + timedelta(hours=1)
    customer_update(
        customer_id=customer.pk,
        changes={"email": "new@example.com", "city": "Nairobi"},
        actor=factories.actor(Role.CSM),
        now=later,
    )
    customer.refresh_from_db()
    assert (customer.email, customer.city, customer.updated_at) == ("new@example.com", "Nairobi", later)
    event = Event.objects.get(name="customer.updated")
    assert (event.data["fields"], event.customer_id, event.subject_label) == (["email"], customer.pk, customer.name)


def test_update_without_a_difference_writes_nothing(seller: BusinessProfile, now: datetime) -> None:
    customer = create(seller, now)
    customer_update(
        customer_id=customer.pk, changes={"name": customer.name}, actor=factories.actor(), now=now + timedelta(days=1)
    )
    customer.refresh_from_db()
    assert customer.updated_at == now
    assert not Event.objects.filter(name="customer.updated").exists()


def test_update_refuses_when_somebody_saved_meanwhile(seller: BusinessProfile, now: datetime) -> None:
    customer = create(seller, now)
    actor, later = factories.actor(), now + timedelta(minutes=5)
    customer_update(customer_id=customer.pk, changes={"city": "Mombasa"}, actor=actor, now=later, seen_at=now)
    with pytest.raises(CustomerChanged):
        customer_update(customer_id=customer.pk, changes={"city": "Kisumu"}, actor=actor, now=later, seen_at=now)
    customer.refresh_from_db()
    assert customer.city == "Mombasa"


def test_suspends_and_takes_back(seller: BusinessProfile, now: datetime) -> None:
    customer, actor = create(seller, now), factories.actor()
    for status in (CustomerStatus.SUSPENDED, CustomerStatus.SUSPENDED, CustomerStatus.ACTIVE):
        customer_set_status(customer_id=customer.pk, status=status, actor=actor, now=now, reason="Did not pay")
    told = [event.data for event in Event.objects.filter(name="customer.status_changed").order_by("id")]
    assert [(data["old"], data["new"]) for data in told] == [("active", "suspended"), ("suspended", "active")]
    assert told[0]["reason"] == "Did not pay"


def test_status_can_come_with_an_update(seller: BusinessProfile, now: datetime) -> None:
    customer = create(seller, now)
    customer_update(
        customer_id=customer.pk, changes={"status": "inactive", "city": "Nakuru"}, actor=factories.actor(), now=now
    )
    assert Customer.objects.filter(status="inactive", city="Nakuru").exists()
    assert set(Event.objects.values_list("name", flat=True)) == {
        "customer.created",
        "customer.updated",
        "customer.status_changed",
    }


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.CLIENT])
def test_needs_the_right(seller: BusinessProfile, now: datetime, role: Role) -> None:
    customer, actor = create(seller, now), factories.actor(role)
    with pytest.raises(PermissionRefused):
        customer_create(profile_id=seller.pk, data={"name": "X"}, actor=actor, now=now)
    with pytest.raises(PermissionRefused):
        customer_update(customer_id=customer.pk, changes={"name": "X"}, actor=actor, now=now)
    with pytest.raises(PermissionRefused):
        customer_set_status(customer_id=customer.pk, status=CustomerStatus.INACTIVE, actor=actor, now=now)


def test_somebody_elses_customer_is_not_there(seller: BusinessProfile, now: datetime) -> None:
    customer = create(seller, now)
    stranger = factories.actor(Role.FINANCE, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        customer_update(customer_id=customer.pk, changes={"name": "Mine"}, actor=stranger, now=now)
    with pytest.raises(NotFound):
        customer_create(profile_id=seller.pk, data={"name": "Mine"}, actor=stranger, now=now)
    customer.refresh_from_db()
    assert customer.name == "New Company Ltd"
