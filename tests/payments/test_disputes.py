"""A chargeback: held apart, its invoices due again without reminders, then lost for good or won back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Notice
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from integrations.models import WebhookStatus
from integrations.ports.disputes import DisputeStatus, ProviderDispute
from integrations.ports.payments import NoticeKind, WebhookNotice
from payments.errors import MoreThanRefundable, PaymentNotReceived
from payments.models import Dispute, Payment
from payments.selectors.aging import aging
from payments.selectors.open_items import is_being_paid
from payments.services.dispute import DisputeInput, dispute_lose, dispute_open, dispute_review, dispute_win
from payments.services.refund import payment_refund
from payments.services.reverse import payment_reverse
from payments.services.webhook_notices import dispute_noticed
from payments.states import DisputeState
from tests import factories
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, due, invoice, pay
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.test_checkouts import _open
from tests.payments.test_refunds_online import balances, paid_online

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
LATER = NOW + timedelta(days=5)


def opened(payment: Payment, amount: str = "70.00", **fields) -> Dispute:
    wanted = DisputeInput(Decimal(amount), "Not as described", **fields)
    return dispute_open(payment_id=payment.pk, wanted=wanted, actor=SYSTEM, now=NOW)


def test_the_money_is_held_and_the_invoice_is_due_without_reminders() -> None:
    of, person = customer(), factories.user(Role.FINANCE)
    bill = invoice(of, "100.00")
    payment = pay(of, "110.00", {bill.pk: Decimal(100)})
    dispute = opened(payment, fee=Decimal(5))
    assert (due(bill), dispute.number) == (60, "PAY-0001-D1")
    assert balances(payment) == {
        "receivable": 60,
        "revenue": -100,
        "cash": 105,
        "gateway_fees": 5,
        "disputed": -70,
    }
    assert is_being_paid(bill.pk)
    assert Notice.objects.get(user=person).url.endswith(f"/{dispute.pk}/")
    assert aging(SYSTEM, profile=of.profile, as_of=TODAY).holds


def test_lost_is_final_and_the_invoice_stays_due() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "100.00", {bill.pk: Decimal(100)})
    dispute = opened(payment)
    dispute_review(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    dispute_lose(dispute_id=dispute.pk, actor=SYSTEM, now=LATER, note="No proof of delivery")
    assert (due(bill), is_being_paid(bill.pk)) == (70, False)
    assert balances(payment) == {"receivable": 70, "revenue": -100, "cash": 30}
    with pytest.raises(TransitionRefused):
        dispute_review(dispute_id=dispute.pk, actor=SYSTEM, now=LATER)
    with pytest.raises(PaymentNotReceived):
        payment_reverse(payment_id=payment.pk, reason="x", actor=SYSTEM, now=LATER)


def test_what_is_refunded_and_what_is_disputed_are_counted_apart() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "100.00", {bill.pk: Decimal(100)})
    payment_refund(payment_id=payment.pk, amount=Decimal(20), reason="x", method="cash", actor=SYSTEM, now=NOW)
    dispute = opened(payment)
    payment.refresh_from_db()
    assert (payment.amount_refunded, payment.amount_disputed, payment.amount_returned) == (20, 70, 90)
    assert (payment.amount_allocated, payment.unapplied) == (10, 0)
    dispute_win(dispute_id=dispute.pk, actor=SYSTEM, now=LATER)
    payment.refresh_from_db()
    assert (payment.amount_refunded, payment.amount_disputed, payment.amount_allocated) == (20, 0, 80)


def test_what_was_counted_together_before_is_taken_apart_once() -> None:
    apart = import_module("payments.migrations.0017_disputes_counted_apart")
    of = customer()
    payment = pay(of, "100.00", {invoice(of, "100.00").pk: Decimal(100)})
    payment_refund(payment_id=payment.pk, amount=Decimal(20), reason="x", method="cash", actor=SYSTEM, now=NOW)
    opened(payment)
    with connection.cursor() as cursor:
        cursor.execute(apart.TOGETHER)
        payment.refresh_from_db()
        assert (payment.amount_refunded, payment.amount_disputed, payment.unapplied) == (90, 0, 0)
        for _again in range(2):
            cursor.execute(apart.APART)
            payment.refresh_from_db()
            assert (payment.amount_refunded, payment.amount_disputed, payment.unapplied) == (20, 70, 0)


@pytest.mark.parametrize("lost_before", [False, True])
def test_won_settles_the_same_invoice_again(lost_before: bool) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "100.00", {bill.pk: Decimal(100)})
    dispute = opened(payment)
    if lost_before:
        dispute_lose(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    dispute_win(dispute_id=dispute.pk, actor=SYSTEM, now=LATER)
    payment.refresh_from_db()
    assert (due(bill), payment.amount_refunded, payment.amount_allocated) == (0, 0, 100)
    assert balances(payment) == {"revenue": -100, "cash": 100}
    for day in (TODAY, TODAY + timedelta(days=5)):
        assert aging(SYSTEM, profile=of.profile, as_of=day).holds


def test_won_leaves_as_credit_what_was_paid_otherwise_meanwhile() -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "100.00", {bill.pk: Decimal(100)})
    dispute = opened(payment)
    pay(of, "50.00", {bill.pk: Decimal(50)})
    dispute_win(dispute_id=dispute.pk, actor=SYSTEM, now=LATER)
    payment.refresh_from_db()
    assert (due(bill), payment.unapplied) == (0, 50)


def test_no_more_is_disputed_than_is_there() -> None:
    payment = pay(customer(), "100.00")
    payment_refund(payment_id=payment.pk, amount=Decimal(40), reason="x", method="cash", actor=SYSTEM, now=NOW)
    with pytest.raises(MoreThanRefundable):
        opened(payment, "60.01")
    with pytest.raises(ValidationFailed):
        dispute_open(payment_id=payment.pk, wanted=DisputeInput(Decimal(1), " "), actor=SYSTEM, now=NOW)
    opened(payment, "60.00")
    with pytest.raises(MoreThanRefundable):
        payment_refund(payment_id=payment.pk, amount=Decimal(1), reason="x", method="cash", actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("sql", ["amount = 1", "status = 'opened'", "reason = 'x'"])
def test_the_database_keeps_disputes_as_they_are(sql: str) -> None:
    dispute = opened(pay(customer(), "100.00"))
    dispute_win(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE payments_dispute SET closed_on = closed_on, {sql}")


class DisputingGateway(FakeGateway):
    """A gateway that tells of disputes."""

    capabilities = replace(FakeGateway.capabilities, disputes=True)

    def __init__(self) -> None:
        super().__init__()
        self.disputes: dict[str, ProviderDispute] = {}

    def dispute_fetch(self, external_id: str) -> ProviderDispute:
        return self.disputes[external_id]

    def disputes_list(self, *, since, until):
        return list(self.disputes.values())


def test_a_gateways_dispute_is_followed_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = DisputingGateway()
    monkeypatch.setattr("integrations.registry.built_in", lambda: (gateway,))
    payment = paid_online(gateway)

    def told(status: DisputeStatus, *, withdrawn: bool = True, money: Money | None = None) -> WebhookStatus:
        found = ProviderDispute(
            "dp_1",
            payment.external_id,
            status,
            money or Money(Decimal(1000), "KES"),
            "fraudulent",
            NOW,
            withdrawn,
            respond_by=LATER,
        )
        gateway.disputes["dp_1"] = found
        notice = WebhookNotice("evt", NoticeKind.DISPUTE, "dp_1", gateway.account, "dispute")
        return dispute_noticed(gateway, notice, NOW).status

    assert told(DisputeStatus.NEEDS_RESPONSE, money=Money(Decimal(1000), "USD")) is WebhookStatus.PARKED
    assert told(DisputeStatus.WARNING, withdrawn=False) is WebhookStatus.DONE
    assert not Dispute.objects.exists()
    for _ in range(2):
        assert told(DisputeStatus.NEEDS_RESPONSE) is WebhookStatus.DONE
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.evidence_until) == (DisputeState.OPENED, TODAY + timedelta(days=5))
    told(DisputeStatus.UNDER_REVIEW)
    told(DisputeStatus.LOST)
    told(DisputeStatus.UNDER_REVIEW)
    dispute.refresh_from_db()
    assert dispute.status == DisputeState.LOST
    told(DisputeStatus.WON, withdrawn=False)
    dispute.refresh_from_db()
    payment.refresh_from_db()
    assert (dispute.status, payment.amount_allocated) == (DisputeState.WON, 1000)


def test_news_of_a_dispute_may_be_quicker_than_those_of_the_payment(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = DisputingGateway()
    monkeypatch.setattr("integrations.registry.built_in", lambda: (gateway,))
    bill = invoice(customer(), "1000.00")
    paid = gateway.client_pays(_open(bill, "1000.00").external_id)
    money, wants = Money(Decimal(1000), "KES"), DisputeStatus.NEEDS_RESPONSE
    gateway.disputes["dp_1"] = ProviderDispute("dp_1", paid, wants, money, "fraudulent", NOW, withdrawn=True)
    notice = WebhookNotice("evt", NoticeKind.DISPUTE, "dp_1", gateway.account, "dispute")
    assert dispute_noticed(gateway, notice, NOW).status is WebhookStatus.DONE
    assert (Dispute.objects.get().amount, due(bill)) == (1000, 1000)


def test_the_pages_open_and_decide(client: Client) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "100.00", {bill.pk: Decimal(100)})
    sign_in(client)
    url = f"/payments/{payment.pk}/dispute/"
    assert bill.number in text_of(client.get(url))
    form = {"amount": "100", "fee": "", "opened_on": TODAY, "reason": "Not as described", "dispute_id": str(uuid7())}
    assert "is more than that" in text_of(client.post(url, form | {"amount": "101"}))
    assert "Write an amount above zero." in text_of(client.post(url, form | {"amount": "-1"}))
    early = client.post(url, form | {"evidence_until": TODAY - timedelta(days=1)})
    assert "This is before the day on which it was opened." in text_of(early)
    for _ in range(2):
        page = text_of(client.post(url, form, follow=True))
    dispute = Dispute.objects.get()
    assert "Evidence was handed in" in page
    assert "100.00 settles again what it had settled" in page
    assert dispute.number in text_of(client.get("/payments/disputes/"))
    assert dispute.number in text_of(client.get(f"/payments/{payment.pk}/"))
    assert "No disputes here" in text_of(client.get("/payments/disputes/?status=won"))
    answer = client.post(f"/payments/disputes/{dispute.pk}/", {"step": "won", "note": "Letter of 5 March"})
    assert answer.status_code == 302
    assert due(bill) == 0
    page = text_of(client.get(f"/payments/disputes/{dispute.pk}/"))
    assert "Letter of 5 March" in page
    assert client.post(f"/payments/disputes/{dispute.pk}/", {"step": "lost", "note": ""}).status_code in {200, 422}
    assert Dispute.objects.get().status == DisputeState.WON


def test_who_may_only_read_decides_nothing(client: Client) -> None:
    dispute = opened(pay(customer(), "100.00"))
    sign_in(client, Role.READ_ONLY)
    assert client.get(f"/payments/disputes/{dispute.pk}/").status_code == 200
    assert client.post(f"/payments/disputes/{dispute.pk}/", {"step": "won"}).status_code == 403
