"""What gateways keep of payments is booked once, whoever tells it first; their balances are asked for each night."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core import clock as time
from billing_assistant.core.money import Money
from billing_assistant.core.services.relay import relay_events
from billing_assistant.ledger.books import check_books
from billing_assistant.ledger.selectors import account_balances
from integrations.models import GatewayConnection
from payments.models import BalanceDifference, Payment, PaymentFee, ProviderDay
from payments.services.gateway_fee import WAITS, fee_noted, fee_wanted, fees_sweep
from payments.services.line_acts import line_undo
from payments.services.line_settling import line_link
from payments.services.provider_days import provider_days_ask
from payments.services.record import External
from payments.statement_states import BankAccountKind
from payments.tasks import compare_provider_balances
from tests import factories
from tests.fakes import paypal_fixtures
from tests.fakes.paypal_fixtures import paypal_service
from tests.fakes.stripe import Fault, StripeServer
from tests.fakes.stripe.fixtures import connected
from tests.payments.builders import SYSTEM, pay
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.statement_files import bank_account
from tests.payments.test_statements import finished, table

__all__ = ["paypal_service"]
pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]
FEE = Decimal("29.30")


@pytest.fixture
def stripe(stripe_service: StripeServer, monkeypatch: pytest.MonkeyPatch) -> GatewayConnection:
    monkeypatch.setattr("billing_assistant.core.http._pause", lambda *_: 0.0)
    return connected(stripe_service, factories.seller())


def charged(service: StripeServer, connection: GatewayConnection, *, on: date | None = None) -> Payment:
    """1,000 shillings that came through Stripe."""
    books = service.books
    intent = books.keep(books.ours, "payment_intent", "pi", amount=100_000, currency="kes", metadata={}, status="x")
    charge = books.charge(books.ours, intent, "pays", "card")
    external = External("stripe", books.ours.id, charge["id"])
    payer = factories.customer(connection.profile)
    day = on or time.now().date()
    return pay(payer, "1000.00", external=external, received_on=day, reference="")


def asked(*, after: timedelta = timedelta(minutes=1)) -> list[tuple[str, Decimal]]:
    relay_events(queue="default")
    fees_sweep(now=time.now() + after)
    return list(PaymentFee.objects.values_list("state", "amount"))


def kept(of: GatewayConnection) -> Decimal:
    """The balance of the fees expense account."""
    rows = account_balances(SYSTEM, profile_id=of.profile_id)
    return sum((row.balance for row in rows if row.kind.value == "gateway_fees"), Decimal(0))


def test_the_fee_of_a_payment_is_booked_once_and_shown(stripe, stripe_service, client: Client) -> None:
    payment = charged(stripe_service, stripe)
    assert asked() == [("booked", FEE)]
    fee_noted(payment_id=payment.pk, told=Money(FEE, "KES"), now=time.now())
    fee_wanted(payment_id=payment.pk, now=time.now())
    assert asked(after=timedelta(days=1)) == [("booked", FEE)]
    assert kept(stripe) == FEE
    sign_in(client)
    page = text_of(client.get(f"/payments/{payment.pk}/"))
    assert "Gateway fee" in page
    assert "29.30" in page
    assert "29.30" in text_of(client.get(f"/reports/ledger/?q={payment.number}"))


def test_a_gateway_that_does_not_answer_is_asked_again_and_in_the_end_left_alone(stripe, stripe_service) -> None:
    charged(stripe_service, stripe)
    stripe_service.faults.append(Fault("GET /v1/charges", status=500, times=99))
    assert asked() == [("waiting", 0)]
    fee, at = PaymentFee.objects.get(), time.now() + timedelta(minutes=1)
    assert fee.ask_at == at + WAITS[0]
    for wait in WAITS:
        at += wait
        fees_sweep(now=at)
    assert PaymentFee.objects.get().state == "unknown"
    assert kept(stripe) == 0


def test_money_by_hand_and_gateways_that_tell_no_fee_have_none(stripe) -> None:
    by_hand = pay(factories.customer(stripe.profile), "5.00")
    strange = pay(by_hand.customer, "5.00", external=External("mpesa", "600000", "QWE123"))
    assert fee_wanted(payment_id=by_hand.pk, now=time.now()) is None
    assert fee_wanted(payment_id=strange.pk, now=time.now()) is None


def _statement(of: GatewayConnection, payment: Payment) -> object:
    """The provider's own report says what was kept of the payment."""
    at_stripe = bank_account(of.profile, kind=BankAccountKind.PROVIDER, provider="stripe", provider_account=of.account)
    head = "id,Created (UTC),Type,Amount,Fee,Net\n"
    statement, _run = table(at_stripe, f"{head}{payment.external_id},2026-03-02,charge,1000.00,{FEE},970.70\n")
    return statement


