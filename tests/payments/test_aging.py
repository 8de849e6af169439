"""Aging: buckets, past dates, credit, instalments, and the tie to the ledger."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.rights import Role
from invoices.models import Invoice
from invoices.services.void import invoice_void
from payments.models import Payment, WriteOff
from payments.selectors.aging import Aging, AgingLine, aging
from payments.services.allocate import payment_allocate, payment_deallocate
from payments.services.credits import invoice_credit
from payments.services.reverse import payment_reverse
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments.builders import SYSTEM, customer, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def _aging(of, day: date, **filters) -> Aging:
    report = aging(SYSTEM, profile=of.profile, as_of=day, **filters)
    assert report.holds, report.ties
    return report


def _line(of, day: date):
    totals = _aging(of, day).totals
    return totals[0] if totals else AgingLine("KES")


def test_an_invoice_moves_through_the_buckets(now) -> None:
    of = customer()
    invoice(of, "100.00", payment_terms_days=30)
    due_on = date(2026, 4, 1)
    for days, place in [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (400, 4)]:
        line = _line(of, due_on + timedelta(days=days))
        assert [bool(bucket) for bucket in line.buckets].index(True) == place
        assert line.owed == Decimal(100)


def test_a_past_date_does_not_see_later_payments(now) -> None:
    of = customer()
    bill = invoice(of, "100.00", payment_terms_days=30)
    pay(of, "60.00", {bill.pk: Decimal(60)}, now=_at(date(2026, 3, 20)), received_on=date(2026, 3, 20))
    assert _line(of, date(2026, 3, 1)).owed == 0
    assert _line(of, date(2026, 3, 19)).owed == Decimal(100)
    assert _line(of, date(2026, 3, 20)).owed == Decimal(40)


def test_credit_and_credit_notes_are_shown_beside_what_is_owed(now) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "30.00")
    invoice_credit(
        invoice_id=bill.pk,
        lines={bill.lines.get().pk: Decimal(25)},
        reason="x",
        actor=SYSTEM,
        now=_at(date(2026, 3, 5)),
    )
    line = _line(of, date(2026, 3, 5))
    assert (line.owed, line.credit, line.net) == (Decimal(75), Decimal(30), Decimal(45))
    assert _line(of, date(2026, 3, 4)).owed == Decimal(100)


def test_void_write_off_reversal_and_undo_count_from_their_day(now) -> None:
    of = customer()
    void, lost, bounced, moved = (invoice(of, "100.00") for _ in range(4))
    invoice_void(invoice_id=void.pk, reason="x", actor=SYSTEM, now=_at(date(2026, 3, 10)))
    invoice_write_off(invoice_id=lost.pk, reason="x", actor=SYSTEM, now=_at(date(2026, 3, 11)))
    cheque = pay(of, "100.00", {bounced.pk: Decimal(100)})
    payment_reverse(payment_id=cheque.pk, reason="x", actor=SYSTEM, now=_at(date(2026, 3, 12)))
    wrong = pay(of, "100.00", {moved.pk: Decimal(100)})
    payment_deallocate(payment_id=wrong.pk, invoice_id=moved.pk, actor=SYSTEM, now=_at(date(2026, 3, 13)))
    owed = [_line(of, date(2026, 3, day)).owed for day in (2, 9, 10, 11, 12, 13)]
    assert owed == [Decimal(200), Decimal(200), Decimal(100), 0, Decimal(100), Decimal(200)]
    assert _line(of, date(2026, 3, 13)).credit == Decimal(100)


def test_instalments_are_late_part_by_part(now) -> None:
    of = customer()
    parts = tuple((date(2026, month, 1), Decimal(30)) for month in (4, 5, 6))
    bill = invoice(of, "90.00", instalments=parts)
    pay(of, "40.00", {bill.pk: Decimal(40)})
    line = _line(of, date(2026, 5, 20))
    assert (line.current, line.days_1_30, line.days_31_60) == (Decimal(30), Decimal(20), 0)


def test_currencies_stand_apart(now) -> None:
    of = customer()
    invoice(of, "100.00")
    invoice(of, "70.00", currency="USD")
    report = _aging(of, date(2026, 3, 2))
    assert [(line.currency, line.owed) for line in report.totals] == [("KES", Decimal(100)), ("USD", Decimal(70))]
    assert [row.line.currency for row in _aging(of, date(2026, 3, 2), currency="USD").rows] == ["USD"]


def test_another_profile_and_another_role_do_not_see_it(now) -> None:
    of = customer()
    limited = factories.actor(Role.FINANCE, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        aging(limited, profile=of.profile, as_of=date(2026, 3, 2))
    with pytest.raises(PermissionRefused):
        aging(factories.actor(Role.CLIENT), profile=of.profile, as_of=date(2026, 3, 2))


def test_a_tie_that_does_not_hold_is_said(now) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    day = date(2026, 3, 2)
    row = WriteOff.objects.create(
        profile=of.profile, customer=of, invoice=bill, currency="KES", amount=1, written_off_on=day, reason="forged"
    )
    report = aging(SYSTEM, profile=of.profile, as_of=day)
    assert not report.holds
    assert (report.ties[0].owed, report.ties[0].receivable) == (Decimal(99), Decimal(100))
    WriteOff.objects.create(
        profile=of.profile,
        customer=of,
        invoice=bill,
        currency="KES",
        amount=-row.amount,
        written_off_on=day,
        reason="x",
    )


class History:
    """Random things that happen to two customers, one a day."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.first = customer()
        self.both = [self.first, factories.customer(self.first.profile)]
        self.bills: list[Invoice] = []
        self.received: list[Payment] = []

    def happens(self, day: date) -> None:
        steps = [self.bill, self.bill, self.receive, self.receive, self.bounce, self.apply, self.give_up]
        self.chance.choice(steps)(day)

    def bill(self, day: date) -> None:
        total = str(Decimal(self.chance.randint(1, 50_000)) / 100)
        terms = self.chance.randint(0, 40)
        self.bills.append(invoice(self.chance.choice(self.both), total, now=_at(day), payment_terms_days=terms))

    def receive(self, day: date) -> None:
        amount = str(Decimal(self.chance.randint(1, 60_000)) / 100)
        wish = self.chance.choice(["oldest first", None])
        on = day - timedelta(days=self.chance.randint(0, 5))
        self.received.append(pay(self.chance.choice(self.both), amount, wish, now=_at(day), received_on=on))

    def bounce(self, day: date) -> None:
        payment = self._payment()
        if payment is not None:
            payment_reverse(payment_id=payment.pk, reason="x", actor=SYSTEM, now=_at(day))

    def apply(self, day: date) -> None:
        payment = self._payment()
        if payment is not None and payment.unapplied:
            payment_allocate(payment_id=payment.pk, allocations="oldest first", actor=SYSTEM, now=_at(day))

    def give_up(self, day: date) -> None:
        open_bills = Invoice.objects.filter(customer__in=self.both, state="issued", amount_due__gt=0)
        bill = self.chance.choice(list(open_bills.order_by("number"))) if open_bills else None
        if bill is not None:
            invoice_write_off(invoice_id=bill.pk, reason="x", actor=SYSTEM, now=_at(day))

    def _payment(self) -> Payment | None:
        ids = [payment.pk for payment in self.received]
        standing = list(Payment.objects.filter(pk__in=ids, status="completed").order_by("number"))
        return self.chance.choice(standing) if standing else None


@pytest.mark.parametrize("seed", range(4))
def test_a_random_history_ties_on_every_day(clock, seed: int) -> None:
    start, history = date(2026, 3, 2), History(seed)
    for step in range(36):
        day = start + timedelta(days=step)
        clock.move_to(_at(day))
        history.happens(day)
    for offset in (-7, 0, 5, 11, 17, 23, 29, 35, 41, 90):
        _aging(history.first, start + timedelta(days=offset))
