"""Reading customers: who sees which, what the search finds, how many queries a list takes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import OwnerBalance
from customers.figure_selectors import customer_stats, totals_filtered, totals_of
from customers.models import Customer
from customers.ordering import SORTS, customers_page, customers_slice
from customers.selectors import (
    CustomerFilters,
    account_of,
    customer_get,
    customers_filtered,
    customers_for,
)
from customers.states import BillingCycle, CustomerStatus, PaymentStatus, PreferredMethod
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.profile()


def balance(customer: Customer, outstanding: str, currency: str = "KES", **fields: Any) -> None:
    OwnerBalance.objects.create(
        profile=customer.profile,
        owner_id=customer.pk,
        currency=currency,
        billed=Decimal(outstanding),
        outstanding=Decimal(outstanding),
        **fields,
    )


def names(seller: BusinessProfile, **filters: Any) -> list[str]:
    rows = customers_filtered(customers_for(factories.actor(), profile_id=seller.pk), CustomerFilters(**filters))
    return list(rows.order_by("name").values_list("name", flat=True))


@pytest.fixture
def four(seller: BusinessProfile) -> BusinessProfile:
    made = [
        ("TechCorp Inc.", "billing@techcorp.com", "14155550101", "credit_card", "monthly", "active", "good"),
        ("StartupHub LLC", "pay@startuphub.io", "", "bank_transfer", "quarterly", "active", "good"),
        ("Global Solutions Ltd.", "ap@global.example", "254733000111", "bank", "monthly", "active", "overdue"),
        ("Digital Agency Pro", "hi@digital.example", "254722123456", "paypal", "monthly", "suspended", "warning"),
    ]
    for number, (name, email, phone, method, cycle, status, pays) in enumerate(made, start=1):
        customer = factories.customer(
            seller,
            name=name,
            email=email,
            phone=phone,
            number=f"CUST-{number:04}",
            preferred_payment_method=method,
            billing_cycle=cycle,
            status=status,
            payment_status=pays,
            tags=["vip"] if number == 1 else [],
        )
        if number != 2:
            balance(customer, str(number * 100), document_count=1, last_document_on=date(2026, 1, number))
    balance(Customer.objects.get(number="CUST-0001"), "20", "USD", unapplied=Decimal(5), document_count=2)
    return seller


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"search": "tech"}, ["TechCorp Inc."]),
        ({"search": "  techcorp   inc. "}, ["TechCorp Inc."]),
        ({"search": "STARTUPHUB.IO"}, ["StartupHub LLC"]),
        ({"search": "0722 123"}, ["Digital Agency Pro"]),
        ({"search": "+254 722 123456"}, ["Digital Agency Pro"]),
        ({"search": "cust-3"}, ["Global Solutions Ltd."]),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
        ({"status": CustomerStatus.SUSPENDED}, ["Digital Agency Pro"]),
        ({"payment_status": PaymentStatus.OVERDUE}, ["Global Solutions Ltd."]),
        ({"billing_cycle": BillingCycle.QUARTERLY}, ["StartupHub LLC"]),
        ({"payment_method": PreferredMethod.BANK}, ["Global Solutions Ltd.", "StartupHub LLC"]),
        ({"payment_method": PreferredMethod.PAYPAL}, ["Digital Agency Pro"]),
        ({"owing": False}, ["StartupHub LLC"]),
        ({"owing": True, "search": "global"}, ["Global Solutions Ltd."]),
        ({"tag": "VIP"}, ["TechCorp Inc."]),
        ({"owes_more_than": Money(Decimal(300), "KES")}, ["Digital Agency Pro"]),
        ({"owes_more_than": Money(Decimal(19), "USD")}, ["TechCorp Inc."]),
    ],
)
def test_filters(four: BusinessProfile, filters: dict[str, Any], found: list[str]) -> None:
    assert names(four, **filters) == found


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("name", "Digital Agency Pro", "TechCorp Inc."),
        ("-name", "TechCorp Inc.", "Digital Agency Pro"),
        ("-outstanding", "Digital Agency Pro", "StartupHub LLC"),
        ("outstanding", "StartupHub LLC", "Digital Agency Pro"),
        ("last_invoice", "StartupHub LLC", "Digital Agency Pro"),
        ("-last_invoice", "Digital Agency Pro", "StartupHub LLC"),
    ],
)
def test_every_order_pages_forth_and_back(four: BusinessProfile, sort: str, first: str, last: str) -> None:
    rows = customers_for(factories.actor(), profile_id=four.pk)
    seen: list[str] = []
    query: dict[str, str] = {}
    pages = []
    while True:
        page = customers_page(rows, sort, query, profile_id=four.pk, size=1)
        pages.append(page)
        seen.append(page.rows[0].name)
        assert (page.start, page.end) == (len(seen), len(seen))
        if not page.next_cursor:
            break
        query = {"after": page.next_cursor}
    assert (len(set(seen)), seen[0], seen[-1]) == (4, first, last)
    for expected in reversed(seen[:-1]):
        page = customers_page(rows, sort, {"before": pages.pop().previous_cursor}, profile_id=four.pk, size=1)
        pages[-1] = page
        assert page.rows[0].name == expected
    assert not page.previous_cursor


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_the_same_by_position_as_by_page(four: BusinessProfile, sort: str) -> None:
    rows = customers_for(factories.actor(), profile_id=four.pk)
    whole = customers_page(rows, sort, {}, profile_id=four.pk).rows
    assert len(whole) == 4
    for skip in range(5):
        for limit in (1, 2, 4):
            found = customers_slice(rows, sort, profile_id=four.pk, skip=skip, limit=limit)
            assert found == list(whole[skip : skip + limit])


def test_an_order_by_money_fills_its_pages_over_the_seam(four: BusinessProfile) -> None:
    rows = customers_for(factories.actor(), profile_id=four.pk)
    first = customers_page(rows, "-outstanding", {}, profile_id=four.pk, size=2)
    second = customers_page(rows, "-outstanding", {"after": first.next_cursor}, profile_id=four.pk, size=2)
    assert [row.name for row in second] == ["TechCorp Inc.", "StartupHub LLC"]
    assert not second.next_cursor
    back = customers_page(rows, "-outstanding", {"before": second.previous_cursor}, profile_id=four.pk, size=2)
    assert list(back.rows) == list(first.rows)


def test_an_order_by_money_lists_only_who_matches(four: BusinessProfile) -> None:
    rows = customers_filtered(
        customers_for(factories.actor(), profile_id=four.pk), CustomerFilters(billing_cycle=BillingCycle.MONTHLY)
    )
    page = customers_page(rows, "-outstanding", {}, profile_id=four.pk)
    assert [row.name for row in page] == ["Digital Agency Pro", "Global Solutions Ltd.", "TechCorp Inc."]


def test_figures_of_many_customers_are_kept_for_a_minute(
    four: BusinessProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = factories.actor()
    assert not customer_stats(actor, profile_id=four.pk).kept
    monkeypatch.setattr("customers.figure_selectors.KEPT_FROM", 4)
    assert customer_stats(actor, profile_id=four.pk).total == 4
    factories.customer(four)
    again = customer_stats(actor, profile_id=four.pk)
    assert (again.total, again.kept) == (4, True)


def test_sums_of_the_many_that_fit_are_kept_for_a_minute_each_for_its_filters(
    four: BusinessProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, techcorp = factories.actor(), CustomerFilters(search="techcorp")
    monkeypatch.setattr("customers.figure_selectors.KEPT_FROM", 4)
    stats = customer_stats(actor, profile_id=four.pk)
    before = totals_filtered(actor, techcorp, stats, profile_id=four.pk)
    OwnerBalance.objects.filter(currency="KES").update(outstanding=1)

    assert before == [Money(Decimal(100), "KES"), Money(Decimal(20), "USD")]
    assert totals_filtered(actor, techcorp, stats, profile_id=four.pk) == before
    assert totals_filtered(actor, CustomerFilters(owing=True), stats, profile_id=four.pk) != before
    assert totals_filtered(actor, CustomerFilters(), stats, profile_id=four.pk) == list(stats.outstanding)


def test_names_sort_without_regard_to_capitals(seller: BusinessProfile) -> None:
    for name in ("zebra", "Apple", "apricot", "Zulu"):
        factories.customer(seller, name=name)
    rows = customers_slice(customers_for(factories.actor()), "name", profile_id=seller.pk, limit=9)
    assert [row.name for row in rows] == ["Apple", "apricot", "zebra", "Zulu"]


def test_balances_never_mix_currencies(four: BusinessProfile) -> None:
    account = account_of(Customer.objects.get(number="CUST-0001"))
    assert (account.own.currency, account.own.outstanding) == ("KES", Decimal(100))
    assert [(other.currency, other.outstanding, other.unapplied) for other in account.others] == [
        ("USD", Decimal(20), Decimal(5))
    ]
    assert (account.total_invoices, account.last_invoice_on) == (3, date(2026, 1, 1))
    actor = factories.actor()
    stats = customer_stats(actor, profile_id=four.pk, with_top=True)
    assert (stats.total, stats.active, stats.inactive, stats.suspended, stats.overdue) == (4, 3, 0, 1, 1)
    assert stats.outstanding == (Money(Decimal(800), "KES"), Money(Decimal(20), "USD"))
    assert [(top.customer.number, top.billed.amount) for top in stats.top] == [
        ("CUST-0004", Decimal(400)),
        ("CUST-0003", Decimal(300)),
        ("CUST-0001", Decimal(100)),
    ]
    found = customers_filtered(customers_for(actor), CustomerFilters(search="techcorp"))
    assert totals_of(found) == [Money(Decimal(100), "KES"), Money(Decimal(20), "USD")]


@pytest.mark.parametrize("reference", ["CUST-0001", "CUST-001", "cust-1", " CUST-0001 ", "CUST-00000001"])
def test_a_number_is_known_in_all_its_spellings(four: BusinessProfile, reference: str) -> None:
    assert customer_get(factories.actor(), reference).name == "TechCorp Inc."


@pytest.mark.parametrize("reference", ["CUST-0009", "CUST-", "1", "", "CUST-0001'", "CUST-0001\x00", "x" * 300, "(((("])
def test_what_is_no_number_is_not_found(four: BusinessProfile, reference: str) -> None:
    with pytest.raises(NotFound):
        customer_get(factories.actor(), reference)


def test_a_number_of_two_profiles_needs_the_profile(four: BusinessProfile) -> None:
    other = factories.customer(factories.profile(), number="CUST-0001")
    actor = factories.actor()
    with pytest.raises(NotFound):
        customer_get(actor, "CUST-0001")
    assert customer_get(actor, "CUST-0001", profile_id=other.profile_id) == other
    limited = factories.actor(Role.CSM, profiles=[other.profile])
    assert customer_get(limited, "CUST-0001") == other
    with pytest.raises(NotFound):
        customer_get(limited, Customer.objects.get(name="TechCorp Inc.").pk)


def test_clients_read_nothing(four: BusinessProfile) -> None:
    actor = factories.actor(Role.CLIENT)
    with pytest.raises(PermissionRefused):
        customers_for(actor)
    with pytest.raises(PermissionRefused):
        customer_stats(actor, profile_id=four.pk)


def test_the_search_can_use_its_indexes(seller: BusinessProfile) -> None:
    rows = customers_filtered(Customer.objects.all(), CustomerFilters(search="0722 123 456"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = rows.explain()
    for index in ("customer_name_search", "customer_email_search", "customer_phone_search"):
        assert index in plan


@pytest.mark.parametrize("query", [{}, {"sort": "-outstanding"}, {"sort": "-last_invoice"}, {"q": "ltd", "owing": "1"}])
def test_the_list_takes_the_same_queries_for_two_and_for_twenty(
    client: Client, seller: BusinessProfile, query: dict[str, str]
) -> None:
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    counts = []
    for more in (2, 18):
        for number in range(more):
            customer = factories.customer(seller, name=f"Ltd {more} {number}")
            balance(customer, "10", document_count=1, last_document_on=date(2026, 1, 1))
            balance(customer, "5", "USD")
        client.get(reverse("customers:list"), query)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(reverse("customers:list"), query).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 14
