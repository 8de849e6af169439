"""R01: random work on the books beside a small model of them: after each step they say the same, to the cent.

40 runs of 50 steps each time, and with --deep 20,000 runs of 100 steps, in 20 shares that can be told apart and
repeated (`-k share07`), so that many processes share them and a broken-off run goes on where it was.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing_assistant.core.errors import DomainError
from billing_assistant.ledger.selectors import account_balances
from customers.models import Customer
from invoices.models import Invoice
from invoices.services.void import invoice_void
from payments.selectors.aging import aging
from payments.services.allocate import payment_allocate, payment_deallocate, payment_reallocate
from payments.services.credits import credit_note_apply, invoice_credit
from payments.services.dispute import DisputeInput, dispute_lose, dispute_open, dispute_win
from payments.services.refund import payment_refund
from payments.services.reverse import payment_reverse
from payments.services.write_off import invoice_write_off
from tests.payments import ledger_model
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, invoice, pay
from tests.payments.ledger_model import ZERO, Bill, Model, Note
from tests.support.books import books_broken

LIMIT = Decimal(5)
SHARES = 20
EVERYTHING = """
    SELECT 'bill', id, state, CASE state WHEN 'issued' THEN amount_due ELSE 0 END FROM invoices_invoice
        WHERE customer_id = %(customer)s AND kind = 'invoice'
    UNION ALL SELECT 'payment', id, '', unapplied FROM payments_payment WHERE customer_id = %(customer)s
    UNION ALL SELECT 'owed', owner_id, '', outstanding FROM ledger_ownerbalance WHERE owner_id = %(customer)s
    UNION ALL SELECT 'credit', owner_id, '', unapplied FROM ledger_ownerbalance WHERE owner_id = %(customer)s
