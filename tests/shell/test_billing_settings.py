"""Settings of billing: tax rates, number series, lock date and exchange rates on their pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from invoices.errors import ExchangeRateMissing
from invoices.models import BillingRules, ExchangeRate, NumberSeries, TaxRate
from invoices.services.exchange_rates import DatedRate, exchange_rates_import, exchange_rates_set, rate_to_freeze
from invoices.services.rules import rules_change
from invoices.services.series import series_add
from invoices.services.setup import numbering_follow
from invoices.states import InvoiceKind
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def profile() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def admin(client: Client, profile: BusinessProfile) -> Client:
    client.force_login(factories.user(Role.ADMIN))
    return client


def test_only_administrators_reach_the_pages(client: Client, profile: BusinessProfile) -> None:
    client.force_login(factories.user(Role.FINANCE))
    for name in ("tax-rates", "number-series", "lock-date", "exchange-rates"):
        assert client.get(f"/settings/{name}/").status_code == 403


def test_a_rate_is_added_changed_and_ended(admin: Client, profile: BusinessProfile) -> None:
    body = {"name": "Fuel 8 %", "category": "reduced", "rate": "8", "valid_from": "2026-01-01"}
    assert admin.post("/settings/tax-rates/new/", body).status_code == 302
    fuel = TaxRate.objects.get(profile=profile, name="Fuel 8 %")
    change = {"name": "Fuel 9 %", "rate": "9", "valid_from": "2026-07-01"}
    assert admin.post(f"/settings/tax-rates/{fuel.pk}/change/", change).status_code == 302
    fuel.refresh_from_db()
    assert fuel.valid_until == date(2026, 6, 30)
    following = TaxRate.objects.get(profile=profile, name="Fuel 9 %")
    assert admin.post(f"/settings/tax-rates/{following.pk}/end/", {"last_day": "2026-12-31"}).status_code == 302
    page = admin.get("/settings/tax-rates/").content.decode()
    assert "Fuel 8 %" in page
    assert "To come" in page


def test_a_refusal_stands_at_its_field(admin: Client) -> None:
    answer = admin.post("/settings/tax-rates/new/", {"name": "Free", "category": "exempt", "rate": "1"})
    assert answer.status_code == 422
    assert "rate" in answer.context["form"].errors


def test_the_lock_date_moves_only_after_it_was_confirmed(admin: Client, profile: BusinessProfile) -> None:
    body = {"until": "2026-02-28", "reason": ""}
    asked = admin.post("/settings/lock-date/", body)
    assert asked.context["asking"] is True
    assert not BillingRules.objects.filter(locked_until__isnull=False).exists()
    assert admin.post("/settings/lock-date/", body | {"confirmed": "1"}).status_code == 302
    assert BillingRules.objects.get(profile=profile).locked_until == date(2026, 2, 28)
    back = admin.post("/settings/lock-date/", {"until": "2026-01-31", "reason": "", "confirmed": "1"})
    assert "reason" in back.context["form"].errors
    assert "2026-02-28" in admin.get("/settings/lock-date/").content.decode()


def test_a_series_is_added_and_made_the_default(admin: Client, profile: BusinessProfile) -> None:
    body = {"code": "shop", "kind": "invoice", "pattern": "SHOP-{number:05}"}
    assert admin.post("/settings/number-series/new/", body).status_code == 302
    shop = NumberSeries.objects.get(profile=profile, code="SHOP")
    assert admin.post(f"/settings/number-series/{shop.pk}/default/").status_code == 302
    assert NumberSeries.objects.get(profile=profile, kind="invoice", is_default=True) == shop
    numbering_follow(profile_id=profile.pk)
    shop.refresh_from_db()
    assert shop.pattern == "SHOP-{number:05}"
    assert factories.issued_invoice(factories.customer(profile)).number == "SHOP-00001"
    assert "SHOP-00002" in admin.get("/settings/number-series/").content.decode()


@pytest.mark.parametrize(
    ("code", "pattern", "yearly", "field"),
    [
        ("INV", "X-{year}-{number}", True, "code"),
        ("a b", "X-{year}-{number}", True, "code"),
        ("X", "INV-{year}-{number}", True, "pattern"),
        ("X", "X-{number}", True, "pattern"),
        ("X", "X-{year}", False, "pattern"),
        ("X", "X-{month}-{number}", False, "pattern"),
    ],
)
def test_refuses_a_series_whose_numbers_would_clash(profile, code: str, pattern: str, yearly: bool, field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        series_add(
            profile_id=profile.pk,
            code=code,
            kind=InvoiceKind.INVOICE,
            pattern=pattern,
            restarts_yearly=yearly,
            actor=SYSTEM,
            now=NOW,
        )
    assert field in refused.value.errors


def test_rates_are_entered_imported_and_removed(admin: Client, profile: BusinessProfile) -> None:
    body = {"currency": "USD", "rate": "129.5", "valid_on": "2026-03-01"}
    assert admin.post("/settings/exchange-rates/new/", body).status_code == 302
    lines = "date,currency,rate\n2026-03-01,USD,130\n2026-03-01,eur,140.25\n"
    file = SimpleUploadedFile("rates.csv", lines.encode(), content_type="text/csv")
    assert admin.post("/settings/exchange-rates/import/", {"file": file}).status_code == 302
    kept = {(rate.currency, rate.rate, rate.source) for rate in ExchangeRate.objects.filter(profile=profile)}
    assert kept == {("USD", Decimal(130), "import"), ("EUR", Decimal("140.25"), "import")}
    euro = ExchangeRate.objects.get(currency="EUR")
    assert admin.post(f"/settings/exchange-rates/{euro.pk}/remove/").status_code == 302
    assert ExchangeRate.objects.count() == 1
    assert "USD" in admin.get("/settings/exchange-rates/").content.decode()


def test_a_file_with_a_wrong_row_changes_nothing_and_names_it(profile: BusinessProfile) -> None:
    content = b"date,currency,rate\n2026-03-01,USD,130\n2026-03-01,USX,1\n01/03/2026,EUR,140\n"
    with pytest.raises(ValidationFailed) as refused:
        exchange_rates_import(profile_id=profile.pk, content=content, actor=SYSTEM, now=NOW)
    assert [text[:6] for text in refused.value.errors["file"]] == ["Row 3:", "Row 4:"]
    assert not ExchangeRate.objects.exists()


def test_the_latest_rate_is_taken_while_it_is_recent_enough(profile: BusinessProfile) -> None:
    rates = [DatedRate("USD", date(2026, 2, day), Decimal(120 + day)) for day in (10, 20)]
    exchange_rates_set(profile_id=profile.pk, rates=rates, actor=SYSTEM, now=NOW)

    def frozen(day: date) -> object:
        return rate_to_freeze(profile=profile, currency="USD", day=day).get("fx_rate")

    assert (frozen(date(2026, 2, 19)), frozen(date(2026, 2, 9))) == (None, None)
    assert (frozen(date(2026, 2, 17)), frozen(date(2026, 2, 27))) == (130, 140)
    assert frozen(date(2026, 2, 28)) is None
    rules_change(profile_id=profile.pk, exchange_rate_required=True, actor=SYSTEM, now=NOW)
    with pytest.raises(ExchangeRateMissing, match=r"USD to KES"):
        frozen(date(2026, 2, 28))
