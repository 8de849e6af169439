"""Contacts, notes, portal access and the payment status."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event, User
from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import OwnerBalance
from customers.errors import AccessBelongsToStaff, NoEmailForAccess
from customers.models import Contact, Customer
from customers.services.contacts import contact_add, contact_remove, contact_update
from customers.services.notes import note_add
from customers.services.portal_access import portal_access_end, portal_access_give
from customers.services.standing import Standing, payment_status_of, payment_status_refresh
from customers.states import PaymentStatus
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return factories.customer()


def add(to: Customer, now: datetime, **data: object) -> Contact:
    return contact_add(customer_id=to.pk, data={"name": "Wanjiru Kamau", **data}, actor=factories.actor(), now=now)


def test_the_first_contact_is_the_first_contact(customer: Customer, now: datetime) -> None:
    first, second = add(customer, now), add(customer, now, name="Otieno")
    third = add(customer, now, name="Achieng", is_primary=True, phone="0733 456 789")
    assert [contact.is_primary for contact in (first, second, third)] == [True, False, True]
    assert [(c.name, c.is_primary) for c in customer.contacts.all()] == [
        ("Achieng", True),
        ("Otieno", False),
        ("Wanjiru Kamau", False),
    ]
    assert third.phone == "254733456789"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "x"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"role": "king"}, "role"),
        ({"is_primary": "yes"}, "is_primary"),
        ({"user": "x"}, "user"),
        ({"customer": "x"}, "customer"),
    ],
)
def test_a_bad_contact_is_refused_by_field(
    customer: Customer, now: datetime, data: dict[str, object], field: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        add(customer, now, **data)
    assert list(refused.value.errors) == [field]
    assert not Contact.objects.exists()


def test_a_contact_gets_one_sign_in_for_all_customers(customer: Customer, now: datetime) -> None:
    one = add(customer, now, email="wanjiru@example.com")
    other = add(factories.customer(), now, email="Wanjiru@example.com")
    actor = factories.actor(Role.CSM)
    users = {portal_access_give(contact_id=contact.pk, actor=actor, now=now).user for contact in (one, other)}
    (user,) = users
    assert user is not None
    assert (user.role, user.email, user.has_usable_password()) == ("client", "wanjiru@example.com", False)


def test_access_needs_an_address_and_is_not_for_staff(customer: Customer, now: datetime) -> None:
    with pytest.raises(NoEmailForAccess):
        portal_access_give(contact_id=add(customer, now).pk, actor=factories.actor(), now=now)
    factories.user(Role.FINANCE, email="finance@example.com")
    contact = add(customer, now, email="finance@example.com")
    with pytest.raises(AccessBelongsToStaff):
        portal_access_give(contact_id=contact.pk, actor=factories.actor(), now=now)
    contact.refresh_from_db()
    assert contact.user_id is None


def test_another_address_ends_the_access_of_the_old_one(customer: Customer, now: datetime) -> None:
    contact, actor = add(customer, now, email="old@example.com"), factories.actor()
    portal_access_give(contact_id=contact.pk, actor=actor, now=now)
    contact_update(contact_id=contact.pk, changes={"phone": "0722 123 456"}, actor=actor, now=now)
    assert Contact.objects.get().user_id is not None
    contact_update(contact_id=contact.pk, changes={"email": "new@example.com"}, actor=actor, now=now)
    assert Contact.objects.get().user_id is None
    portal_access_give(contact_id=contact.pk, actor=actor, now=now)
    portal_access_end(contact_id=contact.pk, actor=actor, now=now)
    assert Contact.objects.get().user_id is None
    assert User.objects.filter(role="client").count() == 2


def test_removing_a_contact_keeps_the_story(customer: Customer, now: datetime) -> None:
    contact = add(customer, now)
    contact_remove(contact_id=contact.pk, actor=factories.actor(), now=now)
    assert not Contact.objects.exists()
    assert list(Event.objects.order_by("id").values_list("name", "subject_label")) == [
        ("contact.added", "Wanjiru Kamau"),
        ("contact.removed", "Wanjiru Kamau"),
    ]
    with pytest.raises(NotFound):
        contact_remove(contact_id=contact.pk, actor=factories.actor(), now=now)


def test_strangers_and_readers_change_nobody(customer: Customer, now: datetime) -> None:
    contact = add(customer, now, email="a@example.com")
    stranger = factories.actor(Role.CSM, profiles=[factories.profile()])
    reader = factories.actor(Role.READ_ONLY)
    for actor, refusal in ((stranger, NotFound), (reader, PermissionRefused)):
        with pytest.raises(refusal):
            contact_add(customer_id=customer.pk, data={"name": "X"}, actor=actor, now=now)
        with pytest.raises(refusal):
            contact_update(contact_id=contact.pk, changes={"name": "X"}, actor=actor, now=now)
        with pytest.raises(refusal):
            contact_remove(contact_id=contact.pk, actor=actor, now=now)
        with pytest.raises(refusal):
            portal_access_give(contact_id=contact.pk, actor=actor, now=now)
        with pytest.raises(refusal):
            note_add(customer_id=customer.pk, text="X", actor=actor, now=now)


def test_a_note_has_its_author_and_no_empty_one_is_kept(customer: Customer, now: datetime) -> None:
    person = factories.user(Role.CSM)
    note = note_add(customer_id=customer.pk, text=" Prefers calls\nafter noon ", actor=Actor.of_user(person), now=now)
    assert (note.text, note.author, note.created_at) == ("Prefers calls\nafter noon", person, now)
    for text in ("", " \n ", "x" * 4001):
        with pytest.raises(ValidationFailed) as refused:
            note_add(customer_id=customer.pk, text=text, actor=factories.actor(), now=now)
        assert list(refused.value.errors) == ["text"]


@pytest.mark.parametrize(
    ("has_overdue", "days_late", "outstanding", "credit_limit", "status"),
    [
        (False, 0, "100", None, PaymentStatus.GOOD),
        (False, 0, "100", "100", PaymentStatus.GOOD),
        (False, 0, "100.01", "100", PaymentStatus.WARNING),
        (False, 3, "0", None, PaymentStatus.WARNING),
        (True, 0, "0.99", None, PaymentStatus.OVERDUE),
        (True, 9, "100.01", "100", PaymentStatus.OVERDUE),
    ],
)
def test_payment_status_by_rule(
    has_overdue: bool, days_late: int, outstanding: str, credit_limit: str | None, status: PaymentStatus
) -> None:
    limit = None if credit_limit is None else Decimal(credit_limit)
    assert payment_status_of(Standing(has_overdue, days_late, Decimal(outstanding), limit)) is status


def test_payment_status_is_kept_and_told_once(customer: Customer, now: datetime) -> None:
    OwnerBalance.objects.create(
        profile=customer.profile,
        owner_id=customer.pk,
        currency=customer.currency,
        outstanding=Decimal(500),
        last_document_on=date(2026, 3, 1),
    )
    for _again in range(2):
        payment_status_refresh(customer_id=customer.pk, has_overdue=True, days_late=0, now=now)
    assert payment_status_refresh(customer_id=customer.pk, has_overdue=False, days_late=0, now=now) == "good"
    Customer.objects.filter(pk=customer.pk).update(credit_limit=Decimal(499))
    assert payment_status_refresh(customer_id=customer.pk, has_overdue=False, days_late=0, now=now) == "warning"
    told = [(event.data["old"], event.data["new"]) for event in Event.objects.order_by("id")]
    assert told == [("good", "overdue"), ("overdue", "good"), ("good", "warning")]
