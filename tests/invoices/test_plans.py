"""Recurring plans: made, changed, stopped, resumed and ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from billing_assistant.core.ui.stories import story_of
from customers.models import Customer
from invoices.errors import PlanChanged, PlanNotEditable
from invoices.models import InvoiceDraft, Plan, PlanAdjustment, PlanLine
from invoices.plan_states import PeriodOutcome, PlanMakes, PlanStatus, PlanUnit
from invoices.services.plan_acts import plan_end, plan_pause, plan_resume, plans_resume_due
from invoices.services.plan_filling import plan_input_of
from invoices.services.plan_input import PlanInput
from invoices.services.plans import plan_create, plan_update
from invoices.states import DiscountKind
from tests import factories
from tests.factories import NOW, SYSTEM

FIRST = date(2026, 3, 1)


@pytest.fixture
def customer(db: None) -> Customer:
    return factories.customer(factories.seller())


def wanted(**fields: Any) -> PlanInput:
    values: dict[str, Any] = {"name": "SEO", "starts_on": FIRST, "lines": (factories.line("SEO", "1", "30000"),)}
    return PlanInput(**(values | fields))


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def test_a_plan_has_a_number_its_lines_and_the_moment_of_its_first_bill(customer: Customer) -> None:
    plan = plan_create(customer_id=customer.pk, data=wanted(bills_at=time(6, 30)), actor=SYSTEM, now=NOW)
    assert (plan.number, plan.status, plan.currency) == ("PLAN-0001", PlanStatus.ACTIVE, "KES")
    assert plan.time_zone == "Africa/Nairobi"
    assert plan.due_at == datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
    (line,) = PlanLine.objects.filter(plan=plan)
    assert (line.valid_from, line.unit_price) == (FIRST, 30_000)
    assert Event.objects.get(name="plan.created").subject_id == plan.pk


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": " "}),
        ("every", {"every": 0}),
        ("every", {"every": 121}),
        ("anchor_day", {"anchor_day": 32}),
        ("anchor_day", {"anchor_day": 8, "unit": PlanUnit.WEEK}),
        ("trial_days", {"trial_days": -1}),
        ("cycles", {"cycles": 0}),
        ("ends_on", {"ends_on": date(2026, 2, 28)}),
        ("ends_on", {"ends_on": date(2026, 3, 10), "trial_days": 14}),
        ("starts_on", {"starts_on": date(1999, 12, 31)}),
        ("time_zone", {"time_zone": "Africa/Atlantis"}),
        ("currency", {"currency": "KSH"}),
        ("payment_method", {"payment_method": "gold"}),
        ("review_days", {"review_days": 91}),
        ("review_days", {"review_days": 3, "makes": PlanMakes.DRAFT}),
        ("language", {"language": "xx"}),
        ("discount_value", {"discount_kind": DiscountKind.AMOUNT, "discount_value": Decimal(40_000)}),
        ("lines", {"lines": ()}),
        ("lines.0.unit_price", {"lines": (factories.line(price=None),)}),
        ("lines.0.description", {"lines": (factories.line("SEO {monat}"),)}),
        ("lines.0.quantity", {"lines": (factories.line(quantity="0"),)}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(customer: Customer, field: str, given: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailed) as refused:
        plan_create(customer_id=customer.pk, data=wanted(**given), actor=SYSTEM, now=NOW)
    assert list(refused.value.errors) == [field]
    assert not Plan.objects.exists()


def test_every_fault_is_told_at_once_and_known_placeholders_are_listed(customer: Customer) -> None:
    data = wanted(name="", every=0, time_zone="x", lines=(factories.line("{when}", price=None),))
    with pytest.raises(ValidationFailed) as refused:
        plan_create(customer_id=customer.pk, data=data, actor=SYSTEM, now=NOW)
    errors = refused.value.errors
    assert set(errors) == {"name", "every", "time_zone", "lines.0.description", "lines.0.unit_price"}
    assert "{month}" in errors["lines.0.description"][0]


def test_a_source_makes_one_plan(customer: Customer) -> None:
    made = [
        plan_create(customer_id=customer.pk, data=wanted(source_ref="chargebee:9"), actor=SYSTEM, now=NOW)
        for _ in range(2)
    ]
    assert made[0].pk == made[1].pk
    assert Plan.objects.count() == 1


def test_a_source_stays_with_its_plan(customer: Customer) -> None:
    factories.plan(customer, source_ref="a")
    other = factories.plan(customer)
    with pytest.raises(ValidationFailed) as refused:
        plan_update(
            plan_id=other.pk,
            data=replace(plan_input_of(other), source_ref="a"),
            expected_version=None,
            actor=SYSTEM,
            now=NOW,
        )
    assert list(refused.value.errors) == ["source_ref"]


def test_days_out_of_the_calendar_are_refused(customer: Customer) -> None:
    with pytest.raises(ValidationFailed):
        plan_create(customer_id=customer.pk, data=wanted(), bills_from=date.max, actor=SYSTEM, now=NOW)
    plan = factories.plan(customer)
    with pytest.raises(ValidationFailed, match="ten years"):
        plan_pause(plan_id=plan.pk, resumes_on=date.max, actor=SYSTEM, now=NOW)


def test_periods_that_were_billed_elsewhere_are_left_out(customer: Customer) -> None:
    plan = plan_create(
        customer_id=customer.pk,
        data=wanted(starts_on=date(2025, 1, 31)),
        bills_from=date(2026, 3, 1),
        actor=SYSTEM,
        now=NOW,
    )
    assert plan.next_index == 14
    assert plan.due_at == datetime(2026, 3, 30, 21, 0, tzinfo=UTC)


def test_a_plan_that_is_over_already_is_refused(customer: Customer) -> None:
    data = wanted(starts_on=date(2025, 1, 1), cycles=2)
    with pytest.raises(ValidationFailed, match="over by then"):
        plan_create(customer_id=customer.pk, data=data, bills_from=FIRST, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(("role", "makes", "may"), [(Role.CSM, "draft", True), (Role.CSM, "issue", False)])
def test_a_plan_does_nothing_that_its_maker_may_not_do(
    customer: Customer,
    role: Role,
    makes: str,
    may: bool,
) -> None:
    actor, data = factories.actor(role), wanted(makes=PlanMakes(makes))
    if may:
        assert plan_create(customer_id=customer.pk, data=data, actor=actor, now=NOW)
    else:
        with pytest.raises(PermissionRefused):
            plan_create(customer_id=customer.pk, data=data, actor=actor, now=NOW)


def test_who_may_only_draft_cannot_turn_a_plan_into_one_that_sends_nor_stop_one_that_does(customer: Customer) -> None:
    actor = factories.actor(Role.CSM)
    plan = plan_create(customer_id=customer.pk, data=wanted(makes=PlanMakes.DRAFT), actor=actor, now=NOW)
    sends = replace(plan_input_of(plan), makes=PlanMakes.SEND)
    with pytest.raises(PermissionRefused):
        plan_update(plan_id=plan.pk, data=sends, expected_version=None, actor=actor, now=NOW)
    plan_update(plan_id=plan.pk, data=sends, expected_version=1, actor=SYSTEM, now=NOW)
    with pytest.raises(PermissionRefused):
        plan_pause(plan_id=plan.pk, resumes_on=None, actor=actor, now=NOW)


def test_a_plan_of_another_profile_is_not_there(customer: Customer) -> None:
    other = factories.actor(Role.ADMIN, profiles=[factories.profile()])
    plan = factories.plan(customer)
    with pytest.raises(NotFound):
        plan_pause(plan_id=plan.pk, resumes_on=None, actor=other, now=NOW)
    with pytest.raises(NotFound):
        plan_create(customer_id=customer.pk, data=wanted(), actor=other, now=NOW)


def test_before_the_first_bill_everything_can_change(customer: Customer) -> None:
    plan = factories.plan(customer)
    data = replace(
        plan_input_of(plan), unit=PlanUnit.WEEK, starts_on=date(2026, 3, 9), lines=(factories.line("Weekly"),)
    )
    plan = plan_update(plan_id=plan.pk, data=data, expected_version=1, actor=SYSTEM, now=NOW)
    assert (plan.version, plan.unit, plan.due_at) == (2, "week", datetime(2026, 3, 8, 21, 0, tzinfo=UTC))
    assert list(plan.lines.values_list("valid_from", "description")) == [(date(2026, 3, 9), "Weekly")]
    told = Event.objects.get(name="plan.updated").data
    assert (told["version"], told["fields"]) == (2, ["starts_on", "unit"])


def test_the_first_lines_follow_a_moved_start(customer: Customer) -> None:
    plan = factories.plan(customer)
    data = replace(plan_input_of(plan), starts_on=date(2026, 4, 1))
    plan_update(plan_id=plan.pk, data=data, expected_version=None, actor=SYSTEM, now=NOW)
    assert list(plan.lines.values_list("valid_from", flat=True)) == [date(2026, 4, 1)]


def test_once_billed_its_rhythm_and_currency_stay(customer: Customer) -> None:
    plan = factories.plan(customer)
    factories.plan_billed(plan)
    data = replace(plan_input_of(plan), every=2, currency="USD", name="Other", lines=(factories.line(),))
    with pytest.raises(ValidationFailed) as refused:
        plan_update(plan_id=plan.pk, data=data, expected_version=None, actor=SYSTEM, now=NOW)
    assert set(refused.value.errors) == {"every", "currency", "lines"}
    fine = replace(plan_input_of(plan), name="Other", cycles=3, bills_at=time(8, 0))
    changed = plan_update(plan_id=plan.pk, data=fine, expected_version=None, actor=SYSTEM, now=NOW)
    assert changed.due_at == datetime(2026, 4, 1, 5, 0, tzinfo=UTC)


def test_who_saves_over_another_version_is_told(customer: Customer) -> None:
    plan = factories.plan(customer)
    plan_update(plan_id=plan.pk, data=plan_input_of(plan), expected_version=1, actor=SYSTEM, now=NOW)
    with pytest.raises(PlanChanged, match="version 2"):
        plan_update(plan_id=plan.pk, data=plan_input_of(plan), expected_version=1, actor=SYSTEM, now=NOW)


def test_a_paused_plan_skips_what_was_to_be_billed_meanwhile(customer: Customer) -> None:
    plan = factories.plan(customer)
    factories.plan_billed(plan)
    plan_pause(plan_id=plan.pk, resumes_on=None, actor=SYSTEM, now=NOW)
    plan = plan_resume(plan_id=plan.pk, actor=SYSTEM, now=at(date(2026, 6, 15)))
    skipped = plan.periods.filter(outcome=PeriodOutcome.SKIPPED).order_by("index")
    assert list(skipped.values_list("index", "starts_on")) == [
        (1, date(2026, 4, 1)),
        (2, date(2026, 5, 1)),
        (3, date(2026, 6, 1)),
    ]
    assert set(skipped.values_list("reason", flat=True)) == {"The plan was paused."}
    assert (plan.status, plan.next_index) == (PlanStatus.ACTIVE, 4)
    assert plan.due_at == datetime(2026, 6, 30, 21, 0, tzinfo=UTC)
    texts = [entry.text for entry in story_of(Event.objects.filter(name__in=["plan.paused", "plan.resumed"]))]
    assert "3 periods skipped" in texts


def test_a_paused_plan_can_bill_what_was_missed(customer: Customer) -> None:
    plan = factories.plan(customer)
    plan_pause(plan_id=plan.pk, resumes_on=None, actor=SYSTEM, now=NOW)
    plan = plan_resume(plan_id=plan.pk, bill_missed=True, actor=SYSTEM, now=at(date(2026, 6, 15)))
    assert not plan.periods.exists()
    assert plan.due_at == datetime(2026, 2, 28, 21, 0, tzinfo=UTC)


def test_a_bill_of_the_day_on_which_a_plan_goes_on_is_not_skipped(customer: Customer) -> None:
    plan = factories.plan(customer, starts_on=date(2026, 4, 1))
    plan_pause(plan_id=plan.pk, resumes_on=date(2026, 5, 1), actor=SYSTEM, now=NOW)
    assert plans_resume_due(now=datetime(2026, 4, 30, 20, 59, tzinfo=UTC)) == 0
    assert plans_resume_due(now=datetime(2026, 4, 30, 21, 0, tzinfo=UTC)) == 1
    assert plans_resume_due(now=datetime(2026, 4, 30, 21, 1, tzinfo=UTC)) == 0
    plan.refresh_from_db()
    assert (plan.status, plan.next_index, plan.resumes_on) == (PlanStatus.ACTIVE, 1, None)
    assert plan.due_at == datetime(2026, 4, 30, 21, 0, tzinfo=UTC)


def test_a_plan_that_was_set_aside_bills_what_it_missed_unless_told_otherwise(customer: Customer) -> None:
    for bill, left in ((None, 0), (False, 4)):
        plan = factories.plan(customer)
        Plan.objects.filter(pk=plan.pk).update(status="parked", parked_at=NOW, parked_why="No tax rate.")
        plan = plan_resume(plan_id=plan.pk, bill_missed=bill, actor=SYSTEM, now=at(date(2026, 6, 15)))
        assert (plan.status, plan.parked_at, plan.parked_why) == (PlanStatus.ACTIVE, None, "")
        assert plan.periods.count() == left


def test_a_pause_lasts_until_a_day_after_today(customer: Customer) -> None:
    plan = factories.plan(customer)
    with pytest.raises(ValidationFailed, match="after today"):
        plan_pause(plan_id=plan.pk, resumes_on=NOW.date(), actor=SYSTEM, now=NOW)
    with pytest.raises(TransitionRefused):
        plan_resume(plan_id=plan.pk, actor=SYSTEM, now=NOW)


def test_a_plan_whose_last_periods_were_missed_ends_when_it_is_resumed(customer: Customer) -> None:
    plan = factories.plan(customer, cycles=2)
    plan_pause(plan_id=plan.pk, resumes_on=None, actor=SYSTEM, now=NOW)
    plan = plan_resume(plan_id=plan.pk, actor=SYSTEM, now=at(date(2026, 9, 1)))
    assert (plan.status, plan.due_at) == (PlanStatus.ENDED, None)
    assert Event.objects.filter(name="plan.ended").count() == 1


def test_an_end_at_once_bills_nothing_more(customer: Customer) -> None:
    plan = plan_end(plan_id=factories.plan(customer).pk, on=None, actor=SYSTEM, now=NOW)
    assert (plan.status, plan.due_at, plan.ends_on) == (PlanStatus.ENDED, None, date(2026, 3, 2))
    with pytest.raises(TransitionRefused):
        plan_end(plan_id=plan.pk, on=None, actor=SYSTEM, now=NOW)
    with pytest.raises(PlanNotEditable):
        plan_update(plan_id=plan.pk, data=plan_input_of(plan), expected_version=None, actor=SYSTEM, now=NOW)


def test_an_end_on_a_day_bills_until_then(customer: Customer) -> None:
    plan = factories.plan(customer)
    factories.plan_billed(plan)
    with pytest.raises(ValidationFailed, match="2026-03-31"):
        plan_end(plan_id=plan.pk, on=date(2026, 3, 20), actor=SYSTEM, now=NOW)
    plan = plan_end(plan_id=plan.pk, on=date(2026, 4, 10), actor=SYSTEM, now=NOW)
    assert (plan.status, plan.due_at) == (PlanStatus.ACTIVE, datetime(2026, 3, 31, 21, 0, tzinfo=UTC))
    plan = plan_end(plan_id=plan.pk, on=date(2026, 3, 31), actor=SYSTEM, now=NOW)
    assert (plan.status, plan.due_at) == (PlanStatus.ENDED, None)
    names = list(Event.objects.filter(name__startswith="plan.end").order_by("id").values_list("name", flat=True))
    assert names == ["plan.end_set", "plan.ended"]


def test_what_an_ended_plan_has_left_to_bill_goes_to_a_draft(customer: Customer) -> None:
    plan = factories.plan(customer)
    PlanAdjustment.objects.create(
        plan=plan,
        description="Change",
        amount=Decimal(500),
        tax_category="standard",
        tax_rate=Decimal(16),
        service_from=FIRST,
        service_to=FIRST + timedelta(days=9),
    )
    plan_end(plan_id=plan.pk, on=None, actor=SYSTEM, now=NOW)
    draft = InvoiceDraft.objects.get()
    assert (draft.subtotal, draft.total) == (500, 580)
    assert not plan.adjustments.exists()
    assert Event.objects.get(name="plan.ended").data["draft"] == draft.number


def test_its_story_is_told(customer: Customer) -> None:
    plan = factories.plan(customer)
    plan_pause(plan_id=plan.pk, resumes_on=date(2026, 5, 1), actor=SYSTEM, now=NOW)
    plan_resume(plan_id=plan.pk, actor=SYSTEM, now=NOW)
    plan_end(plan_id=plan.pk, on=None, actor=SYSTEM, now=NOW)
    entries = story_of(Event.objects.filter(subject_id=plan.pk).order_by("id"))
    assert [entry.title for entry in entries] == [
        "Plan PLAN-0001 made",
        "Plan PLAN-0001 paused",
        "Plan PLAN-0001 goes on",
        "Plan PLAN-0001 ended",
    ]
    assert entries[0].text == "SEO retainer"