"""
"""What the books say of a customer, after each step and therefore in one query."""
amounts = st.integers(1, 20_000).map(lambda cents: Decimal(cents) / 100)
picks = st.integers(0, 1_000)


class Books(RuleBasedStateMachine):
    """One customer and everything that can happen to its money."""

    of: Customer
    steps = 0
    """How many steps were taken in all runs of this process."""

    def __init__(self) -> None:
        super().__init__()
        self.model, self.now, self.tx = Model(), NOW, transaction.atomic()
        self.tx.__enter__()

    @initialize()
    def begin(self) -> None:
        self.of = customer(small_difference=LIMIT)
        Books.steps -= 1  # the beginning is none
        self.issue(Decimal(100))

    def act(self, service: Any, **fields: Any) -> Any:
        """What a service gives; None when it refuses, and then nothing has changed."""
        try:
            return service(actor=SYSTEM, now=self.now, **fields)
        except DomainError:
            return None

    def one(self, things: dict[Any, Any], pick: int) -> Any:
        return list(things)[pick % len(things)]

    @rule(total=amounts)
    def issue(self, total: Decimal) -> None:
        bill = invoice(self.of, str(total), now=self.now)
        self.model.bills[bill.pk] = Bill(len(self.model.bills), total)
        self.model.revenue += total

    @rule()
    def a_day_passes(self) -> None:
        self.now += timedelta(days=1)

    @rule(amount=amounts, pick=picks, part=amounts, difference=st.booleans())
    def pay(self, amount: Decimal, pick: int, part: Decimal, difference: bool) -> None:
        key = self.one(self.model.bills, pick)
        bill, fits = self.model.bills[key], None
        fits = bill.state == "issued" and part <= min(bill.due, amount)
        made = self.act(
            partial(pay, self.of, str(amount)),
            allocations={key: part},
            received_on=TODAY + (self.now - NOW),
            write_off_rest=difference,
        )
        assert (made is not None) == fits
        if made is None:
            return
        self.model.payments[made.pk] = ledger_model.Money(amount)
        self.model.cash += amount
        self.model.settle(made.pk, key, part)
        if difference and 0 < bill.due <= LIMIT:
            self.model.payments[made.pk].differences[key] = bill.due
            bill.written += bill.due

    @rule(amount=amounts)
    def pay_the_oldest(self, amount: Decimal) -> None:
        made = pay(self.of, str(amount), "oldest first", received_on=TODAY + (self.now - NOW), now=self.now)
        self.model.payments[made.pk] = ledger_model.Money(amount)
        self.model.cash += amount
        left = amount
        for key, bill in self.model.bills.items():
            part = min(left, bill.due)
            if part:
                self.model.settle(made.pk, key, part)
                left -= part

    @precondition(lambda self: self.model.payments)
    @rule(pick=picks, other=picks, amount=amounts)
    def allocate(self, pick: int, other: int, amount: Decimal) -> None:
        payment, key = self.one(self.model.payments, pick), self.one(self.model.bills, other)
        bill, money = self.model.bills[key], self.model.payments[payment]
        done = self.act(payment_allocate, payment_id=payment, allocations={key: amount})
        assert (done is not None) == (amount <= min(bill.due, money.left))
        if done:
            self.model.settle(payment, key, amount)

    @precondition(lambda self: self.model.payments)
    @rule(pick=picks, other=picks)
    def take_back(self, pick: int, other: int) -> None:
        payment, key = self.one(self.model.payments, pick), self.one(self.model.bills, other)
        there = self.model.payments[payment].settles.get(key, ZERO)
        done = self.act(payment_deallocate, payment_id=payment, invoice_id=key)
        assert (done is not None) == (there > 0 and self.model.bills[key].state == "issued")
        if done:
            self.model.settle(payment, key, -there)
            self.model.difference_back(payment, key)

    @precondition(lambda self: self.model.payments)
    @rule(pick=picks, other=picks, amount=amounts)
    def divide_anew(self, pick: int, other: int, amount: Decimal) -> None:
        payment, key = self.one(self.model.payments, pick), self.one(self.model.bills, other)
        money, bill = self.model.payments[payment], self.model.bills[key]
        here = {one: part for one, part in money.settles.items() if part and self.model.bills[one].state == "issued"}
        room = min(money.left + sum(here.values(), ZERO), bill.due + here.get(key, ZERO))
        fits = not money.reversed and bill.state == "issued" and amount <= room
        done = self.act(payment_reallocate, payment_id=payment, allocations={key: amount})
        assert (done is not None) == fits
        if done:
            for one, part in here.items():
                self.model.settle(payment, one, -part)
                if one != key or amount < part:
                    self.model.difference_back(payment, one)
            self.model.settle(payment, key, amount)

    @rule(pick=picks, amount=amounts)
    def credit(self, pick: int, amount: Decimal) -> None:
        key = self.one(self.model.bills, pick)
        bill = self.model.bills[key]
        line = Invoice.objects.get(pk=key).lines.get().pk
        note = self.act(invoice_credit, invoice_id=key, lines={line: amount}, reason="x")
        assert (note is not None) == (bill.state != "void" and amount <= bill.total - bill.noted)
        if note is None:
            return
        applied = min(amount, bill.due)
        bill.noted, bill.credited = bill.noted + amount, bill.credited + applied
        self.model.notes[note.pk] = Note(key, amount - applied)
        self.model.revenue -= amount

    @precondition(lambda self: self.model.notes)
    @rule(pick=picks, other=picks, amount=amounts)
    def apply_note(self, pick: int, other: int, amount: Decimal) -> None:
        note, key = self.one(self.model.notes, pick), self.one(self.model.bills, other)
        done = self.act(credit_note_apply, credit_note_id=note, allocations={key: amount})
        assert (done is not None) == (amount <= min(self.model.notes[note].left, self.model.bills[key].due))
        if done:
            self.model.notes[note].left -= amount
            self.model.bills[key].credited += amount

    @rule(pick=picks)
    def void(self, pick: int) -> None:
        key = self.one(self.model.bills, pick)
        bill = self.model.bills[key]
        fits = bill.state == "issued" and not (bill.paid or bill.credited or bill.written)
        done = self.act(invoice_void, invoice_id=key, reason="x")
        if bill.noted and fits:
            fits = done is not None
        assert (done is not None) == fits
        if done:
            bill.state = "void"
            self.model.revenue -= bill.total

    @rule(pick=picks, amount=amounts, all_of_it=st.booleans())
    def write_off(self, pick: int, amount: Decimal, all_of_it: bool) -> None:
        key = self.one(self.model.bills, pick)
        bill = self.model.bills[key]
        wanted = bill.due if all_of_it else amount
        done = self.act(invoice_write_off, invoice_id=key, reason="x", amount=None if all_of_it else amount)
        assert (done is not None) == (0 < wanted <= bill.due)
        if done is None:
            return
        small = bill.paid + bill.credited > 0 and wanted <= (bill.total / 100).quantize(
            Decimal("0.01"), "ROUND_HALF_UP"
        )
        gives_up = wanted == bill.due and not small
        bill.written += wanted
        if gives_up:
            bill.state = "uncollectible"

    @precondition(lambda self: self.model.payments)
    @rule(pick=picks)
    def reverse(self, pick: int) -> None:
        payment = self.one(self.model.payments, pick)
        money = self.model.payments[payment]
        done = self.act(payment_reverse, payment_id=payment, reason="bounced")
        assert (done is not None) == (not money.reversed and not money.gone)
        if done is None:
            return
        for key, part in list(money.settles.items()):
            self.model.settle(payment, key, -part)
            if self.model.bills[key].state == "uncollectible":
                self.model.bills[key].written += part
        for key, part in money.differences.items():
            if self.model.bills[key].state == "issued":
                self.model.bills[key].written -= part
        money.reversed = True
        self.model.cash -= money.amount

    def _reachable(self, payment: Any) -> Decimal:
        money = self.model.payments[payment]
        stuck = sum((part for key, part in money.settles.items() if self.model.bills[key].state != "issued"), ZERO)
        return ZERO if money.reversed else money.amount - money.gone - stuck

    @precondition(lambda self: self.model.payments)
    @rule(pick=picks, amount=amounts)
    def refund(self, pick: int, amount: Decimal) -> None:
        payment = self.one(self.model.payments, pick)
        fits = amount <= self._reachable(payment)
        done = self.act(payment_refund, payment_id=payment, amount=amount, reason="x", method="cash")
        assert (done is not None) == fits
        if done:
            self.model.step_in(self.model.take(payment, amount))
            self.model.cash -= amount

    @precondition(lambda self: self.model.payments)
    @rule(pick=picks, amount=amounts)
    def dispute(self, pick: int, amount: Decimal) -> None:
        payment = self.one(self.model.payments, pick)
        fits = amount <= self._reachable(payment)
        made = self.act(dispute_open, payment_id=payment, wanted=DisputeInput(amount, "fraud"))
        assert (made is not None) == fits
        if made:
            taken = self.model.take(payment, amount)
            self.model.step_in(taken)
            self.model.disputes[made.pk] = (payment, amount, taken)
            self.model.held += amount

    @precondition(lambda self: self.model.disputes)
    @rule(pick=picks, won=st.booleans())
    def decide(self, pick: int, won: bool) -> None:
        key = self.one(self.model.disputes, pick)
        payment, amount, taken = self.model.disputes.pop(key)
        self.model.held -= amount
        if not won:
            assert self.act(dispute_lose, dispute_id=key)
            self.model.cash -= amount
            return
        assert self.act(dispute_win, dispute_id=key)
        self.model.payments[payment].gone -= amount
        for bill, part in taken.items():
            self.model.settle(payment, bill, min(part, self.model.bills[bill].due))

    @invariant()
    def says_the_same(self) -> None:
        """After each step: every document, and the customer's balance."""
        if not hasattr(self, "of"):
            return
        Books.steps += 1
        with connection.cursor() as cursor:
            cursor.execute(EVERYTHING, {"customer": self.of.pk})
            rows = cursor.fetchall()
        bills = {key: (state, due) for what, key, state, due in rows if what == "bill"}
        assert bills == {key: (bill.state, bill.due) for key, bill in self.model.bills.items()}
        lefts = {key: left for what, key, _, left in rows if what == "payment"}
        assert lefts == {key: money.left for key, money in self.model.payments.items()}
        figures = {what: figure for what, _, _, figure in rows if what in {"owed", "credit"}}
        assert figures == {"owed": self.model.owed(), "credit": self.model.credit()}
        assert len(rows) == len(bills) + len(lefts) + len(figures)

    def teardown(self) -> None:
        """After each run: the accounts, the books check, aging of each day."""
        try:
            if hasattr(self, "of"):
                self._whole()
        finally:
            transaction.set_rollback(True)
            self.tx.__exit__(None, None, None)

    def _whole(self) -> None:
        rows = account_balances(SYSTEM, profile_id=self.of.profile_id)
        sums = {row.kind.value: row.balance for row in rows}
        written = sum((bill.written for bill in self.model.bills.values()), ZERO)
        wanted = {
            "revenue": -self.model.revenue,
            "cash": self.model.cash,
            "disputed": -self.model.held,
            "bad_debt": written,
            "receivable": self.model.owed(),
            "customer_credit": -self.model.credit(),
        }
        assert {name: sums.get(name, ZERO) for name in wanted} == wanted
        assert sum(sums.values(), ZERO) == 0
        assert books_broken(now=NOW) == []
        for day in range((self.now - NOW).days + 1):
            assert aging(SYSTEM, profile=self.of.profile, as_of=TODAY + timedelta(days=day)).holds


def run(runs: int, steps: int, number: int = 0) -> None:
    """So many runs, and more of them until as many steps were taken: some runs end early. A number repeats them."""
    wanted = Books.steps + runs * steps
    while (missing := wanted - Books.steps) > 0:
        run_state_machine_as_test(
            seed(number)(Books) if number else Books,
            settings=settings(
                max_examples=-(-missing // steps),
                stateful_step_count=steps,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            ),
        )
        number += SHARES if number else 0


@pytest.mark.slow
@pytest.mark.django_db
def test_the_books_say_what_the_model_says(clock) -> None:
    run(40, 50)


@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.parametrize("share", range(1, SHARES + 1), ids=lambda number: f"share{number:02}")
def test_the_books_say_what_the_model_says_for_long(clock, share: int) -> None:
    run(20_000 // SHARES, 100, number=share)


@pytest.mark.django_db
@pytest.mark.parametrize("lie", ["owed", "credit"])
def test_negative_control_a_cent_too_much_is_found(clock, monkeypatch: pytest.MonkeyPatch, lie: str) -> None:
    truth = getattr(Model, lie)
    monkeypatch.setattr(Model, lie, lambda model: truth(model) + Decimal("0.01"))
    with pytest.raises(AssertionError):
        run(1, 3)
