"""The admin's tables of customers: read and searched, changed only by actions."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.rights import Role
from customers.models import Contact, Customer, Note
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    person = factories.user(Role.ADMIN, is_staff=True, is_superuser=True)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("table", ["customer", "contact", "note", "portallink"])
def test_tables_can_be_listed_searched_and_read(admin: Client, table: str) -> None:
    customer = factories.customer(name="Findable Ltd")
    Contact.objects.create(customer=customer, name="Findable Person")
    Note.objects.create(customer=customer, text="Findable words")
    url = reverse(f"admin:customers_{table}_changelist")
    assert admin.get(url).status_code == 200
    page = admin.get(url, {"q": "Findable"})
    assert page.status_code == 200
    assert admin.get(reverse(f"admin:customers_{table}_add")).status_code == 403
    if table == "customer":
        detail = admin.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
        assert "Findable Person" in detail
        assert "Findable words" in detail
        assert 'name="_save"' not in detail


def test_suspends_by_the_service(admin: Client) -> None:
    customer = factories.customer()
    chosen = {"action": "suspend", "_selected_action": str(customer.pk)}
    url = reverse("admin:customers_customer_changelist")
    assert customer.name in admin.post(url, chosen).content.decode()
    assert Customer.objects.get().status == "active"
    admin.post(url, chosen | {"confirmed": "yes", "reason": "No payment"})
    assert Customer.objects.get().status == "suspended"
