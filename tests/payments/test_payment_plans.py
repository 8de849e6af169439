"""Payment plans agreed after issue: due by their dates, followed as money comes, kept, broken or cancelled."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing_assistant.core.errors import InvalidAmount, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event, Notice
from billing_assistant.core.money import Money, split
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from customers.models import Customer
from customers.states import PaymentStatus
from invoices.models import Invoice
from invoices.services.instalments import DuePart, parts_standing
from invoices.services.void import invoice_void
from invoices.states import InvoiceStatus, invoice_status
from payments.errors import NothingDue, NotWhatIsOwed, OtherCurrency, OtherCustomer, PlannedAlready
from payments.models import PaymentPlan, PlannedInvoice
from payments.selectors.aging import aging
from payments.selectors.autopay import autopay_due
from payments.selectors.chasing import chase_of, held_back, to_chase
from payments.selectors.payment_plans import instalment_rows, planned_of
from payments.services.allocate import payment_deallocate
from payments.services.dispute import DisputeInput, dispute_open, dispute_win
from payments.services.paying_rules import paying_rules_change
from payments.services.payment_plan_proposal import Every, proposal
from payments.services.payment_plans import (
    PlanInput,
    payment_plan_agree,
    payment_plan_cancel,
    payment_plans_sweep,
)
from payments.services.reverse import payment_reverse
from payments.states import Chase, PaymentPlanState
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, invoice, pay
from tests.payments.test_subscriptions import relay, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
FIRST, SECOND, THIRD = (TODAY + timedelta(days=days) for days in (10, 40, 70))
LONG_AGO = NOW - timedelta(days=60)


def agree(of: Customer, bills: list[Invoice], *parts: tuple[date, str], **fields: object) -> PaymentPlan:
    wanted = PlanInput([bill.pk for bill in bills], [DuePart(day, Decimal(amount)) for day, amount in parts])
    return payment_plan_agree(customer_id=of.pk, wanted=wanted, actor=SYSTEM, now=NOW, **fields)  # type: ignore[arg-type]


def follow() -> None:
    relay("payments.follow_plan")


def fresh(row: Invoice | PaymentPlan) -> str:
    row.refresh_from_db()
    return str(row.next_due_on)


def late(of: Customer, total: str = "100.00") -> Invoice:
    return invoice(of, total, now=LONG_AGO, payment_terms_days=30)


def test_an_invoice_that_is_late_is_due_by_the_plan_from_now_on() -> None:
    of = customer()
    bill = late(of)
    assert invoice_status(bill, TODAY) is InvoiceStatus.OVERDUE
    plan = agree(of, [bill], (FIRST, "30.00"), (SECOND, "70.00"))
    assert (plan.number, plan.amount, plan.next_due_on, plan.grace_days) == ("PP-0001", 100, FIRST, 3)
    assert fresh(bill) == str(FIRST)
    assert invoice_status(bill, TODAY) is InvoiceStatus.ISSUED
    assert bill.due_on < TODAY  # the document says what it said
    relay("payments.refresh_standing")
    assert status_of(of) == PaymentStatus.GOOD


def test_the_instalments_are_spread_over_the_invoices_in_order() -> None:
    of = customer()
    first, second = late(of, "150.00"), invoice(of, "150.00")
    pay(of, "20.00", {first.pk: Decimal(20)})
    agree(of, [second, first], (FIRST, "100.00"), (SECOND, "100.00"), (THIRD, "80.00"))
    assert parts_standing(first) == [
        DuePart(first.due_on, Decimal(20)),
        DuePart(FIRST, Decimal(100)),
        DuePart(SECOND, Decimal(30)),
    ]
    assert parts_standing(second) == [DuePart(SECOND, Decimal(70)), DuePart(THIRD, Decimal(80))]


def test_money_fills_the_instalments_in_their_order_whichever_invoice_it_settles() -> None:
    of = customer()
    first, second = late(of), late(of)
    plan = agree(of, [first, second], (FIRST, "50.00"), (SECOND, "50.00"), (THIRD, "100.00"))
    pay(of, "60.00", {second.pk: Decimal(60)})
    follow()
    assert (fresh(plan), fresh(first), fresh(second)) == (str(SECOND), str(SECOND), str(THIRD))
    rows = instalment_rows(plan, planned_of(plan), TODAY)
    assert [(row.left, row.paid, row.late) for row in rows] == [
        (0, True, False),
        (40, False, False),
        (100, False, False),
    ]


def test_paying_everything_settles_the_plan() -> None:
    of = customer()
    bill = late(of)
    plan = agree(of, [bill], (FIRST, "100.00"))
    pay(of, "100.00", {bill.pk: Decimal(100)})
    follow()
    plan.refresh_from_db()
    assert (plan.status, plan.ended_on, plan.next_due_on) == (PaymentPlanState.SETTLED, TODAY, None)
    assert not PlannedInvoice.objects.filter(stands=True).exists()
    assert fresh(bill) == "None"


def test_a_missed_instalment_breaks_it_after_the_days_of_grace_and_staff_are_told() -> None:
    of, person = customer(), factories.user(Role.FINANCE)
    bill = late(of)
    plan = agree(of, [bill], (FIRST, "30.00"), (SECOND, "70.00"))
    last_of_grace = NOW + timedelta(days=13)
    payment_plans_sweep(now=last_of_grace)
    plan.refresh_from_db()
    assert plan.status == PaymentPlanState.KEPT
    payment_plans_sweep(now=last_of_grace + timedelta(days=1))
    payment_plans_sweep(now=last_of_grace + timedelta(days=2))
    plan.refresh_from_db()
    assert (plan.status, plan.ended_on) == (PaymentPlanState.BROKEN, FIRST + timedelta(days=4))
    assert fresh(bill) == str(bill.due_on)
    assert Notice.objects.filter(user=person).count() == 1
    assert Event.objects.filter(name="payment_plan.broken").count() == 1
    chased = chase_of(bill, plan.ended_on)
    assert chased is not None
    assert (chased.word, chased.amount) == (Chase.DUE, 100)


def test_the_grace_is_a_setting_that_plans_keep() -> None:
    of, admin = customer(), factories.actor(Role.ADMIN)
    early = agree(of, [late(of)], (FIRST, "100.00"))
    paying_rules_change(profile_id=of.profile_id, changes={"plan_grace_days": 0}, actor=admin, now=NOW)
    strict = agree(of, [late(of)], (FIRST, "100.00"))
    assert payment_plans_sweep(now=NOW + timedelta(days=11)) == 2
    assert [PaymentPlan.objects.get(pk=plan.pk).status for plan in (early, strict)] == ["kept", "broken"]
    with pytest.raises(ValidationFailed):
        paying_rules_change(profile_id=of.profile_id, changes={"plan_grace_days": 61}, actor=admin, now=NOW)


def test_a_plan_is_not_broken_while_its_money_is_disputed() -> None:
    of = customer()
    bill = late(of)
    plan = agree(of, [bill], (FIRST, "100.00"))
    paid = pay(of, "40.00", {bill.pk: Decimal(40)})
    opened = DisputeInput(Decimal(40), "Not as described")
    dispute = dispute_open(payment_id=paid.pk, wanted=opened, actor=SYSTEM, now=NOW)
    payment_plans_sweep(now=NOW + timedelta(days=30))
    plan.refresh_from_db()
    assert plan.status == PaymentPlanState.KEPT
    dispute_win(dispute_id=dispute.pk, actor=SYSTEM, now=NOW + timedelta(days=31))
    payment_plans_sweep(now=NOW + timedelta(days=31))
    plan.refresh_from_db()
    assert plan.status == PaymentPlanState.BROKEN


def test_cancelling_needs_a_reason_and_puts_the_old_dates_back() -> None:
    of = customer()
    bill = late(of)
    plan = agree(of, [bill], (FIRST, "100.00"))
    with pytest.raises(ValidationFailed):
        payment_plan_cancel(plan_id=plan.pk, reason="  ", actor=SYSTEM, now=NOW)
    payment_plan_cancel(plan_id=plan.pk, reason="They pay at once", actor=SYSTEM, now=NOW)
    plan.refresh_from_db()
    assert (plan.status, plan.reason, fresh(bill)) == ("cancelled", "They pay at once", str(bill.due_on))
    with pytest.raises(TransitionRefused):
        payment_plan_cancel(plan_id=plan.pk, reason="Again", actor=SYSTEM, now=NOW)
    assert agree(of, [bill], (SECOND, "100.00")).number == "PP-0002"


def test_a_payment_that_bounces_makes_its_instalment_due_again() -> None:
    of = customer()
    bill = late(of)
    before = pay(of, "10.00", {bill.pk: Decimal(10)})
    plan = agree(of, [bill], (FIRST, "40.00"), (SECOND, "50.00"))
    paid = pay(of, "40.00", {bill.pk: Decimal(40)})
    follow()
    assert fresh(plan) == str(SECOND)
    payment_reverse(payment_id=paid.pk, reason="Bounced", actor=SYSTEM, now=NOW)
    follow()
    assert (fresh(plan), fresh(bill)) == (str(FIRST), str(FIRST))
    payment_deallocate(payment_id=before.pk, invoice_id=bill.pk, actor=SYSTEM, now=NOW)
    follow()
    assert (fresh(plan), fresh(bill)) == (str(FIRST), str(bill.due_on))  # what was never planned is due as issued
    chased = chase_of(bill, TODAY)
    assert chased is not None
    assert (chased.word, chased.amount) == (Chase.INSTALMENT, 10)


def test_an_invoice_that_is_voided_leaves_the_plan() -> None:
    of = customer()
    kept, gone = late(of), invoice(of, "60.00")
    plan = agree(of, [kept, gone], (FIRST, "80.00"), (SECOND, "80.00"))
    invoice_void(invoice_id=gone.pk, reason="Twice", actor=SYSTEM, now=NOW)
    follow()
    plan.refresh_from_db()
    assert (plan.status, plan.next_due_on, fresh(kept)) == ("kept", FIRST, str(FIRST))
    rows = instalment_rows(plan, planned_of(plan), TODAY)
    assert [row.left for row in rows] == [20, 80]


def test_agreeing_twice_with_the_same_id_makes_one_plan() -> None:
    of, chosen = customer(), uuid7()
    bill = late(of)
    first = agree(of, [bill], (FIRST, "100.00"), plan_id=chosen)
    assert agree(of, [bill], (FIRST, "100.00"), plan_id=chosen).pk == first.pk
    with pytest.raises(PlannedAlready):
        agree(of, [bill], (FIRST, "100.00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedInvoice.objects.create(plan=first, invoice=bill, position=9, currency="KES", amount=Decimal(1))


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ([(FIRST, "99.99")], NotWhatIsOwed),
        ([(FIRST, "100.01")], NotWhatIsOwed),
        ([(FIRST, "50.005"), (SECOND, "49.995")], InvalidAmount),
        ([(FIRST, "110.00"), (SECOND, "-10.00")], InvalidAmount),
        ([(SECOND, "50.00"), (FIRST, "50.00")], ValidationFailed),
        ([(TODAY - timedelta(days=1), "100.00")], ValidationFailed),
        ([(TODAY + timedelta(days=3000), "100.00")], ValidationFailed),
        ([], ValidationFailed),
    ],
)
def test_instalments_sum_to_what_is_owed_and_follow_each_other(parts: list, refusal: type[Exception]) -> None:
    of = customer()
    bill = late(of)
    with pytest.raises(refusal):
        agree(of, [bill], *parts)
    assert not PaymentPlan.objects.exists()
    assert fresh(bill) == str(bill.due_on)


def test_only_what_one_customer_owes_in_one_currency_is_planned() -> None:
    of = customer()
    bill, foreign = late(of), invoice(of, "10.00", currency="USD")
    others = late(factories.customer(of.profile, name="Other"))
    paid = late(of)
    pay(of, "100.00", {paid.pk: Decimal(100)})
    for wanted, refusal in (
        ([bill, foreign], OtherCurrency),
        ([bill, others], OtherCustomer),
        ([paid], NothingDue),
        ([], ValidationFailed),
    ):
        with pytest.raises(refusal):
            agree(of, wanted, (FIRST, "100.00"))
    viewer = factories.actor(Role.READ_ONLY)
    wanted_by_viewer = PlanInput([bill.pk], [DuePart(FIRST, Decimal(100))])
    with pytest.raises(PermissionRefused):
        payment_plan_agree(customer_id=of.pk, wanted=wanted_by_viewer, actor=viewer, now=NOW)


def test_nobody_is_asked_while_the_plan_is_kept_and_an_instalment_is_asked_for_when_due() -> None:
    of = customer()
    bill, other = late(of), late(of, "55.00")
    agree(of, [bill], (FIRST, "30.00"), (SECOND, "70.00"))
    asked = {"actor": SYSTEM, "profile_id": of.profile_id}
    assert list(to_chase(**asked, today=TODAY)) == [other]
    assert list(held_back(**asked, today=TODAY)) == [bill]
    held = chase_of(bill, TODAY)
    assert held is not None
    assert (held.word, held.asks, held.due_on) == (Chase.ON_PLAN, False, FIRST)
    after = FIRST + timedelta(days=1)
    assert set(to_chase(**asked, today=after)) == {bill, other}
    bill.refresh_from_db()
    instalment = chase_of(bill, after)
    assert instalment is not None
    assert (instalment.word, instalment.amount, instalment.due_on) == (Chase.INSTALMENT, 30, FIRST)


def test_autopay_leaves_invoices_of_a_plan_alone() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    consented = NOW - timedelta(days=1)
    of.saved_methods.create(
        profile=of.profile,
        gateway="fake",
        account="a",
        kind="card",
        label="Visa",
        autopay=True,
        consented_at=consented,
        consent_text="Yes",
    )
    later = NOW + timedelta(days=1)
    assert [found for found, _try in autopay_due(now=later, limit=5)] == [bill.pk]
    agree(of, [bill], (FIRST, "100.00"))
    assert autopay_due(now=later, limit=5) == []


def test_aging_reads_the_dates_that_stood_on_its_day() -> None:
    of = customer()
    bill = late(of)
    agree(of, [bill], (FIRST, "30.00"), (SECOND, "70.00"))

    def late_on(day: date) -> Decimal:
        report = aging(SYSTEM, profile=of.profile, as_of=day)
        assert report.holds
        return report.totals[0].overdue

    assert late_on(TODAY - timedelta(days=1)) == 100
    assert late_on(TODAY) == 0
    assert late_on(FIRST + timedelta(days=1)) == 30
    payment_plans_sweep(now=NOW + timedelta(days=20))
    assert late_on(TODAY + timedelta(days=19)) == 30
    assert late_on(TODAY + timedelta(days=20)) == 100


def test_a_proposal_is_equal_to_the_minor_unit_and_keeps_the_day_of_the_month() -> None:
    owed = Money(Decimal("100.00"), "KES")
    parts = proposal(owed, parts=3, first=date(2026, 1, 31), every=Every.MONTH)
    assert [part.amount for part in parts] == split(owed.amount, [Decimal(1)] * 3, "KES")
    assert [part.due_on for part in parts] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    weekly = proposal(Money(Decimal(2), "JPY"), parts=5, first=TODAY, every=Every.WEEK)
    assert [(part.due_on, part.amount) for part in weekly] == [(TODAY, 1), (TODAY + timedelta(days=7), 1)]


def test_a_stranger_to_the_profile_finds_no_plan() -> None:
    of = customer()
    plan = agree(of, [late(of)], (FIRST, "100.00"))
    elsewhere = factories.actor(Role.FINANCE, profiles=[factories.seller(name="Other")])
    with pytest.raises(NotFound):
        payment_plan_cancel(plan_id=plan.pk, reason="x", actor=elsewhere, now=NOW)
