"""The credit limit when an invoice is issued, and the rule of the payment status with its thresholds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from customers.credit import exposure_of
from customers.models import Customer
from customers.services.standing import Standing, payment_status_of, payment_status_refresh
from customers.states import PaymentStatus
from tests import factories
from tests.payments import builders

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("days_late", "tolerated", "outstanding", "percent", "status"),
    [
        (5, 5, "0", 100, PaymentStatus.GOOD),
        (6, 5, "0", 100, PaymentStatus.WARNING),
        (0, 0, "80", 80, PaymentStatus.GOOD),
        (0, 0, "80.01", 80, PaymentStatus.WARNING),
        (0, 0, "100", 100, PaymentStatus.GOOD),
        (6, 7, "100.01", 100, PaymentStatus.WARNING),
    ],
)
def test_the_profile_says_from_where_on_there_is_a_warning(
    days_late: int, tolerated: int, outstanding: str, percent: int, status: PaymentStatus
) -> None:
    standing = Standing(
        has_overdue=False,
        days_late=days_late,
        outstanding=Decimal(outstanding),
        credit_limit=Decimal(100),
        late_days_tolerated=tolerated,
        credit_warning_percent=percent,
    )
    assert payment_status_of(standing) is status


def test_the_refreshed_status_follows_the_settings_of_the_profile() -> None:
    customer = factories.customer(factories.profile(late_days_tolerated=3))
    for days, status in ((3, "good"), (4, "warning")):
        said = payment_status_refresh(customer_id=customer.pk, has_overdue=False, days_late=days, now=factories.NOW)
        assert said == status


def test_exposure_is_what_is_owed_and_would_be_in_the_customers_currency() -> None:
    customer = builders.customer()
    Customer.objects.filter(pk=customer.pk).update(credit_limit=Decimal(1000))
    customer.refresh_from_db()
    builders.invoice(customer, "700.00")
    assert exposure_of(customer).over == 0
    exposure = exposure_of(customer, adding=Money(Decimal("300.01"), "KES"))
    assert (exposure.outstanding, exposure.total, exposure.over) == (700, Decimal("1000.01"), Decimal("0.01"))
    assert exposure_of(customer, adding=Money(Decimal(5000), "USD")).over == 0
    customer.credit_limit = None
    assert exposure_of(customer, adding=Money(Decimal(5000), "KES")).over == 0


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_draft_warns_before_and_after_the_limit_is_passed(finance: Client) -> None:
    customer = factories.customer(factories.seller(), credit_limit=Decimal(100))
    draft = factories.draft(customer)
    page = finance.get(reverse("invoices:draft_preview", args=[draft.pk])).content.decode()
    assert "Over the credit limit" in page
    assert "52,200.00" in page
    finance.post(reverse("invoices:draft_issue", args=[draft.pk]))
    told = finance.get(reverse("customers:list")).content.decode()
    assert "is over the credit limit now." in told


@pytest.mark.parametrize(("limit", "codes"), [(Decimal(100), ["credit_limit"]), (Decimal(60_000), []), (None, [])])
def test_the_answer_of_the_api_warns_as_the_page_does(finance: Client, limit: Decimal | None, codes: list[str]) -> None:
    customer = factories.customer(factories.seller(), name="Amani Ltd", credit_limit=limit)
    draft = factories.draft(customer)
    answer = finance.post(f"/api/drafts/{draft.number}/issue", {}, content_type="application/json")
    assert answer.status_code == 201
    warnings = answer.json()["warnings"]
    assert [warning["code"] for warning in warnings] == codes
    assert [warning["message"] for warning in warnings] == ["Amani Ltd is over the credit limit now."] * len(codes)


def test_a_suspended_customers_draft_says_so_and_offers_no_issue(finance: Client) -> None:
    customer = factories.customer(factories.seller())
    draft = factories.draft(customer)
    Customer.objects.filter(pk=customer.pk).update(status="suspended")
    page = finance.get(reverse("invoices:draft_preview", args=[draft.pk])).content.decode()
    assert "is suspended and cannot receive new invoices" in page
    assert reverse("invoices:draft_issue", args=[draft.pk]) not in page
