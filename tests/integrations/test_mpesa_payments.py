"""M-Pesa from the prompt to the books: any order, twice, late, lost, forged. What is paid is recorded once."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from billing_assistant.core import clock as clocks
from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Role
from customers.services.merging import customers_merge
from integrations.models import GatewayConnection, WebhookEvent, WebhookStatus
from integrations.registry import gateway_of
from integrations.services.connections import connection_announce
from integrations.services.webhooks import webhooks_sweep
from invoices.models import Invoice
from payments.errors import CheckoutFailed, CheckoutUnknown, PaymentInFlight
from payments.models import Checkout, Payment, UnmatchedReceipt
from payments.services.checkout_ask import checkouts_close, checkouts_sweep
from payments.services.prompts import prompt_open
from payments.states import CheckoutState, PaymentMethod, PaymentState
from tests import factories
from tests.fakes import mpesa
from tests.fakes.mpesa import MpesaSimulator
from tests.fakes.mpesa_fixtures import connect
from tests.fakes.vendor_server import Answer, Delivery, Fault
from tests.payments.builders import SYSTEM, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
PHONE = "254712345678"
PARTS = 5
STK = "/mpesa/stkpush/v1/processrequest"
Tell = Callable[[Delivery], int]


@pytest.fixture
def bill(safaricom: MpesaSimulator, clock) -> Invoice:
    """An invoice over KES 1,500 of a seller with a connection to M-Pesa."""
    made = invoice(total="1500.00")
    gateway_of(connect(made.profile)).incoming_prepare()
    return made


def prompt(bill: Invoice, amount: str = "1500.00") -> Checkout:
    return prompt_open(
        parts={bill.pk: Decimal(amount)},
        customer_id=bill.customer_id,
        phone=PHONE,
        actor=SYSTEM,
        now=clocks.now(),
    )


def settle(safaricom: MpesaSimulator, tell: Tell, clock: Any, *, rounds: int = 14) -> None:
    """Time goes by until nothing is left to be told, tried again or asked."""
    for _ in range(rounds):
        asked = Checkout.objects.filter(ask_at__isnull=False).exists()
        if not (safaricom.outbox or asked or WebhookEvent.objects.filter(status=WebhookStatus.RECEIVED).exists()):
            return
        safaricom.deliver(tell)
        webhooks_sweep(now=clocks.now())
        checkouts_sweep(now=clocks.now())
        clock.shift(timedelta(seconds=45))


def paid_once(bill: Invoice, amount: str = "1500.00") -> Payment:
    """Exactly one payment, in full, on this invoice."""
    payment = Payment.objects.get(customer_id=bill.customer_id, status=PaymentState.COMPLETED)
    assert (payment.amount, payment.method, due(bill)) == (Decimal(amount), PaymentMethod.MPESA, Decimal(0))
    return payment


def test_a_client_pays_on_the_phone(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    checkout = prompt(bill)
    assert (checkout.status, checkout.url, checkout.external_id != "") == (CheckoutState.PROCESSING, "", True)
    push = safaricom.payer_decides(checkout.external_id)
    assert safaricom.deliver(lambda each: tell(each) == 200 or pytest.fail("refused")) == 1
    webhooks_sweep(now=clocks.now())
    assert paid_once(bill).reference == push.receipt
    checkout.refresh_from_db()
    assert (checkout.status, checkout.ask_at) == (CheckoutState.SUCCEEDED, None)


def test_the_sweep_asks_after_30_s_90_s_and_5_minutes(bill: Invoice, safaricom, clock) -> None:
    checkout, moments = prompt(bill), []
    for _ in range(12):
        clock.shift(timedelta(seconds=30))
        before = len(safaricom.called("/stkpushquery/"))
        checkouts_sweep(now=clocks.now())
        if len(safaricom.called("/stkpushquery/")) > before:
            moments.append(int((clocks.now() - checkout.created_at).total_seconds()))
    assert moments == [30, 90, 300]
    checkout.refresh_from_db()
    assert (checkout.status, checkout.ask_at) == (CheckoutState.EXPIRED, None)


def test_a_lost_callback_is_found_by_the_sweep(bill: Invoice, safaricom, clock) -> None:
    checkout = prompt(bill)
    safaricom.payer_decides(checkout.external_id, tell=False)
    clock.shift(timedelta(seconds=31))
    checkouts_sweep(now=clocks.now())
    assert paid_once(bill).reference == checkout.external_id
    clock.shift(timedelta(hours=1))
    safaricom.outbox.append(safaricom.callback(checkout.external_id))


def test_the_receipt_is_noted_when_it_is_told_late(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    checkout = prompt(bill)
    push = safaricom.payer_decides(checkout.external_id, tell=False)
    clock.shift(timedelta(seconds=31))
    checkouts_sweep(now=clocks.now())
    safaricom.outbox.append(safaricom.callback(checkout.external_id))
    settle(safaricom, tell, clock, rounds=3)
    assert paid_once(bill).reference == push.receipt


def test_of_one_invoice_one_prompt_is_under_way(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    first = prompt(bill, "500.00")
    for amount in ("500.00", "1000.00"):
        with pytest.raises(PaymentInFlight):
            prompt(bill, amount)
    safaricom.payer_decides(first.external_id, 1032)
    settle(safaricom, tell, clock, rounds=2)
    first.refresh_from_db()
    assert (first.status, "cancelled" in first.failure) == (CheckoutState.FAILED, True)
    second = prompt(bill)
    safaricom.payer_decides(second.external_id)
    settle(safaricom, tell, clock, rounds=2)
    paid_once(bill)
    assert len(safaricom.called(STK)) == 2


def test_a_second_prompt_may_follow_when_nobody_answered_for_five_minutes(bill: Invoice, safaricom, tell, clock):
    prompt(bill)
    settle(safaricom, tell, clock, rounds=8)
    assert prompt(bill).status == CheckoutState.PROCESSING


@pytest.mark.parametrize("amount", ["1499.50", "0.50"])
def test_cents_are_refused_before_anything_is_asked(bill: Invoice, safaricom, amount: str) -> None:
    with pytest.raises(DomainError):
        prompt(bill, amount)
    assert (safaricom.called(STK), Checkout.objects.count()) == ([], 0)


def test_more_than_m_pesa_takes_at_once_is_refused(safaricom, clock) -> None:
    large = invoice(total="400000.00")
    connect(large.profile)
    with pytest.raises(ValidationFailed, match="250,000"):
        prompt(large, "400000.00")


@pytest.mark.parametrize(
    ("answer", "error", "state"),
    [
        (Answer(400, {"errorCode": "400.002.02", "errorMessage": "Bad"}), CheckoutFailed, CheckoutState.FAILED),
        (Answer(500, {"errorCode": "500.003.02", "errorMessage": "Spike"}), CheckoutFailed, CheckoutState.FAILED),
        (None, CheckoutUnknown, CheckoutState.UNKNOWN),
    ],
)
def test_each_failure_of_the_call_leaves_its_state(bill: Invoice, safaricom, answer, error, state) -> None:
    safaricom.fails(STK, answer=answer)
    with pytest.raises(error):
        prompt(bill)
    assert Checkout.objects.get().status == state
    assert not Payment.objects.exists()


@pytest.mark.parametrize("ended", [(8, 1), (8006, 1), (2028, 1), (1032, 0), (1, 0)])
def test_a_fault_of_ours_calls_people_once_a_day(bill: Invoice, safaricom, tell: Tell, clock, ended) -> None:
    code, told = ended
    admin = factories.user(Role.ADMIN, profiles=[bill.profile])
    for _ in range(2):
        safaricom.payer_decides(prompt(bill).external_id, code)
        settle(safaricom, tell, clock, rounds=2)
    assert Notice.objects.filter(user=admin, tone="danger", text__startswith="M-Pesa refuses").count() == told


def test_a_call_that_is_refused_calls_people(bill: Invoice, safaricom) -> None:
    factories.user(Role.FINANCE, profiles=[bill.profile])
    refusal = Answer(500, {"errorCode": "500.001.1001", "errorMessage": "Wrong credentials"})
    for _ in range(2):
        safaricom.fails(STK, answer=refusal)
        with pytest.raises(CheckoutFailed):
            prompt(bill)
    assert ["Wrong credentials" in each for each in Notice.objects.values_list("text", flat=True)] == [True]


def test_an_answer_lost_after_the_effect_leads_to_one_payment(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    """R09: the prompt is on the phone, we do not know; nothing is sent again; the callback and the query resolve it."""
    safaricom.fails(STK, after=True)
    with pytest.raises(CheckoutUnknown):
        prompt(bill)
    with pytest.raises(PaymentInFlight):
        prompt(bill)
    safaricom.payer_decides(safaricom.last_push.checkout_id)
    settle(safaricom, tell, clock)
    paid_once(bill)
    assert (len(safaricom.called(STK)), Checkout.objects.get().status) == (1, CheckoutState.SUCCEEDED)


def test_an_answer_lost_for_good_is_not_repeated_and_ends(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    safaricom.fails(STK, after=True)
    with pytest.raises(CheckoutUnknown):
        prompt(bill)
    settle(safaricom, tell, clock)
    assert (len(safaricom.called(STK)), Checkout.objects.get().status) == (1, CheckoutState.EXPIRED)


def test_a_success_that_comes_late_is_taken_when_the_query_confirms(
    bill: Invoice, safaricom, tell: Tell, clock
) -> None:
    checkout = prompt(bill)
    settle(safaricom, tell, clock, rounds=8)
    assert Checkout.objects.get().status == CheckoutState.EXPIRED
    safaricom.payer_decides(checkout.external_id)
    settle(safaricom, tell, clock, rounds=2)
    paid_once(bill)


def test_what_is_told_three_days_late_counts_once(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    story = Story(bill, safaricom, tell, clock)
    clock.shift(timedelta(days=3))
    for step in ["confirm", "callback", "callback"]:
        story.take(step)
    settle(safaricom, tell, clock)
    assert paid_once(bill).checkout_id == story.checkout.pk


def test_what_is_told_after_the_customer_was_merged_into_another(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    story = Story(bill, safaricom, tell, clock)
    kept = factories.customer(bill.profile)
    customers_merge(keep_id=kept.pk, merge_id=bill.customer_id, actor=SYSTEM, now=clocks.now())
    story.take("callback")
    settle(safaricom, tell, clock)
    bill.refresh_from_db()
    assert paid_once(bill).customer_id == kept.pk


def test_money_for_an_invoice_that_was_settled_meanwhile_is_credit(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    checkout = prompt(bill)
    pay(bill.customer, "1500.00", {bill.pk: Decimal("1500.00")})
    checkouts_close(invoice_id=bill.pk, now=clocks.now())
    safaricom.payer_decides(checkout.external_id)
    settle(safaricom, tell, clock, rounds=2)
    payment = Payment.objects.get(provider="mpesa")
    assert (payment.unapplied, payment.status) == (Decimal("1500.00"), PaymentState.COMPLETED)


# S45: forged callbacks, up to the books.


def test_no_forged_callback_makes_a_payment(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    checkout = prompt(bill)
    lies: list[dict[str, Any]] = [
        {},
        {"Amount": "1.0"},
        {"Amount": "1500000.0"},
        {"PhoneNumber": 254799999999},
        {"MpesaReceiptNumber": "ABCDEFGHIJ"},
        {"CheckoutRequestID": "ws_CO_forged"},
        {"MerchantRequestID": "forged-1"},
    ]
    for lie in lies:
        tell(safaricom.callback(checkout.external_id, **{"ResultCode": 0, **lie}))
        webhooks_sweep(now=clocks.now())
    assert (Payment.objects.count(), due(bill)) == (0, Decimal(1500))
    settle(safaricom, tell, clock, rounds=8)
    assert (Payment.objects.count(), due(bill)) == (0, Decimal(1500))


def test_a_wrong_amount_is_parked_for_a_person(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    checkout = prompt(bill)
    safaricom.payer_decides(checkout.external_id, tell=False)
    tell(safaricom.callback(checkout.external_id, Amount="15.0"))
    webhooks_sweep(now=clocks.now())
    event = WebhookEvent.objects.get()
    assert (event.status, Payment.objects.count()) == (WebhookStatus.PARKED, 0)
    assert "KES 15.00" in event.outcome


def test_a_callback_sent_a_hundred_times_is_one_event(bill: Invoice, safaricom, tell: Tell, clock) -> None:
    checkout = prompt(bill)
    safaricom.payer_decides(checkout.external_id)
    delivery = safaricom.outbox.popleft()
    assert {tell(delivery) for _ in range(100)} == {200}
    webhooks_sweep(now=clocks.now())
    paid_once(bill)
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("secret", ["a" * 32, "0" * 65, "x-y", f"{'0' * 32}-{'0' * 32}"])
def test_a_guessed_address_stores_nothing(bill: Invoice, client, secret: str) -> None:
    connection = GatewayConnection.objects.get()
    for path in (f"/hooks/daraja/{connection.pk}/{secret}/", f"/hooks/mpesa/{connection.pk}/{secret}/"):
        assert client.post(path, b"{}", content_type="application/json").status_code == 401
    assert client.post("/hooks/mpesa/", b"{}", content_type="application/json").status_code in {401, 503}
    assert WebhookEvent.objects.count() == 0


def test_one_customers_payment_cannot_be_borrowed_for_another_invoice(bill: Invoice, safaricom, tell: Tell, clock):
    mine, theirs = prompt(bill), invoice(total="1500.00", of=factories.customer(bill.profile))
    other = prompt(theirs)
    safaricom.payer_decides(other.external_id, tell=False)
    real = safaricom.callback(other.external_id)
    crossed = Delivery(safaricom.pushes[mine.external_id].body["CallBackURL"], real.body)
    assert tell(crossed) == 401
    assert tell(real) == 200
    settle(safaricom, tell, clock, rounds=2)
    assert (due(theirs), due(bill)) == (Decimal(0), Decimal(1500))


# R11 and R12: the order does not matter.


class Story:
    """A prompt that is paid, and all that is told about it, as steps that can be taken in any order, also twice."""

    def __init__(self, bill: Invoice, safaricom: MpesaSimulator, tell: Tell, clock: Any) -> None:
        self.bill, self.safaricom, self.tell, self.clock = bill, safaricom, tell, clock
        self.checkout = prompt(bill)
        push = safaricom.payer_decides(self.checkout.external_id, tell=False)
        self.callback = safaricom.callback(self.checkout.external_id)
        self.confirm = safaricom.c2b("confirm", push.receipt)
        self.forged = safaricom.callback(self.checkout.external_id, CheckoutRequestID="ws_CO_forged")

    def take(self, step: str) -> None:
        match step:
            case "callback" | "confirm" | "forged":
                self.tell(getattr(self, step))
            case "process":
                webhooks_sweep(now=clocks.now())
            case "ask":
                self.clock.shift(timedelta(seconds=31))
                checkouts_sweep(now=clocks.now())
            case "result":
                self.safaricom.deliver(self.tell)


def another(bill: Invoice) -> Invoice:
    """An invoice like it, of another customer of the same seller: stories share the world and nothing else."""
    return invoice(total="1500.00", of=factories.customer(bill.profile))


def test_any_order_of_the_main_events_is_one_payment(bill: Invoice, safaricom, tell, clock) -> None:
    for order in permutations(["callback", "confirm", "process", "ask"]):
        one = another(bill)
        story = Story(one, safaricom, tell, clock)
        for step in order:
            story.take(step)
        settle(safaricom, tell, clock)
        assert paid_once(one).unapplied == 0


@pytest.mark.parametrize("part", range(3))
def test_sixty_random_stories_are_one_payment_each(bill: Invoice, safaricom, tell, clock, part: int) -> None:
    for seed in range(20 * part, 20 * part + 20):
        _random_story(Story(another(bill), safaricom, tell, clock), random.Random(seed))  # noqa: S311
    assert UnmatchedReceipt.objects.count() == 0


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
def test_every_order_of_all_that_is_told_is_one_payment(bill: Invoice, safaricom, tell, clock, part: int) -> None:
    """1,260 orders: both announcements twice, we act upon them, we ask, and the answer comes."""
    steps = ["callback", "callback", "confirm", "confirm", "process", "ask", "result"]
    for order in sorted(set(permutations(steps)))[part::PARTS]:
        one = another(bill)
        story = Story(one, safaricom, tell, clock)
        for step in order:
            story.take(step)
        settle(safaricom, tell, clock)
        assert paid_once(one).unapplied == 0


def _random_story(story: Story, chance: random.Random) -> None:
    steps = ["callback", "callback", "confirm", "confirm", "forged", "process", "process", "ask", "result"]
    chance.shuffle(steps)
    for step in steps[: chance.randint(3, len(steps))]:
        story.take(step)
    settle(story.safaricom, story.tell, story.clock)
    assert paid_once(story.bill).checkout_id == story.checkout.pk


def test_the_seller_of_the_test_is_the_simulators(bill: Invoice) -> None:
    assert GatewayConnection.objects.get().account == mpesa.SHORT_CODE


def test_turning_it_on_tells_safaricom_where_to_announce_money(bill: Invoice, safaricom: MpesaSimulator) -> None:
    safaricom.registered.clear()
    connection = GatewayConnection.objects.get()
    assert connection_announce(connection_id=connection.pk, actor=SYSTEM, now=clocks.now()) == ""
    assert set(safaricom.registered) == {"confirm", "validate"}


def test_a_short_code_without_a_paybill_is_told_in_words(bill: Invoice, safaricom: MpesaSimulator) -> None:
    connection = GatewayConnection.objects.get()
    refusal = Answer(400, {"requestId": "1", "errorCode": "400.003.02", "errorMessage": "URLs are registered"})
    safaricom.faults.append(Fault("/mpesa/c2b/v2/registerurl", answer=refusal))
    told = connection_announce(connection_id=connection.pk, actor=SYSTEM, now=clocks.now())
    assert "URLs are registered" in told
    assert "Turn it off and on" in told
