"""Autopay by the rules of a profile: when it charges, when it tries again, whom it tells, when reminders go on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing_assistant.core import clock as time
from billing_assistant.core.errors import Unavailable
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from billing_assistant.core.ui.stories import story_of
from customers.models import Customer
from integrations.ports.attempts import Decline
from integrations.ports.payments import ProviderStatus
from invoices.models import Invoice
from payments.models import Checkout, Payment
from payments.selectors.open_items import is_being_paid
from payments.services.autopay import autopay_sweep
from payments.services.checkout_ask import checkouts_sweep
from payments.services.paying_rules import paying_rules_change
from payments.services.saved_methods import autopay_consent
from payments.states import AutopayMoment
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import SYSTEM, customer, due, invoice, pay
from tests.payments.test_saved_methods import TEXT, consenting, saved

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
A_WHILE = timedelta(minutes=3)


def rules(of: Customer, **changes: object) -> None:
    admin = factories.actor(Role.ADMIN)
    paying_rules_change(profile_id=of.profile_id, changes=changes, actor=admin, now=time.now())


def billed(of: Customer, **fields: object) -> Invoice:
    return invoice(of, "1000.00", now=time.now(), **fields)


def told() -> list[dict[str, object]]:
    return [event.data for event in Event.objects.filter(name="autopay.failed").order_by("id")]


def test_on_the_due_date_when_that_was_agreed(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    method = saved(fake_gateway, of)
    autopay_consent(
        method_id=method.pk, customer_id=of.pk, text=TEXT, on=AutopayMoment.DUE, actor=SYSTEM, now=time.now()
    )
    bill = billed(of, payment_terms_days=10)
    tried = {}
    for day in range(12):
        clock.shift(timedelta(days=1))
        tried[day + 1] = autopay_sweep(now=time.now())
    assert [day for day, number in tried.items() if number] == [10]
    assert due(bill) == 0


def test_a_later_rule_does_not_change_what_a_client_agreed_to(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    consenting(fake_gateway, of)
    rules(of, autopay_on=AutopayMoment.DUE)
    bill = billed(of, payment_terms_days=10)
    clock.shift(A_WHILE)
    assert (autopay_sweep(now=time.now()), due(bill)) == (1, 0)


def test_the_days_are_a_rule_of_the_profile(fake_gateway: FakeGateway, clock) -> None:
    ours, others = customer(), customer()
    rules(ours, autopay_days=[0, 2])
    for each in (ours, others):
        consenting(fake_gateway, each, Decline.SOFT)
        billed(each)
    clock.shift(A_WHILE)
    tried = []
    for day in range(4):
        before = Checkout.objects.filter(customer=ours).count()
        autopay_sweep(now=time.now())
        if Checkout.objects.filter(customer=ours).count() > before:
            tried.append(day)
        clock.shift(timedelta(days=1))
    assert tried == [0, 2]
    assert Checkout.objects.filter(customer=others).count() == 3  # the days 0, 1 and 3


def test_the_client_is_told_of_the_first_decline_and_of_the_last_try(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    rules(of, autopay_days=[0, 1, 3])
    consenting(fake_gateway, of, Decline.SOFT)
    billed(of)
    clock.shift(A_WHILE)
    begin = time.now().date()
    for _ in range(6):
        autopay_sweep(now=time.now())
        clock.shift(timedelta(days=1))
    assert [(one["tells_client"], one["again_on"]) for one in told()] == [
        (True, (begin + timedelta(days=1)).isoformat()),
        (False, (begin + timedelta(days=3)).isoformat()),
        (True, ""),
    ]
    stories = [entry.text for entry in story_of(Event.objects.filter(name="autopay.failed").order_by("id"))]
    assert "tried again on" in stories[0]
    assert "reminders go on" in stories[-1]


@pytest.mark.parametrize("decline", [Decline.HARD, Decline.CLIENT])
def test_a_method_that_ends_tells_the_client_at_once(fake_gateway: FakeGateway, clock, decline: Decline) -> None:
    of = customer()
    consenting(fake_gateway, of, decline)
    billed(of)
    clock.shift(A_WHILE)
    autopay_sweep(now=time.now())
    assert [(one["decline"], one["again_on"], one["tells_client"]) for one in told()] == [(decline.value, "", True)]


def test_a_gateway_that_is_away_is_no_news_for_the_client(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    consenting(fake_gateway, of)
    billed(of)
    clock.shift(A_WHILE)
    fake_gateway.fail_before = Unavailable("down")
    autopay_sweep(now=time.now())
    assert [one["tells_client"] for one in told()] == [False]


def test_a_debit_that_came_back_days_later_is_told_once(fake_gateway: FakeGateway, clock, monkeypatch) -> None:
    of = customer()
    consenting(fake_gateway, of)
    bill = billed(of)
    charge = fake_gateway.method_charge

    def waits(request):
        paid = charge(request)
        fake_gateway.becomes(paid.external_id, ProviderStatus.PROCESSING)
        return fake_gateway.payments[paid.external_id]

    monkeypatch.setattr(fake_gateway, "method_charge", waits)
    clock.shift(A_WHILE)
    autopay_sweep(now=time.now())
    payment = Payment.objects.get()
    fake_gateway.becomes(
        payment.external_id, ProviderStatus.FAILED, failure="The account has too little.", decline=Decline.SOFT
    )
    for _ in range(3):
        clock.shift(timedelta(hours=1))
        checkouts_sweep(now=time.now())
    assert [one["failure"] for one in told()] == ["The account has too little."]
    assert due(bill) == Decimal("1000.00")
    assert not Event.objects.filter(name="checkout.failed").exists()


def test_reminders_wait_while_it_tries_and_go_on_afterwards(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    rules(of, autopay_days=[0, 1])
    older = billed(of)
    clock.shift(A_WHILE)
    consenting(fake_gateway, of, Decline.SOFT)
    bill = billed(of)
    assert [is_being_paid(each.pk) for each in (older, bill)] == [False, True]
    clock.shift(A_WHILE)
    for expected in (True, False):
        assert autopay_sweep(now=time.now()) == 1
        assert is_being_paid(bill.pk) is expected
        clock.shift(timedelta(days=1))
    other = customer()
    consenting(fake_gateway, other, Decline.HARD)
    ended = billed(other)
    clock.shift(A_WHILE)
    autopay_sweep(now=time.now())
    assert not is_being_paid(ended.pk)


def test_a_first_attempt_of_today_says_the_local_day(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    rules(of, autopay_days=[0, 1])
    consenting(fake_gateway, of, Decline.SOFT)
    billed(of)
    clock.shift(timedelta(hours=14))  # after midnight in Nairobi, before it in London
    autopay_sweep(now=time.now())
    assert date.fromisoformat(str(told()[0]["again_on"])) > time.now().date()


def due_consent(fake_gateway: FakeGateway, of: Customer, decline: Decline = Decline.NONE) -> None:
    method = saved(fake_gateway, of, decline)
    autopay_consent(
        method_id=method.pk, customer_id=of.pk, text=TEXT, on=AutopayMoment.DUE, actor=SYSTEM, now=time.now()
    )


def in_parts(of: Customer, *parts: tuple[int, str]) -> Invoice:
    """An invoice over 1,000.00 with parts that are due so many days from now."""
    today = time.now().date()
    agreed = tuple((today + timedelta(days=days), Decimal(amount)) for days, amount in parts)
    return billed(of, instalments=agreed)


def test_on_due_dates_each_part_is_charged_at_its_own(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    due_consent(fake_gateway, of)
    bill = in_parts(of, (5, "400.00"), (20, "600.00"))
    charged = {}
    for day in range(1, 25):
        clock.shift(timedelta(days=1))
        before = due(bill)
        autopay_sweep(now=time.now())
        if before != due(bill):
            charged[day] = before - due(bill)
    assert charged == {5: Decimal("400.00"), 20: Decimal("600.00")}


def test_a_part_that_failed_is_asked_for_with_the_next_one_and_has_its_own_tries(
    fake_gateway: FakeGateway, clock
) -> None:
    of = customer()
    rules(of, autopay_days=[0, 2])
    due_consent(fake_gateway, of, Decline.SOFT)
    bill = in_parts(of, (3, "400.00"), (10, "600.00"))
    tried = {}
    for day in range(1, 15):
        clock.shift(timedelta(days=1))
        autopay_sweep(now=time.now())
        newest = Checkout.objects.filter(invoice=bill).order_by("-id").first()
        if newest is not None and newest.created_at == time.now():
            tried[day] = newest.amount
        waits = is_being_paid(bill.pk)
        assert waits is (day not in {5, 6, 7, 8, 9, 12, 13, 14})
    assert tried == {3: Decimal(400), 5: Decimal(400), 10: Decimal(1000), 12: Decimal(1000)}
    assert [bool(one["again_on"]) for one in told()] == [True, False, True, False]


def test_what_a_client_pays_meanwhile_is_not_charged_again(fake_gateway: FakeGateway, clock) -> None:
    of = customer()
    due_consent(fake_gateway, of)
    bill = in_parts(of, (3, "400.00"), (10, "600.00"))
    pay(of, "700.00", {bill.pk: Decimal(700)}, now=time.now())
    clock.shift(timedelta(days=5))
    assert autopay_sweep(now=time.now()) == 0
    clock.shift(timedelta(days=5))
    assert (autopay_sweep(now=time.now()), due(bill)) == (1, 0)
    assert Checkout.objects.get().amount == 300
