"""The pages of the customers floor, as people of each role see them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Contact, Customer, Note
from tests import factories

pytestmark = pytest.mark.django_db
STAFF = [Role.ADMIN, Role.FINANCE, Role.CSM, Role.READ_ONLY]
EDITORS = [Role.ADMIN, Role.FINANCE, Role.CSM]


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.profile()


def sign_in(client: Client, role: Role = Role.ADMIN, **fields: Any) -> User:
    person = factories.user(role, **fields)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return person


def owes(customer: Customer, amount: str, currency: str = "", **fields: Any) -> None:
    OwnerBalance.objects.create(
        profile=customer.profile,
        owner_id=customer.pk,
        currency=currency or customer.currency,
        billed=Decimal(amount),
        outstanding=Decimal(amount),
        document_count=1,
        **fields,
    )


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_the_list(client: Client, seller: BusinessProfile, role: Role) -> None:
    customer = factories.customer(seller, name="Tech Solutions Ltd")
    owes(customer, "52200")
    sign_in(client, role)
    page = client.get(reverse("customers:list")).content.decode()
    assert "Tech Solutions Ltd" in page
    assert "52,200.00" in page
    assert (reverse("customers:new") in page) is (role in EDITORS)


@pytest.mark.parametrize("name", ["customers:list", "customers:new", "customers:export", "customers:options"])
def test_strangers_sign_in_first_and_clients_are_refused(client: Client, seller: BusinessProfile, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302
    sign_in(client, Role.CLIENT)
    assert client.get(reverse(name)).status_code == 403


def test_an_empty_list_says_what_it_is_for(client: Client, seller: BusinessProfile) -> None:
    sign_in(client)
    page = client.get(reverse("customers:list")).content.decode()
    assert "No customers yet" in page
    assert reverse("customers:new") in page


def test_a_list_without_a_match_offers_to_clear(client: Client, seller: BusinessProfile) -> None:
    factories.customer(seller)
    sign_in(client)
    page = client.get(reverse("customers:list"), {"q": "zebra"}).content.decode()
    assert "No customer matches" in page
    assert "“zebra”" in page


def test_htmx_gets_the_list_alone_from_the_same_address(client: Client, seller: BusinessProfile) -> None:
    factories.customer(seller)
    sign_in(client)
    whole = client.get(reverse("customers:list"))
    part = client.get(reverse("customers:list"), headers={"HX-Request": "true"})
    assert "HX-Request" in part["Vary"]
    assert "HX-Request" in whole["Vary"]
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "Tech Solutions Ltd" in part.content.decode()


def test_people_see_only_customers_of_their_profiles(client: Client, seller: BusinessProfile) -> None:
    own = factories.customer(seller, name="Mine")
    foreign = factories.customer(factories.profile(), name="Theirs")
    sign_in(client, Role.CSM, profiles=[seller])
    assert "Theirs" not in client.get(reverse("customers:list")).content.decode()
    contact = Contact.objects.create(customer=foreign, name="X")
    calls: list[tuple[str, list[Any], Any]] = [
        ("customers:detail", [foreign.pk], client.get),
        ("customers:edit", [foreign.pk], client.get),
        ("customers:edit", [foreign.pk], client.post),
        ("customers:status", [foreign.pk], client.post),
        ("customers:contact_new", [foreign.pk], client.post),
        ("customers:contact_edit", [foreign.pk, contact.pk], client.get),
        ("customers:contact_edit", [own.pk, contact.pk], client.get),
        ("customers:contact_remove", [foreign.pk, contact.pk], client.post),
        ("customers:contact_remove", [own.pk, contact.pk], client.post),
        ("customers:contact_access", [own.pk, contact.pk], client.post),
        ("customers:note_new", [foreign.pk], client.post),
    ]
    for name, args, method in calls:
        answer = method(reverse(name, args=args), {"status": "suspended", "name": "Y", "text": "Z"})
        assert answer.status_code == 404, name
    foreign.refresh_from_db()
    assert (foreign.name, foreign.status, Contact.objects.count()) == ("Theirs", "active", 1)


FORM = {
    "name": "New Company Ltd",
    "email": "contact@newcompany.com",
    "phone": "0722 123 456",
    "country": "Kenya",
    "currency": "KES",
    "payment_terms": "net_30",
    "preferred_payment_method": "mpesa",
    "billing_cycle": "monthly",
    "credit_limit": "1.2m",
    "include_tax": "on",
    "send_reminders": "on",
    "invoice_template": "professional",
    "language": "en",
    "tags": "VIP, recurring",
    "notes": "Prefers mornings",
}


@pytest.mark.parametrize("role", EDITORS)
def test_adds_a_customer(client: Client, seller: BusinessProfile, role: Role) -> None:
    person = sign_in(client, role)
    answer = client.post(reverse("customers:new"), FORM)
    customer = Customer.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("customers:detail", args=[customer.pk])
    assert (customer.phone, customer.credit_limit, customer.tags) == (
        "254722123456",
        Decimal(1_200_000),
        ["vip", "recurring"],
    )
    assert (customer.created_by, customer.auto_send_invoices, customer.send_reminders) == (person, False, True)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "required"),
        ("email", "nobody", "valid email"),
        ("phone", "12", "not a phone number"),
        ("credit_limit", "lots", "not an amount"),
        ("credit_limit", "-5", "negative"),
        ("currency", "KSH", "valid choice"),
        ("country", "Atlantis", "valid choice"),
        ("payment_terms", "net_31", "valid choice"),
    ],
)
def test_a_bad_value_stays_on_the_form_with_its_reason(
    client: Client, seller: BusinessProfile, field: str, value: str, reason: str
) -> None:
    sign_in(client)
    answer = client.post(reverse("customers:new"), FORM | {field: value, "notes": "kept as typed"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reason in page
    assert f'href="#id_{field}"' in page
    assert "kept as typed" in page
    assert not Customer.objects.exists()


def test_every_reason_is_said_at_once(client: Client, seller: BusinessProfile) -> None:
    sign_in(client)
    typed = FORM | {"name": "", "phone": "12", "credit_limit": "-5", "tags": "x" * 50}
    page = client.post(reverse("customers:new"), typed).content.decode()
    assert "4 things need your attention" in page


def test_what_a_form_may_not_set_is_left_alone(client: Client, seller: BusinessProfile) -> None:
    sign_in(client)
    sneaky = {"number": "CUST-9999", "status": "suspended", "payment_status": "overdue", "profile": "1", "id": "1"}
    client.post(reverse("customers:new"), FORM | sneaky)
    customer = Customer.objects.get()
    assert (customer.number, customer.status, customer.payment_status) == ("CUST-0001", "active", "good")


def test_edits_a_customer_and_notices_a_save_in_between(
    client: Client, seller: BusinessProfile, clock: Any, now: datetime
) -> None:
    customer = factories.customer(seller, updated_at=now, preferred_payment_method="bank_transfer")
    sign_in(client)
    url = reverse("customers:edit", args=[customer.pk])
    page = client.get(url).content.decode()
    seen = re.search(r'name="seen_at" value="([^"]+)"', page)
    assert seen is not None
    typed = FORM | {"seen_at": seen[1], "city": "Kisumu", "preferred_payment_method": "bank_transfer"}
    clock.shift(timedelta(minutes=1))
    assert client.post(url, typed).status_code == 302
    customer.refresh_from_db()
    assert (customer.city, customer.preferred_payment_method) == ("Kisumu", "bank_transfer")
    late = client.post(url, typed | {"city": "Nakuru"})
    assert late.status_code == 422
    assert "saved this customer meanwhile" in late.content.decode()
    assert "Nakuru" in late.content.decode()


def test_readers_change_nothing(client: Client, seller: BusinessProfile) -> None:
    customer = factories.customer(seller)
    contact = Contact.objects.create(customer=customer, name="X", email="x@example.com")
    sign_in(client, Role.READ_ONLY)
    for name, args in [
        ("customers:new", []),
        ("customers:edit", [customer.pk]),
        ("customers:status", [customer.pk]),
        ("customers:contact_new", [customer.pk]),
        ("customers:contact_edit", [customer.pk, contact.pk]),
        ("customers:contact_remove", [customer.pk, contact.pk]),
        ("customers:contact_access", [customer.pk, contact.pk]),
        ("customers:note_new", [customer.pk]),
    ]:
        answer = client.post(reverse(name, args=args), FORM | {"status": "suspended", "text": "Z", "role": "billing"})
        assert answer.status_code == 403, name
    customer.refresh_from_db()
    assert (customer.name, customer.status, Note.objects.count()) == ("Tech Solutions Ltd", "active", 0)


def test_contacts_notes_and_status_by_form(client: Client, seller: BusinessProfile) -> None:
    customer = factories.customer(seller)
    sign_in(client, Role.CSM)

    def post(page: str, /, *args: Any, **data: str) -> int:
        return client.post(reverse(f"customers:{page}", args=[customer.pk, *args]), data).status_code

    assert post("contact_new", name="Wanjiru", email="w@example.com", role="billing") == 302
    contact = Contact.objects.get()
    assert post("contact_new", name="", role="billing") == 422
    assert post("contact_edit", contact.pk, name="Wanjiru Kamau", email="w@example.com", role="owner") == 302
    contact.refresh_from_db()
    assert (contact.name, contact.role, contact.is_primary) == ("Wanjiru Kamau", "owner", True)
    assert post("contact_access", contact.pk) == 302
    assert Contact.objects.get().user is not None
    assert post("contact_access", contact.pk) == 302
    assert Contact.objects.get().user is None
    assert post("note_new", text="Call after noon") == 302
    assert post("note_new", text="") == 422
    assert Note.objects.get().text == "Call after noon"
    assert post("status", status="suspended", reason="No payment") == 302
    assert post("status", status="gone") == 400
    customer.refresh_from_db()
    assert customer.status == "suspended"
    assert post("contact_remove", contact.pk) == 302
    assert not Contact.objects.exists()


def test_export_neutralises_formulas_and_keeps_numbers(client: Client, seller: BusinessProfile) -> None:
    names = ["=HYPERLINK(1)", "+254", "-1+1", "@SUM(A1)", "Honest Ltd", " =1+1"]
    for name in names:
        owes(factories.customer(seller, name=name, notes="x"), "100.5")
    factories.customer(factories.profile(), name="Theirs")
    sign_in(client)
    answer = client.get(reverse("customers:export"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = text.strip().split("\r\n")
    assert answer["Content-Disposition"] == f'attachment; filename="customers-{seller.slug}.csv"'
    assert len(lines) == 1 + len(names)
    for name in names[:4]:
        assert f",'{name}," in text
    assert ",Honest Ltd," in text
    assert ",' =1+1," in text
    assert ",KES,100.50,0.00,100.50,0.00" in lines[1]
    assert "Theirs" not in text


def test_options_answer_a_search(client: Client, seller: BusinessProfile) -> None:
    found = factories.customer(seller, name="Acme & Sons")
    factories.customer(seller, name="Other")
    sign_in(client)
    page = client.get(reverse("customers:options"), {"q": "acme"}).content.decode().strip()
    assert page == f'<option value="{found.pk}">Acme &amp; Sons · {found.number}</option>'


def test_a_strange_address_is_read_calmly(client: Client, seller: BusinessProfile) -> None:
    factories.customer(seller)
    sign_in(client)
    for query in [
        {"sort": "drop table"},
        {"after": "x" * 500},
        {"before": "a.b.c"},
        {"status": "gone"},
        {"q": "%_\\' OR 1=1"},
        {"owing": "maybe", "tag": "nobody"},
        {"q": "x" * 5000},
    ]:
        assert client.get(reverse("customers:list"), query).status_code == 200, query


def test_a_row_of_the_list_costs_one_template(client: Client, seller: BusinessProfile) -> None:
    def templates() -> int:
        return len(client.get(reverse("customers:list")).templates)

    sign_in(client)
    factories.customer(seller)
    one = templates()
    for number in range(4):
        factories.customer(seller, name=f"Customer {number}")
    assert templates() - one <= 4
