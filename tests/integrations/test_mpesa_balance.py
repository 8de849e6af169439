"""Our balance at M-Pesa: asked after midnight, told later, beside the ledger in the report of differences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from billing_assistant.core import clock as clocks
from billing_assistant.core.money import Money
from integrations.models import GatewayConnection, MpesaBalance, MpesaReceipt, WebhookEvent, WebhookStatus
from integrations.ports.payments import balances_of
from integrations.registry import gateway_of
from integrations.services.webhooks import webhooks_sweep
from payments.models import BalanceDifference, ProviderDay
from payments.services.provider_days import balances_order
from payments.services.record import External
from payments.tasks import compare_provider_balances
from tests import factories
from tests.fakes.mpesa import SHORT_CODE, MpesaSimulator
from tests.fakes.mpesa_fixtures import connect
from tests.fakes.vendor_server import Delivery
from tests.payments.builders import pay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
Tell = Callable[[Delivery], int]
NAIROBI = ZoneInfo("Africa/Nairobi")
QUERY = "/mpesa/accountbalance/v1/query"


@pytest.fixture
def connection(safaricom: MpesaSimulator, clock) -> GatewayConnection:
    return connect(factories.seller(time_zone="Africa/Nairobi"))


def _night(day: int, hour: int = 0, minute: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=NAIROBI)


def _asked(clock, at: datetime) -> int:
    clock.shift(at - clocks.now())
    return balances_order(now=clocks.now())


def _told(safaricom: MpesaSimulator, tell: Tell) -> None:
    while safaricom.outbox:
        assert tell(safaricom.outbox.popleft()) == 200
    webhooks_sweep(now=clocks.now())


def test_the_difference_of_two_midnights_is_what_moved(connection, safaricom, tell: Tell, clock) -> None:
    assert _asked(clock, _night(3)) == 1
    _told(safaricom, tell)
    assert MpesaBalance.objects.get().amount == Decimal("927997.00")
    safaricom.utility = "229537.00"
    payer = factories.customer(connection.profile)
    pay(
        payer,
        "1500.00",
        now=_night(3, 12),
        received_on=_night(3).date(),
        external=External("mpesa", SHORT_CODE, "UCN0000009"),
        method="mpesa",
    )
    assert _asked(clock, _night(4)) == 1
    _told(safaricom, tell)
    moved = balances_of(gateway_of(connection)).balance_moved(since=_night(3, 0, 0), until=_night(4, 0, 0))
    assert list(moved) == [Money(Decimal("1500.00"), "KES")]
    compare_provider_balances()
    assert [(one.day.day, one.amount) for one in ProviderDay.objects.all()] == [(3, Decimal(1500))]
    difference = BalanceDifference.objects.get()
    assert (difference.provider_amount, difference.ledger_amount) == (Decimal(1500), Decimal(1500))
    assert not WebhookEvent.objects.exclude(status=WebhookStatus.IGNORED).exists()


def test_it_is_asked_once_an_hour_after_midnight_until_it_is_told(connection, safaricom, tell: Tell, clock) -> None:
    asked = [_asked(clock, _night(3, hour, minute)) for hour, minute in ((0, 10), (0, 50), (1, 10), (2, 10))]
    assert asked == [1, 0, 1, 1]
    _told(safaricom, tell)
    assert [_asked(clock, _night(3, hour)) for hour in (3, 5, 6, 12)] == [0, 0, 0, 0]
    assert MpesaBalance.objects.count() == 3


def test_money_between_midnight_and_the_answer_belongs_to_the_new_day(connection, safaricom, tell, clock) -> None:
    _asked(clock, _night(3))
    _told(safaricom, tell)
    paid_at, words = _night(4, 0, 5), {"receipt": "UCN0000099", "typed_reference": "INV-1"}
    MpesaReceipt.objects.create(connection=connection, amount=Decimal(2000), paid_at=paid_at, **words)
    safaricom.utility = "230037.00"
    _asked(clock, _night(4))
    _told(safaricom, tell)
    moved = balances_of(gateway_of(connection)).balance_moved(since=_night(3, 0, 0), until=_night(4, 0, 0))
    assert list(moved) == [Money(Decimal("0.00"), "KES")]


def test_a_question_that_is_refused_is_asked_again_and_tells_nothing(connection, safaricom, clock) -> None:
    safaricom.fails(QUERY)
    assert _asked(clock, _night(3)) == 0
    assert _asked(clock, _night(3, 1)) == 1
    compare_provider_balances()
    assert not ProviderDay.objects.exists()


def test_without_an_initiator_nobody_is_asked(safaricom, clock) -> None:
    connect(factories.seller(time_zone="Africa/Nairobi"), initiator="")
    assert _asked(clock, _night(3)) == 0
    assert safaricom.called(QUERY) == []


def test_an_answer_at_another_address_is_not_believed(connection, safaricom, tell: Tell, clock) -> None:
    _asked(clock, _night(3))
    _asked(clock, _night(3, 1))
    first, second = safaricom.outbox
    assert tell(Delivery(first.url, second.body)) == 401
    assert tell(Delivery(first.url[:-8] + "AAAAAAA/", first.body)) in {401, 404}
    assert not MpesaBalance.objects.exists()


@pytest.mark.parametrize("text", ["", "Working Account", "Working Account|USD|1.00", "Working Account|KES|much"])
def test_what_is_no_balance_is_no_reading(connection, safaricom, tell: Tell, clock, text: str) -> None:
    _asked(clock, _night(3))
    told = safaricom.outbox.popleft()
    begin, _key, rest = told.body.partition(b'"Key": "AccountBalance", "Value": "')
    body = begin + b'"Key": "AccountBalance", "Value": "' + text.encode() + rest[rest.index(b'"') :]
    assert tell(Delivery(told.url, body)) == 200
    assert not MpesaBalance.objects.exists()


def test_days_that_nobody_told_about_are_left_out_and_the_others_told(connection, safaricom, tell, clock) -> None:
    for day in (4, 5):
        _asked(clock, _night(day))
        _told(safaricom, tell)
    clock.shift(timedelta(hours=1))
    compare_provider_balances()
    assert [one.day.day for one in ProviderDay.objects.all()] == [4]
