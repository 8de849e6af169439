"""Checkouts: last look, one open page, unknown outcomes, lost and late answers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from billing_assistant.core.errors import InvalidAmount, NotFound, OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.failpoints import FailPointReached
from billing_assistant.core.models import Event, Notice
from billing_assistant.core.rights import Role
from integrations.ports.payments import ProviderStatus, SessionStatus
from invoices.models import Invoice
from invoices.services.void import invoice_void
from payments.errors import (
    AmountTooSmall,
    CheckoutFailed,
    CheckoutUnknown,
    MoreThanDue,
    NothingDue,
    OnlinePaymentsOff,
    PaymentInFlight,
)
from payments.models import Checkout, Payment
from payments.services.checkout_ask import checkout_ask, checkouts_close, checkouts_sweep
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.services.provider import Doubtful, provider_payment_take
from payments.states import CheckoutState, PaymentState
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks")]
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")


def _open(bill: Invoice, amount: str, now=NOW) -> Checkout:
    return checkout_open(
        parts={bill.pk: Decimal(amount)}, customer_id=bill.customer_id, urls=URLS, actor=SYSTEM, now=now
    )


def _take(gateway: FakeGateway, external_id: str, now=NOW):
    return provider_payment_take(gateway=gateway, paid=gateway.payments[external_id], now=now)


def test_a_checkout_asks_for_what_the_client_chose(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "20000.00")
    request = fake_gateway.request_of(checkout.external_id)
    assert (request.reference, request.idempotency_key) == (str(checkout.pk), checkout.idempotency_key)
    assert (str(request.money), request.success_url) == ("KES 20,000.00", f"https://us.example/{checkout.pk}")
    assert (checkout.status, checkout.url) == (CheckoutState.OPEN, f"https://fake.example/{checkout.external_id}")
    assert Event.objects.filter(name="checkout.opened", subject_id=checkout.pk).count() == 1


def test_the_last_look_refuses(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    for amount, error in [
        ("52200.01", MoreThanDue),
        ("2609.99", AmountTooSmall),
        ("0", InvalidAmount),
        ("-5", InvalidAmount),
        ("3000.001", InvalidAmount),
    ]:
        with pytest.raises(error):
            _open(bill, amount)
    with pytest.raises(NotFound):
        checkout_open(parts={bill.pk: Decimal(9000)}, customer_id=customer().pk, urls=URLS, actor=SYSTEM, now=NOW)
    pay(bill.customer, "52200.00", {bill.pk: Decimal("52200.00")})
    with pytest.raises(NothingDue):
        _open(bill, "52200.00")
    assert (fake_gateway.calls, Checkout.objects.count()) == ([], 0)


def test_what_is_left_can_be_paid_even_below_the_minimum(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    pay(bill.customer, "52199.00", {bill.pk: Decimal("52199.00")})
    assert _open(bill, "1.00").status == CheckoutState.OPEN


def test_asking_twice_gives_the_same_page(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    first = _open(bill, "20000.00")
    assert _open(bill, "20000.00").pk == first.pk
    assert fake_gateway.calls == ["checkout_create"]


def test_another_amount_closes_the_first_page(now, fake_gateway: FakeGateway, tasks) -> None:
    bill = invoice()
    first, second = _open(bill, "20000.00"), _open(bill, "52200.00")
    first.refresh_from_db()
    assert (first.status, second.status) == (CheckoutState.EXPIRED, CheckoutState.OPEN)
    checkouts_sweep(now=NOW)
    assert fake_gateway.sessions[first.external_id].status is SessionStatus.EXPIRED
    assert fake_gateway.sessions[second.external_id].status is SessionStatus.OPEN


def test_a_refusal_leaves_no_open_checkout(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    for error in (Rejected("no"), Unavailable("down")):
        fake_gateway.fail_before = error
        with pytest.raises(CheckoutFailed):
            _open(bill, "20000.00")
    assert {each.status for each in Checkout.objects.all()} == {CheckoutState.FAILED}
    assert _open(bill, "20000.00").status == CheckoutState.OPEN


def test_without_a_gateway_nobody_pays_online(now, monkeypatch) -> None:
    monkeypatch.setattr("integrations.registry.built_in", tuple)
    with pytest.raises(OnlinePaymentsOff):
        _open(invoice(), "52200.00")


def test_an_unknown_outcome_is_resolved_by_asking(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    fake_gateway.fail_after = OutcomeUnknown("no answer")
    with pytest.raises(CheckoutUnknown):
        _open(bill, "20000.00")
    checkout = Checkout.objects.get()
    assert (checkout.status, checkout.external_id) == (CheckoutState.UNKNOWN, "")
    session_id = next(iter(fake_gateway.sessions))
    fake_gateway.client_pays(session_id)
    checkouts_sweep(now=NOW + timedelta(minutes=6))
    checkout.refresh_from_db()
    assert (checkout.status, checkout.external_id) == (CheckoutState.SUCCEEDED, session_id)
    assert due(bill) == Decimal("32200.00")
    assert fake_gateway.calls.count("checkout_create") == 1


def test_a_call_that_never_arrived_is_closed(now, fake_gateway: FakeGateway) -> None:
    fake_gateway.fail_before = OutcomeUnknown("no answer")
    with pytest.raises(CheckoutUnknown):
        _open(invoice(), "20000.00")
    checkouts_sweep(now=NOW + timedelta(minutes=6))
    checkout = Checkout.objects.get()
    assert (checkout.status, checkout.ask_at) == (CheckoutState.EXPIRED, None)


def test_a_lost_webhook_is_found_by_asking(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "52200.00")
    fake_gateway.client_pays(checkout.external_id)
    assert checkouts_sweep(now=NOW + timedelta(minutes=4)) == 0
    assert checkouts_sweep(now=NOW + timedelta(minutes=6)) == 1
    assert due(bill) == 0
    checkout.refresh_from_db()
    assert checkout.ask_at is None


def test_a_page_that_ran_out_is_closed(now, fake_gateway: FakeGateway) -> None:
    checkout = _open(invoice(), "52200.00")
    checkouts_sweep(now=NOW + timedelta(minutes=61))
    checkout.refresh_from_db()
    assert (checkout.status, checkout.ask_at) == (CheckoutState.EXPIRED, None)
    assert fake_gateway.sessions[checkout.external_id].status is SessionStatus.EXPIRED


def test_an_invoice_that_is_settled_otherwise_closes_its_pages(now, fake_gateway: FakeGateway, tasks) -> None:
    bill = invoice()
    checkout = _open(bill, "52200.00")
    pay(bill.customer, "52200.00", {bill.pk: Decimal("52200.00")})
    assert checkouts_close(invoice_id=bill.pk, now=NOW) == 1
    checkouts_sweep(now=NOW)
    checkout.refresh_from_db()
    assert (checkout.status, checkout.ask_at) == (CheckoutState.EXPIRED, None)
    assert fake_gateway.sessions[checkout.external_id].status is SessionStatus.EXPIRED


def test_a_part_payment_closes_only_pages_that_ask_for_too_much(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "20000.00")
    pay(bill.customer, "30000.00", {bill.pk: Decimal("30000.00")})
    assert checkouts_close(invoice_id=bill.pk, now=NOW) == 0
    pay(bill.customer, "5000.00", {bill.pk: Decimal("5000.00")})
    assert checkouts_close(invoice_id=bill.pk, now=NOW) == 1
    checkout.refresh_from_db()
    assert checkout.status == CheckoutState.EXPIRED


def test_a_voided_invoice_closes_its_pages(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    _open(bill, "52200.00")
    invoice_void(invoice_id=bill.pk, reason="Mistake", actor=SYSTEM, now=NOW)
    assert checkouts_close(invoice_id=bill.pk, now=NOW) == 1


def test_a_payment_after_the_page_was_closed_is_recorded_as_credit(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "52200.00")
    fake_gateway.client_pays(checkout.external_id)  # paid while another payment was being recorded
    pay(bill.customer, "52200.00", {bill.pk: Decimal("52200.00")})
    checkouts_close(invoice_id=bill.pk, now=NOW)
    checkouts_sweep(now=NOW)
    checkout.refresh_from_db()
    late = Payment.objects.get(provider="fake")
    assert (checkout.status, late.status, late.unapplied) == (
        CheckoutState.SUCCEEDED,
        PaymentState.COMPLETED,
        Decimal("52200.00"),
    )


def test_an_invoice_settled_in_part_meanwhile_takes_what_is_due(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "52200.00")
    pay(bill.customer, "50000.00", {bill.pk: Decimal("50000.00")})
    taken = _take(fake_gateway, fake_gateway.client_pays(checkout.external_id))
    assert (due(bill), taken.payment.amount_allocated, taken.payment.unapplied) == (0, Decimal(2200), Decimal(50000))


def test_processing_holds_the_amount_and_then_settles(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "30000.00")
    paid = fake_gateway.client_pays(checkout.external_id, ProviderStatus.PROCESSING)
    payment = _take(fake_gateway, paid).payment
    checkout.refresh_from_db()
    assert (payment.status, checkout.status, due(bill)) == (
        PaymentState.PROCESSING,
        CheckoutState.PROCESSING,
        Decimal("52200.00"),
    )
    with pytest.raises(PaymentInFlight):
        _open(bill, "30000.00")
    assert _open(bill, "22200.00").status == CheckoutState.OPEN
    fake_gateway.becomes(paid, ProviderStatus.SUCCEEDED)
    later = NOW + timedelta(days=2)
    payment = _take(fake_gateway, paid, later).payment
    assert (payment.status, payment.received_on.day, due(bill)) == (PaymentState.COMPLETED, 4, Decimal("22200.00"))


def test_processing_that_fails_frees_the_amount(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "52200.00")
    paid = fake_gateway.client_pays(checkout.external_id, ProviderStatus.PROCESSING)
    _take(fake_gateway, paid)
    fake_gateway.becomes(paid, ProviderStatus.FAILED, failure="The bank refused.")
    payment = _take(fake_gateway, paid).payment
    checkout.refresh_from_db()
    assert (payment.status, payment.failure, checkout.status) == (
        PaymentState.FAILED,
        "The bank refused.",
        CheckoutState.FAILED,
    )
    assert _open(bill, "52200.00").pk != checkout.pk


def test_a_declined_card_leaves_the_page_open_for_another(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "52200.00")
    declined = _take(fake_gateway, fake_gateway.client_pays(checkout.external_id, ProviderStatus.FAILED)).payment
    checkout.refresh_from_db()
    assert (declined.status, declined.unapplied, checkout.status) == (PaymentState.FAILED, 0, CheckoutState.OPEN)
    assert Event.objects.filter(name="payment.failed").count() == 1
    _take(fake_gateway, fake_gateway.client_pays(checkout.external_id))
    assert due(bill) == 0


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1), (0, 2, 1), (1, 2, 0)])
def test_the_order_in_which_attempts_are_heard_of_does_not_matter(now, fake_gateway: FakeGateway, order) -> None:
    bill = invoice()
    checkout = _open(bill, "52200.00")
    attempts = [
        fake_gateway.client_pays(checkout.external_id, status)
        for status in (ProviderStatus.FAILED, ProviderStatus.FAILED, ProviderStatus.SUCCEEDED)
    ]
    for place in order:
        _take(fake_gateway, attempts[place])
    checkout.refresh_from_db()
    assert (due(bill), checkout.status) == (0, CheckoutState.SUCCEEDED)
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["completed", "failed", "failed"]


def test_taking_the_same_payment_again_changes_nothing(now, fake_gateway: FakeGateway) -> None:
    bill = invoice()
    checkout = _open(bill, "20000.00")
    paid = fake_gateway.client_pays(checkout.external_id)
    first = _take(fake_gateway, paid)
    for _ in range(3):
        assert _take(fake_gateway, paid).payment == first.payment
    assert (Payment.objects.count(), due(bill)) == (1, Decimal("32200.00"))


DOUBTS = {
    "another account": {"payee": "acct_of_somebody_else"},
    "live payment": {"environment": "live"},
    "another page": {"session_id": "cs_of_another"},
    "in USD": {"currency": "USD"},
    "over KES 52,199.99": {"amount": "52199.99"},
    "over KES 52,200.01": {"amount": "52200.01"},
    "over KES 5,220,000.00": {"amount": "5220000.00"},
    "not ours": {"reference": "0198c0de-0000-7000-8000-000000000000"},
    "that is not ours": {"reference": "order-17"},
}


@pytest.mark.parametrize("reason", DOUBTS)
def test_a_payment_that_does_not_fit_is_not_recorded(now, fake_gateway: FakeGateway, reason: str) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from billing_assistant.core.money import Money  # noqa: PLC0415
    from integrations.ports.payments import Environment  # noqa: PLC0415

    bill = invoice()
    checkout = _open(bill, "52200.00")
    paid = fake_gateway.payments[fake_gateway.client_pays(checkout.external_id)]
    change = dict(DOUBTS[reason])
    money = Money(Decimal(change.pop("amount", "52200.00")), change.pop("currency", "KES"))
    if "environment" in change:
        change["environment"] = Environment(change["environment"])
    with pytest.raises(Doubtful, match=reason):
        provider_payment_take(gateway=fake_gateway, paid=replace(paid, money=money, **change), now=NOW)
    assert (Payment.objects.count(), due(bill)) == (0, Decimal("52200.00"))


def test_the_id_of_another_checkouts_payment_is_not_taken_twice(now, fake_gateway: FakeGateway) -> None:
    of = customer()
    first, second = invoice(of), invoice(of)
    one, other = _open(first, "52200.00"), _open(second, "52200.00")
    paid = fake_gateway.client_pays(one.external_id)
    _take(fake_gateway, paid)
    fake_gateway.client_pays(other.external_id, external_id=paid)
    with pytest.raises(Doubtful, match="was used for PAY-0001"):
        _take(fake_gateway, paid)
    assert due(second) == Decimal("52200.00")


def test_a_failed_attempt_that_is_said_to_have_succeeded_is_doubted(now, fake_gateway: FakeGateway) -> None:
    checkout = _open(invoice(), "52200.00")
    paid = fake_gateway.client_pays(checkout.external_id, ProviderStatus.FAILED)
    _take(fake_gateway, paid)
    fake_gateway.becomes(paid, ProviderStatus.SUCCEEDED)
    with pytest.raises(Doubtful, match="failed before"):
        _take(fake_gateway, paid)


def test_what_asking_finds_doubtful_is_shown_to_people(now, fake_gateway: FakeGateway) -> None:
    person = factories.user(Role.FINANCE)
    checkout = _open(invoice(), "52200.00")
    fake_gateway.client_pays(checkout.external_id, payee="acct_of_somebody_else")
    checkouts_sweep(now=NOW + timedelta(minutes=6))
    checkout.refresh_from_db()
    assert (checkout.ask_at, "another account" in checkout.failure) == (None, True)
    assert Notice.objects.get(user=person).tone == "danger"


def test_a_gateway_that_is_away_is_asked_again(now, fake_gateway: FakeGateway) -> None:
    checkout = _open(invoice(), "52200.00")
    fake_gateway.fail_before = Unavailable("down")
    later = NOW + timedelta(minutes=6)
    assert checkout_ask(checkout_id=checkout.pk, now=later)
    checkout.refresh_from_db()
    assert checkout.ask_at == later + timedelta(minutes=5)
    assert not checkout_ask(checkout_id=checkout.pk, now=later)


def test_a_process_that_dies_before_the_call_leaves_nothing_open(now, fake_gateway: FakeGateway, settings) -> None:
    settings.FAIL_POINTS = "checkout.before_call:raise"
    with pytest.raises(FailPointReached):
        _open(invoice(), "20000.00")
    settings.FAIL_POINTS = ""
    checkouts_sweep(now=NOW + timedelta(minutes=6))
    checkout = Checkout.objects.get()
    assert (checkout.status, checkout.ask_at, fake_gateway.sessions) == (CheckoutState.EXPIRED, None, {})


def test_a_process_that_dies_after_the_call_is_caught_up_with(now, fake_gateway: FakeGateway, settings) -> None:
    bill = invoice()
    settings.FAIL_POINTS = "checkout.after_call:raise"
    with pytest.raises(FailPointReached):
        _open(bill, "20000.00")
    settings.FAIL_POINTS = ""
    session_id = next(iter(fake_gateway.sessions))
    fake_gateway.client_pays(session_id)
    checkouts_sweep(now=NOW + timedelta(minutes=6))
    assert due(bill) == Decimal("32200.00")
    assert Checkout.objects.get().external_id == session_id


def test_the_webhook_may_be_quicker_than_the_answer(now, fake_gateway: FakeGateway, monkeypatch) -> None:
    """The client cannot have paid yet, but a gateway may tell of a page before it answers that it made it."""
    bill = invoice()
    create = fake_gateway.checkout_create

    def slow_answer(request):
        session = create(request)
        _take(fake_gateway, fake_gateway.client_pays(session.external_id))
        return session

    monkeypatch.setattr(fake_gateway, "checkout_create", slow_answer)
    checkout = _open(bill, "20000.00")
    assert (checkout.status, due(bill)) == (CheckoutState.SUCCEEDED, Decimal("32200.00"))
    assert Payment.objects.count() == 1
