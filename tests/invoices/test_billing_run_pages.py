"""The pages of the billing run, its figures for Prometheus, and credit that pays first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import queue
from billing_assistant.core.rights import Role
from billing_assistant.core.services.relay import relay_events
from customers.models import Customer
from customers.states import CustomerStatus
from invoices.models import BillingEngine, BillingRun, Invoice
from invoices.services.billing_engine import engine_pause, run_open, run_work
from payments.models import Payment
from tests import factories
from tests.factories import SYSTEM
from tests.invoices.plans import plan
from tests.payments.builders import pay

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
RUNS, TRY, BEGIN, ENGINE = "/plans/runs/", "/plans/runs/try/", "/plans/runs/begin/", "/plans/runs/engine/"
AT = factories.NOW


def browser(role: Role = Role.ADMIN, **limits: Any) -> Client:
    client = Client()
    client.force_login(factories.user(role, **limits))
    return client


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller(), name="Amani Holdings")


def test_the_page_without_runs_says_what_the_engine_does(customer: Customer) -> None:
    assert customer
    assert "No plan was billed yet" in browser().get(RUNS).content.decode()


def test_a_run_shows_its_figures_what_was_billed_and_who_needs_a_person(customer: Customer) -> None:
    good = plan(customer, "1000", starts_on=date(2026, 3, 1))
    other = factories.customer(customer.profile, name="Suspended Ltd", status=CustomerStatus.SUSPENDED)
    parked = plan(other, "5", starts_on=date(2026, 3, 1))
    run_work(now=AT, seconds=60)
    page = browser().get(f"{RUNS}1/").content.decode()
    invoice = Invoice.objects.get()
    for text in (invoice.number, good.number, "Amani Holdings", parked.number, "Suspended Ltd is suspended", "1,160"):
        assert text in page, text
    assert "every 2s" not in page


def test_a_run_under_way_renews_itself(customer: Customer) -> None:
    plan(customer, starts_on=date(2026, 3, 1))
    run_open(now=AT)
    page = browser().get(f"{RUNS}1/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "0 plans done, 1 due still" in page


def test_a_dry_run_shows_totals_by_currency_and_writes_nothing(customer: Customer) -> None:
    plan(customer, "1000", starts_on=date(2026, 3, 10))
    plan(customer, "10", starts_on=date(2026, 3, 10), currency="USD")
    page = browser().get(TRY, {"until": "2026-03-10"}).content.decode()
    assert "1,160" in page
    assert "11.60" in page
    assert not BillingRun.objects.exists()
    assert "No plan is due until then" in browser().get(TRY, {"until": "2026-03-09"}).content.decode()


def test_a_dry_run_shows_only_the_profiles_that_a_person_sees(customer: Customer) -> None:
    plan(customer, "1000", starts_on=date(2026, 3, 1))
    elsewhere = factories.seller()
    page = browser(Role.FINANCE, profiles=[elsewhere]).get(TRY, {"until": "2026-03-10"}).content.decode()
    assert "No plan is due until then" in page


def test_people_who_are_limited_to_some_profiles_see_of_a_run_what_is_theirs(customer: Customer) -> None:
    plan(customer, "1000", starts_on=date(2026, 3, 1))
    elsewhere = factories.customer(factories.seller(), name="Elsewhere Ltd")
    plan(elsewhere, "7000", starts_on=date(2026, 3, 1))
    run_work(now=AT, seconds=60)
    limited = browser(Role.FINANCE, profiles=[customer.profile])
    page = limited.get(f"{RUNS}1/").content.decode()
    assert "Amani Holdings" in page
    assert "Elsewhere" not in page
    assert "9,280" not in page  # what the run came to as a whole
    assert "8,120" not in page


def test_only_who_sees_all_profiles_switches_the_engine(customer: Customer) -> None:
    browser(Role.ADMIN, profiles=[customer.profile]).post(ENGINE, {"act": "pause", "reason": "Mine alone"})
    assert not BillingEngine.objects.exists()


def test_the_engine_is_paused_with_a_reason_and_goes_on(customer: Customer) -> None:
    assert customer
    admin = browser()
    admin.post(ENGINE, {"act": "pause", "reason": ""})
    assert not BillingEngine.objects.exists()
    admin.post(ENGINE, {"act": "pause", "reason": "Prices are being checked"})
    assert "Prices are being checked" in admin.get(RUNS).content.decode()
    admin.post(ENGINE, {"act": "resume"})
    assert BillingEngine.objects.get().paused_at is None


def test_a_run_begun_by_a_person_names_that_person(customer: Customer) -> None:
    plan(customer, starts_on=date(2026, 3, 1))
    response = browser().post(BEGIN)
    run = BillingRun.objects.get()
    assert response["Location"] == f"{RUNS}{run.number}/"
    assert run.cause == "person"


def test_nothing_is_begun_when_nothing_is_due_or_all_is_paused(customer: Customer) -> None:
    plan(customer, starts_on=date(2026, 3, 1))
    engine_pause(reason="Not now", actor=SYSTEM, now=AT)
    assert browser().post(BEGIN)["Location"] == RUNS
    assert not BillingRun.objects.exists()


def test_metrics_are_for_who_has_the_token(customer: Customer, settings: Any) -> None:
    plan(customer, "1000", starts_on=date(2026, 3, 1))
    client = Client()
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    before = client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).content.decode()
    assert "\nbilling_plans_due 1\n" in before
    run_work(now=AT, seconds=60)
    after = client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).content.decode()
    assert 'billing_plans_total{outcome="invoiced"} 1' in after
    assert "\nbilling_plans_due 0\n" in after


def test_credit_of_the_customer_pays_first_when_the_plan_says_so(customer: Customer) -> None:
    payment = pay(customer, "500")
    plan(customer, "1000", starts_on=date(2026, 3, 1))
    other = plan(customer, "1000", starts_on=date(2026, 3, 1), credits_first=False)
    run_work(now=AT, seconds=60)
    relay_events(queue=queue.DEFAULT)
    first = Invoice.objects.exclude(plan_periods__plan=other).get()
    assert (first.amount_paid, first.amount_due) == (Decimal(500), Decimal(660))
    assert Invoice.objects.get(plan_periods__plan=other).amount_paid == 0
    assert Payment.objects.get(pk=payment.pk).unapplied == 0
