"""Two entries of one customer become one: nothing is lost, what was issued or booked stays, the books tie."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey, OneToOneField
from django.test import Client
from django.urls import reverse

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.merging import movers
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from billing_assistant.core.ui.stories import story_of
from billing_assistant.ledger.books import check_books
from billing_assistant.ledger.models import JournalEntry, JournalLine, OwnerBalance
from customers import selectors
from customers.duplicates import duplicates_of
from customers.errors import CannotMerge
from customers.figure_selectors import customer_stats
from customers.models import Contact, Customer, CustomerDocument
from customers.selectors import account_of, customer_get
from customers.services.merging import customers_merge
from invoices.models import Invoice
from payments.models import Payment, WriteOff
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments import builders

pytestmark = [pytest.mark.django_db, pytest.mark.money]
SYSTEM = Actor.system("test")


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def kept(seller: BusinessProfile) -> Customer:
    return factories.customer(seller, name="Tech Solutions Ltd", tags=["vip"])


@pytest.fixture
def other(seller: BusinessProfile) -> Customer:
    return factories.customer(seller, name="Tech Solution", email="pay@tech.example", tags=["late"], tax_id="P05")


def merge(kept: Customer, other: Customer, now: datetime = factories.NOW, **options: Any) -> Customer:
    return customers_merge(keep_id=kept.pk, merge_id=other.pk, actor=SYSTEM, now=now, **options)


def test_every_reference_to_a_customer_has_a_mover() -> None:
    """Fails for an app that refers to customers and does not say what happens when two are merged."""
    references = {
        (model._meta.label, field.attname)
        for model in apps.get_models()
        if not hasattr(model, "pgh_tracked_model")
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField) and field.related_model is Customer
    }
    assert references <= set(movers()), "register_mover is missing in <app>/merging.py"


def test_everything_moves_and_the_books_tie(kept: Customer, other: Customer) -> None:
    builders.invoice(kept, "1000.00")
    mine = builders.invoice(other, "500.00")
    paid = builders.pay(other, "700.00", "oldest first")
    given_up = builders.invoice(other, "90.00")
    invoice_write_off(invoice_id=given_up.pk, amount=Decimal("10.00"), reason="Small", actor=SYSTEM, now=factories.NOW)
    factories.draft(other)
    Contact.objects.create(customer=kept, name="A", is_primary=True)
    Contact.objects.create(customer=other, name="B", is_primary=True)
    entries, lines = JournalEntry.objects.count(), JournalLine.objects.count()
    before = [account_of(one).own for one in (kept, other)]

    merge(kept, other)

    after = account_of(kept).own
    for figure in ("billed", "paid", "written_off", "outstanding", "unapplied"):
        assert getattr(after, figure) == sum(getattr(one, figure) for one in before)
    assert not OwnerBalance.objects.filter(owner_id=other.pk).exists()
    assert not check_books()
    assert (JournalEntry.objects.count(), JournalLine.objects.count()) == (entries, lines)
    for model in (Invoice, Payment, WriteOff):
        assert set(model._default_manager.values_list("customer_id", flat=True)) == {kept.pk}
    assert Invoice.objects.get(pk=mine.pk).buyer["name"] == "Tech Solution"
    assert Payment.objects.get(pk=paid.pk).amount == 700
    assert list(kept.contacts.order_by("name").values_list("name", "is_primary")) == [("A", True), ("B", False)]
    builders.pay(kept, "50.00", "oldest first")
    assert not check_books()


def test_a_customer_whose_books_have_no_account_of_the_kind_moves_too(kept: Customer, other: Customer) -> None:
    builders.invoice(other, "500.00")
    merge(kept, other)
    assert account_of(kept).own.outstanding == 500
    assert not check_books()


def test_values_stay_gaps_are_filled_and_what_is_asked_for_is_taken(kept: Customer, other: Customer) -> None:
    Customer.objects.filter(pk=other.pk).update(street="Moi Avenue", city="Mombasa", notes="Two", source_ref="crm:7")
    Customer.objects.filter(pk=kept.pk).update(notes="One")
    merged = merge(kept, other, take=["email"])
    merged.refresh_from_db()
    assert (merged.name, merged.email, merged.tax_id) == ("Tech Solutions Ltd", "pay@tech.example", "P05")
    assert (merged.street, merged.city, merged.source_ref) == ("Moi Avenue", "Mombasa", "crm:7")
    assert (merged.tags, merged.notes) == (["vip", "late"], "One\n\nTwo")
    with pytest.raises(ValidationFailed):
        merge(kept, other, take=["payment_status"])


def test_the_other_leaves_the_lists_and_its_number_leads_to_the_kept_one(kept: Customer, other: Customer) -> None:
    merge(kept, other)
    assert list(selectors.customers_for(SYSTEM)) == [kept]
    assert customer_get(SYSTEM, other.number) == customer_get(SYSTEM, other.pk) == kept
    assert customer_stats(SYSTEM, profile_id=kept.profile_id).total == 1
    third = factories.customer(kept.profile)
    merge(third, kept)
    assert customer_get(SYSTEM, other.number) == third


def test_a_search_for_the_number_that_ended_finds_who_stands_for_it(kept: Customer, other: Customer) -> None:
    stranger = factories.customer(factories.profile(slug="another"))
    merge(kept, other)

    def found(text: str, of: Customer) -> list[Customer]:
        rows = selectors.customers_for(SYSTEM, profile_id=of.profile_id)
        return list(selectors.customers_filtered(rows, selectors.CustomerFilters(search=text)))

    assert found(other.number, kept) == found(f" {other.number.lower()} ", kept) == [kept]
    assert kept not in found(other.number, stranger)


def test_the_story_is_told_and_the_timeline_is_one(kept: Customer, other: Customer) -> None:
    builders.invoice(other, "500.00")
    merge(kept, other)
    assert not Event.objects.filter(customer_id=other.pk).exists()
    (entry,) = story_of(Event.objects.filter(name="customer.merged"))
    assert entry.title == "Another customer was merged into Tech Solutions Ltd"
    assert other.number in entry.text
    assert Event.objects.get(name="customer.merged").data["moved"]["invoices.Invoice"] == 1


def test_refuses_what_cannot_be_one(kept: Customer, other: Customer) -> None:
    foreign = factories.customer()
    for one in (kept, foreign):
        with pytest.raises(CannotMerge):
            merge(kept, one)
    Customer.objects.filter(pk=other.pk).update(is_placeholder=True)
    with pytest.raises(CannotMerge):
        merge(kept, other)
    csm = factories.actor(Role.CSM)
    with pytest.raises(PermissionRefused):
        customers_merge(keep_id=kept.pk, merge_id=other.pk, actor=csm, now=factories.NOW)
    stranger = factories.actor(Role.FINANCE, profiles=[foreign.profile])
    with pytest.raises((NotFound, PermissionRefused)):
        customers_merge(keep_id=kept.pk, merge_id=other.pk, actor=stranger, now=factories.NOW)


def refused(statement: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError:
        return True
    return False


def test_the_database_lets_only_a_merge_move_documents_and_only_their_customer(kept: Customer, other: Customer) -> None:
    mine = builders.invoice(other, "500.00")
    builders.invoice(kept, "100.00")
    move = "UPDATE invoices_invoice SET customer_id = %s WHERE id = %s"
    entries = "UPDATE ledger_journalentry SET owner_id = %s WHERE owner_id = %s"
    line = "UPDATE ledger_journalline SET amount = amount * 2 WHERE amount > 0"
    assert refused(move, kept.pk, mine.pk)
    assert refused(entries, kept.pk, other.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('billing.merge', %s, true)", [f"{other.pk}>{kept.pk}"])
    third = factories.customer(kept.profile)
    assert refused(move, third.pk, mine.pk)
    assert refused("UPDATE invoices_invoice SET customer_id = %s, total = 1 WHERE id = %s", kept.pk, mine.pk)
    assert refused("UPDATE invoices_invoice SET total = 1 WHERE id = %s", mine.pk)
    assert refused("UPDATE ledger_journalentry SET owner_id = %s, memo = 'x' WHERE owner_id = %s", kept.pk, other.pk)
    assert refused("DELETE FROM ledger_journalentry")
    assert refused(line)
    with transaction.atomic():
        assert not refused(move, kept.pk, mine.pk)
        transaction.set_rollback(True)


def draft_and_commit(customer: Customer) -> None:
    """What stands at the end of a transaction that makes a draft."""
    with transaction.atomic(), connection.cursor() as cursor:
        factories.draft(customer)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_merged_customer_gets_no_new_document(kept: Customer, other: Customer) -> None:
    merge(kept, other)
    with pytest.raises(DatabaseError, match="was merged"):
        draft_and_commit(other)


def test_a_paper_that_both_have_is_kept_once(kept: Customer, other: Customer) -> None:
    for one in (kept, other):
        factories.customer_document(one)
    merge(kept, other)
    assert CustomerDocument.objects.get().customer_id == kept.pk


def test_suggests_who_may_be_the_same_with_the_reasons(seller: BusinessProfile, kept: Customer) -> None:
    Customer.objects.filter(pk=kept.pk).update(phone="254722000001")
    kept.refresh_from_db()
    kept.tax_id = "P051234567X"
    kept.save()
    same = factories.customer(
        seller, name="TECH SOLUTIONS LIMITED", tax_id="p051234567x", email="x@x.example", phone=""
    )
    factories.customer(seller, name="Acme", email="", phone="")
    by_phone = factories.customer(seller, name="Zebra", email="", phone="254722000001")
    found = {one.customer: one.reasons for one in duplicates_of(kept)}
    assert found == {same: ("same tax number", "similar name"), by_phone: ("same phone",)}


def signed_in(client: Client, role: Role = Role.FINANCE) -> Client:
    client.force_login(factories.user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_page_suggests_compares_asks_and_merges(client: Client, kept: Customer, other: Customer) -> None:
    builders.invoice(other, "500.00")
    page = signed_in(client)
    url = reverse("customers:merge", args=[kept.pk])
    assert other.number in page.get(url).content.decode()
    shown = page.get(url, {"other": other.pk}).content.decode()
    assert "pay@tech.example" in shown
    assert "Invoices and credit notes" in shown
    assert 'name="take_email"' in shown
    target = f"{url}?other={other.pk}"
    assert page.post(target, {"take_email": "other"}).status_code == 200
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0
    done = page.post(target, {"take_email": "other", "sure": "on"})
    assert done.headers["Location"] == reverse("customers:detail", args=[kept.pk])
    assert Customer.objects.get(pk=kept.pk).email == "pay@tech.example"
    assert page.get(reverse("customers:detail", args=[other.pk])).status_code == 200
    for again in (page.get(target), page.post(target, {"sure": "on"}), page.get(url, {"other": kept.pk})):
        assert again.headers["Location"] == reverse("customers:detail", args=[kept.pk])
    assert signed_in(Client(), Role.CSM).get(url).status_code == 403


def test_the_api_merges_and_answers_with_the_kept_customer(client: Client, kept: Customer, other: Customer) -> None:
    builders.invoice(other, "500.00")
    api = signed_in(client)
    url = f"/api/customers/{kept.number}/merge"
    body = {"customer_id": other.number, "take": ["email"]}
    answer = api.post(url, body, content_type="application/json").json()
    assert (answer["customer_id"], answer["email"]) == (kept.number, "pay@tech.example")
    assert Decimal(str(answer["outstanding_balance"])) == 500
    assert api.get(f"/api/customers/{other.number}").json()["customer_id"] == kept.number
    assert api.post(url, body, content_type="application/json").status_code == 409
    assert api.post(url, {"customer_id": "x", "more": 1}, content_type="application/json").status_code == 400
    assert api.post(url, {"customer_id": "CUST-9999"}, content_type="application/json").status_code == 404
