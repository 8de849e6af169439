"""Lines of a plan change from a day on, and what that does to a period that is billed comes to the day and cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.errors import PlanChanged, PlanNotEditable
from invoices.models import Invoice, InvoiceDraft, InvoiceLine, Plan, PlanPeriod
from invoices.plan_states import PeriodOutcome
from invoices.services.credit_notes import credit_note_issue
from invoices.services.drafts import draft_discard
from invoices.services.plan_acts import plan_end
from invoices.services.plan_changes import LinesChanged, plan_change_lines
from invoices.services.plan_preview import plan_preview
from invoices.services.void import invoice_void
from invoices.states import DiscountKind, InvoiceKind, TaxCategory
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.money


@pytest.fixture
def customer(db: None) -> Customer:
    return factories.customer(factories.seller())


def change(plan: Plan, day: date, *prices: str, drops_later: bool = False) -> LinesChanged:
    lines = tuple(factories.line(f"Part {i}", "1", price) for i, price in enumerate(prices))
    return plan_change_lines(plan_id=plan.pk, from_on=day, lines=lines, drops_later=drops_later, actor=SYSTEM, now=NOW)


def march(day: int) -> date:
    return date(2026, 3, day)


def left_to_bill(plan: Plan) -> Decimal:
    return sum((one.amount for one in plan.adjustments.filter(period__isnull=True)), Decimal(0))


def test_more_in_a_billed_period_is_billed_with_the_next(customer: Customer) -> None:
    plan = factories.plan(customer)
    factories.plan_billed(plan)
    result = change(plan, march(11), "61000")
    assert (result.added, result.credit_note) == (Decimal("21000.00"), None)  # 31,000 more for 21 of 31 days
    (ahead, after) = plan_preview(Plan.objects.get(pk=plan.pk), count=2)
    assert [line.unit_price for line in ahead.lines] == [61_000, 21_000]
    assert ahead.lines[1].description == "SEO retainer: change from 11 March 2026, 21 of 31 days"
    assert after.totals is not None
    assert after.totals.subtotal == 61_000


def test_less_is_credited_on_the_invoice_of_the_period(customer: Customer) -> None:
    plan = factories.plan(customer, factories.line("SEO", "1", "31000"))
    invoice = factories.plan_billed(plan).invoice
    result = change(plan, march(11), "15500")
    assert result.credit_note is not None
    assert (result.credited, result.not_credited) == (Decimal("10500.00"), 0)
    assert (result.credit_note.corrects, result.credit_note.total) == (invoice, Decimal("12180.00"))
    assert Event.objects.get(name="plan.lines_changed").data["note"] == result.credit_note.number


def test_less_first_takes_off_what_was_to_be_billed(customer: Customer) -> None:
    plan = factories.plan(customer, factories.line("SEO", "1", "31000"))
    factories.plan_billed(plan)
    change(plan, march(11), "62000")
    assert left_to_bill(plan) == 21_000
    result = change(plan, march(21), "31000")
    assert (result.taken_off, result.credited, left_to_bill(plan)) == (Decimal("11000.00"), 0, 10_000)
    result = change(plan, march(26), "0")
    assert (result.taken_off, result.credited, left_to_bill(plan)) == (Decimal("6000.00"), 0, 4_000)


def test_the_same_day_can_be_changed_again(customer: Customer) -> None:
    plan = factories.plan(customer, factories.line("SEO", "1", "31000"))
    factories.plan_billed(plan)
    change(plan, march(11), "310000")
    change(plan, march(11), "62000")
    assert left_to_bill(plan) == 21_000
    assert list(plan.lines.values_list("valid_from", "unit_price")) == [(march(1), 31_000), (march(11), 62_000)]


def test_another_tax_is_credited_and_billed_in_its_own_group(customer: Customer) -> None:
    plan = factories.plan(customer, factories.line("SEO", "1", "31000"))
    factories.plan_billed(plan)
    lines = (factories.line("SEO", "1", "31000", tax_category=TaxCategory.ZERO, tax_rate=Decimal(0)),)
    result = plan_change_lines(plan_id=plan.pk, from_on=march(16), lines=lines, actor=SYSTEM, now=NOW)
    assert (result.added, result.credited) == (16_000, 16_000)
    (open_one,) = plan.adjustments.all()
    assert (open_one.tax_category, open_one.tax_rate) == ("zero", 0)


def test_a_discount_in_per_cent_holds_for_the_credit(customer: Customer) -> None:
    percent = {"discount_kind": DiscountKind.PERCENT, "discount_value": Decimal(10)}
    plan = factories.plan(customer, factories.line("SEO", "1", "31000"), **percent)
    factories.plan_billed(plan)
    assert change(plan, march(22), "0").credited == Decimal(9_000)


def test_what_was_credited_by_hand_is_not_credited_again(customer: Customer) -> None:
    plan = factories.plan(customer, factories.line("SEO", "1", "31000"))
    invoice = factories.plan_billed(plan).invoice
    assert invoice is not None
    line = InvoiceLine.objects.get(invoice=invoice)
    credit_note_issue(invoice_id=invoice.pk, lines={line.pk: Decimal(30_000)}, reason="Goodwill", actor=SYSTEM, now=NOW)
    result = change(plan, march(22), "0")
    assert (result.credited, result.not_credited) == (1_000, 9_000)


def test_without_days_a_change_waits_for_the_next_period(customer: Customer) -> None:
    plan = factories.plan(customer, prorates=False)
    factories.plan_billed(plan)
    result = change(plan, march(11), "61000")
    assert (result.added, result.credited) == (0, 0)
    (ahead,) = plan_preview(Plan.objects.get(pk=plan.pk), count=1)
    assert [line.unit_price for line in ahead.lines] == [61_000]


def test_a_change_planned_within_a_period_to_come_is_billed_by_the_day(customer: Customer) -> None:
    plan = factories.plan(customer, factories.line("SEO", "1", "30000"))
    factories.plan_billed(plan)
    assert change(plan, date(2026, 4, 16), "60000").added == 0
    (april, may) = plan_preview(Plan.objects.get(pk=plan.pk), count=2)
    assert [(line.unit_price, line.service_from) for line in april.lines] == [
        (15_000, date(2026, 4, 1)),
        (30_000, date(2026, 4, 16)),
    ]
    assert [line.unit_price for line in may.lines] == [60_000]


def test_lines_planned_for_later_stay_unless_they_are_dropped(customer: Customer) -> None:
    plan = factories.plan(customer)
    change(plan, date(2026, 6, 1), "50000")
    change(plan, date(2026, 5, 1), "40000")
    assert plan.lines.count() == 3
    change(plan, date(2026, 4, 1), "35000", drops_later=True)
    assert list(plan.lines.values_list("valid_from", flat=True)) == [march(1), date(2026, 4, 1)]


@pytest.mark.parametrize(
    ("day", "said"), [(date(2026, 2, 28), "2026-03-01"), (march(1), "by these lines"), (date(2026, 9, 1), "2026-08-31")]
)
def test_a_day_that_cannot_change_is_refused(customer: Customer, day: date, said: str) -> None:
    plan = factories.plan(customer, ends_on=date(2026, 8, 31))
    factories.plan_billed(plan)
    with pytest.raises(ValidationFailed, match=said) as refused:
        change(plan, day, "1")
    assert list(refused.value.errors) == ["from_on"]


def test_wrong_lines_are_refused_and_nothing_changes(customer: Customer) -> None:
    plan = factories.plan(customer)
    with pytest.raises(ValidationFailed) as refused:
        plan_change_lines(plan_id=plan.pk, from_on=march(9), lines=(factories.line(price=None),), actor=SYSTEM, now=NOW)
    assert list(refused.value.errors) == ["lines.0.unit_price"]
    assert plan.lines.count() == 1


def test_a_period_on_an_open_draft_is_not_touched(customer: Customer) -> None:
    plan = factories.plan(customer)
    draft = factories.draft(customer)
    period = PlanPeriod.objects.create(
        plan=plan, index=0, starts_on=march(1), ends_on=march(31), outcome=PeriodOutcome.DRAFTED, draft=draft
    )
    with pytest.raises(ValidationFailed, match=draft.number):
        change(plan, march(11), "61000")
    assert InvoiceDraft.objects.get(pk=draft.pk).version == 1
    draft_discard(draft_id=draft.pk, actor=SYSTEM, now=NOW)
    assert change(plan, march(11), "61000").added == 0
    assert period.plan.adjustments.count() == 0


def test_a_void_period_is_neither_credited_nor_billed_further(customer: Customer) -> None:
    plan = factories.plan(customer)
    invoice = factories.plan_billed(plan).invoice
    assert invoice is not None
    invoice_void(invoice_id=invoice.pk, reason="Wrong", actor=SYSTEM, now=NOW)
    assert change(plan, march(11), "1").credited == 0


def test_another_version_an_ended_plan_and_who_may_not_are_refused(customer: Customer) -> None:
    plan = factories.plan(customer)
    lines = (factories.line(),)
    with pytest.raises(PlanChanged):
        plan_change_lines(plan_id=plan.pk, from_on=march(9), lines=lines, expected_version=7, actor=SYSTEM, now=NOW)
    with pytest.raises(PermissionRefused):
        plan_change_lines(plan_id=plan.pk, from_on=march(9), lines=lines, actor=factories.actor(Role.CSM), now=NOW)
    plan_end(plan_id=plan.pk, on=None, actor=SYSTEM, now=NOW)
    with pytest.raises(PlanNotEditable):
        change(plan, march(9), "1")


def cents(amount: Fraction) -> Decimal:
    """Half away from zero to the cent, in whole numbers alone."""
    whole = (abs(amount) * 100 + Fraction(1, 2)).__floor__()
    return Decimal(whole if amount >= 0 else -whole) / 100


class BackAndForth(TestCase):
    """Whatever is changed how often within a billed period: billed, to be billed and credited come to the days."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        first=st.integers(0, 9_999_99),
        changes=st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9_999_99)), max_size=5),
        second_tax=st.booleans(),
    )
    def test_it_comes_to_the_sum_of_the_days(
        self,
        first: int,
        changes: list[tuple[int, int]],
        second_tax: bool,
    ) -> None:
        customer = factories.customer(factories.seller())
        plan = factories.plan(customer, factories.line("SEO", "1", str(Decimal(first) / 100)))
        factories.plan_billed(plan)
        prices = [first] * 31
        for offset, price in changes:
            lines = [factories.line("SEO", "1", str(Decimal(price) / 100))]
            if second_tax:
                lines.append(
                    factories.line("Tax free", "1", "310", tax_category=TaxCategory.EXEMPT, tax_rate=Decimal(0))
                )
            plan_change_lines(
                plan_id=plan.pk,
                from_on=march(1) + timedelta(days=offset),
                lines=tuple(lines),
                drops_later=True,
                actor=SYSTEM,
                now=NOW,
            )
            prices[offset:] = [price] * (31 - offset)
        expected = Decimal(0)
        begins = 0
        for day in range(1, 32):
            if day == 31 or prices[day] != prices[begins]:
                month = Fraction(prices[begins], 100)
                expected += cents(month * day / 31) - cents(month * begins / 31)
                begins = day
        untaxed_from = min((offset for offset, _price in changes), default=31) if second_tax else 31
        got = {True: Decimal(0), False: Decimal(0)}
        for line in InvoiceLine.objects.filter(invoice__customer=customer).select_related("invoice"):
            sign = -1 if line.invoice.kind == InvoiceKind.CREDIT_NOTE else 1
            got[line.tax_category == "exempt"] += sign * line.amount
        for one in plan.adjustments.filter(period__isnull=True):
            got[one.tax_category == "exempt"] += one.amount
        assert got[False] == expected
        assert got[True] == 10 * (31 - untaxed_from)
        assert Invoice.objects.filter(customer=customer, kind=InvoiceKind.INVOICE).count() == 1
