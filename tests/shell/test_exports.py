"""Lists as files: CSV and workbooks, and a file of customers that makes equal customers elsewhere."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from billing_assistant.core.rights import Role
from customers.models import Customer
from customers.web.lists import MORE_COLUMNS
from tests import factories
from tests.support.imports import counts, imported

pytestmark = pytest.mark.django_db
SAME = (
    *("number", "name", "email", "phone", "country", "tax_id", "status", "payment_terms", "billing_cycle", "tags"),
    *("preferred_payment_method", *MORE_COLUMNS),
)


def _file(address: str, **asked: str) -> bytes:
    client = Client()
    client.force_login(factories.user(Role.FINANCE))
    answer: Any = client.get(reverse(address), asked)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_file_of_customers_makes_equal_customers_elsewhere(format: str) -> None:
    here = factories.seller()
    factories.customer(
        here,
        number="=C-1",
        name="=Danger & Söhne",
        phone="254722123456",
        country="Kenya",
        tax_id="P051234567X",
        tags=["vip", "big"],
        credit_limit="15000.5",
        currency="USD",
        include_tax=False,
        payment_terms="net_60",
        preferred_payment_method="cash",
        status="suspended",
        notes="two\nlines",
        street="Kimathi Street 1",
        secondary_city="Kisumu",
    )
    file = _file("customers:export", format=format)
    there = factories.seller()
    assert counts(imported(file, "customers", there)) == (1, 0, 0, 0)
    first, second = (Customer.objects.get(profile=of) for of in (here, there))
    assert {name: getattr(first, name) for name in SAME} == {name: getattr(second, name) for name in SAME}


def test_a_file_of_the_catalogue_makes_an_equal_catalogue_elsewhere() -> None:
    factories.catalogue_item(factories.seller(), "Hosting", code="H1", unit="month")
    there = factories.seller()
    assert counts(imported(_file("invoices:catalogue_export"), "catalogue", there)) == (1, 0, 0, 0)
    item = there.catalogue.get()
    assert (item.name, item.code, item.unit, item.prices.get().amount) == ("Hosting", "H1", "month", 15_000)


@pytest.mark.parametrize("address", ["invoices:export", "invoices:lines_export", "payments:export"])
def test_amounts_of_a_workbook_are_numbers_and_no_text_is_a_formula(address: str) -> None:
    invoice = factories.issued_invoice(factories.customer(factories.seller(), name="=1+1"))
    if address == "payments:export":
        file = _file(address, format="xlsx")
        assert load_workbook(io.BytesIO(file)).active.max_row == 1  # type: ignore[union-attr]
        return
    sheet: Any = load_workbook(io.BytesIO(_file(address, format="xlsx"))).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert invoice.number in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert 45_000 in [cell.value for cell in cells if cell.data_type == "n"]
