"""Import of the catalogue: items found by code or name, prices added by currency."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing_assistant.core.models import BusinessProfile
from invoices.models import CatalogueItem
from invoices.selectors import catalogue_item_get, prices_of
from tests import factories
from tests.factories import SYSTEM
from tests.support.imports import counts, imported, reasons

pytestmark = pytest.mark.django_db
ROWS = (
    "Code,Name,Type,Price,Currency,Tax rate,Unit\n"
    "H1,Hosting,Service,15000.00,KES,16,month\n"
    "H1,Hosting,Service,120.50,USD,16,month\n"
    ",Mug,Product,2.50,USD,16,\n"
)


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.seller()


def _prices(item: CatalogueItem) -> dict[str, Decimal]:
    return prices_of(catalogue_item_get(SYSTEM, item.pk))


def test_a_row_becomes_an_item_and_a_second_currency_a_second_price(profile: BusinessProfile) -> None:
    assert counts(imported(ROWS, "catalogue", profile)) == (2, 0, 1, 0)
    item = CatalogueItem.objects.get(code="H1")
    assert (item.kind, item.tax_rate, item.unit) == ("service", Decimal(16), "month")
    assert _prices(item) == {"KES": Decimal(15000), "USD": Decimal("120.5")}


def test_the_same_file_again_changes_nothing(profile: BusinessProfile) -> None:
    imported(ROWS, "catalogue", profile)
    assert counts(imported(ROWS, "catalogue", profile)) == (0, 3, 0, 0)


def test_what_is_there_is_changed_where_the_file_says_more(profile: BusinessProfile) -> None:
    known = factories.catalogue_item(profile, "Hosting", prices={"KES": Decimal(1), "EUR": Decimal(9)})
    run = imported("Item,SKU,Selling price,Active\nhosting,H9,2,no\n", "catalogue", profile, currency="KES")
    assert counts(run) == (0, 0, 1, 0)
    known.refresh_from_db()
    assert (known.code, known.is_active) == ("H9", False)
    assert _prices(known) == {"KES": Decimal(2), "EUR": Decimal(9)}


def test_rows_that_cannot_be_taken_say_why(profile: BusinessProfile) -> None:
    run = imported("Name,Price,Tax category,Kind\nA,-1,,\nB,1,comet,\n,1,,\nC,x,,\nD,1,Exempt,\n", "catalogue", profile)
    assert counts(run) == (1, 0, 0, 4)
    assert [(line, field) for line, field, _ in reasons(run)] == [
        (2, "prices"),
        (3, "tax_category"),
        (4, "name"),
        (5, "price"),
    ]
