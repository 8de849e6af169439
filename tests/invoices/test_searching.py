"""Documents are found by how their number begins, by what it contains, and by whom they are for."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from billing_assistant.core import searching
from billing_assistant.core.searching import count_up_to, matching_any, number_like
from invoices.models import Invoice
from invoices.selectors import InvoiceFilters, invoices_filtered, invoices_for
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 15)


def _found(text: str) -> set[str]:
    rows = invoices_filtered(invoices_for(factories.actor()), InvoiceFilters(search=text), TODAY)
    return set(rows.values_list("number", flat=True))


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
