"""S04: a true event, well signed, about money that is not what we asked for, posts nothing and waits for a person.

At Stripe, PayPal and Dodo; Stripe's own oddities are in tests/payments/test_stripe_payments.py, M-Pesa's in
test_mpesa.py (S45) and test_mpesa_payments.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from billing_assistant.core.ids import uuid7
from integrations.models import WebhookEvent, WebhookStatus
from payments.models import Payment
from payments.states import PaymentState
from tests.fakes.paypal_fixtures import post
from tests.integrations.provider_lives import TOTAL, DodoWorld, Life, PayPalWorld, StripeWorld, World
from tests.payments.builders import due

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
LIES: dict[str, dict[str, Any]] = {
    "a cent less": {"minor": 149_999},
    "a cent more": {"minor": 150_001},
    "a hundredth": {"minor": 1_500},
    "a hundred times": {"minor": 15_000_000},
    "nothing": {"minor": 0},
    "less than nothing": {"minor": -150_000},
    "another currency": {"currency": "EUR"},
    "one without cents": {"currency": "JPY"},
    "somebody else's account": {"payee": True},
    "for another checkout": {"reference": "other"},
    "for one that is not there": {"reference": "unknown"},
    "for nothing of ours": {"reference": ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_money_that_does_not_fit_posts_nothing_and_waits_for_a_person(world: World, lie: str) -> None:
    life, other = world.life(), world.life()
    paid(world, life, other, **LIES[lie])
    life.process()
    if not (isinstance(world, StripeWorld) and "reference" in LIES[lie]):
        life.ask()  # Stripe's page carries our reference whatever is written on the charge
    assert not Payment.objects.filter(status=PaymentState.COMPLETED).exists()
    assert (due(life.bill), due(other.bill)) == (TOTAL, TOTAL)
    waiting = WebhookEvent.objects.filter(status=WebhookStatus.PARKED)
    assert waiting.exists() or not Payment.objects.exclude(status=PaymentState.FAILED).exists()
    assert all(waiting.values_list("outcome", flat=True))


def test_negative_control_what_fits_is_posted(world: World) -> None:
    life = world.life()
    paid(world, life, life)
    life.process()
    assert due(life.bill) == 0


def test_what_was_posted_once_settles_no_second_invoice(world: World) -> None:
    life, other = world.life(), world.life()
    paid(world, life, life)
    life.process()
    before = list(Payment.objects.values_list("external_id", "amount"))
    paid(world, life, other, reference="other", again=True)
    life.process()
    other.process()
    assert list(Payment.objects.values_list("external_id", "amount")) == before
    assert (due(life.bill), due(other.bill)) == (0, TOTAL)


def paid(world: World, life: Life, other: Life, **lie: Any) -> None:
    """A client pays, the provider tells of it, and one thing about it is not as we asked."""
    told = {StripeWorld: _stripe, PayPalWorld: _paypal, DodoWorld: _dodo}[type(world)]
    told(world, life, other, **lie)


def _reference(lie: dict[str, Any], other: Life) -> str:
    return {"other": str(other.checkout.pk), "unknown": str(uuid7())}.get(lie["reference"], "")


def _stripe(world: Any, life: Life, other: Life, *, again: bool = False, **lie: Any) -> None:
    books, changes = world.service.books, {}
    if "minor" in lie:
        changes["amount"] = lie["minor"]
    if "currency" in lie:
        changes["currency"] = lie["currency"].lower()
    if "payee" in lie:
        changes["on_behalf_of"] = "acct_theirs"
    if "reference" in lie:
        changes["metadata"] = {"reference": _reference(lie, other)}
    if again:
        charge = next(one for one in books.all_of(books.ours, "charge"))
        charge.update(changes)
        event = {**books.ours.events[-1], "id": "evt_again"}
    else:
        books.client_pays(life.checkout.external_id, **changes)
        event = next(one for one in books.ours.events if one["type"] == "payment_intent.succeeded")
    assert world.tell(event) == 200


def _paypal(world: Any, life: Life, other: Life, *, again: bool = False, **lie: Any) -> None:
    service = world.service
    order = service.orders[life.checkout.external_id]
    unit = order.body["purchase_units"][0]
    if "minor" in lie:
        unit["amount"] = {**unit["amount"], "value": f"{lie['minor'] / 100:.2f}"}
    if "currency" in lie:
        unit["amount"] = {**unit["amount"], "currency_code": lie["currency"]}
    if "payee" in lie:
        unit["payee"] = {"merchant_id": "SOMEBODY"}
    if "reference" in lie:
        unit["custom_id"] = _reference(lie, other)
        unit["invoice_id"] = _reference(lie, other)
    if again:
        service.tell("PAYMENT.CAPTURE.COMPLETED", order.captures[-1])
    else:
        service.client_approves(order.id)
    _delivered(service, life)


def _dodo(world: Any, life: Life, other: Life, *, again: bool = False, **lie: Any) -> None:
    service = world.service
    payment = next(iter(service.payments.values())) if again else service.client_pays(life.checkout.external_id)
    if "minor" in lie:
        payment["total_amount"] = lie["minor"]
    if "currency" in lie:
        payment["currency"] = lie["currency"]
    if "payee" in lie:
        payment["business_id"] = "bus_theirs"
    if "reference" in lie:
        payment["metadata"] = {**payment["metadata"], "reference": _reference(lie, other)}
    if again:
        service.tell("payment.succeeded", payment)
    _delivered(service, life)


def _delivered(service: Any, life: Life) -> None:
    while service.outbox:
        assert post(service.outbox.popleft()) == 200
        life.process()