def test_a_statement_that_comes_later_books_the_fee_instead_and_gives_it_back_when_undone(
    stripe, stripe_service
) -> None:
    payment = charged(stripe_service, stripe)
    assert asked() == [("booked", FEE)]
    statement = _statement(stripe, payment)
    finished(statement)
    assert asked() == [("in_statement", FEE)]
    assert kept(stripe) == 0
    assert not check_books(now=time.now())
    line = statement.lines.get()
    line_undo(line_id=line.pk, reason="x", actor=SYSTEM, now=time.now())
    assert asked() == [("booked", FEE)]
    assert kept(stripe) == FEE
    line_link(line_id=line.pk, payment_id=payment.pk, actor=SYSTEM, now=time.now())
    assert kept(stripe) == 0


def test_a_statement_that_came_first_books_the_fee_alone(stripe, stripe_service) -> None:
    payment = charged(stripe_service, stripe)
    statement = _statement(stripe, payment)
    finished(statement)
    assert asked() == [("in_statement", FEE)]
    assert kept(stripe) == 0


def test_a_fee_that_was_booked_twice_is_found_by_the_books_check(stripe, stripe_service) -> None:
    charged(stripe_service, stripe)
    asked()
    PaymentFee.objects.update(state="none", amount=0)
    broken = [violation for violation in check_books(now=time.now()) if violation.code == "I10"]
    assert "PAY-0001" in broken[0].detail
    PaymentFee.objects.update(state="booked", amount=FEE)


def test_a_fee_in_the_currency_of_our_balance_is_booked_in_it(stripe, stripe_service) -> None:
    payment = charged(stripe_service, stripe)
    fee_wanted(payment_id=payment.pk, now=time.now())
    fee_noted(payment_id=payment.pk, told=Money(Decimal("0.25"), "USD"), now=time.now())
    rows = account_balances(SYSTEM, profile_id=stripe.profile_id)
    usd = {row.kind.value: row.balance for row in rows if row.currency == "USD"}
    assert usd == {"gateway_fees": Decimal("0.25"), "gateway_clearing": Decimal("-0.25")}


# Balances.


def test_a_day_at_stripe_agrees_with_the_ledger_once_the_fee_is_booked(stripe, stripe_service, clock) -> None:
    charged(stripe_service, stripe)
    asked()
    clock.shift(timedelta(days=1))
    compare_provider_balances()
    row = BalanceDifference.objects.get(day=date(2026, 3, 2))
    assert (row.provider_amount, row.ledger_amount) == (Decimal("970.70"), Decimal("970.70"))
    assert ProviderDay.objects.filter(day=date(2026, 3, 2)).get().amount == Decimal("970.70")


def test_money_that_we_do_not_know_of_is_a_difference(stripe, stripe_service, clock) -> None:
    charged(stripe_service, stripe)
    asked()
    stripe_service.books.book(stripe_service.books.ours, "adjustment", 5000, "kes", source="")
    clock.shift(timedelta(days=1))
    compare_provider_balances()
    row = BalanceDifference.objects.get(day=date(2026, 3, 2))
    assert row.provider_amount - row.ledger_amount == Decimal(50)


def test_a_provider_that_does_not_answer_is_asked_the_next_night(stripe, stripe_service, clock) -> None:
    charged(stripe_service, stripe)
    clock.shift(timedelta(days=1))
    stripe_service.faults.append(Fault("GET /v1/balance_transactions", status=500, times=9))
    assert provider_days_ask(now=time.now()) == 0
    stripe_service.faults.clear()
    clock.shift(timedelta(days=1))
    assert provider_days_ask(now=time.now()) == 3
    assert ProviderDay.objects.get(day=date(2026, 3, 2)).amount == Decimal("970.70")


def test_paypal_tells_how_its_balance_moved(paypal_service, clock) -> None:
    connection = paypal_fixtures.connect(factories.seller(currency="USD"), paypal_service)
    paypal_service.orders["O"] = order = paypal_fixtures.paypal.Order("O", {"purchase_units": [{}]})
    fee = {"currency_code": "USD", "value": "1.47"}
    whole = {"currency_code": "USD", "value": "30.00"}
    order.captures.append(
        {
            "id": "C",
            "amount": whole,
            "create_time": "2026-03-02T09:00:00Z",
            "seller_receivable_breakdown": {"gross_amount": whole, "paypal_fee": fee},
        }
    )
    clock.shift(timedelta(days=1))
    provider_days_ask(now=time.now())
    (day,) = ProviderDay.objects.filter(profile=connection.profile)
    assert (day.day, day.currency, day.amount) == (date(2026, 3, 2), "USD", Decimal("28.53"))
