"""Import of recurring plans: a row a plan, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_assistant.core.models import BusinessProfile
from invoices.models import Plan
from tests import factories
from tests.support.imports import counts, imported, reasons

pytestmark = pytest.mark.django_db
ROWS = (
    "Customer number,Plan,Subscription id,Billing cycle,Start date,End date,Price,Seats,Tax rate,Currency,Description\n"
    "CUST-7,Care,sub_1,Quarterly,2026-04-01,,1500.00,2,16,KES,Care {period}\n"
    "Sasini Tea,Hosting,sub_2,month,2025-01-31,2027-01-30,99.50,,0,USD,\n"
)


@pytest.fixture
def profile(clock: Any) -> BusinessProfile:
    made = factories.seller()
    factories.customer(made, number="CUST-7", name="Kilimo")
    factories.customer(made, number="CUST-8", name="Sasini Tea")
    return made


def test_a_row_becomes_a_plan_that_makes_drafts(profile: BusinessProfile) -> None:
    assert counts(imported(ROWS, "plans", profile)) == (2, 0, 0, 0)
    care, hosting = Plan.objects.order_by("id")
    assert (care.customer.number, care.unit, care.every, care.makes) == ("CUST-7", "month", 3, "draft")
    line = care.lines.get()
    assert (line.description, line.quantity, line.unit_price, line.tax_rate) == ("Care {period}", 2, 1500, 16)
    assert (hosting.currency, hosting.ends_on, hosting.lines.get().tax_category) == ("USD", date(2027, 1, 30), "zero")


def test_what_began_before_today_was_billed_elsewhere(profile: BusinessProfile) -> None:
    imported(ROWS, "plans", profile)
    hosting = Plan.objects.get(source_ref="sub_2")
    assert hosting.next_index > 0
    assert hosting.due_at is not None
    assert hosting.due_at > factories.NOW


def test_the_same_file_again_makes_nothing_twice(profile: BusinessProfile) -> None:
    imported(ROWS, "plans", profile)
    assert counts(imported(ROWS, "plans", profile)) == (0, 2, 0, 0)
    without = "Customer,Plan,Start date,Price\nKilimo,Care,2026-05-01,10\n"
    assert [counts(imported(without, "plans", profile))[:2] for _ in range(2)] == [(1, 0), (0, 1)]


def test_rows_that_cannot_be_taken_say_why(profile: BusinessProfile) -> None:
    rows = (
        "Customer,Plan,Billing cycle,Interval count,Start date,End date,Price,Mode\n"
        "Nobody,A,month,1,2026-05-01,,1,\n"
        "Kilimo,B,now and then,1,2026-05-01,,1,\n"
        "Kilimo,C,month,1,2026-05-01,2026-01-01,1,\n"
        "Kilimo,D,month,1.5,2026-05-01,,1,\n"
        "Kilimo,E,month,1,2026-05-01,,1,fax\n"
        "Kilimo,F,month,1,2026-05-01,,1,An invoice\n"
    )
    run = imported(rows, "plans", profile)
    assert counts(run) == (1, 0, 0, 5)
    assert [(line, field) for line, field, _reason in reasons(run)] == [
        (2, "customer"),
        (3, "unit"),
        (4, "ends_on"),
        (5, "every"),
        (6, "makes"),
    ]
