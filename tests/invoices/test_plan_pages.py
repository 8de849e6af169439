"""The pages of recurring plans, as a person uses them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import Plan
from invoices.services.plan_acts import plan_pause
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile(clock: Any) -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def customer(profile: BusinessProfile) -> Customer:
    return factories.customer(profile)


@pytest.fixture
def browser(profile: BusinessProfile) -> Client:
    client = Client()
    client.force_login(factories.user(Role.FINANCE, profiles=[profile]))
    return client


def form_of(**more: str) -> dict[str, str]:
    return {
        "name": "SEO retainer",
        "every": "1",
        "unit": "month",
        "starts_on": "2026-03-01",
        "timing": "advance",
        "bills_at": "00:00",
        "time_zone": "Africa/Nairobi",
        "prorates": "on",
        "makes": "send",
        "credits_first": "on",
        "currency": "KES",
        "discount_kind": "none",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-description": "SEO {month}",
        "lines-0-quantity": "1",
        "lines-0-unit_price": "30k",
        "lines-0-tax": "standard:16",
    } | more


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content
    return " ".join(response.content.decode().split())


def test_without_plans_the_page_says_what_they_are_for(browser: Client) -> None:
    assert "No plans yet" in text(browser.get("/plans/"))


def test_a_plan_is_made_on_the_page(browser: Client, customer: Customer) -> None:
    chosen = browser.post("/plans/new/", {"customer": str(customer.pk)})
    assert chosen.url == f"/plans/new/?customer={customer.pk}"  # type: ignore[attr-defined]
    assert "Make plan" in text(browser.get(chosen.url))  # type: ignore[attr-defined]
    made = browser.post(chosen.url, form_of(anchor_day="31", cycles="12"))  # type: ignore[attr-defined]
    plan = Plan.objects.get()
    assert made.url == reverse("invoices:plan", args=[plan.pk])  # type: ignore[attr-defined]
    assert (plan.name, plan.anchor_day, plan.cycles, plan.makes) == ("SEO retainer", 31, 12, "send")
    assert (plan.prorates, plan.credits_first) == (True, True)
    shown = text(browser.get(made.url))  # type: ignore[attr-defined]
    assert "SEO retainer" in shown
    assert "Next bills" in shown
    assert "Plan PLAN-0001 made" in shown


def test_what_is_wrong_stands_at_its_box_and_nothing_is_lost(browser: Client, customer: Customer) -> None:
    wrong = form_of(ends_on="2026-02-01", **{"lines-0-description": "SEO {monat}", "lines-0-unit_price": ""})
    shown = text(browser.post(f"/plans/new/?customer={customer.pk}", wrong), 422)
    for said in ("means nothing here", "A plan needs every rate", "ends before its first day", 'value="SEO retainer"'):
        assert said in shown
    assert not Plan.objects.exists()


def test_a_row_is_added_without_javascript(browser: Client, customer: Customer) -> None:
    shown = text(browser.post(f"/plans/new/?customer={customer.pk}", form_of(add="lines")))
    assert 'name="lines-1-description"' in shown


def test_the_next_dates_and_amounts_are_computed_while_typing(browser: Client, customer: Customer) -> None:
    url = f"/plans/ahead/?customer={customer.pk}"
    shown = text(browser.post(url, form_of(starts_on="2026-03-21", anchor_day="1", name="")))
    assert "11 of 31 days" in shown
    assert "34,800.00" in shown
    assert 'id="lines-0-amount"' in shown
    wrong = text(browser.post(url, form_of(**{"lines-0-unit_price": "x"})))
    assert re.findall(r'id="lines-0-amount"[^>]*>([^<]*)<', wrong) == [""]
    assert "means nothing here" in text(browser.post(url, form_of(**{"lines-0-description": "{x}"})))
    assert not Plan.objects.exists()


def test_a_plan_is_edited_until_it_was_billed_and_then_in_part(browser: Client, customer: Customer) -> None:
    plan = factories.plan(customer)
    url = reverse("invoices:plan_edit", args=[plan.pk])
    assert 'value="SEO {month}"' in text(browser.get(url))
    browser.post(url, form_of(every="2", version="1", **{"lines-0-unit_price": "40000"}))
    plan.refresh_from_db()
    assert (plan.every, plan.lines.get().unit_price, plan.version) == (2, 40_000, 2)
    factories.plan_billed(plan)
    shown = text(browser.get(url))
    assert "lines-0-description" not in shown
    assert "Periods were billed already" in shown
    assert browser.post(url, form_of(every="5", name="Other", version="2")).status_code == 302
    plan.refresh_from_db()
    assert (plan.every, plan.name) == (2, "Other")


def test_who_saved_meanwhile_is_told(browser: Client, customer: Customer) -> None:
    plan = factories.plan(customer)
    Plan.objects.filter(pk=plan.pk).update(version=4)
    shown = text(browser.post(reverse("invoices:plan_edit", args=[plan.pk]), form_of(version="1")), 422)
    assert "Somebody saved version 4" in shown


def test_it_is_paused_resumed_and_ended(browser: Client, customer: Customer) -> None:
    plan = factories.plan(customer)
    page, act = reverse("invoices:plan", args=[plan.pk]), reverse("invoices:plan_act", args=[plan.pk])
    assert "after today" in text(browser.post(act, {"act": "pause", "resumes_on": "2026-01-01"}, follow=True))
    assert "is paused" in text(browser.post(act, {"act": "pause", "resumes_on": "2026-06-01"}, follow=True))
    assert "1 period was to be billed meanwhile" in text(browser.get(page))
    assert "goes on" in text(browser.post(act, {"act": "resume", "missed": "skip"}, follow=True))
    plan.refresh_from_db()
    assert (plan.status, plan.next_index) == ("active", 1)
    browser.post(act, {"act": "end", "when": "on", "on": "2026-05-31"})
    plan.refresh_from_db()
    assert (plan.status, plan.ends_on) == ("active", date(2026, 5, 31))
    assert "has ended" in text(browser.post(act, {"act": "end", "when": "now"}, follow=True))
    assert "Change lines" not in text(browser.get(page))


def test_lines_change_from_a_day_and_the_page_says_what_that_does(browser: Client, customer: Customer) -> None:
    plan = factories.plan(customer, factories.line("SEO", "1", "31000"))
    factories.plan_billed(plan)
    url = reverse("invoices:plan_lines", args=[plan.pk])
    assert 'value="SEO"' in text(browser.get(url))
    lines = {name: value for name, value in form_of().items() if name.startswith("lines-")}
    seen = text(browser.post(f"{url}ahead/", lines | {"from_on": "2026-04-01", "lines-0-unit_price": "62000"}))
    assert "71,920.00" in seen
    assert plan.lines.count() == 1
    done = browser.post(url, lines | {"from_on": "2026-03-11", "lines-0-unit_price": "62000"}, follow=True)
    assert "21,000.00 comes with the next invoice" in text(done).replace("\u00a0", " ")
    assert "Comes with the next invoice" in text(done)
    assert "is billed" in text(browser.post(url, lines | {"from_on": "2026-02-01"}), 422)


def test_the_list_is_searched_filtered_sorted_and_exported(browser: Client, profile: BusinessProfile) -> None:
    first = factories.plan(factories.customer(profile, name="Sasini"), name="Hosting")
    second = factories.plan(factories.customer(profile, name="Kilimo"), name="Care")
    plan_pause(plan_id=second.pk, resumes_on=None, actor=SYSTEM, now=NOW)
    shown = text(browser.get("/plans/"))
    assert "Monthly revenue" in shown
    assert first.number in shown
    for query, there, absent in (
        ("q=sasini", first, second),
        ("status=paused", second, first),
        ("due=week", first, second),
    ):
        shown = text(browser.get(f"/plans/?{query}"))
        assert there.number in shown
        assert absent.number not in shown
    for sort in ("name", "-due", "due", "new"):
        assert browser.get(f"/plans/?sort={sort}").status_code == 200
    content = b"".join(browser.get("/plans/export/?status=paused"))  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [second.number]
    assert rows[1][-1] == "34800.00"
    workbook = browser.get("/plans/export/?format=xlsx")
    assert b"".join(workbook)[:2] == b"PK"
    workbook.close()


def test_the_statements_of_the_list_do_not_grow_with_the_plans(
    browser: Client, profile: BusinessProfile, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        factories.plan(factories.customer(profile))
    browser.get("/plans/")
    with django_assert_max_num_queries(22):
        browser.get("/plans/")


def test_prices_are_raised_after_a_look_and_once(browser: Client, profile: BusinessProfile, customer: Customer) -> None:
    plan, other = factories.plan(customer), factories.plan(customer)
    url = f"/plans/increase/?plan={plan.pk}&percent=10&from_on=2026-05-01"
    shown = text(browser.get(url))
    assert "38,280.00" in shown
    assert plan.lines.count() == 1
    sent = {"plan": str(plan.pk), "percent": "10", "from_on": "2026-05-01", "key": "k"}
    assert "Prices of 1 plan are changed" in text(browser.post("/plans/increase/", sent, follow=True))
    browser.post("/plans/increase/", sent)
    assert [line.unit_price for line in plan.lines.all()] == [30_000, 33_000]
    assert other.lines.count() == 1
    assert "per cent" in text(browser.get("/plans/increase/?percent=0&from_on=2026-05-01"))


def test_an_invoice_begins_a_plan(browser: Client, customer: Customer) -> None:
    invoice = factories.issued_invoice(customer)
    shown = text(browser.get(f"/plans/new/?invoice={invoice.pk}"))
    assert 'value="Web hosting"' in shown
    assert "2026-04-02" in shown


def test_who_only_reads_sees_no_actions(profile: BusinessProfile, customer: Customer) -> None:
    plan = factories.plan(customer)
    reader = Client()
    reader.force_login(factories.user(Role.READ_ONLY, profiles=[profile]))
    shown = text(reader.get(reverse("invoices:plan", args=[plan.pk])))
    assert "Change lines" not in shown
    assert reader.get("/plans/new/").status_code == 403
