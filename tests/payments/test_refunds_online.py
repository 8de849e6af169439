"""Refunds through a gateway: one effect whatever happens to the answer, and what the gateway did without us."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.failpoints import FailPointReached
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event, Notice
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.selectors import account_balances
from integrations.models import WebhookStatus
from integrations.ports.payments import NoticeKind, ProviderStatus, Unsupported, WebhookNotice
from integrations.ports.refunds import RefundStatus
from payments.errors import RefundFailed
from payments.models import Payment, Refund
from payments.services.asking import payment_ask_now
from payments.services.provider import provider_payment_take
from payments.services.refund_gateway import payment_refund_online, refund_ask, refunds_sweep
from payments.services.webhook_notices import payment_noticed, refund_noticed
from payments.states import RefundState
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, due, invoice
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.test_checkouts import _open

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    fake = FakeGateway()
    monkeypatch.setattr("integrations.registry.built_in", lambda: (fake,))
    return fake


@pytest.fixture
def payment(gateway: FakeGateway) -> Payment:
    return paid_online(gateway)


def paid_online(gateway: FakeGateway, amount: str = "1000.00") -> Payment:
    bill = invoice(customer(), amount)
    external_id = gateway.client_pays(_open(bill, amount).external_id)
    taken = provider_payment_take(gateway=gateway, paid=gateway.payments[external_id], now=NOW)
    assert taken.payment is not None
    return taken.payment


def send_back(payment: Payment, amount: str = "400.00", **fields) -> Refund:
    return payment_refund_online(
        payment_id=payment.pk, amount=Decimal(amount), reason="Sent back", actor=SYSTEM, now=NOW, **fields
    )


def balances(payment: Payment) -> dict[str, Decimal]:
    rows = account_balances(SYSTEM, profile_id=payment.profile_id)
    return {row.kind.value: row.balance for row in rows if row.balance}


def bill_of(payment: Payment):
    return payment.allocations.first().invoice  # type: ignore[union-attr]


def test_money_goes_back_the_way_it_came(gateway: FakeGateway, payment: Payment) -> None:
    refund = send_back(payment)
    assert (refund.status, refund.external_id, refund.ask_at) == (RefundState.SUCCEEDED, "re_3", None)
    assert gateway.given_back["re_3"].reference == str(refund.pk)
    assert due(bill_of(payment)) == 400
    assert balances(payment) == {"receivable": 400, "revenue": -1000, "gateway_clearing": 600}
    assert list(Event.objects.filter(subject_id=refund.pk).order_by("id").values_list("name", flat=True)) == [
        "refund.begun",
        "refund.made",
    ]


def test_one_that_takes_its_time_is_on_its_way_until_the_gateway_is_asked(
    gateway: FakeGateway, payment: Payment
) -> None:
    gateway.refunds_begin = RefundStatus.PENDING
    refund = send_back(payment)
    assert refund.status == RefundState.PENDING
    assert balances(payment)[AccountKind.REFUNDS_ON_WAY] == -400
    assert refunds_sweep(now=NOW) == 0
    gateway.refund_becomes(refund.external_id, RefundStatus.SUCCEEDED)
    assert refunds_sweep(now=LATER) == 1
    refund.refresh_from_db()
    assert (refund.status, refund.ask_at) == (RefundState.SUCCEEDED, None)
    assert refunds_sweep(now=LATER + timedelta(days=1)) == 0


@pytest.mark.parametrize("error", [Rejected("The charge is too old."), Unavailable("No route.")])
def test_a_refusal_gives_the_money_back_to_the_customers_credit(
    gateway: FakeGateway, payment: Payment, error: Exception
) -> None:
    person = factories.user(Role.ADMIN)
    gateway.fail_before = error
    with pytest.raises(RefundFailed):
        send_back(payment)
    refund = Refund.objects.get()
    payment.refresh_from_db()
    assert (refund.status, refund.failed_on) == (RefundState.FAILED, TODAY)
    assert (payment.amount_refunded, payment.unapplied) == (0, 400)
    assert Notice.objects.filter(user=person, text__contains=refund.number).exists()
    assert send_back(payment).number.endswith("R2")


def test_a_lost_answer_is_found_by_asking_and_never_sent_again(gateway: FakeGateway, payment: Payment) -> None:
    gateway.fail_after = OutcomeUnknown("The line broke.")
    refund = send_back(payment)
    assert refund.status == RefundState.PENDING
    assert refund_ask(refund_id=refund.pk, now=LATER)
    refund.refresh_from_db()
    assert refund.status == RefundState.SUCCEEDED
    assert (len(gateway.given_back), gateway.calls.count("refund_create")) == (1, 1)


def test_a_call_that_never_arrived_is_a_failure_after_five_minutes(gateway: FakeGateway, payment: Payment) -> None:
    gateway.fail_before = OutcomeUnknown("The line broke.")
    refund = send_back(payment)
    assert refund_ask(refund_id=refund.pk, now=NOW + timedelta(minutes=3))
    refund.refresh_from_db()
    assert refund.status == RefundState.PENDING
    assert refund_ask(refund_id=refund.pk, now=LATER)
    refund.refresh_from_db()
    assert refund.status == RefundState.FAILED
    assert not gateway.given_back


@pytest.mark.parametrize(("point", "there"), [("refund.before_call", 0), ("refund.after_call", 1)])
def test_a_process_that_dies_loses_and_doubles_nothing(
    gateway: FakeGateway, payment: Payment, settings, point: str, there: int
) -> None:
    settings.FAIL_POINTS = f"{point}:raise"
    with pytest.raises(FailPointReached):
        send_back(payment)
    settings.FAIL_POINTS = ""
    assert len(gateway.given_back) == there
    refund_ask(refund_id=Refund.objects.get().pk, now=LATER)
    assert Refund.objects.get().status == (RefundState.SUCCEEDED if there else RefundState.FAILED)
    assert len(gateway.given_back) == there


def test_a_refund_that_the_bank_sent_back_is_credit_again(gateway: FakeGateway, payment: Payment) -> None:
    refund = send_back(payment)
    gateway.refund_becomes(refund.external_id, RefundStatus.FAILED, "The account is closed.")
    notice = WebhookNotice("evt_9", NoticeKind.REFUND, refund.external_id, gateway.account, "refund.failed")
    assert refund_noticed(gateway, notice, LATER).status == WebhookStatus.DONE
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.status, refund.failure, payment.unapplied) == (RefundState.FAILED, "The account is closed.", 400)
    assert balances(payment)["customer_credit"] == -400


def test_what_was_refunded_on_the_gateways_pages_is_recorded_once(gateway: FakeGateway, payment: Payment) -> None:
    made = gateway.staff_refunds(payment.external_id, money=Money(Decimal(300), "KES"))
    notice = WebhookNotice("evt_9", NoticeKind.REFUND, made.external_id, gateway.account, "refund.created")
    for _ in range(3):
        assert refund_noticed(gateway, notice, NOW).status == WebhookStatus.DONE
    refund = Refund.objects.get()
    assert (refund.amount, refund.external_id, refund.status) == (300, made.external_id, RefundState.SUCCEEDED)
    assert due(bill_of(payment)) == 300


def test_a_payment_that_is_refunded_in_full_is_no_riddle_any_more(gateway: FakeGateway, payment: Payment) -> None:
    gateway.staff_refunds(payment.external_id, money=Money(Decimal(1000), "KES"))
    gateway.becomes(payment.external_id, ProviderStatus.REFUNDED)
    notice = WebhookNotice("evt_9", NoticeKind.PAYMENT, payment.external_id, gateway.account, "payment.refunded")
    for _ in range(2):
        assert payment_noticed(gateway, notice, NOW).status == WebhookStatus.DONE
    assert Refund.objects.get().amount == 1000
    assert due(bill_of(payment)) == 1000


def test_one_that_we_never_saw_is_received_and_refunded(gateway: FakeGateway) -> None:
    bill = invoice(customer(), "1000.00")
    external_id = gateway.client_pays(_open(bill, "1000.00").external_id, ProviderStatus.REFUNDED)
    gateway.staff_refunds(external_id, money=Money(Decimal(1000), "KES"))
    notice = WebhookNotice("evt_9", NoticeKind.PAYMENT, external_id, gateway.account, "payment.refunded")
    assert payment_noticed(gateway, notice, NOW).status == WebhookStatus.DONE
    assert (Payment.objects.get().amount_refunded, due(bill)) == (1000, 1000)


def test_news_of_a_part_that_went_back_may_be_quicker_than_those_of_the_payment(gateway: FakeGateway) -> None:
    bill = invoice(customer(), "1000.00")
    external_id = gateway.client_pays(_open(bill, "1000.00").external_id)
    made = gateway.staff_refunds(external_id, money=Money(Decimal(300), "KES"))
    notice = WebhookNotice("evt_9", NoticeKind.REFUND, made.external_id, gateway.account, "refund.created")
    assert refund_noticed(gateway, notice, NOW).status == WebhookStatus.DONE
    assert (Payment.objects.get().amount_refunded, due(bill)) == (300, 300)
    late = WebhookNotice("evt_8", NoticeKind.PAYMENT, external_id, gateway.account, "payment.succeeded")
    assert payment_noticed(gateway, late, NOW).status == WebhookStatus.DONE
    assert (Payment.objects.get().amount_refunded, due(bill)) == (300, 300)


def test_asking_about_a_payment_finds_a_part_that_went_back(gateway: FakeGateway, payment: Payment) -> None:
    money = Money(Decimal(300), "KES")
    gateway.staff_refunds(payment.external_id, money=money)
    gateway.payments[payment.external_id] = replace(gateway.payments[payment.external_id], refunded=money)
    for _ in range(2):
        payment_ask_now(payment_id=payment.pk, actor=SYSTEM, now=NOW)
    assert Refund.objects.get().amount == 300
    assert due(bill_of(payment)) == 300


def test_a_gateway_without_refunds_says_that_all_went_back(
    fake_gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    unable = replace(FakeGateway.capabilities, refunds=False, partial_refunds=False)
    monkeypatch.setattr(FakeGateway, "capabilities", unable)
    payment = paid_online(fake_gateway)
    with pytest.raises(Unsupported):
        send_back(payment)
    fake_gateway.becomes(payment.external_id, ProviderStatus.REFUNDED)
    notice = WebhookNotice("evt_9", NoticeKind.PAYMENT, payment.external_id, fake_gateway.account, "payment.refunded")
    assert payment_noticed(fake_gateway, notice, NOW).status == WebhookStatus.DONE
    assert Refund.objects.get().amount == 1000


def test_what_cannot_be_a_refund_of_it_is_parked(gateway: FakeGateway, payment: Payment) -> None:
    for money in (Money(Decimal(1), "USD"), Money(Decimal("1000.01"), "KES")):
        made = gateway.staff_refunds(payment.external_id, money=money)
        notice = WebhookNotice("evt_9", NoticeKind.REFUND, made.external_id, gateway.account, "refund.created")
        assert refund_noticed(gateway, notice, NOW).status == WebhookStatus.PARKED
    strange = gateway.staff_refunds("pay_unknown", money=Money(Decimal(1), "KES"))
    notice = WebhookNotice("evt_9", NoticeKind.REFUND, strange.external_id, gateway.account, "refund.created")
    assert refund_noticed(gateway, notice, NOW).status == WebhookStatus.PARKED
    assert not Refund.objects.exists()


def test_the_page_sends_it_back_and_asks_again(client: Client, gateway: FakeGateway, payment: Payment) -> None:
    sign_in(client)
    url = f"/payments/{payment.pk}/refund/"
    page = text_of(client.get(url))
    assert "Back through Fake" in page
    assert "Fake sends the money back." in page
    gateway.refunds_begin = RefundStatus.PENDING
    form = {"amount": "250", "method": "online", "refunded_on": TODAY, "reason": "Sent back", "refund_id": str(uuid7())}
    page = text_of(client.post(url, form, follow=True))
    assert "is on its way" in page
    refund = Refund.objects.get()
    ask = f"/payments/{payment.pk}/refunds/{refund.pk}/ask/"
    assert ask in page
    gateway.refund_becomes(refund.external_id, RefundStatus.SUCCEEDED)
    assert client.post(ask).status_code == 302
    refund.refresh_from_db()
    assert refund.status == RefundState.SUCCEEDED


def test_a_form_that_is_sent_again_after_a_refusal_is_a_new_refund_and_never_said_to_be_done(
    client: Client, gateway: FakeGateway, payment: Payment
) -> None:
    sign_in(client)
    url = f"/payments/{payment.pk}/refund/"
    form = {"amount": "250", "method": "online", "refunded_on": TODAY, "reason": "Sent back", "refund_id": str(uuid7())}
    gateway.fail_before = Rejected("Nothing left.")
    refused = client.post(url, form)
    assert "Nothing was given back" in text_of(refused)
    again = {**form, "refund_id": refused.context["form"]["refund_id"].value()}
    assert "failed: Nothing left. Nothing was given back." in text_of(client.post(url, form))
    assert client.post(url, again).status_code == 302
    assert list(Refund.objects.values_list("status", flat=True)) == [RefundState.FAILED, RefundState.SUCCEEDED]
