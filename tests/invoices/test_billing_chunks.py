"""Plans billed in chunks: as many statements for many as for few, and each as it would be alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoices.models import (
    BillingChunk,
    InvoiceDraft,
    Plan,
    PlanPeriod,
)
from invoices.plan_states import PeriodOutcome, PlanMakes, PlanStatus, PlanTiming
from invoices.services.billing_documents import periods_due
from invoices.services.plan_documents import line_sets, lines_of, totals_of
from invoices.services.plan_schedule import due_at_of
from invoices.states import DiscountKind
from tests import factories
from tests.invoices.plans import AT, bill_all, plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.money]


def test_a_chunk_costs_as_many_statements_for_forty_plans_as_for_twenty() -> None:
    customer = factories.customer(factories.seller())
    counts = []
    for size in (20, 20, 40):  # the first opens accounts and the counter
        for _ in range(size):
            plan(customer, "10", "20", "30")
        with CaptureQueriesContext(connection) as statements:
            bill_all()
        counts.append(len(statements))
        Plan.objects.update(status=PlanStatus.PAUSED)
    assert counts[1] == counts[2]


def test_plans_of_one_chunk_are_billed_as_each_would_be_alone() -> None:
    """Plans that say the same are put together once; what differs in one thing only is not taken for the same."""
    first = factories.customer(factories.seller(), language="en")
    second = factories.customer(first.profile, language="sw", invoice_template="simple")
    usual: dict[str, Any] = {"starts_on": date(2026, 1, 20), "anchor_day": 1}
    ways: list[dict[str, Any]] = [
        {},
        {},
        {"prorates": False},
        {"prices_include_tax": True},
        {"discount_kind": DiscountKind.PERCENT, "discount_value": Decimal(10)},
        {"discount_kind": DiscountKind.AMOUNT, "discount_value": Decimal(10)},
        {"language": "sw"},
        {"timing": PlanTiming.ARREARS},
        {"starts_on": date(2026, 1, 21)},
        {"cycles": 1},
        {"currency": "JPY"},
    ]
    made = [plan(customer, "100", "33.33", **(usual | way)) for customer in (first, second) for way in ways]
    alone = {
        (one.pk, period.index): (lines, totals_of(one, period, lines))
        for one in Plan.objects.select_related("customer", "profile")
        for period in periods_due(one, AT)
        for lines in [lines_of(one, period, line_sets(list(one.lines.all())))]
    }
    bill_all()
    assert BillingChunk.objects.count() == 1
    periods = {(period.plan_id, period.index): period for period in PlanPeriod.objects.select_related("invoice")}
    assert periods.keys() == alone.keys()
    for key, (lines, totals) in alone.items():
        invoice = periods[key].invoice
        assert invoice is not None
        assert [(row.description, row.amount, row.service_to) for row in invoice.lines.all()] == [
            (line.description, total.amount, line.service_to) for line, total in zip(lines, totals.lines, strict=True)
        ]
        assert (invoice.total, invoice.tax_total, invoice.discount_total) == (
            totals.total,
            totals.tax_total,
            totals.discount_total,
        )
        assert invoice.buyer["name"] == invoice.customer.name
        assert invoice.template["design"] == invoice.customer.invoice_template
    for one in made:
        one.refresh_from_db()
        assert one.due_at == due_at_of(one)


@pytest.mark.parametrize("waits", [{"makes": PlanMakes.DRAFT}, {"review_days": 4}])
def test_drafts_cost_as_many_statements_for_forty_plans_as_for_twenty(waits: dict[str, Any]) -> None:
    customers = [factories.customer(factories.seller())]
    customers += [factories.customer(customers[0].profile) for _ in range(4)]
    counts = []
    for size in (20, 20, 40):
        made = [plan(customers[n % 5], str(10 + n), "20", **waits) for n in range(size)]
        with CaptureQueriesContext(connection) as statements:
            bill_all()
        counts.append(len(statements))
        assert (
            PlanPeriod.objects.filter(plan__in=made, outcome=PeriodOutcome.DRAFTED, draft__total__gt=0).count() == size
        )
        Plan.objects.update(status=PlanStatus.PAUSED)
    assert counts[1] == counts[2]


def test_plans_of_two_profiles_are_drafted_in_one_chunk_each_with_its_own_numbers() -> None:
    buyers = [factories.customer(factories.seller()) for _ in range(2)]
    made = [plan(buyers[n % 2], "10", makes=PlanMakes.DRAFT) for n in range(4)]
    bill_all()
    drafts = InvoiceDraft.objects.order_by("profile", "number").values_list("profile", "number")
    assert len(drafts) == len(set(drafts)) == 4
    for one in made:
        period = one.periods.get()
        assert period.draft.source_key == f"plan:{one.pk}:{period.starts_on}"
        assert (period.draft.customer_id, period.draft.versions.count()) == (one.customer_id, 1)


def test_a_draft_that_is_there_already_is_not_made_again() -> None:
    made = plan(None, "10", makes=PlanMakes.DRAFT)
    bill_all()
    draft = InvoiceDraft.objects.get()
    PlanPeriod.objects.all().delete()
    Plan.objects.update(next_index=0, due_at=AT, status=PlanStatus.ACTIVE)
    bill_all()
    assert made.periods.get().draft == InvoiceDraft.objects.get() == draft
