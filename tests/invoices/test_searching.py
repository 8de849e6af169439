"""Documents are found by how their number begins, by what it contains, and by whom they are for."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from billing_assistant.core import searching
from billing_assistant.core.searching import count_up_to, in_order, matching_any, number_like
from invoices.models import Invoice
from invoices.selectors import InvoiceFilters, invoices_filtered, invoices_for
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 15)


def _found(text: str) -> set[str]:
    rows = invoices_filtered(invoices_for(factories.actor()), InvoiceFilters(search=text), TODAY)
    return set(rows.values_list("number", flat=True))


def _numbered(hits: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Sought among all documents as if many had those numbers."""
    with patch.object(searching, "NAMED", 0):
        return matching_any(Invoice.objects.all(), Q(number__in=list(hits.values_list("number", flat=True))))


@pytest.fixture
def numbers() -> list[str]:
    seller = factories.seller()
    names = ("Acme Ltd", "Acme Ltd", "Bahari Hotel")
    return [factories.issued_invoice(factories.customer(seller, name=name)).number for name in names]


def test_the_beginning_of_a_number_finds_all_that_begin_so_in_any_case(numbers: list[str]) -> None:
    assert _found(numbers[0][:4].lower()) == set(numbers)
    assert _found(numbers[1]) == {numbers[1]}


def test_a_part_within_a_number_finds_it_when_none_begins_so(numbers: list[str]) -> None:
    assert _found(numbers[2][-3:]) == {numbers[2]}


def test_a_name_finds_the_documents_of_its_customers(numbers: list[str]) -> None:
    assert _found("bahari") == {numbers[2]}
    assert _found("acme") == set(numbers[:2])
    assert _found("nobody") == set()


def test_many_hits_are_found_on_the_way_through_the_list_and_are_the_same(numbers: list[str]) -> None:
    with patch.multiple(searching, NAMED=0, FEW=1):
        assert _found(numbers[0][:4]) == set(numbers)
        assert _found("acme") == set(numbers[:2])


@pytest.mark.parametrize("order", [("-issued_on", "-id"), ("issued_on", "id"), ("-total", "-id"), ("number", "id")])
@pytest.mark.parametrize("near", [1, 40])
def test_a_part_of_the_many_hits_is_that_of_their_order_wherever_they_lie(order: tuple[str, ...], near: int) -> None:
    customer, days = factories.customer(factories.seller()), (0, 0, 1, 1, 2, 2, 3)
    made = [factories.issued_invoice(customer, now=factories.NOW + timedelta(days=day)) for day in days]
    hits = Invoice.objects.filter(pk__in=[invoice.pk for invoice in made[1:6]])
    for skip, limit in itertools.product((0, 1, 4, 5), (1, 3, 9)):
        with patch.multiple(searching, NAMED=0, NEAR=near):
            found = in_order(_numbered(hits).order_by(*order), limit, skip=skip)
        assert found == list(hits.order_by(*order)[skip : skip + limit])


@pytest.mark.parametrize(("place", "far"), [(0, True), (2, False)])
def test_hits_are_sorted_by_themselves_only_when_the_first_rows_do_not_hold_them(
    numbers: list[str], place: int, far: bool
) -> None:
    newest_first = _numbered(Invoice.objects.filter(number=numbers[place])).order_by("-issued_on", "-id")
    with patch.multiple(searching, NAMED=0, NEAR=1), CaptureQueriesContext(connection) as asked:
        assert [invoice.number for invoice in in_order(newest_first, 1)] == [numbers[place]]
    assert len(asked) == 2
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ANALYZE {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert ("never executed" not in plan) is far


@pytest.mark.parametrize("named", [0, 200])
def test_a_few_hits_are_named_or_searched_for_once_more_and_are_the_same(numbers: list[str], named: int) -> None:
    with patch.object(searching, "NAMED", named):
        assert _found(numbers[0][:4]) == set(numbers)
        assert _found("acme") == set(numbers[:2])
        assert _found("nobody") == set()


def test_what_is_asked_of_named_hits_searches_no_more(numbers: list[str]) -> None:
    found = matching_any(Invoice.objects.all(), Q(number__icontains=numbers[0][-4:]))
    with CaptureQueriesContext(connection) as asked:
        assert [invoice.number for invoice in found] == [numbers[0]]
    assert "LIKE" not in asked[0]["sql"]


def test_counting_stops_one_beyond_the_most(numbers: list[str]) -> None:
    assert count_up_to(Invoice.objects.all(), 2) == 3
    assert count_up_to(Invoice.objects.all(), 5) == 3


def test_the_beginning_of_a_number_is_looked_up_in_the_index_of_numbers(numbers: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    begins = Invoice.objects.filter(number_like(Invoice.objects.all(), numbers[0])).order_by()
    assert "invoice_by_number" in begins.explain()
