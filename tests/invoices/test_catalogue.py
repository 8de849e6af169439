"""What is sold: items, prices over time, and what the draft editor is offered."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from invoices.models import CatalogueItem
from invoices.selectors import catalogue_for
from invoices.services.catalogue import (
    CatalogueInput,
    catalogue_item_create,
    catalogue_item_offer,
    catalogue_item_update,
)
from invoices.states import TaxCategory
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.seller()


def hosting(**given: Any) -> CatalogueInput:
    values: dict[str, Any] = {"name": "Web hosting", "unit": "month", "tax_rate": Decimal(16)}
    return CatalogueInput(**(values | given))


def now_in(profile: BusinessProfile) -> dict[str, Decimal | None]:
    item = catalogue_for(SYSTEM, profile_id=profile.pk).get()
    return {price.currency: price.amount for price in item.prices_now}  # type: ignore[attr-defined]


def test_a_price_that_changes_is_added_to_the_history(profile: BusinessProfile) -> None:
    item = factories.catalogue_item(profile, prices={"KES": Decimal(15_000), "USD": Decimal("120.50")})
    catalogue_item_update(item_id=item.pk, data=hosting(prices={"KES": Decimal(16_000)}), actor=SYSTEM, now=LATER)
    assert now_in(profile) == {"KES": Decimal(16_000), "USD": None}
    told = list(item.prices.order_by("id").values_list("currency", "amount", "since"))
    assert told == [
        ("KES", Decimal(15_000), NOW),
        ("USD", Decimal("120.5"), NOW),
        ("KES", Decimal(16_000), LATER),
        ("USD", None, LATER),
    ]


def test_the_same_price_again_writes_nothing(profile: BusinessProfile) -> None:
    item = factories.catalogue_item(profile)
    catalogue_item_update(item_id=item.pk, data=hosting(prices={"KES": Decimal(15_000)}), actor=SYSTEM, now=LATER)
    assert item.prices.count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (hosting(name=" "), "name"),
        (hosting(name="x" * 121), "name"),
        (hosting(unit="\x00"), "unit"),
        (hosting(tax_rate=Decimal(101)), "tax_rate"),
        (hosting(tax_rate=Decimal("NaN")), "tax_rate"),
        (hosting(tax_category=TaxCategory.EXEMPT), "tax_rate"),
        (hosting(prices={"XYZ": Decimal(1)}), "prices"),
        (hosting(prices={"KES": Decimal(-1)}), "prices"),
        (hosting(prices={"KES": Decimal("1e15")}), "prices"),
        (hosting(prices={"KES": Decimal("0.0000001")}), "prices"),
    ],
)
def test_what_cannot_be_sold_is_refused_by_field(profile: BusinessProfile, data: CatalogueInput, field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        catalogue_item_create(profile_id=profile.pk, data=data, actor=SYSTEM, now=NOW)
    assert list(refused.value.errors) == [field]
    assert not CatalogueItem.objects.exists()


def test_a_name_and_a_code_stand_once(profile: BusinessProfile) -> None:
    factories.catalogue_item(profile, code="HOST")
    for data in (hosting(name="WEB HOSTING"), hosting(name="Other", code="host")):
        with pytest.raises(ValidationFailed):
            catalogue_item_create(profile_id=profile.pk, data=data, actor=SYSTEM, now=NOW)
    factories.catalogue_item(factories.seller(name="Another"))  # another profile has its own


def test_the_database_refuses_the_same_name_too(profile: BusinessProfile) -> None:
    factories.catalogue_item(profile)
    with pytest.raises(IntegrityError), transaction.atomic():
        CatalogueItem.objects.create(profile=profile, name="web HOSTING", tax_category="standard", created_at=NOW)


def test_the_database_keeps_prices(profile: BusinessProfile) -> None:
    prices = factories.catalogue_item(profile).prices
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        prices.update(amount=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        prices.all()._raw_delete("default")  # type: ignore[attr-defined]


def test_only_who_may_edits_and_only_what_is_theirs(profile: BusinessProfile) -> None:
    item = factories.catalogue_item(profile)
    with pytest.raises(PermissionRefused):
        catalogue_item_offer(item_id=item.pk, offered=False, actor=factories.actor(Role.CSM), now=NOW)
    elsewhere = factories.actor(Role.FINANCE, profiles=[factories.seller(name="Another")])
    with pytest.raises(NotFound):
        catalogue_item_offer(item_id=item.pk, offered=False, actor=elsewhere, now=NOW)


class TestPages:
    @pytest.fixture
    def staff(self, client: Client) -> Client:
        client.force_login(factories.user(Role.FINANCE))
        return client

    def test_an_item_is_made_and_listed(self, staff: Client, profile: BusinessProfile) -> None:
        answer = staff.post("/catalogue/new/", sent())
        assert answer.status_code == 302
        page = staff.get("/catalogue/").content.decode()
        assert "SEO retainer" in page
        assert "45,000.00" in page
        assert CatalogueItem.objects.get().tax_rate == 16

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            ({"name": ""}, "This field is required."),
            ({"prices-0-amount": "much"}, "much"),
            ({"prices-1-currency": "KES", "prices-1-amount": "1"}, "Each currency can stand in one row only."),
            ({"tax": "standard:99"}, "Select a valid choice."),
        ],
    )
    def test_what_is_wrong_is_said(
        self, staff: Client, profile: BusinessProfile, change: dict[str, str], text: str
    ) -> None:
        answer = staff.post("/catalogue/new/", sent() | change)
        assert answer.status_code == 422
        assert text in answer.content.decode()
        assert not CatalogueItem.objects.exists()

    def test_an_item_is_changed_and_tells_its_prices(self, staff: Client, profile: BusinessProfile) -> None:
        item = factories.catalogue_item(profile)
        staff.post(f"/catalogue/{item.pk}/", sent())
        page = staff.get(f"/catalogue/{item.pk}/").content.decode()
        assert "SEO retainer" in page
        assert "15,000.00" in page
        assert "45,000.00" in page

    def test_a_price_that_was_set_long_ago_stands_in_the_form(self, staff: Client, profile: BusinessProfile) -> None:
        item = factories.catalogue_item(profile, prices={"KES": Decimal(1), "USD": Decimal("7.25")})
        for amount in range(2, 105):
            prices = {"KES": Decimal(amount), "USD": Decimal("7.25")}
            catalogue_item_update(item_id=item.pk, data=hosting(prices=prices), actor=SYSTEM, now=LATER)
        assert 'value="7.25"' in staff.get(f"/catalogue/{item.pk}/").content.decode()

    def test_what_is_withdrawn_is_offered_no_more(self, staff: Client, profile: BusinessProfile) -> None:
        item = factories.catalogue_item(profile)
        told = staff.post(f"/catalogue/{item.pk}/offer/", {"offered": "0"}, follow=True).content.decode()
        assert "Web hosting is withdrawn." in told
        assert "Web hosting" not in staff.get("/catalogue/").content.decode()
        assert "Web hosting" in staff.get("/catalogue/?offered=0").content.decode()
        assert "Web hosting" not in staff.get("/catalogue/options/?q=web").content.decode()

    def test_the_editor_is_offered_the_price_in_its_currency(self, staff: Client, profile: BusinessProfile) -> None:
        factories.catalogue_item(profile, description='Hosting "plus"', prices={"KES": Decimal("15000.50")})
        kes = staff.get("/catalogue/options/?q=host&currency=KES").content.decode()
        assert 'data-unit="month" data-price="15000.5" data-tax="standard:16"' in kes
        assert 'value="Hosting &quot;plus&quot;" data-item="' in kes
        assert 'data-price=""' in staff.get("/catalogue/options/?q=host&currency=USD").content.decode()

    def test_the_list_costs_the_same_for_many(self, staff: Client, profile: BusinessProfile) -> None:
        counts = []
        for first, last in ((0, 2), (2, 30)):
            for number in range(first, last):
                factories.catalogue_item(profile, f"Item {number}")
            with CaptureQueriesContext(connection) as asked:
                staff.get("/catalogue/")
            counts.append(len(asked))
        assert counts[0] == counts[1]


def sent() -> dict[str, str]:
    return {
        "name": "SEO retainer",
        "kind": "service",
        "code": "",
        "description": "",
        "unit": "month",
        "tax": "standard:16",
        "prices-TOTAL_FORMS": "2",
        "prices-INITIAL_FORMS": "0",
        "prices-0-currency": "KES",
        "prices-0-amount": "45k",
        "prices-1-currency": "USD",
        "prices-1-amount": "",
    }


class TestApi:
    @pytest.fixture
    def api(self, client: Client, profile: BusinessProfile) -> Client:
        client.force_login(factories.user(Role.FINANCE))
        return client

    def test_an_item_is_added_found_and_changed(self, api: Client) -> None:
        made = api.post("/api/catalogue", {"name": "Hosting", "prices": {"KES": 15000, "usd": "120.5"}}, JSON)
        assert made.status_code == 201
        item = made.json()
        assert (item["tax_category"], item["tax_rate"], item["offered"]) == ("standard", 16, True)
        assert item["prices"] == {"KES": 15000, "USD": 120.5}
        assert api.get("/api/catalogue?search=host").json()["items"] == [item]
        changed = api.patch(made.headers["Location"], {"prices": {"KES": 16000}, "offered": False}, JSON).json()
        assert changed == item | {"prices": {"KES": 16000}, "offered": False}
        assert api.get("/api/catalogue?offered=true").json()["total"] == 0

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "name"),
            ({"name": "x", "colour": "red"}, "colour"),
            ({"name": "x", "prices": {"KES": -1}}, "prices"),
            ({"name": "x", "prices": {"XXQ": 1}}, "prices"),
            ({"name": "x", "prices": [1]}, "prices"),
            ({"name": "x", "tax_category": "exempt", "tax_rate": 16}, "tax_rate"),
            ({"name": "x", "tax_rate": 101}, "tax_rate"),
            ({"name": "x", "kind": "magic"}, "kind"),
        ],
    )
    def test_what_is_wrong_is_named(self, api: Client, body: dict[str, Any], field: str) -> None:
        refused = api.post("/api/catalogue", body, JSON)
        assert refused.status_code == 400
        assert [name.partition(".")[0] for name in refused.json()["errors"]] == [field]
        assert not CatalogueItem.objects.exists()

    def test_another_profiles_item_is_not_there(self, client: Client, profile: BusinessProfile) -> None:
        item = factories.catalogue_item(factories.seller(name="Another"))
        client.force_login(factories.user(Role.FINANCE, profiles=[profile]))
        assert client.get(f"/api/catalogue/{item.pk}").status_code == 404
        assert client.patch(f"/api/catalogue/{item.pk}", {"name": "Mine"}, JSON).status_code == 404


JSON = "application/json"
