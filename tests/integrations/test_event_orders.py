"""R11: in whatever order a provider tells of a payment, the same end: paid, refunded, disputed, decided.

24 orders of the four events about money, and 60 random lives; with --deep all 5,040 orders of the seven events of each
provider, in 20 parts. M-Pesa has a file of its own (test_mpesa_payments.py).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, permutations

import pytest

from billing_assistant.core import clock
from billing_assistant.ledger.models import OwnerBalance
from integrations.models import WebhookEvent, WebhookStatus
from payments.models import Dispute, Payment, Refund
from payments.states import DisputeState, PaymentState, RefundState
from tests.fakes.paypal_fixtures import post
from tests.integrations.provider_lives import (
    DISPUTED,
    REFUNDED,
    TOTAL,
    Life,
    Tell,
    World,
)
from tests.payments.builders import due
from tests.support.books import books_broken
from tests.support.undone import undone

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
PARTS = 20


def whole(life: Life) -> list[Tell]:
    """All that tells of a life that is over, none of it delivered."""
    return [event for news in life.happens() for event in news]


def told(life: Life, events: Sequence[Tell]) -> None:
    """Each is delivered and acted upon."""
    for event in events:
        assert event() == 200
        life.process()


def ended_well(life: Life) -> None:
    """Once paid, once given back in part, once disputed; nothing is left for a person."""
    customer = life.bill.customer_id
    payment = Payment.objects.get(customer_id=customer, status=PaymentState.COMPLETED)
    lost = life.outcome == "lost"
    gone = REFUNDED + (DISPUTED if lost else 0)
    assert (payment.amount, payment.amount_refunded, payment.amount_disputed) == (
        TOTAL,
        REFUNDED,
        DISPUTED if lost else 0,
    )
    assert Payment.objects.filter(customer_id=customer).exclude(status=PaymentState.FAILED).count() == 1
    refunds = [(one.status, one.amount) for one in Refund.objects.filter(payment=payment)]
    assert refunds == [(RefundState.SUCCEEDED, REFUNDED)]
    disputes = [(one.status, one.amount) for one in Dispute.objects.filter(payment=payment)]
    if lost:
        assert disputes == [(DisputeState.LOST, DISPUTED)]
    else:
        assert disputes in ([], [(DisputeState.WON, DISPUTED)])  # one that was won before we heard of it moved nothing
    assert (due(life.bill) - payment.unapplied, payment.unapplied * due(life.bill)) == (gone, 0)
    balance = OwnerBalance.objects.get(owner_id=customer)
    assert (balance.outstanding, balance.unapplied) == (gone, 0)
    assert not list(WebhookEvent.objects.filter(status=WebhookStatus.PARKED).values_list("kind", "outcome"))


@contextmanager
def books_of_its_own() -> Iterator[None]:
    """A life ends with books that tie and leaves nothing behind: the hundredth takes no longer than the first."""
    with undone():
        yield
        assert not books_broken(now=clock.now())


def in_these_orders(world: World, orders: Iterator[tuple[int, ...]]) -> None:
    for order in orders:
        with books_of_its_own():
            life = world.life()
            events = whole(life)
            assert len(events) == world.events
            told(life, [events[place] for place in order])
            ended_well(life)


def test_told_as_it_happens_a_life_ends_well(world: World) -> None:
    for outcome in ("lost", "won"):
        life = world.life(outcome)
        for news in life.happens():
            told(life, news)
        ended_well(life)
        if outcome == "won":
            assert Dispute.objects.get(customer_id=life.bill.customer_id).status == DisputeState.WON


@pytest.mark.slow
def test_every_order_of_the_events_about_money_ends_alike(world: World) -> None:
    others = [place for place in range(world.events) if place not in world.main]
    in_these_orders(world, ((*order, *others) for order in permutations(world.main)))


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
def test_every_order_of_all_events_ends_alike(world: World, part: int) -> None:
    in_these_orders(world, islice(permutations(range(world.events)), part, None, PARTS))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(3))
def test_random_lives_end_well(world: World, part: int) -> None:
    """After each thing some of the news so far is told, some of it again, acted upon at once or later; also lies."""
    for seed in range(20 * part, 20 * part + 20):
        chance = random.Random(seed)  # noqa: S311 -- the same on each run
        with books_of_its_own():
            _random_life(world, world.life(chance.choice(["lost", "won"]), chance.randrange(3)), chance)


def _random_life(world: World, life: Life, chance: random.Random) -> None:
    known: list[Tell] = []
    for news in life.happens():
        known += news
        for event in chance.choices(known, k=chance.randrange(3)):
            assert event() == 200
            match chance.randrange(4):
                case 0:
                    life.ask()
                case 1 | 2:
                    life.process()
        if chance.random() < 0.2:
            assert post(world.forged()) in {400, 401}
    chance.shuffle(known)
    told(life, known)
    ended_well(life)


def test_negative_control_a_life_of_which_an_event_is_never_told_does_not_end_well(world: World) -> None:
    life = world.life()
    told(life, whole(life)[:1])
    with pytest.raises((AssertionError, Payment.DoesNotExist)):
        ended_well(life)
