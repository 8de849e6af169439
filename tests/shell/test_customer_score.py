"""The payment score: a number that can be worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from billing_assistant.core.rights import Role
from billing_assistant.shell.selectors import customer_score
from billing_assistant.shell.selectors.customer_score import payment_score
from customers.models import Customer
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments import builders

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


def paid(customer: Customer, *, days_late: int, now: datetime) -> None:
    """An invoice that was due at once and paid so many days later, on the day `now`."""
    issued = now - timedelta(days=max(days_late, 0))
    invoice = factories.issued_invoice(customer, now=issued, payment_terms_days=-days_late if days_late < 0 else 0)
    builders.pay(customer, "52200", {invoice.pk: Decimal(52200)}, received_on=now.date(), now=now)


def test_there_is_no_score_before_the_third_invoice(customer: Customer, now: datetime) -> None:
    for _ in range(2):
        paid(customer, days_late=0, now=now)
    score = payment_score(factories.actor(), customer, now)
    assert score is not None
    assert (score.points, score.on_time, score.invoices) == (None, 2, 2)


def test_each_day_late_costs_two_points_of_an_invoice(customer: Customer, now: datetime) -> None:
    for days in (10, 0, -5):
        paid(customer, days_late=days, now=now)
    factories.issued_invoice(customer, now=now - timedelta(days=70), payment_terms_days=0)
    score = payment_score(factories.actor(), customer, now)
    assert score is not None
    assert (score.on_time, score.late, score.late_days, score.overdue, score.overdue_days) == (2, 1, 10, 1, 70)
    assert (score.lost, score.points) == (Decimal("30.0"), 70)


def test_what_was_given_up_loses_everything(customer: Customer, now: datetime) -> None:
    for _ in range(3):
        paid(customer, days_late=0, now=now)
    lost = factories.issued_invoice(customer, now=now - timedelta(days=200), payment_terms_days=0)
    invoice_write_off(invoice_id=lost.pk, amount=None, reason="Bankrupt", actor=factories.actor(), now=now)
    score = payment_score(factories.actor(), customer, now)
    assert score is not None
    assert (score.given_up, score.overdue, score.points) == (1, 0, 75)


def test_what_was_settled_longer_than_a_year_ago_does_not_count(customer: Customer, now: datetime) -> None:
    for _ in range(3):
        paid(customer, days_late=0, now=now - timedelta(days=366))
    score = payment_score(factories.actor(), customer, now)
    assert score is not None
    assert score.invoices == 0


def test_the_page_explains_the_score_with_the_customers_figures(
    client: Client, customer: Customer, now: datetime
) -> None:
    client.force_login(factories.user(Role.READ_ONLY), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("customers:detail", args=[customer.pk])).content.decode()
    assert "Too few invoices yet" in page
    assert "0 of the 3 invoices that a score needs." in page


def test_of_many_invoices_it_is_kept_for_a_minute(
    customer: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_score, "KEPT_FROM", 1)
    read = []
    for clear in (False, False, False, True):
        if clear:
            cache.clear()
        score = payment_score(factories.actor(), customer, now)
        assert score is not None
        read.append(score.invoices)
        paid(customer, days_late=0, now=now)
    assert read == [0, 1, 1, 3]
