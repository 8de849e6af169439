"""Tax numbers and bank accounts: unreadable in the database and its history, found whole, resealed with a new key."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from billing_assistant.core import crypto
from billing_assistant.core.models.sealed import found_by
from billing_assistant.core.rights import Role
from billing_assistant.core.services.resealing import sealed_rows_reseal
from customers import selectors
from customers.models import Customer
from customers.selectors import CustomerFilters
from customers.services.customers import customer_update
from tests import factories

pytestmark = pytest.mark.django_db

PIN, ACCOUNT = "P051234567X", "0123456789"


def signed_in(client: Client, role: Role) -> Client:
    person = factories.user(role, is_staff=True)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sealed_customer(**fields: Any) -> Customer:
    return factories.customer(tax_id=PIN, bank_name="Equity", bank_account_number=ACCOUNT, **fields)


def dumped(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(t::text, '|') FROM {table} t")
        return str(cursor.fetchone()[0])


def test_the_database_and_its_history_hold_no_readable_number() -> None:
    customer = sealed_customer()
    customer_update(customer_id=customer.pk, changes={"tax_id": "P0999"}, actor=factories.SYSTEM, now=factories.NOW)
    for table in ("customers_customer", "customers_customerevent"):
        content = dumped(table)
        for secret in (PIN, "P0999", ACCOUNT, "Equity"):
            assert secret not in content
    assert Customer.objects.get().tax_id == "P0999"


def test_bulk_creation_seals_too() -> None:
    profile = factories.profile()
    Customer.objects.bulk_create(
        [Customer(profile=profile, number=f"C-{n}", name="A", tax_id=f"PIN{n}") for n in (1, 2)]
    )
    assert [one.tax_id for one in Customer.objects.order_by("number")] == ["PIN1", "PIN2"]
    assert PIN not in dumped("customers_customer")


def test_a_sealed_number_copied_to_another_row_does_not_open() -> None:
    one, other = sealed_customer(), factories.customer()
    Customer.objects.filter(pk=other.pk).update(tax_id_sealed=one.tax_id_sealed)
    with pytest.raises(crypto.SealBroken):
        _ = Customer.objects.get(pk=other.pk).tax_id


@pytest.mark.parametrize("typed", [PIN, PIN.lower(), "P05 1234 567X "])
def test_the_list_finds_a_whole_tax_number_and_no_part(typed: str) -> None:
    profile = factories.profile()
    customer = sealed_customer(of=profile)
    rows = selectors.customers_for(factories.SYSTEM, profile_id=profile.pk)
    assert list(selectors.customers_filtered(rows, CustomerFilters(search=typed))) == [customer]
    assert not selectors.customers_filtered(rows, CustomerFilters(search=typed.strip()[:-1])).exists()


def test_the_admin_finds_and_shows_the_numbers_but_not_the_columns(client: Client) -> None:
    customer = sealed_customer()
    factories.customer(name="Other Ltd")
    admin = signed_in(client, Role.ADMIN)
    for number in (PIN, ACCOUNT):
        page = admin.get(reverse("admin:customers_customer_changelist"), {"q": number}).content.decode()
        assert customer.number in page
        assert "Other Ltd" not in page
    detail = admin.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert PIN in detail
    assert "•••• 6789" in detail
    assert ACCOUNT not in detail
    assert customer.tax_id_sealed not in detail


@pytest.mark.parametrize(("role", "shown"), [(Role.FINANCE, ACCOUNT), (Role.READ_ONLY, "•••• 6789")])
def test_only_who_edits_customers_sees_the_whole_account_number(client: Client, role: Role, shown: str) -> None:
    customer = sealed_customer()
    answer = signed_in(client, role).get(f"/api/customers/{customer.pk}").json()
    assert answer["tax_id"] == PIN
    assert answer["bank_details"] == {"bank_name": "Equity", "account_name": "", "account_number": shown, "swift": ""}


def test_the_api_writes_bank_details_and_a_second_address(client: Client) -> None:
    customer = factories.customer()
    body = {
        "bank_details": {"account_number": "0123-456 789", "swift": "eqblkena"},
        "secondary_address": {"city": "Mombasa", "country": "KE"},
    }
    finance = signed_in(client, Role.FINANCE)
    url = f"/api/customers/{customer.pk}"
    answer = finance.put(url, body, content_type="application/json").json()
    assert answer["bank_details"]["account_number"] == ACCOUNT
    assert answer["bank_details"]["swift"] == "EQBLKENA"
    assert answer["secondary_address"] == {"street": "", "city": "Mombasa", "postal_code": "", "country": "Kenya"}
    refused = finance.put(url, {"bank_details": {"swift": "no"}}, content_type="application/json")
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["bank_details.swift"]


def test_the_form_keeps_bank_details_and_a_second_address(client: Client) -> None:
    customer = factories.customer()
    page = signed_in(client, Role.FINANCE)
    url = reverse("customers:edit", args=[customer.pk])
    form = page.get(url).context["form"]
    typed = {name: value for name, value in form.initial.items() if value is not None}
    typed |= {"bank_account_number": "0123 456 789", "tax_id": PIN, "secondary_city": "Kisumu"}
    assert page.post(url, typed).status_code == 302
    kept = Customer.objects.get()
    assert (kept.bank_account_number, kept.tax_id, kept.secondary_city) == (ACCOUNT, PIN, "Kisumu")
    wrong = page.post(url, typed | {"bank_account_number": "?"})
    assert "This is not an account number" in wrong.content.decode()


def test_a_new_key_reseals_rows_and_history_once(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    customer = sealed_customer()
    old = settings.FIELD_ENCRYPTION_KEYS
    new = "fresh:" + base64.b64encode(bytes(range(64, 96))).decode()
    settings.FIELD_ENCRYPTION_KEYS = f"{new},{old}"
    assert Customer.objects.filter(found_by(Customer, "tax_id", PIN)).exists()
    before = apps.get_model("customers", "CustomerEvent").objects.count()
    call_command("reseal")
    assert "customers_customer: 3" in capsys.readouterr().out
    assert sealed_rows_reseal() == 0
    assert apps.get_model("customers", "CustomerEvent").objects.count() == before
    settings.FIELD_ENCRYPTION_KEYS = new
    customer.refresh_from_db()
    assert (customer.tax_id, customer.bank_account_number) == (PIN, ACCOUNT)
    assert Customer.objects.filter(found_by(Customer, "tax_id", PIN)).exists()
    kept = apps.get_model("customers", "CustomerEvent").objects.get()
    assert crypto.key_id_of(kept.tax_id_sealed) == "fresh"
